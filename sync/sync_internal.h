/* sync_internal.h: one run's state, shared by sync.c (stores, order of the
 * steps), steps.c and fetch.c (the steps) and watch.c (the loop). */
#ifndef EDGE_SYNC_INTERNAL_H
#define EDGE_SYNC_INTERNAL_H

#include "../schema/beat.h"
#include "stage.h"
#include "sync.h"

struct run {
	const struct sync_options *options;
	struct source *source;
	struct sync_report *report;
	struct db *db;        /* the writer */
	bool aside;           /* db is a new file that nobody reads */
	bool every_profile;   /* this run has read the profiles of all missions */
	bool one_by_one;      /* … only missions named by events, not all */
	bool no_extras;       /* … not the small collections */
	bool deep;            /* this run counts the tracks in the source */
	bool remapped;        /* the store was filled by another mapping */
	bool foreign;         /* the guard took the source for another one */
	struct edge_err refused; /* why no mission is removed; EDGE_NONE */
	struct edge_err thinned; /* why no track may lose any; EDGE_NONE */
	bool strays;          /* … and looks at profiles of no mission */
	bool strays_read;     /* … has read them */
	const char *mode, *reason; /* for the run history */
	/* Called inside the last transaction of what a batch of events led to,
	 * to put the streams' positions there; NULL: nothing to put. */
	bool (*put_positions)(struct run *run, struct edge_err *err);
	int64_t started_ms;
	struct track track;   /* of the mission at hand; memory is reused */
};

/* Notices that the store was filled by another mapping: then everything is
 * planned anew, and no stream goes on where it was. */
bool run_check_mapping(struct run *run, struct edge_err *err) MUST_CHECK;
/* Plans, and refuses a source without missions that has no such collections:
 * a wrong database name. */
bool step_plan(struct run *run, bool first, struct plan_counts *counts,
    struct edge_err *err) MUST_CHECK;
/* When it is due: counts the profiles in the source and plans again those
 * missions whose track changed under an unchanged document. */
bool step_deep(struct run *run, struct plan_counts *counts,
    struct edge_err *err) MUST_CHECK;
/* When the tracks together lost more than a fifth of their profiles, as those
 * have that are left when `profiles` was emptied, that is put into
 * run->thinned: no track that lost any is taken, all else is applied, and the
 * run fails with it. A dump is refused as a whole. */
bool step_guard_tracks(struct run *run, struct edge_err *err) MUST_CHECK;
/* Refuses a source that is another one than the store came from. When more than
 * a fifth of the missions would be removed, that is put into run->refused:
 * step_gone removes none, all else is applied, and the run fails with it. */
bool step_guard(struct run *run, const struct plan_counts *counts,
    struct edge_err *err) MUST_CHECK;
/* Reads tracks and applies every new or changed mission. */
bool step_apply(struct run *run, const struct plan_counts *counts,
    struct edge_err *err) MUST_CHECK;
/* The same for one mission: plans it again, applies it when it is new or
 * changed, marks it when it vanished. `last`: put_positions goes into its
 * transaction, unless there is something left for step_close. *applied tells whether there was one. */
bool step_one(struct run *run, const struct source_key *key, bool last,
    bool *applied, struct edge_err *err) MUST_CHECK;
/* Plan, guard, apply, gone and close, in rounds until the source stands
 * still. */
bool run_steps(struct run *run, struct edge_err *err) MUST_CHECK;
/* Sets run->deep. */
bool run_deep_is_due(struct run *run, struct edge_err *err) MUST_CHECK;
/* What the store holds afterwards, into the report. */
bool run_outcome(struct run *run, struct edge_err *err) MUST_CHECK;
/* Marks, keeps and removes missions that the source no longer has. */
bool step_gone(struct run *run, struct edge_err *err) MUST_CHECK;
/* Starts a mission's grace time unless it runs already. */
bool step_mark_gone(struct run *run, int64_t mission_id, struct edge_err *err)
    MUST_CHECK;
/* Whether step_close has something to write about the quarantine. */
bool step_quarantine_differs(struct run *run, bool *differs,
    struct edge_err *err) MUST_CHECK;
/* Small collections, quarantine, run history. */
bool step_close(struct run *run, struct edge_err *err) MUST_CHECK;

/* Adds what a run has written to the status file's counts. */
void run_count(const struct sync_report *report,
    int64_t counts[BEAT_COUNT_MAX]);
/* Removes what a run that was killed has left of a store built aside. */
void run_forget_aside(const char *path);
/* Builds a new store and swaps it in; only for sync.c and watch.c. */
bool run_rebuild(struct run *run, enum store_state old, int64_t generation,
    struct edge_err *err) MUST_CHECK;

/* Makes the file to take away when it is time. Failing is logged, and false:
 * the caller may try again later. */
bool sync_snapshot(const struct sync_options *options);

#endif
