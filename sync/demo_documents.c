/* The documents of the demo, with the fields and types of the real source and
 * some that edge never needs. All names in here are made up. */
#include "demo_parts.h"

#include <math.h>
#include <string.h>

#define PIPELINE_DAYS 330 /* missions ended since then have a status */

static const char *const glider_names[] = {
	"Skarven", "Havsulan", "Tumlaren", "Ejdern", "Silltruten", "Torsken",
	"Strömmingen", "Alfågeln", "Vikaren", "Kustsnäppan", "Ostvind",
	"Dyningen", "Brisen", "Sälgen", "Lommen", "Tärnan", "Svärtan",
	"Tordmulen", "Nordan", "Gråtruten", "Knölvalen", "Piggvaren",
	"Sjöhästen", "Lotsen", "Fyren", "Bojan", "Vågen", "Marulken",
	"Havsörnen", "Rödspättan",
};

static const struct {
	const char *name, *url; /* NULL: the field is missing */
} projects[] = {
	{ "Baltic Ocean Watch", "https://example.org/baltic-ocean-watch" },
	{ "Skagerrak Gateway", "https://example.org/skagerrak-gateway" },
	{ "Deep Water Oxygen", "https://example.org/deep-water-oxygen" },
	{ "Isens återkomst", "https://example.org/isens-aterkomst" },
	{ "Student course", NULL },
};

static const char *const comments[] = {
	"Delayed two days by ice in the harbour.",
	"Altimeter replaced before deployment.",
	"Turbidity sensor fouled during the last week.",
	"Recovered early ahead of a storm.",
	"Shallow dives only: shipping lane within 5 km of the transect.",
	"Compass recalibrated at sea.\nHeadings before day 3 are poor.",
};

static const char *const sensors[] = {
	"temperature", "salinity", "oxygen_concentration", "chlorophyll",
	"turbidity", "cdom", "phycocyanin", "backscatter", "nitrate", "par",
	"adcp", "methane", "pam",
};

/* Which sensors each payload carries, in the order the source lists them. */
static const signed char payloads[][11] = {
	{ 0, 1, 2, 3, 4, 5, -1 },
	{ 0, 1, 2, 3, 6, 4, -1 },
	{ 2, 0, 1, 7, 10, -1 },
	{ 0, 1, 2, 3, 8, 9, 4, 5, -1 },
	{ 0, 1, 2, 12, -1 },
	{ 0, 1, 2, 3, 4, 5, 6, 9, 10, 11, -1 },
};

static const signed char buoy_payload[] = { 0, 1, 2, 3, 4, -1 };

void
demo_append_int(bson_t *document, const char *key, int64_t value)
{
	if (value >= INT32_MIN && value <= INT32_MAX)
		BSON_APPEND_INT32(document, key, (int32_t)value);
	else
		BSON_APPEND_INT64(document, key, value);
}

void
demo_append_platform(bson_t *document, const struct demo_dump *dump,
    const struct platform *platform)
{
	if (dump->options->old_schema)
		BSON_APPEND_INT32(document, "glider", platform->number);
	else
		BSON_APPEND_UTF8(document, "platform_serial",
		    platform->serial);
}

static const signed char *
payload_of(const struct platform *platform)
{
	return payloads[(size_t)platform->payload %
	    (sizeof payloads / sizeof *payloads)];
}

int64_t
demo_data_points(const struct platform *platform,
    const struct demo_track *track)
{
	int count;

	for (count = 0; payload_of(platform)[count] >= 0; count++)
		;
	return (int64_t)(track->depth_sum_m * 2.6) * count +
	    (int64_t)track->count * 40;
}

static void
append_strings(bson_t *document, const char *key, const signed char *which)
{
	const char *digits;
	char room[16];
	bson_t list;
	uint32_t i;

	BSON_APPEND_ARRAY_BEGIN(document, key, &list);
	for (i = 0; which[i] >= 0; i++) {
		(void)bson_uint32_to_string(i, &digits, room, sizeof room);
		BSON_APPEND_UTF8(&list, digits, sensors[which[i]]);
	}
	bson_append_array_end(document, &list);
}

