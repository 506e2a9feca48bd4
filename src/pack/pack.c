/*
 * Opening a pack: map the file, then prove that it is whole (size, digest), by whom (signature) and
 * well-formed (check.c), in that order, before anybody sees a pointer into it.
 */
#include "pack.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/huge.h"
#include "base/limits.h"
#include "pack/inside.h"

_Static_assert(sizeof(struct pack_section_row) == 24, "section row");
_Static_assert(offsetof(struct pack_header, content_digest) == 128, "header");
_Static_assert(offsetof(struct pack_header, section) == 256, "header");
_Static_assert(sizeof(struct pack_header) == 256 + 24 * PACK_SECTIONS_MAX, "header");
_Static_assert(sizeof(struct pack_header) <= PACK_HEADER_BYTES, "header");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "tables are used as they lie");

#define PAGE_BYTES ((size_t)4096)
#define UNSIGNED_FROM offsetof(struct pack_header, content_digest)
#define UNSIGNED_TO offsetof(struct pack_header, section)

void pack_digest(const void *file, size_t size, uint8_t out[PACK_DIGEST_BYTES])
{
	static const uint8_t zeros[UNSIGNED_TO - UNSIGNED_FROM];
	const uint8_t *p = file;
	crypto_generichash_state state;

	if (sodium_init() < 0)
		abort();	/* a system without randomness: nothing can be trusted */
	crypto_generichash_init(&state, NULL, 0, PACK_DIGEST_BYTES);
	crypto_generichash_update(&state, p, UNSIGNED_FROM);
	crypto_generichash_update(&state, zeros, sizeof(zeros));
	crypto_generichash_update(&state, p + UNSIGNED_TO, size - UNSIGNED_TO);
	crypto_generichash_final(&state, out, PACK_DIGEST_BYTES);
}

bool pack_signed(const struct pack *pack)
{
	return !sodium_is_zero(pack->header->signer, sizeof(pack->header->signer));
}

static int check_version(const struct pack *pack, const char *path, struct error *error)
{
	const struct pack_header *header = pack->header;

	if (memcmp(header->magic, PACK_MAGIC, sizeof(header->magic)) != 0)
		return error_set(error, TACIT_E_FORMAT,
				 "%s is not a pack: it does not begin with \"" PACK_MAGIC
				 "\"; see tacit pack list for those that you have", path);
	if (header->version > PACK_VERSION)
		return error_set(error, TACIT_E_NEWER,
				 "%s is of pack version %u and this tacit reads up to %u; "
				 "update tacit", path, header->version, PACK_VERSION);
	if (header->version == 0)
		return error_set(error, TACIT_E_FORMAT,
				 "%s has no pack version; ask its publisher for a new copy", path);
	if (header->content_size > pack->size)
		return error_set(error, TACIT_E_DAMAGED,
				 "%s is cut short: %llu of %llu bytes are there; fetch it again",
				 path, (unsigned long long)pack->size,
				 (unsigned long long)header->content_size);
	if (header->content_size < pack->size)
		return error_set(error, TACIT_E_DAMAGED,
				 "%s has %llu bytes behind its end; fetch it again", path,
				 (unsigned long long)(pack->size - header->content_size));
	return 0;
}

static int check_seal(const struct pack *pack, const char *path, struct error *error)
{
	const struct pack_header *header = pack->header;
	uint8_t message[sizeof(PACK_SIGNED_PREFIX) - 1 + PACK_DIGEST_BYTES];
	uint8_t digest[PACK_DIGEST_BYTES];

	pack_digest(header, pack->size, digest);
	if (memcmp(digest, header->content_digest, sizeof(digest)) != 0)
		return error_set(error, TACIT_E_DAMAGED,
				 "%s is damaged: its bytes are not what was written "
				 "(digest differs); fetch it again", path);
	if (!pack_signed(pack)) {
		if (!sodium_is_zero(header->signature, sizeof(header->signature)))
			return error_set(error, TACIT_E_SIGNATURE,
					 "%s has a signature but no signer; fetch it again, "
					 "or ask its publisher", path);
		return 0;
	}
	memcpy(message, PACK_SIGNED_PREFIX, sizeof(PACK_SIGNED_PREFIX) - 1);
	memcpy(message + sizeof(PACK_SIGNED_PREFIX) - 1, digest, sizeof(digest));
	if (crypto_sign_verify_detached(header->signature, message, sizeof(message),
					header->signer) != 0)
		return error_set(error, TACIT_E_SIGNATURE,
				 "%s does not carry a true signature of the key that it names; "
				 "do not use it, ask its publisher", path);
	return 0;
}

