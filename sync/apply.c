#include "apply.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "coerce.h"

/* Names in one basin text; the rest of a longer text is not looked at. */
#define BASINS_MOST 64
#define BASIN_NAME_BYTES 256

static void
bind_whole(struct stmt *s, int at, int64_t value)
{
	if (value == DECODE_NO_INT)
		stmt_null(s, at);
	else
		stmt_int(s, at, value);
}

static bool
run_with_id(struct db *db, enum query query, int64_t mission_id,
    struct edge_err *err)
{
	struct stmt *s = db_stmt(db, query);

	stmt_int(s, 1, mission_id);
	return stmt_run(s, err);
}

/* Lower case for comparing basin names: ASCII, and the letters of Latin-1
 * (in UTF-8 C3 80–9E), as the source's case-insensitive match has it. */
static void
fold(const char *text, char *folded, size_t size)
{
	size_t i;
	bool latin = false;

	for (i = 0; text[i] != '\0' && i + 1 < size; i++) {
		unsigned char c = (unsigned char)text[i];

		if (latin && c >= 0x80 && c <= 0x9e && c != 0x97)
			c += 0x20;
		folded[i] = (char)(c < 0x80 ? tolower(c) : c);
		latin = c == 0xc3;
	}
	folded[i] = '\0';
}

static bool
link_basin(struct db *db, const struct mission_row *row, int64_t mission_id,
    int64_t basin_id, int *rank, struct edge_err *err)
{
	struct stmt *s = db_stmt(db, Q_MISSION_BASIN_ADD);

	stmt_int(s, 1, mission_id);
	stmt_int(s, 2, *rank);
	stmt_int(s, 3, basin_id);
	stmt_int(s, 4, row->start_ms);
	if (!stmt_run(s, err))
		return false;
	++*rank;
	return true;
}

/* The basins with a page whose name stands in `folded`, as the source's
 * "contains" has it. *found: there was one. */
static bool
link_known(struct db *db, const struct mission_row *row, int64_t mission_id,
    const char *folded, int *rank, bool *found, struct edge_err *err)
{
	char name[BASIN_NAME_BYTES];
	int64_t ids[BASINS_MOST];
	size_t length = 0, i;
	struct edge_err failed = { 0 };
	struct stmt *s = db_stmt(db, Q_BASIN_NAMES);

	while (stmt_row(s, &failed)) {
		fold(stmt_get_text(s, 1), name, sizeof name);
		if (strstr(folded, name) != NULL && length < BASINS_MOST)
			ids[length++] = stmt_get_int(s, 0);
	}
	if (failed.kind != EDGE_NONE) {
		*err = failed;
		return false;
	}
	for (i = 0; i < length; i++)
		if (!link_basin(db, row, mission_id, ids[i], rank, err))
			return false;
	*found = length > 0;
	return true;
}

static bool
basin_id_of(struct db *db, const char *name, int64_t *id,
    struct edge_err *err)
{
	struct edge_err failed = { 0 };
	struct stmt *s = db_stmt(db, Q_BASIN_FIND);

	stmt_text(s, 1, name);
	if (stmt_row(s, &failed)) {
		*id = stmt_get_int(s, 0);
		stmt_reset(s);
		return true;
	}
	if (failed.kind != EDGE_NONE) {
		*err = failed;
		return false;
	}
	s = db_stmt(db, Q_BASIN_ADD);
	stmt_text(s, 1, name);
	if (!stmt_run(s, err))
		return false;
	*id = db_last_id(db);
	return true;
}

/* "Bornholm Basin, Eastern Gotland Basin": most time first. */
static bool
link_basins(struct db *db, const struct mission_row *row, int64_t mission_id,
    struct edge_err *err)
{
	char text[4096], folded[BASIN_NAME_BYTES], *item, *rest = text, *end;
	int64_t id;
	int rank = 0;
	bool found;

