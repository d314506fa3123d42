#include "map_label.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CELL 4.0        /* pixels */
#define EDGE_PX 4.0     /* labels keep away from the frame */
#define APART_PX 2.0    /* and from each other */
#define LAND_MOST 0.3   /* of an area's name, share of its cells */
#define LIVE_MOST 0.06

void
map_labels_open(struct map_labels *labels, int width, int height)
{
	memset(labels, 0, sizeof *labels);
	labels->width = width;
	labels->height = height;
	labels->columns = (size_t)ceil(width / CELL);
	labels->rows = (size_t)ceil(height / CELL);
	labels->cells = calloc(labels->rows, labels->columns);
	labels->failed = labels->cells == NULL;
}

void
map_labels_free(struct map_labels *labels)
{
	free(labels->cells);
	free(labels->taken);
	memset(labels, 0, sizeof *labels);
}

/* ---- what is drawn where ---- */

void
map_labels_ink(struct map_labels *labels, double x0, double y0, double x1,
    double y1, enum map_ink ink)
{
	struct map_rect frame = { 0, 0, labels->width - 1,
		labels->height - 1 };
	double from[2] = { x0, y0 }, to[2] = { x1, y1 };
	double steps, i, t;
	size_t column, row;

	if (labels->failed || !map_clip_step(from, to, &frame))
		return;
	steps = ceil(fmax(fabs(to[0] - from[0]), fabs(to[1] - from[1])) /
	    (CELL / 2));
	for (i = 0; i <= steps; i++) {
		t = steps > 0 ? i / steps : 0;
		column = (size_t)((from[0] + t * (to[0] - from[0])) / CELL);
		row = (size_t)((from[1] + t * (to[1] - from[1])) / CELL);
		labels->cells[row * labels->columns + column] |=
		    (unsigned char)ink;
	}
}

/* The first row whose middle is not above y. */
static size_t
row_below(const struct map_labels *labels, double y)
{
	double row = y / CELL + 0.5;

	if (!(row > 0))
		return 0;
	return row < (double)labels->rows ? (size_t)row : labels->rows;
}

/* Flips the first cell right of where the side crosses the middle of a row:
 * a cell is land where an odd number of flips lies left of it. */
void
map_labels_side(struct map_labels *labels, double x0, double y0, double x1,
    double y1)
{
	double x, slope;
	size_t row = row_below(labels, y0), last = row_below(labels, y1);
	size_t swap;

	if (labels->failed || row == last)
		return;
	if (row > last) {
		swap = row;
		row = last;
		last = swap;
	}
	slope = (x1 - x0) / (y1 - y0);
	for (; row < last; row++) {
		x = x0 + (((double)row + 0.5) * CELL - y0) * slope;
		x = x / CELL + 0.5; /* of the cell right of it */
		if (x < (double)labels->columns)
			labels->cells[row * labels->columns +
			    (x > 0 ? (size_t)x : 0)] ^= MAP_INK_FLIP;
	}
}

void
map_labels_fill(struct map_labels *labels)
{
	size_t row, column;
	unsigned char land;

	for (row = 0; !labels->failed && row < labels->rows; row++) {
		unsigned char *cells = labels->cells + row * labels->columns;

		land = 0;
		for (column = 0; column < labels->columns; column++) {
			if (cells[column] & MAP_INK_FLIP)
				land ^= MAP_INK_LAND;
			cells[column] &= (unsigned char)~MAP_INK_FLIP;
			cells[column] |= land;
		}
	}
}

/* The cells from *first to before *last that [low, high] touches. */
static void
cell_range(double low, double high, size_t cells, size_t *first, size_t *last)
{
	double most = (double)cells;

	low = low / CELL;
	high = high / CELL + 1;
	*first = !(low > 0) ? 0 : low < most ? (size_t)low : cells;
	*last = !(high > 0) ? 0 : high < most ? (size_t)high : cells;
	if (*last < *first)
		*last = *first;
}

void
map_labels_clear(struct map_labels *labels, const struct map_rect *rect)
{
	size_t top, bottom, left, right, row, column;

	cell_range(rect->top, rect->bottom, labels->rows, &top, &bottom);
	cell_range(rect->left, rect->right, labels->columns, &left, &right);
	for (row = top; !labels->failed && row < bottom; row++)
		for (column = left; column < right; column++)
			labels->cells[row * labels->columns + column] = 0;
}

