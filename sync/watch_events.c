/* watch_events.c: from events to the missions they name, and those into the
 * store. An event is only a trigger: what the source holds is read again, so
 * repeated and reordered events do no harm. */
#include "watch_internal.h"

#include <stdio.h>
#include <string.h>

#include "../schema/clock.h"
#include "guard.h"

/* Events of one replaced mission come in a burst: it is planned when nothing
 * has come for QUIET, at the latest after PATIENCE. */
#define QUIET_US (SECOND_US * 3 / 10)
#define PATIENCE_US (5 * SECOND_US)

/* All profiles are read for one that names no mission at most so often. */
#define STRAYS_US (600 * SECOND_US)

/* What is taken from one stream before the others have their turn: a source
 * that goes on telling is never seen idle. */
#define EVENTS_MOST 2000
#define TURN_US (SECOND_US / 2)

void
watch_forget_events(struct watch *watch)
{
	watch->dirty_length = 0;
	watch->plan_all = watch->extras = false;
	watch->first_us = watch->last_us = 0;
}

bool
watch_events_are_due(const struct watch *watch)
{
	int64_t now = clock_monotonic_us();

	return watch->first_us != 0 && (now - watch->last_us >= QUIET_US ||
	    now - watch->first_us >= PATIENCE_US);
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
	if (!stmt_run(s, &failed) || !guard_forget(watch->run.db,
	    event->platform, event->number, &failed))
		watch->plan_all = watch->doubtful = true;
}

/* A profile that names no mission is in no track, but belongs in quarantine,
 * for which all profiles are read: not for each of them. */
static void
look_for_strays(struct watch *watch)
{
	int64_t now = clock_monotonic_us();

	watch->doubtful = true;
	if (watch->strays_us == 0 || now - watch->strays_us >= STRAYS_US) {
		watch->plan_all = true;
		watch->strays_us = now;
	}
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
		if (event->source_id[0] == '\0' ||
		    (!named && event->has_document))
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
		} else if (event->has_document) {
			look_for_strays(watch);
		}
		break;
	default:
		watch->extras = true;
		/* Missions may be of the platform that changed. */
		if (mapping_is_target(watch->run.source->mapping, collection))
			watch->plan_all = true;
	}
}

enum source_stream
watch_drain(struct watch *watch, bool *any, struct edge_err *err)
{
	static const enum collection order[COLLECTION_MAX] = {
		C_SAILBUOY_MISSIONS, C_PROFILES, C_GLIDERS, C_SAILBUOYS,
		C_STATS, C_PIPELINE, C_GLIDER_MISSIONS };
	struct source_event event;
	enum source_stream state = STREAM_IDLE;
	int64_t start;
	size_t i;
	int n;

	*any = false;
	for (i = 0; i < COLLECTION_MAX && !watch_stopped(watch); i++) {
		start = clock_monotonic_us();
		for (n = 0; n < EVENTS_MOST && !watch_stopped(watch) &&
		    clock_monotonic_us() - start < TURN_US; n++) {
			state = source_stream_next(watch->run.source, order[i],
			    &event, err);
			if (state == STREAM_IDLE)
				break;
			if (state != STREAM_EVENT)
				return state;
			take_event(watch, order[i], &event);
			*any = true;
		}
	}
	return STREAM_IDLE;
}

bool
watch_apply_events(struct watch *watch, struct edge_err *err)
{
	struct run *run = &watch->run;
	bool applied, ok;
	size_t i;

	if (watch->plan_all) {
		if (!watch_run_whole(watch, err))
			return false;
		watch_beat(watch, NULL);
		return true;
	}
	watch_turn_over(watch);
	run->started_ms = clock_now_ms();
	run->every_profile = run->deep = false;
	run->one_by_one = true;
	run->no_extras = !watch->extras;
	run->mode = "watch";
	run->reason = "";
	run->put_positions = watch->owed ? NULL : watch_put_positions;
	watch_limit(watch, 1);
	ok = stmt_run(db_stmt(run->db, Q_STAGE_CLEAR_QUARANTINE), err);
	for (i = 0; ok && i < watch->dirty_length; i++) {
		struct source_key key = { watch->dirty[i].kind,
			watch->dirty[i].platform, watch->dirty[i].number };

		ok = step_one(run, &key, i + 1 == watch->dirty_length &&
		    !watch->extras, &applied, err);
		if (!ok && err->kind == EDGE_FAILED) {
			watch_hold(watch, err);
			watch->owed = ok = true;
			run->put_positions = NULL;
		}
	}
	ok = ok && step_close(run, err) && run_outcome(run, err);
	watch_limit(watch, 0);
	if (!ok)
		return false;
	watch_log_outcome(watch);
	/* A mission in the middle of being written is planned once more. */
	if (run->report->postponed > 0) {
		watch->first_us = watch->last_us = clock_monotonic_us();
		watch->extras = false;
	} else {
		watch_forget_events(watch);
	}
	watch_beat(watch, NULL);
	return true;
}
