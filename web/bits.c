#include "bits.h"

#include <stdlib.h>
#include <string.h>

#define WORDS_PIECE (BITS_PIECE / 64)
#define WORDS_MOST ((size_t)1 << 20) /* 67 million missions */

void
bits_free(struct bits *bits)
{
	free(bits->words);
	*bits = (struct bits){ NULL, 0, false };
}

static bool
grow(struct bits *bits, size_t length)
{
	uint64_t *words;

	if (length <= bits->length)
		return true;
	words = length <= WORDS_MOST ? realloc(bits->words, length *
	    sizeof *words) : NULL;
	if (words == NULL) {
		bits->failed = true;
		return false;
	}
	memset(words + bits->length, 0, (length - bits->length) *
	    sizeof *words);
	bits->words = words;
	bits->length = length;
	return true;
}

void
bits_add(struct bits *bits, int64_t id)
{
	uint64_t n = (uint64_t)id;

	if (id >= 0 && n / 64 < WORDS_MOST &&
	    grow(bits, (n / BITS_PIECE + 1) * WORDS_PIECE))
		bits->words[n / 64] |= UINT64_C(1) << n % 64;
}

bool
bits_has(const struct bits *bits, int64_t id)
{
	uint64_t n = (uint64_t)id;

	return id >= 0 && n / 64 < bits->length &&
	    (bits->words[n / 64] >> n % 64 & 1) != 0;
}

/* The at-th word of a piece. */
static uint64_t
word_of(const unsigned char *bytes, size_t length, size_t at)
{
	size_t i, from = at * 8, to = from + 8 < length ? from + 8 : length;
	uint64_t word = 0;

	for (i = from; i < to; i++)
		word |= (uint64_t)bytes[i] << 8 * (i - from);
	return word;
}

static size_t
words_in(size_t length)
{
	size_t words = (length + 7) / 8;

	return words < WORDS_PIECE ? words : WORDS_PIECE;
}

void
bits_add_piece(struct bits *bits, int64_t piece, const void *bytes,
    size_t length)
{
	size_t at, first = (size_t)piece * WORDS_PIECE;

	if (piece < 0 || (uint64_t)piece >= WORDS_MOST / WORDS_PIECE ||
	    !grow(bits, first + WORDS_PIECE))
		return;
	for (at = 0; at < words_in(length); at++)
		bits->words[first + at] |= word_of(bytes, length, at);
}

void
bits_add_all(struct bits *bits, const struct bits *other)
{
	size_t i;

	bits->failed = bits->failed || other->failed;
	if (grow(bits, other->length))
		for (i = 0; i < other->length; i++)
			bits->words[i] |= other->words[i];
}

void
bits_keep(struct bits *bits, const struct bits *other)
{
	size_t i;

	bits->failed = bits->failed || other->failed;
	for (i = 0; i < bits->length; i++)
		bits->words[i] &= i < other->length ? other->words[i] : 0;
}

void
bits_drop(struct bits *bits, const struct bits *other)
{
	size_t i, length = bits->length < other->length ? bits->length :
	    other->length;

	bits->failed = bits->failed || other->failed;
	for (i = 0; i < length; i++)
		bits->words[i] &= ~other->words[i];
}

int64_t
bits_count(const struct bits *bits)
{
	int64_t count = 0;
	size_t i;

	for (i = 0; i < bits->length; i++)
		count += __builtin_popcountll(bits->words[i]);
	return count;
}

int64_t
bits_count_piece(const struct bits *bits, int64_t piece, const void *bytes,
    size_t length)
{
	size_t at, first = (size_t)piece * WORDS_PIECE;
	int64_t count = 0;

	if (piece < 0 || (uint64_t)piece >= WORDS_MOST / WORDS_PIECE ||
	    first >= bits->length)
		return 0;
	for (at = 0; at < words_in(length); at++)
		count += __builtin_popcountll(bits->words[first + at] &
		    word_of(bytes, length, at));
	return count;
}

int64_t
bits_next(const struct bits *bits, int64_t id)
{
	uint64_t n = (uint64_t)(id + 1), word;
	size_t at = n / 64;

	if (at >= bits->length)
		return -1;
	word = bits->words[at] >> n % 64 << n % 64;
	while (word == 0)
		if (++at < bits->length)
			word = bits->words[at];
		else
			return -1;
	return (int64_t)(at * 64) + __builtin_ctzll(word);
}
