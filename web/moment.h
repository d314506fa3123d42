/* moment.h: a time as a parameter gives it: RFC 3339 ("2026-11-22T09:00:00Z",
 * "2026-11-22"), or back from now ("now-12h"). Pure. */
#ifndef EDGE_MOMENT_H
#define EDGE_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

#define MOMENT_TAKES "a time, as 2026-11-22T09:00:00Z, or now-12h (min, h, d)"

struct moment {
	int64_t ms;        /* UTC */
	int64_t window_ms; /* how far back from now it is; -1: it stands still */
};

/* False when the text is neither. */
bool moment_read(const char *text, int64_t now_ms, struct moment *moment);

#endif
