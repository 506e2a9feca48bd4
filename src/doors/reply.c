/* Replies that are no answer, and the clock. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "doors.h"

struct doors_times doors_times = { 10, 25000, 15000, 15000 };

int64_t doors_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void doors_refuse(struct doors_reply *reply, int status, const char *error, const char *words)
{
	char text[512];

	snprintf(text, sizeof(text), "{\"error\":\"%s\",\"words\":\"%s\"}", error, words);
	doors_give(reply, status, strdup(text));
}

void doors_give(struct doors_reply *reply, int status, char *text)
{
	reply->status = text != NULL ? status : 503;
	reply->type = NULL;
	reply->body = text;
	reply->size = text != NULL ? strlen(text) : 0;
}

/* Without the handle's own sentence: it may name files, which are no business of a service. */
void doors_fail(struct doors_reply *reply, int result)
{
	if (result == TACIT_E_LOCKED || result == TACIT_E_SECRET)
		doors_refuse(reply, 503, "locked", "The person's vault is locked.");
	else if (result == TACIT_E_BUSY)
		doors_refuse(reply, 503, "busy", "The person's vault is in use; try again.");
	else if (result == TACIT_E_MEMORY)
		doors_refuse(reply, 503, "memory", "There is no memory left; try again.");
	else
		doors_refuse(reply, 500, "vault", "The person's vault could not do this.");
}
