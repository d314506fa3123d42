#include "search_text.h"

#include <stdbool.h>
#include <string.h>

#include "db_internal.h"

/* Of both lists: no result is longer than what it replaces, and what is
 * replaced begins nothing else in its list. */
struct letter {
	const char *from, *to;
};

static const struct letter folded[] = {
	{ "\xc3\x86", "Ae" }, { "\xc3\xa6", "ae" }, /* Æ */
	{ "\xc3\x98", "O" }, { "\xc3\xb8", "o" },   /* Ø */
	{ "\xc5\x92", "Oe" }, { "\xc5\x93", "oe" }, /* Œ */
	{ "\xc3\x90", "D" }, { "\xc3\xb0", "d" },   /* Ð */
	{ "\xc4\x90", "D" }, { "\xc4\x91", "d" },   /* Đ */
	{ "\xc3\x9e", "Th" }, { "\xc3\xbe", "th" }, /* Þ */
	{ "\xc5\x81", "L" }, { "\xc5\x82", "l" },   /* Ł */
	{ "\xe1\xba\x9e", "SS" }, { "\xc3\x9f", "ss" }, /* ß */
	{ "\xc4\xb1", "i" },                        /* ı */
};

/* Letters with a mark also as letter and mark. */
static const struct letter spelled[] = {
	{ "\xc3\x85", "Aa" }, { "\xc3\xa5", "aa" }, /* Å */
	{ "A\xcc\x8a", "Aa" }, { "a\xcc\x8a", "aa" },
	{ "\xc3\x84", "Ae" }, { "\xc3\xa4", "ae" }, /* Ä */
	{ "A\xcc\x88", "Ae" }, { "a\xcc\x88", "ae" },
	{ "\xc3\x96", "Oe" }, { "\xc3\xb6", "oe" }, /* Ö */
	{ "O\xcc\x88", "Oe" }, { "o\xcc\x88", "oe" },
	{ "\xc3\x98", "Oe" }, { "\xc3\xb8", "oe" }, /* Ø */
	{ "\xc3\x9c", "Ue" }, { "\xc3\xbc", "ue" }, /* Ü */
	{ "U\xcc\x88", "Ue" }, { "u\xcc\x88", "ue" },
};

#define LENGTH_OF(list) (sizeof (list) / sizeof (list)[0])

static const struct letter *
letter_at(const char *text, size_t rest, const struct letter *list,
    size_t count)
{
	size_t i, length;

	/* Most letters are of ASCII and have no mark behind them. */
	if ((unsigned char)text[0] < 0x80 && (rest < 2 || text[1] != '\xcc'))
		return NULL;
	for (i = 0; i < count; i++) {
		length = strlen(list[i].from);
		if (length <= rest && memcmp(text, list[i].from, length) == 0)
			return &list[i];
	}
	return NULL;
}

/* Writes the text to `out`, which may be the text itself. *any: a letter was
 * replaced. */
static size_t
replace(const char *text, size_t length, const struct letter *list,
    size_t count, char *out, bool *any)
{
	size_t at = 0, used = 0, n;

	*any = false;
	while (at < length) {
		const struct letter *letter = letter_at(text + at, length - at,
		    list, count);

		if (letter == NULL) {
			out[used++] = text[at++];
			continue;
		}
		*any = true;
		at += strlen(letter->from);
		n = strlen(letter->to);
		memcpy(out + used, letter->to, n);
		used += n;
	}
	return used;
}

static size_t
fold(const char *text, size_t length, char *out)
{
	bool any;

	return replace(text, length, folded, LENGTH_OF(folded), out, &any);
}

void
search_text_fold(char *text)
{
	text[fold(text, strlen(text), text)] = '\0';
}

size_t
search_text_of(const char *text, size_t length, char *out)
{
	size_t used = fold(text, length, out), at = 0, n, m;
	const char *space;
	bool any;

	for (; at < length; at += n + 1) {
		space = memchr(text + at, ' ', length - at);
		n = space != NULL ? (size_t)(space - text) - at : length - at;
		m = replace(text + at, n, spelled, LENGTH_OF(spelled),
		    out + used + 1, &any);
		if (!any)
			continue;
		out[used] = ' ';
		used += 1 + fold(out + used + 1, m, out + used + 1);
	}
	out[used] = '\0';
	return used;
}

static void
text_of(sqlite3_context *context, int count, sqlite3_value **args)
{
	const char *text = (const char *)sqlite3_value_text(args[0]);
	size_t length = (size_t)sqlite3_value_bytes(args[0]);
	char *out;

	(void)count;
	if (text == NULL) {
		sqlite3_result_null(context);
		return;
	}
	out = sqlite3_malloc64(2 * length + 2);
	if (out == NULL) {
		sqlite3_result_error_nomem(context);
		return;
	}
	length = search_text_of(text, length, out);
	sqlite3_result_text64(context, out, length, sqlite3_free, SQLITE_UTF8);
}

int
db_add_search(sqlite3 *db)
{
	return sqlite3_create_function_v2(db, "search_text_of", 1,
	    SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, NULL,
	    text_of, NULL, NULL, NULL);
}
