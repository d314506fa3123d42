/* The plan: platforms, and their missions over six years, before any track is
 * made. Each platform's time in service is cut into equal slots, one mission
 * somewhere in each, so that no two of its missions overlap. */
#include "demo_parts.h"

#include "sea.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STORY_DAYS 2190
#define MISSIONS_PER_GLIDER 11
#define MISSIONS_PER_SAILBUOY 4
#define GLIDER_MISSIONS_PER_SAILBUOY 80
#define MAX_SLOT_SHARE 0.8 /* of a slot that a mission may fill */

double
dive_seconds(double depth_m, double vertical_speed)
{
	return fmax(900, 2 * depth_m / vertical_speed + 400);
}

static int64_t
days(double count)
{
	return (int64_t)(count * (double)MS_PER_DAY);
}

static bool
make_room(struct fleet *fleet, int platforms, int missions,
    struct edge_err *err)
{
	memset(fleet, 0, sizeof *fleet);
	fleet->platforms = calloc((size_t)platforms, sizeof *fleet->platforms);
	fleet->missions = calloc((size_t)missions, sizeof *fleet->missions);
	if (fleet->platforms == NULL || fleet->missions == NULL) {
		fleet_free(fleet);
		return err_set(err, EDGE_TEMPORARY, "plan: out of memory");
	}
	fleet->platform_count = platforms;
	fleet->mission_count = missions;
	return true;
}

void
fleet_free(struct fleet *fleet)
{
	int i;

	for (i = 0; fleet->platforms && i < fleet->platform_count; i++)
		free(fleet->platforms[i].done);
	free(fleet->platforms);
	free(fleet->missions);
	memset(fleet, 0, sizeof *fleet);
}

/* Longer service, more missions: the whole sum is handed out, rounding down
 * the running total. */
static bool
share_missions(struct fleet *fleet, struct edge_err *err)
{
	struct platform *platform;
	double total = 0, sum = 0;
	int i, given = 0, until;

	for (i = 0; i < fleet->platform_count; i++)
		total += (double)(fleet->platforms[i].last_ms -
		    fleet->platforms[i].first_ms);
	for (i = 0; i < fleet->platform_count; i++) {
		platform = &fleet->platforms[i];
		sum += (double)(platform->last_ms - platform->first_ms);
		until = i + 1 == fleet->platform_count ? fleet->mission_count :
		    (int)(sum / total * fleet->mission_count + 0.5);
		platform->missions = until - given;
		given = until;
		platform->done = calloc((size_t)platform->missions + 1,
		    sizeof *platform->done);
		if (platform->done == NULL)
			return err_set(err, EDGE_TEMPORARY,
			    "plan: out of memory");
	}
	return true;
}

static int
by_upload(const void *a, const void *b)
{
	const struct mission_plan *x = a, *y = b;

	if (x->upload_ms != y->upload_ms)
		return x->upload_ms < y->upload_ms ? -1 : 1;
	return (x->platform > y->platform) - (x->platform < y->platform);
}

static int
choose_site(const struct sites *sites, struct rng *rng)
{
	int area, left, total = 0, count;

	for (area = 0; area < AREAS; area++)
		if (sites->first[area + 1] > sites->first[area])
			total += demo_basins[area].weight;
	left = rng_below(rng, total);
	for (area = 0; area < AREAS; area++) {
		count = sites->first[area + 1] - sites->first[area];
		if (count == 0)
			continue;
		left -= demo_basins[area].weight;
		if (left < 0)
			return sites->first[area] + rng_below(rng, count);
	}
	return sites->count - 1;
}

/* Serials as gliders of two makers have them. 900 … 999 stay free for the
 * documents of demo_dirty.c. */
static void
name_glider(struct platform *platform, int index, int count, bool old_schema,
    struct rng *rng)
{
	int step = count <= 45 ? 90 / (count > 0 ? count : 1) : 1;

