#include "range.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* Reads digits, at least one; what is too large for a file stays INT64_MAX. */
static bool
read_digits(const char **text, int64_t *value)
{
	const char *p = *text;
	int64_t n = 0;

	for (; *p >= '0' && *p <= '9'; p++)
		n = n > (INT64_MAX - 9) / 10 ? INT64_MAX : n * 10 + (*p - '0');
	if (p == *text)
		return false;
	*text = p;
	*value = n;
	return true;
}

static bool
ends(const char *text)
{
	return text[strspn(text, " \t")] == '\0';
}

static enum range_result
read_suffix(const char *text, int64_t size, struct range *range)
{
	int64_t length;

	if (!read_digits(&text, &length) || !ends(text))
		return RANGE_WHOLE;
	if (length == 0 || size == 0)
		return RANGE_NONE;
	range->length = length < size ? length : size;
	range->first = size - range->length;
	return RANGE_PART;
}

enum range_result
range_read(const char *value, int64_t size, struct range *range)
{
	int64_t first, last = INT64_MAX;

	if (value == NULL || strncasecmp(value, "bytes=", 6) != 0)
		return RANGE_WHOLE;
	value += 6;
	value += strspn(value, " \t");
	if (*value == '-')
		return read_suffix(value + 1, size, range);
	if (!read_digits(&value, &first) || *value++ != '-')
		return RANGE_WHOLE;
	if (!ends(value) && (!read_digits(&value, &last) || !ends(value) ||
	    last < first))
		return RANGE_WHOLE;
	if (first >= size)
		return RANGE_NONE;
	range->first = first;
	range->length = (last < size ? last + 1 : size) - first;
	return RANGE_PART;
}

enum range_result
range_read_if(const char *value, const char *if_range, const char *etag,
    int64_t size, struct range *range)
{
	if (if_range != NULL && strcmp(if_range, etag) != 0)
		return RANGE_WHOLE;
	return range_read(value, size, range);
}
