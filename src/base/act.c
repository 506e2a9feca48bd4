/* The names of the verbs. */
#include "act.h"

#include <stddef.h>
#include <string.h>

static const char *const names[ACT_VERB_COUNT] = {
	NULL, "watch", "listen", "read", "play", "buy", "search", "like", "dislike", "rate",
	"bookmark", "follow", "post", "arrive", "depart", "exercise", "eat", "plan",
	"receive",
};

static const char *const schema_names[ACT_VERB_COUNT] = {
	"Action", "WatchAction", "ListenAction", "ReadAction", "PlayAction", "BuyAction",
	"SearchAction", "LikeAction", "DislikeAction", "ReviewAction", "BookmarkAction",
	"FollowAction", "WriteAction", "ArriveAction", "DepartAction", "ExerciseAction",
	"EatAction", "PlanAction", "ReceiveAction",
};

const char *act_verb_name(int verb)
{
	if (verb <= 0 || verb >= ACT_VERB_COUNT)
		return NULL;
	return names[verb];
}

const char *act_schema_name(int verb)
{
	return schema_names[verb > 0 && verb < ACT_VERB_COUNT ? verb : 0];
}

int act_verb_find(const char *name, uint32_t size)
{
	int verb;

	for (verb = 1; verb < ACT_VERB_COUNT; verb++)
		if (strlen(names[verb]) == size && memcmp(names[verb], name, size) == 0)
			return verb;
	return 0;
}