static void
append_ints(bson_t *document, const char *key, const int *values, int count)
{
	const char *digits;
	char room[16];
	bson_t list;
	int i;

	BSON_APPEND_ARRAY_BEGIN(document, key, &list);
	for (i = 0; i < count; i++) {
		(void)bson_uint32_to_string((uint32_t)i, &digits, room,
		    sizeof room);
		BSON_APPEND_INT32(&list, digits, values[i]);
	}
	bson_append_array_end(document, &list);
}

static void
append_basin(bson_t *document, const struct mission_plan *plan,
    const struct demo_track *track)
{
	char names[512] = " ";
	size_t used = 0;
	int i;

	for (i = 0; i < track->areas; i++)
		used += (size_t)snprintf(names + used, sizeof names - used,
		    "%s%s", i ? ", " : "", demo_basins[track->area[i]].name);
	if (plan->basin_field == BASIN_EMPTY)
		names[0] = '\0';
	else if (plan->basin_field == BASIN_BLANK)
		(void)strcpy(names, " ");
	if (plan->basin_field != BASIN_MISSING)
		BSON_APPEND_UTF8(document, "basin", names);
}

/* The writing process of the source sets the date once, when it starts: here
 * on Mondays. */
static int64_t
writer_started(int64_t upload_ms)
{
	return upload_ms - (upload_ms - 4 * MS_PER_DAY) % (7 * MS_PER_DAY);
}

static void
append_project(bson_t *document, int area, struct rng *rng)
{
	int which = rng_below(rng, 10);

	if (which == 0)
		which = 4;
	else if (area >= 14 && area <= 16)
		which = 3;
	else if (area == 17 || area == 0 || area == NORTH_SEA)
		which = which < 8 ? 1 : 0;
	else
		which = which < 7 ? 0 : 2;
	BSON_APPEND_UTF8(document, "project", projects[which].name);
	if (projects[which].url != NULL)
		BSON_APPEND_UTF8(document, "project_url", projects[which].url);
}

/* What both kinds of mission state alike. */
static void
append_mission(bson_t *document, const struct mission_plan *plan,
    const struct demo_track *track)
{
	int64_t end = track->count ?
	    track->fixes[track->count - 1].time_ms : plan->start_ms;

	BSON_APPEND_DATE_TIME(document, "start", track->count ?
	    track->fixes[0].time_ms : plan->start_ms);
	BSON_APPEND_DATE_TIME(document, "end", end);
	BSON_APPEND_DOUBLE(document, "lat_min", track->south);
	BSON_APPEND_DOUBLE(document, "lat_max", track->north);
	BSON_APPEND_DOUBLE(document, "lon_min", track->west);
	BSON_APPEND_DOUBLE(document, "lon_max", track->east);
	BSON_APPEND_UTF8(document, "sea_name",
	    demo_basins[track->areas ? track->area[0] : NORTH_SEA].sea_name);
	append_basin(document, plan, track);
}

static bool
write_profile(struct demo_dump *dump, const struct platform *platform,
    const struct mission_plan *plan, const struct fix *fix, bson_t *document,
    bson_oid_t *id, struct edge_err *err)
{
	demo_dump_new_id(dump, PROFILES, plan->upload_ms, id);
	bson_reinit(document);
	BSON_APPEND_OID(document, "_id", id);
	BSON_APPEND_INT32(document, "number", fix->number);
	BSON_APPEND_INT32(document, "mission", plan->number);
	demo_append_platform(document, dump, platform);
	BSON_APPEND_DOUBLE(document, "lon", fix->at[0]);
	BSON_APPEND_DOUBLE(document, "lat", fix->at[1]);
	BSON_APPEND_DATE_TIME(document, "time", fix->time_ms);
	BSON_APPEND_DOUBLE(document, "max_depth", fix->depth_m);
	return demo_dump_add(dump, PROFILES, document, err);
}

