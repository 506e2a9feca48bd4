/* The trainer: its gradient against finite differences, its determinism, and that it learns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "train/follow.c"
#include "train/step_sampled.c"

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

/* The loss of step_sampled.c as it is defined, in doubles: the sum over the sample by 1 / pi, the
 * target's own term once. `sampled` says what was drawn. */
static double slow_sampled_loss(const struct run *run)
{
	const struct follow_sampled *sampled = run->sampled;
	const struct follow_sequences *s = run->sequences;
	const struct follow_model *model = run->model;
	double loss = 0.0, rows = 0.0;
	uint32_t u, b, j, k;
	uint64_t t, e;

	for (u = 0; u < s->users; u++)
		for (t = 0; t < s->end[u] - s->start[u]; t++, rows += 1.0) {
			const uint32_t *x = s->item + s->start[u];
			double h[32] = { 0 }, sum = 0.0, target = 0.0;
			uint32_t bucket = follow_bucket(run->config->bucket_from, model->buckets, t);

			for (b = 0; b < model->banks; b++)
				for (e = 0; e < t; e++)
					for (j = 0; j < 32; j++)
						h[j] += model->a[b * 32 + j] *
							pow(model->rho[b], (double)(t - 1 - e)) *
							model->p[(x[e] * model->banks + b) * 32 + j];
			for (k = 0; k <= sampled->samples; k++) {
				uint32_t i = k < sampled->samples ? sampled->sample[k] : x[t];
				double score = sampled->length[i * model->buckets + bucket];
				bool seen = false;

				for (e = 0; e < t; e++)
					seen = seen || x[e] == i;
				for (j = 0; j < 32; j++)
					score += h[j] * model->q[i * 32 + j];
				if (k == sampled->samples)
					target = score;
				else if (i == x[t] || seen)
					continue;
				else
					score -= sampled->log_chance[i];
				sum += exp(score);
			}
			loss += log(sum) - target;
		}
	return loss / rows;
}

static void sampled_run_make(struct run *run, const struct follow_config *config,
			     const struct follow_sequences *sequences)
{
	struct random random = { 21 };
	uint32_t k;
	size_t i;

	run_make(run, config, sequences);
	for (k = 0; k < TENSORS; k++) {
		if (run->tensor[k].gradient == NULL)
			run->tensor[k].gradient = calloc(run->tensor[k].size, sizeof(float));
		assert_non_null(run->tensor[k].gradient);
		for (i = 0; i < run->tensor[k].size; i++)
			run->tensor[k].value[i] += 0.2f * normal(&random);
	}
	step_pack(run);
}

/* As gradient_is_right, of a sample that leaves items out; L by its place while training. */
static void sampled_gradient_is_right(void **state)
{
	struct follow_sequences sequences = sequences_make(15);
	struct follow_config config;
	struct random random = { 16 };
	struct run run;
	uint32_t k, probe, missing = 0;

	(void)state;
	small_config(&config);
	config.negatives = 10;
	assert_int_equal(gemm_load(NULL), 0);
	sampled_run_make(&run, &config, &sequences);
	step_gradient(&run);
	step_collect(&run);
	for (k = 0; k < ITEMS; k++)
		missing += sample_of(run.sampled, k) == NONE;
	assert_true(missing > 4);
	for (k = 0; k < TENSORS; k++)
		for (probe = 0; probe < 80; probe++) {
			size_t at = random_below(&random, (uint32_t)run.tensor[k].size);
			size_t there = k != TENSOR_L ? at : at % ITEMS * config.buckets + at / ITEMS;
			float *value = (k == TENSOR_L ? run.sampled->length : run.tensor[k].value) + there;
			float kept = *value, gradient = run.tensor[k].gradient[at];
			double up, down, slope;

			*value = kept + 1e-3f;
			up = slow_sampled_loss(&run);
			*value = kept - 1e-3f;
			down = slow_sampled_loss(&run);
			*value = kept;
			slope = (up - down) / 2e-3;
			if (fabs(slope - gradient) > 2e-4 + 2e-2 * fabs(slope))
				fail_msg("tensor %u at %zu: slope %.6f, gradient %.6f", k, at,
					 slope, (double)gradient);
		}
	run_free(&run);
	follow_free(run.model);
}

