#include "decode.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../schema/clock.h"
#include "../schema/text.h"
#include "coerce.h"
#include "fields.h"

/* 2024 for a start strictly between 1 January 2024 and 2025; 0 on the stroke
 * itself, which source.md counts to neither year. */
static int64_t
year_of(int64_t start_ms)
{
	int64_t days = start_ms / CLOCK_DAY_MS, year;
	int month, day;

	if (start_ms % CLOCK_DAY_MS < 0)
		days--;
	clock_civil_from_days(days, &year, &month, &day);
	return month == 1 && day == 1 && start_ms == days * CLOCK_DAY_MS ? 0 :
	    year;
}

/* Looks at a sailbuoy's arrays: both or none, of one length, each item a
 * number in range, NaN or null. */
static bool
check_track(const bson_t *document, const struct field *fields,
    struct mission_row *row, struct misfit *misfit)
{
	bson_iter_t lon, lat;
	bool has_lon = coerce_find(document, &fields[M_LON], &lon, NULL);
	bool has_lat = coerce_find(document, &fields[M_LAT], &lat, NULL);
	bool more_lon, more_lat;
	double x, y;
	size_t i = 0;

	if (!has_lon && !has_lat)
		return true;
	if (!has_lon || !has_lat || bson_iter_type(&lon) != BSON_TYPE_ARRAY ||
	    bson_iter_type(&lat) != BSON_TYPE_ARRAY ||
	    !bson_iter_recurse(&lon, &row->track_lon) ||
	    !bson_iter_recurse(&lat, &row->track_lat)) {
		misfit_add(misfit, "lon", "lon and lat are not two arrays");
		return false;
	}
	lon = row->track_lon;
	lat = row->track_lat;
	for (;; i++) {
		more_lon = bson_iter_next(&lon);
		more_lat = bson_iter_next(&lat);
		if (!more_lon || !more_lat)
			break;
		x = y = 0;
		if ((!coerce_double(&lon, &x) && !BSON_ITER_HOLDS_NULL(&lon)) ||
		    (!coerce_double(&lat, &y) && !BSON_ITER_HOLDS_NULL(&lat))) {
			misfit_add(misfit, "lon", "item %zu of lon or lat is "
			    "not a number", i);
			return false;
		}
		if (i >= DECODE_FIXES) {
			misfit_add(misfit, "lon", "has more than %d fixes",
			    DECODE_FIXES);
			return false;
		}
		if ((!isnan(x) && fabs(x) > 180) ||
		    (!isnan(y) && fabs(y) > 90)) {
			misfit_add(misfit, "lon", "item %zu: %g, %g is no "
			    "position", i, x, y);
			return false;
		}
	}
	if (more_lon != more_lat) {
		misfit_add(misfit, "lon", "lon and lat differ in length");
		return false;
	}
	row->has_track = true;
	return true;
}

static bool
decode_texts(const bson_t *document, const struct field *f,
    struct mission_row *row, struct misfit *misfit)
{
	bson_iter_t ignored;
	bool ok = true;

	(void)coerce_find(document, &f[M_BASIN], &ignored, &row->basin_exists);
	ok &= coerce_text(document, &f[M_BASIN], &row->basin, misfit);
	ok &= coerce_text(document, &f[M_SEA_NAME], &row->sea_name, misfit);
	ok &= coerce_text(document, &f[M_PROJECT], &row->project, misfit);
	ok &= coerce_text(document, &f[M_PROJECT_URL], &row->project_url,
	    misfit);
	ok &= coerce_text(document, &f[M_COMMENT], &row->comment, misfit);
	ok &= coerce_label(document, &f[M_WMO_ID], row->wmo_id,
	    sizeof row->wmo_id, misfit);
	ok &= coerce_texts(document, &f[M_VARIABLES], row->variables,
	    DECODE_VARIABLES, &row->variables_length, misfit);
	if (row->sea_name == NULL)
		row->sea_name = "";
	if (row->project == NULL)
		row->project = "";
	if (row->project_url == NULL)
		row->project_url = "";
	if (row->comment == NULL)
		row->comment = "";
	return ok;
}

