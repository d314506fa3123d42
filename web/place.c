#include "place.h"

#include <string.h>

#define PLACE_BYTES 24 /* start, id, hash; most significant byte first */

static const char base64url[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void
put_64(unsigned char *bytes, uint64_t value)
{
	int i;

	for (i = 7; i >= 0; i--, value >>= 8)
		bytes[i] = (unsigned char)value;
}

static uint64_t
get_64(const unsigned char *bytes)
{
	uint64_t value = 0;
	int i;

	for (i = 0; i < 8; i++)
		value = value << 8 | bytes[i];
	return value;
}

void
place_write(const struct place *place, char text[PLACE_TEXT_BYTES])
{
	unsigned char b[PLACE_BYTES];
	size_t i;

	put_64(b, (uint64_t)place->start_ms);
	put_64(b + 8, (uint64_t)place->id);
	put_64(b + 16, place->hash);
	for (i = 0; i < PLACE_BYTES; i += 3) {
		uint32_t n = (uint32_t)(b[i] << 16 | b[i + 1] << 8 | b[i + 2]);

		*text++ = base64url[n >> 18];
		*text++ = base64url[n >> 12 & 63];
		*text++ = base64url[n >> 6 & 63];
		*text++ = base64url[n & 63];
	}
	*text = '\0';
}

bool
place_read(struct place *place, const char *text)
{
	unsigned char b[PLACE_BYTES];
	size_t i, j;

	if (strlen(text) != PLACE_TEXT_BYTES - 1)
		return false;
	for (i = 0; i < PLACE_BYTES; i += 3) {
		uint32_t n = 0;

		for (j = 0; j < 4; j++) {
			const char *digit = strchr(base64url, *text++);

			if (digit == NULL)
				return false;
			n = n << 6 | (uint32_t)(digit - base64url);
		}
		b[i] = (unsigned char)(n >> 16);
		b[i + 1] = (unsigned char)(n >> 8);
		b[i + 2] = (unsigned char)n;
	}
	place->start_ms = (int64_t)get_64(b);
	place->id = (int64_t)get_64(b + 8);
	place->hash = get_64(b + 16);
	return true;
}
