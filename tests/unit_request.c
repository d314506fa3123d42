/* Targets, parameters and header values of a request. */
#include "check.h"
#include "web/request.h"

#include <stdlib.h>

/* The parameter that is there twice. */
#define TWICE(target, name) \
	check_twice((target), (name), __LINE__)

static void
check_twice(const char *target, const char *name, int line)
{
	static struct request req;

	check_number(request_parse(&req, target), 0, target, line);
	if (name == NULL)
		check_true(request_param_twice(&req) == NULL, target, __FILE__,
		    line);
	else
		check_text(request_param_twice(&req), name, __FILE__, line);
}

/* The status of a target, and its path when it is let in. */
#define PATH(target, status, path) \
	check_path((target), (status), (path), __LINE__)

static void
check_path(const char *target, int status, const char *path, int line)
{
	static struct request req;

	check_number(request_parse(&req, target), status, target, line);
	if (status == 0)
		check_text(req.path, path, target, line);
}

static void
path_is_decoded_once(void)
{
	PATH("/", 0, "/");
	PATH("/missions", 0, "/missions");
	PATH("/missions/", 0, "/missions/");
	PATH("/a%20b", 0, "/a b");
	PATH("/%C3%85land", 0, "/\xc3\x85land");
	PATH("/\xc3\x85land", 0, "/\xc3\x85land");
	PATH("/%2541", 0, "/%41");
	PATH("/a+b", 0, "/a+b");
	PATH("/..a/.b/c..", 0, "/..a/.b/c..");
	PATH("/.well-known/security.txt", 0, "/.well-known/security.txt");
	PATH("/a?", 0, "/a");
	PATH("/a?&&", 0, "/a");
	PATH("/a?x=/../", 0, "/a");
}

static void
path_of_an_attack_is_refused(void)
{
	PATH("", 400, "");
	PATH("missions", 400, "");
	PATH("*", 400, "");
	PATH("http://a/b", 400, "");
	PATH("?a=b", 400, "");
	PATH("/%00", 400, "");
	PATH("/SEA%00063/M33", 400, "");
	PATH("/a%0d%0aSet-Cookie:x", 400, "");
	PATH("/a%0A", 400, "");
	PATH("/a%7f", 400, "");
	PATH("/a\nb", 400, "");
	PATH("/a\x7f", 400, "");
	PATH("/a b", 400, "");
	PATH("/a%2fb", 400, "");
	PATH("/a%2Fb", 400, "");
	PATH("/a%5cb", 400, "");
	PATH("/a\\b", 400, "");
	PATH("/a#b", 400, "");
	PATH("/..", 400, "");
	PATH("/../etc", 400, "");
	PATH("/a/../b", 400, "");
	PATH("/a/..", 400, "");
	PATH("/a/.", 400, "");
	PATH("/./a", 400, "");
	PATH("/%2e%2e/a", 400, "");
	PATH("/%2e", 400, "");
	PATH("//", 400, "");
	PATH("//a", 400, "");
	PATH("/a//b", 400, "");
	PATH("/%", 400, "");
	PATH("/%4", 400, "");
	PATH("/%4g", 400, "");
	PATH("/%+4", 400, "");
	PATH("/%u0041", 400, "");
}

static void
utf8_that_is_not_well_formed_is_refused(void)
{
	PATH("/%80", 400, "");          /* a continuation alone */
	PATH("/%c0%af", 400, "");       /* overlong "/" */
	PATH("/%e0%80%af", 400, "");
	PATH("/%e0%9f%bf", 400, "");    /* overlong U+07FF */
	PATH("/%ed%a0%80", 400, "");    /* a surrogate */
	PATH("/%f0%8f%bf%bf", 400, ""); /* overlong U+FFFF */
	PATH("/%f4%90%80%80", 400, ""); /* beyond U+10FFFF */
	PATH("/%f5%80%80%80", 400, "");
	PATH("/%e2%82", 400, "");       /* cut short */
	PATH("/%e2%82/", 400, "");
	PATH("/%c3(", 400, "");
	PATH("/%e2%82%ac", 0, "/\xe2\x82\xac");
	PATH("/%ed%9f%bf", 0, "/\xed\x9f\xbf");
	PATH("/%f4%8f%bf%bf", 0, "/\xf4\x8f\xbf\xbf");
	PATH("/%f0%90%80%80", 0, "/\xf0\x90\x80\x80");
}

