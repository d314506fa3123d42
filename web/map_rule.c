/* What measures the map: graticule, degrees at its edges, scale bar, legend. */
#include <math.h>
#include <stdio.h>

#include "map_parts.h"

#define GRID_LEAST_PX 90.0
#define DEGREE_SIZE_PX 11.0
#define BAR_SIZE_PX 12.0
#define BAR_MOST_PX 150.0
#define INSET_PX 14.0     /* of bar and legend from the edges */
#define KEY_LINE_PX 17.0
#define KEY_MARK_PX 22.0
#define KEY_CHARACTERS 24

static double
lon_step(const struct canvas *c)
{
	return map_step(c->frame.scale, GRID_LEAST_PX);
}

static double
lat_step(const struct canvas *c)
{
	const struct map_box *seen = &c->frame.seen;

	return map_step(c->frame.height / (seen->north - seen->south),
	    GRID_LEAST_PX);
}

/* Lines beyond the poles are none. */
static bool
next_parallel(const struct canvas *c, double step, double *line, double *y)
{
	double x, lat = (*line += 1) * step;

	map_frame_xy(&c->frame, 0, lat, &x, y);
	return lat <= c->frame.seen.north && lat < 89.9;
}

/* The number of the last line before a latitude or longitude. */
static double
line_before(double degrees, double step)
{
	return ceil(fmax(-720, degrees) / step) - 1;
}

void
canvas_graticule(struct canvas *c)
{
	double step = lat_step(c), x, y;
	double line = line_before(fmax(c->frame.seen.south, -89), step);
	struct svg_path path;

	buffer_add_text(c->out, SVG_TENTHS "<path class=\"grid\" d=\"");
	svg_path_begin(&path, c->out);
	while (next_parallel(c, step, &line, &y)) {
		svg_move(&path, 0, y);
		svg_line(&path, c->frame.width, y);
	}
	step = lon_step(c);
	for (line = line_before(c->frame.seen.west, step) + 1;
	    line * step <= c->frame.seen.east; line++) {
		map_frame_xy(&c->frame, line * step, 0, &x, &y);
		svg_move(&path, x, 0);
		svg_line(&path, x, c->frame.height);
	}
	buffer_add_text(c->out, "\"/></g>\n");
}

/* "58°N", "58°30′N", "0°" */
static void
degree_text(double degrees, const char *sides, char text[32])
{
	long minutes = lround(fabs(degrees) * 60);
	int used = snprintf(text, 32, "%ld\xc2\xb0", minutes / 60);

	if (minutes % 60 != 0)
		used += snprintf(text + used, 32 - (size_t)used,
		    "%ld\xe2\x80\xb2", minutes % 60);
	if (minutes != 0 && minutes != 180 * 60)
		(void)snprintf(text + used, 32 - (size_t)used, "%c",
		    degrees < 0 ? sides[1] : sides[0]);
}

/* Writes it where there is room, off bold tracks. */
static void
put_degree(struct canvas *c, double left, double baseline, const char *text)
{
	struct map_rect r = { left, baseline - 9, left +
		svg_text_width(text, DEGREE_SIZE_PX, false), baseline + 2 };

	if (!map_labels_is_free(&c->labels, &r) ||
	    map_labels_share(&c->labels, &r, MAP_INK_LIVE) > 0)
		return;
	map_labels_take(&c->labels, &r);
	canvas_text(c, "deg", left, baseline, text);
}

void
canvas_degrees(struct canvas *c)
{
	double step = lat_step(c), x, y, lon;
	double line = line_before(fmax(c->frame.seen.south, -89), step);
	char text[32];

	while (next_parallel(c, step, &line, &y)) {
		degree_text(line * step, "NS", text);
		put_degree(c, 6, y - 4, text);
	}
	step = lon_step(c);
	for (line = line_before(c->frame.seen.west, step) + 1;
	    line * step <= c->frame.seen.east; line++) {
		map_frame_xy(&c->frame, line * step, 0, &x, &y);
		lon = line * step;
		lon -= 360 * ceil((lon - 180) / 360);
		degree_text(lon, "EW", text);
		put_degree(c, x + 4, c->frame.height - 7, text);
	}
}

/* ---- in the corners ---- */

/* The corner with the least beneath it: lower right, lower left, upper right,
 * upper left when they are alike. */
static struct map_rect
find_corner(const struct canvas *c, double width, double height)
{
	static const bool right[] = { true, false, true, false };
	static const bool lower[] = { true, true, false, false };
	struct map_rect best = { 0, 0, 0, 0 };
	double cost, least = INFINITY;
	int i;

	for (i = 0; i < 4; i++) {
		/* Degrees stand along the left and the lower edge. */
		double left = right[i] ? c->frame.width - INSET_PX - width :
		    INSET_PX + 30;
		double top = lower[i] ? c->frame.height - INSET_PX - 10 -
		    height : INSET_PX;
		struct map_rect r = { left, top, left + width, top + height };

		cost = 0.05 * i + 2 * map_labels_share(&c->labels, &r,
		    MAP_INK_LIVE) + 0.5 * map_labels_share(&c->labels, &r,
		    MAP_INK_PAST) + (map_labels_is_free(&c->labels, &r) ?
		    0 : 10);
		if (cost < least) {
			least = cost;
			best = r;
		}
	}
	return best;
}

