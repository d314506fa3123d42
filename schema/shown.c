#include "shown.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "clock.h"
#include "err.h"

#define HOUR_MS 3600000
#define LONG_AGO_MS (3 * CLOCK_DAY_MS) /* told in days */
#define TEXT_BYTES 1024
#define COUNT_BYTES 32

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

/* As pages write numbers: 1,244. `count` is not negative. */
static const char *
write_count(int64_t count, char text[COUNT_BYTES])
{
	char *at = text + COUNT_BYTES - 1;
	int digits = 0;

	*at = '\0';
	do {
		if (digits > 0 && digits % 3 == 0)
			*--at = ',';
		*--at = (char)('0' + count % 10);
		count /= 10;
		digits++;
	} while (count > 0);
	return at;
}

static void
say_landing(const struct saying *to, const struct shown_mission *m,
    int64_t now_ms)
{
	int64_t live_ms = m->glider ? SHOWN_LIVE_GLIDER_MS :
	    SHOWN_LIVE_SAILBUOY_MS;
	int64_t silent_ms = now_ms - m->end_ms;
	bool long_ago = silent_ms >= LONG_AGO_MS;
	char count[COUNT_BYTES];

	if (silent_ms > live_ms)
		say(to, "landing page", false, "not among the live: last "
		    "heard %s %s ago, more than %" PRId64 " h",
		    write_count(silent_ms / (long_ago ? CLOCK_DAY_MS :
		    HOUR_MS), count), long_ago ? "days" : "h",
		    live_ms / HOUR_MS);
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
	char points[COUNT_BYTES];

	say_landing(&to, m, now_ms);
	say_totals(&to, m);
	if (m->basins != NULL && m->basins[0] != '\0')
		say(&to, "basins", true, "%.900s", m->basins);
	else
		say(&to, "basins", false, "none");
	if (m->track_points > 0)
		say(&to, "maps", true, "drawn, with %s position%s",
		    write_count(m->track_points, points),
		    m->track_points == 1 ? "" : "s");
	else
		say(&to, "maps", false, "on none: no position of it is known");
}
