/*
 * Feeds that the person follows. What a server sends is read like any export, in the sandboxed
 * process, and must be a feed whose items are items of a feed: no server can say what the person
 * watched, or make them follow something.
 *
 * Which feeds there are, and what was brought before, is read from the acts at the start; the last
 * reply of a server is a record (GATE_RECORD_FEED), so that forgetting an act drops it too. The
 * vault rests while a server is waited for.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/limits.h"
#include "fetch/fetch.h"
#include "gate/now.h"
#include "inside.h"

#define FOLDER "fetching"		/* in the home; what a kill left there goes next time */

struct followed {
	char *address;
	bool own;			/* the person gave it, no file */
};

struct fetching {
	struct tacit *t;
	const struct tacit_fetch_options *options;
	struct followed *feed;
	size_t count;
	uint64_t *known;		/* hashes of items, a table of `slots`; 0: free */
	size_t slots, used;
	uint64_t seed;			/* so that no server can make items that look known */
	uint64_t generation;		/* of the vault as we know it */
	uint32_t own_source;
};

/* What a record has of a feed's last reply. */
struct last {
	int64_t again;			/* not before, ms */
	uint32_t failures;		/* in a row */
	char etag[FETCH_ETAG], modified[FETCH_MODIFIED];
};

/* ---- what is known ---- */

static bool text_is(struct act_text text, const char *word)
{
	return text.size == strlen(word) && memcmp(text.data, word, text.size) == 0;
}

/* The text of a key in a rest as it was written; empty where there is none. */
static struct act_text rest_get(struct act_text rest, const char *key)
{
	static const struct act_text none = { "", 0 };
	char quoted[40];
	int size = snprintf(quoted, sizeof(quoted), "\"%s\":\"", key);
	const char *at, *end, *last = rest.data + rest.size;

	at = rest.size == 0 ? NULL : memmem(rest.data, rest.size, quoted, (size_t)size);
	if (at == NULL)
		return none;
	at += size;
	for (end = at; end < last && *end != '"'; end++)
		end += *end == '\\';
	return end >= last ? none : (struct act_text){ at, (uint32_t)(end - at) };
}

/* What makes an item the same one although its title, its words or its date changed. A local id is
 * one only within its feed; 0: the item has nothing of the kind, the vault compares all of it. */
static uint64_t item_hash(const struct fetching *fetching, const struct act *act)
{
	struct act_text id = rest_get(act->rest, "id"), link = rest_get(act->rest, "link");
	uint64_t hash = fetching->seed;

	if (id.size == 0 && link.size == 0)
		return 0;
	if (id.size == 0 || memchr(id.data, ':', id.size) == NULL)
		hash = hash_bytes(act->creator.data, act->creator.size, hash);
	if (id.size > 0) {
		hash = hash_bytes(id.data, id.size, hash ^ 1);
	} else {
		/* some feeds have one link for all of their items */
		hash = hash_bytes(link.data, link.size, hash ^ 2);
		hash = hash_bytes(act->title.data, act->title.size, hash);
	}
	return hash == 0 ? 1 : hash;
}

/* 1 where it was there already, 0 where it is put in, negative on error. */
static int known_put(struct fetching *fetching, uint64_t hash, struct error *error)
{
	size_t i, old = fetching->slots;
	uint64_t *was = fetching->known;

	if ((fetching->used + 1) * 2 > old) {
		fetching->known = calloc(old * 2 + 1024, sizeof(*was));
		if (fetching->known == NULL) {
			fetching->known = was;
			return error_memory(error);
		}
		fetching->slots = old * 2 + 1024;
		fetching->used = 0;
		for (i = 0; i < old; i++)
			if (was[i] != 0)
				known_put(fetching, was[i], error);
		free(was);
	}
	for (i = hash % fetching->slots; fetching->known[i] != 0; i = (i + 1) % fetching->slots)
		if (fetching->known[i] == hash)
			return 1;
	fetching->known[i] = hash;
	fetching->used++;
	return 0;
}

