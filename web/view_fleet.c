/* The fleet, a row a platform, and one platform. Figures that the source
 * publishes of a platform come first, else the totals counted here. */
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "place.h"
#include "view_near.h"
#include "chart.h"
#include "mission_file.h"
#include "view_platform_more.h"
#include "view_strip.h"
#include "view_util.h"
#include "views.h"

#define FLEET_MOST 500
#define FLEET_USUAL 50       /* of the API */
#define MISSIONS_MOST 1000   /* of one platform */
#define LISTED_MOST 50       /* of them listed on its page */
#define DEEPEST_DIVE_M 21968 /* to the deepest ocean and back */

/* Published figures in the columns from published_profiles on, counted ones in
 * those from missions on; both as in the statement platforms. */
static void
put_figures(struct view *view, cJSON *item, struct stmt *s)
{
	bool counted = !stmt_is_null(s, 7);
	bool glider = strcmp(row_text(s, 1), "glider") == 0;
	double depth_m = -1;

	if (!glider)
		put_null(view, item, "profiles");
	else if (!stmt_is_null(s, 3) || !counted)
		col_int(view, item, "profiles", s, 3);
	else
		put_int(view, item, "profiles", stmt_get_int(s, 8));
	if (!stmt_is_null(s, 4))
		put_int(view, item, "sea_time_s", (int64_t)
		    stmt_get_real(s, 4));
	else if (counted)
		put_int(view, item, "sea_time_s", stmt_get_int(s, 9) / 1000);
	else
		put_null(view, item, "sea_time_s");
	if (!stmt_is_null(s, 6) || !counted)
		col_km(view, item, "distance_km", s, 6);
	else
		put_int(view, item, "distance_km",
		    stmt_get_int(s, 10) / 1000000);
	if (!stmt_is_null(s, 5))
		depth_m = stmt_get_real(s, 5);
	else if (counted && glider)
		depth_m = (double)stmt_get_int(s, 11) / 1000;
	if (depth_m < 0) {
		put_null(view, item, "vertical_km");
		put_null(view, item, "deepest_dives");
	} else {
		put_int(view, item, "vertical_km", (int64_t)(depth_m / 1000));
		put_real(view, item, "deepest_dives",
		    depth_m / DEEPEST_DIVE_M);
	}
}

struct basins {
	char **names; /* owned, sorted, different */
	size_t length, capacity;
	bool failed;
};

static void
keep_basin(void *context, const char *name, size_t length)
{
	struct basins *basins = context;
	char *copy = strndup(name, length), **grown;
	size_t at = 0;
	int order = 1;

	while (copy != NULL && at < basins->length &&
	    (order = strcmp(basins->names[at], copy)) < 0)
		at++;
	if (copy != NULL && at < basins->length && order == 0) {
		free(copy);
		return;
	}
	if (copy != NULL && basins->length == basins->capacity) {
		grown = realloc(basins->names, (basins->capacity + 16) *
		    sizeof *grown);
		if (grown != NULL) {
			basins->names = grown;
			basins->capacity += 16;
		}
	}
	if (copy == NULL || basins->length == basins->capacity) {
		basins->failed = true;
		free(copy);
		return;
	}
	memmove(&basins->names[at + 1], &basins->names[at],
	    (basins->length++ - at) * sizeof *basins->names);
	basins->names[at] = copy;
}

static void
put_area(struct view *view, cJSON *areas, const char *name)
{
	struct stmt *s = db_stmt(view->db, Q_BASIN_CODE);

	stmt_text(s, 1, name);
	add_area(view, areas, name, stmt_row(s, view->err) ?
	    stmt_get_text(s, 0) : NULL);
	stmt_reset(s);
}

/* The basins by name, and for the page with the page of each. */
static void
put_basins(struct view *view, cJSON *object, struct basins *basins)
{
	cJSON *names = put_array(view, object, "basins");
	cJSON *areas = view_is_api(view) ? NULL :
	    put_array(view, object, "areas");
	size_t i;

	if (basins->failed)
		err_set(view->err, EDGE_TEMPORARY, "page: out of memory");
	for (i = 0; i < basins->length; i++) {
		add_text(view, names, basins->names[i],
		    strlen(basins->names[i]));
		if (areas != NULL)
			put_area(view, areas, basins->names[i]);
		free(basins->names[i]);
	}
	free(basins->names);
}

