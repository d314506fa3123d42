#include "find.h"

#include <stdio.h>
#include <string.h>

#include "../schema/search_text.h"
#include "view_util.h"

#define WORDS_MOST 8      /* of a search */

const char *const find_names[FIND_FILTERS] = {
	"year", "basin", "platform", "project", "variable", "status", "q",
	"kind", "wmo", "bbox", "min_time", "max_time"
};

const char *const find_statuses[STATUS_MAX] = {
	"active", "silent", "complete"
};

static bool
is_status(const char *text)
{
	int i;

	for (i = 0; i < STATUS_MAX; i++)
		if (strcmp(text, find_statuses[i]) == 0)
			return true;
	return false;
}

static void
name_basin(struct find *find)
{
	struct view *view = find->view;
	struct stmt *s = db_stmt(view->db, Q_BASIN_OF);

	stmt_text(s, 1, find->values[BY_BASIN]);
	if (!stmt_row(s, view->err))
		return;
	(void)snprintf(find->basin, sizeof find->basin, "%s", row_text(s, 1));
	stmt_reset(s);
}

enum view_result
find_read(struct view *view, struct find *find)
{
	const char *value;
	int64_t year;
	int i;

	find->view = view;
	for (i = 0; i < FIND_FILTERS; i++)
		find->values[i] = request_param(view->req, find_names[i]);
	if ((value = find->values[BY_YEAR]) != NULL &&
	    !request_parse_int(value, 1, 9999, &year))
		return view_bad_param(view, "year", "a year, as 2024");
	if ((value = find->values[BY_BASIN]) != NULL &&
	    !view_is_basin_code(value))
		return view_bad_param(view, "basin", "a code, as SEA-007");
	if ((value = find->values[BY_STATUS]) != NULL && !is_status(value))
		return view_bad_param(view, "status",
		    "active, complete or silent");
	if ((value = find->values[BY_TEXT]) != NULL &&
	    strlen(value) > FIND_TEXT_BYTES)
		return view_bad_param(view, "q",
		    "some words, at most 200 bytes");
	if ((value = find->values[BY_KIND]) != NULL &&
	    strcmp(value, "glider") != 0 && strcmp(value, "sailbuoy") != 0)
		return view_bad_param(view, "kind", "glider or sailbuoy");
	if (find->values[BY_BASIN] != NULL)
		name_basin(find);
	return find_read_where(find);
}

/* ---- reading sets ---- */

void
find_read_facet(struct view *view, const char *scope, const char *key,
    struct bits *bits)
{
	struct stmt *s = db_stmt(view->db, Q_FACET_BITS);
	const void *bytes;
	size_t length;

	stmt_text(s, 1, scope);
	stmt_text(s, 2, key);
	while (stmt_row(s, view->err)) {
		bytes = stmt_get_blob(s, 1, &length);
		bits_add_piece(bits, stmt_get_int(s, 0), bytes, length);
	}
}

/* Of what is not complete, the missions that are heard of now are active and
 * the others silent. */
static void
read_status(struct find *find)
{
	struct view *view = find->view;
	struct bits *active = &find->status[STATUS_ACTIVE];
	struct bits *silent = &find->status[STATUS_SILENT];
	struct stmt *s;
	int kind;

	find_read_facet(view, "complete", "", &find->status[STATUS_COMPLETE]);
	for (kind = 0; kind < 2; kind++) {
		s = db_stmt(view->db, Q_MISSIONS_HEARD);
		stmt_text(s, 1, kind == 0 ? "glider" : "sailbuoy");
		stmt_int(s, 2, view->now_ms - (kind == 0 ? LIVE_GLIDER_MS :
		    LIVE_SAILBUOY_MS));
		stmt_int(s, 3, INT64_MAX);
		stmt_int(s, 4, INT64_MAX);
		stmt_int(s, 5, FIND_MOST);
		while (stmt_row(s, view->err))
			if (stmt_get_int(s, 6) == 0 && mission_live(view,
			    kind == 0, stmt_get_int(s, 5) != 0,
			    stmt_get_int(s, 1)))
				bits_add(active, stmt_get_int(s, 0));
	}
	bits_add_all(silent, &find->all);
	bits_drop(silent, &find->status[STATUS_COMPLETE]);
	bits_drop(silent, active);
}

