/* Where a position falls, which box a map shows, lines with fewer corners,
 * labels that keep apart. */
#include "check.h"
#include "check_svg.h"

#include <stdlib.h>

#include "map_box.h"
#include "web/map_label.h"
#include "web/map_line.h"
#include "web/polyline.h"

/* ---- polylines ---- */

static void
polyline_reads_the_published_example(void)
{
	struct polyline line;
	double lon, lat;

	polyline_begin(&line, "_p~iF~ps|U_ulLnnqC_mqNvxq`@");
	CHECK(polyline_next(&line, &lon, &lat));
	CHECK(near(lat, 38.5, 1e-9) && near(lon, -120.2, 1e-9));
	CHECK(polyline_next(&line, &lon, &lat));
	CHECK(near(lat, 40.7, 1e-9) && near(lon, -120.95, 1e-9));
	CHECK(polyline_next(&line, &lon, &lat));
	CHECK(near(lat, 43.252, 1e-9) && near(lon, -126.453, 1e-9));
	CHECK(!polyline_next(&line, &lon, &lat));
	CHECK(!polyline_next(&line, &lon, &lat));
}

static void
polyline_ends_at_what_is_none(void)
{
	static const char *const bad[] = { "", "_", "_p~iF", "_p~iF~ps|",
		"\x01\x02", "\xff\xfe", "~~~~~~~~~~~~~~~~?", "?~~~~~~~~~?",
		"_kxvjFawyzXa" };
	struct polyline line;
	double lon, lat;
	size_t i, points;

	for (i = 0; i < sizeof bad / sizeof *bad; i++) {
		polyline_begin(&line, bad[i]);
		for (points = 0; polyline_next(&line, &lon, &lat); points++)
			CHECK(fabs(lat) <= 90 && fabs(lon) <= 180);
		CHECK(points <= 1);
	}
	polyline_begin(&line, NULL);
	CHECK(!polyline_next(&line, &lon, &lat));
}

static void
polyline_stays_on_the_globe_with_random_bytes(void)
{
	struct polyline line;
	char text[40];
	double lon, lat;
	int i, k, wrong = 0;

	for (i = 0; i < 20000; i++) {
		for (k = 0; k < 39; k++)
			text[k] = (char)between(60, 128);
		text[39] = '\0';
		polyline_begin(&line, text);
		while (polyline_next(&line, &lon, &lat))
			wrong += !(fabs(lat) <= 90 && fabs(lon) <= 180);
	}
	CHECK_INT(wrong, 0);
}

/* ---- extents and frames ---- */

static void
extent_without_points_is_the_baltic(void)
{
	struct map_point none = { NAN, 50 }, far = { 0, INFINITY };
	struct map_box box = box_of(&none, 1, 10);

	CHECK(near(box.west, map_box_baltic.west, 0));
	box = box_of(&far, 1, 10);
	CHECK(near(box.north, map_box_baltic.north, 0));
}

static void
extent_of_one_point_is_as_wide_as_asked(void)
{
	struct map_point point = { 18, 58 };
	struct map_box box = box_of(&point, 1, 111.195);

	CHECK(near(box.north - box.south, 1, 1e-6));
	CHECK(near((box.east - box.west) * cos(58 * M_PI / 180), 1, 1e-6));
	CHECK(near((box.east + box.west) / 2, 18, 1e-9));
}

static void
extent_takes_the_short_way_over_the_antimeridian(void)
{
	struct map_point points[] = { { 178, -10 }, { -179, -12 },
		{ 179.5, -11 } };
	struct map_box box = box_of(points, 3, 1);

	CHECK(near(box.west, 178, 1e-9));
	CHECK(near(box.east, 181, 1e-9));
}

static void
extent_around_the_globe_is_the_world(void)
{
	struct map_point points[36];
	struct map_box box;
	int i;

	for (i = 0; i < 36; i++)
		points[i] = (struct map_point){ i * 10 - 180, i - 18 };
	box = box_of(points, 36, 1);
	CHECK(near(box.west, -180, 0) && near(box.east, 180, 0));
}

