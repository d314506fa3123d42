#include "request.h"

#include <limits.h>
#include <string.h>
#include <strings.h>

#include "../schema/text.h"

/* ---- text ---- */

bool
request_text_valid(const char *bytes, size_t length)
{
	size_t step;

	while (length > 0) {
		if ((unsigned char)*bytes < 0x20 || *bytes == 0x7f)
			return false;
		step = text_step(bytes, length);
		if (step == 0)
			return false;
		bytes += step;
		length -= step;
	}
	return true;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Decodes %XX, and "+" as a space in a query, into `out`, which has room for
 * `length` bytes and a NUL. False for what no target may hold. */
static bool
decode(const char *text, size_t length, bool query, char *out,
    size_t *out_length)
{
	size_t at, n = 0;
	int high, low;

	for (at = 0; at < length; at++) {
		char c = text[at];

		if (c == '%') {
			if (length - at < 3)
				return false;
			high = hex_digit(text[at + 1]);
			low = hex_digit(text[at + 2]);
			if (high < 0 || low < 0)
				return false;
			c = (char)(high * 16 + low);
			at += 2;
			/* An escaped slash names another path to whoever
			 * decodes first. */
			if (!query && (c == '/' || c == '\\'))
				return false;
		} else if (c == '+' && query) {
			c = ' ';
		} else if ((unsigned char)c <= 0x20 || c == '#' ||
		    (!query && c == '\\')) {
			return false;
		}
		out[n++] = c;
	}
	out[n] = '\0';
	*out_length = n;
	return request_text_valid(out, n);
}

/* ---- target ---- */

/* No empty segment but the last, and none that means another folder. */
static bool
segments_valid(const char *path)
{
	const char *end;
	size_t length;

	while (*path == '/') {
		path++;
		end = strchr(path, '/');
		length = end != NULL ? (size_t)(end - path) : strlen(path);
		if (end != NULL && length == 0)
			return false;
		if ((length == 1 && path[0] == '.') ||
		    (length == 2 && path[0] == '.' && path[1] == '.'))
			return false;
		path += length;
	}
	return true;
}

/* Keeps a decoded copy in storage. */
static bool
store_decoded(struct request *req, const char *text, size_t length,
    uint16_t *at)
{
	size_t used;

	if (length + 1 > sizeof req->storage - req->storage_length)
		return false;
	if (!decode(text, length, true, req->storage + req->storage_length,
	    &used))
		return false;
	*at = (uint16_t)req->storage_length;
	req->storage_length += used + 1;
	return true;
}

static bool
has_param(const struct request *req, const char *name)
{
	size_t i;

	for (i = 0; i < req->params_length; i++)
		if (strcmp(request_param_name(req, i), name) == 0)
			return true;
	return false;
}

static bool
add_param(struct request *req, const char *text, size_t length)
{
	const char *equals = memchr(text, '=', length);
	size_t name_length = equals != NULL ? (size_t)(equals - text) : length;
	struct request_param param;

	if (req->params_length == REQUEST_PARAMS)
		return false;
	if (!store_decoded(req, text, name_length, &param.name))
		return false;
	if (req->twice == 0 && has_param(req, req->storage + param.name))
		req->twice = (uint16_t)(param.name + 1);
	if (equals == NULL)
		equals = text + length - 1; /* the value is "" */
	if (!store_decoded(req, equals + 1,
	    length - (size_t)(equals + 1 - text), &param.value))
		return false;
	req->params[req->params_length++] = param;
	return true;
}

static bool
parse_query(struct request *req, const char *query)
{
	size_t length;

	while (*query != '\0') {
		length = strcspn(query, "&");
		if (length > 0 && !add_param(req, query, length))
			return false;
		query += length;
		if (*query == '&')
			query++;
	}
	return true;
}

int
request_parse(struct request *req, const char *target)
{
	size_t length = strnlen(target, REQUEST_PATH_BYTES);
	size_t path_length, used;

	memset(req, 0, offsetof(struct request, storage));
	req->path[0] = req->storage[0] = '\0';
	if (length >= REQUEST_PATH_BYTES)
		return 414;
	path_length = strcspn(target, "?");
	if (target[0] != '/' ||
	    !decode(target, path_length, false, req->path, &used) ||
	    !segments_valid(req->path))
		return 400;
	if (target[path_length] == '?' &&
	    !parse_query(req, target + path_length + 1))
		return 400;
	return 0;
}

/* ---- names and values ---- */

const char *
request_param_name(const struct request *req, size_t at)
{
	return req->storage + req->params[at].name;
}

const char *
request_param_value(const struct request *req, size_t at)
{
	return req->storage + req->params[at].value;
}

const char *
request_param_twice(const struct request *req)
{
	return req->twice != 0 ? req->storage + req->twice - 1 : NULL;
}

const char *
request_param(const struct request *req, const char *name)
{
	const char *value;
	size_t i;

	for (i = 0; i < req->params_length; i++) {
		if (strcmp(request_param_name(req, i), name) != 0)
			continue;
		value = request_param_value(req, i);
		return value[0] != '\0' ? value : NULL;
	}
	return NULL;
}

const char *
request_capture(const struct request *req, const char *name)
{
	size_t i;

	for (i = 0; i < req->captures_length; i++)
		if (strcmp(req->storage + req->captures[i].name, name) == 0)
			return req->storage + req->captures[i].value;
	return NULL;
}

static bool
store_copy(struct request *req, const char *text, size_t length, uint16_t *at)
{
	if (length + 1 > sizeof req->storage - req->storage_length)
		return false;
	*at = (uint16_t)req->storage_length;
	memcpy(req->storage + req->storage_length, text, length);
	req->storage[req->storage_length + length] = '\0';
	req->storage_length += length + 1;
	return true;
}

bool
request_add_capture(struct request *req, const char *name, size_t name_length,
    const char *value, size_t value_length)
{
	struct request_param *capture;

	if (req->captures_length == REQUEST_CAPTURES)
		return false;
	capture = &req->captures[req->captures_length];
	if (!store_copy(req, name, name_length, &capture->name) ||
	    !store_copy(req, value, value_length, &capture->value))
		return false;
	req->captures_length++;
	return true;
}

bool
request_parse_int(const char *text, int64_t min, int64_t max, int64_t *value)
{
	bool negative = text[0] == '-';
	int64_t n = 0;

	text += negative;
	if (*text == '\0')
		return false;
	/* Counted downwards, as the negative side reaches further. */
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return false;
		if (n < (INT64_MIN + (*text - '0')) / 10)
			return false;
		n = n * 10 - (*text - '0');
	}
	if (!negative) {
		if (n == INT64_MIN)
			return false;
		n = -n;
	}
	if (n < min || n > max)
		return false;
	*value = n;
	return true;
}

