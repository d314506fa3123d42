#include "moment.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "../schema/clock.h"

#define COUNT_MOST 1000000

bool
moment_read(const char *text, int64_t now_ms, struct moment *moment)
{
	static const struct { const char *unit; int64_t ms; } units[] = {
		{ "min", 60000 }, { "h", 3600000 }, { "d", CLOCK_DAY_MS },
	};
	int64_t n = 0;
	size_t i;

	moment->window_ms = -1;
	if (strncmp(text, "now", 3) != 0)
		return clock_parse(text, &moment->ms);
	text += 3;
	if (*text == '\0') {
		moment->window_ms = 0;
		moment->ms = now_ms;
		return true;
	}
	if (*text++ != '-' || !isdigit((unsigned char)*text))
		return false;
	while (isdigit((unsigned char)*text) && n < COUNT_MOST)
		n = n * 10 + (*text++ - '0');
	for (i = 0; i < sizeof units / sizeof *units; i++)
		if (strcmp(text, units[i].unit) == 0) {
			moment->window_ms = n * units[i].ms;
			moment->ms = now_ms - moment->window_ms;
			return true;
		}
	return false;
}
