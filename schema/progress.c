#include "progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"

void
progress_start(struct progress *progress)
{
	memset(progress, 0, sizeof *progress);
	progress->terminal = isatty(STDERR_FILENO) == 1;
}

/* "3 min", "12 s"; "" when it cannot be told yet. */
static void
time_left(const struct progress *progress, double fraction, int64_t now,
    char text[40])
{
	double seconds;

	text[0] = '\0';
	if (fraction <= 0.01 || fraction > 1)
		return;
	seconds = (double)(now - progress->start_us) / 1e6 *
	    (1 - fraction) / fraction;
	if (seconds >= 90)
		(void)snprintf(text, 40, ", %.0f min left", seconds / 60);
	else
		(void)snprintf(text, 40, ", %.0f s left", seconds);
}

void
progress_tick(struct progress *progress, const char *what, int64_t done,
    double fraction)
{
	char left[40];
	int64_t now, pause;
	double rate;

	if (progress == NULL)
		return;
	now = clock_monotonic_us();
	if (progress->what != what) {
		progress->what = what;
		progress->start_us = progress->last_us = now;
		return;
	}
	pause = progress->terminal ? PROGRESS_TERMINAL_MS : PROGRESS_LOG_MS;
	if (now - progress->start_us < PROGRESS_FIRST_MS * 1000 ||
	    now - progress->last_us < pause * 1000)
		return;
	progress->last_us = now;
	rate = (double)done * 1e6 / (double)(now - progress->start_us);
	time_left(progress, fraction, now, left);
	if (!progress->terminal) {
		log_info("%s: %" PRId64 ", %.0f a second%s", what, done, rate,
		    left);
		return;
	}
	fprintf(stderr, "\r\033[K%s: %" PRId64 ", %.0f a second%s", what, done,
	    rate, left);
	(void)fflush(stderr);
	progress->shown = true;
}

void
progress_end(struct progress *progress)
{
	if (progress == NULL || !progress->shown)
		return;
	fputs("\r\033[K", stderr);
	(void)fflush(stderr);
	progress->shown = false;
}
