/* Templates: compiling, rendering, and what they refuse. */
#include "check.h"
#include "web/template.h"

#define NOW_MS INT64_C(1795340430000) /* 2026-11-22T09:40:30Z */

static const char *
find_asset(const char *name, void *data)
{
	(void)data;
	return strcmp(name, "edge.js") == 0 ? "/assets/1&2/edge.js" : NULL;
}

/* More templates than the one under test; ended by a NULL name. */
struct part {
	const char *name, *text;
};

static const struct part parts[] = {
	{ "row", "<{{name}}>" },
	{ "line", "row {{name}}\n" },
	{ "raw.css", "a{b:c}}{{x}}" },
	{ "frame", "[{{$title}}none{{/title}}|{{$main}}{{/main}}]" },
	{ "outer", "({{$main}}o{{/main}}{{$side}}s{{/side}})" },
	{ "middle", "{{<outer}}{{$main}}m{{$main2}}n{{/main2}}{{/main}}"
	    "{{/outer}}" },
	{ "loop", "{{>loop}}" },
	{ "self", "{{<frame}}{{$main}}{{$main}}{{/main}}{{/main}}"
	    "{{/frame}}" },
	{ NULL, NULL }
};

/* Renders `text`; the error's text when it fails. */
static const char *
render(const char *text, const char *json, unsigned flags)
{
	static struct buffer out;
	static struct edge_err err;
	struct template_set *set = template_set_new(find_asset, NULL);
	cJSON *page = cJSON_Parse(json);
	cJSON *frame = cJSON_Parse("{\"site\": {\"title\": \"T\"}, "
	    "\"only\": \"frame\", \"name\": \"outermost\"}");
	struct template_data data = { page, frame, NOW_MS, flags };
	const struct part *p;
	bool ok = page != NULL;

	memset(&err, 0, sizeof err);
	buffer_clear(&out);
	for (p = parts; p->name != NULL && ok; p++)
		ok = strcmp(p->name, "raw.css") == 0 ?
		    template_add_text(set, p->name, p->text, strlen(p->text),
		    &err) : template_compile(set, p->name, p->text,
		    strlen(p->text), &err);
	ok = ok && template_compile(set, "t", text, strlen(text), &err) &&
	    template_link(set, &err) && template_render(
	    template_find(set, "t"), &data, &out, &err);
	template_set_free(set);
	cJSON_Delete(page);
	cJSON_Delete(frame);
	return ok ? buffer_text(&out) : err.text;
}

#define T(text, json, should) CHECK_STR(render(text, json, 0), should)
#define STRICT(text, json, should) \
	CHECK_STR(render(text, json, TEMPLATE_STRICT), should)

static void
values_are_escaped(void)
{
	T("", "{}", "");
	T("plain } { text", "{}", "plain } { text");
	T("{{a}}", "{\"a\": \"x\"}", "x");
	T("{{ a }}", "{\"a\": \"x\"}", "x");
	T("{{a}}", "{\"a\": \"<b> & \\\"c\\\" 'd'\"}",
	    "&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;");
	T("{{a}}", "{\"a\": \"{{b}}\"}", "{{b}}");
	T("{{a}}", "{\"a\": 12}", "12");
	T("{{a}}", "{\"a\": 1.5}", "1.5");
	T("{{a}}", "{\"a\": 0.1}", "0.1");
	T("{{a}}", "{\"a\": -0}", "0");
	T("{{a}}", "{\"a\": 123456789012}", "123456789012");
	T("{{a}}", "{\"a\": true}", "true");
	T("{{a}}", "{\"a\": null}", "");
	T("{{a}}", "{}", "");
	T("{{a}}", "{\"a\": [1]}", "");
	T("{{A}}", "{\"a\": 1}", "");
	T("{{a.b.c}}", "{\"a\": {\"b\": {\"c\": \"x\"}}}", "x");
	T("{{a.b.c}}", "{\"a\": {\"b\": null}}", "");
	T("{{a.b.c}}", "{\"a\": 1}", "");
	T("{{a-b_1}}", "{\"a-b_1\": 1}", "1");
	T("{{a}}}", "{\"a\": 1}", "1}");
}

