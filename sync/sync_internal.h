/* sync_internal.h: one run's state, shared by sync.c (stores, order of the
 * steps) and steps.c (the steps). */
#ifndef EDGE_SYNC_INTERNAL_H
#define EDGE_SYNC_INTERNAL_H

#include "stage.h"
#include "sync.h"

struct run {
	const struct sync_options *options;
	struct source *source;
	struct sync_report *report;
	struct db *db;        /* the writer */
	bool aside;           /* db is a new file that nobody reads */
	bool every_profile;   /* this run has read the profiles of all missions */
	int64_t started_ms;
	struct track track;   /* of the mission at hand; memory is reused */
};

/* Plans, and refuses a source without missions that has no such collections:
 * a wrong database name. */
bool step_plan(struct run *run, struct plan_counts *counts,
    struct edge_err *err) MUST_CHECK;
/* Refuses to remove more than a fifth of the missions at once. */
bool step_guard(struct run *run, const struct plan_counts *counts,
    struct edge_err *err) MUST_CHECK;
/* Reads tracks and applies every new or changed mission. */
bool step_apply(struct run *run, const struct plan_counts *counts,
    struct edge_err *err) MUST_CHECK;
/* Marks, keeps and removes missions that the source no longer has. */
bool step_gone(struct run *run, struct edge_err *err) MUST_CHECK;
/* Small collections, quarantine, run history. */
bool step_close(struct run *run, struct edge_err *err) MUST_CHECK;

#endif
