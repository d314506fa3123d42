/* progress.h: says how far long work is: on a terminal one line that is
 * written over, elsewhere a log line now and then. Short work says nothing. */
#ifndef EDGE_PROGRESS_H
#define EDGE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool terminal;
	bool shown;              /* a line stands on the terminal */
	const char *what;        /* the work it counts now; static */
	int64_t start_us, last_us;
};

/* Work that takes less than this is not spoken of. */
#define PROGRESS_FIRST_MS 1000
#define PROGRESS_TERMINAL_MS 200
#define PROGRESS_LOG_MS 10000

/* Whether standard error is a terminal decides the form. */
void progress_start(struct progress *progress);
/* `done` of `what` (static) are through; `fraction` of the work, negative when
 * that is not known. Cheap: call it every few hundred documents. NULL is
 * fine. */
void progress_tick(struct progress *progress, const char *what, int64_t done,
    double fraction);
/* Wipes the line on the terminal. NULL is fine. */
void progress_end(struct progress *progress);

#endif
