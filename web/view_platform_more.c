#include "view_platform_more.h"

#include <stdlib.h>
#include <string.h>

#include "view_util.h"

#define ROWS_MOST 50000     /* variables of missions that are read */
#define VARIABLES_MOST 200  /* different ones that are shown */

void
put_by_year(struct view *view, const struct sailed *sailed, size_t length)
{
	cJSON *list = put_array(view, view->out, "by_year"), *item;
	int64_t missions, ms;
	size_t i = 0;

	while (i < length) {
		int64_t year = year_of(sailed[i].start_ms);

		missions = ms = 0;
		for (; i < length && year_of(sailed[i].start_ms) == year;
		    i++) {
			missions++;
			ms += sailed[i].end_ms - sailed[i].start_ms;
		}
		item = add_object(view, list);
		put_int(view, item, "year", year);
		put_int(view, item, "missions", missions);
		put_int(view, item, "days", ms / CLOCK_DAY_MS);
	}
}

struct measured {
	char *name;
	int64_t missions, first_ms, last_ms;
};

static int
by_name(const void *a, const void *b)
{
	const struct measured *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* The variable of that name, a new one when there is none; NULL when there is
 * no room. */
static struct measured *
find_measured(struct measured *all, size_t *length, const char *name)
{
	size_t i;

	for (i = 0; i < *length; i++)
		if (strcmp(all[i].name, name) == 0)
			return &all[i];
	if (*length == VARIABLES_MOST || (all[i].name = strdup(name)) == NULL)
		return NULL;
	all[i].missions = 0;
	all[i].first_ms = INT64_MAX;
	all[i].last_ms = INT64_MIN;
	return &all[(*length)++];
}

static size_t
read_measured(struct view *view, const char *serial, struct measured *all)
{
	struct stmt *s = db_stmt(view->db, Q_PLATFORM_VARIABLES);
	size_t length = 0;

	stmt_text(s, 1, serial);
	stmt_int(s, 2, ROWS_MOST);
	while (stmt_row(s, view->err)) {
		struct measured *m = find_measured(all, &length,
		    row_text(s, 0));
		int64_t start_ms = stmt_get_int(s, 1);

		if (m == NULL)
			continue;
		m->missions++;
		if (start_ms < m->first_ms)
			m->first_ms = start_ms;
		if (start_ms > m->last_ms)
			m->last_ms = start_ms;
	}
	if (length > 0)
		qsort(all, length, sizeof *all, by_name);
	return length;
}

static void
put_variable(struct view *view, cJSON *item, const char *serial,
    const struct measured *m)
{
	struct buffer url = { 0 };

	put_text(view, item, "variable", m->name);
	put_int(view, item, "missions", m->missions);
	put_time(view, item, "first", m->first_ms);
	put_time(view, item, "last", m->last_ms);
	buffer_add_text(&url, "/missions?platform=");
	buffer_add_url(&url, serial, strlen(serial));
	buffer_add_text(&url, "&variable=");
	buffer_add_url(&url, m->name, strlen(m->name));
	put_text(view, item, "url", buffer_text(&url));
	buffer_free(&url);
}

void
put_measured(struct view *view, const char *serial)
{
	cJSON *list = put_array(view, view->out, "measured");
	struct measured *all = calloc(VARIABLES_MOST + 1, sizeof *all);
	size_t length, i;

	if (all == NULL) {
		err_set(view->err, EDGE_TEMPORARY, "page: out of memory");
		return;
	}
	length = read_measured(view, serial, all);
	for (i = 0; i < length; i++) {
		put_variable(view, add_object(view, list), serial, &all[i]);
		free(all[i].name);
	}
	free(all);
}

static void
put_neighbour(struct view *view, const char *member, enum query query,
    const char *serial)
{
	struct stmt *s = db_stmt(view->db, query);
	struct buffer url = { 0 };
	cJSON *item;

	stmt_text(s, 1, serial);
	if (!stmt_row(s, view->err)) {
		put_null(view, view->out, member);
		return;
	}
	item = put_object(view, view->out, member);
	col_text(view, item, "platform", s, 0);
	buffer_add_text(&url, "/fleet/");
	buffer_add_url(&url, row_text(s, 0), strlen(row_text(s, 0)));
	put_text(view, item, "url", buffer_text(&url));
	buffer_free(&url);
	stmt_reset(s);
}

void
put_neighbours(struct view *view, const char *serial)
{
	put_neighbour(view, "previous", Q_PLATFORM_BEFORE, serial);
	put_neighbour(view, "next", Q_PLATFORM_AFTER, serial);
}