/* Writes the profiles and gathers the two lists the mission keeps of them. */
static bool
write_profiles(struct demo_dump *dump, const struct platform *platform,
    const struct mission_plan *plan, const struct demo_track *track,
    bson_t *names, bson_t *ids, struct edge_err *err)
{
	bson_t document = BSON_INITIALIZER;
	const char *key;
	char room[16], name[16];
	bson_oid_t id;
	uint32_t i;
	bool ok = true;

	for (i = 0; ok && i < track->count; i++) {
		ok = write_profile(dump, platform, plan, &track->fixes[i],
		    &document, &id, err);
		(void)bson_uint32_to_string(i, &key, room, sizeof room);
		(void)snprintf(name, sizeof name, "%d",
		    track->fixes[i].number + 1);
		BSON_APPEND_UTF8(names, key, name);
		BSON_APPEND_OID(ids, key, &id);
	}
	bson_destroy(&document);
	return ok;
}

/* The macro for text takes its argument twice: it must be a variable. */
static void
append_comment(bson_t *document, struct rng *rng)
{
	const char *comment = comments[rng_below(rng,
	    (int)(sizeof comments / sizeof *comments))];

	if (rng_below(rng, 6) == 0)
		BSON_APPEND_UTF8(document, "comment", comment);
}

static void
append_glider_rest(bson_t *document, const struct platform *platform,
    const struct mission_plan *plan, const struct demo_track *track,
    struct rng *rng)
{
	demo_append_int(document, "wmo_id", 6801000 + platform->number);
	BSON_APPEND_BOOL(document, "is_complete", plan->complete);
	BSON_APPEND_DATE_TIME(document, "last_modified",
	    writer_started(plan->upload_ms));
	demo_append_int(document, "total_profiles", (int64_t)track->count);
	demo_append_int(document, "total_depth", llround(track->depth_sum_m));
	BSON_APPEND_DOUBLE(document, "total_distance_m", track->distance_m);
	demo_append_int(document, "total_data_points",
	    demo_data_points(platform, track));
	append_strings(document, "variables", payload_of(platform));
	append_project(document, track->areas ? track->area[0] : NORTH_SEA,
	    rng);
}

bool
demo_write_glider_mission(struct demo_dump *dump, const struct fleet *gliders,
    const struct mission_plan *plan, const struct demo_track *track,
    struct edge_err *err)
{
	const struct platform *platform = &gliders->platforms[plan->platform];
	bson_t names = BSON_INITIALIZER, ids = BSON_INITIALIZER;
	bson_t document = BSON_INITIALIZER;
	struct rng rng;
	bson_oid_t id;
	bool ok;

	rng_seed(&rng, dump->options->seed, RNG_DOCUMENT, (uint64_t)
	    plan->platform << 32 | (uint64_t)plan->number);
	ok = write_profiles(dump, platform, plan, track, &names, &ids, err);
	demo_dump_new_id(dump, GLIDERMISSIONS, plan->upload_ms +
	    (int64_t)track->count / 2 + 1500, &id);
	BSON_APPEND_OID(&document, "_id", &id);
	BSON_APPEND_INT32(&document, "mission", plan->number);
	demo_append_platform(&document, dump, platform);
	append_mission(&document, plan, track);
	append_glider_rest(&document, platform, plan, track, &rng);
	BSON_APPEND_ARRAY(&document, "profiles", &names);
	BSON_APPEND_ARRAY(&document, "profile_ids", &ids);
	append_comment(&document, &rng);
	BSON_APPEND_UTF8(&document, "processing_version", "never-needed 1.4");
	BSON_APPEND_INT32(&document, "revision", 1 + rng_below(&rng, 9));
	ok = ok && demo_dump_add(dump, GLIDERMISSIONS, &document, err);
	bson_destroy(&document);
	bson_destroy(&names);
	bson_destroy(&ids);
	return ok;
}

static void
append_coordinates(bson_t *document, const char *key,
    const struct demo_track *track, int axis)
{
	const char *digits;
	char room[16];
	bson_t list;
	uint32_t i;

	BSON_APPEND_ARRAY_BEGIN(document, key, &list);
	for (i = 0; i < track->count; i++) {
		(void)bson_uint32_to_string(i, &digits, room, sizeof room);
		BSON_APPEND_DOUBLE(&list, digits, track->fixes[i].at[axis]);
	}
	bson_append_array_end(document, &list);
}

