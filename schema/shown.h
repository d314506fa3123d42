/* shown.h: which rule shows or hides a mission where. The one place where
 * these rules are put into words, for `edge explain` and for the portal's
 * status page of a mission. Pure; any thread. */
#ifndef EDGE_SHOWN_H
#define EDGE_SHOWN_H

#include <stdbool.h>
#include <stdint.h>

/* A mission is live while its last data are this fresh (source.md "Recent").
 * Milliseconds. */
#define SHOWN_LIVE_GLIDER_MS INT64_C(86400000)
#define SHOWN_LIVE_SAILBUOY_MS INT64_C(43200000)

/* What the rules look at; the columns of table `mission`. */
struct shown_mission {
	bool glider;         /* else a sailbuoy */
	int64_t end_ms;      /* UTC */
	int64_t year;        /* of the totals; 0: none */
	bool basin_exists;   /* the document has the field basin */
	const char *basin;   /* NULL: missing or null; borrowed */
	bool counted;        /* totals count it */
	int64_t track_points;
	const char *basins;  /* names joined by ", "; NULL: none; borrowed */
};

/* Called for each place in turn: `about` names it (static), `shown` says
 * whether the mission is there, `text` why (borrowed for the call). */
typedef void shown_fn(void *context, const char *about, bool shown,
    const char *text);

void shown_explain(const struct shown_mission *mission, int64_t now_ms,
    shown_fn *say, void *context);

#endif
