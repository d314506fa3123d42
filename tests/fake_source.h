/* fake_source.h: a source in memory, in two states, whose n-th call or
 * document fails. Thread: one. */
#ifndef EDGE_FAKE_SOURCE_H
#define EDGE_FAKE_SOURCE_H

#include "sync/source.h"

/* What the source holds: state 1 has of the missions of state 0 one that
 * changed, one that is gone, one more, one that fits now, and many that stayed
 * the same; and other small collections. */
enum { FAKE_BEFORE, FAKE_AFTER };

struct fake_source {
	struct source base;
	struct mapping mapping; /* the built-in one */
	int state;
	long left;           /* calls and documents to the failure; 0: none */
	enum edge_kind kind; /* of the failure */
	long failures;       /* so far */
};

/* A server (`live`) or a dump. Nothing to free. */
void fake_source_init(struct fake_source *fake, int state, bool live);

/* The n-th call or document from now on fails with `kind`. */
void fake_source_plan(struct fake_source *fake, long nth,
    enum edge_kind kind);

#endif
