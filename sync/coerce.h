/* coerce.h: what fits in a field: one BSON value to one C value, with the
 * reason when it does not. The coercion table of edge. Pure. */
#ifndef EDGE_COERCE_H
#define EDGE_COERCE_H

#include "decode.h"

/* Adds "field: reason" to a misfit; text is cut when the reason is full. */
void misfit_add(struct misfit *misfit, const char *field, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Finds a field of a projected document. False when it is missing or null.
 * `exists`, when not NULL, is set even for null. */
bool coerce_find(const bson_t *document, const struct field *field,
    bson_iter_t *value, bool *exists);

/* Each reads one field. A missing or null value gives the type's "missing"
 * (DECODE_NO_INT, DECODE_NO_NUMBER, NULL) and true, unless the field is
 * required. False: it does not fit, `misfit` says why. */
bool coerce_whole(const bson_t *document, const struct field *field,
    int64_t *value, struct misfit *misfit);
bool coerce_number(const bson_t *document, const struct field *field,
    double *value, struct misfit *misfit);
bool coerce_date(const bson_t *document, const struct field *field,
    int64_t *ms, struct misfit *misfit);
/* true is 1, false 0, missing -1. */
bool coerce_flag(const bson_t *document, const struct field *field,
    int64_t *value, struct misfit *misfit);
bool coerce_text(const bson_t *document, const struct field *field,
    const char **value, struct misfit *misfit);
/* Text or a whole number, as text; "" when missing. */
bool coerce_label(const bson_t *document, const struct field *field,
    char *text, size_t size, struct misfit *misfit);
bool coerce_texts(const bson_t *document, const struct field *field,
    const char **values, size_t most, size_t *length, struct misfit *misfit);
/* The address name of a glider or sailbuoy; *is_number: the older form. */
bool coerce_serial(const bson_t *document, const struct field *field,
    char serial[DECODE_SERIAL_BYTES], bool *is_number, struct misfit *misfit);

/* One value: a number of any of the four types. False for other types. */
bool coerce_double(const bson_iter_t *value, double *number);
/* UTF-8 without a NUL inside, at most `most` bytes; else the reason. */
bool coerce_utf8(const bson_iter_t *value, size_t most, const char **text,
    const char **reason);

#endif
