/* /map: all missions, coloured by year, and the way to those of a basin. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bits.h"
#include "chart.h"
#include "find.h"
#include "views.h"

#define PLATFORM_ROWS 50000 /* pieces of the platforms that are read */
#define RECENT_MOST 100     /* rows of the table of highlighted missions */

/* 0 when it is not given. */
static bool
year_param(struct view *view, int64_t *year)
{
	const char *text = request_param(view->req, "year");

	*year = 0;
	return text == NULL || request_parse_int(text, 1, 9999, year);
}

static struct chart_list *
read_missions(struct view *view, int64_t year)
{
	struct stmt *s = db_stmt(view->db, year != 0 ?
	    Q_MAP_MISSIONS_OF_YEAR : Q_MAP_MISSIONS);

	stmt_int(s, 1, year != 0 ? year : INT64_MAX);
	return chart_read_list(view, s);
}

static enum view_result
put_map(struct view *view, int64_t year)
{
	struct chart_list *list = read_missions(view, year);
	struct chart_years years;
	struct chart chart;
	char title[64];

	if (list == NULL)
		return VIEW_FAILED;
	chart_read_years(view, &years);
	if (year != 0)
		(void)snprintf(title, sizeof title, "Map of the missions of "
		    "%d", (int)year);
	else
		(void)snprintf(title, sizeof title, "Map of all missions");
	chart_begin(&chart, view, title);
	chart_add_by_year(&chart, list, &years, CHART_SEA);
	free(list);
	return view_end(view);
}

/* The missions of a key, a bit each: what /missions shows of it. */
static void
read_bits(struct view *view, const char *scope, const char *key,
    struct bits *bits)
{
	find_read_facet(view, scope, key, bits);
	if (bits->failed && view->err->kind == EDGE_NONE)
		err_set(view->err, EDGE_TEMPORARY, "map: out of memory");
}

/* How many platforms have a mission in each of the sets. */
static void
count_platforms(struct view *view, const struct bits *sets, size_t length,
    int64_t *platforms)
{
	struct stmt *s = db_stmt(view->db, Q_FACETS);
	char platform[SERIAL_BYTES] = "";
	bool seen[CHART_YEARS] = { false };
	const void *bytes;
	size_t size, i;

	stmt_text(s, 1, "platform");
	stmt_int(s, 2, PLATFORM_ROWS);
	while (stmt_row(s, view->err)) {
		if (strcmp(platform, row_text(s, 0)) != 0) {
			(void)snprintf(platform, sizeof platform, "%s",
			    row_text(s, 0));
			memset(seen, 0, sizeof seen);
		}
		bytes = stmt_get_blob(s, 2, &size);
		for (i = 0; i < length; i++)
			if (!seen[i] && bits_count_piece(&sets[i],
			    stmt_get_int(s, 1), bytes, size) > 0) {
				seen[i] = true;
				platforms[i]++;
			}
	}
}

static void
put_years(struct view *view, const struct chart_years *years, int64_t year)
{
	cJSON *items = put_array(view, view->out, "items"), *item;
	struct bits sets[CHART_YEARS] = { 0 }, all = { 0 };
	int64_t platforms[CHART_YEARS] = { 0 };
	char class_name[CHART_CLASS_BYTES], url[64];
	size_t i;

	for (i = 0; i < years->length; i++) {
		(void)snprintf(url, sizeof url, "%d", (int)years->year[i]);
		read_bits(view, "year", url, &sets[i]);
	}
	count_platforms(view, sets, years->length, platforms);
	for (i = 0; i < years->length; i++) {
		int a_year = (int)years->year[i];

		item = add_object(view, items);
		put_int(view, item, "year", a_year);
		put_int(view, item, "missions", bits_count(&sets[i]));
		put_int(view, item, "platforms", platforms[i]);
		chart_year_class(years, a_year, class_name);
		put_text(view, item, "class", class_name);
		(void)snprintf(url, sizeof url, "/map?year=%d", a_year);
		put_text(view, item, "url", url);
		(void)snprintf(url, sizeof url, "/missions?year=%d", a_year);
		put_text(view, item, "missions_url", url);
		put_bool(view, item, "chosen", a_year == year);
		bits_free(&sets[i]);
	}
	read_bits(view, "all", "", &all);
	put_int(view, view->out, "missions", bits_count(&all));
	bits_free(&all);
	put_int(view, view->out, "since", years->length > 0 ?
	    years->year[years->length - 1] : 0);
}

static void
put_basins(struct view *view)
{
	cJSON *items = put_array(view, view->out, "basins"), *item;
	struct stmt *s = db_stmt(view->db, Q_BASINS_CODED), *span;
	char url[64];

	while (stmt_row(s, view->err)) {
		item = add_object(view, items);
		col_text(view, item, "code", s, 1);
		col_text(view, item, "name", s, 2);
		(void)snprintf(url, sizeof url, "/map/basin/%s",
		    row_text(s, 1));
		put_text(view, item, "url", url);
		span = db_stmt(view->db, Q_BASIN_SPAN);
		stmt_int(span, 1, stmt_get_int(s, 0));
		if (stmt_row(span, view->err)) {
			col_int(view, item, "missions", span, 0);
			stmt_reset(span);
		}
	}
}

/* What the map highlights, as a table: the missions drawn that were heard of
 * lately. */
static void
put_recent(struct view *view, const struct chart_list *list)
{
	cJSON *items = put_array(view, view->out, "recent"), *item;
	int64_t since = view->now_ms - CHART_RECENT_MS;
	char class_name[CHART_CLASS_BYTES];
	struct chart_years years;
	size_t i, rows = 0;

	chart_read_years(view, &years);
	for (i = 0; i < list->length && rows < RECENT_MOST; i++) {
		if (list->at[i].end_ms < since)
			continue;
		item = add_object(view, items);
		put_mission(view, item, list->at[i].id, NULL);
		chart_year_class(&years, year_of(list->at[i].start_ms),
		    class_name);
		put_text(view, item, "class", class_name);
		view_expires(view, list->at[i].end_ms + CHART_RECENT_MS + 1);
		rows++;
	}
	put_int(view, view->out, "drawn", (int64_t)list->length);
	put_bool(view, view->out, "drawn_cut", list->cut);
}

enum view_result
view_map(struct view *view)
{
	struct chart_years years;
	struct chart_list *list;
	int64_t year;

	if (!year_param(view, &year))
		return view_bad_param(view, "year", "a year, as 2024");
	if (chart_width(view) != VIEW_OK)
		return VIEW_BAD_PARAM;
	if (chart_wanted(view))
		return put_map(view, year);
	chart_read_years(view, &years);
	if (year != 0)
		put_int(view, view->out, "year", year);
	else
		put_null(view, view->out, "year");
	put_years(view, &years, year);
	put_basins(view);
	list = read_missions(view, year);
	if (list == NULL)
		return VIEW_FAILED;
	put_recent(view, list);
	free(list);
	chart_put_picture(view, "year", "Map of the missions, coloured by "
	    "the year of their start; the tables below say the same in words");
	return view_end(view);
}
