#include "view_near.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "view_util.h"

#define MISSIONS_MOST 3     /* on each side of a number that is not there */
#define PLATFORMS_MOST 5
#define PLATFORMS_LOOKED 2000
#define DISTANCE_MOST 2     /* letters to change, add or take away */
#define WORD_BYTES 33

static void
add_near(struct view *view, cJSON *near, const char *text, struct buffer *url)
{
	cJSON *item = add_object(view, near);

	put_text(view, item, "text", text);
	put_text(view, item, "url", buffer_text(url));
	buffer_free(url);
}

static int
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

/* Edits between two words without regard to case (Levenshtein 1966), 99 when
 * one is too long. */
static int
distance(const char *a, const char *b)
{
	int row[WORD_BYTES], above, left, best;
	size_t n = strlen(a), m = strlen(b), i, j;

	if (n >= WORD_BYTES || m >= WORD_BYTES)
		return 99;
	for (j = 0; j <= m; j++)
		row[j] = (int)j;
	for (i = 1; i <= n; i++) {
		above = row[0];
		row[0] = (int)i;
		for (j = 1; j <= m; j++) {
			best = above + (lower(a[i - 1]) != lower(b[j - 1]));
			left = row[j - 1] + 1;
			above = row[j];
			if (left < best)
				best = left;
			if (above + 1 < best)
				best = above + 1;
			row[j] = best;
		}
	}
	return row[m];
}

/* How far a serial is from what was asked for; one that ends with it is near
 * ("63" for "SEA063"). */
static int
farness(const char *asked, const char *serial)
{
	size_t n = strlen(asked), m = strlen(serial);

	if (n >= 2 && n < m && strcasecmp(serial + m - n, asked) == 0)
		return 1;
	return distance(asked, serial);
}

static void
add_platforms(struct view *view, cJSON *near, const char *asked)
{
	struct { int far; char serial[SERIAL_BYTES]; } best[PLATFORMS_MOST];
	struct stmt *s = db_stmt(view->db, Q_PLATFORM_SERIALS);
	size_t length = 0, i;

	stmt_int(s, 1, PLATFORMS_LOOKED);
	while (stmt_row(s, view->err)) {
		const char *serial = row_text(s, 0);
		int far = farness(asked, serial);

		if (far > DISTANCE_MOST)
			continue;
		for (i = length; i > 0 && best[i - 1].far > far; i--)
			if (i < PLATFORMS_MOST)
				best[i] = best[i - 1];
		if (i == PLATFORMS_MOST)
			continue;
		best[i].far = far;
		(void)snprintf(best[i].serial, SERIAL_BYTES, "%s", serial);
		length += length < PLATFORMS_MOST;
	}
	for (i = 0; i < length; i++) {
		struct buffer url = { 0 };

		buffer_add_text(&url, "/fleet/");
		buffer_add_url(&url, best[i].serial, strlen(best[i].serial));
		add_near(view, near, best[i].serial, &url);
	}
}

/* A serial as it is written here, should the one asked for be written in other
 * case only; else that one. */
static void
find_serial(struct view *view, const char *asked, char serial[SERIAL_BYTES])
{
	struct stmt *s = db_stmt(view->db, Q_PLATFORM_SERIALS);
	bool exact = false;

	(void)snprintf(serial, SERIAL_BYTES, "%s", asked);
	stmt_int(s, 1, PLATFORMS_LOOKED);
	while (!exact && stmt_row(s, view->err)) {
		exact = strcmp(row_text(s, 0), asked) == 0;
		if (exact || strcasecmp(row_text(s, 0), asked) == 0)
			(void)snprintf(serial, SERIAL_BYTES, "%s",
			    row_text(s, 0));
	}
	stmt_reset(s);
}

static void
add_missions(struct view *view, cJSON *near, const char *serial,
    int64_t number, enum query query)
{
	struct stmt *s = db_stmt(view->db, query);

	stmt_text(s, 1, serial);
	stmt_int(s, 2, number);
	stmt_int(s, 3, MISSIONS_MOST);
	while (stmt_row(s, view->err)) {
		struct buffer text = { 0 }, url = { 0 };

		buffer_printf(&text, "%s M%" PRId64, serial,
		    stmt_get_int(s, 0));
		buffer_add_char(&url, '/');
		buffer_add_url(&url, serial, strlen(serial));
		buffer_printf(&url, "/M%" PRId64, stmt_get_int(s, 0));
		add_near(view, near, buffer_text(&text), &url);
		buffer_free(&text);
	}
}

void
near_list(struct view *view, const char *serial, int64_t number)
{
	cJSON *near = put_array(view, view->out, "near");
	char here[SERIAL_BYTES];

	add_missions(view, near, serial, number, Q_MISSION_BELOW);
	add_missions(view, near, serial, number, Q_MISSION_ABOVE);
	if (cJSON_GetArraySize(near) != 0)
		return;
	find_serial(view, serial, here);
	if (strcmp(here, serial) != 0) {
		/* The mission itself may be there. */
		add_missions(view, near, here, number + 1, Q_MISSION_BELOW);
		add_missions(view, near, here, number, Q_MISSION_ABOVE);
	}
	if (cJSON_GetArraySize(near) == 0)
		add_platforms(view, near, serial);
}

