#include "query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coerce.h"
#include "decode.h"

void
query_append_projection(bson_t *options, enum collection collection)
{
	const struct collection_map *map = mapping_of(collection);
	bson_t projection;
	size_t i;

	BSON_APPEND_DOCUMENT_BEGIN(options, "projection", &projection);
	for (i = 0; i < map->fields_length; i++) {
		BSON_APPEND_INT32(&projection, map->fields[i].name, 1);
		if (map->fields[i].alias != NULL)
			BSON_APPEND_INT32(&projection, map->fields[i].alias,
			    1);
	}
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

void
query_append_key(bson_t *filter, const struct source_key *key)
{
	int64_t glider = number_of(key->platform, "SEA", 3);
	bson_t either, form;

	BSON_APPEND_INT64(filter, "mission", key->number);
	if (key->kind == 's') {
		BSON_APPEND_INT64(filter, "sailbuoy",
		    number_of(key->platform, "SB", 1));
		return;
	}
	if (glider < 0) {
		BSON_APPEND_UTF8(filter, "platform_serial", key->platform);
		return;
	}
	BSON_APPEND_ARRAY_BEGIN(filter, "$or", &either);
	BSON_APPEND_DOCUMENT_BEGIN(&either, "0", &form);
	BSON_APPEND_UTF8(&form, "platform_serial", key->platform);
	bson_append_document_end(&either, &form);
	BSON_APPEND_DOCUMENT_BEGIN(&either, "1", &form);
	BSON_APPEND_INT64(&form, "glider", glider);
	bson_append_document_end(&either, &form);
	bson_append_array_end(filter, &either);
}

bson_t *
query_count_pipeline(bool times)
{
	return times ? BCON_NEW("pipeline", "[", "{", "$group", "{",
	    "_id", "{", "platform_serial", BCON_UTF8("$platform_serial"),
	    "glider", BCON_UTF8("$glider"), "mission", BCON_UTF8("$mission"),
	    "}", "documents", "{", "$sum", BCON_INT32(1), "}",
	    "last", "{", "$max", BCON_UTF8("$time"), "}", "}", "}", "]") :
	    BCON_NEW("pipeline", "[", "{", "$group", "{",
	    "_id", "{", "platform_serial", BCON_UTF8("$platform_serial"),
	    "glider", BCON_UTF8("$glider"), "mission", BCON_UTF8("$mission"),
	    "}", "documents", "{", "$sum", BCON_INT32(1), "}", "}", "}", "]");
}

bool
query_deliver_count(const bson_t *group, source_count_fn *fn, void *context,
    struct edge_err *err)
{
	int64_t documents = 0, last_ms = DECODE_NO_INT;
	struct misfit ignored;
	struct point_row row;
	const uint8_t *bytes;
	uint32_t length;
	bson_iter_t at;
	bson_t id;

	if (!bson_iter_init_find(&at, group, "_id") ||
	    !BSON_ITER_HOLDS_DOCUMENT(&at))
		return true;
	bson_iter_document(&at, &length, &bytes);
	if (!bson_init_static(&id, bytes, length))
		return true;
	(void)decode_point(&id, &row, &ignored);
	if (bson_iter_init_find(&at, group, "documents"))
		documents = bson_iter_as_int64(&at);
	if (bson_iter_init_find(&at, group, "last") &&
	    BSON_ITER_HOLDS_DATE_TIME(&at))
		last_ms = bson_iter_date_time(&at);
	if (row.platform[0] == '\0' || row.mission == DECODE_NO_INT)
		return fn(context, "", -1, documents, DECODE_NO_INT, err);
	return fn(context, row.platform, row.mission, documents, last_ms, err);
}

bson_t *
query_stream_pipeline(enum collection collection)
{
	const struct collection_map *map = mapping_of(collection);
	bson_t *pipeline = bson_new(), stages, stage, projection;
	char name[128];
	size_t i;

	BSON_APPEND_ARRAY_BEGIN(pipeline, "pipeline", &stages);
	BSON_APPEND_DOCUMENT_BEGIN(&stages, "0", &stage);
	BSON_APPEND_DOCUMENT_BEGIN(&stage, "$project", &projection);
	BSON_APPEND_INT32(&projection, "_id", 1);
	BSON_APPEND_INT32(&projection, "operationType", 1);
	BSON_APPEND_INT32(&projection, "documentKey", 1);
	BSON_APPEND_INT32(&projection, "clusterTime", 1);
	/* The first two mapped fields are the identity. */
	for (i = 0; i < 2 && i < map->fields_length; i++) {
		(void)snprintf(name, sizeof name, "fullDocument.%s",
		    map->fields[i].name);
		BSON_APPEND_INT32(&projection, name, 1);
		if (map->fields[i].alias == NULL)
			continue;
		(void)snprintf(name, sizeof name, "fullDocument.%s",
		    map->fields[i].alias);
		BSON_APPEND_INT32(&projection, name, 1);
	}
	bson_append_document_end(&stage, &projection);
	bson_append_document_end(&stages, &stage);
	bson_append_array_end(pipeline, &stages);
	return pipeline;
}

void
query_read_event(const bson_t *document, enum collection collection,
    struct source_event *event)
{
	static const struct field number = { "mission", NULL, F_WHOLE,
		REQUIRED, 0, 2147483647 };
	struct misfit ignored = { 0 };
	const uint8_t *bytes;
	uint32_t length;
	bson_iter_t at;
	bson_t part;
	bool is_number;

	memset(event, 0, sizeof *event);
	event->number = -1;
	if (bson_iter_init_find(&at, document, "documentKey") &&
	    BSON_ITER_HOLDS_DOCUMENT(&at)) {
		bson_iter_document(&at, &length, &bytes);
		if (bson_init_static(&part, bytes, length))
			decode_source_id(&part, event->source_id);
	}
	if (!bson_iter_init_find(&at, document, "fullDocument") ||
	    !BSON_ITER_HOLDS_DOCUMENT(&at))
		return;
	bson_iter_document(&at, &length, &bytes);
	if (!bson_init_static(&part, bytes, length) ||
	    !coerce_serial(&part, &mapping_of(collection)->fields[0],
	    event->platform, &is_number, &ignored))
		return;
	if (!coerce_whole(&part, &number, &event->number, &ignored))
		event->number = -1;
}
