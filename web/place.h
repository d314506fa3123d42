/* place.h: a place in the list of missions as the word that next_url carries:
 * what the list goes on after, and a hash of the filters it was made with, so
 * that a word from another list is noticed. Pure; any thread. */
#ifndef EDGE_PLACE_H
#define EDGE_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#define PLACE_TEXT_BYTES 33

struct place {
	int64_t start_ms, id; /* of the mission */
	uint64_t hash;        /* of the filters */
};

/* Writes base64url (RFC 4648 §5) without padding. */
void place_write(const struct place *place, char text[PLACE_TEXT_BYTES]);
/* False when the text is none. */
bool place_read(struct place *place, const char *text);

#endif
