/* demo.h: writes a made-up source, so that the portal can be tried, tested
 * and measured without MongoDB. What comes out is a mongodump directory:
 * DIR/voto/COLLECTION.bson (or .bson.gz) with .metadata.json beside it, in
 * the shape of the real source: gliders that patrol the Baltic and the
 * Skagerrak, sailbuoys that roam it, their totals, their pipeline, and the
 * private collections that must never be read.
 *
 * The same options give the same bytes. Memory stays flat: one mission at a
 * time, plus some 100 bytes for each mission planned. */
#ifndef EDGE_DEMO_H
#define EDGE_DEMO_H

#include "../schema/err.h"

#include <stdint.h>

#define DEMO_DATABASE "voto"
#define DEMO_MISSIONS 240
#define DEMO_PROFILES 1000
#define DEMO_SEED 1

struct demo_options {
	const char *dir;  /* made when missing; files in it are replaced */
	int missions;     /* of gliders; 0: DEMO_MISSIONS */
	int profiles;     /* of a mission on average; 0: DEMO_PROFILES */
	uint64_t seed;    /* 0: DEMO_SEED */
	int64_t now_ms;   /* when the story ends, UTC; 0: the clock */
	bool dirty;       /* adds what does not fit, listed in DIR/dirty.json */
	bool gzip;        /* .gz files, as mongodump --gzip */
	bool old_schema;  /* int `glider` in place of `platform_serial` */
	const volatile int *stop; /* not 0 ends it; may be NULL */
};

/* EDGE_CANNOT_MAKE when a file cannot be created, EDGE_IO when writing fails,
 * EDGE_TEMPORARY without memory or when stopped: the dump is not whole then;
 * EDGE_USAGE for a negative size. */
bool demo_write(const struct demo_options *options, struct edge_err *err)
    MUST_CHECK;

#endif
