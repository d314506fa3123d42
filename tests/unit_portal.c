/* The portal's file: what it takes, and the words for what it does not. */
#include "check.h"

#include <stdlib.h>
#include <unistd.h>

#include "schema/file.h"
#include "web/portal.h"
#include "web/prose.h"

#define FILE_NAME "unit_portal.json"
#ifndef EXAMPLE
#define EXAMPLE "../../../deploy/portal-example.json"
#endif

static struct portal *portal;
static struct edge_err err;
static char told[8192];
static int problems;

static void
take_problem(void *context, const char *text)
{
	size_t length = strlen(told);

	(void)context;
	problems++;
	(void)snprintf(told + length, sizeof told - length, "%s\n", text);
}

static bool
open_file(const char *path)
{
	portal_close(portal);
	portal = NULL;
	told[0] = '\0';
	problems = 0;
	memset(&err, 0, sizeof err);
	return portal_open(&portal, path, take_problem, NULL, &err);
}

static void
write_bytes(const void *bytes, size_t length)
{
	FILE *f = fopen(FILE_NAME, "wb");

	CHECK(f != NULL && fwrite(bytes, 1, length, f) == length &&
	    fclose(f) == 0);
}

static bool
open_text(const char *text)
{
	write_bytes(text, strlen(text));
	return open_file(FILE_NAME);
}

/* One problem, and it reads so. */
#define REFUSES(text, line) do { \
	CHECK(!open_text(text)); \
	CHECK(portal == NULL); \
	CHECK_INT(err.kind, EDGE_CONFIG); \
	CHECK_INT(problems, 1); \
	CHECK_STR(told, FILE_NAME ": " line "\n"); \
} while (0)

/* The object that templates see, at "texts.about.0.paragraph". */
static const cJSON *
frame_at(const char *path)
{
	const cJSON *at = portal->frame;
	char name[32];
	size_t n;

	for (; at != NULL && *path != '\0'; path += n, path += *path == '.') {
		n = strcspn(path, ".");
		(void)snprintf(name, sizeof name, "%.*s", (int)n, path);
		at = cJSON_IsArray(at) ? cJSON_GetArrayItem(at, atoi(name)) :
		    cJSON_GetObjectItemCaseSensitive(at, name);
	}
	return at;
}
#define FRAME(path) cJSON_GetStringValue(frame_at(path))

static void
without_a_file_nothing_is_set(void)
{
	CHECK(open_file(NULL));
	CHECK(portal->title == NULL && portal->url == NULL);
	CHECK(portal->news == NULL && portal->erddap == NULL);
	CHECK(portal->tiles.url == NULL && !portal->has_region);
	CHECK(cJSON_IsNull(frame_at("tagline")));
	CHECK(cJSON_IsNull(frame_at("texts.about")));
	CHECK(cJSON_IsArray(frame_at("links.footer")));
	CHECK(open_text("{}"));
	CHECK(portal->title == NULL);
}

static void
example_is_read_whole(void)
{
	CHECK(open_file(EXAMPLE));
	CHECK_STR(told, "");
	CHECK_STR(portal->title, "Baltic gliders");
	CHECK_STR(portal->url, "https://portal.example.org");
	CHECK_STR(portal->erddap, "https://erddap.example.org/erddap");
	CHECK_STR(portal->publisher.name, "Example organisation");
	CHECK_STR(portal->licence.url,
	    "https://creativecommons.org/licenses/by/4.0/");
	CHECK_STR(portal->tiles.url,
	    "https://tiles.example.org/{z}/{x}/{y}.png");
	CHECK_INT(portal->tiles.max_zoom, 15);
	CHECK(portal->has_region && portal->region.north > 65.9);
	CHECK_STR(FRAME("links.navigation.0.text"), "Observatories");
	CHECK_STR(FRAME("licence.name"), "CC BY 4.0");
	CHECK_STR(FRAME("texts.about.1.heading.0.text"),
	    "How the data are made");
	CHECK_INT(cJSON_GetArraySize(frame_at("texts.about.2.items")), 2);
	CHECK_STR(FRAME("texts.contact.0.paragraph.1.mail"),
	    "data@example.org");
}

