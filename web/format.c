#include "format.h"
#include "format_more.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../schema/clock.h"

/* Beyond this a double no longer holds every whole number. */
#define EXACT_MAX 9007199254740992.0 /* 2^53 */

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS (60 * MINUTE_MS)
/* From here on an age is told in days. */
#define AGE_DAYS_MS (2 * CLOCK_DAY_MS)

static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
	"Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
static const char weekdays[7][4] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue",
	"Wed" }; /* the first of 1970 was a Thursday */

/* A moment taken apart, UTC. */
struct civil {
	int64_t year;
	int month, day, weekday, hour, minute, second;
};

static void
missing(struct buffer *out)
{
	buffer_add_text(out, FORMAT_MISSING);
}

static bool
read_number(const cJSON *value, double *number)
{
	if (!cJSON_IsNumber(value) || !isfinite(value->valuedouble))
		return false;
	*number = value->valuedouble;
	return true;
}

/* NULL when it is no text or there is nothing in it. */
static const char *
read_text(const cJSON *value)
{
	return cJSON_IsString(value) && value->valuestring[0] != '\0' ?
	    value->valuestring : NULL;
}

static bool
read_time(const cJSON *value, int64_t *ms)
{
	return cJSON_IsString(value) && clock_parse(value->valuestring, ms);
}

static void
split(int64_t ms, struct civil *civil)
{
	int64_t days = ms / CLOCK_DAY_MS, rest = ms % CLOCK_DAY_MS;

	if (rest < 0) {
		rest += CLOCK_DAY_MS;
		days--;
	}
	clock_civil_from_days(days, &civil->year, &civil->month, &civil->day);
	civil->weekday = (int)(((days % 7) + 7) % 7);
	civil->hour = (int)(rest / HOUR_MS);
	civil->minute = (int)(rest / MINUTE_MS % 60);
	civil->second = (int)(rest / 1000 % 60);
}

/* ---- numbers ---- */

void
format_int(int64_t value, struct buffer *out)
{
	char digits[24];
	int length, i;

	(void)snprintf(digits, sizeof digits, "%" PRId64, value);
	length = (int)strlen(digits);
	for (i = 0; i < length; i++) {
		buffer_add_char(out, digits[i]);
		if (digits[i] != '-' && i + 1 < length &&
		    (length - i - 1) % 3 == 0)
			buffer_add_char(out, ',');
	}
}

/* A number with `decimals` digits behind the point and separators before it.
 * Prints what rounds to zero without a sign. */
static void
add_decimal(double number, int decimals, struct buffer *out)
{
	char digits[48];
	const char *point;
	double scale = decimals == 2 ? 100 : decimals == 1 ? 10 : 1;
	double rounded = round(number * scale) / scale;

	if (fabs(number) * scale >= EXACT_MAX) {
		buffer_printf(out, "%.3g", number);
		return;
	}
	if (rounded < 0)
		buffer_add_char(out, '-');
	(void)snprintf(digits, sizeof digits, "%.*f", decimals, fabs(rounded));
	point = strchr(digits, '.');
	format_int((int64_t)fabs(rounded), out);
	if (point != NULL)
		buffer_add_text(out, point);
}

static void
write_int(const struct format_input *in, struct buffer *out)
{
	double number;

	if (read_number(in->value, &number))
		add_decimal(number, 0, out);
	else
		missing(out);
}

static void
write_decimal1(const struct format_input *in, struct buffer *out)
{
	double number;

	if (read_number(in->value, &number))
		add_decimal(number, 1, out);
	else
		missing(out);
}

static void
write_decimal2(const struct format_input *in, struct buffer *out)
{
	double number;

	if (read_number(in->value, &number))
		add_decimal(number, 2, out);
	else
		missing(out);
}

static void
write_percent(const struct format_input *in, struct buffer *out)
{
	double number;

	if (read_number(in->value, &number)) {
		add_decimal(number * 100, 1, out);
		buffer_add_char(out, '%');
	} else {
		missing(out);
	}
}

static void
write_big(const struct format_input *in, struct buffer *out)
{
	double number;

	if (!read_number(in->value, &number)) {
		missing(out);
	} else if (fabs(number) < 1e6) {
		add_decimal(number, 0, out);
	} else if (fabs(number) < 9.995e7) { /* no "100.0 million" */
		add_decimal(number / 1e6, 1, out);
		buffer_add_text(out, " million");
	} else {
		add_decimal(number / 1e9, 1, out);
		buffer_add_text(out, " billion");
	}
}

