/* map_line.h: a line in pixels on its way to path data: thinned, simplified,
 * clipped. Memory that runs out is remembered in `failed`. Thread: a line
 * belongs to its caller. */
#ifndef EDGE_MAP_LINE_H
#define EDGE_MAP_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "svg.h"

struct map_rect {
	double left, top, right, bottom; /* pixels */
};

struct map_vertex {
	double x, y;
	bool cut; /* the step to here must not be stroked */
	bool stays;
};

/* All zero is an empty line. */
struct map_line {
	struct map_vertex *at; /* owned */
	size_t length, capacity;
	bool failed;
};

void map_line_free(struct map_line *line);
void map_line_clear(struct map_line *line); /* keeps the memory */
void map_line_add(struct map_line *line, double x, double y, bool cut);
/* Adds a vertex unless it is within `least` pixels of the last one; a cut is
 * never lost. */
void map_line_thin(struct map_line *line, double x, double y, bool cut,
    double least);
/* The rectangle around it; a line without vertices gives an inside-out one. */
struct map_rect map_line_rect(const struct map_line *line);

/* The same line within `tolerance` pixels (Douglas and Peucker, 1973). */
void map_line_simplify(struct map_line *line, double tolerance);

/* The part of a ring (its first vertex not repeated) inside `rect`; sides of
 * the rectangle become part of the ring. `spare` is overwritten. */
void map_line_clip_ring(struct map_line *ring, struct map_line *spare,
    const struct map_rect *rect);

/* Shortens a step to its part inside `rect`; false when there is none. */
bool map_clip_step(double from[2], double to[2], const struct map_rect *rect);

/* Appends the ring, or the parts of an open line inside `rect` that are not
 * cuts. */
void map_line_put_ring(const struct map_line *line, struct svg_path *path);
void map_line_put(const struct map_line *line, const struct map_rect *rect,
    struct svg_path *path);

#endif
