/* Maps as pictures: whole and harmless, whatever goes in. */
#include "check.h"
#include "check_svg.h"

#include <stdlib.h>

#include "embedded.h"
#include "map_box.h"
#include "web/map_draw.h"

#define HOSTILE "<script>alert(1)</script>&\"'\x01\xff\xc3 \xed\xa0\x80 end"

static struct basemap region, world;

static struct map
plain_map(void)
{
	return (struct map){ .width = 800, .height = 600,
		.box = map_box_baltic, .region = &region, .world = &world,
		.title = "Missions", .description = "A map" };
}

/* Whether a path of tenths (M, l and z alone) stays in the frame and the few
 * pixels around it; other paths are taken as good. */
static bool
path_stays(const char *d, int width, int height)
{
	int x = 0, y = 0, dx, dy, used;
	bool step = false;

	for (; *d != '"'; d += used) {
		used = 1;
		if (strchr("HVhvL", *d) != NULL)
			return true;
		if (*d == 'M' || *d == 'l') {
			step = *d == 'l';
		} else if (*d != 'z' && *d != ' ') {
			if (sscanf(d, "%d%d%n", &dx, &dy, &used) != 2)
				return true;
			x = step ? x + dx : dx;
			y = step ? y + dy : dy;
			if (x < -50 || x > 10 * width + 50 || y < -50 ||
			    y > 10 * height + 50)
				return false;
		}
	}
	return true;
}

/* Draws, and checks the form and that no path leaves the frame. */
static void
draw(const struct map *map, struct buffer *out)
{
	const char *at;
	int width, height, wrong = 0;

	buffer_clear(out);
	map_draw(map, out);
	CHECK_SVG(out);
	at = strstr(buffer_text(out), "viewBox=\"0 0 ");
	CHECK(at != NULL);
	if (at == NULL || sscanf(at + 13, "%d%d", &width, &height) != 2)
		return;
	for (; (at = strstr(at, " d=\"")) != NULL; at += 4)
		wrong += !path_stays(at + 4, width, height);
	CHECK_INT(wrong, 0);
}

static void
map_without_anything_is_a_picture(void)
{
	struct map map = { .width = 300, .height = 200 };
	struct buffer out = { 0 };

	draw(&map, &out);
	CHECK(strstr(buffer_text(&out), "viewBox=\"0 0 300 200\"") != NULL);
	CHECK(strstr(buffer_text(&out), "role=\"img\"") != NULL);
	CHECK(strstr(buffer_text(&out), "<title></title>") != NULL);
	buffer_free(&out);
}

static void
map_of_the_baltic_names_its_seas(void)
{
	struct map map = plain_map();
	struct buffer out = { 0 };

	draw(&map, &out);
	CHECK(strstr(buffer_text(&out), ">Bothnian Sea<") != NULL);
	CHECK(strstr(buffer_text(&out), ">Skagerrak<") != NULL);
	CHECK(strstr(buffer_text(&out), ">60\xc2\xb0N<") != NULL);
	CHECK(strstr(buffer_text(&out), " km") != NULL);
	map.box = (struct map_box){ 18.5, 59.5, 20.5, 60.5 };
	draw(&map, &out);
	CHECK_INT(svg_count(buffer_text(&out), "class=\"fill\""), 0);
	CHECK(strstr(buffer_text(&out), ">\xc3\x85land Sea<") != NULL);
	buffer_free(&out);
}

static void
map_beyond_the_region_has_both_coasts(void)
{
	struct map map = plain_map();
	struct buffer out = { 0 };

	map.box = (struct map_box){ -5, 45, 30, 60 };
	draw(&map, &out);
	/* The background and what the fine coast lies on. */
	CHECK_INT(svg_count(buffer_text(&out), "class=\"sea\""), 2);
	CHECK(svg_count(buffer_text(&out), "class=\"fill\"") > 0);
	map.box = (struct map_box){ 100, -40, 160, 10 };
	draw(&map, &out);
	CHECK_INT(svg_count(buffer_text(&out), "class=\"sea\""), 1);
	buffer_free(&out);
}

