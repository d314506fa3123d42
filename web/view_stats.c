/* Statistics: the totals of each year counted here, and the figures that the
 * source publishes. */
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "../schema/clock.h"
#include "csv.h"
#include "view_sailings.h"
#include "view_util.h"
#include "views.h"

#define YEARS_MOST 200
#define STATS_MOST 5000
#define STAT_YEARS_MOST 30

static cJSON *
find_year(const cJSON *years, int64_t year)
{
	cJSON *item;

	cJSON_ArrayForEach(item, years) {
		const cJSON *number = cJSON_GetObjectItemCaseSensitive(item,
		    "year");

		if (cJSON_IsNumber(number) &&
		    (int64_t)number->valuedouble == year)
			return item;
	}
	return NULL;
}

/* Years with missions, newest first, each with both kinds. */
static void
put_years(struct view *view)
{
	cJSON *years = put_array(view, view->out, "years"), *item = NULL;
	struct stmt *s = db_stmt(view->db, Q_TOTALS_OF);
	static const char *const kinds[] = { "glider", "sailbuoy" };
	cJSON *figures;
	int i;

	stmt_text(s, 1, "year");
	stmt_int(s, 2, 2 * YEARS_MOST);
	while (stmt_row(s, view->err)) {
		int64_t year = strtoll(row_text(s, 0), NULL, 10);

		if ((item = find_year(years, year)) == NULL) {
			item = add_object(view, years);
			put_int(view, item, "year", year);
		}
		figures = put_object(view, item, row_text(s, 1));
		put_total_figures(view, figures,
		    strcmp(row_text(s, 1), "glider") == 0, s, 2);
	}
	cJSON_ArrayForEach(item, years)
		for (i = 0; i < 2; i++)
			if (!cJSON_HasObjectItem(item, kinds[i]))
				put_total_figures(view, put_object(view, item,
				    kinds[i]), i == 0, NULL, 0);
}

/* "glider_in_bornholm" as "Glider in bornholm". */
static void
put_label(struct view *view, cJSON *object, const char *key)
{
	struct buffer label = { 0 };
	const char *c;

	for (c = key; *c != '\0'; c++)
		buffer_add_char(&label, *c == '_' ? ' ' : c == key &&
		    *c >= 'a' && *c <= 'z' ? (char)(*c - 32) : *c);
	put_text(view, object, "label", buffer_text(&label));
	buffer_free(&label);
}

/* One published statistic while its rows are read. */
struct published {
	cJSON *item, *rows;
	int64_t first_year, last_year; /* without 0, all years */
};

/* The row of a key, with a cell for every year that is shown: all years first,
 * then the newest. */
static cJSON *
find_row(struct view *view, cJSON *rows, const char *key)
{
	cJSON *row;

	cJSON_ArrayForEach(row, rows) {
		const char *have = cJSON_GetStringValue(
		    cJSON_GetObjectItemCaseSensitive(row, "key"));

		if (have != NULL && strcmp(have, key) == 0)
			return row;
	}
	row = add_object(view, rows);
	put_text(view, row, "key", key);
	put_label(view, row, key);
	(void)put_array(view, row, "values");
	return row;
}

static void
put_value(struct view *view, cJSON *row, struct stmt *s)
{
	cJSON *value = add_object(view,
	    cJSON_GetObjectItemCaseSensitive(row, "values"));

	col_int(view, value, "year", s, 1);
	if (stmt_is_null(s, 4))
		col_text(view, value, "value", s, 5);
	else
		col_real(view, value, "value", s, 4);
}

static void
add_year(struct view *view, cJSON *years, int64_t year)
{
	put_int(view, add_object(view, years), "year", year);
}

/* A year that missions are counted in has its column, though empty. */
static void
take_counted_years(const struct view *view, struct published *p)
{
	const cJSON *row;

	cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(view->out,
	    "years")) {
		int64_t year = (int64_t)cJSON_GetNumberValue(
		    cJSON_GetObjectItemCaseSensitive(row, "year"));

		if (year > 0 && year < p->first_year)
			p->first_year = year;
		if (year > p->last_year)
			p->last_year = year;
	}
}

/* Gives each row a value for every year of the table, null where the source
 * has none. Year 0, all years, comes first, then the newest. */
static void
fill_gaps(struct view *view, struct published *p)
{
	cJSON *years = put_array(view, p->item, "years"), *row, *year;
	int64_t y;

	if (p->last_year > 0)
		take_counted_years(view, p);
	y = p->last_year;

	add_year(view, years, 0);
	for (; y > 0 && y >= p->first_year &&
	    y > p->last_year - STAT_YEARS_MOST; y--)
		add_year(view, years, y);
	cJSON_ArrayForEach(row, p->rows) {
		cJSON *have = cJSON_DetachItemFromObjectCaseSensitive(row,
		    "values"), *full = put_array(view, row, "values");

		cJSON_ArrayForEach(year, years) {
			int64_t number = (int64_t)cJSON_GetNumberValue(
			    cJSON_GetObjectItemCaseSensitive(year, "year"));
			cJSON *value = cJSON_DetachItemViaPointer(have,
			    find_year(have, number));

			if (value == NULL) {
				value = add_object(view, full);
				put_int(view, value, "year", number);
				put_null(view, value, "value");
			} else
				(void)cJSON_AddItemToArray(full, value);
		}
		cJSON_Delete(have);
	}
}

static void
put_published(struct view *view)
{
	cJSON *list = put_array(view, view->out, "published");
	struct stmt *s = db_stmt(view->db, Q_STATS);
	struct published p = { NULL, NULL, 0, 0 };
	char name[256] = "";
	int64_t year, newest = year_of(view->now_ms) + 1;

	stmt_int(s, 1, STATS_MOST);
	while (stmt_row(s, view->err)) {
		if (p.item == NULL || strcmp(name, row_text(s, 0)) != 0) {
			if (p.item != NULL)
				fill_gaps(view, &p);
			(void)snprintf(name, sizeof name, "%s",
			    row_text(s, 0));
			p = (struct published){ add_object(view, list), NULL,
			    INT64_MAX, 0 };
			put_text(view, p.item, "name", name);
			put_label(view, p.item, name);
			col_time(view, p.item, "date", s, 3);
			p.rows = put_array(view, p.item, "rows");
		}
		year = stmt_get_int(s, 1);
		if (strcmp(row_text(s, 2), "year") == 0 ||
		    *row_text(s, 2) == '\0' || year > newest)
			continue; /* "year" says what the column says */
		if (year != 0 && year < p.first_year)
			p.first_year = year;
		if (year > p.last_year)
			p.last_year = year;
		put_value(view, find_row(view, p.rows, row_text(s, 2)), s);
	}
	if (p.item != NULL)
		fill_gaps(view, &p);
}

enum view_result
view_stats(struct view *view)
{
	put_totals(view, put_object(view, view->out, "all"), "all", "");
	put_years(view);
	put_published(view);
	if (view->req->form != FORM_CSV && !view_is_api(view))
		put_sailings(view);
	return view_end(view);
}

bool
write_stats_csv(const cJSON *page, struct buffer *out, struct edge_err *err)
{
	return csv_write(cJSON_GetObjectItemCaseSensitive(page, "years"),
	    "year sailbuoy.platforms sailbuoy.missions sailbuoy.sea_time_s "
	    "sailbuoy.distance_km glider.platforms glider.missions "
	    "glider.profiles glider.sea_time_s glider.distance_km "
	    "glider.vertical_km glider.data_points", out) || err_set(err, EDGE_FAILED, "stats: no years");
}
