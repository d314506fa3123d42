#include "csv.h"

#include <stdio.h>
#include <string.h>

#define NAME_BYTES 128

/* Copies the next name of a list of columns; false at its end. A name that is
 * too long is cut, and finds nothing. */
static bool
next_column(const char **columns, char name[NAME_BYTES])
{
	size_t length;

	*columns += strspn(*columns, " ");
	length = strcspn(*columns, " ");
	(void)snprintf(name, NAME_BYTES, "%.*s", (int)length, *columns);
	*columns += length;
	return length > 0;
}

/* The cell of a column, also of a member of a member; NULL when missing. */
static const cJSON *
find_cell(const cJSON *row, const char *column)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(row, column);
	const char *dot = strchr(column, '.');
	char outer[NAME_BYTES];

	if (item != NULL || dot == NULL)
		return item;
	memcpy(outer, column, (size_t)(dot - column));
	outer[dot - column] = '\0';
	return cJSON_GetObjectItemCaseSensitive(
	    cJSON_GetObjectItemCaseSensitive(row, outer), dot + 1);
}

static void
add_quoted(struct buffer *out, const char *text)
{
	const char *quote;

	/* What a spreadsheet would run as a formula becomes text. */
	bool formula = text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL;

	if (!formula && strpbrk(text, ",\"\r\n") == NULL) {
		buffer_add_text(out, text);
		return;
	}
	buffer_add_char(out, '"');
	if (formula)
		buffer_add_char(out, '\'');
	while ((quote = strchr(text, '"')) != NULL) {
		buffer_add(out, text, (size_t)(quote - text) + 1);
		buffer_add_char(out, '"');
		text = quote + 1;
	}
	buffer_add_text(out, text);
	buffer_add_char(out, '"');
}

static void
add_plain(struct buffer *out, const cJSON *item)
{
	char *printed;

	if (item == NULL || cJSON_IsNull(item))
		return;
	if (cJSON_IsString(item)) {
		buffer_add_text(out, item->valuestring);
		return;
	}
	printed = cJSON_PrintUnformatted(item);
	if (printed == NULL)
		out->failed = true;
	else
		buffer_add_text(out, printed);
	cJSON_free(printed);
}

static void
add_cell(struct buffer *out, const cJSON *cell)
{
	struct buffer joined = { 0 };
	const cJSON *item;

	if (cJSON_IsString(cell)) {
		add_quoted(out, cell->valuestring);
	} else if (cJSON_IsObject(cell)) {
		add_plain(&joined, cell);
		add_quoted(out, buffer_text(&joined));
		out->failed |= joined.failed;
		buffer_free(&joined);
	} else if (cJSON_IsArray(cell)) {
		cJSON_ArrayForEach(item, cell) {
			if (item != cell->child)
				buffer_add_text(&joined, "; ");
			add_plain(&joined, item);
		}
		add_quoted(out, buffer_text(&joined));
		out->failed |= joined.failed;
		buffer_free(&joined);
	} else {
		/* A number may begin with "-" and stays a number. */
		add_plain(out, cell);
	}
}

void
csv_add(const cJSON *row, const char *columns, struct buffer *out)
{
	char name[NAME_BYTES];
	bool first = true;

	while (next_column(&columns, name)) {
		if (!first)
			buffer_add_char(out, ',');
		first = false;
		if (row == NULL)
			add_quoted(out, name);
		else
			add_cell(out, find_cell(row, name));
	}
	buffer_add_text(out, "\r\n");
}

bool
csv_write(const cJSON *rows, const char *columns, struct buffer *out)
{
	const cJSON *row;

	if (!cJSON_IsArray(rows) || columns == NULL)
		return false;
	csv_add(NULL, columns, out);
	cJSON_ArrayForEach(row, rows) {
		if (!cJSON_IsObject(row))
			return false;
		csv_add(row, columns, out);
	}
	return !out->failed;
}
