#include "watch.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../schema/beat.h"
#include "../schema/clock.h"
#include "../schema/file.h"
#include "../schema/log.h"
#include "../schema/snapshot.h"
#include "../schema/text.h"
#include "watch_internal.h"

/* The status file says so often that all is well, and removals that are held
 * are tried again; tokens of empty batches are stored so often, so that an
 * idle source does not outlive them. */
#define BEAT_US (15 * SECOND_US)
#define TOKEN_US (60 * SECOND_US)

/* The file to take away, when it could not be made. */
#define SNAPSHOT_AGAIN_US (600 * SECOND_US)

/* A first run reads everything: its deadline is so many times that of others. */
#define BUILD_TIMES 6

/* Pauses after trouble grow from the first to the last, milliseconds. */
#define PAUSE_FIRST_MS 500
#define PAUSE_LAST_MS 30000

/* So often it is seen that the store was removed or replaced. */
#define PLACE_MS 1000

/* A look at all streams takes at least this long when nothing comes. */
#define LOOK_MS 100

/* An error that stays the same is told once, and again after so many times. */
#define TELL_AGAIN 20

bool
watch_stopped(const struct watch *watch)
{
	const volatile int *stop = watch->options->sync.stop;

	return stop != NULL && *stop;
}

void
watch_wait_ms(const struct watch *watch, int64_t ms)
{
	int64_t end = clock_monotonic_us() + ms * 1000;
	struct timespec step = { 0, 50000000 };

	while (!watch_stopped(watch) && clock_monotonic_us() < end)
		(void)nanosleep(&step, NULL);
}

void
watch_limit(struct watch *watch, int times)
{
	watch->run.source->limits.deadline_us =
	    times == 0 || watch->options->deadline_ms == 0 ? 0 :
	    clock_monotonic_us() + INT64_C(1000) * times *
	    watch->options->deadline_ms;
	if (times == 0)
		progress_end(&watch->progress);
	else
		progress_start(&watch->progress);
}

void
watch_turn_over(struct watch *watch)
{
	run_count(&watch->report, watch->counts);
	memset(&watch->report, 0, sizeof watch->report);
}

/* Counts stay at hand until they are in the file. */
static void
write_beat(struct watch *watch, struct beat *beat)
{
	struct edge_err err = { 0 };
	size_t i;

	for (i = 0; i < BEAT_COUNT_MAX; i++)
		beat->counts[i] += watch->counts[i];
	if (beat_write(watch->options->sync.db_path, beat, &err))
		memset(watch->counts, 0, sizeof watch->counts);
	else
		log_warn("status file: %s", err.text);
}

/* Writes the status file alone. */
static void
record(struct watch *watch, const struct edge_err *failed)
{
	struct beat now;

	if (failed == NULL && watch->held.kind != EDGE_NONE)
		failed = &watch->held;
	beat_read(watch->options->sync.db_path, &now);
	beat_record(&now, clock_now_ms(), failed);
	if (watch->caught_up_ms != 0)
		now.caught_up_ms = watch->caught_up_ms;
	/* A store that was built aside in vain is gone. */
	if (watch->run.aside)
		memset(&watch->report, 0, sizeof watch->report);
	watch_turn_over(watch);
	if (watch->mode != NULL)
		text_copy(now.mode, sizeof now.mode, watch->mode);
	else if (strcmp(now.mode, "once") == 0 ||
	    strcmp(now.mode, "import") == 0)
		now.mode[0] = '\0';
	write_beat(watch, &now);
	watch->beat_us = clock_monotonic_us();
}

void
watch_beat(struct watch *watch, const struct edge_err *failed)
{
	record(watch, failed);
	if (failed == NULL && watch->held.kind == EDGE_NONE &&
	    watch->beat_us >= watch->snapshot_us &&
	    !sync_snapshot(&watch->options->sync))
		watch->snapshot_us = watch->beat_us + SNAPSHOT_AGAIN_US;
}

/* An error is in the log once as long as it stays the same. */
static void
tell(struct watch *watch, const struct edge_err *err)
{
	if (strcmp(watch->told, err->text) == 0 &&
	    (watch->failures == 0 || watch->failures % TELL_AGAIN != 0))
		return;
	(void)snprintf(watch->told, sizeof watch->told, "%s", err->text);
	log_error("%s", err->text);
}

void
watch_log_outcome(const struct watch *watch)
{
	const struct sync_report *r = &watch->report;

	if (r->fresh + r->changed + r->removed > 0)
		log_info("%" PRId64 " new, %" PRId64 " changed, %" PRId64
		    " removed; generation %" PRId64, r->fresh, r->changed,
		    r->removed, r->generation);
}

