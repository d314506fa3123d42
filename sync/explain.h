/* explain.h: `edge explain SEA063 M33`: one mission from the source document
 * to the pages, in words. */
#ifndef EDGE_EXPLAIN_H
#define EDGE_EXPLAIN_H

#include "../schema/conf.h"
#include "../schema/err.h"
#include "source.h"

/* Prints what the store has, which rule shows or hides the mission on which
 * page, what is in quarantine, what the source has (when `source` is not NULL)
 * and what the next run makes of it. A source that is away is said so and no
 * failure while the store knows the mission, else its error. EDGE_FAILED when
 * neither knows it: then the platform's missions or a near name are printed. */
bool explain_mission(const struct conf *conf, struct source *source,
    struct edge_err *err) MUST_CHECK;

#endif
