/* place.h: a place in an ordered list of missions as the word that next_url
 * carries: what the list goes on after, and a hash of the filters and the
 * order it was made with, so that a word from another list is noticed. Pure;
 * any thread. */
#ifndef EDGE_PLACE_H
#define EDGE_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#define PLACE_KEY_BYTES 256  /* longest text that is ordered by, with a NUL */
#define PLACE_TEXT_BYTES 384 /* longest word, with a NUL */

/* Table mission_order's key, one of the two, and what follows it. */
struct place {
	bool is_text;
	int64_t number;
	char text[PLACE_KEY_BYTES];
	int64_t then_by, id;
	uint64_t hash; /* of the list */
};

/* The hash of a list's texts, one after the other: FNV-1a, a 0 behind each. */
#define PLACE_HASH UINT64_C(14695981039346656037)
uint64_t place_hash(uint64_t hash, const char *text);

/* Writes base64url (RFC 4648 §5) without padding. */
void place_write(const struct place *place, char word[PLACE_TEXT_BYTES]);
/* False when the word is none. */
bool place_read(struct place *place, const char *word);
/* As the store orders: numbers before texts, texts by their bytes. */
int place_compare(const struct place *a, const struct place *b);

#endif
