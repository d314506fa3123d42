/* The last days of all tracks: mission by mission, those heard of since then.
 * A mission's points are read whole, for their times need not be in order. */
#include <inttypes.h>
#include <string.h>

#include "bits.h"
#include "moment.h"
#include "place.h"
#include "view_util.h"
#include "views.h"

#define POINTS_MOST 20000
#define MISSIONS_MOST 1000000
#define SINCE_USUAL "now-24h"

struct since {
	struct view *view;
	const char *text;
	struct moment from;
	struct place after; /* the last mission and point there were */
	bool goes_on;
	int64_t limit, rows;
	bool more;
	struct place last;
	cJSON *items;
};

static uint64_t
hash_points(const char *since)
{
	return place_hash(place_hash(PLACE_HASH, "points"), since);
}

static enum view_result
read_params(struct since *list)
{
	struct view *view = list->view;
	const char *after = request_param(view->req, "after");

	list->text = request_param(view->req, "since");
	if (list->text == NULL)
		list->text = SINCE_USUAL;
	if (!moment_read(list->text, view->now_ms, &list->from))
		return view_bad_param(view, "since", MOMENT_TAKES);
	if (!limit_param(view, POINTS_MOST, POINTS_MOST, &list->limit))
		return view_bad_param(view, "limit",
		    "a number from 1 to 20000");
	list->goes_on = after != NULL;
	if (after != NULL && (!place_read(&list->after, after) ||
	    list->after.hash != hash_points(list->text) ||
	    list->after.id < 0))
		return view_bad_param(view, "after",
		    "what next_url of the same list gave");
	return VIEW_OK;
}

/* In the order of their ids: a page goes on where the last one ended whatever
 * was heard of meanwhile. */
static struct bits
read_missions(struct since *list)
{
	static const char *const kinds[] = { "glider", "sailbuoy" };
	struct bits missions = { NULL, 0, false };
	struct view *view = list->view;
	struct stmt *s;
	int i;

	for (i = 0; i < 2; i++) {
		s = db_stmt(view->db, Q_MISSIONS_HEARD);
		stmt_text(s, 1, kinds[i]);
		stmt_int(s, 2, list->from.ms);
		stmt_int(s, 3, INT64_MAX);
		stmt_int(s, 4, INT64_MAX);
		stmt_int(s, 5, MISSIONS_MOST);
		while (stmt_row(s, view->err)) {
			bits_add(&missions, stmt_get_int(s, 0));
			if (list->from.window_ms >= 0)
				view_expires(view, stmt_get_int(s, 1) +
				    list->from.window_ms + 1);
		}
	}
	if (missions.failed)
		err_set(view->err, EDGE_TEMPORARY, "points: out of memory");
	return missions;
}

/* A point leaves a window that moves with the clock at its own time. */
static void
put_point(struct since *list, struct stmt *s, int64_t id)
{
	struct view *view = list->view;
	cJSON *item = add_object(view, list->items);

	col_text(view, item, "kind", s, 5);
	col_text(view, item, "platform", s, 6);
	col_int(view, item, "mission", s, 7);
	col_int(view, item, "number", s, 0);
	col_time(view, item, "time", s, 1);
	col_real(view, item, "lon", s, 2);
	col_real(view, item, "lat", s, 3);
	col_real(view, item, "max_depth_m", s, 4);
	if (list->from.window_ms >= 0 && !stmt_is_null(s, 1))
		view_expires(view, stmt_get_int(s, 1) +
		    list->from.window_ms + 1);
	list->last.id = id;
	list->last.number = stmt_get_int(s, 0);
}

static void
put_track(struct since *list, int64_t id)
{
	struct view *view = list->view;
	struct stmt *s = db_stmt(view->db, Q_TRACK_SINCE);

	stmt_int(s, 1, id);
	stmt_int(s, 2, list->goes_on && id == list->after.id ?
	    list->after.number : INT64_MIN);
	stmt_int(s, 3, list->from.ms);
	stmt_int(s, 4, list->limit - list->rows + 1);
	while (!list->more && stmt_row(s, view->err)) {
		list->more = list->rows == list->limit;
		if (list->more)
			break;
		put_point(list, s, id);
		list->rows++;
	}
	stmt_reset(s);
}

static void
put_next_url(struct since *list)
{
	struct view *view = list->view;
	char word[PLACE_TEXT_BYTES];
	struct buffer url = { 0 };

	if (!list->more) {
		put_null(view, view->out, "next_url");
		return;
	}
	list->last.hash = hash_points(list->text);
	place_write(&list->last, word);
	buffer_add_text(&url, view->req->path);
	buffer_add_text(&url, "?since=");
	buffer_add_url(&url, list->text, strlen(list->text));
	buffer_printf(&url, "&limit=%" PRId64 "&after=%s", list->limit, word);
	put_text(view, view->out, "next_url", buffer_text(&url));
	buffer_free(&url);
}

enum view_result
view_points(struct view *view)
{
	struct since list = { .view = view };
	enum view_result result = read_params(&list);
	struct bits missions;
	int64_t id;

	if (result != VIEW_OK)
		return result;
	missions = read_missions(&list);
	if (list.from.window_ms >= 0)
		put_text(view, view->out, "since", list.text);
	else
		put_time(view, view->out, "since", list.from.ms);
	list.items = put_array(view, view->out, "items");
	id = list.goes_on ? list.after.id - 1 : -1;
	while (!list.more && (id = bits_next(&missions, id)) >= 0)
		put_track(&list, id);
	bits_free(&missions);
	put_next_url(&list);
	return view_end(view);
}
