/* pack list|show|verify|add|sign|keygen, train, eval. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"

static void print_pack(const struct tacit_pack_info *info)
{
	char items[32], kilobytes[32];

	cmd_count(items, info->items);
	cmd_count(kilobytes, info->bytes / 1024);
	printf("%s: %s items of %s, %s KiB\n  file    %s\n  digest  %s\n  signed  %s\n",
	       info->name, items, info->domain, kilobytes, info->path, info->digest,
	       info->signer[0] != 0 ? info->signer : "no");
}

static void json_pack(struct json *json, const struct tacit_pack_info *info)
{
	json_object(json);
	json_put_string(json, "name", info->name);
	json_put_string(json, "domain", info->domain);
	json_put_string(json, "path", info->path);
	json_put_int(json, "items", (int64_t)info->items);
	json_put_int(json, "bytes", (int64_t)info->bytes);
	json_put_int(json, "dim", info->dim);
	json_put_int(json, "banks", info->banks);
	json_put_string(json, "digest", info->digest);
	json_key(json, "signer");
	if (info->signer[0] != 0)
		json_string(json, info->signer);
	else
		json_null(json);
	json_key(json, "meta");
	json_raw(json, info->meta[0] != 0 ? info->meta : "{}",
		 info->meta[0] != 0 ? strlen(info->meta) : 2);
	json_object_end(json);
}

static int list_packs(struct cmd *cmd)
{
	struct json json = JSON_INIT;
	const char *path;
	size_t i;

	json_array(&json);
	for (i = 0; (path = tacit_pack_path(cmd->t, i)) != NULL; i++) {
		struct tacit_pack_info info;
		int result = tacit_pack_check(cmd->t, path, &info);

		if (result != 0) {
			cmd_fail(cmd, result);
			continue;
		}
		if (cmd->json)
			json_pack(&json, &info);
		else
			print_pack(&info);
		tacit_pack_info_free(&info);
	}
	json_array_end(&json);
	if (cmd->json)
		return cmd_print_json(&json);
	bytes_free(&json.out);
	if (i == 0)
		puts("There is no pack. Next: tacit pack add FILE");
	return CMD_OK;
}

static int show_pack(struct cmd *cmd, const char *path, bool whole)
{
	struct json json = JSON_INIT;
	struct tacit_pack_info info;
	int result = tacit_pack_check(cmd->t, path, &info);

	if (result != 0)
		return cmd_fail(cmd, result);
	if (cmd->json) {
		json_pack(&json, &info);
		result = cmd_print_json(&json);
	} else if (whole) {
		print_pack(&info);
		printf("  model   dim %u, banks %u, words %u\n  meta    %s\n", info.dim, info.banks,
		       info.words, info.meta);
	} else {
		printf("%s is whole: digest %s, %s\n", path, info.digest, info.signer[0] != 0 ?
		       "signature right" : "not signed");
	}
	tacit_pack_info_free(&info);
	return result;
}

static int make_key(struct cmd *cmd, const char *path)
{
	char public_key[65];
	int result = tacit_pack_key(cmd->t, path, public_key);

	if (result != 0)
		return cmd_fail(cmd, result);
	printf("%s\n", public_key);
	return CMD_OK;
}

int cmd_pack(struct cmd *cmd)
{
	const char *verb = cmd->words > 0 ? cmd->word[0] : "list";
	const char *path = cmd->words > 1 ? cmd->word[1] : NULL;
	int result;

	if (strcmp(verb, "list") == 0)
		return list_packs(cmd);
	if (path == NULL)
		return cmd_usage(cmd, "say which pack");
	if (strcmp(verb, "show") == 0)
		return show_pack(cmd, path, true);
	if (strcmp(verb, "verify") == 0)
		return show_pack(cmd, path, false);
	if (strcmp(verb, "keygen") == 0)
		return make_key(cmd, path);
	if (strcmp(verb, "add") == 0) {
		result = tacit_pack_add(cmd->t, path);
		if (result != 0)
			return cmd_fail(cmd, result);
		puts("Added. Its suggestions come before those of a shipped pack.");
		return CMD_OK;
	}
	if (strcmp(verb, "sign") == 0) {
		if (cmd_flag(cmd, "key") == NULL)
			return cmd_usage(cmd, "say with which key: --key FILE (tacit pack keygen "
					 "FILE makes one)");
		result = tacit_pack_sign(cmd->t, path, cmd_flag(cmd, "key"));
		if (result != 0)
			return cmd_fail(cmd, result);
		return show_pack(cmd, path, false);
	}
	return cmd_usage(cmd, "list, show, verify, add, sign or keygen");
}

/* ---- train, eval ----------------------------------------------------------------------- */

