/* The waters of the demo: outlines of the 18 basins, drawn by hand far
 * coarser than any chart, and a depth field from a few well-known deeps and
 * shoals. */
#include "demo_parts.h"

#include "embedded.h"
#include "sea.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CELL 0.02       /* degrees, of the basin grid */
#define GRID_WEST 3.0
#define GRID_SOUTH 52.0
#define COLUMNS 1450    /* to 32 east */
#define ROWS 750        /* to 67 north */

struct waters {
	struct sea *sea;
	unsigned char area[ROWS][COLUMNS];
};

const struct basin demo_basins[AREAS] = {
	{ "Kattegat", "Kattegat", 7, {
	    { 10.55, 57.75 }, { 11.65, 57.95 }, { 12.60, 57.20 },
	    { 13.00, 56.50 }, { 12.90, 56.25 }, { 12.45, 56.30 },
	    { 12.30, 56.12 }, { 11.70, 55.93 }, { 11.20, 56.00 },
	    { 10.85, 56.15 }, { 10.20, 56.60 }, { 10.20, 57.20 },
	    { 10.40, 57.60 } } },
	{ "Great Belt", "Baltic", 1, {
	    { 10.85, 56.15 }, { 11.20, 56.00 }, { 11.70, 55.93 },
	    { 11.30, 55.60 }, { 11.30, 55.20 }, { 11.50, 54.90 },
	    { 11.00, 54.60 }, { 10.70, 54.72 }, { 10.60, 55.00 },
	    { 10.85, 55.30 }, { 10.60, 55.55 }, { 10.20, 55.70 },
	    { 10.20, 56.05 } } },
	{ "The Sound", "Baltic", 1, {
	    { 12.30, 56.12 }, { 12.45, 56.30 }, { 12.90, 56.25 },
	    { 13.10, 55.60 }, { 12.90, 55.33 }, { 12.45, 55.28 },
	    { 12.20, 55.60 } } },
	{ "Kiel Bay", "Baltic", 1, {
	    { 9.60, 54.95 }, { 10.00, 54.95 }, { 10.70, 54.72 },
	    { 11.00, 54.60 }, { 11.25, 54.38 }, { 10.90, 54.30 },
	    { 10.10, 54.30 }, { 9.60, 54.60 } } },
	{ "Bay of Mecklenburg", "Baltic", 1, {
	    { 11.00, 54.60 }, { 11.40, 54.68 }, { 12.00, 54.55 },
	    { 12.40, 54.42 }, { 12.20, 54.10 }, { 11.50, 53.85 },
	    { 10.70, 53.85 }, { 10.90, 54.30 }, { 11.25, 54.38 } } },
	{ "Arkona Basin", "Baltic", 3, {
	    { 12.00, 54.55 }, { 12.40, 54.42 }, { 13.20, 54.30 },
	    { 13.80, 53.90 }, { 14.40, 53.90 }, { 14.60, 54.60 },
	    { 14.75, 55.05 }, { 14.35, 55.55 }, { 13.60, 55.50 },
	    { 12.90, 55.33 }, { 12.45, 55.28 }, { 12.10, 55.00 } } },
	{ "Bornholm Basin", "Baltic", 20, {
	    { 14.40, 53.90 }, { 16.00, 54.10 }, { 17.00, 54.50 },
	    { 17.60, 54.70 }, { 17.45, 55.10 }, { 17.20, 55.50 },
	    { 16.90, 56.10 }, { 16.35, 56.20 }, { 15.80, 56.30 },
	    { 14.60, 56.20 }, { 14.10, 55.90 }, { 14.35, 55.55 },
	    { 14.75, 55.05 }, { 14.60, 54.60 } } },
	{ "Gdansk Basin", "Baltic", 3, {
	    { 17.60, 54.70 }, { 17.45, 55.10 }, { 18.40, 55.30 },
	    { 19.60, 55.35 }, { 20.90, 55.10 }, { 20.20, 54.60 },
	    { 19.30, 54.20 }, { 18.20, 54.20 } } },
	{ "Eastern Gotland Basin", "Baltic", 20, {
	    { 16.90, 56.10 }, { 17.20, 55.50 }, { 17.45, 55.10 },
	    { 18.40, 55.30 }, { 19.60, 55.35 }, { 20.90, 55.10 },
	    { 21.40, 55.50 }, { 21.20, 56.50 }, { 21.40, 57.10 },
	    { 21.95, 57.60 }, { 21.95, 58.00 }, { 21.90, 58.35 },
	    { 20.50, 58.40 }, { 19.20, 58.35 }, { 19.20, 57.95 },
	    { 18.60, 57.40 }, { 18.20, 56.90 }, { 17.40, 56.50 } } },
	{ "Western Gotland Basin", "Baltic", 8, {
	    { 16.90, 56.10 }, { 17.40, 56.50 }, { 18.20, 56.90 },
	    { 18.60, 57.40 }, { 19.20, 57.95 }, { 19.20, 58.35 },
	    { 18.40, 58.75 }, { 17.60, 58.80 }, { 16.50, 58.60 },
	    { 16.40, 57.60 }, { 16.10, 56.60 }, { 16.35, 56.20 } } },
	{ "Gulf of Riga", "Baltic", 1, {
	    { 21.95, 57.60 }, { 22.60, 57.70 }, { 23.00, 57.10 },
	    { 23.80, 56.90 }, { 24.40, 57.20 }, { 24.50, 58.30 },
	    { 23.60, 58.75 }, { 23.10, 58.60 }, { 22.20, 58.20 },
	    { 21.95, 58.00 } } },
	{ "Northern Baltic Proper", "Baltic", 7, {
	    { 19.20, 58.35 }, { 20.50, 58.40 }, { 21.90, 58.35 },
	    { 22.20, 58.90 }, { 23.00, 59.20 }, { 22.90, 59.85 },
	    { 21.50, 59.75 }, { 20.00, 59.75 }, { 19.40, 59.60 },
	    { 18.60, 59.65 }, { 18.40, 58.75 } } },
	{ "Gulf of Finland", "Baltic", 2, {
	    { 23.00, 59.20 }, { 24.50, 59.30 }, { 26.00, 59.40 },
	    { 28.00, 59.40 }, { 30.20, 59.80 }, { 30.20, 60.30 },
	    { 28.50, 60.70 }, { 27.00, 60.50 }, { 25.00, 60.20 },
	    { 22.90, 59.85 } } },
	{ "Åland Sea", "Baltic", 9, {
	    { 18.60, 59.65 }, { 19.40, 59.60 }, { 20.00, 59.75 },
	    { 19.90, 60.00 }, { 19.60, 60.40 }, { 19.30, 60.55 },
	    { 18.20, 60.50 }, { 18.30, 60.10 } } },
	{ "Bothnian Sea", "Baltic", 3, {
	    { 18.20, 60.50 }, { 19.30, 60.55 }, { 19.60, 60.40 },
	    { 20.50, 60.50 }, { 21.20, 60.70 }, { 21.70, 61.50 },
	    { 21.50, 62.30 }, { 21.10, 62.90 }, { 20.90, 63.20 },
	    { 19.60, 63.30 }, { 18.60, 62.90 }, { 17.30, 62.20 },
	    { 16.90, 61.20 }, { 17.10, 60.60 } } },
	{ "The Quark", "Baltic", 1, {
	    { 19.60, 63.30 }, { 20.90, 63.20 }, { 21.70, 63.20 },
	    { 22.30, 63.60 }, { 21.90, 63.90 }, { 20.80, 64.00 },
	    { 19.90, 63.70 } } },
	{ "Bothnian Bay", "Baltic", 2, {
	    { 20.80, 64.00 }, { 21.90, 63.90 }, { 22.30, 63.60 },
	    { 23.30, 64.00 }, { 25.50, 64.90 }, { 25.50, 65.70 },
	    { 24.00, 65.95 }, { 22.00, 65.80 }, { 21.00, 65.00 } } },
	{ "Skagerrak", "Skagerrak", 14, {
	    { 7.05, 57.98 }, { 8.60, 57.10 }, { 9.60, 57.20 },
	    { 10.20, 57.60 }, { 10.55, 57.75 }, { 11.65, 57.95 },
	    { 11.50, 58.50 }, { 11.30, 59.10 }, { 10.60, 59.40 },
	    { 10.10, 59.10 }, { 8.80, 58.40 }, { 7.90, 58.20 } } },
	{ NULL, "North Sea", 2, {
	    { 4.50, 57.90 }, { 7.05, 57.98 }, { 8.60, 57.10 },
	    { 8.20, 56.30 }, { 4.50, 56.30 } } },
};

