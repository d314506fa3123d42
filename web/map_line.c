#include "map_line.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_VERTICES 512
/* Longer lines are simplified in parts, so that no shape of a line makes it
 * slow. */
#define PART_VERTICES 4096

void
map_line_free(struct map_line *line)
{
	free(line->at);
	memset(line, 0, sizeof *line);
}

void
map_line_clear(struct map_line *line)
{
	line->length = 0;
}

void
map_line_add(struct map_line *line, double x, double y, bool cut)
{
	struct map_vertex *grown;
	size_t more;

	if (line->failed)
		return;
	if (line->length == line->capacity) {
		more = line->capacity > 0 ? line->capacity * 2 :
		    FIRST_VERTICES;
		grown = realloc(line->at, more * sizeof *grown);
		if (grown == NULL) {
			line->failed = true;
			return;
		}
		line->at = grown;
		line->capacity = more;
	}
	line->at[line->length++] = (struct map_vertex){ x, y, cut, false };
}

void
map_line_thin(struct map_line *line, double x, double y, bool cut,
    double least)
{
	const struct map_vertex *last;

	if (line->length > 0 && !cut) {
		last = &line->at[line->length - 1];
		if (fabs(x - last->x) < least && fabs(y - last->y) < least)
			return;
	}
	map_line_add(line, x, y, cut);
}

struct map_rect
map_line_rect(const struct map_line *line)
{
	struct map_rect r = { INFINITY, INFINITY, -INFINITY, -INFINITY };
	size_t i;

	for (i = 0; i < line->length; i++) {
		const struct map_vertex *v = &line->at[i];

		r.left = v->x < r.left ? v->x : r.left;
		r.right = v->x > r.right ? v->x : r.right;
		r.top = v->y < r.top ? v->y : r.top;
		r.bottom = v->y > r.bottom ? v->y : r.bottom;
	}
	return r;
}

/* ---- simplifying ---- */

static double
squared_distance(const struct map_vertex *p, const struct map_vertex *a,
    const struct map_vertex *b)
{
	double bx = b->x - a->x, by = b->y - a->y;
	double px = p->x - a->x, py = p->y - a->y;
	double along = bx * bx + by * by;
	double t = along == 0 ? 0 : (px * bx + py * by) / along;

	t = t < 0 ? 0 : t > 1 ? 1 : t;
	px -= t * bx;
	py -= t * by;
	return px * px + py * py;
}

/* Marks the vertices that stay between two that do. The shorter half is
 * looked at first, so that the stack stays small. */
static void
mark(struct map_line *line, size_t first, size_t last, double limit)
{
	struct {
		size_t first, last;
	} stack[64];
	size_t depth = 0, worst, i;
	double far, d;

	for (;;) {
		far = limit;
		worst = 0;
		for (i = first + 1; i < last; i++) {
			d = squared_distance(&line->at[i], &line->at[first],
			    &line->at[last]);
			if (d > far) {
				far = d;
				worst = i;
			}
		}
		if (worst == 0) {
			if (depth == 0)
				return;
			depth--;
			first = stack[depth].first;
			last = stack[depth].last;
			continue;
		}
		line->at[worst].stays = true;
		if (worst - first > last - worst) {
			stack[depth].first = first;
			stack[depth++].last = worst;
			first = worst;
		} else {
			stack[depth].first = worst;
			stack[depth++].last = last;
			last = worst;
		}
	}
}

/* A vertex where stroke and cut meet stays. */
static void
keep_cuts(struct map_line *line)
{
	size_t i;

	for (i = 1; i < line->length; i++)
		if (line->at[i].cut)
			line->at[i].stays = line->at[i - 1].stays = true;
}

void
map_line_simplify(struct map_line *line, double tolerance)
{
	size_t first = 0, i, kept = 0;

	if (line->failed || line->length < 3)
		return;
	for (i = 0; i < line->length; i++)
		line->at[i].stays = i % PART_VERTICES == 0;
	line->at[line->length - 1].stays = true;
	keep_cuts(line);
	for (i = 1; i < line->length; i++) {
		if (!line->at[i].stays)
			continue;
		mark(line, first, i, tolerance * tolerance);
		first = i;
	}
	for (i = 0; i < line->length; i++)
		if (line->at[i].stays)
			line->at[kept++] = line->at[i];
	line->length = kept;
}

