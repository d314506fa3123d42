/* Dirty documents: those that need more than one wrong field, each made by a
 * function whose name says what it is; the frame for the table of the others;
 * and the list of all of them that tests go by. */
#include "demo_dirty.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DIRT_PLATFORM 900   /* demo_plan.c leaves these numbers free */
#define DIRT_PLATFORMS 100
#define SAILBUOY_OFFSET 2000
#define DIRT_LON 16.4       /* open water in the Bornholm Basin */
#define DIRT_LAT 55.5
#define HUGE_BYTES 16300000 /* a document may have 16 777 216 */

#define MARKUP "<b>\"bold\"</b> & 'it' <script>alert(1)</script> --> ]]>"

struct dirt_mission
dirt_next_mission(struct dirt *dirt, int profiles)
{
	struct dirt_mission mission = {
		.platform = DIRT_PLATFORM + dirt->next % DIRT_PLATFORMS,
		.number = 501 + dirt->next,
		.start_ms = dirt->start_ms,
		.profiles = profiles,
	};

	dirt->next++;
	dirt->start_ms += MS_PER_DAY;
	return mission;
}

void
dirt_begin(struct dirt *dirt, enum demo_collection collection,
    bson_t *document)
{
	bson_oid_t id;

	demo_dump_new_id(dirt->dump, collection, dirt->start_ms, &id);
	bson_init(document);
	BSON_APPEND_OID(document, "_id", &id);
}

static bool
named(const char *list, const char *field)
{
	size_t length = strlen(field);

	while (list != NULL && *list != '\0') {
		if (strncmp(list, field, length) == 0 &&
		    (list[length] == ',' || list[length] == '\0'))
			return true;
		list = strchr(list, ',');
		if (list != NULL)
			list++;
	}
	return false;
}

static void
put_glider(struct dirt *dirt, bson_t *document,
    const struct dirt_mission *mission)
{
	struct platform platform = { .number = mission->platform };

	(void)snprintf(platform.serial, sizeof platform.serial, "SEA%03d",
	    mission->platform);
	demo_append_platform(document, dirt->dump, &platform);
}

static void
put_texts(bson_t *document, const char *key, const char *const *texts)
{
	bson_t list;
	char digits[16];
	int i;

	BSON_APPEND_ARRAY_BEGIN(document, key, &list);
	for (i = 0; texts[i] != NULL; i++) {
		(void)snprintf(digits, sizeof digits, "%d", i);
		BSON_APPEND_UTF8(&list, digits, texts[i]);
	}
	bson_append_array_end(document, &list);
}

static void
put_track(bson_t *document, const char *key, double from, int count)
{
	bson_t list;
	char digits[16];
	int i;

	BSON_APPEND_ARRAY_BEGIN(document, key, &list);
	for (i = 0; i < count; i++) {
		(void)snprintf(digits, sizeof digits, "%d", i);
		BSON_APPEND_DOUBLE(&list, digits, from + i * 0.01);
	}
	bson_append_array_end(document, &list);
}

/* Fills in a field unless the row asks to leave it out. */
#define PUT(field, append) \
	do { \
		if (!named(without, field)) { \
			append; \
		} \
	} while (0)

