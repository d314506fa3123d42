/* Sites: the transects, zig-zags, boxes and stations that missions return to
 * year after year, laid so that every leg stays in its basin and off shore. */
#include "demo_parts.h"

#include "sea.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define METRES_PER_DEGREE 111195.0
#define LEG_CLEAR_KM 2.25      /* legs; gliders drift, and keep 1.5 */
#define NEIGHBOUR_KM 110.0     /* a transit of four days */
#define TRIES 4000
#define HARBOUR_KM 45.0        /* how far out a site is, at most */

/* Shapes within a square of side 1 about the origin; a loop comes back to its
 * start, the others turn round at the end. */
static const struct shape {
	int weight;
	bool loop;
	double low_km, high_km; /* length of the side */
	int points;
	double at[SITE_POINTS][2];
} shapes[] = {
	{ 26, false, 35, 110, 2, { { -.5, 0 }, { .5, 0 } } },
	{ 22, false, 40, 100, 6, { { -.5, -.14 }, { -.3, .14 }, { -.1, -.14 },
	    { .1, .14 }, { .3, -.14 }, { .5, .14 } } },
	{ 14, false, 30, 60, 8, { { -.5, -.24 }, { .5, -.24 }, { .5, -.08 },
	    { -.5, -.08 }, { -.5, .08 }, { .5, .08 }, { .5, .24 },
	    { -.5, .24 } } },
	{ 12, true, 18, 50, 4, { { -.5, -.3 }, { .5, -.3 }, { .5, .3 },
	    { -.5, .3 } } },
	{ 10, true, 20, 50, 4, { { -.5, -.35 }, { .5, .35 }, { .5, -.35 },
	    { -.5, .35 } } },
	{ 10, true, 18, 50, 3, { { -.5, -.4 }, { .5, -.3 }, { 0, .45 } } },
	{ 6, true, 3, 6, 3, { { -.5, -.4 }, { .5, -.3 }, { 0, .45 } } },
};

void
demo_move_m(double at[2], double east_m, double north_m)
{
	at[0] += east_m / (METRES_PER_DEGREE * cos(at[1] * (M_PI / 180)));
	at[1] += north_m / METRES_PER_DEGREE;
}

void
demo_scatter_m(double at[2], double metres, struct rng *rng)
{
	/* one after the other: compilers differ in the order of arguments */
	double east_m = metres * rng_bell(rng);
	double north_m = metres * rng_bell(rng);

	demo_move_m(at, east_m, north_m);
}

static const struct shape *
choose_shape(struct rng *rng)
{
	int left = rng_below(rng, 100);
	size_t i;

	for (i = 0; left >= shapes[i].weight; i++)
		left -= shapes[i].weight;
	return &shapes[i];
}

/* Well inside the area and off shore, the neighbourhood too. */
static bool
good_point(const struct waters *waters, int area, const double at[2])
{
	static const double around[][2] = { { 0, 0 }, { 1, 0 }, { -1, 0 },
	    { 0, 1 }, { 0, -1 }, { .7, .7 }, { -.7, .7 }, { .7, -.7 },
	    { -.7, -.7 } };
	double near[2];
	size_t i;

	if (sea_clear_km(waters_sea(waters), at[0], at[1]) < LEG_CLEAR_KM)
		return false;
	for (i = 0; i < sizeof around / sizeof *around; i++) {
		memcpy(near, at, sizeof near);
		demo_move_m(near, 4000 * around[i][0], 4000 * around[i][1]);
		if (waters_area(waters, near) != area)
			return false;
	}
	return true;
}

bool
demo_leg_clear(const struct waters *waters, int area, const double from[2],
    const double to[2], double clear_km)
{
	int i, parts, here;
	double at[2];

	if (!sea_segment(waters_sea(waters), from, to, clear_km))
		return false;
	parts = 1 + (int)(sea_distance_m(from, to) / 1500);
	for (i = 0; i <= parts; i++) {
		at[0] = from[0] + (to[0] - from[0]) * i / parts;
		at[1] = from[1] + (to[1] - from[1]) * i / parts;
		here = waters_area(waters, at);
		if (area == NO_AREA ? here == NO_AREA : here != area)
			return false;
	}
	return true;
}

static bool
good_leg(const struct waters *waters, int area, const double from[2],
    const double to[2])
{
	return demo_leg_clear(waters, area, from, to, LEG_CLEAR_KM);
}

static void
point_in_box(struct rng *rng, const double (*ring)[2], double at[2])
{
	double low[2] = { 180, 90 }, high[2] = { -180, -90 };
	int i, axis;

	for (i = 0; ring[i][1] > 0; i++)
		for (axis = 0; axis < 2; axis++) {
			low[axis] = fmin(low[axis], ring[i][axis]);
			high[axis] = fmax(high[axis], ring[i][axis]);
		}
	for (axis = 0; axis < 2; axis++)
		at[axis] = rng_between(rng, low[axis], high[axis]);
}

