/* Plots of one mission: how deep each dive went, how far the platform got. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "format.h"
#include "map_line.h"
#include "plot_parts.h"

#define BAR_LEAST_PX 3.0   /* narrower ones become a band */
#define BAR_MOST_PX 6.0
#define GAP_COLUMNS 3      /* silence this long is seen as a gap, … */
#define GAP_INTERVALS 8    /* … and when it is this many dives long */
#define LABEL_PX 26.0      /* beyond the deepest dive, for its label */
#define NARROW_PX 480.0    /* less room than the whole title needs */
#define EARTH_M 6371000.0
#define RADIANS (3.14159265358979323846 / 180)

/* What the dives of one column of pixels did. */
struct column {
	double least, most; /* metres; most < 0: none */
};

static bool
is_dive(const struct plot_dive *dive)
{
	return dive->time_ms != PLOT_NO_TIME && dive->depth_m >= 0 &&
	    dive->depth_m < 12000;
}

/* Sets the times and the depths of the axes; the deepest dive, NULL without
 * any. */
static const struct plot_dive *
fit_dives(const struct plot *plot, const struct plot_dive *dives,
    size_t length, struct plot_area *area, size_t *shown)
{
	const struct plot_dive *deepest = NULL;
	int64_t first = INT64_MAX, last = INT64_MIN;
	size_t i;

	*shown = 0;
	for (i = 0; i < length; i++) {
		if (!is_dive(&dives[i]))
			continue;
		first = dives[i].time_ms < first ? dives[i].time_ms : first;
		last = dives[i].time_ms > last ? dives[i].time_ms : last;
		(*shown)++;
		if (deepest == NULL || dives[i].depth_m > deepest->depth_m)
			deepest = &dives[i];
	}
	if (deepest == NULL)
		first = last = 0;
	plot_set_times(plot, first, last, area);
	area->low = deepest != NULL && deepest->depth_m > 0 ?
	    deepest->depth_m / (1 - LABEL_PX / (area->bottom - area->top)) :
	    10;
	area->high = 0;
	return deepest;
}

static void
put_bars(const struct plot_area *area, const struct plot_dive *dives,
    size_t length, size_t shown)
{
	double wide = fmin(BAR_MOST_PX, 0.6 * (area->right - area->left) /
	    (double)shown);
	struct svg_path path;
	size_t i;

	buffer_add_text(area->out, SVG_TENTHS "<path class=\"dives\" "
	    "stroke-width=\"");
	svg_number(area->out, 10 * wide);
	buffer_add_text(area->out, "\" d=\"");
	svg_path_begin(&path, area->out);
	for (i = 0; i < length; i++) {
		double x = plot_x(area, dives[i].time_ms);

		if (!is_dive(&dives[i]) || x < area->left || x > area->right)
			continue;
		svg_move(&path, x, area->top);
		svg_line(&path, x, plot_y(area, dives[i].depth_m));
	}
	buffer_add_text(area->out, "\"/></g>\n");
}

static void
fill_columns(const struct plot_area *area, const struct plot_dive *dives,
    size_t length, struct column *columns, size_t columns_length)
{
	double wide = (area->right - area->left) / (double)columns_length;
	size_t i;

	for (i = 0; i < columns_length; i++)
		columns[i] = (struct column){ INFINITY, -1 };
	for (i = 0; i < length; i++) {
		double x = (plot_x(area, dives[i].time_ms) - area->left) /
		    wide;
		struct column *c;

		if (!is_dive(&dives[i]) || !(x >= 0) ||
		    x > (double)columns_length)
			continue;
		c = &columns[x < (double)columns_length ? (size_t)x :
		    columns_length - 1];
		c->least = fmin(c->least, dives[i].depth_m);
		c->most = fmax(c->most, dives[i].depth_m);
	}
}

/* The silence, in columns, that is longer than one between two dives. */
static size_t
gap_columns(const struct column *columns, size_t length, size_t shown)
{
	size_t i, busy = 0, gap;

	for (i = 0; i < length; i++)
		busy += columns[i].most >= 0;
	gap = GAP_INTERVALS * busy / (shown > 0 ? shown : 1);
	return gap > GAP_COLUMNS ? gap : GAP_COLUMNS;
}

