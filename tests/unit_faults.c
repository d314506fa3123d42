/* Every call that one run makes of the disk and of the source fails once: the
 * store is old or new mission by mission, the error says what and why, and the
 * next run reaches what the source holds. */
#include "check.h"

#include <stdlib.h>
#include <unistd.h>

#include <sqlite3.h>

#include "fake_source.h"
#include "fault_vfs.h"
#include "schema/clock.h"
#include "schema/log.h"
#include "sync/sync_internal.h"

#define PATH "unit_faults.db"
#define OLD "unit_faults_old.db"
#define NEW "unit_faults_new.db"

/* So many runs of one kind in a short test; all with EDGE_SOAK. */
#define RUNS_SHORT 25
#define LINES_MOST 200

/* A store as text, a line a mission or another row. */
struct lines {
	char *text[LINES_MOST];
	size_t length;
	int missions; /* the first so many are missions */
};

static const char mission_sql[] =
    "SELECT m.platform || ' M' || m.number || json_array(m.kind, m.start_ms,"
    " m.end_ms, m.year, m.basin, m.counted, m.complete, m.profiles,"
    " m.depth_m, m.distance_m, m.data_points, m.project, m.comment,"
    " m.track_points, m.profile_documents, m.profile_last_ms, m.last_lon,"
    " m.source_id, hex(m.fingerprint),"
    " (SELECT json_group_array(json_array(number, time_ms, lon, lat,"
    "   max_depth_m)) FROM track_point AS p WHERE p.mission_id ="
    "   m.mission_id),"
    " (SELECT json_group_array(json_array(detail, points, line)) FROM"
    "   track_line AS l WHERE l.mission_id = m.mission_id),"
    " (SELECT json_group_array(json_array(rank, name)) FROM mission_basin AS"
    "   mb JOIN basin USING (basin_id) WHERE mb.mission_id = m.mission_id),"
    " (SELECT json_group_array(variable) FROM mission_variable AS v WHERE"
    "   v.mission_id = m.mission_id))"
    " FROM mission AS m ORDER BY platform, number";
static const char *const other_sql[] = {
	"SELECT 'total' || json_array(scope, key, kind, platforms, missions,"
	" profiles, sea_time_ms, distance_mm, vertical_mm, data_points)"
	" FROM total ORDER BY 1",
	"SELECT 'platform' || json_array(serial, kind, name, described)"
	" FROM platform ORDER BY 1",
	"SELECT 'stat' || json_array(name, year, key, number, text) FROM stat"
	" ORDER BY 1",
	"SELECT 'pipeline' || json_array(platform, number, step, value)"
	" FROM pipeline ORDER BY 1",
	"SELECT 'quarantine' || json_array(collection, source_id, reason)"
	" FROM quarantine ORDER BY 1",
};

static const char *const faults_sql[] = {
	"SELECT * FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
	"SELECT 'foreign key of ' || \"table\" FROM pragma_foreign_key_check",
	"SELECT 'total ' || scope || key FROM (SELECT * FROM total EXCEPT"
	" SELECT * FROM total_of_facts)",
	"SELECT 'fact ' || scope || key FROM (SELECT * FROM total_of_facts"
	" EXCEPT SELECT * FROM total)",
};

static struct lines old_lines, new_lines;
static struct sync_report report;
static struct edge_err err;

static void
forget(const char *path)
{
	char name[100];

	sync_remove(path);
	(void)snprintf(name, sizeof name, "%s.new", path);
	sync_remove(name);
	(void)snprintf(name, sizeof name, "%s.lock", path);
	(void)unlink(name);
	(void)snprintf(name, sizeof name, "%s.status", path);
	(void)unlink(name);
}

static bool
query(sqlite3 *db, const char *sql, struct lines *lines)
{
	sqlite3_stmt *stmt = NULL;
	int code = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

	while (code == SQLITE_OK && (code = sqlite3_step(stmt)) ==
	    SQLITE_ROW && lines->length < LINES_MOST) {
		lines->text[lines->length++] =
		    strdup((const char *)sqlite3_column_text(stmt, 0));
		code = SQLITE_OK;
	}
	(void)sqlite3_finalize(stmt);
	if (code != SQLITE_DONE)
		printf("  %s: %s\n", sql, sqlite3_errmsg(db));
	return code == SQLITE_DONE;
}