static size_t whole_pages(size_t size)
{
	return (size + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
}

/* Memory of `size` that begins with a huge page, NULL where there is none. */
static void *map_room(size_t size)
{
	size_t pages = whole_pages(size), before;
	uint8_t *room = mmap(NULL, pages + HUGE_BYTES, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (room == MAP_FAILED)
		return NULL;
	before = (size_t)(-(uintptr_t)room % HUGE_BYTES);
	if (before > 0)
		munmap(room, before);
	munmap(room + before + pages, HUGE_BYTES - before);
	return room + before;
}

/* The file read into huge pages of our own; NULL where that cannot be. */
static void *read_whole(int fd, size_t size)
{
	uint8_t *room = size > LIMIT_PACK_READ ? NULL : map_room(size);
	size_t done = 0;
	ssize_t got = 1;

	if (room == NULL)
		return NULL;
	madvise(room, whole_pages(size), MADV_HUGEPAGE);
	for (; done < size && got > 0; done += got > 0 ? (size_t)got : 0)
		got = pread(fd, room + done, size - done, (off_t)done);
	if (done < size || mprotect(room, whole_pages(size), PROT_READ) != 0) {
		munmap(room, whole_pages(size));
		return NULL;
	}
	return room;
}

/* How a pack is opened. */
struct opening {
	bool keep;
	const char *memory;		/* NULL: checked whole */
	struct pack_stamp stamp;
	bool settled;			/* the stamp may be remembered */
};

static int map_file(struct pack *pack, const char *path, struct opening *how, struct error *error)
{
	struct stat status;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);	/* a pipe must not hang us */

	if (fd < 0)
		return error_errno(error, errno == ENOENT ? TACIT_E_NOT_FOUND : TACIT_E_IO,
				   "cannot open pack %s", path);
	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
		close(fd);
		return error_set(error, TACIT_E_FORMAT, "%s is not a file; give a pack's path",
				 path);
	}
	if (status.st_size < PACK_HEADER_BYTES) {
		close(fd);
		return error_set(error, TACIT_E_DAMAGED,
				 "%s is cut short or not a pack: %lld bytes, and a pack's header "
				 "alone has %d; fetch it again", path, (long long)status.st_size,
				 PACK_HEADER_BYTES);
	}
	if ((uint64_t)status.st_size > LIMIT_PACK_BYTES) {
		close(fd);
		return error_set(error, TACIT_E_LIMIT,
				 "%s is larger than a pack may be (%llu bytes); ask its publisher "
				 "for a smaller one", path, (unsigned long long)LIMIT_PACK_BYTES);
	}
	pack->size = (size_t)status.st_size;
	pack->mapping = how->keep ? read_whole(fd, pack->size) : NULL;
	if (pack->mapping == NULL)
		pack->mapping = mmap(NULL, pack->size, PROT_READ, MAP_PRIVATE, fd, 0);
	how->settled = how->memory != NULL && pack_stamp_take(fd, &how->stamp) &&
		       how->stamp.size == pack->size;
	close(fd);
	if (pack->mapping == MAP_FAILED) {
		pack->mapping = NULL;
		return error_errno(error, TACIT_E_IO, "cannot map pack %s", path);
	}
	pack->header = pack->mapping;
	return 0;
}

static int open_pack(const char *path, struct opening *how, struct pack **out, struct error *error)
{
	struct pack *pack = calloc(1, sizeof(*pack));
	bool known = false;
	int result;

	if (pack == NULL)
		return error_memory(error);
	result = map_file(pack, path, how, error);
	if (result == 0)
		result = check_version(pack, path, error);
	if (result == 0 && how->settled) {
		memcpy(how->stamp.digest, pack->header->content_digest, PACK_DIGEST_BYTES);
		known = pack_stamp_known(how->memory, &how->stamp);
	}
	if (result == 0 && !known)
		result = check_seal(pack, path, error);
	if (result == 0)
		result = pack_check(pack, path, known, error);
	if (result != 0) {
		pack_close(pack);
		return result;
	}
	if (how->settled && !known)
		pack_stamp_keep(how->memory, &how->stamp);
	*out = pack;
	return 0;
}

int pack_open(const char *path, struct pack **out, struct error *error)
{
	struct opening how = { .keep = false };

	return open_pack(path, &how, out, error);
}

int pack_open_kept(const char *path, struct pack **out, struct error *error)
{
	struct opening how = { .keep = true };

	return open_pack(path, &how, out, error);
}

int pack_open_known(const char *path, const char *memory, struct pack **out, struct error *error)
{
	struct opening how = { .memory = memory };

	return open_pack(path, &how, out, error);
}

void pack_close(struct pack *pack)
{
	if (pack == NULL)
		return;
	pack_index_free(pack->index);
	if (pack->mapping != NULL)
		munmap(pack->mapping, pack->size);
	free(pack);
}
