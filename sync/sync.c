#include "sync.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../schema/beat.h"
#include "../schema/clock.h"
#include "../schema/file.h"
#include "../schema/log.h"
#include "../schema/snapshot.h"
#include "apply.h"
#include "guard.h"
#include "sync_internal.h"

/* A live source is planned again until nothing is left over, at most so
 * often: it may write while edge reads. */
#define ROUNDS_MOST 5
#define ROUND_PAUSE_MS 300
#define ROUND_PAUSE_MOST_MS 3000

/* How long a run may look for damage in the store before it starts. */
#define CHECK_MOST_MS 2000

/* Whether what the source was writing is worth another look, and waits for
 * that. A run that must have it ends well before its deadline: the rest of its
 * steps needs time, too. */
static bool
next_round(const struct run *run, int64_t begun_us, int round)
{
	int64_t deadline_us = run->source->limits.deadline_us;
	int64_t ms = (int64_t)ROUND_PAUSE_MS * round;
	struct timespec pause;

	if (ms > ROUND_PAUSE_MOST_MS)
		ms = ROUND_PAUSE_MOST_MS;
	if (run->report->postponed == 0 ||
	    (round >= ROUNDS_MOST && !run->options->until_whole) ||
	    (deadline_us != 0 && clock_monotonic_us() + ms * 1000 >
	    deadline_us - (deadline_us - begun_us) / 3))
		return false;
	pause.tv_sec = ms / 1000;
	pause.tv_nsec = ms % 1000 * 1000000;
	(void)nanosleep(&pause, NULL);
	return true;
}

bool
run_steps(struct run *run, struct edge_err *err)
{
	int64_t begun_us = clock_monotonic_us();
	struct plan_counts counts;
	int round;

	memset(&run->thinned, 0, sizeof run->thinned);
	if (!source_begin(run->source, &run->report->caught_up_ms, err) ||
	    !step_plan(run, true, &counts, err) || !step_deep(run, &counts, err) ||
	    !step_guard(run, &counts, err) || !step_apply(run, &counts, err))
		return false;
	for (round = 1; next_round(run, begun_us, round); round++) {
		run->every_profile = false;
		if (!step_plan(run, false, &counts, err) ||
		    !step_guard(run, &counts, err) ||
		    !step_apply(run, &counts, err))
			return false;
	}
	if (run->refused.kind == EDGE_NONE)
		run->refused = run->thinned;
	/* What lost its missions or tracks has no word about the rest, either. */
	if (run->refused.kind != EDGE_NONE) {
		run->no_extras = true;
		run->put_positions = NULL;
	}
	if ((!run->aside && !step_gone(run, err)) || !step_close(run, err))
		return false;
	if (run->refused.kind != EDGE_NONE)
		*err = run->refused;
	return run->refused.kind == EDGE_NONE;
}

bool
run_check_mapping(struct run *run, struct edge_err *err)
{
	struct edge_err failed = { 0 };
	struct stmt *s = db_stmt(run->db, Q_STATE_READ);

	run->remapped = false;
	if (stmt_row(s, &failed)) {
		run->remapped = strcmp(stmt_get_text(s, 7),
		    run->source->mapping->digest) != 0;
		stmt_reset(s);
	}
	if (failed.kind != EDGE_NONE) {
		*err = failed;
		return false;
	}
	if (!run->remapped)
		return true;
	log_info("the mapping is not the one the store was filled by: every "
	    "mission is read again");
	return stmt_run(db_stmt(run->db, Q_POSITION_FORGET), err) &&
	    stmt_run(db_stmt(run->db, Q_DOUBT_EVERYTHING), err);
}

bool
run_outcome(struct run *run, struct edge_err *err)
{
	struct edge_err failed = { 0 };
	struct stmt *s = db_stmt(run->db, Q_STATE_READ);

	if (stmt_row(s, &failed)) {
		run->report->generation = stmt_get_int(s, 0);
		run->report->quarantined = stmt_get_int(s, 5);
		stmt_reset(s);
		return true;
	}
	*err = failed;
	return false;
}

