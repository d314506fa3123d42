/* watch_streams.c: opening the change streams, where they go on, and which
 * mode that allows. */
#include "watch_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../schema/beat.h"
#include "../schema/clock.h"
#include "../schema/log.h"
#include "../schema/text.h"

/* A place lost again within this time is no accident any more: then there are
 * pauses. */
#define CALM_US (60 * SECOND_US)

static struct watch *
watch_of(struct run *run)
{
	return (struct watch *)((char *)run - offsetof(struct watch, run));
}

bool
watch_put_positions(struct run *run, struct edge_err *err)
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

bool
watch_save_positions(struct watch *watch, struct edge_err *err)
{
	struct run *run = &watch->run;

	run->started_ms = clock_now_ms();
	if (!db_begin(run->db, err))
		return false;
	if (!watch_put_positions(run, err)) {
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

		if (token == NULL && source_maps(watch->run.source,
		    (enum collection)c))
			*resumed = false;
		state = source_stream_open(watch->run.source,
		    (enum collection)c, token, length, err);
		free(token);
	}
	return state;
}

/* Says at once in the status file that a place was lost, and why. */
static void
beat_resync(const struct watch *watch)
{
	const char *path = watch->options->sync.db_path;
	struct edge_err err = { 0 };
	struct beat beat;

	beat_read(path, &beat);
	text_copy(beat.resync_reason, sizeof beat.resync_reason,
	    watch->reason);
	beat.resync_ms = clock_now_ms();
	beat.resyncs++;
	if (!beat_write(path, &beat, &err))
		log_warn("status file: %s", err.text);
}

bool
watch_lose_place(struct watch *watch, const struct edge_err *why,
    struct edge_err *err)
{
	int64_t now = clock_monotonic_us();

	text_copy(watch->reason, sizeof watch->reason, why->text);
	watch->owed = true;
	watch->watch_told = false;
	/* Of the events that are lost some may have been of profiles alone,
	 * which no document and no count shows: every track is read again. */
	watch->doubtful = true;
	watch->losses = now - watch->lost_us < CALM_US ? watch->losses + 1 :
	    0;
	watch->lost_us = now;
	log_warn("mode RESYNC: %s", watch->reason);
	beat_resync(watch);
	memset(err, 0, sizeof *err);
	if (!stmt_run(db_stmt(watch->run.db, Q_POSITION_FORGET), err) ||
	    !stmt_run(db_stmt(watch->run.db, Q_DOUBT_EVERYTHING), err))
		return false;
	if (watch->losses > 0)
		watch_wait_ms(watch, watch_pause_ms(watch->losses));
	return true;
}

static void
log_mode(struct watch *watch, bool polled, bool resumed,
    const struct edge_err *why)
{
	/* Not at each try while an error lasts. */
	if (!watch->polls && !watch->watch_told)
		log_info("mode WATCH%s", resumed ? ", going on from where it "
		    "was left" : "");
	if (watch->polls && !polled)
		log_info("mode POLL, every %" PRId64 " s: the server has no "
		    "change streams (%s)", watch->options->interval_ms / 1000,
		    why->text);
	watch->watch_told = !watch->polls;
}

bool
watch_choose_mode(struct watch *watch, struct edge_err *err)
{
	struct edge_err why = { 0 };
	bool polled = watch->polls, resumed;
	enum source_stream state = open_streams(watch, true, &resumed, err);

	if (state == STREAM_LOST) {
		why = *err;
		if (!watch_lose_place(watch, &why, err))
			return false;
		state = open_streams(watch, false, &resumed, err);
	}
	if (state == STREAM_FAILED || state == STREAM_LOST)
		return false;
	watch->polls = state == STREAM_UNSUPPORTED;
	watch->mode = watch->polls ? "poll" : "watch";
	watch->owed |= watch->polls || !resumed;
	watch->doubtful |= !watch->polls && !resumed;
	log_mode(watch, polled, resumed, err);
	memset(err, 0, sizeof *err);
	return true;
}

/* A store that was filled from elsewhere has no position in this source. */
bool
watch_check_source(struct watch *watch, struct edge_err *err)
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
