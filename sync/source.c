#include "source.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../schema/clock.h"
#include "coerce.h"
#include "decode.h"
#include "project.h"
#include "query.h"

/* A reference that led nowhere is not looked up again for so long: the
 * profiles of a mission come in a burst, often before it. */
#define MISSING_US 500000

void
source_close(struct source *source)
{
	if (source == NULL)
		return;
	refs_free(&source->refs);
	source->ops->close(source);
}

bool
source_maps(const struct source *source, enum collection collection)
{
	return source->mapping->collections[collection] != NULL;
}

const char *
source_collection_name(const struct source *source,
    enum collection collection)
{
	return source_maps(source, collection) ?
	    source->mapping->collections[collection] :
	    mapping_of(collection)->name;
}

static bool load_targets(struct source *source, enum collection collection,
    const struct source_key *key, bool *none, struct edge_err *err);

/* Scans by a key; `identity`: what names the documents will do. */
static bool
scan_by_key(struct source *source, enum collection collection,
    const struct source_key *key, bool identity, source_fn *fn,
    void *context, struct edge_err *err)
{
	struct source_ask ask = { key, NULL, identity };
	bson_t filter = BSON_INITIALIZER;
	bool ok;

	if (key != NULL && source->live) {
		query_append_key(&filter, source->mapping, &source->refs,
		    collection, key);
		ask.filter = &filter;
	}
	ok = source->ops->scan(source, collection, &ask, fn, context, err);
	bson_destroy(&filter);
	return ok;
}

/* Documents that others refer to, on their way into the table. */
struct loading {
	struct source *source;
	enum collection target;
	const struct source_key *key; /* NULL: all of them */
};

static bool
on_target(void *context, const bson_t *document, const char *source_id,
    bool sound, struct edge_err *err)
{
	struct loading *at = context;
	const struct collection_map *map = mapping_of(at->target);
	char platform[DECODE_SERIAL_BYTES];
	struct misfit ignored = { 0 };
	int64_t number = DECODE_NO_INT;
	bson_iter_t id;
	bool is_number;

	(void)source_id;
	if (!sound || !bson_iter_init_find(&id, document, "_id") ||
	    !coerce_serial(document, &map->fields[0], platform, &is_number,
	    &ignored) || (map->identity_length > 1 && !coerce_whole(document,
	    &map->fields[1], &number, &ignored)))
		return true;
	if (at->key != NULL && (strcmp(platform, at->key->platform) != 0 ||
	    (map->identity_length > 1 && number != at->key->number)))
		return true;
	return refs_add(&at->source->refs, at->target, &id, platform,
	    number) || err_set(err, EDGE_IO, "out of memory");
}

/* Reads what documents may refer to; with a key, only what its documents
 * do. */
static bool
load(struct source *source, enum collection target,
    const struct source_key *key, struct edge_err *err)
{
	struct loading loading = { source, target, key };
	struct source_key part;
	bool none = false, ok;

	if (key != NULL) {
		part = *key;
		if (mapping_of(target)->identity_length == 1)
			part.number = -1;
		loading.key = &part;
	}
	ok = load_targets(source, target, loading.key, &none, err);
	refs_clear(&source->refs, target);
	ok = ok && (none || scan_by_key(source, target, loading.key, true,
	    on_target, &loading, err));
	refs_sort(&source->refs, target);
	return ok;
}

/* *none: nothing is there that documents of this key could refer to. */
static bool
load_targets(struct source *source, enum collection collection,
    const struct source_key *key, bool *none, struct edge_err *err)
{
	enum collection target;

	source->missing_us = 0;
	for (target = 0; target < COLLECTION_MAX; target++) {
		if (!mapping_refers(source->mapping, collection, target))
			continue;
		if (!load(source, target, key, err))
			return false;
		if (source->refs.tables[target].length == 0)
			*none = key != NULL;
	}
	return true;
}

bool
source_begin(struct source *source, int64_t *time_ms, struct edge_err *err)
{
	*time_ms = 0;
	return source->ops->begin == NULL ||
	    source->ops->begin(source, time_ms, err);
}

bool
source_scan(struct source *source, enum collection collection,
    const struct source_key *key, source_fn *fn, void *context,
    struct edge_err *err)
{
	bool none = false;

	if (!source_maps(source, collection))
		return true;
	if (!source->live)
		key = NULL;
	return load_targets(source, collection, key, &none, err) &&
	    (none || scan_by_key(source, collection, key, false, fn, context,
	    err));
}