	(void)snprintf(text, sizeof text, "%s",
	    row->basin != NULL ? row->basin : "");
	while (rank < BASINS_MOST && (item = strsep(&rest, ",")) != NULL) {
		item += strspn(item, " \t\r\n");
		end = item + strlen(item);
		while (end > item && strchr(" \t\r\n", end[-1]) != NULL)
			*--end = '\0';
		if (*item == '\0' || strlen(item) >= BASIN_NAME_BYTES)
			continue;
		fold(item, folded, sizeof folded);
		if (!link_known(db, row, mission_id, folded, &rank, &found,
		    err))
			return false;
		if (!found && (!basin_id_of(db, item, &id, err) ||
		    !link_basin(db, row, mission_id, id, &rank, err)))
			return false;
	}
	return true;
}

static bool
link_variables(struct db *db, const struct mission_row *row,
    int64_t mission_id, struct edge_err *err)
{
	size_t i;

	for (i = 0; i < row->variables_length; i++) {
		struct stmt *s = db_stmt(db, Q_MISSION_VARIABLE_ADD);

		stmt_int(s, 1, mission_id);
		stmt_text(s, 2, row->variables[i]);
		stmt_int(s, 3, row->start_ms);
		if (!stmt_run(s, err))
			return false;
	}
	return true;
}

static bool
put_points(struct db *db, int64_t mission_id, const struct track *track,
    struct edge_err *err)
{
	size_t i;

	for (i = 0; i < track->length; i++) {
		const struct track_point *p = &track->points[i];
		struct stmt *s = db_stmt(db, Q_TRACK_POINT_ADD);

		stmt_int(s, 1, mission_id);
		stmt_int(s, 2, p->number);
		bind_whole(s, 3, p->time_ms);
		stmt_real(s, 4, p->lon);
		stmt_real(s, 5, p->lat);
		stmt_real(s, 6, p->max_depth_m);
		if (!stmt_run(s, err))
			return false;
	}
	return true;
}

static bool
put_lines(struct db *db, int64_t mission_id, const struct track *track,
    struct edge_err *err)
{
	size_t points;
	int detail;

	for (detail = 0; detail < 3 && track->length > 0; detail++) {
		struct stmt *s = db_stmt(db, Q_TRACK_LINE_ADD);
		char *line = track_line(track, track_tolerance_m[detail],
		    &points);
		bool ok;

		if (line == NULL)
			return err_set(err, EDGE_IO, "out of memory");
		stmt_int(s, 1, mission_id);
		stmt_int(s, 2, detail);
		stmt_int(s, 3, (int64_t)points);
		stmt_text(s, 4, line);
		ok = stmt_run(s, err);
		free(line);
		if (!ok)
			return false;
	}
	return true;
}

static const char *
kind_word(char kind)
{
	return kind == 'g' ? "glider" : "sailbuoy";
}

/* For mission_put and mission_same: all but the fingerprint and now. */
static void
bind_mission(struct stmt *s, const struct mission_row *row,
    const char *source_id, const struct track *track)
{
	const struct track_point *last = track->length == 0 ? NULL :
	    &track->points[track->length - 1];

	stmt_text(s, 1, row->platform);
	stmt_int(s, 2, row->number);
	stmt_text(s, 3, kind_word(row->kind));
	stmt_int(s, 4, row->start_ms);
	stmt_int(s, 5, row->end_ms);
	stmt_int(s, 6, row->year);
	stmt_int(s, 7, row->basin_exists);
	stmt_text(s, 8, row->basin);
	stmt_int(s, 9, row->counted);
	stmt_int(s, 10, row->complete);
	bind_whole(s, 11, row->profiles);
	stmt_real(s, 12, row->depth_m);
	stmt_real(s, 13, row->distance_m);
	bind_whole(s, 14, row->data_points);
	stmt_real(s, 15, row->lon_min);
	stmt_real(s, 16, row->lon_max);
	stmt_real(s, 17, row->lat_min);
	stmt_real(s, 18, row->lat_max);
	stmt_text(s, 19, row->sea_name);
	stmt_text(s, 20, row->wmo_id);
	stmt_text(s, 21, row->project);
	stmt_text(s, 22, row->project_url);
	stmt_text(s, 23, row->comment);
	bind_whole(s, 24, row->modified_ms);
	stmt_int(s, 25, (int64_t)track->length);
	if (last != NULL) {
		bind_whole(s, 26, last->time_ms);
		stmt_real(s, 27, last->lon);
		stmt_real(s, 28, last->lat);
	}
	stmt_text(s, 29, source_id);
	stmt_int(s, 32, track->documents);
	bind_whole(s, 33, track->last_ms);
}

