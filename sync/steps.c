/* steps.c: the steps of one run, in the order of design.md "Sync". */
#include "sync_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../schema/clock.h"
#include "../schema/log.h"
#include "apply.h"
#include "decode.h"
#include "extra.h"

/* Of the stored missions, in percent, what one run may remove unasked. */
#define REMOVAL_MOST_PERCENT 20

/* From this share of new and changed missions on, one scan of all profiles is
 * cheaper than a look-up for each. */
#define SCAN_FROM_PERCENT 25

/* A mission whose profiles are fewer than its document says may be in the
 * middle of being written again: its track is read again so often, with so
 * long a pause. */
#define TRACK_TRIES 4
#define TRACK_PAUSE_MS 250

bool
step_plan(struct run *run, struct plan_counts *counts, struct edge_err *err)
{
	bool gliders, sailbuoys;

	if (!stage_missions(run->db, run->source, counts, err))
		return false;
	run->report->missions = counts->fitting;
	log_debug("plan: %" PRId64 " missions, %" PRId64 " new, %" PRId64
	    " changed, %" PRId64 " vanished", counts->fitting, counts->fresh,
	    counts->changed, counts->vanished);
	if (counts->fitting > 0)
		return true;
	if (!source_has(run->source, C_GLIDER_MISSIONS, &gliders, err) ||
	    !source_has(run->source, C_SAILBUOY_MISSIONS, &sailbuoys, err))
		return false;
	return gliders || sailbuoys ||
	    err_set(err, EDGE_REFUSED, "%s: has no collection glidermissions "
	    "or sailbuoymissions; is the database's name right?",
	    source_name(run->source));
}

/* Vanished missions whose grace time is over, all of them for a dump. */
static bool
next_gone(struct run *run, int64_t *mission_id, char *name, size_t size,
    int64_t *since_ms, bool *found, struct edge_err *err)
{
	struct edge_err failed = { 0 };
	struct stmt *s = db_stmt(run->db, Q_PLAN_GONE);

	stmt_int(s, 1, *mission_id);
	*found = stmt_row(s, &failed);
	if (*found) {
		*mission_id = stmt_get_int(s, 0);
		(void)snprintf(name, size, "%s M%" PRId64, stmt_get_text(s, 1),
		    stmt_get_int(s, 2));
		*since_ms = stmt_is_null(s, 3) ? -1 : stmt_get_int(s, 3);
		stmt_reset(s);
	}
	if (failed.kind != EDGE_NONE)
		*err = failed;
	return failed.kind == EDGE_NONE;
}

static bool
grace_is_over(const struct run *run, int64_t since_ms)
{
	if (!source_is_live(run->source) || run->options->grace_ms == 0)
		return true;
	return since_ms >= 0 &&
	    run->started_ms - since_ms >= run->options->grace_ms;
}

bool
step_guard(struct run *run, const struct plan_counts *counts,
    struct edge_err *err)
{
	int64_t id = -1, since_ms, over = 0;
	char name[64];
	bool found;

	if (counts->vanished == 0 || run->options->allow_mass_delete)
		return true;
	for (;;) {
		if (!next_gone(run, &id, name, sizeof name, &since_ms, &found,
		    err))
			return false;
		if (!found)
			break;
		over += grace_is_over(run, since_ms);
	}
	if (over * 100 <= counts->stored * REMOVAL_MOST_PERCENT)
		return true;
	return err_set(err, EDGE_FAILED, "%s: %" PRId64 " of %" PRId64
	    " missions are no longer there, more than %d %%; nothing was "
	    "changed; if that is right, run once with --allow-mass-delete",
	    source_name(run->source), over, counts->stored,
	    REMOVAL_MOST_PERCENT);
}

/* The next mission to apply, copied out of the plan. */
struct planned {
	char platform[DECODE_SERIAL_BYTES];
	int64_t number;
	enum collection collection;
	char source_id[DECODE_SOURCE_ID_BYTES];
	uint8_t fingerprint[32];
	bson_t *document; /* owned */
};

