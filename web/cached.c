/* cached.c: a body with its compressed forms; the counted half of cache.h. */
#include "cache.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../schema/digest.h"
#include "compress.h"

/* A body that fits one packet with its header gains nothing. */
#define COMPRESS_MIN_BYTES 512

#define HASH_DIGITS 32

struct cached {
	atomic_int holders;
	const char *type;
	char *link;
	char hash[HASH_DIGITS + 1];
	struct buffer identity;
	pthread_mutex_t lock;          /* for the compressed forms */
	struct buffer forms[ENCODING_MAX];
	bool tried[ENCODING_MAX];      /* a form that stays empty is no gain */
};

struct cached *
cached_new(const char *type, struct buffer *body)
{
	struct cached *cached = body->failed ? NULL : calloc(1, sizeof *cached);
	char hex[DIGEST_HEX_BYTES];

	if (cached == NULL) {
		buffer_free(body);
		return NULL;
	}
	if (pthread_mutex_init(&cached->lock, NULL) != 0) {
		free(cached);
		buffer_free(body);
		return NULL;
	}
	cached->type = type;
	cached->identity = *body;
	memset(body, 0, sizeof *body);
	atomic_init(&cached->holders, 1);
	digest_hex(buffer_text(&cached->identity), cached->identity.length,
	    hex);
	memcpy(cached->hash, hex, HASH_DIGITS);
	return cached;
}

struct cached *
cached_hold(struct cached *cached)
{
	atomic_fetch_add(&cached->holders, 1);
	return cached;
}

void
cached_release(struct cached *cached)
{
	size_t i;

	if (cached == NULL || atomic_fetch_sub(&cached->holders, 1) > 1)
		return;
	for (i = 0; i < ENCODING_MAX; i++)
		buffer_free(&cached->forms[i]);
	buffer_free(&cached->identity);
	free(cached->link);
	(void)pthread_mutex_destroy(&cached->lock);
	free(cached);
}

bool
cached_set_link(struct cached *cached, const char *link)
{
	free(cached->link);
	cached->link = strdup(link);
	return cached->link != NULL;
}

const char *
cached_link(const struct cached *cached)
{
	return cached->link;
}

const char *
cached_type(const struct cached *cached)
{
	return cached->type;
}

/* Makes the compressed form unless it would not be smaller. */
static void
make_form(struct cached *cached, enum request_encoding encoding)
{
	struct buffer form = { 0 };
	char *exact;

	if (cached->identity.length < COMPRESS_MIN_BYTES ||
	    !compress_bytes(encoding, cached->identity.bytes,
	    cached->identity.length, &form) ||
	    form.length >= cached->identity.length) {
		buffer_free(&form);
		return;
	}
	/* The compressor's bound is several times what it needed. */
	exact = realloc(form.bytes, form.length + 1);
	if (exact != NULL) {
		form.bytes = exact;
		form.capacity = form.length + 1;
	}
	cached->forms[encoding] = form;
}

const char *
cached_body(struct cached *cached, enum request_encoding *encoding,
    size_t *length)
{
	const struct buffer *form = &cached->identity;

	if (*encoding != ENCODING_IDENTITY) {
		(void)pthread_mutex_lock(&cached->lock);
		if (!cached->tried[*encoding]) {
			make_form(cached, *encoding);
			cached->tried[*encoding] = true;
		}
		(void)pthread_mutex_unlock(&cached->lock);
		if (cached->forms[*encoding].length > 0)
			form = &cached->forms[*encoding];
		else
			*encoding = ENCODING_IDENTITY;
	}
	*length = form->length;
	return buffer_text(form);
}

void
cached_etag(struct cached *cached, enum request_encoding encoding,
    char etag[CACHE_ETAG_BYTES])
{
	static const char suffixes[ENCODING_MAX][3] = {
		[ENCODING_IDENTITY] = "",
		[ENCODING_GZIP] = "-g",
		[ENCODING_BROTLI] = "-b",
	};

	(void)snprintf(etag, CACHE_ETAG_BYTES, "\"%s%s\"", cached->hash,
	    suffixes[encoding]);
}

size_t
cached_length(const struct cached *cached)
{
	return cached->identity.length;
}
