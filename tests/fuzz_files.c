/* Any bytes as a file of the operator; the first one says which: a mapping, an
 * announcement, a portal's file, or the GeoJSON or the logo it names. It is
 * taken or refused, and no byte too many is read. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sync/mapping.h"
#include "web/news.h"
#include "web/portal.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

#define MOST_BYTES 16384 /* longer input is only slower */
#define NAME_BYTES 64

enum kind { MAPPING, MARKDOWN, YAML, PORTAL, BASINS, LOGO, KINDS };

static void
ignore(void *context, const char *text)
{
	(void)context;
	if (strlen(text) == 0)
		abort();
}

static void
read_mapping(const char *text, size_t length)
{
	struct edge_err err = { 0 };
	struct mapping *mapping = mapping_parse("m", text, length, ignore,
	    NULL, &err);

	if (mapping == NULL && err.kind == EDGE_NONE)
		abort();
	mapping_close(mapping);
}

static void
read_news(const char *name, const char *text)
{
	struct edge_err err = { 0 };
	cJSON *item = news_parse(name, text, &err);

	if (item == NULL && err.kind == EDGE_NONE)
		abort();
	cJSON_Delete(item);
}

/* A file without a place in a folder; its name is good while it is open. */
static int
make_file(const void *bytes, size_t length, char name[NAME_BYTES])
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || write(fd, bytes, length) != (ssize_t)length)
		abort();
	(void)snprintf(name, NAME_BYTES, "/proc/self/fd/%d", fd);
	return fd;
}

static void
read_portal(const char *name)
{
	struct edge_err err = { 0 };
	struct portal *portal;

	if (!portal_open(&portal, name, ignore, NULL, &err) &&
	    err.kind == EDGE_NONE)
		abort();
	portal_close(portal);
}

static void
read_portal_file(enum kind kind, const char *text, size_t length)
{
	char name[NAME_BYTES], outer[NAME_BYTES], portal[2 * NAME_BYTES];
	int fd = make_file(text, length, name), outer_fd;

	if (kind == PORTAL) {
		read_portal(name);
	} else {
		(void)snprintf(portal, sizeof portal, "{\"%s\": \"%s\"}",
		    kind == BASINS ? "basins" : "logo", name);
		outer_fd = make_file(portal, strlen(portal), outer);
		read_portal(outer);
		(void)close(outer_fd);
	}
	(void)close(fd);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	enum kind kind;
	char *text;

	if (length == 0 || length > MOST_BYTES)
		return 0;
	kind = bytes[0] % KINDS;
	text = malloc(length);
	if (text == NULL)
		abort();
	memcpy(text, bytes + 1, length - 1);
	text[--length] = '\0';
	if (kind == MAPPING)
		read_mapping(text, length);
	else if (kind == MARKDOWN || kind == YAML)
		read_news(kind == YAML ? "a.yml" : "a.md", text);
	else
		read_portal_file(kind, text, length);
	free(text);
	return 0;
}
