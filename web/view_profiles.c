/* Every profile of a year as one table, for programs: a mission after the
 * other, in several files when there are many. */
#include <inttypes.h>
#include <string.h>

#include "view_util.h"
#include "views.h"

#define ROWS_MOST 60000 /* of one file, and the rest of its last mission */

/* "2024-01-01T00:00:00Z-12": start and number of the mission to go on after. */
static bool
read_after(const char *text, int64_t *start_ms, int64_t *id)
{
	const char *dash = strrchr(text, '-');
	char time[CLOCK_TEXT_BYTES];
	size_t length = dash != NULL ? (size_t)(dash - text) : 0;

	if (length == 0 || length >= sizeof time)
		return false;
	memcpy(time, text, length);
	time[length] = '\0';
	return clock_parse(time, start_ms) &&
	    request_parse_int(dash + 1, 0, INT64_MAX, id);
}

/* As many digits as any source gives. */
static void
add_number(struct buffer *out, struct stmt *s, int at)
{
	if (!stmt_is_null(s, at))
		buffer_printf(out, "%.15g", stmt_get_real(s, at));
}

/* A serial has letters, digits, "_" and "-" and needs no quotes, but it may
 * not be taken for a formula. */
static int64_t
add_profiles(struct view *view, struct buffer *out, int64_t mission_id,
    const char *platform, int64_t number)
{
	struct stmt *s = db_stmt(view->db, Q_TRACK);
	char time[CLOCK_TEXT_BYTES];
	int64_t rows = 0;

	stmt_int(s, 1, mission_id);
	stmt_int(s, 2, INT64_MIN);
	stmt_int(s, 3, INT64_MAX);
	for (; stmt_row(s, view->err); rows++) {
		time[0] = '\0';
		if (!stmt_is_null(s, 1))
			clock_format(stmt_get_int(s, 1), time);
		buffer_printf(out, "%s%s,%" PRId64 ",%" PRId64 ",%s,",
		    strchr("+-=@", *platform) != NULL ? "'" : "", platform,
		    number, stmt_get_int(s, 0), time);
		add_number(out, s, 2);
		buffer_add_char(out, ',');
		add_number(out, s, 3);
		buffer_add_char(out, ',');
		add_number(out, s, 4);
		buffer_add_text(out, "\r\n");
	}
	return rows;
}

static void
put_next(struct view *view, int64_t year, int64_t start_ms, int64_t id)
{
	char start[CLOCK_TEXT_BYTES];
	struct buffer url = { 0 };

	clock_format(start_ms, start);
	buffer_printf(&url, "%s?year=%" PRId64 "&after=", view->req->path,
	    year);
	buffer_add_url(&url, start, strlen(start));
	buffer_printf(&url, "-%" PRId64, id);
	put_text(view, view->out, "next_url", buffer_text(&url));
	buffer_free(&url);
}

enum view_result
view_profiles(struct view *view)
{
	const char *text = request_param(view->req, "year");
	const char *after = request_param(view->req, "after");
	int64_t year = year_of(view->now_ms), start_ms = INT64_MIN, id = 0;
	struct stmt *s = db_stmt(view->db, Q_YEAR_MISSIONS);
	struct buffer *csv = &view->body;
	int64_t rows = 0;

	if (text != NULL && !request_parse_int(text, 1, 9999, &year))
		return view_bad_param(view, "year", "a year, as 2024");
	if (after != NULL && !read_after(after, &start_ms, &id))
		return view_bad_param(view, "after",
		    "what the Link header of the same table gave");
	buffer_add_text(csv, "platform,mission,number,time,lon,lat,"
	    "max_depth_m\r\n");
	stmt_int(s, 1, year);
	stmt_int(s, 2, start_ms);
	stmt_int(s, 3, id);
	while (stmt_row(s, view->err)) {
		if (rows >= ROWS_MOST && !view->site->still) {
			put_next(view, year, start_ms, id);
			break;
		}
		id = stmt_get_int(s, 0);
		start_ms = stmt_get_int(s, 3);
		rows += 1 + add_profiles(view, csv, id, row_text(s, 1),
		    stmt_get_int(s, 2));
	}
	stmt_reset(s);
	if (text == NULL) /* another year begins */
		view_expires(view, clock_days_from_civil(year + 1, 1, 1) *
		    CLOCK_DAY_MS);
	if (csv->failed)
		err_set(view->err, EDGE_TEMPORARY, "CSV: out of memory");
	return view_end(view);
}
