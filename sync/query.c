#include "query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coerce.h"
#include "decode.h"
#include "fields.h"
#include "project.h"

/* "fullDocument." before a name, and indexes of lists. */
#define PATH_BYTES (MAPPING_NAME_BYTES + 32)

/* Whether an earlier field has the same names already: one reference that
 * gives both platform and number. */
static bool
is_repeated(const struct mapping *mapping, enum collection collection,
    size_t field)
{
	const struct mapped_field *fields = mapping->fields[collection];
	size_t i;

	for (i = 0; i < field; i++)
		if (fields[i].names_length == 1 &&
		    fields[field].names_length == 1 &&
		    strcmp(fields[i].names[0], fields[field].names[0]) == 0)
			return true;
	return false;
}

/* Adds {prefixNAME: 1} for the names of a field. */
static void
append_names(bson_t *projection, const struct mapping *mapping,
    enum collection collection, size_t field, const char *prefix)
{
	const struct mapped_field *from = &mapping->fields[collection][field];
	char path[PATH_BYTES];
	size_t i;

	if (is_repeated(mapping, collection, field))
		return;
	for (i = 0; i < from->names_length; i++) {
		/* The whole _id comes anyway, and its parts with it. */
		if (strncmp(from->names[i], "_id", 3) == 0 &&
		    strchr(".", from->names[i][3]) != NULL)
			continue;
		(void)snprintf(path, sizeof path, "%s%s", prefix,
		    from->names[i]);
		BSON_APPEND_INT32(projection, path, 1);
	}
}

void
query_append_projection(bson_t *options, const struct mapping *mapping,
    enum collection collection, bool identity)
{
	const struct collection_map *map = mapping_of(collection);
	size_t i, length = identity ? map->identity_length :
	    map->fields_length;
	bson_t projection;

	BSON_APPEND_DOCUMENT_BEGIN(options, "projection", &projection);
	BSON_APPEND_INT32(&projection, "_id", 1);
	for (i = 0; i < length; i++)
		append_names(&projection, mapping, collection, i, "");
	bson_append_document_end(options, &projection);
}

/* The number in "SEA063" or "SB7", the form older documents carry; -1 when
 * the name could not have come from one. */
static int64_t
number_of(const char *serial, const char *prefix, int width)
{
	char again[DECODE_SERIAL_BYTES];
	size_t n = strlen(prefix);
	int number;

	if (strncmp(serial, prefix, n) != 0 || serial[n] < '0' ||
	    serial[n] > '9' || strlen(serial) > n + 6)
		return -1;
	number = atoi(serial + n);
	(void)snprintf(again, sizeof again, "%s%0*d", prefix, width, number);
	return strcmp(again, serial) == 0 ? number : -1;
}

/* Adds {NAME: what the key has there}. */
static void
append_condition(bson_t *filter, const char *name, const struct refs *refs,
    const struct mapped_field *from, const struct field *field,
    const struct source_key *key)
{
	const struct ref_table *table;
	bson_t in, values;
	char index[24];
	int64_t number;
	size_t i;

	if (from->refers_to != COLLECTION_MAX) {
		table = &refs->tables[from->refers_to];
		BSON_APPEND_DOCUMENT_BEGIN(filter, name, &in);
		BSON_APPEND_ARRAY_BEGIN(&in, "$in", &values);
		for (i = 0; i < table->length; i++) {
			(void)snprintf(index, sizeof index, "%zu", i);
			(void)refs_append_key(&values, index,
			    table->refs[i].key);
		}
		bson_append_array_end(&in, &values);
		bson_append_document_end(filter, &in);
		return;
	}
	if (field->type == F_WHOLE) {
		BSON_APPEND_INT64(filter, name, key->number);
		return;
	}
	if (field->type == F_BUOY) {
		BSON_APPEND_INT64(filter, name, number_of(key->platform, "SB",
		    1));
		return;
	}
	number = number_of(key->platform, "SEA", 3);
	if (number < 0) {
		BSON_APPEND_UTF8(filter, name, key->platform);
		return;
	}
	BSON_APPEND_DOCUMENT_BEGIN(filter, name, &in);
	BSON_APPEND_ARRAY_BEGIN(&in, "$in", &values);
	BSON_APPEND_UTF8(&values, "0", key->platform);
	BSON_APPEND_INT64(&values, "1", number);
	bson_append_array_end(&in, &values);
	bson_append_document_end(filter, &in);
}

