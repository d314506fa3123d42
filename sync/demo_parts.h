/* demo_parts.h: what the files of the demo share: random numbers, waters,
 * sites, the plan, tracks, the dump being written. Included by sync/demo*.c
 * only. Positions are double[2] {longitude, latitude} in degrees. */
#ifndef EDGE_DEMO_PARTS_H
#define EDGE_DEMO_PARTS_H

#include "demo.h"

#include <bson/bson.h>
#include <stddef.h>
#include <stdio.h>

#define MS_PER_SECOND INT64_C(1000)
#define MS_PER_MINUTE (60 * MS_PER_SECOND)
#define MS_PER_HOUR (60 * MS_PER_MINUTE)
#define MS_PER_DAY (24 * MS_PER_HOUR)

/* --- demo_random.c: xoshiro256**, one stream for each purpose ------------ */

struct rng {
	uint64_t state[4];
};

enum rng_purpose {
	RNG_SITES, RNG_PLATFORMS, RNG_PLAN, RNG_TRACK, RNG_DOCUMENT,
	RNG_BUOY_PLAN, RNG_BUOY_TRACK, RNG_IDS
};

/* Streams of different (purpose, index) are independent of each other, so
 * that a mission does not depend on how many there are. */
void rng_seed(struct rng *rng, uint64_t seed, enum rng_purpose purpose,
    uint64_t index);
uint64_t rng_next(struct rng *rng);
double rng_unit(struct rng *rng);                       /* [0, 1) */
double rng_between(struct rng *rng, double low, double high);
int rng_below(struct rng *rng, int limit);              /* 0 … limit - 1 */
double rng_bell(struct rng *rng);                       /* mean 0, sd 1 */

/* --- demo_basins.c: the waters ------------------------------------------- */

enum {
	BASINS = 18,        /* the named ones, SEA-001 … SEA-018 */
	NORTH_SEA = BASINS, /* an area without a name in the source */
	AREAS,
	NO_AREA = 255
};

struct sea;
struct waters;

extern const struct basin {
	const char *name;     /* NULL: unnamed */
	const char *sea_name; /* as the field of the mission document */
	int weight;           /* of 100 missions, roughly how many go there */
	double ring[24][2];   /* outline, over land too; ends in {0, 0} */
} demo_basins[AREAS];

/* Draws the sea and the demo_basins. The caller ends it with waters_free. */
struct waters *waters_new(struct edge_err *err) MUST_CHECK;
void waters_free(struct waters *waters);
const struct sea *waters_sea(const struct waters *waters);
/* The index into demo_basins[] of the area a position lies in, or NO_AREA. */
int waters_area(const struct waters *waters, const double at[2]);
/* Made-up but plausible depth of the water in metres, at least 6. */
double waters_depth_m(const struct waters *waters, const double at[2]);

/* --- demo_sites.c: where gliders go -------------------------------------- */

#define SITE_POINTS 8
#define SITE_NEIGHBOURS 4

struct site {
	int area;               /* index into demo_basins[] */
	int points;             /* 2 … SITE_POINTS */
	bool loop;              /* round and round, not forth and back */
	double way[SITE_POINTS][2];
	double harbour[2];      /* where gliders set out from; way[0] if none */
	double depth_m;         /* mean along the way */
	int neighbours;         /* sites in other areas, in a straight line */
	int neighbour[SITE_NEIGHBOURS];
};

struct sites {
	int count;
	struct site *list;      /* grouped by area */
	int first[AREAS + 1];   /* index of the first site of each area */
};

/* Fills `sites`; the more missions, the more sites. Ended by sites_free. */
bool sites_make(struct sites *sites, const struct waters *waters,
    uint64_t seed, int missions, struct edge_err *err) MUST_CHECK;
void sites_free(struct sites *sites);

/* The site as one mission's pilots laid it out, a kilometre or two off. */
void site_vary(struct site *site, const struct waters *waters,
    struct rng *rng);

/* Whether a straight line stays `clear_km` from land and inside the area, or,
 * for NO_AREA, inside any. */
bool demo_leg_clear(const struct waters *waters, int area, const double from[2],
    const double to[2], double clear_km);

/* Moves `at` by metres east and north; scatters it by so many on average. */
void demo_move_m(double at[2], double east_m, double north_m);
void demo_scatter_m(double at[2], double metres, struct rng *rng);

/* --- demo_plan.c: who goes where and when -------------------------------- */

enum basin_field { BASIN_NAMED, BASIN_MISSING, BASIN_EMPTY, BASIN_BLANK };

struct platform {
	char serial[16];        /* "SEA063"; of a sailbuoy "SB2301" */
	int number;             /* 63 */
	int payload;            /* which sensors, see demo_documents.c */
	int missions;           /* planned */
	bool live, silent;      /* the last mission is: reporting; lost */
	int64_t first_ms, last_ms; /* in service */

	int *done;              /* mission numbers in order of their start */
	int done_count;
	int64_t profiles, depth_m, seconds;
	double distance_m;
};

struct mission_plan {
	int platform;           /* index into fleet.platforms */
	int number;
	int site;
	int64_t start_ms, end_ms;
	int64_t upload_ms;      /* when the source wrote it last */
	bool complete;
	enum basin_field basin_field;
};