bool
demo_write_sailbuoy_mission(struct demo_dump *dump, const struct fleet *buoys,
    const struct mission_plan *plan, const struct demo_track *track,
    struct edge_err *err)
{
	const struct platform *platform = &buoys->platforms[plan->platform];
	bson_t document = BSON_INITIALIZER;
	struct rng rng;
	bson_oid_t id;
	bool ok;

	rng_seed(&rng, dump->options->seed, RNG_DOCUMENT, UINT64_C(1) << 63 |
	    (uint64_t)plan->platform << 32 | (uint64_t)plan->number);
	demo_dump_new_id(dump, SAILBUOYMISSIONS, plan->upload_ms, &id);
	BSON_APPEND_OID(&document, "_id", &id);
	BSON_APPEND_INT32(&document, "mission", plan->number);
	BSON_APPEND_INT32(&document, "sailbuoy", platform->number);
	append_mission(&document, plan, track);
	BSON_APPEND_INT32(&document, "wmo_id", 0);
	BSON_APPEND_BOOL(&document, "is_complete", plan->complete);
	BSON_APPEND_DATE_TIME(&document, "last_modified",
	    writer_started(plan->upload_ms));
	BSON_APPEND_DOUBLE(&document, "total_distance_m", track->distance_m);
	append_strings(&document, "variables", buoy_payload);
	append_project(&document, track->areas ? track->area[0] : NORTH_SEA,
	    &rng);
	append_coordinates(&document, "lon", track, 0);
	append_coordinates(&document, "lat", track, 1);
	ok = demo_dump_add(dump, SAILBUOYMISSIONS, &document, err);
	bson_destroy(&document);
	return ok;
}

/* Boats that come after the names run out are the second of their name. */
static void
append_name(bson_t *document, int index)
{
	int names = (int)(sizeof glider_names / sizeof *glider_names);
	char name[64];

	if (index < names)
		(void)snprintf(name, sizeof name, "%s", glider_names[index]);
	else
		(void)snprintf(name, sizeof name, "%s %d",
		    glider_names[index % names], index / names + 1);
	BSON_APPEND_UTF8(document, "name", name);
}

static void
glider_document(bson_t *document, const struct demo_dump *dump,
    const struct platform *platform, int index)
{
	demo_append_platform(document, dump, platform);
	append_name(document, index);
	append_ints(document, "missions", platform->done,
	    platform->done_count);
	demo_append_int(document, "total_profiles", platform->profiles);
	demo_append_int(document, "total_seconds", platform->seconds);
	demo_append_int(document, "total_depth", platform->depth_m);
}

static void
sailbuoy_document(bson_t *document, const struct platform *platform)
{
	BSON_APPEND_INT32(document, "sailbuoy", platform->number);
	append_ints(document, "missions", platform->done,
	    platform->done_count);
	demo_append_int(document, "total_seconds", platform->seconds);
	BSON_APPEND_DOUBLE(document, "total_dist", platform->distance_m);
}

bool
demo_write_platforms(struct demo_dump *dump, const struct fleet *gliders,
    const struct fleet *buoys, struct edge_err *err)
{
	const struct fleet *const fleets[] = { gliders, buoys };
	bson_t document = BSON_INITIALIZER;
	enum demo_collection into;
	bson_oid_t id;
	bool ok = true;
	int kind, i;

	for (kind = 0; kind < 2; kind++) {
		into = kind == 0 ? GLIDERS : SAILBUOYS;
		for (i = 0; ok && i < fleets[kind]->platform_count; i++) {
			if (fleets[kind]->platforms[i].done_count == 0)
				continue;
			demo_dump_new_id(dump, into,
			    fleets[kind]->platforms[i].first_ms, &id);
			bson_reinit(&document);
			BSON_APPEND_OID(&document, "_id", &id);
			if (kind == 0)
				glider_document(&document, dump,
				    &gliders->platforms[i], i);
			else
				sailbuoy_document(&document,
				    &buoys->platforms[i]);
			ok = demo_dump_add(dump, into, &document, err);
		}
	}
	bson_destroy(&document);
	return ok;
}

