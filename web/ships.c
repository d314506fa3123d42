#include "ships.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLATFORMS_MOST 5000
#define MISSIONS_MOST 2000 /* of one platform, the newest */
#define WEEK_MS (7 * CLOCK_DAY_MS)
#define MONDAY_MS (4 * CLOCK_DAY_MS) /* the first one, 5 January 1970 */

static void
out_of_memory(struct view *view)
{
	if (view->err->kind == EDGE_NONE)
		err_set(view->err, EDGE_TEMPORARY, "page: out of memory");
}

/* Room for one more of `size` bytes; false when there is none. */
static bool
grow(void *items, size_t *capacity, size_t length, size_t size)
{
	size_t more = *capacity == 0 ? 16 : *capacity * 2;
	void **list = items, *grown;

	if (length < *capacity)
		return true;
	grown = realloc(*list, more * size);
	if (grown == NULL)
		return false;
	*list = grown;
	*capacity = more;
	return true;
}

static void
add_sailed(struct view *view, struct ship *ship, int64_t start_ms,
    int64_t end_ms)
{
	if (!grow(&ship->sailed, &ship->capacity, ship->length,
	    sizeof *ship->sailed)) {
		out_of_memory(view);
		return;
	}
	ship->sailed[ship->length++] = (struct sailed){ start_ms, end_ms };
}

static void
turn(struct ship *ship)
{
	size_t i;

	for (i = 0; i < ship->length / 2; i++) {
		struct sailed *a = &ship->sailed[i];
		struct sailed *b = &ship->sailed[ship->length - 1 - i];
		struct sailed keep = *a;

		*a = *b;
		*b = keep;
	}
}

static void
read_sailed(struct view *view, const struct ships *ships, struct ship *ship)
{
	struct stmt *s = db_stmt(view->db, Q_PLATFORM_MISSIONS);
	int64_t start_ms, end_ms;

	ship->last_ms = INT64_MIN;
	stmt_text(s, 1, ship->serial);
	stmt_int(s, 2, MISSIONS_MOST);
	while (stmt_row(s, view->err)) {
		start_ms = stmt_get_int(s, 2);
		end_ms = stmt_get_int(s, 3);
		if (end_ms > ship->last_ms) {
			ship->last_ms = end_ms;
			ship->live = mission_live(view, ship->glider,
			    stmt_get_int(s, 6) != 0, end_ms);
		}
		if (end_ms < ships->from_ms || start_ms > ships->to_ms)
			continue;
		add_sailed(view, ship, start_ms < ships->from_ms ?
		    ships->from_ms : start_ms, end_ms > ships->to_ms ?
		    ships->to_ms : end_ms);
	}
	turn(ship);
}

/* From the first mission, or some years back, until now. */
static void
find_time(struct view *view, struct ships *ships)
{
	struct stmt *s = db_stmt(view->db, Q_MISSION_FIRST);
	int64_t oldest = clock_days_from_civil(year_of(view->now_ms) -
	    SHIPS_YEARS + 1, 1, 1) * CLOCK_DAY_MS;

	ships->to_ms = view->now_ms;
	ships->from_ms = view->now_ms - CLOCK_DAY_MS;
	stmt_int(s, 1, oldest);
	if (stmt_row(s, view->err) && stmt_get_int(s, 0) < ships->from_ms)
		ships->from_ms = stmt_get_int(s, 0);
	stmt_reset(s);
}

static void
free_ship(struct ship *ship)
{
	free(ship->name);
	free(ship->sailed);
}

/* Reads the platforms first: their missions are asked for one by one. */
static void
read_platforms(struct view *view, struct ships *ships)
{
	struct stmt *s = db_stmt(view->db, Q_PLATFORMS);

	stmt_text(s, 1, "");
	stmt_int(s, 2, PLATFORMS_MOST);
	while (stmt_row(s, view->err)) {
		struct ship *ship;

		if (!grow(&ships->all, &ships->capacity, ships->length,
		    sizeof *ships->all)) {
			out_of_memory(view);
			break;
		}
		ship = &ships->all[ships->length++];
		memset(ship, 0, sizeof *ship);
		(void)snprintf(ship->serial, sizeof ship->serial, "%s",
		    row_text(s, 0));
		ship->glider = strcmp(row_text(s, 1), "glider") == 0;
		ship->name = strdup(row_text(s, 2));
		if (ship->name == NULL) {
			out_of_memory(view);
			break;
		}
	}
	stmt_reset(s);
}