static void
fill_mission(struct dirt *dirt, bson_t *d, bool glider,
    const struct dirt_mission *m, const char *without)
{
	static const char *const variables[] = { "temperature", "salinity",
	    NULL };

	PUT("mission", BSON_APPEND_INT32(d, "mission", m->number));
	if (glider)
		PUT("platform_serial", put_glider(dirt, d, m));
	else
		PUT("sailbuoy", BSON_APPEND_INT32(d, "sailbuoy",
		    m->platform + SAILBUOY_OFFSET));
	PUT("start", BSON_APPEND_DATE_TIME(d, "start", m->start_ms));
	PUT("end", BSON_APPEND_DATE_TIME(d, "end",
	    m->start_ms + 12 * MS_PER_HOUR));
	PUT("lat_min", BSON_APPEND_DOUBLE(d, "lat_min", DIRT_LAT));
	PUT("lat_max", BSON_APPEND_DOUBLE(d, "lat_max", DIRT_LAT + 0.1));
	PUT("lon_min", BSON_APPEND_DOUBLE(d, "lon_min", DIRT_LON));
	PUT("lon_max", BSON_APPEND_DOUBLE(d, "lon_max", DIRT_LON + 0.1));
	PUT("sea_name", BSON_APPEND_UTF8(d, "sea_name", "Baltic"));
	PUT("basin", BSON_APPEND_UTF8(d, "basin", "Bornholm Basin"));
	PUT("wmo_id", BSON_APPEND_INT32(d, "wmo_id", 6809000));
	PUT("is_complete", BSON_APPEND_BOOL(d, "is_complete", true));
	PUT("last_modified", BSON_APPEND_DATE_TIME(d, "last_modified",
	    m->start_ms + MS_PER_DAY));
	PUT("total_distance_m", BSON_APPEND_DOUBLE(d, "total_distance_m",
	    2500));
	PUT("variables", put_texts(d, "variables", variables));
	PUT("project", BSON_APPEND_UTF8(d, "project", "Dirty data"));
	PUT("project_url", BSON_APPEND_UTF8(d, "project_url",
	    "https://example.org/dirty"));
	PUT("comment", BSON_APPEND_UTF8(d, "comment", "Made to be dirty."));
	if (!glider) {
		PUT("lon", put_track(d, "lon", DIRT_LON, 4));
		PUT("lat", put_track(d, "lat", DIRT_LAT, 4));
		return;
	}
	PUT("total_profiles", BSON_APPEND_INT32(d, "total_profiles",
	    m->profiles));
	PUT("total_depth", BSON_APPEND_INT32(d, "total_depth",
	    40 * m->profiles));
	PUT("total_data_points", BSON_APPEND_INT32(d, "total_data_points",
	    100 * m->profiles));
}

static void
fill_profile(struct dirt *dirt, bson_t *d, const struct dirt_mission *m,
    const char *without)
{
	int number = m->profiles; /* of this one */

	PUT("number", BSON_APPEND_INT32(d, "number", number));
	PUT("mission", BSON_APPEND_INT32(d, "mission", m->number));
	PUT("platform_serial", put_glider(dirt, d, m));
	PUT("lon", BSON_APPEND_DOUBLE(d, "lon", DIRT_LON + 0.004 * number));
	PUT("lat", BSON_APPEND_DOUBLE(d, "lat", DIRT_LAT));
	PUT("time", BSON_APPEND_DATE_TIME(d, "time",
	    m->start_ms + number * 20 * MS_PER_MINUTE));
	PUT("max_depth", BSON_APPEND_DOUBLE(d, "max_depth", 40));
}

static void
fill_platform(struct dirt *dirt, bson_t *d, bool glider,
    const struct dirt_mission *m, const char *without)
{
	bson_t none = BSON_INITIALIZER;

	if (glider)
		PUT("platform_serial", put_glider(dirt, d, m));
	else
		PUT("sailbuoy", BSON_APPEND_INT32(d, "sailbuoy",
		    m->platform + SAILBUOY_OFFSET));
	PUT("missions", BSON_APPEND_ARRAY(d, "missions", &none));
	PUT("total_seconds", BSON_APPEND_INT32(d, "total_seconds", 43200));
	bson_destroy(&none);
	if (!glider) {
		PUT("total_dist", BSON_APPEND_DOUBLE(d, "total_dist", 2500));
		return;
	}
	PUT("name", BSON_APPEND_UTF8(d, "name", "Smutsgrisen"));
	PUT("total_profiles", BSON_APPEND_INT32(d, "total_profiles", 3));
	PUT("total_depth", BSON_APPEND_INT32(d, "total_depth", 120));
}

static void
fill_stat(struct dirt *dirt, bson_t *d, const char *without)
{
	bson_t value = BSON_INITIALIZER;

	BSON_APPEND_DOUBLE(&value, "glider_deployed", 0.5);
	PUT("name", BSON_APPEND_UTF8(d, "name", "glider_uptime"));
	PUT("value", BSON_APPEND_DOCUMENT(d, "value", &value));
	PUT("date", BSON_APPEND_DATE_TIME(d, "date", dirt->start_ms));
	PUT("stat_year", BSON_APPEND_INT32(d, "stat_year", 1999));
	bson_destroy(&value);
}

