/*
 * Titles that nearly match. Candidates are the names that share one of the query's rarest words (or
 * a word that differs from it by one letter), and those that are the same without spaces. A
 * candidate's score is the weight of the shared words over the weight of all, both ways:
 *
 *	score = 2 * shared / (query + candidate)
 *	weight of a word = log2(names of the pack / names with the word)
 *
 * A number on one side alone rules the candidate out ("Rocky II" is not "Rocky III"), and so does a
 * year that is more than one off. How much score is enough depends on what else agrees; the figures
 * below were measured: docs/pack-format.md, "Linking".
 */
#include <string.h>

#include "base/text.h"
#include "pack/index.h"

#define NEIGHBOURS_MAX 6	/* words one letter away that are looked at */
#define RARE_WORDS 3		/* of the query, rarest first */
#define POSTINGS_MAX 600	/* candidates scored for one query */

#define ONE (1u << 20)
#define PERCENT(n) (ONE / 100 * (n))
#define SCORE_JOINED PERCENT(97)
#define SCORE_MAX PERCENT(98)
#define DISORDER_KEEPS 80	/* percent of the score when the words come in another order */
#define TYPO_LETTERS_OTHER 3	/* a shorter word is not taken for a typo of another */
#define TYPO_LETTERS_ALONE 5	/* the same for a title's only word */
#define TYPO_LETTERS_NO_YEAR 5	/* the same where no year agrees */
#define TYPO_KEEPS 90		/* percent of a word's weight that counts when a letter differs */

#define ENOUGH_SAME_YEAR PERCENT(78)
#define ENOUGH_NEXT_YEAR PERCENT(92)
#define ENOUGH_NO_YEAR PERCENT(90)
#define MARGIN PERCENT(4)	/* of the best over the next item's */

struct near_word {
	const char *text;
	size_t size;
	char digits[INDEX_DIGITS_MAX];
	uint32_t word[NEIGHBOURS_MAX];	/* itself, or words one letter away */
	uint32_t words, weight;
	bool typo, number;
};

struct near {
	const struct pack *pack;
	const struct pack_index *index;
	const struct pack_wanted *wanted;
	struct near_word word[INDEX_WORDS_MAX];
	uint32_t words, weight;
	uint32_t best, next;		/* scores above what is enough; next: of another item */
	uint32_t best_item;
};

/* Whether two words differ by one letter: put in, left out, changed, or two neighbours swapped. */
static bool one_letter_apart(const char *a, size_t a_size, const char *b, size_t b_size)
{
	size_t head = 0, tail = 0, small = a_size < b_size ? a_size : b_size;

	while (head < small && a[head] == b[head])
		head++;
	while (tail < small - head && a[a_size - 1 - tail] == b[b_size - 1 - tail])
		tail++;
	a_size -= head + tail;
	b_size -= head + tail;
	if (a_size <= 1 && b_size <= 1)
		return true;
	return a_size == 2 && b_size == 2 && a[head] == b[head + 1] && a[head + 1] == b[head];
}

static void add_neighbours(struct near *near, struct near_word *word)
{
	const struct pack_index *index = near->index;
	size_t skip;
	uint32_t i, j;

	if (word->size < TYPO_LETTERS_MIN || word->size > TYPO_LETTERS_MAX || word->number)
		return;
	for (skip = 0; skip <= word->size; skip++) {
		uint64_t hash = pack_index_less(word->text, word->size, skip);

		for (i = pack_index_row(index->less, index->less_rows, hash);
		     i < index->less_rows && index->less[i].hash == hash; i++) {
			uint32_t found = index->less[i].value;
			const struct index_word *known = &index->word[found];

			for (j = 0; j < word->words && word->word[j] != found; j++)
				;
			if (j == word->words && word->words < NEIGHBOURS_MAX &&
			    one_letter_apart(word->text, word->size, index->text + known->text,
					     known->size))
				word->word[word->words++] = found;
		}
	}
	word->typo = word->words > 0;
}

