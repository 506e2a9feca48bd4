# tacit: `make` builds build/tacit, build/libtacit.so and build/libtacit.a.
ifeq ($(origin CC),default)
CC := gcc
endif
# MPI=1: training over several processes with Open MPI (libopenmpi-dev), in a folder of its own.
BUILD ?= $(if $(filter 1,$(MPI)),build/mpi,build)
PACKAGES := sqlite3 libsodium jansson libarchive libseccomp libmicrohttpd nettle expat libcurl
WARNINGS := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Werror
# -ffp-contract=off: the same sums on every machine, with or without fused multiply-add.
OPTIMISE ?= -O3 -g
CFLAGS := -std=gnu11 $(OPTIMISE) -fPIC -fvisibility=hidden -ffp-contract=off -fno-math-errno \
	-fstack-protector-strong -D_FORTIFY_SOURCE=2 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 \
	$(WARNINGS) -Iinclude -Isrc $(shell pkg-config --cflags $(PACKAGES)) $(EXTRA_CFLAGS)
LDFLAGS := -Wl,-z,relro,-z,now $(EXTRA_LDFLAGS)
# libical without its pkg-config: that would link its store of calendars too, and Berkeley DB with it.
# libcurl is opened when it is needed (src/fetch/fetch.c).
LIBS := $(shell pkg-config --libs $(filter-out libcurl,$(PACKAGES))) -lunistring -lical -lpthread -ldl -lm
ifeq ($(MPI),1)
CFLAGS += -DTACIT_MPI $(shell pkg-config --cflags ompi-c)
LIBS += $(shell pkg-config --libs ompi-c)
endif

LIBRARY_SOURCES := $(filter-out src/cmd/%,$(wildcard src/*.c src/*/*.c))
COMMAND_SOURCES := $(wildcard src/cmd/*.c)
LIBRARY_OBJECTS := $(LIBRARY_SOURCES:%.c=$(BUILD)/%.o)
COMMAND_OBJECTS := $(COMMAND_SOURCES:%.c=$(BUILD)/%.o)
TEST_SOURCES := $(wildcard tests/unit/*_test.c)
TESTS := $(TEST_SOURCES:tests/unit/%.c=$(BUILD)/tests/%)
BENCH_SOURCES := $(wildcard bench/*.c)
BENCHES := $(BENCH_SOURCES:bench/%.c=$(BUILD)/bench/%)

all: $(BUILD)/tacit $(BUILD)/libtacit.so $(BUILD)/libtacit.a

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -c $< -o $@

$(BUILD)/libtacit.a: $(LIBRARY_OBJECTS)
	@rm -f $@
	ar rcs $@ $^

$(BUILD)/libtacit.so: $(LIBRARY_OBJECTS) src/tacit.map
	$(CC) -shared -Wl,--version-script=src/tacit.map -Wl,-soname,libtacit.so.0 $(LDFLAGS) \
		-o $@ $(LIBRARY_OBJECTS) $(LIBS)

$(BUILD)/tacit: $(COMMAND_OBJECTS) $(BUILD)/libtacit.a
	$(CC) $(LDFLAGS) -Wl,--as-needed -o $@ $(COMMAND_OBJECTS) $(BUILD)/libtacit.a $(LIBS)

# Unit tests and benchmarks see the rooms' own headers and link the static library.
$(BUILD)/tests/%: tests/unit/%.c $(BUILD)/libtacit.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -Wno-missing-prototypes -Itests -MMD -MP -o $@ $< $(BUILD)/libtacit.a \
		$(LDFLAGS) -lcmocka $(LIBS)

# Asks through the doors for the stories.
$(BUILD)/tests/ask: tests/stories/ask.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -o $@ $< $(LDFLAGS)

# Serves feeds to the story of fetching them.
$(BUILD)/tests/feeds: tests/stories/feeds.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -o $@ $< $(LDFLAGS) $(shell pkg-config --libs libmicrohttpd)

# Makes the files of the story of hostile ones.
HOSTILE := $(wildcard tests/hostile/*.[ch])
$(BUILD)/tests/hostile: $(HOSTILE) $(BUILD)/libtacit.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -o $@ $(filter %.c,$(HOSTILE)) $(BUILD)/libtacit.a $(LDFLAGS) $(LIBS)

$(BUILD)/bench/%: bench/%.c $(BUILD)/libtacit.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -o $@ $< $(BUILD)/libtacit.a $(LDFLAGS) $(LIBS)

tests: $(TESTS) $(BUILD)/tests/ask $(BUILD)/tests/feeds $(BUILD)/tests/hostile
bench: $(BENCHES)

clean:
	rm -rf $(BUILD)

.PHONY: all tests bench clean
-include $(LIBRARY_OBJECTS:.o=.d) $(COMMAND_OBJECTS:.o=.d) $(TESTS:%=%.d) $(BENCHES:%=%.d)
-include fuzz/fuzz.mk
-include tests/fault/fault.mk
