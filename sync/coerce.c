#include "coerce.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../schema/clock.h"
#include "../schema/text.h"
#include "project.h"

/* Beyond this a double no longer holds every whole number. */
#define WHOLE_MOST 9007199254740992.0

void
misfit_add(struct misfit *misfit, const char *field, const char *fmt, ...)
{
	size_t used = strlen(misfit->reason);
	va_list ap;
	int n;

	if (misfit->field[0] == '\0')
		text_copy(misfit->field, sizeof misfit->field, field);
	n = snprintf(misfit->reason + used, sizeof misfit->reason - used,
	    "%s%s: ", used > 0 ? "; " : "", field);
	used += (size_t)n;
	if (used >= sizeof misfit->reason)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(misfit->reason + used, sizeof misfit->reason - used,
	    fmt, ap);
	va_end(ap);
	/* It may quote the source. */
	text_clean(misfit->reason + used);
}

const char *
decode_type_name(bson_type_t type)
{
	switch (type) {
	case BSON_TYPE_DOUBLE:
	case BSON_TYPE_INT32:
	case BSON_TYPE_INT64:
	case BSON_TYPE_DECIMAL128:
		return "a number";
	case BSON_TYPE_UTF8:
		return "text";
	case BSON_TYPE_DOCUMENT:
		return "an embedded document";
	case BSON_TYPE_ARRAY:
		return "an array";
	case BSON_TYPE_BINARY:
		return "binary";
	case BSON_TYPE_OID:
		return "an ObjectId";
	case BSON_TYPE_BOOL:
		return "true or false";
	case BSON_TYPE_DATE_TIME:
		return "a date";
	case BSON_TYPE_TIMESTAMP:
		return "a timestamp";
	default:
		return "of another type";
	}
}

bool
coerce_find(const bson_t *document, const struct field *field,
    bson_iter_t *value, bool *exists)
{
	bool there = bson_iter_init_find(value, document, field->name);
	bson_type_t type = there ? bson_iter_type(value) : BSON_TYPE_NULL;

	if (exists != NULL)
		*exists = there;
	return type != BSON_TYPE_NULL && type != BSON_TYPE_UNDEFINED;
}

/* Finds it, or says that a required field is missing. *found tells whether
 * there is a value to read. */
static bool
find(const bson_t *document, const struct field *field, bson_iter_t *value,
    bool *found, struct misfit *misfit)
{
	*found = coerce_find(document, field, value, NULL);
	if (*found || !field->required)
		return true;
	misfit_add(misfit, field->name, "is missing");
	return false;
}

static bool
wrong_type(const struct field *field, const bson_iter_t *value,
    const char *wanted, struct misfit *misfit)
{
	bson_iter_t mark;

	if (BSON_ITER_HOLDS_DOCUMENT(value) &&
	    bson_iter_recurse(value, &mark) &&
	    bson_iter_find(&mark, PROJECT_UNRESOLVED) &&
	    BSON_ITER_HOLDS_UTF8(&mark)) {
		misfit_add(misfit, field->name, "%s",
		    bson_iter_utf8(&mark, NULL));
		return false;
	}
	misfit_add(misfit, field->name, "is %s, not %s",
	    decode_type_name(bson_iter_type(value)), wanted);
	return false;
}

bool
coerce_double(const bson_iter_t *value, double *number)
{
	char text[BSON_DECIMAL128_STRING];
	bson_decimal128_t decimal;

	switch (bson_iter_type(value)) {
	case BSON_TYPE_DOUBLE:
		*number = bson_iter_double(value);
		return true;
	case BSON_TYPE_INT32:
		*number = bson_iter_int32(value);
		return true;
	case BSON_TYPE_INT64:
		*number = (double)bson_iter_int64(value);
		return true;
	case BSON_TYPE_DECIMAL128:
		(void)bson_iter_decimal128(value, &decimal);
		bson_decimal128_to_string(&decimal, text);
		*number = strtod(text, NULL);
		return true;
	default:
		return false;
	}
}

bool
coerce_whole(const bson_t *document, const struct field *field,
    int64_t *value, struct misfit *misfit)
{
	bson_iter_t at;
	double number;
	bool found;

	*value = DECODE_NO_INT;
	if (!find(document, field, &at, &found, misfit))
		return false;
	if (!found)
		return true;
	if (!coerce_double(&at, &number))
		return wrong_type(field, &at, "a whole number", misfit);
	if (!isfinite(number) || number != floor(number) ||
	    fabs(number) > WHOLE_MOST) {
		misfit_add(misfit, field->name, "%g is not a whole number",
		    number);
		return false;
	}
	if (number < field->least || number > field->most) {
		misfit_add(misfit, field->name, "%.0f is not between %.0f and "
		    "%.0f", number, field->least, field->most);
		return false;
	}
	*value = (int64_t)number;
	return true;
}

