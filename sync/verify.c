#include "verify.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../schema/clock.h"
#include "../schema/db.h"
#include "apply.h"
#include "guard.h"
#include "sync.h"

/* A store that changes while it is compared is compared again so often. */
#define TRIES 3

/* How long the store is looked at for damage before it is compared. */
#define CHECK_MOST_MS 30000

static bool
run_all(struct db *db, const enum query *queries, size_t length,
    struct edge_err *err)
{
	size_t i;

	for (i = 0; i < length; i++)
		if (!stmt_run(db_stmt(db, queries[i]), err))
			return false;
	return true;
}

/* Adds the missions whose track sync does not take. */
static bool
hold_tracks(struct db *db, struct edge_err *err)
{
	struct edge_err failed = { 0 };
	struct stmt *s = db_stmt(db, Q_VERIFY_FEWER), *hold;

	while (stmt_row(s, &failed)) {
		if (!guard_is_spoilt(stmt_get_int(s, 1) != 0 ? 'g' : 's',
		    stmt_get_int(s, 2), stmt_get_int(s, 3),
		    stmt_get_int(s, 4)))
			continue;
		hold = db_stmt(db, Q_VERIFY_HOLD_TRACK);
		stmt_int(hold, 1, stmt_get_int(s, 0));
		if (!stmt_run(hold, err)) {
			stmt_reset(s);
			return false;
		}
	}
	if (failed.kind != EDGE_NONE)
		*err = failed;
	return failed.kind == EDGE_NONE;
}

/* Copies the missions that sync keeps by rule into the built store and counts
 * its totals again: now it is what the store should be. */
static bool
expect_held(struct db *db, const struct verify_options *options,
    struct edge_err *err)
{
	static const enum query copies[] = { Q_VERIFY_HOLD_GIVE_WAY,
		Q_VERIFY_HOLD_PLATFORMS, Q_VERIFY_HOLD_MISSIONS,
		Q_VERIFY_HOLD_BASINS,
		Q_VERIFY_HOLD_MISSION_BASINS, Q_VERIFY_HOLD_VARIABLES,
		Q_VERIFY_HOLD_POINTS, Q_VERIFY_HOLD_LINES, Q_TOUCH_EVERYTHING
	};
	struct stmt *s = db_stmt(db, Q_VERIFY_HOLD);

	stmt_int(s, 1, clock_now_ms() - options->grace_ms);
	return stmt_run(s, err) && hold_tracks(db, err) &&
	    run_all(db, copies, sizeof copies / sizeof copies[0], err) &&
	    apply_totals(db, err);
}

static bool
report_rows(struct db *db, const struct verify_options *options,
    enum query query, int64_t *differences, struct edge_err *err)
{
	struct edge_err failed = { 0 };
	struct stmt *s = db_stmt(db, query);

	if (query == Q_VERIFY_RECENTS)
		stmt_int(s, 1, clock_now_ms());
	while (stmt_row(s, &failed)) {
		if (query == Q_VERIFY_HELD) {
			options->report(options->context, true, "mission",
			    stmt_get_text(s, 0), "", stmt_get_text(s, 1));
			continue;
		}
		++*differences;
		options->report(options->context, false, stmt_get_text(s, 0),
		    stmt_get_text(s, 1), stmt_get_text(s, 2),
		    stmt_get_text(s, 3));
	}
	if (failed.kind != EDGE_NONE)
		*err = failed;
	return failed.kind == EDGE_NONE;
}

static bool
report_all(struct db *db, const struct verify_options *options,
    int64_t *differences, struct edge_err *err)
{
	static const enum query comparisons[] = { Q_VERIFY_HELD,
		Q_VERIFY_MISSIONS, Q_VERIFY_FIELDS, Q_VERIFY_TRACK_COUNTS,
		Q_VERIFY_TRACK_POINTS, Q_VERIFY_TRACK_LINES, Q_VERIFY_BASINS,
		Q_VERIFY_VARIABLES, Q_VERIFY_STARTS, Q_VERIFY_TOTALS,
		Q_VERIFY_RECOUNT, Q_VERIFY_FACETS, Q_VERIFY_ORDERS,
		Q_VERIFY_WORDS, Q_VERIFY_RECENTS, Q_VERIFY_PLATFORMS, Q_VERIFY_STATS,
		Q_VERIFY_PIPELINE, Q_VERIFY_QUARANTINE };
	size_t i;

	for (i = 0; i < sizeof comparisons / sizeof comparisons[0]; i++)
		if (!report_rows(db, options, comparisons[i], differences,
		    err))
			return false;
	return true;
}

static bool
generation_of(struct db *db, enum query query, int64_t *generation,
    struct edge_err *err)
{
	struct edge_err failed = { 0 };
	struct stmt *s = db_stmt(db, query);

	if (stmt_row(s, &failed)) {
		*generation = stmt_get_int(s, 0);
		stmt_reset(s);
		return true;
	}
	*err = failed;
	return false;
}

/* Compares the store with the one built at `path`, in one snapshot of it.
 * *moved: the store has gone on since `generation`. */
static bool
compare(const char *path, const struct verify_options *options,
    int64_t generation, bool last, int64_t *differences, bool *moved,
    struct edge_err *err)
{
	struct db *db = db_open(path, DB_WRITER, 0, err);
	int64_t now_at;
	bool ok;

	*moved = false;
	if (db == NULL)
		return false;
	db_stop_flag(db, options->stop);
	ok = db_attach_other(db, options->db_path, err) &&
	    db_open_staging(db, err) && db_begin(db, err) &&
	    generation_of(db, Q_VERIFY_OTHER_STATE, &now_at, err);
	if (ok && now_at != generation && !last)
		*moved = true;
	else if (ok)
		ok = expect_held(db, options, err) &&
		    report_all(db, options, differences, err);
	db_close(db);
	return ok;
}

static bool
store_generation(const char *path, int64_t *generation, struct edge_err *err)
{
	struct db *db = db_open(path, DB_TOOL, 0, err);
	bool ok = db != NULL && db_check(db, CHECK_MOST_MS, err) &&
	    generation_of(db, Q_GENERATION, generation, err);

	db_close(db);
	return ok;
}

bool
verify_run(const struct verify_options *options, struct source *source,
    int64_t *differences, struct edge_err *err)
{
	const char *temporary = getenv("TMPDIR");
	char directory[PATH_MAX / 2], path[PATH_MAX];
	struct sync_report report;
	int64_t generation;
	bool ok, moved = true;
	int tries;

	*differences = 0;
	(void)snprintf(directory, sizeof directory, "%s/edge-verify-XXXXXX",
	    temporary != NULL && *temporary != '\0' ? temporary : "/tmp");
	if (mkdtemp(directory) == NULL)
		return err_set(err, EDGE_CANNOT_MAKE, "%s: %s", directory,
		    strerror(errno));
	(void)snprintf(path, sizeof path, "%s/expected.db", directory);
	ok = true;
	for (tries = 1; ok && moved && tries <= TRIES; tries++)
		ok = store_generation(options->db_path, &generation, err) &&
		    sync_build(path, source, &report, err) &&
		    compare(path, options, generation, tries == TRIES,
		    differences, &moved, err);
	sync_remove(path);
	(void)rmdir(directory);
	return ok;
}
