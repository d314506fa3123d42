/* The page of one mission: what the API says of it, and around that the days
 * of its track, where its data are and how to cite them. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "portal_link.h"
#include "view_images.h"
#include "view_ld.h"
#include "view_near.h"
#include "view_util.h"
#include "views.h"

#define DAYS_MOST 400      /* longer missions are told by their plots alone */
#define POINTS_MOST 100000

/* What a mission did on one day, UTC. */
struct day {
	int64_t day, dives;
	double deepest_m, lon, lat; /* NaN: none; the last position */
};

/* ---- days ---- */

/* The day's place in the list; NULL when there is no room for it. Tracks are
 * in order of time but for single points. */
static struct day *
find_day(struct day *days, size_t *length, int64_t day)
{
	size_t i = *length;

	while (i > 0 && days[i - 1].day > day)
		i--;
	if (i > 0 && days[i - 1].day == day)
		return &days[i - 1];
	if (*length == DAYS_MOST)
		return NULL;
	memmove(&days[i + 1], &days[i], (*length - i) * sizeof *days);
	days[i] = (struct day){ day, 0, NAN, NAN, NAN };
	(*length)++;
	return &days[i];
}

static bool
read_days(struct view *view, int64_t mission_id, struct day *days,
    size_t *length)
{
	struct stmt *s = db_stmt(view->db, Q_TRACK);
	struct day *at;
	int64_t ms;
	bool fits = true;

	stmt_int(s, 1, mission_id);
	stmt_int(s, 2, INT64_MIN);
	stmt_int(s, 3, POINTS_MOST);
	while (fits && stmt_row(s, view->err)) {
		if (stmt_is_null(s, 1))
			continue;
		ms = stmt_get_int(s, 1);
		at = find_day(days, length, ms / CLOCK_DAY_MS -
		    (ms % CLOCK_DAY_MS < 0));
		fits = at != NULL;
		if (!fits)
			continue;
		at->dives++;
		at->lon = stmt_get_real(s, 2);
		at->lat = stmt_get_real(s, 3);
		if (!stmt_is_null(s, 4))
			at->deepest_m = fmax(at->deepest_m,
			    stmt_get_real(s, 4));
	}
	stmt_reset(s);
	return fits;
}

static void
put_days(struct view *view, const struct mission *m)
{
	struct day *days = calloc(DAYS_MOST + 1, sizeof *days);
	cJSON *list = put_array(view, view->out, "daily"), *item;
	size_t length = 0, i;

	if (days == NULL) {
		err_set(view->err, EDGE_TEMPORARY, "page: out of memory");
		return;
	}
	if (!read_days(view, m->id, days, &length))
		length = 0;
	for (i = 0; i < length; i++) {
		item = add_object(view, list);
		put_time(view, item, "date", days[i].day * CLOCK_DAY_MS);
		put_int(view, item, "dives", days[i].dives);
		put_real(view, item, "max_depth_m", days[i].deepest_m);
		put_real(view, item, "lon", days[i].lon);
		put_real(view, item, "lat", days[i].lat);
	}
	free(days);
}

/* ---- ways on ---- */

/* The sea areas with the page of each; url is null where one has none. */
static void
put_areas(struct view *view, int64_t mission_id)
{
	struct stmt *s = db_stmt(view->db, Q_MISSION_AREAS);
	cJSON *list = put_array(view, view->out, "areas");

	stmt_int(s, 1, mission_id);
	while (stmt_row(s, view->err))
		add_area(view, list, row_text(s, 0), stmt_get_text(s, 1));
}

/* ---- where the data are ---- */

static void
put_erddap(struct view *view)
{
	static const struct {
		const char *name, *ending;
	} forms[] = { { "page", "html" }, { "csv", "csv" }, { "nc", "nc" } };
	const char *base = view->portal != NULL ? view->portal->erddap : NULL;
	const char *dataset = cJSON_GetStringValue(
	    cJSON_GetObjectItemCaseSensitive(view->out, "dataset"));
	cJSON *erddap;
	size_t i;

	if (base == NULL || dataset == NULL) {
		put_null(view, view->out, "erddap");
		return;
	}
	erddap = put_object(view, view->out, "erddap");
	for (i = 0; i < sizeof forms / sizeof *forms; i++) {
		struct buffer url = { 0 };

		buffer_printf(&url, "%s/tabledap/", base);
		buffer_add_url(&url, dataset, strlen(dataset));
		buffer_printf(&url, ".%s", forms[i].ending);
		put_text(view, erddap, forms[i].name, buffer_text(&url));
		buffer_free(&url);
	}
}

static void
put_identifier(struct view *view, const struct mission *m)
{
	const char *pattern = view->portal != NULL ?
	    view->portal->identifier : NULL;
	struct buffer text = { 0 };

	if (pattern != NULL)
		pattern_expand(pattern, m->platform, m->number, m->complete,
		    &text);
	put_text(view, view->out, "identifier", buffer_text(&text));
	buffer_free(&text);
}

enum view_result
view_mission_page(struct view *view)
{
	enum view_result result = view_mission(view);
	cJSON *ignored;
	int64_t mission_id;
	struct mission m;
	bool found;

	if (result != VIEW_OK)
		return result;
	ignored = cJSON_CreateObject();
	found = find_mission(view, &mission_id) &&
	    put_mission(view, ignored, mission_id, &m);
	cJSON_Delete(ignored);
	if (!found)
		return no_mission(view);
	put_bool(view, view->out, "timed", m.glider);
	put_days(view, &m);
	put_areas(view, m.id);
	put_images(view, put_array(view, view->out, "images"), &m,
	    PORTAL_IMAGES_MOST);
	put_erddap(view);
	put_identifier(view, &m);
	put_jsonld(view);
	return view_end(view);
}