/* Adds the one document that a value names, unless that was tried just now. */
static bool
resolve_one(struct source *source, enum collection target,
    const bson_iter_t *value, struct edge_err *err)
{
	struct loading loading = { source, target, NULL };
	struct source_ask ask = { NULL, NULL, true };
	int64_t now = clock_monotonic_us();
	uint8_t key[REFS_KEY_BYTES];
	bson_t filter = BSON_INITIALIZER;
	bool none = false, ok = true;

	if (refs_find(&source->refs, target, value) != NULL ||
	    !refs_key(value, key) || (source->missing_us != 0 &&
	    now - source->missing_us < MISSING_US &&
	    memcmp(source->missing, key, sizeof key) == 0))
		goto end;
	ask.filter = &filter;
	ok = refs_append_key(&filter, "_id", key) &&
	    load_targets(source, target, NULL, &none, err) &&
	    source->ops->scan(source, target, &ask, on_target, &loading, err);
	refs_sort(&source->refs, target);
	if (ok && refs_find(&source->refs, target, value) == NULL) {
		memcpy(source->missing, key, sizeof key);
		source->missing_us = now;
	}
end:
	bson_destroy(&filter);
	return ok;
}

bool
source_resolve(struct source *source, enum collection collection,
    const bson_t *document, struct edge_err *err)
{
	const struct mapped_field *fields =
	    source->mapping->fields[collection];
	bson_iter_t value;
	size_t i;

	for (i = 0; i < mapping_of(collection)->identity_length; i++)
		if (fields[i].refers_to != COLLECTION_MAX &&
		    project_find(document, &fields[i], &value, NULL) &&
		    !resolve_one(source, fields[i].refers_to, &value, err))
			return false;
	return true;
}

bool
source_has(struct source *source, enum collection collection, bool *exists,
    struct edge_err *err)
{
	*exists = false;
	return !source_maps(source, collection) ||
	    source->ops->has(source, collection, exists, err);
}

bool
source_counts(struct source *source, source_count_fn *fn, void *context,
    bool *times, struct edge_err *err)
{
	bool none = false;

	*times = true;
	return !source_maps(source, C_PROFILES) ||
	    (load_targets(source, C_PROFILES, NULL, &none, err) &&
	    source->ops->counts(source, fn, context, times, err));
}

enum source_stream
source_stream_open(struct source *source, enum collection collection,
    const void *token, size_t length, struct edge_err *err)
{
	if (!source_maps(source, collection))
		return STREAM_IDLE;
	return source->ops->stream_open(source, collection, token, length,
	    err);
}

enum source_stream
source_stream_next(struct source *source, enum collection collection,
    struct source_event *event, struct edge_err *err)
{
	if (!source_maps(source, collection))
		return STREAM_IDLE;
	return source->ops->stream_next(source, collection, event, err);
}

bool
source_stream_token(struct source *source, enum collection collection,
    const void **bytes, size_t *length)
{
	return source->ops->stream_token(source, collection, bytes, length);
}

bool
source_is_live(const struct source *source)
{
	return source->live;
}

const char *
source_name(const struct source *source)
{
	return source->name;
}

bool
source_may_go_on(const struct source *source, struct edge_err *err)
{
	const struct source_limits *limits = &source->limits;

	if (limits->stop != NULL && *limits->stop)
		return err_set(err, EDGE_TEMPORARY, "stopped");
	if (limits->deadline_us != 0 &&
	    clock_monotonic_us() > limits->deadline_us)
		return err_set(err, EDGE_TEMPORARY, "%s: not done at the "
		    "deadline; the next run goes on", source->name);
	return true;
}

bool
source_deliver(const struct source *source, const bson_t *raw,
    enum collection collection, int64_t place, source_fn *fn, void *context,
    struct edge_err *err)
{
	char id[DECODE_SOURCE_ID_BYTES];
	bson_t document = BSON_INITIALIZER;
	bool sound = project_document(source->mapping, &source->refs,
	    collection, raw, &document), ok;

	decode_source_id(&document, id);
	if (id[0] == '\0') {
		(void)snprintf(id, sizeof id, "#%" PRId64, place);
		sound = false;
	}
	ok = fn(context, &document, id, sound, err);
	bson_destroy(&document);
	return ok;
}
