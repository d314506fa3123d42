#include "watch.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../schema/beat.h"
#include "../schema/clock.h"
#include "../schema/file.h"
#include "../schema/log.h"
#include "decode.h"
#include "sync_internal.h"

#define SECOND_US INT64_C(1000000)

/* Events of one replaced mission come in a burst: it is planned when nothing
 * has come for QUIET, at the latest after PATIENCE. */
#define QUIET_US (SECOND_US * 3 / 10)
#define PATIENCE_US (5 * SECOND_US)

/* The status file says so often that all is well; tokens of empty batches are
 * stored so often, so that an idle source does not outlive them. */
#define BEAT_US (15 * SECOND_US)
#define TOKEN_US (60 * SECOND_US)

/* Pauses after trouble grow from the first to the last, milliseconds. */
#define PAUSE_FIRST_MS 500
#define PAUSE_LAST_MS 30000

/* A look at all streams takes at least this long when nothing comes. */
#define LOOK_MS 100

/* More missions than this at once are planned by one whole run. */
#define DIRTY_MOST 256

/* Events taken from one stream before the others have their turn. */
#define EVENTS_MOST 2000

struct dirty {
	char kind;
	char platform[DECODE_SERIAL_BYTES];
	int64_t number;
};

struct watch {
	const struct watch_options *options;
	struct run run;
	struct sync_report report;
	bool polls;                   /* the server has no change streams */
	char reason[256];             /* why a resync is needed; "" = none */
	struct dirty dirty[DIRTY_MOST];
	size_t dirty_length;
	bool plan_all, extras;        /* events that name no mission */
	bool doubtful;                /* the next whole run counts tracks */
	int64_t first_us, last_us;    /* of the events not yet planned; 0 */
	int64_t beat_us, token_us;    /* when last written */
	unsigned failures;            /* in a row */
};

static bool
stopped(const struct watch *watch)
{
	const volatile int *stop = watch->options->sync.stop;

	return stop != NULL && *stop;
}

/* Waits in small steps, so that a stop is obeyed at once. */
static void
wait_ms(const struct watch *watch, int64_t ms)
{
	int64_t end = clock_monotonic_us() + ms * 1000;
	struct timespec step = { 0, 50000000 };

	while (!stopped(watch) && clock_monotonic_us() < end)
		(void)nanosleep(&step, NULL);
}

static void
beat(struct watch *watch, const struct edge_err *failed)
{
	const char *path = watch->options->sync.db_path;
	struct edge_err err = { 0 };
	struct beat now;

	beat_read(path, &now);
	beat_record(&now, clock_now_ms(), failed);
	(void)snprintf(now.mode, sizeof now.mode, "%s",
	    watch->polls ? "poll" : "watch");
	if (watch->reason[0] != '\0') {
		(void)snprintf(now.resync_reason, sizeof now.resync_reason,
		    "%s", watch->reason);
		now.resync_ms = now.attempt_ms;
		now.resyncs++;
		watch->reason[0] = '\0';
	}
	if (!beat_write(path, &now, &err))
		log_warn("status file: %s", err.text);
	watch->beat_us = clock_monotonic_us();
}

static struct watch *
watch_of(struct run *run)
{
	return (struct watch *)((char *)run - offsetof(struct watch, run));
}

/* Writes where every stream goes on; inside the caller's transaction. */
static bool
put_positions(struct run *run, struct edge_err *err)
{
	struct watch *watch = watch_of(run);
	const void *bytes;
	size_t length;
	int c;

	for (c = 0; c < COLLECTION_MAX; c++) {
		struct stmt *s = db_stmt(run->db, Q_POSITION_PUT);

		if (!source_stream_token(run->source, (enum collection)c,
		    &bytes, &length))
			continue;
		stmt_text(s, 1, mapping_of((enum collection)c)->name);
		stmt_blob(s, 2, bytes, length);
		stmt_int(s, 3, run->started_ms);
		if (!stmt_run(s, err))
			return false;
	}
	watch->token_us = clock_monotonic_us();
	return true;
}