static void
names_are_found_outwards(void)
{
	T("{{only}}", "{}", "frame");
	T("{{site.title}}", "{}", "T");
	T("{{name}}", "{\"name\": \"page\"}", "page");
	T("{{#a}}{{name}}{{/a}}", "{\"a\": {\"x\": 1}, \"name\": \"page\"}",
	    "page");
	T("{{#a}}{{name}}{{/a}}", "{\"a\": {\"name\": \"in\"}, "
	    "\"name\": \"page\"}", "in");
	T("{{#a}}{{name}}{{/a}}", "{\"a\": {\"name\": null}, "
	    "\"name\": \"page\"}", "");
	T("{{#a}}{{#b}}{{x}}{{y}}{{z}}{{/b}}{{/a}}", "{\"a\": {\"b\": "
	    "{\"x\": 1}, \"y\": 2}, \"z\": 3}", "123");
	/* The first part decides: no second search for the rest. */
	T("{{#a}}{{b.c}}{{/a}}", "{\"a\": {\"b\": {}}, \"b\": {\"c\": 1}}",
	    "");
	T("{{#a.b}}{{c}}{{/a.b}}", "{\"a\": {\"b\": {\"c\": 1}}}", "1");
}

static void
sections_repeat_and_ask(void)
{
	T("{{#a}}x{{/a}}", "{\"a\": true}", "x");
	T("{{#a}}x{{/a}}", "{\"a\": false}", "");
	T("{{#a}}x{{/a}}", "{\"a\": null}", "");
	T("{{#a}}x{{/a}}", "{}", "");
	T("{{#a}}x{{/a}}", "{\"a\": 0}", "");
	T("{{#a}}x{{/a}}", "{\"a\": 0.5}", "x");
	T("{{#a}}x{{/a}}", "{\"a\": \"\"}", "");
	T("{{#a}}{{.}}{{/a}}", "{\"a\": \"y\"}", "y");
	T("{{#a}}x{{/a}}", "{\"a\": []}", "");
	T("{{#a}}x{{/a}}", "{\"a\": {}}", "x");
	T("{{#a}}{{.}},{{/a}}", "{\"a\": [1, \"b\", null]}", "1,b,,");
	T("{{#a}}{{n}}{{/a}}", "{\"a\": [{\"n\": 1}, {\"n\": 2}]}", "12");
	T("{{#a}}{{#.}}{{.}}{{/.}};{{/a}}", "{\"a\": [[1, 2], [3]]}",
	    "12;3;");
	T("{{^a}}x{{/a}}", "{\"a\": []}", "x");
	T("{{^a}}x{{/a}}", "{}", "x");
	T("{{^a}}x{{/a}}", "{\"a\": 0}", "x");
	T("{{^a}}x{{/a}}", "{\"a\": [0]}", "");
	T("{{#a}}{{#a}}x{{/a}}{{/a}}", "{\"a\": [1, 2]}", "xxxx");
}

static void
sections_ask_for_presence(void)
{
	T("{{#a?}}x{{/a?}}", "{\"a\": 0}", "x");
	T("{{#a?}}x{{/a}}", "{\"a\": \"\"}", "x");
	T("{{#a?}}x{{/a}}", "{\"a\": []}", "x");
	T("{{#a?}}x{{/a}}", "{\"a\": null}", "");
	T("{{#a?}}x{{/a}}", "{}", "");
	T("{{^a?}}x{{/a}}", "{}", "x");
	T("{{^a?}}x{{/a}}", "{\"a\": false}", "");
	/* It leaves the current value alone, and does not repeat. */
	T("{{#a?}}{{b}}{{/a}}", "{\"a\": {\"b\": 1}, \"b\": 2}", "2");
	T("{{#a?}}x{{/a}}", "{\"a\": [1, 2]}", "x");
	T("{{#a.b?}}x{{/a.b}}", "{\"a\": {\"b\": 0}}", "x");
}

