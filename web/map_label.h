/* map_label.h: finds room for labels: inside the frame, on no other label,
 * off the tracks where there is a choice. A grid of cells remembers what is
 * drawn where. Memory that runs out is remembered in `failed`; then no place
 * is found. Thread: belongs to its caller. */
#ifndef EDGE_MAP_LABEL_H
#define EDGE_MAP_LABEL_H

#include <stdbool.h>
#include <stddef.h>

#include "map_line.h"

enum map_ink {
	MAP_INK_LAND = 1,
	MAP_INK_PAST = 2, /* thin tracks */
	MAP_INK_LIVE = 4, /* bold tracks, leader lines */
	MAP_INK_FLIP = 8  /* private: outlines of land before they are filled */
};

struct map_labels {
	double width, height;   /* pixels */
	unsigned char *cells;   /* owned; of enum map_ink */
	size_t columns, rows;
	struct map_rect *taken; /* owned */
	size_t length, capacity;
	bool failed;
};

void map_labels_open(struct map_labels *labels, int width, int height);
void map_labels_free(struct map_labels *labels);

/* Marks the cells a step crosses. */
void map_labels_ink(struct map_labels *labels, double x0, double y0, double x1,
    double y1, enum map_ink ink);
/* Land: every side of every ring, then fill once; clear makes a rectangle sea
 * again. */
void map_labels_side(struct map_labels *labels, double x0, double y0,
    double x1, double y1);
void map_labels_fill(struct map_labels *labels);
void map_labels_clear(struct map_labels *labels, const struct map_rect *rect);
/* The share of the cells under `rect` that have the ink, 0 … 1. */
double map_labels_share(const struct map_labels *labels,
    const struct map_rect *rect, enum map_ink ink);

/* Whether `rect` is inside the frame and on nothing that is taken. */
bool map_labels_is_free(const struct map_labels *labels,
    const struct map_rect *rect);
void map_labels_take(struct map_labels *labels, const struct map_rect *rect);

struct map_place {
	struct map_rect rect;    /* of the text */
	bool leader;             /* far off: draw a line from the dot … */
	double from[2], to[2];   /* … between these */
};

/* A place for text of width x height beside a dot, and takes it. Near places
 * first, then farther ones with a leader line. False: none. */
bool map_labels_beside(struct map_labels *labels, double x, double y,
    double radius, double width, double height, struct map_place *place);

/* A place for the name of an area, as near to (x, y) as its centre can be, on
 * water and away from tracks, the centre within `area`. Does not take it, so
 * that two shapes of a name can be compared by *cost (less is better). */
bool map_labels_within(const struct map_labels *labels,
    const struct map_rect *area, double x, double y, double width,
    double height, struct map_rect *rect, double *cost);

#endif