static bool
save_positions(struct watch *watch, struct edge_err *err)
{
	struct run *run = &watch->run;

	run->started_ms = clock_now_ms();
	if (!db_begin(run->db, err))
		return false;
	if (!put_positions(run, err)) {
		db_rollback(run->db);
		return false;
	}
	return db_commit(run->db, err);
}

/* The stored token of a collection, to be freed; NULL: none. */
static void *
stored_token(struct watch *watch, enum collection collection, size_t *length)
{
	struct edge_err ignored = { 0 };
	struct stmt *s;
	const void *bytes;
	void *copy = NULL;

	if (watch->run.db == NULL)
		return NULL;
	s = db_stmt(watch->run.db, Q_POSITION_OF);
	stmt_text(s, 1, mapping_of(collection)->name);
	if (stmt_row(s, &ignored)) {
		bytes = stmt_get_blob(s, 0, length);
		copy = malloc(*length);
		if (copy != NULL)
			memcpy(copy, bytes, *length);
		stmt_reset(s);
	}
	return copy;
}

/* Opens every stream, where it was left (`resume`) or from now on. *resumed:
 * all of them go on from a token, so nothing was missed. */
static enum source_stream
open_streams(struct watch *watch, bool resume, bool *resumed,
    struct edge_err *err)
{
	enum source_stream state = STREAM_IDLE;
	int c;

	*resumed = resume;
	for (c = 0; c < COLLECTION_MAX && state == STREAM_IDLE; c++) {
		size_t length = 0;
		void *token = resume ? stored_token(watch,
		    (enum collection)c, &length) : NULL;

		if (token == NULL)
			*resumed = false;
		state = source_stream_open(watch->run.source,
		    (enum collection)c, token, length, err);
		free(token);
	}
	return state;
}

static void
remember_reason(struct watch *watch, const struct edge_err *err)
{
	(void)snprintf(watch->reason, sizeof watch->reason, "%.250s",
	    err->text);
}

/* Opens the streams and finds out which mode this server allows. *whole: a
 * whole run is needed before events can be relied on. */
static bool
choose_mode(struct watch *watch, bool *whole, struct edge_err *err)
{
	bool polled = watch->polls, resumed;
	enum source_stream state = open_streams(watch, true, &resumed, err);

	if (state == STREAM_LOST) {
		remember_reason(watch, err);
		memset(err, 0, sizeof *err);
		state = open_streams(watch, false, &resumed, err);
	}
	if (state == STREAM_FAILED || state == STREAM_LOST)
		return false;
	watch->polls = state == STREAM_UNSUPPORTED;
	*whole = watch->polls || !resumed;
	if (watch->polls && !polled)
		log_info("mode POLL, every %" PRId64 " s: the server has no "
		    "change streams (%s)", watch->options->interval_ms / 1000,
		    err->text);
	else if (!watch->polls)
		log_info("mode WATCH%s", resumed ? ", going on from where it "
		    "was left" : "");
	memset(err, 0, sizeof *err);
	return true;
}

static void
forget_events(struct watch *watch)
{
	watch->dirty_length = 0;
	watch->plan_all = watch->extras = false;
	watch->first_us = watch->last_us = 0;
}

static void
log_outcome(const struct watch *watch)
{
	const struct sync_report *r = &watch->report;

	if (r->fresh + r->changed + r->removed > 0)
		log_info("%" PRId64 " new, %" PRId64 " changed, %" PRId64
		    " removed; generation %" PRId64, r->fresh, r->changed,
		    r->removed, r->generation);
}

