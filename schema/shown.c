#include "shown.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "err.h"

#define HOUR_MS 3600000
#define TEXT_BYTES 1024

struct saying {
	shown_fn *say;
	void *context;
};

static void
say(const struct saying *to, const char *about, bool shown, const char *fmt,
    ...) PRINTF_LIKE(4, 5);

static void
say(const struct saying *to, const char *about, bool shown, const char *fmt,
    ...)
{
	char text[TEXT_BYTES];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	to->say(to->context, about, shown, text);
}

static void
say_landing(const struct saying *to, const struct shown_mission *m,
    int64_t now_ms)
{
	int64_t live_ms = m->glider ? SHOWN_LIVE_GLIDER_MS :
	    SHOWN_LIVE_SAILBUOY_MS;
	int64_t silent_ms = now_ms - m->end_ms;

	if (silent_ms > live_ms)
		say(to, "landing page", false, "not among the live: last "
		    "heard %" PRId64 " h ago, more than %" PRId64 " h",
		    silent_ms / HOUR_MS, live_ms / HOUR_MS);
	else if (m->glider && !m->basin_exists)
		say(to, "landing page", false, "not among the live: the "
		    "document has no field basin");
	else
		say(to, "landing page", true, "among the live");
}

static void
say_totals(const struct saying *to, const struct shown_mission *m)
{
	if (!m->counted)
		say(to, "totals", false, "not counted: basin is %s",
		    m->basin == NULL ? "missing or null" : "empty");
	else if (m->glider)
		say(to, "totals", true, "counted: basin is '%.200s'",
		    m->basin != NULL ? m->basin : "");
	else
		say(to, "totals", true, "counted");
	if (m->year == 0)
		say(to, "totals of a year", false, "of none: it starts on the "
		    "stroke of 1 January");
	else
		say(to, "totals of a year", m->counted, "%" PRId64, m->year);
}

void
shown_explain(const struct shown_mission *m, int64_t now_ms, shown_fn *fn,
    void *context)
{
	const struct saying to = { fn, context };

	say_landing(&to, m, now_ms);
	say_totals(&to, m);
	if (m->basins != NULL && m->basins[0] != '\0')
		say(&to, "basins", true, "%.900s", m->basins);
	else
		say(&to, "basins", false, "none");
	if (m->track_points > 0)
		say(&to, "maps", true, "drawn, with %" PRId64 " positions",
		    m->track_points);
	else
		say(&to, "maps", false, "on none: no position of it is known");
}
