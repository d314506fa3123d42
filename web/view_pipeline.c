/* /pipeline: what the source's processing has done of each mission. First the
 * missions that are not processed to the end, the latest of them on top; then
 * those that are, the last first, a page at a time. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view_util.h"
#include "views.h"

#define OPEN_MOST 500    /* of a page … */
#define OPEN_FILE 20000  /* … and of a file to take away */
#define DONE_USUAL 50
#define DONE_MOST 500
#define STEPS 8

/* What near real time and the final processing may take. */
#define NEAR_LATE_MS CLOCK_DAY_MS
#define FINAL_LATE_MS (30 * CLOCK_DAY_MS)

static const struct {
	const char *name, *label;
} steps[STEPS] = {
	{ "yml", "settings" },
	{ "nrt_profiles", "near real time: profiles" },
	{ "nrt_proc", "near real time: data" },
	{ "nrt_plots", "near real time: plots" },
	{ "complete_profiles", "final: profiles" },
	{ "complete_proc", "final: data" },
	{ "complete_plots", "final: plots" },
	{ "up", "published" },
};

enum { NRT_PLOTS = 3, COMPLETE_PROFILES = 4, COMPLETE_PLOTS = 6, UP = 7 };

enum state { LATE, WAITING, DONE, STATES };

static const char *const state_words[STATES] = { "late", "waiting", "done" };

/* One mission while its row is made. */
struct row {
	char platform[SERIAL_BYTES];
	int64_t number;
	int64_t values[STEPS];   /* -1: missing */
	int64_t times[STEPS];    /* 0: not known */
	bool stored, complete, live;
	int64_t start_ms, end_ms;
	enum state state;
	int awaited;             /* step; -1: none */
	int64_t since_ms;        /* 0: not known */
};

static void
read_steps(struct view *view, struct row *row)
{
	struct stmt *s = db_stmt(view->db, Q_PIPELINE_STEPS);
	int i;

	for (i = 0; i < STEPS; i++)
		row->values[i] = -1;
	stmt_text(s, 1, row->platform);
	stmt_int(s, 2, row->number);
	while (stmt_row(s, view->err))
		for (i = 0; i < STEPS; i++)
			if (strcmp(row_text(s, 0), steps[i].name) == 0) {
				if (!stmt_is_null(s, 1))
					row->values[i] = stmt_get_int(s, 1);
				row->times[i] = stmt_get_int(s, 2);
			}
}

static void
read_mission(struct view *view, struct row *row)
{
	struct stmt *s = db_stmt(view->db, Q_PIPELINE_MISSION);
	int64_t window;

	stmt_text(s, 1, row->platform);
	stmt_int(s, 2, row->number);
	if (!stmt_row(s, view->err))
		return;
	row->stored = true;
	row->complete = stmt_get_int(s, 0) != 0;
	row->start_ms = stmt_get_int(s, 1);
	row->end_ms = stmt_get_int(s, 2);
	window = strcmp(row_text(s, 3), "glider") == 0 ? LIVE_GLIDER_MS :
	    LIVE_SAILBUOY_MS;
	row->live = row->end_ms >= view->now_ms - window;
	stmt_reset(s);
}

/* The latest of the steps from `first` to `last`. */
static int64_t
newest(const struct row *row, int first, int last)
{
	int64_t ms = 0;
	int i;

	for (i = first; i <= last; i++)
		if (row->times[i] > ms)
			ms = row->times[i];
	return ms;
}

/* What it waits for, and since when: the first step that is not done, or, while
 * the mission goes on, the next round of near real time. */