/* A whole run: SNAPSHOT, RESYNC or a turn of POLL. */
static bool
run_whole(struct watch *watch, struct edge_err *err)
{
	struct run *run = &watch->run;
	struct stmt *s = db_stmt(run->db, Q_POSITION_FORGET);
	bool ok;

	memset(&watch->report, 0, sizeof watch->report);
	run->started_ms = clock_now_ms();
	run->every_profile = run->one_by_one = run->no_extras = false;
	run->mode = watch->polls ? "poll" : watch->reason[0] != '\0' ?
	    "resync" : "snapshot";
	run->reason = watch->reason;
	run->put_positions = watch->polls ? NULL : put_positions;
	if (watch->reason[0] != '\0')
		log_warn("mode RESYNC: %s", watch->reason);
	/* Until this run is through, no position may be gone on from. */
	ok = (watch->polls || stmt_run(s, err)) && run_deep_is_due(run, err);
	run->deep |= watch->doubtful;
	ok = ok && run_steps(run, err) && db_checkpoint(run->db, err) &&
	    run_outcome(run, err);
	forget_events(watch);
	if (ok) {
		watch->doubtful = false;
		log_outcome(watch);
	}
	return ok;
}

static void
add_dirty(struct watch *watch, char kind, const char *platform,
    int64_t number)
{
	size_t i;

	for (i = 0; i < watch->dirty_length; i++)
		if (watch->dirty[i].number == number &&
		    strcmp(watch->dirty[i].platform, platform) == 0)
			return;
	if (watch->dirty_length == DIRTY_MOST) {
		watch->plan_all = true;
		return;
	}
	watch->dirty[watch->dirty_length].kind = kind;
	watch->dirty[watch->dirty_length].number = number;
	(void)snprintf(watch->dirty[watch->dirty_length].platform,
	    DECODE_SERIAL_BYTES, "%s", platform);
	watch->dirty_length++;
}

/* An event that gives only the document's _id: a deletion. */
static void
add_by_document(struct watch *watch, const char *source_id)
{
	struct edge_err failed = { 0 };
	struct stmt *s = db_stmt(watch->run.db, Q_MISSION_OF_DOCUMENT);

	stmt_text(s, 1, source_id);
	while (stmt_row(s, &failed))
		add_dirty(watch, strcmp(stmt_get_text(s, 2), "glider") == 0 ?
		    'g' : 's', stmt_get_text(s, 0), stmt_get_int(s, 1));
	s = db_stmt(watch->run.db, Q_QUARANTINE_HAS);
	stmt_text(s, 1, source_id);
	if (stmt_row(s, &failed))
		watch->plan_all = true;
	stmt_reset(s);
	/* What cannot be looked up is planned with everything else. */
	if (failed.kind != EDGE_NONE)
		watch->plan_all = true;
}

/* A profile came without its mission being written again: the mission's track
 * is to be read again, which its document does not show. */
static void
doubt_track(struct watch *watch, const struct source_event *event)
{
	struct edge_err failed = { 0 };
	struct stmt *s = db_stmt(watch->run.db, Q_DEEP_DOUBT_ONE);

	stmt_text(s, 1, event->platform);
	stmt_int(s, 2, event->number);
	if (!stmt_run(s, &failed))
		watch->plan_all = watch->doubtful = true;
}

static void
take_event(struct watch *watch, enum collection collection,
    const struct source_event *event)
{
	bool named = event->platform[0] != '\0' && event->number >= 0;

	watch->last_us = clock_monotonic_us();
	if (watch->first_us == 0)
		watch->first_us = watch->last_us;
	switch (collection) {
	case C_GLIDER_MISSIONS:
	case C_SAILBUOY_MISSIONS:
		if (named)
			add_dirty(watch, collection == C_GLIDER_MISSIONS ?
			    'g' : 's', event->platform, event->number);
		else if (event->source_id[0] == '\0' ||
		    event->platform[0] != '\0')
			watch->plan_all = true;
		/* A document may have had another name before. */
		add_by_document(watch, event->source_id);
		break;
	case C_PROFILES:
		/* A deletion does not say of which mission; the mission's own
		 * events and the deep check find those. */
		if (named) {
			add_dirty(watch, 'g', event->platform, event->number);
			doubt_track(watch, event);
		}
		break;
	default:
		watch->extras = true;
	}
}