/* Length of a letter or digit, as far as can be told without tables: what is
 * not ASCII counts but for Latin-1's signs and general punctuation. 0 for
 * anything else. */
static size_t
letter_length(const char *text)
{
	unsigned char c = (unsigned char)text[0], d;
	size_t length = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;

	if (c < 0x80)
		return (c >= '0' && c <= '9') || ((c | 32) >= 'a' &&
		    (c | 32) <= 'z');
	d = (unsigned char)text[1];
	if (c == 0xc2 || (c == 0xe2 && (d == 0x80 || d == 0x81)))
		return 0;
	return length;
}

/* The words of a search as SQLite's full-text search takes them: each in
 * quotes, so that none is an operator, and the beginning of a word is enough.
 * Empty when there is no word. */
static void
write_match(const char *text, struct buffer *match)
{
	size_t words = 0, length;
	bool open = false;

	while (*text != '\0' && words < WORDS_MOST) {
		length = letter_length(text);
		if (length > 0 && !open)
			buffer_add_text(match, words > 0 ? " AND \"" : "\"");
		if (length == 0 && open) {
			buffer_add_text(match, "\"*");
			words++;
		}
		open = length > 0;
		buffer_add(match, text, length);
		text += length > 0 ? length : 1;
	}
	if (open)
		buffer_add_text(match, "\"*");
}

static void
read_text(struct find *find)
{
	struct view *view = find->view;
	struct bits *bits = &find->sets[BY_TEXT];
	struct buffer match = { 0 };
	char text[FIND_TEXT_BYTES + 1];
	struct stmt *s;

	(void)snprintf(text, sizeof text, "%s", find->values[BY_TEXT]);
	search_text_fold(text);
	write_match(text, &match);
	if (match.length > 0) {
		s = db_stmt(view->db, Q_MISSIONS_FOUND);
		stmt_text(s, 1, buffer_text(&match));
		stmt_int(s, 2, FIND_MOST);
		while (stmt_row(s, view->err))
			bits_add(bits, stmt_get_int(s, 0));
	}
	bits->failed = bits->failed || match.failed;
	buffer_free(&match);
}

static void
read_set(struct find *find, int filter)
{
	const char *value = find->values[filter];
	int i;

	if (filter == BY_TEXT) {
		read_text(find);
		return;
	}
	if (filter == BY_STATUS) {
		for (i = 0; i < STATUS_MAX; i++)
			if (strcmp(value, find_statuses[i]) == 0)
				bits_add_all(&find->sets[filter],
				    &find->status[i]);
		return;
	}
	if (filter >= BY_BOX)
		find_add_where(find, (enum find_filter)filter);
	else
		find_read_facet(find->view, find_names[filter], value,
		    &find->sets[filter]);
}

struct bits
find_base(const struct find *find, enum find_filter without)
{
	struct bits base = { NULL, 0, false };
	int i;

	bits_add_all(&base, &find->all);
	for (i = 0; i < FIND_FILTERS; i++)
		if (find->values[i] != NULL && i != (int)without)
			bits_keep(&base, &find->sets[i]);
	return base;
}

void
find_run(struct find *find)
{
	int i;

	find_read_facet(find->view, "all", "", &find->all);
	read_status(find);
	for (i = 0; i < FIND_FILTERS; i++)
		if (find->values[i] != NULL)
			read_set(find, i);
	find->found = find_base(find, FIND_FILTERS);
	if (find->found.failed && find->view->err->kind == EDGE_NONE)
		err_set(find->view->err, EDGE_TEMPORARY,
		    "page: out of memory");
}

void
find_free(struct find *find)
{
	int i;

	for (i = 0; i < FIND_FILTERS; i++)
		bits_free(&find->sets[i]);
	for (i = 0; i < STATUS_MAX; i++)
		bits_free(&find->status[i]);
	bits_free(&find->all);
	bits_free(&find->found);
}