static void
each_problem_names_its_place_and_the_way_out(void)
{
	REFUSES("{\"titel\": \"x\"}",
	    "titel: is not known; did you mean title?");
	REFUSES("{\"title\": 5}", "title: takes a text in quotes");
	REFUSES("{\"title\": \"\"}", "title: is empty; leave it out instead");
	REFUSES("{\"title\": \"a\\nb\"}", "title: takes one line of UTF-8 "
	    "text without control characters");
	REFUSES("{\"title\": \"\xff\"}", "title: takes one line of UTF-8 "
	    "text without control characters");
	REFUSES("{\"title\": \"a\", \"title\": \"b\"}",
	    "title: is there twice; keep one");
	REFUSES("{\"url\": \"https://a.example/x\"}", "url: takes the address "
	    "of the front page, without a path: https://portal.example.org, "
	    "not 'https://a.example/x'");
	REFUSES("{\"url\": \"javascript:alert(1)\"}", "url: takes an address "
	    "such as https://www.example.org, not 'javascript:alert(1)'");
	REFUSES("{\"erddap\": \"https://a.example;script-src *\"}",
	    "erddap: takes an address such as https://www.example.org, not "
	    "'https://a.example;script-src *'");
	REFUSES("{\"region\": [31, 53, 9, 66]}", "region: takes [west, south, "
	    "east, north] in degrees, such as [9, 53, 31, 66]; west and south "
	    "are the smaller ones, latitudes within 85");
	REFUSES("{\"region\": [1, 2, \"3\", 4]}", "region: takes [west, south, "
	    "east, north] in degrees, such as [9, 53, 31, 66]; west and south "
	    "are the smaller ones, latitudes within 85");
	REFUSES("{\"news\": \"no-such-folder\"}", "news: no-such-folder is no "
	    "folder that can be read");
	REFUSES("{\"publisher\": {\"url\": \"https://a.example\"}}",
	    "publisher: lacks its name");
	REFUSES("{\"tiles\": {\"url\": \"https://{s}.example.org/{z}/{x}/{y}\""
	    ", \"attribution\": \"A\"}}", "tiles.url: takes an address of one "
	    "host with {z}, {x} and {y}, such as "
	    "https://tile.example.org/{z}/{x}/{y}.png, not "
	    "'https://{s}.example.org/{z}/{x}/{y}'");
	REFUSES("{\"tiles\": {\"url\": \"https://a.example/{z}/{x}/{y}\"}}",
	    "tiles: takes url and attribution: who made the tiles must be "
	    "named");
	REFUSES("{\"texts\": {\"about\": \"[x](javascript:alert) y\"}}",
	    "texts.about: links to 'javascript:alert'; a link takes http://, "
	    "https://, mailto: or a page here such as /data");
	REFUSES("{\"texts\": {\"about\": [1]}}", "texts.about: takes a text, "
	    "or a list of texts for its paragraphs, of 20000 bytes at most");
	REFUSES("{\"links\": {\"footer\": [{\"text\": \"x\", \"url\": "
	    "\"ftp://x\"}]}}", "links.footer[0].url: takes an address such as "
	    "https://www.example.org, not 'ftp://x'");
	REFUSES("{\"links\": {\"footer\": [{\"text\": \"x\"}]}}",
	    "links.footer[0]: takes {\"text\": \"…\", \"url\": \"https://…\"}");
	REFUSES("{\n\"title\": \"x\"\n\"url\": 5}", "line 3: this is not JSON; "
	    "look for a missing comma or quote here or on the line before");
	REFUSES("[]", "takes an object, {…}");
}

static void
all_problems_are_told_at_once(void)
{
	CHECK(!open_text("{\"title\": 1, \"url\": 2, \"nonsense\": {}, "
	    "\"licence\": \"MIT\"}"));
	CHECK_INT(problems, 4);
	CHECK_STR(err.text, FILE_NAME ": 4 problems; `edge check` lists them");
	CHECK(!open_file("no-such-file.json"));
	CHECK_STR(told, "no-such-file.json: No such file or directory\n");
}

