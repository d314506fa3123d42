/* /map/basin/SEA-007: the missions of one sea area. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chart.h"
#include "mission_file.h"
#include "view_near.h"
#include "views.h"

#define ROWS_PAGE 100  /* of the table; what is more is in /missions */

struct basin {
	int64_t id;
	char code[16], name[256];
};

static void
put_neighbour(struct view *view, const char *member, const struct basin *basin)
{
	char url[64];
	cJSON *item;

	if (basin->id == 0) {
		put_null(view, view->out, member);
		return;
	}
	item = put_object(view, view->out, member);
	put_text(view, item, "code", basin->code);
	put_text(view, item, "name", basin->name);
	(void)snprintf(url, sizeof url, "/map/basin/%s", basin->code);
	put_text(view, item, "url", url);
}

static void
read_basin(struct stmt *s, struct basin *basin)
{
	basin->id = stmt_get_int(s, 0);
	(void)snprintf(basin->code, sizeof basin->code, "%s", row_text(s, 1));
	(void)snprintf(basin->name, sizeof basin->name, "%s", row_text(s, 2));
}

/* The basin with this code and the ones beside it; id 0: none. */
static void
find_basin(struct view *view, const char *code, struct basin *basin,
    struct basin *before, struct basin *after)
{
	struct stmt *s = db_stmt(view->db, Q_BASINS_CODED);
	struct basin at = { 0 }, last = { 0 };

	while (stmt_row(s, view->err)) {
		last = at;
		read_basin(s, &at);
		if (basin->id != 0 && after->id == 0)
			*after = at;
		if (strcmp(at.code, code) == 0) {
			*basin = at;
			*before = last;
		}
	}
}

static enum view_result
put_map(struct view *view, const struct basin *basin,
    const struct chart_list *list)
{
	struct chart_years years;
	struct chart chart;
	char title[300];

	chart_read_years(view, &years);
	(void)snprintf(title, sizeof title, "Map of the missions in %s",
	    basin->name);
	chart_begin(&chart, view, title);
	chart_add_by_year(&chart, list, &years, CHART_BASIN);
	return view_end(view);
}

static void
put_missions(struct view *view, const struct basin *basin,
    const struct chart_list *list)
{
	cJSON *items = put_array(view, view->out, "items"), *item;
	size_t most = view->req->form == FORM_PAGE ? ROWS_PAGE : CHART_MOST;
	struct stmt *s = db_stmt(view->db, Q_BASIN_SPAN);
	char class_name[CHART_CLASS_BYTES];
	struct chart_years years;
	size_t i;

	chart_read_years(view, &years);
	for (i = 0; i < list->length && i < most; i++) {
		item = add_object(view, items);
		put_mission(view, item, list->at[i].id, NULL);
		chart_year_class(&years, year_of(list->at[i].start_ms),
		    class_name);
		put_text(view, item, "class", class_name);
	}
	stmt_int(s, 1, basin->id);
	if (stmt_row(s, view->err)) {
		col_int(view, view->out, "missions", s, 0);
		col_time(view, view->out, "first", s, 1);
		col_time(view, view->out, "last", s, 2);
		put_bool(view, view->out, "items_cut",
		    stmt_get_int(s, 0) > (int64_t)i);
		stmt_reset(s);
	}
}

enum view_result
view_basin(struct view *view)
{
	struct basin basin = { 0 }, before = { 0 }, after = { 0 };
	const char *code = request_capture(view->req, "basin");
	enum view_result result = VIEW_OK;
	struct chart_list *list;
	struct stmt *s;

	if (chart_width(view) != VIEW_OK)
		return VIEW_BAD_PARAM;
	find_basin(view, code, &basin, &before, &after);
	if (basin.id == 0)
		return near_basin(view, code);
	s = db_stmt(view->db, Q_MAP_MISSIONS_OF_BASIN);
	stmt_int(s, 1, basin.id);
	if (view->req->form == FORM_CSV) {
		stmt_int(s, 2, VIEW_ALL_ROWS);
		return mission_file_table(view, s);
	}
	list = chart_read_list(view, s);
	if (list == NULL)
		return VIEW_FAILED;
	if (chart_wanted(view)) {
		result = put_map(view, &basin, list);
		free(list);
		return result;
	}
	put_text(view, view->out, "code", basin.code);
	put_text(view, view->out, "name", basin.name);
	put_missions(view, &basin, list);
	free(list);
	put_neighbour(view, "previous", &before);
	put_neighbour(view, "next", &after);
	chart_put_picture(view, NULL, "Map of the missions in this basin, "
	    "coloured by the year of their start; the table below names them");
	return view_end(view);
}
