/*
 * Every fuzz target builds in two ways:
 *   clang -g -O1 -fsanitize=fuzzer,address,undefined -Iinclude -Isrc X_fuzz.c libtacit.a ...
 *   gcc -DFUZZ_REPLAY -Iinclude -Isrc X_fuzz.c libtacit.a ...    runs the files in its arguments
 * The second needs no fuzzer, so that the corpus is replayed in every check.
 */
#ifndef FUZZ_REPLAY_H
#define FUZZ_REPLAY_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#ifdef FUZZ_REPLAY
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		FILE *file = fopen(argv[i], "rb");
		uint8_t *data = malloc(1 << 24);
		size_t size;

		if (file == NULL || data == NULL) {
			fprintf(stderr, "cannot read %s\n", argv[i]);
			return 1;
		}
		size = fread(data, 1, 1 << 24, file);
		fclose(file);
		/* A block of exactly that size, so that a read behind it is seen. */
		data = realloc(data, size == 0 ? 1 : size);
		LLVMFuzzerTestOneInput(data, size);
		free(data);
	}
	printf("%d inputs\n", argc - 1);
	return 0;
}
#endif

#endif