static void
sections_ask_for_a_word(void)
{
	T("{{#k=glider}}g{{/k}}{{^k=glider}}s{{/k}}", "{\"k\": \"glider\"}",
	    "g");
	T("{{#k=glider}}g{{/k}}{{^k=glider}}s{{/k=glider}}",
	    "{\"k\": \"sailbuoy\"}", "s");
	T("{{#k=1}}x{{/k}}", "{\"k\": 1}", "x");
	T("{{#k=true}}x{{/k}}", "{\"k\": true}", "x");
	T("{{#k=}}x{{/k}}", "{\"k\": null}", "");
	T("{{^k=a}}x{{/k}}", "{\"k\": null}", "x");
	T("{{#k=a b}}x{{/k}}", "{\"k\": \"a b\"}", "x");
	T("{{#k.l=a}}{{b}}{{/k.l}}", "{\"k\": {\"l\": \"a\"}, \"b\": 1}",
	    "1");
}

static void
items_know_their_place(void)
{
	T("{{#a}}{{^@first}}, {{/@first}}{{.}}{{/a}}", "{\"a\": [1, 2, 3]}",
	    "1, 2, 3");
	T("{{#a}}{{.}}{{#@last}}.{{/@last}}{{^@last}};{{/@last}}{{/a}}",
	    "{\"a\": [1, 2]}", "1;2.");
	T("{{#a}}{{@number}}:{{.}} {{/a}}", "{\"a\": [\"x\", \"y\"]}",
	    "1:x 2:y ");
	T("{{#a}}{{#o}}{{@number}}{{/o}}{{/a}}",
	    "{\"a\": [{\"o\": {}}, {\"o\": {}}]}", "12");
	T("{{@number}}", "{}", "t:1: @number outside of a list ''");
	T("{{#@first}}{{/@first}}", "{}", "t:1: outside of a list: '@first'");
}

static void
formats_are_named_after_a_colon(void)
{
	T("{{a:int}}", "{\"a\": 236108}", "236,108");
	T("{{a:int}}", "{}", "\xe2\x80\x93");
	T("{{a.b:int}}", "{\"a\": {\"b\": 1}}", "1");
	T("{{#a}}{{.:int}}{{/a}}", "{\"a\": [1000]}", "1,000");
	T("{{a:plural day days}}", "{\"a\": 2}", "2 days");
	T("{{a:plural  day days }}", "{\"a\": 2}", "2 days");
	T("{{a:list}}", "{\"a\": [\"<x>\", \"y\"]}", "&lt;x&gt;, y");
	T("{{a:kind}}", "{\"a\": \"<script>\"}", "&lt;script&gt;");
	T("{{a:href}}", "{\"a\": \"/a\\\"b\"}", "/a&quot;b");
	T("{{a:age}}", "{\"a\": \"2026-11-22T02:00:00Z\"}",
	    "<time datetime=\"2026-11-22T02:00:00Z\" "
	    "title=\"22 Nov 2026 02:00 UTC\">7 h</time>");
}

static void
partials_see_the_same_values(void)
{
	T("{{#a}}{{>row}}{{/a}}", "{\"a\": [{\"name\": 1}, {\"name\": "
	    "\"&\"}]}", "<1><&amp;>");
	T("{{>raw.css}}", "{\"x\": 1}", "a{b:c}}{{x}}");
	T("<s>{{>raw.css}}</s>", "{}", "<s>a{b:c}}{{x}}</s>");
	T("{{>nothing}}", "{}", "t:1: no such template 'nothing'");
	T("{{>loop}}", "{}", "loop:1: nested too deep at 'loop'");
}