static void
map_escapes_hostile_names(void)
{
	struct map_point points[] = { { 18, 58 }, { 19, 58.5 } };
	struct map_track tracks[3];
	struct map_key keys[] = { { HOSTILE, MAP_RAMP }, { "", -7 } };
	struct map map = plain_map();
	struct buffer out = { 0 };
	int i;

	for (i = 0; i < 3; i++)
		tracks[i] = (struct map_track){ .points = points, .length = 2,
			.live = i > 0, .colour = i * 1000 - 1, .name = HOSTILE,
			.first = { true, points[0], HOSTILE },
			.last = { true, points[1], HOSTILE } };
	map.title = map.description = HOSTILE;
	map.tracks = tracks;
	map.tracks_length = 3;
	map.keys = keys;
	map.keys_length = 2;
	draw(&map, &out);
	CHECK(strstr(buffer_text(&out), "<script") == NULL);
	CHECK(strstr(buffer_text(&out), "&lt;script&gt;alert(1)&lt;/scri") !=
	    NULL);
	CHECK_INT(svg_count(buffer_text(&out), "class=\"line\""), 2);
	buffer_free(&out);
}

static void
map_leaves_out_what_is_no_position(void)
{
	struct map_point points[] = { { NAN, 58 }, { 18, INFINITY },
		{ 18, 58 }, { 1e300, 58 }, { 19, 58 }, { 18, -91 } };
	struct map_track track = { .points = points, .length = 6,
		.live = true, .colour = MAP_SERIES,
		.first = { true, { NAN, NAN }, "A" },
		.last = { true, { 0, INFINITY }, "B" } };
	struct map map = plain_map();
	struct buffer out = { 0 };

	map.tracks = &track;
	map.tracks_length = 1;
	draw(&map, &out);
	CHECK_INT(svg_count(buffer_text(&out), "class=\"line\""), 1);
	CHECK_INT(svg_count(buffer_text(&out), "<circle"), 0);
	track.length = 2; /* nothing is left */
	draw(&map, &out);
	CHECK_INT(svg_count(buffer_text(&out), "class=\"line\""), 0);
	track.points = NULL;
	draw(&map, &out);
	track.line = "\x80\x01";
	draw(&map, &out);
	CHECK_INT(svg_count(buffer_text(&out), "class=\"line\""), 0);
	buffer_free(&out);
}

static void
map_marks_a_track_of_one_point(void)
{
	struct map_point points[] = { { 18, 58 }, { 18, 58 }, { 18, 58 } };
	struct map_track tracks[] = {
		{ .points = points, .length = 1 },
		{ .points = points, .length = 3, .live = true, .colour = 3,
		  .last = { true, { 18, 58 }, "SEA063" } } };
	struct map map = plain_map();
	struct buffer out = { 0 };

	map.tracks = tracks;
	map.tracks_length = 2;
	draw(&map, &out);
	CHECK_INT(svg_count(buffer_text(&out), "class=\"thin\""), 1);
	CHECK_INT(svg_count(buffer_text(&out), "class=\"dot s3\""), 1);
	CHECK_INT(svg_count(buffer_text(&out), ">SEA063<"), 1);
	map.box = (struct map_box){ 18, 58, 18, 58 };
	draw(&map, &out);
	CHECK_INT(svg_count(buffer_text(&out), ">SEA063<"), 1);
	buffer_free(&out);
}

