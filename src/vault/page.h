/*
 * Sealing one page: XChaCha20-Poly1305 with a random nonce. A sealed page is as long as the plain
 * one: SQLite leaves the last 40 bytes of each page alone (its "reserve"), and nonce and tag live
 * there. The place of the page is associated data, so pages cannot be moved about.
 */
#ifndef TACIT_VAULT_PAGE_H
#define TACIT_VAULT_PAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "vault/keys.h"

#define PAGE_BYTES 8192
#define PAGE_RESERVE 40				/* nonce 24, tag 16 */
#define PAGE_BODY (PAGE_BYTES - PAGE_RESERVE)
#define PAGE_START KEYS_HEADER_BYTES		/* of page 1 in the file */

/* The log (SQLite's write-ahead log): a head of 32 bytes in the clear, then frames. A frame's head
 * of 24 bytes holds a checksum of the plain page, so it is sealed too, with its own nonce. */
#define PAGE_LOG_HEAD 32
#define PAGE_FRAME_HEAD 24
#define PAGE_FRAME_HEAD_SEALED (PAGE_FRAME_HEAD + PAGE_RESERVE)
#define PAGE_FRAME (PAGE_FRAME_HEAD + PAGE_BYTES)
#define PAGE_FRAME_SEALED (PAGE_FRAME_HEAD_SEALED + PAGE_BYTES)

/* Page `number` (from 1) of the database. `in` and `out` are PAGE_BYTES and may be the same. */
void page_seal(const struct keys *keys, uint64_t number, const uint8_t *in, uint8_t *out);
bool page_open(const struct keys *keys, uint64_t number, const uint8_t *in, uint8_t *out);

/* Frame `index` (from 0) of the log whose salts are those. */
void page_log_seal(const struct keys *keys, const uint8_t salts[8], uint64_t index,
		   const uint8_t *in, uint8_t *out);
bool page_log_open(const struct keys *keys, const uint8_t salts[8], uint64_t index,
		   const uint8_t *in, uint8_t *out);
/* Its head: PAGE_FRAME_HEAD plain bytes, PAGE_FRAME_HEAD_SEALED sealed ones. */
void page_head_seal(const struct keys *keys, const uint8_t salts[8], uint64_t index,
		    const uint8_t *in, uint8_t *out);
bool page_head_open(const struct keys *keys, const uint8_t salts[8], uint64_t index,
		    const uint8_t *in, uint8_t *out);

#endif
