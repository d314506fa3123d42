/* Text from outside becomes valid UTF-8, however it was cut. */
#include <stdlib.h>

#include "check.h"
#include "schema/beat.h"
#include "schema/err.h"
#include "schema/text.h"

static bool
is_valid(const char *text)
{
	size_t left = strlen(text), n;

	for (; left > 0; text += n, left -= n) {
		n = text_step(text, left);
		if (n == 0)
			return false;
	}
	return true;
}

static void
becomes(const char *text, const char *should)
{
	char *exact = strdup(text); /* so that a read behind it is seen */

	if (exact == NULL)
		abort();
	text_clean(exact);
	CHECK_STR(exact, should);
	CHECK(is_valid(exact));
	free(exact);
}

static void
bytes_that_do_not_belong_become_question_marks(void)
{
	becomes("", "");
	becomes("plain", "plain");
	becomes("\xc3\xb6 \xe6\xbc\xa2 \xf0\x9f\x8c\x8a",
	    "\xc3\xb6 \xe6\xbc\xa2 \xf0\x9f\x8c\x8a");
	becomes("a\nb\x1b[31m\x7f", "a b [31m ");
	becomes("\xff\xfe x", "?? x");
	becomes("\xc3(", "?(");
	becomes("\x80\xbf.", "??.");
	becomes("\xc0\xaf.", "??.");
	becomes("\xed\xa0\x80.", "???."); /* a surrogate */
	becomes("\xf4\x90\x80\x80.", "????.");
	becomes("\xe6\xbc.", "??.");
}

static void
character_that_was_cut_goes_away(void)
{
	becomes("x\xc3", "x");
	becomes("x\xe6\xbc", "x");
	becomes("x\xe0\xa0", "x");
	becomes("x\xed\x9f", "x");
	becomes("x\xf0\x9f\x8c", "x");
	becomes("x\xf4", "x");
	becomes("\xf4", "");
	/* These begin none. */
	becomes("x\xed\xa0", "x??");
	becomes("x\xe0\x80", "x??");
	becomes("x\xff", "x?");
	becomes("x\x80", "x?");
}

static void
copy_ends_between_two_characters(void)
{
	char to[8];
	size_t size;

	for (size = 1; size <= sizeof to; size++) {
		text_copy(to, size, "a\xc3\xb6\xf0\x9f\x8c\x8a" "b");
		CHECK(is_valid(to));
		CHECK_INT(strlen(to), size >= 8 ? 7 : size >= 4 ? 3 :
		    size >= 2 ? 1 : 0);
	}
	text_copy(to, sizeof to, "a\tb");
	CHECK_STR(to, "a b");
}

/* Wherever the room ends. */
static void
errors_and_the_status_file_are_valid_text(void)
{
	char odd[800] = "";
	struct edge_err err = { 0 };
	struct beat beat = { 0 };
	size_t shift, i;

	for (shift = 0; shift < 3; shift++) {
		memset(odd, 'x', shift);
		for (i = shift; i + 3 < sizeof odd; i += 3)
			memcpy(odd + i, "\xe6\xbc\xa2", 4);
		err_set(&err, EDGE_FAILED, "%s", odd);
		CHECK(is_valid(err.text));
		CHECK(strlen(err.text) > sizeof err.text - 4);
		beat_record(&beat, 1, &err);
		CHECK(is_valid(beat.error));
		CHECK(strlen(beat.error) > sizeof beat.error - 4);
		err_wrap(&err, "%s", "y");
		CHECK(is_valid(err.text));
	}
	err_set(&err, EDGE_FAILED, "server: \xff\xfe\xc3" "A");
	CHECK_STR(err.text, "server: ???A");
}

int
main(void)
{
	RUN(bytes_that_do_not_belong_become_question_marks);
	RUN(character_that_was_cut_goes_away);
	RUN(copy_ends_between_two_characters);
	RUN(errors_and_the_status_file_are_valid_text);
	return check_exit();
}