static volatile sig_atomic_t stop_asked;

static int on_progress(void *context, const char *what, int permille, double seconds_left)
{
	char line[256];

	(void)context;
	snprintf(line, sizeof(line), "%s: %d %%, %.0f s left", what, permille / 10, seconds_left);
	cmd_progress(line);
	return stop_asked;
}

static void on_stop(int number)
{
	(void)number;
	stop_asked = 1;
}

/* With a checkpoint, Ctrl-C and SIGTERM end training where it can go on from. */
static void catch_stops(void)
{
	struct sigaction action = { .sa_handler = on_stop, .sa_flags = (int)SA_RESETHAND };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

static void on_say(void *context, const char *line)
{
	struct cmd *cmd = context;

	cmd_progress(NULL);
	fprintf(cmd->json ? stderr : stdout, "%s\n", line);
	fflush(stdout);
}

/* "90", "90s", "2m", "1h" in seconds; negative when it is none of these. */
static double duration(const char *text)
{
	uint64_t value = 0;
	double unit = 1.0;
	size_t i;

	for (i = 0; text[i] >= '0' && text[i] <= '9' && value < 1000000; i++)
		value = value * 10 + (uint64_t)(text[i] - '0');
	if (i == 0)
		return -1.0;
	if (text[i] == 'm')
		unit = 60.0;
	else if (text[i] == 'h')
		unit = 3600.0;
	else if (text[i] != 's' && text[i] != 0)
		return -1.0;
	if (text[i] != 0 && text[i + 1] != 0)
		return -1.0;
	return (double)value * unit;
}

/* Of several processes (mpirun), the first alone prints; an error is told by each that has it. */
static void keep_quiet(struct tacit_train_options *options)
{
	if (tacit_process(NULL) == 0)
		return;
	options->progress = NULL;
	options->say = NULL;
	if (freopen("/dev/null", "w", stdout) == NULL)
		perror("tacit: /dev/null");
}

static int train_options(struct cmd *cmd, struct tacit_train_options *options)
{
	const char *budget = cmd_flag(cmd, "budget"), *seen = cmd_flag(cmd, "seen");

	options->interactions = cmd_flag(cmd, "interactions");
	if (options->interactions == NULL && cmd->words > 0)
		options->interactions = cmd->word[0];
	if (options->interactions == NULL)
		return cmd_usage(cmd, "say what to learn from: --interactions FILE, or a MovieLens "
				 "folder or zip");
	options->items = cmd_flag(cmd, "items");
	if (budget != NULL)
		options->budget_seconds = duration(budget);
	if (options->budget_seconds < 0.0)
		return cmd_usage(cmd, "a budget is a time: 90s, 2m, 1h");
	if (seen != NULL && strcmp(seen, "include") != 0 && strcmp(seen, "exclude") != 0)
		return cmd_usage(cmd, "--seen is include or exclude");
	options->include_seen = seen != NULL && strcmp(seen, "include") == 0;
	options->seed = cmd_number(cmd, "seed", 0, UINT32_MAX, 1);
	options->threads = (unsigned)cmd_number(cmd, "threads", 1, 64, 2);
	options->dim = (unsigned)cmd_number(cmd, "dim", 32, 512, 0);
	options->epochs = (unsigned)cmd_number(cmd, "epochs", 1, 1000, 0);
	options->dropout = (unsigned)cmd_number(cmd, "dropout", 1, 90, 0);
	options->negatives = (unsigned)cmd_number(cmd, "negatives", 1, 1 << 20, 0);
	options->progress = on_progress;
	options->say = on_say;
	options->context = cmd;
	keep_quiet(options);
	return CMD_OK;
}

static void json_figure(struct json *json, const char *key, double value, int places)
{
	double scaled = value;
	int i;

	for (i = 0; i < places; i++)
		scaled *= 10.0;
	json_key(json, key);
	json_decimal(json, (int64_t)(scaled < 0.0 ? scaled - 0.5 : scaled + 0.5), places);
}

static void json_curve(struct json *json, const struct tacit_figures *figures)
{
	unsigned i;

	json_key(json, "curve");
	json_array(json);
	for (i = 0; i < figures->curve_points; i++) {
		const struct tacit_curve_point *point = &figures->curve[i];

		json_object(json);
		json_put_int(json, "history", point->history);
		json_put_int(json, "users", (int64_t)point->users);
		json_figure(json, "HR@10", point->hr10, 6);
		json_figure(json, "NDCG@10", point->ndcg10, 6);
		json_figure(json, "popular_HR@10", point->popular_hr10, 6);
		json_figure(json, "popular_NDCG@10", point->popular_ndcg10, 6);
		json_object_end(json);
	}
	json_array_end(json);
}

static void json_sure(struct json *json, const struct tacit_figures *figures)
{
	unsigned i;

	json_key(json, "sure");
	json_array(json);
	for (i = 0; i < TACIT_SURE_POINTS; i++) {
		json_object(json);
		json_figure(json, "kept", figures->sure[i].kept, 4);
		json_figure(json, "chance", figures->sure[i].chance, 6);
		json_figure(json, "taken", figures->sure[i].taken, 6);
		json_object_end(json);
	}
	json_array_end(json);
}

static void json_figures(struct json *json, const struct tacit_figures *figures)
{
	json_object(json);
	json_put_int(json, "users", (int64_t)figures->users);
	json_put_int(json, "items", (int64_t)figures->items);
	json_put_int(json, "events", (int64_t)figures->events);
	json_figure(json, "HR@5", figures->hr5, 6);
	json_figure(json, "HR@10", figures->hr10, 6);
	json_figure(json, "HR@20", figures->hr20, 6);
	json_figure(json, "NDCG@10", figures->ndcg10, 6);
	json_figure(json, "MRR", figures->mrr, 6);
	json_figure(json, "Recall@20", figures->recall20, 6);
	json_figure(json, "Recall@50", figures->recall50, 6);
	json_figure(json, "NDCG@100", figures->ndcg100, 6);
	json_figure(json, "NDCG@10_se", figures->ndcg10_error, 6);
	json_figure(json, "HR@10_se", figures->hr10_error, 6);
	json_figure(json, "MRR_se", figures->mrr_error, 6);
	json_figure(json, "popular_NDCG@10", figures->popular_ndcg10, 6);
	json_figure(json, "popular_HR@10", figures->popular_hr10, 6);
	json_figure(json, "coverage@10", figures->coverage10, 6);
	json_figure(json, "novelty@10", figures->novelty10, 4);
	json_figure(json, "popularity_bias", figures->popularity_bias, 4);
	json_figure(json, "train_s", figures->train_seconds, 2);
	json_figure(json, "rank_p50_us", figures->rank_p50_us, 2);
	json_figure(json, "rank_p99_us", figures->rank_p99_us, 2);
	json_put_string(json, "params", figures->params);
	json_figure(json, "validation_float", figures->validation_float, 6);
	json_figure(json, "validation_int8", figures->validation_int8, 6);
	json_figure(json, "calibration_error", figures->calibration_error, 6);
	if (figures->long_ndcg100 > 0.0) {
		json_figure(json, "long_NDCG@10", figures->long_ndcg10, 6);
		json_figure(json, "long_NDCG@100", figures->long_ndcg100, 6);
		json_figure(json, "long_Recall@50", figures->long_recall50, 6);
	}
	if (figures->sure[0].kept > 0.0)
		json_sure(json, figures);
	if (figures->curve_points > 0)
		json_curve(json, figures);
	if (figures->cold_recall20 > 0.0 || figures->cold_tfidf_recall20 > 0.0) {
		json_figure(json, "cold_Recall@20", figures->cold_recall20, 6);
		json_figure(json, "cold_tfidf_Recall@20", figures->cold_tfidf_recall20, 6);
	}
	if (figures->moment_auc > 0.0) {
		json_figure(json, "moment_AUC", figures->moment_auc, 6);
		json_figure(json, "moment_logloss", figures->moment_logloss, 6);
		json_figure(json, "machine_AUC", figures->machine_auc, 6);
		json_figure(json, "machine_logloss", figures->machine_logloss, 6);
		json_figure(json, "linear_AUC", figures->linear_auc, 6);
		json_figure(json, "linear_logloss", figures->linear_logloss, 6);
	}
	json_object_end(json);
}

static void print_sure(const struct tacit_figures *figures)
{
	unsigned i;

	fputs("\nshown             ", stdout);
	for (i = 0; i < TACIT_SURE_POINTS; i++)
		printf(" %5.1f %%", 100.0 * figures->sure[i].kept);
	fputs("  of the suggestions, the surest\nchance of at least", stdout);
	for (i = 0; i < TACIT_SURE_POINTS; i++)
		printf("  %.4f", figures->sure[i].chance);
	fputs("\nwere taken        ", stdout);
	for (i = 0; i < TACIT_SURE_POINTS; i++)
		printf("  %.4f", figures->sure[i].taken);
	putchar('\n');
}

static void print_curve(const struct tacit_figures *figures)
{
	unsigned i;

	puts("\nevents known  people  HR@10 (popular)  NDCG@10 (popular)");
	for (i = 0; i < figures->curve_points; i++) {
		const struct tacit_curve_point *point = &figures->curve[i];

		printf("%12u  %6llu  %.4f (%.4f)     %.4f (%.4f)\n", point->history,
		       (unsigned long long)point->users, point->hr10, point->popular_hr10,
		       point->ndcg10, point->popular_ndcg10);
	}
}

static void print_figures(const struct tacit_figures *figures)
{
	char users[32], items[32], events[32];

	cmd_count(users, figures->users);
	cmd_count(items, figures->items);
	cmd_count(events, figures->events);
	printf("%s people, %s held-out events, all %s items ranked\n\n"
	       "  HR@5  HR@10  HR@20  NDCG@10    MRR  Recall@20  Recall@50  NDCG@100\n"
	       " %.4f %.4f %.4f   %.4f %.4f     %.4f     %.4f    %.4f\n"
	       "     +- %.4f       +- %.4f %.4f (standard errors, over people)\n"
	       "popular %.4f          %.4f (counts alone, the same candidates)\n\n"
	       "first tens: %.1f %% of the catalogue, novelty %.2f bits, popularity bias %.2f\n"
	       "calibration error %.4f; training %.0f s; a ranking p50 %.0f us, p99 %.0f us\n%s\n",
	       users, events, items, figures->hr5, figures->hr10, figures->hr20, figures->ndcg10,
	       figures->mrr, figures->recall20, figures->recall50, figures->ndcg100,
	       figures->hr10_error, figures->ndcg10_error, figures->mrr_error,
	       figures->popular_hr10, figures->popular_ndcg10, 100.0 * figures->coverage10,
	       figures->novelty10, figures->popularity_bias,
	       figures->calibration_error, figures->train_seconds, figures->rank_p50_us,
	       figures->rank_p99_us, figures->params);
	if (figures->long_ndcg100 > 0.0)
		printf("\n               NDCG@10  NDCG@100  Recall@50\n"
		       "what is next    %.4f    %.4f     %.4f\n"
		       "the next year   %.4f    %.4f     %.4f\n",
		       figures->ndcg10, figures->ndcg100, figures->recall50,
		       figures->long_ndcg10, figures->long_ndcg100, figures->long_recall50);
	if (figures->sure[0].kept > 0.0)
		print_sure(figures);
	if (figures->curve_points > 0)
		print_curve(figures);
}

static void print_cold(const struct tacit_figures *figures)
{
	printf("\nRecall@20 among unseen items %.4f, of tf-idf %.4f (%+.1f %%)\n"
	       "NDCG@10 %.4f, HR@10 %.4f; training %.0f s\n%s\n", figures->cold_recall20,
	       figures->cold_tfidf_recall20, figures->cold_tfidf_recall20 > 0.0 ?
	       100.0 * (figures->cold_recall20 / figures->cold_tfidf_recall20 - 1.0) : 0.0,
	       figures->ndcg10, figures->hr10, figures->train_seconds, figures->params);
}

static void print_context(const struct tacit_figures *figures)
{
	char users[32], events[32];

	cmd_count(users, figures->users);
	cmd_count(events, figures->events);
	printf("\n%s people, %s rows that test: would this person take this now?\n\n"
	       "                          AUC  logloss\n"
	       "additive               %.4f   %.4f\n"
	       "factorisation machine  %.4f   %.4f\n"
	       "logistic regression    %.4f   %.4f\n\ntraining %.0f s\n%s\n", users, events,
	       figures->moment_auc, figures->moment_logloss, figures->machine_auc,
	       figures->machine_logloss, figures->linear_auc, figures->linear_logloss,
	       figures->train_seconds, figures->params);
}

static int report(struct cmd *cmd, int result, const struct tacit_figures *figures,
		  int protocol)
{
	struct json json = JSON_INIT;

	cmd_progress(NULL);
	if (result != 0)
		return cmd_fail(cmd, result);
	if (cmd->json) {
		json_figures(&json, figures);
		return cmd_print_json(&json);
	}
	if (protocol == TACIT_COLD_ITEMS)
		print_cold(figures);
	else if (protocol == TACIT_CONTEXT)
		print_context(figures);
	else
		print_figures(figures);
	return CMD_OK;
}

/* OpenBLAS picks its kernels by processor when it is loaded. --portable asks for those that every
 * AVX2 machine has, so that the same command gives the same bits elsewhere: the program starts
 * itself again with that wish in its environment. */
static void start_portable(struct cmd *cmd)
{
	static char wish[] = "OPENBLAS_CORETYPE=Haswell";
	extern char **environ;
	size_t count = 0, i;
	char **longer;

	if (cmd_flag(cmd, "portable") == NULL || getenv("OPENBLAS_CORETYPE") != NULL)
		return;
	while (environ[count] != NULL)
		count++;
	longer = calloc(count + 2, sizeof(*longer));
	if (longer == NULL)
		return;
	for (i = 0; i < count; i++)
		longer[i] = environ[i];
	longer[count] = wish;
	execve("/proc/self/exe", cmd->arguments, longer);
	free(longer);
}

int cmd_train(struct cmd *cmd)
{
	struct tacit_train_options options = TACIT_TRAIN_OPTIONS_INIT;
	struct tacit_figures figures;
	const char *path = cmd_flag(cmd, "o");
	int result = train_options(cmd, &options);

	if (result != CMD_OK)
		return result;
	options.name = cmd_flag(cmd, "name");
	options.domain = cmd_flag(cmd, "domain");
	options.licence = cmd_flag(cmd, "licence");
	options.checkpoint = cmd_flag(cmd, "checkpoint");
	if (options.name == NULL || path == NULL)
		return cmd_usage(cmd, "a pack needs a name and a place: --name NAME -o FILE");
	start_portable(cmd);
	if (options.checkpoint != NULL)
		catch_stops();
	result = tacit_train(cmd->t, &options, path, &figures);
	return report(cmd, result, &figures, TACIT_LEAVE_ONE_OUT);
}

int cmd_eval(struct cmd *cmd)
{
	static const char *const name[] = {
		[TACIT_LEAVE_ONE_OUT] = "leave-one-out", [TACIT_LAST_FIFTH] = "last-fifth",
		[TACIT_LATER_PEOPLE] = "later-people", [TACIT_TIME] = "time",
		[TACIT_COLD_ITEMS] = "cold-items", [TACIT_CONTEXT] = "context",
	};
	struct tacit_train_options options = TACIT_TRAIN_OPTIONS_INIT;
	struct tacit_figures figures;
	const char *protocol = cmd_flag(cmd, "protocol");
	int result, which = TACIT_LEAVE_ONE_OUT;

	if (cmd_flag(cmd, "bandit") != NULL)
		return cmd_bandit(cmd, cmd_flag(cmd, "bandit"));
	if (cmd_flag(cmd, "target") != NULL)
		return cmd_usage(cmd, "--target goes with --bandit LOG");
	result = train_options(cmd, &options);
	if (result != CMD_OK)
		return result;
	while (protocol != NULL && which <= TACIT_CONTEXT && strcmp(protocol, name[which]) != 0)
		which++;
	if (which > TACIT_CONTEXT)
		return cmd_usage(cmd, "--protocol is leave-one-out, last-fifth, later-people, "
				 "time, cold-items or context");
	start_portable(cmd);
	result = tacit_eval(cmd->t, &options, which, &figures);
	return report(cmd, result, &figures, which);
}
