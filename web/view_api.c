/* What the API has beside the pages: totals of a scope, last positions. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../schema/clock.h"
#include "moment.h"
#include "place.h"
#include "view_near.h"
#include "view_util.h"
#include "views.h"

#define POSITIONS_MOST 500

static enum view_result
no_such(struct view *view, const char *what, const char *key)
{
	if (view->err->kind != EDGE_NONE)
		return VIEW_FAILED;
	if (strcmp(what, "platform") == 0)
		return near_platform(view, key);
	err_set(view->err, EDGE_USAGE, "There is no %s %.80s here.", what, key);
	return VIEW_NOT_FOUND;
}

static bool
has_row(struct view *view, struct stmt *s)
{
	bool found = stmt_row(s, view->err);

	stmt_reset(s);
	return found;
}

static bool
scope_exists(struct view *view, const char *scope, const char *key)
{
	struct stmt *s;

	if (strcmp(scope, "year") == 0)
		return true;
	if (strcmp(scope, "project") == 0) {
		s = db_stmt(view->db, Q_FACET_BITS);
		stmt_text(s, 1, "project");
		stmt_text(s, 2, key);
		return has_row(view, s);
	}
	s = db_stmt(view->db, strcmp(scope, "basin") == 0 ? Q_BASIN_OF :
	    Q_PLATFORM);
	stmt_text(s, 1, key);
	return has_row(view, s);
}

enum view_result
view_totals(struct view *view)
{
	static const char *const scopes[] = { "year", "basin", "platform",
		"project" };
	const char *scope = "all", *key = "", *value;
	int64_t year;
	size_t i;

	for (i = 0; i < sizeof scopes / sizeof *scopes; i++) {
		if ((value = request_param(view->req, scopes[i])) == NULL)
			continue;
		if (*key != '\0')
			return view_bad_param(view, scopes[i],
			    "its place alone: one scope at a time");
		scope = scopes[i];
		key = value;
	}
	if (strcmp(scope, "year") == 0 && (strlen(key) != 4 ||
	    !request_parse_int(key, 1000, 9999, &year)))
		return view_bad_param(view, "year", "a year, as 2024");
	if (strcmp(scope, "basin") == 0 && !view_is_basin_code(key))
		return view_bad_param(view, "basin", "a code, as SEA-007");
	if (put_totals(view, view->out, scope, key) == 0 && *key != '\0' &&
	    !scope_exists(view, scope, key))
		return no_such(view, scope, key);
	return view_end(view);
}

struct found {
	int64_t id, end_ms;
};

static int
last_heard_first(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	if (x->end_ms != y->end_ms)
		return x->end_ms > y->end_ms ? -1 : 1;
	return (x->id < y->id) - (x->id > y->id);
}

/* Flat, so that a table can hold it: last is where the mission was heard of
 * last. */
static void
add_position(struct view *view, cJSON *items, int64_t mission_id)
{
	cJSON *item = add_object(view, items), *last, *member;
	static const char *const names[] = { "time", "lon", "lat" };
	struct mission m;
	size_t i;

	if (!put_mission(view, item, mission_id, &m))
		return;
	last = cJSON_DetachItemFromObjectCaseSensitive(item, "last");
	for (i = 0; i < 3; i++) {
		member = cJSON_DetachItemFromObjectCaseSensitive(last,
		    names[i]);
		if (member == NULL ||
		    !cJSON_AddItemToObject(item, names[i], member)) {
			cJSON_Delete(member);
			put_null(view, item, names[i]);
		}
	}
	cJSON_Delete(last);
}

static size_t
read_positions(struct view *view, struct found *found, int64_t since_ms,
    const struct found *after, int64_t limit)
{
	size_t length = 0;
	int kind;

	for (kind = 0; kind < 2; kind++) {
		struct stmt *s = db_stmt(view->db, Q_MISSIONS_HEARD);

		stmt_text(s, 1, kind == 0 ? "glider" : "sailbuoy");
		stmt_int(s, 2, since_ms);
		stmt_int(s, 3, after->end_ms);
		stmt_int(s, 4, after->id);
		stmt_int(s, 5, limit + 1);
		while (stmt_row(s, view->err)) {
			found[length].id = stmt_get_int(s, 0);
			found[length++].end_ms = stmt_get_int(s, 1);
		}
	}
	qsort(found, length, sizeof *found, last_heard_first);
	return length;
}

/* A place in this list alone: the same words from another one are noticed. */
static uint64_t
hash_positions(const char *since)
{
	return place_hash(place_hash(PLACE_HASH, "positions"), since);
}

static void
put_next_url(struct view *view, const char *since, int64_t limit,
    const struct found *last)
{
	struct place place = { .number = last->end_ms, .id = last->id,
		.hash = hash_positions(since) };
	char word[PLACE_TEXT_BYTES];
	struct buffer url = { 0 };

	place_write(&place, word);
	buffer_add_text(&url, view->req->path);
	buffer_add_text(&url, "?since=");
	buffer_add_url(&url, since, strlen(since));
	buffer_printf(&url, "&limit=%" PRId64 "&after=%s", limit, word);
	put_text(view, view->out, "next_url", buffer_text(&url));
	buffer_free(&url);
}

static bool
read_after(const struct view *view, const char *since, struct found *after)
{
	const char *word = request_param(view->req, "after");
	struct place place;

	after->end_ms = after->id = INT64_MAX;
	if (word == NULL)
		return true;
	if (!place_read(&place, word) || place.hash != hash_positions(since))
		return false;
	after->end_ms = place.number;
	after->id = place.id;
	return true;
}

enum view_result
view_positions(struct view *view)
{
	const char *since = request_param(view->req, "since");
	struct found found[2 * (POSITIONS_MOST + 1)], after;
	struct moment from;
	size_t length, i;
	int64_t limit;
	cJSON *items;

	if (since == NULL)
		since = "now-24h";
	if (!moment_read(since, view->now_ms, &from))
		return view_bad_param(view, "since", MOMENT_TAKES);
	if (!limit_param(view, POSITIONS_MOST, POSITIONS_MOST, &limit))
		return view_bad_param(view, "limit", "a number from 1 to 500");
	if (!read_after(view, since, &after))
		return view_bad_param(view, "after",
		    "what next_url of the same list gave");
	length = read_positions(view, found, from.ms, &after, limit);
	/* The time that a window goes back to would be another at each
	 * moment, and with it the answer. */
	if (from.window_ms >= 0)
		put_text(view, view->out, "since", since);
	else
		put_time(view, view->out, "since", from.ms);
	items = put_array(view, view->out, "items");
	for (i = 0; i < length; i++) {
		if (i < (size_t)limit)
			add_position(view, items, found[i].id);
		/* One more than is shown: next_url hangs on it. */
		if (from.window_ms >= 0 && i <= (size_t)limit)
			view_expires(view, found[i].end_ms + from.window_ms +
			    1);
	}
	if (length > (size_t)limit)
		put_next_url(view, since, limit, &found[limit - 1]);
	else
		put_null(view, view->out, "next_url");
	return view_end(view);
}
