/* The words for values, line by line. */
#include "check.h"
#include "schema/clock.h"
#include "web/format.h"

/* Every age in this file is told as of this moment. */
#define NOW "2026-11-22T09:40:30Z"

/* What {{name words}} prints for a JSON text ("" = missing). */
static const char *
format(const char *name, const char *words, const char *json)
{
	static struct buffer out;
	const struct format *f = format_find(name, strlen(name));
	cJSON *value = cJSON_Parse(json);
	struct format_input in = { value, words, 0 };

	buffer_clear(&out);
	if (f == NULL || !clock_parse(NOW, &in.now_ms))
		return NULL;
	f->write(&in, &out);
	cJSON_Delete(value);
	return buffer_text(&out);
}

#define FORMAT(name, json, should) CHECK_STR(format(name, "", json), should)
#define WORDS(name, words, json, should) \
	CHECK_STR(format(name, words, json), should)
#define NONE "\xe2\x80\x93"
#define TAG(iso, title, text) \
	"<time datetime=\"" iso "\" title=\"" title "\">" text "</time>"

static void
missing_is_a_dash_and_never_zero(void)
{
	static const char *const names[] = { "int", "km", "decimal1",
		"decimal2", "percent", "big", "stat", "bytes", "lat", "lon",
		"seatime", "days", "date", "datetime", "clock", "year", "iso",
		"isodate", "rss", "span", "ago", "age", "day", "moment",
		"list", "and", "kind", "Kind", "text" };
	static const char *const wrong[] = { "", "null", "true", "{}",
		"{\"start\": 1, \"end\": 2}", "[]", "[1, null]", "\"\"" };
	size_t i, j;

	for (i = 0; i < sizeof names / sizeof *names; i++)
		for (j = 0; j < sizeof wrong / sizeof *wrong; j++)
			CHECK_STR(format(names[i], "", wrong[j]), NONE);
	FORMAT("int", "\"12\"", NONE);
	FORMAT("date", "12", NONE);
	FORMAT("date", "\"soon\"", NONE);
	FORMAT("ago", "\"2026-13-01T00:00:00Z\"", NONE);
	FORMAT("list", "\"a\"", NONE);
	FORMAT("int", "1e999", NONE); /* infinite */
	FORMAT("url", "null", "");
	CHECK(format_find("nothing", 7) == NULL);
	CHECK(format_find("integer", 7) == NULL);
	CHECK(format_find("integer", 3) != NULL);
}

static void
whole_numbers_have_separators(void)
{
	FORMAT("int", "0", "0");
	FORMAT("int", "7", "7");
	FORMAT("int", "999", "999");
	FORMAT("int", "1000", "1,000");
	FORMAT("int", "236108", "236,108");
	FORMAT("int", "1234567", "1,234,567");
	FORMAT("int", "-1", "-1");
	FORMAT("int", "-999", "-999");
	FORMAT("int", "-1000", "-1,000");
	FORMAT("int", "-236108", "-236,108");
	FORMAT("int", "0.5", "1");
	FORMAT("int", "-0.5", "-1");
	FORMAT("int", "0.4", "0");
	FORMAT("int", "-0.4", "0");
	FORMAT("int", "999.5", "1,000");
	FORMAT("int", "9007199254740991", "9,007,199,254,740,991");
	FORMAT("int", "1e300", "1e+300");
	FORMAT("km", "12345.6", "12,346");
}

static void
decimals_are_rounded_and_separated(void)
{
	FORMAT("decimal1", "0", "0.0");
	FORMAT("decimal1", "3.14", "3.1");
	FORMAT("decimal1", "3.15", "3.2");
	FORMAT("decimal1", "9.96", "10.0");
	FORMAT("decimal1", "999.96", "1,000.0");
	FORMAT("decimal1", "-0.04", "0.0");
	FORMAT("decimal1", "-0.06", "-0.1");
	FORMAT("decimal1", "-12345.67", "-12,345.7");
	FORMAT("decimal2", "12.345", "12.35");
	FORMAT("decimal2", "1234", "1,234.00");
	FORMAT("decimal1", "1e20", "1e+20");
}