/* Where it is told why there is no such page. */
static void
add_why(struct view *view, const char *serial, int64_t number)
{
	cJSON *near = cJSON_GetObjectItemCaseSensitive(view->out, "near");
	struct buffer url = { 0 };

	buffer_add_text(&url, "/status/missions/");
	buffer_add_url(&url, serial, strlen(serial));
	buffer_printf(&url, "/M%" PRId64, number);
	add_near(view, near, "Why it is not here", &url);
}

enum view_result
near_mission(struct view *view, const char *serial, const char *number)
{
	int64_t n = 0;

	if (serial != NULL && number != NULL &&
	    request_parse_int(number, 0, INT32_MAX, &n)) {
		near_list(view, serial, n);
		add_why(view, serial, n);
	} else {
		cJSON *near = put_array(view, view->out, "near");

		if (serial != NULL)
			add_platforms(view, near, serial);
	}
	if (view->err->kind != EDGE_NONE)
		return VIEW_FAILED;
	err_set(view->err, EDGE_USAGE, "There is no mission %.32s M%.10s here.",
	    serial != NULL ? serial : "", number != NULL ? number : "");
	return VIEW_NOT_FOUND;
}

enum view_result
near_platform(struct view *view, const char *serial)
{
	cJSON *near = put_array(view, view->out, "near");

	if (serial != NULL)
		add_platforms(view, near, serial);
	if (view->err->kind != EDGE_NONE)
		return VIEW_FAILED;
	err_set(view->err, EDGE_USAGE, "There is no platform %.32s here.",
	    serial != NULL ? serial : "");
	return VIEW_NOT_FOUND;
}

/* Letters of `word` somewhere in `text`, ASCII without regard to case. */
static bool
holds(const char *text, const char *word)
{
	size_t n = strlen(word);

	for (; n > 0 && *text != '\0'; text++)
		if (strncasecmp(text, word, n) == 0)
			return true;
	return false;
}

/* "7", "007", "sea-7" and "SEA-007" mean the same. */
static int64_t
basin_number(const char *text)
{
	int64_t number = 0;

	if (strncasecmp(text, "sea-", 4) == 0)
		text += 4;
	text += strspn(text, "0");
	return request_parse_int(text, 1, 999, &number) ? number : 0;
}

static bool
basin_like(const char *asked, const char *code, const char *name)
{
	int64_t number = basin_number(asked);

	if (number != 0)
		return number == basin_number(code);
	return strlen(asked) > 2 && (holds(name, asked) ||
	    holds(asked, name) || distance(asked, name) <= DISTANCE_MOST ||
	    distance(asked, code) <= 1);
}

enum view_result
near_basin(struct view *view, const char *asked)
{
	cJSON *near = put_array(view, view->out, "near");
	struct stmt *s = db_stmt(view->db, Q_BASINS_CODED);
	struct buffer text = { 0 }, url = { 0 };

	while (asked != NULL && stmt_row(s, view->err)) {
		if (!basin_like(asked, row_text(s, 1), row_text(s, 2)))
			continue;
		buffer_printf(&text, "%s, %s", row_text(s, 2), row_text(s, 1));
		buffer_printf(&url, "/map/basin/%s", row_text(s, 1));
		add_near(view, near, buffer_text(&text), &url);
		buffer_free(&text);
	}
	if (cJSON_GetArraySize(near) == 0) {
		buffer_add_text(&url, "/map");
		add_near(view, near, "All sea areas", &url);
	}
	if (view->err->kind != EDGE_NONE)
		return VIEW_FAILED;
	err_set(view->err, EDGE_USAGE, "There is no such sea area here.");
	return VIEW_NOT_FOUND;
}

/* ---- the mission of an address ---- */

bool
find_mission(struct view *view, int64_t *mission_id)
{
	const char *number = request_capture(view->req, "number");
	const char *serial = request_capture(view->req, "serial");
	struct stmt *s = db_stmt(view->db, Q_MISSION_FIND);
	int64_t n;

	if (serial == NULL || number == NULL ||
	    !request_parse_int(number, 0, INT32_MAX, &n))
		return false;
	stmt_text(s, 1, serial);
	stmt_int(s, 2, n);
	if (!stmt_row(s, view->err))
		return false;
	*mission_id = stmt_get_int(s, 0);
	stmt_reset(s);
	return true;
}

enum view_result
no_mission(struct view *view)
{
	if (view->err->kind != EDGE_NONE)
		return VIEW_FAILED;
	return near_mission(view, request_capture(view->req, "serial"),
	    request_capture(view->req, "number"));
}