void
watch_hold(struct watch *watch, struct edge_err *err)
{
	watch->held = *err;
	tell(watch, err);
	memset(err, 0, sizeof *err);
	watch->plan_all = false;
	if (watch->dirty_length == 0 && !watch->extras)
		watch_forget_events(watch);
}

bool
watch_run_whole(struct watch *watch, struct edge_err *err)
{
	struct run *run = &watch->run;
	bool ok;

	watch_turn_over(watch);
	run->started_ms = clock_now_ms();
	run->every_profile = run->one_by_one = run->no_extras = false;
	run->mode = watch->polls ? "poll" : watch->reason[0] != '\0' ?
	    "resync" : "snapshot";
	run->reason = watch->reason;
	run->put_positions = watch->polls ? NULL : watch_put_positions;
	watch->owed = true;
	run->foreign = false;
	if (!run_deep_is_due(run, err))
		return false;
	run->deep |= watch->doubtful;
	watch_limit(watch, 1);
	ok = run_steps(run, err) && db_checkpoint(run->db, err) &&
	    run_outcome(run, err);
	watch_limit(watch, 0);
	if (!ok) {
		if (err->kind != EDGE_FAILED || run->foreign)
			return false;
		/* The run history has it by now. */
		if (run->refused.kind != EDGE_NONE)
			watch->reason[0] = '\0';
		watch_hold(watch, err);
		return true;
	}
	if (watch->held.kind != EDGE_NONE)
		log_info("nothing is held back any more");
	watch->held.kind = EDGE_NONE;
	watch->reason[0] = '\0';
	watch->doubtful = false;
	/* Missions that were left for later may have had their last event. */
	watch->owed = watch->report.postponed > 0;
	if (!watch->owed)
		watch->caught_up_ms = watch->report.caught_up_ms;
	watch_forget_events(watch);
	watch_log_outcome(watch);
	return true;
}

static bool
grace_is_due(struct watch *watch)
{
	struct edge_err ignored = { 0 };
	struct stmt *s = db_stmt(watch->run.db, Q_GONE_DUE);
	bool due;

	stmt_int(s, 1, clock_now_ms() - watch->options->sync.grace_ms);
	stmt_int(s, 2, clock_now_ms());
	due = stmt_row(s, &ignored);
	stmt_reset(s);
	return due;
}

/* What is done beside events: removals, the deep check, status, tokens. */
static bool
keep_house(struct watch *watch, struct edge_err *err)
{
	int64_t now = clock_monotonic_us();

	if (now - watch->beat_us < BEAT_US)
		return true;
	watch->run.started_ms = clock_now_ms();
	if (!run_deep_is_due(&watch->run, err))
		return false;
	if ((watch->owed || watch->run.deep || grace_is_due(watch)) &&
	    !watch_run_whole(watch, err))
		return false;
	/* Never past an event whose effect is still to come. */
	if (now - watch->token_us >= TOKEN_US && !watch->owed &&
	    watch->first_us == 0 && !watch_save_positions(watch, err))
		return false;
	watch_beat(watch, NULL);
	return true;
}

/* A stream said that it cannot go on, or that there are none here. */
static bool
change_mode(struct watch *watch, bool lost, struct edge_err *err)
{
	struct edge_err why = *err;

	memset(err, 0, sizeof *err);
	if ((lost && !watch_lose_place(watch, &why, err)) ||
	    !watch_choose_mode(watch, err) || !watch_run_whole(watch, err))
		return false;
	watch_beat(watch, NULL);
	return true;
}

/* One turn of WATCH. */
static bool
watch_turn(struct watch *watch, struct edge_err *err)
{
	int64_t start = clock_monotonic_us();
	enum source_stream state;
	bool any;

	state = watch_drain(watch, &any, err);
	if (state == STREAM_LOST || state == STREAM_UNSUPPORTED)
		return change_mode(watch, state == STREAM_LOST, err);
	if (state != STREAM_IDLE)
		return false;
	if (watch_events_are_due(watch))
		return watch_apply_events(watch, err);
	if (!any && clock_monotonic_us() - start < LOOK_MS * 1000)
		watch_wait_ms(watch, LOOK_MS);
	return keep_house(watch, err);
}

/* Whoever removes the lock lets a second writer in: then that one goes
 * first. */
static bool
keep_lock(struct watch *watch, struct edge_err *err)
{
	return file_lock_keep(watch->options->sync.db_path, &watch->lock, err);
}

/* Whether lock and store are still those that we hold and write to. */
static bool
keep_place(struct watch *watch, struct edge_err *err)
{
	return keep_lock(watch, err) && db_in_place(watch->run.db, err);
}

