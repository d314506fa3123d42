/* fetch.c: reading the tracks of new and changed missions and applying them,
 * one mission and one transaction at a time. */
#include "sync_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../schema/log.h"
#include "apply.h"
#include "decode.h"
#include "guard.h"

/* From this share of new and changed missions on, one scan of all profiles is
 * cheaper than a look-up for each. */
#define SCAN_FROM_PERCENT 25

/* The source deletes a mission's profiles shortly before the mission itself:
 * so long after reading them the mission's document tells whether they were
 * whole. */
#define REPLACE_PAUSE_MS 250

/* A track that gets shorter, or is far shorter than its document says, is read
 * so often. */
#define READINGS_MOST 4

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

/* Fewer than half of the profiles the document speaks of (a live mission has
 * two for each dive that is there). */
static bool
is_short(const struct mission_row *row, const struct track *track)
{
	return row->profiles != DECODE_NO_INT &&
	    (int64_t)track->length * 2 + 4 < row->profiles;
}

/* Reads a mission's track by itself. The source deletes profiles before it
 * deletes the mission and writes the mission last: the track is whole when the
 * document is still the same afterwards. The number of profiles alone does not
 * tell, as the source counts in its own way; but a track of fewer profiles
 * than before may be in the middle of a slow deletion until two readings have
 * as many. `scanned`: the one in run->track is of a scan. */
static bool
fetch_track(struct run *run, const struct planned *planned,
    const struct mission_row *row, const struct stored_track *stored,
    bool scanned, bool *whole, struct edge_err *err)
{
	struct source_key key = { row->kind, row->platform, row->number };
	struct recheck check = { planned, false };
	int64_t last = scanned ? run->track.documents : stored->points >= 0 ?
	    stored->documents : row->profiles;
	bool falling;
	int readings = 0;

	*whole = true;
	do {
		check.same = false;
		track_clear(&run->track);
		if (!stage_mission_points(run->db, run->source, &key, err) ||
		    !stage_take_track(run->db, row->platform, row->number,
		    &run->track, err))
			return false;
		/* It is not taken in any case. */
		if (run->thinned.kind != EDGE_NONE &&
		    run->track.documents < stored->documents)
			return true;
		falling = run->track.documents < last;
		last = run->track.documents;
		if (falling || (!scanned &&
		    row->profiles != (int64_t)run->track.length))
			pause_ms(REPLACE_PAUSE_MS);
		if (!source_scan(run->source, C_GLIDER_MISSIONS, &key,
		    on_recheck, &check, err))
			return false;
	} while (check.same && (falling || (!scanned &&
	    is_short(row, &run->track))) && ++readings < READINGS_MOST);
	*whole = check.same && !falling;
	return true;
}

/* Whether the document of a mission is the one it was before all profiles
 * were read. */
static bool
is_confirmed(struct run *run, const struct planned *planned, bool *confirmed,
    struct edge_err *err)
{
	struct edge_err failed = { 0 };
	struct stmt *s = db_stmt(run->db, Q_STAGE_IS_CONFIRMED);

	stmt_text(s, 1, planned->platform);
	stmt_int(s, 2, planned->number);
	stmt_blob(s, 3, planned->fingerprint, sizeof planned->fingerprint);
	*confirmed = stmt_row(s, &failed);
	stmt_reset(s);
	if (failed.kind != EDGE_NONE)
		*err = failed;
	return failed.kind == EDGE_NONE;
}

/* Has the mission's track in run->track. `scanned`: all profiles are staged. */
static bool
take_track(struct run *run, const struct planned *planned,
    const struct mission_row *row, const struct stored_track *stored,
    bool scanned, bool *whole, struct edge_err *err)
{
	bool live = source_is_live(run->source);

	*whole = true;
	track_clear(&run->track);
	if (row->kind == 's')
		return apply_inline_track(row, &run->track, err);
	if (!scanned)
		return fetch_track(run, planned, row, stored, false, whole,
		    err);
	if ((live && !is_confirmed(run, planned, whole, err)) ||
	    !stage_take_track(run->db, row->platform, row->number,
	    &run->track, err))
		return false;
	return !live || !*whole || run->thinned.kind != EDGE_NONE ||
	    run->track.documents >= stored->documents ||
	    fetch_track(run, planned, row, stored, true, whole, err);
}

/* The profiles that do not fit go with the track: were they written later, a
 * run that ends in between would lose them for good. */
static bool
settle_quarantine(struct run *run, const char *platform, int64_t number,
    struct edge_err *err)
{
	struct stmt *s = db_stmt(run->db, Q_QUARANTINE_RELEASE_MISSION);

