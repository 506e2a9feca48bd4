/* The trainer: its gradient against finite differences, its determinism, and that it learns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "train/follow.c"

#define USERS 6
#define ITEMS 24

static uint32_t item[USERS * 12];
static uint64_t start[USERS], end[USERS];

/* Short random sequences without repetition within a user. */
static struct follow_sequences sequences_make(uint64_t seed)
{
	struct random random = { seed };
	uint64_t at = 0;
	uint32_t u, i;

	for (u = 0; u < USERS; u++) {
		uint32_t length = 3 + random_below(&random, 8), order[ITEMS];

		for (i = 0; i < ITEMS; i++)
			order[i] = i;
		start[u] = at;
		for (i = 0; i < length; i++) {
			uint32_t j = i + random_below(&random, ITEMS - i), swap = order[i];

			order[i] = order[j];
			order[j] = swap;
			item[at++] = order[i];
		}
		end[u] = at;
	}
	return (struct follow_sequences){ USERS, ITEMS, start, end, item };
}

static void small_config(struct follow_config *config)
{
	static const uint32_t from[] = { 0, 2, 5 };

	follow_config_default(config);
	config->dim = 32;
	config->banks = 3;
	config->buckets = 3;
	memset(config->bucket_from, 0, sizeof(config->bucket_from));
	memcpy(config->bucket_from, from, sizeof(from));
	config->drop_in = 0.0f;
	config->drop_out = 0.0f;
	config->batch = USERS;
	config->epochs = 1;
	config->warmup = 1;
	config->threads = 2;
}

/* Two features of four values in all, some unknown. */
static uint16_t moment_at[USERS * 12 * 2];

static struct moments moments_of_events(uint64_t seed)
{
	struct random random = { seed };
	uint32_t i;

	for (i = 0; i < USERS * 12; i++) {
		moment_at[2 * i] = (uint16_t)random_below(&random, 3);		/* none, value 1, value 2 */
		moment_at[2 * i + 1] = (uint16_t)(random_below(&random, 4) == 0 ? 0 : 3 + random_below(&random, 2));
	}
	return (struct moments){ .features = 2, .values = 4, .at = moment_at, .columns = true };
}

/* The loss of the definition in follow.h, in doubles, straight from the sums. */
static double slow_loss(const struct follow_config *config, const struct follow_model *model,
			const struct follow_sequences *s)
{
	double loss = 0.0, rows = 0.0;
	uint32_t u, b, j, i;
	uint64_t t, k;

	for (u = 0; u < s->users; u++)
		for (t = 0; t < s->end[u] - s->start[u]; t++) {
			const uint32_t *x = s->item + s->start[u];
			double h[64] = { 0 }, sum = 0.0, target = 0.0;
			uint32_t bucket = follow_bucket(config->bucket_from, config->buckets, t);

			for (b = 0; b < model->banks; b++)
				for (k = 0; k < t; k++)
					for (j = 0; j < model->dim; j++)
						h[j] += model->a[b * model->dim + j] *
							pow(model->rho[b], (double)(t - 1 - k)) *
							model->p[(x[k] * model->banks + b) *
								 model->dim + j];
			for (i = 0; config->moments != NULL && i < 2; i++) {
				uint32_t value = moment_at[2 * (s->start[u] + t) + i];

				for (j = 0; value != 0 && j < model->dim; j++)
					h[j] += model->c[(value - 1) * model->dim + j];
			}
			for (i = 0; i < model->items; i++) {
				double logit = model->length[bucket * model->items + i];
				bool seen = false;

				for (k = 0; k < t; k++)
					seen = seen || x[k] == i;
				for (j = 0; j < model->dim; j++)
					logit += h[j] * model->q[i * model->dim + j];
				if (!seen)
					sum += exp(logit);
				if (i == x[t])
					target = logit;
			}
			loss += log(sum) - target;
			rows += 1.0;
		}
	return loss / rows;
}

static void run_make(struct run *run, const struct follow_config *config,
		     const struct follow_sequences *sequences)
{
	uint32_t order[USERS], u;

	memset(run, 0, sizeof(*run));
	run->config = config;
	run->sequences = sequences;
	run->steps = 1;
	run->model = model_new(config, ITEMS);
	assert_non_null(run->model);
	assert_int_equal(run_new(run), 0);
	initial_values(run);
	step_pack(run);
	for (u = 0; u < USERS; u++)
		order[u] = u;
	assert_int_equal(batch_fill(run, order, USERS), 0);
}

