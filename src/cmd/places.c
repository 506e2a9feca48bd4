/* places: where the person is at home, at work, and often; and their word about it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cmd.h"
#include "now.h"

#define SHOWN 20

static const char *const kinds[] = { "", "home", "work" };

/* "Home, 97 %", "not sure (home 55 %)", "told". */
static void print_claim(const struct tacit_place *place)
{
	char chance[16];

	if (place->confidence == TACIT_ONE) {
		printf("%s (told)", place->kind == TACIT_PLACE_OTHER ? "" : kinds[place->kind]);
	} else if (place->kind != TACIT_PLACE_OTHER) {
		cmd_chance(chance, place->confidence);
		printf("%s, %s sure", kinds[place->kind], chance);
	} else if (place->confidence > TACIT_ONE / 4) {
		cmd_chance(chance, place->confidence);
		printf("not sure (%s)", chance);
	}
}

static void print_place(size_t number, const struct tacit_place *place)
{
	char text[48], date[16];

	snprintf(text, sizeof(text), "%zu", number);
	cmd_right(text, 3);
	printf("  ");
	snprintf(text, sizeof(text), "%.4f, %.4f", place->latitude / 1e7, place->longitude / 1e7);
	cmd_cell(place->name[0] != 0 ? place->name : text, 24);
	cmd_count(text, place->visits);
	cmd_right(text, 7);
	cmd_count(text, (uint64_t)(place->time / CLOCK_HOUR_MS));
	cmd_right(text, 8);
	clock_format_date(place->last, date);
	printf("  %s  ", date);
	print_claim(place);
	putchar('\n');
}

static void json_places(struct json *json, const struct tacit_place *list, size_t count)
{
	size_t i;

	json_array(json);
	for (i = 0; i < count; i++) {
		json_object(json);
		json_put_int(json, "number", (int64_t)i + 1);
		json_put_string(json, "name", list[i].name);
		json_key(json, "latitude");
		json_decimal(json, list[i].latitude, 7);
		json_key(json, "longitude");
		json_decimal(json, list[i].longitude, 7);
		json_put_int(json, "radius", list[i].radius);
		json_put_int(json, "visits", list[i].visits);
		json_put_int(json, "days", list[i].days);
		json_put_int(json, "ms", list[i].time);
		json_put_int(json, "first", list[i].first);
		json_put_int(json, "last", list[i].last);
		json_put_string(json, "kind", kinds[list[i].kind]);
		json_put_int(json, "confidence", list[i].confidence);
		json_object_end(json);
	}
	json_array_end(json);
}

/* places home|work|call|not home|not work N [NAME] */
static int tell(struct cmd *cmd, const struct tacit_place *list, size_t count)
{
	static const char usage[] = "say home, work, call or not home, and a place's number";
	size_t w = 0;
	int not = strcmp(cmd->word[0], "not") == 0, kind, result;
	const struct tacit_place *place;
	char *name = NULL;
	uint64_t number;

	w += (size_t)not;
	if (w + 1 >= cmd->words)
		return cmd_usage(cmd, usage);
	for (kind = TACIT_PLACE_WORK; kind > TACIT_PLACE_OTHER; kind--)
		if (strcmp(cmd->word[w], kinds[kind]) == 0)
			break;
	if (kind == TACIT_PLACE_OTHER && (not || strcmp(cmd->word[w], "call") != 0))
		return cmd_usage(cmd, usage);
	if (!cmd_whole(cmd->word[w + 1], count, &number) || number == 0)
		return cmd_usage(cmd, "say the number in front of the place; see: tacit places");
	place = &list[number - 1];
	if (kind == TACIT_PLACE_OTHER)
		name = cmd_joined(cmd, w + 2);
	if (kind == TACIT_PLACE_OTHER && name == NULL)
		return cmd_usage(cmd, "say what you call the place");
	result = tacit_place_tell(cmd->t, place->latitude, place->longitude, kind, not, name);
	free(name);
	if (result != 0)
		return cmd_fail(cmd, result);
	if (!cmd->json)
		puts("Understood. Take it back with: tacit facts, tacit forget fact N");
	return CMD_OK;
}