struct sailings {
	struct sailed rows[MISSIONS_MOST]; /* newest start first */
	int64_t ids[LISTED_MOST];
	size_t length;
};

/* Of a platform with more missions than are read, their number is asked. */
static int64_t
count_missions(struct view *view, const char *serial, size_t length)
{
	int64_t count = (int64_t)length;
	struct stmt *s;

	if (length < MISSIONS_MOST)
		return count;
	s = db_stmt(view->db, Q_PLATFORM_MISSIONS_COUNT);
	stmt_text(s, 1, serial);
	if (stmt_row(s, view->err))
		count = stmt_get_int(s, 0);
	stmt_reset(s);
	return count;
}

/* Reads a platform's missions and puts when it was last heard of, of which
 * mission, and its strip. `basins` may be NULL. */
static void
put_sailings(struct view *view, cJSON *object, const char *serial,
    const struct period *period, struct sailings *sailings,
    struct basins *basins)
{
	struct stmt *s = db_stmt(view->db, Q_PLATFORM_MISSIONS);
	int64_t last_ms = INT64_MIN, last_number = 0;
	bool live = false;
	cJSON *latest;

	sailings->length = 0;
	stmt_text(s, 1, serial);
	stmt_int(s, 2, MISSIONS_MOST);
	while (stmt_row(s, view->err)) {
		size_t at = sailings->length++;

		sailings->rows[at].start_ms = stmt_get_int(s, 2);
		sailings->rows[at].end_ms = stmt_get_int(s, 3);
		if (at < LISTED_MOST)
			sailings->ids[at] = stmt_get_int(s, 0);
		if (stmt_get_int(s, 3) > last_ms) {
			last_ms = stmt_get_int(s, 3);
			last_number = stmt_get_int(s, 1);
			live = mission_live(view, strcmp(row_text(s, 5),
			    "glider") == 0, stmt_get_int(s, 6) != 0, last_ms);
		}
		if (basins != NULL)
			basin_names(stmt_get_text(s, 4), keep_basin, basins);
	}
	put_int(view, object, "missions", count_missions(view, serial,
	    sailings->length));
	put_bool(view, object, "at_sea", live);
	if (sailings->length > 0) {
		put_time(view, object, "last_seen", last_ms);
		latest = put_object(view, object, "latest");
		put_int(view, latest, "mission", last_number);
		put_mission_url(view, latest, "url", serial, last_number);
	} else {
		put_null(view, object, "last_seen");
		put_null(view, object, "latest");
	}
	put_strip(view, object, period, sailings->rows, sailings->length);
}

static void
put_platform_url(struct view *view, cJSON *object, const char *serial)
{
	struct buffer url = { 0 };

	buffer_add_text(&url, "/fleet/");
	buffer_add_url(&url, serial, strlen(serial));
	put_text(view, object, "url", buffer_text(&url));
	buffer_free(&url);
}

/* One row of the statement platforms. */
static void
put_platform(struct view *view, cJSON *object, struct stmt *s,
    const struct period *period, struct sailings *sailings,
    struct basins *basins)
{
	char serial[SERIAL_BYTES];

	(void)snprintf(serial, sizeof serial, "%s", row_text(s, 0));
	put_text(view, object, "platform", serial);
	col_text(view, object, "kind", s, 1);
	col_text(view, object, "name", s, 2);
	put_platform_url(view, object, serial);
	put_figures(view, object, s);
	put_sailings(view, object, serial, period, sailings, basins);
}

static void
put_more_url(struct view *view, cJSON *object, const char *name,
    const char *address, const char *serial)
{
	struct buffer url = { 0 };

	buffer_add_text(&url, address);
	buffer_add_url(&url, serial, strlen(serial));
	put_text(view, object, name, buffer_text(&url));
	buffer_free(&url);
}

static uint64_t
hash_fleet(void)
{
	return place_hash(PLACE_HASH, "fleet");
}

/* The serial that the list goes on after, "" at its begin. */
static bool
read_after(const struct view *view, struct place *place)
{
	const char *word = request_param(view->req, "after");

	memset(place, 0, sizeof *place);
	return word == NULL || (place_read(place, word) && place->is_text &&
	    place->hash == hash_fleet());
}

