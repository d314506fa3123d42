#include "place.h"

#include <string.h>

/* A byte that tells the kind of key; the key, a text with zero bytes behind it
 * to make the whole a multiple of three; then_by, id and hash. Numbers have
 * their most significant byte first. */
#define NUMBER 'n'
#define TEXT 't'
#define TAIL_BYTES 24
#define BYTES_MOST (1 + PLACE_KEY_BYTES + 2 + TAIL_BYTES)

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
place_write(const struct place *place, char word[PLACE_TEXT_BYTES])
{
	unsigned char b[BYTES_MOST] = { 0 };
	size_t length, i;

	b[0] = place->is_text ? TEXT : NUMBER;
	if (place->is_text) {
		length = strnlen(place->text, PLACE_KEY_BYTES - 1);
		memcpy(b + 1, place->text, length);
		length = (1 + length + 2) / 3 * 3;
	} else {
		put_64(b + 1, (uint64_t)place->number);
		length = 9;
	}
	put_64(b + length, (uint64_t)place->then_by);
	put_64(b + length + 8, (uint64_t)place->id);
	put_64(b + length + 16, place->hash);
	length += TAIL_BYTES;
	for (i = 0; i < length; i += 3) {
		uint32_t n = (uint32_t)(b[i] << 16 | b[i + 1] << 8 | b[i + 2]);

		*word++ = base64url[n >> 18];
		*word++ = base64url[n >> 12 & 63];
		*word++ = base64url[n >> 6 & 63];
		*word++ = base64url[n & 63];
	}
	*word = '\0';
}

/* The number of bytes a word stands for, 0 when it is none. */
static size_t
decode(const char *word, unsigned char b[BYTES_MOST])
{
	size_t length = strlen(word), at = 0, i, j;

	if (length % 4 != 0 || length / 4 * 3 > BYTES_MOST)
		return 0;
	for (i = 0; i < length; i += 4) {
		uint32_t n = 0;

		for (j = 0; j < 4; j++) {
			const char *digit = strchr(base64url, word[i + j]);

			if (digit == NULL)
				return 0;
			n = n << 6 | (uint32_t)(digit - base64url);
		}
		b[at++] = (unsigned char)(n >> 16);
		b[at++] = (unsigned char)(n >> 8);
		b[at++] = (unsigned char)n;
	}
	return at;
}

bool
place_read(struct place *place, const char *word)
{
	unsigned char b[BYTES_MOST];
	size_t length = decode(word, b), key;

	if (length < 3 + TAIL_BYTES)
		return false;
	key = length - TAIL_BYTES - 1;
	memset(place, 0, sizeof *place);
	place->is_text = b[0] == TEXT;
	if (place->is_text && key <= PLACE_KEY_BYTES + 1)
		memcpy(place->text, b + 1, key < PLACE_KEY_BYTES ? key :
		    PLACE_KEY_BYTES - 1);
	else if (b[0] == NUMBER && key == 8)
		place->number = (int64_t)get_64(b + 1);
	else
		return false;
	place->then_by = (int64_t)get_64(b + 1 + key);
	place->id = (int64_t)get_64(b + 9 + key);
	place->hash = get_64(b + 17 + key);
	return true;
}

int
place_compare(const struct place *a, const struct place *b)
{
	int order = a->is_text - b->is_text;

	if (order == 0)
		order = a->is_text ? strcmp(a->text, b->text) :
		    (a->number > b->number) - (a->number < b->number);
	if (order == 0)
		order = (a->then_by > b->then_by) - (a->then_by < b->then_by);
	return order != 0 ? order : (a->id > b->id) - (a->id < b->id);
}

uint64_t
place_hash(uint64_t hash, const char *text)
{
	do {
		hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
	} while (*text++ != '\0');
	return hash;
}
