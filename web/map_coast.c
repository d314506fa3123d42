/* Land, coast and borders from the base maps. The fine map of the region lies
 * over the coarse one of the world where the frame shows both. */
#include <math.h>

#include "map_parts.h"

#define SIMPLE_PX 0.3      /* what a coast may be off */
#define THIN_PX 0.3
#define LEAST_RING_PX 1.3   /* smaller islands are left out */
/* Below this many pixels a degree of longitude, the world map is as good as
 * the fine one. */
#define REGION_LEAST_SCALE 6.0

/* Path data for the four looks: land with its coast; land whose outline is
 * partly no coast, and that coast; borders. */
struct shapes {
	struct buffer land, fill, coast, border;
	struct svg_path land_path, fill_path, coast_path, border_path;
	bool last_filled;  /* the last land went to `fill`, its holes follow */
	bool last_dropped;
};

static void
shapes_begin(struct shapes *s)
{
	*s = (struct shapes){ .last_filled = false };
	svg_path_begin(&s->land_path, &s->land);
	svg_path_begin(&s->fill_path, &s->fill);
	svg_path_begin(&s->coast_path, &s->coast);
	svg_path_begin(&s->border_path, &s->border);
}

static void
put_path(struct buffer *out, const char *class_name, const struct buffer *data)
{
	out->failed = out->failed || data->failed;
	if (data->length == 0)
		return;
	buffer_printf(out, "<path class=\"%s\" d=\"", class_name);
	buffer_add(out, data->bytes, data->length);
	buffer_add_text(out, "\"/>\n");
}

static void
shapes_end(struct shapes *s, struct buffer *out)
{
	buffer_add_text(out, SVG_TENTHS);
	put_path(out, "fill", &s->fill);
	put_path(out, "land", &s->land);
	put_path(out, "coast", &s->coast);
	put_path(out, "border", &s->border);
	buffer_add_text(out, "</g>\n");
	buffer_free(&s->land);
	buffer_free(&s->fill);
	buffer_free(&s->coast);
	buffer_free(&s->border);
}

static bool
meets_frame(const struct canvas *c, const struct basemap_line *line,
    double turn)
{
	const struct map_box *seen = &c->frame.seen;
	double beyond = MAP_BEYOND_PX / c->frame.scale;

	return line->west + turn <= seen->east + beyond &&
	    line->east + turn >= seen->west - beyond &&
	    line->south <= seen->north + beyond &&
	    line->north >= seen->south - beyond;
}

static bool
is_speck(const struct canvas *c, const struct basemap_line *line)
{
	double left, top, right, bottom;

	map_frame_xy(&c->frame, line->west, line->north, &left, &top);
	map_frame_xy(&c->frame, line->east, line->south, &right, &bottom);
	return right - left < LEAST_RING_PX && bottom - top < LEAST_RING_PX;
}

/* Reads the line into c->line. True when a cut may be seen. */
static bool
read_line(struct canvas *c, struct basemap_line *line, double turn)
{
	/* A pixel of latitude is fewer degrees than one of longitude. */
	double near = THIN_PX / c->frame.scale, lon, lat, x, y;
	double last_lon = INFINITY, last_lat = 0, last_x = 0, last_y = 0;
	bool cut_seen = false;

	map_line_clear(&c->line);
	while (basemap_next_point(line, &lon, &lat)) {
		/* Projecting is dear: leave out first what is close. */
		if (!line->cut && fabs(lon - last_lon) < near &&
		    fabs(lat - last_lat) < near / 4)
			continue;
		last_lon = lon;
		last_lat = lat;
		map_frame_xy(&c->frame, lon + turn, lat, &x, &y);
		map_line_thin(&c->line, x, y, line->cut, THIN_PX);
		if (line->cut && !cut_seen) {
			double from[2] = { last_x, last_y }, to[2] = { x, y };

			cut_seen = map_clip_step(from, to, &c->clip);
		}
		last_x = x;
		last_y = y;
	}
	return cut_seen;
}

/* Clips the ring in c->line, tells the labels and appends it. */
static void
add_ring(struct canvas *c, struct svg_path *path)
{
	const struct map_vertex *a, *b;
	size_t i;

	map_line_clip_ring(&c->line, &c->spare, &c->clip);
	for (i = 0; i < c->line.length; i++) {
		b = &c->line.at[i];
		a = &c->line.at[(i > 0 ? i : c->line.length) - 1];
		map_labels_side(&c->labels, a->x, a->y, b->x, b->y);
	}
	map_line_simplify(&c->line, SIMPLE_PX);
	map_line_put_ring(&c->line, path);
}

