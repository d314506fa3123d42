#include "sea.h"

#include "../schema/basemap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CELL_LON 0.02
#define CELL_LAT 0.01
#define KM_PER_DEGREE 111.195 /* of latitude, on the sphere below */
#define EARTH_RADIUS_M 6371008.8
#define STEPS_PER_KM 4.0      /* distances are stored in quarter kilometres */
#define MAX_STEPS 255

struct sea {
	double west, south;
	int columns, rows;
	unsigned char *clear; /* rows * columns: quarter kilometres to land */
};

/* Longitudes where the outline crosses the middle of each row, for filling. */
struct crossings {
	size_t count, room;
	struct crossing {
		int row;
		float lon;
	} *list;
};

static double
radians(double degrees)
{
	return degrees * (M_PI / 180.0);
}

static bool
cell_of(const struct sea *sea, double lon, double lat, int *column, int *row)
{
	double x = (lon - sea->west) / CELL_LON;
	double y = (lat - sea->south) / CELL_LAT;

	if (!(x >= 0 && y >= 0 && x < sea->columns && y < sea->rows))
		return false;
	*column = (int)x;
	*row = (int)y;
	return true;
}

static unsigned char *
cell(const struct sea *sea, int column, int row)
{
	return sea->clear + (size_t)row * (size_t)sea->columns + column;
}

static bool
note_crossing(struct crossings *crossings, int row, double lon)
{
	struct crossing *grown;

	if (crossings->count == crossings->room) {
		crossings->room = crossings->room ? crossings->room * 2 : 4096;
		grown = realloc(crossings->list,
		    crossings->room * sizeof *grown);
		if (grown == NULL)
			return false;
		crossings->list = grown;
	}
	crossings->list[crossings->count].row = row;
	crossings->list[crossings->count].lon = (float)lon;
	crossings->count++;
	return true;
}

static bool
cross_rows(struct sea *sea, struct crossings *crossings, const double a[2],
    const double b[2])
{
	double low = fmin(a[1], b[1]), high = fmax(a[1], b[1]);
	int row = (int)ceil((low - sea->south) / CELL_LAT - 0.5) - 1;
	double middle;

	/* points of the coast can lie on a row's middle: only the comparison
	 * with the middle itself decides, for both edges that meet there */
	for (row = row < 0 ? 0 : row; row < sea->rows; row++) {
		middle = sea->south + (row + 0.5) * CELL_LAT;
		if (middle >= high)
			break;
		if (middle >= low && !note_crossing(crossings, row,
		    a[0] + (b[0] - a[0]) * (middle - a[1]) / (b[1] - a[1])))
			return false;
	}
	return true;
}

/* Marks every cell a step of the coast touches, by walking it in steps much
 * shorter than a cell. */
static void
mark_coast(struct sea *sea, const double a[2], const double b[2])
{
	int column, row, i, steps;

	steps = 1 + (int)(8 * fmax(fabs(b[0] - a[0]) / CELL_LON,
	    fabs(b[1] - a[1]) / CELL_LAT));
	for (i = 0; i <= steps; i++)
		if (cell_of(sea, a[0] + (b[0] - a[0]) * i / steps,
		    a[1] + (b[1] - a[1]) * i / steps, &column, &row))
			*cell(sea, column, row) = 0;
}

static int
by_row_and_lon(const void *a, const void *b)
{
	const struct crossing *x = a, *y = b;

	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	return (x->lon > y->lon) - (x->lon < y->lon);
}

/* Between an odd crossing of a row and the next one is land. */
static void
fill_land(struct sea *sea, struct crossings *crossings)
{
	struct crossing *from, *to;
	size_t i;
	int column;

	qsort(crossings->list, crossings->count, sizeof *crossings->list,
	    by_row_and_lon);
	for (i = 0; i + 1 < crossings->count; i += 2) {
		from = &crossings->list[i];
		to = from + 1;
		column = (int)ceil((from->lon - sea->west) / CELL_LON - 0.5);
		for (column = column < 0 ? 0 : column; column < sea->columns &&
		    sea->west + (column + 0.5) * CELL_LON < to->lon; column++)
			*cell(sea, column, from->row) = 0;
	}
}

static bool
draw_land(struct sea *sea, const struct basemap *map)
{
	struct crossings crossings = { 0 };
	struct basemap_line line;
	double last[2], now[2];
	bool first, ok = true;

	basemap_rewind(map, &line);
	while (ok && basemap_next_line(&line)) {
		if (line.kind == BASEMAP_BORDER)
			continue;
		first = true;
		while (ok && basemap_next_point(&line, &now[0], &now[1])) {
			if (!first) {
				ok = cross_rows(sea, &crossings, last, now);
				if (!line.cut)
					mark_coast(sea, last, now);
			}
			first = false;
			memcpy(last, now, sizeof last);
		}
	}
	if (ok && crossings.count > 0)
		fill_land(sea, &crossings);
	free(crossings.list);
	return ok;
}

