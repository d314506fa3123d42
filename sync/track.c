#include "track.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define METRES_PER_DEGREE 111195.0 /* of latitude, on a sphere of 6371 km */
#define DEGREES_TO_RADIANS (3.14159265358979323846 / 180)
/* Text of one coordinate pair: at most 6 characters for each. */
#define PAIR_MOST_BYTES 14

const double track_tolerance_m[3] = { 2000, 400, 60 };

bool
track_add(struct track *track, const struct track_point *point,
    struct edge_err *err)
{
	struct track_point *grown;
	size_t more;

	if (track->length == TRACK_MOST_POINTS)
		return err_set(err, EDGE_BAD_DATA, "a track of more than %d "
		    "points", TRACK_MOST_POINTS);
	if (track->length == track->capacity) {
		more = track->capacity == 0 ? 1024 : track->capacity * 2;
		grown = realloc(track->points, more * sizeof *grown);
		if (grown == NULL)
			return err_set(err, EDGE_IO, "out of memory");
		track->points = grown;
		track->capacity = more;
	}
	track->points[track->length++] = *point;
	return true;
}

void
track_clear(struct track *track)
{
	track->length = 0;
	track->documents = 0;
	track->last_ms = INT64_MIN;
}

void
track_free(struct track *track)
{
	free(track->points);
	memset(track, 0, sizeof *track);
}

/* Squared distance in metres of p from the segment a-b, on the plane that
 * touches the sphere there. */
static double
distance_from_segment(const struct track_point *p, const struct track_point *a,
    const struct track_point *b)
{
	double scale = cos(a->lat * DEGREES_TO_RADIANS) * METRES_PER_DEGREE;
	double bx = (b->lon - a->lon) * scale;
	double by = (b->lat - a->lat) * METRES_PER_DEGREE;
	double px = (p->lon - a->lon) * scale;
	double py = (p->lat - a->lat) * METRES_PER_DEGREE;
	double along = bx * bx + by * by, t;

	t = along == 0 ? 0 : (px * bx + py * by) / along;
	t = t < 0 ? 0 : t > 1 ? 1 : t;
	px -= t * bx;
	py -= t * by;
	return px * px + py * py;
}

/* Marks the corners that stay. The stack holds ranges still to be looked at;
 * of the two halves the longer is pushed first, so it stays small. */
static bool
mark_corners(const struct track *track, double tolerance_m, bool *stays)
{
	struct range {
		size_t first, last;
	} stack[64], range, left, right;
	size_t depth = 0, i, worst;
	double limit = tolerance_m * tolerance_m, far, d;

	stays[0] = stays[track->length - 1] = true;
	stack[depth++] = (struct range){ 0, track->length - 1 };
	while (depth > 0) {
		range = stack[--depth];
		far = limit;
		worst = 0;
		for (i = range.first + 1; i < range.last; i++) {
			d = distance_from_segment(&track->points[i],
			    &track->points[range.first],
			    &track->points[range.last]);
			if (d > far) {
				far = d;
				worst = i;
			}
		}
		if (worst == 0)
			continue;
		stays[worst] = true;
		left = (struct range){ range.first, worst };
		right = (struct range){ worst, range.last };
		if (depth + 2 > sizeof stack / sizeof stack[0])
			return false;
		if (worst - range.first > range.last - worst) {
			stack[depth++] = left;
			stack[depth++] = right;
		} else {
			stack[depth++] = right;
			stack[depth++] = left;
		}
	}
	return true;
}

static char *
put_difference(char *p, int64_t difference)
{
	uint64_t bits = (uint64_t)difference << 1;

	if (difference < 0)
		bits = ~bits;
	for (; bits >= 0x20; bits >>= 5)
		*p++ = (char)((0x20 | (bits & 0x1f)) + 63);
	*p++ = (char)(bits + 63);
	return p;
}

char *
track_line(const struct track *track, double tolerance_m, size_t *points)
{
	int64_t lon = 0, lat = 0, x, y;
	bool *stays = calloc(track->length + 1, sizeof *stays);
	char *text = malloc(track->length * PAIR_MOST_BYTES + 1), *p = text;
	size_t i;

	*points = 0;
	if (stays == NULL || text == NULL || (track->length > 0 &&
	    !mark_corners(track, tolerance_m, stays))) {
		free(stays);
		free(text);
		return NULL;
	}
	for (i = 0; i < track->length; i++) {
		if (!stays[i])
			continue;
		x = llround(track->points[i].lon * 1e5);
		y = llround(track->points[i].lat * 1e5);
		p = put_difference(p, y - lat);
		p = put_difference(p, x - lon);
		lon = x;
		lat = y;
		(*points)++;
	}
	*p = '\0';
	free(stays);
	return text;
}
