/* With FUZZ_REPLAY a fuzz target is a plain program that runs each file given to it once: every
 * input that was ever interesting is a test, with any compiler. */
#ifndef TACIT_FUZZ_REPLAY_H
#define TACIT_FUZZ_REPLAY_H

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
		size_t size, max = 1 << 24;
		uint8_t *data = malloc(max), *exact;

		if (file == NULL || data == NULL) {
			perror(argv[i]);
			return 1;
		}
		size = fread(data, 1, max, file);
		fclose(file);
		/* An allocation of the very size, so that a sanitizer sees one byte too many. */
		exact = realloc(data, size == 0 ? 1 : size);
		if (exact == NULL)
			return 1;
		LLVMFuzzerTestOneInput(exact, size);
		free(exact);
	}
	printf("%d replayed\n", argc - 1);
	return 0;
}
#endif

#endif