static bool
put_mission(struct db *db, const struct mission_row *row,
    const char *source_id, const uint8_t fingerprint[32],
    const struct track *track, int64_t now_ms, struct edge_err *err)
{
	struct stmt *s = db_stmt(db, Q_MISSION_PUT);

	bind_mission(s, row, source_id, track);
	stmt_blob(s, 30, fingerprint, 32);
	stmt_int(s, 31, now_ms);
	return stmt_run(s, err);
}

/* Whether a column holds the number, NaN and DECODE_NO_INT being NULL. */
static bool
has_real(struct stmt *s, int at, double value)
{
	return isnan(value) ? stmt_is_null(s, at) : !stmt_is_null(s, at) &&
	    stmt_get_real(s, at) == value;
}

static bool
has_whole(struct stmt *s, int at, int64_t value)
{
	return value == DECODE_NO_INT ? stmt_is_null(s, at) :
	    !stmt_is_null(s, at) && stmt_get_int(s, at) == value;
}

static bool
has_point(struct stmt *s, const struct track_point *p)
{
	return stmt_get_int(s, 0) == p->number && has_whole(s, 1, p->time_ms) &&
	    has_real(s, 2, p->lon) && has_real(s, 3, p->lat) &&
	    has_real(s, 4, p->max_depth_m);
}

/* Rows that were compared with all there should be. */
static bool
is_whole(struct stmt *s, size_t equal, size_t length, bool *same,
    struct edge_err *failed, struct edge_err *err)
{
	*same = *same && equal == length;
	stmt_reset(s);
	if (failed->kind != EDGE_NONE)
		*err = *failed;
	return failed->kind == EDGE_NONE;
}

static bool
same_points(struct db *db, int64_t id, const struct track *track, bool *same,
    struct edge_err *err)
{
	struct edge_err failed = { 0 };
	struct stmt *s = db_stmt(db, Q_TRACK_POINTS_OF);
	size_t i;

	stmt_int(s, 1, id);
	for (i = 0; *same && stmt_row(s, &failed); i++)
		*same = i < track->length && has_point(s, &track->points[i]);
	return is_whole(s, i, track->length, same, &failed, err);
}

static bool
has_variable(const struct mission_row *row, size_t length, const char *name)
{
	size_t i;

	for (i = 0; i < length; i++)
		if (strcmp(row->variables[i], name) == 0)
			return true;
	return false;
}

static bool
same_variables(struct db *db, int64_t id, const struct mission_row *row,
    bool *same, struct edge_err *err)
{
	struct edge_err failed = { 0 };
	struct stmt *s = db_stmt(db, Q_MISSION_VARIABLES_OF);
	size_t stored = 0, distinct = 0, i;

	for (i = 0; i < row->variables_length; i++)
		distinct += !has_variable(row, i, row->variables[i]);
	stmt_int(s, 1, id);
	for (; *same && stmt_row(s, &failed); stored++)
		*same = has_variable(row, row->variables_length,
		    stmt_get_text(s, 0));
	return is_whole(s, stored, distinct, same, &failed, err);
}

bool
apply_same(struct db *db, const struct mission_row *row,
    const char *source_id, const struct track *track, int64_t *id,
    struct edge_err *err)
{
	struct edge_err failed = { 0 };
	struct stmt *s = db_stmt(db, Q_MISSION_SAME);
	bool same;

	*id = -1;
	bind_mission(s, row, source_id, track);
	same = stmt_row(s, &failed);
	if (same)
		*id = stmt_get_int(s, 0);
	stmt_reset(s);
	if (failed.kind != EDGE_NONE) {
		*err = failed;
		return false;
	}
	/* Basins follow from the row's text. */
	if (same && (!same_variables(db, *id, row, &same, err) ||
	    !same_points(db, *id, track, &same, err)))
		return false;
	if (!same)
		*id = -1;
	return true;
}

