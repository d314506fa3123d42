/* The plots of one mission as pictures: the depth of every dive, and how far
 * it went. The view reads the points, the writers draw. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "plot.h"
#include "view_near.h"
#include "view_util.h"
#include "views.h"

#define WIDTH_USUAL 1132
#define WIDTH_LEAST 320
#define WIDTH_MOST 2000
#define WIDTH_PHONE 450
#define HEIGHT 280
#define HEIGHT_PHONE 220
#define POINTS_MOST 20000 /* a longer track is thinned to so many */

/* What a plot is made of, before it becomes the page's object. */
struct points {
	double *time_ms, *a, *b; /* NaN: missing; depth in `a`, or lon and lat */
	size_t length;
};

static bool
width_of_plot(struct view *view)
{
	const char *text = request_param(view->req, "width");
	int64_t width = WIDTH_USUAL;

	if (text != NULL && !request_parse_int(text, WIDTH_LEAST, WIDTH_MOST,
	    &width))
		return false;
	put_int(view, view->out, "width", width);
	return true;
}

static void
put_numbers(struct view *view, const char *name, const double *values,
    size_t length)
{
	cJSON *array = cJSON_CreateDoubleArray(values, (int)length);

	if (!cJSON_AddItemToObject(view->out, name, array))
		err_set(view->err, EDGE_TEMPORARY, "plot: out of memory");
}

/* A point, or NaN for what the column does not hold. */
static double
column(struct stmt *s, int at)
{
	return stmt_is_null(s, at) ? NAN : stmt_get_real(s, at);
}

/* The track, of which each group of `step` points leaves its deepest; there is
 * room for `most`, however many points there are. */
static void
read_points(struct view *view, int64_t mission_id, size_t step, size_t most,
    bool depths, struct points *points)
{
	struct stmt *s = db_stmt(view->db, Q_TRACK);
	size_t seen = 0, at = 0;
	double a;

	stmt_int(s, 1, mission_id);
	stmt_int(s, 2, INT64_MIN);
	stmt_int(s, 3, INT64_MAX);
	while (stmt_row(s, view->err)) {
		bool first = seen++ % step == 0;

		if (first && points->length == most)
			break;
		if (first)
			at = points->length++;
		a = column(s, depths ? 4 : 2);
		if (!first && (!depths || !(a > points->a[at])))
			continue;
		points->time_ms[at] = stmt_is_null(s, 1) ? NAN :
		    (double)stmt_get_int(s, 1);
		points->a[at] = a;
		points->b[at] = column(s, 3);
	}
	stmt_reset(s);
}

static int64_t
count_points(struct view *view, int64_t mission_id)
{
	struct stmt *s = db_stmt(view->db, Q_MISSION_MORE);
	int64_t count = 0;

	stmt_int(s, 1, mission_id);
	if (stmt_row(s, view->err))
		count = stmt_get_int(s, 11);
	stmt_reset(s);
	return count;
}

/* A sailbuoy's fixes have no time: they are spread from start to end. */
static void
spread_times(const struct mission *m, struct points *points)
{
	double step = points->length > 1 ? (double)(m->end_ms - m->start_ms) /
	    (double)(points->length - 1) : 0;
	size_t i;

	for (i = 0; i < points->length; i++)
		points->time_ms[i] = (double)m->start_ms + step * (double)i;
}

static void
put_points(struct view *view, const struct mission *m, bool depths)
{
	size_t count = (size_t)count_points(view, m->id);
	size_t most = count < POINTS_MOST ? count + 1 : POINTS_MOST;
	struct points points = { calloc(most, sizeof(double)),
		calloc(most, sizeof(double)), calloc(most, sizeof(double)), 0 };

	if (points.time_ms == NULL || points.a == NULL || points.b == NULL) {
		err_set(view->err, EDGE_TEMPORARY, "plot: out of memory");
	} else {
		read_points(view, m->id, count / POINTS_MOST + 1, most,
		    depths, &points);
		if (!m->glider)
			spread_times(m, &points);
		put_numbers(view, "time_ms", points.time_ms, points.length);
		put_numbers(view, depths ? "depth_m" : "lon", points.a,
		    points.length);
		if (!depths)
			put_numbers(view, "lat", points.b, points.length);
	}
	free(points.time_ms);
	free(points.a);
	free(points.b);
}

