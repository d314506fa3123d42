/* format.h: the words for values: what {{name:format}} of a template names.
 *
 * A value is what the page's JSON holds: numbers, RFC 3339 UTC text, arrays.
 * Null, missing and values of a wrong type print "–", never 0. Text is
 * returned plain and escaped by the template; a formatter declared as markup
 * escapes for itself. Pure; any thread.
 *
 * Numbers (ASCII separators, rounded half away from zero):
 *   int        236,108                   km       the same, for kilometres
 *   decimal1   12.3      decimal2  12.34 (thousands too)
 *   percent    0.973 → 97.3%             big      103500000 → 0.1 billion,
 *              1234567 → 1.2 million, below a million as int
 *   stat       a number up to 1 as percent, above as int or decimal1; text
 *              as it is
 *   lat, lon   57.93° N                  bytes    1.4 MB (powers of 1000)
 *   seatime    seconds → "3 years 41 days", "41 days", "1 day", "0 days"
 *   days       seconds → whole days as int
 *   plural ONE MANY   1 → "1 ONE", 236108 → "236,108 MANY"
 *   word ONE MANY     1 → "ONE", 2 → "MANY": the word without the number
 * Times ("2026-11-22T09:40:00Z"; a date alone is midnight UTC):
 *   date       22 Nov 2026               datetime 22 Nov 2026 09:40 UTC
 *   clock      09:40 UTC                 year     2026
 *   iso        2026-11-22T09:40:00Z      rss      Sun, 22 Nov 2026 09:40:00 GMT
 *   isodate    2026-11-22
 *   span       of an object with "start" and "end": "12 Oct – 3 Nov 2025"
 *   as <time datetime="…" title="22 Nov 2026 09:40 UTC">…</time> (markup):
 *   ago        7 h ago, 49 min ago, 3 days ago, just now, in 2 h
 *   age        7 h                       day      22 Nov 2026
 *   moment     22 Nov 2026 09:40 UTC
 * Text:
 *   list       array of text joined by ", "; an empty one is "–"
 *   and        the same with "and" before the last: "A, B and C"
 *   url        percent-encoded for a path segment or query value
 *   href       the address itself when it begins with http:// or https:// or
 *              with a single "/"; else "#"
 *   kind       glider or sailbuoy, "–" for null; other text as it is
 *   Kind       Glider, Sailbuoy (first letter upper-case, of any text)
 *   text       as it is, "–" for null and "" */
#ifndef EDGE_FORMAT_H
#define EDGE_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include "buffer.h"

#define FORMAT_MISSING "\xe2\x80\x93" /* – */

struct format_input {
	const cJSON *value; /* NULL: missing; borrowed */
	const char *words;  /* what followed the formatter's name in the
	                       template, "" when nothing did */
	int64_t now_ms;     /* for ages */
};

/* Appends the words for a value. */
typedef void format_fn(const struct format_input *in, struct buffer *out);

struct format {
	const char *name;
	format_fn *write;
	bool markup; /* the output is HTML and must not be escaped again */
};

/* NULL when there is none of that name. Static storage. */
const struct format *format_find(const char *name, size_t length);

/* The same numbers and times for C code that draws maps and plots, UTC ms. */
void format_int(int64_t value, struct buffer *out);       /* 236,108 */
void format_date(int64_t ms, struct buffer *out);         /* 22 Nov 2026 */
/* 22 Nov 2026 09:40 UTC */
void format_datetime(int64_t ms, struct buffer *out);
void format_clock(int64_t ms, struct buffer *out);        /* 09:40 UTC */
/* Sun, 22 Nov 2026 09:40:00 GMT, for HTTP and RSS */
void format_http_date(int64_t ms, struct buffer *out);
/* "7 h", "49 min", "3 days"; less than a minute is "less than a minute". */
void format_age(int64_t age_ms, struct buffer *out);

#endif