static bool
next_planned(struct run *run, struct planned *next, bool *found,
    struct edge_err *err)
{
	struct edge_err failed = { 0 };
	struct stmt *s = db_stmt(run->db, Q_PLAN_NEXT);
	const void *bytes;
	size_t length;

	stmt_text(s, 1, next->platform);
	stmt_int(s, 2, next->number);
	*found = stmt_row(s, &failed);
	if (*found) {
		(void)snprintf(next->platform, sizeof next->platform, "%s",
		    stmt_get_text(s, 0));
		next->number = stmt_get_int(s, 1);
		next->collection = strcmp(stmt_get_text(s, 2), "glider") == 0 ?
		    C_GLIDER_MISSIONS : C_SAILBUOY_MISSIONS;
		(void)snprintf(next->source_id, sizeof next->source_id, "%s",
		    stmt_get_text(s, 3));
		bytes = stmt_get_blob(s, 4, &length);
		memcpy(next->fingerprint, bytes, sizeof next->fingerprint);
		bytes = stmt_get_blob(s, 5, &length);
		next->document = bson_new_from_data(bytes, length);
		stmt_reset(s);
	}
	if (failed.kind != EDGE_NONE)
		*err = failed;
	return failed.kind == EDGE_NONE;
}

/* Looks whether the source still has the very document of the plan. */
struct recheck {
	const struct planned *planned;
	bool same;
};

static bool
on_recheck(void *context, const bson_t *document, const char *source_id,
    bool sound, struct edge_err *err)
{
	struct recheck *check = context;

	(void)source_id;
	(void)err;
	if (sound && bson_equal(document, check->planned->document))
		check->same = true;
	return true;
}

static void
pause_ms(long ms)
{
	struct timespec time = { ms / 1000, ms % 1000 * 1000000 };

	(void)nanosleep(&time, NULL);
}

/* Reads a mission's track from a server. The source deletes profiles before
 * it deletes the mission and writes the mission last, so a track is whole when
 * the mission's document is the same after reading it, and has as many
 * profiles as it says. A document that says otherwise for good is believed
 * after some tries. *whole: the track may be applied. */
static bool
fetch_track(struct run *run, const struct planned *planned,
    const struct mission_row *row, bool *whole, struct edge_err *err)
{
	struct source_key key = { row->kind, row->platform, row->number };
	struct recheck check = { planned, false };
	int tries;

	for (tries = 0; tries < TRACK_TRIES; tries++) {
		if (tries > 0)
			pause_ms(TRACK_PAUSE_MS);
		track_clear(&run->track);
		check.same = false;
		if (!stage_mission_points(run->db, run->source, &key, err) ||
		    !stage_take_track(run->db, row->platform, row->number,
		    &run->track, err) ||
		    !source_scan(run->source, C_GLIDER_MISSIONS, &key,
		    on_recheck, &check, err))
			return false;
		*whole = check.same;
		if (!check.same || row->profiles == DECODE_NO_INT ||
		    row->profiles == (int64_t)run->track.length)
			return true;
	}
	return true;
}

/* Has the mission's track in run->track. `scanned`: all profiles are staged. */
static bool
take_track(struct run *run, const struct planned *planned,
    const struct mission_row *row, bool scanned, bool *whole,
    struct edge_err *err)
{
	*whole = true;
	track_clear(&run->track);
	if (row->kind == 's')
		return apply_inline_track(row, &run->track, err);
	if (!scanned)
		return fetch_track(run, planned, row, whole, err);
	if (!stage_take_track(run->db, row->platform, row->number,
	    &run->track, err))
		return false;
	/* A scan may have met the mission half written. */
	if (source_is_live(run->source) && row->profiles != DECODE_NO_INT &&
	    row->profiles != (int64_t)run->track.length)
		return fetch_track(run, planned, row, whole, err);
	return true;
}

