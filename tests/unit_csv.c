/* Rows as CSV, and the buffer everything is written into. */
#include "check.h"
#include "web/buffer.h"
#include "web/csv.h"

#include <stdint.h>

/* The CSV of a JSON text; NULL when it is refused. */
static const char *
csv(const char *columns, const char *json)
{
	static struct buffer out;
	cJSON *rows = cJSON_Parse(json);
	bool ok;

	buffer_clear(&out);
	ok = csv_write(rows, columns, &out);
	cJSON_Delete(rows);
	return ok ? buffer_text(&out) : NULL;
}

#define CSV(columns, json, should) CHECK_STR(csv(columns, json), should)

static void
rows_stand_under_the_names_of_columns(void)
{
	CSV("a", "[]", "a\r\n");
	CSV("a b.c", "[]", "a,b.c\r\n");
	CSV("a b", "[{\"a\": 1, \"b\": \"x\"}]", "a,b\r\n1,x\r\n");
	CSV("b a", "[{\"a\": 1, \"b\": \"x\"}]", "b,a\r\nx,1\r\n");
	CSV("a b", "[{\"a\": 1}, {\"b\": 2}]", "a,b\r\n1,\r\n,2\r\n");
	CSV("a", "[{\"a\": 1, \"other\": {\"x\": 2}}]", "a\r\n1\r\n");
	CSV("a b", "[{\"a\": null, \"b\": true}]", "a,b\r\n,true\r\n");
	CSV("a b", "[{\"a\": 1.5, \"b\": -2}]", "a,b\r\n1.5,-2\r\n");
	CSV("a", "[{\"a\": [\"x\", \"y\", 3, null]}]",
	    "a\r\nx; y; 3; \r\n");
	CSV("a.b a.c", "[{\"a\": {\"b\": 1, \"c\": \"z\"}}]",
	    "a.b,a.c\r\n1,z\r\n");
	CSV("a.b a.c", "[{\"a\": null}, {\"a\": {\"c\": 1}}]",
	    "a.b,a.c\r\n,\r\n,1\r\n");
	CSV("a.b", "[{\"a.b\": 1}]", "a.b\r\n1\r\n");
	CSV("a.b", "[{\"a\": {\"b\": {\"c\": 1}}}]",
	    "a.b\r\n\"{\"\"c\"\":1}\"\r\n");
}

static void
text_is_quoted_where_it_must_be(void)
{
	CSV("a", "[{\"a\": \"x,y\"}]", "a\r\n\"x,y\"\r\n");
	CSV("a", "[{\"a\": \"say \\\"hi\\\"\"}]",
	    "a\r\n\"say \"\"hi\"\"\"\r\n");
	CSV("a", "[{\"a\": \"x\\ny\"}]", "a\r\n\"x\ny\"\r\n");
	CSV("a", "[{\"a\": \"\"}]", "a\r\n\r\n");
	CSV("a", "[{\"a\": \"\xc3\xa5\"}]", "a\r\n\xc3\xa5\r\n");
	CSV("x,y", "[{\"x,y\": 1}]", "\"x,y\"\r\n1\r\n");
}

static void
formulas_become_text(void)
{
	CSV("a", "[{\"a\": \"=1+1\"}]", "a\r\n\"'=1+1\"\r\n");
	CSV("a", "[{\"a\": \"+1\"}]", "a\r\n\"'+1\"\r\n");
	CSV("a", "[{\"a\": \"-1\"}]", "a\r\n\"'-1\"\r\n");
	CSV("a", "[{\"a\": \"@x\"}]", "a\r\n\"'@x\"\r\n");
	CSV("a", "[{\"a\": \"\\t=x\"}]", "a\r\n\"'\t=x\"\r\n");
	CSV("a", "[{\"a\": [\"=x\"]}]", "a\r\n\"'=x\"\r\n");
	CSV("a", "[{\"a\": -1}]", "a\r\n-1\r\n");
}

static void
what_is_no_table_is_refused(void)
{
	CHECK(csv("a", "{}") == NULL);
	CHECK(csv("a", "1") == NULL);
	CHECK(csv("a", "[1]") == NULL);
	CHECK(csv("a", "[{\"a\": 1}, []]") == NULL);
	CHECK(csv(NULL, "[]") == NULL);
	CHECK(!csv_write(NULL, "a", &(struct buffer){ 0 }));
}

static void
buffer_escapes_for_its_place(void)
{
	struct buffer b = { 0 };

	CHECK_STR(buffer_text(&b), "");
	buffer_add_html(&b, "a<b>&\"c'", 8);
	CHECK_STR(buffer_text(&b), "a&lt;b&gt;&amp;&quot;c&#39;");
	buffer_clear(&b);
	buffer_add_url(&b, "a b/\xc3\xa5~\0", 8);
	CHECK_STR(buffer_text(&b), "a%20b%2F%C3%A5~%00");
	buffer_clear(&b);
	buffer_printf(&b, "%d %s", 7, "x");
	buffer_add_char(&b, '!');
	buffer_add(&b, NULL, 0);
	CHECK_STR(buffer_text(&b), "7 x!");
	CHECK_INT(b.length, 4);
	buffer_free(&b);
	CHECK(b.bytes == NULL && b.length == 0);
}

static void
failed_buffer_stays_failed(void)
{
	struct buffer b = { 0 };

	buffer_add_text(&b, "x");
	CHECK(!buffer_reserve(&b, SIZE_MAX));
	CHECK(b.failed);
	CHECK(!buffer_reserve(&b, 1));
	buffer_add_text(&b, "y");
	buffer_printf(&b, "%d", 1);
	buffer_add_html(&b, "<", 1);
	CHECK_STR(buffer_text(&b), "");
	CHECK_INT(b.length, 1);
	buffer_clear(&b);
	CHECK(!b.failed);
	CHECK(!buffer_reserve(&b, BUFFER_MAX_BYTES));
	buffer_free(&b);
}

static void
buffer_grows_to_its_bound(void)
{
	struct buffer b = { 0 };
	int i;

	for (i = 0; i < 100000; i++)
		buffer_add(&b, "0123456789", 10);
	CHECK_INT(b.length, 1000000);
	CHECK(!b.failed && strlen(b.bytes) == b.length);
	buffer_free(&b);
}

int
main(void)
{
	RUN(rows_stand_under_the_names_of_columns);
	RUN(text_is_quoted_where_it_must_be);
	RUN(formulas_become_text);
	RUN(what_is_no_table_is_refused);
	RUN(buffer_escapes_for_its_place);
	RUN(failed_buffer_stays_failed);
	RUN(buffer_grows_to_its_bound);
	return check_exit();
}
