/* Plots: round ticks, and pictures that are whole whatever goes in. */
#include "check.h"
#include "check_svg.h"

#include <stdlib.h>

#include "schema/clock.h"
#include "web/plot.h"
#include "web/plot_parts.h"

#define HOSTILE "<script>alert(1)</script>&\"'\x01\xff\xc3 \xed\xa0\x80 end"
#define HOUR_MS INT64_C(3600000)

static int64_t
day(int year, int month, int d)
{
	return clock_days_from_civil(year, month, d) * CLOCK_DAY_MS;
}

static struct plot
plain_plot(void)
{
	return (struct plot){ .width = 900, .height = 280, .title = "Plot" };
}

/* ---- ticks ---- */

/* The texts of the ticks, joined by "|". */
static const char *
ticks_of(int64_t from_ms, int64_t to_ms, int most, char text[1024])
{
	struct plot_tick ticks[PLOT_MOST_TICKS];
	size_t length = plot_ticks(from_ms, to_ms, most, ticks), i;
	int used = 0;

	text[0] = '\0';
	for (i = 0; i < length; i++) {
		CHECK(ticks[i].ms >= from_ms && ticks[i].ms <= to_ms);
		used += snprintf(text + used, 1024 - (size_t)used, "%s%s",
		    i > 0 ? "|" : "", ticks[i].text);
	}
	return text;
}

static void
ticks_are_round_in_every_unit(void)
{
	char text[1024];
	int64_t oct = day(2025, 10, 12);

	CHECK_STR(ticks_of(oct + 17 * HOUR_MS, oct + 26 * HOUR_MS, 5, text),
	    "12 Oct 18:00|21:00|13 Oct");
	CHECK_STR(ticks_of(oct + 1, oct + 3 * CLOCK_DAY_MS, 7, text),
	    "12 Oct 12:00|13 Oct|12:00|14 Oct|12:00|15 Oct");
	CHECK_STR(ticks_of(oct, oct + 22 * CLOCK_DAY_MS, 7, text),
	    "16 Oct 2025|21 Oct|26 Oct|1 Nov");
	CHECK_STR(ticks_of(oct, oct + 40 * CLOCK_DAY_MS, 4, text),
	    "21 Oct 2025|1 Nov|11 Nov|21 Nov");
	CHECK_STR(ticks_of(oct, day(2026, 3, 20), 7, text),
	    "Nov 2025|Dec|2026|Feb|Mar");
	CHECK_STR(ticks_of(day(2021, 1, 1), day(2027, 1, 1), 8, text),
	    "2021|2022|2023|2024|2025|2026|2027");
	CHECK_STR(ticks_of(day(2023, 12, 29), day(2024, 1, 3), 5, text),
	    "29 Dec 2023|30 Dec|31 Dec|1 Jan 2024|2 Jan|3 Jan");
}

static void
ticks_are_few_over_any_time(void)
{
	struct plot_tick ticks[PLOT_MOST_TICKS];
	int64_t from, span;
	size_t length;
	int i, few = 0, enough = 0;

	for (i = 0; i < 20000; i++) {
		from = (int64_t)between(-2e14, 2e14);
		span = (int64_t)pow(10, between(0, 14));
		length = plot_ticks(from, from + span, 7, ticks);
		few += length <= 10;
		enough += span < 3 * HOUR_MS || length >= 2;
	}
	CHECK_INT(few, 20000);
	CHECK_INT(enough, 20000);
}

static void
steps_of_values_are_round(void)
{
	CHECK(near(plot_step(224, 5, false), 50, 0));
	CHECK(near(plot_step(1000, 5, false), 200, 0));
	CHECK(near(plot_step(7, 5, false), 2, 0));
	CHECK(near(plot_step(0.7, 5, false), .2, 1e-12));
	CHECK(near(plot_step(3, 5, true), 1, 0));
	CHECK(near(plot_step(0, 5, true), 1, 0));
	CHECK(near(plot_step(NAN, 5, false), 1, 0));
	CHECK(near(plot_step(INFINITY, 5, false), 1, 0));
}

/* ---- depth ---- */

static void
depth_of_no_dives_says_so(void)
{
	struct plot_dive dives[] = { { INT64_MIN, 100 }, { 0, NAN },
		{ 0, -5 }, { 0, INFINITY } };
	struct plot plot = plain_plot();
	struct buffer out = { 0 };

	plot_depth(&plot, NULL, 0, &out);
	CHECK_SVG(&out);
	CHECK(strstr(buffer_text(&out), "No dives with a depth") != NULL);
	buffer_clear(&out);
	plot_depth(&plot, dives, 4, &out);
	CHECK_SVG(&out);
	CHECK(strstr(buffer_text(&out), "No dives with a depth") != NULL);
	buffer_free(&out);
}