static bool
release_quarantine(struct run *run, const char *platform, int64_t number,
    struct edge_err *err)
{
	struct stmt *s = db_stmt(run->db, Q_QUARANTINE_RELEASE_MISSION);

	stmt_text(s, 1, platform);
	stmt_int(s, 2, number);
	return stmt_run(s, err);
}

/* One mission, one transaction: rows, totals and generation together. A store
 * built aside is one transaction as a whole and counts its totals at the
 * end. */
static bool
commit_mission(struct run *run, const struct planned *planned,
    const struct mission_row *row, struct edge_err *err)
{
	bool is_new = false;
	bool ok = (run->aside || db_begin(run->db, err)) &&
	    apply_mission(run->db, row, planned->source_id,
	    planned->fingerprint, &run->track, run->started_ms, &is_new,
	    err) && (run->aside ||
	    (release_quarantine(run, row->platform, row->number, err) &&
	    apply_totals(run->db, err) &&
	    apply_generation(run->db, run->started_ms, err) &&
	    db_commit(run->db, err)));

	if (!ok) {
		if (!run->aside)
			db_rollback(run->db);
		return err_wrap(err, "%s M%" PRId64, row->platform,
		    row->number);
	}
	run->report->profiles += (int64_t)run->track.length;
	if (is_new)
		run->report->fresh++;
	else
		run->report->changed++;
	return true;
}

static bool
apply_planned(struct run *run, const struct planned *planned, bool scanned,
    struct edge_err *err)
{
	struct mission_row row;
	struct misfit misfit;
	bool whole;

	if (planned->document == NULL || !decode_mission(planned->document,
	    planned->collection, &row, &misfit))
		return err_set(err, EDGE_IO, "%s M%" PRId64 ": staged document "
		    "cannot be read again", planned->platform,
		    planned->number);
	if (!take_track(run, planned, &row, scanned, &whole, err))
		return false;
	if (!whole) {
		run->report->postponed++;
		log_debug("%s M%" PRId64 " is being written again by the "
		    "source; left for later", row.platform, row.number);
		return true;
	}
	return commit_mission(run, planned, &row, err);
}

bool
step_apply(struct run *run, const struct plan_counts *counts,
    struct edge_err *err)
{
	int64_t todo = counts->fresh + counts->changed;
	bool scan = !source_is_live(run->source) ||
	    todo * 100 >= counts->fitting * SCAN_FROM_PERCENT;
	struct planned next = { .platform = "", .number = -1 };
	bool found, ok;

	run->report->postponed = 0;
	if (todo == 0)
		return true;
	if (scan) {
		/* One transaction around the staging: temporary tables only. */
		if (!run->aside && !db_begin(run->db, err))
			return false;
		ok = stage_all_points(run->db, run->source, err);
		if (!run->aside && ok)
			ok = db_commit(run->db, err);
		if (!ok)
			return false;
		run->every_profile = todo == counts->fitting;
	}
	for (;;) {
		if (!source_may_go_on(run->source, err) ||
		    !next_planned(run, &next, &found, err))
			return false;
		if (!found)
			return true;
		ok = apply_planned(run, &next, scan, err);
		bson_destroy(next.document);
		next.document = NULL;
		if (!ok)
			return false;
	}
}

static bool
mark_gone(struct run *run, int64_t mission_id, struct edge_err *err)
{
	struct stmt *s = db_stmt(run->db, Q_GONE_MARK);

	stmt_int(s, 1, mission_id);
	stmt_int(s, 2, run->started_ms);
	return stmt_run(s, err);
}

static bool
remove_mission(struct run *run, int64_t mission_id, const char *name,
    struct edge_err *err)
{
	if (!db_begin(run->db, err))
		return false;
	if (!apply_removal(run->db, mission_id, err) ||
	    !apply_totals(run->db, err) ||
	    !stmt_run(db_stmt(run->db, Q_PLATFORM_PRUNE), err) ||
	    !apply_generation(run->db, run->started_ms, err) ||
	    !db_commit(run->db, err)) {
		db_rollback(run->db);
		return false;
	}
	log_info("%s removed: the source no longer has it", name);
	run->report->removed++;
	return true;
}