static void
judge(const struct view *view, struct row *row)
{
	int i, last = row->live || !row->complete ? NRT_PLOTS :
	    COMPLETE_PLOTS;
	int64_t limit = NEAR_LATE_MS;

	row->awaited = -1;
	if (row->values[COMPLETE_PLOTS] > 0) {
		row->state = DONE;
		row->since_ms = row->times[COMPLETE_PLOTS];
		return;
	}
	for (i = 0; i <= last && row->awaited < 0; i++)
		if (row->values[i] <= 0)
			row->awaited = i;
	if (row->awaited < 0 && row->live) {
		row->awaited = NRT_PLOTS;
		row->since_ms = row->times[NRT_PLOTS];
	} else if (row->awaited < 0) {
		/* All of near real time is done, and the mission is over. */
		row->awaited = COMPLETE_PROFILES;
		row->since_ms = row->end_ms;
		limit = FINAL_LATE_MS;
	} else {
		row->since_ms = newest(row, 0, COMPLETE_PLOTS);
		if (row->since_ms == 0)
			row->since_ms = row->start_ms;
		if (row->awaited >= COMPLETE_PROFILES)
			limit = FINAL_LATE_MS;
	}
	row->state = row->since_ms != 0 && view->now_ms - row->since_ms >=
	    limit ? LATE : WAITING;
}

static void
put_step(struct view *view, cJSON *item, const struct row *row, int i)
{
	cJSON *step = put_object(view, item, steps[i].name);

	put_bool(view, step, "done", row->values[i] > 0);
	if (row->values[i] < 0)
		put_null(view, step, "count");
	else
		put_int(view, step, "count", row->values[i]);
	if (row->times[i] == 0)
		put_null(view, step, "time");
	else
		put_time(view, step, "time", row->times[i]);
}

static void
put_row(struct view *view, cJSON *items, const struct row *row)
{
	cJSON *item = add_object(view, items);
	int i;

	put_text(view, item, "platform", row->platform);
	put_int(view, item, "mission", row->number);
	if (row->stored)
		put_mission_url(view, item, "url", row->platform,
		    row->number);
	else
		put_null(view, item, "url");
	put_text(view, item, "state", state_words[row->state]);
	put_text(view, item, "awaited", row->awaited < 0 ? NULL :
	    steps[row->awaited].label);
	if (row->since_ms == 0)
		put_null(view, item, "since");
	else
		put_time(view, item, "since", row->since_ms);
	for (i = 0; i < STEPS; i++)
		put_step(view, item, row, i);
	view_flush_rows(view, items);
}

/* The late before the waiting, the longest wait first. */
static int
compare(const void *left, const void *right)
{
	const struct row *a = left, *b = right;

	if (a->state != b->state)
		return a->state < b->state ? -1 : 1;
	if (a->since_ms != b->since_ms)
		return a->since_ms < b->since_ms ? -1 : 1;
	if (strcmp(a->platform, b->platform) != 0)
		return strcmp(a->platform, b->platform);
	return a->number < b->number ? -1 : a->number > b->number;
}

static void
fill_row(struct view *view, struct row *row, struct stmt *s)
{
	memset(row, 0, sizeof *row);
	(void)snprintf(row->platform, sizeof row->platform, "%s",
	    row_text(s, 0));
	row->number = stmt_get_int(s, 1);
	read_steps(view, row);
	read_mission(view, row);
	judge(view, row);
}

static size_t
open_most(const struct view *view)
{
	return view->req->form == FORM_CSV ? OPEN_FILE : OPEN_MOST;
}

/* Returns the rows of missions that are not done, to be freed. */
static struct row *
read_open(struct view *view, size_t *length)
{
	const size_t most = open_most(view);
	struct row *rows = calloc(most, sizeof *rows);
	struct stmt *s = db_stmt(view->db, Q_PIPELINE_OPEN);

	*length = 0;
	if (rows == NULL) {
		err_set(view->err, EDGE_TEMPORARY, "pipeline: out of memory");
		return NULL;
	}
	stmt_text(s, 1, "");
	stmt_int(s, 2, -1);
	stmt_int(s, 3, (int64_t)most);
	while (*length < most && stmt_row(s, view->err))
		fill_row(view, &rows[(*length)++], s);
	stmt_reset(s);
	qsort(rows, *length, sizeof *rows, compare);
	return rows;
}

