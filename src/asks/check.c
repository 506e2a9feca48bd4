/* For who writes an ask: what the person would see, and where it asks for more than it needs. */
#include <stdlib.h>
#include <string.h>

#include "asks/asks.h"
#include "terms/card.h"
#include "terms/over.h"
#include "terms/purpose.h"

int tacit_check(struct tacit *t, const char *text, size_t size, char **out)
{
	struct over_finding finding[OVER_MAX];
	struct json json = JSON_INIT;
	char card[CARD_BYTES];
	struct ask *ask;
	size_t count, i;
	int result = ask_read(text, size, &ask, &t->error);

	if (result != 0)
		return result;
	card_write(ask, card);
	count = over_find(ask, finding);
	json_object(&json);
	json_put_string(&json, "client", ask->client);
	json_put_string(&json, "type", notch_type_name(ask->type));
	json_put_string(&json, "domain", ask->domain);
	json_put_string(&json, "purpose", purpose_name(ask->purpose));
	json_put_string(&json, "precision", notch_name(ask->precision));
	json_put_string(&json, "card", card);
	json_put_int(&json, "words", (int64_t)card_words(card));
	json_key(&json, "findings");
	json_array(&json);
	for (i = 0; i < count; i++) {
		json_object(&json);
		json_put_string(&json, "code", finding[i].code);
		json_put_string(&json, "words", finding[i].sentence);
		json_put_string(&json, "instead", finding[i].instead);
		json_object_end(&json);
	}
	json_array_end(&json);
	json_object_end(&json);
	ask_free(ask);
	if (json.failed) {
		bytes_free(&json.out);
		return error_memory(&t->error);
	}
	*out = (char *)json.out.data;
	return 0;
}
