/* map_frame.h: which part of the globe a picture shows and where a position
 * falls in it. Degrees are WGS 84; pixels count right and down from the upper
 * left corner. Pure; any thread. */
#ifndef EDGE_MAP_FRAME_H
#define EDGE_MAP_FRAME_H

#include <stdbool.h>
#include <stddef.h>

struct map_point {
	double lon, lat;
};

/* west in [-180, 180); east > 180 when the box crosses the antimeridian. */
struct map_box {
	double west, south, east, north;
};

/* The Baltic, the Danish straits, the Skagerrak: for a map without tracks. */
extern const struct map_box map_box_baltic;

/* Gathers positions, to find the box around them. */
struct map_extent {
	double low[360], high[360]; /* longitudes met in each degree */
	double south, north;
	size_t points;
};

void map_extent_begin(struct map_extent *extent);
/* What is no position on the globe is left out. */
void map_extent_point(struct map_extent *extent, struct map_point point);
/* The points of an encoded polyline; NULL has none. */
void map_extent_line(struct map_extent *extent, const char *line);
void map_extent_box(struct map_extent *extent, const struct map_box *box);
/* The smallest box around everything added, across the antimeridian where
 * that is the shorter way, and at least `least_km` wide and high. False when
 * nothing was added; then *box is map_box_baltic. */
bool map_extent_find(const struct map_extent *extent, double least_km,
    struct map_box *box);

enum map_projection {
	MAP_MERCATOR, /* conformal, as the tiles of web maps */
	MAP_PLATE     /* degrees as they are, true to scale in the middle: for
	                 the whole world and the poles */
};

#define MAP_LEAST_PX 64
#define MAP_MOST_PX 4000

struct map_frame {
	int width, height; /* pixels */
	enum map_projection projection;
	double scale;      /* pixels per degree of longitude */
	double stretch;    /* of latitude against longitude: MAP_PLATE */
	double west;       /* longitude of the left edge */
	double top;        /* of the upper edge: projected latitude, degrees */
	struct map_box seen; /* what the frame shows: at least the box */
};

/* Fits a box into a frame, with a margin around it. Sizes are kept between
 * MAP_LEAST_PX and MAP_MOST_PX. A box that makes no sense becomes the
 * world. */
void map_frame_fit(struct map_frame *frame, const struct map_box *box,
    int width, int height);
/* The height that fits the box at a width, kept between two bounds: a frame
 * that wastes no room. */
int map_frame_height(const struct map_box *box, int width, int least,
    int most);

void map_frame_xy(const struct map_frame *frame, double lon, double lat,
    double *x, double *y);
struct map_point map_frame_at(const struct map_frame *frame, double x,
    double y);
/* The longitude plus the turns of 360 degrees that bring it nearest to the
 * middle of the frame. */
double map_frame_turn(const struct map_frame *frame, double lon);
/* Pixels per kilometre, eastward, at a latitude. */
double map_frame_km(const struct map_frame *frame, double lat);

/* The step of a graticule, in degrees, whose lines are at least `least_px`
 * apart; `px` is what one degree measures. */
double map_step(double px, double least_px);

#endif
