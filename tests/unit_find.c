/* Sets of missions and places in their orders: what lists are made of. */
#include "check.h"

#include "web/bits.h"
#include "web/place.h"

static void
sets_hold_what_was_added(void)
{
	static const int64_t ids[] = { 0, 1, 63, 64, 4095, 4096, 70000 };
	struct bits bits = { NULL, 0, false };
	int64_t id = -1;
	size_t i;

	CHECK_INT(bits_count(&bits), 0);
	CHECK_INT(bits_next(&bits, -1), -1);
	for (i = 0; i < sizeof ids / sizeof *ids; i++)
		bits_add(&bits, ids[i]);
	for (i = 0; i < sizeof ids / sizeof *ids; i++) {
		id = bits_next(&bits, id);
		CHECK_INT(id, ids[i]);
		CHECK(bits_has(&bits, ids[i]));
	}
	CHECK_INT(bits_next(&bits, id), -1);
	CHECK_INT(bits_count(&bits), (int64_t)i);
	CHECK(!bits_has(&bits, 2) && !bits_has(&bits, -1) &&
	    !bits_has(&bits, INT64_MAX));
	bits_add(&bits, -5);
	CHECK(!bits.failed);
	bits_free(&bits);
}

static void
piece_counts_as_it_adds(void)
{
	unsigned char bytes[512] = { 0x81, 0, 0xff };
	struct bits bits = { NULL, 0, false };

	bytes[511] = 0x80;
	bits_add_piece(&bits, 2, bytes, sizeof bytes);
	CHECK_INT(bits_count(&bits), 11);
	CHECK_INT(bits_next(&bits, -1), 8192);
	CHECK_INT(bits_next(&bits, 8192), 8199);
	CHECK(bits_has(&bits, 8192 + 4095));
	CHECK_INT(bits_count_piece(&bits, 2, bytes, 3), 10);
	CHECK_INT(bits_count_piece(&bits, 1, bytes, 3), 0);
	CHECK_INT(bits_count_piece(&bits, 99, bytes, 3), 0);
	CHECK_INT(bits_count_piece(&bits, -1, bytes, 3), 0);
	bits_add_piece(&bits, INT64_MAX, bytes, 3);
	bits_add_piece(&bits, -1, bytes, 3);
	CHECK_INT(bits_count(&bits), 11);
	bits_free(&bits);
}

static void
sets_are_combined(void)
{
	struct bits a = { NULL, 0, false }, b = { NULL, 0, false };
	int64_t i;

	for (i = 0; i < 9000; i += 2)
		bits_add(&a, i);
	for (i = 0; i < 3000; i += 3)
		bits_add(&b, i);
	bits_keep(&a, &b);
	CHECK_INT(bits_count(&a), 500);
	CHECK(bits_has(&a, 2994) && !bits_has(&a, 2997));
	bits_add_all(&a, &b);
	CHECK_INT(bits_count(&a), 1000);
	bits_drop(&a, &b);
	CHECK_INT(bits_count(&a), 0);
	bits_free(&a);
	bits_free(&b);
}

static void
place_is_read_as_written(void)
{
	static const char *const texts[] = { "", "a", "ab", "abc", "abcd",
		"Åland Sea", "\x01\xff" };
	struct place place = { .then_by = -7, .id = INT64_MAX,
		.hash = UINT64_MAX - 1, .number = INT64_MIN }, again;
	char word[PLACE_TEXT_BYTES];
	size_t i;

	place_write(&place, word);
	CHECK(place_read(&again, word));
	CHECK_INT(again.number, INT64_MIN);
	CHECK(!again.is_text && again.then_by == -7 && again.id == INT64_MAX &&
	    again.hash == UINT64_MAX - 1);
	place.is_text = true;
	for (i = 0; i < sizeof texts / sizeof *texts; i++) {
		(void)snprintf(place.text, sizeof place.text, "%s", texts[i]);
		place_write(&place, word);
		CHECK(place_read(&again, word));
		CHECK_STR(again.text, texts[i]);
		CHECK(again.is_text && again.then_by == -7 &&
		    again.hash == UINT64_MAX - 1);
	}
	memset(place.text, 'x', sizeof place.text);
	place.text[sizeof place.text - 1] = '\0';
	place_write(&place, word);
	CHECK(strlen(word) < sizeof word && place_read(&again, word));
	CHECK_STR(again.text, place.text);
}

static void
what_is_no_place_is_refused(void)
{
	static const char *const words[] = { "", "x", "AAAA", "!!!!",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"bgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"bgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" };
	char long_word[2000];
	struct place place;
	size_t i;

	for (i = 0; i < sizeof words / sizeof *words; i++)
		CHECK(!place_read(&place, words[i]));
	memset(long_word, 'd', sizeof long_word);
	for (i = 8; i < sizeof long_word; i += 13) {
		long_word[i] = '\0';
		(void)place_read(&place, long_word);
		long_word[i] = 'd';
	}
	long_word[1000] = '\0';
	CHECK(!place_read(&place, long_word));
}

static void
places_are_in_the_order_of_the_store(void)
{
	struct place order[] = {
		{ .number = -1, .id = 2 }, { .number = 3, .then_by = 1 },
		{ .number = 3, .then_by = 2, .id = 1 },
		{ .number = 3, .then_by = 2, .id = 5 },
		{ .is_text = true, .text = "" },
		{ .is_text = true, .text = "A" },
		{ .is_text = true, .text = "a" },
		{ .is_text = true, .text = "\xc3\x85" },
	};
	size_t length = sizeof order / sizeof *order, i, k;

	for (i = 0; i < length; i++)
		for (k = 0; k < length; k++) {
			int found = place_compare(&order[i], &order[k]);

			CHECK_INT((found > 0) - (found < 0), (i > k) - (i < k));
		}
}

int
main(void)
{
	RUN(sets_hold_what_was_added);
	RUN(piece_counts_as_it_adds);
	RUN(sets_are_combined);
	RUN(place_is_read_as_written);
	RUN(what_is_no_place_is_refused);
	RUN(places_are_in_the_order_of_the_store);
	return check_exit();
}