static void
fill_pipeline(bson_t *d, const struct dirt_mission *m, const char *without)
{
	char serial[16];

	(void)snprintf(serial, sizeof serial, "SEA%03d", m->platform);
	PUT("mission", BSON_APPEND_INT32(d, "mission", m->number));
	PUT("platform_serial", BSON_APPEND_UTF8(d, "platform_serial", serial));
	PUT("yml", BSON_APPEND_BOOL(d, "yml", true));
	PUT("yml_time", BSON_APPEND_DATE_TIME(d, "yml_time", m->start_ms));
	PUT("nrt_profiles", BSON_APPEND_INT32(d, "nrt_profiles", 7));
	PUT("nrt_profiles_mtime", BSON_APPEND_DATE_TIME(d,
	    "nrt_profiles_mtime", m->start_ms + MS_PER_HOUR));
	PUT("up", BSON_APPEND_BOOL(d, "up", true));
}

void
dirt_fill(struct dirt *dirt, enum demo_collection collection,
    bson_t *document, const struct dirt_mission *mission, const char *without)
{
	switch (collection) {
	case GLIDERMISSIONS:
	case SAILBUOYMISSIONS:
		fill_mission(dirt, document, collection == GLIDERMISSIONS,
		    mission, without);
		break;
	case PROFILES:
		fill_profile(dirt, document, mission, without);
		break;
	case GLIDERS:
	case SAILBUOYS:
		fill_platform(dirt, document, collection == GLIDERS, mission,
		    without);
		break;
	case GLIDERSTATS:
		fill_stat(dirt, document, without);
		break;
	case PIPELINESTATUS:
		fill_pipeline(document, mission, without);
		break;
	default:
		break;
	}
}

/* The manifest names an _id in Extended JSON, null when there is none. */
static void
list_document(struct dirt *dirt, enum demo_collection collection,
    const bson_t *document, enum fate fate, const char *what)
{
	char id[128] = "null", hex[25];
	bson_iter_t at;

	if (bson_iter_init_find(&at, document, "_id")) {
		if (BSON_ITER_HOLDS_OID(&at)) {
			bson_oid_to_string(bson_iter_oid(&at), hex);
			(void)snprintf(id, sizeof id, "{\"$oid\": \"%s\"}",
			    hex);
		} else if (BSON_ITER_HOLDS_UTF8(&at)) {
			(void)snprintf(id, sizeof id, "\"%s\"",
			    bson_iter_utf8(&at, NULL));
		} else {
			(void)snprintf(id, sizeof id, "{\"$numberInt\": "
			    "\"%d\"}", bson_iter_int32(&at));
		}
	}
	(void)fprintf(dirt->manifest, "%s\n{\"collection\": \"%s\", "
	    "\"_id\": %s, \"what\": \"%s\", \"expected\": \"%s\"}",
	    dirt->listed++ ? "," : "[", demo_collection_name(collection), id,
	    what, fate == FITS ? "accepted" : "quarantined");
}

bool
dirt_end(struct dirt *dirt, enum demo_collection collection,
    bson_t *document, enum fate fate, const char *what)
{
	bool ok;

	list_document(dirt, collection, document, fate, what);
	ok = demo_dump_add(dirt->dump, collection, document, dirt->err);
	bson_destroy(document);
	return ok;
}

bool
dirt_profiles(struct dirt *dirt, const struct dirt_mission *mission)
{
	struct dirt_mission one = *mission;
	bson_t document;
	bool ok = true;

	for (one.profiles = 0; ok && one.profiles < mission->profiles;
	    one.profiles++) {
		dirt_begin(dirt, PROFILES, &document);
		fill_profile(dirt, &document, &one, NULL);
		ok = demo_dump_add(dirt->dump, PROFILES, &document, dirt->err);
		bson_destroy(&document);
	}
	return ok;
}

/* A glider mission with its profiles: the rest of it in one line. */
static bool
end_mission(struct dirt *dirt, bson_t *document,
    const struct dirt_mission *mission, const char *without, enum fate fate,
    const char *what)
{
	fill_mission(dirt, document, true, mission, without);
	if (!dirt_end(dirt, GLIDERMISSIONS, document, fate, what))
		return false;
	return fate == DOES_NOT_FIT || dirt_profiles(dirt, mission);
}

