#include "mission_file.h"

#include "csv.h"
#include "geojson.h"
#include "view_util.h"

#define LINE_DETAIL 0   /* of track_line, see facts.sql */

bool
mission_file_asked(const struct view *view)
{
	return view->req->form == FORM_CSV || view->req->form == FORM_GEOJSON;
}

/* The line of a mission's track, for a map. */
static void
put_line(struct view *view, cJSON *item, int64_t id)
{
	struct stmt *s = db_stmt(view->db, Q_TRACK_LINE);

	stmt_int(s, 1, id);
	stmt_int(s, 2, LINE_DETAIL);
	if (stmt_row(s, view->err))
		col_text(view, item, "line", s, 0);
	stmt_reset(s);
}

static bool
add_mission(struct view *view, int64_t id, bool first)
{
	cJSON *item = cJSON_CreateObject();
	bool there = item != NULL && put_mission(view, item, id, NULL);

	if (there && view->req->form == FORM_GEOJSON) {
		put_line(view, item, id);
		geojson_add_track(item, first, &view->body);
	} else if (there) {
		csv_add(item, view->columns, &view->body);
	}
	cJSON_Delete(item);
	return there;
}

/* Writes the missions of the part that is read; true when one was written. */
static bool
add_part(const struct mission_list *list, bool first)
{
	struct view *view = list->view;
	bool any = false;
	size_t i;

	for (i = 0; i < list->length && view->err->kind == EDGE_NONE; i++)
		any |= add_mission(view, list->places[i].id, first && !any);
	return any;
}

/* A limit is kept, and a file that is read backwards is one part. One of an
 * export has no next part. */
static bool
goes_on(const struct mission_list *list)
{
	const struct view *view = list->view;

	return list->more && request_param(view->req, "before") == NULL &&
	    request_param(view->req, "limit") == NULL &&
	    (view->site->still || view->body.length < MISSION_FILE_BYTES) &&
	    !view->body.failed && view->err->kind == EDGE_NONE;
}

void
mission_file_write(struct mission_list *list)
{
	struct view *view = list->view;
	bool any;

	if (view->req->form == FORM_GEOJSON)
		geojson_begin(&view->body);
	else
		csv_add(NULL, view->columns, &view->body);
	any = add_part(list, true);
	while (goes_on(list)) {
		list_go_on(list);
		any |= add_part(list, !any);
	}
}

void
mission_file_end(struct view *view)
{
	if (view->req->form == FORM_GEOJSON)
		geojson_end(cJSON_GetObjectItemCaseSensitive(view->out,
		    "next_url"), &view->body);
	if (view->body.failed)
		err_set(view->err, EDGE_TEMPORARY, "file: out of memory");
}

enum view_result
mission_file_table(struct view *view, struct stmt *s)
{
	cJSON *items = put_array(view, view->out, "items");

	while (stmt_row(s, view->err)) {
		put_mission(view, add_object(view, items), stmt_get_int(s, 0),
		    NULL);
		view_flush_rows(view, items);
	}
	stmt_reset(s);
	return view_end(view);
}