/* ---- clipping ---- */

/* Which side of the rectangle: left, right, top, bottom. */
static bool
is_inside(const struct map_vertex *v, const struct map_rect *rect, int side)
{
	switch (side) {
	case 0:
		return v->x >= rect->left;
	case 1:
		return v->x <= rect->right;
	case 2:
		return v->y >= rect->top;
	default:
		return v->y <= rect->bottom;
	}
}

static void
add_crossing(struct map_line *to, const struct map_vertex *a,
    const struct map_vertex *b, const struct map_rect *rect, int side)
{
	double at = side == 0 ? rect->left : side == 1 ? rect->right :
	    side == 2 ? rect->top : rect->bottom;
	double t;

	if (side < 2) {
		t = (at - a->x) / (b->x - a->x);
		map_line_add(to, at, a->y + t * (b->y - a->y), false);
	} else {
		t = (at - a->y) / (b->y - a->y);
		map_line_add(to, a->x + t * (b->x - a->x), at, false);
	}
}

/* Sutherland and Hodgman, 1974. */
void
map_line_clip_ring(struct map_line *ring, struct map_line *spare,
    const struct map_rect *rect)
{
	struct map_rect all = map_line_rect(ring);
	struct map_line other;
	int side;
	size_t i;

	if (all.left >= rect->left && all.right <= rect->right &&
	    all.top >= rect->top && all.bottom <= rect->bottom)
		return;
	for (side = 0; side < 4; side++) {
		map_line_clear(spare);
		for (i = 0; i < ring->length; i++) {
			const struct map_vertex *b = &ring->at[i];
			const struct map_vertex *a =
			    &ring->at[(i > 0 ? i : ring->length) - 1];
			bool in = is_inside(b, rect, side);

			if (in != is_inside(a, rect, side))
				add_crossing(spare, a, b, rect, side);
			if (in)
				map_line_add(spare, b->x, b->y, false);
		}
		other = *ring;
		*ring = *spare;
		*spare = other;
	}
	ring->failed = ring->failed || spare->failed;
}

/* Liang and Barsky, 1984. */
bool
map_clip_step(double from[2], double to[2], const struct map_rect *rect)
{
	double dx = to[0] - from[0], dy = to[1] - from[1];
	double toward[4] = { -dx, dx, -dy, dy };
	double room[4] = { from[0] - rect->left, rect->right - from[0],
		from[1] - rect->top, rect->bottom - from[1] };
	double enter = 0, leave = 1, t;
	int i;

	for (i = 0; i < 4; i++) {
		if (toward[i] == 0) {
			if (room[i] < 0)
				return false;
			continue;
		}
		t = room[i] / toward[i];
		if (toward[i] < 0)
			enter = t > enter ? t : enter;
		else
			leave = t < leave ? t : leave;
	}
	if (enter > leave)
		return false;
	/* An end inside stays what it is: the next step begins there. */
	if (leave < 1) {
		to[0] = from[0] + leave * dx;
		to[1] = from[1] + leave * dy;
	}
	if (enter > 0) {
		from[0] += enter * dx;
		from[1] += enter * dy;
	}
	return true;
}

/* ---- writing ---- */

void
map_line_put_ring(const struct map_line *line, struct svg_path *path)
{
	size_t i;

	if (line->length < 3)
		return;
	svg_move(path, line->at[0].x, line->at[0].y);
	for (i = 1; i < line->length; i++)
		svg_line(path, line->at[i].x, line->at[i].y);
	svg_close(path);
}

void
map_line_put(const struct map_line *line, const struct map_rect *rect,
    struct svg_path *path)
{
	double last[2] = { 0, 0 };
	bool down = false;
	size_t i;

	for (i = 1; i < line->length; i++) {
		double from[2] = { line->at[i - 1].x, line->at[i - 1].y };
		double to[2] = { line->at[i].x, line->at[i].y };

		if (line->at[i].cut || !map_clip_step(from, to, rect)) {
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
}