/* A whole store in one transaction, in a file nobody reads. */
static bool
fill_aside(struct run *run, int64_t generation, struct edge_err *err)
{
	struct stmt *s;

	if (!db_open_staging(run->db, err) || !db_begin(run->db, err))
		return false;
	if (!run_steps(run, err))
		return false;
	s = db_stmt(run->db, Q_STATE_CONTINUE);
	stmt_int(s, 1, generation);
	stmt_int(s, 2, run->started_ms);
	if (!stmt_run(s, err))
		return false;
	s = db_stmt(run->db, Q_STATE_MAPPING);
	stmt_text(s, 1, run->source->mapping->digest);
	if (!stmt_run(s, err))
		return false;
	/* A new store has just read every track. */
	s = db_stmt(run->db, Q_DEEP_DONE);
	stmt_int(s, 1, run->started_ms);
	return stmt_run(s, err) &&
	    stmt_run(db_stmt(run->db, Q_TOUCH_EVERYTHING), err) &&
	    apply_totals(run->db, err) &&
	    stmt_run(db_stmt(run->db, Q_FIND_OPTIMIZE), err) &&
	    db_commit(run->db, err) && run_outcome(run, err);
}

void
sync_remove(const char *path)
{
	static const char *const endings[] = { "", "-wal", "-shm",
		"-journal" };
	char name[PATH_MAX];
	size_t i;

	for (i = 0; i < sizeof endings / sizeof endings[0]; i++) {
		(void)snprintf(name, sizeof name, "%s%s", path, endings[i]);
		(void)unlink(name);
	}
}

static bool
build_aside(struct run *run, const char *path, int64_t generation,
    struct edge_err *err)
{
	bool ok;

	sync_remove(path);
	run->aside = true;
	run->db = db_open(path, DB_WRITER, DB_ASIDE, err);
	if (run->db == NULL) {
		sync_remove(path);
		return false;
	}
	db_stop_flag(run->db, run->options->stop);
	ok = fill_aside(run, generation, err);
	if (ok)
		ok = db_close_aside(run->db, err);
	else
		db_close(run->db);
	run->db = NULL;
	track_free(&run->track);
	if (!ok)
		sync_remove(path);
	return ok;
}

/* Moves a damaged store out of the way, with its log. */
static bool
keep_bad(const char *path, int64_t now_ms, struct edge_err *err)
{
	static const char *const endings[] = { "", "-wal", "-shm" };
	char from[PATH_MAX], to[PATH_MAX];
	size_t i;

	for (i = 0; i < sizeof endings / sizeof endings[0]; i++) {
		(void)snprintf(from, sizeof from, "%s%s", path, endings[i]);
		(void)snprintf(to, sizeof to, "%s.bad-%" PRId64 "%s", path,
		    now_ms / 1000, endings[i]);
		if (rename(from, to) != 0 && errno != ENOENT)
			return err_set(err, EDGE_IO, "%s: cannot become %s: "
			    "%s", from, to, strerror(errno));
	}
	log_warn("%s was damaged; it is kept as %s.bad-%" PRId64, path, path,
	    now_ms / 1000);
	return true;
}

/* A source that lost its missions while edge was brought up to date does not
 * take them from the portal. */
static bool
guard_outdated(const struct run *run, struct db *live, struct edge_err *err)
{
	int64_t before = db_count_outdated(live);
	int64_t now = run->report->missions;

	return run->options->allow_mass_delete || now * 100 >= before *
	    (100 - run->options->removal_percent) || err_set(err, EDGE_FAILED,
	    "%s: it has %" PRId64 " missions and the store %" PRId64 ": more "
	    "than %d %% would go; nothing was changed; %s",
	    source_name(run->source), now, before,
	    run->options->removal_percent,
	    guard_way_out(source_is_live(run->source)));
}

