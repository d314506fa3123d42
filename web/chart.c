#include "chart.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "map_draw.h"

#define WIDTH_USUAL 1180
#define WIDTH_LEAST 320
#define WIDTH_MOST 2000
#define YEAR_ROWS 50000 /* pieces of the years that are read */
#define LEAST_KM 120    /* the smallest piece of sea that is shown */

bool
chart_wanted(const struct view *view)
{
	return view->req->form == FORM_SVG || view->req->form == FORM_GEOJSON;
}

enum view_result
chart_width(struct view *view)
{
	const char *text = request_param(view->req, "width");
	int64_t width = WIDTH_USUAL;

	if (text == NULL)
		return VIEW_OK;
	if (view->req->form == FORM_JSON || view->req->form == FORM_CSV ||
	    !request_parse_int(text, WIDTH_LEAST, WIDTH_MOST, &width))
		return view_bad_param(view, "width", "pixels from 320 to "
		    "2000, of a picture");
	return VIEW_OK;
}

void
chart_begin(struct chart *chart, struct view *view, const char *title)
{
	const char *text = request_param(view->req, "width");
	int64_t width = WIDTH_USUAL;

	if (text != NULL)
		(void)request_parse_int(text, WIDTH_LEAST, WIDTH_MOST, &width);
	chart->view = view;
	put_int(view, view->out, "width", width);
	put_text(view, view->out, "title", title);
	chart->tracks = put_array(view, view->out, "tracks");
	chart->legend = put_array(view, view->out, "legend");
	if (view->req->form == FORM_SVG || view->req->form == FORM_PAGE)
		chart_put_outlines(view);
}

void
chart_put_outlines(struct view *view)
{
	/* The JSON of a page has no need of them. */
	if (view->portal != NULL && view->portal->outlines != NULL &&
	    !cJSON_AddItemReferenceToObject(view->out, "outlines",
	    (cJSON *)(uintptr_t)view->portal->outlines))
		err_set(view->err, EDGE_TEMPORARY, "map: out of memory");
}

void
chart_add(struct chart *chart, int64_t mission_id, enum chart_detail detail,
    const struct chart_look *look)
{
	struct view *view = chart->view;
	struct stmt *s = db_stmt(view->db, Q_MAP_TRACK);
	bool glider, live;
	cJSON *track;

	stmt_int(s, 1, mission_id);
	stmt_int(s, 2, detail);
	if (!stmt_row(s, view->err))
		return;
	if (stmt_is_null(s, 9)) {
		stmt_reset(s);
		return;
	}
	glider = strcmp(row_text(s, 3), "glider") == 0;
	live = mission_live(view, glider, stmt_get_int(s, 6) != 0,
	    stmt_get_int(s, 5));
	track = add_object(view, chart->tracks);
	col_text(view, track, "platform", s, 0);
	col_int(view, track, "mission", s, 1);
	col_text(view, track, "name", s, 2);
	col_text(view, track, "kind", s, 3);
	put_int(view, track, "year", year_of(stmt_get_int(s, 4)));
	col_time(view, track, "start", s, 4);
	col_time(view, track, "end", s, 5);
	col_text(view, track, "project", s, 10);
	put_mission_url(view, track, "url", row_text(s, 0),
	    stmt_get_int(s, 1));
	put_bool(view, track, "live", live);
	put_bool(view, track, "highlight", look->highlight ||
	    (look->highlight_live && live));
	put_text(view, track, "class", look->class_name);
	col_text(view, track, "line", s, 9);
	col_real(view, track, "lon", s, 7);
	col_real(view, track, "lat", s, 8);
	put_bool(view, track, "dot", look->dot_always ||
	    (look->dot && live));
	put_bool(view, track, "fits", look->fits);
	stmt_reset(s);
}

void
chart_put_region(struct chart *chart)
{
	const struct portal *portal = chart->view->portal;
	const struct portal_box *box;
	double sides[4];
	cJSON *region;

	if (portal == NULL || !portal->has_region)
		return;
	box = &portal->region;
	sides[0] = box->west;
	sides[1] = box->south;
	sides[2] = box->east;
	sides[3] = box->north;
	region = cJSON_CreateDoubleArray(sides, 4);
	if (!cJSON_AddItemToObject(chart->view->out, "region", region)) {
		cJSON_Delete(region);
		err_set(chart->view->err, EDGE_TEMPORARY, "map: out of "
		    "memory");
	}
}

/* ---- what is seen ---- */

static void
add_region(const cJSON *region, struct map_extent *extent)
{
	struct map_box box;

	if (cJSON_GetArraySize(region) != 4)
		return;
	box.west = cJSON_GetNumberValue(cJSON_GetArrayItem(region, 0));
	box.south = cJSON_GetNumberValue(cJSON_GetArrayItem(region, 1));
	box.east = cJSON_GetNumberValue(cJSON_GetArrayItem(region, 2));
	box.north = cJSON_GetNumberValue(cJSON_GetArrayItem(region, 3));
	map_extent_box(extent, &box);
}

bool
chart_box(const cJSON *page, struct map_box *box)
{
	struct map_extent *extent = calloc(1, sizeof *extent);
	const cJSON *track;

	*box = map_box_baltic;
	if (extent == NULL)
		return false;
	map_extent_begin(extent);
	cJSON_ArrayForEach(track, cJSON_GetObjectItemCaseSensitive(page,
	    "tracks"))
		if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(track,
		    "fits")))
			map_extent_line(extent, cJSON_GetStringValue(
			    cJSON_GetObjectItemCaseSensitive(track, "line")));
	add_region(cJSON_GetObjectItemCaseSensitive(page, "region"), extent);
	(void)map_extent_find(extent, LEAST_KM, box);
	free(extent);
	return true;
}