/* No step of the track crosses the whole picture. */
static void
map_follows_a_track_over_the_antimeridian(void)
{
	struct map_point points[40];
	struct map_track track = { .points = points, .length = 40,
		.live = true, .colour = 1, .last = { true, { 0, 0 }, "P" } };
	struct map map = plain_map();
	struct buffer out = { 0 };
	const char *d;
	int i, dx, dy;

	for (i = 0; i < 40; i++)
		points[i] = (struct map_point){
			i < 20 ? 170 + i / 2.0 : -180 + (i - 20) / 2.0,
			10 + i % 3 };
	track.last.at = points[39];
	map.tracks = &track;
	map.tracks_length = 1;
	map.box = box_of(points, 40, 10);
	CHECK(near(map.box.east, 189.5, 1e-9));
	draw(&map, &out);
	CHECK_INT(svg_count(buffer_text(&out), ">P<"), 1);
	CHECK(strstr(buffer_text(&out), ">180\xc2\xb0<") != NULL);
	map.box = (struct map_box){ -180, -60, 180, 70 };
	draw(&map, &out);
	d = strstr(buffer_text(&out), "class=\"line\" d=\"");
	CHECK(d != NULL);
	for (d = d != NULL ? strchr(d, 'l') : NULL; d != NULL && *d != '"';) {
		d = strpbrk(d, "l \"");
		if (*d == 'l' && sscanf(d + 1, "%d%d", &dx, &dy) == 2)
			CHECK(abs(dx) < 1000);
		d += *d != '"';
	}
	/* It comes in again at the other side. */
	d = strstr(buffer_text(&out), "class=\"line\" d=\"");
	CHECK(d != NULL && strchr(d + 18, 'M') != NULL);
	buffer_free(&out);
}

static void
map_of_the_poles_is_a_picture(void)
{
	static const struct map_box boxes[] = { { 0, 89, 1, 90 },
		{ -180, 80, 180, 90 }, { -180, -90, 180, -60 },
		{ 0, -90, 0, -90 }, { -180, -90, 180, 90 } };
	struct map_point points[] = { { -170, 89.9 }, { 10, 90 },
		{ 100, -90 } };
	struct map_track track = { .points = points, .length = 3,
		.live = true, .last = { true, { 10, 90 }, "N" } };
	struct map map = plain_map();
	struct buffer out = { 0 };
	size_t i;

	map.tracks = &track;
	map.tracks_length = 1;
	for (i = 0; i < sizeof boxes / sizeof *boxes; i++) {
		map.box = boxes[i];
		draw(&map, &out);
	}
	buffer_free(&out);
}

static void
map_of_any_box_and_size_is_a_picture(void)
{
	static const int sizes[][2] = { { 64, 64 }, { 4000, 64 }, { 64, 1500 },
		{ 800, 600 } };
	struct map_point points[50];
	struct map_track tracks[20];
	struct map map = plain_map();
	struct buffer out = { 0 };
	int i, k;

	for (i = 0; i < 120; i++) {
		map.box = random_box();
		map.width = sizes[i % 4][0];
		map.height = sizes[i % 4][1];
		for (k = 0; k < 50; k++)
			points[k] = (struct map_point){
				between(map.box.west - 1, map.box.east + 1),
				between(map.box.south - 1, map.box.north) };
		for (k = 0; k < 20; k++)
			tracks[k] = (struct map_track){ .points = points + k,
				.length = 30, .colour = k - 1, .live = k % 2,
				.last = { true, points[k], "SEA063" } };
		map.tracks = tracks;
		map.tracks_length = 20;
		draw(&map, &out);
	}
	buffer_free(&out);
}

static void
map_of_24000_tracks_is_bounded(void)
{
	enum { TRACKS = 24000, POINTS = 12 };
	struct map_point (*points)[POINTS] = calloc(TRACKS, sizeof *points);
	struct map_track *tracks = calloc(TRACKS, sizeof *tracks);
	struct map map = plain_map();
	struct buffer out = { 0 };
	int i, k;

	CHECK(points != NULL && tracks != NULL);
	for (i = 0; points != NULL && tracks != NULL && i < TRACKS; i++) {
		double lon = between(9, 26), lat = between(54, 65);

		for (k = 0; k < POINTS; k++)
			points[i][k] = (struct map_point){
				lon += between(-.2, .2),
				lat += between(-.1, .1) };
		tracks[i] = (struct map_track){ .points = points[i],
			.length = POINTS, .colour = i % MAP_COLOURS };
	}
	map.width = 1180;
	map.height = 900;
	map.tracks = tracks;
	map.tracks_length = TRACKS;
	draw(&map, &out);
	CHECK(out.length < 2000000);
	free(points);
	free(tracks);
	buffer_free(&out);
}

