#include "answer.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "format.h"

/* What a browser is told with every answer. There is nothing here that
 * depends on the request. */
static const char security_headers[] =
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: strict-origin-when-cross-origin\r\n"
    "Permissions-Policy: camera=(), geolocation=(), microphone=(), "
    "payment=(), usb=()\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n";

/* What a script of another site may do with data, and read of the headers.
 * The same for every origin, as no answer depends on who asks. */
static const char cors_headers[] =
    "Access-Control-Allow-Origin: *\r\n"
    "Access-Control-Expose-Headers: ETag, Link, Server-Timing\r\n";
static const char preflight_headers[] =
    "Access-Control-Allow-Methods: GET, HEAD, OPTIONS\r\n"
    "Access-Control-Allow-Headers: If-None-Match, Accept, Accept-Encoding\r\n"
    "Access-Control-Max-Age: 86400\r\n";

/* For answers that are no page of the site. */
static const char plain_csp[] = "default-src 'none'; frame-ancestors 'none'";

static const struct {
	int status;
	const char *reason;
} reasons[] = {
	{ 200, "OK" },
	{ 204, "No Content" },
	{ 206, "Partial Content" },
	{ 304, "Not Modified" },
	{ 308, "Permanent Redirect" },
	{ 400, "Bad Request" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 408, "Request Timeout" },
	{ 413, "Content Too Large" },
	{ 414, "URI Too Long" },
	{ 416, "Range Not Satisfiable" },
	{ 417, "Expectation Failed" },
	{ 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" },
	{ 500, "Internal Server Error" },
	{ 503, "Service Unavailable" },
	{ 505, "HTTP Version Not Supported" },
};

void
answer_free(struct answer *answer)
{
	if (answer->has_file)
		(void)close(answer->file);
	buffer_free(&answer->location);
	cached_release(answer->kept);
	memset(answer, 0, sizeof *answer);
}

const char *
answer_reason(int status)
{
	size_t i;

	for (i = 0; i < sizeof reasons / sizeof *reasons; i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return status < 500 ? "Client Error" : "Server Error";
}

bool
answer_safe(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text <= ' ' || *text >= 0x7f ||
		    strchr("<>\"'\\", *text) != NULL)
			return false;
	return true;
}

static void
add_timing(const struct answer *answer, struct buffer *out)
{
	static const char *const words[] = {
		[CACHE_OFF] = "off", [CACHE_HIT] = "hit", [CACHE_MISS] = "miss",
	};

	buffer_printf(out, "Server-Timing: db;dur=%.3f, render;dur=%.3f, "
	    "cache;desc=\"%s\";dur=%.3f\r\n", (double)answer->db_us / 1e3,
	    (double)answer->render_us / 1e3, words[answer->cache],
	    (double)answer->cache_us / 1e3);
}

static void
add_header(struct buffer *out, const char *name, const char *value)
{
	if (value != NULL && value[0] != '\0')
		buffer_printf(out, "%s: %s\r\n", name, value);
}

/* Which part of a file this is, so that a broken download can go on. */
static void
add_range(const struct answer *answer, struct buffer *out)
{
	if (answer->whole == 0)
		return;
	buffer_add_text(out, "Accept-Ranges: bytes\r\n");
	if (answer->status == 206)
		buffer_printf(out, "Content-Range: bytes %" PRId64 "-%" PRId64
		    "/%" PRId64 "\r\n", answer->first, answer->first +
		    (int64_t)answer->length - 1, answer->whole);
	else if (answer->status == 416)
		buffer_printf(out, "Content-Range: bytes */%" PRId64 "\r\n",
		    answer->whole);
}

void
answer_head(const struct answer *answer, bool keep_alive, struct buffer *out)
{
	static const char *const encodings[ENCODING_MAX] = {
		[ENCODING_GZIP] = "gzip", [ENCODING_BROTLI] = "br",
	};
	bool bodiless = answer->status == 204 || answer->status == 304;

	buffer_printf(out, "HTTP/1.1 %d %s\r\n", answer->status,
	    answer_reason(answer->status));
	if (answer->date_ms != 0) {
		buffer_add_text(out, "Date: ");
		format_http_date(answer->date_ms, out);
		buffer_add_text(out, "\r\n");
	}
	if (!bodiless) {
		add_header(out, "Content-Type", answer->type);
		buffer_printf(out, "Content-Length: %zu\r\n", answer->length);
		add_header(out, "Content-Encoding",
		    encodings[answer->encoding]);
	}
	add_range(answer, out);
	if (answer->filename[0] != '\0' && (answer->status == 200 ||
	    answer->status == 206))
		buffer_printf(out, "Content-Disposition: attachment; "
		    "filename=\"%s\"\r\n", answer->filename);
	add_header(out, "Cache-Control", answer->cache_control != NULL ?
	    answer->cache_control : "no-store");
	add_header(out, "ETag", answer->etag);
	buffer_add_text(out, "Vary: Accept-Encoding\r\n");
	add_header(out, "Location", buffer_text(&answer->location));
	add_header(out, "Link", answer->link);
	add_header(out, "Allow", answer->allow);
	if (answer->retry_after_s > 0)
		buffer_printf(out, "Retry-After: %d\r\n",
		    answer->retry_after_s);
	add_header(out, "Content-Security-Policy", answer->csp != NULL ?
	    answer->csp : plain_csp);
	buffer_add_text(out, security_headers);
	add_header(out, "Cross-Origin-Resource-Policy", answer->cors ?
	    "cross-origin" : "same-origin");
	if (answer->cors)
		buffer_add_text(out, cors_headers);
	if (answer->cors && answer->status == 204)
		buffer_add_text(out, preflight_headers);
	add_timing(answer, out);
	add_header(out, "Connection", keep_alive ? "keep-alive" : "close");
	buffer_add_text(out, "\r\n");
}