static bool
lay(struct site *site, const struct waters *waters, const struct shape *shape,
    const double centre[2], double side_m, double turned)
{
	double x, y, depth = 0, middle[2];
	int i, next, legs;

	site->points = shape->points;
	site->loop = shape->loop;
	for (i = 0; i < shape->points; i++) {
		x = shape->at[i][0] * side_m;
		y = shape->at[i][1] * side_m;
		memcpy(site->way[i], centre, sizeof site->way[i]);
		demo_move_m(site->way[i], x * cos(turned) - y * sin(turned),
		    x * sin(turned) + y * cos(turned));
		if (!good_point(waters, site->area, site->way[i]))
			return false;
	}
	legs = shape->loop ? shape->points : shape->points - 1;
	for (i = 0; i < legs; i++) {
		next = (i + 1) % shape->points;
		if (!good_leg(waters, site->area, site->way[i],
		    site->way[next]))
			return false;
		middle[0] = (site->way[i][0] + site->way[next][0]) / 2;
		middle[1] = (site->way[i][1] + site->way[next][1]) / 2;
		depth += waters_depth_m(waters, middle) +
		    waters_depth_m(waters, site->way[i]);
	}
	site->depth_m = depth / (2 * legs);
	return true;
}

/* Shrinks the shape the longer no place is found for it. False when the area
 * is too narrow even for a station. */
static bool
find_site(struct site *site, const struct waters *waters, struct rng *rng)
{
	const struct shape *shape = choose_shape(rng);
	double centre[2], side;
	int try;

	for (try = 0; try < TRIES; try++) {
		point_in_box(rng, demo_basins[site->area].ring, centre);
		if (waters_area(waters, centre) != site->area)
			continue;
		side = rng_between(rng, shape->low_km, shape->high_km);
		side = fmax(2, side * (1 - (double)try / TRIES));
		if (lay(site, waters, shape, centre, side * 1000,
		    rng_between(rng, 0, 2 * M_PI)))
			return true;
	}
	return false;
}

static int
wanted_sites(int area, int missions)
{
	int weight = demo_basins[area].weight, many = 1 + missions / 2400;

	if (many > 8)
		many = 8;
	return many * (weight >= 14 ? 10 : weight >= 7 ? 6 :
	    weight >= 3 ? 4 : 2);
}

static void
find_neighbours(struct sites *sites, int index, const struct waters *waters,
    struct rng *rng)
{
	struct site *site = &sites->list[index], *other;
	int i, offset = rng_below(rng, sites->count);

	for (i = 0; i < sites->count; i++) {
		other = &sites->list[(i + offset) % sites->count];
		if (other->area == site->area ||
		    site->neighbours == SITE_NEIGHBOURS)
			continue;
		if (sea_distance_m(site->way[0], other->way[0]) <
		    NEIGHBOUR_KM * 1000 &&
		    good_leg(waters, NO_AREA, site->way[0], other->way[0]))
			site->neighbour[site->neighbours++] =
			    (int)(other - sites->list);
	}
}

/* Gliders are put to sea from a small boat: somewhere near the coast from
 * where the site lies in a straight line. */
static void
find_harbour(struct site *site, const struct waters *waters, struct rng *rng)
{
	double angle, away_m, clear;
	int try;

	memcpy(site->harbour, site->way[0], sizeof site->harbour);
	for (try = 0; try < 400; try++) {
		angle = rng_between(rng, 0, 2 * M_PI);
		away_m = 1000 * rng_between(rng, 5, HARBOUR_KM);
		memcpy(site->harbour, site->way[0], sizeof site->harbour);
		demo_move_m(site->harbour, away_m * cos(angle),
		    away_m * sin(angle));
		clear = sea_clear_km(waters_sea(waters), site->harbour[0],
		    site->harbour[1]);
		if (clear < 5 && good_leg(waters, NO_AREA, site->harbour,
		    site->way[0]))
			return;
	}
	memcpy(site->harbour, site->way[0], sizeof site->harbour);
}

void
site_vary(struct site *site, const struct waters *waters, struct rng *rng)
{
	struct site varied = *site;
	double east = 1500 * rng_bell(rng);
	double north = 1500 * rng_bell(rng);
	int i, legs = site->loop ? site->points : site->points - 1;

	for (i = 0; i < site->points; i++) {
		demo_move_m(varied.way[i], east, north);
		demo_scatter_m(varied.way[i], 600, rng);
	}
	for (i = 0; i < legs; i++)
		if (!good_leg(waters, site->area, varied.way[i],
		    varied.way[(i + 1) % site->points]))
			return;
	*site = varied;
}

bool
sites_make(struct sites *sites, const struct waters *waters, uint64_t seed,
    int missions, struct edge_err *err)
{
	struct site site;
	struct rng rng;
	int area, i, most = 0;

	memset(sites, 0, sizeof *sites);
	for (area = 0; area < AREAS; area++)
		most += wanted_sites(area, missions);
	sites->list = calloc((size_t)most, sizeof *sites->list);
	if (sites->list == NULL)
		return err_set(err, EDGE_TEMPORARY, "sites: out of memory");
	for (area = 0; area < AREAS; area++) {
		sites->first[area] = sites->count;
		for (i = 0; i < wanted_sites(area, missions); i++) {
			rng_seed(&rng, seed, RNG_SITES,
			    (uint64_t)(area * 1000 + i));
			memset(&site, 0, sizeof site);
			site.area = area;
			if (find_site(&site, waters, &rng))
				sites->list[sites->count++] = site;
		}
	}
	sites->first[AREAS] = sites->count;
	if (sites->count == 0)
		return err_set(err, EDGE_FAILED, "sites: no sea on the map");
	rng_seed(&rng, seed, RNG_SITES, UINT64_MAX);
	for (i = 0; i < sites->count; i++) {
		find_neighbours(sites, i, waters, &rng);
		find_harbour(&sites->list[i], waters, &rng);
	}
	return true;
}

void
sites_free(struct sites *sites)
{
	free(sites->list);
	memset(sites, 0, sizeof *sites);
}