bool
apply_trust(struct db *db, int64_t mission_id, const uint8_t fingerprint[32],
    struct edge_err *err)
{
	struct stmt *s = db_stmt(db, Q_MISSION_TRUST);

	stmt_int(s, 1, mission_id);
	stmt_blob(s, 2, fingerprint, 32);
	return stmt_run(s, err);
}

static bool
find_mission(struct db *db, const char *platform, int64_t number, int64_t *id,
    struct edge_err *err)
{
	struct edge_err failed = { 0 };
	struct stmt *s = db_stmt(db, Q_MISSION_ID_OF);

	*id = -1;
	stmt_text(s, 1, platform);
	stmt_int(s, 2, number);
	if (stmt_row(s, &failed)) {
		*id = stmt_get_int(s, 0);
		stmt_reset(s);
	}
	if (failed.kind != EDGE_NONE)
		*err = failed;
	return failed.kind == EDGE_NONE;
}

/* Runs statements that take a mission_id. */
static bool
run_all(struct db *db, const enum query *queries, size_t length, int64_t id,
    struct edge_err *err)
{
	size_t i;

	for (i = 0; i < length; i++)
		if (!run_with_id(db, queries[i], id, err))
			return false;
	return true;
}

/* Takes what is derived from a mission away, while its facts are there, and
 * marks the totals it counted in. */
static bool
leave(struct db *db, int64_t id, struct edge_err *err)
{
	static const enum query steps[] = { Q_TOUCH_MISSION,
		Q_FIND_LEAVE_FACETS, Q_FIND_DROP_FACETS, Q_FIND_LEAVE_ORDER,
		Q_FIND_LEAVE_SEARCH };

	return run_all(db, steps, sizeof steps / sizeof steps[0], id, err);
}

static bool
enter(struct db *db, int64_t id, struct edge_err *err)
{
	static const enum query steps[] = { Q_TOUCH_MISSION,
		Q_FIND_ENTER_FACETS, Q_FIND_ENTER_ORDER, Q_FIND_ENTER_PLATFORM,
		Q_FIND_ENTER_SEARCH };

	return run_all(db, steps, sizeof steps / sizeof steps[0], id, err);
}

bool
apply_mission(struct db *db, const struct mission_row *row,
    const char *source_id, const uint8_t fingerprint[32],
    const struct track *track, int64_t now_ms, bool *is_new,
    struct edge_err *err)
{
	static const enum query clear[] = { Q_MISSION_BASINS_DELETE,
		Q_MISSION_VARIABLES_DELETE, Q_TRACK_POINTS_DELETE,
		Q_TRACK_LINES_DELETE };
	struct stmt *s = db_stmt(db, Q_PLATFORM_ENSURE);
	int64_t id;

	stmt_text(s, 1, row->platform);
	stmt_text(s, 2, kind_word(row->kind));
	if (!stmt_run(s, err) ||
	    !find_mission(db, row->platform, row->number, &id, err))
		return false;
	*is_new = id < 0;
	if (!*is_new && (!leave(db, id, err) || !run_all(db, clear,
	    sizeof clear / sizeof clear[0], id, err)))
		return false;
	return put_mission(db, row, source_id, fingerprint, track, now_ms,
	    err) && find_mission(db, row->platform, row->number, &id, err) &&
	    link_basins(db, row, id, err) && link_variables(db, row, id, err) &&
	    put_points(db, id, track, err) && put_lines(db, id, track, err) &&
	    enter(db, id, err);
}

bool
apply_removal(struct db *db, int64_t mission_id, struct edge_err *err)
{
	return leave(db, mission_id, err) &&
	    run_with_id(db, Q_MISSION_DELETE, mission_id, err);
}

bool
apply_names(struct db *db, struct edge_err *err)
{
	return stmt_run(db_stmt(db, Q_FIND_UNNAME), err) &&
	    stmt_run(db_stmt(db, Q_FIND_RENAME), err) &&
	    stmt_run(db_stmt(db, Q_FIND_NAMED), err);
}