bool
decode_mission(const bson_t *document, enum collection collection,
    struct mission_row *row, struct misfit *misfit)
{
	const struct field *f = mapping_of(collection)->fields;
	bool glider = collection == C_GLIDER_MISSIONS, ok = true;
	int64_t complete;

	memset(row, 0, sizeof *row);
	memset(misfit, 0, sizeof *misfit);
	row->kind = glider ? 'g' : 's';
	row->profiles = row->data_points = DECODE_NO_INT;
	row->depth_m = DECODE_NO_NUMBER;
	ok &= coerce_serial(document, &f[M_PLATFORM], row->platform,
	    &row->serial_is_number, misfit);
	ok &= coerce_whole(document, &f[M_NUMBER], &row->number, misfit);
	ok &= coerce_date(document, &f[M_START], &row->start_ms, misfit);
	ok &= coerce_date(document, &f[M_END], &row->end_ms, misfit);
	ok &= coerce_number(document, &f[M_LAT_MIN], &row->lat_min, misfit);
	ok &= coerce_number(document, &f[M_LAT_MAX], &row->lat_max, misfit);
	ok &= coerce_number(document, &f[M_LON_MIN], &row->lon_min, misfit);
	ok &= coerce_number(document, &f[M_LON_MAX], &row->lon_max, misfit);
	ok &= coerce_flag(document, &f[M_COMPLETE], &complete, misfit);
	ok &= coerce_date(document, &f[M_MODIFIED], &row->modified_ms, misfit);
	ok &= coerce_number(document, &f[M_DISTANCE], &row->distance_m,
	    misfit);
	ok &= decode_texts(document, f, row, misfit);
	if (glider) {
		ok &= coerce_whole(document, &f[M_PROFILES], &row->profiles,
		    misfit);
		ok &= coerce_number(document, &f[M_DEPTH], &row->depth_m,
		    misfit);
		ok &= coerce_whole(document, &f[M_DATA_POINTS],
		    &row->data_points, misfit);
	} else {
		ok &= check_track(document, f, row, misfit);
	}
	if (ok && row->end_ms < row->start_ms) {
		misfit_add(misfit, f[M_END].name, "is before start");
		ok = false;
	}
	row->complete = complete == 1;
	row->counted = !glider || (row->basin != NULL && row->basin[0] != '\0');
	row->year = ok ? year_of(row->start_ms) : 0;
	return ok;
}

bool
decode_point(const bson_t *document, struct point_row *row,
    struct misfit *misfit)
{
	const struct field *f = mapping_of(C_PROFILES)->fields;
	bson_iter_t time;
	bool ok = true, ignored;

	memset(row, 0, sizeof *row);
	memset(misfit, 0, sizeof *misfit);
	ok &= coerce_serial(document, &f[P_PLATFORM], row->platform, &ignored,
	    misfit);
	ok &= coerce_whole(document, &f[P_MISSION], &row->mission, misfit);
	ok &= coerce_whole(document, &f[P_NUMBER], &row->number, misfit);
	ok &= coerce_number(document, &f[P_LON], &row->lon, misfit);
	ok &= coerce_number(document, &f[P_LAT], &row->lat, misfit);
	ok &= coerce_date(document, &f[P_TIME], &row->time_ms, misfit);
	row->raw_ms = coerce_find(document, &f[P_TIME], &time, NULL) &&
	    BSON_ITER_HOLDS_DATE_TIME(&time) ? bson_iter_date_time(&time) :
	    DECODE_NO_INT;
	ok &= coerce_number(document, &f[P_MAX_DEPTH], &row->max_depth_m,
	    misfit);
	return ok;
}

bool
decode_platform(const bson_t *document, enum collection collection,
    struct platform_row *row, struct misfit *misfit)
{
	const struct field *f = mapping_of(collection)->fields;
	bool glider = collection == C_GLIDERS, ok = true, ignored;

