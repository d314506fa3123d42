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
#include "guard.h"

static bool
on_nothing(void *context, const bson_t *document, const char *source_id,
    bool sound, struct edge_err *err)
{
	(void)context;
	(void)document;
	(void)source_id;
	(void)sound;
	(void)err;
	return true;
}

/* A dump is applied as a whole or not at all: its last files are read to their
 * end before the first mission is written. */
static bool
check_dump(struct run *run, struct edge_err *err)
{
	static const enum collection last[] = { C_GLIDERS, C_SAILBUOYS,
		C_STATS, C_PIPELINE };
	size_t i;

	if (source_is_live(run->source))
		return true;
	for (i = 0; i < sizeof last / sizeof last[0]; i++)
		if (!source_scan(run->source, last[i], NULL, on_nothing, NULL,
		    err))
			return false;
	return true;
}

bool
step_plan(struct run *run, bool first, struct plan_counts *counts,
    struct edge_err *err)
{
	bool gliders, sailbuoys;

	if ((run->options->retry && !stmt_run(db_stmt(run->db,
	    Q_QUARANTINE_DOUBT), err)) || !check_dump(run, err) ||
	    !stage_missions(run->db, run->source, first, counts, err))
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
	    err_set(err, EDGE_REFUSED, "%s: has no collection %s or %s; is "
	    "the database's name right?", source_name(run->source),
	    source_collection_name(run->source, C_GLIDER_MISSIONS),
	    source_collection_name(run->source, C_SAILBUOY_MISSIONS));
}

/* Profiles of no mission are in no track, but those that do not fit are in
 * quarantine: where there are any, all profiles are read. */
static bool
find_strays(struct run *run, struct edge_err *err)
{
	struct edge_err failed = { 0 };
	struct stmt *s = db_stmt(run->db, Q_DEEP_STRAYS);

	run->strays = stmt_row(s, &failed);
	stmt_reset(s);
	if (failed.kind != EDGE_NONE)
		*err = failed;
	return failed.kind == EDGE_NONE;
}

bool
step_guard_tracks(struct run *run, struct edge_err *err)
{
	struct deep_counts profiles;
	struct stmt *s = db_stmt(run->db, Q_DEEP_DONE);

	if (run->aside || run->options->allow_mass_delete)
		return true;
	if (!stage_sum_profiles(run->db, &profiles, err))
		return false;
	if (profiles.source * 100 >= profiles.stored *
	    (100 - run->options->removal_percent))
		return true;
	(void)err_set(&run->thinned, EDGE_FAILED, "%s: has %" PRId64
	    " profiles where there were %" PRId64 ", more than %d %% are gone; "
	    "%s; %s", source_name(run->source), profiles.source,
	    profiles.stored, run->options->removal_percent,
	    source_is_live(run->source) ? "no track that lost any was changed" :
	    "nothing was changed", guard_way_out(source_is_live(run->source)));
	if (!source_is_live(run->source)) {
		*err = run->thinned;
		return false;
	}
	/* What is taken now may hide it from the next run, unless that one
	 * counts, too. */
	stmt_int(s, 1, 0);
	return stmt_run(s, err);
}

