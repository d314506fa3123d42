/* explain.h: `edge explain SEA063 M33`: one mission from the source document
 * to the pages, in words. */
#ifndef EDGE_EXPLAIN_H
#define EDGE_EXPLAIN_H

#include "../schema/conf.h"
#include "../schema/err.h"
#include "source.h"

/* Prints what the source has (when `source` is not NULL), what is in
 * quarantine, what the store has, and which rule shows or hides the mission on
 * which page. EDGE_FAILED when neither knows the mission. */
bool explain_mission(const struct conf *conf, struct source *source,
    struct edge_err *err) MUST_CHECK;

#endif
