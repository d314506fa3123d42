#include "view_util.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../schema/clock.h"
#include "csv.h"

enum view_result
view_end(const struct view *view)
{
	return view->err->kind == EDGE_NONE ? VIEW_OK : VIEW_FAILED;
}

enum view_result
view_bad_param(struct view *view, const char *name, const char *takes)
{
	view->bad_param = name;
	err_set(view->err, EDGE_USAGE, "%s: takes %s", name, takes);
	return VIEW_BAD_PARAM;
}

bool
view_is_api(const struct view *view)
{
	return strncmp(view->req->path, "/api/", 5) == 0;
}

void
view_expires(struct view *view, int64_t ms)
{
	if (ms < view->expires_ms)
		view->expires_ms = ms;
}

int64_t
year_of(int64_t ms)
{
	int64_t year, days = ms / CLOCK_DAY_MS - (ms % CLOCK_DAY_MS < 0);
	int month, day;

	clock_civil_from_days(days, &year, &month, &day);
	return year;
}

/* What cJSON returns for an addition: NULL when memory ran out. */
static void
added(struct view *view, const void *item)
{
	if (item == NULL && view->err->kind == EDGE_NONE)
		err_set(view->err, EDGE_TEMPORARY, "page: out of memory");
}

void
put_null(struct view *view, cJSON *object, const char *name)
{
	added(view, cJSON_AddNullToObject(object, name));
}

void
put_bool(struct view *view, cJSON *object, const char *name, bool value)
{
	added(view, cJSON_AddBoolToObject(object, name, value));
}

void
put_int(struct view *view, cJSON *object, const char *name, int64_t value)
{
	added(view, cJSON_AddNumberToObject(object, name, (double)value));
}

void
put_real(struct view *view, cJSON *object, const char *name, double value)
{
	if (isfinite(value))
		added(view, cJSON_AddNumberToObject(object, name, value));
	else
		put_null(view, object, name);
}

void
put_text(struct view *view, cJSON *object, const char *name, const char *text)
{
	if (text == NULL || *text == '\0')
		put_null(view, object, name);
	else
		added(view, cJSON_AddStringToObject(object, name, text));
}

void
put_text_n(struct view *view, cJSON *object, const char *name,
    const char *text, size_t length)
{
	struct buffer copy = { 0 };

	buffer_add(&copy, text, length);
	if (copy.failed)
		added(view, NULL);
	else
		put_text(view, object, name, buffer_text(&copy));
	buffer_free(&copy);
}

void
put_time(struct view *view, cJSON *object, const char *name, int64_t ms)
{
	char text[CLOCK_TEXT_BYTES];

	clock_format(ms, text);
	put_text(view, object, name, text);
}

cJSON *
put_object(struct view *view, cJSON *object, const char *name)
{
	cJSON *item = cJSON_AddObjectToObject(object, name);

	added(view, item);
	return item;
}

cJSON *
put_array(struct view *view, cJSON *object, const char *name)
{
	cJSON *item = cJSON_AddArrayToObject(object, name);

	added(view, item);
	return item;
}

/* Hands `item` over to the array. */
static cJSON *
add_item(struct view *view, cJSON *array, cJSON *item)
{
	if (item != NULL && cJSON_AddItemToArray(array, item))
		return item;
	cJSON_Delete(item);
	added(view, NULL);
	return NULL;
}

cJSON *
add_object(struct view *view, cJSON *array)
{
	return add_item(view, array, cJSON_CreateObject());
}

void
add_text(struct view *view, cJSON *array, const char *text, size_t length)
{
	struct buffer copy = { 0 };

	buffer_add(&copy, text, length);
	(void)add_item(view, array, copy.failed ? NULL :
	    cJSON_CreateString(buffer_text(&copy)));
	buffer_free(&copy);
}

void
add_real(struct view *view, cJSON *array, double value)
{
	(void)add_item(view, array, cJSON_CreateNumber(value));
}

void
add_area(struct view *view, cJSON *array, const char *name, const char *code)
{
	cJSON *item = add_object(view, array);
	char url[64];

	put_text(view, item, "name", name);
	(void)snprintf(url, sizeof url, "/map/basin/%s", code != NULL ? code :
	    "");
	put_text(view, item, "url", code != NULL ? url : NULL);
}

const char *
row_text(struct stmt *s, int at)
{
	const char *text = stmt_get_text(s, at);

	return text != NULL ? text : "";
}