static void
write_stat(const struct format_input *in, struct buffer *out)
{
	double number;

	if (read_text(in->value) != NULL)
		buffer_add_text(out, in->value->valuestring);
	else if (!read_number(in->value, &number))
		missing(out);
	else if (number <= 1)
		write_percent(in, out);
	else
		add_decimal(number, number == floor(number) ? 0 : 1, out);
}

static void
write_bytes(const struct format_input *in, struct buffer *out)
{
	static const char *const units[] = { "kB", "MB", "GB", "TB" };
	size_t unit = 0;
	double number;

	if (!read_number(in->value, &number) || number < 0) {
		missing(out);
		return;
	}
	if (number < 1000) {
		add_decimal(number, 0, out);
		buffer_add_text(out, " B");
		return;
	}
	number /= 1000;
	/* 999.95 would be written as 1,000.0. */
	for (; number >= 999.95 && unit + 1 < sizeof units / sizeof *units;
	    unit++)
		number /= 1000;
	add_decimal(number, 1, out);
	buffer_printf(out, " %s", units[unit]);
}

static void
add_degrees(const cJSON *value, double limit, char positive, char negative,
    struct buffer *out)
{
	double number;

	if (!read_number(value, &number) || fabs(number) > limit) {
		missing(out);
		return;
	}
	add_decimal(fabs(number), 2, out);
	buffer_printf(out, "\xc2\xb0 %c", number < 0 && fabs(number) >= 0.005 ?
	    negative : positive);
}

static void
write_lat(const struct format_input *in, struct buffer *out)
{
	add_degrees(in->value, 90, 'N', 'S', out);
}

static void
write_lon(const struct format_input *in, struct buffer *out)
{
	add_degrees(in->value, 180, 'E', 'W', out);
}

/* ---- numbers with words ---- */

/* "1 day", "41 days" */
static void
add_count(int64_t count, const char *one, struct buffer *out)
{
	format_int(count, out);
	buffer_printf(out, " %s%s", one, count == 1 ? "" : "s");
}

/* Seconds as a whole number that an int64_t holds and that is not negative. */
static bool
read_seconds(const cJSON *value, int64_t *seconds)
{
	double number;

	if (!read_number(value, &number) || number < 0 || number > EXACT_MAX)
		return false;
	*seconds = (int64_t)number;
	return true;
}

static void
write_seatime(const struct format_input *in, struct buffer *out)
{
	int64_t seconds, days;

	if (!read_seconds(in->value, &seconds)) {
		missing(out);
		return;
	}
	days = seconds / 86400;
	if (days >= 365) {
		add_count(days / 365, "year", out);
		buffer_add_char(out, ' ');
	}
	add_count(days % 365, "day", out);
}

static void
write_days(const struct format_input *in, struct buffer *out)
{
	int64_t seconds;

	if (read_seconds(in->value, &seconds))
		format_int(seconds / 86400, out);
	else
		missing(out);
}

/* Appends the first or the second of two words divided by a space. */
static void
add_one_of(const char *words, bool first, struct buffer *out)
{
	size_t length = strcspn(words, " ");

	if (first || words[length] == '\0')
		buffer_add(out, words, length);
	else
		buffer_add_text(out, words + length + 1);
}

static void
write_plural(const struct format_input *in, struct buffer *out)
{
	double number;

	write_int(in, out);
	buffer_add_char(out, ' ');
	add_one_of(in->words, read_number(in->value, &number) &&
	    round(number) == 1, out);
}

static void
write_word(const struct format_input *in, struct buffer *out)
{
	double number;

	add_one_of(in->words, read_number(in->value, &number) &&
	    round(number) == 1, out);
}

/* ---- times ---- */

void
format_date(int64_t ms, struct buffer *out)
{
	struct civil civil;

	split(ms, &civil);
	buffer_printf(out, "%d %s %" PRId64, civil.day,
	    months[civil.month - 1], civil.year);
}

void
format_clock(int64_t ms, struct buffer *out)
{
	struct civil civil;

	split(ms, &civil);
	buffer_printf(out, "%02d:%02d UTC", civil.hour, civil.minute);
}

void
format_datetime(int64_t ms, struct buffer *out)
{
	format_date(ms, out);
	buffer_add_char(out, ' ');
	format_clock(ms, out);
}