/* Gradients of every tensor at random places against (loss(x + e) - loss(x - e)) / 2e. */
static void gradient_is_right(void **state)
{
	struct follow_sequences sequences = sequences_make(11);
	struct moments moments = moments_of_events(10);
	struct follow_config config;
	struct random random = { 12 };
	struct run run;
	uint32_t k, probe;

	(void)state;
	small_config(&config);
	config.moments = &moments;
	assert_int_equal(gemm_load(NULL), 0);
	run_make(&run, &config, &sequences);
	/* larger weights than at the start, so that every term matters */
	for (k = 0; k < TENSORS; k++)
		for (probe = 0; probe < run.tensor[k].size; probe++)
			run.tensor[k].value[probe] += 0.2f * normal(&random);
	step_pack(&run);
	step_gradient(&run);
	step_collect(&run);
	for (k = 0; k < TENSORS; k++)
		for (probe = 0; probe < 60; probe++) {
			struct follow_tensor *tensor = &run.tensor[k];
			size_t at = random_below(&random, (uint32_t)tensor->size);
			float kept = tensor->value[at];
			double up, down, slope;

			tensor->value[at] = kept + 1e-3f;
			up = slow_loss(&config, run.model, &sequences);
			tensor->value[at] = kept - 1e-3f;
			down = slow_loss(&config, run.model, &sequences);
			tensor->value[at] = kept;
			slope = (up - down) / 2e-3;
			if (fabs(slope - tensor->gradient[at]) > 2e-4 + 2e-2 * fabs(slope))
				fail_msg("tensor %u at %zu: slope %.6f, gradient %.6f", k, at,
					 slope, (double)tensor->gradient[at]);
		}
	run_free(&run);
	follow_free(run.model);
}

/* The loss that training reports is the one of the definition. */
static void loss_is_right(void **state)
{
	struct follow_sequences sequences = sequences_make(13);
	struct follow_config config;
	struct run run;
	double slow, fast;

	(void)state;
	small_config(&config);
	run_make(&run, &config, &sequences);
	slow = slow_loss(&config, run.model, &sequences);
	fast = step_batch(&run) / (double)run.batch.rows;
	assert_true(fabs(slow - fast) < 1e-4);
	run_free(&run);
	follow_free(run.model);
}

static void same_seed_same_bits(void **state)
{
	struct follow_sequences sequences = sequences_make(14);
	struct moments moments = moments_of_events(15);
	static const float zero[4 * 32];
	struct follow_config config;
	struct follow_model *one, *two, *other;
	size_t size;

	(void)state;
	small_config(&config);
	config.epochs = 5;
	config.batch = 2;
	config.drop_in = config.drop_out = 0.3f;
	config.moments = &moments;
	size = sizeof(float) * ITEMS * config.banks * config.dim;
	assert_int_equal(follow_train(&config, &sequences, NULL, NULL, &one, NULL), 0);
	assert_int_equal(follow_train(&config, &sequences, NULL, NULL, &two, NULL), 0);
	config.seed = 2;
	assert_int_equal(follow_train(&config, &sequences, NULL, NULL, &other, NULL), 0);
	assert_memory_equal(one->p, two->p, size);
	assert_memory_equal(one->q, two->q, sizeof(float) * ITEMS * config.dim);
	assert_int_equal(one->moments, 4);
	assert_memory_equal(one->c, two->c, sizeof(zero));
	assert_memory_not_equal(one->c, zero, sizeof(zero));
	assert_memory_not_equal(one->p, other->p, size);
	follow_free(one);
	follow_free(two);
	follow_free(other);
}

/* Dropout in the long run keeps 1 - drop of the elements and the sum; its mask can be made again. */
static void dropout_keeps_the_mean(void **state)
{
	static float from[16384], once[16384], again[16384];
	double sum = 0.0;
	uint32_t zero = 0, i;

	(void)state;
	for (i = 0; i < 16384; i++)
		from[i] = 1.0f;
	kernels_dropout(once, from, 16384, 0.3f, 99);
	kernels_dropout(again, from, 16384, 0.3f, 99);
	assert_memory_equal(once, again, sizeof(once));
	for (i = 0; i < 16384; i++) {
		zero += once[i] == 0.0f;
		sum += once[i];
	}
	/* four standard deviations of a binomial of 16384 trials at 0.3 are 235 */
	assert_in_range(zero, 4915 - 235, 4915 + 235);
	assert_true(fabs(sum / 16384.0 - 1.0) < 0.025);
}

/* After "a" always comes "b": a model that learns finds it first. */
static void learns_what_follows(void **state)
{
	static uint32_t chain[USERS * 4];
	struct follow_sequences sequences = { USERS, ITEMS, start, end, chain };
	struct follow_config config;
	struct follow_model *model;
	float h[32], best = -INFINITY;
	uint32_t u, i, j, first = 0, last = 5;

	(void)state;
	for (u = 0; u < USERS; u++) {
		start[u] = u * 4;
		end[u] = start[u] + 4;
		chain[u * 4] = 10 + u;
		chain[u * 4 + 1] = 5;
		chain[u * 4 + 2] = 7;
		chain[u * 4 + 3] = 16 + u;
	}
	small_config(&config);
	config.epochs = 60;
	config.rate = 0.01f;
	assert_int_equal(follow_train(&config, &sequences, NULL, NULL, &model, NULL), 0);
	follow_state(model, true, &last, 1, h);
	for (i = 0; i < ITEMS; i++) {
		float score = model->length[i];

		for (j = 0; j < config.dim; j++)
			score += h[j] * model->q[i * config.dim + j];
		if (i != 5 && score > best) {
			best = score;
			first = i;
		}
	}
	assert_int_equal(first, 7);
	follow_free(model);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gradient_is_right),
		cmocka_unit_test(loss_is_right),
		cmocka_unit_test(same_seed_same_bits),
		cmocka_unit_test(dropout_keeps_the_mean),
		cmocka_unit_test(learns_what_follows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
