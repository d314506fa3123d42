/* The API's document names every address of the route table with its parameters
 * and forms, and nothing else. */
#include "check.h"

#include <cjson/cJSON.h>

#include "assets.h"
#include "web/csv.h"
#include "web/routes.h"

#define PATH_BYTES 128
#define API "/api/v1/"

static cJSON *document;

/* How the document writes a pattern: "{number:int}" is "{number}". */
static void
write_path(const char *pattern, const char *ending, char path[PATH_BYTES])
{
	size_t length = 0;
	bool kind = false;

	for (; *pattern != '\0' && length < PATH_BYTES - 16; pattern++) {
		kind = (kind || *pattern == ':') && *pattern != '}';
		if (!kind)
			path[length++] = *pattern;
	}
	(void)snprintf(path + length, PATH_BYTES - length, "%s", ending);
}

static const cJSON *
operation_of(const char *path)
{
	return cJSON_GetObjectItemCaseSensitive(
	    cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(
	    document, "paths"), path), "get");
}

static const cJSON *
parameter_of(const cJSON *reference)
{
	const char *ref = cJSON_GetStringValue(
	    cJSON_GetObjectItemCaseSensitive(reference, "$ref"));

	CHECK(ref != NULL);
	return ref == NULL ? NULL : cJSON_GetObjectItemCaseSensitive(
	    cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(
	    document, "components"), "parameters"), strrchr(ref, '/') + 1);
}

static const char *
text(const cJSON *object, const char *name)
{
	const char *value = cJSON_GetStringValue(
	    cJSON_GetObjectItemCaseSensitive(object, name));

	return value != NULL ? value : "";
}

static bool
lists(const char *names, const char *name)
{
	size_t length = strlen(name);
	const char *at = names;

	for (; at != NULL && (at = strstr(at, name)) != NULL; at += length)
		if ((at == names || at[-1] == ' ') &&
		    (at[length] == ' ' || at[length] == '\0'))
			return true;
	return false;
}

/* The parameters of one address are those of its route. */
static void
check_params(const struct route *route, const char *path)
{
	const cJSON *all = cJSON_GetObjectItemCaseSensitive(operation_of(path),
	    "parameters"), *reference, *param;
	size_t named = 0, known = 0, captures = 0;
	const char *at;

	for (at = route->params; at != NULL && *at != '\0'; known++) {
		at += strcspn(at, " ");
		at += strspn(at, " ");
	}
	for (at = route->pattern; (at = strchr(at, '{')) != NULL; at++)
		captures++;
	cJSON_ArrayForEach(reference, all) {
		char capture[PATH_BYTES];
		bool query;

		param = parameter_of(reference);
		query = strcmp(text(param, "in"), "query") == 0;
		(void)snprintf(capture, sizeof capture, "{%s}",
		    text(param, "name"));
		CHECK(query ? lists(route->params, text(param, "name")) :
		    strstr(path, capture) != NULL);
		named++;
	}
	CHECK_INT(named, known + captures);
	if (named != known + captures)
		printf("  %s\n", path);
}

static void
check_media(const char *path, const char *media)
{
	const cJSON *content = cJSON_GetObjectItemCaseSensitive(
	    cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(
	    operation_of(path), "responses"), "200"), "content");

	CHECK_INT(cJSON_GetArraySize(content), 1);
	CHECK_STR(content != NULL ? content->child->string : NULL, media);
}

static const struct {
	unsigned twin;
	const char *ending, *media;
} forms[] = {
	{ 0, "", "application/json" },
	{ TWIN_JSON, ".json", "application/json" },
	{ TWIN_CSV, ".csv", CSV_TYPE },
	{ TWIN_GEOJSON, ".geojson", "application/geo+json" },
	{ TWIN_SVG, ".svg", "image/svg+xml" },
};

#define FORMS (sizeof forms / sizeof forms[0])

static size_t addresses;

static void
every_address_is_in_the_document(void)
{
	char path[PATH_BYTES];
	size_t i, f;

	for (i = 0; i < routes_length; i++) {
		const struct route *route = &routes[i];

		if (strncmp(route->pattern, API, strlen(API)) != 0)
			continue;
		for (f = 0; f < FORMS; f++) {
			if (f > 0 && !(route->twins & forms[f].twin))
				continue;
			write_path(route->pattern, forms[f].ending, path);
			CHECK(operation_of(path) != NULL);
			if (operation_of(path) == NULL) {
				printf("  %s\n", path);
				continue;
			}
			addresses++;
			check_params(route, path);
			check_media(path, forms[f].media);
		}
	}
	CHECK(addresses > 20);
}

/* Every address above was found, so as many as there are means the same. */
static void
document_names_no_other_address(void)
{
	CHECK_INT(cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(document,
	    "paths")), addresses);
}

static void
every_parameter_and_object_is_used(void)
{
	static const char *const kinds[] = { "parameters", "schemas",
		"responses", "headers" };
	const cJSON *components = cJSON_GetObjectItemCaseSensitive(document,
	    "components"), *item;
	char *printed = cJSON_PrintUnformatted(document), ref[PATH_BYTES];
	size_t i;

	for (i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(
		    components, kinds[i])) {
			(void)snprintf(ref, sizeof ref,
			    "\"#/components/%s/%s\"", kinds[i],
			    item->string);
			CHECK(strstr(printed, ref) != NULL);
			if (strstr(printed, ref) == NULL)
				printf("  %s\n", ref);
		}
	cJSON_free(printed);
}

int
main(void)
{
	size_t i;

	for (i = 0; i < assets_length; i++)
		if (strcmp(assets[i].name, "openapi.json") == 0)
			document = cJSON_ParseWithLength(
			    (const char *)assets[i].bytes, assets[i].length);
	RUN(every_address_is_in_the_document);
	RUN(document_names_no_other_address);
	RUN(every_parameter_and_object_is_used);
	cJSON_Delete(document);
	return check_exit();
}
