#include "mission_list.h"

#include <math.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "view_util.h"

#define FEW 600           /* put in order one by one … */
#define FEW_TOGETHER 3000 /* … that may stand together far from the start */

const struct list_sort list_sorts[LIST_SORTS] = {
	{ "mission", false }, { "start", true }, { "days", true },
	{ "basins", false }, { "profiles", true }, { "distance", true },
	{ "variables", true },
};

#define SORT_START 1
#define SORT_BASINS 3

static uint64_t
hash_list(const struct mission_list *list)
{
	uint64_t hash = PLACE_HASH;
	int i;

	for (i = 0; i < FIND_FILTERS; i++)
		if (list->find.values[i] != NULL)
			hash = place_hash(place_hash(hash, find_names[i]),
			    list->find.values[i]);
	hash = place_hash(hash, list_sorts[list->sort].name);
	return place_hash(hash, list->down ? "-" : "");
}

static bool
sort_param(struct mission_list *list)
{
	const char *text = request_param(list->view->req, "sort");

	list->sort = SORT_START;
	list->down = true;
	if (text == NULL)
		return true;
	list->down = *text == '-';
	text += list->down;
	for (list->sort = 0; list->sort < LIST_SORTS; list->sort++)
		if (strcmp(text, list_sorts[list->sort].name) == 0)
			return true;
	return false;
}

enum view_result
list_params(struct view *view, struct mission_list *list)
{
	enum request_form form = view->req->form;
	const char *after = request_param(view->req, "after");
	const char *before = request_param(view->req, "before");
	enum view_result result = find_read(view, &list->find);

	list->view = view;
	if (result != VIEW_OK)
		return result;
	if (!sort_param(list))
		return view_bad_param(view, "sort", "start, mission, days, "
		    "basins, profiles, distance or variables, with - in front "
		    "for the last first");
	/* What is taken away as a file is whole. */
	if (!limit_param(view, form == FORM_CSV || form == FORM_GEOJSON ?
	    LIST_FILE : LIST_USUAL, LIST_MOST, &list->limit))
		return view_bad_param(view, "limit", "a number from 1 to 500");
	/* A page stays small whatever is asked: it goes over ships' links. */
	if (form == FORM_PAGE && list->limit > LIST_USUAL)
		list->limit = LIST_USUAL;
	list->api = view_is_api(view);
	list->hash = hash_list(list);
	list->goes_on = after != NULL;
	list->goes_back = before != NULL;
	if (after != NULL && (!place_read(&list->from, after) ||
	    list->from.hash != list->hash))
		return view_bad_param(view, "after",
		    "what next_url of the same list gave");
	if (before != NULL && (after != NULL || !place_read(&list->from,
	    before) || list->from.hash != list->hash))
		return view_bad_param(view, "before",
		    "what prev_url of the same list gave, and no after beside");
	return VIEW_OK;
}

/* ---- a page of the set ---- */

/* The place in the columns key and then_by that start at `at`. */
static void
read_place(struct stmt *s, int at, int64_t id, struct place *place)
{
	memset(place, 0, sizeof *place);
	place->is_text = stmt_is_text(s, at);
	if (place->is_text)
		(void)snprintf(place->text, sizeof place->text, "%s",
		    row_text(s, at));
	else
		place->number = stmt_get_int(s, at);
	place->then_by = stmt_get_int(s, at + 1);
	place->id = id;
}

static int
first_first(const void *a, const void *b)
{
	return place_compare(a, b);
}

static int
last_first(const void *a, const void *b)
{
	return place_compare(b, a);
}

/* Which way the order is walked. */
static bool
walks_down(const struct mission_list *list)
{
	return list->down != list->goes_back;
}

/* Takes the mission into the page; false when there is no room. */
static bool
take(struct mission_list *list, const struct place *place)
{
	list->more = (int64_t)list->length == list->limit;
	if (list->more)
		return false;
	list->places[list->length++] = *place;
	return true;
}