/* Soundings by hand: longitude, latitude, metres. */
static const double soundings[][3] = {
	{ 9.00, 58.05, 480 }, { 9.80, 58.25, 600 }, { 10.50, 58.60, 330 },
	{ 10.85, 58.15, 190 }, { 9.40, 57.50, 80 }, { 8.20, 57.60, 260 },
	{ 11.00, 58.90, 180 }, { 11.30, 57.30, 65 }, { 11.70, 57.25, 75 },
	{ 11.20, 56.60, 24 }, { 11.90, 56.60, 38 }, { 12.10, 56.30, 30 },
	{ 11.00, 55.40, 34 }, { 10.60, 55.90, 24 }, { 12.70, 55.95, 32 },
	{ 12.75, 55.60, 14 }, { 10.50, 54.55, 22 }, { 11.60, 54.25, 25 },
	{ 13.70, 54.95, 46 }, { 14.30, 54.30, 14 }, { 15.80, 55.35, 94 },
	{ 15.60, 54.70, 62 }, { 14.90, 55.90, 55 }, { 16.60, 55.35, 68 },
	{ 17.20, 55.25, 82 }, { 16.50, 55.90, 46 }, { 16.60, 54.75, 24 },
	{ 19.20, 54.90, 108 }, { 18.50, 55.10, 80 }, { 19.00, 55.90, 92 },
	{ 20.30, 55.80, 62 }, { 20.05, 57.30, 238 }, { 19.40, 56.50, 136 },
	{ 20.60, 56.60, 110 }, { 18.40, 56.20, 46 }, { 19.90, 58.05, 190 },
	{ 21.30, 57.60, 62 }, { 21.20, 58.20, 84 }, { 17.60, 57.15, 108 },
	{ 17.90, 57.95, 188 }, { 17.00, 56.70, 52 }, { 18.25, 58.58, 420 },
	{ 17.20, 58.30, 90 }, { 18.90, 58.30, 120 }, { 23.60, 57.80, 50 },
	{ 22.70, 57.90, 28 }, { 19.80, 58.80, 170 }, { 21.00, 59.00, 160 },
	{ 20.20, 59.35, 150 }, { 22.20, 59.35, 96 }, { 19.00, 59.30, 90 },
	{ 24.00, 59.60, 78 }, { 26.00, 59.85, 66 }, { 28.00, 60.05, 40 },
	{ 19.20, 60.10, 270 }, { 19.10, 60.35, 190 }, { 19.40, 59.80, 130 },
	{ 18.70, 62.60, 190 }, { 19.40, 61.20, 118 }, { 20.20, 61.90, 100 },
	{ 18.30, 61.40, 70 }, { 20.80, 63.50, 22 }, { 20.20, 63.30, 40 },
	{ 22.00, 64.80, 108 }, { 23.40, 65.10, 72 }, { 22.40, 64.30, 60 },
	{ 5.00, 57.20, 66 }, { 6.60, 57.40, 90 }, { 6.00, 56.60, 44 },
};

