/* portal_check.c: what values of the portal's file must look like. */
#include "portal_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../schema/conf.h"
#include "request.h"

#define MEMBERS_MOST 32
#define PROBLEM_BYTES 512
#define ADDRESS_MOST 500

void
portal_problem(struct reading *r, const char *path, const char *fmt, ...)
{
	char text[PROBLEM_BYTES], line[2 * PROBLEM_BYTES];
	struct edge_err one = { 0 };
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	(void)snprintf(line, sizeof line, "%s: %s%s%s", r->file, path,
	    path[0] != '\0' ? ": " : "", text);
	err_set(&one, EDGE_CONFIG, "%s", line); /* one line, cut to fit */
	r->problem(r->context, one.text);
	r->problems++;
}

static void
join(const char *path, const char *name, char joined[PORTAL_PATH_BYTES])
{
	(void)snprintf(joined, PORTAL_PATH_BYTES, "%.120s%s%.60s", path,
	    path[0] != '\0' ? "." : "", name);
}

static void
unknown_member(struct reading *r, const char *path, const char *name,
    const struct portal_member *members, size_t length)
{
	const char *words[MEMBERS_MOST], *near;
	char joined[PORTAL_PATH_BYTES];
	size_t i;

	for (i = 0; i < length && i < MEMBERS_MOST; i++)
		words[i] = members[i].name;
	near = conf_near(name, words, i);
	join(path, name, joined);
	portal_problem(r, joined, "is not known%s%s%s",
	    near != NULL ? "; did you mean " : "", near != NULL ? near : "",
	    near != NULL ? "?" : "");
}

void
portal_members(struct reading *r, cJSON *object, const char *path,
    const struct portal_member *members, size_t length)
{
	char joined[PORTAL_PATH_BYTES];
	cJSON *item;
	size_t i;

	if (!cJSON_IsObject(object)) {
		portal_problem(r, path, "takes an object, {…}");
		return;
	}
	cJSON_ArrayForEach(item, object) {
		for (i = 0; i < length; i++)
			if (strcmp(members[i].name, item->string) == 0)
				break;
		join(path, item->string, joined);
		if (i == length)
			unknown_member(r, path, item->string, members, length);
		else if (cJSON_GetObjectItemCaseSensitive(object,
		    item->string) != item)
			portal_problem(r, joined, "is there twice; keep one");
		else
			members[i].read(r, item, joined);
	}
}

const char *
portal_text(struct reading *r, const cJSON *item, const char *path,
    size_t most)
{
	const char *text = cJSON_GetStringValue(item);
	size_t length = text != NULL ? strlen(text) : 0;

	if (text == NULL)
		portal_problem(r, path, "takes a text in quotes");
	else if (length == 0)
		portal_problem(r, path, "is empty; leave it out instead");
	else if (length > most)
		portal_problem(r, path, "has %zu bytes; it takes %zu at most",
		    length, most);
	else if (!request_text_valid(text, length))
		portal_problem(r, path, "takes one line of UTF-8 text without "
		    "control characters");
	else
		return text;
	return NULL;
}

bool
portal_origin(const char *url, char *origin, size_t size)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL"
	    "MNOPQRSTUVWXYZ0123456789.-:[]";
	const char *host = strstr(url, "://");
	size_t length;

	if (host == NULL || (strncmp(url, "https://", 8) != 0 &&
	    strncmp(url, "http://", 7) != 0))
		return false;
	host += 3;
	length = strcspn(host, "/?#");
	if (length == 0 || strspn(host, allowed) < length ||
	    (size_t)(host - url) + length >= size)
		return false;
	(void)snprintf(origin, size, "%.*s", (int)((size_t)(host - url) +
	    length), url);
	return true;
}

const char *
portal_address(struct reading *r, const cJSON *item, const char *path)
{
	const char *text = portal_text(r, item, path, ADDRESS_MOST);
	char origin[ADDRESS_MOST + 1];

	if (text == NULL)
		return NULL;
	if (!portal_origin(text, origin, sizeof origin) ||
	    strpbrk(text, " <>\"'\\`;,") != NULL) {
		portal_problem(r, path, "takes an address such as "
		    "https://www.example.org, not '%.80s'", text);
		return NULL;
	}
	return text;
}

const char *
portal_base(struct reading *r, cJSON *item, const char *path)
{
	const char *text = portal_address(r, item, path);
	size_t length = text != NULL ? strlen(text) : 0;

	if (length > 0 && text[length - 1] == '/')
		item->valuestring[length - 1] = '\0';
	return text;
}

bool
portal_count(struct reading *r, const cJSON *item, const char *path, int least,
    int most, int *value)
{
	if (!cJSON_IsNumber(item) || item->valuedouble < least ||
	    item->valuedouble > most ||
	    item->valuedouble != (double)item->valueint) {
		portal_problem(r, path, "takes a whole number from %d to %d",
		    least, most);
		return false;
	}
	*value = item->valueint;
	return true;
}
