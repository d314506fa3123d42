/* view_strip.h: the strips of years on which missions are marked. */
#ifndef EDGE_VIEW_STRIP_H
#define EDGE_VIEW_STRIP_H

#include "view.h"

#define STRIP_YEARS 15  /* most years a strip shows */
#define STRIP_UNITS 600 /* its width; every x and w counts these */

/* The years that strips show. */
struct period {
	int64_t from_ms, to_ms;
	int64_t first_year, last_year;
};

struct sailed {
	int64_t start_ms, end_ms;
};

/* From the year of the first mission to this one; puts "years", [{"year",
 * "x"}] with the place where each begins. */
struct period put_period(struct view *view);

/* Puts "strip", [{"x", "w"}]: where a platform was at sea, first to last; what
 * touches is one. `sailed` is in order of the start, newest first. */
void put_strip(struct view *view, cJSON *object, const struct period *period,
    const struct sailed *sailed, size_t length);

#endif
