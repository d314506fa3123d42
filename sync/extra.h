/* extra.h: the small collections that are applied as a whole when something
 * in them changed: gliders, sailbuoys, gliderstats, pipelinestatus. */
#ifndef EDGE_EXTRA_H
#define EDGE_EXTRA_H

#include "../schema/db.h"
#include "source.h"

/* Reads the four and applies those that changed, each in a transaction of its
 * own with one generation (in the caller's transaction when `in_transaction`).
 * Documents that do not fit are in staged_quarantine afterwards. *changed
 * counts the collections that were applied. */
bool extra_sync(struct db *db, struct source *source, bool in_transaction,
    int64_t now_ms, int *changed, struct edge_err *err) MUST_CHECK;

#endif
