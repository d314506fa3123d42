/* The maps beside other pages: what is at sea now over what was there in the
 * last year, the missions of a platform, and the track of one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chart.h"
#include "views.h"

#define PAST_MS (365 * CLOCK_DAY_MS)
#define PAST_MOST 400   /* missions of a kind drawn grey */
#define LAST_MOST 8     /* platforms shown when none is at sea */

struct sailing {
	int64_t id, number, start_ms, end_ms;
	char platform[SERIAL_BYTES];
	bool live, last;
};

/* Missions of a kind, heard last first; live ones are marked. */
static size_t
read_sailings(struct view *view, bool glider, struct sailing *sailings)
{
	struct stmt *s = db_stmt(view->db, Q_MISSIONS_HEARD);
	size_t n = 0;

	stmt_text(s, 1, glider ? "glider" : "sailbuoy");
	stmt_int(s, 2, INT64_MIN);
	stmt_int(s, 3, INT64_MAX);
	stmt_int(s, 4, INT64_MAX);
	stmt_int(s, 5, PAST_MOST);
	while (stmt_row(s, view->err)) {
		struct sailing *at = &sailings[n++];

		at->id = stmt_get_int(s, 0);
		at->end_ms = stmt_get_int(s, 1);
		at->start_ms = stmt_get_int(s, 2);
		(void)snprintf(at->platform, sizeof at->platform, "%s",
		    row_text(s, 3));
		at->number = stmt_get_int(s, 4);
		at->live = mission_live(view, glider, stmt_get_int(s, 5) != 0,
		    at->end_ms);
	}
	return n;
}

static int
by_end(const void *a, const void *b)
{
	const struct sailing *x = a, *y = b;

	if (x->end_ms != y->end_ms)
		return x->end_ms < y->end_ms ? 1 : -1;
	return (x->id > y->id) - (x->id < y->id);
}

/* Past missions lie beneath; of those at sea the newest on top, in the order
 * of the landing page's table, so that the colours are the same. */
static int
by_layer(const void *a, const void *b)
{
	const struct sailing *x = a, *y = b;
	int order;

	if (x->live != y->live)
		return x->live ? 1 : -1;
	if (x->last != y->last)
		return x->last ? 1 : -1;
	if (x->start_ms != y->start_ms)
		return x->start_ms > y->start_ms ? 1 : -1;
	if ((order = strcmp(x->platform, y->platform)) != 0)
		return order;
	return (x->number > y->number) - (x->number < y->number);
}

/* When none is at sea: the last mission of each platform heard of last. */
static void
mark_last(struct sailing *sailings, size_t length)
{
	size_t i, k, marked = 0;

	qsort(sailings, length, sizeof *sailings, by_end);
	for (i = 0; i < length && marked < LAST_MOST; i++) {
		for (k = 0; k < i && strcmp(sailings[k].platform,
		    sailings[i].platform) != 0; k++)
			continue;
		sailings[i].last = k == i;
		marked += sailings[i].last;
	}
}

static void
add_sailings(struct chart *chart, const struct sailing *sailings,
    size_t length, size_t live)
{
	int64_t since = chart->view->now_ms - PAST_MS;
	size_t coloured = live < CHART_SERIES ? live : CHART_SERIES, i;
	char class_name[CHART_CLASS_BYTES];

	for (i = 0; i < length; i++) {
		const struct sailing *at = &sailings[i];
		size_t left = length - i; /* 1 for the newest */
		struct chart_look look = { .highlight = at->live || at->last,
			.fits = at->live || at->last, .dot = at->live,
			.dot_always = at->last };

		if (!look.highlight && at->end_ms < since)
			continue;
		if (at->live && left <= coloured) {
			chart_class('s', (int)(coloured - left) + 1,
			    class_name);
			look.class_name = class_name;
		}
		chart_add(chart, at->id, look.highlight ||
		    chart->view->req->form == FORM_SVG ? CHART_BASIN :
		    CHART_SEA, &look);
	}
}

enum view_result
view_landing_map(struct view *view)
{
	struct sailing *sailings;
	size_t length, live = 0, i;
	struct chart chart;

	if (chart_width(view) != VIEW_OK)
		return VIEW_BAD_PARAM;
	sailings = calloc(2 * PAST_MOST, sizeof *sailings);
	if (sailings == NULL) {
		err_set(view->err, EDGE_TEMPORARY, "map: out of memory");
		return VIEW_FAILED;
	}
	length = read_sailings(view, true, sailings);
	length += read_sailings(view, false, sailings + length);
	for (i = 0; i < length; i++)
		live += sailings[i].live;
	if (live == 0)
		mark_last(sailings, length);
	qsort(sailings, length, sizeof *sailings, by_layer);
	chart_begin(&chart, view, live > 0 ? "Map of missions at sea now" :
	    "Map of last known positions");
	chart_put_region(&chart);
	add_sailings(&chart, sailings, length, live);
	free(sailings);
	return view_end(view);
}

enum view_result
view_seas(struct view *view)
{
	chart_put_outlines(view);
	return view_end(view);
}

enum view_result
view_platform_map(struct view *view)
{
	const char *serial = request_capture(view->req, "serial");
	struct stmt *s = db_stmt(view->db, Q_MAP_MISSIONS_OF_PLATFORM);
	struct chart_years years;
	struct chart_list *list;
	char title[SERIAL_BYTES + 32];
	struct chart chart;

	stmt_text(s, 1, serial);
	list = chart_read_list(view, s);
	if (list == NULL)
		return VIEW_FAILED;
	chart_read_years(view, &years);
	(void)snprintf(title, sizeof title, "Map of the missions of %s",
	    serial);
	chart_begin(&chart, view, title);
	chart_add_by_year(&chart, list, &years, CHART_BASIN);
	free(list);
	return view_end(view);
}

enum view_result
view_mission_map(struct view *view)
{
	const char *number = request_capture(view->req, "number");
	const char *serial = request_capture(view->req, "serial");
	struct stmt *s = db_stmt(view->db, Q_MISSION_FIND);
	struct chart_look look = { .class_name = "s1", .highlight = true,
		.fits = true, .dot_always = true };
	char title[SERIAL_BYTES + 32];
	struct chart chart;
	int64_t n, id;

	if (chart_width(view) != VIEW_OK)
		return VIEW_BAD_PARAM;
	if (!request_parse_int(number, 0, INT32_MAX, &n))
		return VIEW_NOT_FOUND;
	stmt_text(s, 1, serial);
	stmt_int(s, 2, n);
	if (!stmt_row(s, view->err))
		return view->err->kind == EDGE_NONE ? VIEW_NOT_FOUND :
		    VIEW_FAILED;
	id = stmt_get_int(s, 0);
	stmt_reset(s);
	(void)snprintf(title, sizeof title, "Track of %s M%s", serial, number);
	chart_begin(&chart, view, title);
	chart_add(&chart, id, CHART_MISSION, &look);
	return view_end(view);
}