static void
extent_at_a_pole_stays_on_the_globe(void)
{
	struct map_point poles[] = { { 10, 90 }, { 10, -90 } };
	struct map_box box = box_of(poles, 1, 500);

	CHECK(box.north <= 90 && box.south < 89);
	box = box_of(poles + 1, 1, 500);
	CHECK(box.south >= -90 && box.north > -89);
	box = box_of(poles, 2, 500);
	CHECK(near(box.south, -90, 0) && near(box.north, 90, 0));
}

static void
frame_shows_the_whole_box(void)
{
	struct map_frame frame;
	struct map_box box;
	double x, y;
	int i, wrong = 0;

	for (i = 0; i < 5000; i++) {
		box = random_box();
		if (box.east - box.west > 360)
			box.east = box.west + 360;
		map_frame_fit(&frame, &box, (int)between(64, 3000),
		    (int)between(64, 3000));
		map_frame_xy(&frame, box.west, box.north, &x, &y);
		wrong += !(x >= -1e-3 && y >= -1e-3);
		map_frame_xy(&frame, box.east, box.south, &x, &y);
		wrong += !(x <= frame.width + 1e-3 &&
		    y <= frame.height + 1e-3);
	}
	CHECK_INT(wrong, 0);
}

static void
frame_finds_positions_again(void)
{
	struct map_frame frame;
	struct map_point at;
	struct map_box box;
	double x, y;
	int i, wrong = 0;

	for (i = 0; i < 5000; i++) {
		box = random_box();
		map_frame_fit(&frame, &box, 800, 600);
		x = between(0, 800);
		y = between(0, 600);
		at = map_frame_at(&frame, x, y);
		if (fabs(at.lat) > 89)
			continue;
		map_frame_xy(&frame, at.lon, at.lat, &at.lon, &at.lat);
		wrong += !(fabs(at.lon - x) < 1e-3 && fabs(at.lat - y) <
		    1e-3);
	}
	CHECK_INT(wrong, 0);
}

static void
frame_of_nonsense_is_a_frame(void)
{
	static const struct map_box boxes[] = { { NAN, NAN, NAN, NAN },
		{ 10, 50, 5, 40 }, { 0, 0, 0, 0 }, { -1e9, -1e9, 1e9, 1e9 },
		{ -180, -90, 180, 90 }, { 0, 90, 0, 90 }, { 5, -90, 5, -90 },
		{ INFINITY, 0, INFINITY, 1 } };
	struct map_frame frame;
	double x, y;
	size_t i;

	for (i = 0; i < sizeof boxes / sizeof *boxes; i++) {
		map_frame_fit(&frame, &boxes[i], -5, 1000000);
		CHECK_INT(frame.width, MAP_LEAST_PX);
		CHECK_INT(frame.height, MAP_MOST_PX);
		map_frame_xy(&frame, 18, 58, &x, &y);
		CHECK(isfinite(x) && isfinite(y) && frame.scale > 0);
		CHECK(map_frame_height(&boxes[i], 800, 300, 900) >= 300);
		CHECK(map_frame_height(&boxes[i], 800, 300, 900) <= 900);
	}
}

static void
frame_is_conformal_in_the_baltic(void)
{
	struct map_box box = { 10, 54, 25, 66 };
	struct map_frame frame;
	double x, y, x2, y2;

	map_frame_fit(&frame, &box, 1000, 800);
	CHECK_INT(frame.projection, MAP_MERCATOR);
	map_frame_xy(&frame, 18, 58, &x, &y);
	map_frame_xy(&frame, 18, 58.01, &x2, &y2);
	CHECK(near((y - y2) / (.01 * 111.195), map_frame_km(&frame, 58),
	    map_frame_km(&frame, 58) / 1000));
}