static bool
inside(const double (*ring)[2], int points, const double at[2])
{
	bool odd = false;
	int i, before = points - 1;

	for (i = 0; i < points; before = i++)
		if ((ring[i][1] > at[1]) != (ring[before][1] > at[1]) &&
		    at[0] < ring[i][0] + (ring[before][0] - ring[i][0]) *
		    (at[1] - ring[i][1]) / (ring[before][1] - ring[i][1]))
			odd = !odd;
	return odd;
}

static bool
cell_of(const double at[2], int *column, int *row)
{
	double x = (at[0] - GRID_WEST) / CELL, y = (at[1] - GRID_SOUTH) / CELL;

	if (!(x >= 0 && y >= 0 && x < COLUMNS && y < ROWS))
		return false;
	*column = (int)x;
	*row = (int)y;
	return true;
}

/* Where outlines overlap, the first basin of the table has the water. */
static void
draw_area(struct waters *waters, int area)
{
	const double (*ring)[2] = demo_basins[area].ring;
	double low[2], high[2], at[2];
	int points, i, column, row, west, south, east, north;

	memcpy(low, ring[0], sizeof low);
	memcpy(high, ring[0], sizeof high);
	for (points = 0; ring[points][1] > 0; points++)
		for (i = 0; i < 2; i++) {
			low[i] = fmin(low[i], ring[points][i]);
			high[i] = fmax(high[i], ring[points][i]);
		}
	if (!cell_of(low, &west, &south) || !cell_of(high, &east, &north))
		return;
	for (row = south; row <= north; row++)
		for (column = west; column <= east; column++) {
			at[0] = GRID_WEST + (column + 0.5) * CELL;
			at[1] = GRID_SOUTH + (row + 0.5) * CELL;
			if (waters->area[row][column] == NO_AREA &&
			    inside(ring, points, at))
				waters->area[row][column] =
				    (unsigned char)area;
		}
}

