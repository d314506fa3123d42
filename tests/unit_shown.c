/* Where a mission is shown, in words. */
#include "check.h"
#include "schema/shown.h"

#define HOUR_MS INT64_C(3600000)

static char said[512];

static void
keep(void *context, const char *about, bool shown, const char *text)
{
	if (strcmp(about, context) == 0)
		(void)snprintf(said, sizeof said, "%s%s", shown ? "" : "not: ",
		    text);
}

static const char *
say(const char *about, int64_t points, int64_t hours)
{
	char name[32];
	struct shown_mission m = { .glider = true, .basin_exists = true,
		.track_points = points };

	(void)snprintf(name, sizeof name, "%s", about);
	said[0] = '\0';
	shown_explain(&m, hours * HOUR_MS, keep, name);
	return said;
}

static void
numbers_are_written_as_on_pages(void)
{
	CHECK_STR(say("maps", 0, 0), "not: on none: no position of it is "
	    "known");
	CHECK_STR(say("maps", 1, 0), "drawn, with 1 position");
	CHECK_STR(say("maps", 999, 0), "drawn, with 999 positions");
	CHECK_STR(say("maps", 1000, 0), "drawn, with 1,000 positions");
	CHECK_STR(say("maps", 1244, 0), "drawn, with 1,244 positions");
	CHECK_STR(say("maps", 12345678, 0), "drawn, with 12,345,678 "
	    "positions");
	CHECK_STR(say("maps", INT64_MAX, 0), "drawn, with "
	    "9,223,372,036,854,775,807 positions");
	CHECK_STR(say("landing page", 1, 25), "not: not among the live: last "
	    "heard 25 h ago, more than 24 h");
	CHECK_STR(say("landing page", 1, 71), "not: not among the live: last "
	    "heard 71 h ago, more than 24 h");
	CHECK_STR(say("landing page", 1, 72), "not: not among the live: last "
	    "heard 3 days ago, more than 24 h");
	CHECK_STR(say("landing page", 1, 24 * 1234), "not: not among the live: "
	    "last heard 1,234 days ago, more than 24 h");
}

int
main(void)
{
	RUN(numbers_are_written_as_on_pages);
	return check_exit();
}
