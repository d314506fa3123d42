/* Any bytes as a request: "METHOD TARGET VERSION", then "Name: value" lines.
 * What the gate and the parser let in keeps the promises of their headers. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "web/gate.h"
#include "web/range.h"
#include "web/request.h"
#include "web/router.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

#define MUST(condition) do { \
	if (!(condition)) \
		abort(); \
} while (0)

static const struct route table[] = {
	{ .pattern = "/", .twins = TWIN_JSON, .template_name = "a" },
	{ .pattern = "/missions", .params = "year q", .twins = TWIN_CSV },
	{ .pattern = "/{serial}/M{number:int}", .twins = TWIN_JSON },
	{ .pattern = "/map/basin/SEA-{code:int}", .template_name = "a" },
	{ .pattern = "/fee{rest:any}", .redirect = "/feed.xml" },
};

static const struct router router = {
	table, sizeof table / sizeof *table
};

static void
check_captures(const struct request *req)
{
	const char *serial = request_capture(req, "serial");
	const char *number = request_capture(req, "number");
	int64_t value;

	MUST(serial == NULL || strlen(serial) <= 32);
	MUST(serial == NULL || strpbrk(serial, "/.<>\"%") == NULL);
	MUST(number == NULL || request_parse_int(number, 0, 999999999,
	    &value));
}

static void
check_request(const char *target)
{
	static struct request req, copy;
	const char *twice;
	size_t i;

	if (request_parse(&req, target) != 0)
		return;
	MUST(req.path[0] == '/');
	MUST(strlen(req.path) < REQUEST_PATH_BYTES);
	MUST(request_text_valid(req.path, strlen(req.path)));
	MUST(strstr(req.path, "//") == NULL);
	MUST(strstr(req.path, "/../") == NULL);
	MUST(strchr(req.path, '\\') == NULL);
	twice = request_param_twice(&req);
	MUST(twice == NULL || request_text_valid(twice, strlen(twice)));
	for (i = 0; i < req.params_length; i++) {
		const char *name = request_param_name(&req, i);
		const char *value = request_param_value(&req, i);

		MUST(request_text_valid(name, strlen(name)));
		MUST(request_text_valid(value, strlen(value)));
		MUST(twice != NULL || (value[0] == '\0' ?
		    request_param(&req, name) == NULL :
		    request_param(&req, name) == value));
	}
	copy = req;
	if (router_match(&router, &copy) != NULL)
		check_captures(&copy);
	(void)router_near(&router, req.path);
}

/* The next line, cut out of the text; NULL at the end. */
static char *
next_line(char **rest)
{
	return strsep(rest, "\n");
}

static void
check_range(const char *value, int64_t size)
{
	struct range range;

	if (range_read(value, size, &range) != RANGE_PART)
		return;
	MUST(range.first >= 0 && range.length > 0);
	MUST(range.first < size && range.length <= size - range.first);
}

static void
check_values(const struct gate_result *out, const char *etag)
{
	MUST(out->reason == NULL);
	(void)request_choose_encoding(out->accept_encoding);
	(void)request_etag_matches(out->if_none_match, etag);
	check_range(out->range, 1);
	check_range(out->range, INT64_MAX);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct gate_header headers[GATE_HEADERS + 2];
	struct gate_input in = { .headers = headers };
	struct gate_result out;
	char *text = malloc(length + 1), *rest = text, *line, *colon;
	int64_t number;

	MUST(text != NULL);
	memcpy(text, bytes, length);
	text[length] = '\0';
	line = next_line(&rest);
	in.method = strsep(&line, " ");
	in.target = strsep(&line, " ");
	in.version = line;
	while (in.headers_length < GATE_HEADERS + 2 &&
	    (line = next_line(&rest)) != NULL) {
		colon = strchr(line, ':');
		if (colon == NULL)
			continue;
		*colon++ = '\0';
		headers[in.headers_length].name = line;
		headers[in.headers_length++].value = colon +
		    strspn(colon, " ");
	}
	gate_check(&in, &out);
	if (out.status == 0)
		check_values(&out, in.target);
	else
		MUST(out.status >= 400 && out.reason != NULL);
	if (in.target != NULL) {
		check_request(in.target);
		(void)request_parse_int(in.target, INT64_MIN, INT64_MAX,
		    &number);
		(void)request_choose_encoding(in.target);
		(void)request_etag_matches(in.target, in.method);
	}
	free(text);
	return 0;
}
