/* fresh.h: how well this copy of the source is kept up. Pure; any thread. */
#ifndef EDGE_FRESH_H
#define EDGE_FRESH_H

#include "../schema/beat.h"

enum fresh_state {
	FRESH_GOOD,    /* a run went well a short time ago */
	FRESH_COPY,    /* imported once, nothing more is expected */
	FRESH_LATE,    /* no run for too long */
	FRESH_FAILING, /* runs fail, and for too long none went well */
	FRESH_UNKNOWN, /* there are data, but not since when */
	FRESH_EMPTY,   /* there are none */
	FRESH_MAX
};

/* `known`: whether the store's generation could be read; a run is fresh for
 * `fresh_ms` milliseconds. */
enum fresh_state fresh_state(const struct beat *beat, bool known,
    int64_t generation, int64_t now_ms, int64_t fresh_ms);

/* "fresh", "copy", "late", "failing", "unknown", "empty". Static storage. */
const char *fresh_word(enum fresh_state state);

/* Why the last run failed, by its exit code, in words that a public page may
 * show: no address, no document. NULL for 0. Static storage. */
const char *fresh_cause(int exit_code);

/* Why a change stream lost its place, as one word that metrics can count:
 * "history_lost", "invalidate", "drop", …, "other". Static storage. */
const char *fresh_resync_word(const char *reason);

#endif