/* The coast of the ring in c->line, whose cuts are seen. */
static void
add_coast(struct canvas *c, struct svg_path *path)
{
	size_t i;

	map_line_clear(&c->spare);
	for (i = 0; i < c->line.length; i++)
		map_line_add(&c->spare, c->line.at[i].x, c->line.at[i].y,
		    c->line.at[i].cut);
	map_line_simplify(&c->spare, SIMPLE_PX);
	map_line_put(&c->spare, &c->clip, path);
}

static void
add_line(struct canvas *c, struct shapes *s, struct basemap_line *line,
    double turn)
{
	bool hole = line->kind == BASEMAP_HOLE, cut_seen;

	if (line->kind == BASEMAP_LAND)
		s->last_dropped = true;
	if (!meets_frame(c, line, turn) || (hole && s->last_dropped) ||
	    (line->kind != BASEMAP_BORDER && is_speck(c, line)))
		return;
	cut_seen = read_line(c, line, turn);
	if (line->kind == BASEMAP_BORDER) {
		map_line_simplify(&c->line, SIMPLE_PX);
		map_line_put(&c->line, &c->clip, &s->border_path);
		return;
	}
	if (!hole) {
		s->last_dropped = false;
		s->last_filled = cut_seen;
	}
	if (s->last_filled)
		add_coast(c, &s->coast_path);
	if (c->line.length > 1)
		c->line.length--; /* the first point again */
	add_ring(c, s->last_filled ? &s->fill_path : &s->land_path);
}

static void
draw_basemap(struct canvas *c, const struct basemap *map)
{
	const struct map_box *seen = &c->frame.seen;
	double turn = 360 * floor((seen->west + 180) / 360);
	struct basemap_line line;
	struct shapes shapes;

	shapes_begin(&shapes);
	for (; turn - 180 <= seen->east; turn += 360) {
		basemap_rewind(map, &line);
		while (basemap_next_line(&line))
			add_line(c, &shapes, &line, turn);
	}
	map_labels_fill(&c->labels);
	shapes_end(&shapes, c->out);
}

/* The region's frame in pixels, at the turn that shows it; false when it is
 * not to be seen. */
static bool
region_rect(const struct canvas *c, struct map_rect *rect)
{
	const struct basemap *map = c->map->region;
	double west, east, turn;

	if (map == NULL || c->frame.scale < REGION_LEAST_SCALE)
		return false;
	west = map->frame[0] / map->units;
	east = map->frame[2] / map->units;
	turn = map_frame_turn(&c->frame, (west + east) / 2) -
	    (west + east) / 2;
	map_frame_xy(&c->frame, west + turn, map->frame[3] / map->units,
	    &rect->left, &rect->top);
	map_frame_xy(&c->frame, east + turn, map->frame[1] / map->units,
	    &rect->right, &rect->bottom);
	return rect->right > 0 && rect->left < c->frame.width &&
	    rect->bottom > 0 && rect->top < c->frame.height;
}

/* Makes sea of what the coarse map drew where the fine one follows. */
static void
clear_rect(struct canvas *c, struct map_rect r)
{
	r.left = fmax(r.left, c->clip.left);
	r.top = fmax(r.top, c->clip.top);
	r.right = fmin(r.right, c->clip.right);
	r.bottom = fmin(r.bottom, c->clip.bottom);
	map_labels_clear(&c->labels, &r);
	buffer_add_text(c->out, "<path class=\"sea\" d=\"M");
	svg_number(c->out, r.left);
	buffer_add_char(c->out, ' ');
	svg_number(c->out, r.top);
	buffer_add_char(c->out, 'H');
	svg_number(c->out, r.right);
	buffer_add_char(c->out, 'V');
	svg_number(c->out, r.bottom);
	buffer_add_char(c->out, 'H');
	svg_number(c->out, r.left);
	buffer_add_text(c->out, "z\"/>\n");
}

void
canvas_coast(struct canvas *c)
{
	struct map_rect region = { 0, 0, 0, 0 };
	bool fine = region_rect(c, &region);
	bool whole = fine && region.left <= 0 && region.top <= 0 &&
	    region.right >= c->frame.width &&
	    region.bottom >= c->frame.height;

	if (c->map->world != NULL && !whole) {
		draw_basemap(c, c->map->world);
		if (fine)
			clear_rect(c, region);
	}
	if (fine)
		draw_basemap(c, c->map->region);
}
