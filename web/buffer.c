#include "buffer.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BYTES 256

void
buffer_free(struct buffer *buf)
{
	free(buf->bytes);
	memset(buf, 0, sizeof *buf);
}

void
buffer_clear(struct buffer *buf)
{
	buf->length = 0;
	buf->failed = false;
	if (buf->bytes != NULL)
		buf->bytes[0] = '\0';
}

bool
buffer_reserve(struct buffer *buf, size_t extra)
{
	size_t capacity = buf->capacity > 0 ? buf->capacity : FIRST_BYTES;
	size_t need;
	char *bytes;

	if (buf->failed)
		return false;
	/* The NUL takes one more. */
	if (extra >= BUFFER_MAX_BYTES - buf->length) {
		buf->failed = true;
		return false;
	}
	need = buf->length + extra + 1;
	if (need <= buf->capacity)
		return true;
	while (capacity < need)
		capacity *= 2;
	bytes = realloc(buf->bytes, capacity);
	if (bytes == NULL) {
		buf->failed = true;
		return false;
	}
	if (buf->bytes == NULL)
		bytes[0] = '\0';
	buf->bytes = bytes;
	buf->capacity = capacity;
	return true;
}

void
buffer_add(struct buffer *buf, const void *bytes, size_t length)
{
	if (length == 0 || !buffer_reserve(buf, length))
		return;
	memcpy(buf->bytes + buf->length, bytes, length);
	buf->length += length;
	buf->bytes[buf->length] = '\0';
}

void
buffer_add_text(struct buffer *buf, const char *text)
{
	buffer_add(buf, text, strlen(text));
}

void
buffer_add_char(struct buffer *buf, char c)
{
	buffer_add(buf, &c, 1);
}

void
buffer_printf(struct buffer *buf, const char *fmt, ...)
{
	va_list ap, again;
	int length;

	va_start(ap, fmt);
	va_copy(again, ap);
	length = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (length < 0)
		buf->failed = true;
	else if (buffer_reserve(buf, (size_t)length)) {
		(void)vsnprintf(buf->bytes + buf->length, (size_t)length + 1,
		    fmt, again);
		buf->length += (size_t)length;
	}
	va_end(again);
}

static const char *
html_entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void
buffer_add_html(struct buffer *buf, const char *bytes, size_t length)
{
	size_t from = 0, at;
	const char *entity;

	for (at = 0; at < length; at++) {
		entity = html_entity(bytes[at]);
		if (entity == NULL)
			continue;
		buffer_add(buf, bytes + from, at - from);
		buffer_add_text(buf, entity);
		from = at + 1;
	}
	buffer_add(buf, bytes + from, length - from);
}

void
buffer_add_url(struct buffer *buf, const char *bytes, size_t length)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-._~";
	static const char hex[] = "0123456789ABCDEF";
	char escape[3] = { '%' };
	size_t at;

	for (at = 0; at < length; at++) {
		unsigned char c = (unsigned char)bytes[at];

		if (c != '\0' && strchr(plain, c) != NULL) {
			buffer_add_char(buf, (char)c);
			continue;
		}
		escape[1] = hex[c >> 4];
		escape[2] = hex[c & 15];
		buffer_add(buf, escape, sizeof escape);
	}
}

const char *
buffer_text(const struct buffer *buf)
{
	return buf->bytes != NULL && !buf->failed ? buf->bytes : "";
}
