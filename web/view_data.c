/* /data: every way to get the data, with examples that run. */
#include <string.h>

#include "../schema/snapshot.h"
#include "view_util.h"
#include "views.h"

/* An example address of a mission that is there. */
static void
put_example(struct view *view)
{
	struct stmt *s = db_stmt(view->db, Q_EVENT_STARTED);

	stmt_int(s, 1, INT64_MAX);
	stmt_int(s, 2, 1);
	if (!stmt_row(s, view->err)) {
		put_null(view, view->out, "example");
		return;
	}
	cJSON *example = put_object(view, view->out, "example");

	col_text(view, example, "platform", s, 0);
	col_int(view, example, "mission", s, 1);
	put_mission_url(view, example, "url", row_text(s, 0),
	    stmt_get_int(s, 1));
	stmt_reset(s);
}

static void
put_snapshot(struct view *view)
{
	struct snapshot snapshot;
	cJSON *object;

	if (!snapshot_read(view->site->db_path, &snapshot)) {
		put_null(view, view->out, "snapshot");
		return;
	}
	object = put_object(view, view->out, "snapshot");
	put_text(view, object, "url", "/data/edge.sqlite");
	put_text(view, object, "sha256", snapshot.sha256);
	put_int(view, object, "bytes", snapshot.bytes);
	put_int(view, object, "generation", snapshot.generation);
	put_time(view, object, "as_of", snapshot.as_of_ms);
	put_time(view, object, "made", snapshot.made_ms);
}

enum view_result
view_data(struct view *view)
{
	const struct portal *portal = view->portal;

	put_text(view, view->out, "origin", view->site->url);
	put_text(view, view->out, "erddap", portal->erddap);
	put_example(view);
	put_snapshot(view);
	return view_end(view);
}