static int add_feed(struct fetching *fetching, struct act_text address, bool own)
{
	struct error ignored;
	struct followed *grown;
	char text[LIMIT_FEED_ADDRESS];
	size_t i;

	if (address.size >= sizeof(text) || memchr(address.data, '\\', address.size) != NULL)
		return 0;
	snprintf(text, sizeof(text), "%.*s", (int)address.size, address.data);
	if (fetch_host(text, NULL, NULL, &ignored) != 0)
		return 0;
	for (i = 0; i < fetching->count; i++)
		if (strcmp(fetching->feed[i].address, text) == 0) {
			fetching->feed[i].own |= own;
			return 0;
		}
	if (fetching->count == LIMIT_FEEDS)
		return error_set(&fetching->t->error, TACIT_E_LIMIT, "more than %d feeds are "
				 "followed; give those to fetch: tacit fetch URL", LIMIT_FEEDS);
	grown = realloc(fetching->feed, (fetching->count + 1) * sizeof(*grown));
	if (grown == NULL)
		return error_memory(&fetching->t->error);
	fetching->feed = grown;
	grown[fetching->count].address = strdup(text);
	if (grown[fetching->count].address == NULL)
		return error_memory(&fetching->t->error);
	grown[fetching->count++].own = own;
	return 0;
}

static int on_kept(void *context, uint64_t event, uint32_t source, const struct act *act)
{
	struct fetching *fetching = context;
	struct act_text address;
	uint64_t hash;

	(void)event;
	if (!text_is(act->domain, "news"))
		return 0;
	if (act->verb == ACT_RECEIVE) {
		hash = item_hash(fetching, act);
		return hash == 0 || known_put(fetching, hash, &fetching->t->error) >= 0 ? 0 :
		       TACIT_E_MEMORY;
	}
	address = rest_get(act->rest, "xmlUrl");
	if (act->verb != ACT_FOLLOW || address.size == 0)
		return 0;
	return add_feed(fetching, address, source == fetching->own_source);
}

static void forget_known(struct fetching *fetching)
{
	size_t i;

	for (i = 0; i < fetching->count; i++)
		free(fetching->feed[i].address);
	free(fetching->feed);
	free(fetching->known);
	fetching->feed = NULL;
	fetching->known = NULL;
	fetching->count = fetching->slots = fetching->used = 0;
}

static int load(struct fetching *fetching)
{
	struct tacit *t = fetching->t;
	struct vault_source *list = NULL;
	size_t count = 0, i;
	int result = gate_need_vault(t);

	forget_known(fetching);
	if (result == 0)
		result = vault_sources(t->vault, &list, &count, &t->error);
	fetching->own_source = 0;
	for (i = 0; i < count; i++)
		if (strcmp(list[i].kind, GATE_OWN_KIND) == 0)
			fetching->own_source = list[i].id;
	free(list);
	if (result == 0)
		result = vault_walk(t->vault, on_kept, fetching, &t->error);
	return result != 0 ? result : vault_generation(t->vault, &fetching->generation, &t->error);
}

/* ---- records ---- */

static int last_get(struct tacit *t, const char *address, struct last *out)
{
	struct bytes value = BYTES_INIT;
	struct error error;
	int result = vault_record_get(t->vault, GATE_RECORD_FEED, address, strlen(address), &value,
				      &error);

	memset(out, 0, sizeof(*out));
	if (result == 0 && value.size == 12 + FETCH_ETAG + FETCH_MODIFIED) {
		out->again = (int64_t)bytes_load64(value.data);
		out->failures = bytes_load32(value.data + 8);
		memcpy(out->etag, value.data + 12, FETCH_ETAG - 1);
		memcpy(out->modified, value.data + 12 + FETCH_ETAG, FETCH_MODIFIED - 1);
	}
	bytes_free(&value);
	if (result != 0 && result != TACIT_E_NOT_FOUND) {
		t->error = error;
		return result;
	}
	return 0;
}