bool
apply_totals(struct db *db, struct edge_err *err)
{
	static const enum query steps[] = { Q_TOTAL_FORGET,
		Q_TOTAL_COUNT_PLATFORM, Q_TOTAL_COUNT_YEAR,
		Q_TOTAL_COUNT_PROJECT, Q_TOTAL_COUNT_BASIN, Q_TOTAL_COUNT_ALL,
		Q_TOUCH_CLEAR };
	size_t i;

	for (i = 0; i < sizeof steps / sizeof steps[0]; i++)
		if (!stmt_run(db_stmt(db, steps[i]), err))
			return false;
	return true;
}

bool
apply_generation(struct db *db, int64_t now_ms, struct edge_err *err)
{
	return run_with_id(db, Q_STATE_BUMP, now_ms, err);
}

bool
apply_platform(struct db *db, const struct platform_row *row,
    struct edge_err *err)
{
	struct stmt *s = db_stmt(db, Q_PLATFORM_DESCRIBE);

	stmt_text(s, 1, row->serial);
	stmt_text(s, 2, kind_word(row->kind));
	stmt_text(s, 3, row->name);
	bind_whole(s, 4, row->profiles);
	stmt_real(s, 5, row->seconds);
	stmt_real(s, 6, row->depth_m);
	stmt_real(s, 7, row->distance_m);
	return stmt_run(s, err);
}

bool
apply_stat(struct db *db, struct stat_row *row, struct edge_err *err)
{
	struct edge_err failed = { 0 };
	struct stmt *s = db_stmt(db, Q_STAT_NEWEST);
	const char *text, *reason;
	double number;
	bool newer;

	stmt_text(s, 1, row->name);
	stmt_int(s, 2, row->year);
	newer = stmt_row(s, &failed) &&
	    (stmt_is_null(s, 0) || stmt_get_int(s, 0) < row->date_ms);
	stmt_reset(s);
	if (failed.kind != EDGE_NONE)
		*err = failed;
	if (failed.kind != EDGE_NONE || !newer)
		return failed.kind == EDGE_NONE;
	s = db_stmt(db, Q_STAT_FORGET);
	stmt_text(s, 1, row->name);
	stmt_int(s, 2, row->year);
	if (!stmt_run(s, err))
		return false;
	while (bson_iter_next(&row->values)) {
		const char *key = bson_iter_key(&row->values);
		bool is_number = coerce_double(&row->values, &number) &&
		    isfinite(number);

		/* A value of another type is no statistic: it is left out. */
		if ((!is_number && !coerce_utf8(&row->values, 1000, &text,
		    &reason)) || !bson_utf8_validate(key, strlen(key), false))
			continue;
		s = db_stmt(db, Q_STAT_PUT);
		stmt_text(s, 1, row->name);
		stmt_int(s, 2, row->year);
		stmt_text(s, 3, key);
		stmt_int(s, 4, row->date_ms);
		if (is_number)
			stmt_real(s, 5, number);
		else
			stmt_text(s, 6, text);
		if (!stmt_run(s, err))
			return false;
	}
	return true;
}

bool
apply_pipeline(struct db *db, const struct pipeline_row *row,
    struct edge_err *err)
{
	size_t i;

	for (i = 0; i < PIPELINE_STEPS; i++) {
		struct stmt *s = db_stmt(db, Q_PIPELINE_PUT);

		stmt_text(s, 1, row->platform);
		stmt_int(s, 2, row->number);
		stmt_text(s, 3, row->steps[i].step);
		if (row->steps[i].value >= 0)
			stmt_int(s, 4, row->steps[i].value);
		bind_whole(s, 5, row->steps[i].time_ms);
		if (!stmt_run(s, err))
			return false;
	}
	return true;
}

bool
apply_inline_track(const struct mission_row *row, struct track *track,
    struct edge_err *err)
{
	bson_iter_t lon = row->track_lon, lat = row->track_lat;
	struct track_point point = { .time_ms = DECODE_NO_INT,
		.max_depth_m = DECODE_NO_NUMBER };

	if (!row->has_track)
		return true;
	for (; bson_iter_next(&lon) && bson_iter_next(&lat); point.number++)
		if (coerce_double(&lon, &point.lon) &&
		    coerce_double(&lat, &point.lat) && !isnan(point.lon) &&
		    !isnan(point.lat) && !track_add(track, &point, err))
			return false;
	return true;
}
