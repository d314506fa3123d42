/* decode.h: one source document to one typed row. Pure: no I/O, no clock; a
 * fuzz target. Text and arrays in a row are borrowed from the document and
 * live as long as it does. */
#ifndef EDGE_DECODE_H
#define EDGE_DECODE_H

#include <bson/bson.h>
#include <stdbool.h>
#include <stdint.h>

#include "mapping.h"

#define DECODE_SERIAL_BYTES 33   /* 32 characters and the NUL */
#define DECODE_SOURCE_ID_BYTES 256
#define DECODE_REASON_BYTES 512
#define DECODE_VARIABLES 256     /* most variables of a mission */
#define DECODE_FIXES 200000      /* most fixes of a sailbuoy's mission */
#define DECODE_DEPTH 100         /* most levels of embedded documents */
#define DECODE_NO_INT INT64_MIN  /* a whole number that is missing */
#define DECODE_NO_NUMBER (__builtin_nan("")) /* a number that is missing */

/* Why a document does not fit. */
struct misfit {
	char field[64];                   /* the first field that does not */
	char reason[DECODE_REASON_BYTES]; /* "start: is text, not a date; …" */
};

struct mission_row {
	char kind;                        /* 'g' glider, 's' sailbuoy */
	char platform[DECODE_SERIAL_BYTES];
	int64_t number;
	bool serial_is_number;            /* the older form `glider` */
	int64_t start_ms, end_ms, modified_ms;
	int64_t year;                     /* 0 on the stroke of 1 January */
	bool basin_exists, complete, counted;
	const char *basin;                /* NULL: missing or null */
	const char *sea_name, *project, *project_url, *comment; /* never NULL */
	char wmo_id[64];
	int64_t profiles, data_points;    /* DECODE_NO_INT: missing */
	double depth_m, distance_m, lon_min, lon_max, lat_min, lat_max;
	const char *variables[DECODE_VARIABLES]; /* no order, may repeat */
	size_t variables_length;
	bson_iter_t track_lon, track_lat; /* sailbuoy: at the arrays */
	bool has_track;
};

struct point_row {
	char platform[DECODE_SERIAL_BYTES];
	int64_t mission, number;
	int64_t time_ms;                  /* DECODE_NO_INT: missing */
	int64_t raw_ms;                   /* the same, were it out of range */
	double lon, lat, max_depth_m;
};

struct platform_row {
	char kind;
	char serial[DECODE_SERIAL_BYTES];
	const char *name;                 /* never NULL */
	int64_t profiles;
	double seconds, depth_m, distance_m;
};

struct stat_row {
	const char *name;
	int64_t year, date_ms;
	bson_iter_t values;               /* inside the embedded document */
};

#define PIPELINE_STEPS 8
struct pipeline_row {
	char platform[DECODE_SERIAL_BYTES];
	int64_t number;
	struct {
		const char *step;         /* static */
		int64_t value;            /* 1, 0 or a count; -1 missing */
		int64_t time_ms;          /* DECODE_NO_INT: missing */
	} steps[PIPELINE_STEPS];
};

/* Each takes a document and fills a row. False: it does not fit, and misfit
 * says why; identity fields that could be read are filled all the same. */
bool decode_mission(const bson_t *document, enum collection collection,
    struct mission_row *row, struct misfit *misfit);
bool decode_point(const bson_t *document, struct point_row *row,
    struct misfit *misfit);
bool decode_platform(const bson_t *document, enum collection collection,
    struct platform_row *row, struct misfit *misfit);
bool decode_stat(const bson_t *document, struct stat_row *row,
    struct misfit *misfit);
bool decode_pipeline(const bson_t *document, struct pipeline_row *row,
    struct misfit *misfit);

/* The _id as text: Extended JSON, cut; "" when there is none. */
void decode_source_id(const bson_t *document,
    char text[DECODE_SOURCE_ID_BYTES]);

/* A short name of a BSON type for people ("text", "date", "missing"). */
const char *decode_type_name(bson_type_t type);

#endif