static void
clear(struct lines *lines)
{
	while (lines->length > 0)
		free(lines->text[--lines->length]);
}

/* Reads a store; false when it cannot be read or is not sound. */
static bool
read_store(const char *path, struct lines *lines)
{
	struct lines faults = { 0 };
	sqlite3 *db = NULL;
	bool ok = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) ==
	    SQLITE_OK && query(db, mission_sql, lines);
	size_t i;

	lines->missions = (int)lines->length;
	for (i = 0; ok && i < sizeof other_sql / sizeof other_sql[0]; i++)
		ok = query(db, other_sql[i], lines);
	for (i = 0; ok && i < sizeof faults_sql / sizeof faults_sql[0]; i++)
		ok = query(db, faults_sql[i], &faults);
	for (i = 0; i < faults.length; i++)
		printf("  %s\n", faults.text[i]);
	ok = ok && faults.length == 0;
	clear(&faults);
	(void)sqlite3_close(db);
	return ok;
}

static int
missions_in(const struct lines *lines, const struct lines *all)
{
	int found = 0, i, k;

	for (i = 0; i < lines->missions; i++)
		for (k = 0; k < all->missions; k++)
			if (strcmp(lines->text[i], all->text[k]) == 0) {
				found++;
				break;
			}
	return found;
}

static bool
is_same(const struct lines *a, const struct lines *b)
{
	size_t i;

	for (i = 0; i < a->length && i < b->length; i++)
		if (strcmp(a->text[i], b->text[i]) != 0) {
			printf("  %.300s\n  %.300s\n", a->text[i], b->text[i]);
			return false;
		}
	return a->length == b->length;
}

static void
copy_file(const char *from, const char *to)
{
	static char bytes[1 << 20];
	FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
	size_t n = in == NULL ? 0 : fread(bytes, 1, sizeof bytes, in);

	CHECK(in != NULL && out != NULL && n > 0 && n < sizeof bytes &&
	    fwrite(bytes, 1, n, out) == n);
	(void)fclose(in);
	(void)fclose(out);
}

static bool
run(const char *path, struct fake_source *source)
{
	struct sync_options options = { .db_path = path, .verb = "sync",
		.removal_percent = 20,
		.deep_ms = 1, .grace_ms = 0 };
	memset(&err, 0, sizeof err);
	return sync_run(&options, &source->base, &report, &err);
}

static void
set_version(const char *path, const char *pragma)
{
	sqlite3 *db;

	CHECK_INT(sqlite3_open(path, &db), SQLITE_OK);
	CHECK_INT(sqlite3_exec(db, pragma, NULL, NULL, NULL), SQLITE_OK);
	(void)sqlite3_close(db);
}

/* Where a run starts from. */
enum start { START_NOTHING, START_OLD, START_OUTDATED, START_MAX };

static const char *const start_names[START_MAX] = { "first run",
	"later run", "rebuild" };

static void
begin(enum start start)
{
	forget(PATH);
	if (start == START_NOTHING)
		return;
	copy_file(OLD, PATH);
	if (start == START_OUTDATED)
		set_version(PATH, "PRAGMA user_version = 0");
}

/* What a run that failed has left: old or new, mission by mission; a store
 * that is built aside as a whole. */
static void
check_left(enum start start)
{
	struct lines lines = { 0 };
	int old, new;

	if (start == START_NOTHING && access(PATH, F_OK) != 0)
		return;
	CHECK(read_store(PATH, &lines));
	old = missions_in(&lines, &old_lines);
	new = missions_in(&lines, &new_lines);
	if (start == START_OLD)
		CHECK(old + new >= lines.missions);
	else
		CHECK(new == lines.missions || (start == START_OUTDATED &&
		    old == lines.missions));
	/* What stayed the same is never away. */
	CHECK(lines.missions >= new_lines.missions - 2);
	clear(&lines);
}