static int last_put(struct tacit *t, const char *address, const struct last *last)
{
	uint8_t value[12 + FETCH_ETAG + FETCH_MODIFIED] = { 0 };
	int result = vault_begin(t->vault, &t->error);

	if (result != 0)
		return result;
	bytes_store32(value, (uint32_t)last->again);
	bytes_store32(value + 4, (uint32_t)(last->again >> 32));
	bytes_store32(value + 8, last->failures);
	memcpy(value + 12, last->etag, strlen(last->etag));
	memcpy(value + 12 + FETCH_ETAG, last->modified, strlen(last->modified));
	result = vault_record_put(t->vault, GATE_RECORD_FEED, address, strlen(address), value,
				  sizeof(value), &t->error);
	if (result == 0)
		result = vault_commit(t->vault, &t->error);
	if (result != 0)
		vault_rollback(t->vault);
	return result;
}

/* ---- one feed ---- */

static int on_item(void *context, struct act *act, struct error *error)
{
	struct fetching *fetching = context;
	uint64_t hash;

	if (act->verb != ACT_RECEIVE || (act->flags & ACT_NOT_CHOSEN) == 0 ||
	    !text_is(act->domain, "news"))
		return error_set(error, TACIT_E_FORMAT, "the reply holds what no feed has; nothing "
				 "of it was kept");
	/* The place among the items of its day changes when others leave the feed. */
	if ((act->flags & ACT_DATE_ONLY) != 0)
		act->time += CLOCK_DAY_MS / 2 - (act->time % CLOCK_DAY_MS + CLOCK_DAY_MS) %
						CLOCK_DAY_MS;
	hash = item_hash(fetching, act);
	return hash == 0 ? 0 : known_put(fetching, hash, error);
}

/* Reads a reply from a file that is there for as long as that takes. The vault is ours, and so is
 * the folder; the file's name is what the source will be called. */
static int read_reply(struct fetching *fetching, const char *host, const struct bytes *body,
		      struct tacit_fetched *fetched)
{
	const struct gate_only only = { "feed", on_item, fetching };
	char folder[PATH_MAX + 16], path[PATH_MAX + 16 + FETCH_PLACE];
	const char *paths[1] = { path };
	struct tacit *t = fetching->t;
	struct tacit_import *imports = NULL;
	struct error ignored;
	size_t count = 0, i, s, at;
	int result;

	snprintf(folder, sizeof(folder), "%s/" FOLDER, t->home);
	at = (size_t)snprintf(path, sizeof(path), "%s/%s", folder, host) - strlen(host);
	for (i = at; path[i] != 0; i++)
		if (path[i] == '/' || (i == at && path[i] == '.'))
			path[i] = '_';
	result = file_remove_folder(folder, &t->error);
	if (result == 0)
		result = file_make_folder(folder, 0700, &t->error);
	if (result == 0)
		result = file_replace(path, body->data, body->size, 0600, false, &t->error);
	if (result == 0)
		result = gate_add(t, paths, 1, NULL, &only, &imports, &count);
	file_remove_folder(folder, result == 0 ? &t->error : &ignored);
	for (i = 0; result == 0 && i < count; i++) {
		fetched->kept += imports[i].kept;
		fetched->known += imports[i].duplicate;
		if (imports[i].source != 0)
			fetched->source = imports[i].source;
		for (s = 0; s < imports[i].skip_count; s++)
			if (strcmp(imports[i].skip[s].reason, "brought before") == 0)
				fetched->known += imports[i].skip[s].count;
	}
	free(imports);
	return result;
}

/* What is wrong with the vault or the machine ends all; what is wrong with a feed does not. */
static bool of_the_feed(int result)
{
	return result == TACIT_E_FORMAT || result == TACIT_E_LIMIT || result == TACIT_E_DAMAGED ||
	       result == TACIT_E_ARGUMENT || result == TACIT_E_NOT_FOUND;
}

