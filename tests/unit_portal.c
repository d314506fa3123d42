/* The portal's file: what it takes, and the words for what it does not. */
#include "check.h"

#include <stdlib.h>
#include <unistd.h>

#include "schema/file.h"
#include "web/portal.h"
#include "web/portal_link.h"
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
	REFUSES("{\"security\": \"safe@example.org\"}",
	    "security: takes mailto:someone@example.org or an https address, "
	    "not 'safe@example.org'");
	REFUSES("{\"security\": \"http://example.org/x\"}",
	    "security: takes mailto:someone@example.org or an https address, "
	    "not 'http://example.org/x'");
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
colours_can_be_read(void)
{
	const char *sheet;

	REFUSES("{\"colours\": {\"light\": {\"accent\": \"#ffcc00\"}}}",
	    "colours.light.accent: #ffcc00 on the paper #ffffff has a "
	    "contrast of 1.5 : 1 and is hard to read; take a darker colour, "
	    "4.5 : 1 is the least");
	REFUSES("{\"colours\": {\"dark\": {\"soft\": \"#26394a\"}}}",
	    "colours.dark.soft: #26394a on the paper #0c1721 has a contrast "
	    "of 1.5 : 1 and is hard to read; take a lighter colour, 4.5 : 1 "
	    "is the least");
	REFUSES("{\"colours\": {\"light\": {\"accent\": \"red\"}}}",
	    "colours.light.accent: takes a colour as #rrggbb, such as "
	    "#00658f");
	REFUSES("{\"colours\": {\"light\": {\"accent\": \"#12345;\"}}}",
	    "colours.light.accent: takes a colour as #rrggbb, such as "
	    "#00658f");
	REFUSES("{\"colours\": {\"light\": {\"paper\": \"#000000\"}}}",
	    "colours.light.paper: is not known; it takes accent, ink, soft "
	    "and line");
	REFUSES("{\"colours\": \"blue\"}", "colours: takes an object, {…}");
	/* 4.54 : 1, and 4.48 : 1. */
	CHECK(open_text("{\"colours\": {\"light\": {\"accent\": \"#767676\","
	    "\"line\": \"#eeeeee\"}}}"));
	CHECK(!open_text("{\"colours\": {\"light\": {\"accent\": "
	    "\"#777777\"}}}"));
	CHECK(open_text("{\"colours\": {\"light\": {\"accent\": \"#0b5c4a\"},"
	    "\"dark\": {\"accent\": \"#7fd1b9\"}}}"));
	CHECK_INT(portal->assets_length, 1);
	CHECK_STR(portal->assets[0].name, PORTAL_STYLE);
	sheet = (const char *)portal->assets[0].bytes;
	CHECK_STR(sheet, "@media screen{:root{--accent:#0b5c4a;}}\n@media "
	    "screen and (prefers-color-scheme:dark){:root{--accent:#7fd1b9;}}"
	    "\n");
	CHECK(open_text("{\"colours\": {}}"));
	CHECK_INT(portal->assets_length, 0);
}

#define EXAMPLE_AREAS "portal-example-basins.geojson"
#define EXAMPLE_LOGO "portal-example-logo.svg" /* beside the copies */
#define LOGO "unit_portal.logo"

/* Whether a file of these bytes is a logo. */
static bool
logo_of(const void *bytes, size_t length)
{
	FILE *f = fopen(LOGO, "wb");

	CHECK(f != NULL && fwrite(bytes, 1, length, f) == length &&
	    fclose(f) == 0);
	return open_text("{\"logo\": \"" LOGO "\"}");
}
#define LOGO_OF(text) logo_of(text, sizeof(text) - 1)
#define PNG(width, height) "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR" width height

