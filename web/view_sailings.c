/* The fleet over the years: who was at sea when, and how many at a time. The
 * views read, the writers draw. */
#include <stdio.h>
#include <stdlib.h>

#include "csv.h"
#include "ships.h"
#include "view_sailings.h"
#include "views.h"

#define WIDTH_USUAL 1132
#define WIDTH_LEAST 320
#define WIDTH_MOST 2000
#define WIDTH_PHONE 450
#define HEIGHT 260
#define HEIGHT_PHONE 220
#define PIECES_MOST 20000 /* bars; what is closer together is joined */

static bool
width_param(struct view *view, int64_t *width)
{
	const char *text = request_param(view->req, "width");

	*width = WIDTH_USUAL;
	return text == NULL || request_parse_int(text, WIDTH_LEAST,
	    WIDTH_MOST, width);
}

/* ---- who was at sea when ---- */

static void
put_bars(struct view *view, cJSON *row, const struct ship *ship)
{
	cJSON *bars = put_array(view, row, "bars");
	size_t i;

	for (i = 0; i < ship->length; i++) {
		cJSON *start = cJSON_CreateNumber(
		    (double)ship->sailed[i].start_ms);
		cJSON *end = cJSON_CreateNumber(
		    (double)ship->sailed[i].end_ms);

		if (!cJSON_AddItemToArray(bars, start) ||
		    !cJSON_AddItemToArray(bars, end))
			err_set(view->err, EDGE_TEMPORARY,
			    "plot: out of memory");
	}
}

enum view_result
view_gantt(struct view *view)
{
	struct ships ships;
	int64_t width, gap_ms;
	cJSON *rows, *row;
	size_t i, gone, most;

	if (!width_param(view, &width))
		return view_bad_param(view, "width", "pixels from 320 to "
		    "2000");
	ships_read(view, &ships);
	gone = ships_cut(&ships, PLOT_MOST_ROWS);
	/* A gap of less than a pixel is not seen. */
	gap_ms = (ships.to_ms - ships.from_ms) / width;
	most = width < WIDTH_USUAL ? (size_t)(PIECES_MOST * width /
	    WIDTH_USUAL) : PIECES_MOST;
	while (ships_join(&ships, gap_ms) > most)
		gap_ms *= 2;
	put_int(view, view->out, "width", width);
	put_int(view, view->out, "from_ms", ships.from_ms);
	put_int(view, view->out, "to_ms", ships.to_ms);
	put_int(view, view->out, "more", (int64_t)gone);
	rows = put_array(view, view->out, "rows");
	for (i = 0; i < ships.length; i++) {
		row = add_object(view, rows);
		put_text(view, row, "platform", ships.all[i].serial);
		put_text(view, row, "name", ships.all[i].name);
		put_bool(view, row, "glider", ships.all[i].glider);
		put_bool(view, row, "live", ships.all[i].live);
		put_bars(view, row, &ships.all[i]);
	}
	ships_free(&ships);
	/* The right end of the axis is now. */
	view_expires(view, view->now_ms + CLOCK_DAY_MS);
	return view_end(view);
}

static double
number_of(const cJSON *object, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

	return cJSON_IsNumber(item) ? item->valuedouble : 0;
}

static bool
is_true(const cJSON *object, const char *name)
{
	return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, name));
}

/* A row and its bars, which go into `sailings`. */
static void
read_row(const cJSON *item, struct plot_row *row,
    struct plot_sailing *sailings)
{
	const cJSON *bars = cJSON_GetObjectItemCaseSensitive(item, "bars");
	const cJSON *at = bars != NULL ? bars->child : NULL;

	row->label = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(
	    item, "platform"));
	row->note = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(
	    item, "name"));
	row->kind = is_true(item, "glider") ? PLOT_GLIDER : PLOT_SAILBUOY;
	row->sailings = sailings;
	for (; at != NULL && at->next != NULL; at = at->next->next)
		sailings[row->length++] = (struct plot_sailing){
			.start_ms = (int64_t)at->valuedouble,
			.end_ms = (int64_t)at->next->valuedouble };
	if (row->length > 0 && is_true(item, "live"))
		sailings[row->length - 1].live = true;
}

bool
write_gantt_svg(const cJSON *page, struct buffer *out, struct edge_err *err)
{
	const cJSON *list = cJSON_GetObjectItemCaseSensitive(page, "rows");
	struct plot plot = { .width = (int)number_of(page, "width"),
		.from_ms = (int64_t)number_of(page, "from_ms"),
		.to_ms = (int64_t)number_of(page, "to_ms"),
		.title = "When each platform was at sea" };
	size_t length = (size_t)cJSON_GetArraySize(list), n = 0, used = 0;
	struct plot_row *rows = calloc(length + 1, sizeof *rows);
	struct plot_sailing *sailings = calloc(PIECES_MOST + length + 1,
	    sizeof *sailings);
	char more[80] = "";
	const cJSON *item;
	bool ok = rows != NULL && sailings != NULL;

	if (number_of(page, "more") > 0) {
		(void)snprintf(more, sizeof more, "%.0f platforms that were "
		    "heard of earlier are left out.", number_of(page, "more"));
		plot.description = more;
	}
	cJSON_ArrayForEach(item, list)
		if (ok) {
			read_row(item, &rows[n], sailings + used);
			used += rows[n++].length;
		}
	if (ok)
		plot_gantt(&plot, rows, length, out);
	free(rows);
	free(sailings);
	return (ok && !out->failed) || err_set(err, EDGE_TEMPORARY,
	    "plot: out of memory");
}