/* Puts the new store in place of the old one: by a rename where there is none
 * (or only a bad one), as one transaction of the old one where pages are
 * being served from it. */
static bool
swap_in(const struct run *run, const char *aside, enum store_state old,
    struct edge_err *err)
{
	const char *path = run->options->db_path;
	struct db *live;
	bool ok;

	if (old == STORE_BAD && !keep_bad(path, run->started_ms, err))
		return false;
	/* A log without its store would be taken for that of the new one. */
	if (old == STORE_MISSING)
		sync_remove(path);
	if (old != STORE_OUTDATED)
		return file_move(aside, path, err);
	live = db_open_outdated(path, err);
	ok = live != NULL && guard_outdated(run, live, err);
	if (live != NULL && !ok)
		sync_remove(aside);
	ok = ok && db_replace_from(live, aside, err);
	if (ok)
		sync_remove(aside);
	ok = ok && db_checkpoint(live, err);
	db_close(live);
	return ok;
}

void
run_forget_aside(const char *path)
{
	struct edge_err ignored = { 0 };
	char aside[PATH_MAX];

	if (file_beside(path, ".new", aside, &ignored))
		sync_remove(aside);
}

bool
run_rebuild(struct run *run, enum store_state old, int64_t generation,
    struct edge_err *err)
{
	const char *path = run->options->db_path;
	char aside[PATH_MAX];

	if (!file_beside(path, ".new", aside, err) ||
	    !build_aside(run, aside, generation, err))
		return false;
	run->report->rebuilt = true;
	if (!swap_in(run, aside, old, err))
		return false;
	run->aside = false;
	return true;
}

bool
run_deep_is_due(struct run *run, struct edge_err *err)
{
	struct edge_err failed = { 0 };
	struct stmt *s = db_stmt(run->db, Q_STATE_READ);
	int64_t done_ms;

	/* A dump is at hand and whole: its tracks are always counted. */
	run->deep = !source_is_live(run->source) || run->options->retry;
	if (stmt_row(s, &failed)) {
		done_ms = stmt_get_int(s, 3);
		stmt_reset(s);
		run->deep |= done_ms == 0;
		if (run->options->deep_ms > 0)
			/* A time to come was taken from a wrong clock. */
			run->deep |= run->started_ms - done_ms >=
			    run->options->deep_ms || done_ms >
			    run->started_ms;
	}
	if (failed.kind != EDGE_NONE)
		*err = failed;
	return failed.kind == EDGE_NONE;
}

static bool
update(struct run *run, struct edge_err *err)
{
	bool ok;

	run->aside = false;
	run->db = db_open(run->options->db_path, DB_WRITER, 0, err);
	if (run->db == NULL)
		return false;
	db_stop_flag(run->db, run->options->stop);
	ok = db_check(run->db, CHECK_MOST_MS, err) &&
	    db_open_staging(run->db, err) &&
	    run_check_mapping(run, err) && run_deep_is_due(run, err) &&
	    run_steps(run, err) &&
	    db_checkpoint(run->db, err) && run_outcome(run, err);
	if (ok && !db_in_place(run->db, err)) {
		db_abandon(run->db);
		ok = false;
	} else {
		db_close(run->db);
	}
	run->db = NULL;
	track_free(&run->track);
	return ok;
}

static bool
run_locked(struct run *run, struct edge_err *err)
{
	enum store_state state;
	int64_t generation;

	if (!store_probe(run->options->db_path, &state, &generation, err))
		return false;
	/* Replaced as one of an older edge is. */
	if (state == STORE_GOOD && run->options->rebuild)
		state = STORE_OUTDATED;
	if (state == STORE_GOOD) {
		run_forget_aside(run->options->db_path);
		if (update(run, err))
			return true;
		if (err->kind != EDGE_CORRUPT)
			return false;
		log_error("%s", err->text);
		memset(err, 0, sizeof *err);
		memset(run->report, 0, sizeof *run->report);
		state = STORE_BAD;
	}
	return run_rebuild(run, state, generation, err);
}

