/* geojson_line.h: a line of positions on its way into GeoJSON. Where it
 * crosses the antimeridian it ends at 180 degrees and goes on at -180, as RFC
 * 7946 §3.1.9 asks. Fails as buffers do. Thread: belongs to its caller. */
#ifndef EDGE_GEOJSON_LINE_H
#define EDGE_GEOJSON_LINE_H

#include "buffer.h"

#define GEOJSON_EXACT (-1) /* as many decimals as the number has */

struct geojson_line {
	struct buffer *out;
	int decimals;    /* at most so many, or GEOJSON_EXACT */
	double lon, lat; /* of the last point, degrees */
	size_t points;
};

/* A number; what is not finite is 0. */
void geojson_number(struct buffer *out, double value, int decimals);
/* "[lon,lat]" */
void geojson_position(struct buffer *out, double lon, double lat,
    int decimals);

/* Writes a MultiLineString geometry, a point at a time. */
void geojson_line_begin(struct geojson_line *line, struct buffer *out,
    int decimals);
void geojson_line_add(struct geojson_line *line, double lon, double lat);
void geojson_line_end(struct geojson_line *line);

#endif
