#include "view_choices.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view_util.h"

#define ROWS_MOST 50000   /* pieces of one scope that are read */
#define CHOICES_MOST 4000 /* values of one filter that are looked at */
#define LIST_BYTES 150    /* of a <select> without its choices */
#define ITEM_BYTES 32     /* of an <option> around its value and label */
#define LABEL_CHARACTERS 40

struct choice {
	char *key;
	int64_t missions;
	bool chosen, shown;
};

struct choices {
	struct choice *all; /* in order of the keys */
	size_t length;
	size_t left_out;    /* beyond CHOICES_MOST */
};

static const struct {
	enum find_filter filter;
	const char *label;
	size_t bytes;  /* room in the page */
	bool twice;    /* the value is its own label */
	bool backward; /* last key first */
} kinds[] = {
	{ BY_YEAR, "Year", 1000, true, true },
	{ BY_BASIN, "Basin", 1400, false, false },
	{ BY_PLATFORM, "Platform", 4000, true, false },
	{ BY_PROJECT, "Project", 1200, true, false },
	{ BY_VARIABLE, "Variable", 1200, true, false },
	{ BY_STATUS, "Status", 400, true, false },
};

static void
out_of_memory(struct view *view)
{
	if (view->err->kind == EDGE_NONE)
		err_set(view->err, EDGE_TEMPORARY, "page: out of memory");
}

static struct choice *
add_choice(struct view *view, struct choices *choices, const char *key,
    const char *chosen)
{
	struct choice *choice;

	if (choices->length == CHOICES_MOST) {
		choices->left_out++;
		return NULL;
	}
	choice = &choices->all[choices->length];
	choice->key = strdup(key);
	if (choice->key == NULL) {
		out_of_memory(view);
		return NULL;
	}
	choice->chosen = chosen != NULL && strcmp(chosen, key) == 0;
	choices->length++;
	return choice;
}

/* Counts the keys of a scope within `base`. */
static void
count_facets(const struct find *find, enum find_filter filter,
    const struct bits *base, struct choices *choices)
{
	struct view *view = find->view;
	struct stmt *s = db_stmt(view->db, Q_FACETS);
	struct choice *choice = NULL;
	char *last = NULL;
	const void *bytes;
	size_t length;

	stmt_text(s, 1, find_names[filter]);
	stmt_int(s, 2, ROWS_MOST);
	while (stmt_row(s, view->err)) {
		const char *key = row_text(s, 0);

		if (last == NULL || strcmp(last, key) != 0) {
			choice = add_choice(view, choices, key,
			    find->values[filter]);
			if (choice == NULL)
				break;
			last = choice->key;
		}
		bytes = stmt_get_blob(s, 2, &length);
		choice->missions += bits_count_piece(base, stmt_get_int(s, 1),
		    bytes, length);
	}
	stmt_reset(s);
}

static void
count_statuses(const struct find *find, const struct bits *base,
    struct choices *choices)
{
	int i;

	for (i = 0; i < STATUS_MAX; i++) {
		struct choice *choice = add_choice(find->view, choices,
		    find_statuses[i], find->values[BY_STATUS]);
		struct bits both = { NULL, 0, false };

		if (choice == NULL)
			return;
		bits_add_all(&both, base);
		bits_keep(&both, &find->status[i]);
		choice->missions = bits_count(&both);
		if (both.failed)
			out_of_memory(find->view);
		bits_free(&both);
	}
}

/* What is chosen, then what has the most missions. */
static int
by_missions(const void *a, const void *b)
{
	const struct choice *const *x = a, *const *y = b;

	if ((*x)->chosen != (*y)->chosen)
		return (*x)->chosen ? -1 : 1;
	if ((*x)->missions != (*y)->missions)
		return (*x)->missions > (*y)->missions ? -1 : 1;
	return strcmp((*x)->key, (*y)->key);
}

/* Marks those that have room and adds what they take; returns how many have
 * not. */
static size_t
choose_shown(struct view *view, struct choices *choices, size_t room,
    bool twice, size_t *taken)
{
	struct choice **order = calloc(choices->length + 1, sizeof *order);
	size_t i, bytes, more = choices->left_out;

	if (order == NULL) {
		out_of_memory(view);
		return 0;
	}
	for (i = 0; i < choices->length; i++)
		order[i] = &choices->all[i];
	qsort(order, choices->length, sizeof *order, by_missions);
	for (i = 0; i < choices->length; i++) {
		if (order[i]->missions == 0 && !order[i]->chosen)
			continue;
		bytes = ITEM_BYTES + html_length(order[i]->key, SIZE_MAX) +
		    (twice ? html_length(order[i]->key, LABEL_CHARACTERS) :
		    0);
		if (bytes > room && !order[i]->chosen) {
			more++;
			room = 0;
			continue;
		}
		room -= bytes < room ? bytes : room;
		*taken += bytes;
		order[i]->shown = true;
	}
	free(order);
	return more;
}

/* The names of the basins' codes, "" for one that has none. */
static void
put_labels(const struct find *find, cJSON *items)
{
	struct view *view = find->view;
	struct stmt *s = db_stmt(view->db, Q_BASINS_CODED);
	cJSON *item;

	while (stmt_row(s, view->err))
		cJSON_ArrayForEach(item, items) {
			const char *value = cJSON_GetStringValue(
			    cJSON_GetObjectItemCaseSensitive(item, "value"));

			if (value != NULL && strcmp(value, row_text(s, 1)) == 0)
				put_text(view, item, "label", row_text(s, 2));
		}
	cJSON_ArrayForEach(item, items)
		if (!cJSON_HasObjectItem(item, "label"))
			put_null(view, item, "label");
}

static void
put_items(const struct find *find, cJSON *list, const struct choices *choices,
    bool backward, bool labelled)
{
	struct view *view = find->view;
	cJSON *items = put_array(view, list, "items"), *item;
	size_t i;

	for (i = 0; i < choices->length; i++) {
		const struct choice *choice = &choices->all[backward ?
		    choices->length - 1 - i : i];

		if (!choice->shown)
			continue;
		item = add_object(view, items);
		put_text(view, item, "value", choice->key);
		if (!labelled)
			put_text(view, item, "label", choice->key);
		put_int(view, item, "missions", choice->missions);
		put_bool(view, item, "chosen", choice->chosen);
	}
	if (labelled)
		put_labels(find, items);
}

size_t
put_choices(const struct find *find)
{
	struct view *view = find->view;
	cJSON *lists = put_array(view, view->out, "choices"), *list;
	size_t i, k, more, taken = 0;

	for (i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		enum find_filter filter = kinds[i].filter;
		struct bits base = find_base(find, filter);
		struct choices choices = { .all = calloc(CHOICES_MOST,
		    sizeof *choices.all) };

		if (base.failed || choices.all == NULL)
			out_of_memory(view);
		else if (filter == BY_STATUS)
			count_statuses(find, &base, &choices);
		else
			count_facets(find, filter, &base, &choices);
		more = choose_shown(view, &choices, kinds[i].bytes,
		    kinds[i].twice, &taken);
		list = add_object(view, lists);
		put_text(view, list, "name", find_names[filter]);
		put_text(view, list, "label", kinds[i].label);
		put_int(view, list, "more", (int64_t)more);
		put_items(find, list, &choices, kinds[i].backward,
		    filter == BY_BASIN);
		for (k = 0; k < choices.length; k++)
			free(choices.all[k].key);
		free(choices.all);
		bits_free(&base);
		taken += LIST_BYTES;
	}
	return taken;
}
