/* One source document to one row: what fits and what does not, a line a
 * case. */
#include "check.h"

#include <math.h>

#include "sync/decode.h"
#include "sync/project.h"

/* A document in Extended JSON; every case changes one field of it. */
static const char glider_mission[] =
    "{\"_id\": {\"$oid\": \"65a000000000000000000001\"},"
    " \"mission\": 33, \"platform_serial\": \"SEA063\","
    " \"start\": {\"$date\": \"2025-10-12T08:00:00Z\"},"
    " \"end\": {\"$date\": \"2025-11-03T09:00:00Z\"},"
    " \"lat_min\": 57.1, \"lat_max\": 58.2, \"lon_min\": 10.1,"
    " \"lon_max\": 11.4, \"sea_name\": \"Kattegat\","
    " \"basin\": \"Skagerrak, Kattegat\", \"wmo_id\": 6801234,"
    " \"is_complete\": true, \"total_profiles\": 943,"
    " \"total_depth\": 81234.5, \"total_distance_m\": 883001.25,"
    " \"total_data_points\": {\"$numberLong\": \"5000000000\"},"
    " \"variables\": [\"temperature\", \"salinity\"],"
    " \"project\": \"SAMBA\", \"comment\": \"fine\"}";

static const char profile[] =
    "{\"_id\": {\"$oid\": \"65a000000000000000000002\"},"
    " \"platform_serial\": \"SEA063\", \"mission\": 33, \"number\": 7,"
    " \"lon\": 11.5, \"lat\": 57.5,"
    " \"time\": {\"$date\": \"2025-10-12T09:00:00Z\"},"
    " \"max_depth\": 88.5}";

static const char sailbuoy_mission[] =
    "{\"_id\": {\"$oid\": \"65a000000000000000000003\"},"
    " \"mission\": 2, \"sailbuoy\": 2120,"
    " \"start\": {\"$date\": \"2024-06-01T00:00:00Z\"},"
    " \"end\": {\"$date\": \"2024-06-30T00:00:00Z\"},"
    " \"lon\": [17.0, {\"$numberDouble\": \"NaN\"}, 17.2],"
    " \"lat\": [57.0, {\"$numberDouble\": \"NaN\"}, 57.2]}";

/* The document with `field` set to a JSON value, or without it for NULL. */
static bson_t *
document_with(const char *base, const char *field, const char *value)
{
	bson_t *whole = bson_new_from_json((const uint8_t *)base, -1, NULL);
	bson_t *changed = bson_new(), *one;
	char json[512];
	bson_iter_t at;

	bson_copy_to_excluding_noinit(whole, changed,
	    field != NULL ? field : "", NULL);
	if (field != NULL && value != NULL) {
		(void)snprintf(json, sizeof json, "{\"%s\": %s}", field,
		    value);
		one = bson_new_from_json((const uint8_t *)json, -1, NULL);
		CHECK(one != NULL && bson_iter_init(&at, one) &&
		    bson_iter_next(&at) &&
		    bson_append_iter(changed, NULL, 0, &at));
		bson_destroy(one);
	}
	bson_destroy(whole);
	return changed;
}

struct coercion {
	int line;
	const char *field, *value, *reason; /* reason NULL: it fits */
};

static void
check_fit(const struct coercion *c, bool fits, const struct misfit *misfit)
{
	check_true(fits == (c->reason == NULL), fits ? "fits" :
	    misfit->reason, __FILE__, c->line);
	if (!fits && c->reason != NULL)
		check_text(misfit->reason, c->reason, __FILE__, c->line);
}

static void
run_missions(const char *base, enum collection collection,
    const struct coercion *cases, size_t length)
{
	struct mission_row row;
	struct misfit misfit;
	bson_t *document;
	bool fits;
	size_t i;

	for (i = 0; i < length; i++) {
		document = document_with(base, cases[i].field,
		    cases[i].value);
		fits = decode_mission(document, collection, &row, &misfit);
		check_fit(&cases[i], fits, &misfit);
		bson_destroy(document);
	}
}

