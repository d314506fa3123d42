#include "portal_link.h"

#include <inttypes.h>
#include <string.h>

#define SERIAL "{serial}"
#define NUMBER "{number}"
#define DIGITS "0123456789"
#define WORD DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-"
#define DIGITS_MOST 9
#define WORD_MOST 64

static bool
begins(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

/* "{a|b}": the lengths of both words; false when it is none. */
static bool
read_choice(const char *at, size_t *first, size_t *second)
{
	*first = strcspn(at + 1, "{|}");
	if (at[1 + *first] != '|')
		return false;
	*second = strcspn(at + 2 + *first, "{|}");
	return at[2 + *first + *second] == '}';
}

const char *
pattern_fault(const char *pattern)
{
	size_t first, second;

	while (*(pattern += strcspn(pattern, "{}")) != '\0') {
		if (begins(pattern, SERIAL) || begins(pattern, NUMBER))
			pattern += strlen(SERIAL);
		else if (*pattern == '{' &&
		    read_choice(pattern, &first, &second))
			pattern += first + second + 3;
		else
			return "in braces it takes {serial}, {number} or "
			    "{while under way|when complete}";
	}
	return NULL;
}

void
pattern_expand(const char *pattern, const char *platform, int64_t number,
    bool complete, struct buffer *out)
{
	size_t length, first, second;

	while (*pattern != '\0') {
		length = strcspn(pattern, "{");
		buffer_add(out, pattern, length);
		pattern += length;
		if (begins(pattern, SERIAL)) {
			buffer_add_url(out, platform, strlen(platform));
			pattern += strlen(SERIAL);
		} else if (begins(pattern, NUMBER)) {
			buffer_printf(out, "%" PRId64, number);
			pattern += strlen(NUMBER);
		} else if (*pattern == '{' &&
		    read_choice(pattern, &first, &second)) {
			buffer_add(out, pattern + (complete ? first + 2 : 1),
			    complete ? second : first);
			pattern += first + second + 3;
		} else if (*pattern != '\0') {
			buffer_add_char(out, *pattern++);
		}
	}
}

/* What the placeholders stand for; the length 0 is not known yet. */
struct bound {
	const char *serial, *number;
	size_t serial_length, number_length;
	bool complete;
};

static bool matches(const char *pattern, const char *text,
    struct bound bound);

/* A placeholder takes as much as it can, then less; where it stands again it
 * is the same. */
static bool
match_some(const char *rest, const char *text, bool serial,
    struct bound bound)
{
	const char **at = serial ? &bound.serial : &bound.number;
	size_t *length = serial ? &bound.serial_length : &bound.number_length;
	size_t n = strspn(text, serial ? WORD : DIGITS);
	size_t most = serial ? WORD_MOST : DIGITS_MOST;

	if (*length > 0)
		return strncmp(text, *at, *length) == 0 &&
		    matches(rest, text + *length, bound);
	*at = text;
	for (n = n < most ? n : most; n > 0; n--) {
		*length = n;
		if (matches(rest, text + n, bound))
			return true;
	}
	return false;
}

static bool
matches(const char *pattern, const char *text, struct bound bound)
{
	size_t first, second, length;
	const char *word;

	for (;;) {
		while (*pattern != '\0' && *pattern != '{')
			if (*pattern++ != *text++)
				return false;
		if (*pattern == '\0')
			return *text == '\0';
		if (begins(pattern, SERIAL) || begins(pattern, NUMBER))
			return match_some(pattern + strlen(SERIAL), text,
			    begins(pattern, SERIAL), bound);
		if (!read_choice(pattern, &first, &second))
			return false;
		word = pattern + (bound.complete ? first + 2 : 1);
		length = bound.complete ? second : first;
		if (strncmp(text, word, length) != 0)
			return false;
		text += length;
		pattern += first + second + 3;
	}
}

bool
pattern_matches(const char *pattern, const char *text)
{
	struct bound live = { .complete = false };
	struct bound complete = { .complete = true };

	return matches(pattern, text, live) || matches(pattern, text, complete);
}