static void
logo_is_a_picture_of_known_size(void)
{
	char *large;

	CHECK(LOGO_OF("<svg xmlns='x' viewBox='0 0 120,40'></svg>"));
	CHECK_INT(portal->logo_width, 84);
	CHECK_INT(portal->logo_height, 28);
	CHECK_STR(portal->assets[0].name, PORTAL_LOGO_SVG);
	CHECK(LOGO_OF(PNG("\0\0\0\x38", "\0\0\0\x1c") "rest"));
	CHECK_INT(portal->logo_width, 56);
	CHECK_STR(portal->assets[0].name, PORTAL_LOGO_PNG);
	CHECK(LOGO_OF("<svg viewBox='0 0 99999 1'/>"));
	CHECK_INT(portal->logo_width, 280);
	CHECK(!LOGO_OF("<svg width='5'></svg>"));
	CHECK_STR(told, FILE_NAME ": logo: " LOGO " is neither a PNG nor an "
	    "SVG with a viewBox\n");
	CHECK(!LOGO_OF("<svg viewBox='0 0 -1 5'/>"));
	CHECK(!LOGO_OF("<svg viewBox='0 0 nan inf'/>"));
	CHECK(!LOGO_OF("<svg viewBox='0 0 1"));
	CHECK(!LOGO_OF(""));
	CHECK(!LOGO_OF("GIF89a"));
	CHECK(!LOGO_OF(PNG("\0\0\0\0", "\0\0\0\x1c")));
	CHECK(!LOGO_OF(PNG("\xff\xff\xff\xff", "\0\0\0\x1c")));
	CHECK(!LOGO_OF("\x89PNG\r\n\x1a\n"));
	large = calloc(1, 200000);
	CHECK(!logo_of(large, 200000));
	CHECK(strstr(told, "larger than 102400 bytes") != NULL);
	free(large);
	(void)unlink(LOGO);
	REFUSES("{\"logo\": \"" LOGO "\"}", "logo: " LOGO
	    ": No such file or directory");
}

#define AREAS "unit_portal.geojson"
#define FEATURE(name, geometry) "{\"type\": \"FeatureCollection\", " \
	"\"features\": [{\"properties\": {\"name\": " name "}, " \
	"\"geometry\": " geometry "}]}"
#define RING "[[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]]"
#define AREA(rings) "{\"type\": \"Polygon\", \"coordinates\": [" rings "]}"

static bool
areas_of(const char *text)
{
	FILE *f = fopen(AREAS, "wb");

	CHECK(f != NULL && fputs(text, f) >= 0 && fclose(f) == 0);
	return open_text("{\"basins\": \"" AREAS "\"}");
}
#define AREAS_FAIL(text, line) do { \
	CHECK(!areas_of(text)); \
	CHECK_INT(problems, 1); \
	CHECK_STR(told, FILE_NAME ": basins: " AREAS line "\n"); \
} while (0)