static void
frames_are_filled_with_blocks(void)
{
	T("{{<frame}}{{/frame}}", "{}", "[none|]");
	T("{{<frame}}{{$main}}<{{name}}>{{/main}}{{/frame}}",
	    "{\"name\": 1}", "[none|<1>]");
	T("{{<frame}}\n {{! a note }}\n{{$title}}A{{/title}}\n\n{{$main}}B"
	    "{{/main}}\n{{$unused}}C{{/unused}}{{/frame}}", "{}", "[A|B]");
	T("{{<outer}}{{$side}}S{{/side}}{{/outer}}", "{}", "(oS)");
	T("{{<middle}}{{/middle}}", "{}", "(mns)");
	T("{{<middle}}{{$main2}}N{{/main2}}{{$side}}S{{/side}}{{/middle}}",
	    "{}", "(mNS)");
	/* The page's block wins over that of the frame between. */
	T("{{<middle}}{{$main}}M{{/main}}{{/middle}}", "{}", "(Ms)");
	T("{{#a}}{{<frame}}{{$main}}{{.}}{{/main}}{{/frame}}{{/a}}",
	    "{\"a\": [1, 2]}", "[none|1][none|2]");
	T("{{>self}}", "{}", "self:1: nested too deep at 'main'");
	T("{{<frame}}text{{/frame}}", "{}",
	    "t:1: text outside of the blocks of a frame");
	T("{{<frame}}{{a}}{{/frame}}", "{}",
	    "t:1: only blocks may stand in a frame, not 'a'");
	T("{{<frame}}{{#a}}{{/a}}{{/frame}}", "{}",
	    "t:1: only blocks may stand in a frame, not 'a'");
}

static void
lone_tags_leave_no_line(void)
{
	T("a\n{{#b}}\nc\n{{/b}}\nd\n", "{\"b\": true}", "a\nc\nd\n");
	T("a\n  {{#b}}  \nc\n\t{{/b}}\nd\n", "{\"b\": true}", "a\nc\nd\n");
	T("a\n{{#b}}\nc\n{{/b}}\nd\n", "{}", "a\nd\n");
	T("a\n{{#b}}\nc\n{{/b}}", "{\"b\": true}", "a\nc\n");
	T("{{#b}}\r\nc\r\n{{/b}}\r\nd", "{\"b\": true}", "c\r\nd");
	T("a\n{{! note }}\nb", "{}", "a\nb");
	T("a\n{{! note\nover lines }}\nb", "{}", "a\nb");
	T("a {{! note }}\nb", "{}", "a \nb");
	T("<ul>\n{{#a}}\n  <li>{{.}}</li>\n{{/a}}\n</ul>\n",
	    "{\"a\": [1, 2]}", "<ul>\n  <li>1</li>\n  <li>2</li>\n</ul>\n");
	T("{{#a}}{{/a}}\nb", "{}", "\nb");
	T(" {{a}}\nb", "{\"a\": 1}", " 1\nb");
	T("<\n {{>line}}\n>", "{\"name\": 1}", "<\nrow 1\n>");
	T("<\n {{>line}} x\n>", "{\"name\": 1}", "<\n row 1\n x\n>");
	T("{{#a}}\n{{#b}}\nx\n{{/b}}\n{{/a}}\n", "{\"a\": 1, \"b\": 1}",
	    "x\n");
}

static void
assets_are_found_when_compiling(void)
{
	T("<script src=\"{{@asset edge.js}}\">", "{}",
	    "<script src=\"/assets/1&amp;2/edge.js\">");
	T("\n\n{{@asset none.js}}", "{}", "t:3: no such asset 'none.js'");
	T("{{@what}}", "{}", "t:1: unknown tag 'what'");
}

static void
faults_name_template_and_line(void)
{
	T("a\n{{#b}}\nc", "{}", "t:2: not ended 'b'");
	T("a\n\n{{/b}}", "{}", "t:3: nothing is open that ends with 'b'");
	T("{{#a}}\n{{#b}}\n{{/a}}", "{}",
	    "t:3: 'a' ends what began in line 2 as 'b'");
	T("{{#a.b}}{{/a}}", "{}", "t:1: 'a' ends what began in line 1 as 'a'");
	T("{{#a.b}}{{/a.b.c}}", "{}",
	    "t:1: 'a.b.c' ends what began in line 1 as 'a'");
	T("x\n{{a", "{}", "t:2: a tag is not closed");
	T("{{a\n}}", "{}", "t:1: a tag goes over the end of its line");
	T("{{}}", "{}", "t:1: a name is missing or not whole ''");
	T("{{#}}{{/}}", "{}", "t:1: a name is missing or not whole ''");
	T("{{>}}", "{}", "t:1: a name is missing");
	T("{{a b}}", "{}", "t:1: not a name 'a b'");
	T("{{a.}}", "{}", "t:1: a name is missing or not whole 'a.'");
	T("{{.a}}", "{}", "t:1: not a name '.a'");
	T("{{a..b}}", "{}", "t:1: not a name 'a..b'");
	T("{{{a}}}", "{}", "t:1: not a name '{a'");
	T("{{&a}}", "{}", "t:1: not a name '&a'");
	T("\n{{a:nothing x}}", "{}", "t:2: no such formatter 'nothing x'");
	T("{{!\n\n}}\n{{a:x}}", "{}", "t:4: no such formatter 'x'");
}

