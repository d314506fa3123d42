/* The list of missions: newest start first, a page at a time, filtered.
 *
 * One index is walked, that of the filter that leaves the fewest missions;
 * the other filters are looked at row by row. At most LOOK_MOST rows are
 * looked at for one page: a page may be short, even empty, and have a next. */
#include <inttypes.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "place.h"
#include "view_util.h"
#include "views.h"

#define PAGE_USUAL 50
#define PAGE_MOST 500
#define LOOK_MOST 4000

enum { BY_YEAR, BY_BASIN, BY_PLATFORM, BY_PROJECT, BY_VARIABLE, BY_STATUS,
	FILTER_MAX };

static const char *const filter_names[FILTER_MAX] = {
	"year", "basin", "platform", "project", "variable", "status"
};

static const char *const statuses[] = { "active", "complete", "silent" };

struct list {
	struct view *view;
	const char *values[FILTER_MAX]; /* NULL: not asked for */
	int64_t year, basin_id;         /* basin_id 0: no such basin */
	char basin_name[256];
	int64_t limit;
	struct place after;             /* the page begins behind this one */
	struct place last;              /* and ends with this one */
	int64_t oldest_start;           /* nothing wanted started before */
	bool more;
	int64_t ids[PAGE_MOST];
	size_t length;
};

/* FNV-1a, over names and values with a 0 behind each. */
static uint64_t
hash_text(uint64_t hash, const char *text)
{
	do {
		hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
	} while (*text++ != '\0');
	return hash;
}

static bool
one_of(const char *word, const char *const *words, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++)
		if (strcmp(word, words[i]) == 0)
			return true;
	return false;
}

static void
find_basin(struct list *list)
{
	struct stmt *s = db_stmt(list->view->db, Q_BASIN_OF);

	stmt_text(s, 1, list->values[BY_BASIN]);
	if (!stmt_row(s, list->view->err))
		return;
	list->basin_id = stmt_get_int(s, 0);
	(void)snprintf(list->basin_name, sizeof list->basin_name, "%s",
	    row_text(s, 1));
	stmt_reset(s);
}

static enum view_result
read_params(struct list *list)
{
	struct view *view = list->view;
	const char *after = request_param(view->req, "after"), *value;
	int i;

	list->last.hash = UINT64_C(14695981039346656037);
	for (i = 0; i < FILTER_MAX; i++) {
		value = request_param(view->req, filter_names[i]);
		list->values[i] = value;
		if (value != NULL)
			list->last.hash = hash_text(hash_text(
			    list->last.hash, filter_names[i]), value);
	}
	if ((value = list->values[BY_YEAR]) != NULL &&
	    !request_parse_int(value, 1, 9999, &list->year))
		return view_bad_param(view, "year", "a year, as 2024");
	if ((value = list->values[BY_BASIN]) != NULL &&
	    !view_is_basin_code(value))
		return view_bad_param(view, "basin", "a code, as SEA-007");
	if ((value = list->values[BY_STATUS]) != NULL &&
	    !one_of(value, statuses, sizeof statuses / sizeof *statuses))
		return view_bad_param(view, "status",
		    "active, complete or silent");
	/* A table for other programs comes in as few pieces as may be. */
	if (!limit_param(view, view->req->form == FORM_CSV ? PAGE_MOST :
	    PAGE_USUAL, PAGE_MOST, &list->limit))
		return view_bad_param(view, "limit", "a number from 1 to 500");
	/* A page stays small whatever is asked: it goes over ships' links. */
	if (view->req->form == FORM_PAGE && list->limit > PAGE_USUAL)
		list->limit = PAGE_USUAL;
	list->after.start_ms = list->after.id = INT64_MAX;
	if (after != NULL && (!place_read(&list->after, after) ||
	    list->after.hash != list->last.hash))
		return view_bad_param(view, "after",
		    "what next_url of the same list gave");
	if (list->values[BY_BASIN] != NULL)
		find_basin(list);
	return VIEW_OK;
}

