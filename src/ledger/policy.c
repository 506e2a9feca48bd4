/* Trust policies: reading the file. */
#include "policy.h"

#include <stdlib.h>

#include "ledger/lines.h"
#include "ledger/policy_inside.h"

struct word {
	const char *at;
	size_t size;
};

#define WORDS (3 + 2 * LIMIT_POLICY_MEMBERS)

/* Names are opaque bytes: compared, never understood. */
static bool is(const struct word *word, const char *text)
{
	return lines_equal(word->at, word->size, text);
}

static int bad(struct error *error, size_t line, const char *what)
{
	return error_set(error, TACIT_E_FORMAT, "line %zu of the policy %s", line, what);
}

static int split(const char *line, size_t size, struct word word[WORDS], size_t *count)
{
	const char *end = line + size;

	*count = 0;
	for (;;) {
		while (line < end && (*line == ' ' || *line == '\t'))
			line++;
		if (line == end || (*count == 0 && *line == '#'))
			return 0;
		if (*count == WORDS)
			return TACIT_E_LIMIT;
		word[*count].at = line;
		while (line < end && *line != ' ' && *line != '\t')
			line++;
		word[*count].size = (size_t)(line - word[*count].at);
		(*count)++;
	}
}

static struct policy_member *find(struct policy *policy, const struct word *name)
{
	size_t i;

	for (i = 0; i < policy->members; i++)
		if (is(name, policy->member[i].name))
			return &policy->member[i];
	return NULL;
}

static int add_member(struct policy *policy, const struct word *name, size_t line,
		      struct policy_member **out, struct error *error)
{
	struct policy_member *member;

	if (is(name, "none"))
		return bad(error, line, "calls something \"none\", which means no quorum");
	if (name->size > LIMIT_POLICY_NAME_BYTES || policy->members == POLICY_MEMBERS)
		return error_set(error, TACIT_E_LIMIT,
				 "line %zu of the policy: too many or too long names", line);
	if (find(policy, name) != NULL)
		return bad(error, line, "defines a name for the second time");
	member = &policy->member[policy->members++];
	memcpy(member->name, name->at, name->size);
	*out = member;
	return 0;
}

static bool known(const struct vkey *keys, size_t count, const struct vkey *key)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (vkey_same(&keys[i], key))
			return true;
	return false;
}

static int take_log(struct policy *policy, const struct word *word, size_t count, size_t line,
		    struct error *error)
{
	struct vkey key;

	if (count < 2 || count > 3 || !vkey_take(word[1].at, word[1].size, &key))
		return bad(error, line, "is not: log VKEY [URL], of an Ed25519 key");
	if (known(policy->log, policy->logs, &key))
		return bad(error, line, "names the key of a log for the second time");
	if (policy->logs == LIMIT_POLICY_MEMBERS)
		return error_set(error, TACIT_E_LIMIT, "more than %d logs in the policy",
				 LIMIT_POLICY_MEMBERS);
	policy->log[policy->logs++] = key;
	return 0;
}

static int take_witness(struct policy *policy, const struct word *word, size_t count, size_t line,
			struct error *error)
{
	struct policy_member *member;
	struct vkey key;
	int result;

	if (count < 3 || count > 4 || !vkey_take(word[2].at, word[2].size, &key) ||
	    key.type != VKEY_COSIGNATURE)
		return bad(error, line,
			   "is not: witness NAME VKEY [URL], of a key for Ed25519 cosignatures");
	if (known(policy->witness, policy->witnesses, &key))
		return bad(error, line, "names the key of a witness for the second time");
	if (policy->witnesses == LIMIT_POLICY_MEMBERS)
		return error_set(error, TACIT_E_LIMIT, "more than %d witnesses in the policy",
				 LIMIT_POLICY_MEMBERS);
	result = add_member(policy, &word[1], line, &member, error);
	if (result != 0)
		return result;
	member->witness = (int)policy->witnesses;
	policy->witness[policy->witnesses++] = key;
	return 0;
}

static int take_group(struct policy *policy, const struct word *word, size_t count, size_t line,
		      struct error *error)
{
	struct policy_member *group, *member;
	size_t i, own = policy->members;
	uint64_t needed;
	int result;

	if (count < 4)
		return bad(error, line, "is not: group NAME all|any|NUMBER MEMBER...");
	if (is(&word[2], "all"))
		needed = count - 3;
	else if (is(&word[2], "any"))
		needed = 1;
	else if (!lines_decimal(word[2].at, word[2].size, &needed) || needed < 1 ||
		 needed > count - 3)
		return bad(error, line, "needs all, any or a number of its members");
	for (i = 3; i < count; i++) {
		member = find(policy, &word[i]);
		if (member == NULL)
			return bad(error, line, "has a member that is not defined above it");
		if (member->grouped)
			return bad(error, line, "has a member that is in a group already");
		member->grouped = true;
		member->group = own;
	}
	result = add_member(policy, &word[1], line, &group, error);
	if (result != 0)
		return result;
	group->witness = -1;
	group->needed = needed;
	return 0;
}

static int take_quorum(struct policy *policy, const struct word *word, size_t count, size_t line,
		       struct error *error)
{
	struct policy_member *member;

	if (count != 2)
		return bad(error, line, "is not: quorum NAME");
	if (policy->has_quorum)
		return bad(error, line, "is a second quorum");
	policy->has_quorum = true;
	policy->quorum = -1;
	if (is(&word[1], "none"))
		return 0;
	member = find(policy, &word[1]);
	if (member == NULL)
		return bad(error, line, "has a quorum that is not defined above it");
	policy->quorum = (int)(member - policy->member);
	return 0;
}

static int take_line(struct policy *policy, const char *text, size_t size, size_t line,
		     struct error *error)
{
	struct word word[WORDS];
	size_t i, count;

	for (i = 0; i < size; i++)
		if (((unsigned char)text[i] < 0x20 && text[i] != '\t') || text[i] == 0x7f)
			return bad(error, line, "has a control character");
	if (split(text, size, word, &count) != 0)
		return bad(error, line, "is too long");
	if (count == 0)
		return 0;
	if (is(&word[0], "log"))
		return take_log(policy, word, count, line, error);
	if (is(&word[0], "witness"))
		return take_witness(policy, word, count, line, error);
	if (is(&word[0], "group"))
		return take_group(policy, word, count, line, error);
	if (is(&word[0], "quorum"))
		return take_quorum(policy, word, count, line, error);
	return bad(error, line, "is no log, witness, group or quorum");
}

int policy_take(const char *text, size_t size, struct policy **out, struct error *error)
{
	struct lines lines = { text, text + size };
	struct policy *policy;
	const char *line;
	size_t length, number = 0;
	int result = 0;

	if (size > LIMIT_POLICY_BYTES)
		return error_set(error, TACIT_E_LIMIT, "a policy of more than %d bytes",
				 LIMIT_POLICY_BYTES);
	policy = calloc(1, sizeof(*policy));
	if (policy == NULL)
		return error_memory(error);
	while (result == 0 && lines_next(&lines, &line, &length))
		result = take_line(policy, line, length, ++number, error);
	if (result == 0 && lines.at != lines.end)
		result = bad(error, number + 1, "does not end in a newline");
	if (result == 0 && !policy->has_quorum)
		result = error_set(error, TACIT_E_FORMAT, "the policy has no quorum line; "
				   "\"quorum none\" asks for no witness");
	if (result != 0) {
		policy_free(policy);
		return result;
	}
	*out = policy;
	return 0;
}

void policy_free(struct policy *policy)
{
	free(policy);
}
