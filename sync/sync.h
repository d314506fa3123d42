/* sync.h: one run of the sync worker: plan, fetch, apply. The state machine
 * of design.md for `edge sync --once` and `edge import`. */
#ifndef EDGE_SYNC_H
#define EDGE_SYNC_H

#include <stdbool.h>
#include <stdint.h>

#include "../schema/err.h"
#include "source.h"

struct sync_options {
	const char *db_path;
	const char *verb;        /* 'sync' or 'import', for the run history */
	int removal_percent;     /* of missions or profiles that may go at once
	                            unasked */
	int64_t grace_ms;        /* how long a vanished mission is kept */
	int64_t deep_ms;         /* tracks are counted in the source this long
	                            after they were last; 0: never */
	int64_t snapshot_ms;     /* least age of the file to take away before it
	                            is made again; 0: none is made */
	bool rebuild;            /* a store that is good is replaced by a new one,
	                            as one transaction, too */
	bool allow_mass_delete;
	bool until_whole;        /* a run that leaves missions which the source
	                            writes all the time is not done */
	bool strict;             /* documents in quarantine are a failure for
	                            who reads the status file */
	bool retry;              /* read profiles in quarantine again */
	const volatile int *stop; /* borrowed, may be NULL */
};

struct sync_report {
	int64_t missions;    /* fitting mission documents of the source */
	int64_t fresh, changed, removed;
	int64_t kept;        /* vanished and in their grace time */
	int64_t postponed;   /* being rewritten by the source right now */
	int64_t held;        /* as served: their tracks do not fit any more */
	int64_t profiles;    /* track points written */
	int64_t quarantined; /* documents in quarantine */
	int64_t generation;  /* afterwards */
	int64_t caught_up_ms; /* operation time of the source at the start;
	                         0: it does not tell */
	bool rebuilt;        /* a new store was built and swapped in */
};

/* Brings the store up to what the source holds. Takes the writer's lock for
 * its time; a reader sees each mission old or new, a new store only when it is
 * complete. EDGE_TEMPORARY: source away, lock held, deadline, stopped;
 * EDGE_REFUSED: credentials, a database without missions; EDGE_FAILED: more
 * than a fifth of the missions or profiles would be removed; EDGE_IO: the disk;
 * EDGE_CONFIG: the file is not edge's. The outcome is also written to the
 * status file. */
bool sync_run(const struct sync_options *options, struct source *source,
    struct sync_report *report, struct edge_err *err) MUST_CHECK;

/* Takes the writer's lock of a store: *lock, for file_unlock (file.h). What is
 * not edge's gets none beside it: EDGE_CONFIG; else as file_lock. */
bool sync_lock(const char *db_path, int *lock, struct edge_err *err)
    MUST_CHECK;

/* False with EDGE_BAD_DATA when documents are in quarantine. */
bool sync_is_clean(const struct sync_report *report, struct edge_err *err)
    MUST_CHECK;

/* A complete new store at `path` from the source, without lock or status
 * file: what verify compares with. */
bool sync_build(const char *path, struct source *source,
    struct sync_report *report, struct edge_err *err) MUST_CHECK;

/* Removes a store built aside, with what SQLite left beside it. */
void sync_remove(const char *path);

#endif
