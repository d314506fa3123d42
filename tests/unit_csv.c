/* Rows as CSV, and the buffer everything is written into. */
#include "check.h"
#include "web/buffer.h"
#include "web/csv.h"

#include <stdint.h>

/* The CSV of a JSON text; NULL when it is refused. */
static const char *
csv(const char *json)
{
	static struct buffer out;
	cJSON *rows = cJSON_Parse(json);
	bool ok;

	buffer_clear(&out);
	ok = csv_write(rows, &out);
	cJSON_Delete(rows);
	return ok ? buffer_text(&out) : NULL;
}

#define CSV(json, should) CHECK_STR(csv(json), should)

static void
rows_stand_under_their_names(void)
{
	CSV("[]", "\r\n");
	CSV("[{\"a\": 1, \"b\": \"x\"}]", "a,b\r\n1,x\r\n");
	CSV("[{\"a\": 1}, {\"b\": 2}]", "a,b\r\n1,\r\n,2\r\n");
	CSV("[{\"a\": null, \"b\": true}]", "a,b\r\n,true\r\n");
	CSV("[{\"a\": 1.5, \"b\": -2}]", "a,b\r\n1.5,-2\r\n");
	CSV("[{\"a\": [\"x\", \"y\", 3, null]}]", "a\r\nx; y; 3; \r\n");
	CSV("[{\"a\": {\"b\": 1, \"c\": \"z\"}}]", "a.b,a.c\r\n1,z\r\n");
	CSV("[{\"a.b\": 1}]", "a.b\r\n1\r\n");
	CSV("[{\"a\": {\"b\": {\"c\": 1}}}]", "a.b\r\n{\"c\":1}\r\n");
}

static void
text_is_quoted_where_it_must_be(void)
{
	CSV("[{\"a\": \"x,y\"}]", "a\r\n\"x,y\"\r\n");
	CSV("[{\"a\": \"say \\\"hi\\\"\"}]", "a\r\n\"say \"\"hi\"\"\"\r\n");
	CSV("[{\"a\": \"x\\ny\"}]", "a\r\n\"x\ny\"\r\n");
	CSV("[{\"a\": \"\"}]", "a\r\n\r\n");
	CSV("[{\"a\": \"\xc3\xa5\"}]", "a\r\n\xc3\xa5\r\n");
	CSV("[{\"x,y\": 1}]", "\"x,y\"\r\n1\r\n");
}

static void
formulas_become_text(void)
{
	CSV("[{\"a\": \"=1+1\"}]", "a\r\n\"'=1+1\"\r\n");
	CSV("[{\"a\": \"+1\"}]", "a\r\n\"'+1\"\r\n");
	CSV("[{\"a\": \"-1\"}]", "a\r\n\"'-1\"\r\n");
	CSV("[{\"a\": \"@x\"}]", "a\r\n\"'@x\"\r\n");
	CSV("[{\"a\": \"\\t=x\"}]", "a\r\n\"'\t=x\"\r\n");
	CSV("[{\"a\": [\"=x\"]}]", "a\r\n\"'=x\"\r\n");
	CSV("[{\"=a\": 1}]", "\"'=a\"\r\n1\r\n");
	CSV("[{\"a\": -1}]", "a\r\n-1\r\n");
}

static void
what_is_no_table_is_refused(void)
{
	static char json[4096];
	int i, n;

	CHECK(csv("{}") == NULL);
	CHECK(csv("1") == NULL);
	CHECK(csv("[1]") == NULL);
	CHECK(csv("[{\"a\": 1}, []]") == NULL);
	CHECK(!csv_write(NULL, &(struct buffer){ 0 }));
	n = snprintf(json, sizeof json, "[{\"x\": 0");
	for (i = 1; i < 65; i++)
		n += snprintf(json + n, sizeof json - (size_t)n, ", \"%d\": 0",
		    i);
	(void)snprintf(json + n, sizeof json - (size_t)n, "}]");
	CHECK(csv(json) == NULL); /* more columns than a table has */
	n = snprintf(json, sizeof json, "[{\"");
	memset(json + n, 'x', 200);
	(void)snprintf(json + n + 200, sizeof json - (size_t)n - 200,
	    "\": 0}]");
	CHECK(csv(json) == NULL);
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
	RUN(rows_stand_under_their_names);
	RUN(text_is_quoted_where_it_must_be);
	RUN(formulas_become_text);
	RUN(what_is_no_table_is_refused);
	RUN(buffer_escapes_for_its_place);
	RUN(failed_buffer_stays_failed);
	RUN(buffer_grows_to_its_bound);
	return check_exit();
}
