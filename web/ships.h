/* ships.h: when each platform was at sea, for what is drawn and counted over
 * the whole fleet.
 *
 * Thread: as struct view. */
#ifndef EDGE_SHIPS_H
#define EDGE_SHIPS_H

#include "plot.h"
#include "view_strip.h"
#include "view_util.h"

#define SHIPS_YEARS 15 /* as far back as is looked */

struct ship {
	char serial[SERIAL_BYTES];
	char *name;             /* "" for none */
	bool glider, live;      /* live: at sea now */
	int64_t last_ms;        /* when it was last heard of */
	struct sailed *sailed;  /* first start first; cut to the time shown */
	size_t length, capacity;
};

struct ships {
	int64_t from_ms, to_ms; /* the time shown; from < to */
	struct ship *all;       /* by serial, those with a mission in it */
	size_t length, capacity;
};

/* Reads them; failures are put into view->err. Free in every case. */
void ships_read(struct view *view, struct ships *ships);
void ships_free(struct ships *ships);

/* Of more than `most` platforms leaves those that were heard of last. Returns
 * how many went. */
size_t ships_cut(struct ships *ships, size_t most);
/* Joins what is less than `gap_ms` apart; returns how many pieces stay. */
size_t ships_join(struct ships *ships, int64_t gap_ms);

struct ship_week {
	int64_t start_ms;          /* Monday, 00:00 UTC */
	int platforms[PLOT_KINDS]; /* at sea in it */
};

/* The weeks of the time shown; to be freed. NULL with *length 0 when out of
 * memory. */
struct ship_week *ships_weeks(const struct ships *ships, size_t *length);

#endif