static void add_word(struct near *near, const char *text, size_t size)
{
	struct near_word *word = &near->word[near->words];
	size_t number;
	uint32_t known, i;

	*word = (struct near_word){ .text = text };
	number = pack_index_number(text, size, word->digits);
	if (number > 0) {
		word->text = text = word->digits;
		word->number = true;
		size = number;
	}
	word->size = size;
	for (i = 0; i < near->words; i++)
		if (near->word[i].size == size && memcmp(near->word[i].text, text, size) == 0)
			return;
	word->weight = near->index->unknown_weight;
	known = pack_index_word(near->index, text, size);
	if (known != INDEX_NONE) {
		word->word[word->words++] = known;
		word->weight = near->index->word[known].weight;
	} else {
		if (size < TYPO_LETTERS_MIN)	/* more often a slip than a name */
			word->weight /= 3;
		add_neighbours(near, word);
		for (i = 0; i < word->words; i++)	/* the weight of the likeliest meant */
			if (near->index->word[word->word[i]].weight < word->weight)
				word->weight = near->index->word[word->word[i]].weight;
	}
	near->weight += word->weight;
	near->words++;
}

/* How a name compares with the query. */
struct near_score {
	uint32_t shared, total, used;	/* used: a bit for each word of the name */
	uint32_t same, typos;		/* words shared exactly; words one letter apart */
	uint32_t typo_size;
	bool all;			/* every word of both is shared */
	uint32_t at[INDEX_WORDS_MAX];	/* the place in the name of each word of the query */
};

/* Finds the query's word among the name's, exactly or, with `typo`, one letter apart. */
static bool share(const struct near *near, const struct near_word *word, bool typo,
		  const struct index_name *name, struct near_score *score)
{
	const uint32_t *words = near->index->name_word + name->first;
	uint32_t i;

	for (i = 0; i < name->words; i++) {
		const struct index_word *other = &near->index->word[words[i]];

		if ((score->used & 1u << i) != 0)
			continue;
		if (!typo && (word->words == 0 || word->typo || word->word[0] != words[i]))
			continue;
		if (typo && (other->number != 0 || other->size < TYPO_LETTERS_OTHER ||
			     !one_letter_apart(word->text, word->size,
					       near->index->text + other->text, other->size)))
			continue;
		score->used |= 1u << i;
		score->at[word - near->word] = i;
		if (!typo) {
			score->shared += word->weight;
			score->same++;
			return true;
		}
		score->shared += (word->weight < other->weight ? word->weight : other->weight) *
				 TYPO_KEEPS / 100;
		score->typos++;
		score->typo_size = word->size < other->size ? (uint32_t)word->size : other->size;
		return true;
	}
	return false;
}

/* Whether the shared words come in another order. */
static bool disorder(const struct near *near, const struct near_score *score)
{
	uint32_t last = 0, i;

	for (i = 0; i < near->words; i++) {
		if (score->at[i] == INDEX_NONE)
			continue;
		if (score->at[i] < last)
			return true;
		last = score->at[i];
	}
	return false;
}

static uint32_t score_name(const struct near *near, const struct index_name *name,
			   struct near_score *score)
{
	uint32_t missing = 0, i;
	uint64_t result;

	*score = (struct near_score){ .total = near->weight };
	memset(score->at, 0xff, sizeof(score->at));
	for (i = 0; i < near->words; i++)
		if (!share(near, &near->word[i], false, name, score))
			missing |= 1u << i;
	for (i = 0; i < near->words; i++) {
		const struct near_word *word = &near->word[i];

		if ((missing & 1u << i) == 0)
			continue;
		if (word->number)
			return 0;
		if (word->size >= TYPO_LETTERS_OTHER && score->typos == 0)
			share(near, word, true, name, score);
	}
	for (i = 0; i < name->words; i++) {
		const struct index_word *word =
			&near->index->word[near->index->name_word[name->first + i]];

		if (word->number != 0 && (score->used & 1u << i) == 0)
			return 0;
		score->total += word->weight;
	}
	if (score->total == 0)
		return 0;
	score->all = score->same + score->typos == near->words &&
		     score->same + score->typos == name->words;
	result = ((uint64_t)score->shared * 2 << 20) / score->total;
	return (uint32_t)(disorder(near, score) ? result * DISORDER_KEEPS / 100 : result);
}

