/* Rows and totals: after any history of missions put, changed and taken away
 * the totals are what the facts say. */
#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "schema/db.h"
#include "sync/apply.h"
#include "sync/guard.h"

#define PATH "unit_apply.db"

static struct edge_err err;

static void
forget(void)
{
	(void)unlink(PATH);
	(void)unlink(PATH "-wal");
	(void)unlink(PATH "-shm");
}

static struct db *
make(void)
{
	struct db *db;

	forget();
	db = db_open(PATH, DB_WRITER, DB_CREATE, &err);
	CHECK(db != NULL && db_open_staging(db, &err));
	return db;
}

static struct mission_row
mission(const char *platform, int64_t number, const char *basin)
{
	struct mission_row row = {
		.kind = strncmp(platform, "SB", 2) == 0 ? 's' : 'g',
		.number = number, .start_ms = INT64_C(1760256000000),
		.end_ms = INT64_C(1762160400000), .modified_ms = DECODE_NO_INT,
		.year = 2025, .basin_exists = basin != NULL, .basin = basin,
		.counted = basin != NULL && basin[0] != '\0', .sea_name = "",
		.project = "", .project_url = "", .comment = "",
		.profiles = 10, .data_points = 100, .depth_m = 1000.5,
		.distance_m = 2000.25, .lon_min = DECODE_NO_NUMBER,
		.lon_max = DECODE_NO_NUMBER, .lat_min = DECODE_NO_NUMBER,
		.lat_max = DECODE_NO_NUMBER,
	};

	strcpy(row.platform, platform);
	return row;
}

static void
put(struct db *db, const struct mission_row *row)
{
	static const uint8_t fingerprint[32] = { 1 };
	static struct track_point points[3] = { { 1, 1, 18, 57, 80 },
		{ 2, 2, 18.1, 57.1, 80 }, { 3, 3, 18.2, 57, 80 } };
	struct track track = { .points = points, .length = 3,
		.capacity = 3, .documents = 3, .last_ms = 3 };
	bool is_new;

	CHECK(db_begin(db, &err) && apply_mission(db, row, "id", fingerprint,
	    &track, 5, &is_new, &err) && apply_totals(db, &err) &&
	    db_commit(db, &err));
}

static void
take_away(struct db *db, const struct mission_row *row)
{
	struct stmt *s = db_stmt(db, Q_MISSION_ID_OF);
	int64_t id;

	stmt_text(s, 1, row->platform);
	stmt_int(s, 2, row->number);
	if (!stmt_row(s, &err))
		return;
	id = stmt_get_int(s, 0);
	stmt_reset(s);
	CHECK(db_begin(db, &err) && apply_removal(db, id, &err) &&
	    apply_totals(db, &err) && db_commit(db, &err));
}

/* Rows of what is derived that are not what the facts say. */
static int
differences(struct db *db)
{
	static const enum query queries[] = { Q_VERIFY_RECOUNT,
		Q_VERIFY_FACETS, Q_VERIFY_ORDERS, Q_VERIFY_WORDS };
	int rows = 0;
	size_t i;

	for (i = 0; i < sizeof queries / sizeof queries[0]; i++) {
		struct stmt *s = db_stmt(db, queries[i]);

		while (stmt_row(s, &err)) {
			printf("  %s %s\n", stmt_get_text(s, 0),
			    stmt_get_text(s, 1));
			rows++;
		}
	}
	CHECK_INT(err.kind, EDGE_NONE);
	return rows;
}

static void
rename_platform(struct db *db, const char *serial, const char *name)
{
	struct stmt *s = db_stmt(db, Q_PLATFORM_DESCRIBE);

	stmt_text(s, 1, serial);
	stmt_text(s, 2, strncmp(serial, "SB", 2) == 0 ? "sailbuoy" :
	    "glider");
	stmt_text(s, 3, name);
	CHECK(db_begin(db, &err) && stmt_run(s, &err) &&
	    apply_names(db, &err) && db_commit(db, &err));
}

