/* buffer.h: a growable byte buffer. Running out of memory (or past
 * BUFFER_MAX_BYTES) is remembered in `failed` and makes all later calls do
 * nothing, so that a writer checks once at its end. Thread: a buffer belongs
 * to its caller. */
#ifndef EDGE_BUFFER_H
#define EDGE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

#include "../schema/err.h"

#define BUFFER_MAX_BYTES ((size_t)256 << 20)

/* All zero is an empty buffer. */
struct buffer {
	char *bytes;     /* `length` bytes and a NUL; NULL while empty */
	size_t length;   /* without the NUL */
	size_t capacity;
	bool failed;     /* something is missing: do not use the bytes */
};

/* Releases the bytes and makes it an empty buffer again. */
void buffer_free(struct buffer *buf);
/* Forgets the contents (and a failure) and keeps the memory. */
void buffer_clear(struct buffer *buf);

/* Makes room for `extra` further bytes. False when the buffer has failed. */
bool buffer_reserve(struct buffer *buf, size_t extra);

void buffer_add(struct buffer *buf, const void *bytes, size_t length);
void buffer_add_text(struct buffer *buf, const char *text);
void buffer_add_char(struct buffer *buf, char c);
void buffer_printf(struct buffer *buf, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Escapes & < > " ' for HTML and XML, text and attributes alike. */
void buffer_add_html(struct buffer *buf, const char *bytes, size_t length);
/* Escapes all but A-Z a-z 0-9 - . _ ~ as %XX: a path segment or a query
 * value. */
void buffer_add_url(struct buffer *buf, const char *bytes, size_t length);

/* The text, NUL-ended; "" when empty or failed. Borrowed until the next
 * change. */
const char *buffer_text(const struct buffer *buf);

#endif