	stmt_text(s, 1, platform);
	stmt_int(s, 2, number);
	if (!stmt_run(s, err))
		return false;
	s = db_stmt(run->db, Q_QUARANTINE_KEEP_MISSION);
	stmt_text(s, 1, platform);
	stmt_int(s, 2, number);
	stmt_int(s, 3, run->started_ms);
	return stmt_run(s, err);
}

/* A mission that was read again and is what is stored: no page tells of that,
 * unless other profiles are in quarantine. */
static bool
confirm_mission(struct run *run, const struct planned *planned, int64_t id,
    struct edge_err *err)
{
	int64_t before;

	if (!apply_trust(run->db, id, planned->fingerprint, err))
		return false;
	before = db_changes(run->db);
	return settle_quarantine(run, planned->platform, planned->number,
	    err) && (db_changes(run->db) == before ||
	    apply_generation(run->db, run->started_ms, err));
}

/* `same`: the mission's id when it is what is stored, else -1. */
static bool
write_mission(struct run *run, const struct planned *planned,
    const struct mission_row *row, int64_t same, bool *is_new,
    struct edge_err *err)
{
	if (same >= 0)
		return confirm_mission(run, planned, same, err);
	return apply_mission(run->db, row, planned->source_id,
	    planned->fingerprint, &run->track, run->started_ms, is_new, err) &&
	    (run->aside ||
	    (settle_quarantine(run, row->platform, row->number, err) &&
	    apply_totals(run->db, err) &&
	    apply_generation(run->db, run->started_ms, err)));
}

/* One mission, one transaction: rows, totals and generation together. A store
 * built aside is one transaction as a whole and counts its totals at the
 * end. */
static bool
commit_mission(struct run *run, const struct planned *planned,
    const struct mission_row *row, bool last, struct edge_err *err)
{
	bool is_new = false, differs = true, ok;
	int64_t same = -1;

	/* A document in quarantine is an event's effect, too. */
	if (last && run->report->postponed == 0 &&
	    !step_quarantine_differs(run, &differs, err))
		return false;
	if (!run->aside && !apply_same(run->db, row, planned->source_id,
	    &run->track, &same, err))
		return false;
	ok = (run->aside || db_begin(run->db, err)) &&
	    write_mission(run, planned, row, same, &is_new, err) &&
	    (run->aside || ((differs || run->put_positions == NULL ||
	    run->put_positions(run, err)) && db_commit(run->db, err)));

	if (!ok) {
		if (!run->aside)
			db_rollback(run->db);
		return err_wrap(err, "%s M%" PRId64, row->platform,
		    row->number);
	}
	if (same >= 0)
		return true;
	run->report->profiles += (int64_t)run->track.length;
	if (is_new)
		run->report->fresh++;
	else
		run->report->changed++;
	return true;
}

/* A mission that stays as it is served, whose profiles in quarantine are those
 * that were read. */
static bool
keep_mission(struct run *run, const struct planned *planned,
    struct edge_err *err)
{
	int64_t before = db_changes(run->db);

	run->report->held++;
	if (run->thinned.kind != EDGE_NONE)
		return true;
	if (!db_begin(run->db, err))
		return false;
	if (!settle_quarantine(run, planned->platform, planned->number, err) ||
	    (db_changes(run->db) != before &&
	    !apply_generation(run->db, run->started_ms, err)) ||
	    !db_commit(run->db, err)) {
		db_rollback(run->db);
		return false;
	}
	return true;
}

static bool
apply_planned(struct run *run, const struct planned *planned, bool scanned,
    bool last, struct edge_err *err)
{
	struct stored_track stored;
	struct mission_row row;
	struct misfit misfit;
	bool whole, kept = false;

	if (planned->document == NULL || !decode_mission(planned->document,
	    planned->collection, &row, &misfit))
		return err_set(err, EDGE_IO, "%s M%" PRId64 ": staged document "
		    "cannot be read again", planned->platform,
		    planned->number);
	if (!scanned && !run->one_by_one && !run->deep && !guard_knows(run,
	    planned->platform, planned->number, planned->fingerprint, &kept,
	    err))
		return false;
	if (kept) {
		run->report->held++;
		return true;
	}
	if (!guard_stored(run->db, row.platform, row.number, &stored, err) ||
	    !take_track(run, planned, &row, &stored, scanned, &whole, err))
		return false;
	if (!whole) {
		run->report->postponed++;
		log_debug("%s M%" PRId64 " is being written again by the "
		    "source; left for later", row.platform, row.number);
		/* What was read of its track is not what is served. */
		return stage_forget_misfits(run->db, row.platform, row.number,
		    err);
	}
	if (!guard_track(run, &row, &stored, planned->fingerprint, scanned,
	    &kept, err))
		return false;
	if (kept)
		return keep_mission(run, planned, err);
	return commit_mission(run, planned, &row, last, err);
}

