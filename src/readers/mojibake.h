/*
 * Meta's exports write each byte of a text's UTF-8 as a character of its own ("é" as
 * "\u00c3\u00a9"). This mends JSON in place, keys and values alike, before it is parsed.
 */
#ifndef TACIT_READERS_MOJIBAKE_H
#define TACIT_READERS_MOJIBAKE_H

#include <stddef.h>

/* Mends each string of a piece of JSON: one whose characters are all below U+0100, some above
 * U+007F, and which are UTF-8 when taken as bytes. Others stay as they are. A mended string is
 * shorter; blanks behind it fill the room. */
void mojibake_mend(char *json, size_t size);

#endif