static void
length_is_limited(void)
{
	static char target[REQUEST_PATH_BYTES + 2];
	static struct request req;

	memset(target, 'a', sizeof target - 1);
	target[0] = '/';
	target[REQUEST_PATH_BYTES - 1] = '\0';
	CHECK_INT(request_parse(&req, target), 0);
	CHECK_INT(strlen(req.path), REQUEST_PATH_BYTES - 1);
	target[REQUEST_PATH_BYTES - 1] = 'a';
	target[REQUEST_PATH_BYTES] = '\0';
	CHECK_INT(request_parse(&req, target), 414);
	/* The longest query, in the most parts. */
	memset(target, 'a', sizeof target - 1);
	target[0] = '/';
	target[1] = '?';
	target[REQUEST_PATH_BYTES - 1] = '\0';
	CHECK_INT(request_parse(&req, target), 0);
	CHECK_INT(strlen(request_param_name(&req, 0)), REQUEST_PATH_BYTES - 3);
	CHECK_STR(request_param_value(&req, 0), "");
}

static void
parameters_are_read(void)
{
	static struct request req;

	CHECK_INT(request_parse(&req, "/m?year=2024&basin=Gulf+of%20Riga&"
	    "empty=&bare&q=a%3Db%26c%2Fd=e&%C3%A5=%C3%A4"), 0);
	CHECK_INT(req.params_length, 6);
	CHECK_STR(request_param(&req, "year"), "2024");
	CHECK_STR(request_param(&req, "basin"), "Gulf of Riga");
	CHECK_STR(request_param(&req, "q"), "a=b&c/d=e");
	CHECK_STR(request_param(&req, "\xc3\xa5"), "\xc3\xa4");
	CHECK(request_param(&req, "empty") == NULL);
	CHECK(request_param(&req, "bare") == NULL);
	CHECK(request_param(&req, "yea") == NULL);
	CHECK(request_param(&req, "YEAR") == NULL);
	CHECK(request_param(&req, "") == NULL);
	CHECK_STR(request_param_name(&req, 2), "empty");
	CHECK_STR(request_param_value(&req, 2), "");
	CHECK_STR(request_param_name(&req, 3), "bare");
	CHECK_INT(request_parse(&req, "/m?=x"), 0);
	CHECK_STR(request_param(&req, ""), "x");
}

static void
parameters_that_cannot_be_meant_are_refused(void)
{
	PATH("/?a=%00", 400, "");
	PATH("/?a=%0d%0a", 400, "");
	PATH("/?a=\t", 400, "");
	PATH("/?a=%80", 400, "");
	PATH("/?a=%", 400, "");
	PATH("/?a%=b", 400, "");
	PATH("/?a=b#c", 400, "");
	TWICE("/?a=1&a=2", "a");
	TWICE("/?a=1&%61=2", "a");
	TWICE("/?a=1&b=2&c&c&a=1", "c");
	TWICE("/?q=&q=1", "q");
	TWICE("/?a=1&b=2", NULL);
	TWICE("/", NULL);
	PATH("/?1&2&3&4&5&6&7&8&9&10&11&12&13&14&15&16", 0, "/");
	PATH("/?1&2&3&4&5&6&7&8&9&10&11&12&13&14&15&16&17", 400, "");
}

static void
copy_holds_its_own_values(void)
{
	struct request *one = malloc(sizeof *one), two;

	CHECK(one != NULL && request_parse(one, "/a?b=c") == 0);
	CHECK(request_add_capture(one, "serial=", 6, "SEA063/", 6));
	two = *one;
	memset(one, 'x', sizeof *one);
	free(one);
	CHECK_STR(request_param(&two, "b"), "c");
	CHECK_STR(request_capture(&two, "serial"), "SEA063");
	CHECK(request_capture(&two, "number") == NULL);
}

static void
captures_are_limited(void)
{
	static struct request req;
	static char long_value[3000];

	CHECK_INT(request_parse(&req, "/"), 0);
	CHECK(request_add_capture(&req, "a", 1, "1", 1));
	CHECK(request_add_capture(&req, "b", 1, "2", 1));
	CHECK(request_add_capture(&req, "c", 1, long_value, 3000));
	CHECK(!request_add_capture(&req, "d", 1, long_value, 3000));
	CHECK(request_add_capture(&req, "d", 1, "4", 1));
	CHECK(!request_add_capture(&req, "e", 1, "5", 1));
	CHECK_STR(request_capture(&req, "d"), "4");
}

/* A whole number, or -99 for what is none. */
#define INT(text, min, max, should) do { \
	int64_t value = -99; \
	bool ok = request_parse_int((text), (min), (max), &value); \
	CHECK_INT(ok ? value : -99, (should)); \
} while (0)

