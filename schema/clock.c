#include "clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int64_t
clock_now_ms(void)
{
	const char *fixed = getenv("EDGE_NOW");
	struct timespec ts;
	int64_t ms;

	if (fixed != NULL && clock_parse(fixed, &ms))
		return ms;
	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t
clock_monotonic_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* The civil calendar by eras of 400 years that start on 1 March, so that the
 * leap day is the last of its year. */
int64_t
clock_days_from_civil(int64_t year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year =
	    (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 -
	    year_of_era / 100 + day_of_year;

	return era * 146097 + day_of_era - 719468;
}

void
clock_civil_from_days(int64_t days, int64_t *year, int *month, int *day)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t day_of_era = z - era * 146097;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 +
	    day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year = day_of_era -
	    (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t shifted = (5 * day_of_year + 2) / 153;

	*day = (int)(day_of_year - (153 * shifted + 2) / 5 + 1);
	*month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
	*year = year_of_era + era * 400 + (*month <= 2);
}

void
clock_format(int64_t ms, char text[CLOCK_TEXT_BYTES])
{
	int64_t days = ms / CLOCK_DAY_MS, rest = ms % CLOCK_DAY_MS, year;
	int month, day, n;

	if (rest < 0) {
		rest += CLOCK_DAY_MS;
		days--;
	}
	clock_civil_from_days(days, &year, &month, &day);
	text[0] = '\0';
	if (year < 0 || year > 9999)
		return;
	n = snprintf(text, CLOCK_TEXT_BYTES, "%04d-%02d-%02dT%02d:%02d:%02d",
	    (int)year, month, day, (int)(rest / 3600000),
	    (int)(rest / 60000 % 60), (int)(rest / 1000 % 60));
	if (rest % 1000 != 0)
		n += snprintf(text + n, CLOCK_TEXT_BYTES - (size_t)n, ".%03d",
		    (int)(rest % 1000));
	snprintf(text + n, CLOCK_TEXT_BYTES - (size_t)n, "Z");
}

/* Takes exactly `width` digits. */
static bool
digits(const char **p, int width, int max, int *value)
{
	*value = 0;
	for (; width > 0; width--, (*p)++) {
		if (**p < '0' || **p > '9')
			return false;
		*value = *value * 10 + (**p - '0');
	}
	return *value <= max;
}

static bool
literal(const char **p, char c)
{
	return *(*p)++ == c;
}

static int
days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
	    30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap);
}

/* The zone at the end: "Z" or "+02:00"; minutes east of UTC. */
static bool
parse_zone(const char *p, int *minutes)
{
	int sign, hours, rest;

	*minutes = 0;
	if ((*p == 'Z' || *p == 'z') && p[1] == '\0')
		return true;
	if (*p != '+' && *p != '-')
		return false;
	sign = *p++ == '-' ? -1 : 1;
	if (!digits(&p, 2, 23, &hours) || !literal(&p, ':') ||
	    !digits(&p, 2, 59, &rest) || *p != '\0')
		return false;
	*minutes = sign * (hours * 60 + rest);
	return true;
}

bool
clock_parse(const char *p, int64_t *ms)
{
	int year, month, day, hour = 0, minute = 0, second = 0, zone = 0;
	int milli = 0, scale = 100;

	if (!digits(&p, 4, 9999, &year) || !literal(&p, '-') ||
	    !digits(&p, 2, 12, &month) || month < 1 || !literal(&p, '-') ||
	    !digits(&p, 2, 31, &day) || day < 1 ||
	    day > days_in_month(year, month))
		return false;
	if (*p != '\0') {
		if (*p != 'T' && *p != 't' && *p != ' ')
			return false;
		p++;
		if (!digits(&p, 2, 23, &hour) || !literal(&p, ':') ||
		    !digits(&p, 2, 59, &minute) || !literal(&p, ':') ||
		    !digits(&p, 2, 59, &second))
			return false;
		if (*p == '.')
			for (p++; *p >= '0' && *p <= '9'; p++, scale /= 10)
				milli += (*p - '0') * scale;
		if (!parse_zone(p, &zone))
			return false;
	}
	*ms = clock_days_from_civil(year, month, day) * CLOCK_DAY_MS +
	    (hour * INT64_C(60) + minute - zone) * 60000 + second * 1000 +
	    milli;
	return true;
}