/* One turn of POLL. A server that refused streams may have them by now: it
 * became a replica set, or its user was given the right. */
static bool
poll_turn(struct watch *watch, struct edge_err *err)
{
	int64_t left = watch->options->interval_ms;

	for (; left > 0 && !watch_stopped(watch); left -= PLACE_MS) {
		watch_wait_ms(watch, left < PLACE_MS ? left : PLACE_MS);
		if (!keep_place(watch, err))
			return false;
	}
	if (watch_stopped(watch))
		return true;
	if (!watch_choose_mode(watch, err) || !watch_run_whole(watch, err))
		return false;
	watch_beat(watch, NULL);
	return true;
}

/* Makes a store that was put in the place of ours a file of our own. Readers
 * may have met it with the log of the old one beside it: a file of another
 * identity is what lets them open it again. What is no good store is left to
 * be told, or built again, as at a start. */
static bool
take_over(const char *path, const volatile int *stop, struct edge_err *err)
{
	struct edge_err why = { 0 };
	char aside[PATH_MAX];

	if (!file_beside(path, ".new", aside, err))
		return false;
	sync_remove(aside);
	if (!store_backup(path, aside, stop, &why)) {
		if (why.kind == EDGE_CONFIG || why.kind == EDGE_NEWER ||
		    why.kind == EDGE_CORRUPT)
			return true;
		*err = why;
		return false;
	}
	sync_remove(path);
	return file_move(aside, path, err);
}

/* A store that came in the place of ours goes on from our generation: what
 * was kept under a number must not be taken for something else. */
static bool
continue_generation(struct watch *watch, struct edge_err *err)
{
	struct stmt *s;

	if (!run_outcome(&watch->run, err))
		return false;
	if (watch->generation < watch->report.generation)
		watch->generation = watch->report.generation;
	s = db_stmt(watch->run.db, Q_STATE_CONTINUE);
	stmt_int(s, 1, watch->generation);
	stmt_int(s, 2, clock_now_ms());
	return stmt_run(s, err);
}

/* Opens the store, built first when there is none that is good. */
static bool
open_store(struct watch *watch, struct edge_err *err)
{
	const char *path = watch->options->sync.db_path;
	struct run *run = &watch->run;
	struct edge_err why = { 0 };
	enum store_state state;
	int64_t generation;
	bool ok;

	/* Probing reads the file beside SQLite, which costs this process its
	 * locks on it: only when it cannot be opened. */
	run->aside = false;
	if (watch->moved && !take_over(path, watch->options->sync.stop, err))
		return false;
	run->db = db_open(path, DB_WRITER, 0, &why);
	if (run->db == NULL) {
		if (why.kind == EDGE_IO) {
			*err = why;
			return false;
		}
		if (!store_probe(path, &state, &generation, err))
			return false;
		if (state == STORE_GOOD) {
			*err = why;
			return false;
		}
		if (watch->failures == 0)
			log_info("mode SNAPSHOT: building %s", path);
		run->mode = "snapshot";
		run->reason = "";
		run->started_ms = clock_now_ms();
		run->put_positions = NULL;
		run->one_by_one = run->no_extras = false;
		if (generation < watch->generation)
			generation = watch->generation;
		watch_limit(watch, BUILD_TIMES);
		ok = run_rebuild(run, state, generation, err);
		watch_limit(watch, 0);
		if (!ok)
			return false;
		/* Well, whatever becomes of the source from now on. */
		if (watch->mode == NULL)
			watch->mode = "snapshot";
		record(watch, NULL);
		run->db = db_open(path, DB_WRITER, 0, err);
		if (run->db == NULL)
			return false;
	}
	if (watch->moved && !continue_generation(watch, err))
		return false;
	watch->moved = false;
	run_forget_aside(path);
	db_stop_flag(run->db, watch->options->sync.stop);
	return db_open_staging(run->db, err);
}

/* The session has got something from the source: what failed before it is
 * over. */
static void
be_well(struct watch *watch)
{
	watch->well = true;
	watch->failures = 0;
	if (watch->told[0] != '\0' && watch->held.kind == EDGE_NONE) {
		log_info("%s answers again", source_name(watch->run.source));
		watch->told[0] = '\0';
	}
	watch_beat(watch, NULL);
}

/* On a stop in a quiet moment: the next start goes on from here. */
static void
leave(struct watch *watch)
{
	struct edge_err err = { 0 };

	db_stop_flag(watch->run.db, NULL);
	if (!watch->owed && watch->first_us == 0 &&
	    !watch_save_positions(watch, &err))
		log_warn("%s", err.text);
}

