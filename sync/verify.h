/* verify.h: whether the store is what the source says. */
#ifndef EDGE_VERIFY_H
#define EDGE_VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "../schema/err.h"
#include "source.h"

struct verify_options {
	const char *db_path;
	int64_t grace_ms;         /* as sync has it */
	const volatile int *stop; /* borrowed, may be NULL */
	/* Called for each difference and each note; text is borrowed. */
	void (*report)(void *context, bool is_note, const char *what,
	    const char *which, const char *expected, const char *found);
	void *context;
};

/* Builds a new store from the source in the directory for temporary files and
 * compares every mission, track, total, recent, platform, statistic, pipeline
 * step and quarantined document. Missions that sync keeps by rule (held in
 * quarantine, in their grace time) are notes, not differences. Writes nothing
 * to the store. *differences is their number; false only when comparing
 * failed. */
bool verify_run(const struct verify_options *options, struct source *source,
    int64_t *differences, struct edge_err *err) MUST_CHECK;

#endif
