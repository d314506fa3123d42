#include "refs.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The first byte of a key tells its form. */
#define KEY_OID 'o'
#define KEY_WHOLE 'n'
#define KEY_TEXT 't'

static void
whole_key(int64_t number, uint8_t key[REFS_KEY_BYTES])
{
	key[0] = KEY_WHOLE;
	memcpy(key + 1, &number, sizeof number);
}

bool
refs_key(const bson_iter_t *value, uint8_t key[REFS_KEY_BYTES])
{
	const char *text;
	uint32_t length;
	double number;

	memset(key, 0, REFS_KEY_BYTES);
	switch (bson_iter_type(value)) {
	case BSON_TYPE_OID:
		key[0] = KEY_OID;
		memcpy(key + 1, bson_iter_oid(value)->bytes, 12);
		return true;
	case BSON_TYPE_INT32:
	case BSON_TYPE_INT64:
		whole_key(bson_iter_as_int64(value), key);
		return true;
	case BSON_TYPE_DOUBLE:
		number = bson_iter_double(value);
		if (!isfinite(number) || number != floor(number) ||
		    fabs(number) > 9007199254740992.0)
			return false;
		whole_key((int64_t)number, key);
		return true;
	case BSON_TYPE_UTF8:
		text = bson_iter_utf8(value, &length);
		if (length == 0 || length > REFS_KEY_BYTES - 2 ||
		    memchr(text, '\0', length) != NULL ||
		    !bson_utf8_validate(text, length, false))
			return false;
		key[0] = KEY_TEXT;
		memcpy(key + 1, text, length);
		return true;
	default:
		return false;
	}
}

bool
refs_append_key(bson_t *document, const char *name,
    const uint8_t key[REFS_KEY_BYTES])
{
	int64_t number;
	bson_oid_t oid;

	switch (key[0]) {
	case KEY_OID:
		memcpy(oid.bytes, key + 1, 12);
		return BSON_APPEND_OID(document, name, &oid);
	case KEY_WHOLE:
		memcpy(&number, key + 1, sizeof number);
		return BSON_APPEND_INT64(document, name, number);
	default:
		return BSON_APPEND_UTF8(document, name,
		    (const char *)key + 1);
	}
}

void
refs_key_text(const uint8_t key[REFS_KEY_BYTES], char text[64])
{
	int64_t number;
	int i;

	switch (key[0]) {
	case KEY_OID:
		for (i = 0; i < 12; i++)
			(void)snprintf(text + 2 * i, 3, "%02x", key[1 + i]);
		break;
	case KEY_WHOLE:
		memcpy(&number, key + 1, sizeof number);
		(void)snprintf(text, 64, "%" PRId64, number);
		break;
	default:
		(void)snprintf(text, 64, "'%s'", (const char *)key + 1);
	}
}

void
refs_clear(struct refs *refs, enum collection target)
{
	refs->tables[target].length = 0;
}

bool
refs_add(struct refs *refs, enum collection target, const bson_iter_t *id,
    const char *platform, int64_t number)
{
	struct ref_table *table = &refs->tables[target];
	struct ref *ref, *grown;
	size_t more;

	if (table->length == table->capacity) {
		more = table->capacity * 2 + 16;
		grown = realloc(table->refs, more * sizeof *grown);
		if (grown == NULL)
			return false;
		table->refs = grown;
		table->capacity = more;
	}
	ref = &table->refs[table->length];
	if (!refs_key(id, ref->key))
		return true;
	(void)snprintf(ref->platform, sizeof ref->platform, "%s", platform);
	ref->number = number;
	table->length++;
	return true;
}

static int
compare(const void *a, const void *b)
{
	return memcmp(((const struct ref *)a)->key,
	    ((const struct ref *)b)->key, REFS_KEY_BYTES);
}

void
refs_sort(struct refs *refs, enum collection target)
{
	struct ref_table *table = &refs->tables[target];

	if (table->length > 1)
		qsort(table->refs, table->length, sizeof *table->refs,
		    compare);
}

const struct ref *
refs_find(const struct refs *refs, enum collection target,
    const bson_iter_t *value)
{
	const struct ref_table *table = &refs->tables[target];
	struct ref wanted;

	if (table->length == 0 || !refs_key(value, wanted.key))
		return NULL;
	return bsearch(&wanted, table->refs, table->length,
	    sizeof *table->refs, compare);
}

void
refs_free(struct refs *refs)
{
	enum collection c;

	for (c = 0; c < COLLECTION_MAX; c++)
		free(refs->tables[c].refs);
	memset(refs, 0, sizeof *refs);
}