/* With all items drawn, a step is the one of the full softmax: loss, gradients, Adam, laggards. */
static void all_drawn_is_the_full_softmax(void **state)
{
	struct follow_sequences sequences = sequences_make(17);
	struct follow_config config, other;
	struct run full, all;
	uint32_t k, round;
	size_t i;

	(void)state;
	small_config(&config);
	config.drop_in = config.drop_out = 0.3f;
	other = config;
	other.negatives = ITEMS + 5;
	sampled_run_make(&full, &config, &sequences);
	if (full.fast != NULL) {	/* float beside float */
		for (k = 0; k < config.threads; k++)
			free(full.worker[k].dz);
		free(full.worker);
		step_bf16_free(full.fast, config.threads);
		full.fast = NULL;
		assert_int_equal(workers_new(&full), 0);
	}
	sampled_run_make(&all, &other, &sequences);
	for (k = 0; k < TENSORS; k++)
		memcpy(all.tensor[k].value, full.tensor[k].value,
		       sizeof(float) * full.tensor[k].size);
	step_pack(&all);
	free(full.pace);
	free(all.pace);
	full.steps = all.steps = 4;
	full.pace = calloc(4, sizeof(double));
	all.pace = calloc(4, sizeof(double));
	for (round = 0; round < 4; round++) {	/* fewer people in each, so that rows fall behind */
		uint32_t order[USERS] = { 0, 1, 2, 3, 4, 5 };
		double one, two;

		if (round > 0) {	/* the first is there already */
			assert_int_equal(batch_fill(&full, order, USERS - round), 0);
			assert_int_equal(batch_fill(&all, order, USERS - round), 0);
		}
		one = step_batch(&full) / (double)full.batch.rows;
		two = step_batch(&all) / (double)all.batch.rows;
		if (fabs(one - two) > 1e-4 * fabs(one))
			fail_msg("round %u: loss %.5f in full, %.5f of all drawn", round, one, two);
	}
	step_settle(&full);
	step_settle(&all);
	for (k = 0; k < TENSORS; k++)
		for (i = 0; i < full.tensor[k].size; i++)
			if (fabsf(full.tensor[k].value[i] - all.tensor[k].value[i]) > 2e-3f)
				fail_msg("tensor %u at %zu: %.5f in full, %.5f of all drawn", k, i,
					 (double)full.tensor[k].value[i],
					 (double)all.tensor[k].value[i]);
	run_free(&full);
	run_free(&all);
	follow_free(full.model);
	follow_free(all.model);
}

/* How often an item is drawn is what its correction says: over 4000 steps, within five standard
 * deviations of a binomial. */
static void drawn_as_often_as_corrected(void **state)
{
	struct follow_sequences sequences = sequences_make(18);
	struct follow_config config;
	uint32_t drawn[ITEMS] = { 0 }, i, k;
	struct run run;

	(void)state;
	small_config(&config);
	config.negatives = 9;
	run_make(&run, &config, &sequences);
	for (run.step = 0; run.step < 4000; run.step++) {
		draw(&run);
		for (k = 0; k < run.sampled->samples; k++)
			drawn[run.sampled->sample[k]]++;
	}
	for (i = 0; i < ITEMS; i++) {
		double chance = exp((double)run.sampled->log_chance[i]);

		if (fabs(drawn[i] - 4000.0 * chance) > 5.0 * sqrt(4000.0 * chance * (1.0 - chance)))
			fail_msg("item %u: drawn %u times, expected %.1f", i, drawn[i],
				 4000.0 * chance);
	}
	run.step = 0;
	run_free(&run);
	follow_free(run.model);
}

static void same_model(const struct follow_model *one, const struct follow_model *two)
{
	assert_memory_equal(one->p, two->p, sizeof(float) * ITEMS * one->banks * one->dim);
	assert_memory_equal(one->q, two->q, sizeof(float) * ITEMS * one->dim);
	assert_memory_equal(one->length, two->length, sizeof(float) * ITEMS * one->buckets);
}

