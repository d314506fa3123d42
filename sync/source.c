#include "source.h"

#include <inttypes.h>
#include <stdio.h>

#include "../schema/clock.h"
#include "decode.h"

void
source_close(struct source *source)
{
	if (source != NULL)
		source->ops->close(source);
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
	return source->ops->scan(source, collection, key, fn, context, err);
}

bool
source_has(struct source *source, enum collection collection, bool *exists,
    struct edge_err *err)
{
	return source->ops->has(source, collection, exists, err);
}

bool
source_counts(struct source *source, source_count_fn *fn, void *context,
    bool *times, struct edge_err *err)
{
	return source->ops->counts(source, fn, context, times, err);
}

enum source_stream
source_stream_open(struct source *source, enum collection collection,
    const void *token, size_t length, struct edge_err *err)
{
	return source->ops->stream_open(source, collection, token, length,
	    err);
}

enum source_stream
source_stream_next(struct source *source, enum collection collection,
    struct source_event *event, struct edge_err *err)
{
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
source_deliver(const bson_t *raw, enum collection collection, int64_t place,
    source_fn *fn, void *context, struct edge_err *err)
{
	char id[DECODE_SOURCE_ID_BYTES];
	bson_t document = BSON_INITIALIZER;
	bool sound = decode_project(raw, collection, &document), ok;

	decode_source_id(&document, id);
	if (id[0] == '\0') {
		(void)snprintf(id, sizeof id, "#%" PRId64, place);
		sound = false;
	}
	ok = fn(context, &document, id, sound, err);
	bson_destroy(&document);
	return ok;
}
