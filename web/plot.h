/* plot.h: plots as SVG pictures. Time runs to the right in UTC, depth
 * downwards.
 *
 * Everything is given by plain structs and borrowed for the call; nothing is
 * kept. Pure; any thread. Times are UTC milliseconds since 1970. Appends to a
 * struct buffer and fails as it does, out->failed. Plots without data say so
 * within their axes. */
#ifndef EDGE_PLOT_H
#define EDGE_PLOT_H

#include <stddef.h>
#include <stdint.h>

#include "map_frame.h"
#include "svg.h"

#define PLOT_LEAST_PX 200
#define PLOT_MOST_PX 4000

struct plot {
	int width, height;       /* pixels, kept between the two bounds */
	int64_t from_ms, to_ms;  /* what the time axis shows; both 0: as far as
	                            the data go */
	const char *title;       /* accessible name; any text */
	const char *description; /* any text; NULL: none */
};

/* ---- a mission ---- */

struct plot_dive {
	int64_t time_ms; /* INT64_MIN: missing, left out */
	double depth_m;  /* deepest point, metres; NaN: missing, left out */
};

/* The depth of every dive: a bar each while there is room, else a band from
 * the surface that is dark down to the shallowest and light down to the
 * deepest dive of each column. Silence stays empty. Any order of time. */
void plot_depth(const struct plot *plot, const struct plot_dive *dives,
    size_t length, struct buffer *out);

struct plot_fix {
	int64_t time_ms; /* INT64_MIN: missing, left out */
	struct map_point at;
};

/* Distance made good: along the great circle from the first fix. Any order of
 * time. */
void plot_distance(const struct plot *plot, const struct plot_fix *fixes,
    size_t length, struct buffer *out);

/* Along the great circle, metres, on a sphere of 6371 km. */
double plot_great_circle_m(struct map_point from, struct map_point to);

/* ---- the fleet ---- */

enum plot_kind { PLOT_GLIDER, PLOT_SAILBUOY, PLOT_KINDS };

struct plot_sailing {
	int64_t start_ms, end_ms;
	bool live;         /* at sea now: a dot follows */
	const char *label; /* "M33", shown when there is room in a plot of few
	                      rows; any text or NULL */
};

struct plot_row {
	const char *label; /* "SEA063"; any text */
	const char *note;  /* "Skag", behind it in the soft ink; any text or
	                      NULL */
	enum plot_kind kind;
	const struct plot_sailing *sailings; /* any order */
	size_t length;
};

#define PLOT_MOST_ROWS 600 /* further rows are counted in a last line */

/* When each platform was at sea, a row each, from top to bottom. The height
 * follows from the rows: plot->height is not used. */
void plot_gantt(const struct plot *plot, const struct plot_row *rows,
    size_t length, struct buffer *out);
/* Pixels. */
int plot_gantt_height(size_t rows);

struct plot_week {
	int platforms[PLOT_KINDS]; /* at sea in it */
};

/* Platforms at sea in each week from `first_ms` on, one kind on the other. */
void plot_coverage(const struct plot *plot, int64_t first_ms,
    const struct plot_week *weeks, size_t length, struct buffer *out);

#endif
