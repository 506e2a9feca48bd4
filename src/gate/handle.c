/* The handle: home folder, errors, packs, and loading a person's data for an answer. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "inside.h"

static struct error open_error;	/* of the last tacit_open that gave no handle */

static int find_home(const char *asked, char *out)
{
	const char *home = asked != NULL ? asked : getenv("TACIT_HOME");
	const char *user = getenv("HOME");
	int size;

	if (home != NULL && *home != 0)
		size = snprintf(out, PATH_MAX, "%s", home);
	else if (user != NULL && *user != 0)
		size = snprintf(out, PATH_MAX, "%s/.local/share/tacit", user);
	else
		return error_set(&open_error, TACIT_E_ARGUMENT,
				 "neither TACIT_HOME nor HOME is set: say where tacit may live");
	if (size >= PATH_MAX - 64)
		return error_set(&open_error, TACIT_E_ARGUMENT,
				 "the home folder's name is too long");
	return 0;
}

int tacit_open(const struct tacit_options *options, struct tacit **out)
{
	struct tacit *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return error_memory(&open_error);
	if (find_home(options->home, t->home) != 0) {
		free(t);
		return open_error.code;
	}
	if (options->packs != NULL)
		snprintf(t->packs, sizeof(t->packs), "%s", options->packs);
	if (options->reader != NULL)
		snprintf(t->reader, sizeof(t->reader), "%s", options->reader);
	*out = t;
	return 0;
}

void gate_asks_drop(struct tacit *t)
{
	if (t->asks != NULL)
		t->asks_free(t->asks);
	t->asks = NULL;
}

void tacit_close(struct tacit *t)
{
	size_t i;

	if (t == NULL)
		return;
	gate_asks_drop(t);
	vault_close(t->vault);
	for (i = 0; i < t->pack_count; i++)
		free(t->pack_path[i]);
	free(t);
}

const char *tacit_error(const struct tacit *t)
{
	return t == NULL ? open_error.message : t->error.message;
}

const char *tacit_home(const struct tacit *t)
{
	return t->home;
}

/* ---- packs ----------------------------------------------------------------------------- */

static void list_folder(struct tacit *t, const char *folder)
{
	struct dirent **entry = NULL;
	int count = scandir(folder, &entry, NULL, alphasort), i;

	for (i = 0; i < count; i++) {
		size_t size = strlen(entry[i]->d_name);
		char path[PATH_MAX];

		if (size > 5 && strcmp(entry[i]->d_name + size - 5, ".pack") == 0 &&
		    t->pack_count < GATE_PACKS_MAX &&
		    (size_t)snprintf(path, sizeof(path), "%s/%s", folder, entry[i]->d_name) <
		    sizeof(path)) {
			t->pack_path[t->pack_count] = strdup(path);
			t->pack_count += t->pack_path[t->pack_count] != NULL;
		}
		free(entry[i]);
	}
	free(entry);
}

/* The person's own packs come first, so that a pack they add wins over one that was shipped. */
const char *tacit_pack_path(struct tacit *t, size_t index)
{
	if (!t->packs_listed) {
		char folder[PATH_MAX + 8];

		snprintf(folder, sizeof(folder), "%s/packs", t->home);
		list_folder(t, folder);
		if (t->packs[0] != 0)
			list_folder(t, t->packs);
		list_folder(t, "/usr/share/tacit/packs");
		t->packs_listed = true;
	}
	return index < t->pack_count ? t->pack_path[index] : NULL;
}

int gate_pack_for(struct tacit *t, const char *domain, struct pack **out)
{
	const char *path;
	size_t i;

	*out = NULL;
	for (i = 0; (path = tacit_pack_path(t, i)) != NULL; i++) {
		struct pack *pack;
		int result = pack_open(path, &pack, &t->error);

		if (result != 0)
			return result;
		if (strcmp(pack->header->domain, domain) == 0) {
			*out = pack;
			return 0;
		}
		pack_close(pack);
	}
	return 0;
}

/* ---- a person's data ------------------------------------------------------------------- */

int gate_domain(struct tacit *t, const char *asked, char domain[32])
{
	static const struct {
		const char *said, *domain;
	} names[] = {
		{ "watch", "films" }, { "movies", "films" }, { "movie", "films" },
		{ "film", "films" }, { "listen", "music" }, { "hear", "music" },
		{ "songs", "music" }, { "read", "books" }, { "book", "books" },
		{ "play", "games" }, { "game", "games" }, { "buy", "shop" }, { "tv", "series" },
		{ "shows", "series" }, { "eat", "places" },
	};
	struct vault_history history;
	size_t i, best = 0, most = 0, run = 0;
	uint64_t *events;
	int result;

	for (i = 0; asked != NULL && i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(asked, names[i].said) == 0)
			asked = names[i].domain;
	if (asked != NULL) {
		snprintf(domain, 32, "%.31s", asked);
		return 0;
	}
	snprintf(domain, 32, "films");
	result = vault_history_load(t->vault, NULL, &history, &t->error);
	if (result != 0)
		return result;
	events = calloc(history.item_count + 1, sizeof(*events));
	for (i = 0; events != NULL && i < history.event_count; i++)
		events[history.item[i]]++;
	for (i = 0; events != NULL && i < history.item_count; i++) {	/* ordered by domain */
		if (i > 0 && strcmp(history.items[i].domain, history.items[i - 1].domain) != 0)
			run = 0;
		run += events[i];
		if (run > most) {
			most = run;
			best = i;
		}
	}
	if (most > 0)
		snprintf(domain, 32, "%.31s", history.items[best].domain);
	free(events);
	vault_history_free(&history);
	return 0;
}

