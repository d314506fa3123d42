/* The landing page: what the portal holds in a sentence, who is at sea now,
 * what is new. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../schema/clock.h"
#include "chart.h"
#include "view_images.h"
#include "view_util.h"
#include "views.h"

#define HEARD_MOST 1000    /* missions of a kind looked at, last heard first */
#define AT_SEA_MOST 50     /* of those at sea shown, last started */
#define ANNOUNCEMENTS_MOST 2
#define STARTED_MOST 12    /* missions looked at for "started" */
#define LAST_KNOWN_MOST 8  /* rows when nobody is at sea */
#define EVENTS_MOST 3      /* of those that started, and of those completed */
#define DIVES_MOST 48      /* of each mission at sea */
#define PLOTS_MOST 4       /* pictures of the source */

struct heard {
	int64_t id, end_ms, start_ms, number;
	char platform[SERIAL_BYTES];
	bool glider, basin_exists, complete;
};

struct event {
	int64_t ms, id;
	bool completed;
};

struct landing {
	struct heard heard[2 * HEARD_MOST];
	size_t heard_length;
	struct event events[2 * HEARD_MOST + STARTED_MOST];
	size_t events_length;
};

static void
read_heard(struct view *view, struct landing *l, bool glider)
{
	struct stmt *s = db_stmt(view->db, Q_MISSIONS_HEARD);

	stmt_text(s, 1, glider ? "glider" : "sailbuoy");
	stmt_int(s, 2, INT64_MIN);
	stmt_int(s, 3, INT64_MAX);
	stmt_int(s, 4, INT64_MAX);
	stmt_int(s, 5, HEARD_MOST);
	while (stmt_row(s, view->err)) {
		struct heard *h = &l->heard[l->heard_length++];

		h->id = stmt_get_int(s, 0);
		h->end_ms = stmt_get_int(s, 1);
		h->start_ms = stmt_get_int(s, 2);
		strncpy(h->platform, row_text(s, 3), sizeof h->platform - 1);
		h->number = stmt_get_int(s, 4);
		h->basin_exists = stmt_get_int(s, 5) != 0;
		h->complete = stmt_get_int(s, 6) != 0;
		h->glider = glider;
	}
}

static int
by_start(const void *a, const void *b)
{
	const struct heard *x = a, *y = b;
	int order;

	if (x->start_ms != y->start_ms)
		return x->start_ms < y->start_ms ? -1 : 1;
	if ((order = strcmp(x->platform, y->platform)) != 0)
		return order;
	return (x->number > y->number) - (x->number < y->number);
}

static int
by_end_last_first(const void *a, const void *b)
{
	const struct heard *x = a, *y = b;

	if (x->end_ms != y->end_ms)
		return x->end_ms > y->end_ms ? -1 : 1;
	return by_start(x, y);
}

static int
by_time_last_first(const void *a, const void *b)
{
	const struct event *x = a, *y = b;

	if (x->ms != y->ms)
		return x->ms > y->ms ? -1 : 1;
	return (x->id < y->id) - (x->id > y->id);
}

/* Whether a mission before the at-th is of the same platform. */
static bool
platform_seen(const struct heard *heard, size_t at)
{
	size_t i;

	for (i = 0; i < at; i++)
		if (strcmp(heard[i].platform, heard[at].platform) == 0)
			return true;
	return false;
}

/* Different platforms heard of in the last 24 hours, whatever their kind. */
static void
put_reported(struct view *view, const struct landing *l)
{
	int64_t since = view->now_ms - CLOCK_DAY_MS, reported = 0;
	size_t i;

	for (i = 0; i < l->heard_length && l->heard[i].end_ms >= since; i++) {
		reported += !platform_seen(l->heard, i);
		view_expires(view, l->heard[i].end_ms + CLOCK_DAY_MS + 1);
	}
	put_int(view, view->out, "reported", reported);
}

/* The newest eight have the colours of the map, in the order of the table. */
static void
put_series(struct view *view, cJSON *item, size_t row, size_t rows)
{
	size_t grey = rows > CHART_SERIES ? rows - CHART_SERIES : 0;

	if (row < grey)
		put_null(view, item, "series");
	else
		put_int(view, item, "series", (int64_t)(row - grey) + 1);
}

/* "dives": how deep the last ones went, in whole metres, in order; and
 * "deepest" of them, at least 1. */
static void
put_dives(struct view *view, cJSON *item, const struct heard *heard)
{
	cJSON *dives = put_array(view, item, "dives");
	double depths[DIVES_MOST], deepest = 1;
	struct stmt *s = db_stmt(view->db, Q_DIVES_LAST);
	size_t n = 0;

	stmt_int(s, 1, heard->id);
	stmt_int(s, 2, DIVES_MOST);
	/* A sailbuoy's track is long and has no depth in it. */
	while (heard->glider && stmt_row(s, view->err)) {
		depths[n] = round(fmax(stmt_get_real(s, 0), 0));
		deepest = fmax(deepest, depths[n++]);
	}
	put_real(view, item, "deepest", n > 0 ? deepest : NAN);
	while (n-- > 0)
		add_real(view, dives, depths[n]);
}

