/*
 * What a moment costs on a real vault: reading the life out of it, packing and unpacking it.
 *
 *	build/bench/now HOME KEY-FILE
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "now/life.h"
#include "vault/vault.h"

static int16_t berlin(void *context, int64_t time)
{
	(void)context;
	(void)time;
	return 60;
}

int main(int argc, char **argv)
{
	struct vault_secret secret = { NULL, argc == 3 ? argv[2] : NULL, NULL };
	struct bytes block = BYTES_INIT;
	struct vault *vault;
	struct error error;
	struct life life;
	double began = clock_seconds(), opened, read, packed;

	if (argc != 3 || vault_open(argv[1], &secret, &vault, &error) != 0) {
		fprintf(stderr, "now: %s\n", argc == 3 ? error.message : "say HOME KEY-FILE");
		return 1;
	}
	opened = clock_seconds();
	if (life_read(vault, berlin, NULL, &life, &error) != 0) {
		fprintf(stderr, "now: %s\n", error.message);
		return 1;
	}
	read = clock_seconds();
	if (life_pack(&life, &block) != 0)
		return 1;
	packed = clock_seconds();
	printf("open %.1f ms, read %.1f ms (%zu points, %zu stays), pack %.1f ms (%zu bytes)\n",
	       1e3 * (opened - began), 1e3 * (read - opened), (size_t)life.points,
	       life.count[LIFE_STAYS], 1e3 * (packed - read), block.size);
	life_free(&life);
	if (!life_unpack(block.data, block.size, &life))
		return 1;
	printf("unpack %.1f ms\n", 1e3 * (clock_seconds() - packed));
	life_free(&life);
	bytes_free(&block);
	vault_close(vault);
	return 0;
}