static void
depth_of_few_dives_has_a_bar_each(void)
{
	struct plot_dive dives[] = { { day(2025, 10, 12), 50 },
		{ day(2025, 10, 13), 224.4 }, { day(2025, 10, 14), 90 } };
	struct plot plot = plain_plot();
	struct buffer out = { 0 };

	plot_depth(&plot, dives, 3, &out);
	CHECK_SVG(&out);
	CHECK(strstr(buffer_text(&out), "deepest 224 m, 13 Oct 2025") != NULL);
	CHECK(strstr(buffer_text(&out), "class=\"dives\"") != NULL);
	CHECK(strstr(buffer_text(&out), "class=\"deep\"") == NULL);
	/* One dive is a plot too. */
	buffer_clear(&out);
	plot_depth(&plot, dives, 1, &out);
	CHECK_SVG(&out);
	/* And so is one of no depth. */
	buffer_clear(&out);
	dives[0].depth_m = 0;
	plot_depth(&plot, dives, 1, &out);
	CHECK_SVG(&out);
	buffer_free(&out);
}

/* How many closed parts a path has. */
static int
parts_of(const char *svg, const char *class_name)
{
	const char *at = strstr(svg, class_name);
	int parts = 0;

	CHECK(at != NULL);
	for (at = at != NULL ? strstr(at, " d=\"") + 4 : ""; *at != '\0' &&
	    *at != '"'; at++)
		parts += *at == 'z';
	return parts;
}

static void
depth_band_breaks_where_there_is_silence(void)
{
	enum { DIVES = 3000 };
	struct plot_dive *dives = calloc(DIVES, sizeof *dives);
	struct plot plot = plain_plot();
	struct buffer out = { 0 };
	int i;

	CHECK(dives != NULL);
	for (i = 0; dives != NULL && i < DIVES; i++)
		dives[i] = (struct plot_dive){ day(2025, 10, 1) +
			i * HOUR_MS / 2, between(80, 120) };
	plot_depth(&plot, dives, DIVES, &out);
	CHECK_SVG(&out);
	CHECK_INT(parts_of(buffer_text(&out), "\"deep\""), 1);
	CHECK_INT(parts_of(buffer_text(&out), "\"every\""), 1);
	CHECK(out.length < 40000);
	for (i = 1000; dives != NULL && i < 1400; i++)
		dives[i].depth_m = NAN;
	buffer_clear(&out);
	plot_depth(&plot, dives, DIVES, &out);
	CHECK_SVG(&out);
	CHECK_INT(parts_of(buffer_text(&out), "\"deep\""), 2);
	free(dives);
	buffer_free(&out);
}

static void
depth_is_bounded_with_many_dives(void)
{
	enum { DIVES = 200000 };
	struct plot_dive *dives = calloc(DIVES, sizeof *dives);
	struct plot plot = plain_plot();
	struct buffer out = { 0 };
	int i;

	CHECK(dives != NULL);
	for (i = 0; dives != NULL && i < DIVES; i++)
		dives[i] = (struct plot_dive){ (int64_t)between(0, 1e12),
			between(0, 1000) };
	plot_depth(&plot, dives, DIVES, &out);
	CHECK_SVG(&out);
	CHECK(out.length < 60000);
	free(dives);
	buffer_free(&out);
}

static void
depth_of_broken_clocks_is_a_picture(void)
{
	struct plot_dive dives[] = { { INT64_MAX, 50 }, { INT64_MIN + 1, 60 },
		{ 0, 70 } };
	struct plot_fix fixes[] = { { INT64_MAX, { 18, 58 } },
		{ INT64_MIN + 1, { 19, 58 } } };
	struct plot plot = plain_plot();
	struct buffer out = { 0 };

	plot_depth(&plot, dives, 3, &out);
	CHECK_SVG(&out);
	buffer_clear(&out);
	plot_distance(&plot, fixes, 2, &out);
	CHECK_SVG(&out);
	plot.from_ms = INT64_MIN;
	plot.to_ms = INT64_MAX;
	buffer_clear(&out);
	plot_depth(&plot, dives, 3, &out);
	CHECK_SVG(&out);
	buffer_free(&out);
}

/* ---- distance ---- */

