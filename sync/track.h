/* track.h: a mission's track in memory, and the same with fewer corners for
 * maps. Pure. */
#ifndef EDGE_TRACK_H
#define EDGE_TRACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../schema/err.h"

/* The most points of one track that are kept; a mission of years has some
 * tens of thousands. */
#define TRACK_MOST_POINTS 200000

struct track_point {
	int64_t number;
	int64_t time_ms;    /* DECODE_NO_INT: missing */
	double lon, lat;    /* degrees, WGS 84 */
	double max_depth_m; /* NaN: missing */
};

/* Points in the order of their numbers. Zero it before first use. */
struct track {
	struct track_point *points; /* owned */
	size_t length, capacity;
	int64_t documents; /* it was read from, also those that do not fit */
	int64_t last_ms;   /* the last time among them, INT64_MIN: none */
};

/* Adds a point; false without memory or beyond TRACK_MOST_POINTS. */
bool track_add(struct track *track, const struct track_point *point,
    struct edge_err *err) MUST_CHECK;
/* Empties it and keeps the memory. */
void track_clear(struct track *track);
void track_free(struct track *track);
/* Tolerances of the three details, metres: a whole sea on a screen, one
 * basin, one mission. */
extern const double track_tolerance_m[3];

/* The track within `tolerance_m` (Douglas and Peucker, 1973) as an encoded
 * polyline with 5 decimals (lat before lon, signed differences in base 64
 * text), to be freed by the caller; *points is the number of corners. NULL
 * without memory. */
char *track_line(const struct track *track, double tolerance_m,
    size_t *points);

#endif