static void
fractions_are_percent(void)
{
	FORMAT("percent", "0", "0.0%");
	FORMAT("percent", "0.973", "97.3%");
	FORMAT("percent", "0.9736", "97.4%");
	FORMAT("percent", "1", "100.0%");
	FORMAT("percent", "-0.1", "-10.0%");
	FORMAT("percent", "12.5", "1,250.0%");
	FORMAT("stat", "0.5", "50.0%");
	FORMAT("stat", "1", "100.0%");
	FORMAT("stat", "0", "0.0%");
	FORMAT("stat", "1.5", "1.5");
	FORMAT("stat", "1234", "1,234");
	FORMAT("stat", "\"3 of 4\"", "3 of 4");
}

static void
big_numbers_are_told_in_millions(void)
{
	FORMAT("big", "0", "0");
	FORMAT("big", "12345", "12,345");
	FORMAT("big", "999999", "999,999");
	FORMAT("big", "1000000", "1.0 million");
	FORMAT("big", "1234567", "1.2 million");
	FORMAT("big", "99940000", "99.9 million");
	FORMAT("big", "99960000", "0.1 billion");
	FORMAT("big", "103500000", "0.1 billion");
	FORMAT("big", "1250000000", "1.3 billion");
	FORMAT("big", "-1234567", "-1.2 million");
}

static void
bytes_have_units(void)
{
	FORMAT("bytes", "0", "0 B");
	FORMAT("bytes", "999", "999 B");
	FORMAT("bytes", "1000", "1.0 kB");
	FORMAT("bytes", "1449", "1.4 kB");
	FORMAT("bytes", "999949", "999.9 kB");
	FORMAT("bytes", "999950", "1.0 MB");
	FORMAT("bytes", "1400000", "1.4 MB");
	FORMAT("bytes", "2e9", "2.0 GB");
	FORMAT("bytes", "3e15", "3,000.0 TB");
	FORMAT("bytes", "-1", NONE);
}

static void
places_have_a_hemisphere(void)
{
	FORMAT("lat", "57.93", "57.93\xc2\xb0 N");
	FORMAT("lat", "-57.934", "57.93\xc2\xb0 S");
	FORMAT("lat", "0", "0.00\xc2\xb0 N");
	FORMAT("lat", "-0.001", "0.00\xc2\xb0 N");
	FORMAT("lat", "-90", "90.00\xc2\xb0 S");
	FORMAT("lat", "90.1", NONE);
	FORMAT("lon", "11.5", "11.50\xc2\xb0 E");
	FORMAT("lon", "-11.5", "11.50\xc2\xb0 W");
	FORMAT("lon", "180", "180.00\xc2\xb0 E");
	FORMAT("lon", "-180.1", NONE);
}

static void
sea_time_is_years_and_days(void)
{
	FORMAT("seatime", "0", "0 days");
	FORMAT("seatime", "86399", "0 days");
	FORMAT("seatime", "86400", "1 day");
	FORMAT("seatime", "172800", "2 days");
	FORMAT("seatime", "3542400", "41 days");
	FORMAT("seatime", "31449600", "364 days");
	FORMAT("seatime", "31536000", "1 year 0 days");
	FORMAT("seatime", "31622400", "1 year 1 day");
	FORMAT("seatime", "98150400", "3 years 41 days");
	FORMAT("seatime", "98150400.9", "3 years 41 days");
	FORMAT("seatime", "63072000000", "2,000 years 0 days");
	FORMAT("seatime", "-1", NONE);
	FORMAT("days", "1900800", "22");
	FORMAT("days", "86399", "0");
	FORMAT("days", "-5", NONE);
}

static void
plural_takes_the_right_word(void)
{
	WORDS("plural", "day days", "0", "0 days");
	WORDS("plural", "day days", "1", "1 day");
	WORDS("plural", "day days", "2", "2 days");
	WORDS("plural", "profile profiles", "236108", "236,108 profiles");
	WORDS("plural", "day days", "1.2", "1 day");
	WORDS("plural", "day days", "null", NONE " days");
	WORDS("plural", "km", "1", "1 km");
	WORDS("plural", "km", "2", "2 km");
	WORDS("word", "is are", "1", "is");
	WORDS("word", "is are", "2", "are");
	WORDS("word", "is are", "null", "are");
}