/* Shares of land, thin and bold tracks under a rectangle. */
struct shares {
	double land, past, live;
};

static struct shares
shares_under(const struct map_labels *labels, const struct map_rect *rect)
{
	size_t top, bottom, left, right, row, column, met[8] = { 0 };
	struct shares shares = { 0, 0, 0 };
	double all;

	if (labels->failed)
		return shares;
	cell_range(rect->top, rect->bottom, labels->rows, &top, &bottom);
	cell_range(rect->left, rect->right, labels->columns, &left, &right);
	if (top == bottom || left == right)
		return shares;
	for (row = top; row < bottom; row++)
		for (column = left; column < right; column++)
			met[labels->cells[row * labels->columns + column] &
			    7]++;
	all = (double)((bottom - top) * (right - left));
	shares.land = (double)(met[1] + met[3] + met[5] + met[7]) / all;
	shares.past = (double)(met[2] + met[3] + met[6] + met[7]) / all;
	shares.live = (double)(met[4] + met[5] + met[6] + met[7]) / all;
	return shares;
}

double
map_labels_share(const struct map_labels *labels, const struct map_rect *rect,
    enum map_ink ink)
{
	struct shares shares = shares_under(labels, rect);

	return ink == MAP_INK_LAND ? shares.land : ink == MAP_INK_PAST ?
	    shares.past : shares.live;
}

bool
map_labels_is_free(const struct map_labels *labels,
    const struct map_rect *rect)
{
	size_t i;

	if (labels->failed || !(rect->left >= EDGE_PX &&
	    rect->top >= EDGE_PX && rect->right <= labels->width - EDGE_PX &&
	    rect->bottom <= labels->height - EDGE_PX))
		return false;
	for (i = 0; i < labels->length; i++) {
		const struct map_rect *other = &labels->taken[i];

		if (rect->left < other->right + APART_PX &&
		    rect->right > other->left - APART_PX &&
		    rect->top < other->bottom + APART_PX &&
		    rect->bottom > other->top - APART_PX)
			return false;
	}
	return true;
}

void
map_labels_take(struct map_labels *labels, const struct map_rect *rect)
{
	struct map_rect *grown;
	size_t more;

	if (labels->failed)
		return;
	if (labels->length == labels->capacity) {
		more = labels->capacity > 0 ? labels->capacity * 2 : 64;
		grown = realloc(labels->taken, more * sizeof *grown);
		if (grown == NULL) {
			labels->failed = true;
			return;
		}
		labels->taken = grown;
		labels->capacity = more;
	}
	labels->taken[labels->length++] = *rect;
}

/* ---- beside a dot ---- */

/* Directions in order of liking: right and left of the dot, then the corners,
 * then above and below. */
static const struct {
	double x, y;
} directions[] = {
	{ 1, 0 }, { -1, 0 }, { .85, -.85 }, { .85, .85 }, { -.85, -.85 },
	{ -.85, .85 }, { 0, -1 }, { 0, 1 }
};

static const double distances[] = { 4, 16, 30, 46, 64 };

static struct map_rect
rect_toward(double x, double y, double dx, double dy, double away,
    double width, double height)
{
	/* The side or corner that faces the dot is `away` from it. */
	double left = x + dx * away - width / 2 +
	    (dx > 0 ? width / 2 : dx < 0 ? -width / 2 : 0);
	double top = y + dy * away - height / 2 +
	    (dy > 0 ? height / 2 : dy < 0 ? -height / 2 : 0);

	return (struct map_rect){ left, top, left + width, top + height };
}

/* From the dot to the nearest point of the text. */
static void
set_leader(struct map_place *place, double x, double y, double radius)
{
	const struct map_rect *r = &place->rect;
	double to_x = fmin(fmax(x, r->left), r->right);
	double to_y = fmin(fmax(y, r->top + 3), r->bottom - 3);
	double far = hypot(to_x - x, to_y - y);
	double skip = far > radius ? (radius + 1) / far : 0;

	place->from[0] = x + (to_x - x) * skip;
	place->from[1] = y + (to_y - y) * skip;
	place->to[0] = to_x;
	place->to[1] = to_y;
}

