# The fault library and its victims; included by the Makefile: -include tests/fault/fault.mk
$(BUILD)/fault.so: tests/fault/fault.c
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -D_GNU_SOURCE -O1 -g -Wall -Wextra -Werror -shared -fPIC -o $@ $< -ldl

$(BUILD)/%_fault: tests/fault/%_fault.c tests/ask_kit.h $(BUILD)/libtacit.a
	$(CC) $(CFLAGS) -o $@ $< $(BUILD)/libtacit.a $(LDFLAGS) $(LIBS)

faults: $(BUILD)/fault.so $(BUILD)/vault_fault $(BUILD)/ask_fault

.PHONY: faults
