/* map_draw.h: a map as an SVG picture: coast, borders, graticule, names of
 * seas, tracks, last positions with labels, a scale bar.
 *
 * Everything is given by plain structs and borrowed for the call; nothing is
 * kept. Pure; any thread. What does not fit (a track outside the frame, a
 * label without room) is left out; a picture is always whole. */
#ifndef EDGE_MAP_DRAW_H
#define EDGE_MAP_DRAW_H

#include "../schema/basemap.h"
#include "map_frame.h"
#include "svg.h"

/* Colours of a track: grey, a series of look.md, or a step of the ramp. */
enum {
	MAP_GREY = 0,
	MAP_SERIES = 1, /* + 0 … SVG_SERIES - 1 */
	MAP_RAMP = MAP_SERIES + SVG_SERIES, /* + 0 … SVG_RAMP_STEPS - 1 */
	MAP_COLOURS = MAP_RAMP + SVG_RAMP_STEPS
};

/* The colour of the `at`-th of `of` classes in order (years), spread over the
 * ramp from early to late. */
int map_ramp(size_t at, size_t of);

/* A position worth a mark. */
struct map_mark {
	bool shown;
	struct map_point at;
	const char *label; /* any text; NULL: none */
};

struct map_track {
	/* One of the two: an encoded polyline (track_line of the store), or
	 * points in order. Points that are no position are left out. */
	const char *line;
	const struct map_point *points;
	size_t length;         /* of points */

	int colour;            /* see above; others are grey */
	bool live;             /* bold over a halo: at sea now, or what the map
	                          is about; else thin and beneath */
	const char *name;      /* "SEA063 M33", shown on hover where the
	                          picture is opened by itself; any text or
	                          NULL */
	struct map_mark first; /* a ring; of live tracks only */
	struct map_mark last;  /* a dot; of live tracks only */
};

/* A line of the legend. */
struct map_key {
	const char *text; /* any text */
	int colour;
};

#define MAP_NAME_BYTES 61 /* of a sea area's longest name, with a NUL */

/* The outline of a sea area. */
struct map_outline {
	const char *line;          /* an encoded polyline */
	const char *name;          /* any text that fits; NULL: none */
	struct map_point at;       /* where the name should stand */
	double half_lon, half_lat; /* how far it may move, degrees */
	double from;               /* zoom: pixels for 100 km, and more */
};

#define MAP_MOST_MARKS 400  /* dots and rings; the rest have none */
#define MAP_MOST_KEYS 24
#define MAP_LABEL_CHARACTERS 24 /* longer labels are cut */

struct map {
	int width, height;            /* pixels, see map_frame_fit */
	struct map_box box;           /* what must be seen */
	const struct basemap *region; /* fine coast; NULL: none */
	const struct basemap *world;  /* coarse coast; NULL: none */
	const struct map_track *tracks; /* drawn in order; the last lies on
	                                 top and is labelled first */
	size_t tracks_length;
	const struct map_outline *outlines; /* their names go before those of
	                                 map_sea_at */
	size_t outlines_length;
	const struct map_key *keys;   /* legend, from top to bottom */
	size_t keys_length;
	const char *title;            /* accessible name; any text */
	const char *description;      /* any text; NULL: none */
};

/* The names of seas a map may show, the more important first. */
struct map_sea {
	const char *name; /* "|" is where a long one may be broken */
	double lon, lat;  /* degrees */
	double from, to;  /* zoom: pixels for 100 km */
};

/* The at-th of them; false when there are no more. */
bool map_sea_at(size_t at, struct map_sea *sea);

/* Appends the picture. Fails as buffers do, out->failed. */
void map_draw(const struct map *map, struct buffer *out);

#endif
