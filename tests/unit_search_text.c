/* Letters that not every keyboard has. */
#include <stdlib.h>

#include "check.h"
#include "schema/search_text.h"

static void
folds(const char *text, const char *should)
{
	char folded[256];

	(void)snprintf(folded, sizeof folded, "%s", text);
	search_text_fold(folded);
	CHECK_STR(folded, should);
}

/* The text is looked at without a NUL behind it, and `out` is as short as it
 * may be. */
static void
becomes(const char *text, const char *should)
{
	size_t length = strlen(text), used;
	char *exact = malloc(length + 1), *out = malloc(2 * length + 2);

	if (exact == NULL || out == NULL)
		abort();
	memcpy(exact, text, length);
	exact[length] = 'x';
	used = search_text_of(exact, length, out);
	CHECK_STR(out, should);
	CHECK_INT((int64_t)used, (int64_t)strlen(should));
	free(exact);
	free(out);
}

static void
letters_that_are_no_marked_ones_are_folded(void)
{
	folds("", "");
	folds("Bornholm", "Bornholm");
	folds("\xc3\x98resund", "Oresund");
	folds("M\xc3\xb8n \xc3\x86r\xc3\xb8 v\xc3\xa6r", "Mon Aero vaer");
	folds("Stra\xc3\x9f" "e STRA\xe1\xba\x9e" "E", "Strasse STRASSE");
	folds("Sey\xc3\xb0isfj\xc3\xb6r\xc3\xb0ur",
	    "Seydisfj\xc3\xb6rdur");
	folds("\xc3\x9e\xc3\xb3rr, \xc5\x81\xc3\xb3" "d\xc5\xba, "
	    "S\xc5\x93ur", "Th\xc3\xb3rr, L\xc3\xb3" "d\xc5\xba, Soeur");
	/* Marked letters are left to the index; others are no letters of
	 * ours. */
	folds("\xc3\x85land \xc3\x97 \xce\xb1 \xe2\x82\xac",
	    "\xc3\x85land \xc3\x97 \xce\xb1 \xe2\x82\xac");
	folds("\xc3", "\xc3");
}

static void
words_are_found_in_both_spellings(void)
{
	becomes("", "");
	becomes("Bornholm Basin", "Bornholm Basin");
	becomes("The \xc3\x98resund M\xc3\xb8n",
	    "The Oresund Mon Oeresund Moen");
	becomes("\xc3\x85land Sea", "\xc3\x85land Sea Aaland");
	becomes("Sm\xc3\xb6rg\xc3\xa5s", "Sm\xc3\xb6rg\xc3\xa5s Smoergaas");
	becomes("L\xc3\xbc" "beck", "L\xc3\xbc" "beck Luebeck");
	becomes("A\xcc\x8aland a\xcc\x88", "A\xcc\x8aland a\xcc\x88 Aaland "
	    "ae");
	becomes("\xc3\x86r\xc3\xb8", "Aero Aeroe");
	becomes("Stra\xc3\x9f" "e", "Strasse");
	becomes(" \xc3\xa5  \xc3\xa5 ", " \xc3\xa5  \xc3\xa5  aa aa");
	becomes("\xc3\xa5\xc3\xa5\xc3\xa5", "\xc3\xa5\xc3\xa5\xc3\xa5 "
	    "aaaaaa");
	becomes("a\xcc", "a\xcc");
}

int
main(void)
{
	RUN(letters_that_are_no_marked_ones_are_folded);
	RUN(words_are_found_in_both_spellings);
	return check_exit();
}