static void
mission_fields_fit_or_say_why(void)
{
#define CASE(field, value, reason) { __LINE__, field, value, reason }
	static const struct coercion cases[] = {
		CASE(NULL, NULL, NULL),
		CASE("mission", "{\"$numberLong\": \"33\"}", NULL),
		CASE("mission", "33.0", NULL),
		CASE("mission", "{\"$numberDecimal\": \"33\"}", NULL),
		CASE("mission", "0", NULL),
		CASE("mission", "999999999", NULL),
		CASE("mission", "33.5", "mission: 33.5 is not a whole number"),
		CASE("mission", "-1",
		    "mission: -1 is not between 0 and 999999999"),
		CASE("mission", "1000000000",
		    "mission: 1000000000 is not between 0 and 999999999"),
		CASE("mission", "\"33\"",
		    "mission: is text, not a whole number"),
		CASE("mission", "null", "mission: is missing"),
		CASE("mission", NULL, "mission: is missing"),
		CASE("mission", "{\"$numberDouble\": \"NaN\"}",
		    "mission: nan is not a whole number"),
		CASE("platform_serial", "\"SG607\"", NULL),
		CASE("platform_serial", "63", NULL),
		CASE("platform_serial", "63.0", NULL),
		CASE("platform_serial", NULL, "platform_serial: is missing"),
		CASE("platform_serial", "\"\"", "platform_serial: '' cannot "
		    "stand in an address: letters, digits, '-' and '_', a "
		    "letter first"),
		CASE("platform_serial", "\"../etc/passwd\"",
		    "platform_serial: '../etc/passwd' cannot stand in an "
		    "address: letters, digits, '-' and '_', a letter first"),
		CASE("platform_serial", "\"SB7\"", "platform_serial: 'SB7' is "
		    "the name of another address"),
		CASE("platform_serial", "\"missions\"", "platform_serial: "
		    "'missions' is the name of another address"),
		CASE("platform_serial",
		    "\"A23456789012345678901234567890123\"",
		    "platform_serial: is too long"),
		CASE("start", "\"2025-10-12\"",
		    "start: is text, not a date"),
		CASE("start", NULL, "start: is missing"),
		CASE("start", "{\"$date\": {\"$numberLong\": "
		    "\"-62135596800000\"}}", "start: 0001-01-01T00:00:00Z is "
		    "not between the years 1980 and 2100"),
		CASE("end", "{\"$date\": {\"$numberLong\": "
		    "\"253370764800000\"}}", "end: 9999-01-01T00:00:00Z is "
		    "not between the years 1980 and 2100"),
		CASE("end", "{\"$date\": {\"$numberLong\": "
		    "\"9223372036854775807\"}}", "end: its year is not "
		    "between the years 1980 and 2100"),
		CASE("end", "{\"$date\": \"2025-10-12T07:59:59.999Z\"}",
		    "end: is before start"),
		CASE("end", "{\"$date\": \"2025-10-12T08:00:00Z\"}", NULL),
		CASE("lat_min", "null", NULL),
		CASE("lat_min", "{\"$numberDouble\": \"NaN\"}", NULL),
		CASE("lat_min", "{\"$numberDouble\": \"Infinity\"}",
		    "lat_min: inf is not between -90 and 90"),
		CASE("lon_max", "180.01",
		    "lon_max: 180.01 is not between -180 and 180"),
		CASE("lon_max", "\"11\"", "lon_max: is text, not a number"),
		CASE("total_profiles", "{\"$numberLong\": \"943\"}", NULL),
		CASE("total_profiles", "943.0", NULL),
		CASE("total_profiles", "-1", "total_profiles: -1 is not "
		    "between 0 and 1000000000000"),
		CASE("total_profiles", NULL, NULL),
		CASE("total_distance_m", "883001", NULL),
		CASE("total_distance_m", "1e300",
		    "total_distance_m: 1e+300 is not between 0 and 1e+09"),
		CASE("is_complete", "1", NULL),
		CASE("is_complete", "0.0", NULL),
		CASE("is_complete", "2",
		    "is_complete: 2 is neither true nor false"),
		CASE("is_complete", "\"yes\"",
		    "is_complete: is text, not true or false"),
		CASE("basin", "null", NULL),
		CASE("basin", "\"\"", NULL),
		CASE("basin", "\" \"", NULL),
		CASE("basin", "3", "basin: is a number, not text"),
		CASE("wmo_id", "\"Q6801\"", NULL),
		CASE("wmo_id", "1.5",
		    "wmo_id: is a number, not text or a whole number"),
		CASE("variables", "[]", NULL),
		CASE("variables", "null", NULL),
		CASE("variables", "[\"a\", 3]", "variables: item 1 is not "
		    "text"),
		CASE("variables", "\"a\"",
		    "variables: is text, not an array of text"),
		CASE("comment", "\"<script>alert('x')</script>\"", NULL),
		CASE("comment", "\"a\\u0000b\"", "comment: has a NUL inside"),
		CASE("comment", "{\"a\": 1}",
		    "comment: is an embedded document, not text"),
	};

	run_missions(glider_mission, C_GLIDER_MISSIONS, cases,
	    sizeof cases / sizeof cases[0]);
}

