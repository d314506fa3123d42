#include "project.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"

/* Whether a document is nested so deeply that libbson, which follows it by
 * recursion, would run out of stack. */
static bool
is_too_deep(bson_iter_t *at, int depth)
{
	bson_iter_t inside;
	const uint8_t *bytes;
	uint32_t length, code_length;
	bson_t scope;

	while (bson_iter_next(at)) {
		bool nests = false;

		if (BSON_ITER_HOLDS_DOCUMENT(at) || BSON_ITER_HOLDS_ARRAY(at)) {
			nests = bson_iter_recurse(at, &inside);
		} else if (BSON_ITER_HOLDS_CODEWSCOPE(at)) {
			(void)bson_iter_codewscope(at, &code_length, &length,
			    &bytes);
			nests = bson_init_static(&scope, bytes, length) &&
			    bson_iter_init(&inside, &scope);
		}
		if (nests && (depth == DECODE_DEPTH ||
		    is_too_deep(&inside, depth + 1)))
			return true;
	}
	return false;
}

/* Follows "position.lat" through embedded documents. A list on the way ends
 * it: a name stands for one value. */
static bool
find_path(const bson_t *document, const char *path, bson_iter_t *value)
{
	const char *dot = strchr(path, '.');
	char part[MAPPING_NAME_BYTES];
	bson_iter_t at;

	if (dot == NULL)
		return bson_iter_init_find(value, document, path);
	if (!bson_iter_init(&at, document))
		return false;
	for (; dot != NULL; path = dot + 1, dot = strchr(path, '.')) {
		(void)snprintf(part, sizeof part, "%.*s", (int)(dot - path),
		    path);
		if (!bson_iter_find(&at, part) ||
		    !BSON_ITER_HOLDS_DOCUMENT(&at) ||
		    !bson_iter_recurse(&at, value))
			return false;
		at = *value;
	}
	*value = at;
	return bson_iter_find(value, path);
}

bool
project_find(const bson_t *document, const struct mapped_field *field,
    bson_iter_t *value, bool *exists)
{
	bson_iter_t found;
	bson_type_t type;
	size_t i;

	if (exists != NULL)
		*exists = false;
	for (i = 0; i < field->names_length; i++) {
		if (!find_path(document, field->names[i], &found))
			continue;
		if (exists != NULL)
			*exists = true;
		type = bson_iter_type(&found);
		if (type != BSON_TYPE_NULL && type != BSON_TYPE_UNDEFINED) {
			*value = found;
			return true;
		}
	}
	return false;
}

static bool
append_unresolved(bson_t *out, const char *name, const char *collection,
    const bson_iter_t *value)
{
	uint8_t key[REFS_KEY_BYTES];
	char text[256], id[64];
	bson_t mark;

	if (refs_key(value, key)) {
		refs_key_text(key, id);
		(void)snprintf(text, sizeof text, "%s names no document of "
		    "%.100s that has an identity", id, collection);
	} else {
		(void)snprintf(text, sizeof text, "%s cannot be the _id of a "
		    "document of %.100s",
		    decode_type_name(bson_iter_type(value)), collection);
	}
	return BSON_APPEND_DOCUMENT_BEGIN(out, name, &mark) &&
	    BSON_APPEND_UTF8(&mark, PROJECT_UNRESOLVED, text) &&
	    bson_append_document_end(out, &mark);
}

/* Whether a field of a collection stands for the number of a mission rather
 * than for a platform. */
static bool
is_number(enum collection collection, size_t field)
{
	return mapping_of(collection)->fields[field].type == F_WHOLE;
}

bool
project_append(const struct mapping *mapping, const struct refs *refs,
    enum collection collection, size_t field, const bson_iter_t *value,
    bson_t *out)
{
	const struct mapped_field *from = &mapping->fields[collection][field];
	const char *name = mapping_of(collection)->fields[field].name;
	const struct ref *ref;

	if (from->refers_to == COLLECTION_MAX)
		return bson_append_iter(out, name, -1, value);
	ref = refs != NULL ? refs_find(refs, from->refers_to, value) : NULL;
	if (ref == NULL)
		return append_unresolved(out, name,
		    mapping->collections[from->refers_to], value);
	if (is_number(collection, field))
		return BSON_APPEND_INT64(out, name, ref->number);
	if (mapping_of(collection)->fields[field].type == F_BUOY)
		return BSON_APPEND_INT64(out, name,
		    strtol(ref->platform + 2, NULL, 10));
	return BSON_APPEND_UTF8(out, name, ref->platform);
}

static bool
append_constant(const struct mapped_field *from, const char *name,
    bson_t *out)
{
	switch (from->constant) {
	case CONSTANT_TEXT:
		return BSON_APPEND_UTF8(out, name, from->text);
	case CONSTANT_NUMBER:
		return BSON_APPEND_DOUBLE(out, name, from->number);
	case CONSTANT_FLAG:
		return BSON_APPEND_BOOL(out, name, from->number != 0);
	default:
		return true;
	}
}

bool
project_document(const struct mapping *mapping, const struct refs *refs,
    enum collection collection, const bson_t *document, bson_t *out)
{
	const struct collection_map *map = mapping_of(collection);
	bson_iter_t at;
	size_t i, where;
	bool ok = true, exists, sound = bson_iter_init(&at, document) &&
	    !is_too_deep(&at, 1);

	/* The _id first: it tells whose document a damaged one is. */
	if (bson_iter_init_find(&at, document, "_id") &&
	    (sound || (!BSON_ITER_HOLDS_DOCUMENT(&at) &&
	    !BSON_ITER_HOLDS_ARRAY(&at))))
		ok &= bson_append_iter(out, "_id", -1, &at);
	if (!sound || !bson_validate(document, BSON_VALIDATE_NONE, &where))
		return false;
	for (i = 0; ok && i < map->fields_length; i++) {
		const struct mapped_field *from =
		    &mapping->fields[collection][i];
		const char *name = map->fields[i].name;

		if (project_find(document, from, &at, &exists))
			ok &= project_append(mapping, refs, collection, i,
			    &at, out);
		else if (exists)
			ok &= BSON_APPEND_NULL(out, name);
		else
			ok &= append_constant(from, name, out);
	}
	return ok;
}