int gate_domain_try(struct tacit *t, const char *asked, size_t n, char domain[32])
{
	static const char *const domains[] = { "films", "series", "music", "books", "games", "shop",
					       "places", "news", "apps", "health", "other" };

	if (n == 0) {
		int result = gate_domain(t, asked, domain);

		return result != 0 ? result : 1;
	}
	if (asked != NULL || n > sizeof(domains) / sizeof(domains[0]))
		return 0;
	snprintf(domain, 32, "%s", domains[n - 1]);
	return 1;
}

bool gate_pack_item(const struct pack *pack, const char *title, uint32_t *item)
{
	struct pack_query query = { title, "", 0 };
	struct pack_match match;
	uint32_t i;

	if (pack_link(pack, &query, &match)) {
		*item = match.item;
		return true;
	}
	for (i = 0; i < pack->items; i++)
		if (strcmp(pack_id(pack, i), title) == 0) {
			*item = i;
			return true;
		}
	return false;
}

int gate_person_load(struct tacit *t, const char *domain, struct gate_person *out)
{
	int result = gate_need_vault(t);

	memset(out, 0, sizeof(*out));
	if (result == 0)
		result = vault_history_load(t->vault, domain, &out->history, &t->error);
	if (result == 0)
		result = vault_facts(t->vault, &out->facts, &out->fact_count, &t->error);
	if (result == 0)
		result = gate_pack_for(t, domain, &out->pack);
	if (result == 0 && out->pack != NULL) {
		result = profile_links_make(&out->history, out->pack, &out->links, &t->error);
		out->scan = result == 0 ? scan_new(out->pack) : NULL;
		if (result == 0 && out->scan == NULL)
			result = error_memory(&t->error);
		out->subject = (struct subject){ &out->history, &out->links, out->pack,
						 out->facts, out->fact_count, out->scan, NULL };
	}
	if (result != 0)
		gate_person_free(out);
	return result;
}

void gate_person_free(struct gate_person *person)
{
	scan_free(person->scan);
	profile_links_free(&person->links);
	pack_close(person->pack);
	free(person->facts);
	vault_history_free(&person->history);
	memset(person, 0, sizeof(*person));
}

bool gate_titled(const struct vault_item *item, const char *title)
{
	char wanted[LIMIT_TITLE_BYTES + 1], there[LIMIT_TITLE_BYTES + 1];
	int32_t year = 0, its_year = item->year;

	text_fold_title(title, strlen(title), &year, wanted, sizeof(wanted));
	text_fold_title(item->title, strlen(item->title), &its_year, there, sizeof(there));
	return wanted[0] != 0 && strcmp(wanted, there) == 0 &&
	       (year == 0 || its_year == 0 || year == its_year);
}

/* What begins with the title is no match: forgetting "Alien" must not forget "Aliens". It is named
 * instead. */
static int no_such_item(struct tacit *t, const struct vault_history *history, const char *title)
{
	char wanted[LIMIT_TITLE_BYTES + 1], there[LIMIT_TITLE_BYTES + 1], name[256];
	int32_t year = 0;
	size_t e = history->event_count;

	text_fold_title(title, strlen(title), &year, wanted, sizeof(wanted));
	while (e-- > 0 && wanted[0] != 0) {
		const struct vault_item *item = &history->items[history->item[e]];

		text_fold_title(item->title, strlen(item->title), &year, there, sizeof(there));
		if (strncmp(there, wanted, strlen(wanted)) != 0)
			continue;
		answer_name(item->title, item->year, name, sizeof(name));
		return error_set(&t->error, TACIT_E_NOT_FOUND, "nothing called \"%.200s\" is "
				 "known, but \"%.200s\" is", title, name);
	}
	return error_set(&t->error, TACIT_E_NOT_FOUND, "nothing called \"%.200s\" is known; see "
			 "what is with: tacit search WORD", title);
}

int gate_find_item(struct tacit *t, const struct vault_history *history, const char *title,
		   uint32_t *out)
{
	size_t e = history->event_count;

	while (e-- > 0)
		if (gate_titled(&history->items[history->item[e]], title)) {
			*out = history->item[e];
			return 0;
		}
	return no_such_item(t, history, title);
}