bool
coerce_number(const bson_t *document, const struct field *field,
    double *value, struct misfit *misfit)
{
	bson_iter_t at;
	bool found;

	*value = DECODE_NO_NUMBER;
	if (!find(document, field, &at, &found, misfit))
		return false;
	if (!found)
		return true;
	if (!coerce_double(&at, value))
		return wrong_type(field, &at, "a number", misfit);
	if (isnan(*value) && !field->required)
		return true; /* how the source's tools write "missing" */
	if (isnan(*value)) {
		misfit_add(misfit, field->name, "is NaN");
		return false;
	}
	if (*value < field->least || *value > field->most) {
		misfit_add(misfit, field->name, "%g is not between %g and %g",
		    *value, field->least, field->most);
		return false;
	}
	return true;
}

bool
coerce_date(const bson_t *document, const struct field *field, int64_t *ms,
    struct misfit *misfit)
{
	int64_t least, most;
	bson_iter_t at;
	bool found;

	*ms = DECODE_NO_INT;
	if (!find(document, field, &at, &found, misfit))
		return false;
	if (!found)
		return true;
	if (bson_iter_type(&at) != BSON_TYPE_DATE_TIME)
		return wrong_type(field, &at, "a date", misfit);
	*ms = bson_iter_date_time(&at);
	least = clock_days_from_civil((int64_t)field->least, 1, 1) *
	    CLOCK_DAY_MS;
	most = clock_days_from_civil((int64_t)field->most, 1, 1) *
	    CLOCK_DAY_MS;
	if (*ms < least || *ms >= most) {
		char text[CLOCK_TEXT_BYTES];

		clock_format(*ms / CLOCK_DAY_MS > -1000000 &&
		    *ms / CLOCK_DAY_MS < 10000000 ? *ms : INT64_MIN / 2, text);
		misfit_add(misfit, field->name, "%s is not between the years "
		    "%.0f and %.0f", text[0] ? text : "its year", field->least,
		    field->most);
		return false;
	}
	return true;
}

bool
coerce_flag(const bson_t *document, const struct field *field,
    int64_t *value, struct misfit *misfit)
{
	bson_iter_t at;
	double number;
	bool found;

	*value = -1;
	if (!find(document, field, &at, &found, misfit))
		return false;
	if (!found)
		return true;
	if (bson_iter_type(&at) == BSON_TYPE_BOOL) {
		*value = bson_iter_bool(&at);
		return true;
	}
	if (!coerce_double(&at, &number))
		return wrong_type(field, &at, "true or false", misfit);
	if (number != floor(number) || number < 0 || number > field->most) {
		misfit_add(misfit, field->name, "%g is neither true nor false",
		    number);
		return false;
	}
	*value = (int64_t)number;
	return true;
}

bool
coerce_utf8(const bson_iter_t *value, size_t most, const char **text,
    const char **reason)
{
	uint32_t length;

	if (bson_iter_type(value) != BSON_TYPE_UTF8) {
		*reason = "is not text";
		return false;
	}
	*text = bson_iter_utf8(value, &length);
	if (memchr(*text, '\0', length) != NULL)
		*reason = "has a NUL inside";
	else if (!bson_utf8_validate(*text, length, false))
		*reason = "is not valid UTF-8";
	else if (length > most)
		*reason = "is too long";
	else
		return true;
	return false;
}

bool
coerce_text(const bson_t *document, const struct field *field,
    const char **value, struct misfit *misfit)
{
	const char *reason;
	bson_iter_t at;
	bool found;

	*value = NULL;
	if (!find(document, field, &at, &found, misfit))
		return false;
	if (!found)
		return true;
	if (bson_iter_type(&at) != BSON_TYPE_UTF8)
		return wrong_type(field, &at, "text", misfit);
	if (!coerce_utf8(&at, (size_t)field->most, value, &reason)) {
		misfit_add(misfit, field->name, "%s", reason);
		*value = NULL;
		return false;
	}
	if (field->required && (*value)[0] == '\0') {
		misfit_add(misfit, field->name, "is empty");
		return false;
	}
	return true;
}