static void print_change(const struct tacit_place_change *change)
{
	static const char *const what[] = { "new", "gone", "moved", "now" };
	char name[64];

	snprintf(name, sizeof(name), "%.4f, %.4f", change->latitude / 1e7,
		 change->longitude / 1e7);
	if (change->name[0] != 0 && strcmp(change->name, "a place") != 0)
		snprintf(name, sizeof(name), "%s", change->name);
	printf("  %-6s", what[change->what]);
	cmd_rest(name, cmd_columns() - 40);
	if (change->what == TACIT_PLACE_MOVED)
		printf(", by %u m", change->metres);
	if (change->kind_before != change->kind_after)
		printf(", %s%s%s", change->kind_before != 0 ? kinds[change->kind_before] :
		       "nothing sure", " before, ", change->kind_after != 0 ?
		       kinds[change->kind_after] : "not sure any more");
	putchar('\n');
}

/* What is other than when the person looked last, before the list; changes alone keep nothing. */
static int changes(struct cmd *cmd, bool alone)
{
	struct tacit_place_change *list;
	struct json json = JSON_INIT;
	size_t count, i;
	int result = tacit_place_changes(cmd->t, !alone, &list, &count);

	if (result != 0)
		return cmd_fail(cmd, result);
	if (cmd->json) {
		json_array(&json);
		for (i = 0; i < count; i++) {
			json_object(&json);
			json_put_int(&json, "what", list[i].what);
			json_put_int(&json, "number", list[i].number);
			json_put_string(&json, "name", list[i].name);
			json_put_int(&json, "metres", list[i].metres);
			json_put_string(&json, "before", kinds[list[i].kind_before]);
			json_put_string(&json, "after", kinds[list[i].kind_after]);
			json_object_end(&json);
		}
		json_array_end(&json);
		free(list);
		return cmd_print_json(&json);
	}
	if (count > 0)
		puts("Since you last looked:");
	else if (alone)
		puts("Nothing changed since you last looked at: tacit places");
	for (i = 0; i < count && i < SHOWN; i++)
		print_change(&list[i]);
	if (i < count)
		printf("  and %zu more\n", count - i);
	if (count > 0 && !alone)
		putchar('\n');
	free(list);
	return CMD_OK;
}

static void guess_name(const struct tacit_place_guess *guess, char name[64])
{
	snprintf(name, 64, "%s", guess->name);
	if (strcmp(name, "a place") == 0)
		snprintf(name, 64, "%.4f, %.4f", guess->latitude / 1e7, guess->longitude / 1e7);
}

static void print_guess(const struct tacit_place_guess *guess)
{
	char text[64];

	cmd_chance(text, guess->chance);
	cmd_right(text, 6);
	printf("  ");
	guess_name(guess, text);
	cmd_cell(text, 24);
	printf("%7u%7u%7u%7u", guess->visits, guess->after_one, guess->after_two, guess->at_hour);
	cmd_chance(text, guess->usual);
	cmd_right(text, 8);
	putchar('\n');
}

static void print_departure(const struct tacit_place_guess *guess)
{
	int64_t minute[3];
	char name[64];
	int i;

	if (guess->leave[0] < 0)
		return;
	for (i = 0; i < 3; i++)
		minute[i] = guess->leave[i] / 60000;
	guess_name(guess, name);
	cmd_say(8, "to %s usually at %02d:%02d (%02d:%02d to %02d:%02d, %u times)", name,
		(int)(minute[1] / 60 % 24), (int)(minute[1] % 60), (int)(minute[0] / 60 % 24),
		(int)(minute[0] % 60), (int)(minute[2] / 60 % 24), (int)(minute[2] % 60),
		guess->moves);
}

