#include "csv.h"

#include <string.h>

#define COLUMNS_MAX 64
#define NAME_BYTES 128

/* The columns of a table in the order in which they first appear. */
struct columns {
	char names[COLUMNS_MAX][NAME_BYTES];
	size_t length;
	bool failed; /* too many, or a name too long */
};

/* "outer.inner", or "inner" at the top. */
static bool
join_name(char name[NAME_BYTES], const char *outer, const char *inner)
{
	size_t length = strlen(outer), more = strlen(inner);

	if (length + more + 2 > NAME_BYTES)
		return false;
	memcpy(name, outer, length);
	if (length > 0)
		name[length++] = '.';
	memcpy(name + length, inner, more + 1);
	return true;
}

static void
add_column(struct columns *columns, const char *name)
{
	size_t i;

	for (i = 0; i < columns->length; i++)
		if (strcmp(columns->names[i], name) == 0)
			return;
	if (columns->length == COLUMNS_MAX) {
		columns->failed = true;
		return;
	}
	memcpy(columns->names[columns->length++], name, strlen(name) + 1);
}

static void
find_columns(struct columns *columns, const cJSON *row, const char *outer)
{
	char name[NAME_BYTES];
	const cJSON *item;

	cJSON_ArrayForEach(item, row) {
		if (!join_name(name, outer, item->string)) {
			columns->failed = true;
			return;
		}
		if (cJSON_IsObject(item) && outer[0] == '\0')
			find_columns(columns, item, name);
		else
			add_column(columns, name);
	}
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

bool
csv_write(const cJSON *rows, struct buffer *out)
{
	struct columns columns = { .length = 0, .failed = false };
	const cJSON *row;
	size_t i;

	if (!cJSON_IsArray(rows))
		return false;
	cJSON_ArrayForEach(row, rows) {
		if (!cJSON_IsObject(row))
			return false;
		find_columns(&columns, row, "");
	}
	if (columns.failed)
		return false;
	for (i = 0; i < columns.length; i++) {
		if (i > 0)
			buffer_add_char(out, ',');
		add_quoted(out, columns.names[i]);
	}
	buffer_add_text(out, "\r\n");
	cJSON_ArrayForEach(row, rows) {
		for (i = 0; i < columns.length; i++) {
			if (i > 0)
				buffer_add_char(out, ',');
			add_cell(out, find_cell(row, columns.names[i]));
		}
		buffer_add_text(out, "\r\n");
	}
	return !out->failed;
}