/* Adds {$or: [{NAME: …}, {OTHER: …}]}, or the one condition. */
static void
append_field(bson_t *filter, const struct mapping *mapping,
    const struct refs *refs, enum collection collection, size_t field,
    const struct source_key *key)
{
	const struct mapped_field *from = &mapping->fields[collection][field];
	const struct field *map = &mapping_of(collection)->fields[field];
	bson_t either, form;
	char index[24];
	size_t i;

	if (from->names_length == 1) {
		append_condition(filter, from->names[0], refs, from, map, key);
		return;
	}
	BSON_APPEND_ARRAY_BEGIN(filter, "$or", &either);
	for (i = 0; i < from->names_length; i++) {
		(void)snprintf(index, sizeof index, "%zu", i);
		BSON_APPEND_DOCUMENT_BEGIN(&either, index, &form);
		append_condition(&form, from->names[i], refs, from, map, key);
		bson_append_document_end(&either, &form);
	}
	bson_append_array_end(filter, &either);
}

void
query_append_key(bson_t *filter, const struct mapping *mapping,
    const struct refs *refs, enum collection collection,
    const struct source_key *key)
{
	bool numbered = key->number >= 0 &&
	    !is_repeated(mapping, collection, 1);
	bson_t both, one;

	if (!numbered || mapping->fields[collection][1].names_length == 1) {
		if (numbered)
			append_field(filter, mapping, refs, collection, 1,
			    key);
		append_field(filter, mapping, refs, collection, 0, key);
		return;
	}
	/* Two that may both be an $or. */
	BSON_APPEND_ARRAY_BEGIN(filter, "$and", &both);
	BSON_APPEND_DOCUMENT_BEGIN(&both, "0", &one);
	append_field(&one, mapping, refs, collection, 1, key);
	bson_append_document_end(&both, &one);
	BSON_APPEND_DOCUMENT_BEGIN(&both, "1", &one);
	append_field(&one, mapping, refs, collection, 0, key);
	bson_append_document_end(&both, &one);
	bson_append_array_end(filter, &both);
}

/* Adds {KEY: "$NAME"}, or {KEY: {$ifNull: ["$NAME", …]}} for more names. */
static void
append_value(bson_t *document, const char *key,
    const struct mapped_field *from, size_t first)
{
	char path[PATH_BYTES];
	bson_t either, values;

	(void)snprintf(path, sizeof path, "$%s", from->names[first]);
	if (first + 1 == from->names_length) {
		BSON_APPEND_UTF8(document, key, path);
		return;
	}
	BSON_APPEND_DOCUMENT_BEGIN(document, key, &either);
	BSON_APPEND_ARRAY_BEGIN(&either, "$ifNull", &values);
	BSON_APPEND_UTF8(&values, "0", path);
	append_value(&values, "1", from, first + 1);
	bson_append_array_end(&either, &values);
	bson_append_document_end(document, &either);
}

bson_t *
query_count_pipeline(const struct mapping *mapping, bool times)
{
	const struct mapped_field *fields = mapping->fields[C_PROFILES];
	bson_t *pipeline = bson_new(), stages, stage, group, id, part;
	char key[48], path[PATH_BYTES];
	size_t i, j;

	BSON_APPEND_ARRAY_BEGIN(pipeline, "pipeline", &stages);
	BSON_APPEND_DOCUMENT_BEGIN(&stages, "0", &stage);
	BSON_APPEND_DOCUMENT_BEGIN(&stage, "$group", &group);
	BSON_APPEND_DOCUMENT_BEGIN(&group, "_id", &id);
	for (i = P_PLATFORM; i <= P_MISSION; i++)
		for (j = 0; j < fields[i].names_length; j++) {
			(void)snprintf(key, sizeof key, "f%zu_%zu", i, j);
			(void)snprintf(path, sizeof path, "$%s",
			    fields[i].names[j]);
			BSON_APPEND_UTF8(&id, key, path);
		}
	bson_append_document_end(&group, &id);
	BSON_APPEND_DOCUMENT_BEGIN(&group, "documents", &part);
	BSON_APPEND_INT32(&part, "$sum", 1);
	bson_append_document_end(&group, &part);
	if (times && fields[P_TIME].names_length > 0) {
		BSON_APPEND_DOCUMENT_BEGIN(&group, "last", &part);
		append_value(&part, "$max", &fields[P_TIME], 0);
		bson_append_document_end(&group, &part);
	}
	bson_append_document_end(&stage, &group);
	bson_append_document_end(&stages, &stage);
	bson_append_array_end(pipeline, &stages);
	return pipeline;
}

/* The identity of a group as that of a profile. */
static bool
project_group(const struct mapping *mapping, const struct refs *refs,
    const bson_t *id, bson_t *out)
{
	const struct mapped_field *fields = mapping->fields[C_PROFILES];
	bson_iter_t at;
	size_t i, j;
	char key[48];

	for (i = P_PLATFORM; i <= P_MISSION; i++)
		for (j = 0; j < fields[i].names_length; j++) {
			(void)snprintf(key, sizeof key, "f%zu_%zu", i, j);
			if (!bson_iter_init_find(&at, id, key) ||
			    BSON_ITER_HOLDS_NULL(&at) ||
			    BSON_ITER_HOLDS_UNDEFINED(&at))
				continue;
			if (!project_append(mapping, refs, C_PROFILES, i, &at,
			    out))
				return false;
			break;
		}
	return true;
}