void
run_count(const struct sync_report *report, int64_t counts[BEAT_COUNT_MAX])
{
	counts[BEAT_NEW] += report->fresh;
	counts[BEAT_CHANGED] += report->changed;
	counts[BEAT_REMOVED] += report->removed;
	counts[BEAT_POINTS] += report->profiles;
}

bool
sync_is_clean(const struct sync_report *report, struct edge_err *err)
{
	return report->quarantined == 0 || err_set(err, EDGE_BAD_DATA, "%"
	    PRId64 " document%s in quarantine; `edge quarantine list` says "
	    "why", report->quarantined, report->quarantined == 1 ? "" : "s");
}

static void
write_beat(const struct run *run, bool ok, const struct edge_err *err)
{
	const char *path = run->options->db_path;
	struct edge_err failed = { 0 };
	struct beat beat;

	beat_read(path, &beat);
	beat_record(&beat, clock_now_ms(), ok ? NULL : err);
	/* The store is caught up, and the run exits with that all the same. */
	if (ok && run->options->strict &&
	    !sync_is_clean(run->report, &failed)) {
		beat.exit_code = err_exit_code(failed.kind);
		memset(&failed, 0, sizeof failed);
	}
	if (ok)
		beat.caught_up_ms = run->report->caught_up_ms;
	/* A store that was built aside in vain is gone. */
	if (ok || !run->aside)
		run_count(run->report, beat.counts);
	(void)snprintf(beat.mode, sizeof beat.mode, "%s",
	    strcmp(run->options->verb, "sync") == 0 ? "once" : "import");
	if (!beat_write(path, &beat, &failed))
		log_warn("status file: %s", failed.text);
}

bool
sync_snapshot(const struct sync_options *options)
{
	struct edge_err err = { 0 };

	if (snapshot_keep(options->db_path, options->snapshot_ms,
	    clock_now_ms(), options->stop, &err))
		return true;
	log_warn("%s", err.text);
	return false;
}

bool
sync_lock(const char *db_path, int *lock, struct edge_err *err)
{
	struct edge_err why = { 0 };
	enum store_state state;

	if (!store_look(db_path, &state, &why) && why.kind == EDGE_CONFIG) {
		*err = why;
		return false;
	}
	return file_lock(db_path, lock, err);
}

bool
sync_run(const struct sync_options *options, struct source *source,
    struct sync_report *report, struct edge_err *err)
{
	struct run run = { .options = options, .source = source,
		.report = report, .started_ms = clock_now_ms(),
		.mode = "snapshot", .reason = "" };
	int lock;
	bool ok;

	memset(report, 0, sizeof *report);
	if (!sync_lock(options->db_path, &lock, err))
		return false;
	ok = run_locked(&run, err);
	if (ok && options->until_whole && report->postponed > 0)
		ok = err_set(err, EDGE_TEMPORARY, "%s: %" PRId64 " missions are "
		    "written by the source all the time and could not be read "
		    "whole until the deadline; the others are in the store, the "
		    "next run goes on", source_name(source),
		    report->postponed);
	write_beat(&run, ok, err);
	/* Should it fail, the run went well all the same. */
	if (ok)
		(void)sync_snapshot(options);
	file_unlock(lock);
	return ok;
}

bool
sync_build(const char *path, struct source *source,
    struct sync_report *report, struct edge_err *err)
{
	struct sync_options options = { .db_path = path, .verb = "verify" };
	struct run run = { .options = &options, .source = source,
		.report = report, .started_ms = clock_now_ms(),
		.mode = "snapshot", .reason = "" };

	memset(report, 0, sizeof *report);
	return build_aside(&run, path, 0, err);
}