struct fleet {
	int platform_count, mission_count;
	struct platform *platforms;
	struct mission_plan *missions; /* by upload_ms */
};

/* Plan of the gliders, and of the sailbuoys. Ended by fleet_free. */
bool demo_plan_gliders(struct fleet *fleet, const struct demo_options *options,
    const struct sites *sites, struct edge_err *err) MUST_CHECK;
bool demo_plan_sailbuoys(struct fleet *fleet,
    const struct demo_options *options, const struct sites *sites,
    struct edge_err *err) MUST_CHECK;
void fleet_free(struct fleet *fleet);

/* Time one dive (a profile down, one up) takes, from surface to surface. */
double dive_seconds(double depth_m, double vertical_speed);
#define MEAN_VERTICAL_SPEED 0.16 /* m/s */

/* --- demo_track.c: how they get there ------------------------------------ */

struct fix {
	double at[2];      /* NaN, one or both, where a sailbuoy had none */
	int64_t time_ms;
	double depth_m;    /* deepest point of the profile; 0 for a sailbuoy */
	int number;        /* of the profile, from 0, with gaps */
};

/* One mission's track, and what follows from it. */
struct demo_track {
	struct fix *fixes; /* room for `room`, owned by the caller */
	size_t room, count;
	double west, south, east, north;
	double distance_m; /* great circles from fix to fix */
	double depth_sum_m;
	int areas;         /* in `area`, most time first */
	int area[AREAS];   /* named ones only */
};

/* Both fill `track` from plan->start_ms to plan->end_ms, or to its room. */
void demo_track_glider(struct demo_track *track, const struct waters *waters,
    const struct sites *sites, const struct mission_plan *plan,
    struct rng *rng);
void demo_track_sailbuoy(struct demo_track *track, const struct waters *waters,
    const struct sites *sites, const struct mission_plan *plan,
    struct rng *rng);

/* --- demo_dump.c: the files ---------------------------------------------- */

enum demo_collection {
	GLIDERMISSIONS, PROFILES, GLIDERS, SAILBUOYS, SAILBUOYMISSIONS,
	GLIDERSTATS, PIPELINESTATUS, USER, MAILINGLIST, VESSELDATA, LOCATION,
	COLLECTIONS
};

const char *demo_collection_name(enum demo_collection collection);

struct demo_dump_file;

/* Writes documents of all collections; one at a time, in any order. */
struct demo_dump {
	const struct demo_options *options; /* sizes, seed and time filled in */
	struct demo_dump_file *files[COLLECTIONS];
};

bool demo_dump_open(struct demo_dump *dump, const struct demo_options *options,
    struct edge_err *err) MUST_CHECK;
/* Reports what failed while writing, too. Safe after a failed open. */
bool demo_dump_close(struct demo_dump *dump, struct edge_err *err) MUST_CHECK;
bool demo_dump_add(struct demo_dump *dump, enum demo_collection collection,
    const bson_t *document, struct edge_err *err) MUST_CHECK;
/* A new _id: greater than all before it in this collection, and as old as
 * `time_ms` where that order allows. */
void demo_dump_new_id(struct demo_dump *dump, enum demo_collection collection,
    int64_t time_ms, bson_oid_t *id);

/* --- demo_documents.c, demo_stats.c, demo_dirty.c ------------------------- */

/* An int as drivers write it: 32 bits where it fits. */
void demo_append_int(bson_t *document, const char *key, int64_t value);
void demo_append_platform(bson_t *document, const struct demo_dump *dump,
    const struct platform *platform);

bool demo_write_glider_mission(struct demo_dump *dump,
    const struct fleet *gliders, const struct mission_plan *plan,
    const struct demo_track *track, struct edge_err *err) MUST_CHECK;
bool demo_write_sailbuoy_mission(struct demo_dump *dump,
    const struct fleet *buoys, const struct mission_plan *plan,
    const struct demo_track *track, struct edge_err *err) MUST_CHECK;
bool demo_write_platforms(struct demo_dump *dump, const struct fleet *gliders,
    const struct fleet *buoys, struct edge_err *err) MUST_CHECK;
bool demo_write_pipeline(struct demo_dump *dump, const struct fleet *gliders,
    struct edge_err *err) MUST_CHECK;
bool demo_write_private(struct demo_dump *dump, struct edge_err *err)
    MUST_CHECK;

/* Collects what the statistics need while missions are written. */
struct demo_stats;
struct demo_stats *demo_stats_new(int64_t now_ms, struct edge_err *err)
    MUST_CHECK;
void demo_stats_free(struct demo_stats *stats);
void demo_stats_glider(struct demo_stats *stats,
    const struct mission_plan *plan, const struct demo_track *track,
    int64_t data_points);
void demo_stats_sailbuoy(struct demo_stats *stats,
    const struct mission_plan *plan, const struct demo_track *track);
bool demo_stats_write(const struct demo_stats *stats, struct demo_dump *dump,
    struct edge_err *err) MUST_CHECK;
/* The figure the mission document and the statistics both state. */
int64_t demo_data_points(const struct platform *platform,
    const struct demo_track *track);

/* Appends what does not fit, and DIR/dirty.json that lists it. */
bool demo_write_dirty(struct demo_dump *dump, struct edge_err *err) MUST_CHECK;

#endif
