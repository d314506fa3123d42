/* Tracks: thin ones merged into one path a colour, bold ones each over a halo
 * in the colour of the sea. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "map_parts.h"
#include "polyline.h"

#define THIN_PX 0.15
#define BOLD_TOLERANCE_PX 0.25
#define FINE_TOLERANCE_PX 0.4
/* Where thin tracks of one colour lie on each other only one is drawn. The
 * grid that knows has these cells; coarser ones when there is much. */
#define CELL_PX 1.2
#define COARSE_CELL_PX 2.4
#define MUCH_POINTS 30000
#define LINE_BYTES_PER_POINT 7 /* of an encoded polyline, about */
#define MOST_THIN_BYTES ((size_t)1200000) /* of path data, all colours */

/* The points of a track, whichever way they are given. */
struct walk {
	struct polyline line;
	const struct map_point *at, *end;
	bool encoded;
};

static void
walk_begin(struct walk *walk, const struct map_track *track)
{
	walk->encoded = track->line != NULL;
	polyline_begin(&walk->line, track->line);
	walk->at = track->points;
	walk->end = track->points;
	if (!walk->encoded && track->points != NULL)
		walk->end += track->length;
}

static bool
walk_next(struct walk *walk, double *lon, double *lat)
{
	if (walk->encoded)
		return polyline_next(&walk->line, lon, lat);
	for (; walk->at != walk->end; walk->at++) {
		if (!(fabs(walk->at->lon) <= 360 && fabs(walk->at->lat) <= 90))
			continue;
		*lon = walk->at->lon;
		*lat = walk->at->lat;
		walk->at++;
		return true;
	}
	return false;
}

/* Reads a track into c->spare in degrees, without jumps at the antimeridian.
 * Returns the longitudes it covers. */
static struct map_box
read_track(struct canvas *c, const struct map_track *track)
{
	struct map_box box = { INFINITY, INFINITY, -INFINITY, -INFINITY };
	double lon, lat, before = 0;
	struct walk walk;

	map_line_clear(&c->spare);
	walk_begin(&walk, track);
	while (walk_next(&walk, &lon, &lat)) {
		if (c->spare.length == 0)
			lon = map_frame_turn(&c->frame, lon);
		else
			lon -= 360 * floor((lon - before + 180) / 360);
		before = lon;
		box.west = fmin(box.west, lon);
		box.east = fmax(box.east, lon);
		box.south = fmin(box.south, lat);
		box.north = fmax(box.north, lat);
		map_line_add(&c->spare, lon, lat, false);
	}
	return box;
}

/* Projects c->spare, turned, into c->line. */
static void
project(struct canvas *c, double turn)
{
	double x, y;
	size_t i;

	map_line_clear(&c->line);
	for (i = 0; i < c->spare.length; i++) {
		map_frame_xy(&c->frame, c->spare.at[i].x + turn,
		    c->spare.at[i].y, &x, &y);
		map_line_thin(&c->line, x, y, false, THIN_PX);
	}
}

/* The first turn at which the box reaches into the frame from the west; more
 * follow at 360 degrees each while its west is left of the frame's east. */
static double
first_turn(const struct canvas *c, const struct map_box *box)
{
	return 360 * ceil((c->frame.seen.west - box->east) / 360);
}

static bool
is_outside(const struct canvas *c, const struct map_box *box)
{
	return !(box->south <= c->frame.seen.north &&
	    box->north >= c->frame.seen.south);
}

static void
ink_line(struct canvas *c, enum map_ink ink)
{
	size_t i;

	for (i = 1; i < c->line.length; i++)
		map_labels_ink(&c->labels, c->line.at[i - 1].x,
		    c->line.at[i - 1].y, c->line.at[i].x, c->line.at[i].y,
		    ink);
}

/* ---- thin tracks ---- */

/* Which cells are drawn in, by this colour or one that lies above it. */
struct grid {
	unsigned char *cells; /* owned */
	size_t columns;
	struct map_rect frame;
	double cell;          /* pixels */
};

static bool
grid_open(struct grid *grid, const struct canvas *c)
{
	size_t i, points = 0, rows;

	for (i = 0; i < c->map->tracks_length; i++) {
		const struct map_track *t = &c->map->tracks[i];

		points += t->line == NULL ? t->length :
		    strlen(t->line) / LINE_BYTES_PER_POINT;
	}
	grid->cell = points > MUCH_POINTS ? COARSE_CELL_PX : CELL_PX;
	grid->columns = (size_t)ceil(c->frame.width / grid->cell);
	rows = (size_t)ceil(c->frame.height / grid->cell);
	grid->frame = (struct map_rect){ 0, 0, c->frame.width - .01,
		c->frame.height - .01 };
	grid->cells = calloc(rows, grid->columns);
	return grid->cells != NULL;
}

/* Draws a step into the grid; false when it adds nothing new. */
static bool
grid_step(struct grid *grid, double from[2], double to[2])
{
	double steps = ceil(fmax(fabs(to[0] - from[0]),
	    fabs(to[1] - from[1])) / grid->cell), i;
	bool added = false;
	size_t cell;

	for (i = 0; i <= steps; i++) {
		double t = steps > 0 ? i / steps : 0;

		cell = (size_t)((from[1] + t * (to[1] - from[1])) /
		    grid->cell) * grid->columns +
		    (size_t)((from[0] + t * (to[0] - from[0])) / grid->cell);
		added = added || grid->cells[cell] == 0;
		grid->cells[cell] = 1;
	}
	return added;
}

