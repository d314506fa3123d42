/* Dirty documents with one wrong field, as a table. A row that fits says that
 * the field may look odd and the document is taken all the same. */
#include "demo_dirty.h"

#include <math.h>
#include <string.h>

#define YEAR_1_MS (-62135596800000.0)
#define YEAR_9999_MS 253370764800000.0
#define LONG_TEXT_BYTES 500

static const struct dirt_row rows[] = {
	/* identity of a glider mission */
	{ GLIDERMISSIONS, DOES_NOT_FIT, "mission", MISSING, 0, NULL,
	    "no mission number" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "mission", IS_NULL, 0, NULL,
	    "mission is null" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "mission", TEXT, 0, "33",
	    "mission is text" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "mission", INT, -5, NULL,
	    "mission is negative" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "mission", LONG, 4e18, NULL,
	    "mission is huge" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "mission", DOUBLE, 7.5, NULL,
	    "mission has a fraction" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "mission", DOUBLE, NAN, NULL,
	    "mission is NaN" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "mission", BOOL, 1, NULL,
	    "mission is true" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "mission", OBJECT, 0, NULL,
	    "mission is an embedded document" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "mission", DECIMAL, 0, "1E+900",
	    "mission is a decimal beyond all numbers" },
	{ GLIDERMISSIONS, FITS, "mission", LONG, 301, NULL,
	    "mission is an int64" },
	{ GLIDERMISSIONS, FITS, "mission", DOUBLE, 302, NULL,
	    "mission is a whole double" },
	{ GLIDERMISSIONS, FITS, "mission", DECIMAL, 0, "303",
	    "mission is a whole decimal" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "platform_serial", MISSING, 0, NULL,
	    "no platform" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "platform_serial", IS_NULL, 0, NULL,
	    "platform is null" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "platform_serial", TEXT, 0, "",
	    "platform is empty" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "platform_serial", TEXT, 0,
	    "../etc/passwd", "platform climbs out of a directory" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "platform_serial", TEXT, 0, "SB7",
	    "glider with the name of a sailbuoy" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "platform_serial", TEXT, 0, "map",
	    "platform with the name of a page" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "platform_serial", TEXT, 0,
	    "<img src=x onerror=alert(1)>", "platform is markup" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "platform_serial", TEXT, 0,
	    "SEA 900\r\nSet-Cookie: a=b", "platform breaks a header" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "platform_serial", LONG_TEXT, 0, NULL,
	    "platform of 500 letters" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "platform_serial", NUL_INSIDE, 0, NULL,
	    "platform with a NUL inside" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "platform_serial", BAD_UTF8, 0, NULL,
	    "platform is not UTF-8" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "platform_serial", ARRAY, 0, "SEA900",
	    "platform is an array" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "platform_serial", DOUBLE, 900.5, NULL,
	    "platform is a number with a fraction" },
	/* times */
	{ GLIDERMISSIONS, DOES_NOT_FIT, "start", TEXT, 0,
	    "2024-05-01T00:00:00Z", "start is text" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "start", LONG, 1714521600000.0, NULL,
	    "start is a number" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "start", MISSING, 0, NULL,
	    "no start" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "start", DATE, YEAR_1_MS, NULL,
	    "start in year 1" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "end", DATE, YEAR_9999_MS, NULL,
	    "end in year 9999" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "end", DATE, 9.2e18, NULL,
	    "end beyond all calendars" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "end", IS_NULL, 0, NULL,
	    "end is null" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "end", TIMESTAMP, 1714521600, NULL,
	    "end is a timestamp" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "last_modified", TEXT, 0, "yesterday",
	    "last_modified is text" },
	{ GLIDERMISSIONS, FITS, "last_modified", MISSING, 0, NULL,
	    "no last_modified" },
	/* bounds and totals */
	{ GLIDERMISSIONS, DOES_NOT_FIT, "lat_min", DOUBLE, -INFINITY, NULL,
	    "lat_min is minus infinity" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "lat_max", TEXT, 0, "57 N",
	    "lat_max is text" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "lon_max", DOUBLE, 999, NULL,
	    "lon_max is 999" },
	{ GLIDERMISSIONS, FITS, "lon_min", DOUBLE, NAN, NULL,
	    "lon_min is NaN: taken as missing" },
	{ GLIDERMISSIONS, FITS, "lon_min", INT, 16, NULL,
	    "lon_min is an int32" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "total_distance_m", DOUBLE, INFINITY,
	    NULL, "distance is infinite" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "total_distance_m", DOUBLE, -1, NULL,
	    "distance is negative" },
	{ GLIDERMISSIONS, FITS, "total_distance_m", DOUBLE, NAN, NULL,
	    "distance is NaN: taken as missing" },
	{ GLIDERMISSIONS, FITS, "total_distance_m", DECIMAL, 0, "2500.25",
	    "distance is a decimal" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "total_profiles", TEXT, 0, "three",
	    "total_profiles is text" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "total_profiles", INT, -3, NULL,
	    "total_profiles is negative" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "total_profiles", DOUBLE, 2.5, NULL,
	    "total_profiles has a fraction" },
	{ GLIDERMISSIONS, FITS, "total_profiles", DOUBLE, 3, NULL,
	    "total_profiles is a whole double" },
	{ GLIDERMISSIONS, FITS, "total_depth", DOUBLE, 120.75, NULL,
	    "total_depth is a double" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "total_depth", ARRAY, 0, "120",
	    "total_depth is an array" },
	{ GLIDERMISSIONS, FITS, "total_data_points", LONG, 5e10, NULL,
	    "total_data_points beyond 32 bits" },
	{ GLIDERMISSIONS, FITS, "total_data_points", MISSING, 0, NULL,
	    "no total_data_points" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "is_complete", TEXT, 0, "yes",
	    "is_complete is text" },
	{ GLIDERMISSIONS, FITS, "is_complete", INT, 1, NULL,
	    "is_complete is 1" },
	{ GLIDERMISSIONS, FITS, "is_complete", IS_NULL, 0, NULL,
	    "is_complete is null" },
	/* text */
	{ GLIDERMISSIONS, DOES_NOT_FIT, "basin", INT, 7, NULL,
	    "basin is a number" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "basin", OBJECT, 0, NULL,
	    "basin is an embedded document" },
	{ GLIDERMISSIONS, FITS, "basin", IS_NULL, 0, NULL, "basin is null" },
	{ GLIDERMISSIONS, FITS, "basin", TEXT, 0, ", ,,Bornholm Basin,, ",
	    "basin with stray commas" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "comment", BAD_UTF8, 0, NULL,
	    "comment is not UTF-8" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "comment", NUL_INSIDE, 0, NULL,
	    "comment with a NUL inside" },
	{ GLIDERMISSIONS, FITS, "comment", IS_NULL, 0, NULL,
	    "comment is null" },
	{ GLIDERMISSIONS, FITS, "comment", LONG_TEXT, 0, NULL,
	    "comment is one word of 500 letters" },
	{ GLIDERMISSIONS, FITS, "comment", TEXT, 0,
	    "\xe2\x80\xae" "txet desrever \xf0\x9f\x90\x8b\x1b[31m",
	    "comment with direction marks, an emoji and an escape code" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "project", ARRAY, 0, "Two",
	    "project is an array" },
	{ GLIDERMISSIONS, FITS, "project", MISSING, 0, NULL, "no project" },
	{ GLIDERMISSIONS, FITS, "project_url", TEXT, 0,
	    "javascript:alert(1)", "project_url is a script" },
	{ GLIDERMISSIONS, FITS, "wmo_id", TEXT, 0, "6809001",
	    "wmo_id is text" },
	{ GLIDERMISSIONS, FITS, "wmo_id", DOUBLE, 6809002, NULL,
	    "wmo_id is a whole double" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "wmo_id", OBJECT, 0, NULL,
	    "wmo_id is an embedded document" },
	{ GLIDERMISSIONS, DOES_NOT_FIT, "variables", TEXT, 0, "salinity",
	    "variables is text" },
	{ GLIDERMISSIONS, FITS, "variables", EMPTY_ARRAY, 0, NULL,
	    "variables is empty" },
	{ GLIDERMISSIONS, FITS, "variables", IS_NULL, 0, NULL,
	    "variables is null" },
	/* profiles, all of one mission that fits */
	{ PROFILES, DOES_NOT_FIT, "number", TEXT, 0, "7", "number is text" },
	{ PROFILES, DOES_NOT_FIT, "number", INT, -1, NULL,
	    "number is negative" },
	{ PROFILES, DOES_NOT_FIT, "number", MISSING, 0, NULL, "no number" },
	{ PROFILES, DOES_NOT_FIT, "lon", DOUBLE, NAN, NULL, "lon is NaN" },
	{ PROFILES, DOES_NOT_FIT, "lon", DOUBLE, 180.5, NULL,
	    "lon beyond 180" },
	{ PROFILES, DOES_NOT_FIT, "lon", MISSING, 0, NULL, "no lon" },
	{ PROFILES, DOES_NOT_FIT, "lat", DOUBLE, INFINITY, NULL,
	    "lat is infinite" },
	{ PROFILES, DOES_NOT_FIT, "lat", DOUBLE, -91, NULL,
	    "lat beyond the pole" },
	{ PROFILES, DOES_NOT_FIT, "lat", IS_NULL, 0, NULL, "lat is null" },
	{ PROFILES, DOES_NOT_FIT, "lat", TEXT, 0, "55.5", "lat is text" },
	{ PROFILES, DOES_NOT_FIT, "time", TEXT, 0, "2024-05-01 12:00",
	    "time is text" },
	{ PROFILES, DOES_NOT_FIT, "time", DATE, YEAR_1_MS, NULL,
	    "time in year 1" },
	{ PROFILES, FITS, "time", IS_NULL, 0, NULL, "time is null" },
	{ PROFILES, FITS, "lat", DECIMAL, 0, "55.5", "lat is a decimal" },
	{ PROFILES, FITS, "number", DOUBLE, 77, NULL,
	    "number is a whole double" },
	{ PROFILES, FITS, "max_depth", DOUBLE, NAN, NULL,
	    "max_depth is NaN: taken as missing" },
	{ PROFILES, DOES_NOT_FIT, "max_depth", TEXT, 0, "deep",
	    "max_depth is text" },
	{ PROFILES, DOES_NOT_FIT, "max_depth", DOUBLE, 1e6, NULL,
	    "max_depth of a thousand kilometres" },
	/* gliders and sailbuoys */
	{ GLIDERS, DOES_NOT_FIT, "platform_serial", MISSING, 0, NULL,
	    "a glider without a name for addresses" },
	{ GLIDERS, DOES_NOT_FIT, "platform_serial", TEXT, 0, "fleet",
	    "a glider with the name of a page" },
	{ GLIDERS, FITS, "name", TEXT, 0,
	    "<script>alert('Skarven')</script> & \"sons\"",
	    "a glider's name is markup" },
	{ GLIDERS, FITS, "name", MISSING, 0, NULL, "a glider without name" },
	{ GLIDERS, DOES_NOT_FIT, "name", BAD_UTF8, 0, NULL,
	    "a glider's name is not UTF-8" },
	{ GLIDERS, DOES_NOT_FIT, "total_profiles", TEXT, 0, "many",
	    "a glider's total_profiles is text" },
	{ GLIDERS, DOES_NOT_FIT, "total_seconds", DOUBLE, -1, NULL,
	    "a glider's total_seconds is negative" },
	{ GLIDERS, FITS, "missions", TEXT, 0, "1, 2",
	    "a glider's missions is text: not needed" },
	{ SAILBUOYS, DOES_NOT_FIT, "sailbuoy", TEXT, 0, "SB2900",
	    "a sailbuoy's number is text" },
	{ SAILBUOYS, DOES_NOT_FIT, "sailbuoy", INT, -1, NULL,
	    "a sailbuoy's number is negative" },
	{ SAILBUOYS, DOES_NOT_FIT, "total_dist", DOUBLE, INFINITY, NULL,
	    "a sailbuoy's total_dist is infinite" },
	/* sailbuoy missions */
	{ SAILBUOYMISSIONS, DOES_NOT_FIT, "sailbuoy", MISSING, 0, NULL,
	    "no sailbuoy" },
	{ SAILBUOYMISSIONS, FITS, "sailbuoy", DOUBLE, 2990, NULL,
	    "sailbuoy is a whole double" },
	{ SAILBUOYMISSIONS, DOES_NOT_FIT, "lon", TEXT, 0, "16.4",
	    "lon is text" },
	{ SAILBUOYMISSIONS, DOES_NOT_FIT, "lon", MISSING, 0, NULL,
	    "lat without lon" },
	{ SAILBUOYMISSIONS, DOES_NOT_FIT, "lat", ARRAY, 0, "55.5",
	    "lat is one text in an array" },
	{ SAILBUOYMISSIONS, FITS, "comment", TEXT, 0, "<b>&\"'",
	    "a comment, which sailbuoys do not have, of markup" },
	/* statistics and pipeline */
	{ GLIDERSTATS, DOES_NOT_FIT, "value", MISSING, 0, NULL, "no value" },
	{ GLIDERSTATS, DOES_NOT_FIT, "value", TEXT, 0, "0.5",
	    "value is text" },
	{ GLIDERSTATS, DOES_NOT_FIT, "stat_year", TEXT, 0, "1999",
	    "stat_year is text" },
	{ GLIDERSTATS, DOES_NOT_FIT, "date", MISSING, 0, NULL, "no date" },
	{ GLIDERSTATS, FITS, "name", TEXT, 0, "<i>uptime</i>",
	    "the name of a statistic is markup" },
	{ PIPELINESTATUS, DOES_NOT_FIT, "mission", TEXT, 0, "7",
	    "a pipeline's mission is text" },
	{ PIPELINESTATUS, DOES_NOT_FIT, "platform_serial", IS_NULL, 0, NULL,
	    "a pipeline's platform is null" },
	{ PIPELINESTATUS, DOES_NOT_FIT, "up", TEXT, 0, "no",
	    "up is text" },
	{ PIPELINESTATUS, DOES_NOT_FIT, "yml_time", TEXT, 0, "noon",
	    "yml_time is text" },
	{ PIPELINESTATUS, FITS, "yml", IS_NULL, 0, NULL, "yml is null" },
};

