#include "gate.h"

#include <string.h>
#include <strings.h>

/* What the header fields of one request say about framing and host. */
struct found {
	const char *host, *length;
	const char *range, *if_range;
	size_t hosts, lengths, ranges, if_ranges;
	bool transfer_encoding, expect;
};

static void
refuse(struct gate_result *out, int status, const char *reason)
{
	out->status = status;
	out->reason = reason;
}

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z');
}

/* A field name is a token (RFC 9110 §5.6.2). */
static bool
name_valid(const char *name)
{
	if (*name == '\0')
		return false;
	for (; *name != '\0'; name++)
		if (!is_alnum(*name) && strchr("!#$%&'*+-.^_`|~", *name) ==
		    NULL)
			return false;
	return true;
}

/* Printable bytes, spaces and tabs; bytes from 0x80 on are opaque. */
static bool
value_valid(const char *value)
{
	for (; *value != '\0'; value++)
		if (((unsigned char)*value < 0x20 && *value != '\t') ||
		    *value == 0x7f)
			return false;
	return true;
}

/* A name or an address with a port; none of the rare characters that RFC 3986
 * would allow. */
static bool
host_valid(const char *host)
{
	if (*host == '\0')
		return false;
	for (; *host != '\0'; host++)
		if (!is_alnum(*host) && strchr(".-_:[]", *host) == NULL)
			return false;
	return true;
}

static bool
digits_only(const char *text)
{
	return *text != '\0' && text[strspn(text, "0123456789")] == '\0';
}

static bool
read_headers(const struct gate_input *in, struct found *found,
    struct gate_result *out)
{
	size_t i;

	for (i = 0; i < in->headers_length; i++) {
		const char *name = in->headers[i].name;
		const char *value = in->headers[i].value;

		if (name == NULL || value == NULL)
			return false;
		if (strnlen(name, GATE_HEADER_BYTES) == GATE_HEADER_BYTES ||
		    strnlen(value, GATE_HEADER_BYTES) == GATE_HEADER_BYTES) {
			refuse(out, 431, "A header field is too long.");
			return true;
		}
		if (!name_valid(name) || !value_valid(value))
			return false;
		if (strcasecmp(name, "Host") == 0) {
			found->host = value;
			found->hosts++;
		} else if (strcasecmp(name, "Content-Length") == 0) {
			found->length = value;
			found->lengths++;
		} else if (strcasecmp(name, "Transfer-Encoding") == 0) {
			found->transfer_encoding = true;
		} else if (strcasecmp(name, "Expect") == 0) {
			found->expect = true;
		} else if (strcasecmp(name, "Range") == 0) {
			found->range = value;
			found->ranges++;
		} else if (strcasecmp(name, "If-Range") == 0) {
			found->if_range = value;
			found->if_ranges++;
		} else if (strcasecmp(name, "Accept-Encoding") == 0) {
			if (out->accept_encoding == NULL)
				out->accept_encoding = value;
		} else if (strcasecmp(name, "If-None-Match") == 0) {
			if (out->if_none_match == NULL)
				out->if_none_match = value;
		}
	}
	return true;
}

static void
check_framing(const struct gate_input *in, const struct found *found,
    struct gate_result *out)
{
	if (found->transfer_encoding)
		refuse(out, 400, "Requests with Transfer-Encoding are not "
		    "taken.");
	else if (found->lengths > 1 ||
	    (found->lengths == 1 && !digits_only(found->length)))
		refuse(out, 400, "The Content-Length cannot be read.");
	else if (found->hosts > 1)
		refuse(out, 400, "The request has more than one Host.");
	else if (found->hosts == 0 && strcmp(in->version, "1.1") == 0)
		refuse(out, 400, "The request has no Host.");
	else if (found->hosts == 1 && !host_valid(found->host))
		refuse(out, 400, "The Host cannot be read.");
}

static void
check_method(const struct gate_input *in, struct gate_result *out)
{
	out->head = strcmp(in->method, "HEAD") == 0;
	out->options = strcmp(in->method, "OPTIONS") == 0;
	if (!out->head && !out->options && strcmp(in->method, "GET") != 0) {
		refuse(out, 405, "This portal is read-only: it answers GET, "
		    "HEAD and OPTIONS.");
		out->allow = GATE_ALLOW;
	}
}

/* A part is sent in answer to GET only; when it is not clear which, or of
 * which version, nothing is said and the whole is sent. */
static void
take_range(const struct found *found, struct gate_result *out)
{
	if (out->head || out->options || found->ranges != 1 ||
	    found->if_ranges > 1)
		return;
	out->range = found->range;
	out->if_range = found->if_range;
}

static void
check_target(const char *target, struct gate_result *out)
{
	if (strnlen(target, REQUEST_PATH_BYTES) == REQUEST_PATH_BYTES)
		refuse(out, 414, "The address is too long.");
	else if (target[0] != '/' &&
	    !(out->options && strcmp(target, "*") == 0))
		refuse(out, 400, "The address must begin with a slash.");
}

void
gate_check(const struct gate_input *in, struct gate_result *out)
{
	struct found found = { 0 };

	memset(out, 0, sizeof *out);
	if (in->method == NULL || in->target == NULL || in->version == NULL) {
		refuse(out, 400, "The request cannot be read.");
		return;
	}
	if (strcmp(in->version, "1.1") != 0 &&
	    strcmp(in->version, "1.0") != 0) {
		refuse(out, 505, "Only HTTP/1.0 and HTTP/1.1 are spoken here.");
		return;
	}
	if (in->headers_length > GATE_HEADERS) {
		refuse(out, 431, "The request has too many header fields.");
		return;
	}
	if (!read_headers(in, &found, out)) {
		refuse(out, 400, "A header field cannot be read.");
		return;
	}
	if (out->status == 0)
		check_framing(in, &found, out);
	if (out->status == 0)
		check_method(in, out);
	if (out->status == 0)
		check_target(in->target, out);
	if (out->status == 0)
		take_range(&found, out);
	if (out->status == 0 && found.lengths == 1 &&
	    found.length[strspn(found.length, "0")] != '\0')
		refuse(out, 413, "Requests with a body are not taken.");
	if (out->status == 0 && found.expect)
		refuse(out, 417, "Nothing is expected of a request without a "
		    "body.");
}