static void
times_are_utc(void)
{
	FORMAT("date", "\"2026-11-22T09:40:00Z\"", "22 Nov 2026");
	FORMAT("date", "\"2026-01-02\"", "2 Jan 2026");
	FORMAT("date", "\"2026-11-22T00:30:00+02:00\"", "21 Nov 2026");
	FORMAT("date", "\"2024-02-29T23:59:59Z\"", "29 Feb 2024");
	FORMAT("date", "\"1969-12-31T23:59:59Z\"", "31 Dec 1969");
	FORMAT("datetime", "\"2026-11-22T09:40:59.999Z\"",
	    "22 Nov 2026 09:40 UTC");
	FORMAT("clock", "\"2026-11-22T09:05:00Z\"", "09:05 UTC");
	FORMAT("year", "\"2026-11-22T09:05:00Z\"", "2026");
	FORMAT("iso", "\"2026-11-22T09:40:00.123Z\"", "2026-11-22T09:40:00Z");
	FORMAT("iso", "\"1969-12-31T23:59:59.500Z\"", "1969-12-31T23:59:59Z");
	FORMAT("isodate", "\"2026-11-02T09:40:00Z\"", "2026-11-02");
	FORMAT("rss", "\"2026-11-22T09:40:05Z\"",
	    "Sun, 22 Nov 2026 09:40:05 GMT");
	FORMAT("rss", "\"1970-01-01T00:00:00Z\"",
	    "Thu, 01 Jan 1970 00:00:00 GMT");
	FORMAT("rss", "\"1969-12-31T00:00:00Z\"",
	    "Wed, 31 Dec 1969 00:00:00 GMT");
}

#define SPAN(a, b) "{\"start\": \"" a "\", \"end\": \"" b "\"}"

static void
span_says_once_what_is_the_same(void)
{
	FORMAT("span", SPAN("2025-10-12", "2025-11-03"),
	    "12 Oct " NONE " 3 Nov 2025");
	FORMAT("span", SPAN("2024-12-30", "2025-01-02"),
	    "30 Dec 2024 " NONE " 2 Jan 2025");
	FORMAT("span", SPAN("2025-10-12", "2025-10-14"),
	    "12" NONE "14 Oct 2025");
	FORMAT("span", SPAN("2025-10-12", "2025-10-12T23:00:00Z"),
	    "12 Oct 2025");
	FORMAT("span", "{\"start\": \"2025-10-12\", \"end\": null}", NONE);
}

static void
ages_are_words_with_the_time_behind(void)
{
	FORMAT("ago", "\"2026-11-22T09:40:00Z\"", TAG("2026-11-22T09:40:00Z",
	    "22 Nov 2026 09:40 UTC", "just now"));
	FORMAT("ago", "\"2026-11-22T09:39:30Z\"", TAG("2026-11-22T09:39:30Z",
	    "22 Nov 2026 09:39 UTC", "1 min ago"));
	FORMAT("ago", "\"2026-11-22T08:51:30Z\"", TAG("2026-11-22T08:51:30Z",
	    "22 Nov 2026 08:51 UTC", "49 min ago"));
	FORMAT("ago", "\"2026-11-22T08:40:31Z\"", TAG("2026-11-22T08:40:31Z",
	    "22 Nov 2026 08:40 UTC", "59 min ago"));
	FORMAT("ago", "\"2026-11-22T08:40:30Z\"", TAG("2026-11-22T08:40:30Z",
	    "22 Nov 2026 08:40 UTC", "1 h ago"));
	FORMAT("ago", "\"2026-11-22T02:00:00Z\"", TAG("2026-11-22T02:00:00Z",
	    "22 Nov 2026 02:00 UTC", "7 h ago"));
	FORMAT("ago", "\"2026-11-20T09:40:31Z\"", TAG("2026-11-20T09:40:31Z",
	    "20 Nov 2026 09:40 UTC", "47 h ago"));
	FORMAT("ago", "\"2026-11-20T09:40:30Z\"", TAG("2026-11-20T09:40:30Z",
	    "20 Nov 2026 09:40 UTC", "2 days ago"));
	FORMAT("ago", "\"2026-11-19T00:00:00Z\"", TAG("2026-11-19T00:00:00Z",
	    "19 Nov 2026 00:00 UTC", "3 days ago"));
	FORMAT("ago", "\"2020-11-22T09:40:30Z\"", TAG("2020-11-22T09:40:30Z",
	    "22 Nov 2020 09:40 UTC", "2,191 days ago"));
	FORMAT("ago", "\"2026-11-22T09:41:00Z\"", TAG("2026-11-22T09:41:00Z",
	    "22 Nov 2026 09:41 UTC", "just now"));
	FORMAT("ago", "\"2026-11-22T12:00:00Z\"", TAG("2026-11-22T12:00:00Z",
	    "22 Nov 2026 12:00 UTC", "in 2 h"));
	FORMAT("age", "\"2026-11-22T02:00:00Z\"", TAG("2026-11-22T02:00:00Z",
	    "22 Nov 2026 02:00 UTC", "7 h"));
	FORMAT("age", "\"2026-11-22T09:40:29Z\"", TAG("2026-11-22T09:40:29Z",
	    "22 Nov 2026 09:40 UTC", "less than a minute"));
	FORMAT("day", "\"2026-11-22T02:00:00Z\"", TAG("2026-11-22T02:00:00Z",
	    "22 Nov 2026 02:00 UTC", "22 Nov 2026"));
	FORMAT("moment", "\"2026-11-22T02:00:00Z\"",
	    TAG("2026-11-22T02:00:00Z", "22 Nov 2026 02:00 UTC",
	    "22 Nov 2026 02:00 UTC"));
	CHECK(format_find("ago", 3)->markup && !format_find("int", 3)->markup);
}