void
format_age(int64_t age_ms, struct buffer *out)
{
	if (age_ms < MINUTE_MS)
		buffer_add_text(out, "less than a minute");
	else if (age_ms < HOUR_MS)
		buffer_printf(out, "%" PRId64 " min", age_ms / MINUTE_MS);
	else if (age_ms < AGE_DAYS_MS)
		buffer_printf(out, "%" PRId64 " h", age_ms / HOUR_MS);
	else
		add_count(age_ms / CLOCK_DAY_MS, "day", out);
}

void
format_http_date(int64_t ms, struct buffer *out)
{
	struct civil civil;

	split(ms, &civil);
	buffer_printf(out, "%s, %02d %s %04" PRId64 " %02d:%02d:%02d GMT",
	    weekdays[civil.weekday], civil.day, months[civil.month - 1],
	    civil.year, civil.hour, civil.minute, civil.second);
}

static void
add_year(int64_t ms, struct buffer *out)
{
	struct civil civil;

	split(ms, &civil);
	buffer_printf(out, "%" PRId64, civil.year);
}

static void
add_iso(int64_t ms, struct buffer *out)
{
	char text[CLOCK_TEXT_BYTES];

	clock_format(ms - ((ms % 1000) + 1000) % 1000, text);
	buffer_add_text(out, text);
}

static void
add_isodate(int64_t ms, struct buffer *out)
{
	struct civil civil;

	split(ms, &civil);
	buffer_printf(out, "%04" PRId64 "-%02d-%02d", civil.year, civil.month,
	    civil.day);
}

static void
write_when(const cJSON *value, void (*add)(int64_t ms, struct buffer *out),
    struct buffer *out)
{
	int64_t ms;

	if (read_time(value, &ms))
		add(ms, out);
	else
		missing(out);
}

/* A formatter of a moment is one function of it. */
#define WRITE_TIME(name, add) \
static void \
write_##name(const struct format_input *in, struct buffer *out) \
{ \
	write_when(in->value, add, out); \
}

WRITE_TIME(date, format_date)
WRITE_TIME(datetime, format_datetime)
WRITE_TIME(clock, format_clock)
WRITE_TIME(year, add_year)
WRITE_TIME(iso, add_iso)
WRITE_TIME(isodate, add_isodate)
WRITE_TIME(rss, format_http_date)

/* "12 Oct – 3 Nov 2025": what both ends share is said once. */
static void
write_span(const struct format_input *in, struct buffer *out)
{
	struct civil a, b;
	int64_t from, to;

	if (!cJSON_IsObject(in->value) ||
	    !read_time(cJSON_GetObjectItemCaseSensitive(in->value, "start"),
	    &from) || !read_time(cJSON_GetObjectItemCaseSensitive(in->value,
	    "end"), &to)) {
		missing(out);
		return;
	}
	split(from, &a);
	split(to, &b);
	if (a.year != b.year) {
		format_date(from, out);
		buffer_add_text(out, " " FORMAT_MISSING " ");
	} else if (a.month != b.month) {
		buffer_printf(out, "%d %s " FORMAT_MISSING " ", a.day,
		    months[a.month - 1]);
	} else if (a.day != b.day) {
		buffer_printf(out, "%d" FORMAT_MISSING, a.day);
	}
	format_date(to, out);
}

/* ---- times as markup ---- */

static void
add_time_start(int64_t ms, struct buffer *out)
{
	buffer_add_text(out, "<time datetime=\"");
	add_iso(ms, out);
	buffer_add_text(out, "\" title=\"");
	format_datetime(ms, out);
	buffer_add_text(out, "\">");
}

static void
add_age(const cJSON *value, const char *after, int64_t now_ms,
    struct buffer *out)
{
	int64_t ms, age;

	if (!read_time(value, &ms)) {
		missing(out);
		return;
	}
	age = now_ms - ms;
	add_time_start(ms, out);
	if (after[0] != '\0' && age > -MINUTE_MS && age < MINUTE_MS) {
		buffer_add_text(out, "just now");
	} else if (age <= -MINUTE_MS) {
		buffer_add_text(out, "in ");
		format_age(-age, out);
	} else {
		format_age(age, out);
		buffer_add_text(out, after);
	}
	buffer_add_text(out, "</time>");
}

static void
write_ago(const struct format_input *in, struct buffer *out)
{
	add_age(in->value, " ago", in->now_ms, out);
}

static void
write_age(const struct format_input *in, struct buffer *out)
{
	add_age(in->value, "", in->now_ms, out);
}