static bool
markup_in_every_text_field(struct dirt *dirt)
{
	static const char *const variables[] = { "<i>temperature</i>",
	    "\" onload=\"alert(1)", NULL };
	struct dirt_mission mission = dirt_next_mission(dirt, 3);
	bson_t document;

	dirt_begin(dirt, GLIDERMISSIONS, &document);
	BSON_APPEND_UTF8(&document, "sea_name", MARKUP);
	BSON_APPEND_UTF8(&document, "basin", "Bornholm Basin, " MARKUP);
	BSON_APPEND_UTF8(&document, "wmo_id", "<b>\"'&");
	BSON_APPEND_UTF8(&document, "project", MARKUP);
	BSON_APPEND_UTF8(&document, "project_url",
	    "javascript:alert(document.domain)//" MARKUP);
	BSON_APPEND_UTF8(&document, "comment", MARKUP "\n\t=cmd|'/c calc'!A1");
	put_texts(&document, "variables", variables);
	return end_mission(dirt, &document, &mission, "sea_name,basin,wmo_id,"
	    "project,project_url,comment,variables", FITS,
	    "markup, quotes and script in every text field");
}

static bool
two_documents_of_one_mission(struct dirt *dirt)
{
	struct dirt_mission mission = dirt_next_mission(dirt, 3);
	bson_t document;

	dirt_begin(dirt, GLIDERMISSIONS, &document);
	BSON_APPEND_UTF8(&document, "comment", "The older of two.");
	fill_mission(dirt, &document, true, &mission, "comment");
	if (!dirt_end(dirt, GLIDERMISSIONS, &document, DOES_NOT_FIT,
	    "the older of two documents of one mission"))
		return false;
	dirt_begin(dirt, GLIDERMISSIONS, &document);
	BSON_APPEND_UTF8(&document, "comment", "The newer of two.");
	return end_mission(dirt, &document, &mission, "comment", FITS,
	    "the newer of two documents of one mission");
}

static bool
end_before_start(struct dirt *dirt)
{
	struct dirt_mission mission = dirt_next_mission(dirt, 3);
	bson_t document;

	dirt_begin(dirt, GLIDERMISSIONS, &document);
	BSON_APPEND_DATE_TIME(&document, "end", mission.start_ms - 1);
	return end_mission(dirt, &document, &mission, "end", DOES_NOT_FIT,
	    "end before start");
}

static bool
mission_without_profiles(struct dirt *dirt)
{
	struct dirt_mission mission = dirt_next_mission(dirt, 0);
	bson_t document;

	dirt_begin(dirt, GLIDERMISSIONS, &document);
	return end_mission(dirt, &document, &mission, NULL, FITS,
	    "a mission without profiles");
}

static bool
live_mission_without_basin(struct dirt *dirt)
{
	struct dirt_mission mission = dirt_next_mission(dirt, 3);
	bson_t document;

	mission.start_ms = dirt->dump->options->now_ms - 14 * MS_PER_HOUR;
	dirt_begin(dirt, GLIDERMISSIONS, &document);
	return end_mission(dirt, &document, &mission, "basin", FITS,
	    "a live mission without the field basin: not among the recent");
}

static bool
basin_with_forty_names(struct dirt *dirt)
{
	struct dirt_mission mission = dirt_next_mission(dirt, 3);
	char names[1024] = "";
	size_t used = 0;
	bson_t document;
	int i;

	for (i = 0; i < 40; i++)
		used += (size_t)snprintf(names + used, sizeof names - used,
		    "%s%s", i ? ", " : "", i < BASINS ? demo_basins[i].name :
		    i % 2 ? "Nameless Deep" : "Arkona Basin");
	dirt_begin(dirt, GLIDERMISSIONS, &document);
	BSON_APPEND_UTF8(&document, "basin", names);
	return end_mission(dirt, &document, &mission, "basin", FITS,
	    "basin with 40 names, some twice, some unknown");
}

