/* The maps as pictures: what is at sea now over what was there in the last
 * year, and one mission. The view gathers lines and marks, the writer draws. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "embedded.h"
#include "map_draw.h"
#include "view_util.h"
#include "views.h"

#define WIDTH_USUAL 1180
#define WIDTH_LEAST 320
#define WIDTH_MOST 2000
#define WIDTH_PHONE 450 /* up to here a picture is higher than wide */
#define PAST_MS (365 * CLOCK_DAY_MS)
#define PAST_MOST 400   /* missions of a kind drawn grey */
#define SERIES 8        /* the newest platforms at sea have colours */
#define LEAST_KM 120    /* the smallest piece of sea that is shown */
#define DETAIL_SEA 1    /* details of track_line, see facts.sql */
#define DETAIL_MISSION 2

struct sailing {
	int64_t id, start_ms, number;
	char platform[SERIAL_BYTES];
	bool live;
};

static bool
width_param(struct view *view)
{
	const char *text = request_param(view->req, "width");
	int64_t width = WIDTH_USUAL;

	if (text != NULL && !request_parse_int(text, WIDTH_LEAST, WIDTH_MOST,
	    &width))
		return false;
	put_int(view, view->out, "width", width);
	return true;
}

/* One track: its line, where it ends, and how it is drawn. */
static void
put_track(struct view *view, cJSON *tracks, int64_t id, int detail,
    const char *label, int64_t series, bool live)
{
	struct stmt *s = db_stmt(view->db, Q_TRACK_LINE);
	cJSON *track;

	stmt_int(s, 1, id);
	stmt_int(s, 2, detail);
	if (!stmt_row(s, view->err))
		return;
	track = add_object(view, tracks);
	col_text(view, track, "line", s, 0);
	col_real(view, track, "lon", s, 1);
	col_real(view, track, "lat", s, 2);
	put_text(view, track, "label", label);
	put_int(view, track, "series", series);
	put_bool(view, track, "live", live);
	stmt_reset(s);
}

/* Missions of a kind heard in the last year; live ones are marked. */
static size_t
read_sailings(struct view *view, bool glider, struct sailing *sailings)
{
	struct stmt *s = db_stmt(view->db, Q_MISSIONS_HEARD);
	size_t n = 0;

	stmt_text(s, 1, glider ? "glider" : "sailbuoy");
	stmt_int(s, 2, view->now_ms - PAST_MS);
	stmt_int(s, 3, INT64_MAX);
	stmt_int(s, 4, INT64_MAX);
	stmt_int(s, 5, PAST_MOST);
	while (stmt_row(s, view->err)) {
		struct sailing *at = &sailings[n++];

		at->id = stmt_get_int(s, 0);
		at->start_ms = stmt_get_int(s, 2);
		(void)snprintf(at->platform, sizeof at->platform, "%s",
		    row_text(s, 3));
		at->number = stmt_get_int(s, 4);
		at->live = mission_live(view, glider, stmt_get_int(s, 5) != 0,
		    stmt_get_int(s, 1));
	}
	return n;
}

/* Past missions lie beneath; of those at sea the newest on top, in the order
 * of the landing page's table, so that the colours are the same. */
static int
by_layer(const void *a, const void *b)
{
	const struct sailing *x = a, *y = b;

	if (x->live != y->live)
		return x->live ? 1 : -1;
	if (x->start_ms != y->start_ms)
		return x->start_ms > y->start_ms ? 1 : -1;
	return (x->id > y->id) - (x->id < y->id);
}

enum view_result
view_map(struct view *view)
{
	struct sailing *sailings = calloc(2 * PAST_MOST, sizeof *sailings);
	cJSON *tracks = put_array(view, view->out, "tracks");
	size_t length, live = 0, i;

	if (sailings == NULL) {
		err_set(view->err, EDGE_TEMPORARY, "map: out of memory");
		return VIEW_FAILED;
	}
	if (!width_param(view)) {
		free(sailings);
		return view_bad_param(view, "width", "pixels from 320 to "
		    "2000");
	}
	length = read_sailings(view, true, sailings);
	length += read_sailings(view, false, sailings + length);
	qsort(sailings, length, sizeof *sailings, by_layer);
	for (i = 0; i < length; i++)
		live += sailings[i].live;
	for (i = 0; i < length; i++) {
		const struct sailing *at = &sailings[i];
		size_t left = length - i; /* 1 for the newest */

		put_track(view, tracks, at->id, DETAIL_SEA, at->live ?
		    at->platform : NULL, at->live && left <= SERIES ?
		    (int64_t)((live < SERIES ? live : SERIES) - left) + 1 : 0,
		    at->live);
	}
	put_text(view, view->out, "title", "Map of missions at sea now");
	free(sailings);
	return view_end(view);
}