static void
sailbuoy_tracks_fit_or_say_why(void)
{
	static const struct coercion cases[] = {
		CASE(NULL, NULL, NULL),
		CASE("sailbuoy", "\"2120\"",
		    "sailbuoy: is text, not a whole number"),
		CASE("sailbuoy", "-1",
		    "sailbuoy: -1 is not a platform's number"),
		CASE("sailbuoy", NULL, "sailbuoy: is missing"),
		CASE("lon", "[17.0, 17.1]",
		    "lon: lon and lat differ in length"),
		CASE("lon", "17.0", "lon: lon and lat are not two arrays"),
		CASE("lon", NULL, "lon: lon and lat are not two arrays"),
		CASE("lon", "[17, null, 17.2]", NULL),
		CASE("lon", "[17, \"x\", 17.2]", "lon: item 1 of lon or lat "
		    "is not a number"),
		CASE("lon", "[17, 181, 17.2]",
		    "lon: item 1: 181, nan is no position"),
	};

	run_missions(sailbuoy_mission, C_SAILBUOY_MISSIONS, cases,
	    sizeof cases / sizeof cases[0]);
}

static void
profile_fields_fit_or_say_why(void)
{
	static const struct coercion cases[] = {
		CASE(NULL, NULL, NULL),
		CASE("lon", "{\"$numberDouble\": \"NaN\"}", "lon: is NaN"),
		CASE("lon", "null", "lon: is missing"),
		CASE("lat", "90", NULL),
		CASE("lat", "90.0001", "lat: 90.0001 is not between -90 and "
		    "90"),
		CASE("number", "7.0", NULL),
		CASE("number", NULL, "number: is missing"),
		CASE("time", NULL, NULL),
		CASE("time", "\"09:00\"", "time: is text, not a date"),
		CASE("max_depth", "{\"$numberDouble\": \"NaN\"}", NULL),
		CASE("max_depth", "88", NULL),
		CASE("max_depth", "20000",
		    "max_depth: 20000 is not between -100 and 12000"),
	};
	struct point_row row;
	struct misfit misfit;
	bson_t *document;
	bool fits;
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		document = document_with(profile, cases[i].field,
		    cases[i].value);
		fits = decode_point(document, &row, &misfit);
		check_fit(&cases[i], fits, &misfit);
		bson_destroy(document);
	}
}

static void
mission_row_holds_the_values(void)
{
	bson_t *document = document_with(glider_mission, NULL, NULL);
	struct mission_row row;
	struct misfit misfit;

	CHECK(decode_mission(document, C_GLIDER_MISSIONS, &row, &misfit));
	CHECK_STR(row.platform, "SEA063");
	CHECK_INT(row.number, 33);
	CHECK_INT(row.start_ms, INT64_C(1760256000000));
	CHECK_INT(row.end_ms, INT64_C(1762160400000));
	CHECK_INT(row.year, 2025);
	CHECK(row.basin_exists && row.counted && row.complete);
	CHECK_STR(row.basin, "Skagerrak, Kattegat");
	CHECK_STR(row.wmo_id, "6801234");
	CHECK_INT(row.profiles, 943);
	CHECK_INT(row.data_points, INT64_C(5000000000));
	CHECK(row.depth_m == 81234.5 && row.distance_m == 883001.25);
	CHECK_INT(row.variables_length, 2);
	CHECK_STR(row.variables[1], "salinity");
	CHECK_STR(row.project_url, "");
	bson_destroy(document);
}

static void
older_number_and_newer_serial_give_one_name(void)
{
	bson_t *document = document_with(glider_mission, "platform_serial",
	    NULL);
	struct mapping *mapping = mapping_open(NULL, NULL, NULL, NULL);
	bson_t projected = BSON_INITIALIZER;
	struct mission_row row;
	struct misfit misfit;

	BSON_APPEND_INT32(document, "glider", 63);
	CHECK(project_document(mapping, NULL, C_GLIDER_MISSIONS, document,
	    &projected));
	CHECK(decode_mission(&projected, C_GLIDER_MISSIONS, &row, &misfit));
	CHECK_STR(row.platform, "SEA063");
	CHECK(row.serial_is_number);
	mapping_close(mapping);
	bson_destroy(&projected);
	bson_destroy(document);
}