/* Keeps the live missions in the front of l->heard. */
static size_t
put_at_sea(struct view *view, struct landing *l)
{
	cJSON *items = put_array(view, view->out, "at_sea"), *item;
	size_t live = 0, i;

	for (i = 0; i < l->heard_length; i++) {
		const struct heard *h = &l->heard[i];

		if (mission_live(view, h->glider, h->basin_exists, h->end_ms))
			l->heard[live++] = *h;
	}
	qsort(l->heard, live, sizeof *l->heard, by_start);
	for (i = live > AT_SEA_MOST ? live - AT_SEA_MOST : 0; i < live; i++) {
		item = add_object(view, items);
		put_mission(view, item, l->heard[i].id, NULL);
		put_series(view, item, i, live);
		put_dives(view, item, &l->heard[i]);
	}
	put_int(view, view->out, "at_sea_count", (int64_t)live);
	put_bool(view, view->out, "at_sea_cut", live > AT_SEA_MOST);
	put_bool(view, view->out, "at_sea_grey", live > CHART_SERIES);
	return live;
}

/* The last mission of each platform that was heard of last, when nobody is at
 * sea. */
static void
put_last_known(struct view *view, const struct landing *l, bool wanted)
{
	cJSON *items = put_array(view, view->out, "last_known");
	size_t i, rows = 0;

	for (i = 0; wanted && i < l->heard_length && rows < LAST_KNOWN_MOST;
	    i++) {
		if (platform_seen(l->heard, i))
			continue;
		put_mission(view, add_object(view, items), l->heard[i].id,
		    NULL);
		rows++;
	}
}

static void
add_event(struct view *view, struct landing *l, int64_t ms, int64_t id,
    bool completed)
{
	if (ms > view->now_ms)
		view_expires(view, ms);
	else
		l->events[l->events_length++] =
		    (struct event){ ms, id, completed };
}

static void
read_events(struct view *view, struct landing *l)
{
	struct stmt *s = db_stmt(view->db, Q_MISSIONS);
	size_t i;

	stmt_int(s, 1, INT64_MAX);
	stmt_int(s, 2, INT64_MAX);
	stmt_int(s, 3, STARTED_MOST);
	while (stmt_row(s, view->err))
		add_event(view, l, stmt_get_int(s, 1), stmt_get_int(s, 0),
		    false);
	for (i = 0; i < l->heard_length; i++)
		if (l->heard[i].complete)
			add_event(view, l, l->heard[i].end_ms,
			    l->heard[i].id, true);
	qsort(l->events, l->events_length, sizeof *l->events,
	    by_time_last_first);
}

static void
put_events(struct view *view, const struct landing *l)
{
	cJSON *items = put_array(view, view->out, "events"), *item;
	size_t i, put[2] = { 0, 0 };

	for (i = 0; i < l->events_length; i++) {
		if (put[l->events[i].completed]++ >= EVENTS_MOST)
			continue;
		item = add_object(view, items);
		put_time(view, item, "time", l->events[i].ms);
		put_text(view, item, "event", l->events[i].completed ?
		    "completed" : "started");
		put_mission(view, item, l->events[i].id, NULL);
	}
}

/* The source's first picture of the first missions of the table. */
static void
put_plots(struct view *view)
{
	cJSON *list = put_array(view, view->out, "plots");
	const cJSON *items = cJSON_GetObjectItemCaseSensitive(view->out,
	    "at_sea"), *item;
	struct mission m = { 0 };

	cJSON_ArrayForEach(item, items) {
		if (cJSON_GetArraySize(list) == PLOTS_MOST)
			break;
		(void)snprintf(m.platform, sizeof m.platform, "%s",
		    cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item,
		    "platform")));
		m.number = (int64_t)cJSON_GetNumberValue(
		    cJSON_GetObjectItemCaseSensitive(item, "mission"));
		m.glider = strcmp(cJSON_GetStringValue(
		    cJSON_GetObjectItemCaseSensitive(item, "kind")),
		    "glider") == 0;
		m.complete = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(
		    item, "complete"));
		put_images(view, list, &m, 1);
	}
}

enum view_result
view_landing(struct view *view)
{
	struct landing *l;
	size_t live;

	if (chart_width(view) != VIEW_OK)
		return VIEW_BAD_PARAM;
	if (chart_wanted(view))
		return view_landing_map(view);
	l = calloc(1, sizeof *l);
	if (l == NULL) {
		err_set(view->err, EDGE_TEMPORARY, "page: out of memory");
		return VIEW_FAILED;
	}
	put_totals(view, view->out, "all", "");
	read_heard(view, l, true);
	read_heard(view, l, false);
	qsort(l->heard, l->heard_length, sizeof *l->heard, by_end_last_first);
	put_reported(view, l);
	read_events(view, l);
	put_events(view, l);
	put_announcements(view, ANNOUNCEMENTS_MOST);
	live = put_at_sea(view, l);
	put_plots(view);
	put_last_known(view, l, live == 0);
	free(l);
	return view_end(view);
}
