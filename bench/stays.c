/*
 * Points a second of stays_find on one core: a generated life (rests, walks, rides; a point every
 * two seconds, noise of ten metres), or the GeoLife files of a folder, again and again.
 *
 *	build/bench/stays [POINTS]
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/random.h"
#include "places/stays.h"

static double seconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static double noise(struct random *random)
{
	return (double)(random_u64(random) % 2001) - 1000.0;	/* up to eleven metres */
}

int main(int argc, char **argv)
{
	size_t count = argc > 1 ? strtoull(argv[1], NULL, 10) : 20000000, left = 0, i, stays;
	int64_t *when = malloc(sizeof(*when) * count);
	int32_t *latitude = malloc(sizeof(*latitude) * count);
	int32_t *longitude = malloc(sizeof(*longitude) * count);
	struct stays_track track = { count, when, latitude, longitude };
	struct random random = { 1 };
	double y = 4.0e8, x = 1.16e9, dy = 0, dx = 0, began, took;
	struct stay *stay;
	int64_t now = 1600000000000;

	if (when == NULL || latitude == NULL || longitude == NULL)
		return 1;
	for (i = 0; i < count; i++) {
		if (left-- == 0) {
			/* metres a second: rest, on foot, a bicycle, a train */
			static const double speed[] = { 0, 1.4, 5, 25 };
			double v = speed[random_u64(&random) % 4] * 2 * 90;	/* 1e-7 degrees */
			double angle = (double)(random_u64(&random) % 6283) / 1000;

			left = (v == 0 ? 2000 : 300) + random_u64(&random) % 600;
			dy = v * sin(angle);
			dx = v * cos(angle);
		}
		y += dy;
		x += dx;
		if (fabs(y) > 6e8)
			dy = -dy;
		if (fabs(x) > 1.7e9)
			dx = -dx;
		when[i] = now += 2000;
		latitude[i] = (int32_t)(y + noise(&random));
		longitude[i] = (int32_t)(x + noise(&random));
	}
	began = seconds();
	if (stays_find(&track, &stays_usual, &stay, &stays, NULL) != 0)
		return 1;
	took = seconds() - began;
	printf("%zu points, %zu stays: %.3f s, %.1f million points a second\n", count, stays, took,
	       (double)count / took / 1e6);
	free(stay);
	free(when);
	free(latitude);
	free(longitude);
	return 0;
}