/* ---- header fields ---- */

static const char *
skip_space(const char *text)
{
	while (*text == ' ' || *text == '\t')
		text++;
	return text;
}

/* Reads a weight ("0", "0.25", "1.0") as thousandths; -1 when malformed. */
static int
parse_weight(const char *text, size_t length)
{
	int value, unit = 100;
	size_t i;

	if (length == 0 || length > 5 || (text[0] != '0' && text[0] != '1') ||
	    (length > 1 && text[1] != '.'))
		return -1;
	value = (text[0] - '0') * 1000;
	for (i = 2; i < length; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		value += (text[i] - '0') * unit;
		unit /= 10;
	}
	return value <= 1000 ? value : -1;
}

/* The weight among the parameters of one list member; 1000 when it has none,
 * 0 when it is malformed: who cannot say how much wants nothing. */
static int
member_weight(const char *text, const char *end)
{
	const char *stop;
	int weight = 1000;

	while (text < end) {
		text = skip_space(text);
		stop = memchr(text, ';', (size_t)(end - text));
		if (stop == NULL)
			stop = end;
		if (stop - text >= 2 && (text[0] == 'q' || text[0] == 'Q') &&
		    text[1] == '=') {
			const char *tail = stop;

			while (tail > text + 2 && (tail[-1] == ' ' ||
			    tail[-1] == '\t'))
				tail--;
			weight = parse_weight(text + 2,
			    (size_t)(tail - text - 2));
			if (weight < 0)
				weight = 0;
		}
		text = stop < end ? stop + 1 : end;
	}
	return weight;
}

static bool
names(const char *text, size_t length, const char *name)
{
	return strlen(name) == length && strncasecmp(text, name, length) == 0;
}

enum request_encoding
request_choose_encoding(const char *accept_encoding)
{
	int weights[ENCODING_MAX] = { -1, -1, -1 };
	int any = -1, weight;
	enum request_encoding best = ENCODING_IDENTITY, e;
	const char *end, *name_end, *text = accept_encoding;
	size_t length;

	if (text == NULL)
		return ENCODING_IDENTITY;
	for (;; text = end + 1) {
		text = skip_space(text);
		end = text + strcspn(text, ",");
		name_end = memchr(text, ';', (size_t)(end - text));
		if (name_end == NULL)
			name_end = end;
		weight = member_weight(name_end < end ? name_end + 1 : end,
		    end);
		length = (size_t)(name_end - text);
		while (length > 0 && (text[length - 1] == ' ' ||
		    text[length - 1] == '\t'))
			length--;
		if (names(text, length, "gzip") ||
		    names(text, length, "x-gzip"))
			weights[ENCODING_GZIP] = weight;
		else if (names(text, length, "br"))
			weights[ENCODING_BROTLI] = weight;
		else if (names(text, length, "identity"))
			weights[ENCODING_IDENTITY] = weight;
		else if (names(text, length, "*"))
			any = weight;
		if (*end == '\0')
			break;
	}
	/* "*" stands for what is not named; identity is welcome unless it is
	 * refused, but less than what was asked for. */
	for (e = ENCODING_GZIP; e < ENCODING_MAX; e++)
		if (weights[e] < 0)
			weights[e] = any > 0 ? any : 0;
	if (weights[ENCODING_IDENTITY] < 0)
		weights[ENCODING_IDENTITY] = 0;
	for (e = ENCODING_GZIP; e < ENCODING_MAX; e++)
		if (weights[e] > 0 && weights[e] >= weights[best])
			best = e;
	return best;
}

bool
request_etag_matches(const char *if_none_match, const char *etag)
{
	const char *text = if_none_match, *end;
	size_t length = strlen(etag);

	if (text == NULL)
		return false;
	text = skip_space(text);
	if (text[0] == '*')
		return *skip_space(text + 1) == '\0';
	if (strncmp(etag, "W/", 2) == 0) {
		etag += 2;
		length -= 2;
	}
	while (*text != '\0') {
		text = skip_space(text);
		if (*text == ',') { /* an empty list member */
			text++;
			continue;
		}
		if (strncmp(text, "W/", 2) == 0)
			text += 2;
		if (*text != '"')
			return false;
		end = strchr(text + 1, '"');
		if (end == NULL)
			return false;
		end++;
		if ((size_t)(end - text) == length &&
		    memcmp(text, etag, length) == 0)
			return true;
		text = skip_space(end);
		if (*text != '\0' && *text != ',')
			return false;
	}
	return false;
}
