/* What the API has of the whole portal: sea areas, versions. */
#include <stdio.h>
#include <string.h>

#include "view_util.h"
#include "views.h"

#define BASINS_MOST 100

enum view_result
view_basins(struct view *view)
{
	struct { int64_t id; char code[16]; } basins[BASINS_MOST];
	cJSON *items = put_array(view, view->out, "items"), *item;
	struct stmt *s = db_stmt(view->db, Q_BASINS_CODED);
	size_t length = 0, i;
	char url[64];

	while (length < BASINS_MOST && stmt_row(s, view->err)) {
		basins[length].id = stmt_get_int(s, 0);
		(void)snprintf(basins[length].code, sizeof basins[0].code,
		    "%s", row_text(s, 1));
		item = add_object(view, items);
		put_text(view, item, "code", basins[length++].code);
		col_text(view, item, "name", s, 2);
	}
	stmt_reset(s);
	for (i = 0; i < length; i++) {
		item = cJSON_GetArrayItem(items, (int)i);
		s = db_stmt(view->db, Q_BASIN_SPAN);
		stmt_int(s, 1, basins[i].id);
		if (stmt_row(s, view->err)) {
			col_int(view, item, "missions", s, 0);
			col_time(view, item, "first", s, 1);
			col_time(view, item, "last", s, 2);
		}
		stmt_reset(s);
		put_totals(view, item, "basin", basins[i].code);
		(void)snprintf(url, sizeof url, "/map/basin/%s",
		    basins[i].code);
		put_text(view, item, "url", url);
		(void)snprintf(url, sizeof url, "/api/v1/missions?basin=%s",
		    basins[i].code);
		put_text(view, item, "missions_url", url);
	}
	return view_end(view);
}

/* "SQLite 3.40.1, zlib 1.2.13" as [{"name", "version"}]. */
static void
put_libraries(struct view *view, const char *text)
{
	cJSON *libraries = put_array(view, view->out, "libraries"), *item;

	while (text != NULL && *text != '\0') {
		size_t length = strcspn(text, ","), name = length;

		while (name > 0 && text[name - 1] != ' ')
			name--;
		if (name > 1) {
			item = add_object(view, libraries);
			put_text_n(view, item, "name", text, name - 1);
			put_text_n(view, item, "version", text + name,
			    length - name);
		}
		text += length;
		text += strspn(text, ", ");
	}
}

enum view_result
view_version(struct view *view)
{
	put_text(view, view->out, "edge", EDGE_VERSION);
	put_libraries(view, view->site->libraries);
	return view_end(view);
}