static enum view_result
view_plot(struct view *view, bool depths)
{
	cJSON *ignored = cJSON_CreateObject();
	char title[SERIAL_BYTES + 64];
	struct mission m;
	int64_t mission_id;
	bool found;

	if (!width_of_plot(view)) {
		cJSON_Delete(ignored);
		return view_bad_param(view, "width",
		    "pixels from 320 to 2000");
	}
	found = find_mission(view, &mission_id) &&
	    put_mission(view, ignored, mission_id, &m);
	cJSON_Delete(ignored);
	if (!found)
		return no_mission(view);
	if (depths && !m.glider) {
		err_set(view->err, EDGE_FAILED, "A sailbuoy does not dive.");
		return VIEW_NOT_FOUND;
	}
	(void)snprintf(title, sizeof title, "%s of %s M%lld", depths ?
	    "Depth of every dive" : "Distance made good", m.platform,
	    (long long)m.number);
	put_text(view, view->out, "title", title);
	put_text(view, view->out, "description", m.glider ? NULL : "The "
	    "source keeps no time for a fix: they are spread evenly from start "
	    "to end.");
	put_points(view, &m, depths);
	return view_end(view);
}

enum view_result
view_mission_depth(struct view *view)
{
	return view_plot(view, true);
}

enum view_result
view_mission_distance(struct view *view)
{
	return view_plot(view, false);
}

/* ---- writers ---- */

static const cJSON *
numbers(const cJSON *page, const char *name)
{
	const cJSON *array = cJSON_GetObjectItemCaseSensitive(page, name);

	return array != NULL ? array->child : NULL;
}

static int64_t
time_of(const cJSON *item)
{
	return isnan(item->valuedouble) ? INT64_MIN :
	    (int64_t)item->valuedouble;
}

static struct plot
plot_of(const cJSON *page)
{
	const cJSON *width = cJSON_GetObjectItemCaseSensitive(page, "width");
	struct plot plot = { .width = width != NULL ? width->valueint : 0,
		.title = cJSON_GetStringValue(
		    cJSON_GetObjectItemCaseSensitive(page, "title")),
		.description = cJSON_GetStringValue(
		    cJSON_GetObjectItemCaseSensitive(page, "description")) };

	plot.height = plot.width > WIDTH_PHONE ? HEIGHT : HEIGHT_PHONE;
	return plot;
}

/* Numbers of items in the page's lists; each list has as many. */
static size_t
count_of(const cJSON *page)
{
	return (size_t)cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(
	    page, "time_ms"));
}

static bool
drawn(void *points, const struct buffer *out, struct edge_err *err)
{
	bool ok = points != NULL && !out->failed;

	free(points);
	return ok || err_set(err, EDGE_TEMPORARY, "plot: out of memory");
}

bool
write_depth_svg(const cJSON *page, struct buffer *out, struct edge_err *err)
{
	struct plot plot = plot_of(page);
	size_t length = count_of(page), i;
	struct plot_dive *dives = calloc(length + 1, sizeof *dives);
	const cJSON *time = numbers(page, "time_ms");
	const cJSON *depth = numbers(page, "depth_m");

	if (dives != NULL) {
		for (i = 0; i < length && time != NULL && depth != NULL;
		    i++, time = time->next, depth = depth->next)
			dives[i] = (struct plot_dive){ time_of(time),
				depth->valuedouble };
		plot_depth(&plot, dives, i, out);
	}
	return drawn(dives, out, err);
}

bool
write_distance_svg(const cJSON *page, struct buffer *out, struct edge_err *err)
{
	struct plot plot = plot_of(page);
	size_t length = count_of(page), i;
	struct plot_fix *fixes = calloc(length + 1, sizeof *fixes);
	const cJSON *time = numbers(page, "time_ms");
	const cJSON *lon = numbers(page, "lon"), *lat = numbers(page, "lat");

	if (fixes != NULL) {
		for (i = 0; i < length && time != NULL && lon != NULL &&
		    lat != NULL; i++, time = time->next, lon = lon->next,
		    lat = lat->next)
			fixes[i] = (struct plot_fix){ time_of(time),
				{ lon->valuedouble, lat->valuedouble } };
		plot_distance(&plot, fixes, i, out);
	}
	return drawn(fixes, out, err);
}
