/* apply.h: what one decoded document changes in the store. Every function
 * runs inside the transaction its caller has opened. */
#ifndef EDGE_APPLY_H
#define EDGE_APPLY_H

#include "../schema/db.h"
#include "decode.h"
#include "track.h"

/* Puts a mission with its basins, variables, track and lines in place of the
 * one there was. `source_id` and `fingerprint` are those of its document.
 * *is_new tells whether there was none. Totals are not counted yet: the
 * scopes it left and entered are in `touched`. */
bool apply_mission(struct db *db, const struct mission_row *row,
    const char *source_id, const uint8_t fingerprint[32],
    const struct track *track, int64_t now_ms, bool *is_new,
    struct edge_err *err) MUST_CHECK;

/* Whether a mission as read is what is stored: *id is its mission_id then, else
 * -1. */
bool apply_same(struct db *db, const struct mission_row *row,
    const char *source_id, const struct track *track, int64_t *id,
    struct edge_err *err) MUST_CHECK;
/* What was read again is what is stored: it is not planned again. */
bool apply_trust(struct db *db, int64_t mission_id,
    const uint8_t fingerprint[32], struct edge_err *err) MUST_CHECK;

/* Takes a mission and what hangs on it away; its scopes are touched. */
bool apply_removal(struct db *db, int64_t mission_id, struct edge_err *err)
    MUST_CHECK;

/* After platforms were described: missions are searched by the names of
 * now. */
bool apply_names(struct db *db, struct edge_err *err) MUST_CHECK;

/* Counts the totals of the touched scopes again and forgets the touches. */
bool apply_totals(struct db *db, struct edge_err *err) MUST_CHECK;

/* One more generation: the commit changes something a page shows. */
bool apply_generation(struct db *db, int64_t now_ms, struct edge_err *err)
    MUST_CHECK;

bool apply_platform(struct db *db, const struct platform_row *row,
    struct edge_err *err) MUST_CHECK;
/* Keeps a statistic unless a newer date of it is there. */
bool apply_stat(struct db *db, struct stat_row *row, struct edge_err *err)
    MUST_CHECK;
bool apply_pipeline(struct db *db, const struct pipeline_row *row,
    struct edge_err *err) MUST_CHECK;

/* The track a sailbuoy's mission document carries, into `track`; a fix that
 * failed (NaN, null) is left out and keeps its number free. */
bool apply_inline_track(const struct mission_row *row, struct track *track,
    struct edge_err *err) MUST_CHECK;

#endif
