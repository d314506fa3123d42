#include "compress.h"

#include <stdio.h>
#include <string.h>

#include <brotli/encode.h>
#include <zlib.h>

/* Pages are made once and sent often, but a visitor waits for the making:
 * these levels cost about 20 ns and 50 ns a byte. */
#define GZIP_LEVEL 6
#define BROTLI_LEVEL 5
/* A window of 256 KiB covers the largest page; the full one costs 16 MiB. */
#define BROTLI_WINDOW 18

/* Adding 16 to zlib's window bits makes the gzip format. */
#define GZIP_WINDOW (15 + 16)
#define GZIP_MEMORY 8

static bool
add_gzip(const void *bytes, size_t length, struct buffer *out)
{
	z_stream z;
	size_t bound;
	bool ok;

	memset(&z, 0, sizeof z);
	if (deflateInit2(&z, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY,
	    Z_DEFAULT_STRATEGY) != Z_OK)
		return false;
	bound = deflateBound(&z, (uLong)length);
	ok = buffer_reserve(out, bound);
	if (ok) {
		z.next_in = (Bytef *)(uintptr_t)bytes;
		z.avail_in = (uInt)length;
		z.next_out = (Bytef *)out->bytes + out->length;
		z.avail_out = (uInt)bound;
		ok = deflate(&z, Z_FINISH) == Z_STREAM_END;
	}
	if (ok)
		out->length += z.total_out;
	(void)deflateEnd(&z);
	return ok;
}

static bool
add_brotli(const void *bytes, size_t length, struct buffer *out)
{
	size_t size = BrotliEncoderMaxCompressedSize(length);

	/* 0 says that the bound does not fit a size_t. */
	if (size == 0 || !buffer_reserve(out, size))
		return false;
	if (!BrotliEncoderCompress(BROTLI_LEVEL, BROTLI_WINDOW,
	    BROTLI_MODE_TEXT, length, bytes, &size,
	    (uint8_t *)out->bytes + out->length))
		return false;
	out->length += size;
	return true;
}

bool
compress_bytes(enum request_encoding encoding, const void *bytes,
    size_t length, struct buffer *out)
{
	bool ok = false;

	if (length > BUFFER_MAX_BYTES)
		return false;
	if (encoding == ENCODING_GZIP)
		ok = add_gzip(bytes, length, out);
	else if (encoding == ENCODING_BROTLI)
		ok = add_brotli(bytes, length, out);
	if (ok)
		out->bytes[out->length] = '\0';
	return ok;
}

void
compress_versions(char *text, size_t size)
{
	uint32_t brotli = BrotliEncoderVersion();

	(void)snprintf(text, size, "zlib %s, brotli %u.%u.%u", zlibVersion(),
	    brotli >> 24, (brotli >> 12) & 0xfff, brotli & 0xfff);
}
