/* query.h: what is asked of a MongoDB-protocol server, as BSON, and what its
 * answers of other shapes than a document mean, both in the names of a
 * mapping. Pure; knows the mapping, not the driver. */
#ifndef EDGE_QUERY_H
#define EDGE_QUERY_H

#include "source.h"

/* Adds "projection": only _id and the mapped fields cross the network; with
 * `identity` only those that name the document. */
void query_append_projection(bson_t *options, const struct mapping *mapping,
    enum collection collection, bool identity);

/* Adds what finds one mission's documents to a filter, or a platform's when
 * the key has no number (-1). Where documents refer to others, `refs` has the
 * others, and no more than those of this key. */
void query_append_key(bson_t *filter, const struct mapping *mapping,
    const struct refs *refs, enum collection collection,
    const struct source_key *key);

/* {_id: {f0_0: …, f0_1: …, f1_0: …}, documents, last} for each group of
 * profiles: f0_1 is the second name of the first identity field, as the names
 * of a platform may all occur. `last` only with `times`. To be destroyed. */
bson_t *query_count_pipeline(const struct mapping *mapping, bool times);
/* Hands such a group to `fn`, one that names no mission as of none. */
bool query_deliver_count(const struct mapping *mapping,
    const struct refs *refs, const bson_t *group, source_count_fn *fn,
    void *context, struct edge_err *err) MUST_CHECK;

/* What a change stream is to tell: _id, which is the resume token and must
 * stay, the kind and time of the event, and what names the mission. To be
 * destroyed. */
bson_t *query_stream_pipeline(const struct mapping *mapping,
    enum collection collection);
/* The document an event is about, as it is now; false when it has none.
 * Borrowed from the event. */
bool query_event_document(const bson_t *event, bson_t *document);
/* Fills an event from the stream's document, as far as that fits. */
void query_read_event(const struct mapping *mapping, const struct refs *refs,
    const bson_t *document, enum collection collection,
    struct source_event *event);

#endif