/* Takes what the streams have. */
static enum source_stream
drain(struct watch *watch, bool *any, struct edge_err *err)
{
	static const enum collection order[COLLECTION_MAX] = {
		C_SAILBUOY_MISSIONS, C_PROFILES, C_GLIDERS, C_SAILBUOYS,
		C_STATS, C_PIPELINE, C_GLIDER_MISSIONS };
	struct source_event event;
	enum source_stream state = STREAM_IDLE;
	size_t i;
	int n;

	*any = false;
	for (i = 0; i < COLLECTION_MAX && !stopped(watch); i++)
		for (n = 0; n < EVENTS_MOST && !stopped(watch); n++) {
			state = source_stream_next(watch->run.source, order[i],
			    &event, err);
			if (state == STREAM_IDLE)
				break;
			if (state != STREAM_EVENT)
				return state;
			take_event(watch, order[i], &event);
			*any = true;
		}
	return STREAM_IDLE;
}

/* Plans and applies what the events named. The positions go into the last
 * transaction of it. */
static bool
apply_events(struct watch *watch, struct edge_err *err)
{
	struct run *run = &watch->run;
	bool applied, ok;
	size_t i;

	if (watch->plan_all)
		return run_whole(watch, err);
	memset(&watch->report, 0, sizeof watch->report);
	run->started_ms = clock_now_ms();
	run->every_profile = run->deep = false;
	run->one_by_one = true;
	run->no_extras = !watch->extras;
	run->mode = "watch";
	run->reason = "";
	run->put_positions = put_positions;
	ok = stmt_run(db_stmt(run->db, Q_STAGE_CLEAR_QUARANTINE), err);
	for (i = 0; ok && i < watch->dirty_length; i++) {
		struct source_key key = { watch->dirty[i].kind,
			watch->dirty[i].platform, watch->dirty[i].number };

		ok = step_one(run, &key, i + 1 == watch->dirty_length &&
		    !watch->extras, &applied, err);
	}
	ok = ok && step_close(run, err) && run_outcome(run, err);
	if (!ok)
		return false;
	log_outcome(watch);
	/* A mission in the middle of being written is planned once more. */
	if (run->report->postponed > 0) {
		watch->first_us = watch->last_us = clock_monotonic_us();
		watch->extras = false;
	} else {
		forget_events(watch);
	}
	beat(watch, NULL);
	return true;
}

static bool
grace_is_due(struct watch *watch)
{
	struct edge_err ignored = { 0 };
	struct stmt *s = db_stmt(watch->run.db, Q_GONE_DUE);
	bool due;

	stmt_int(s, 1, clock_now_ms() - watch->options->sync.grace_ms);
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
	if ((watch->run.deep || grace_is_due(watch)) &&
	    !run_whole(watch, err))
		return false;
	/* Never past an event whose effect is still to come. */
	if (now - watch->token_us >= TOKEN_US && !watch->polls &&
	    watch->first_us == 0 && !save_positions(watch, err))
		return false;
	beat(watch, NULL);
	return true;
}

/* One turn of WATCH. */
static bool
watch_turn(struct watch *watch, struct edge_err *err)
{
	int64_t start = clock_monotonic_us(), now;
	enum source_stream state;
	bool any, whole;

	state = drain(watch, &any, err);
	if (state == STREAM_LOST) {
		remember_reason(watch, err);
		memset(err, 0, sizeof *err);
		if (!stmt_run(db_stmt(watch->run.db, Q_POSITION_FORGET),
		    err) || !choose_mode(watch, &whole, err) ||
		    !run_whole(watch, err))
			return false;
		beat(watch, NULL);
		return true;
	}
	if (state != STREAM_IDLE)
		return false;
	now = clock_monotonic_us();
	if (watch->first_us != 0 && (now - watch->last_us >= QUIET_US ||
	    now - watch->first_us >= PATIENCE_US))
		return apply_events(watch, err);
	if (!any && now - start < LOOK_MS * 1000)
		wait_ms(watch, LOOK_MS);
	return keep_house(watch, err);
}