	if (index % 11 == 7 && !old_schema) {
		platform->number = 607 + index / 11 * 5;
		(void)snprintf(platform->serial, sizeof platform->serial,
		    "SG%03d", platform->number);
		return;
	}
	platform->number = 44 + index * step + (step > 2 ?
	    rng_below(rng, step - 1) : 0);
	if (platform->number >= 900)
		platform->number += 100;
	(void)snprintf(platform->serial, sizeof platform->serial, "SEA%03d",
	    platform->number);
}

/* The fleet grows: the first three are there from the start, the others join
 * later. Some were lost or retired; of the rest some are at sea now. */
static void
plan_service(struct fleet *fleet, int64_t now_ms, struct rng *rng)
{
	int count = fleet->platform_count, live, silent, i;
	int64_t begin = now_ms - days(STORY_DAYS);
	struct platform *platform;

	live = count < 22 ? (count * 8 + 21) / 22 : 8 + (count - 22) / 40;
	silent = count < 22 ? count * 3 / 22 : 3 + (count - 22) / 60;
	for (i = 0; i < count; i++) {
		platform = &fleet->platforms[i];
		/* 7 shares no factor with the fleets in use: it spreads the
		 * platforms at sea over old and new ones */
		platform->live = i * 7 % count < live;
		platform->silent = !platform->live &&
		    i * 7 % count < live + silent;
		platform->first_ms = begin + (i < 3 ? 0 :
		    days(STORY_DAYS * 0.72 * pow((double)i / count, 1.2) *
		    rng_between(rng, 0.85, 1)));
		platform->last_ms = now_ms;
		if (platform->live || platform->silent)
			continue;
		platform->last_ms -= i % 5 == 4 ?
		    days(rng_between(rng, 0.3, 0.6) * (double)(now_ms -
		    platform->first_ms) / (double)MS_PER_DAY) :
		    days(rng_between(rng, 14, 100));
	}
}

/* Puts a mission of `length_ms` into slot `index` of its platform. */
static void
plan_times(struct mission_plan *plan, const struct platform *platform,
    int index, int64_t length_ms, int64_t now_ms, struct rng *rng)
{
	bool last = index + 1 == platform->missions;
	int64_t slot = (platform->last_ms - platform->first_ms) /
	    platform->missions;
	int64_t longest = (int64_t)((double)slot * MAX_SLOT_SHARE);

	if (length_ms > longest)
		length_ms = longest;
	plan->complete = true;
	if (last && platform->live) {
		plan->end_ms = now_ms - (int64_t)(pow(rng_unit(rng), 2.5) *
		    (double)(9 * MS_PER_HOUR)) - 6 * MS_PER_MINUTE;
		plan->upload_ms = plan->end_ms + 90 * MS_PER_SECOND;
		plan->complete = false;
	} else if (last && platform->silent) {
		plan->end_ms = now_ms - days(rng_between(rng, 2.2, 11));
		plan->upload_ms = plan->end_ms + 20 * MS_PER_MINUTE;
		plan->complete = false;
	} else {
		plan->end_ms = platform->first_ms + index * slot + length_ms +
		    (int64_t)(rng_unit(rng) * (double)(slot - length_ms));
		plan->upload_ms = plan->end_ms + days(rng_between(rng, 2, 13));
		plan->complete = rng_below(rng, 70) != 0;
	}
	plan->start_ms = plan->end_ms - length_ms;
	plan->start_ms -= plan->start_ms % MS_PER_SECOND;
}

static void
plan_platform(struct fleet *fleet, int index, struct mission_plan *plans,
    const struct demo_options *options, const struct sites *sites,
    struct rng *rng)
{
	struct platform *platform = &fleet->platforms[index];
	int i, number = 1 + rng_below(rng, 5);
	double share, dives;

	for (i = 0; i < platform->missions; i++) {
		plans[i].platform = index;
		plans[i].number = number;
		number += rng_below(rng, 12) == 0 ? 2 : 1;
		plans[i].site = choose_site(sites, rng);
		share = 0.93 * exp(0.55 * rng_bell(rng));
		if (platform->live && i + 1 == platform->missions)
			share = fmin(share, 1.4);
		dives = fmax(0.3, fmin(share, 2.3)) * options->profiles / 2;
		plan_times(&plans[i], platform, i, (int64_t)(1000 * dives *
		    dive_seconds(sites->list[plans[i].site].depth_m,
		    MEAN_VERTICAL_SPEED)), options->now_ms, rng);
	}
}