static void
put_next_url(struct view *view, const char *last)
{
	const char *limit = request_param(view->req, "limit");
	struct place place = { .is_text = true, .hash = hash_fleet() };
	char word[PLACE_TEXT_BYTES];
	struct buffer url = { 0 };

	(void)snprintf(place.text, sizeof place.text, "%s", last);
	place_write(&place, word);
	buffer_printf(&url, "%s?%s%s%safter=%s", view->req->path,
	    limit != NULL ? "limit=" : "", limit != NULL ? limit : "",
	    limit != NULL ? "&" : "", word);
	put_text(view, view->out, "next_url", buffer_text(&url));
	buffer_free(&url);
}

static void
put_fleet(struct view *view, struct sailings *sailings, const char *after,
    int64_t limit)
{
	struct stmt *s = db_stmt(view->db, Q_PLATFORMS);
	struct period period = put_period(view);
	cJSON *items = put_array(view, view->out, "items");
	int64_t count[2] = { 0, 0 }, rows = 0;
	char last[SERIAL_BYTES] = "";
	bool more = false;

	stmt_text(s, 1, after);
	stmt_int(s, 2, limit + 1);
	while (!more && stmt_row(s, view->err)) {
		more = rows++ == limit;
		if (more)
			break;
		put_platform(view, add_object(view, items), s, &period,
		    sailings, NULL);
		count[strcmp(row_text(s, 1), "sailbuoy") == 0]++;
		(void)snprintf(last, sizeof last, "%s", row_text(s, 0));
		view_flush_rows(view, items);
	}
	stmt_reset(s);
	put_int(view, view->out, "gliders", count[0]);
	put_int(view, view->out, "sailbuoys", count[1]);
	if (more)
		put_next_url(view, last);
	else
		put_null(view, view->out, "next_url");
}

enum view_result
view_fleet(struct view *view)
{
	struct sailings *sailings;
	struct place after;
	int64_t limit;

	if (!limit_param(view, view_is_api(view) ? FLEET_USUAL : FLEET_MOST,
	    FLEET_MOST, &limit))
		return view_bad_param(view, "limit", "a number from 1 to 500");
	if (!read_after(view, &after))
		return view_bad_param(view, "after",
		    "what next_url of this list gave");
	if (view->req->form == FORM_CSV)
		limit = VIEW_ALL_ROWS;
	sailings = calloc(1, sizeof *sailings);
	if (sailings == NULL) {
		err_set(view->err, EDGE_TEMPORARY, "page: out of memory");
		return VIEW_FAILED;
	}
	put_fleet(view, sailings, after.text, limit);
	free(sailings);
	return view_end(view);
}

enum view_result
view_platform(struct view *view)
{
	const char *serial = request_capture(view->req, "serial");
	struct stmt *s = db_stmt(view->db, Q_PLATFORM);
	struct sailings *sailings;
	struct basins basins = { 0 };
	struct period period;
	cJSON *items;
	size_t i;

	if (chart_width(view) != VIEW_OK)
		return VIEW_BAD_PARAM;
	stmt_text(s, 1, serial);
	if (!stmt_row(s, view->err))
		return view->err->kind == EDGE_NONE ?
		    near_platform(view, serial) : VIEW_FAILED;
	if (chart_wanted(view)) {
		stmt_reset(s);
		return view_platform_map(view);
	}
	if (view->req->form == FORM_CSV) {
		stmt_reset(s);
		s = db_stmt(view->db, Q_PLATFORM_MISSIONS);
		stmt_text(s, 1, serial);
		stmt_int(s, 2, VIEW_ALL_ROWS);
		return mission_file_table(view, s);
	}
	sailings = calloc(1, sizeof *sailings);
	if (sailings == NULL) {
		err_set(view->err, EDGE_TEMPORARY, "page: out of memory");
		return VIEW_FAILED;
	}
	period = put_period(view);
	put_platform(view, view->out, s, &period, sailings, &basins);
	stmt_reset(s);
	put_basins(view, view->out, &basins);
	put_by_year(view, sailings->rows, sailings->length);
	put_measured(view, serial);
	put_neighbours(view, serial);
	items = put_array(view, view->out, "items");
	for (i = 0; i < sailings->length && i < LISTED_MOST; i++)
		put_mission(view, add_object(view, items), sailings->ids[i],
		    NULL);
	if (sailings->length > LISTED_MOST)
		put_more_url(view, view->out, "more_url",
		    "/missions?platform=", serial);
	else
		put_null(view, view->out, "more_url");
	free(sailings);
	if (!view_is_api(view))
		chart_put_picture(view, NULL, "Map of the platform's "
		    "missions, coloured by the year of their start; the "
		    "table below names them");
	return view_end(view);
}