/* Appends what c->line adds to the picture. */
static void
add_thin(struct canvas *c, struct grid *grid, struct svg_path *path)
{
	struct map_rect r = map_line_rect(&c->line);
	double last[2] = { 0, 0 };
	bool down = false;
	size_t i;

	map_line_simplify(&c->line, FINE_TOLERANCE_PX);
	if (c->line.length == 0)
		return;
	if (c->line.length == 1 || (r.right - r.left < 1 &&
	    r.bottom - r.top < 1)) {
		double at[2] = { c->line.at[0].x, c->line.at[0].y };
		double to[2] = { at[0], at[1] };

		if (map_clip_step(at, to, &grid->frame) &&
		    grid_step(grid, at, to))
			svg_point(path, at[0], at[1]);
		return;
	}
	for (i = 1; i < c->line.length; i++) {
		double from[2] = { c->line.at[i - 1].x, c->line.at[i - 1].y };
		double to[2] = { c->line.at[i].x, c->line.at[i].y };

		if (!map_clip_step(from, to, &grid->frame) ||
		    !grid_step(grid, from, to)) {
			down = false;
			continue;
		}
		if (!down || from[0] != last[0] || from[1] != last[1])
			svg_move(path, from[0], from[1]);
		svg_line(path, to[0], to[1]);
		last[0] = to[0];
		last[1] = to[1];
		down = true;
	}
	ink_line(c, MAP_INK_PAST);
}

static int
valid_colour(int colour)
{
	return colour >= 0 && colour < MAP_COLOURS ? colour : MAP_GREY;
}

static void
add_colour(struct canvas *c, struct grid *grid, int colour, size_t most,
    struct buffer *data)
{
	struct svg_path path;
	struct map_box box;
	double turn;
	size_t i;

	svg_path_begin(&path, data);
	for (i = 0; i < c->map->tracks_length && data->length < most; i++) {
		const struct map_track *track = &c->map->tracks[i];

		if (track->live || valid_colour(track->colour) != colour)
			continue;
		box = read_track(c, track);
		if (c->spare.length == 0 || is_outside(c, &box))
			continue;
		for (turn = first_turn(c, &box); box.west + turn <=
		    c->frame.seen.east; turn += 360) {
			project(c, turn);
			add_thin(c, grid, &path);
		}
	}
}

static void
put_thin(struct canvas *c, int colour, const struct buffer *data)
{
	c->out->failed = c->out->failed || data->failed;
	if (data->length == 0)
		return;
	buffer_printf(c->out, "<path class=\"thin%s\" d=\"",
	    canvas_colour(colour));
	buffer_add(c->out, data->bytes, data->length);
	buffer_add_text(c->out, "\"/>\n");
}

/* From the uppermost colour down, so that what it hides is left out; written
 * from the lowest up. */
void
canvas_thin_tracks(struct canvas *c)
{
	struct buffer data[MAP_COLOURS] = { { 0 } };
	bool used[MAP_COLOURS] = { false };
	struct grid grid;
	size_t i, left = MOST_THIN_BYTES;
	int colour;

	for (i = 0; i < c->map->tracks_length; i++)
		if (!c->map->tracks[i].live)
			used[valid_colour(c->map->tracks[i].colour)] = true;
	if (!grid_open(&grid, c)) {
		c->out->failed = true;
		return;
	}
	for (colour = MAP_COLOURS - 1; colour >= 0; colour--) {
		if (used[colour])
			add_colour(c, &grid, colour, left, &data[colour]);
		left -= data[colour].length < left ? data[colour].length :
		    left;
	}
	buffer_add_text(c->out, SVG_TENTHS);
	for (colour = 0; colour < MAP_COLOURS; colour++) {
		put_thin(c, colour, &data[colour]);
		buffer_free(&data[colour]);
	}
	buffer_add_text(c->out, "</g>\n");
	free(grid.cells);
}

/* ---- bold tracks ---- */

static void
put_bold(struct canvas *c, const struct map_track *track,
    const struct buffer *data)
{
	buffer_printf(c->out, "<g class=\"bold%s\">",
	    canvas_colour(valid_colour(track->colour)));
	if (track->name != NULL) {
		buffer_add_text(c->out, "<title>");
		svg_text(c->out, track->name);
		buffer_add_text(c->out, "</title>");
	}
	/* The same twice: compression sees through it. */
	buffer_add_text(c->out, "<path class=\"halo\" d=\"");
	buffer_add(c->out, data->bytes, data->length);
	buffer_add_text(c->out, "\"/><path class=\"line\" d=\"");
	buffer_add(c->out, data->bytes, data->length);
	buffer_add_text(c->out, "\"/></g>\n");
}

void
canvas_bold_tracks(struct canvas *c)
{
	struct buffer data = { 0 };
	struct svg_path path;
	struct map_box box;
	double turn;
	size_t i;

	buffer_add_text(c->out, SVG_TENTHS);
	for (i = 0; i < c->map->tracks_length; i++) {
		const struct map_track *track = &c->map->tracks[i];

		if (!track->live)
			continue;
		box = read_track(c, track);
		if (c->spare.length == 0 || is_outside(c, &box))
			continue;
		buffer_clear(&data);
		svg_path_begin(&path, &data);
		for (turn = first_turn(c, &box); box.west + turn <=
		    c->frame.seen.east; turn += 360) {
			project(c, turn);
			map_line_simplify(&c->line, BOLD_TOLERANCE_PX);
			map_line_put(&c->line, &c->clip, &path);
			ink_line(c, MAP_INK_LIVE);
		}
		c->out->failed = c->out->failed || data.failed;
		if (data.length > 0)
			put_bold(c, track, &data);
	}
	buffer_add_text(c->out, "</g>\n");
	buffer_free(&data);
}
