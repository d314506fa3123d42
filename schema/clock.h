/* clock.h: times. Everything edge keeps is UTC milliseconds since 1970; text
 * is RFC 3339 with Z. Pure but for the two clocks; any thread. */
#ifndef EDGE_CLOCK_H
#define EDGE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define CLOCK_TEXT_BYTES 32
#define CLOCK_DAY_MS INT64_C(86400000)

/* Now, UTC milliseconds. EDGE_NOW in the environment (RFC 3339) stands still
 * in its place: tests and demos have one answer. */
int64_t clock_now_ms(void);
/* A clock that only goes forward, microseconds. */
int64_t clock_monotonic_us(void);

/* Writes "2026-11-22T09:40:00Z" (with ".123" when the milliseconds are not
 * zero). Years outside 0..9999 give "". */
void clock_format(int64_t ms, char text[CLOCK_TEXT_BYTES]);
/* Reads RFC 3339 with Z or an offset, or a date alone ("2026-11-22", midnight
 * UTC). */
bool clock_parse(const char *text, int64_t *ms);

/* Days from 1970-01-01 to a civil date, and back (proleptic Gregorian). */
int64_t clock_days_from_civil(int64_t year, int month, int day);
void clock_civil_from_days(int64_t days, int64_t *year, int *month, int *day);

#endif