void
chart_add_key(struct chart *chart, const char *text, const char *class_name)
{
	cJSON *key = add_object(chart->view, chart->legend);

	put_text(chart->view, key, "text", text);
	put_text(chart->view, key, "class", class_name);
}

void
chart_class(char letter, int number, char class_name[CHART_CLASS_BYTES])
{
	class_name[0] = letter;
	class_name[1] = (char)('0' + number);
	class_name[2] = '\0';
}

/* ---- years ---- */

void
chart_read_years(struct view *view, struct chart_years *years)
{
	struct stmt *s = db_stmt(view->db, Q_FACETS);
	size_t n = 0, i;

	stmt_text(s, 1, "year");
	stmt_int(s, 2, YEAR_ROWS);
	while (stmt_row(s, view->err)) {
		int64_t year = strtol(row_text(s, 0), NULL, 10);

		if (n == 0 || years->year[n - 1] != year)
			if (n < CHART_YEARS)
				years->year[n++] = year;
	}
	for (i = 0; i < n / 2; i++) {
		int64_t earlier = years->year[i];

		years->year[i] = years->year[n - 1 - i];
		years->year[n - 1 - i] = earlier;
	}
	years->length = n;
}

void
chart_year_class(const struct chart_years *years, int64_t year,
    char class_name[CHART_CLASS_BYTES])
{
	size_t i;

	class_name[0] = '\0';
	for (i = 0; i < years->length; i++)
		if (years->year[i] == year)
			chart_class('r', map_ramp(years->length - 1 - i,
			    years->length) - MAP_RAMP, class_name);
}

/* ---- lists ---- */

struct chart_list *
chart_read_list(struct view *view, struct stmt *s)
{
	struct chart_list *list = calloc(1, sizeof *list);
	bool any = false;
	size_t i;

	if (list == NULL) {
		err_set(view->err, EDGE_TEMPORARY, "map: out of memory");
		return NULL;
	}
	stmt_int(s, 2, CHART_MOST + 1);
	while (stmt_row(s, view->err)) {
		list->at[list->length].id = stmt_get_int(s, 0);
		list->at[list->length].start_ms = stmt_get_int(s, 1);
		list->at[list->length].end_ms = stmt_get_int(s, 2);
		list->at[list->length].fits = stmt_get_int(s, 3) == 0;
		any = any || list->at[list->length].fits;
		list->length++;
	}
	for (i = 0; !any && i < list->length; i++)
		list->at[i].fits = true;
	list->cut = list->length > CHART_MOST;
	list->length -= list->cut;
	return list;
}

/* Those heard of lately lie on top, else the newest does. */
void
chart_add_by_year(struct chart *chart, const struct chart_list *list,
    const struct chart_years *years, enum chart_detail detail)
{
	int64_t since = chart->view->now_ms - CHART_RECENT_MS, key = 0;
	char class_name[CHART_CLASS_BYTES], text[24];
	size_t i;
	int pass;

	for (pass = 0; pass < 2; pass++) {
		for (i = list->length; i-- > 0;) {
			bool recent = list->at[i].end_ms >= since;
			struct chart_look look = { .class_name = class_name,
				.highlight = recent, .dot = true,
				.fits = list->at[i].fits };

			if (recent != (pass == 1))
				continue;
			if (recent)
				view_expires(chart->view, list->at[i].end_ms +
				    CHART_RECENT_MS + 1);
			chart_year_class(years, year_of(list->at[i].start_ms),
			    class_name);
			chart_add(chart, list->at[i].id, detail, &look);
		}
	}
	for (i = 0; i < list->length; i++) {
		int64_t year = year_of(list->at[i].start_ms);

		if (i > 0 && year == key)
			continue;
		key = year;
		chart_year_class(years, year, class_name);
		(void)snprintf(text, sizeof text, "%" PRId64, year);
		chart_add_key(chart, text, class_name);
	}
}

/* ---- addresses ---- */

static void
put_address(struct view *view, cJSON *object, const char *member,
    const char *ending, const char *name, const char *more)
{
	const char *path = view->req->path;
	const char *value = name != NULL ? request_param(view->req, name) :
	    NULL;
	struct buffer url = { 0 };
	char sign = '?';
	size_t length;

	if (strcmp(path, "/") == 0)
		path = "/index";
	for (; *path == '/'; path += 1 + length) {
		length = strcspn(path + 1, "/");
		buffer_add_char(&url, '/');
		buffer_add_url(&url, path + 1, length);
	}
	buffer_add_text(&url, ending);
	if (value != NULL) {
		buffer_printf(&url, "%c%s=", sign, name);
		buffer_add_url(&url, value, strlen(value));
		sign = '&';
	}
	if (more != NULL)
		buffer_printf(&url, "%c%s", sign, more);
	if (url.failed)
		err_set(view->err, EDGE_TEMPORARY, "page: out of memory");
	put_text(view, object, member, buffer_text(&url));
	buffer_free(&url);
}

void
chart_put_picture(struct view *view, const char *name, const char *alt)
{
	cJSON *picture = put_object(view, view->out, "picture");

	put_address(view, picture, "svg", ".svg", name, NULL);
	put_address(view, picture, "svg_phone", ".svg", name, "width=390");
	put_address(view, picture, "geojson", ".geojson", name, NULL);
	put_text(view, picture, "alt", alt);
}
