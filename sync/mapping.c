#include "mapping.h"

#include "decode.h"
#include "fields.h"

/* Plausible bounds. A date outside of these years is a clock that was not
 * set; a distance beyond a million kilometres is a unit mixed up. */
#define YEARS 1980, 2100
#define METRES 0, 1e9
#define COUNT 0, 1e12
#define SERIAL 1, 32
#define MISSION_NUMBER 0, 999999999 /* as many digits as an address takes */
#define LINE 0, 1000
#define PROSE 0, 20000

#define MISSION_FIELDS(platform_name, alias, type) \
	[M_PLATFORM] = { platform_name, alias, type, REQUIRED, SERIAL }, \
	[M_NUMBER] = { "mission", NULL, F_WHOLE, REQUIRED, MISSION_NUMBER }, \
	[M_START] = { "start", NULL, F_DATE, REQUIRED, YEARS }, \
	[M_END] = { "end", NULL, F_DATE, REQUIRED, YEARS }, \
	[M_LAT_MIN] = { "lat_min", NULL, F_NUMBER, OPTIONAL, -90, 90 }, \
	[M_LAT_MAX] = { "lat_max", NULL, F_NUMBER, OPTIONAL, -90, 90 }, \
	[M_LON_MIN] = { "lon_min", NULL, F_NUMBER, OPTIONAL, -180, 180 }, \
	[M_LON_MAX] = { "lon_max", NULL, F_NUMBER, OPTIONAL, -180, 180 }, \
	[M_SEA_NAME] = { "sea_name", NULL, F_TEXT, OPTIONAL, LINE }, \
	[M_BASIN] = { "basin", NULL, F_TEXT, OPTIONAL, LINE }, \
	[M_WMO_ID] = { "wmo_id", NULL, F_LABEL, OPTIONAL, 0, 63 }, \
	[M_COMPLETE] = { "is_complete", NULL, F_FLAG, OPTIONAL, 0, 1 }, \
	[M_MODIFIED] = { "last_modified", NULL, F_DATE, OPTIONAL, YEARS }, \
	[M_DISTANCE] = { "total_distance_m", NULL, F_NUMBER, OPTIONAL, \
	    METRES }, \
	[M_VARIABLES] = { "variables", NULL, F_TEXTS, OPTIONAL, 0, 200 }, \
	[M_PROJECT] = { "project", NULL, F_TEXT, OPTIONAL, LINE }, \
	[M_PROJECT_URL] = { "project_url", NULL, F_TEXT, OPTIONAL, LINE }, \
	[M_COMMENT] = { "comment", NULL, F_TEXT, OPTIONAL, PROSE }

static const struct field glider_missions[] = {
	MISSION_FIELDS("platform_serial", "glider", F_SERIAL),
	[M_PROFILES] = { "total_profiles", NULL, F_WHOLE, OPTIONAL, COUNT },
	[M_DEPTH] = { "total_depth", NULL, F_NUMBER, OPTIONAL, METRES },
	[M_DATA_POINTS] = { "total_data_points", NULL, F_WHOLE, OPTIONAL,
	    COUNT },
};

static const struct field sailbuoy_missions[] = {
	MISSION_FIELDS("sailbuoy", NULL, F_BUOY),
	[M_LON] = { "lon", NULL, F_NUMBERS, OPTIONAL, -180, 180 },
	[M_LAT] = { "lat", NULL, F_NUMBERS, OPTIONAL, -90, 90 },
};

static const struct field profiles[] = {
	[P_PLATFORM] = { "platform_serial", "glider", F_SERIAL, REQUIRED,
	    SERIAL },
	[P_MISSION] = { "mission", NULL, F_WHOLE, REQUIRED, MISSION_NUMBER },
	[P_NUMBER] = { "number", NULL, F_WHOLE, REQUIRED, 0, 2147483647 },
	[P_LON] = { "lon", NULL, F_NUMBER, REQUIRED, -180, 180 },
	[P_LAT] = { "lat", NULL, F_NUMBER, REQUIRED, -90, 90 },
	[P_TIME] = { "time", NULL, F_DATE, OPTIONAL, YEARS },
	[P_MAX_DEPTH] = { "max_depth", NULL, F_NUMBER, OPTIONAL, -100,
	    12000 },
};

