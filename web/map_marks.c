/* Dots at last positions, rings at first ones, and their labels. */
#include <math.h>
#include <stdlib.h>

#include "map_parts.h"

#define DOT_PX 4.5
#define RING_PX 3.5
#define ROOM_PX 5.0    /* half the room a mark takes */
#define SIZE_PX 13.0
#define HEIGHT_PX 15.0
#define BASELINE_PX 11.5

/* Where a mark falls; false when it is not (whole) in the frame. */
static bool
mark_at(const struct canvas *c, const struct map_mark *mark, double *x,
    double *y)
{
	if (!mark->shown || !(fabs(mark->at.lon) <= 360) ||
	    !(fabs(mark->at.lat) <= 90))
		return false;
	map_frame_xy(&c->frame, map_frame_turn(&c->frame, mark->at.lon),
	    mark->at.lat, x, y);
	return *x >= 1 && *y >= 1 && *x <= c->frame.width - 1 &&
	    *y <= c->frame.height - 1;
}

/* Calls `each` for the marks of live tracks in the frame: last positions
 * first, as they matter more. */
static void
each_mark(struct canvas *c, void (*each)(struct canvas *c,
    const struct map_track *track, const struct map_mark *mark, double x,
    double y), bool last_on_top)
{
	size_t i, n, seen = 0, length = c->map->tracks_length;
	const struct map_mark *mark;
	double x, y;
	int pass;

	for (pass = 0; pass < 2; pass++) {
		for (n = 0; n < length && seen < MAP_MOST_MARKS; n++) {
			i = last_on_top ? n : length - 1 - n;
			mark = pass == (last_on_top ? 1 : 0) ?
			    &c->map->tracks[i].last :
			    &c->map->tracks[i].first;
			if (!c->map->tracks[i].live ||
			    !mark_at(c, mark, &x, &y))
				continue;
			each(c, &c->map->tracks[i], mark, x, y);
			seen++;
		}
	}
}

static void
reserve(struct canvas *c, const struct map_track *track,
    const struct map_mark *mark, double x, double y)
{
	struct map_rect room = { x - ROOM_PX, y - ROOM_PX, x + ROOM_PX,
		y + ROOM_PX };

	(void)track;
	(void)mark;
	map_labels_take(&c->labels, &room);
}

static void
put_mark(struct canvas *c, const struct map_track *track,
    const struct map_mark *mark, double x, double y)
{
	bool ring = mark == &track->first;

	buffer_printf(c->out, "<circle class=\"%s%s\" cx=\"",
	    ring ? "ring" : "dot", canvas_colour(track->colour));
	svg_number(c->out, x);
	buffer_add_text(c->out, "\" cy=\"");
	svg_number(c->out, y);
	buffer_add_text(c->out, "\" r=\"");
	svg_number(c->out, ring ? RING_PX : DOT_PX);
	if (track->name == NULL) {
		buffer_add_text(c->out, "\"/>\n");
		return;
	}
	buffer_add_text(c->out, "\"><title>");
	svg_text(c->out, track->name);
	buffer_add_text(c->out, "</title></circle>\n");
}

static void
put_leader(struct canvas *c, const struct map_place *place)
{
	buffer_add_text(c->out, "<path class=\"leader\" d=\"M");
	svg_number(c->out, place->from[0]);
	buffer_add_char(c->out, ' ');
	svg_number(c->out, place->from[1]);
	buffer_add_char(c->out, 'L');
	svg_number(c->out, place->to[0]);
	buffer_add_char(c->out, ' ');
	svg_number(c->out, place->to[1]);
	buffer_add_text(c->out, "\"/>\n");
}

static void
put_label(struct canvas *c, const struct map_track *track,
    const struct map_mark *mark, double x, double y)
{
	struct buffer text = { 0 };
	struct map_place place;
	double width;
	bool left;

	(void)track;
	if (mark->label == NULL || mark->label[0] == '\0')
		return;
	svg_text_cut(&text, mark->label, MAP_LABEL_CHARACTERS);
	/* Escapes only make it look longer than it is. */
	width = svg_text_width(buffer_text(&text), SIZE_PX, true) + 2;
	if (map_labels_beside(&c->labels, x, y, ROOM_PX, width, HEIGHT_PX,
	    &place)) {
		if (place.leader)
			put_leader(c, &place);
		/* Text narrower than its room stays near its dot. */
		left = place.rect.right < x;
		buffer_printf(c->out, "<text class=\"label%s\" x=\"",
		    left ? " end" : place.rect.left > x ? "" : " mid");
		svg_number(c->out, left ? place.rect.right - 1 :
		    place.rect.left > x ? place.rect.left + 1 :
		    (place.rect.left + place.rect.right) / 2);
		buffer_add_text(c->out, "\" y=\"");
		svg_number(c->out, place.rect.top + BASELINE_PX);
		buffer_add_text(c->out, "\">");
		buffer_add(c->out, text.bytes, text.length);
		buffer_add_text(c->out, "</text>\n");
	}
	c->out->failed = c->out->failed || text.failed;
	buffer_free(&text);
}

void
canvas_reserve_marks(struct canvas *c)
{
	each_mark(c, reserve, true);
}

void
canvas_marks(struct canvas *c)
{
	each_mark(c, put_mark, true);
	each_mark(c, put_label, false);
}