enum view_result
view_mission_map(struct view *view)
{
	const char *number = request_capture(view->req, "number");
	const char *serial = request_capture(view->req, "serial");
	struct stmt *s = db_stmt(view->db, Q_MISSION_FIND);
	char title[SERIAL_BYTES + 32];
	int64_t n, id;

	if (!width_param(view))
		return view_bad_param(view, "width", "pixels from 320 to "
		    "2000");
	if (!request_parse_int(number, 0, INT32_MAX, &n))
		return VIEW_NOT_FOUND;
	stmt_text(s, 1, serial);
	stmt_int(s, 2, n);
	if (!stmt_row(s, view->err))
		return view->err->kind == EDGE_NONE ? VIEW_NOT_FOUND :
		    VIEW_FAILED;
	id = stmt_get_int(s, 0);
	stmt_reset(s);
	put_track(view, put_array(view, view->out, "tracks"), id,
	    DETAIL_MISSION, serial, 1, true);
	(void)snprintf(title, sizeof title, "Track of %s M%s", serial, number);
	put_text(view, view->out, "title", title);
	return view_end(view);
}

static double
number_of(const cJSON *object, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

	return cJSON_IsNumber(item) ? item->valuedouble : NAN;
}

static const char *
text_of(const cJSON *object, const char *name)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object,
	    name));
}

static void
read_track(const cJSON *item, struct map_track *track,
    struct map_extent *extent)
{
	int series = (int)number_of(item, "series");

	track->line = text_of(item, "line");
	track->live = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(item,
	    "live"));
	track->colour = series > 0 ? MAP_SERIES + series - 1 : MAP_GREY;
	track->name = text_of(item, "label");
	track->last = (struct map_mark){ .shown = track->live,
		.at = { number_of(item, "lon"), number_of(item, "lat") },
		.label = track->name };
	/* What is at sea decides what is seen; what was there lies around. */
	if (track->live)
		map_extent_line(extent, track->line);
}

bool
write_map_svg(const cJSON *page, struct buffer *out, struct edge_err *err)
{
	const cJSON *tracks = cJSON_GetObjectItemCaseSensitive(page, "tracks");
	size_t length = (size_t)cJSON_GetArraySize(tracks), i = 0;
	struct map_track *all = calloc(length + 1, sizeof *all);
	struct map_extent *extent = calloc(1, sizeof *extent);
	struct map map = { .width = (int)number_of(page, "width"),
		.title = text_of(page, "title"), .tracks = all,
		.tracks_length = length };
	struct basemap region, world;
	const cJSON *item;
	bool ok = all != NULL && extent != NULL;

	if (!ok)
		err_set(err, EDGE_TEMPORARY, "map: out of memory");
	ok = ok && basemap_open(&region, asset_basemap_region,
	    asset_basemap_region_len, err) && basemap_open(&world,
	    asset_basemap_world, asset_basemap_world_len, err);
	if (ok) {
		map.region = &region;
		map.world = &world;
		map_extent_begin(extent);
		cJSON_ArrayForEach(item, tracks)
			read_track(item, &all[i++], extent);
		(void)map_extent_find(extent, LEAST_KM, &map.box);
		/* Fixed, so that a page can keep the place of the picture. */
		map.height = map.width > WIDTH_PHONE ? map.width * 3 / 4 :
		    map.width * 6 / 5;
		map_draw(&map, out);
	}
	free(all);
	free(extent);
	return ok && (!out->failed ||
	    err_set(err, EDGE_TEMPORARY, "map: out of memory"));
}
