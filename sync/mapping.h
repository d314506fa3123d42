/* mapping.h: which collections and fields are replicated, what fits in each,
 * and under which names a source has them. What edge knows is a table; the
 * names come from the built-in mapping or from a JSON file, and a name that is
 * in neither never leaves the source. Read-only once made; any thread. */
#ifndef EDGE_MAPPING_H
#define EDGE_MAPPING_H

#include <stdbool.h>
#include <stddef.h>

#include "../schema/digest.h"
#include "../schema/err.h"

enum collection {
	C_GLIDER_MISSIONS, C_SAILBUOY_MISSIONS, C_PROFILES, C_GLIDERS,
	C_SAILBUOYS, C_STATS, C_PIPELINE, COLLECTION_MAX
};

/* What fits in a field. BSON types that carry the same value are taken:
 * a whole number is int32, int64, a double or a Decimal128 without fraction;
 * a number is any of the four, finite; everything else is as its name says.
 * Missing and null are one, except where a rule of source.md tells them
 * apart. */
enum field_type {
	F_SERIAL,     /* text usable in an address, or a glider's whole number */
	F_BUOY,       /* whole number, shown as SB<n> */
	F_WHOLE,      /* whole number */
	F_NUMBER,     /* finite number */
	F_DATE,       /* BSON date */
	F_FLAG,       /* bool; or a whole number, where most is over 1 a count */
	F_TEXT,       /* UTF-8 text */
	F_LABEL,      /* UTF-8 text or a whole number, kept as text */
	F_TEXTS,      /* array of UTF-8 text */
	F_NUMBERS,    /* array of numbers, NaN allowed: a fix that failed */
	F_OBJECT      /* embedded document, read by its own rule */
};

enum { REQUIRED = 1, OPTIONAL = 0 };

struct field {
	const char *name;
	const char *alias;        /* older name of the same in the built-in
	                             mapping, or NULL */
	enum field_type type;
	int required;
	double least, most;       /* of numbers; of dates in years; of text the
	                             bytes */
};

/* A collection as edge knows it. The first fields are the identity of its
 * documents. */
struct collection_map {
	const char *name;
	const struct field *fields; /* in the order of the enum of fields.h */
	size_t fields_length;
	size_t identity_length;
};

const struct collection_map *mapping_of(enum collection collection);

#define MAPPING_FIELDS 24      /* of a collection, at most */
#define MAPPING_NAMES 4        /* of a field, at most */
#define MAPPING_NAME_BYTES 101 /* of a name, with the NUL */
#define MAPPING_FILE_BYTES 65536

enum constant { CONSTANT_NONE, CONSTANT_TEXT, CONSTANT_NUMBER, CONSTANT_FLAG };

/* Where the value of a field comes from: the first of its names that is there
 * and not null, or a constant. Without either the source does not have it. */
struct mapped_field {
	const char *names[MAPPING_NAMES]; /* "time", or "position.lat" */
	size_t names_length;
	/* COLLECTION_MAX, or: the value is the _id of a document there, and
	 * stands for that document's platform or mission. */
	enum collection refers_to;
	enum constant constant;
	const char *text;
	double number;            /* 1 and 0 for true and false */
};

struct mapping {
	const char *collections[COLLECTION_MAX]; /* in the source; NULL: none */
	struct mapped_field fields[COLLECTION_MAX][MAPPING_FIELDS];
	/* Of all of the above: equal for mappings that say the same. */
	char digest[DIGEST_HEX_BYTES];
	void *own; /* of mapping_file.c */
};

/* Called for each thing that is wrong:
 * "mapping.json:14:9: collections.gliders.fields.name: takes …". */
typedef void mapping_problem_fn(void *context, const char *text);

/* Reads a mapping from a file, or gives the built-in one for NULL. All
 * problems are told to `problem` (not NULL); then NULL with EDGE_CONFIG. Free
 * with mapping_close. */
struct mapping *mapping_open(const char *path, mapping_problem_fn *problem,
    void *context, struct edge_err *err) MUST_CHECK;
/* The same from memory; `name` is for messages. */
struct mapping *mapping_parse(const char *name, const char *text,
    size_t length, mapping_problem_fn *problem, void *context,
    struct edge_err *err) MUST_CHECK;
void mapping_close(struct mapping *mapping); /* NULL is fine */

/* Whether documents of `collection` refer to documents of `target`. */
bool mapping_refers(const struct mapping *mapping, enum collection collection,
    enum collection target);
/* Whether documents of any collection do. */
bool mapping_is_target(const struct mapping *mapping, enum collection target);
/* Whether a field may be declared as a reference to a document of `target`:
 * a platform to platforms, a platform or mission number to missions. */
bool mapping_may_refer(enum collection collection, size_t field,
    enum collection target);

/* Fills in the names edge's own source has; makes mapping->digest. Only for
 * mapping_file.c and tests. */
void mapping_fill_builtin(struct mapping *mapping);
void mapping_make_digest(struct mapping *mapping);

/* Collections that are never read, on any path (source.md). */
extern const char *const mapping_private[];
extern const size_t mapping_private_length;

#endif
