/* Times as text and back. */
#include "check.h"
#include "schema/clock.h"

static void
formats_and_reads_back(void)
{
	static const struct {
		const char *text;
		int64_t ms;
	} cases[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "1969-12-31T23:59:59.999Z", -1 },
		{ "2000-02-29T12:00:00Z", 951825600000 },
		{ "2026-11-22T09:40:00.120Z", 1795340400120 },
		{ "2100-03-01T00:00:00Z", 4107542400000 },
		{ "0001-01-01T00:00:00Z", -62135596800000 },
		{ "9999-12-31T23:59:59Z", 253402300799000 },
	};
	char text[CLOCK_TEXT_BYTES];
	int64_t ms;
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		clock_format(cases[i].ms, text);
		CHECK_STR(text, cases[i].text);
		CHECK(clock_parse(cases[i].text, &ms));
		CHECK_INT(ms, cases[i].ms);
	}
}

static void
format_beyond_four_digit_years_is_empty(void)
{
	char text[CLOCK_TEXT_BYTES];

	clock_format(INT64_C(253402300800000), text);
	CHECK_STR(text, "");
	clock_format(INT64_C(-62167219200001), text);
	CHECK_STR(text, "");
}

static void
parse_takes_offsets_and_dates_alone(void)
{
	int64_t ms;

	CHECK(clock_parse("2026-11-22T10:40:00+01:00", &ms));
	CHECK_INT(ms, INT64_C(1795340400000));
	CHECK(clock_parse("2026-11-22", &ms));
	CHECK_INT(ms, INT64_C(1795305600000));
}

static void
parse_refuses_what_is_no_time(void)
{
	static const char *const cases[] = { "", "2026", "2026-13-01",
		"2026-02-29", "2026-11-22T", "2026-11-22T24:00:00Z",
		"2026-11-22T09:40:00", "2026-11-22T09:40:00Zx",
		"2026-11-22T09:40:00+1:00", "x026-11-22", "2026-1-2",
		"2026-11-22T09:40:60Z", "2026-04-31" };
	int64_t ms;
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++)
		CHECK(!clock_parse(cases[i], &ms));
}

static void
civil_days_agree_both_ways(void)
{
	int64_t days, year;
	int month, day;

	for (days = -800000; days < 800000; days += 97) {
		clock_civil_from_days(days, &year, &month, &day);
		CHECK_INT(clock_days_from_civil(year, month, day), days);
	}
}

int
main(void)
{
	RUN(formats_and_reads_back);
	RUN(format_beyond_four_digit_years_is_empty);
	RUN(parse_takes_offsets_and_dates_alone);
	RUN(parse_refuses_what_is_no_time);
	RUN(civil_days_agree_both_ways);
	return check_exit();
}
