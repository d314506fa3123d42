/* geojson.h: a collection of features, written one after the other (RFC 7946:
 * WGS 84, longitude first). Pure. */
#ifndef EDGE_GEOJSON_H
#define EDGE_GEOJSON_H

#include <stdbool.h>

#include <cjson/cJSON.h>

#include "buffer.h"

void geojson_begin(struct buffer *out);
/* A feature with the members of `item` as properties, but for "line": an
 * encoded polyline, which becomes the line, cut at the antimeridian; null when
 * it has less than two points. `first`: nothing is before it. */
void geojson_add_track(const cJSON *item, bool first, struct buffer *out);
/* `next_url`: text or null. */
void geojson_end(const cJSON *next_url, struct buffer *out);

#endif
