/* Any bytes as a template, and what follows their first NUL as its data:
 * compiling and rendering read no byte too many and end. Text of the data
 * reaches the page only escaped. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "web/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

#define NOW_MS INT64_C(1795340430000)
#define MOST_BYTES 4096 /* longer input is only slower */

static const char frame[] = "[{{$title}}none{{/title}}{{$main}}{{/main}}]";
static const char row[] = "<{{name}}{{#more}}{{>row}}{{/more}}>\n";
static const char data_when_none[] = "{\"a\": [1, {\"b\": \"<x\"}, []], "
    "\"name\": \"<n\", \"t\": \"2026-11-22T02:00:00Z\", "
    "\"o\": {\"start\": \"2026-01-01\", \"end\": \"2026-02-01\"}}";

static const char *
find_asset(const char *name, void *data)
{
	(void)data;
	return name[0] == 'a' ? "/assets/a" : NULL;
}

static void
render(struct template_set *set, const cJSON *page, unsigned flags)
{
	struct template_data data = { page, page, NOW_MS, flags };
	struct edge_err err = { 0 };
	struct buffer out = { 0 };

	if (!template_render(template_find(set, "t"), &data, &out, &err) &&
	    err.kind != EDGE_FAILED)
		abort();
	buffer_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	const uint8_t *end = memchr(bytes, '\0', length);
	size_t text_length = end != NULL ? (size_t)(end - bytes) : length;
	struct template_set *set;
	struct edge_err err = { 0 };
	cJSON *page;
	bool ok;

	if (length > MOST_BYTES)
		return 0;
	page = end != NULL ? cJSON_ParseWithLength((const char *)end + 1,
	    length - text_length - 1) : cJSON_Parse(data_when_none);
	set = template_set_new(find_asset, NULL);
	if (set == NULL)
		abort();
	ok = template_compile(set, "frame", frame, sizeof frame - 1, &err) &&
	    template_compile(set, "row", row, sizeof row - 1, &err);
	if (!ok)
		abort();
	if (template_compile(set, "t", (const char *)bytes, text_length, &err)
	    && template_link(set, &err) && page != NULL) {
		render(set, page, 0);
		render(set, page, TEMPLATE_STRICT);
	}
	template_set_free(set);
	cJSON_Delete(page);
	return 0;
}
