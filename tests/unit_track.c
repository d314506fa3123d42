/* Tracks with fewer corners, and their encoding. */
#include "check.h"

#include <math.h>
#include <stdlib.h>

#include "sync/track.h"

static struct track track;
static struct edge_err err;

static void
add(double lon, double lat)
{
	struct track_point point = { .number = (int64_t)track.length,
		.lon = lon, .lat = lat };

	CHECK(track_add(&track, &point, &err));
}

/* Reads an encoded polyline back; returns the number of points. */
static size_t
decode_line(const char *p, double *lon, double *lat, size_t most)
{
	int64_t at[2] = { 0, 0 };
	size_t n = 0;
	int axis = 0;

	while (*p != '\0' && n < most) {
		uint64_t bits = 0;
		int shift = 0, c;

		do {
			c = *p++ - 63;
			bits |= (uint64_t)(c & 31) << shift;
			shift += 5;
		} while (c & 32);
		at[axis] += bits & 1 ? -(int64_t)(bits >> 1) - 1 :
		    (int64_t)(bits >> 1);
		if (axis == 1) {
			lat[n] = (double)at[0] / 1e5;
			lon[n++] = (double)at[1] / 1e5;
		}
		axis ^= 1;
	}
	return n;
}

static void
line_of_the_published_example_is_the_published_text(void)
{
	size_t points;
	char *line;

	track_clear(&track);
	add(-120.2, 38.5);
	add(-120.95, 40.7);
	add(-126.453, 43.252);
	line = track_line(&track, 0, &points);
	CHECK_STR(line, "_p~iF~ps|U_ulLnnqC_mqNvxq`@");
	CHECK_INT(points, 3);
	free(line);
}

static void
line_of_no_point_is_empty_and_of_one_is_itself(void)
{
	double lon[2], lat[2];
	size_t points;
	char *line;

	track_clear(&track);
	line = track_line(&track, 100, &points);
	CHECK_STR(line, "");
	CHECK_INT(points, 0);
	free(line);
	add(18.5, 57.25);
	line = track_line(&track, 100, &points);
	CHECK_INT(points, 1);
	CHECK_INT(decode_line(line, lon, lat, 2), 1);
	CHECK(lon[0] == 18.5 && lat[0] == 57.25);
	free(line);
}

static void
straight_line_keeps_its_ends_only(void)
{
	size_t points, i;
	char *line;

	track_clear(&track);
	for (i = 0; i <= 100; i++)
		add(18 + (double)i * 0.001, 57 + (double)i * 0.002);
	line = track_line(&track, 10, &points);
	CHECK_INT(points, 2);
	free(line);
}

/* Every point left out is within the tolerance of the line that stays. */
static void
points_left_out_are_within_the_tolerance(void)
{
	static double lon[3000], lat[3000];
	double x = 18, y = 57, scale = cos(57 * 3.14159265358979 / 180);
	size_t points, n, i, j;
	char *line;
	int detail;

	srand(7);
	track_clear(&track);
	for (i = 0; i < 3000; i++) {
		x += (rand() % 2001 - 1000) * 4e-6;
		y += (rand() % 2001 - 1000) * 2e-6;
		add(x, y);
	}
	for (detail = 0; detail < 3; detail++) {
		double worst = 0;

		line = track_line(&track, track_tolerance_m[detail], &points);
		n = decode_line(line, lon, lat, 3000);
		CHECK_INT(n, points);
		CHECK(n >= 2 && n < 3000);
		for (i = 0; i < 3000; i++) {
			double least = 1e18;

			for (j = 0; j + 1 < n; j++) {
				double ax = (lon[j + 1] - lon[j]) * scale;
				double ay = lat[j + 1] - lat[j];
				double px = (track.points[i].lon - lon[j]) *
				    scale;
				double py = track.points[i].lat - lat[j];
				double l = ax * ax + ay * ay;
				double t = l == 0 ? 0 : (px * ax + py * ay) / l;
				double d;

				t = t < 0 ? 0 : t > 1 ? 1 : t;
				d = hypot(px - t * ax, py - t * ay) * 111195;
				if (d < least)
					least = d;
			}
			if (least > worst)
				worst = least;
		}
		/* Coordinates are rounded to a metre. */
		CHECK(worst <= track_tolerance_m[detail] * 1.01 + 2);
		free(line);
	}
}

static void
zigzag_of_the_longest_track_does_not_run_out_of_stack(void)
{
	size_t points, i;
	char *line;

	track_clear(&track);
	for (i = 0; i < TRACK_MOST_POINTS / 10; i++)
		add(18 + (double)i * 1e-4, 57 + (i % 2 ? 0.5 : 0) +
		    (double)i * 1e-5);
	line = track_line(&track, 60, &points);
	CHECK(line != NULL);
	CHECK(points > TRACK_MOST_POINTS / 11);
	free(line);
}

static void
more_points_than_the_most_are_refused(void)
{
	struct track_point point = { .number = 0 };
	size_t i;
	bool ok = true;

	track_clear(&track);
	for (i = 0; ok && i < TRACK_MOST_POINTS; i++)
		ok = track_add(&track, &point, &err);
	CHECK(ok);
	CHECK(!track_add(&track, &point, &err));
	CHECK_INT(err.kind, EDGE_BAD_DATA);
}

int
main(void)
{
	RUN(line_of_the_published_example_is_the_published_text);
	RUN(line_of_no_point_is_empty_and_of_one_is_itself);
	RUN(straight_line_keeps_its_ends_only);
	RUN(points_left_out_are_within_the_tolerance);
	RUN(zigzag_of_the_longest_track_does_not_run_out_of_stack);
	RUN(more_points_than_the_most_are_refused);
	track_free(&track);
	return check_exit();
}