static bool
is_within(const struct map_rect *rect, double x, double y)
{
	return x >= rect->left && x <= rect->right && y >= rect->top &&
	    y <= rect->bottom;
}

/* Whether the leader of the dot at (x, y) runs over another label or dot. */
static bool
leader_is_free(const struct map_labels *labels, const struct map_place *place,
    double x, double y)
{
	size_t i;

	for (i = 0; i < labels->length; i++) {
		double from[2] = { place->from[0], place->from[1] };
		double to[2] = { place->to[0], place->to[1] };

		if (!is_within(&labels->taken[i], x, y) &&
		    map_clip_step(from, to, &labels->taken[i]))
			return false;
	}
	return true;
}

bool
map_labels_beside(struct map_labels *labels, double x, double y, double radius,
    double width, double height, struct map_place *place)
{
	struct map_place at = { .leader = false };
	double cost, best = INFINITY;
	size_t ring, way;

	for (ring = 0; ring < sizeof distances / sizeof *distances; ring++) {
		/* No farther place is as good as what was found. */
		if (best < 4.0 * (double)ring)
			break;
		for (way = 0; way < sizeof directions / sizeof *directions;
		    way++) {
			at.rect = rect_toward(x, y, directions[way].x,
			    directions[way].y, radius + distances[ring],
			    width, height);
			at.leader = ring > 0;
			if (!map_labels_is_free(labels, &at.rect))
				continue;
			cost = 4.0 * (double)ring + 0.3 * (double)way +
			    12 * map_labels_share(labels, &at.rect,
			    MAP_INK_LIVE);
			if (cost >= best)
				continue;
			set_leader(&at, x, y, radius);
			if (at.leader && !leader_is_free(labels, &at, x,
			    y))
				continue;
			best = cost;
			*place = at;
		}
	}
	if (best == INFINITY)
		return false;
	map_labels_take(labels, &place->rect);
	if (place->leader)
		map_labels_ink(labels, place->from[0], place->from[1],
		    place->to[0], place->to[1], MAP_INK_LIVE);
	return true;
}

/* ---- within an area ---- */

/* How little the middle of `rect` is wanted there: INFINITY when it may not
 * be, or `most` when it is no less. */
static double
cost_within(const struct map_labels *labels, const struct map_rect *rect,
    double away, double most)
{
	struct shares shares;
	double cost = 3 * away;

	if (cost >= most)
		return most;
	shares = shares_under(labels, rect);
	if (shares.land > LAND_MOST || shares.live > LIVE_MOST)
		return INFINITY;
	cost += 6 * shares.land + 30 * shares.live + 5 * shares.past;
	return cost < most && map_labels_is_free(labels, rect) ? cost :
	    INFINITY;
}

bool
map_labels_within(const struct map_labels *labels, const struct map_rect *area,
    double x, double y, double width, double height, struct map_rect *rect,
    double *cost)
{
	enum { STEPS = 16 };
	double left = fmax(area->left, width / 2 + EDGE_PX);
	double right = fmin(area->right, labels->width - width / 2 - EDGE_PX);
	double top = fmax(area->top, height / 2 + EDGE_PX);
	double bottom = fmin(area->bottom,
	    labels->height - height / 2 - EDGE_PX);
	double size = hypot(area->right - area->left,
	    area->bottom - area->top) + 1;
	int i, j;

	*cost = INFINITY;
	/* The wished-for place is tried first, as column -1. */
	for (i = -1; left <= right && top <= bottom && i <= STEPS; i++) {
		for (j = 0; j <= (i < 0 ? 0 : STEPS); j++) {
			double cx = i < 0 ? fmin(fmax(x, left), right) :
			    left + (right - left) * i / STEPS;
			double cy = i < 0 ? fmin(fmax(y, top), bottom) :
			    top + (bottom - top) * j / STEPS;
			struct map_rect r = { cx - width / 2, cy - height / 2,
				cx + width / 2, cy + height / 2 };
			double c = cost_within(labels, &r,
			    hypot(cx - x, cy - y) / size, *cost);

			if (c < *cost) {
				*cost = c;
				*rect = r;
			}
		}
	}
	return *cost < INFINITY;
}
