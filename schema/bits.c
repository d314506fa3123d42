/* bits.c: sets of numbers below BITS_MOST as blobs, for SQL: bit_with(blob, n)
 * and bit_without(blob, n), and bit_collect(n) over rows. The lowest bit of a
 * byte first; zero bytes at the end are left off, so that equal sets are equal
 * blobs. */
#include "db_internal.h"

#include <string.h>

#define BITS_MOST 4096
#define BYTES_MOST (BITS_MOST / 8)

/* -1, with the error set, for what is no such number. */
static int
number_of(sqlite3_context *context, sqlite3_value *value)
{
	int64_t n = sqlite3_value_int64(value);

	if (sqlite3_value_type(value) == SQLITE_INTEGER && n >= 0 &&
	    n < BITS_MOST)
		return (int)n;
	sqlite3_result_error(context, "no number of a bit", -1);
	return -1;
}

static void
give(sqlite3_context *context, const unsigned char *bytes)
{
	int length = BYTES_MOST;

	while (length > 0 && bytes[length - 1] == 0)
		length--;
	sqlite3_result_blob(context, bytes, length, SQLITE_TRANSIENT);
}

static void
change(sqlite3_context *context, sqlite3_value **args, bool on)
{
	unsigned char bytes[BYTES_MOST] = { 0 };
	const void *blob = sqlite3_value_blob(args[0]);
	int length = sqlite3_value_bytes(args[0]);
	int n = number_of(context, args[1]);

	if (n < 0)
		return;
	if (length > 0)
		memcpy(bytes, blob, length < BYTES_MOST ? (size_t)length :
		    BYTES_MOST);
	if (on)
		bytes[n / 8] |= (unsigned char)(1 << n % 8);
	else
		bytes[n / 8] &= (unsigned char)~(1 << n % 8);
	give(context, bytes);
}

static void
bit_with(sqlite3_context *context, int length, sqlite3_value **args)
{
	(void)length;
	change(context, args, true);
}

static void
bit_without(sqlite3_context *context, int length, sqlite3_value **args)
{
	(void)length;
	change(context, args, false);
}

static void
collect_step(sqlite3_context *context, int length, sqlite3_value **args)
{
	unsigned char *bytes = sqlite3_aggregate_context(context, BYTES_MOST);
	int n = number_of(context, args[0]);

	(void)length;
	if (bytes == NULL)
		sqlite3_result_error_nomem(context);
	else if (n >= 0)
		bytes[n / 8] |= (unsigned char)(1 << n % 8);
}

static void
collect_end(sqlite3_context *context)
{
	static const unsigned char none[BYTES_MOST];
	const unsigned char *bytes = sqlite3_aggregate_context(context, 0);

	give(context, bytes != NULL ? bytes : none);
}

int
db_add_bits(sqlite3 *db)
{
	int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
	int code = sqlite3_create_function_v2(db, "bit_with", 2, flags, NULL,
	    bit_with, NULL, NULL, NULL);

	if (code == SQLITE_OK)
		code = sqlite3_create_function_v2(db, "bit_without", 2, flags,
		    NULL, bit_without, NULL, NULL, NULL);
	return code != SQLITE_OK ? code : sqlite3_create_function_v2(db,
	    "bit_collect", 1, flags, NULL, NULL, collect_step, collect_end,
	    NULL);
}