static bool
poll_turn(struct watch *watch, struct edge_err *err)
{
	wait_ms(watch, watch->options->interval_ms);
	if (stopped(watch))
		return true;
	if (!run_whole(watch, err))
		return false;
	beat(watch, NULL);
	return true;
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

	/* Probing reads the file beside SQLite, which costs this process its
	 * locks on it: only when it cannot be opened. */
	run->aside = false;
	run->db = db_open(path, DB_WRITER, 0, &why);
	if (run->db == NULL) {
		if (why.kind == EDGE_IO) {
			*err = why;
			return false;
		}
		if (!store_probe(path, &state, &generation, err))
			return false;
		log_info("mode SNAPSHOT: building %s", path);
		run->mode = "snapshot";
		run->reason = "";
		run->started_ms = clock_now_ms();
		run->put_positions = NULL;
		run->one_by_one = run->no_extras = false;
		if (!run_rebuild(run, state, generation, err))
			return false;
		run->aside = false;
		run->db = db_open(path, DB_WRITER, 0, err);
		if (run->db == NULL)
			return false;
	}
	db_stop_flag(run->db, watch->options->sync.stop);
	return db_open_staging(run->db, err);
}

/* A store that was filled from elsewhere has no position in this source. */
static bool
check_source(struct watch *watch, struct edge_err *err)
{
	struct edge_err failed = { 0 };
	struct stmt *s = db_stmt(watch->run.db, Q_STATE_READ);
	bool same = true;

	if (stmt_row(s, &failed)) {
		same = strcmp(stmt_get_text(s, 2),
		    source_name(watch->run.source)) == 0;
		stmt_reset(s);
	}
	if (failed.kind != EDGE_NONE) {
		*err = failed;
		return false;
	}
	return same || stmt_run(db_stmt(watch->run.db, Q_POSITION_FORGET),
	    err);
}

/* From a connection to its end: trouble (false) or a stop (true). */
static bool
session(struct watch *watch, struct edge_err *err)
{
	bool whole;

	if (!open_store(watch, err) || !check_source(watch, err) ||
	    !choose_mode(watch, &whole, err) ||
	    (whole && !run_whole(watch, err)))
		return false;
	watch->failures = 0;
	beat(watch, NULL);
	while (!stopped(watch))
		if (!(watch->polls ? poll_turn(watch, err) :
		    watch_turn(watch, err)))
			return false;
	return true;
}

static int64_t
pause_after(unsigned failures)
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
	struct source_limits limits = { 0, watch->options->sync.stop, NULL };
	bool ok;

	while (!stopped(watch)) {
		memset(err, 0, sizeof *err);
		watch->run.source = source_open_mongo(watch->options->uri,
		    &limits, err);
		if (watch->run.source == NULL)
			return false;
		forget_events(watch);
		ok = session(watch, err);
		db_close(watch->run.db);
		watch->run.db = NULL;
		track_free(&watch->run.track);
		source_close(watch->run.source);
		if (ok || stopped(watch))
			break;
		if (err->kind == EDGE_CONFIG)
			return false;
		watch->failures++;
		if (watch->failures <= 3 || watch->failures % 20 == 0)
			log_error("%s", err->text);
		beat(watch, err);
		wait_ms(watch, pause_after(watch->failures));
	}
	memset(err, 0, sizeof *err);
	return true;
}

bool
watch_run(const struct watch_options *options, struct edge_err *err)
{
	struct watch *watch = calloc(1, sizeof *watch);
	bool ok;
	int lock;

	if (watch == NULL)
		return err_set(err, EDGE_IO, "out of memory");
	watch->options = options;
	watch->run.options = &options->sync;
	watch->run.report = &watch->report;
	watch->run.mode = watch->run.reason = "";
	srand((unsigned)clock_monotonic_us());
	if (!file_lock(options->sync.db_path, &lock, err)) {
		free(watch);
		return false;
	}
	ok = watch_locked(watch, err);
	file_unlock(lock);
	free(watch);
	return ok;
}