void
col_int(struct view *view, cJSON *object, const char *name, struct stmt *s,
    int at)
{
	if (stmt_is_null(s, at))
		put_null(view, object, name);
	else
		put_int(view, object, name, stmt_get_int(s, at));
}

void
col_real(struct view *view, cJSON *object, const char *name, struct stmt *s,
    int at)
{
	put_real(view, object, name, stmt_is_null(s, at) ? NAN :
	    stmt_get_real(s, at));
}

void
col_text(struct view *view, cJSON *object, const char *name, struct stmt *s,
    int at)
{
	put_text(view, object, name, stmt_get_text(s, at));
}

void
col_time(struct view *view, cJSON *object, const char *name, struct stmt *s,
    int at)
{
	if (stmt_is_null(s, at))
		put_null(view, object, name);
	else
		put_time(view, object, name, stmt_get_int(s, at));
}

void
col_km(struct view *view, cJSON *object, const char *name, struct stmt *s,
    int at)
{
	put_real(view, object, name, stmt_is_null(s, at) ? NAN :
	    floor(stmt_get_real(s, at) / 1000));
}

void
put_mission_url(struct view *view, cJSON *object, const char *name,
    const char *platform, int64_t number)
{
	struct buffer url = { 0 };

	buffer_add_char(&url, '/');
	buffer_add_url(&url, platform, strlen(platform));
	buffer_printf(&url, "/M%" PRId64, number);
	if (url.failed)
		added(view, NULL);
	else
		put_text(view, object, name, buffer_text(&url));
	buffer_free(&url);
}

void
basin_names(const char *basin, void (*each)(void *context, const char *name,
    size_t length), void *context)
{
	const char *blank = " \t\r\n";
	size_t length, skip;

	while (basin != NULL && *basin != '\0') {
		length = strcspn(basin, ",");
		skip = strspn(basin, blank);
		if (skip < length) {
			const char *last = basin + length;

			while (strchr(blank, last[-1]) != NULL)
				last--;
			each(context, basin + skip,
			    (size_t)(last - basin) - skip);
		}
		basin += length + (basin[length] == ',');
	}
}

void
put_total_figures(struct view *view, cJSON *object, bool glider,
    struct stmt *s, int at)
{
	int64_t n[7] = { 0 };
	int i;

	for (i = 0; s != NULL && i < 7; i++)
		n[i] = stmt_get_int(s, at + i);
	put_int(view, object, "platforms", n[0]);
	put_int(view, object, "missions", n[1]);
	if (glider)
		put_int(view, object, "profiles", n[2]);
	put_int(view, object, "sea_time_s", n[3] / 1000);
	put_int(view, object, "distance_km", n[4] / 1000000);
	if (glider) {
		put_int(view, object, "vertical_km", n[5] / 1000000);
		put_int(view, object, "data_points", n[6]);
	}
}

int64_t
put_totals(struct view *view, cJSON *object, const char *scope,
    const char *key)
{
	static const char *const kinds[] = { "glider", "sailbuoy" };
	cJSON *figures[2];
	bool seen[2] = { false, false };
	int64_t missions = 0;
	struct stmt *s;
	int i;

	for (i = 0; i < 2; i++)
		figures[i] = put_object(view, object, kinds[i]);
	s = db_stmt(view->db, Q_TOTALS);
	stmt_text(s, 1, scope);
	stmt_text(s, 2, key);
	while (stmt_row(s, view->err)) {
		i = strcmp(row_text(s, 0), kinds[1]) == 0;
		put_total_figures(view, figures[i], i == 0, s, 1);
		missions += stmt_get_int(s, 2);
		seen[i] = true;
	}
	for (i = 0; i < 2; i++)
		if (!seen[i])
			put_total_figures(view, figures[i], i == 0, NULL, 0);
	return missions;
}

bool
mission_live(struct view *view, bool glider, bool basin_exists,
    int64_t end_ms)
{
	int64_t window = glider ? LIVE_GLIDER_MS : LIVE_SAILBUOY_MS;

	if ((glider && !basin_exists) || end_ms < view->now_ms - window)
		return false;
	view_expires(view, end_ms + window + 1);
	return true;
}

const char *
mission_status(struct view *view, bool glider, bool basin_exists,
    bool complete, int64_t end_ms)
{
	if (complete)
		return "complete";
	return mission_live(view, glider, basin_exists, end_ms) ? "active" :
	    "silent";
}

