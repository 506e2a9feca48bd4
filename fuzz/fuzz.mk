# Fuzz targets: fuzz/NAME_fuzz.c, seeds in fuzz/corpus/NAME/. The Makefile includes this file; where
# it does not, `make -f Makefile -f fuzz/fuzz.mk replayers` does.
ifndef FUZZ_SOURCES
FUZZ_SOURCES := $(wildcard fuzz/*_fuzz.c)
REPLAYERS := $(FUZZ_SOURCES:fuzz/%.c=$(BUILD)/replay/%)
FUZZERS := $(FUZZ_SOURCES:fuzz/%.c=$(BUILD)/fuzzer/%)

# A target includes the .c that it tests; the archive gives the rest.
$(BUILD)/replay/%: fuzz/%.c $(BUILD)/libtacit.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -Wno-missing-prototypes -Wno-unused-function -DFUZZ_REPLAY -Ifuzz -MMD -MP \
		-o $@ $< $(BUILD)/libtacit.a $(LDFLAGS) $(LIBS)

# With clang: make CC=clang BUILD=build/fuzz WARNINGS= EXTRA_CFLAGS=$(sanitizers) fuzzers
$(BUILD)/fuzzer/%: fuzz/%.c $(BUILD)/libtacit.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -fsanitize=fuzzer -Ifuzz -MMD -MP -o $@ $< $(BUILD)/libtacit.a \
		$(LDFLAGS) $(LIBS)

replayers: $(REPLAYERS)
fuzzers: $(FUZZERS)

.PHONY: replayers fuzzers
-include $(REPLAYERS:%=%.d) $(FUZZERS:%=%.d)
endif