static void
great_circle_has_known_lengths(void)
{
	struct map_point a = { 0, 0 }, b = { 90, 0 }, c = { 180, 0 },
		gothenburg = { 11.97, 57.71 }, visby = { 18.3, 57.64 };

	CHECK(near(plot_great_circle_m(a, a), 0, 0));
	CHECK(near(plot_great_circle_m(a, b), 10007543, 1));
	CHECK(near(plot_great_circle_m(a, c), 20015087, 1));
	CHECK(near(plot_great_circle_m(gothenburg, visby), 375900, 2000));
}

static void
distance_says_how_far_in_order_of_time(void)
{
	struct plot_fix fixes[] = {
		{ day(2025, 10, 14), { 18.5, 58 } },
		{ day(2025, 10, 12), { 18, 58 } },
		{ INT64_MIN, { 30, 58 } },
		{ day(2025, 10, 13), { 20, 58 } },
		{ day(2025, 10, 13), { NAN, 58 } } };
	struct plot plot = plain_plot();
	struct buffer out = { 0 };

	plot_distance(&plot, fixes, 5, &out);
	CHECK_SVG(&out);
	CHECK(strstr(buffer_text(&out), "farthest 118 km") != NULL);
	CHECK(strstr(buffer_text(&out), "last 29 km") != NULL);
	CHECK(strstr(buffer_text(&out), "great circle") != NULL);
	buffer_free(&out);
}

static void
distance_of_nothing_and_of_one_fix_is_a_picture(void)
{
	struct plot_fix fixes[] = { { day(2025, 10, 14), { 18.5, 58 } },
		{ day(2025, 10, 14), { 18.5, 58 } } };
	struct plot plot = plain_plot();
	struct buffer out = { 0 };

	plot_distance(&plot, NULL, 0, &out);
	CHECK_SVG(&out);
	CHECK(strstr(buffer_text(&out), "No positions") != NULL);
	buffer_clear(&out);
	plot_distance(&plot, fixes, 1, &out);
	CHECK_SVG(&out);
	buffer_clear(&out);
	plot_distance(&plot, fixes, 2, &out);
	CHECK_SVG(&out);
	CHECK(strstr(buffer_text(&out), "last 0.0 km") != NULL);
	buffer_free(&out);
}

/* ---- the fleet ---- */

static void
gantt_has_a_row_for_each_platform(void)
{
	struct plot_sailing sailings[] = {
		{ day(2025, 10, 12), day(2026, 5, 3), true, "M33" },
		{ day(2024, 1, 1), day(2024, 1, 2), false, "M32" },
		{ day(2024, 6, 1), day(2024, 5, 1), false, "ends before" },
		{ day(1990, 1, 1), day(1990, 2, 1), false, "too early" } };
	struct plot_row rows[] = {
		{ "SEA063", "Skag", PLOT_GLIDER, sailings, 4 },
		{ HOSTILE, HOSTILE, PLOT_SAILBUOY, sailings, 1 },
		{ "SEA064", NULL, (enum plot_kind)77, NULL, 0 } };
	struct plot plot = plain_plot();
	struct buffer out = { 0 };

	plot.from_ms = day(2024, 1, 1);
	plot.to_ms = day(2027, 1, 1);
	plot.title = plot.description = HOSTILE;
	plot_gantt(&plot, rows, 3, &out);
	CHECK_SVG(&out);
	CHECK(strstr(buffer_text(&out), ">SEA063<") != NULL);
	CHECK(strstr(buffer_text(&out), ">Skag<") != NULL);
	CHECK(strstr(buffer_text(&out), ">M33<") != NULL);
	CHECK(strstr(buffer_text(&out), "too early") == NULL);
	CHECK(strstr(buffer_text(&out), "<script") == NULL);
	CHECK(strstr(buffer_text(&out), ">2026<") != NULL);
	CHECK(strstr(buffer_text(&out), ">gliders<") != NULL);
	CHECK(strstr(buffer_text(&out), ">sailbuoys<") != NULL);
	CHECK_INT(svg_count(buffer_text(&out), "<circle"), 3);
	buffer_clear(&out);
	plot.from_ms = plot.to_ms = 0; /* as the data go */
	plot_gantt(&plot, rows, 3, &out);
	CHECK_SVG(&out);
	buffer_clear(&out);
	plot_gantt(&plot, NULL, 0, &out);
	CHECK_SVG(&out);
	CHECK(strstr(buffer_text(&out), "No platforms") != NULL);
	buffer_free(&out);
}