static void
what_is_derived_follows_any_history(void)
{
	static const char *const platforms[] = { "SEA001", "SEA002", "SG607",
		"SB1", "SB2" };
	static const char *const basins[] = { NULL, "", " ", "Kattegat",
		"Bornholm Basin, Kattegat", "åland sea",
		"Sea of Elsewhere, Kattegat", "Kattegat, KATTEGAT" };
	static const char *const projects[] = { "", "SAMBA", "Voice" };
	static const char *const names[] = { "", "Skag", "\xc3\x96rn" };
	static const char *variables[] = { "oxygen", "salinity" };
	struct db *db = make();
	int i;

	srand(11);
	CHECK(db_attach_other(db, PATH, &err));
	for (i = 0; i < 400; i++) {
		struct mission_row row = mission(platforms[rand() % 5],
		    rand() % 6, basins[rand() % 8]);

		row.year = rand() % 4 == 0 ? 0 : 2020 + rand() % 4;
		row.project = projects[rand() % 3];
		row.distance_m = rand() % 5 == 0 ? DECODE_NO_NUMBER :
		    rand() / 7.0;
		row.profiles = rand() % 5 == 0 ? DECODE_NO_INT : rand();
		row.counted |= row.kind == 's';
		row.complete = rand() % 2 == 0;
		row.variables_length = (size_t)rand() % 3;
		memcpy(row.variables, variables, sizeof variables);
		if (rand() % 4 == 0)
			rename_platform(db, platforms[rand() % 5],
			    names[rand() % 3]);
		if (rand() % 3 == 0)
			take_away(db, &row);
		else
			put(db, &row);
		if (i % 20 == 19)
			CHECK_INT(differences(db), 0);
	}
	db_close(db);
}

static void
differences_are_found_when_a_total_is_edited(void)
{
	struct db *db = make();
	struct mission_row row = mission("SEA001", 1, "Kattegat");
	struct stmt *s;

	CHECK(db_attach_other(db, PATH, &err));
	put(db, &row);
	CHECK_INT(differences(db), 0);
	/* A mission that goes without its totals being counted. */
	s = db_stmt(db, Q_MISSION_DELETE);
	stmt_int(s, 1, 1);
	CHECK(stmt_run(s, &err));
	CHECK(differences(db) > 0);
	db_close(db);
}

static int
rows_of(struct db *db, enum query query)
{
	struct stmt *s = db_stmt(db, query);
	int rows = 0;

	while (stmt_row(s, &err))
		rows++;
	return rows;
}

static void
mission_put_again_leaves_no_rows_behind(void)
{
	struct db *db = make();
	struct mission_row row = mission("SEA001", 1, "Elsewhere, Kattegat");

	put(db, &row);
	row.basin = "Skagerrak";
	put(db, &row);
	CHECK(stmt_run(db_stmt(db, Q_BASIN_PRUNE), &err));
	CHECK_INT(rows_of(db, Q_BASIN_NAMES), 18);
	take_away(db, &row);
	CHECK(stmt_run(db_stmt(db, Q_PLATFORM_PRUNE), &err));
	CHECK(db_attach_other(db, PATH, &err));
	CHECK_INT(rows_of(db, Q_VERIFY_RECOUNT), 0);
	db_close(db);
}

static void
inline_track_leaves_failed_fixes_out(void)
{
	bson_t *document = bson_new_from_json((const uint8_t *)
	    "{\"lon\": [1, {\"$numberDouble\": \"NaN\"}, 3, null, 5],"
	    " \"lat\": [51, 52, {\"$numberDouble\": \"NaN\"}, 54, 55]}", -1,
	    NULL);
	struct mission_row row = { .has_track = true };
	struct track track = { 0 };
	bson_iter_t at;

	CHECK(bson_iter_init_find(&at, document, "lon") &&
	    bson_iter_recurse(&at, &row.track_lon));
	CHECK(bson_iter_init_find(&at, document, "lat") &&
	    bson_iter_recurse(&at, &row.track_lat));
	CHECK(apply_inline_track(&row, &track, &err));
	CHECK_INT(track.length, 2);
	CHECK(track.length == 2 && track.points[1].number == 4 &&
	    track.points[1].lat == 55 && isnan(track.points[1].max_depth_m));
	track_free(&track);
	bson_destroy(document);
}

static bool
is_stored(struct db *db, const struct mission_row *row, double lat,
    double depth, size_t length)
{
	struct track_point points[4] = { { 1, 1, 18, lat, 80 },
		{ 2, 2, 18.1, 57.1, depth }, { 3, 3, 18.2, 57, 80 },
		{ 4, 4, 18.2, 57, 80 } };
	struct track track = { .points = points, .length = length,
		.capacity = 4, .documents = 3, .last_ms = 3 };
	int64_t id;

	CHECK(apply_same(db, row, "id", &track, &id, &err));
	return id > 0;
}

