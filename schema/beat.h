/* beat.h: the status file "<db>.status": when edge last asked the source and
 * what came of it. It is apart from the store so that a run which finds
 * nothing new writes nothing there, and so that a full or read-only store can
 * still say what is wrong. Losing it loses no data. */
#ifndef EDGE_BEAT_H
#define EDGE_BEAT_H

#include <stdint.h>

#include "err.h"

/* What runs have written so far. */
enum beat_count { BEAT_NEW, BEAT_CHANGED, BEAT_REMOVED, BEAT_POINTS,
	BEAT_COUNT_MAX };

struct beat {
	int64_t attempt_ms;  /* the end of the last run; 0: never */
	int64_t success_ms;  /* the end of the last run that went well; 0 */
	int64_t failing_ms;  /* since when runs fail; 0: they do not */
	int64_t caught_up_ms; /* what the source held at this time of its own
	                         is in the store; 0: it does not tell */
	char mode[16];       /* 'once', 'import', 'snapshot', 'watch', 'poll', '' */
	char error[EDGE_ERR_TEXT_BYTES]; /* of the last run; '' = went well */
	int exit_code;       /* of the last run */
	int64_t resyncs;     /* how often a change stream lost its place */
	int64_t resync_ms;   /* when it last did; 0: never */
	char resync_reason[256]; /* and why */
	int64_t counts[BEAT_COUNT_MAX];  /* missions by what happened to them,
	                                    track points */
	int64_t failures[EDGE_KIND_MAX]; /* runs by what they failed with */
};

/* Reads it; all zero when there is none or it cannot be read. */
void beat_read(const char *db_path, struct beat *beat);
/* Takes down how a run ended at `now_ms`: `failed` is its error, NULL when it
 * went well; counts it then. Pure. */
void beat_record(struct beat *beat, int64_t now_ms,
    const struct edge_err *failed);
/* Whether the last run changed nothing because the source lacks more than can
 * be right: what vanished is kept until somebody allows its removal. */
bool beat_is_held(const struct beat *beat);
/* The name of a count, static storage. */
const char *beat_count_name(enum beat_count count);
/* Writes it (aside, then renamed). Failure is logged by nobody: the caller
 * decides. */
bool beat_write(const char *db_path, const struct beat *beat,
    struct edge_err *err) MUST_CHECK;

#endif