static bool
variables_twice_and_empty(struct dirt *dirt)
{
	static const char *const variables[] = { "salinity", "temperature",
	    "salinity", "", "Salinity", "unheard_of", "salinity", NULL };
	struct dirt_mission mission = dirt_next_mission(dirt, 3);
	bson_t document;

	dirt_begin(dirt, GLIDERMISSIONS, &document);
	put_texts(&document, "variables", variables);
	return end_mission(dirt, &document, &mission, "variables", FITS,
	    "variables repeated, empty and unknown");
}

static bool
variables_with_a_number(struct dirt *dirt)
{
	struct dirt_mission mission = dirt_next_mission(dirt, 3);
	bson_t document, list;

	dirt_begin(dirt, GLIDERMISSIONS, &document);
	BSON_APPEND_ARRAY_BEGIN(&document, "variables", &list);
	BSON_APPEND_UTF8(&list, "0", "salinity");
	BSON_APPEND_INT32(&list, "1", 7);
	BSON_APPEND_NULL(&list, "2");
	bson_append_array_end(&document, &list);
	return end_mission(dirt, &document, &mission, "variables",
	    DOES_NOT_FIT, "variables with a number and a null");
}

static bool
unknown_fields(struct dirt *dirt)
{
	struct dirt_mission mission = dirt_next_mission(dirt, 3);
	bson_t document, deep;
	int i;

	dirt_begin(dirt, GLIDERMISSIONS, &document);
	BSON_APPEND_UTF8(&document, "$where", "never-needed");
	BSON_APPEND_UTF8(&document, "mission.number", "never-needed");
	BSON_APPEND_UTF8(&document, "", "never-needed");
	bson_init(&deep);
	for (i = 0; i < 40; i++) {
		bson_t outer = BSON_INITIALIZER;

		BSON_APPEND_DOCUMENT(&outer, "deeper", &deep);
		bson_destroy(&deep);
		bson_steal(&deep, &outer);
	}
	BSON_APPEND_DOCUMENT(&document, "deep", &deep);
	bson_destroy(&deep);
	return end_mission(dirt, &document, &mission, NULL, FITS,
	    "unknown fields with odd names and 40 levels");
}

static bool
document_without_id(struct dirt *dirt)
{
	struct dirt_mission mission = dirt_next_mission(dirt, 3);
	bson_t document = BSON_INITIALIZER;

	return end_mission(dirt, &document, &mission, NULL, DOES_NOT_FIT,
	    "a document without _id");
}

static bool
id_that_is_text(struct dirt *dirt)
{
	struct dirt_mission mission = dirt_next_mission(dirt, 3);
	bson_t document = BSON_INITIALIZER;

	BSON_APPEND_UTF8(&document, "_id", "an id & <text>");
	return end_mission(dirt, &document, &mission, NULL, FITS,
	    "an _id that is text");
}

/* As large as a document can be, by the lists that edge never needs. */
static bool
document_of_16_megabytes(struct dirt *dirt)
{
	struct dirt_mission mission = dirt_next_mission(dirt, 3);
	bson_t document, names;
	const char *key;
	char room[16];
	uint32_t i;

	dirt_begin(dirt, GLIDERMISSIONS, &document);
	BSON_APPEND_ARRAY_BEGIN(&document, "profiles", &names);
	for (i = 0; names.len < HUGE_BYTES; i++) {
		(void)bson_uint32_to_string(i, &key, room, sizeof room);
		BSON_APPEND_UTF8(&names, key, "a profile's name that is far "
		    "longer than the few digits it should be");
	}
	bson_append_array_end(&document, &names);
	return end_mission(dirt, &document, &mission, NULL, FITS,
	    "a document of 16 megabytes");
}

/* The host of the table's profiles, all within one mission that fits. */
static bool
profile_number_taken_twice(struct dirt *dirt)
{
	struct dirt_mission mission = dirt_next_mission(dirt, 5);
	bson_t document;

	dirt_begin(dirt, GLIDERMISSIONS, &document);
	if (!end_mission(dirt, &document, &mission, NULL, FITS,
	    "a mission with a profile number taken twice"))
		return false;
	mission.profiles = 5;
	dirt_begin(dirt, PROFILES, &document);
	fill_profile(dirt, &document, &mission, NULL);
	if (!dirt_end(dirt, PROFILES, &document, DOES_NOT_FIT,
	    "the earlier of two profiles of one number"))
		return false;
	dirt_begin(dirt, PROFILES, &document);
	BSON_APPEND_DATE_TIME(&document, "time",
	    mission.start_ms + 3 * MS_PER_HOUR);
	fill_profile(dirt, &document, &mission, "time");
	return dirt_end(dirt, PROFILES, &document, FITS,
	    "the later of two profiles of one number");
}

