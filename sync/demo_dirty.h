/* demo_dirty.h: what the files that make dirty documents share. Included by
 * sync/demo_dirty*.c only. */
#ifndef EDGE_DEMO_DIRTY_H
#define EDGE_DEMO_DIRTY_H

#include "demo_parts.h"

/* What becomes of a document when a dump is read. */
enum fate {
	FITS,        /* "accepted": shown, or harmless */
	DOES_NOT_FIT /* "quarantined" */
};

/* Kinds of value that a row of a table puts into a field. */
enum dirt_value {
	MISSING, IS_NULL, INT, LONG, DOUBLE, DECIMAL, BOOL, TEXT, BAD_UTF8,
	NUL_INSIDE, LONG_TEXT, DATE, TIMESTAMP, OBJECT, ARRAY, EMPTY_ARRAY
};

/* A sound document but for one field. */
struct dirt_row {
	enum demo_collection collection;
	enum fate fate;
	const char *field;
	enum dirt_value value;
	double number;    /* of INT … BOOL; of DATE milliseconds */
	const char *text; /* of TEXT, DECIMAL; the item of ARRAY */
	const char *what;
};

struct dirt {
	struct demo_dump *dump;
	FILE *manifest;
	int listed;           /* documents in the manifest */
	int64_t start_ms;     /* of the next mission, far enough in the past */
	int next;             /* makes the next mission's identity */
	struct edge_err *err;
};

/* Identity and time of a mission that a document is about. */
struct dirt_mission {
	int platform;         /* 900 … 999, of a sailbuoy 2900 … 2999 */
	int number;
	int64_t start_ms;
	int profiles;
};

struct dirt_mission dirt_next_mission(struct dirt *dirt, int profiles);

/* Begins a document with a new _id. */
void dirt_begin(struct dirt *dirt, enum demo_collection collection,
    bson_t *document);
/* Adds every field of a sound document but those named in `without`, a
 * comma-separated list, or NULL. */
void dirt_fill(struct dirt *dirt, enum demo_collection collection,
    bson_t *document, const struct dirt_mission *mission,
    const char *without);
void dirt_put(bson_t *document, const struct dirt_row *row);
/* Writes the document and lists it under its _id, then destroys it. */
bool dirt_end(struct dirt *dirt, enum demo_collection collection,
    bson_t *document, enum fate fate, const char *what) MUST_CHECK;
/* Writes the sound profiles of a mission, not listed. */
bool dirt_profiles(struct dirt *dirt, const struct dirt_mission *mission)
    MUST_CHECK;

/* demo_dirty_rows.c: one document for each row of its table. */
bool dirt_rows(struct dirt *dirt) MUST_CHECK;

#endif
