/* Announcements: what a file must look like, and what is said of one that does
 * not. */
#include "check.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "web/news.h"

static struct edge_err err;

static cJSON *
parse(const char *name, const char *bytes)
{
	memset(&err, 0, sizeof err);
	return news_parse(name, bytes, &err);
}

static const char *
text_of(const cJSON *item, const char *name)
{
	const char *text = cJSON_GetStringValue(
	    cJSON_GetObjectItemCaseSensitive(item, name));

	return text != NULL ? text : "(none)";
}

#define FITS(name, bytes, should_title, should_time, should_text) do { \
	cJSON *item = parse(name, bytes); \
	CHECK_STR(err.text, ""); \
	CHECK_STR(text_of(item, "title"), should_title); \
	CHECK_STR(text_of(item, "time"), should_time); \
	CHECK_STR(text_of(item, "text"), should_text); \
	cJSON_Delete(item); \
} while (0)

#define REFUSED(name, bytes, words) do { \
	cJSON *item = parse(name, bytes); \
	CHECK(item == NULL); \
	CHECK(strstr(err.text, words) != NULL); \
	cJSON_Delete(item); \
} while (0)

static void
markdown_with_front_matter(void)
{
	FITS("a.md", "---\ntitle: T\ndate: 2026-11-22\n---\nx\n", "T",
	    "2026-11-22T00:00:00Z", "x\n");
	FITS("a.md", "---\r\ntitle:  'it''s' \r\ndate: \"2026-11-22T10:00:00"
	    "+01:00\"\r\n---\r\none\r\n\r\ntwo", "it''s",
	    "2026-11-22T09:00:00Z", "one\n\ntwo\n");
	/* A line --- in the text is text. */
	FITS("a.md", "---\ntitle: T\ndate: 2026-11-22\n---\nx\n---\ny\n", "T",
	    "2026-11-22T00:00:00Z", "x\n---\ny\n");
}

#define ID(name, should) do { \
	cJSON *item = parse(name, strstr(name, ".md") != NULL && \
	    strcmp(strrchr(name, '.'), ".md") == 0 ? \
	    "---\ntitle: T\ndate: 2026-11-22\n---\nx\n" : \
	    "title: T\ndate: 2026-11-22\ntext: x\n"); \
	CHECK_STR(text_of(item, "id"), should); \
	cJSON_Delete(item); \
} while (0)

static void
each_file_has_an_id_of_its_own(void)
{
	ID("a.md", "a");
	ID("a.yml", "a.yml");
	ID("a.yaml", "a.yaml");
	ID("a.yml.md", "a.yml.md");
	ID("a.b.md", "a.b.md");
	ID("2026.11.20.md", "2026.11.20.md");
	ID("2026-11-20_x.md", "2026-11-20_x");
	ID("a b.md", "(none)");
	ID("\xc3\xa5.yml", "(none)");
	ID("a%2f.yml", "(none)");
}

static void
yaml(void)
{
	FITS("a.yml", "# news\ntitle: T: u\ndate: 2026-11-22\ntext: one\n",
	    "T: u", "2026-11-22T00:00:00Z", "one\n");
	FITS("a.yaml", "---\ntitle: T\ntext: |\n  one\n    two\n\n  three\n"
	    "date: 2026-11-22\n", "T", "2026-11-22T00:00:00Z",
	    "one\n  two\n\nthree\n");
}

static void
what_does_not_fit_is_named(void)
{
	REFUSED("a.md", "", "does not begin");
	REFUSED("a.md", "---\ntitle: T\n", "second line ---");
	REFUSED("a.md", "---\ndate: 2026-11-22\n---\nx", "title");
	REFUSED("a.md", "---\ntitle: T\n---\nx", "date");
	REFUSED("a.md", "---\ntitle: T\ndate: 22 Nov\n---\nx", "22 Nov");
	REFUSED("a.md", "---\ntitle: T\ndate: 2026-11-22\n---\n \n", "no text");
	REFUSED("a.md", "---\ntitle: T\ndate: 2026-11-22\nx: y\n---\nz",
	    "'x: y");
	REFUSED("a.md", "---\ntitle: T\xff\ndate: 2026-11-22\n---\nx",
	    "UTF-8");
	REFUSED("a.md", "---\ntitle: T\x01\ndate: 2026-11-22\n---\nx",
	    "UTF-8");
	REFUSED("a.md", "---\ntitle: T\ndate: 2026-11-22\n---\n\xef\xbf\xbf",
	    "UTF-8");
	REFUSED("a.yml", "title: T\ndate: 2026-11-22\ntext: |\nx: y\n", "");
	REFUSED("a.yml", "title: T\ndate: 2026-11-22\ntext: |\n", "no text");
	REFUSED("a b.md", "---\ntitle: T\ndate: 2026-11-22\n---\nx", "name");
	REFUSED(".md", "---\ntitle: T\ndate: 2026-11-22\n---\nx", "name");
	REFUSED("a.md", "---\ntitle: T\ndate: 2026-11-22\n---\n"
	    "[x](javascript:alert)", "javascript:alert");
}

static void
a_long_title_is_refused(void)
{
	char bytes[1000];

	(void)snprintf(bytes, sizeof bytes, "---\ntitle: %0*d\ndate: "
	    "2026-11-22\n---\nx", NEWS_TITLE_BYTES + 1, 7);
	REFUSED("a.md", bytes, "title");
	(void)snprintf(bytes, sizeof bytes, "---\ntitle: %0*d\ndate: "
	    "2026-11-22\n---\nx", NEWS_TITLE_BYTES, 7);
	cJSON_Delete(parse("a.md", bytes));
	CHECK_STR(err.text, "");
}

/* Every cut of a good file is read or refused, never read beyond its end. */
static void
cut_anywhere(void)
{
	static const char whole[] = "---\ntitle: 'T'\ndate: 2026-11-22\n"
	    "text: |\n  a\n\n   b\n---\nx [y](/z) **w**\n- q\n";
	char *bytes;
	size_t i;

	for (i = 0; i < sizeof whole; i++) {
		bytes = malloc(i + 1);
		CHECK(bytes != NULL);
		memcpy(bytes, whole, i);
		bytes[i] = '\0';
		cJSON_Delete(parse("a.md", bytes));
		cJSON_Delete(parse("a.yml", bytes));
		free(bytes);
	}
}

static void
keep_problem(void *context, const char *text)
{
	(void)snprintf(context, 256, "%s", text);
}

/* Nobody writes to the fifo: reading it would never end. */
static void
what_is_no_file_is_not_opened(void)
{
	char folder[] = "unit_news.XXXXXX", path[64], problem[256] = "";

	CHECK(mkdtemp(folder) != NULL);
	(void)snprintf(path, sizeof path, "%s/a.md", folder);
	CHECK(mkfifo(path, 0600) == 0);
	(void)alarm(10);
	CHECK(news_check(folder, keep_problem, problem) == 0);
	(void)alarm(0);
	CHECK(strstr(problem, "a.md: is no file") != NULL);
	(void)unlink(path);
	(void)rmdir(folder);
}

int
main(void)
{
	RUN(markdown_with_front_matter);
	RUN(each_file_has_an_id_of_its_own);
	RUN(yaml);
	RUN(what_does_not_fit_is_named);
	RUN(a_long_title_is_refused);
	RUN(cut_anywhere);
	RUN(what_is_no_file_is_not_opened);
	return check_exit();
}