/* Downloads and reads; *failed tells whether the feed did, with a sentence in t->error. */
static int bring(struct fetching *fetching, const struct fetch_ask *ask, struct last *last,
		 struct tacit_fetched *fetched, bool *failed)
{
	struct fetch_reply reply;
	struct error why = { 0, "" };
	struct tacit *t = fetching->t;
	uint64_t generation = 0;
	int result, got;

	tacit_rest(t);
	got = fetch_get(ask, &reply, &why);
	*failed = got != 0;
	result = got == TACIT_E_MEMORY ? got : gate_need_vault(t);
	if (result == 0)
		result = vault_generation(t->vault, &generation, &t->error);
	if (result == 0 && generation != fetching->generation)
		result = load(fetching);
	if (result == 0 && got == 0 && reply.status == 200) {
		result = read_reply(fetching, fetched->host, &reply.body, fetched);
		*failed = of_the_feed(result);
		if (*failed) {
			why = t->error;
			result = load(fetching);	/* without what was not kept after all */
		} else if (result == 0) {
			result = vault_generation(t->vault, &fetching->generation, &t->error);
		}
	}
	fetched->state = *failed ? TACIT_FETCH_FAILED : reply.status == 304 ? TACIT_FETCH_SAME :
							TACIT_FETCH_READ;
	if (*failed) {
		last->failures++;
		last->again = clock_now() + fetch_pause(last->failures, reply.retry_after);
		t->error = why;
	} else {
		last->failures = 0;
		last->again = 0;
	}
	if (!*failed && reply.status == 200) {
		memcpy(last->etag, reply.etag, sizeof(last->etag));
		memcpy(last->modified, reply.modified, sizeof(last->modified));
	}
	bytes_free(&reply.body);
	return result;
}

static bool follows(const struct fetching *fetching, const char *address, bool *own)
{
	size_t i;

	for (i = 0; i < fetching->count; i++)
		if (strcmp(fetching->feed[i].address, address) == 0) {
			*own = fetching->feed[i].own;
			return true;
		}
	return false;
}

static int fetch_one(struct fetching *fetching, const char *address, bool named)
{
	const struct tacit_fetch_options *options = fetching->options;
	struct tacit *t = fetching->t;
	struct tacit_fetched fetched = { .address = address, .words = "" };
	struct fetch_ask ask = { .address = address, .seconds = options->seconds,
				 .near = { NULL, options->near } };
	char host[FETCH_PLACE], words[sizeof(t->error.message)];
	struct last last;
	bool own = false, failed = false;
	int result = fetch_host(address, host, NULL, &t->error);

	if (result == 0)
		result = last_get(t, address, &last);
	if (result != 0)
		return result;
	fetched.host = host;
	follows(fetching, address, &own);
	if (named || own)
		ask.near[0] = address;
	ask.etag = last.etag;
	ask.modified = last.modified;
	if (!named && last.again > clock_now()) {
		fetched.state = TACIT_FETCH_WAITING;
	} else {
		result = bring(fetching, &ask, &last, &fetched, &failed);
		if (result != 0)
			return result;
		snprintf(words, sizeof(words), "%s", failed ? t->error.message : "");
		fetched.words = words;
		/* An address that is not followed, or not any more, leaves nothing behind. */
		if (follows(fetching, address, &own))
			result = last_put(t, address, &last);
		else
			last.again = 0;
	}
	fetched.again = last.again;
	if (result == 0 && options->fetched != NULL)
		options->fetched(options->context, &fetched);
	return result;
}

