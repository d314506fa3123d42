/* find.h: which missions the filters of a list leave: each filter is a set of
 * missions read from the store, and they are combined as sets.
 *
 * Thread: as struct view. */
#ifndef EDGE_FIND_H
#define EDGE_FIND_H

#include "bits.h"
#include "view.h"

enum find_filter {
	BY_YEAR, BY_BASIN, BY_PLATFORM, BY_PROJECT, BY_VARIABLE, BY_STATUS,
	BY_TEXT, FIND_FILTERS
};

#define FIND_BASIN_BYTES 256
#define FIND_TEXT_BYTES 200 /* longest text that is searched for */

enum find_status { STATUS_ACTIVE, STATUS_SILENT, STATUS_COMPLETE,
	STATUS_MAX };

extern const char *const find_names[FIND_FILTERS]; /* "year" … "q" */
extern const char *const find_statuses[STATUS_MAX];

struct find {
	struct view *view;
	const char *values[FIND_FILTERS]; /* NULL: not asked for */
	char basin[FIND_BASIN_BYTES];     /* the name of that code, "" none */
	struct bits sets[FIND_FILTERS];   /* the missions of each value */
	struct bits all;
	struct bits status[STATUS_MAX];
	struct bits found;                /* what all filters leave */
};

/* Reads the parameters; VIEW_BAD_PARAM when one does not fit. `find` is
 * zeroed by the caller and freed by find_free in every case. */
enum view_result find_read(struct view *view, struct find *find);
/* Finds the missions. Failures are put into view->err. */
void find_run(struct find *find);
void find_free(struct find *find);

/* What is left when the filter `without` is taken away; to be freed. */
struct bits find_base(const struct find *find, enum find_filter without);

#endif
