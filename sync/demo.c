#include "demo_parts.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../schema/progress.h"

#define ROOM_SHARE 3      /* no mission has more than 3 times the average */
#define MIN_ROOM 8
#define BUOY_ROOM 4096    /* fixes */

/* Everything the demo holds at once. */
struct demo {
	struct demo_options options;
	struct waters *waters;
	struct sites sites;
	struct fleet gliders, buoys;
	struct demo_track track;   /* of the mission being written */
	struct demo_stats *stats;
	struct demo_dump dump;
	struct progress progress;
};

/* Between two missions. */
static bool
go_on(struct demo *demo, int done, struct edge_err *err)
{
	const struct demo_options *options = &demo->options;

	if (options->stop != NULL && *options->stop)
		return err_set(err, EDGE_TEMPORARY, "demo: stopped; the dump "
		    "in %s is not whole", options->dir);
	progress_tick(&demo->progress, "missions", done, (double)done /
	    demo->gliders.mission_count);
	return true;
}

static bool
fill_options(struct demo_options *options, struct edge_err *err)
{
	struct timespec now;

	if (options->dir == NULL || options->dir[0] == '\0' ||
	    options->missions < 0 || options->profiles < 0)
		return err_set(err, EDGE_USAGE,
		    "demo: needs a directory and sizes above 0");
	if (options->missions == 0)
		options->missions = DEMO_MISSIONS;
	if (options->profiles == 0)
		options->profiles = DEMO_PROFILES;
	if (options->seed == 0)
		options->seed = DEMO_SEED;
	if (options->now_ms == 0) {
		(void)clock_gettime(CLOCK_REALTIME, &now);
		options->now_ms = (int64_t)now.tv_sec * 1000;
	}
	if (options->missions > 1000000 || options->profiles > 100000)
		return err_set(err, EDGE_USAGE,
		    "demo: at most 1000000 missions of 100000 profiles");
	return true;
}

static bool
make_room(struct demo_track *track, const struct demo_options *options,
    struct edge_err *err)
{
	size_t room = (size_t)options->profiles * ROOM_SHARE + MIN_ROOM;

	track->room = room < BUOY_ROOM ? BUOY_ROOM : room;
	track->fixes = calloc(track->room, sizeof *track->fixes);
	if (track->fixes == NULL)
		return err_set(err, EDGE_TEMPORARY, "demo: out of memory");
	return true;
}

static void
add_to_platform(struct platform *platform, const struct mission_plan *plan,
    const struct demo_track *track)
{
	platform->done[platform->done_count++] = plan->number;
	platform->profiles += (int64_t)track->count;
	platform->depth_m += (int64_t)(track->depth_sum_m + 0.5);
	platform->distance_m += track->distance_m;
	if (track->count > 0)
		platform->seconds += (track->fixes[track->count - 1].time_ms -
		    track->fixes[0].time_ms) / 1000;
}

static bool
write_gliders(struct demo *demo, struct edge_err *err)
{
	struct platform *platform;
	struct mission_plan *plan;
	struct rng rng;
	int i;

	demo->track.room = (size_t)demo->options.profiles * ROOM_SHARE +
	    MIN_ROOM;
	for (i = 0; i < demo->gliders.mission_count; i++) {
		plan = &demo->gliders.missions[i];
		platform = &demo->gliders.platforms[plan->platform];
		rng_seed(&rng, demo->options.seed, RNG_TRACK, (uint64_t)
		    plan->platform << 32 | (uint64_t)plan->number);
		demo_track_glider(&demo->track, demo->waters, &demo->sites,
		    plan, &rng);
		if (!go_on(demo, i, err) ||
		    !demo_write_glider_mission(&demo->dump, &demo->gliders,
		    plan, &demo->track, err))
			return false;
		add_to_platform(platform, plan, &demo->track);
		demo_stats_glider(demo->stats, plan, &demo->track,
		    demo_data_points(platform, &demo->track));
	}
	return true;
}

static bool
write_sailbuoys(struct demo *demo, struct edge_err *err)
{
	struct mission_plan *plan;
	struct rng rng;
	int i;

	demo->track.room = BUOY_ROOM;
	for (i = 0; i < demo->buoys.mission_count; i++) {
		plan = &demo->buoys.missions[i];
		rng_seed(&rng, demo->options.seed, RNG_BUOY_TRACK, (uint64_t)
		    plan->platform << 32 | (uint64_t)plan->number);
		demo_track_sailbuoy(&demo->track, demo->waters, &demo->sites,
		    plan, &rng);
		if (!demo_write_sailbuoy_mission(&demo->dump, &demo->buoys,
		    plan, &demo->track, err))
			return false;
		add_to_platform(&demo->buoys.platforms[plan->platform], plan,
		    &demo->track);
		demo_stats_sailbuoy(demo->stats, plan, &demo->track);
	}
	return true;
}

static bool
prepare(struct demo *demo, struct edge_err *err)
{
	const struct demo_options *options = &demo->options;

	demo->waters = waters_new(err);
	if (demo->waters == NULL)
		return false;
	demo->stats = demo_stats_new(options->now_ms, err);
	if (demo->stats == NULL)
		return false;
	return sites_make(&demo->sites, demo->waters, options->seed,
	    options->missions, err) &&
	    demo_plan_gliders(&demo->gliders, options, &demo->sites, err) &&
	    demo_plan_sailbuoys(&demo->buoys, options, &demo->sites, err) &&
	    make_room(&demo->track, options, err) &&
	    demo_dump_open(&demo->dump, options, err);
}

bool
demo_write(const struct demo_options *options, struct edge_err *err)
{
	struct demo demo;
	bool ok;

	memset(&demo, 0, sizeof demo);
	demo.options = *options;
	progress_start(&demo.progress);
	if (!fill_options(&demo.options, err))
		return false;
	ok = prepare(&demo, err) && write_gliders(&demo, err) &&
	    write_sailbuoys(&demo, err) &&
	    demo_write_platforms(&demo.dump, &demo.gliders, &demo.buoys, err) &&
	    demo_stats_write(demo.stats, &demo.dump, err) &&
	    demo_write_pipeline(&demo.dump, &demo.gliders, err) &&
	    demo_write_private(&demo.dump, err) &&
	    (!demo.options.dirty || demo_write_dirty(&demo.dump, err));
	progress_end(&demo.progress);
	if (!demo_dump_close(&demo.dump, ok ? err : NULL))
		ok = false;
	free(demo.track.fixes);
	demo_stats_free(demo.stats);
	fleet_free(&demo.gliders);
	fleet_free(&demo.buoys);
	sites_free(&demo.sites);
	waters_free(demo.waters);
	return ok;
}
