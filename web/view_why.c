/* /status/missions/SEA063-M33: why a mission is, or is not, on which page. */
#include <ctype.h>
#include <string.h>

#include "fresh.h"
#include "view_near.h"
#include "view_util.h"
#include "views.h"

#define QUARANTINE_MOST 20

/* What people paste: a dataset's name is a mission's with a word in front. */
static const char *
without_dataset(const char *id)
{
	static const char *const words[] = { "nrt_", "delayed_" };
	size_t i;

	for (i = 0; i < sizeof words / sizeof *words; i++)
		if (strncmp(id, words[i], strlen(words[i])) == 0)
			return id + strlen(words[i]);
	return id;
}

/* Where the last "-M" or "_M" begins, also in small letters; NULL: nowhere. A
 * platform's name may hold hyphens. */
static const char *
find_number(const char *id)
{
	const char *at = NULL, *next;

	for (next = strpbrk(id, "-_"); next != NULL;
	    next = strpbrk(next + 1, "-_"))
		if (next[1] == 'M' || next[1] == 'm')
			at = next;
	return at;
}

/* "SEA063-M33" or what comes near it, or, from the older form, its two
 * parts. */
static bool
read_identity(const struct view *view, char platform[SERIAL_BYTES],
    int64_t *number)
{
	const char *serial = request_capture(view->req, "serial");
	const char *text = request_capture(view->req, "number"), *at;
	const char *id = request_capture(view->req, "id");
	size_t length, i;
	bool careless = false;

	if (id != NULL) {
		serial = without_dataset(id);
		at = find_number(serial);
		if (at == NULL)
			return false;
		careless = at[1] == 'm';
		length = (size_t)(at - serial);
		text = at + 2;
	} else {
		length = serial != NULL ? strlen(serial) : 0;
	}
	if (length == 0 || length >= SERIAL_BYTES || text == NULL ||
	    (text[0] == '0' && text[1] != '\0') ||
	    !request_parse_int(text, 0, INT32_MAX, number))
		return false;
	memcpy(platform, serial, length);
	platform[length] = '\0';
	for (i = 0; careless && i < length; i++)
		platform[i] = (char)toupper((unsigned char)platform[i]);
	return true;
}

struct saying {
	struct view *view;
	cJSON *rules;
};

static void
add_rule(void *context, const char *about, bool shown, const char *text)
{
	struct saying *to = context;
	cJSON *item = add_object(to->view, to->rules);

	put_text(to->view, item, "about", about);
	put_bool(to->view, item, "shown", shown);
	put_text(to->view, item, "text", text);
}

/* Whether the store has it; then with the rules of each page. */
static bool
put_stored(struct view *view, const char *platform, int64_t number)
{
	struct stmt *s = db_stmt(view->db, Q_STATUS_MISSION);
	struct saying to = { view, put_array(view, view->out, "rules") };
	struct shown_mission m;
	cJSON *store = put_object(view, view->out, "store");

	stmt_text(s, 1, platform);
	stmt_int(s, 2, number);
	if (!stmt_row(s, view->err)) {
		put_bool(view, store, "there", false);
		put_null(view, store, "synced");
		put_null(view, store, "vanished_since");
		put_null(view, view->out, "url");
		return false;
	}
	m = (struct shown_mission){
		.glider = strcmp(row_text(s, 0), "glider") == 0,
		.end_ms = stmt_get_int(s, 1), .year = stmt_get_int(s, 2),
		.basin_exists = stmt_get_int(s, 3) != 0,
		.basin = stmt_get_text(s, 4),
		.counted = stmt_get_int(s, 5) != 0,
		.track_points = stmt_get_int(s, 6),
		.basins = stmt_get_text(s, 9),
	};
	put_bool(view, store, "there", true);
	put_bool(view, store, "held", beat_is_held(&view->site->beat));
	col_time(view, store, "synced", s, 7);
	col_time(view, store, "vanished_since", s, 10);
	put_mission_url(view, view->out, "url", platform, number);
	add_rule(&to, "its own page, lists and the fleet", true,
	    "every mission of the store is there");
	shown_explain(&m, view->now_ms, add_rule, &to);
	/* The words change when it is heard of no more, and count hours. */
	(void)mission_live(view, m.glider, m.basin_exists, m.end_ms);
	view_expires(view, view->now_ms + 60000);
	stmt_reset(s);
	return true;
}

static int
put_quarantined(struct view *view, const char *platform, int64_t number)
{
	cJSON *list = put_array(view, view->out, "quarantine"), *item;
	struct stmt *s = db_stmt(view->db, Q_STATUS_MISSION_QUARANTINE);
	int rows = 0;

	stmt_text(s, 1, platform);
	stmt_int(s, 2, number);
	stmt_int(s, 3, QUARANTINE_MOST);
	while (stmt_row(s, view->err)) {
		item = add_object(view, list);
		col_text(view, item, "collection", s, 0);
		col_text(view, item, "field", s, 1);
		col_text(view, item, "reason", s, 2);
		col_time(view, item, "since", s, 3);
		rows++;
	}
	return rows;
}

static void
put_asked(struct view *view)
{
	const struct beat *beat = &view->site->beat;

	if (beat->success_ms != 0)
		put_time(view, view->out, "source_asked", beat->success_ms);
	else
		put_null(view, view->out, "source_asked");
	put_bool(view, view->out, "failing", beat->failing_ms != 0);
	put_text(view, view->out, "cause", fresh_cause(beat->exit_code));
}

enum view_result
view_why(struct view *view)
{
	char platform[SERIAL_BYTES];
	int64_t number;
	bool stored;
	int rows;

	if (!read_identity(view, platform, &number)) {
		if (request_capture(view->req, "id") != NULL)
			near_list(view, request_capture(view->req, "id"), 0);
		err_set(view->err, EDGE_USAGE, "A mission is named as in "
		    "/status/missions/SEA063-M33.");
		return VIEW_NOT_FOUND;
	}
	put_text(view, view->out, "platform", platform);
	put_int(view, view->out, "mission", number);
	stored = put_stored(view, platform, number);
	rows = put_quarantined(view, platform, number);
	put_asked(view);
	put_text(view, view->out, "answer", stored && rows == 0 ? "here" :
	    stored ? "partly" : rows > 0 ? "quarantined" : "unknown");
	if (stored)
		(void)put_array(view, view->out, "near");
	else
		near_list(view, platform, number);
	return view_end(view);
}