static void
lower(unsigned char *here, unsigned char neighbour, double steps)
{
	double through = neighbour + steps;

	if (through < *here)
		*here = (unsigned char)through;
}

/* Two passes of a chamfer distance: each cell learns from the four neighbours
 * seen before it, first from the south-west, then from the north-east. The
 * steps round down, so that distances are never too large by more than the
 * chamfer's own 8 %. */
static void
spread_distances(struct sea *sea)
{
	int column, row, back, pass, c, r, i;
	double across, along = CELL_LAT * KM_PER_DEGREE * STEPS_PER_KM;

	for (pass = 0; pass < 2; pass++) {
		back = pass ? 1 : -1;
		for (i = 0; i < sea->rows; i++) {
			row = pass ? sea->rows - 1 - i : i;
			across = CELL_LON * KM_PER_DEGREE * STEPS_PER_KM *
			    cos(radians(sea->south + row * CELL_LAT));
			for (c = 0; c < sea->columns; c++) {
				column = pass ? sea->columns - 1 - c : c;
				if (column + back >= 0 &&
				    column + back < sea->columns)
					lower(cell(sea, column, row), *cell(sea,
					    column + back, row), across);
				if (row + back < 0 || row + back >= sea->rows)
					continue;
				for (r = -1; r <= 1; r++)
					if (column + r >= 0 &&
					    column + r < sea->columns)
						lower(cell(sea, column, row),
						    *cell(sea, column + r,
						    row + back), r ? hypot(
						    across, along) : along);
			}
		}
	}
}

struct sea *
sea_new(const unsigned char *region, size_t len, struct edge_err *err)
{
	struct basemap map;
	struct sea *sea;
	size_t cells;

	if (!basemap_open(&map, region, len, err))
		return NULL;
	sea = calloc(1, sizeof *sea);
	if (sea == NULL)
		goto no_memory;
	sea->west = map.frame[0] / map.units;
	sea->south = map.frame[1] / map.units;
	sea->columns = (int)lround((map.frame[2] - map.frame[0]) / map.units /
	    CELL_LON);
	sea->rows = (int)lround((map.frame[3] - map.frame[1]) / map.units /
	    CELL_LAT);
	cells = (size_t)sea->columns * (size_t)sea->rows;
	sea->clear = malloc(cells);
	if (sea->clear == NULL)
		goto no_memory;
	memset(sea->clear, MAX_STEPS, cells);
	if (!draw_land(sea, &map))
		goto no_memory;
	spread_distances(sea);
	return sea;

no_memory:
	sea_free(sea);
	(void)err_set(err, EDGE_TEMPORARY, "sea: out of memory");
	return NULL;
}

void
sea_free(struct sea *sea)
{
	if (sea == NULL)
		return;
	free(sea->clear);
	free(sea);
}

bool
sea_at(const struct sea *sea, double lon, double lat)
{
	return sea_clear_km(sea, lon, lat) > 0;
}

double
sea_clear_km(const struct sea *sea, double lon, double lat)
{
	int column, row;

	if (!cell_of(sea, lon, lat, &column, &row))
		return 0;
	return *cell(sea, column, row) / STEPS_PER_KM;
}

/* Walks by the distance that is known to be free, so that a line in open
 * water costs one look. */
bool
sea_segment(const struct sea *sea, const double from[2], const double to[2],
    double clear_km)
{
	double length_km = sea_distance_m(from, to) / 1000;
	double done_km = 0, part, clear;

	for (;;) {
		part = length_km > 0 ? fmin(done_km / length_km, 1) : 1;
		clear = sea_clear_km(sea, from[0] + part * (to[0] - from[0]),
		    from[1] + part * (to[1] - from[1]));
		if (clear <= 0 || clear < clear_km)
			return false;
		if (part >= 1)
			return true;
		done_km += fmax(0.9 * (clear - clear_km), 0.4);
	}
}

double
sea_distance_m(const double from[2], const double to[2])
{
	double dlat = sin(radians(to[1] - from[1]) / 2);
	double dlon = sin(radians(to[0] - from[0]) / 2);
	double h = dlat * dlat + cos(radians(from[1])) * cos(radians(to[1])) *
	    dlon * dlon;

	return 2 * EARTH_RADIUS_M * asin(fmin(1, sqrt(h)));
}
