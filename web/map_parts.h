/* map_parts.h: what the files of the map share while one is drawn. Included
 * by web/map_*.c only. */
#ifndef EDGE_MAP_PARTS_H
#define EDGE_MAP_PARTS_H

#include "map_draw.h"
#include "map_label.h"
#include "map_line.h"

/* How far beyond the frame shapes go on, so that the strokes along their cut
 * sides are not seen. */
#define MAP_BEYOND_PX 4.0

struct canvas {
	const struct map *map;
	struct map_frame frame;
	struct map_rect clip;      /* the frame and MAP_BEYOND_PX around it */
	struct map_labels labels;
	struct map_line line, spare; /* scratch */
	struct buffer *out;
};

/* Text as the style sheet sets it: class, baseline, anchor (start, middle,
 * end). */
void canvas_text(struct canvas *c, const char *class_name, double x, double y,
    const char *text);
/* " s3", " r0", "" for grey: the class of a colour, to follow another. */
const char *canvas_colour(int colour);

/* map_coast.c: land, coast and borders; tells the labels where land is. */
void canvas_coast(struct canvas *c);
/* map_outlines.c: sea areas of the operator. */
void canvas_outlines(struct canvas *c);
/* map_tracks.c */
void canvas_thin_tracks(struct canvas *c);
void canvas_bold_tracks(struct canvas *c);
/* map_seas.c: names of seas where there is room. */
void canvas_seas(struct canvas *c);
/* map_marks.c: dots and rings with their labels. Reserve takes their room
 * before anything else is placed. */
void canvas_reserve_marks(struct canvas *c);
void canvas_marks(struct canvas *c);
/* map_rule.c: what measures the map. */
void canvas_graticule(struct canvas *c);
void canvas_degrees(struct canvas *c);
void canvas_scale_bar(struct canvas *c);
void canvas_keys(struct canvas *c);

#endif