static void
gantt_is_bounded_with_many_platforms(void)
{
	enum { ROWS = 700, EACH = 40 };
	struct plot_row *rows = calloc(ROWS, sizeof *rows);
	struct plot_sailing *sailings = calloc(EACH, sizeof *sailings);
	struct plot plot = plain_plot();
	struct buffer out = { 0 };
	int i;

	CHECK(rows != NULL && sailings != NULL);
	if (rows == NULL || sailings == NULL)
		return;
	for (i = 0; i < EACH; i++)
		sailings[i] = (struct plot_sailing){ day(2021, 1, 1 + 50 * i),
			day(2021, 1, 21 + 50 * i), false, NULL };
	for (i = 0; i < ROWS; i++)
		rows[i] = (struct plot_row){ "SEA063", "Skag", PLOT_GLIDER,
			sailings, EACH };
	plot_gantt(&plot, rows, ROWS, &out);
	CHECK_SVG(&out);
	CHECK(strstr(buffer_text(&out), "and 100 more platforms") != NULL);
	CHECK(out.length < 800000);
	CHECK(plot_gantt_height(ROWS) < 8000);
	CHECK(plot_gantt_height(25) < 700);
	CHECK(plot_gantt_height(0) > 0);
	free(rows);
	free(sailings);
	buffer_free(&out);
}

static void
coverage_names_the_busiest_week(void)
{
	struct plot_week weeks[] = { { { 1, 0 } }, { { 3, 2 } },
		{ { 3, 0 } }, { { 0, 0 } }, { { -5, 1 } } };
	struct plot plot = plain_plot();
	struct buffer out = { 0 };

	plot_coverage(&plot, day(2026, 11, 2), weeks, 5, &out);
	CHECK_SVG(&out);
	CHECK(strstr(buffer_text(&out), "most: 5, week of 9 Nov 2026") !=
	    NULL);
	CHECK_INT(parts_of(buffer_text(&out), "<path class=\"f0\""), 1);
	CHECK_INT(parts_of(buffer_text(&out), "<path class=\"f1\""), 1);
	buffer_clear(&out);
	plot_coverage(&plot, INT64_MAX, weeks, 5, &out);
	CHECK_SVG(&out);
	buffer_clear(&out);
	plot_coverage(&plot, 0, NULL, 0, &out);
	CHECK_SVG(&out);
	CHECK(strstr(buffer_text(&out), "Nobody was at sea") != NULL);
	buffer_free(&out);
}

static void
plots_of_any_size_are_pictures(void)
{
	static const int sizes[] = { -1, 0, 1, 360, 1000000 };
	struct plot_dive dives[] = { { 0, 5 }, { HOUR_MS, 9 } };
	struct plot_week weeks[] = { { { 1, 1 } } };
	struct plot plot = { .title = NULL };
	struct buffer out = { 0 };
	size_t i;

	for (i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		plot.width = plot.height = sizes[i];
		buffer_clear(&out);
		plot_depth(&plot, dives, 2, &out);
		CHECK_SVG(&out);
		buffer_clear(&out);
		plot_coverage(&plot, 0, weeks, 1, &out);
		CHECK_SVG(&out);
	}
	buffer_free(&out);
}

static void
text_of_plots_stands_out_in_both_schemes(void)
{
	const char *dark = strstr(svg_plot_style, "@media");

	CHECK(dark != NULL);
	CHECK(contrast(svg_plot_style, "fill:#55697a", ".paper{") >= 4.5);
	CHECK(contrast(svg_plot_style, ".strong{", ".paper{") >= 4.5);
	CHECK(contrast(svg_plot_style, ".in{", ".k0{") >= 4.5);
	if (dark == NULL)
		return;
	CHECK(contrast(dark, "text{", ".paper{") >= 4.5);
	CHECK(contrast(dark, ".strong", ".paper{") >= 4.5);
	CHECK(contrast(dark, ".in{", ".k0{") >= 4.5);
}

int
main(void)
{
	RUN(ticks_are_round_in_every_unit);
	RUN(ticks_are_few_over_any_time);
	RUN(steps_of_values_are_round);
	RUN(depth_of_no_dives_says_so);
	RUN(depth_of_few_dives_has_a_bar_each);
	RUN(depth_band_breaks_where_there_is_silence);
	RUN(depth_is_bounded_with_many_dives);
	RUN(depth_of_broken_clocks_is_a_picture);
	RUN(great_circle_has_known_lengths);
	RUN(distance_says_how_far_in_order_of_time);
	RUN(distance_of_nothing_and_of_one_fix_is_a_picture);
	RUN(gantt_has_a_row_for_each_platform);
	RUN(gantt_is_bounded_with_many_platforms);
	RUN(coverage_names_the_busiest_week);
	RUN(plots_of_any_size_are_pictures);
	RUN(text_of_plots_stands_out_in_both_schemes);
	return check_exit();
}