static int follow(struct fetching *fetching, const char *address)
{
	struct act act = { .value = ACT_NONE, .duration = ACT_NONE, .zone = ACT_ZONE_UNKNOWN,
			   .verb = ACT_FOLLOW, .time = clock_now() };
	char rest[LIMIT_FEED_ADDRESS + 16], host[FETCH_PLACE];
	struct tacit_fetched fetched = { .address = address, .host = host, .words = "" };
	struct tacit *t = fetching->t;
	int result = fetch_host(address, host, NULL, &t->error);
	bool own = false;

	if (result != 0)
		return result;
	if (strpbrk(address, "\"\\") != NULL)
		return error_set(&t->error, TACIT_E_ARGUMENT, "an address has no quotes or "
				 "backslashes; write them as %%22 and %%5C");
	fetched.state = follows(fetching, address, &own) && own ? TACIT_FETCH_KNOWN :
								  TACIT_FETCH_FOLLOWED;
	if (fetched.state == TACIT_FETCH_FOLLOWED) {
		snprintf(rest, sizeof(rest), "{\"xmlUrl\":\"%s\"}", address);
		act.domain = (struct act_text){ "news", 4 };
		act.title = (struct act_text){ address, (uint32_t)strlen(address) };
		act.rest = (struct act_text){ rest, (uint32_t)strlen(rest) };
		if (act.title.size > LIMIT_TITLE_BYTES)
			act.title.size = LIMIT_TITLE_BYTES;
		result = gate_put_own(t, &act);
		if (result == 0)
			result = add_feed(fetching, (struct act_text){ address,
					  (uint32_t)strlen(address) }, true);
	}
	if (result == 0 && fetching->options->fetched != NULL)
		fetching->options->fetched(fetching->options->context, &fetched);
	return result;
}

/* All that are followed; a copy of the list, since it is read anew where another process changed
 * the vault meanwhile. */
static int fetch_all(struct fetching *fetching)
{
	size_t count = fetching->count, i;
	char **address = calloc(count + 1, sizeof(*address));
	int result = address == NULL ? error_memory(&fetching->t->error) : 0;
	bool own;

	for (i = 0; result == 0 && i < count; i++) {
		address[i] = strdup(fetching->feed[i].address);
		if (address[i] == NULL)
			result = error_memory(&fetching->t->error);
	}
	for (i = 0; result == 0 && i < count; i++)
		if (follows(fetching, address[i], &own))
			result = fetch_one(fetching, address[i], false);
	for (i = 0; address != NULL && i < count; i++)
		free(address[i]);
	free(address);
	return result;
}

int tacit_fetch(struct tacit *t, const struct tacit_fetch_options *options)
{
	struct tacit_fetch_options defaults = TACIT_FETCH_OPTIONS_INIT;
	struct fetching fetching = { .t = t, .options = options != NULL ? options : &defaults };
	char folder[PATH_MAX + 16];
	size_t i;
	int result = 0;

	options = fetching.options;
	/* All addresses first, so that a wrong one does not end it half way. */
	for (i = 0; result == 0 && i < options->count; i++)
		result = fetch_host(options->address[i], NULL, NULL, &t->error);
	if (result == 0 && getrandom(&fetching.seed, sizeof(fetching.seed), 0) < 0)
		fetching.seed = (uint64_t)clock_now();
	if (result == 0)
		result = load(&fetching);
	if (result == 0) {
		snprintf(folder, sizeof(folder), "%s/" FOLDER, t->home);
		result = file_remove_folder(folder, &t->error);
	}
	if (result == 0 && options->count == 0 && fetching.count == 0)
		result = error_set(&t->error, TACIT_E_NOT_FOUND, "you follow no feed yet; try: "
				   "tacit fetch --add https://ADDRESS, or add an OPML file");
	for (i = 0; result == 0 && i < options->count; i++)
		result = options->add ? follow(&fetching, options->address[i]) :
					fetch_one(&fetching, options->address[i], true);
	if (result == 0 && options->count == 0)
		result = fetch_all(&fetching);
	forget_known(&fetching);
	if (result == 0 && !options->add && gate_need_vault(t) == 0)
		gate_life_prepare(t);	/* once, however many feeds brought something */
	return result;
}
