/* refs.h: what references lead to: for the _id of a platform's or mission's
 * document, that document's identity. Belongs to one source, one thread.
 * About 100 bytes a document. */
#ifndef EDGE_REFS_H
#define EDGE_REFS_H

#include <bson/bson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mapping.h"

/* An _id in one form: ObjectIds, whole numbers and short texts. */
#define REFS_KEY_BYTES 40

struct ref {
	uint8_t key[REFS_KEY_BYTES];
	char platform[33];
	int64_t number;        /* DECODE_NO_INT for a platform */
};

struct ref_table {
	struct ref *refs;      /* by key once sorted; owned */
	size_t length, capacity;
};

struct refs {
	struct ref_table tables[COLLECTION_MAX]; /* by what is referred to */
};

/* The key of a value; false when it is none that can be an _id here. */
bool refs_key(const bson_iter_t *value, uint8_t key[REFS_KEY_BYTES]);
/* Appends the value that a key stands for. */
bool refs_append_key(bson_t *document, const char *name,
    const uint8_t key[REFS_KEY_BYTES]);
/* A key for people: "65a0…", "12" or the text. */
void refs_key_text(const uint8_t key[REFS_KEY_BYTES], char text[64]);

void refs_clear(struct refs *refs, enum collection target);
/* False when there is no memory. An _id of another form is passed over. */
bool refs_add(struct refs *refs, enum collection target,
    const bson_iter_t *id, const char *platform, int64_t number);
/* After the last refs_add, before refs_find. */
void refs_sort(struct refs *refs, enum collection target);
/* NULL when there is none; borrowed until the table changes. */
const struct ref *refs_find(const struct refs *refs, enum collection target,
    const bson_iter_t *value);
void refs_free(struct refs *refs);

#endif