static void
add_day_tag(int64_t ms, struct buffer *out)
{
	add_time_start(ms, out);
	format_date(ms, out);
	buffer_add_text(out, "</time>");
}

static void
add_moment_tag(int64_t ms, struct buffer *out)
{
	add_time_start(ms, out);
	format_datetime(ms, out);
	buffer_add_text(out, "</time>");
}

WRITE_TIME(day, add_day_tag)
WRITE_TIME(moment, add_moment_tag)

/* ---- text ---- */

/* The members of an array that are text, divided by ", " and before the last
 * by `last`. */
static void
add_joined(const cJSON *value, const char *last, struct buffer *out)
{
	const cJSON *item;
	int count = 0, at = 0;

	if (cJSON_IsArray(value))
		cJSON_ArrayForEach(item, value)
			count += read_text(item) != NULL;
	if (count == 0) {
		missing(out);
		return;
	}
	cJSON_ArrayForEach(item, value) {
		if (read_text(item) == NULL)
			continue;
		if (at > 0)
			buffer_add_text(out, at + 1 == count ? last : ", ");
		buffer_add_text(out, item->valuestring);
		at++;
	}
}

static void
write_list(const struct format_input *in, struct buffer *out)
{
	add_joined(in->value, ", ", out);
}

static void
write_and(const struct format_input *in, struct buffer *out)
{
	add_joined(in->value, " and ", out);
}

static void
write_url(const struct format_input *in, struct buffer *out)
{
	double number;

	if (cJSON_IsString(in->value))
		buffer_add_url(out, in->value->valuestring,
		    strlen(in->value->valuestring));
	else if (read_number(in->value, &number))
		buffer_printf(out, "%.0f", number);
}

/* An address from the source may be "javascript:…". */
static void
write_href(const struct format_input *in, struct buffer *out)
{
	const char *text = read_text(in->value);

	if (text != NULL && (strncmp(text, "https://", 8) == 0 ||
	    strncmp(text, "http://", 7) == 0 ||
	    (text[0] == '/' && text[1] != '/' && text[1] != '\\')))
		buffer_add_text(out, text);
	else
		buffer_add_char(out, '#');
}

static void
write_text(const struct format_input *in, struct buffer *out)
{
	const char *text = read_text(in->value);
	double number;

	if (text != NULL)
		buffer_add_text(out, text);
	else if (read_number(in->value, &number))
		buffer_printf(out, "%.15g", number);
	else
		missing(out);
}

static void
write_capital(const struct format_input *in, struct buffer *out)
{
	const char *text = read_text(in->value);

	if (text != NULL && text[0] >= 'a' && text[0] <= 'z') {
		buffer_add_char(out, (char)(text[0] - 'a' + 'A'));
		buffer_add_text(out, text + 1);
	} else {
		write_text(in, out);
	}
}

/* ---- table ---- */

static const struct format formats[] = {
	{ "int", write_int, false },
	{ "km", write_int, false },
	{ "decimal1", write_decimal1, false },
	{ "decimal2", write_decimal2, false },
	{ "percent", write_percent, false },
	{ "big", write_big, false },
	{ "stat", write_stat, false },
	{ "bytes", write_bytes, false },
	{ "lat", write_lat, false },
	{ "lon", write_lon, false },
	{ "seatime", write_seatime, false },
	{ "days", write_days, false },
	{ "plural", write_plural, false },
	{ "word", write_word, false },
	{ "date", write_date, false },
	{ "datetime", write_datetime, false },
	{ "clock", write_clock, false },
	{ "year", write_year, false },
	{ "iso", write_iso, false },
	{ "isodate", write_isodate, false },
	{ "rss", write_rss, false },
	{ "span", write_span, false },
	{ "ago", write_ago, true },
	{ "age", write_age, true },
	{ "day", write_day, true },
	{ "moment", write_moment, true },
	{ "list", write_list, false },
	{ "and", write_and, false },
	{ "url", write_url, false },
	{ "href", write_href, false },
	{ "kind", write_text, false },
	{ "Kind", write_capital, false },
	{ "text", write_text, false },
};

const struct format *
format_find(const char *name, size_t length)
{
	size_t i;

	for (i = 0; i < sizeof formats / sizeof *formats; i++)
		if (strlen(formats[i].name) == length &&
		    memcmp(formats[i].name, name, length) == 0)
			return &formats[i];
	return format_more_find(name, length);
}