/* The longest of 1, 2, 5, 10 … km that fits. */
static double
bar_km(double px_per_km, double most_px)
{
	static const double steps[] = { 5, 2, 1 };
	double power;
	int i;

	for (power = 1000; power > 0.001; power /= 10)
		for (i = 0; i < 3; i++)
			if (steps[i] * power * px_per_km <= most_px)
				return steps[i] * power;
	return 0.01;
}

/* "100 km"; where the scale is another at each latitude, for which one. */
static void
bar_text(double km, bool varies, double lat, char text[48])
{
	int used;

	if (km >= 1000)
		used = snprintf(text, 48, "%.0f,000 km", km / 1000);
	else if (km >= 1)
		used = snprintf(text, 48, "%.0f km", km);
	else
		used = snprintf(text, 48, "%.0f m", km * 1000);
	if (varies)
		(void)snprintf(text + used, 48 - (size_t)used,
		    " at %.0f\xc2\xb0%s", fabs(lat), lat < 0 ? "S" :
		    lat > 0 ? "N" : "");
}

void
canvas_scale_bar(struct canvas *c)
{
	const struct map_box *seen = &c->frame.seen;
	double north = map_frame_km(&c->frame, seen->north);
	double south = map_frame_km(&c->frame, seen->south);
	bool varies = fmax(north, south) > 1.15 * fmin(north, south);
	double lat = map_frame_at(&c->frame, 0, c->frame.height / 2.0).lat;
	struct map_rect r;
	double km, px, wide, middle;
	char text[48];

	if (varies)
		lat = round(lat);
	px = map_frame_km(&c->frame, lat);
	km = bar_km(px, fmin(BAR_MOST_PX, c->frame.width / 3.0));
	px *= km;
	bar_text(km, varies, lat, text);
	wide = fmax(px, svg_text_width(text, BAR_SIZE_PX, false));
	r = find_corner(c, wide, 24);
	map_labels_take(&c->labels, &r);
	middle = (r.left + r.right) / 2;
	canvas_text(c, "bar", middle, r.top + 11, text);
	buffer_add_text(c->out, "<path class=\"rule\" d=\"M");
	svg_number(c->out, middle - px / 2);
	buffer_add_char(c->out, ' ');
	svg_number(c->out, r.top + 16);
	buffer_add_text(c->out, "v6h");
	svg_number(c->out, px);
	buffer_add_text(c->out, "v-6\"/>\n");
}

void
canvas_keys(struct canvas *c)
{
	size_t i, length = c->map->keys_length;
	size_t room = (size_t)((c->frame.height - 2 * INSET_PX) / KEY_LINE_PX);
	double wide = 0;
	struct map_rect r;

	length = length > MAP_MOST_KEYS ? MAP_MOST_KEYS : length;
	length = length > room ? room : length;
	if (length == 0)
		return;
	for (i = 0; i < length; i++)
		wide = fmax(wide, svg_text_width(c->map->keys[i].text,
		    BAR_SIZE_PX, false));
	wide = KEY_MARK_PX + fmin(wide, KEY_CHARACTERS * BAR_SIZE_PX) + 16;
	r = find_corner(c, wide, KEY_LINE_PX * (double)length + 10);
	map_labels_take(&c->labels, &r);
	buffer_add_text(c->out, "<rect class=\"panel\" rx=\"2\" x=\"");
	svg_number(c->out, r.left);
	buffer_add_text(c->out, "\" y=\"");
	svg_number(c->out, r.top);
	buffer_add_text(c->out, "\" width=\"");
	svg_number(c->out, wide);
	buffer_add_text(c->out, "\" height=\"");
	svg_number(c->out, r.bottom - r.top);
	buffer_add_text(c->out, "\"/>\n");
	for (i = 0; i < length; i++) {
		double y = r.top + 5 + KEY_LINE_PX * ((double)i + .5);

		buffer_printf(c->out, "<path class=\"key%s\" d=\"M",
		    canvas_colour(c->map->keys[i].colour));
		svg_number(c->out, r.left + 8);
		buffer_add_char(c->out, ' ');
		svg_number(c->out, y);
		buffer_add_text(c->out, "h16\"/><text class=\"keys\" x=\"");
		svg_number(c->out, r.left + 8 + KEY_MARK_PX);
		buffer_add_text(c->out, "\" y=\"");
		svg_number(c->out, y + 4);
		buffer_add_text(c->out, "\">");
		svg_text_cut(c->out, c->map->keys[i].text, KEY_CHARACTERS);
		buffer_add_text(c->out, "</text>\n");
	}
}