/* Whether a row of one of the missions statements fits all filters. */
static bool
fits(const struct list *list, struct stmt *s)
{
	const char *const *want = list->values;

	return (want[BY_YEAR] == NULL || stmt_get_int(s, 5) == list->year) &&
	    (want[BY_PLATFORM] == NULL ||
	    strcmp(row_text(s, 3), want[BY_PLATFORM]) == 0) &&
	    (want[BY_PROJECT] == NULL ||
	    strcmp(row_text(s, 6), want[BY_PROJECT]) == 0) &&
	    (want[BY_BASIN] == NULL || stmt_get_int(s, 9) != 0) &&
	    (want[BY_VARIABLE] == NULL || stmt_get_int(s, 10) != 0) &&
	    (want[BY_STATUS] == NULL || strcmp(want[BY_STATUS],
	    mission_status(list->view, strcmp(row_text(s, 4), "glider") == 0,
	    stmt_get_int(s, 8) != 0, stmt_get_int(s, 7) != 0,
	    stmt_get_int(s, 2))) == 0);
}

static int64_t
missions_in(struct view *view, const char *scope, const char *key)
{
	struct stmt *s = db_stmt(view->db, Q_TOTALS);
	int64_t missions = 0;

	stmt_text(s, 1, scope);
	stmt_text(s, 2, key);
	while (stmt_row(s, view->err))
		missions += stmt_get_int(s, 2);
	return missions;
}

/* The statement whose index leaves the fewest missions, with its key bound. */
static struct stmt *
choose(const struct list *list)
{
	static const struct {
		int filter;
		const char *scope;
		enum query query;
	} ways[] = {
		{ BY_PLATFORM, "platform", Q_MISSIONS_OF_PLATFORM },
		{ BY_BASIN, "basin", Q_MISSIONS_OF_BASIN },
		{ BY_PROJECT, "project", Q_MISSIONS_OF_PROJECT },
		{ BY_YEAR, "year", Q_MISSIONS_OF_YEAR },
	};
	struct view *view = list->view;
	int64_t least = INT64_MAX, missions;
	enum query query = list->values[BY_VARIABLE] != NULL ?
	    Q_MISSIONS_OF_VARIABLE : Q_MISSIONS;
	const char *key = list->values[BY_VARIABLE];
	struct stmt *s;
	size_t i;

	for (i = 0; i < sizeof ways / sizeof *ways; i++) {
		if (list->values[ways[i].filter] == NULL)
			continue;
		missions = missions_in(view, ways[i].scope,
		    list->values[ways[i].filter]);
		if (missions < least) {
			least = missions;
			query = ways[i].query;
			key = list->values[ways[i].filter];
		}
	}
	s = db_stmt(view->db, query);
	if (query == Q_MISSIONS_OF_YEAR)
		stmt_int(s, 6, list->year);
	else if (query == Q_MISSIONS_OF_BASIN)
		stmt_int(s, 6, list->basin_id);
	else if (query != Q_MISSIONS)
		stmt_text(s, 6, key);
	return s;
}

/* When the first of the missions started that are heard of now; INT64_MAX
 * when none is. So the active ones are found without a walk down the years. */
static int64_t
oldest_live(struct view *view)
{
	int64_t oldest = INT64_MAX;
	struct stmt *s;
	int i;

	for (i = 0; i < 2; i++) {
		s = db_stmt(view->db, Q_MISSIONS_HEARD);
		stmt_text(s, 1, i == 0 ? "glider" : "sailbuoy");
		stmt_int(s, 2, view->now_ms - (i == 0 ? LIVE_GLIDER_MS :
		    LIVE_SAILBUOY_MS));
		stmt_int(s, 3, INT64_MAX);
		stmt_int(s, 4, INT64_MAX);
		stmt_int(s, 5, LOOK_MOST);
		while (stmt_row(s, view->err))
			if (stmt_get_int(s, 2) < oldest)
				oldest = stmt_get_int(s, 2);
	}
	return oldest;
}

