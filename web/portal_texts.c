/* portal_texts.c: the operator's words and links, made ready for templates. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "portal_internal.h"
#include "prose.h"
#include "request.h"

#define WORDS_MOST 80
#define PROSE_MOST 20000
#define REFUSED_BYTES 200
#define LINKS_MOST 12

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* ---- texts ---- */

/* A text, or a list of them: the paragraphs. NULL when it is neither. */
static char *
join_texts(struct reading *r, const cJSON *item, const char *path)
{
	struct buffer text = { 0 };
	const cJSON *one = cJSON_IsArray(item) ? item->child : item;
	const char *from;
	size_t length;
	bool ok = one != NULL;

	for (; ok && one != NULL; one = item == one ? NULL : one->next) {
		from = cJSON_GetStringValue(one);
		ok = from != NULL;
		if (text.length > 0)
			buffer_add_text(&text, "\n\n");
		while (ok && *from != '\0') {
			length = strcspn(from, "\r\n\t");
			ok = request_text_valid(from, length);
			buffer_add(&text, from, length);
			from += length;
			if (*from != '\0')
				buffer_add_char(&text, *from++);
		}
	}
	if (ok && text.length > 0 && text.length <= PROSE_MOST && !text.failed)
		return text.bytes;
	buffer_free(&text);
	portal_problem(r, path, "takes a text, or a list of texts for its "
	    "paragraphs, of %d bytes at most", PROSE_MOST);
	return NULL;
}

static void
read_prose(struct reading *r, cJSON *item, const char *path)
{
	char *text = join_texts(r, item, path), refused[REFUSED_BYTES];
	cJSON *blocks;

	if (text == NULL)
		return;
	blocks = prose_parse(text, refused, sizeof refused);
	if (refused[0] != '\0')
		portal_problem(r, path, "links to '%.80s'; a link takes "
		    "http://, https://, mailto: or a page here such as /data",
		    refused);
	cJSON_ReplaceItemInObjectCaseSensitive(
	    cJSON_GetObjectItemCaseSensitive(r->frame, "texts"), item->string,
	    blocks);
	free(text);
}

void
portal_read_texts(struct reading *r, cJSON *item, const char *path)
{
	static const struct portal_member members[] = {
		{ "landing", read_prose }, { "about", read_prose },
		{ "data", read_prose }, { "contact", read_prose },
		{ "footer", read_prose },
	};

	portal_members(r, item, path, members, COUNT(members));
}

/* ---- links ---- */

static void
read_link(struct reading *r, const cJSON *item, const char *path, cJSON *list)
{
	cJSON *url = cJSON_GetObjectItemCaseSensitive(item, "url"), *link;
	char place[PORTAL_PATH_BYTES];
	const char *text, *address;

	if (cJSON_GetArraySize(item) != 2 || url == NULL ||
	    !cJSON_HasObjectItem(item, "text")) {
		portal_problem(r, path, "takes {\"text\": \"…\", \"url\": "
		    "\"https://…\"}");
		return;
	}
	(void)snprintf(place, sizeof place, "%.120s.text", path);
	text = portal_text(r, cJSON_GetObjectItemCaseSensitive(item, "text"),
	    place, WORDS_MOST);
	(void)snprintf(place, sizeof place, "%.120s.url", path);
	address = portal_address(r, url, place);
	if (text == NULL || address == NULL)
		return;
	link = cJSON_CreateObject();
	cJSON_AddStringToObject(link, "text", text);
	cJSON_AddStringToObject(link, "url", address);
	cJSON_AddItemToArray(list, link);
}

static void
read_links(struct reading *r, cJSON *item, const char *path)
{
	cJSON *list = cJSON_GetObjectItemCaseSensitive(
	    cJSON_GetObjectItemCaseSensitive(r->frame, "links"), item->string);
	char place[PORTAL_PATH_BYTES];
	const cJSON *link;
	int at = 0;

	if (!cJSON_IsArray(item) || cJSON_GetArraySize(item) > LINKS_MOST) {
		portal_problem(r, path, "takes a list of at most %d links",
		    LINKS_MOST);
		return;
	}
	cJSON_ArrayForEach(link, item) {
		(void)snprintf(place, sizeof place, "%.120s[%d]", path, at++);
		read_link(r, link, place, list);
	}
}

void
portal_read_links(struct reading *r, cJSON *item, const char *path)
{
	static const struct portal_member members[] = {
		{ "navigation", read_links }, { "footer", read_links },
	};

	portal_members(r, item, path, members, COUNT(members));
}
