/* csv.h: rows of JSON as CSV (RFC 4180, UTF-8, header line). Pure. */
#ifndef EDGE_CSV_H
#define EDGE_CSV_H

#include <stdbool.h>

#include <cjson/cJSON.h>

#include "buffer.h"

#define CSV_TYPE "text/csv; charset=utf-8; header=present"

/* Appends the objects of the array `rows`, one line each, under a header line
 * with the names in `columns`, which are divided by spaces: a table has the
 * same columns whatever the rows hold, and without rows too. "a.b" is member b
 * of member a. Numbers are printed as JSON prints them, null and missing as
 * nothing, true and false as words, arrays joined by "; ". A text cell that a
 * spreadsheet would take for a formula (it begins with = + - @, tab or
 * carriage return) gets a ' in front. False when `rows` is not an array of
 * objects. */
bool csv_write(const cJSON *rows, const char *columns, struct buffer *out);

/* Appends one object as a line, as csv_write does; the header line when `row`
 * is NULL. */
void csv_add(const cJSON *row, const char *columns, struct buffer *out);

#endif