static void
mission_is_the_same_when_all_a_page_shows_is(void)
{
	static const char *const first[] = { "oxygen", "chlorophyll" };
	static const char *const second[] = { "chlorophyll", "oxygen",
		"oxygen" };
	struct db *db = make();
	struct mission_row row = mission("SEA001", 1, "Kattegat"), other;

	memcpy(row.variables, first, sizeof first);
	row.variables_length = 2;
	CHECK(!is_stored(db, &row, 57, 80, 3));
	put(db, &row);
	CHECK(is_stored(db, &row, 57, 80, 3));
	memcpy(row.variables, second, sizeof second);
	row.variables_length = 3;
	CHECK(is_stored(db, &row, 57, 80, 3));
	CHECK(!is_stored(db, &row, 57.001, 80, 3));
	CHECK(!is_stored(db, &row, 57, DECODE_NO_NUMBER, 3));
	CHECK(!is_stored(db, &row, 57, 80, 2));
	CHECK(!is_stored(db, &row, 57, 80, 4));
	row.variables_length = 1;
	CHECK(!is_stored(db, &row, 57, 80, 3));
	row.variables_length = 2;
	row.variables[1] = "salinity";
	CHECK(!is_stored(db, &row, 57, 80, 3));
	row.variables[1] = "oxygen";
	CHECK(is_stored(db, &row, 57, 80, 3));
#define DIFFERS(member, value) do { other = row; other.member = (value); \
	CHECK(!is_stored(db, &other, 57, 80, 3)); } while (0)
	DIFFERS(number, 2);
	DIFFERS(start_ms, 5);
	DIFFERS(end_ms, 5);
	DIFFERS(year, 2024);
	DIFFERS(basin, "Skagerrak");
	DIFFERS(basin, NULL);
	DIFFERS(counted, false);
	DIFFERS(complete, true);
	DIFFERS(profiles, 11);
	DIFFERS(profiles, DECODE_NO_INT);
	DIFFERS(depth_m, 1);
	DIFFERS(distance_m, DECODE_NO_NUMBER);
	DIFFERS(data_points, 1);
	DIFFERS(lon_min, 1);
	DIFFERS(lon_max, 1);
	DIFFERS(lat_min, 1);
	DIFFERS(lat_max, 1);
	DIFFERS(sea_name, "x");
	DIFFERS(project, "x");
	DIFFERS(project_url, "x");
	DIFFERS(comment, "x");
	DIFFERS(modified_ms, 1);
#undef DIFFERS
	db_close(db);
}

static void
track_is_spoilt_by_what_does_not_fit_alone(void)
{
	/* documents, fitting, stored */
	CHECK(!guard_is_spoilt('g', 1000, 1000, 1000));
	CHECK(!guard_is_spoilt('g', 1000, 800, 1000));
	CHECK(guard_is_spoilt('g', 1000, 799, 1000));
	CHECK(guard_is_spoilt('g', 1000, 0, 1000));
	/* Fewer, or none, are the source's word. */
	CHECK(!guard_is_spoilt('g', 300, 300, 1000));
	CHECK(!guard_is_spoilt('g', 300, 299, 1000));
	CHECK(guard_is_spoilt('g', 300, 200, 1000));
	CHECK(!guard_is_spoilt('g', 0, 0, 1000));
	/* More, of which as many fit as before, or nearly. */
	CHECK(!guard_is_spoilt('g', 2000, 1000, 1000));
	CHECK(!guard_is_spoilt('g', 2000, 800, 1000));
	CHECK(guard_is_spoilt('g', 2000, 799, 1000));
	/* Nothing is lost of what is not stored. */
	CHECK(!guard_is_spoilt('g', 1000, 0, 0));
	CHECK(!guard_is_spoilt('g', 1000, 0, -1));
	CHECK(guard_is_spoilt('s', 0, 0, 5));
	CHECK(!guard_is_spoilt('s', 0, 1, 5));
	CHECK(!guard_is_spoilt('s', 0, 0, 0));
}

int
main(void)
{
	RUN(what_is_derived_follows_any_history);
	RUN(differences_are_found_when_a_total_is_edited);
	RUN(mission_put_again_leaves_no_rows_behind);
	RUN(inline_track_leaves_failed_fixes_out);
	RUN(mission_is_the_same_when_all_a_page_shows_is);
	RUN(track_is_spoilt_by_what_does_not_fit_alone);
	forget();
	return check_exit();
}