/* Reads all profiles, then the missions again: what changed in between is left
 * for the next round. */
static bool
scan_all(struct run *run, struct edge_err *err)
{
	bool ok;

	/* One transaction around the staging: temporary tables only. */
	if (!run->aside && !db_begin(run->db, err))
		return false;
	ok = stage_all_points(run->db, run->source, err);
	if (ok && source_is_live(run->source)) {
		pause_ms(REPLACE_PAUSE_MS);
		ok = stage_missions_again(run->db, run->source, err);
	}
	if (run->aside)
		return ok;
	if (ok)
		return db_commit(run->db, err);
	db_rollback(run->db);
	return false;
}

bool
step_apply(struct run *run, const struct plan_counts *counts,
    struct edge_err *err)
{
	int64_t todo = counts->fresh + counts->changed, done = 0, known = 0;
	bool strays = run->aside || (run->strays && !run->strays_read);
	struct planned next = { .platform = "", .number = -1 };
	bool found, ok, scan;

	run->report->postponed = run->report->held = 0;
	if (todo == 0 && !strays)
		return true;
	if (!run->deep && !guard_count(run->db, &known, err))
		return false;
	scan = strays || !source_is_live(run->source) ||
	    (todo - known) * 100 >= counts->fitting * SCAN_FROM_PERCENT;
	if (scan && (!scan_all(run, err) || !step_guard_tracks(run, err)))
		return false;
	/* What lost its profiles has no word about those that do not fit. */
	run->every_profile = scan && todo == counts->fitting &&
	    run->thinned.kind == EDGE_NONE;
	run->strays_read |= scan && run->thinned.kind == EDGE_NONE;
	for (;;) {
		if (!source_may_go_on(run->source, err) ||
		    !next_planned(run, &next, &found, err))
			return false;
		if (!found)
			return true;
		progress_tick(run->source->limits.progress, "missions", done,
		    (double)done / (double)todo);
		done++;
		ok = apply_planned(run, &next, scan, false, err);
		bson_destroy(next.document);
		next.document = NULL;
		if (!ok)
			return false;
	}
}

/* A mission the source no longer has starts its grace time; one that is back
 * ends it. */
static bool
note_presence(struct run *run, const struct source_key *key, bool there,
    struct edge_err *err)
{
	struct edge_err failed = { 0 };
	struct stmt *s = db_stmt(run->db, there ? Q_GONE_FORGET :
	    Q_MISSION_ID_OF);
	int64_t id = -1;

	stmt_text(s, 1, key->platform);
	stmt_int(s, 2, key->number);
	if (there)
		return stmt_run(s, err);
	if (stmt_row(s, &failed)) {
		id = stmt_get_int(s, 0);
		stmt_reset(s);
	}
	if (failed.kind != EDGE_NONE)
		*err = failed;
	if (failed.kind != EDGE_NONE || id < 0)
		return failed.kind == EDGE_NONE;
	log_info("%s M%" PRId64 " vanished from the source; kept for its "
	    "grace time", key->platform, key->number);
	return step_mark_gone(run, id, err);
}

/* Documents of this mission that fit now leave the quarantine. */
static bool
release_documents(struct run *run, const struct source_key *key,
    struct edge_err *err)
{
	int64_t before = db_changes(run->db);
	struct stmt *s = db_stmt(run->db, Q_QUARANTINE_RELEASE_DOCUMENTS);

	if (!db_begin(run->db, err))
		return false;
	stmt_text(s, 1, key->platform);
	stmt_int(s, 2, key->number);
	if (!stmt_run(s, err) || (db_changes(run->db) > before &&
	    !apply_generation(run->db, run->started_ms, err))) {
		db_rollback(run->db);
		return false;
	}
	return db_commit(run->db, err);
}

bool
step_one(struct run *run, const struct source_key *key, bool last,
    bool *applied, struct edge_err *err)
{
	struct planned next = { .number = key->number };
	int64_t before = run->report->fresh + run->report->changed;
	bool found, there, ok;

	*applied = false;
	if (!stage_mission(run->db, run->source, key, &there, err) ||
	    !note_presence(run, key, there, err) ||
	    !release_documents(run, key, err))
		return false;
	/* The plan's next one after the place just before this mission. */
	(void)snprintf(next.platform, sizeof next.platform, "%s",
	    key->platform);
	next.number--;
	if (!next_planned(run, &next, &found, err))
		return false;
	ok = true;
	if (found && next.number == key->number &&
	    strcmp(next.platform, key->platform) == 0)
		ok = apply_planned(run, &next, false, last, err);
	bson_destroy(next.document);
	*applied = run->report->fresh + run->report->changed > before;
	return ok;
}
