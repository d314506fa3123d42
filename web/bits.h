/* bits.h: sets of missions, a bit for each mission_id, as table facet of the
 * store keeps them in pieces. Combining and counting them looks at no mission.
 *
 * Zeroed is empty; free with bits_free. Memory that ran out is kept in
 * `failed`, which the caller looks at once, at its end. Pure; any thread. */
#ifndef EDGE_BITS_H
#define EDGE_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BITS_PIECE 4096 /* bits of a piece */

struct bits {
	uint64_t *words;
	size_t length; /* of words; the rest of the bits are 0 */
	bool failed;
};

void bits_free(struct bits *bits);

void bits_add(struct bits *bits, int64_t id);
bool bits_has(const struct bits *bits, int64_t id);
/* Adds a piece, the lowest bit of each byte first. */
void bits_add_piece(struct bits *bits, int64_t piece, const void *bytes,
    size_t length);

void bits_add_all(struct bits *bits, const struct bits *other);
void bits_keep(struct bits *bits, const struct bits *other); /* and */
void bits_drop(struct bits *bits, const struct bits *other); /* and not */

int64_t bits_count(const struct bits *bits);
/* How many of a piece are in the set. */
int64_t bits_count_piece(const struct bits *bits, int64_t piece,
    const void *bytes, size_t length);
/* The next member after `id`, -1 when there is none. */
int64_t bits_next(const struct bits *bits, int64_t id);

#endif