static void
numbers_are_whole_and_in_range(void)
{
	INT("0", 0, 9, 0);
	INT("007", 0, 9, 7);
	INT("500", 1, 500, 500);
	INT("501", 1, 500, -99);
	INT("0", 1, 500, -99);
	INT("-1", -5, 5, -1);
	INT("-", -5, 5, -99);
	INT("", 0, 9, -99);
	INT("+1", 0, 9, -99);
	INT(" 1", 0, 9, -99);
	INT("1 ", 0, 9, -99);
	INT("1.0", 0, 9, -99);
	INT("0x1", 0, 9, -99);
	INT("1e1", 0, 99, -99);
	INT("--1", -9, 9, -99);
	INT("9223372036854775807", INT64_MIN, INT64_MAX, INT64_MAX);
	INT("-9223372036854775808", INT64_MIN, INT64_MAX, INT64_MIN);
	INT("9223372036854775808", INT64_MIN, INT64_MAX, -99);
	INT("-9223372036854775809", INT64_MIN, INT64_MAX, -99);
	INT("99999999999999999999999", INT64_MIN, INT64_MAX, -99);
}

#define ENCODING(value, should) \
	CHECK_INT(request_choose_encoding(value), ENCODING_##should)

static void
encoding_is_the_best_that_is_wanted(void)
{
	ENCODING(NULL, IDENTITY);
	ENCODING("", IDENTITY);
	ENCODING("gzip", GZIP);
	ENCODING("x-gzip", GZIP);
	ENCODING("GZip", GZIP);
	ENCODING("br", BROTLI);
	ENCODING("gzip, deflate, br", BROTLI);
	ENCODING("br, gzip", BROTLI);
	ENCODING("gzip,deflate", GZIP);
	ENCODING("deflate", IDENTITY);
	ENCODING("*", BROTLI);
	ENCODING("*;q=0", IDENTITY);
	ENCODING("gzip;q=0", IDENTITY);
	ENCODING("gzip;q=0.0, br;q=0.000", IDENTITY);
	ENCODING("br;q=0, *", GZIP);
	ENCODING("gzip;q=0, *;q=0.5", BROTLI);
	ENCODING("br;q=0.5, gzip", GZIP);
	ENCODING("br;q=0.5, gzip;q=0.5", BROTLI);
	ENCODING("gzip;q=1.0, br;q=0.9", GZIP);
	ENCODING("br ; q=0.1 , gzip ;q=0.2", GZIP);
	ENCODING("identity, gzip;q=0.5", IDENTITY);
	ENCODING("identity;q=0.5, gzip;q=0.5", GZIP);
	ENCODING("identity;q=0", IDENTITY);
	ENCODING("gzip;q=2", IDENTITY);
	ENCODING("gzip;q=", IDENTITY);
	ENCODING("gzip;q=1.5", IDENTITY);
	ENCODING("gzip;q=0.12345", IDENTITY);
	ENCODING("gzip;q=abc, br;q=0.1", BROTLI);
	ENCODING("gzip;Q=0.5", GZIP);
	ENCODING("gzip;level=9;q=0.5", GZIP);
	ENCODING(",,gzip,,", GZIP);
	ENCODING("gzipped, bro", IDENTITY);
	ENCODING(";q=1", IDENTITY);
}

#define MATCH(header, etag, should) \
	CHECK_INT(request_etag_matches((header), (etag)), (should))

static void
entity_tag_is_found_in_a_list(void)
{
	MATCH(NULL, "\"a\"", false);
	MATCH("", "\"a\"", false);
	MATCH("\"a\"", "\"a\"", true);
	MATCH("\"a\"", "\"b\"", false);
	MATCH("\"ab\"", "\"a\"", false);
	MATCH("\"a-g\"", "\"a\"", false);
	MATCH("W/\"a\"", "\"a\"", true);
	MATCH("\"a\"", "W/\"a\"", true);
	MATCH("w/\"a\"", "\"a\"", false);
	MATCH("\"b\", \"a\"", "\"a\"", true);
	MATCH("\"b\",\"c\" , W/\"a\"", "\"a\"", true);
	MATCH(" , ,\"a\"", "\"a\"", true);
	MATCH("\"x,\"a\"", "\"a\"", false);
	MATCH("\"b\" \"a\"", "\"a\"", false);
	MATCH("*", "\"a\"", true);
	MATCH(" * ", "\"a\"", true);
	MATCH("*, \"b\"", "\"a\"", false);
	MATCH("a", "\"a\"", false);
	MATCH("\"a", "\"a\"", false);
	MATCH("\"b\", a, \"a\"", "\"a\"", false);
	MATCH("\"b\",", "\"a\"", false);
	MATCH("\"a,b\"", "\"a,b\"", true);
}

int
main(void)
{
	RUN(path_is_decoded_once);
	RUN(path_of_an_attack_is_refused);
	RUN(utf8_that_is_not_well_formed_is_refused);
	RUN(length_is_limited);
	RUN(parameters_are_read);
	RUN(parameters_that_cannot_be_meant_are_refused);
	RUN(copy_holds_its_own_values);
	RUN(captures_are_limited);
	RUN(numbers_are_whole_and_in_range);
	RUN(encoding_is_the_best_that_is_wanted);
	RUN(entity_tag_is_found_in_a_list);
	return check_exit();
}