static int next(struct cmd *cmd, int64_t at)
{
	struct tacit_place_next list;
	struct json json = JSON_INIT;
	char text[48];
	size_t i;
	int result = tacit_place_next(cmd->t, at, &list);

	if (result != 0)
		return cmd_fail(cmd, result);
	if (cmd->json) {
		json_object(&json);
		json_put_string(&json, "here", list.here);
		json_key(&json, "next");
		json_array(&json);
		for (i = 0; i < list.guesses; i++) {
			json_object(&json);
			json_put_string(&json, "name", list.guess[i].name);
			json_key(&json, "latitude");
			json_decimal(&json, list.guess[i].latitude, 7);
			json_key(&json, "longitude");
			json_decimal(&json, list.guess[i].longitude, 7);
			json_put_int(&json, "chance", list.guess[i].chance);
			json_put_int(&json, "after_two", list.guess[i].after_two);
			json_put_int(&json, "after_one", list.guess[i].after_one);
			json_put_int(&json, "at_hour", list.guess[i].at_hour);
			json_put_int(&json, "visits", list.guess[i].visits);
			json_put_int(&json, "usual", list.guess[i].usual);
			json_put_int(&json, "moves", list.guess[i].moves);
			json_put_int(&json, "leave_q10", list.guess[i].leave[0]);
			json_put_int(&json, "leave_q50", list.guess[i].leave[1]);
			json_put_int(&json, "leave_q90", list.guess[i].leave[2]);
			json_object_end(&json);
		}
		json_array_end(&json);
		json_put_int(&json, "elsewhere", list.elsewhere);
		json_put_int(&json, "new", list.fresh);
		json_put_int(&json, "moves", list.moves);
		json_object_end(&json);
		return cmd_print_json(&json);
	}
	printf("From %s, of %u moves.\n\n%8s%-24s%7s%7s%7s%7s%8s\n", list.here[0] != 0 ?
	       list.here : "where you are", list.moves, "", "next", "visits", "here>", "two>",
	       "hour", "usual");
	for (i = 0; i < list.guesses; i++)
		print_guess(&list.guess[i]);
	cmd_chance(text, list.elsewhere);
	cmd_right(text, 6);
	puts("  another place of yours");
	cmd_chance(text, list.fresh);
	cmd_right(text, 6);
	puts("  somewhere new");
	for (i = 0; i < list.guesses; i++)
		print_departure(&list.guess[i]);
	puts("\nhere>: moves from here to there; two>: from here and the place before; hour:\n"
	     "moves within an hour of this time of the day; usual: share of the time at this\n"
	     "hour of the week.");
	return CMD_OK;
}

int cmd_places(struct cmd *cmd)
{
	struct tacit_place *list;
	struct json json = JSON_INIT;
	int64_t at = 0;
	size_t count, i;
	int result;

	if (cmd_flag(cmd, "at") != NULL && !cmd_take_time(cmd_flag(cmd, "at"), &at))
		return cmd_usage(cmd, "times are written \"2026-11-22 08:00\"");
	result = cmd_open_vault(cmd);
	if (result != CMD_OK)
		return result;
	if (cmd->words == 1 && strcmp(cmd->word[0], "next") == 0)
		return next(cmd, at);
	if (cmd->words == 1 && strcmp(cmd->word[0], "changes") == 0)
		return changes(cmd, true);
	if (cmd->words == 0 && at == 0 && !cmd->json) {
		result = changes(cmd, false);
		if (result != CMD_OK)
			return result;
	}
	result = tacit_places(cmd->t, at, &list, &count);
	if (result != 0)
		return cmd_fail(cmd, result);
	if (cmd->words > 0) {
		result = tell(cmd, list, count);
	} else if (cmd->json) {
		json_places(&json, list, count);
		result = cmd_print_json(&json);
	} else {
		if (count == 0)
			puts("No place is known yet. Next: tacit add a location history");
		else
			printf("     %-24s%7s%8s  %-10s\n", "place", "visits", "hours", "last");
		for (i = 0; i < count && (i < SHOWN || cmd_flag(cmd, "all") != NULL); i++)
			print_place(i + 1, &list[i]);
		if (i < count)
			printf("and %zu more: tacit places --all\n", count - i);
	}
	free(list);
	return result;
}
