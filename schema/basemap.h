/* basemap.h: reads the base maps that www/basemap.mjs makes (coast, land and
 * borders in one compact binary form, described there). No allocation: a map
 * and its lines borrow the bytes they were opened on, which must outlive
 * them. Thread: an open map is read-only and may be shared. */
#ifndef EDGE_BASEMAP_H
#define EDGE_BASEMAP_H

#include "err.h"

#include <stddef.h>
#include <stdint.h>

enum basemap_kind {
	BASEMAP_LAND,   /* a ring */
	BASEMAP_HOLE,   /* a ring: water inside the land before it */
	BASEMAP_BORDER, /* an open line between two countries */
	BASEMAP_KIND_MAX
};

struct basemap {
	const unsigned char *bytes; /* borrowed */
	size_t len;                 /* bytes */
	double units;               /* per degree */
	int32_t frame[4];           /* west, south, east, north in units */
	uint32_t lines;             /* of all kinds */
};

/* A cursor over lines and over the points of the line it is on. */
struct basemap_line {
	enum basemap_kind kind;
	double west, south, east, north; /* degrees */
	uint32_t points;                 /* a closing point included */
	bool cut; /* the step to the last point given runs along the frame:
	           * part of the land's outline, not of its coast */

	/* private to basemap.c */
	const struct basemap *map;
	size_t offset;
	uint32_t seen_lines, seen_points;
	int32_t first[2], last[2];
};

/* Checks the whole map, so that reading it cannot fail. EDGE_CONFIG when the
 * bytes are not a base map. */
bool basemap_open(struct basemap *map, const void *bytes, size_t len,
    struct edge_err *err) MUST_CHECK;

/* Before the first line. */
void basemap_rewind(const struct basemap *map, struct basemap_line *line);

/* The next line, before its first point; false after the last line. */
bool basemap_next_line(struct basemap_line *line);

/* The next point in degrees; false after the last. A ring ends with its first
 * point again. */
bool basemap_next_point(struct basemap_line *line, double *lon, double *lat);

#endif