static void
put_open(struct view *view, cJSON *items, const char *show)
{
	size_t length, i;
	struct row *rows = read_open(view, &length);
	int64_t counts[STATES] = { 0 };
	cJSON *object;

	for (i = 0; i < length; i++) {
		counts[rows[i].state]++;
		if (show == NULL || strcmp(show,
		    state_words[rows[i].state]) == 0)
			put_row(view, items, &rows[i]);
	}
	object = put_object(view, view->out, "counts");
	put_int(view, object, "late", counts[LATE]);
	put_int(view, object, "waiting", counts[WAITING]);
	put_bool(view, view->out, "cut", length == open_most(view));
	free(rows);
}

/* Where a page of finished missions goes on: "time.platform.number". */
struct place {
	int64_t ms, number;
	char platform[SERIAL_BYTES];
};

static bool
read_place(const char *text, struct place *place)
{
	const char *last = text != NULL ? strrchr(text, '.') : NULL;
	const char *first = text != NULL ? strchr(text, '.') : NULL;
	char number[24];
	size_t length;

	*place = (struct place){ INT64_MAX, INT64_MAX, "" };
	if (text == NULL)
		return true;
	length = first == NULL ? 0 : (size_t)(first - text);
	if (first == last || length == 0 || length >= sizeof number ||
	    (size_t)(last - first) > SERIAL_BYTES)
		return false;
	memcpy(number, text, length);
	number[length] = '\0';
	length = (size_t)(last - first) - 1;
	memcpy(place->platform, first + 1, length);
	place->platform[length] = '\0';
	return request_parse_int(number, 0, INT64_MAX, &place->ms) &&
	    request_parse_int(last + 1, 0, INT32_MAX, &place->number);
}

static void
put_next(struct view *view, const struct place *place, int64_t limit)
{
	struct buffer url = { 0 };

	buffer_printf(&url, "%s?show=done&limit=%" PRId64 "&after=%" PRId64
	    ".", view->req->path, limit, place->ms);
	buffer_add_url(&url, place->platform, strlen(place->platform));
	buffer_printf(&url, ".%" PRId64, place->number);
	put_text(view, view->out, "next_url", buffer_text(&url));
	buffer_free(&url);
}

static void
put_done(struct view *view, cJSON *items, const struct place *from,
    int64_t limit)
{
	struct stmt *s = db_stmt(view->db, Q_PIPELINE_DONE);
	struct place last = *from;
	struct row row;
	int64_t n = 0;

	stmt_int(s, 1, from->ms);
	stmt_text(s, 2, from->platform);
	stmt_int(s, 3, from->number);
	stmt_int(s, 4, limit + 1);
	while (stmt_row(s, view->err)) {
		if (n++ == limit) {
			put_next(view, &last, limit);
			break;
		}
		fill_row(view, &row, s);
		put_row(view, items, &row);
		last.ms = stmt_get_int(s, 2);
		last.number = row.number;
		(void)snprintf(last.platform, sizeof last.platform, "%s",
		    row.platform);
	}
	stmt_reset(s);
	if (n <= limit)
		put_null(view, view->out, "next_url");
}

enum view_result
view_pipeline(struct view *view)
{
	const char *show = request_param(view->req, "show");
	cJSON *items;
	struct place place;
	int64_t limit;
	bool done = show != NULL && strcmp(show, "done") == 0;

	if (show != NULL && !done && strcmp(show, "late") != 0 &&
	    strcmp(show, "waiting") != 0)
		return view_bad_param(view, "show",
		    "late, waiting or done");
	if (!limit_param(view, view->req->form == FORM_CSV ? VIEW_ALL_ROWS :
	    DONE_USUAL, DONE_MOST, &limit))
		return view_bad_param(view, "limit", "a number from 1 to 500");
	if (!read_place(request_param(view->req, "after"), &place) ||
	    (request_param(view->req, "after") != NULL && !done))
		return view_bad_param(view, "after", "what next_url of this "
		    "list holds, with show=done");
	put_text(view, view->out, "show", show);
	items = put_array(view, view->out, "items");
	put_open(view, items, show);
	if (show == NULL || done)
		put_done(view, items, &place, limit);
	else
		put_null(view, view->out, "next_url");
	/* Waiting becomes late by the clock alone. */
	view_expires(view, view->now_ms + 60000);
	return view_end(view);
}
