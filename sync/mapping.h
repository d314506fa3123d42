/* mapping.h: which collections and fields are replicated, under which names,
 * and what fits in each. The tables here are the whole list: a field that is
 * not in them never leaves the source. Pure data; any thread. */
#ifndef EDGE_MAPPING_H
#define EDGE_MAPPING_H

#include <stdbool.h>
#include <stddef.h>

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
	const char *name, *alias; /* alias: older name of the same, or NULL */
	enum field_type type;
	int required;
	double least, most;       /* of numbers; of dates in years; of text the
	                             bytes */
};

struct collection_map {
	const char *name;
	const struct field *fields; /* in the order of the enum of decode.h */
	size_t fields_length;
};

const struct collection_map *mapping_of(enum collection collection);

/* Collections that are never read, on any path (source.md). */
extern const char *const mapping_private[];
extern const size_t mapping_private_length;

#endif
