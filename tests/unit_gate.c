/* Which requests are let in. */
#include "check.h"
#include "web/gate.h"

#define HEADERS 64

/* Splits "A: b\nC: d" into fields and asks the gate. */
static struct gate_result
ask(const char *method, const char *target, const char *version,
    const char *fields)
{
	static char text[16384];
	static struct gate_header headers[HEADERS];
	struct gate_input in = { method, target, version, headers, 0 };
	struct gate_result out;
	char *line, *rest = text, *colon;

	(void)snprintf(text, sizeof text, "%s", fields);
	while ((line = strsep(&rest, "\n")) != NULL) {
		colon = strchr(line, ':');
		if (colon == NULL)
			continue;
		*colon = '\0';
		headers[in.headers_length].name = line;
		headers[in.headers_length++].value = colon + 1 +
		    strspn(colon + 1, " ");
	}
	gate_check(&in, &out);
	return out;
}

#define GATE(method, target, version, fields, should) \
	CHECK_INT(ask(method, target, version, fields).status, should)
/* A GET with these fields and a Host. */
#define FIELDS(fields, should) \
	GATE("GET", "/", "1.1", "Host: a\n" fields, should)
#define HOST(host, should) GATE("GET", "/", "1.1", "Host: " host "\n", should)

static void
plain_requests_are_let_in(void)
{
	struct gate_result out = ask("GET", "/x?y", "1.1", "Host: a:80\n"
	    "accept-encoding: gzip\nIF-NONE-MATCH: \"x\"\n");

	CHECK_INT(out.status, 0);
	CHECK(!out.head && !out.options);
	CHECK_STR(out.accept_encoding, "gzip");
	CHECK_STR(out.if_none_match, "\"x\"");
	out = ask("HEAD", "/", "1.0", "");
	CHECK_INT(out.status, 0);
	CHECK(out.head && out.accept_encoding == NULL);
	out = ask("OPTIONS", "*", "1.1", "Host: a\n");
	CHECK_INT(out.status, 0);
	CHECK(out.options);
}

static void
other_methods_are_told_what_is_allowed(void)
{
	static const char *const methods[] = { "POST", "PUT", "DELETE",
		"PATCH", "TRACE", "CONNECT", "get", "Get", "", "GETX",
		"PROPFIND" };
	struct gate_result out;
	size_t i;

	for (i = 0; i < sizeof methods / sizeof *methods; i++) {
		out = ask(methods[i], "/", "1.1", "Host: a\n");
		CHECK_INT(out.status, 405);
		CHECK_STR(out.allow, "GET, HEAD, OPTIONS");
	}
	GATE("POST", "/", "1.1", "Host: a\nContent-Length: 5\n", 405);
	GATE(NULL, "/", "1.1", "Host: a\n", 400);
}

static void
bodies_are_refused(void)
{
	FIELDS("Content-Length: 0\n", 0);
	FIELDS("Content-Length: 000\n", 0);
	FIELDS("Content-Length: 1\n", 413);
	FIELDS("Content-Length: 00010\n", 413);
	FIELDS("Content-Length: 99999999999999999999999\n", 413);
	FIELDS("Content-Length: \n", 400);
	FIELDS("Content-Length: -1\n", 400);
	FIELDS("Content-Length: +0\n", 400);
	FIELDS("Content-Length: 0x0\n", 400);
	FIELDS("Content-Length: 0, 0\n", 400);
	FIELDS("Content-Length: 0 \n", 400);
	FIELDS("Content-Length: 0\nContent-Length: 0\n", 400);
	FIELDS("Content-Length: 0\ncontent-length: 5\n", 400);
	FIELDS("Transfer-Encoding: chunked\n", 400);
	FIELDS("transfer-encoding: identity\n", 400);
	FIELDS("Transfer-Encoding:\n", 400);
	FIELDS("Content-Length: 5\nTransfer-Encoding: chunked\n", 400);
	GATE("POST", "/", "1.1", "Host: a\nTransfer-Encoding: chunked\n", 400);
	GATE("GET", "/", "1.0", "Transfer-Encoding: chunked\n", 400);
	FIELDS("Expect: 100-continue\n", 417);
}

static void
host_is_one_name_or_address(void)
{
	HOST("example.org", 0);
	HOST("example.org:8080", 0);
	HOST("127.0.0.1", 0);
	HOST("[::1]:80", 0);
	HOST("a_b-c.d", 0);
	HOST("", 400);
	HOST("a b", 400);
	HOST("a/b", 400);
	HOST("a@b", 400);
	HOST("a\"b", 400);
	HOST("<script>", 400);
	HOST("a,b", 400);
	HOST("\xc3\xa5", 400);
	GATE("GET", "/", "1.1", "", 400);
	GATE("GET", "/", "1.0", "", 0);
	GATE("GET", "/", "1.0", "Host: a b\n", 400);
	FIELDS("Host: a\n", 400);
	FIELDS("HOST: b\n", 400);
}