static void
step_is_round_and_far_enough(void)
{
	double px;

	CHECK(near(map_step(50, 90), 2, 0));
	CHECK(near(map_step(1000, 90), 10.0 / 60, 1e-12));
	CHECK(near(map_step(.1, 90), 90, 0));
	for (px = .5; px < 5000; px *= 1.1)
		if (map_step(px, 90) < 45)
			CHECK(map_step(px, 90) * px >= 90);
}

/* ---- lines ---- */

static double
distance_from(const struct map_line *line, double x, double y)
{
	double best = INFINITY;
	size_t i;

	for (i = 1; i < line->length; i++) {
		const struct map_vertex *a = &line->at[i - 1];
		const struct map_vertex *b = &line->at[i];
		double dx = b->x - a->x, dy = b->y - a->y;
		double along = dx * dx + dy * dy;
		double t = along > 0 ? ((x - a->x) * dx + (y - a->y) * dy) /
		    along : 0;

		t = fmin(1, fmax(0, t));
		best = fmin(best, hypot(a->x + t * dx - x, a->y + t * dy - y));
	}
	return best;
}

static void
simplify_stays_within_its_tolerance(void)
{
	struct map_line line = { 0 }, before = { 0 };
	double x = 0, y = 0;
	int wrong = 0;
	size_t i;

	for (i = 0; i < 10000; i++) { /* more than one part */
		x += between(-1, 1.2);
		y += between(-1, 1);
		map_line_add(&line, x, y, false);
		map_line_add(&before, x, y, false);
	}
	map_line_simplify(&line, 2);
	CHECK(line.length < 5000 && line.length > 10);
	for (i = 0; i < before.length; i += 37)
		wrong += !(distance_from(&line, before.at[i].x,
		    before.at[i].y) <= 2.001);
	CHECK_INT(wrong, 0);
	CHECK(near(line.at[line.length - 1].x, x, 0));
	map_line_free(&line);
	map_line_free(&before);
}

static void
simplify_keeps_the_ends_of_a_cut(void)
{
	struct map_line line = { 0 };
	int i;

	for (i = 0; i < 10; i++)
		map_line_add(&line, i, 0, i == 5);
	map_line_simplify(&line, 1);
	CHECK_INT(line.length, 4);
	CHECK(near(line.at[1].x, 4, 0) && near(line.at[2].x, 5, 0));
	CHECK(line.at[2].cut && !line.at[1].cut);
	map_line_free(&line);
}

static void
clip_ring_keeps_what_is_inside(void)
{
	struct map_rect rect = { 0, 0, 10, 10 };
	struct map_line ring = { 0 }, spare = { 0 };
	struct map_rect r;

	map_line_add(&ring, -5, -5, false);
	map_line_add(&ring, 25, -5, false);
	map_line_add(&ring, -5, 25, false);
	map_line_clip_ring(&ring, &spare, &rect);
	r = map_line_rect(&ring);
	CHECK(r.left >= 0 && r.top >= 0 && r.right <= 10 && r.bottom <= 10);
	CHECK(ring.length >= 4);
	map_line_clear(&ring);
	map_line_add(&ring, 20, 20, false);
	map_line_add(&ring, 30, 20, false);
	map_line_add(&ring, 20, 30, false);
	map_line_clip_ring(&ring, &spare, &rect);
	CHECK_INT(ring.length, 0);
	map_line_clip_ring(&ring, &spare, &rect);
	CHECK_INT(ring.length, 0);
	map_line_free(&ring);
	map_line_free(&spare);
}

/* ---- labels ---- */

static bool
overlap(const struct map_rect *a, const struct map_rect *b)
{
	return a->left < b->right && a->right > b->left &&
	    a->top < b->bottom && a->bottom > b->top;
}

