/* The operator's sea areas, dashed. */
#include <math.h>

#include "map_parts.h"
#include "polyline.h"

#define THIN_PX 0.3
#define SIMPLE_PX 0.3

/* Reads an outline into c->line, in pixels; false when it is not to be seen. */
static bool
project_outline(struct canvas *c, const char *line)
{
	double lon, lat, before = 0, x, y;
	struct polyline walk;
	struct map_rect box;

	map_line_clear(&c->line);
	polyline_begin(&walk, line);
	while (polyline_next(&walk, &lon, &lat)) {
		if (c->line.length == 0)
			lon = map_frame_turn(&c->frame, lon);
		else
			lon -= 360 * floor((lon - before + 180) / 360);
		before = lon;
		map_frame_xy(&c->frame, lon, lat, &x, &y);
		map_line_thin(&c->line, x, y, false, THIN_PX);
	}
	box = map_line_rect(&c->line);
	return c->line.length > 1 && box.right > c->clip.left &&
	    box.left < c->clip.right && box.bottom > c->clip.top &&
	    box.top < c->clip.bottom;
}

void
canvas_outlines(struct canvas *c)
{
	struct svg_path path;
	size_t i;

	if (c->map->outlines_length == 0)
		return;
	buffer_add_text(c->out, SVG_TENTHS "<path class=\"area\" d=\"");
	svg_path_begin(&path, c->out);
	for (i = 0; i < c->map->outlines_length; i++) {
		if (!project_outline(c, c->map->outlines[i].line))
			continue;
		map_line_simplify(&c->line, SIMPLE_PX);
		map_line_put(&c->line, &c->clip, &path);
	}
	buffer_add_text(c->out, "\"/></g>\n");
}