static void
basins_are_outlines_with_names(void)
{
	const cJSON *outline;
	char *many, *end;
	size_t i;

	CHECK(areas_of(FEATURE("\"A\"", AREA(RING ", [[2, 2], [3, 2], [3, 3], "
	    "[2, 2]]"))));
	CHECK_INT(cJSON_GetArraySize(portal->outlines), 2);
	outline = portal->outlines->child;
	CHECK_STR(cJSON_GetStringValue(cJSON_GetObjectItem(outline, "name")),
	    "A");
	CHECK_STR(cJSON_GetStringValue(cJSON_GetObjectItem(outline, "line")),
	    "???_c`|@_c`|@??~b`|@~b`|@?");
	CHECK_INT(cJSON_GetObjectItem(outline, "lon")->valueint, 5);
	CHECK(cJSON_IsNull(cJSON_GetObjectItem(outline->next, "name")));
	CHECK(areas_of(FEATURE("\"B\"", "{\"type\": \"MultiPolygon\", "
	    "\"coordinates\": [[" RING "], [" RING "]]}")));
	CHECK_INT(cJSON_GetArraySize(portal->outlines), 2);
	AREAS_FAIL("[]", " is no GeoJSON FeatureCollection of at most 200 "
	    "features");
	AREAS_FAIL("{", " is not JSON");
	AREAS_FAIL(FEATURE("5", AREA(RING)), ": features[0] lacks a property "
	    "name of at most 60 bytes");
	AREAS_FAIL(FEATURE("\"A\"", "{\"type\": \"Point\"}"), ": features[0] is "
	    "neither a Polygon nor a MultiPolygon");
	AREAS_FAIL(FEATURE("\"A\"", AREA("")), ": features[0] is a polygon "
	    "without rings");
#define NO_RING ": features[0] has a ring that is none: it takes four or " \
	"more [longitude, latitude], the last the same as the first"
	AREAS_FAIL(FEATURE("\"A\"", AREA("[[0, 0], [1, 1], [0, 0]]")),
	    NO_RING);
	AREAS_FAIL(FEATURE("\"A\"", AREA("[[0, 0], [1, 1], [2, 2], [3, 3]]")),
	    NO_RING);
	AREAS_FAIL(FEATURE("\"A\"", AREA("[[0, 0], [1, 91], [2, 2], [0, 0]]")),
	    NO_RING);
	AREAS_FAIL(FEATURE("\"A\"", AREA("5")), NO_RING);
	AREAS_FAIL(FEATURE("\"A\"", AREA("[[[0]]]")), NO_RING);
	AREAS_FAIL(FEATURE("\"A\"", AREA("[{\"x\": 1}, \"a\", null, 1e999]")),
	    NO_RING);
	/* A zigzag that no simplifying makes small. */
	many = calloc(1, 40000 * 32 + 200);
	(void)snprintf(many, 200, "{\"features\": [{\"properties\": {\"name\": "
	    "\"A\"}, \"geometry\": {\"type\": \"Polygon\", "
	    "\"coordinates\": [[[0, 0]");
	for (end = many + strlen(many), i = 0; i < 40000; i++)
		end += snprintf(end, 32, ",[%zu.%03zu, %zu]", i / 1000,
		    i % 1000, i % 2 * 5);
	(void)snprintf(end, 32, ",[0, 0]]]}}]}");
	AREAS_FAIL(many, " has too many points for a map even when simplified "
	    "to 200 m; simplify it more");
	free(many);
	(void)unlink(AREAS);
}

/* {"plots": {"base": …, "glider": [{"title": "T", "path": PATH}]}} */
#define PLOT(path) "{\"plots\": {\"base\": \"https://a.example/x/\", " \
	"\"glider\": [{\"title\": \"T\", \"path\": \"" path "\"}]}}"

static void
plot_patterns_stay_within_their_folder(void)
{
	CHECK(open_text(PLOT("g/{nrt|done}/{serial}/M{number}.png")));
	CHECK_STR(portal->plots.base, "https://a.example/x");
	CHECK_INT(portal->plots.glider.length, 1);
	CHECK_STR(FRAME("foreign"), "a.example");
	REFUSES(PLOT("../{serial}.png"), "plots.glider[0].path: has a part "
	    "that is empty or begins with a dot; not '../{serial}.png'");
	REFUSES(PLOT("a/../{serial}.png"), "plots.glider[0].path: has a part "
	    "that is empty or begins with a dot; not 'a/../{serial}.png'");
	REFUSES(PLOT("/etc/{serial}.png"), "plots.glider[0].path: is relative:"
	    " no / at its beginning; not '/etc/{serial}.png'");
	REFUSES(PLOT("a//{serial}.png"), "plots.glider[0].path: has a part "
	    "that is empty or begins with a dot; not 'a//{serial}.png'");
	REFUSES(PLOT("{serial}.html"), "plots.glider[0].path: ends in .png, "
	    ".svg, .jpg, .jpeg or .webp; not '{serial}.html'");
	REFUSES(PLOT("{name}.png"), "plots.glider[0].path: in braces it takes "
	    "{serial}, {number} or {while under way|when complete}; not "
	    "'{name}.png'");
	REFUSES(PLOT("{serial.png"), "plots.glider[0].path: in braces it takes "
	    "{serial}, {number} or {while under way|when complete}; not "
	    "'{serial.png'");
	REFUSES(PLOT("{a|b|c}.png"), "plots.glider[0].path: in braces it takes "
	    "{serial}, {number} or {while under way|when complete}; not "
	    "'{a|b|c}.png'");
	REFUSES(PLOT("a b.png"), "plots.glider[0].path: takes letters, digits,"
	    " . _ - / and placeholders; not 'a b.png'");
	REFUSES("{\"plots\": {}}", "plots: takes either base, the address the "
	    "pictures are below, or folder, where they lie on this machine");
	REFUSES("{\"plots\": {\"base\": \"https://a.example\", "
	    "\"folder\": \".\"}}", "plots: takes either base, the address "
	    "the pictures are below, or folder, where they lie on this "
	    "machine");
}