/* The least score that links the item, from what else is known of it. */
static uint32_t enough(const struct near *near, uint32_t item, const struct near_score *score)
{
	int64_t wanted = near->wanted->year, year = near->pack->item[item].year;
	int creator = pack_creator_agrees(near->pack, item, near->wanted->creator);
	bool only_typo = score->typos > 0 && score->same == 0;

	if (creator < 0 || (only_typo && score->typo_size < TYPO_LETTERS_ALONE))
		return UINT32_MAX;
	if (wanted != 0 && wanted == year)
		return ENOUGH_SAME_YEAR;
	if (creator > 0 && (wanted == 0 || year == 0))
		return ENOUGH_SAME_YEAR;
	if (only_typo)
		return UINT32_MAX;
	/* Without a year a word more or less is another work ("X", "X Special"), and so is one
	 * letter of a short word ("John Cale", "John Cage"). */
	if (wanted == 0 || year == 0)
		return score->all && (score->typos == 0 || score->typo_size >= TYPO_LETTERS_NO_YEAR)
			       ? ENOUGH_NO_YEAR : UINT32_MAX;
	return wanted - year == 1 || year - wanted == 1 ? ENOUGH_NEXT_YEAR : UINT32_MAX;
}

static void consider(struct near *near, const struct index_name *name, uint32_t score,
		     const struct near_score *why)
{
	if (score > SCORE_MAX)
		score = SCORE_MAX;
	if (score < ENOUGH_SAME_YEAR || score < enough(near, name->item, why))
		return;
	if (name->item == near->best_item) {
		if (score > near->best)
			near->best = score;
	} else if (score > near->best) {
		near->next = near->best;
		near->best = score;
		near->best_item = name->item;
	} else if (score > near->next) {
		near->next = score;
	}
}

/* Scores the names of the query's rarest words; a word that too many names have is left alone. */
static void consider_words(struct near *near)
{
	const struct pack_index *index = near->index;
	uint32_t left = POSTINGS_MAX, done = 0, round, i, j;
	struct near_score score;

	for (round = 0; round < RARE_WORDS; round++) {
		uint32_t rarest = INDEX_NONE;

		for (i = 0; i < near->words; i++)
			if ((done & 1u << i) == 0 && near->word[i].words > 0 &&
			    (rarest == INDEX_NONE ||
			     near->word[i].weight > near->word[rarest].weight))
				rarest = i;
		if (rarest == INDEX_NONE)
			return;
		done |= 1u << rarest;
		for (i = 0; i < near->word[rarest].words; i++) {
			const struct index_word *word = &index->word[near->word[rarest].word[i]];

			if (word->names > left)
				return;
			left -= word->names;
			for (j = 0; j < word->names; j++) {
				const struct index_name *name =
					&index->name[index->posting[word->first_name + j]];

				consider(near, name, score_name(near, name, &score), &score);
			}
		}
	}
}

static void consider_joined(struct near *near, const char *folded, size_t size)
{
	const struct pack_index *index = near->index;
	const struct near_score same = { .same = 1, .all = true };
	uint64_t hash = pack_index_joined(folded, size);
	uint32_t i;

	for (i = pack_index_row(index->joined, index->joined_rows, hash);
	     i < index->joined_rows && index->joined[i].hash == hash; i++)
		consider(near, &index->name[index->joined[i].value], SCORE_JOINED, &same);
}

bool pack_near(const struct pack *pack, const struct pack_wanted *wanted, struct pack_match *out)
{
	struct near near = { .pack = pack, .wanted = wanted, .best_item = INDEX_NONE };
	char folded[LIMIT_TITLE_BYTES];
	size_t size, start, i, n;

	near.index = pack_index_of(pack);
	if (near.index == NULL)
		return false;
	for (n = 0; n < wanted->names && near.best == 0; n++) {
		if (wanted->name[n].flags != PACK_LINK_TITLE &&
		    (wanted->name[n].flags != PACK_LINK_SHORT || wanted->year == 0))
			continue;
		size = text_fold_title(wanted->name[n].data, wanted->name[n].size, NULL, folded,
				       sizeof(folded));
		near.words = 0;
		near.weight = 0;
		for (i = 0, start = 0; i <= size && size > 0 && near.words < INDEX_WORDS_MAX; i++) {
			if (i < size && folded[i] != ' ')
				continue;
			add_word(&near, folded + start, i - start);
			start = i + 1;
		}
		consider_joined(&near, folded, size);
		consider_words(&near);
	}
	if (near.best == 0 || near.best - near.next < MARGIN)
		return false;	/* nothing near, or two works that are equally near */
	out->item = near.best_item;
	out->score = near.best;
	out->exact = false;
	return true;
}