/* A file cut anywhere, or with any one byte wrong, gives a portal or words. */
static void
broken_files_never_crash(void)
{
	struct edge_err ignored = { 0 };
	size_t length, n, opened = 0;
	char *bytes = file_read(EXAMPLE, PORTAL_FILE_BYTES, &length, &ignored);

	CHECK(bytes != NULL);
	if (bytes == NULL)
		return;
	for (n = 0; n < length; n++) {
		write_bytes(bytes, n);
		if (open_file(FILE_NAME))
			opened++;
		else if (problems == 0)
			CHECK_STR("a refusal", "has words");
	}
	/* Only the last newline may be missing. */
	CHECK_INT(opened, 1);
	for (n = 0; n < length; n += 3) {
		char was = bytes[n];

		bytes[n] = n % 2 ? '\0' : (char)0xff;
		write_bytes(bytes, length);
		CHECK(open_file(FILE_NAME) == (problems == 0));
		bytes[n] = was;
	}
	free(bytes);
}

/* ---- prose ---- */

#define PROSE(text, json) do { \
	char refused_[80]; \
	cJSON *blocks_ = prose_parse(text, refused_, sizeof refused_); \
	char *printed_ = cJSON_PrintUnformatted(blocks_); \
	CHECK_STR(printed_, json); \
	cJSON_free(printed_); \
	cJSON_Delete(blocks_); \
} while (0)
#define PLAIN(text) \
	"{\"text\":\"" text "\",\"url\":null,\"mail\":null,\"strong\":null}"
#define P(parts) \
	"[{\"heading\":null,\"items\":null,\"paragraph\":[" parts "]}]"

static void
prose_is_blocks_of_parts(void)
{
	cJSON *blocks = prose_parse("one\ntwo\n\n## H\n- a\n- b\nmore\n\nx",
	    NULL, 0);

	CHECK_INT(cJSON_GetArraySize(blocks), 4);
	cJSON_Delete(blocks);
	PROSE("", "[]");
	PROSE("\n \n\t\n", "[]");
	PROSE("<b>a</b> & [b](x", P(PLAIN("<b>a</b> & [b](x")));
	PROSE("a **b", P(PLAIN("a **b")));
	PROSE("- a", "[{\"heading\":null,\"paragraph\":null,\"items\":["
	    "{\"parts\":[" PLAIN("a") "]}]}]");
	PROSE("See https://a.example/x_(y), now.", P(PLAIN("See ")
	    ",{\"text\":\"https://a.example/x_\",\"url\":"
	    "\"https://a.example/x_\",\"mail\":null,\"strong\":null},"
	    PLAIN("(y), now.")));
}

static void
links_lead_to_pages_only(void)
{
	CHECK(prose_link_allowed("https://a.example/b?c=d&e"));
	CHECK(prose_link_allowed("/data"));
	CHECK(prose_link_allowed("mailto:a.b+c@d.example"));
	CHECK(!prose_link_allowed("//evil.example"));
	CHECK(!prose_link_allowed("/\\evil.example"));
	CHECK(!prose_link_allowed("data:text/html,x"));
	CHECK(!prose_link_allowed("JavaScript:alert(1)"));
	CHECK(!prose_link_allowed("https://a.example/\"onclick=x"));
	CHECK(!prose_link_allowed("mailto:a@b.example?bcc=c@d.example"));
	CHECK(!prose_link_allowed("mailto:@"));
	CHECK(!prose_link_allowed(""));
}

int
main(void)
{
	RUN(without_a_file_nothing_is_set);
	RUN(example_is_read_whole);
	RUN(each_problem_names_its_place_and_the_way_out);
	RUN(all_problems_are_told_at_once);
	RUN(broken_files_never_crash);
	RUN(prose_is_blocks_of_parts);
	RUN(links_lead_to_pages_only);
	portal_close(portal);
	(void)unlink(FILE_NAME);
	return check_exit();
}
