/* sea.h: where the sea is. Rasterises the coast of a base map once into a
 * grid of distances to land and answers from it in constant time. The grid is
 * conservative: a cell (0.01 degrees of latitude, 0.02 of longitude: about
 * 1.1 km) that the coast touches is land. Outside the map is not sea.
 * Thread: a struct sea is read-only once made and may be shared. */
#ifndef EDGE_SEA_H
#define EDGE_SEA_H

#include "../schema/err.h"

#include <stddef.h>

#define SEA_MAX_CLEAR_KM 63.75 /* distances above are not told apart */

struct sea;

/* `region` is a base map (schema/basemap.h) of one part of the world, read
 * here and not kept. NULL and EDGE_CONFIG when it is none, EDGE_TEMPORARY
 * without memory (2 MB). The caller ends it with sea_free. */
struct sea *sea_new(const unsigned char *region, size_t len,
    struct edge_err *err) MUST_CHECK;
void sea_free(struct sea *sea);

bool sea_at(const struct sea *sea, double lon, double lat);

/* Kilometres to the nearest land cell, in steps of 0.25, at most
 * SEA_MAX_CLEAR_KM; 0 on land. */
double sea_clear_km(const struct sea *sea, double lon, double lat);

/* Whether the straight line (on the chart) between two points stays at sea,
 * at least `clear_km` from land. */
bool sea_segment(const struct sea *sea, const double from[2],
    const double to[2], double clear_km);

/* Great-circle distance in metres between two points {lon, lat} in degrees. */
double sea_distance_m(const double from[2], const double to[2]);

#endif