/* A band from the surface to the least or the most of each column. */
static void
put_band(const struct plot_area *area, const struct column *columns,
    size_t length, size_t gap, bool deepest)
{
	double wide = (area->right - area->left) / (double)length;
	size_t i, before = 0;
	struct svg_path path;
	bool open = false;
	double x, y;

	buffer_printf(area->out, "<path class=\"%s\" d=\"",
	    deepest ? "deep" : "every");
	svg_path_begin(&path, area->out);
	for (i = 0; i < length; i++) {
		if (columns[i].most < 0)
			continue;
		x = area->left + wide * (double)i;
		y = plot_y(area, deepest ? columns[i].most :
		    columns[i].least);
		if (open && i - before > gap) {
			svg_line(&path, area->left + wide *
			    (double)(before + 1), area->top);
			svg_close(&path);
			open = false;
		}
		if (!open) {
			svg_move(&path, x, area->top);
			svg_line(&path, x, y);
		}
		svg_line(&path, x + wide, y);
		open = true;
		before = i;
	}
	if (open) {
		svg_line(&path, area->left + wide * (double)(before + 1),
		    area->top);
		svg_close(&path);
	}
	buffer_add_text(area->out, "\"/>\n");
}

static void
put_dives(const struct plot_area *area, const struct plot_dive *dives,
    size_t length, size_t shown)
{
	double wide = area->right - area->left;
	double column_px = fmax(1, 2 * wide / (double)shown);
	size_t columns_length = (size_t)fmax(1, floor(wide / column_px)), gap;
	struct column *columns;

	if ((double)shown * BAR_LEAST_PX <= wide) {
		put_bars(area, dives, length, shown);
		return;
	}
	columns = malloc(columns_length * sizeof *columns);
	if (columns == NULL) {
		area->out->failed = true;
		return;
	}
	fill_columns(area, dives, length, columns, columns_length);
	gap = gap_columns(columns, columns_length, shown);
	buffer_add_text(area->out, SVG_TENTHS);
	put_band(area, columns, columns_length, gap, true);
	put_band(area, columns, columns_length, gap, false);
	buffer_add_text(area->out, "</g>\n");
	free(columns);
}

/* "deepest 224 m, 12 Oct 2025" */
static void
label_deepest(const struct plot_area *area, const struct plot_dive *deepest)
{
	struct buffer text = { 0 };
	double x = plot_x(area, deepest->time_ms);

	if (x < area->left || x > area->right)
		return;
	buffer_printf(&text, "deepest %.*f m, ",
	    deepest->depth_m < 10 ? 1 : 0, deepest->depth_m);
	format_date(deepest->time_ms, &text);
	plot_point_label(area, x, plot_y(area, deepest->depth_m), true,
	    buffer_text(&text));
	area->out->failed = area->out->failed || text.failed;
	buffer_free(&text);
}

void
plot_depth(const struct plot *plot, const struct plot_dive *dives,
    size_t length, struct buffer *out)
{
	const struct plot_dive *deepest;
	struct plot_area area;
	int height = plot->height < PLOT_LEAST_PX ? PLOT_LEAST_PX :
	    plot->height > PLOT_MOST_PX ? PLOT_MOST_PX : plot->height;
	size_t shown;

	plot_open(plot, height, &area, out);
	deepest = fit_dives(plot, dives, length, &area, &shown);
	plot_text(out, "strong", 8, 17, "Depth of each dive, m");
	plot_value_axis(&area, plot_step(area.low, 5, false));
	if (deepest != NULL)
		put_dives(&area, dives, length, shown);
	plot_time_axis(&area, false);
	if (deepest != NULL)
		label_deepest(&area, deepest);
	else
		plot_empty(&area, "No dives with a depth");
	svg_end(out);
}

/* ---- distance made good ---- */

double
plot_great_circle_m(struct map_point from, struct map_point to)
{
	double lat = sin((to.lat - from.lat) * RADIANS / 2);
	double lon = sin((to.lon - from.lon) * RADIANS / 2);
	double h = lat * lat + cos(from.lat * RADIANS) *
	    cos(to.lat * RADIANS) * lon * lon;

	return 2 * EARTH_M * asin(sqrt(fmin(1, fmax(0, h))));
}

struct way {
	int64_t time_ms;
	struct map_point at;
	double km;
};

static int
by_time(const void *a, const void *b)
{
	const struct way *x = a, *y = b;

	return (x->time_ms > y->time_ms) - (x->time_ms < y->time_ms);
}

/* The usable fixes in order of time, with their distances; owned by the
 * caller. NULL without memory. */
