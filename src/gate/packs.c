/* Packs from the handle's side: look, check, add, sign. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/file.h"
#include "inside.h"

int tacit_pack_check(struct tacit *t, const char *path, struct tacit_pack_info *out)
{
	struct pack *pack;
	int result = pack_open(path, &pack, &t->error);

	if (result != 0)
		return result;
	memset(out, 0, sizeof(*out));
	out->meta = malloc(pack->meta_size + 1);
	if (out->meta == NULL) {
		pack_close(pack);
		return error_memory(&t->error);
	}
	if (pack->meta_size > 0)
		memcpy(out->meta, pack->meta, pack->meta_size);
	out->meta[pack->meta_size] = 0;
	snprintf(out->path, sizeof(out->path), "%s", path);
	snprintf(out->name, sizeof(out->name), "%.63s", pack->header->name);
	snprintf(out->domain, sizeof(out->domain), "%.31s", pack->header->domain);
	bytes_hex(out->digest, pack->header->content_digest, 32);
	if (pack_signed(pack))
		bytes_hex(out->signer, pack->header->signer, 32);
	out->bytes = pack->size;
	out->items = pack->items;
	out->dim = pack->dim;
	out->banks = pack->banks;
	out->words = pack->words;
	pack_close(pack);
	return 0;
}

void tacit_pack_info_free(struct tacit_pack_info *info)
{
	if (info == NULL)
		return;
	free(info->meta);
	info->meta = NULL;
}

int tacit_pack_add(struct tacit *t, const char *path)
{
	struct bytes bytes = BYTES_INIT;
	struct pack *pack;
	char to[PATH_MAX + 128];
	int result = pack_open(path, &pack, &t->error);

	if (result != 0)
		return result;
	snprintf(to, sizeof(to), "%s/packs", t->home);
	result = file_make_folder(to, 0700, &t->error);
	snprintf(to, sizeof(to), "%s/packs/%.63s.pack", t->home, pack->header->name);
	if (strchr(pack->header->name, '/') != NULL || pack->header->name[0] == '.')
		result = error_set(&t->error, TACIT_E_FORMAT,
				   "the pack's name \"%s\" is no file name", pack->header->name);
	pack_close(pack);
	if (result == 0)
		result = file_read(path, LIMIT_PACK_BYTES, &bytes, &t->error);
	if (result == 0)
		result = file_write(to, bytes.data, bytes.size, 0600, &t->error);
	bytes_free(&bytes);
	return result;
}

int tacit_pack_key(struct tacit *t, const char *key_path, char public_key[65])
{
	uint8_t key[32];
	int result = pack_key_make(key_path, key, &t->error);

	if (result == 0)
		bytes_hex(public_key, key, sizeof(key));
	return result;
}

int tacit_pack_sign(struct tacit *t, const char *path, const char *key_path)
{
	return pack_sign(path, key_path, &t->error);
}
