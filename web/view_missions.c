/* The list of missions: filtered, in any order, a page at a time.
 *
 * The filters give a set of missions (web/find.h). When it is small its
 * members are put in order here; else the order's index is walked until the
 * page is full. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "find.h"
#include "place.h"
#include "view_choices.h"
#include "view_util.h"
#include "views.h"

#define PAGE_USUAL 50
#define PAGE_MOST 500   /* that a limit may ask for */
#define FILE_USUAL 2000 /* of a file to take away */
#define FEW 600         /* put in order one by one … */
#define FEW_TOGETHER 3000 /* … that may stand together far from the start */
#define PAGE_BYTES 29000 /* that a page may take, its frame among them */
#define FRAME_BYTES 5000
#define ROW_BYTES 260   /* of a row without its texts */
#define ROWS_LEAST 5
#define URL_MOST 300    /* a page repeats its address up to this for each head */
#define LINE_DETAIL 0   /* of track_line, see facts.sql */

/* The orders, as in table mission_order, and which way a first click goes. */
static const struct {
	const char *name;
	bool down;
} sorts[] = {
	{ "mission", false }, { "start", true }, { "days", true },
	{ "basins", false }, { "profiles", true }, { "distance", true },
	{ "variables", true },
};

#define SORTS (sizeof sorts / sizeof *sorts)
#define SORT_START 1
#define SORT_BASINS 3

