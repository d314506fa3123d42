/* Which part of a file a request asks for. */
#include "check.h"
#include "web/range.h"

#define ETAG "\"abc\""

static void
is_part(const char *value, int64_t size, int64_t first, int64_t length)
{
	struct range range = { -1, -1 };

	CHECK_INT(range_read(value, size, &range), RANGE_PART);
	CHECK_INT(range.first, first);
	CHECK_INT(range.length, length);
}

static void
is(const char *value, int64_t size, enum range_result should)
{
	struct range range = { -1, -1 };

	CHECK_INT(range_read(value, size, &range), should);
	CHECK_INT(range.first, -1);
	CHECK_INT(range.length, -1);
}

static void
one_range_is_a_part(void)
{
	is_part("bytes=0-", 1000, 0, 1000);
	is_part("bytes=0-0", 1000, 0, 1);
	is_part("bytes=500-999", 1000, 500, 500);
	is_part("bytes=999-", 1000, 999, 1);
	is_part("Bytes=1-2", 1000, 1, 2);
	is_part("bytes= 1-2\t ", 1000, 1, 2);
	is_part("bytes=007-0008", 1000, 7, 2);
}

static void
a_range_ends_where_the_file_ends(void)
{
	is_part("bytes=500-1000", 1000, 500, 500);
	is_part("bytes=0-99999999999999999999999999999999", 1000, 0, 1000);
	is_part("bytes=0-9223372036854775807", 1000, 0, 1000);
	is_part("bytes=1-", INT64_MAX, 1, INT64_MAX - 1);
	is_part("bytes=0-9223372036854775807", INT64_MAX, 0, INT64_MAX);
}

static void
the_last_bytes_are_a_part(void)
{
	is_part("bytes=-1", 1000, 999, 1);
	is_part("bytes=-1000", 1000, 0, 1000);
	is_part("bytes=-5000", 1000, 0, 1000);
	is_part("bytes=-99999999999999999999999999", 1000, 0, 1000);
	is("bytes=-0", 1000, RANGE_NONE);
	is("bytes=-5", 0, RANGE_NONE);
}

static void
behind_the_end_is_nothing(void)
{
	is("bytes=1000-", 1000, RANGE_NONE);
	is("bytes=1000-2000", 1000, RANGE_NONE);
	is("bytes=99999999999999999999999999-", 1000, RANGE_NONE);
	is("bytes=0-", 0, RANGE_NONE);
}

static void
what_does_not_fit_is_the_whole(void)
{
	static const char *const values[] = { NULL, "", "bytes", "bytes=",
		"bytes= ", "bytes=-", "bytes=--1", "bytes=2-1", "bytes=a-b",
		"bytes=1", "bytes=1-2,4-5", "bytes=1-2,", "bytes=,1-2",
		"bytes=-1,-2", "bytes=1-2;3", "bytes=1 -2", "bytes=1- 2x",
		"bytes=+1-2", "bytes=0x1-2", "bytes=1-2-3", "bytes =1-2",
		"items=0-1", "bytes:0-1", "bytes=1-\xff", "bytes=-1-2" };
	size_t i;

	for (i = 0; i < sizeof values / sizeof *values; i++)
		is(values[i], 1000, RANGE_WHOLE);
}

static void
a_part_is_of_the_version_that_is_there(void)
{
	struct range range;

	CHECK_INT(range_read_if("bytes=1-", NULL, ETAG, 9, &range),
	    RANGE_PART);
	CHECK_INT(range_read_if("bytes=1-", ETAG, ETAG, 9, &range),
	    RANGE_PART);
	CHECK_INT(range_read_if("bytes=1-", "\"abd\"", ETAG, 9, &range),
	    RANGE_WHOLE);
	CHECK_INT(range_read_if("bytes=1-", "W/" ETAG, ETAG, 9, &range),
	    RANGE_WHOLE);
	CHECK_INT(range_read_if("bytes=1-", "*", ETAG, 9, &range),
	    RANGE_WHOLE);
	CHECK_INT(range_read_if("bytes=1-", "", ETAG, 9, &range),
	    RANGE_WHOLE);
	CHECK_INT(range_read_if("bytes=1-",
	    "Sat, 29 Oct 1994 19:43:31 GMT", ETAG, 9, &range), RANGE_WHOLE);
	CHECK_INT(range_read_if("bytes=9-", "\"abd\"", ETAG, 9, &range),
	    RANGE_WHOLE);
	CHECK_INT(range_read_if("bytes=9-", ETAG, ETAG, 9, &range),
	    RANGE_NONE);
}

int
main(void)
{
	RUN(one_range_is_a_part);
	RUN(a_range_ends_where_the_file_ends);
	RUN(the_last_bytes_are_a_part);
	RUN(behind_the_end_is_nothing);
	RUN(what_does_not_fit_is_the_whole);
	RUN(a_part_is_of_the_version_that_is_there);
	return check_exit();
}
