/* query.h: what is asked of a MongoDB-protocol server, as BSON, and what its
 * answers of other shapes than a document mean. Pure; knows the mapping, not
 * the driver. */
#ifndef EDGE_QUERY_H
#define EDGE_QUERY_H

#include "source.h"

/* Adds "projection": only _id and the mapped fields cross the network. */
void query_append_projection(bson_t *options, enum collection collection);

/* Adds what finds one mission's documents to a filter. */
void query_append_key(bson_t *filter, const struct source_key *key);

/* {_id: {platform_serial, glider, mission}, documents, last} for each group
 * of profiles, as the two names of a platform may both occur; `last` only
 * with `times`. To be destroyed. */
bson_t *query_count_pipeline(bool times);
/* Hands such a group to `fn`; platform '' and -1 when it names no mission. */
bool query_deliver_count(const bson_t *group, source_count_fn *fn,
    void *context, struct edge_err *err) MUST_CHECK;

/* What a change stream is to tell: _id, which is the resume token and must
 * stay, the kind and time of the event, and what names the mission. To be
 * destroyed. */
bson_t *query_stream_pipeline(enum collection collection);
/* Fills an event from the stream's document, as far as that fits. */
void query_read_event(const bson_t *document, enum collection collection,
    struct source_event *event);

#endif