static void
strict_knows_every_name(void)
{
	STRICT("{{a}}{{only}}", "{\"a\": null}", "frame");
	STRICT("\n{{b}}", "{\"a\": 1}", "t:2: unknown name 'b'");
	STRICT("{{b:int}}", "{}", "t:1: unknown name 'b'");
	STRICT("{{a.b}}", "{\"a\": {}}", "t:1: unknown name 'a'");
	STRICT("{{a.b}}", "{\"a\": null}", "");
	STRICT("{{#b}}{{/b}}", "{}", "t:1: unknown name 'b'");
	STRICT("{{^b}}{{/b}}", "{}", "t:1: unknown name 'b'");
	STRICT("{{#b=x}}{{/b}}", "{}", "t:1: unknown name 'b'");
	STRICT("{{#b?}}{{/b}}{{^b?}}x{{/b}}", "{}", "x");
	STRICT("{{a}}", "{\"a\": []}",
	    "t:1: no text, but a list or an object: 'a'");
	STRICT("{{a:list}}", "{\"a\": []}", "\xe2\x80\x93");
}

static void
depth_is_limited(void)
{
	static char text[8192], json[8192];
	int i, n = 0;

	for (i = 0; i < 33; i++)
		n += snprintf(text + n, sizeof text - (size_t)n, "{{#a}}");
	T(text, "{}", "t:1: sections nested too deep at 'a'");
	/* Recursion over data: each partial adds two levels. */
	n = 0;
	for (i = 0; i < 100; i++)
		n += snprintf(json + n, sizeof json - (size_t)n,
		    "{\"a\": ");
	n += snprintf(json + n, sizeof json - (size_t)n, "0");
	for (i = 0; i < 100; i++)
		n += snprintf(json + n, sizeof json - (size_t)n, "}");
	T("{{#a}}{{>t}}{{/a}}", json, "t:1: nested too deep at 't'");
	T("{{#a}}{{#a}}{{#a}}{{>t}}{{/a}}{{/a}}{{/a}}", json,
	    "t:1: nested too deep at 'a'");
}

static void
names_of_templates_are_taken_once(void)
{
	struct template_set *set = template_set_new(NULL, NULL);
	struct edge_err err = { 0 };

	CHECK(template_compile(set, "a", "x", 1, &err));
	CHECK(!template_compile(set, "a", "x", 1, &err));
	CHECK_INT(err.kind, EDGE_CONFIG);
	CHECK(!template_compile(set, "b", "x\0y", 3, &err));
	CHECK_STR(err.text, "b:1: there is a NUL byte in it");
	CHECK(!template_compile(set, "c", "{{@asset x}}", 12, &err));
	CHECK_STR(err.text, "c:1: no such asset 'x'");
	CHECK(template_find(set, "d") == NULL);
	template_set_free(set);
	template_set_free(NULL);
}

int
main(void)
{
	RUN(values_are_escaped);
	RUN(names_are_found_outwards);
	RUN(sections_repeat_and_ask);
	RUN(sections_ask_for_presence);
	RUN(sections_ask_for_a_word);
	RUN(items_know_their_place);
	RUN(formats_are_named_after_a_colon);
	RUN(partials_see_the_same_values);
	RUN(frames_are_filled_with_blocks);
	RUN(lone_tags_leave_no_line);
	RUN(assets_are_found_when_compiling);
	RUN(faults_name_template_and_line);
	RUN(strict_knows_every_name);
	RUN(depth_is_limited);
	RUN(names_of_templates_are_taken_once);
	return check_exit();
}