static void
check_reached(void)
{
	struct fake_source after;
	struct lines lines = { 0 };

	fake_source_init(&after, FAKE_AFTER, false);
	CHECK(run(PATH, &after));
	CHECK_STR(err.text, "");
	CHECK(read_store(PATH, &lines));
	CHECK(is_same(&lines, &new_lines));
	CHECK(access(PATH ".new", F_OK) != 0);
	clear(&lines);
}

/* Says which run it was when a check has failed. */
static void
explain(int failures, const char *what, enum start start, long n)
{
	if (check_state.failures > failures)
		printf("  … %s, call %ld: %s, then: %s\n", start_names[start],
		    n, what, err.text);
}

static long
step_of(long calls)
{
	return getenv("EDGE_SOAK") != NULL || calls < RUNS_SHORT ? 1 :
	    calls / RUNS_SHORT + 1;
}

/* One run with a fault at its n-th call; false when it made fewer. */
static bool
disk_fails(enum start start, enum fault fault, bool on, long n)
{
	int failures = check_state.failures;
	struct fake_source after;
	struct edge_err was;
	bool ok, failed;

	begin(start);
	fake_source_init(&after, FAKE_AFTER, false);
	fault_plan(fault, n, on);
	ok = run(PATH, &after);
	failed = fault_count() > 0;
	fault_plan(FAULT_NONE, 0, false);
	was = err;
	if (!ok) {
		CHECK_INT(was.kind, EDGE_IO);
		CHECK(strstr(was.text, PATH) != NULL);
		CHECK(strstr(was.text, "full") != NULL ||
		    strstr(was.text, "I/O") != NULL ||
		    strstr(was.text, "unable to open") != NULL);
		check_left(start);
	} else {
		struct lines lines = { 0 };

		/* A fault that does not matter has done no harm. */
		CHECK(read_store(PATH, &lines) && is_same(&lines, &new_lines));
		CHECK_INT(report.rebuilt, start != START_OLD);
		clear(&lines);
	}
	CHECK(failed || ok);
	check_reached();
	err = was;
	explain(failures, fault_name(fault, on), start, n);
	return failed;
}

static long
count_calls(enum start start, enum fault fault)
{
	struct fake_source after;

	begin(start);
	fake_source_init(&after, FAKE_AFTER, false);
	fault_plan(fault, 1L << 30, false);
	CHECK(run(PATH, &after));
	return fault_seen();
}

static void
any_call_of_the_disk_may_fail(void)
{
	static const struct {
		enum fault fault;
		bool on;
	} ways[] = { { FAULT_FULL, false }, { FAULT_FULL, true },
		{ FAULT_ERROR, false }, { FAULT_ERROR, true },
		{ FAULT_SHORT, false }, { FAULT_READ, false } };
	long runs = 0, calls, n, step;
	enum start start;
	size_t i;

	for (start = 0; start < START_MAX; start++)
		for (i = 0; i < sizeof ways / sizeof ways[0]; i++) {
			calls = count_calls(start, ways[i].fault);
			CHECK(calls > 0 || ways[i].fault == FAULT_READ);
			step = step_of(calls);
			for (n = 1 + (long)i % step; n <= calls; n += step) {
				CHECK(disk_fails(start, ways[i].fault,
				    ways[i].on, n));
				runs++;
			}
			printf("%s, %s: %ld calls, every %ld.\n",
			    start_names[start], fault_name(ways[i].fault,
			    ways[i].on), calls, step);
		}
	printf("%ld runs on a failing disk\n", runs);
}

static bool
source_fails(enum start start, bool live, enum edge_kind kind, long n)
{
	int failures = check_state.failures;
	struct fake_source after;
	bool ok;

	begin(start);
	fake_source_init(&after, FAKE_AFTER, live);
	fake_source_plan(&after, n, kind);
	ok = run(PATH, &after);
	if (after.failures > 0) {
		CHECK(!ok);
		CHECK_INT(err.kind, kind);
		CHECK(strstr(err.text, "made to fail") != NULL);
		check_left(start);
	} else {
		CHECK(ok);
	}
	check_reached();
	explain(failures, live ? "server" : "dump", start, n);
	return after.failures > 0;
}

