/* watch.h: `edge sync --watch`: stays with the source. The states of design.md
 * "Sync" by name: SNAPSHOT (a first, whole run), WATCH (change streams say
 * which mission to plan again), POLL (the server has none: a run every
 * interval), RESYNC (a stream lost its place: a whole run, the old data is
 * served meanwhile). Which of WATCH and POLL is found out by trying. */
#ifndef EDGE_WATCH_H
#define EDGE_WATCH_H

#include "sync.h"

struct watch_options {
	struct sync_options sync;
	const char *uri;       /* of MongoDB; borrowed */
	const struct mapping *mapping; /* borrowed */
	int64_t interval_ms;   /* between runs in POLL */
	int64_t deadline_ms;   /* of one run */
};

/* Runs until *sync.stop, then returns true. Source trouble is waited out with
 * growing pauses and said in the status file; false only for what waiting does
 * not mend: the lock (EDGE_TEMPORARY), the file (EDGE_CONFIG, EDGE_NEWER), the
 * URI. */
bool watch_run(const struct watch_options *options, struct edge_err *err)
    MUST_CHECK;

#endif