/* Stopped in the middle of an epoch and gone on with, the model is the same to the bit. */
static void goes_on_to_the_same_bits(void **state)
{
	struct follow_sequences sequences = sequences_make(19);
	struct follow_config config;
	uint32_t negatives;

	(void)state;
	for (negatives = 0; negatives <= 8; negatives += 8) {
		char path[] = "/tmp/tacit-checkpoint-XXXXXX", note[] = "a note";
		struct follow_keep keep = { path, 77, 1, note, sizeof(note) };
		struct follow_model *whole, *again;
		uint32_t order[USERS], u, phase;
		struct error error = { 0 };
		struct run run = { .sequences = &sequences, .steps = 12 };
		int file = mkstemp(path);

		assert_true(file >= 0);
		close(file);
		unlink(path);
		small_config(&config);
		config.epochs = 4;
		config.batch = 2;
		config.negatives = negatives;
		config.drop_in = config.drop_out = 0.3f;
		assert_int_equal(follow_train(&config, &sequences, NULL, NULL, &whole, NULL), 0);
		config.keep = &keep;
		run.config = &config;
		run.model = model_new(&config, ITEMS);
		assert_int_equal(run_new(&run), 0);
		initial_values(&run);
		step_pack(&run);
		for (u = 0; u < USERS; u++)
			order[u] = u;
		shuffle(&run, order, USERS, 0);
		for (u = 0; u < 2; u++) {
			assert_int_equal(batch_fill(&run, order + 2 * u, 2), 0);
			step_batch(&run);
		}
		assert_int_equal(checkpoint_save(&run, &error), 0);
		run_free(&run);
		follow_free(run.model);
		note[0] = 'x';
		assert_int_equal(checkpoint_note(&keep, &phase, note, &error), 0);
		assert_int_equal(phase, 1);
		assert_string_equal(note, "a note");
		assert_int_equal(follow_train(&config, &sequences, NULL, NULL, &again, &error), 0);
		same_model(whole, again);
		follow_free(again);
		/* what is done is not done again; of other data it is refused */
		assert_int_equal(follow_train(&config, &sequences, NULL, NULL, &again, &error), 0);
		same_model(whole, again);
		keep.identity = 78;
		assert_int_equal(checkpoint_note(&keep, &phase, note, &error), TACIT_E_ARGUMENT);
		follow_free(again);
		follow_free(whole);
		assert_int_equal(truncate(path, 400), 0);
		keep.identity = 77;
		assert_int_equal(follow_train(&config, &sequences, NULL, NULL, &again, &error),
				 TACIT_E_FORMAT);
		unlink(path);
	}
}

/* The score of an item behind user 0's first events, from the definition. */
static double score_of(const struct follow_model *model, const struct follow_config *config,
		       uint64_t count, uint32_t i)
{
	uint32_t bucket = follow_bucket(config->bucket_from, model->buckets, count), j;
	double score = (double)model->length[bucket * ITEMS + i];
	float state[LIMIT_DIM];

	follow_state(model, true, item, count, state);
	for (j = 0; j < model->dim; j++)
		score += (double)state[j] * (double)model->q[i * model->dim + j];
	return score;
}

static void joined_is_the_weighted_sum(void **state)
{
	struct follow_sequences s = sequences_make(11);
	struct follow_config config[2];
	struct follow_model *model[2], *sum;
	uint64_t count;
	uint32_t k, i;

	(void)state;
	for (k = 0; k < 2; k++) {
		small_config(&config[k]);
		config[k].dim = 32 + 32 * k;
		config[k].seed = 5 + k;
		assert_int_equal(follow_train(&config[k], &s, NULL, NULL, &model[k], NULL), 0);
	}
	assert_int_equal(follow_join(model[0], model[1], 0.5f, &sum, NULL), 0);
	assert_int_equal(sum->dim, 96);
	for (count = 0; count < 3; count++)
		for (i = 0; i < ITEMS; i++) {
			double wanted = score_of(model[0], &config[0], count, i) +
					0.5 * score_of(model[1], &config[1], count, i);

			assert_true(fabs(score_of(sum, &config[0], count, i) - wanted) < 1e-4);
		}
	follow_free(model[0]);
	follow_free(model[1]);
	follow_free(sum);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gradient_is_right),
		cmocka_unit_test(loss_is_right),
		cmocka_unit_test(same_seed_same_bits),
		cmocka_unit_test(sampled_gradient_is_right),
		cmocka_unit_test(all_drawn_is_the_full_softmax),
		cmocka_unit_test(drawn_as_often_as_corrected),
		cmocka_unit_test(goes_on_to_the_same_bits),
		cmocka_unit_test(dropout_keeps_the_mean),
		cmocka_unit_test(learns_what_follows),
		cmocka_unit_test(joined_is_the_weighted_sum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