/* One mission in sixty each lacks its basin, or has an empty one. */
static void
forget_basins(struct fleet *fleet)
{
	int i;

	for (i = 0; i < fleet->mission_count; i++) {
		if (!fleet->missions[i].complete)
			continue;
		if (i % 60 == 17)
			fleet->missions[i].basin_field = BASIN_MISSING;
		else if (i % 60 == 31)
			fleet->missions[i].basin_field = BASIN_EMPTY;
		else if (i % 60 == 44)
			fleet->missions[i].basin_field = BASIN_BLANK;
	}
}

bool
demo_plan_gliders(struct fleet *fleet, const struct demo_options *options,
    const struct sites *sites, struct edge_err *err)
{
	int missions = options->missions, planned = 0, i, count;
	struct rng rng;

	count = missions < 22 * MISSIONS_PER_GLIDER ? (missions + 1) / 2 :
	    missions / MISSIONS_PER_GLIDER;
	if (missions < 22 * MISSIONS_PER_GLIDER && count > 22)
		count = 22;
	if (!make_room(fleet, count, missions, err))
		return false;
	rng_seed(&rng, options->seed, RNG_PLATFORMS, 0);
	plan_service(fleet, options->now_ms, &rng);
	if (!share_missions(fleet, err)) {
		fleet_free(fleet);
		return false;
	}
	for (i = 0; i < count; i++) {
		name_glider(&fleet->platforms[i], i, count,
		    options->old_schema, &rng);
		fleet->platforms[i].payload = rng_below(&rng, 5);
	}
	for (i = 0; i < count; i++) {
		rng_seed(&rng, options->seed, RNG_PLAN, (uint64_t)i);
		plan_platform(fleet, i, fleet->missions + planned, options,
		    sites, &rng);
		planned += fleet->platforms[i].missions;
	}
	qsort(fleet->missions, (size_t)missions, sizeof *fleet->missions,
	    by_upload);
	forget_basins(fleet);
	return true;
}

bool
demo_plan_sailbuoys(struct fleet *fleet, const struct demo_options *options,
    const struct sites *sites, struct edge_err *err)
{
	int count = options->missions / GLIDER_MISSIONS_PER_SAILBUOY, i, j;
	struct mission_plan *plan;
	struct platform *platform;
	struct rng rng;

	count = count < 3 ? 3 : count;
	if (!make_room(fleet, count, count * MISSIONS_PER_SAILBUOY, err))
		return false;
	plan = fleet->missions;
	for (i = 0; i < count; i++) {
		rng_seed(&rng, options->seed, RNG_BUOY_PLAN, (uint64_t)i);
		platform = &fleet->platforms[i];
		platform->number = 2301 + i * 3;
		platform->payload = i;
		(void)snprintf(platform->serial, sizeof platform->serial,
		    "SB%d", platform->number);
		platform->live = i * 2 < count + 1;
		platform->first_ms = options->now_ms - days(rng_between(&rng,
		    700, STORY_DAYS * 0.6));
		platform->last_ms = options->now_ms - (platform->live ? 0 :
		    days(rng_between(&rng, 20, 200)));
		platform->missions = MISSIONS_PER_SAILBUOY;
		platform->done = calloc(MISSIONS_PER_SAILBUOY,
		    sizeof *platform->done);
		if (platform->done == NULL) {
			fleet_free(fleet);
			return err_set(err, EDGE_TEMPORARY,
			    "plan: out of memory");
		}
		for (j = 0; j < MISSIONS_PER_SAILBUOY; j++, plan++) {
			plan->platform = i;
			plan->number = j + 1;
			plan->site = choose_site(sites, &rng);
			plan_times(plan, platform, j, days(rng_between(&rng,
			    18, 70) * options->profiles / DEMO_PROFILES),
			    options->now_ms, &rng);
		}
	}
	qsort(fleet->missions, (size_t)fleet->mission_count,
	    sizeof *fleet->missions, by_upload);
	return true;
}