static void
put_long_text(bson_t *document, const char *field)
{
	char text[LONG_TEXT_BYTES + 1];

	memset(text, 'a', LONG_TEXT_BYTES);
	text[LONG_TEXT_BYTES] = '\0';
	BSON_APPEND_UTF8(document, field, text);
}

/* One item: `text`, or none. */
static void
put_array(bson_t *document, const char *field, const char *text)
{
	bson_t list = BSON_INITIALIZER;

	if (text != NULL)
		BSON_APPEND_UTF8(&list, "0", text);
	BSON_APPEND_ARRAY(document, field, &list);
	bson_destroy(&list);
}

static void
put_object(bson_t *document, const char *field)
{
	bson_t object = BSON_INITIALIZER;

	BSON_APPEND_INT32(&object, "value", 7);
	BSON_APPEND_DOCUMENT(document, field, &object);
	bson_destroy(&object);
}

void
dirt_put(bson_t *document, const struct dirt_row *row)
{
	static const char nul_inside[] = "before\0after";
	const char *field = row->field;
	bson_decimal128_t decimal;

	switch (row->value) {
	case MISSING:
		break;
	case IS_NULL:
		BSON_APPEND_NULL(document, field);
		break;
	case INT:
		BSON_APPEND_INT32(document, field, (int32_t)row->number);
		break;
	case LONG:
		BSON_APPEND_INT64(document, field, (int64_t)row->number);
		break;
	case DOUBLE:
		BSON_APPEND_DOUBLE(document, field, row->number);
		break;
	case DECIMAL:
		(void)bson_decimal128_from_string(row->text, &decimal);
		BSON_APPEND_DECIMAL128(document, field, &decimal);
		break;
	case BOOL:
		BSON_APPEND_BOOL(document, field, row->number != 0);
		break;
	case TEXT:
		BSON_APPEND_UTF8(document, field, row->text);
		break;
	case BAD_UTF8:
		(void)bson_append_utf8(document, field, -1,
		    "\xc3\x28 \xff\xfe", 5);
		break;
	case NUL_INSIDE:
		(void)bson_append_utf8(document, field, -1, nul_inside,
		    (int)sizeof nul_inside - 1);
		break;
	case LONG_TEXT:
		put_long_text(document, field);
		break;
	case DATE:
		BSON_APPEND_DATE_TIME(document, field, (int64_t)row->number);
		break;
	case TIMESTAMP:
		BSON_APPEND_TIMESTAMP(document, field, (uint32_t)row->number,
		    1);
		break;
	case OBJECT:
		put_object(document, field);
		break;
	case ARRAY:
		put_array(document, field, row->text);
		break;
	case EMPTY_ARRAY:
		put_array(document, field, NULL);
		break;
	}
}