static const struct field gliders[] = {
	[V_PLATFORM] = { "platform_serial", "glider", F_SERIAL, REQUIRED,
	    SERIAL },
	[V_NAME] = { "name", NULL, F_TEXT, OPTIONAL, LINE },
	[V_PROFILES] = { "total_profiles", NULL, F_WHOLE, OPTIONAL, COUNT },
	[V_SECONDS] = { "total_seconds", NULL, F_NUMBER, OPTIONAL, COUNT },
	[V_DEPTH] = { "total_depth", NULL, F_NUMBER, OPTIONAL, COUNT },
};

static const struct field sailbuoys[] = {
	[B_PLATFORM] = { "sailbuoy", NULL, F_BUOY, REQUIRED, SERIAL },
	[B_SECONDS] = { "total_seconds", NULL, F_NUMBER, OPTIONAL, COUNT },
	[B_DISTANCE] = { "total_dist", NULL, F_NUMBER, OPTIONAL, COUNT },
};

static const struct field stats[] = {
	[S_NAME] = { "name", NULL, F_TEXT, REQUIRED, 1, 200 },
	[S_YEAR] = { "stat_year", NULL, F_WHOLE, REQUIRED, 0, 2100 },
	[S_DATE] = { "date", NULL, F_DATE, REQUIRED, YEARS },
	[S_VALUE] = { "value", NULL, F_OBJECT, REQUIRED, 0, 0 },
};

#define STEP(name, time_name) \
	{ name, NULL, F_FLAG, OPTIONAL, 0, 1e9 }, \
	{ name "_time", time_name, F_DATE, OPTIONAL, 1970, 2100 }

static const struct field pipeline[] = {
	[L_PLATFORM] = { "platform_serial", "glider", F_SERIAL, REQUIRED,
	    SERIAL },
	[L_NUMBER] = { "mission", NULL, F_WHOLE, REQUIRED, MISSION_NUMBER },
	STEP("yml", "yml_mtime"),
	STEP("nrt_profiles", "nrt_profiles_mtime"),
	STEP("nrt_proc", "nrt_proc_mtime"),
	STEP("nrt_plots", "nrt_plots_mtime"),
	STEP("complete_profiles", "complete_profiles_mtime"),
	STEP("complete_proc", "complete_proc_mtime"),
	STEP("complete_plots", "complete_plots_mtime"),
	STEP("up", "up_mtime"),
};

_Static_assert(sizeof pipeline / sizeof pipeline[0] ==
    L_STEPS + 2 * PIPELINE_STEPS, "two fields a step");

#define MAP(name, fields) { name, fields, sizeof fields / sizeof fields[0] }

static const struct collection_map maps[COLLECTION_MAX] = {
	[C_GLIDER_MISSIONS] = MAP("glidermissions", glider_missions),
	[C_SAILBUOY_MISSIONS] = MAP("sailbuoymissions", sailbuoy_missions),
	[C_PROFILES] = MAP("profiles", profiles),
	[C_GLIDERS] = MAP("gliders", gliders),
	[C_SAILBUOYS] = MAP("sailbuoys", sailbuoys),
	[C_STATS] = MAP("gliderstats", stats),
	[C_PIPELINE] = MAP("pipelinestatus", pipeline),
};

const struct collection_map *
mapping_of(enum collection collection)
{
	return &maps[collection];
}

const char *const mapping_private[] = {
	"user", "mailinglist", "vesseldata", "location"
};
const size_t mapping_private_length =
    sizeof mapping_private / sizeof mapping_private[0];
