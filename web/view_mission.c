/* One mission: its page and its track. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "../schema/clock.h"
#include "view_near.h"
#include "view_util.h"
#include "views.h"

#define TRACK_USUAL 20000  /* points of one answer */
#define TRACK_MOST 20000
#define MILES_PER_METRE 0.00053996 /* the source's figure */

static void
put_neighbour(struct view *view, const char *name, enum query query,
    const struct mission *m)
{
	struct stmt *s = db_stmt(view->db, query);
	cJSON *item;

	stmt_text(s, 1, m->platform);
	stmt_int(s, 2, m->start_ms);
	stmt_int(s, 3, m->id);
	if (!stmt_row(s, view->err)) {
		put_null(view, view->out, name);
		return;
	}
	item = put_object(view, view->out, name);
	put_int(view, item, "mission", stmt_get_int(s, 0));
	put_mission_url(view, item, "url", m->platform, stmt_get_int(s, 0));
	stmt_reset(s);
}

/* The ERDDAP dataset that has the profiles. */
static void
put_dataset(struct view *view, const struct mission *m)
{
	struct buffer name = { 0 };

	if (!m->glider) {
		put_null(view, view->out, "dataset");
		return;
	}
	buffer_printf(&name, "%s_%s_M%" PRId64, m->complete ? "delayed" :
	    "nrt", m->platform, m->number);
	put_text(view, view->out, "dataset", buffer_text(&name));
	buffer_free(&name);
}

static void
put_track_urls(struct view *view, const struct mission *m)
{
	static const char *const forms[] = { "json", "csv", "geojson" };
	cJSON *track = put_object(view, view->out, "track");
	size_t i;

	for (i = 0; i < sizeof forms / sizeof *forms; i++) {
		struct buffer url = { 0 };

		buffer_add_text(&url, "/api/v1/missions/");
		buffer_add_url(&url, m->platform, strlen(m->platform));
		buffer_printf(&url, "/%" PRId64 "/track.%s", m->number,
		    forms[i]);
		put_text(view, track, forms[i], buffer_text(&url));
		buffer_free(&url);
	}
}

static bool
is_web_address(const char *text)
{
	return strncmp(text, "https://", 8) == 0 ||
	    strncmp(text, "http://", 7) == 0;
}

static void
put_more(struct view *view, const struct mission *m)
{
	cJSON *out = view->out, *bounds;
	struct stmt *s = db_stmt(view->db, Q_MISSION_MORE);
	double distance_m;

	stmt_int(s, 1, m->id);
	if (!stmt_row(s, view->err))
		return;
	col_km(view, out, "vertical_km", s, 0);
	col_int(view, out, "data_points", s, 1);
	distance_m = stmt_is_null(s, 14) ? NAN : stmt_get_real(s, 14);
	put_real(view, out, "nautical_miles",
	    floor(distance_m * MILES_PER_METRE));
	bounds = put_object(view, out, "bounds");
	col_real(view, bounds, "lon_min", s, 2);
	col_real(view, bounds, "lon_max", s, 3);
	col_real(view, bounds, "lat_min", s, 4);
	col_real(view, bounds, "lat_max", s, 5);
	col_text(view, out, "sea_name", s, 6);
	col_text(view, out, "wmo_id", s, 7);
	put_text(view, out, "project_url",
	    is_web_address(row_text(s, 8)) ? row_text(s, 8) : NULL);
	col_text(view, out, "comment", s, 9);
	col_time(view, out, "modified", s, 10);
	col_int(view, out, "track_points", s, 11);
	col_time(view, out, "synced", s, 12);
	put_bool(view, out, "counted", stmt_get_int(s, 13) != 0);
	stmt_reset(s);
}

enum view_result
view_mission(struct view *view)
{
	int64_t mission_id;
	struct mission m;

	if (!find_mission(view, &mission_id) ||
	    !put_mission(view, view->out, mission_id, &m))
		return no_mission(view);
	put_more(view, &m);
	put_dataset(view, &m);
	put_track_urls(view, &m);
	put_neighbour(view, "previous", Q_MISSION_BEFORE, &m);
	put_neighbour(view, "next", Q_MISSION_AFTER, &m);
	return view_end(view);
}

/* The address of what follows the last point of this answer. */
static void
put_next_url(struct view *view, int64_t limit, int64_t last)
{
	struct buffer url = { 0 };

	buffer_printf(&url, "%s?limit=%" PRId64 "&after=%" PRId64,
	    view->req->path, limit, last);
	put_text(view, view->out, "next_url", buffer_text(&url));
	buffer_free(&url);
}

enum view_result
view_track(struct view *view)
{
	const char *after = request_param(view->req, "after");
	int64_t mission_id, limit, last = INT64_MIN, rows = 0;
	struct mission m;
	struct stmt *s;
	cJSON *items, *item, *mission;

	if (!limit_param(view, TRACK_USUAL, TRACK_MOST, &limit))
		return view_bad_param(view, "limit",
		    "a number from 1 to 20000");
	if (after != NULL &&
	    !request_parse_int(after, INT64_MIN, INT64_MAX, &last))
		return view_bad_param(view, "after", "the number of a point");
	mission = put_object(view, view->out, "mission");
	if (!find_mission(view, &mission_id) ||
	    !put_mission(view, mission, mission_id, &m)) {
		cJSON_DeleteItemFromObject(view->out, "mission");
		return no_mission(view);
	}
	s = db_stmt(view->db, Q_TRACK);
	stmt_int(s, 1, mission_id);
	stmt_int(s, 2, last);
	stmt_int(s, 3, limit + 1);
	items = put_array(view, view->out, "items");
	while (rows < limit && stmt_row(s, view->err)) {
		item = add_object(view, items);
		last = stmt_get_int(s, 0);
		put_int(view, item, "number", last);
		col_time(view, item, "time", s, 1);
		col_real(view, item, "lon", s, 2);
		col_real(view, item, "lat", s, 3);
		col_real(view, item, "max_depth_m", s, 4);
		rows++;
	}
	if (rows == limit && stmt_row(s, view->err))
		put_next_url(view, limit, last);
	else
		put_null(view, view->out, "next_url");
	stmt_reset(s);
	return view_end(view);
}