static void
lists_are_joined(void)
{
	FORMAT("list", "[\"A\"]", "A");
	FORMAT("list", "[\"A\", \"B\"]", "A, B");
	FORMAT("list", "[\"A\", \"\", null, \"B\", 3, \"C\"]", "A, B, C");
	FORMAT("and", "[\"A\"]", "A");
	FORMAT("and", "[\"A\", \"B\"]", "A and B");
	FORMAT("and", "[\"A\", \"B\", \"C\", null]", "A, B and C");
}

static void
addresses_are_escaped_and_checked(void)
{
	FORMAT("url", "\"SEA063\"", "SEA063");
	FORMAT("url", "\"a b/c?d&e=\xc3\xa5\"", "a%20b%2Fc%3Fd%26e%3D%C3%A5");
	FORMAT("url", "\"A-Z_a.z~9\"", "A-Z_a.z~9");
	FORMAT("url", "33", "33");
	FORMAT("href", "\"https://a.org/?b=c&d\"", "https://a.org/?b=c&d");
	FORMAT("href", "\"http://a.org\"", "http://a.org");
	FORMAT("href", "\"/missions\"", "/missions");
	FORMAT("href", "\"//evil.org\"", "#");
	FORMAT("href", "\"/\\\\evil.org\"", "#");
	FORMAT("href", "\"javascript:alert(1)\"", "#");
	FORMAT("href", "\" https://a.org\"", "#");
	FORMAT("href", "\"HTTPS://a.org\"", "#");
	FORMAT("href", "\"data:text/html,x\"", "#");
	FORMAT("href", "null", "#");
}

static void
text_is_text(void)
{
	FORMAT("kind", "\"glider\"", "glider");
	FORMAT("Kind", "\"sailbuoy\"", "Sailbuoy");
	FORMAT("Kind", "\"X\"", "X");
	FORMAT("Kind", "\"\xc3\xa5\"", "\xc3\xa5");
	FORMAT("text", "\"a\"", "a");
	FORMAT("text", "12.5", "12.5");
	FORMAT("text", "33", "33");
}

int
main(void)
{
	RUN(missing_is_a_dash_and_never_zero);
	RUN(whole_numbers_have_separators);
	RUN(decimals_are_rounded_and_separated);
	RUN(fractions_are_percent);
	RUN(big_numbers_are_told_in_millions);
	RUN(bytes_have_units);
	RUN(places_have_a_hemisphere);
	RUN(sea_time_is_years_and_days);
	RUN(plural_takes_the_right_word);
	RUN(times_are_utc);
	RUN(span_says_once_what_is_the_same);
	RUN(ages_are_words_with_the_time_behind);
	RUN(lists_are_joined);
	RUN(addresses_are_escaped_and_checked);
	RUN(text_is_text);
	return check_exit();
}
