#include "map_draw.h"

#include "map_parts.h"

int
map_ramp(size_t at, size_t of)
{
	if (of < 2)
		return MAP_RAMP + SVG_RAMP_STEPS - 1;
	at = at < of ? at : of - 1;
	return MAP_RAMP + (int)((at * (SVG_RAMP_STEPS - 1) + (of - 1) / 2) /
	    (of - 1));
}

const char *
canvas_colour(int colour)
{
	static const char *const classes[MAP_COLOURS] = { "",
		" s1", " s2", " s3", " s4", " s5", " s6", " s7", " s8",
		" r0", " r1", " r2", " r3", " r4", " r5", " r6", " r7", " r8",
		" r9" };

	return colour >= 0 && colour < MAP_COLOURS ? classes[colour] : "";
}

void
canvas_text(struct canvas *c, const char *class_name, double x, double y,
    const char *text)
{
	buffer_printf(c->out, "<text class=\"%s\" x=\"", class_name);
	svg_number(c->out, x);
	buffer_add_text(c->out, "\" y=\"");
	svg_number(c->out, y);
	buffer_add_text(c->out, "\">");
	svg_text(c->out, text);
	buffer_add_text(c->out, "</text>\n");
}

static void
add_part(struct buffer *out, struct buffer *part)
{
	out->failed = out->failed || part->failed;
	if (part->length > 0)
		buffer_add(out, part->bytes, part->length);
	buffer_free(part);
}

/* Names of seas find their room last, but lie beneath tracks and labels. */
static void
draw_shapes(struct canvas *c, struct buffer *out)
{
	struct buffer tracks = { 0 }, marks = { 0 };

	c->out = out;
	canvas_coast(c);
	canvas_outlines(c);
	canvas_graticule(c);
	canvas_thin_tracks(c);

	c->out = &tracks;
	canvas_bold_tracks(c);

	c->out = &marks;
	canvas_reserve_marks(c);
	canvas_keys(c);
	canvas_scale_bar(c);
	canvas_degrees(c);
	canvas_marks(c);

	c->out = out;
	canvas_seas(c);
	add_part(out, &tracks);
	add_part(out, &marks);
}

void
map_draw(const struct map *map, struct buffer *out)
{
	struct svg_page page = { .style = svg_map_style, .title = map->title,
		.description = map->description };
	struct canvas c = { .map = map, .out = out };

	map_frame_fit(&c.frame, &map->box, map->width, map->height);
	c.clip = (struct map_rect){ -MAP_BEYOND_PX, -MAP_BEYOND_PX,
		c.frame.width + MAP_BEYOND_PX,
		c.frame.height + MAP_BEYOND_PX };
	map_labels_open(&c.labels, c.frame.width, c.frame.height);

	page.width = c.frame.width;
	page.height = c.frame.height;
	svg_begin(out, &page);
	buffer_add_text(out, "<rect class=\"sea\" width=\"100%\" "
	    "height=\"100%\"/>\n");
	draw_shapes(&c, out);
	svg_end(out);

	out->failed = out->failed || c.line.failed || c.spare.failed ||
	    c.labels.failed;
	map_line_free(&c.line);
	map_line_free(&c.spare);
	map_labels_free(&c.labels);
}
