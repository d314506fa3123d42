/* guard.h: what a mission's track may not lose unasked. What does not fit is no
 * word of the source about what was there: the last good version stays. */
#ifndef EDGE_GUARD_H
#define EDGE_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#include "../schema/err.h"
#include "decode.h"

struct run;

/* Whether a glider's track that has `stored` points is not to be taken from so
 * many `documents`, of which only some are `fitting`: more than a fifth would
 * be lost by what does not fit. Pure; `verify` has the same rule in SQL. */
bool guard_is_spoilt(int64_t documents, int64_t fitting, int64_t stored);

/* Looks at what a mission's track, in run->track, would become before it is
 * applied. *kept: the mission stays as it is served, which is logged. Fails
 * with EDGE_FAILED when the source has no profiles at all any more, which the
 * guard of all tracks has not seen unless they were `scanned`. */
bool guard_track(struct run *run, const struct mission_row *row, bool scanned,
    bool *kept, struct edge_err *err) MUST_CHECK;

#endif