void
ships_read(struct view *view, struct ships *ships)
{
	size_t i, kept = 0;

	memset(ships, 0, sizeof *ships);
	find_time(view, ships);
	read_platforms(view, ships);
	for (i = 0; i < ships->length; i++) {
		read_sailed(view, ships, &ships->all[i]);
		if (ships->all[i].length > 0)
			ships->all[kept++] = ships->all[i];
		else
			free_ship(&ships->all[i]);
	}
	ships->length = kept;
}

void
ships_free(struct ships *ships)
{
	size_t i;

	for (i = 0; i < ships->length; i++)
		free_ship(&ships->all[i]);
	free(ships->all);
	memset(ships, 0, sizeof *ships);
}

static int
last_heard_first(const void *a, const void *b)
{
	const struct ship *x = a, *y = b;

	return x->last_ms != y->last_ms ? (x->last_ms < y->last_ms) -
	    (x->last_ms > y->last_ms) : strcmp(x->serial, y->serial);
}

static int
by_serial(const void *a, const void *b)
{
	const struct ship *x = a, *y = b;

	return x->glider != y->glider ? y->glider - x->glider :
	    strcmp(x->serial, y->serial);
}

size_t
ships_cut(struct ships *ships, size_t most)
{
	size_t gone = ships->length > most ? ships->length - most : 0;

	if (gone > 0)
		qsort(ships->all, ships->length, sizeof *ships->all,
		    last_heard_first);
	while (ships->length > most)
		free_ship(&ships->all[--ships->length]);
	if (ships->length > 0)
		qsort(ships->all, ships->length, sizeof *ships->all,
		    by_serial);
	return gone;
}

size_t
ships_join(struct ships *ships, int64_t gap_ms)
{
	size_t i, k, pieces = 0;

	for (i = 0; i < ships->length; i++) {
		struct ship *ship = &ships->all[i];
		size_t kept = 0;

		for (k = 1; k < ship->length; k++) {
			struct sailed *last = &ship->sailed[kept];
			const struct sailed *next = &ship->sailed[k];

			if (next->start_ms - last->end_ms >= gap_ms)
				ship->sailed[++kept] = *next;
			else if (next->end_ms > last->end_ms)
				last->end_ms = next->end_ms;
		}
		ship->length = kept + 1;
		pieces += ship->length;
	}
	return pieces;
}

static int64_t
week_of(int64_t ms)
{
	int64_t since = ms - MONDAY_MS;

	return since / WEEK_MS - (since % WEEK_MS < 0);
}

struct ship_week *
ships_weeks(const struct ships *ships, size_t *length)
{
	int64_t first = week_of(ships->from_ms), last = week_of(ships->to_ms);
	struct ship_week *weeks = calloc((size_t)(last - first) + 1,
	    sizeof *weeks);
	int64_t week, until;
	size_t i, k;

	*length = weeks != NULL ? (size_t)(last - first) + 1 : 0;
	for (i = 0; i < *length; i++)
		weeks[i].start_ms = (first + (int64_t)i) * WEEK_MS + MONDAY_MS;
	for (i = 0; weeks != NULL && i < ships->length; i++) {
		const struct ship *ship = &ships->all[i];
		int kind = ship->glider ? PLOT_GLIDER : PLOT_SAILBUOY;

		/* A week counts a platform once, however often it sailed. */
		week = first;
		for (k = 0; k < ship->length; k++) {
			int64_t start = week_of(ship->sailed[k].start_ms);

			week = start > week ? start : week;
			until = week_of(ship->sailed[k].end_ms);
			for (; week <= until; week++)
				weeks[week - first].platforms[kind]++;
		}
	}
	return weeks;
}