/* ---- how many at a time ---- */

static void
put_weeks(struct view *view, const struct ship_week *weeks, size_t length)
{
	cJSON *items = put_array(view, view->out, "items"), *item;
	size_t i;

	for (i = 0; i < length; i++) {
		item = add_object(view, items);
		put_time(view, item, "week", weeks[i].start_ms);
		put_int(view, item, "gliders",
		    weeks[i].platforms[PLOT_GLIDER]);
		put_int(view, item, "sailbuoys",
		    weeks[i].platforms[PLOT_SAILBUOY]);
	}
}

enum view_result
view_coverage(struct view *view)
{
	struct ships ships;
	struct ship_week *weeks;
	int64_t width;
	size_t length;

	if (!width_param(view, &width))
		return view_bad_param(view, "width", "pixels from 320 to "
		    "2000");
	ships_read(view, &ships);
	weeks = ships_weeks(&ships, &length);
	put_int(view, view->out, "width", width);
	put_weeks(view, weeks, length);
	if (weeks == NULL)
		err_set(view->err, EDGE_TEMPORARY, "plot: out of memory");
	free(weeks);
	ships_free(&ships);
	view_expires(view, view->now_ms + CLOCK_DAY_MS);
	return view_end(view);
}

bool
write_coverage_svg(const cJSON *page, struct buffer *out,
    struct edge_err *err)
{
	const cJSON *list = cJSON_GetObjectItemCaseSensitive(page, "items");
	struct plot plot = { .width = (int)number_of(page, "width"),
		.title = "Platforms at sea in each week" };
	size_t length = (size_t)cJSON_GetArraySize(list), i = 0;
	struct plot_week *weeks = calloc(length + 1, sizeof *weeks);
	int64_t first_ms = 0;
	const cJSON *item;

	plot.height = plot.width > WIDTH_PHONE ? HEIGHT : HEIGHT_PHONE;
	if (weeks == NULL)
		return err_set(err, EDGE_TEMPORARY, "plot: out of memory");
	cJSON_ArrayForEach(item, list) {
		if (i == 0)
			(void)clock_parse(cJSON_GetStringValue(
			    cJSON_GetObjectItemCaseSensitive(item, "week")),
			    &first_ms);
		weeks[i].platforms[PLOT_GLIDER] = (int)number_of(item,
		    "gliders");
		weeks[i++].platforms[PLOT_SAILBUOY] = (int)number_of(item,
		    "sailbuoys");
	}
	plot_coverage(&plot, first_ms, weeks, length, out);
	free(weeks);
	return !out->failed || err_set(err, EDGE_TEMPORARY,
	    "plot: out of memory");
}

bool
write_coverage_csv(const cJSON *page, struct buffer *out,
    struct edge_err *err)
{
	return csv_write(cJSON_GetObjectItemCaseSensitive(page, "items"),
	    "week gliders sailbuoys", out) || err_set(err, EDGE_FAILED, "CSV: no rows");
}

/* ---- the same as a table ---- */

struct year_at_sea {
	int64_t year, weeks, most, sum, without;
};

static void
put_year(struct view *view, cJSON *list, const struct year_at_sea *y)
{
	cJSON *item = add_object(view, list);

	put_int(view, item, "year", y->year);
	put_int(view, item, "weeks", y->weeks);
	put_int(view, item, "most", y->most);
	put_real(view, item, "mean", (double)y->sum / (double)y->weeks);
	put_int(view, item, "without", y->without);
}

void
put_sailings(struct view *view)
{
	cJSON *list = put_array(view, view->out, "at_sea");
	struct year_at_sea y = { 0, 0, 0, 0, 0 };
	struct ships ships;
	struct ship_week *weeks;
	size_t length, i, rows;

	ships_read(view, &ships);
	weeks = ships_weeks(&ships, &length);
	/* A week belongs to the year of its Thursday; the newest is first. */
	for (i = length; i-- > 0 && ships.length > 0;) {
		int64_t year = year_of(weeks[i].start_ms + 3 * CLOCK_DAY_MS);
		int64_t at_sea = weeks[i].platforms[PLOT_GLIDER] +
		    weeks[i].platforms[PLOT_SAILBUOY];

		if (y.weeks > 0 && year != y.year) {
			put_year(view, list, &y);
			y = (struct year_at_sea){ 0, 0, 0, 0, 0 };
		}
		y.year = year;
		y.weeks++;
		y.sum += at_sea;
		y.without += at_sea == 0;
		y.most = at_sea > y.most ? at_sea : y.most;
	}
	if (y.weeks > 0)
		put_year(view, list, &y);
	rows = ships.length;
	put_int(view, view->out, "platforms", (int64_t)rows);
	put_int(view, view->out, "gantt_height", plot_gantt_height(rows));
	free(weeks);
	ships_free(&ships);
}