struct waters *
waters_new(struct edge_err *err)
{
	struct waters *waters = malloc(sizeof *waters);
	int area;

	if (waters == NULL) {
		(void)err_set(err, EDGE_TEMPORARY, "waters: out of memory");
		return NULL;
	}
	waters->sea = sea_new(asset_basemap_region, asset_basemap_region_len,
	    err);
	if (waters->sea == NULL) {
		free(waters);
		return NULL;
	}
	memset(waters->area, NO_AREA, sizeof waters->area);
	for (area = 0; area < AREAS; area++)
		draw_area(waters, area);
	return waters;
}

void
waters_free(struct waters *waters)
{
	if (waters == NULL)
		return;
	sea_free(waters->sea);
	free(waters);
}

const struct sea *
waters_sea(const struct waters *waters)
{
	return waters->sea;
}

int
waters_area(const struct waters *waters, const double at[2])
{
	int column, row;

	return cell_of(at, &column, &row) ? waters->area[row][column] : NO_AREA;
}

/* A number in [0, 1) for each corner of an unseen grid. */
static double
corner(int x, int y)
{
	uint32_t h = (uint32_t)x * 0x8da6b343u ^ (uint32_t)y * 0xd8163841u;

	h = (h ^ (h >> 15)) * 0x2c1b3c6du;
	h = (h ^ (h >> 12)) * 0x297a2d39u;
	return (double)(h >> 8) / 16777216.0;
}

/* Smooth hills between the corners, about 0.5. */
static double
hills(double x, double y)
{
	double fx = x - floor(x), fy = y - floor(y);
	int cx = (int)floor(x), cy = (int)floor(y);
	double south, north;

	fx = fx * fx * (3 - 2 * fx);
	fy = fy * fy * (3 - 2 * fy);
	south = corner(cx, cy) * (1 - fx) + corner(cx + 1, cy) * fx;
	north = corner(cx, cy + 1) * (1 - fx) + corner(cx + 1, cy + 1) * fx;
	return south * (1 - fy) + north * fy;
}

/* The soundings weighted by nearness, shoaling towards land, with some relief
 * of 10 and 3 km on top. */
double
waters_depth_m(const struct waters *waters, const double at[2])
{
	double sum = 0, weights = 0, dx, dy, near, depth, shore;
	size_t i;

	for (i = 0; i < sizeof soundings / sizeof *soundings; i++) {
		dx = (soundings[i][0] - at[0]) * 0.54;
		dy = soundings[i][1] - at[1];
		near = 1 / (dx * dx + dy * dy + 0.004);
		near *= near;
		sum += near * soundings[i][2];
		weights += near;
	}
	depth = sum / weights;
	depth *= 0.8 + 0.28 * hills(at[0] * 5.4, at[1] * 10) +
	    0.12 * hills(at[0] * 18, at[1] * 33);
	shore = sea_clear_km(waters->sea, at[0], at[1]);
	depth *= 1 - 0.75 * exp(-shore / 5);
	return fmax(depth, 6);
}