static struct way *
make_way(const struct plot_fix *fixes, size_t length, size_t *kept)
{
	struct way *way = calloc(length + 1, sizeof *way);
	size_t i;

	*kept = 0;
	for (i = 0; way != NULL && i < length; i++)
		if (fixes[i].time_ms != PLOT_NO_TIME &&
		    fabs(fixes[i].at.lon) <= 360 &&
		    fabs(fixes[i].at.lat) <= 90)
			way[(*kept)++] = (struct way){ fixes[i].time_ms,
				fixes[i].at, 0 };
	if (*kept == 0)
		return way;
	qsort(way, *kept, sizeof *way, by_time);
	for (i = 0; i < *kept; i++)
		way[i].km = plot_great_circle_m(way[0].at, way[i].at) / 1000;
	return way;
}

/* The curve and what lies under it. */
static void
put_way(const struct plot_area *area, const struct way *way, size_t length)
{
	struct map_rect clip = { area->left, area->top - 1, area->right,
		area->bottom + 1 };
	struct map_line line = { 0 }, spare = { 0 };
	struct svg_path path;
	size_t i;

	for (i = 0; i < length; i++)
		map_line_thin(&line, plot_x(area, way[i].time_ms),
		    plot_y(area, way[i].km), false, 0.15);
	map_line_simplify(&line, 0.25);
	buffer_add_text(area->out, SVG_TENTHS "<path class=\"curve\" d=\"");
	svg_path_begin(&path, area->out);
	map_line_put(&line, &clip, &path);
	buffer_add_text(area->out, "\"/>");
	if (line.length > 1) {
		map_line_add(&line, line.at[line.length - 1].x, area->bottom,
		    false);
		map_line_add(&line, line.at[0].x, area->bottom, false);
		map_line_clip_ring(&line, &spare, &clip);
		buffer_add_text(area->out, "<path class=\"under\" d=\"");
		svg_path_begin(&path, area->out);
		map_line_put_ring(&line, &path);
		buffer_add_text(area->out, "\"/>");
	}
	buffer_add_text(area->out, "</g>\n");
	area->out->failed = area->out->failed || line.failed;
	map_line_free(&line);
	map_line_free(&spare);
}

/* Above its point, or below where the curve comes down to it. */
static void
label_way(const struct plot_area *area, const struct way *way, bool below,
    const char *what)
{
	double x = plot_x(area, way->time_ms);
	char text[64];

	(void)snprintf(text, sizeof text, "%s %.*f km", what,
	    way->km < 10 ? 1 : 0, way->km);
	if (x >= area->left - .1 && x <= area->right + .1)
		plot_point_label(area, x, plot_y(area, way->km), below, text);
}

/* Whether the curve was higher one label's width before its end. */
static bool
comes_down(const struct plot_area *area, const struct way *way, size_t length)
{
	double end = plot_x(area, way[length - 1].time_ms), most = 0;
	size_t i;

	for (i = length; i-- > 0 && end - plot_x(area, way[i].time_ms) < 70;)
		most = fmax(most, way[i].km);
	return plot_y(area, most) < plot_y(area, way[length - 1].km) - 6;
}

void
plot_distance(const struct plot *plot, const struct plot_fix *fixes,
    size_t length, struct buffer *out)
{
	struct plot_area area;
	int height = plot->height < PLOT_LEAST_PX ? PLOT_LEAST_PX :
	    plot->height > PLOT_MOST_PX ? PLOT_MOST_PX : plot->height;
	size_t kept, i, far = 0;
	struct way *way = make_way(fixes, length, &kept);

	out->failed = out->failed || way == NULL;
	plot_open(plot, height, &area, out);
	for (i = 1; i < kept; i++)
		if (way[i].km >= way[far].km)
			far = i;
	plot_set_times(plot, kept > 0 ? way[0].time_ms : 0,
	    kept > 0 ? way[kept - 1].time_ms : 0, &area);
	area.high = kept > 0 && way[far].km > 0 ? way[far].km * 1.15 : 1;
	plot_text(out, "strong", 8, 17, area.right < NARROW_PX ?
	    "Great circle from the first fix, km" : "Distance made good, km "
	    "(great circle from the first fix)");
	plot_value_axis(&area, plot_step(area.high, 5, false));
	if (kept > 0)
		put_way(&area, way, kept);
	plot_time_axis(&area, false);
	if (kept == 0) {
		plot_empty(&area, "No positions");
	} else {
		double apart = fabs(plot_x(&area, way[far].time_ms) -
		    plot_x(&area, way[kept - 1].time_ms));

		/* Two labels where there is room for two. */
		if (far + 1 < kept && apart > 190)
			label_way(&area, &way[kept - 1],
			    comes_down(&area, way, kept), "last");
		label_way(&area, &way[far], false, far + 1 < kept ?
		    "farthest" : "last");
	}
	svg_end(out);
	free(way);
}
