/* Any bytes as a signed note: what is accepted reads the same again from its parts. */
#include "../src/ledger/note.c"

#include <stdlib.h>

#include "replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes again = BYTES_INIT;
	struct note_verdict verdict;
	struct error error;
	struct note note;
	struct vkey key;
	size_t i;

	/* The bytes as a key too: what is read prints back to what it was. */
	if (vkey_take((const char *)data, size, &key)) {
		assert(vkey_put(&again, &key) == 0 && again.size == size);
		assert(memcmp(again.data, data, size) == 0);
		bytes_clear(&again);
	} else {
		memset(&key, 0, sizeof(key));
		assert(vkey_make(&key, "name", VKEY_ED25519, key.public_key));
	}
	if (note_parse((const char *)data, size, &note, &error) != 0) {
		assert(error.message[0] != 0);
		bytes_free(&again);
		return 0;
	}
	assert(note.count >= 1 && note.count <= LIMIT_NOTE_SIGNATURES);
	assert(bytes_append(&again, note.text, note.text_size) == 0);
	assert(bytes_append_byte(&again, '\n') == 0);
	for (i = 0; i < note.count; i++)
		assert(bytes_append(&again, note.line[i].line, note.line[i].line_size) == 0);
	assert(again.size == size && memcmp(again.data, data, size) == 0);
	/* Nobody can have signed this with a key of which nobody knows the secret. */
	for (i = 0; i < note.count; i++) {
		key.id = note.line[i].id;
		assert(note.line[i].name_size < sizeof(key.name));
		memcpy(key.name, note.line[i].name, note.line[i].name_size);
		key.name[note.line[i].name_size] = 0;
		key.type = i % 2 == 0 ? VKEY_ED25519 : VKEY_COSIGNATURE;
		assert(note_verify(&note, &key, 1, &verdict, &error) == TACIT_E_SIGNATURE);
	}
	bytes_free(&again);
	return 0;
}