/* How far a mission's data has come through the source's pipeline. */
static void
pipeline_document(bson_t *document, const struct platform *platform,
    const struct mission_plan *plan, int profiles)
{
	const int64_t never = 111; /* the source's default: 1970, 0.111 s */
	bool nrt = plan->number % 7 != 3, complete = plan->complete;
	int64_t late = plan->upload_ms - 40 * MS_PER_MINUTE;

	if (late < plan->end_ms)
		late = plan->end_ms;
	BSON_APPEND_INT32(document, "mission", plan->number);
	BSON_APPEND_UTF8(document, "platform_serial", platform->serial);
	BSON_APPEND_BOOL(document, "yml", plan->number % 9 != 4);
	BSON_APPEND_DATE_TIME(document, "yml_time",
	    plan->start_ms - 5 * MS_PER_HOUR);
	BSON_APPEND_INT32(document, "nrt_profiles", profiles / 2);
	BSON_APPEND_DATE_TIME(document, "nrt_profiles_mtime", plan->end_ms);
	BSON_APPEND_BOOL(document, "nrt_proc", nrt);
	BSON_APPEND_DATE_TIME(document, "nrt_proc_mtime", nrt ?
	    plan->end_ms + 30 * MS_PER_SECOND : never);
	BSON_APPEND_BOOL(document, "nrt_plots", nrt);
	BSON_APPEND_DATE_TIME(document, "nrt_plots_mtime", nrt ?
	    plan->end_ms + 80 * MS_PER_SECOND : never);
	BSON_APPEND_INT32(document, "complete_profiles",
	    complete ? profiles : 0);
	BSON_APPEND_DATE_TIME(document, "complete_profiles_mtime",
	    complete ? late : never);
	BSON_APPEND_BOOL(document, "complete_proc", complete);
	BSON_APPEND_DATE_TIME(document, "complete_proc_mtime",
	    complete ? late + 12 * MS_PER_MINUTE : never);
	BSON_APPEND_BOOL(document, "complete_plots", complete);
	BSON_APPEND_DATE_TIME(document, "complete_plots_mtime",
	    complete ? late + 25 * MS_PER_MINUTE : never);
	BSON_APPEND_BOOL(document, "up", nrt || complete);
}

bool
demo_write_pipeline(struct demo_dump *dump, const struct fleet *gliders,
    struct edge_err *err)
{
	int64_t since = dump->options->now_ms - PIPELINE_DAYS * MS_PER_DAY;
	bson_t document = BSON_INITIALIZER;
	const struct mission_plan *plan;
	bson_oid_t id;
	bool ok = true;
	int i;

	for (i = 0; ok && i < gliders->mission_count; i++) {
		plan = &gliders->missions[i];
		if (plan->end_ms < since)
			continue;
		demo_dump_new_id(dump, PIPELINESTATUS, plan->upload_ms, &id);
		bson_reinit(&document);
		BSON_APPEND_OID(&document, "_id", &id);
		pipeline_document(&document,
		    &gliders->platforms[plan->platform], plan,
		    dump->options->profiles);
		ok = demo_dump_add(dump, PIPELINESTATUS, &document, err);
	}
	bson_destroy(&document);
	return ok;
}

/* Collections that nothing may ever read: a word from one of them anywhere
 * else is proof that something did. */
bool
demo_write_private(struct demo_dump *dump, struct edge_err *err)
{
	static const enum demo_collection private[] = { USER, MAILINGLIST,
	    VESSELDATA, LOCATION };
	static const char *const fields[] = { "hashed_password", "email",
	    "mmsi", "position" };
	bson_t document = BSON_INITIALIZER;
	bson_oid_t id;
	size_t i;
	int n;

	for (i = 0; i < sizeof private / sizeof *private; i++)
		for (n = 0; n < 3; n++) {
			demo_dump_new_id(dump, private[i],
			    dump->options->now_ms - MS_PER_DAY, &id);
			bson_reinit(&document);
			BSON_APPEND_OID(&document, "_id", &id);
			BSON_APPEND_INT32(&document, "number", n);
			BSON_APPEND_UTF8(&document, fields[i],
			    "never-read-canary");
			BSON_APPEND_UTF8(&document, "contact",
			    "never-read-canary <nobody@example.org>");
			if (!demo_dump_add(dump, private[i], &document, err)) {
				bson_destroy(&document);
				return false;
			}
		}
	bson_destroy(&document);
	return true;
}