	memset(row, 0, sizeof *row);
	memset(misfit, 0, sizeof *misfit);
	row->kind = glider ? 'g' : 's';
	row->name = NULL;
	row->profiles = DECODE_NO_INT;
	row->depth_m = row->distance_m = DECODE_NO_NUMBER;
	ok &= coerce_serial(document, &f[V_PLATFORM], row->serial, &ignored,
	    misfit);
	if (glider) {
		ok &= coerce_text(document, &f[V_NAME], &row->name, misfit);
		ok &= coerce_whole(document, &f[V_PROFILES], &row->profiles,
		    misfit);
		ok &= coerce_number(document, &f[V_SECONDS], &row->seconds,
		    misfit);
		ok &= coerce_number(document, &f[V_DEPTH], &row->depth_m,
		    misfit);
	} else {
		ok &= coerce_number(document, &f[B_SECONDS], &row->seconds,
		    misfit);
		ok &= coerce_number(document, &f[B_DISTANCE],
		    &row->distance_m, misfit);
	}
	if (row->name == NULL)
		row->name = "";
	return ok;
}

bool
decode_stat(const bson_t *document, struct stat_row *row,
    struct misfit *misfit)
{
	const struct field *f = mapping_of(C_STATS)->fields;
	bson_iter_t value;
	bool ok = true;

	memset(row, 0, sizeof *row);
	memset(misfit, 0, sizeof *misfit);
	ok &= coerce_text(document, &f[S_NAME], &row->name, misfit);
	ok &= coerce_whole(document, &f[S_YEAR], &row->year, misfit);
	ok &= coerce_date(document, &f[S_DATE], &row->date_ms, misfit);
	if (!coerce_find(document, &f[S_VALUE], &value, NULL) ||
	    bson_iter_type(&value) != BSON_TYPE_DOCUMENT ||
	    !bson_iter_recurse(&value, &row->values)) {
		misfit_add(misfit, f[S_VALUE].name,
		    "is not an embedded document");
		ok = false;
	}
	return ok;
}

bool
decode_pipeline(const bson_t *document, struct pipeline_row *row,
    struct misfit *misfit)
{
	const struct field *f = mapping_of(C_PIPELINE)->fields;
	bool ok = true, ignored;
	size_t i;

	memset(row, 0, sizeof *row);
	memset(misfit, 0, sizeof *misfit);
	ok &= coerce_serial(document, &f[L_PLATFORM], row->platform, &ignored,
	    misfit);
	ok &= coerce_whole(document, &f[L_NUMBER], &row->number, misfit);
	for (i = 0; i < PIPELINE_STEPS; i++) {
		const struct field *step = &f[L_STEPS + 2 * i];

		row->steps[i].step = step->name;
		ok &= coerce_flag(document, step, &row->steps[i].value, misfit);
		ok &= coerce_date(document, step + 1, &row->steps[i].time_ms,
		    misfit);
		/* The source writes the start of 1970 for "never". */
		if (row->steps[i].time_ms < CLOCK_DAY_MS)
			row->steps[i].time_ms = DECODE_NO_INT;
	}
	return ok;
}

void
decode_source_id(const bson_t *document, char text[DECODE_SOURCE_ID_BYTES])
{
	bson_json_opts_t *opts;
	bson_t id = BSON_INITIALIZER;
	bson_iter_t at;
	char *json, *value;
	size_t length;

	text[0] = '\0';
	if (!bson_iter_init_find(&at, document, "_id") ||
	    !bson_append_iter(&id, "_id", -1, &at)) {
		bson_destroy(&id);
		return;
	}
	if (BSON_ITER_HOLDS_OID(&at)) {
		/* What nearly every document has, without the detour. */
		strcpy(text, "{ \"$oid\" : \"");
		bson_oid_to_string(bson_iter_oid(&at), text + strlen(text));
		strcat(text, "\" }");
		bson_destroy(&id);
		return;
	}
	opts = bson_json_opts_new(BSON_JSON_MODE_CANONICAL, 1024);
	json = bson_as_json_with_opts(&id, &length, opts);
	bson_json_opts_destroy(opts);
	bson_destroy(&id);
	if (json == NULL)
		return;
	/* From { "_id" : VALUE } the value. */
	value = strchr(json, ':');
	if (value != NULL) {
		value += 2;
		length = strlen(value);
		if (length > 2 && strcmp(value + length - 2, " }") == 0)
			value[length - 2] = '\0';
		text_copy(text, DECODE_SOURCE_ID_BYTES, value);
	}
	bson_free(json);
}
