/* mission_list.h: one page of the missions that filters leave, in an order.
 *
 * The filters give a set of missions (web/find.h). When it is small its
 * members are put in order here; else the order's index is walked until the
 * page is full. Thread: as struct view. */
#ifndef EDGE_MISSION_LIST_H
#define EDGE_MISSION_LIST_H

#include "find.h"
#include "place.h"

#define LIST_USUAL 50    /* of a page */
#define LIST_MOST 500    /* that a limit may ask for */
#define LIST_FILE 2000   /* of a file to take away, read at once */

/* The orders, as in table mission_order, and which way a first click goes. */
struct list_sort {
	const char *name;
	bool down;
};

#define LIST_SORTS 7

extern const struct list_sort list_sorts[LIST_SORTS];

struct mission_list {
	struct view *view;
	struct find find;
	size_t sort;    /* of list_sorts */
	bool down;      /* the last first */
	bool api;       /* items and next_url alone */
	int64_t limit;
	bool goes_on;   /* behind `from` … */
	bool goes_back; /* … or ends before it */
	uint64_t hash;  /* of filters and order, for places */
	struct place from;

	int64_t count;  /* missions on all pages */
	struct place places[LIST_FILE]; /* of the page's missions */
	size_t length;
	bool more;      /* behind this page */
};

/* Reads the parameters; VIEW_BAD_PARAM when one does not fit. `list` is zeroed
 * by the caller, who frees list->find in every case. */
enum view_result list_params(struct view *view, struct mission_list *list);
/* Finds the missions and fills the page. Failures are put into view->err. */
void list_read(struct mission_list *list);
/* Reads the page behind the one that was read. */
void list_go_on(struct mission_list *list);

#endif