static void
labels_neither_overlap_nor_leave_the_frame(void)
{
	enum { DOTS = 300 };
	struct map_rect placed[DOTS];
	struct map_labels labels;
	struct map_place place;
	size_t i, k, n = 0;
	double x, y;
	int wrong = 0;

	map_labels_open(&labels, 900, 600);
	for (i = 0; i < DOTS; i++) {
		x = between(0, 900);
		y = between(0, 600);
		if (!map_labels_beside(&labels, x, y, 5, between(10, 150), 15,
		    &place))
			continue;
		for (k = 0; k < n; k++)
			wrong += overlap(&placed[k], &place.rect);
		CHECK(place.rect.left >= 0 && place.rect.right <= 900 &&
		    place.rect.top >= 0 && place.rect.bottom <= 600);
		CHECK(!(x > place.rect.left && x < place.rect.right &&
		    y > place.rect.top && y < place.rect.bottom));
		placed[n++] = place.rect;
	}
	CHECK_INT(wrong, 0);
	CHECK(n > 80 && n < DOTS);
	map_labels_free(&labels);
}

static void
label_wider_than_the_frame_has_no_place(void)
{
	struct map_rect area = { -1e6, -1e6, 1e6, 1e6 }, rect;
	struct map_labels labels;
	struct map_place place;
	double cost;

	map_labels_open(&labels, 64, 64);
	CHECK(!map_labels_beside(&labels, 32, 32, 5, 65, 15, &place));
	CHECK(!map_labels_within(&labels, &area, 32, 32, 65, 15, &rect,
	    &cost));
	CHECK(map_labels_within(&labels, &area, 32, 32, 40, 15, &rect,
	    &cost));
	CHECK(near(rect.left, 12, 1e-9) && near(rect.top, 24.5, 1e-9));
	map_labels_free(&labels);
}

static void
labels_know_land_from_water(void)
{
	static const double ring[][2] = { { 20, 20 }, { 80, 20 }, { 80, 80 },
		{ 20, 80 } };
	struct map_rect land = { 30, 30, 60, 60 }, sea = { 0, 0, 15, 90 };
	struct map_labels labels;
	size_t i;

	map_labels_open(&labels, 100, 100);
	for (i = 0; i < 4; i++)
		map_labels_side(&labels, ring[i][0], ring[i][1],
		    ring[(i + 1) % 4][0], ring[(i + 1) % 4][1]);
	map_labels_fill(&labels);
	CHECK(near(map_labels_share(&labels, &land, MAP_INK_LAND), 1, 0));
	CHECK(near(map_labels_share(&labels, &sea, MAP_INK_LAND), 0, 0));
	map_labels_clear(&labels, &land);
	CHECK(near(map_labels_share(&labels, &land, MAP_INK_LAND), 0, 0));
	/* Far outside in every direction does no harm. */
	map_labels_side(&labels, -1e7, -1e7, 1e7, 1e7);
	map_labels_side(&labels, 1e7, 1e7, -1e7, -1e7);
	map_labels_ink(&labels, -1e7, -1e7, 1e7, 1e7, MAP_INK_LIVE);
	map_labels_fill(&labels);
	map_labels_free(&labels);
}

int
main(void)
{
	RUN(polyline_reads_the_published_example);
	RUN(polyline_ends_at_what_is_none);
	RUN(polyline_stays_on_the_globe_with_random_bytes);
	RUN(extent_without_points_is_the_baltic);
	RUN(extent_of_one_point_is_as_wide_as_asked);
	RUN(extent_takes_the_short_way_over_the_antimeridian);
	RUN(extent_around_the_globe_is_the_world);
	RUN(extent_at_a_pole_stays_on_the_globe);
	RUN(frame_shows_the_whole_box);
	RUN(frame_finds_positions_again);
	RUN(frame_of_nonsense_is_a_frame);
	RUN(frame_is_conformal_in_the_baltic);
	RUN(step_is_round_and_far_enough);
	RUN(simplify_stays_within_its_tolerance);
	RUN(simplify_keeps_the_ends_of_a_cut);
	RUN(clip_ring_keeps_what_is_inside);
	RUN(labels_neither_overlap_nor_leave_the_frame);
	RUN(label_wider_than_the_frame_has_no_place);
	RUN(labels_know_land_from_water);
	return check_exit();
}
