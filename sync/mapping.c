#include "mapping.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

#define MAP(name, fields, identity) \
	{ name, fields, sizeof fields / sizeof fields[0], identity }

_Static_assert(sizeof pipeline / sizeof pipeline[0] <= MAPPING_FIELDS &&
    (size_t)M_GLIDER_MAX <= MAPPING_FIELDS &&
    (size_t)M_SAILBUOY_MAX <= MAPPING_FIELDS, "mapped fields have room");

static const struct collection_map maps[COLLECTION_MAX] = {
	[C_GLIDER_MISSIONS] = MAP("glidermissions", glider_missions, 2),
	[C_SAILBUOY_MISSIONS] = MAP("sailbuoymissions", sailbuoy_missions, 2),
	[C_PROFILES] = MAP("profiles", profiles, 3),
	[C_GLIDERS] = MAP("gliders", gliders, 1),
	[C_SAILBUOYS] = MAP("sailbuoys", sailbuoys, 1),
	[C_STATS] = MAP("gliderstats", stats, 3),
	[C_PIPELINE] = MAP("pipelinestatus", pipeline, 2),
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

struct text {
	char *bytes;
	size_t length, capacity;
};

/* Each part ends with a NUL, so that no two lists give one text. */
static void
add_part(struct text *text, const char *part)
{
	size_t n = strlen(part) + 1;

	if (text->length + n <= text->capacity)
		memcpy(text->bytes + text->length, part, n);
	text->length += n;
}

static void
add_mapped(struct text *text, const struct mapped_field *field)
{
	char line[64];
	size_t i;

	(void)snprintf(line, sizeof line, "%zu %d %d %.17g",
	    field->names_length, (int)field->refers_to, (int)field->constant,
	    field->number);
	add_part(text, line);
	for (i = 0; i < field->names_length; i++)
		add_part(text, field->names[i]);
	add_part(text, field->text != NULL ? field->text : "");
}

static void
add_mapping(struct text *text, const struct mapping *mapping)
{
	enum collection c;
	size_t i;

	for (c = 0; c < COLLECTION_MAX; c++) {
		add_part(text, mapping->collections[c] != NULL ?
		    mapping->collections[c] : "");
		for (i = 0; mapping->collections[c] != NULL &&
		    i < mapping_of(c)->fields_length; i++)
			add_mapped(text, &mapping->fields[c][i]);
	}
}

void
mapping_make_digest(struct mapping *mapping)
{
	struct text text = { NULL, 0, 0 };

	add_mapping(&text, mapping);
	text.capacity = text.length;
	text.length = 0;
	text.bytes = malloc(text.capacity);
	if (text.bytes == NULL)
		abort();
	add_mapping(&text, mapping);
	digest_hex(text.bytes, text.length, mapping->digest);
	free(text.bytes);
}

void
mapping_fill_builtin(struct mapping *mapping)
{
	enum collection c;
	size_t i;

	memset(mapping, 0, sizeof *mapping);
	for (c = 0; c < COLLECTION_MAX; c++) {
		mapping->collections[c] = maps[c].name;
		for (i = 0; i < MAPPING_FIELDS; i++)
			mapping->fields[c][i].refers_to = COLLECTION_MAX;
		for (i = 0; i < maps[c].fields_length; i++) {
			const struct field *field = &maps[c].fields[i];
			struct mapped_field *mapped = &mapping->fields[c][i];

			mapped->names[0] = field->name;
			mapped->names[1] = field->alias;
			mapped->names_length = field->alias != NULL ? 2 : 1;
		}
	}
	mapping_make_digest(mapping);
}

bool
mapping_refers(const struct mapping *mapping, enum collection collection,
    enum collection target)
{
	size_t i;

	for (i = 0; i < maps[collection].identity_length; i++)
		if (mapping->collections[collection] != NULL &&
		    mapping->fields[collection][i].refers_to == target)
			return true;
	return false;
}

bool
mapping_is_target(const struct mapping *mapping, enum collection target)
{
	enum collection c;

	for (c = 0; c < COLLECTION_MAX; c++)
		if (mapping_refers(mapping, c, target))
			return true;
	return false;
}

bool
mapping_may_refer(enum collection collection, size_t field,
    enum collection target)
{
	switch (collection) {
	case C_GLIDER_MISSIONS:
		return field == M_PLATFORM && target == C_GLIDERS;
	case C_SAILBUOY_MISSIONS:
		return field == M_PLATFORM && target == C_SAILBUOYS;
	case C_PROFILES:
	case C_PIPELINE:
		return (field == P_PLATFORM && (target == C_GLIDERS ||
		    target == C_GLIDER_MISSIONS)) ||
		    (field == P_MISSION && target == C_GLIDER_MISSIONS);
	default:
		return false;
	}
}