struct list {
	struct view *view;
	struct find find;
	size_t sort; /* of sorts */
	bool down;
	bool api;    /* items and next_url alone */
	int64_t limit;
	bool goes_on;   /* behind `from` … */
	bool goes_back; /* … or ends before it */
	uint64_t hash;
	struct place from;
	bool more;
	struct place places[FILE_USUAL]; /* of the page's missions */
	size_t length;
	size_t url_length; /* of the list's address */
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

static uint64_t
hash_list(const struct list *list)
{
	uint64_t hash = UINT64_C(14695981039346656037);
	int i;

	for (i = 0; i < FIND_FILTERS; i++)
		if (list->find.values[i] != NULL)
			hash = hash_text(hash_text(hash, find_names[i]),
			    list->find.values[i]);
	hash = hash_text(hash, sorts[list->sort].name);
	return hash_text(hash, list->down ? "-" : "");
}

static bool
sort_param(struct list *list)
{
	const char *text = request_param(list->view->req, "sort");

	list->sort = SORT_START;
	list->down = true;
	if (text == NULL)
		return true;
	list->down = *text == '-';
	text += list->down;
	for (list->sort = 0; list->sort < SORTS; list->sort++)
		if (strcmp(text, sorts[list->sort].name) == 0)
			return true;
	return false;
}

static enum view_result
read_params(struct list *list)
{
	struct view *view = list->view;
	enum request_form form = view->req->form;
	const char *after = request_param(view->req, "after");
	const char *before = request_param(view->req, "before");
	enum view_result result = find_read(view, &list->find);

	if (result != VIEW_OK)
		return result;
	if (!sort_param(list))
		return view_bad_param(view, "sort", "start, mission, days, "
		    "basins, profiles, distance or variables, with - in front "
		    "for the last first");
	/* What is taken away as a file comes in as few pieces as may be. */
	if (!limit_param(view, form == FORM_CSV || form == FORM_GEOJSON ?
	    FILE_USUAL : PAGE_USUAL, PAGE_MOST, &list->limit))
		return view_bad_param(view, "limit", "a number from 1 to 500");
	/* A page stays small whatever is asked: it goes over ships' links. */
	if (form == FORM_PAGE && list->limit > PAGE_USUAL)
		list->limit = PAGE_USUAL;
	list->api = strncmp(view->req->path, "/api/", 5) == 0;
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
walks_down(const struct list *list)
{
	return list->down != list->goes_back;
}

/* Takes the mission into the page; false when there is no room. */
static bool
take(struct list *list, const struct place *place)
{
	list->more = (int64_t)list->length == list->limit;
	if (list->more)
		return false;
	list->places[list->length++] = *place;
	return true;
}

static void
order_few(struct list *list, int64_t count)
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
		stmt_text(s, 1, sorts[list->sort].name);
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
skip_to_year(const struct list *list, struct place *from)
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
walk_order(struct list *list)
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
	stmt_text(s, 1, sorts[list->sort].name);
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

/* ---- addresses ---- */

/* The address of this list with all parameters but `without` and the place in
 * it, on `path`. */
static void
list_url(const struct list *list, const char *path, const char *without,
    struct buffer *url)
{
	const struct request *req = list->view->req;
	char separator = '?';
	size_t i;

	buffer_add_text(url, path);
	for (i = 0; i < req->params_length; i++) {
		const char *name = request_param_name(req, i);
		const char *value = request_param_value(req, i);

		if (*value == '\0' || strcmp(name, "after") == 0 ||
		    strcmp(name, "before") == 0 ||
		    (without != NULL && strcmp(name, without) == 0))
			continue;
		buffer_add_char(url, separator);
		buffer_add_text(url, name);
		buffer_add_char(url, '=');
		buffer_add_url(url, value, strlen(value));
		separator = '&';
	}
}

/* Adds a parameter; its value needs no escape. */
static void
add_param(struct buffer *url, const char *name, const char *sign,
    const char *value)
{
	buffer_printf(url, "%c%s=%s%s", strchr(buffer_text(url), '?') != NULL ?
	    '&' : '?', name, sign, value);
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

/* The address that goes on from one of the page's missions. */
static void
put_place_url(const struct list *list, const char *member, const char *param,
    size_t at, bool there)
{
	struct view *view = list->view;
	struct buffer url = { 0 };
	char token[PLACE_TEXT_BYTES];
	struct place place;

	if (!there || list->length == 0) {
		put_null(view, view->out, member);
		return;
	}
	place = list->places[at];
	place.hash = list->hash;
	place_write(&place, token);
	list_url(list, view->req->path, NULL, &url);
	add_param(&url, param, "", token);
	put_url(view, view->out, member, &url);
}

static void
put_urls(const struct list *list)
{
	struct view *view = list->view;
	struct buffer url = { 0 };

	put_place_url(list, "next_url", "after", list->length - 1, list->more);
	if (!list->api)
		put_place_url(list, "prev_url", "before", 0, list->goes_on ||
		    list->goes_back);
	if (list->goes_on || list->goes_back) {
		list_url(list, view->req->path, NULL, &url);
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
	const char *value;
	struct buffer url = { 0 };
	int i;

	for (i = 0; i < FIND_FILTERS; i++) {
		if ((value = list->find.values[i]) == NULL)
			continue;
		filter = add_object(view, filters);
		put_text(view, filter, "name", find_names[i]);
		put_text(view, filter, "value", value);
		put_text(view, filter, "label", i == BY_BASIN &&
		    list->find.basin[0] != '\0' ? list->find.basin : value);
		list_url(list, view->req->path, find_names[i], &url);
		put_url(view, filter, "without_url", &url);
	}
}

/* The order the list is in, and for each order the address of the list in it:
 * a second click turns it round. */
static void
put_sorts(const struct list *list)
{
	struct view *view = list->view;
	cJSON *all = put_object(view, view->out, "sorts"), *one;
	struct buffer url = { 0 };
	size_t i;

	buffer_printf(&url, "%s%s", list->down ? "-" : "",
	    sorts[list->sort].name);
	put_url(view, view->out, "sort", &url);
	for (i = 0; i < SORTS; i++) {
		bool now = i == list->sort;
		bool down = now ? !list->down : sorts[i].down;

		one = put_object(view, all, sorts[i].name);
		put_text(view, one, "now", !now ? NULL : list->down ?
		    "descending" : "ascending");
		if (list->url_length > URL_MOST) {
			put_null(view, one, "url");
			continue;
		}
		list_url(list, view->req->path, "sort", &url);
		add_param(&url, "sort", down ? "-" : "", sorts[i].name);
		put_url(view, one, "url", &url);
	}
}

/* ---- the page ---- */

/* The line of a mission's track, for a map. */
static void
put_line(struct view *view, cJSON *item, int64_t id)
{
	struct stmt *s = db_stmt(view->db, Q_TRACK_LINE);

	stmt_int(s, 1, id);
	stmt_int(s, 2, LINE_DETAIL);
	if (stmt_row(s, view->err))
		col_text(view, item, "line", s, 0);
	stmt_reset(s);
}

static size_t
texts_length(const cJSON *item, const char *name, int most)
{
	size_t bytes = 0;
	const cJSON *text;

	cJSON_ArrayForEach(text, cJSON_GetObjectItemCaseSensitive(item, name))
		if (most-- >= 0 && cJSON_IsString(text))
			bytes += 2 + html_length(text->valuestring, 40);
	return bytes;
}

/* What a mission takes as a row of www/missions.html, at most. */
static size_t
row_length(const cJSON *item)
{
	const char *serial = cJSON_GetStringValue(
	    cJSON_GetObjectItemCaseSensitive(item, "platform"));
	const char *name = cJSON_GetStringValue(
	    cJSON_GetObjectItemCaseSensitive(item, "name"));

	return ROW_BYTES + (serial != NULL ? 3 * strlen(serial) + html_length(
	    serial, SIZE_MAX) : 0) + (name != NULL ? html_length(name, 24) :
	    0) + texts_length(item, "basins", 3) +
	    texts_length(item, "variables", 4);
}

/* A page of HTML with long texts ends before it is heavy. */
static void
put_items(struct list *list, size_t room)
{
	struct view *view = list->view;
	cJSON *items = put_array(view, view->out, "items"), *item;
	size_t i, bytes;

	for (i = 0; i < list->length; i++) {
		item = cJSON_CreateObject();
		if (item == NULL || !put_mission(view, item,
		    list->places[i].id, NULL)) {
			cJSON_Delete(item);
			if (view->err->kind == EDGE_NONE)
				continue;
			return;
		}
		bytes = row_length(item);
		if (bytes > room && i >= ROWS_LEAST) {
			cJSON_Delete(item);
			list->length = i;
			list->more = true;
			return;
		}
		room -= bytes < room ? bytes : room;
		if (view->req->form == FORM_GEOJSON)
			put_line(view, item, list->places[i].id);
		(void)cJSON_AddItemToArray(items, item);
	}
}

/* How much of a page is left for its rows. */
static size_t
page_room(struct list *list, size_t choices)
{
	size_t urls = list->url_length * (list->url_length > URL_MOST ? 11 :
	    19);

	return FRAME_BYTES + choices + urls < PAGE_BYTES ? PAGE_BYTES -
	    FRAME_BYTES - choices - urls : 0;
}

static void
read_page(struct list *list, int64_t count)
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
turn_page(struct list *list, int64_t count)
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

static void
put_page(struct list *list)
{
	struct view *view = list->view;
	int64_t count = bits_count(&list->find.found);
	size_t room = SIZE_MAX, choices = 0;
	struct buffer url = { 0 };

	read_page(list, count);
	if (list->goes_back)
		turn_page(list, count);
	list_url(list, view->req->path, NULL, &url);
	list->url_length = url.length;
	buffer_free(&url);
	if (view->req->form == FORM_PAGE ||
	    (view->req->form == FORM_JSON && !list->api))
		choices = put_choices(&list->find);
	if (view->req->form == FORM_PAGE)
		room = page_room(list, choices);
	put_items(list, room);
	put_urls(list);
	put_filters(list);
	if (list->api)
		return;
	put_int(view, view->out, "count", count);
	put_bool(view, view->out, "in_parts", count > FILE_USUAL);
	put_sorts(list);
}

enum view_result
view_missions(struct view *view)
{
	struct list *list = calloc(1, sizeof *list);
	enum view_result result;

	if (list == NULL) {
		err_set(view->err, EDGE_TEMPORARY, "page: out of memory");
		return VIEW_FAILED;
	}
	list->view = view;
	result = read_params(list);
	if (result == VIEW_OK) {
		find_run(&list->find);
		put_page(list);
		result = view_end(view);
	}
	find_free(&list->find);
	free(list);
	return result;
}
