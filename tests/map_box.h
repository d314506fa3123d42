/* map_box.h: boxes for the tests of maps. */
#ifndef EDGE_MAP_BOX_H
#define EDGE_MAP_BOX_H

#include "check_svg.h"
#include "web/map_frame.h"

/* The box around some points. */
static inline struct map_box
box_of(const struct map_point *points, size_t length, double least_km)
{
	struct map_extent extent;
	struct map_box box;
	size_t i;

	map_extent_begin(&extent);
	for (i = 0; i < length; i++)
		map_extent_point(&extent, points[i]);
	CHECK(map_extent_find(&extent, least_km, &box) == (extent.points > 0));
	return box;
}

/* A box of any place and size. */
static inline struct map_box
random_box(void)
{
	struct map_box box;

	box.west = between(-180, 180);
	box.east = box.west + pow(10, between(-4, 2.55));
	box.south = between(-90, 90);
	box.north = fmin(90, box.south + pow(10, between(-4, 2.2)));
	return box;
}

#endif