bool
query_deliver_count(const struct mapping *mapping, const struct refs *refs,
    const bson_t *group, source_count_fn *fn, void *context,
    struct edge_err *err)
{
	int64_t documents = 0, last_ms = DECODE_NO_INT;
	bson_t id, profile = BSON_INITIALIZER;
	struct misfit ignored;
	struct point_row row;
	const uint8_t *bytes;
	uint32_t length;
	bson_iter_t at;
	bool named;

	if (!bson_iter_init_find(&at, group, "_id") ||
	    !BSON_ITER_HOLDS_DOCUMENT(&at))
		return true;
	bson_iter_document(&at, &length, &bytes);
	if (!bson_init_static(&id, bytes, length))
		return true;
	named = project_group(mapping, refs, &id, &profile);
	(void)decode_point(&profile, &row, &ignored);
	bson_destroy(&profile);
	if (bson_iter_init_find(&at, group, "documents"))
		documents = bson_iter_as_int64(&at);
	if (bson_iter_init_find(&at, group, "last") &&
	    BSON_ITER_HOLDS_DATE_TIME(&at))
		last_ms = bson_iter_date_time(&at);
	if (!named || row.platform[0] == '\0' || row.mission == DECODE_NO_INT)
		return fn(context, "", -1, documents, DECODE_NO_INT, err);
	return fn(context, row.platform, row.mission, documents, last_ms, err);
}

/* Fields that name the mission or platform: a profile's own number does not
 * count. */
static size_t
naming_length(enum collection collection)
{
	size_t length = mapping_of(collection)->identity_length;

	return length > 2 ? 2 : length;
}

bson_t *
query_stream_pipeline(const struct mapping *mapping,
    enum collection collection)
{
	bson_t *pipeline = bson_new(), stages, stage, projection;
	size_t i;

	BSON_APPEND_ARRAY_BEGIN(pipeline, "pipeline", &stages);
	BSON_APPEND_DOCUMENT_BEGIN(&stages, "0", &stage);
	BSON_APPEND_DOCUMENT_BEGIN(&stage, "$project", &projection);
	BSON_APPEND_INT32(&projection, "_id", 1);
	BSON_APPEND_INT32(&projection, "operationType", 1);
	BSON_APPEND_INT32(&projection, "documentKey", 1);
	BSON_APPEND_INT32(&projection, "clusterTime", 1);
	BSON_APPEND_INT32(&projection, "fullDocument._id", 1);
	for (i = 0; i < naming_length(collection); i++)
		append_names(&projection, mapping, collection, i,
		    "fullDocument.");
	bson_append_document_end(&stage, &projection);
	bson_append_document_end(&stages, &stage);
	bson_append_array_end(pipeline, &stages);
	return pipeline;
}

static bool
embedded(const bson_t *document, const char *name, bson_t *part)
{
	const uint8_t *bytes;
	uint32_t length;
	bson_iter_t at;

	if (!bson_iter_init_find(&at, document, name) ||
	    !BSON_ITER_HOLDS_DOCUMENT(&at))
		return false;
	bson_iter_document(&at, &length, &bytes);
	return bson_init_static(part, bytes, length);
}

bool
query_event_document(const bson_t *event, bson_t *document)
{
	return embedded(event, "fullDocument", document);
}

void
query_read_event(const struct mapping *mapping, const struct refs *refs,
    const bson_t *document, enum collection collection,
    struct source_event *event)
{
	static const struct field number = { "mission", NULL, F_WHOLE,
		REQUIRED, 0, 2147483647 };
	struct misfit ignored = { 0 };
	bson_t part, projected = BSON_INITIALIZER;
	bool is_number;

	memset(event, 0, sizeof *event);
	event->number = -1;
	if (embedded(document, "documentKey", &part))
		decode_source_id(&part, event->source_id);
	if (query_event_document(document, &part)) {
		event->has_document = true;
		/* Some servers give another key than the document's. */
		if (event->source_id[0] == '\0')
			decode_source_id(&part, event->source_id);
		(void)project_document(mapping, refs, collection, &part,
		    &projected);
		if (coerce_serial(&projected,
		    &mapping_of(collection)->fields[0], event->platform,
		    &is_number, &ignored) && !coerce_whole(&projected, &number,
		    &event->number, &ignored))
			event->number = -1;
	}
	bson_destroy(&projected);
}