/* A mission's own number or platform is not that of its profiles when the row
 * sets it: then it has none. */
static bool
has_profiles(const struct dirt_row *row)
{
	return row->collection == GLIDERMISSIONS && row->fate == FITS &&
	    strcmp(row->field, "mission") != 0 &&
	    strcmp(row->field, "platform_serial") != 0;
}

bool
dirt_rows(struct dirt *dirt)
{
	struct dirt_mission host = dirt_next_mission(dirt, 3), mission;
	bson_t document;
	size_t i;

	/* the mission that the dirty profiles of the table belong to */
	dirt_begin(dirt, GLIDERMISSIONS, &document);
	dirt_fill(dirt, GLIDERMISSIONS, &document, &host, NULL);
	if (!dirt_end(dirt, GLIDERMISSIONS, &document, FITS,
	    "a mission with dirty profiles") || !dirt_profiles(dirt, &host))
		return false;
	for (i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct dirt_row *row = &rows[i];

		if (row->collection == PROFILES) {
			mission = host;
			mission.profiles = ++host.profiles;
		} else {
			mission = dirt_next_mission(dirt,
			    has_profiles(row) ? 3 : 0);
		}
		dirt_begin(dirt, row->collection, &document);
		dirt_put(&document, row);
		dirt_fill(dirt, row->collection, &document, &mission,
		    row->field);
		if (!dirt_end(dirt, row->collection, &document, row->fate,
		    row->what) || (has_profiles(row) &&
		    !dirt_profiles(dirt, &mission)))
			return false;
	}
	return true;
}