static void
read_list(struct list *list)
{
	struct stmt *s = choose(list);
	int64_t looked = 0;

	list->oldest_start = INT64_MIN;
	if (list->values[BY_STATUS] != NULL &&
	    strcmp(list->values[BY_STATUS], "active") == 0)
		list->oldest_start = oldest_live(list->view);

	stmt_int(s, 1, list->after.start_ms);
	stmt_int(s, 2, list->after.id);
	stmt_int(s, 3, LOOK_MOST);
	if (list->values[BY_BASIN] != NULL)
		stmt_int(s, 4, list->basin_id);
	stmt_text(s, 5, list->values[BY_VARIABLE]);
	while (stmt_row(s, list->view->err)) {
		bool past = stmt_get_int(s, 1) < list->oldest_start;
		bool wanted = !past && fits(list, s);

		if (past || (wanted &&
		    (int64_t)list->length == list->limit)) {
			list->more = !past;
			stmt_reset(s);
			return;
		}
		if (wanted)
			list->ids[list->length++] = stmt_get_int(s, 0);
		if (wanted || (int64_t)list->length < list->limit) {
			list->last.start_ms = stmt_get_int(s, 1);
			list->last.id = stmt_get_int(s, 0);
		}
		looked++;
	}
	list->more = looked == LOOK_MOST;
}

/* The address of this list with all parameters but `without` and the place in
 * it. */
static void
list_url(const struct list *list, const char *without, struct buffer *url)
{
	const struct request *req = list->view->req;
	char separator = '?';
	size_t i;

	buffer_add_text(url, req->path);
	for (i = 0; i < req->params_length; i++) {
		const char *name = request_param_name(req, i);
		const char *value = request_param_value(req, i);

		if (*value == '\0' || strcmp(name, "after") == 0 ||
		    (without != NULL && strcmp(name, without) == 0))
			continue;
		buffer_add_char(url, separator);
		buffer_add_text(url, name);
		buffer_add_char(url, '=');
		buffer_add_url(url, value, strlen(value));
		separator = '&';
	}
}

static void
put_url(struct view *view, cJSON *object, const char *name,
    struct buffer *url)
{
	if (url->failed)
		err_set(view->err, EDGE_TEMPORARY, "page: out of memory");
	put_text(view, object, name, buffer_text(url));
	buffer_free(url);
}

static void
put_urls(const struct list *list)
{
	struct view *view = list->view;
	struct buffer url = { 0 };
	char token[PLACE_TEXT_BYTES];

	if (list->more) {
		place_write(&list->last, token);
		list_url(list, NULL, &url);
		buffer_printf(&url, "%cafter=%s", strchr(buffer_text(&url),
		    '?') != NULL ? '&' : '?', token);
		put_url(view, view->out, "next_url", &url);
	} else
		put_null(view, view->out, "next_url");
	if (list->after.start_ms != INT64_MAX) {
		list_url(list, NULL, &url);
		put_url(view, view->out, "first_url", &url);
	} else
		put_null(view, view->out, "first_url");
}

/* What the list is narrowed to, and the address without it. */
static void
put_filters(const struct list *list)
{
	struct view *view = list->view;
	cJSON *filters = put_array(view, view->out, "filters"), *filter;
	struct buffer url = { 0 };
	int i;

	for (i = 0; i < FILTER_MAX; i++) {
		if (list->values[i] == NULL)
			continue;
		filter = add_object(view, filters);
		put_text(view, filter, "name", filter_names[i]);
		put_text(view, filter, "value", list->values[i]);
		put_text(view, filter, "label", i == BY_BASIN &&
		    list->basin_id != 0 ? list->basin_name : list->values[i]);
		list_url(list, filter_names[i], &url);
		put_url(view, filter, "without_url", &url);
	}
}

enum view_result
view_missions(struct view *view)
{
	struct list *list = calloc(1, sizeof *list);
	enum view_result result;
	cJSON *items;
	size_t i;

	if (list == NULL) {
		err_set(view->err, EDGE_TEMPORARY, "page: out of memory");
		return VIEW_FAILED;
	}
	list->view = view;
	result = read_params(list);
	if (result == VIEW_OK) {
		if (list->values[BY_BASIN] == NULL || list->basin_id != 0)
			read_list(list);
		items = put_array(view, view->out, "items");
		for (i = 0; i < list->length; i++)
			put_mission(view, add_object(view, items),
			    list->ids[i], NULL);
		put_urls(list);
		put_filters(list);
		result = view_end(view);
	}
	free(list);
	return result;
}
