#include "prose.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"

struct prose {
	cJSON *blocks;
	char *refused;
	size_t refused_size;
	bool failed;            /* out of memory */
};

/* ---- links ---- */

static bool
is_plain(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text <= ' ' || *text == 0x7f ||
		    strchr("<>\"\\`", *text) != NULL)
			return false;
	return true;
}

static bool
is_mail(const char *address)
{
	const char *at = strchr(address, '@');
	size_t length = strlen(address);

	return at != NULL && at != address && strchr(at + 1, '.') != NULL &&
	    strspn(address, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVW"
	    "XYZ0123456789.@+_-") == length && strchr(at + 1, '@') == NULL;
}

bool
prose_link_allowed(const char *url)
{
	if (!is_plain(url))
		return false;
	if (strncmp(url, "mailto:", 7) == 0)
		return is_mail(url + 7);
	if (url[0] == '/')
		return url[1] != '/';
	return (strncmp(url, "https://", 8) == 0 && url[8] != '\0') ||
	    (strncmp(url, "http://", 7) == 0 && url[7] != '\0');
}

/* ---- parts of a block ---- */

static bool
put(cJSON *object, const char *name, const char *text, size_t length)
{
	char *copy = text != NULL ? strndup(text, length) : NULL;
	bool ok = (copy != NULL ? cJSON_AddStringToObject(object, name, copy) :
	    cJSON_AddNullToObject(object, name)) != NULL;

	ok = ok && (copy != NULL || text == NULL);
	free(copy);
	return ok;
}

static void
add_part(struct prose *prose, cJSON *parts, const char *text, size_t length,
    const char *url, bool strong)
{
	cJSON *part;
	bool mail = url != NULL && strncmp(url, "mailto:", 7) == 0;

	if (length == 0)
		return;
	part = cJSON_CreateObject();
	if (!cJSON_AddItemToArray(parts, part) ||
	    !put(part, "text", text, length) ||
	    !put(part, "url", mail ? NULL : url, url ? strlen(url) : 0) ||
	    !put(part, "mail", mail ? url + 7 : NULL, url ? strlen(url) : 0) ||
	    !(strong ? cJSON_AddTrueToObject(part, "strong") :
	    cJSON_AddNullToObject(part, "strong")))
		prose->failed = true;
}

/* Adds the words of a link, as a link when its address is allowed. */
static void
add_link(struct prose *prose, cJSON *parts, const char *words, size_t length,
    const char *address, size_t address_length)
{
	char *url = strndup(address, address_length);

	if (url == NULL) {
		prose->failed = true;
		return;
	}
	if (prose_link_allowed(url)) {
		add_part(prose, parts, words, length, url, false);
	} else {
		add_part(prose, parts, words, length, NULL, false);
		if (prose->refused_size > 0 && prose->refused[0] == '\0')
			(void)snprintf(prose->refused, prose->refused_size,
			    "%s", url);
	}
	free(url);
}

/* "[words](address)" at `at`; its length, 0 when it is none. */
static size_t
link_length(const char *at, const char **words_end, const char **address,
    const char **address_end)
{
	*words_end = strpbrk(at + 1, "[]");
	if (*words_end == NULL || **words_end != ']' ||
	    (*words_end)[1] != '(' || *words_end == at + 1)
		return 0;
	*address = *words_end + 2;
	*address_end = strpbrk(*address, "() \n");
	if (*address_end == NULL || **address_end != ')')
		return 0;
	return (size_t)(*address_end + 1 - at);
}

/* A bare address ends before space and before the sentence's own marks. */
static size_t
address_length(const char *at)
{
	size_t length = strcspn(at, " \n\t<>\"()[]");

	while (length > 0 && strchr(".,;:!?'*", at[length - 1]) != NULL)
		length--;
	return length;
}

static bool
begins_word(const char *text, const char *at)
{
	return at == text || strchr(" (", at[-1]) != NULL;
}