static void
versions_are_two(void)
{
	GATE("GET", "/", "1.1", "Host: a\n", 0);
	GATE("GET", "/", "1.0", "Host: a\n", 0);
	GATE("GET", "/", "0.9", "Host: a\n", 505);
	GATE("GET", "/", "1.2", "Host: a\n", 505);
	GATE("GET", "/", "2.0", "Host: a\n", 505);
	GATE("GET", "/", "", "Host: a\n", 505);
	GATE("GET", "/", NULL, "Host: a\n", 400);
}

static void
targets_begin_with_a_slash_and_end_somewhere(void)
{
	static char target[REQUEST_PATH_BYTES + 1];

	GATE("GET", "*", "1.1", "Host: a\n", 400);
	GATE("GET", "http://a/", "1.1", "Host: a\n", 400);
	GATE("GET", "", "1.1", "Host: a\n", 400);
	GATE("GET", NULL, "1.1", "Host: a\n", 400);
	memset(target, 'a', sizeof target - 1);
	target[0] = '/';
	GATE("GET", target, "1.1", "Host: a\n", 414);
	target[REQUEST_PATH_BYTES - 1] = '\0';
	GATE("GET", target, "1.1", "Host: a\n", 0);
}

static void
fields_are_tokens_and_few(void)
{
	static char fields[16384];
	int i, n = 0;

	FIELDS("X-Y_z!#$%&'*+.^`|~: ok \xc3\xa5 \t\n", 0);
	FIELDS(": x\n", 400);
	FIELDS("a b: x\n", 400);
	FIELDS("a : x\n", 400);
	FIELDS("a(b): x\n", 400);
	FIELDS("\xc3\xa5: x\n", 400);
	FIELDS("a: \x01\n", 400);
	FIELDS("a: x\ry\n", 400);
	FIELDS("a: \x7f\n", 400);
	n = snprintf(fields, sizeof fields, "Host: a\n");
	for (i = 1; i < GATE_HEADERS; i++)
		n += snprintf(fields + n, sizeof fields - (size_t)n,
		    "X%d: y\n", i);
	GATE("GET", "/", "1.1", fields, 0);
	(void)snprintf(fields + n, sizeof fields - (size_t)n, "Y: y\n");
	GATE("GET", "/", "1.1", fields, 431);
	n = snprintf(fields, sizeof fields, "Host: a\nX: ");
	memset(fields + n, 'x', GATE_HEADER_BYTES);
	fields[n + GATE_HEADER_BYTES] = '\0';
	GATE("GET", "/", "1.1", fields, 431);
	fields[n + GATE_HEADER_BYTES - 1] = '\0';
	GATE("GET", "/", "1.1", fields, 0);
}

static void
first_of_repeated_wishes_counts(void)
{
	struct gate_result out = ask("GET", "/", "1.1", "Host: a\n"
	    "Accept-Encoding: gzip\nAccept-Encoding: br\n"
	    "If-None-Match: \"a\"\nIf-None-Match: \"b\"\n");

	CHECK_STR(out.accept_encoding, "gzip");
	CHECK_STR(out.if_none_match, "\"a\"");
}

static void
a_part_is_asked_for_by_get_and_once(void)
{
	struct gate_result out = ask("GET", "/", "1.1", "Host: a\n"
	    "range: bytes=1-\nIf-Range: \"x\"\n");

	CHECK_STR(out.range, "bytes=1-");
	CHECK_STR(out.if_range, "\"x\"");
	out = ask("HEAD", "/", "1.1", "Host: a\nRange: bytes=1-\n");
	CHECK(out.status == 0 && out.range == NULL);
	out = ask("GET", "/", "1.1", "Host: a\nRange: bytes=1-\n"
	    "Range: bytes=2-\n");
	CHECK(out.status == 0 && out.range == NULL);
	out = ask("GET", "/", "1.1", "Host: a\nRange: bytes=1-\n"
	    "If-Range: \"x\"\nIf-Range: \"y\"\n");
	CHECK(out.status == 0 && out.range == NULL && out.if_range == NULL);
}

static void
every_refusal_has_a_sentence(void)
{
	struct gate_result out = ask("PUT", "/", "1.1", "Host: a\n");

	CHECK(out.reason != NULL && out.reason[strlen(out.reason) - 1] == '.');
	out = ask("GET", "/", "1.1", "");
	CHECK(out.reason != NULL && out.reason[strlen(out.reason) - 1] == '.');
}

int
main(void)
{
	RUN(plain_requests_are_let_in);
	RUN(other_methods_are_told_what_is_allowed);
	RUN(bodies_are_refused);
	RUN(host_is_one_name_or_address);
	RUN(versions_are_two);
	RUN(targets_begin_with_a_slash_and_end_somewhere);
	RUN(fields_are_tokens_and_few);
	RUN(first_of_repeated_wishes_counts);
	RUN(a_part_is_asked_for_by_get_and_once);
	RUN(every_refusal_has_a_sentence);
	return check_exit();
}