struct names {
	struct view *view;
	cJSON *array;
};

static void
add_name(void *context, const char *name, size_t length)
{
	struct names *names = context;

	add_text(names->view, names->array, name, length);
}

/* An array that SQLite has written as JSON text. */
static void
col_json(struct view *view, cJSON *object, const char *name, struct stmt *s,
    int at)
{
	const char *text = stmt_get_text(s, at);
	cJSON *item = text != NULL ? cJSON_Parse(text) : NULL;

	if (item != NULL && cJSON_AddItemToObject(object, name, item))
		return;
	cJSON_Delete(item);
	added(view, NULL);
}

static void
put_last(struct view *view, cJSON *object, struct stmt *s)
{
	cJSON *last;

	if (stmt_is_null(s, 13) || stmt_is_null(s, 14)) {
		put_null(view, object, "last");
		return;
	}
	last = put_object(view, object, "last");
	col_time(view, last, "time", s, 12);
	col_real(view, last, "lon", s, 13);
	col_real(view, last, "lat", s, 14);
}

bool
put_mission(struct view *view, cJSON *object, int64_t mission_id,
    struct mission *mission)
{
	struct stmt *s = db_stmt(view->db, Q_MISSION_ROW);
	struct mission m = { .id = mission_id };
	struct names names = { view, NULL };

	stmt_int(s, 1, mission_id);
	if (!stmt_row(s, view->err))
		return false;
	m.glider = strcmp(row_text(s, 0), "glider") == 0;
	(void)snprintf(m.platform, sizeof m.platform, "%s", row_text(s, 1));
	m.number = stmt_get_int(s, 3);
	m.start_ms = stmt_get_int(s, 4);
	m.end_ms = stmt_get_int(s, 5);
	m.basin_exists = stmt_get_int(s, 6) != 0;
	m.complete = stmt_get_int(s, 9) != 0;
	m.has_position = !stmt_is_null(s, 13) && !stmt_is_null(s, 14);

	col_text(view, object, "kind", s, 0);
	col_text(view, object, "platform", s, 1);
	put_int(view, object, "mission", m.number);
	put_time(view, object, "start", m.start_ms);
	put_time(view, object, "end", m.end_ms);
	names.array = put_array(view, object, "basins");
	basin_names(stmt_get_text(s, 7), add_name, &names);
	col_text(view, object, "project", s, 8);
	col_json(view, object, "variables", s, 15);
	col_int(view, object, "profiles", s, 10);
	col_km(view, object, "distance_km", s, 11);
	put_bool(view, object, "complete", m.complete);
	put_mission_url(view, object, "url", m.platform, m.number);
	col_text(view, object, "name", s, 2);
	put_int(view, object, "days", (m.end_ms - m.start_ms) / CLOCK_DAY_MS);
	put_text(view, object, "status", mission_status(view, m.glider,
	    m.basin_exists, m.complete, m.end_ms));
	put_last(view, object, s);
	stmt_reset(s);
	if (mission != NULL)
		*mission = m;
	return view->err->kind == EDGE_NONE;
}

size_t
html_length(const char *text, size_t most)
{
	size_t bytes = 0, characters = 0;

	for (; *text != '\0'; text++) {
		if ((*text & 0xc0) != 0x80 && characters++ == most)
			break;
		bytes += strchr("<>&\"'", *text) != NULL ? 6 : 1;
	}
	return bytes;
}

bool
limit_param(const struct view *view, int64_t usual, int64_t most,
    int64_t *limit)
{
	const char *text = request_param(view->req, "limit");

	*limit = usual;
	return text == NULL || request_parse_int(text, 1, most, limit);
}

void
view_flush_rows(struct view *view, cJSON *items)
{
	cJSON *row;

	if (view->req->form != FORM_CSV)
		return;
	if (view->body.length == 0)
		csv_add(NULL, view->columns, &view->body);
	while ((row = cJSON_DetachItemFromArray(items, 0)) != NULL) {
		csv_add(row, view->columns, &view->body);
		cJSON_Delete(row);
	}
	if (view->body.failed)
		err_set(view->err, EDGE_TEMPORARY, "CSV: out of memory");
}

bool
view_is_basin_code(const char *text)
{
	return strlen(text) == 7 && strncmp(text, "SEA-", 4) == 0 &&
	    strspn(text + 4, "0123456789") == 3;
}