static bool
profile_without_mission(struct dirt *dirt)
{
	struct dirt_mission mission = dirt_next_mission(dirt, 0);
	bson_t document;

	dirt_begin(dirt, PROFILES, &document);
	fill_profile(dirt, &document, &mission, NULL);
	return dirt_end(dirt, PROFILES, &document, FITS,
	    "a profile whose mission there is not: shown nowhere");
}

static bool
sailbuoy_track(struct dirt *dirt, int lons, int lats, enum fate fate,
    const char *what)
{
	struct dirt_mission mission = dirt_next_mission(dirt, 0);
	bson_t document;

	dirt_begin(dirt, SAILBUOYMISSIONS, &document);
	put_track(&document, "lon", DIRT_LON, lons);
	put_track(&document, "lat", DIRT_LAT, lats);
	fill_mission(dirt, &document, false, &mission, "lon,lat");
	return dirt_end(dirt, SAILBUOYMISSIONS, &document, fate, what);
}

static bool
sailbuoy_tracks_of_odd_lengths(struct dirt *dirt)
{
	return sailbuoy_track(dirt, 4, 3, DOES_NOT_FIT,
	    "lon and lat of different lengths") &&
	    sailbuoy_track(dirt, 0, 0, FITS, "an empty track") &&
	    sailbuoy_track(dirt, 1, 1, FITS, "a track of one point");
}

static bool
sailbuoy_track_of_nothing_but_nan(struct dirt *dirt)
{
	struct dirt_mission mission = dirt_next_mission(dirt, 0);
	bson_t document, list;
	int axis;

	dirt_begin(dirt, SAILBUOYMISSIONS, &document);
	for (axis = 0; axis < 2; axis++) {
		BSON_APPEND_ARRAY_BEGIN(&document, axis ? "lat" : "lon",
		    &list);
		BSON_APPEND_DOUBLE(&list, "0", NAN);
		BSON_APPEND_NULL(&list, "1");
		BSON_APPEND_DOUBLE(&list, "2", NAN);
		bson_append_array_end(&document, &list);
	}
	fill_mission(dirt, &document, false, &mission, "lon,lat");
	return dirt_end(dirt, SAILBUOYMISSIONS, &document, FITS,
	    "a track of nothing but NaN and null");
}

bool
demo_write_dirty(struct demo_dump *dump, struct edge_err *err)
{
	static bool (*const makers[])(struct dirt *) = {
		markup_in_every_text_field, two_documents_of_one_mission,
		end_before_start, mission_without_profiles,
		live_mission_without_basin, basin_with_forty_names,
		variables_twice_and_empty, variables_with_a_number,
		unknown_fields, document_without_id, id_that_is_text,
		document_of_16_megabytes, profile_number_taken_twice,
		profile_without_mission, sailbuoy_tracks_of_odd_lengths,
		sailbuoy_track_of_nothing_but_nan, dirt_rows,
	};
	struct dirt dirt = { .dump = dump, .err = err,
	    .start_ms = dump->options->now_ms - 500 * MS_PER_DAY };
	char path[1024];
	bool ok = true;
	size_t i;

	(void)snprintf(path, sizeof path, "%s/dirty.json",
	    dump->options->dir);
	dirt.manifest = fopen(path, "w");
	if (dirt.manifest == NULL)
		return err_set(err, EDGE_CANNOT_MAKE, "demo: open %s: %s",
		    path, strerror(errno));
	for (i = 0; ok && i < sizeof makers / sizeof *makers; i++)
		ok = makers[i](&dirt);
	(void)fputs("\n]\n", dirt.manifest);
	if ((ferror(dirt.manifest) | fclose(dirt.manifest)) && ok)
		return err_set(err, EDGE_IO, "demo: write %s: %s", path,
		    strerror(errno));
	return ok;
}