/* Totals and recents tell missing, null, "" and " " apart (source.md). */
static void
basin_missing_null_empty_and_blank_differ(void)
{
	static const struct {
		const char *value;
		bool exists, counted;
	} cases[] = { { NULL, false, false }, { "null", true, false },
		{ "\"\"", true, false }, { "\" \"", true, true } };
	struct mission_row row;
	struct misfit misfit;
	bson_t *document;
	size_t i;

	for (i = 0; i < 4; i++) {
		document = document_with(glider_mission, "basin",
		    cases[i].value);
		CHECK(decode_mission(document, C_GLIDER_MISSIONS, &row,
		    &misfit));
		CHECK_INT(row.basin_exists, cases[i].exists);
		CHECK_INT(row.counted, cases[i].counted);
		bson_destroy(document);
	}
}

static void
start_on_the_stroke_of_new_year_belongs_to_no_year(void)
{
	bson_t *document = document_with(glider_mission, "start",
	    "{\"$date\": \"2025-01-01T00:00:00Z\"}");
	struct mission_row row;
	struct misfit misfit;

	CHECK(decode_mission(document, C_GLIDER_MISSIONS, &row, &misfit));
	CHECK_INT(row.year, 0);
	bson_destroy(document);
	document = document_with(glider_mission, "start",
	    "{\"$date\": \"2025-01-01T00:00:00.001Z\"}");
	CHECK(decode_mission(document, C_GLIDER_MISSIONS, &row, &misfit));
	CHECK_INT(row.year, 2025);
	bson_destroy(document);
}

static void
several_misfits_are_all_named(void)
{
	bson_t *document = bson_new();
	struct mission_row row;
	struct misfit misfit;

	CHECK(!decode_mission(document, C_GLIDER_MISSIONS, &row, &misfit));
	CHECK_STR(misfit.field, "platform_serial");
	CHECK_STR(misfit.reason, "platform_serial: is missing; mission: is "
	    "missing; start: is missing; end: is missing");
	bson_destroy(document);
}

static void
projection_keeps_id_and_mapped_fields_in_one_order(void)
{
	bson_t *document = document_with(glider_mission, "start",
	    "{\"$date\": \"2025-10-12T08:00:00Z\"}"); /* now the last field */
	bson_t *again = document_with(glider_mission, NULL, NULL);
	struct mapping *mapping = mapping_open(NULL, NULL, NULL, NULL);
	bson_t one = BSON_INITIALIZER, two = BSON_INITIALIZER;

	BSON_APPEND_UTF8(document, "unknown", "x");
	BSON_APPEND_UTF8(document, "profiles", "heavy");
	CHECK(project_document(mapping, NULL, C_GLIDER_MISSIONS, document,
	    &one));
	CHECK(project_document(mapping, NULL, C_GLIDER_MISSIONS, again, &two));
	CHECK(bson_equal(&one, &two));
	CHECK(!bson_has_field(&one, "unknown"));
	CHECK(!bson_has_field(&one, "profiles"));
	mapping_close(mapping);
	bson_destroy(&one);
	bson_destroy(&two);
	bson_destroy(document);
	bson_destroy(again);
}

static void
source_id_is_extended_json(void)
{
	static const struct {
		const char *json, *id;
	} cases[] = {
		{ "{\"_id\": {\"$oid\": \"65a000000000000000000001\"}}",
		    "{ \"$oid\" : \"65a000000000000000000001\" }" },
		{ "{\"_id\": 7}", "{ \"$numberInt\" : \"7\" }" },
		{ "{\"_id\": \"a\"}", "\"a\"" },
		{ "{\"x\": 7}", "" },
	};
	char id[DECODE_SOURCE_ID_BYTES];
	bson_t *document;
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		document = bson_new_from_json((const uint8_t *)cases[i].json,
		    -1, NULL);
		decode_source_id(document, id);
		CHECK_STR(id, cases[i].id);
		bson_destroy(document);
	}
}

int
main(void)
{
	RUN(mission_fields_fit_or_say_why);
	RUN(sailbuoy_tracks_fit_or_say_why);
	RUN(profile_fields_fit_or_say_why);
	RUN(mission_row_holds_the_values);
	RUN(older_number_and_newer_serial_give_one_name);
	RUN(basin_missing_null_empty_and_blank_differ);
	RUN(start_on_the_stroke_of_new_year_belongs_to_no_year);
	RUN(several_misfits_are_all_named);
	RUN(projection_keeps_id_and_mapped_fields_in_one_order);
	RUN(source_id_is_extended_json);
	return check_exit();
}
