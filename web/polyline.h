/* polyline.h: reads and writes encoded polylines (track_line of the store: latitude
 * before longitude, 5 decimals). No allocation. Pure. */
#ifndef EDGE_POLYLINE_H
#define EDGE_POLYLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "buffer.h"

struct polyline {
	const char *at;   /* borrowed */
	int64_t lat, lon; /* of the last point, 1e-5 degrees */
};

/* Before the first point of `text`; NULL has none. */
void polyline_begin(struct polyline *line, const char *text);

/* The next point in degrees. False at the end, and at the first byte that
 * belongs to no point on the globe: a damaged line is shown as far as it
 * goes. */
bool polyline_next(struct polyline *line, double *lon, double *lat);

/* The last point that was written, 1e-5 degrees; all zero before the first. */
struct polyline_writer {
	int64_t lat, lon;
};

/* Appends a point of the globe. */
void polyline_add(struct polyline_writer *writer, double lon, double lat,
    struct buffer *out);

#endif
