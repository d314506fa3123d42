/* guard.h: what a mission's track may not lose unasked. What does not fit is no
 * word of the source about what was there: the last good version stays. */
#ifndef EDGE_GUARD_H
#define EDGE_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#include "../schema/db.h"
#include "../schema/digest.h"
#include "../schema/err.h"
#include "decode.h"

struct run;

/* What is stored of a mission's track; points < 0: no mission. */
struct stored_track {
	int64_t points;
	int64_t documents; /* it was read from */
};

bool guard_stored(struct db *db, const char *platform, int64_t number,
    struct stored_track *stored, struct edge_err *err) MUST_CHECK;

/* What lets edge take what a guard refuses, for the end of a message; `live`:
 * the source is a server, which may be followed. Static storage. */
const char *guard_way_out(bool live);

/* Whether a mission of that kind whose track has `stored` points is not to be
 * taken from so many `documents`, of which only some are `fitting`: more than a
 * fifth of what they would give, at most of what is stored, would be lost by
 * what does not fit. A source that has fewer documents is believed. A sailbuoy
 * may not lose all its positions. Pure. */
bool guard_is_spoilt(char kind, int64_t documents, int64_t fitting,
    int64_t stored);

/* Looks at what a mission's track, in run->track, would become of the `stored`
 * one before it is applied. *kept: the mission stays as it is served, which is logged once, and
 * remembered with the `fingerprint` of its document as long as the connection
 * is open. A track that lost some is kept while run->thinned says so; a source
 * without any profile, which the guard of all tracks has not seen unless they
 * were `scanned`, leads to that, or fails with EDGE_FAILED when missions are
 * read one by one. */
bool guard_track(struct run *run, const struct mission_row *row,
    const struct stored_track *stored, const uint8_t fingerprint[DIGEST_BYTES],
    bool scanned, bool *kept, struct edge_err *err) MUST_CHECK;

/* Whether a mission was kept for this very document, and how many of those that
 * are staged were: they need not be read again until something tells of their
 * profiles. */
bool guard_knows(struct run *run, const char *platform, int64_t number,
    const uint8_t fingerprint[DIGEST_BYTES], bool *held, struct edge_err *err)
    MUST_CHECK;
bool guard_count(struct db *db, int64_t *held, struct edge_err *err)
    MUST_CHECK;

/* Its profiles may fit by now. */
bool guard_forget(struct db *db, const char *platform, int64_t number,
    struct edge_err *err) MUST_CHECK;

#endif