static void
order_few(struct mission_list *list, int64_t count)
{
	struct view *view = list->view;
	struct place *places = calloc((size_t)count + 1, sizeof *places);
	size_t length = 0, i;
	int64_t id = -1;
	struct stmt *s;

	if (places == NULL) {
		err_set(view->err, EDGE_TEMPORARY, "page: out of memory");
		return;
	}
	while ((id = bits_next(&list->find.found, id)) >= 0 &&
	    (int64_t)length < count) {
		s = db_stmt(view->db, Q_MISSION_PLACE);
		stmt_text(s, 1, list_sorts[list->sort].name);
		stmt_int(s, 2, id);
		if (stmt_row(s, view->err))
			read_place(s, 0, id, &places[length++]);
		stmt_reset(s);
	}
	qsort(places, length, sizeof *places, walks_down(list) ? last_first :
	    first_first);
	for (i = 0; i < length; i++) {
		int order = place_compare(&places[i], &list->from);

		if ((list->goes_on || list->goes_back) &&
		    (walks_down(list) ? order >= 0 : order <= 0))
			continue;
		if (!take(list, &places[i]))
			break;
	}
	free(places);
}

/* Missions of a year stand together in the order of the start: the walk begins
 * there instead of at the end of all. */
static bool
skip_to_year(const struct mission_list *list, struct place *from)
{
	const char *text = list->find.values[BY_YEAR];
	int64_t year;

	if (list->sort != SORT_START || text == NULL ||
	    !request_parse_int(text, 1, 9999, &year))
		return false;
	memset(from, 0, sizeof *from);
	from->number = clock_days_from_civil(walks_down(list) ? year + 1 :
	    year, 1, 1) * CLOCK_DAY_MS;
	from->then_by = from->number;
	return true;
}

static void
walk_order(struct mission_list *list)
{
	struct view *view = list->view;
	struct stmt *s = db_stmt(view->db, walks_down(list) ?
	    Q_MISSIONS_DOWN : Q_MISSIONS_UP);
	const struct place *from = &list->from;
	struct place place, year;
	bool bounded = list->goes_on || list->goes_back;

	if (!bounded && skip_to_year(list, &year)) {
		from = &year;
		bounded = true;
	}
	stmt_text(s, 1, list_sorts[list->sort].name);
	if (!bounded && walks_down(list))
		stmt_blob(s, 2, "", 1); /* above every number and text */
	else if (!bounded)
		stmt_real(s, 2, -INFINITY);
	else if (from->is_text)
		stmt_text(s, 2, from->text);
	else
		stmt_int(s, 2, from->number);
	stmt_int(s, 3, from->then_by);
	stmt_int(s, 4, from->id);
	stmt_int(s, 5, -1);
	while (stmt_row(s, view->err)) {
		int64_t id = stmt_get_int(s, 0);

		if (!bits_has(&list->find.found, id))
			continue;
		read_place(s, 1, id, &place);
		if (!take(list, &place))
			break;
	}
	stmt_reset(s);
}

static void
read_page(struct mission_list *list, int64_t count)
{
	bool together = list->sort == SORT_BASINS &&
	    list->find.values[BY_BASIN] != NULL;

	list->length = 0;
	if (count > (together ? FEW_TOGETHER : FEW))
		walk_order(list);
	else if (count > 0)
		order_few(list, count);
}

/* The page before a place was read from its end. When nothing is before it, it
 * is the first page, and as long as that. */
static void
turn_page(struct mission_list *list, int64_t count)
{
	size_t i;

	if (!list->more) {
		list->goes_back = false;
		read_page(list, count);
		return;
	}
	for (i = 0; i < list->length / 2; i++) {
		struct place *a = &list->places[i];
		struct place *b = &list->places[list->length - 1 - i];
		struct place keep = *a;

		*a = *b;
		*b = keep;
	}
}

void
list_read(struct mission_list *list)
{
	find_run(&list->find);
	list->count = bits_count(&list->find.found);
	read_page(list, list->count);
	if (list->goes_back)
		turn_page(list, list->count);
}

void
list_go_on(struct mission_list *list)
{
	list->from = list->places[list->length - 1];
	list->goes_on = true;
	read_page(list, list->count);
}
