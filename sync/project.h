/* project.h: a document of the source as edge knows it: only what is mapped,
 * under edge's own names and in its order, references resolved. The same
 * bytes whatever the source calls things and wherever the document came from.
 * Pure. */
#ifndef EDGE_PROJECT_H
#define EDGE_PROJECT_H

#include <bson/bson.h>
#include <stdbool.h>

#include "mapping.h"
#include "refs.h"

/* The member that stands in place of a reference that leads nowhere; its text
 * says what it led to. */
#define PROJECT_UNRESOLVED "unresolved"

/* Finds the value of a mapped field in a document of the source: the first of
 * its names that is there and not null. *exists, when not NULL, is set even
 * for null. */
bool project_find(const bson_t *document, const struct mapped_field *field,
    bson_iter_t *value, bool *exists);

/* Appends one field of a collection, found as `value`, under edge's name. */
bool project_append(const struct mapping *mapping, const struct refs *refs,
    enum collection collection, size_t field, const bson_iter_t *value,
    bson_t *out);

/* Copies _id and the mapped fields of `document` into `out` (initialised by
 * the caller). False when the document is not sound BSON: `out` then has at
 * most its _id. */
bool project_document(const struct mapping *mapping, const struct refs *refs,
    enum collection collection, const bson_t *document, bson_t *out);

#endif