static void
ramp_goes_from_first_to_last(void)
{
	CHECK_INT(map_ramp(0, 6), MAP_RAMP);
	CHECK_INT(map_ramp(5, 6), MAP_RAMP + SVG_RAMP_STEPS - 1);
	CHECK_INT(map_ramp(0, 1), MAP_RAMP + SVG_RAMP_STEPS - 1);
	CHECK_INT(map_ramp(99, 6), MAP_RAMP + SVG_RAMP_STEPS - 1);
	CHECK_INT(map_ramp(0, 0), MAP_RAMP + SVG_RAMP_STEPS - 1);
}

static void
text_widths_count_characters(void)
{
	CHECK_INT(svg_text_length("\xc3\x85land"), 5);
	CHECK_INT(svg_text_length("\xff\xfe"), 2);
	CHECK(svg_text_width("SEA063", 13, true) >
	    svg_text_width("SEA063", 13, false));
	CHECK(near(svg_text_width("", 13, false), 0, 0));
}

/* ---- colours ---- */

static void
text_of_maps_stands_out_in_both_schemes(void)
{
	static const char *const texts[] = { "text{", ".name" };
	const char *dark = strstr(svg_map_style, "@media");
	size_t i;

	CHECK(dark != NULL);
	for (i = 0; dark != NULL && i < 2; i++) {
		CHECK(contrast(svg_map_style, i == 0 ? "fill:#10222e" :
		    "fill:#55697a", ".sea{") >= 4.5);
		CHECK(contrast(svg_map_style, i == 0 ? "fill:#10222e" :
		    "fill:#55697a", ".land{") >= 4.5);
		CHECK(contrast(dark, texts[i], ".sea{") >= 4.5);
		CHECK(contrast(dark, texts[i], ".land{") >= 4.5);
	}
}

static void
long_name_of_an_area_is_whole(void)
{
	static const char name[] = "Den stora och \xc3\xb6ppna "
	    "\xc3\x96stersj\xc3\xb6" "omr\xc3\xa5" "det mellan "
	    "\xc3\xb6" "arna tv\xc3\xa5 x";
	const struct map_outline outline = { .line = "", .name = name,
		.at = { 19.5, 58 }, .half_lon = 5, .half_lat = 5 };
	struct map map = plain_map();
	struct buffer out = { 0 };

	CHECK_INT(sizeof name, MAP_NAME_BYTES);
	map.outlines = &outline;
	map.outlines_length = 1;
	draw(&map, &out);
	CHECK(strstr(buffer_text(&out), name) != NULL);
	buffer_free(&out);
}

int
main(void)
{
	struct edge_err err = { 0 };

	CHECK(basemap_open(&region, asset_basemap_region,
	    asset_basemap_region_len, &err));
	CHECK(basemap_open(&world, asset_basemap_world,
	    asset_basemap_world_len, &err));
	RUN(map_without_anything_is_a_picture);
	RUN(map_of_the_baltic_names_its_seas);
	RUN(map_beyond_the_region_has_both_coasts);
	RUN(map_escapes_hostile_names);
	RUN(map_leaves_out_what_is_no_position);
	RUN(long_name_of_an_area_is_whole);
	RUN(map_marks_a_track_of_one_point);
	RUN(map_follows_a_track_over_the_antimeridian);
	RUN(map_of_the_poles_is_a_picture);
	RUN(map_of_any_box_and_size_is_a_picture);
	RUN(map_of_24000_tracks_is_bounded);
	RUN(ramp_goes_from_first_to_last);
	RUN(text_widths_count_characters);
	RUN(text_of_maps_stands_out_in_both_schemes);
	return check_exit();
}
