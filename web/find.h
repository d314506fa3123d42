/* find.h: which missions the filters of a list leave: each filter is a set of
 * missions read from the store, and they are combined as sets.
 *
 * Thread: as struct view. */
#ifndef EDGE_FIND_H
#define EDGE_FIND_H

#include "bits.h"
#include "moment.h"
#include "view.h"

enum find_filter {
	BY_YEAR, BY_BASIN, BY_PLATFORM, BY_PROJECT, BY_VARIABLE, BY_STATUS,
	BY_TEXT, BY_KIND, BY_WMO, BY_BOX, BY_MIN_TIME, BY_MAX_TIME,
	FIND_FILTERS
};

#define FIND_BASIN_BYTES 256
#define FIND_TEXT_BYTES 200 /* longest text that is searched for */
#define FIND_MOST 1000000   /* missions of one filter */

enum find_status { STATUS_ACTIVE, STATUS_SILENT, STATUS_COMPLETE,
	STATUS_MAX };

extern const char *const find_names[FIND_FILTERS]; /* "year" … */
extern const char *const find_statuses[STATUS_MAX];

/* Degrees; west is greater than east when it lies across 180°. */
struct find_box {
	double west, south, east, north;
};

struct find {
	struct view *view;
	const char *values[FIND_FILTERS]; /* NULL: not asked for */
	char basin[FIND_BASIN_BYTES];     /* the name of that code, "" none */
	struct find_box box;              /* of BY_BOX */
	struct moment from, to;           /* of BY_MIN_TIME and BY_MAX_TIME */
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

/* find_where.c: the filters of place and time. As find_read, and the missions
 * of one of them. */
enum view_result find_read_where(struct find *find);
void find_add_where(struct find *find, enum find_filter filter);

/* What is left when the filter `without` is taken away; to be freed. */
struct bits find_base(const struct find *find, enum find_filter without);

/* Adds the missions that have `key` in `scope` (a facet of find.sql) to `bits`,
 * which remembers when memory ran out. */
void find_read_facet(struct view *view, const char *scope, const char *key,
    struct bits *bits);

#endif