/* ---- patterns ---- */

#define GLIDER "glider/{nrt|complete_mission}/{serial}/M{number}/" \
	"{serial}_M{number}.png"

static void
pattern_gives_what_it_matches(void)
{
	struct buffer text = { 0 };

	pattern_expand(GLIDER, "SEA063", 33, false, &text);
	CHECK_STR(buffer_text(&text), "glider/nrt/SEA063/M33/SEA063_M33.png");
	CHECK(pattern_matches(GLIDER, buffer_text(&text)));
	buffer_clear(&text);
	pattern_expand(GLIDER, "SEA063", 33, true, &text);
	CHECK_STR(buffer_text(&text),
	    "glider/complete_mission/SEA063/M33/SEA063_M33.png");
	CHECK(pattern_matches(GLIDER, buffer_text(&text)));
	buffer_clear(&text);
	pattern_expand("{serial}", "../x y", 1, true, &text);
	CHECK_STR(buffer_text(&text), "..%2Fx%20y");
	buffer_free(&text);
}

static void
pattern_matches_nothing_else(void)
{
	CHECK(!pattern_matches(GLIDER, ""));
	CHECK(!pattern_matches(GLIDER, "glider/nrt/SEA063/M33/SEA063_M34.png"));
	CHECK(!pattern_matches(GLIDER, "glider/nrt/SEA063/M33/SEA064_M33.png"));
	CHECK(!pattern_matches(GLIDER, "glider/no/SEA063/M33/SEA063_M33.png"));
	CHECK(!pattern_matches(GLIDER, "glider/nrt/../M33/.._M33.png"));
	CHECK(!pattern_matches(GLIDER, "glider/nrt/a/b/M33/a/b_M33.png"));
	CHECK(!pattern_matches(GLIDER,
	    "glider/nrt/SEA063/M33/SEA063_M33.png/x"));
	CHECK(!pattern_matches("{serial}.png", ".png"));
	CHECK(pattern_matches("{serial}_M{number}.png", "a_M1_M2_M3.png"));
	CHECK(pattern_matches("x{a|}y", "xy") && pattern_matches("x{a|}y",
	    "xay"));
	/* Many ways to divide a long text must not take long. */
	CHECK(!pattern_matches("{serial}{number}{serial}{number}{serial}.png",
	    "1111111111111111111111111111111111111111111111111111111111111111"
	    "11111111111111111111111111111111111111111111111111111111.gif"));
}

static void
all_problems_are_told_at_once(void)
{
	CHECK(!open_text("{\"title\": 1, \"url\": 2, \"nonsense\": {}, "
	    "\"licence\": \"MIT\"}"));
	CHECK_INT(problems, 4);
	CHECK_STR(err.text, FILE_NAME ": 4 problems");
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

	CHECK(file_publish(EXAMPLE_LOGO, "<svg viewBox='0 0 1 1'/>", 24, false,
	    &ignored));
	CHECK(file_publish(EXAMPLE_AREAS, "{\"features\": []}", 16, false,
	    &ignored));
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
	(void)unlink(EXAMPLE_LOGO);
	(void)unlink(EXAMPLE_AREAS);
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
	RUN(colours_can_be_read);
	RUN(logo_is_a_picture_of_known_size);
	RUN(basins_are_outlines_with_names);
	RUN(plot_patterns_stay_within_their_folder);
	RUN(pattern_gives_what_it_matches);
	RUN(pattern_matches_nothing_else);
	RUN(all_problems_are_told_at_once);
	RUN(broken_files_never_crash);
	RUN(prose_is_blocks_of_parts);
	RUN(links_lead_to_pages_only);
	portal_close(portal);
	(void)unlink(FILE_NAME);
	return check_exit();
}