/* Whether the trouble is that the store is not at its path any more. Then
 * what was written since went nowhere: the one that is there is opened, or one
 * is built again, and a whole run brings it up. */
static bool
lost_store(struct watch *watch, struct edge_err *err)
{
	struct edge_err why = { 0 }, ignored = { 0 };

	if (watch->run.db == NULL || watch_stopped(watch) ||
	    db_in_place(watch->run.db, &why))
		return false;
	log_warn("%s; this one is %s", why.text, access(
	    watch->options->sync.db_path, F_OK) == 0 ? "taken over" :
	    "built again");
	if (run_outcome(&watch->run, &ignored))
		watch->generation = watch->report.generation;
	db_abandon(watch->run.db);
	watch->run.db = NULL;
	track_free(&watch->run.track);
	watch_forget_events(watch);
	watch->moved = watch->owed = watch->doubtful = true;
	watch->watch_told = false;
	memset(err, 0, sizeof *err);
	return true;
}

/* From the opening of a store to trouble (false) or a stop (true). */
static bool
follow(struct watch *watch, struct edge_err *err)
{
	watch->well = false;
	if (!keep_lock(watch, err) || !open_store(watch, err) ||
	    !watch_check_source(watch, err) ||
	    !run_check_mapping(&watch->run, err) ||
	    !watch_choose_mode(watch, err))
		return false;
	if (watch->owed) {
		if (!watch_run_whole(watch, err))
			return false;
		record(watch, NULL);
	}
	while (!watch_stopped(watch)) {
		if (!keep_place(watch, err))
			return false;
		if (watch->polls && !watch->well)
			be_well(watch);
		if (!(watch->polls ? poll_turn(watch, err) :
		    watch_turn(watch, err)))
			return false;
		if (!watch->well)
			be_well(watch);
	}
	leave(watch);
	return true;
}

/* From a connection to its end: trouble (false) or a stop (true). */
static bool
session(struct watch *watch, struct edge_err *err)
{
	bool ok;

	do
		ok = follow(watch, err);
	while (!ok && lost_store(watch, err));
	return ok;
}

int64_t
watch_pause_ms(unsigned failures)
{
	int64_t ms = PAUSE_FIRST_MS;

	while (failures-- > 1 && ms < PAUSE_LAST_MS)
		ms *= 2;
	if (ms > PAUSE_LAST_MS)
		ms = PAUSE_LAST_MS;
	/* Many edges that lost one server do not come back as one. */
	return ms / 2 + (int64_t)((double)rand() / RAND_MAX *
	    (double)(ms / 2));
}

static bool
watch_locked(struct watch *watch, struct edge_err *err)
{
	struct source_limits limits = { 0, watch->options->sync.stop,
		&watch->progress };
	bool ok;

	while (!watch_stopped(watch)) {
		memset(err, 0, sizeof *err);
		watch->run.source = source_open_mongo(watch->options->uri,
		    watch->options->mapping, &limits, err);
		if (watch->run.source == NULL)
			return false;
		watch_forget_events(watch);
		ok = session(watch, err);
		db_close(watch->run.db);
		watch->run.db = NULL;
		track_free(&watch->run.track);
		source_close(watch->run.source);
		if (ok || watch_stopped(watch))
			break;
		if (err->kind == EDGE_CONFIG || err->kind == EDGE_NEWER)
			return false;
		watch->failures++;
		tell(watch, err);
		watch_beat(watch, err);
		watch_wait_ms(watch, watch_pause_ms(watch->failures));
	}
	memset(err, 0, sizeof *err);
	return true;
}

/* What was written since the file last said so, however it ended. */
static void
count_the_rest(struct watch *watch)
{
	struct beat last;
	size_t i;

	if (!watch->run.aside)
		watch_turn_over(watch);
	for (i = 0; i < BEAT_COUNT_MAX && watch->counts[i] == 0; i++)
		;
	if (i == BEAT_COUNT_MAX)
		return;
	beat_read(watch->options->sync.db_path, &last);
	write_beat(watch, &last);
}

bool
watch_run(const struct watch_options *options, struct edge_err *err)
{
	struct watch *watch = calloc(1, sizeof *watch);
	bool ok;

	if (watch == NULL)
		return err_set(err, EDGE_IO, "out of memory");
	watch->options = options;
	watch->run.options = &options->sync;
	watch->run.report = &watch->report;
	watch->run.mode = watch->run.reason = "";
	srand((unsigned)clock_monotonic_us());
	if (!sync_lock(options->sync.db_path, &watch->lock, err)) {
		free(watch);
		return false;
	}
	ok = watch_locked(watch, err);
	count_the_rest(watch);
	file_unlock(watch->lock);
	free(watch);
	return ok;
}
