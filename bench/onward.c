/*
 * How well the next place is foretold, on a file of check-ins ("user TAB venue TAB minute"), and
 * how long one answer and 20,000 stays take.
 *
 *	build/bench/onward CHECKINS [FROM_USER TO_USER [EACH]]
 *
 * Of each person the first 80 % of the check-ins teach, the rest are tested in order; "leaving" is
 * asked at the check-in before (nothing is known of when the next one will be), "arriving" at
 * the time of the next one. Online: each tested one teaches the next. Frozen: only the first
 * 80 % teach.
 * The constants of onward.c were chosen on the moves between 60 and 80 % of users 1 - 800.
 */
#include <time.h>

#include "../tests/onward_kit.h"
#include "base/random.h"
#include "places/places.h"

static double seconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static double percent(size_t part, size_t all)
{
	return all > 0 ? 100.0 * (double)part / (double)all : 0;
}

static void print(const char *name, const struct kit_score *score)
{
	size_t n = score->tests;
	int i;

	printf("%s: %zu tests, somewhere new %.2f %% (said %.2f %%)\n", name, n,
	       percent(score->fresh, n), 100 * score->fresh_said / (double)n);
	printf("  places only      acc@1 %.2f  @5 %.2f  @10 %.2f %%; order 1 %.2f %% "
	       "(ties to the more frequent: %.2f %%): %+.2f, %+.2f points\n",
	       percent(score->first, n), percent(score->five, n), percent(score->ten, n),
	       percent(score->plain, n), percent(score->plain_ties, n),
	       percent(score->first, n) - percent(score->plain, n),
	       percent(score->first, n) - percent(score->plain_ties, n));
	printf("  with new         acc@1 %.2f  @5 %.2f %%; mean loss %.4f\n",
	       percent(score->with_fresh, n), percent(score->with_fresh5, n),
	       score->loss / (double)n);
	printf("  calibration      error %.4f of the first place, %.4f of the first answer\n   ",
	       kit_error(score->said, score->right, n),
	       kit_error(score->top_said, score->top_right, n));
	for (i = 0; i < KIT_BINS; i++)
		printf(" %zu:%.0f/%.0f", score->bin[i],
		       100 * score->said[i] / ((double)score->bin[i] + 1e-9),
		       percent(score->right[i], score->bin[i]));
	printf("\n");
}

/* A history of a regular person of 10,000 visits to 300 places. */
static void time_answers(void)
{
	struct visit *visit = calloc(10000, sizeof(*visit));
	struct random random = { 3 };
	struct onward_answer answer;
	struct onward *onward;
	double began, took;
	int64_t now = KIT_START;
	size_t i;

	for (i = 0; i < 10000; i++) {
		float u = random_unit(&random);

		visit[i] = (struct visit){ now, now + 7200000, (uint32_t)(300 * u * u * u), 60,
					   true };
		now += 10800000;
	}
	began = seconds();
	if (onward_learn(visit, 10000, &onward, NULL) != 0)
		abort();
	took = seconds() - began;
	began = seconds();
	for (i = 0; i < 100; i++)
		if (onward_next(onward, ONWARD_LEAVING, now + (int64_t)i, 60, &answer, NULL) != 0)
			abort();
	printf("10,000 visits: learnt in %.1f ms, one answer %.2f ms\n", took * 1e3,
	       (seconds() - began) * 10);
	onward_free(onward);
	free(visit);
}

/* 300 places of a town, 20,000 stays, noise of 20 metres. */
static void time_places(void)
{
	struct stay *stay = calloc(20000, sizeof(*stay));
	struct places_input input = { .count = 20000, .stay = stay };
	struct random random = { 4 };
	struct places places;
	double best = 1e9;
	size_t i;

	for (i = 0; i < 20000; i++) {
		float u = random_unit(&random), a = random_unit(&random) + random_unit(&random),
		      b = random_unit(&random) + random_unit(&random);
		int32_t place = (int32_t)(300 * u * u * u);

		stay[i] = (struct stay){ (int64_t)i * 10800000, (int64_t)i * 10800000 + 7200000,
			480000000 + place / 20 * 30000 + (int32_t)((a - 1) * 4400),
			20000000 + place % 20 * 45000 + (int32_t)((b - 1) * 6600), 9, true };
	}
	for (i = 0; i < 5; i++) {
		double began = seconds();

		if (places_find(&input, &places_usual, &places, NULL) != 0)
			abort();
		best = seconds() - began < best ? seconds() - began : best;
		places_free(&places);
	}
	printf("20,000 stays to places: %.1f ms\n", best * 1e3);
	free(stay);
}

int main(int argc, char **argv)
{
	size_t rows;
	struct kit_row *row = kit_read(argc > 1 ? argv[1] :
				       "../shared/data/foursquare-nyc/checkins.tsv", &rows);
	uint32_t from = argc > 3 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;
	uint32_t to = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : UINT32_MAX;
	uint32_t each = argc > 4 ? (uint32_t)strtoul(argv[4], NULL, 10) : 1;
	static const char *const name[] = { "leaving, online", "leaving, frozen",
					    "arriving, online", "arriving, frozen" };
	int i;

	time_answers();
	time_places();
	for (i = 0; row != NULL && i < 4; i++) {
		struct kit_score score = kit_run(row, rows, from, to, each,
			i < 2 ? ONWARD_LEAVING : ONWARD_ARRIVING, i % 2 == 1);

		print(name[i], &score);
	}
	if (row == NULL)
		printf("no file of check-ins\n");
	free(row);
	return 0;
}