/* The parts of one block, in which a line's end has become a space. */
static cJSON *
parse_parts(struct prose *prose, const char *text)
{
	cJSON *parts = cJSON_CreateArray();
	const char *from = text, *at = text, *words_end, *address, *end;
	size_t n;

	while (*at != '\0') {
		if (at[0] == '[' && (n = link_length(at, &words_end, &address,
		    &end)) > 0) {
			add_part(prose, parts, from, (size_t)(at - from), NULL,
			    false);
			add_link(prose, parts, at + 1, (size_t)(words_end -
			    at - 1), address, (size_t)(end - address));
		} else if (strncmp(at, "https://", 8) == 0 &&
		    begins_word(text, at) && (n = address_length(at)) > 8) {
			add_part(prose, parts, from, (size_t)(at - from), NULL,
			    false);
			add_link(prose, parts, at, n, at, n);
		} else if (strncmp(at, "**", 2) == 0 && at[2] != ' ' &&
		    (end = strstr(at + 2, "**")) != NULL && end > at + 2) {
			add_part(prose, parts, from, (size_t)(at - from), NULL,
			    false);
			add_part(prose, parts, at + 2, (size_t)(end - at - 2),
			    NULL, true);
			n = (size_t)(end + 2 - at);
		} else {
			at++;
			continue;
		}
		at += n;
		from = at;
	}
	add_part(prose, parts, from, (size_t)(at - from), NULL, false);
	if (parts == NULL)
		prose->failed = true;
	return parts;
}

/* ---- blocks ---- */

enum block { HEADING, PARAGRAPH, ITEMS, BLOCKS };

static cJSON *
add_block(struct prose *prose, enum block kind)
{
	static const char *const names[BLOCKS] = { "heading", "paragraph",
		"items" };
	cJSON *block = cJSON_CreateObject(), *part = NULL;
	int i;

	if (!cJSON_AddItemToArray(prose->blocks, block))
		prose->failed = true;
	for (i = 0; i < BLOCKS; i++)
		if (i != (int)kind)
			cJSON_AddNullToObject(block, names[i]);
		else if (kind == ITEMS)
			part = cJSON_AddArrayToObject(block, names[i]);
	return kind == ITEMS ? part : block;
}

/* Ends the block that is gathered in `text`. */
static void
end_block(struct prose *prose, enum block kind, cJSON **items,
    struct buffer *text)
{
	cJSON *parts, *item;

	if (text->length == 0)
		return;
	parts = parse_parts(prose, buffer_text(text));
	if (kind == ITEMS) {
		if (*items == NULL)
			*items = add_block(prose, ITEMS);
		item = cJSON_CreateObject();
		cJSON_AddItemToObject(item, "parts", parts);
		cJSON_AddItemToArray(*items, item);
	} else {
		*items = NULL;
		cJSON_AddItemToObject(add_block(prose, kind), kind == HEADING ?
		    "heading" : "paragraph", parts);
	}
	prose->failed = prose->failed || text->failed;
	buffer_clear(text);
}

cJSON *
prose_parse(const char *text, char *refused, size_t size)
{
	struct prose prose = { cJSON_CreateArray(), refused, size, false };
	struct buffer gathered = { 0 };
	enum block kind = PARAGRAPH;
	cJSON *items = NULL;
	size_t length, indent;

	if (size > 0)
		refused[0] = '\0';
	for (; *text != '\0'; text += length, text += *text == '\n') {
		length = strcspn(text, "\n");
		indent = strspn(text, " \t\r");
		if (indent >= length) {
			end_block(&prose, kind, &items, &gathered);
			kind = PARAGRAPH;
			continue;
		}
		if (strncmp(text, "## ", 3) == 0 ||
		    strncmp(text, "- ", 2) == 0) {
			end_block(&prose, kind, &items, &gathered);
			kind = text[0] == '-' ? ITEMS : HEADING;
			indent = text[0] == '-' ? 2 : 3;
		} else if (kind == HEADING) {
			end_block(&prose, kind, &items, &gathered);
			kind = PARAGRAPH;
		}
		if (gathered.length > 0)
			buffer_add_char(&gathered, ' ');
		buffer_add(&gathered, text + indent, length - indent -
		    (text[length - 1] == '\r'));
	}
	end_block(&prose, kind, &items, &gathered);
	buffer_free(&gathered);
	if (!prose.failed)
		return prose.blocks;
	cJSON_Delete(prose.blocks);
	return NULL;
}