bool
step_gone(struct run *run, struct edge_err *err)
{
	struct edge_err failed = { 0 };
	struct stmt *s = db_stmt(run->db, Q_GONE_ANY_RETURNED);
	int64_t id = -1, since_ms;
	char name[64];
	bool found, returned = stmt_row(s, &failed);

	stmt_reset(s);
	if (failed.kind != EDGE_NONE) {
		*err = failed;
		return false;
	}
	if (returned && !stmt_run(db_stmt(run->db, Q_GONE_CLEAR_RETURNED),
	    err))
		return false;
	for (;;) {
		if (!next_gone(run, &id, name, sizeof name, &since_ms, &found,
		    err))
			return false;
		if (!found)
			return true;
		if (grace_is_over(run, since_ms)) {
			if (!remove_mission(run, id, name, err))
				return false;
			continue;
		}
		run->report->kept++;
		log_info("%s vanished from the source; kept for its grace "
		    "time", name);
		if (since_ms < 0 && !mark_gone(run, id, err))
			return false;
	}
}

static bool
quarantine_differs(struct run *run, bool *differs, struct edge_err *err)
{
	struct edge_err failed = { 0 };
	struct stmt *s = db_stmt(run->db, Q_QUARANTINE_DIFFERS);

	stmt_int(s, 1, run->every_profile);
	*differs = stmt_row(s, &failed);
	stmt_reset(s);
	if (failed.kind != EDGE_NONE)
		*err = failed;
	return failed.kind == EDGE_NONE;
}

static bool
write_quarantine(struct run *run, struct edge_err *err)
{
	struct stmt *s = db_stmt(run->db, Q_QUARANTINE_RELEASE);

	stmt_int(s, 1, run->every_profile);
	if (!stmt_run(s, err))
		return false;
	s = db_stmt(run->db, Q_QUARANTINE_KEEP);
	stmt_int(s, 1, run->started_ms);
	return stmt_run(s, err) &&
	    apply_generation(run->db, run->started_ms, err);
}

static bool
write_run(struct run *run, struct edge_err *err)
{
	const struct sync_report *report = run->report;
	struct stmt *s = db_stmt(run->db, Q_RUN_ADD);

	stmt_int(s, 1, run->started_ms);
	stmt_int(s, 2, clock_now_ms());
	stmt_text(s, 3, run->options->verb);
	stmt_int(s, 4, report->fresh);
	stmt_int(s, 5, report->changed);
	stmt_int(s, 6, report->removed);
	stmt_int(s, 7, report->profiles);
	if (!stmt_run(s, err))
		return false;
	s = db_stmt(run->db, Q_STATE_SOURCE);
	stmt_text(s, 1, source_name(run->source));
	return stmt_run(s, err) &&
	    stmt_run(db_stmt(run->db, Q_RUN_PRUNE), err) &&
	    stmt_run(db_stmt(run->db, Q_BASIN_PRUNE), err) &&
	    stmt_run(db_stmt(run->db, Q_PLATFORM_PRUNE), err);
}

bool
step_close(struct run *run, struct edge_err *err)
{
	const struct sync_report *report = run->report;
	int extras;
	bool differs, changed;

	if (!extra_sync(run->db, run->source, run->aside, run->started_ms,
	    &extras, err) || !quarantine_differs(run, &differs, err))
		return false;
	changed = differs || extras > 0 ||
	    report->fresh + report->changed + report->removed > 0;
	if (!changed)
		return true;
	if (!run->aside && !db_begin(run->db, err))
		return false;
	if ((differs && !write_quarantine(run, err)) || !write_run(run, err) ||
	    (!run->aside && !db_commit(run->db, err))) {
		db_rollback(run->db);
		return false;
	}
	return true;
}