bool
step_deep(struct run *run, struct plan_counts *counts, struct edge_err *err)
{
	int64_t doubtful;
	bool times;

	run->strays = run->strays_read = false;
	if (!run->deep || run->aside)
		return true;
	if (!stage_count_profiles(run->db, run->source, &times, err) ||
	    !step_guard_tracks(run, err))
		return false;
	/* Nothing is to be read again then. */
	if (run->thinned.kind != EDGE_NONE)
		return stmt_run(db_stmt(run->db, Q_STAGE_CLEAR_COUNTS), err);
	if (!find_strays(run, err) ||
	    !stage_doubt(run->db, times, &doubtful, err))
		return false;
	if (doubtful > 0)
		log_info("%" PRId64 " track%s from the source; read again",
		    doubtful, doubtful == 1 ? " differs" : "s differ");
	return stage_count_plan(run->db, counts, err);
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
		/* A time to come was taken from a wrong clock: none is known. */
		*since_ms = stmt_is_null(s, 3) || stmt_get_int(s, 3) >
		    run->started_ms ? -1 : stmt_get_int(s, 3);
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

/* A store that was filled from elsewhere, and most of whose missions this
 * source does not have: the address is wrong rather than the fleet gone. */
static bool
is_another_source(struct run *run, const struct plan_counts *counts,
    bool *another, struct edge_err *err)
{
	struct edge_err failed = { 0 };
	struct stmt *s = db_stmt(run->db, Q_STATE_READ);
	char was[256] = "";

	if (stmt_row(s, &failed)) {
		(void)snprintf(was, sizeof was, "%s", stmt_get_text(s, 2));
		stmt_reset(s);
	}
	if (failed.kind != EDGE_NONE) {
		*err = failed;
		return false;
	}
	*another = was[0] != '\0' && strcmp(was, source_name(run->source)) !=
	    0 && counts->vanished * 100 > counts->stored *
	    run->options->removal_percent;
	if (*another)
		err_set(err, EDGE_FAILED, "%s: does not have %" PRId64 " of %"
		    PRId64 " missions that came from %s; nothing was changed; "
		    "name another store with --db, or, %s",
		    source_name(run->source), counts->vanished, counts->stored,
		    was, guard_way_out(source_is_live(run->source)));
	return true;
}

bool
step_guard(struct run *run, const struct plan_counts *counts,
    struct edge_err *err)
{
	int64_t id = -1, since_ms, over = 0;
	char name[64];
	bool found, another;

	memset(&run->refused, 0, sizeof run->refused);
	if (counts->vanished == 0 || run->options->allow_mass_delete)
		return true;
	if (!is_another_source(run, counts, &another, err))
		return false;
	run->foreign = another;
	if (another)
		return false;
	for (;;) {
		if (!next_gone(run, &id, name, sizeof name, &since_ms, &found,
		    err))
			return false;
		if (!found)
			break;
		over += grace_is_over(run, since_ms);
	}
	/* Those in their grace time count, too: many that go one by one are as
	 * many as at once. */
	if (over == 0 || counts->vanished * 100 <= counts->stored *
	    run->options->removal_percent)
		return true;
	(void)err_set(&run->refused, EDGE_FAILED, "%s: %" PRId64 " of %" PRId64
	    " missions are no longer there, more than %d %%; none was "
	    "removed; %s", source_name(run->source), counts->vanished,
	    counts->stored, run->options->removal_percent,
	    guard_way_out(source_is_live(run->source)));
	return true;
}

bool
step_mark_gone(struct run *run, int64_t mission_id, struct edge_err *err)
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
	struct stmt *s = db_stmt(run->db, Q_QUARANTINE_FORGET_MISSION);

	if (!db_begin(run->db, err))
		return false;
	stmt_int(s, 1, mission_id);
	if (!stmt_run(s, err) || !apply_removal(run->db, mission_id, err) ||
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
	bool found, over, returned = stmt_row(s, &failed);

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
		over = grace_is_over(run, since_ms);
		if (over && run->refused.kind == EDGE_NONE) {
			if (!remove_mission(run, id, name, err))
				return false;
			continue;
		}
		run->report->kept++;
		if (over)
			continue;
		log_info("%s vanished from the source; kept for its grace "
		    "time", name);
		if (since_ms < 0 && !step_mark_gone(run, id, err))
			return false;
	}
}

static void
bind_what_was_read(const struct run *run, struct stmt *s)
{
	stmt_int(s, 1, run->every_profile && run->report->postponed == 0);
	stmt_int(s, 2, !run->one_by_one);
	stmt_int(s, 3, !run->no_extras);
	stmt_int(s, 4, run->strays_read && !run->one_by_one);
}

bool
step_quarantine_differs(struct run *run, bool *differs, struct edge_err *err)
{
	struct edge_err failed = { 0 };
	struct stmt *s = db_stmt(run->db, Q_QUARANTINE_DIFFERS);

	bind_what_was_read(run, s);
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

	bind_what_was_read(run, s);
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
	stmt_text(s, 4, run->mode);
	stmt_text(s, 5, run->reason);
	stmt_int(s, 6, report->fresh);
	stmt_int(s, 7, report->changed);
	stmt_int(s, 8, report->removed);
	stmt_int(s, 9, report->profiles);
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
	bool counted = run->deep && !run->aside &&
	    source_is_live(run->source) && run->thinned.kind == EDGE_NONE;
	/* What was left for later is still to come of the events so far. */
	bool put = run->put_positions != NULL && report->postponed == 0;
	bool differs, changed, mapped;
	struct stmt *s;
	int extras = 0;

	if ((!run->no_extras && !extra_sync(run->db, run->source, run->aside, run->started_ms,
	    &extras, err)) || !step_quarantine_differs(run, &differs,
	    err))
		return false;
	changed = differs || extras > 0 || run->remapped || run->reason[0] != '\0' ||
	    report->fresh + report->changed + report->removed > 0;
	if (!changed && !counted && !put)
		return true;
	if (!run->aside && !db_begin(run->db, err))
		return false;
	s = db_stmt(run->db, Q_STATE_MAPPING);
	stmt_text(s, 1, run->source->mapping->digest);
	mapped = !run->remapped || stmt_run(s, err);
	s = db_stmt(run->db, Q_DEEP_DONE);
	stmt_int(s, 1, run->started_ms);
	if (!mapped || (differs && !write_quarantine(run, err)) ||
	    (changed && !write_run(run, err)) ||
	    (counted && !stmt_run(s, err)) ||
	    (put && !run->put_positions(run, err)) ||
	    (!run->aside && !db_commit(run->db, err))) {
		db_rollback(run->db);
		return false;
	}
	run->remapped = false;
	return true;
}
