/* Pages as files: names and links. */
#include "check.h"

#include "web/export_page.h"

static void
name_is(const char *target, const char *name)
{
	struct buffer out = { 0 };

	export_name(target, &out);
	CHECK_STR(buffer_text(&out), name);
	buffer_free(&out);
}

static void
files_are_named_after_addresses(void)
{
	name_is("/", "index.html");
	name_is("/missions", "missions.html");
	name_is("/SEA063/M33", "SEA063/M33.html");
	name_is("/SEA063/M33.json", "SEA063/M33.json");
	name_is("/map.svg?width=390", "map-2f4f6e95840c.svg");
	name_is("/missions?after=A", "missions-c0022d76a621.html");
	name_is("/api/v1/totals", "api/v1/totals.json");
	name_is("/projects/A.B", "projects/A.B.html");
	name_is("/projects/A b:\"*?x=1", "projects/A=20b=3A=22=2A"
	    "-12c091ef4fc8.html");
	name_is("/projects/\xc3\x85", "projects/=C3=85.html");
}

static void
of_lists_those_with_one_filter_become_files(void)
{
	CHECK(export_takes("/missions"));
	CHECK(export_takes("/missions?after=AAA"));
	CHECK(export_takes("/missions?year=2024&after=AAA"));
	CHECK(export_takes("/map.svg?width=390"));
	CHECK(!export_takes("/missions?year=2024&basin=SEA-001"));
	CHECK(!export_takes("/missions?sort=days"));
	CHECK(!export_takes("/api/v1/positions?since=now-24h"));
	CHECK(!export_takes("/%00"));
	CHECK(!export_takes("nothing"));
}

static struct buffer led_to;

static void
take_link(void *context, const char *target)
{
	(void)context;
	buffer_printf(&led_to, "%s ", target);
}

static void
becomes(const char *target, const char *html, const char *wanted)
{
	struct buffer out = { 0 };

	export_rewrite(target, html, strlen(html), take_link, NULL, &out);
	CHECK_STR(buffer_text(&out), wanted);
	buffer_free(&out);
}

static void
links_are_relative_to_the_file(void)
{
	becomes("/", "<a class=\"b\" href=\"/missions\">M</a>",
	    "<a class=\"b\" href=\"missions.html\">M</a>");
	becomes("/SEA063/M33", "<img src=\"/SEA063/M33/map.svg?width=560\" "
	    "alt=\"a > b\"><a href=\"/\">x</a>",
	    "<img src=\"../SEA063/M33/map-48510bb85ac8.svg\" "
	    "alt=\"a > b\"><a href=\"../index.html\">x</a>");
	becomes("/a/b/c", "<a href=\"/d#e\">", "<a href=\"../../d.html#e\">");
	becomes("/", "<a href=\"#main\">", "<a href=\"#main\">");
	becomes("/", "<a href=\"https://x.example/\">",
	    "<a href=\"https://x.example/\">");
	becomes("/", "<a href=\"//x.example/\">", "<a href=\"//x.example/\">");
	becomes("/", "<i data-map=\"/map.geojson\" data-n=\"3\">",
	    "<i data-map=\"map.geojson\" data-n=\"3\">");
	CHECK_STR(buffer_text(&led_to), "/missions "
	    "/SEA063/M33/map.svg?width=560 / /d /map.geojson ");
	buffer_free(&led_to);
}

static void
what_does_not_become_a_file_is_not_led_to(void)
{
	becomes("/", "<a href=\"/missions?sort=days\" rel=\"x\">by days</a>",
	    "<a rel=\"x\">by days</a>");
	becomes("/missions", "<form class=\"f\"><input name=\"q\"></form>",
	    "<form hidden class=\"f\"><input name=\"q\"></form>");
	CHECK_STR(buffer_text(&led_to), "");
	buffer_free(&led_to);
}

static void
what_is_no_markup_stays_as_it_is(void)
{
	static const char *const same[] = {
		"", "<", "<a", "<a href", "<a href=\"", "<a href=\"/missions",
		"a < b", "<!doctype html>\n<html lang=\"en\">",
		"<script>if (a < b) x = \"<a href=\\\"/missions\\\">\"</script>",
		"<p title='/missions'>/missions</p>", "<br/><path d=\"M0 0\"/>",
		"<a =\"/missions\">", "<a href=/missions>",
	};
	size_t i;

	for (i = 0; i < sizeof same / sizeof *same; i++)
		becomes("/", same[i], same[i]);
	CHECK_STR(buffer_text(&led_to), "");
	buffer_free(&led_to);
}

static void
any_bytes_come_to_an_end(void)
{
	static const char page[] = "<a href=\"/missions?a=&amp;\" x='<'>"
	    "<script>\"</script><form><i data-x=\"/%zz\"<b>";
	char text[sizeof page];
	struct buffer out = { 0 };
	size_t i, j;

	for (i = 0; i + 1 < sizeof page; i++)
		for (j = 0; j < 4; j++) {
			memcpy(text, page, sizeof page);
			text[i] = "\0<\">"[j];
			buffer_clear(&out);
			export_rewrite("/", text, strlen(text), take_link,
			    NULL, &out);
			CHECK(!out.failed);
		}
	buffer_free(&out);
	buffer_free(&led_to);
}

int
main(void)
{
	RUN(files_are_named_after_addresses);
	RUN(of_lists_those_with_one_filter_become_files);
	RUN(links_are_relative_to_the_file);
	RUN(what_does_not_become_a_file_is_not_led_to);
	RUN(what_is_no_markup_stays_as_it_is);
	RUN(any_bytes_come_to_an_end);
	return check_exit();
}