bool
coerce_label(const bson_t *document, const struct field *field, char *text,
    size_t size, struct misfit *misfit)
{
	const char *reason, *utf8;
	bson_iter_t at;
	double number;
	bool found;

	text[0] = '\0';
	if (!find(document, field, &at, &found, misfit))
		return false;
	if (!found)
		return true;
	if (coerce_double(&at, &number)) {
		if (isnan(number))
			return true;
		if (number != floor(number) || fabs(number) > WHOLE_MOST)
			return wrong_type(field, &at, "text or a whole number",
			    misfit);
		(void)snprintf(text, size, "%.0f", number);
		return true;
	}
	if (bson_iter_type(&at) != BSON_TYPE_UTF8)
		return wrong_type(field, &at, "text or a whole number",
		    misfit);
	if (!coerce_utf8(&at, size - 1, &utf8, &reason)) {
		misfit_add(misfit, field->name, "%s", reason);
		return false;
	}
	(void)snprintf(text, size, "%s", utf8);
	return true;
}

bool
coerce_texts(const bson_t *document, const struct field *field,
    const char **values, size_t most, size_t *length, struct misfit *misfit)
{
	bson_iter_t at, item;
	const char *reason;
	bool found;

	*length = 0;
	if (!find(document, field, &at, &found, misfit))
		return false;
	if (!found)
		return true;
	if (bson_iter_type(&at) != BSON_TYPE_ARRAY ||
	    !bson_iter_recurse(&at, &item))
		return wrong_type(field, &at, "an array of text", misfit);
	while (bson_iter_next(&item)) {
		if (*length == most) {
			misfit_add(misfit, field->name, "has more than %zu "
			    "items", most);
			return false;
		}
		if (!coerce_utf8(&item, (size_t)field->most,
		    &values[*length], &reason)) {
			misfit_add(misfit, field->name, "item %zu %s",
			    *length, reason);
			return false;
		}
		if (values[*length][0] != '\0')
			(*length)++;
	}
	return true;
}

/* First words of addresses that are not platforms, and the form that belongs
 * to sailbuoys. */
static bool
is_reserved(const char *serial)
{
	static const char *const words[] = { "api", "assets", "data", "fleet",
		"map", "missions", "pipeline", "projects", "stats", "status" };
	size_t i;

	for (i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(serial, words[i]) == 0)
			return true;
	return strncmp(serial, "SB", 2) == 0 && serial[2] != '\0' &&
	    strspn(serial + 2, "0123456789") == strlen(serial + 2);
}

static bool
is_address_name(const char *serial)
{
	size_t i;

	for (i = 0; serial[i] != '\0'; i++) {
		char c = serial[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		bool other = (c >= '0' && c <= '9') || c == '-' || c == '_';

		if (!letter && (i == 0 || !other))
			return false;
	}
	return i > 0 && i < DECODE_SERIAL_BYTES;
}

static bool
serial_of_number(const struct field *field, double number,
    char serial[DECODE_SERIAL_BYTES], struct misfit *misfit)
{
	if (number != floor(number) || number < 0 || number > 999999) {
		misfit_add(misfit, field->name, "%g is not a platform's "
		    "number", number);
		return false;
	}
	(void)snprintf(serial, DECODE_SERIAL_BYTES,
	    field->type == F_BUOY ? "SB%.0f" : "SEA%03.0f", number);
	return true;
}

bool
coerce_serial(const bson_t *document, const struct field *field,
    char serial[DECODE_SERIAL_BYTES], bool *is_number, struct misfit *misfit)
{
	const char *text, *reason;
	bson_iter_t at;
	double number;
	bool found;

	serial[0] = '\0';
	*is_number = false;
	if (!find(document, field, &at, &found, misfit))
		return false;
	if (coerce_double(&at, &number)) {
		*is_number = true;
		return serial_of_number(field, number, serial, misfit);
	}
	if (field->type == F_BUOY)
		return wrong_type(field, &at, "a whole number", misfit);
	if (bson_iter_type(&at) != BSON_TYPE_UTF8)
		return wrong_type(field, &at, "text or a whole number",
		    misfit);
	if (!coerce_utf8(&at, (size_t)field->most, &text, &reason)) {
		misfit_add(misfit, field->name, "%s", reason);
		return false;
	}
	if (!is_address_name(text)) {
		misfit_add(misfit, field->name, "'%.40s' cannot stand in an "
		    "address: letters, digits, '-' and '_', a letter first",
		    text);
		return false;
	}
	if (is_reserved(text)) {
		misfit_add(misfit, field->name, "'%s' is the name of another "
		    "address", text);
		return false;
	}
	(void)snprintf(serial, DECODE_SERIAL_BYTES, "%s", text);
	return true;
}