static void
any_call_of_the_source_may_fail(void)
{
	static const enum edge_kind kinds[] = { EDGE_TEMPORARY, EDGE_REFUSED,
		EDGE_IO, EDGE_BAD_DATA };
	long runs = 0, n;
	enum start start;
	int live;

	for (start = 0; start < START_MAX; start++)
		for (live = 0; live < 2; live++) {
			/* A server's whole scan pauses: the later run, which
			 * fetches by mission, stands for it. */
			if (live && start != START_OLD)
				continue;
			for (n = 1; source_fails(start, live, kinds[n % 4],
			    n); n++)
				runs++;
			CHECK(n > 20);
		}
	printf("%ld runs on a failing source\n", runs);
}

static void
the_states_differ(void)
{
	struct fake_source before, after;

	forget(OLD);
	forget(NEW);
	fake_source_init(&before, FAKE_BEFORE, false);
	fake_source_init(&after, FAKE_AFTER, false);
	CHECK(run(OLD, &before));
	CHECK_STR(err.text, "");
	CHECK(run(NEW, &after));
	CHECK(read_store(OLD, &old_lines) && read_store(NEW, &new_lines));
	CHECK_INT(old_lines.missions, 17);
	CHECK_INT(new_lines.missions, 18);
	CHECK_INT(missions_in(&old_lines, &new_lines), 14);
}

static int positions_put;

static bool
on_positions(struct run *at, struct edge_err *failed)
{
	(void)failed;
	CHECK(run_outcome(at, failed));
	CHECK_INT(at->report->quarantined, 3);
	positions_put++;
	return true;
}

/* Two events, of a document that no longer fits and of a changed mission: a
 * process that ends after the mission's commit must meet the first again. */
static void
no_stream_goes_on_past_what_is_not_in_quarantine_yet(void)
{
	static const struct source_key misfit = { 'g', "SEA003", 1 },
	    changed = { 'g', "SEA001", 1 };
	struct sync_options options = { .db_path = PATH, .verb = "sync",
		.removal_percent = 20 };
	struct fake_source before;
	struct run at = { .options = &options, .source = &before.base,
		.report = &report, .one_by_one = true, .no_extras = true,
		.mode = "watch", .reason = "", .started_ms = 1,
		.put_positions = on_positions };
	bool applied;

	forget(PATH);
	copy_file(NEW, PATH);
	fake_source_init(&before, FAKE_BEFORE, true);
	memset(&report, 0, sizeof report);
	at.db = db_open(PATH, DB_WRITER, 0, &err);
	CHECK(at.db != NULL && db_open_staging(at.db, &err));
	CHECK(step_one(&at, &misfit, false, &applied, &err));
	CHECK(!applied);
	CHECK(step_one(&at, &changed, true, &applied, &err));
	CHECK(applied);
	CHECK_INT(positions_put, 0);
	CHECK(step_close(&at, &err));
	CHECK_INT(positions_put, 1);
	/* With nothing new for the quarantine they go with the mission. */
	at.source = &before.base;
	fake_source_init(&before, FAKE_AFTER, true);
	CHECK(step_one(&at, &changed, true, &applied, &err));
	CHECK(applied);
	CHECK_INT(positions_put, 2);
	CHECK_STR(err.text, "");
	track_free(&at.track);
	db_close(at.db);
}

int
main(void)
{
	CHECK(fault_install());
	log_setup(LOG_ERROR, LOG_TEXT);
	RUN(the_states_differ);
	RUN(no_stream_goes_on_past_what_is_not_in_quarantine_yet);
	RUN(any_call_of_the_disk_may_fail);
	RUN(any_call_of_the_source_may_fail);
	clear(&old_lines);
	clear(&new_lines);
	forget(PATH);
	forget(OLD);
	forget(NEW);
	return check_exit();
}
