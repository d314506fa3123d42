/* The list of missions: a page of it, what it can be narrowed to, and the
 * addresses around it. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "mission_file.h"
#include "view_choices.h"
#include "view_util.h"
#include "views.h"

#define PAGE_BYTES 29000 /* that a page may take, its frame among them */
#define FRAME_BYTES 5000
#define ROW_BYTES 260   /* of a row without its texts */
#define ROWS_LEAST 5
#define URL_MOST 300    /* a longer address is not repeated for each head */

/* ---- addresses ---- */

/* The address of this list with all parameters but `without` and the place in
 * it, on `path`. */
static void
list_url(const struct mission_list *list, const char *path, const char *without,
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
put_place_url(const struct mission_list *list, const char *member,
    const char *param, size_t at, bool there)
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
put_urls(const struct mission_list *list)
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
put_filters(const struct mission_list *list)
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
		if (view->req->form == FORM_PAGE)
			put_bool(view, filter, "hidden", i >= BY_KIND);
	}
}

/* The order the list is in, and for each order the address of the list in it:
 * a second click turns it round. */
static void
put_sorts(const struct mission_list *list, size_t url_length)
{
	struct view *view = list->view;
	cJSON *all = put_object(view, view->out, "sorts"), *one;
	struct buffer url = { 0 };
	size_t i;

	buffer_printf(&url, "%s%s", list->down ? "-" : "",
	    list_sorts[list->sort].name);
	put_url(view, view->out, "sort", &url);
	for (i = 0; i < LIST_SORTS; i++) {
		bool now = i == list->sort;
		bool down = now ? !list->down : list_sorts[i].down;

		one = put_object(view, all, list_sorts[i].name);
		put_text(view, one, "now", !now ? NULL : list->down ?
		    "descending" : "ascending");
		if (url_length > URL_MOST) {
			put_null(view, one, "url");
			continue;
		}
		list_url(list, view->req->path, "sort", &url);
		add_param(&url, "sort", down ? "-" : "", list_sorts[i].name);
		put_url(view, one, "url", &url);
	}
}

/* ---- the page ---- */

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
put_items(struct mission_list *list, cJSON *items, size_t room)
{
	struct view *view = list->view;
	cJSON *item;
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
		(void)cJSON_AddItemToArray(items, item);
	}
}

/* How much of a page is left for its rows. */
static size_t
page_room(size_t url_length, size_t choices)
{
	size_t urls = url_length * (url_length > URL_MOST ? 11 :
	    19);

	return FRAME_BYTES + choices + urls < PAGE_BYTES ? PAGE_BYTES -
	    FRAME_BYTES - choices - urls : 0;
}

static void
put_page(struct mission_list *list)
{
	struct view *view = list->view;
	cJSON *items = put_array(view, view->out, "items");
	size_t room = SIZE_MAX, choices = 0, url_length;
	struct buffer url = { 0 };

	list_url(list, view->req->path, NULL, &url);
	url_length = url.length;
	buffer_free(&url);
	if (view->req->form == FORM_PAGE ||
	    (view->req->form == FORM_JSON && !list->api))
		choices = put_choices(&list->find);
	if (view->req->form == FORM_PAGE)
		room = page_room(url_length, choices);
	put_items(list, items, room);
	put_urls(list);
	put_filters(list);
	if (list->api)
		return;
	put_int(view, view->out, "count", list->count);
	put_bool(view, view->out, "in_parts", list->count >
	    MISSION_FILE_WHOLE);
	put_sorts(list, url_length);
}

static void
put_file(struct mission_list *list)
{
	mission_file_write(list);
	put_place_url(list, "next_url", "after", list->length - 1, list->more);
	mission_file_end(list->view);
}

enum view_result
view_search(struct view *view)
{
	if (request_param(view->req, "q") == NULL)
		return view_bad_param(view, "q", "the words to search for");
	return view_missions(view);
}

enum view_result
view_missions(struct view *view)
{
	struct mission_list *list = calloc(1, sizeof *list);
	enum view_result result;

	if (list == NULL) {
		err_set(view->err, EDGE_TEMPORARY, "page: out of memory");
		return VIEW_FAILED;
	}
	result = list_params(view, list);
	if (result == VIEW_OK) {
		list_read(list);
		if (mission_file_asked(view))
			put_file(list);
		else
			put_page(list);
		result = view_end(view);
	}
	find_free(&list->find);
	free(list);
	return result;
}
