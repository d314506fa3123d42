/* Missions by where and when. Their bounds are those the source publishes, so
 * a mission may have a box's corner within its bounds and its track beside
 * it. */
#include <stdlib.h>
#include <string.h>

#include "find.h"
#include "view_util.h"

/* "-12.5": digits and one point. Reads up to a comma or the end. */
static bool
read_degrees(const char **text, double most, double *degrees)
{
	size_t length = strspn(*text, "+-0123456789.");
	char *end;

	if (length == 0 || length > 24 ||
	    ((*text)[length] != ',' && (*text)[length] != '\0'))
		return false;
	*degrees = strtod(*text, &end);
	if (end != *text + length || *degrees < -most || *degrees > most)
		return false;
	*text = end;
	return true;
}

static bool
next(const char **text)
{
	if (**text != ',')
		return false;
	(*text)++;
	return true;
}

static bool
read_box(const char *text, struct find_box *box)
{
	return read_degrees(&text, 180, &box->west) && next(&text) &&
	    read_degrees(&text, 90, &box->south) && next(&text) &&
	    read_degrees(&text, 180, &box->east) && next(&text) &&
	    read_degrees(&text, 90, &box->north) && *text == '\0' &&
	    box->south <= box->north;
}

enum view_result
find_read_where(struct find *find)
{
	struct view *view = find->view;
	const char *box = find->values[BY_BOX];
	const char *from = find->values[BY_MIN_TIME];
	const char *to = find->values[BY_MAX_TIME];

	find->from = (struct moment){ INT64_MIN, -1 };
	find->to = (struct moment){ INT64_MAX, -1 };
	if (box != NULL && !read_box(box, &find->box))
		return view_bad_param(view, "bbox", "west,south,east,north in "
		    "degrees, as 10,54,20,60");
	if (from != NULL && !moment_read(from, view->now_ms, &find->from))
		return view_bad_param(view, "min_time", MOMENT_TAKES);
	if (to != NULL && !moment_read(to, view->now_ms, &find->to))
		return view_bad_param(view, "max_time", MOMENT_TAKES);
	if (find->from.ms > find->to.ms)
		return view_bad_param(view, "max_time",
		    "a time that is not before min_time");
	return VIEW_OK;
}

static void
add_box(struct find *find, double west, double east)
{
	struct view *view = find->view;
	struct stmt *s = db_stmt(view->db, Q_MISSIONS_IN_BOX);

	stmt_real(s, 1, west);
	stmt_real(s, 2, east);
	stmt_real(s, 3, find->box.south);
	stmt_real(s, 4, find->box.north);
	stmt_int(s, 5, FIND_MOST);
	while (stmt_row(s, view->err))
		bits_add(&find->sets[BY_BOX], stmt_get_int(s, 0));
}

/* The answer changes when the first mission falls behind a begin that moves
 * with the clock. */
static void
add_between(struct find *find, enum find_filter filter, int64_t from_ms,
    int64_t to_ms, int64_t window_ms)
{
	static const char *const kinds[] = { "glider", "sailbuoy" };
	struct view *view = find->view;
	struct stmt *s;
	int i;

	for (i = 0; i < 2; i++) {
		s = db_stmt(view->db, Q_MISSIONS_BETWEEN);
		stmt_text(s, 1, kinds[i]);
		stmt_int(s, 2, from_ms);
		stmt_int(s, 3, to_ms);
		stmt_int(s, 4, FIND_MOST);
		while (stmt_row(s, view->err)) {
			bits_add(&find->sets[filter], stmt_get_int(s, 0));
			if (window_ms >= 0)
				view_expires(view, stmt_get_int(s, 1) +
				    window_ms + 1);
		}
	}
}

/* Or when an end that moves with the clock reaches the next start. */
static void
expire_at_next_start(struct find *find)
{
	struct view *view = find->view;
	struct stmt *s = db_stmt(view->db, Q_MISSION_FIRST);

	if (find->to.window_ms < 0)
		return;
	stmt_int(s, 1, find->to.ms + 1);
	if (stmt_row(s, view->err))
		view_expires(view, stmt_get_int(s, 0) + find->to.window_ms);
	stmt_reset(s);
}

void
find_add_where(struct find *find, enum find_filter filter)
{
	const struct find_box *box = &find->box;

	if (filter == BY_MIN_TIME) {
		add_between(find, filter, find->from.ms, INT64_MAX,
		    find->from.window_ms);
	} else if (filter == BY_MAX_TIME) {
		add_between(find, filter, INT64_MIN, find->to.ms, -1);
		expire_at_next_start(find);
	} else if (box->west <= box->east) {
		add_box(find, box->west, box->east);
	} else {
		add_box(find, box->west, 180);
		add_box(find, -180, box->east);
	}
}
