/* jsonfile.h: a JSON file that people write, with the place of every value in
 * it, so that a message can name the line. Thread: belongs to its caller;
 * read-only once opened. */
#ifndef EDGE_JSONFILE_H
#define EDGE_JSONFILE_H

#include <stddef.h>

#include <cjson/cJSON.h>

#include "err.h"

#define JSONFILE_DEPTH 32 /* most levels of objects and lists */

struct jsonfile {
	char *name;              /* as it was given; owned */
	cJSON *root;             /* owned */
	struct jsonfile_place *places;
	size_t places_length;
};

/* Reads and parses a file of at most `max` bytes. EDGE_CONFIG when it cannot
 * be read, is larger, is no JSON ("name:3:7: …"), is nested too deeply, has
 * an object with one name twice or text that is not valid UTF-8. Free with
 * jsonfile_close, also after a failure. */
bool jsonfile_open(struct jsonfile *file, const char *name, size_t max,
    struct edge_err *err) MUST_CHECK;
/* The same from memory; `name` is for messages. */
bool jsonfile_parse(struct jsonfile *file, const char *name, const char *text,
    size_t length, struct edge_err *err) MUST_CHECK;
void jsonfile_close(struct jsonfile *file);

/* Line and column, from 1, of a value of this file: of its name when it is an
 * object's member. Columns count characters. Zeros when it is of another
 * file. */
void jsonfile_place(const struct jsonfile *file, const cJSON *item, int *line,
    int *column);

#endif
