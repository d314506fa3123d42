#include "news.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../schema/clock.h"
#include "../schema/digest.h"
#include "../schema/file.h"
#include "../schema/log.h"
#include "buffer.h"
#include "prose.h"
#include "request.h"

struct news {
	const char *folder;
	pthread_mutex_t lock;
	cJSON *items;         /* newest first */
	int64_t read_ms;      /* monotonic; 0: never */
	uint8_t seen[DIGEST_BYTES]; /* names, sizes and times of the files */
};

/* ---- one file ---- */

/* What a file says, while it is read; each is a slice of it. */
struct slices {
	const char *title, *date, *text;
	size_t title_length, date_length, text_length;
	int indent;           /* of a text that is indented; 0: it is not */
};

static size_t
line_length(const char *line)
{
	return strcspn(line, "\n");
}

static const char *
next_line(const char *line)
{
	line += line_length(line);
	return line + (*line == '\n');
}

static size_t
trim_end(const char *text, size_t length)
{
	while (length > 0 && strchr(" \t\r\n", text[length - 1]) != NULL)
		length--;
	return length;
}

static bool
is_line(const char *line, const char *word)
{
	return trim_end(line, line_length(line)) == strlen(word) &&
	    strncmp(line, word, strlen(word)) == 0;
}

/* The value of "key: value" when the line has this key: without spaces around
 * it and without its quotes. */
static bool
value_of(const char *line, const char *key, const char **value,
    size_t *length)
{
	size_t n = strlen(key), end = trim_end(line, line_length(line));

	if (strncmp(line, key, n) != 0 || line[n] != ':')
		return false;
	n++;
	while (n < end && (line[n] == ' ' || line[n] == '\t'))
		n++;
	if (end - n >= 2 && (line[n] == '"' || line[n] == '\'') &&
	    line[end - 1] == line[n]) {
		n++;
		end--;
	}
	*value = line + n;
	*length = end - n;
	return true;
}

/* The lines below "text: |" that are indented, or empty. */
static const char *
read_block(const char *line, struct slices *s)
{
	const char *start = line;

	s->indent = (int)strspn(line, " ");
	while (*line != '\0' && s->indent > 0 &&
	    ((int)strspn(line, " ") >= s->indent ||
	    trim_end(line, line_length(line)) == 0))
		line = next_line(line);
	s->text = start;
	s->text_length = (size_t)(line - start);
	return line;
}

static bool
read_key(const char **line, struct slices *s, struct edge_err *err)
{
	const char *value;
	size_t length;

	if (value_of(*line, "title", &s->title, &s->title_length) ||
	    value_of(*line, "date", &s->date, &s->date_length)) {
		*line = next_line(*line);
		return true;
	}
	if (value_of(*line, "text", &value, &length)) {
		*line = next_line(*line);
		if (length == 1 && (*value == '|' || *value == '>')) {
			*line = read_block(*line, s);
		} else {
			s->text = value;
			s->text_length = length;
		}
		return true;
	}
	if (**line == '#' || trim_end(*line, line_length(*line)) == 0) {
		*line = next_line(*line);
		return true;
	}
	return err_set(err, EDGE_CONFIG, "a line is none of title:, date: and "
	    "text: but '%.40s'", *line);
}

static bool
slice_file(const char *bytes, bool markdown, struct slices *s,
    struct edge_err *err)
{
	const char *line = bytes;

	if (markdown && !is_line(line, "---"))
		return err_set(err, EDGE_CONFIG, "does not begin with a line "
		    "---, title:, date: and a line ---");
	if (is_line(line, "---"))
		line = next_line(line);
	while (*line != '\0' && !is_line(line, "---"))
		if (!read_key(&line, s, err))
			return false;
	if (!markdown)
		return true;
	if (*line == '\0')
		return err_set(err, EDGE_CONFIG, "the second line --- is "
		    "missing");
	s->text = next_line(line);
	s->text_length = strlen(s->text);
	s->indent = 0;
	return true;
}

/* The text without its indentation. */
static void
copy_text(const struct slices *s, struct buffer *out)
{
	const char *line = s->text, *end = s->text + s->text_length;
	size_t length, skip;

	for (; line != NULL && line < end; line += length + 1) {
		length = line_length(line);
		if (length > (size_t)(end - line))
			length = (size_t)(end - line);
		skip = strspn(line, " ");
		skip = skip < (size_t)s->indent ? skip : (size_t)s->indent;
		if (skip > length)
			skip = length;
		buffer_add(out, line + skip, trim_end(line + skip,
		    length - skip));
		buffer_add_char(out, '\n');
	}
}

static bool
text_fits(const char *text, size_t length)
{
	const char *end = text + length;
	size_t n;

	/* Two code points that feeds cannot hold. */
	if (strstr(text, "\xef\xbf\xbe") != NULL ||
	    strstr(text, "\xef\xbf\xbf") != NULL)
		return false;
	for (; text < end; text += n + 1) {
		n = strcspn(text, "\n\t\r");
		if (n > (size_t)(end - text))
			n = (size_t)(end - text);
		if (!request_text_valid(text, n))
			return false;
	}
	return true;
}

/* The name of the file may stand in an address, without ".md" when that is its
 * only dot. So no other file has the same id, now or later. */
static bool
copy_id(const char *name, char *id, size_t size)
{
	size_t length = strlen(name), stem = strcspn(name, ".");

	if (strcmp(name + stem, ".md") == 0)
		length = stem;
	if (stem == 0 || length >= size)
		return false;
	memcpy(id, name, length);
	id[length] = '\0';
	return strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789-_.") == length;
}

static cJSON *
make_item(const char *id, const struct slices *s, int64_t ms,
    struct edge_err *err)
{
	struct buffer text = { 0 };
	char title[NEWS_TITLE_BYTES + 1], time[CLOCK_TEXT_BYTES], refused[64];
	cJSON *item = NULL, *blocks;

	copy_text(s, &text);
	if (trim_end(buffer_text(&text), text.length) == 0) {
		(void)err_set(err, EDGE_CONFIG, "has no text");
		buffer_free(&text);
		return NULL;
	}
	(void)snprintf(title, sizeof title, "%.*s", (int)s->title_length,
	    s->title);
	clock_format(ms, time);
	blocks = prose_parse(buffer_text(&text), refused, sizeof refused);
	if (blocks != NULL && refused[0] != '\0') {
		(void)err_set(err, EDGE_CONFIG, "a link leads to '%.60s', "
		    "which is no http, https or mailto address and no page",
		    refused);
		cJSON_Delete(blocks);
		buffer_free(&text);
		return NULL;
	}
	item = cJSON_CreateObject();
	if (blocks == NULL || !cJSON_AddItemToObject(item, "blocks", blocks) ||
	    cJSON_AddStringToObject(item, "id", id) == NULL ||
	    cJSON_AddStringToObject(item, "title", title) == NULL ||
	    cJSON_AddStringToObject(item, "time", time) == NULL ||
	    cJSON_AddStringToObject(item, "text", buffer_text(&text)) ==
	    NULL) {
		(void)err_set(err, EDGE_CONFIG, "out of memory");
		cJSON_Delete(item);
		item = NULL;
	}
	buffer_free(&text);
	return item;
}

cJSON *
news_parse(const char *name, const char *bytes, struct edge_err *err)
{
	struct slices s = { 0 };
	const char *ending = strrchr(name, '.');
	char id[64], date[40];
	int64_t ms;

	if (!copy_id(name, id, sizeof id) || ending == NULL)
		(void)err_set(err, EDGE_CONFIG, "its name may hold letters, "
		    "digits, '-', '_' and dots");
	else if (!text_fits(bytes, strlen(bytes)))
		(void)err_set(err, EDGE_CONFIG, "is not UTF-8 text");
	else if (!slice_file(bytes, strcmp(ending, ".md") == 0, &s, err))
		return NULL;
	else if (s.title_length == 0 || s.title_length > NEWS_TITLE_BYTES)
		(void)err_set(err, EDGE_CONFIG, "needs a title of up to %d "
		    "bytes", NEWS_TITLE_BYTES);
	else if (s.date_length == 0 || s.date_length >= sizeof date)
		(void)err_set(err, EDGE_CONFIG, "needs a date such as "
		    "2026-11-22");
	else {
		(void)snprintf(date, sizeof date, "%.*s", (int)s.date_length,
		    s.date);
		if (clock_parse(date, &ms))
			return make_item(id, &s, ms, err);
		(void)err_set(err, EDGE_CONFIG, "its date is '%s'; it takes "
		    "one such as 2026-11-22 or 2026-11-22T09:00:00Z", date);
	}
	return NULL;
}

/* ---- the folder ---- */

static bool
is_news(const char *name)
{
	const char *ending = strrchr(name, '.');

	return name[0] != '.' && ending != NULL && (strcmp(ending, ".md") ==
	    0 || strcmp(ending, ".yml") == 0 || strcmp(ending, ".yaml") == 0);
}

static int
keep_news(const struct dirent *entry)
{
	return is_news(entry->d_name);
}

static const char *
time_text(const cJSON *item)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item,
	    "time"));
}

static int
newer_first(const void *left, const void *right)
{
	const cJSON *const *a = left, *const *b = right;
	int64_t x = 0, y = 0;

	(void)clock_parse(time_text(*a), &x);
	(void)clock_parse(time_text(*b), &y);
	return x > y ? -1 : x < y;
}

typedef void tell_fn(void *context, const char *text);

static void
tell(tell_fn *fn, void *context, const char *folder, const char *name,
    const char *what)
{
	char text[1024];

	(void)snprintf(text, sizeof text, "%.400s/%.100s: %.400s", folder,
	    name, what);
	fn(context, text);
}

/* Opening a fifo would wait for whoever writes to it. */
static bool
is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static cJSON *
read_one(const char *folder, const char *name, tell_fn *fn, void *context)
{
	struct edge_err err = { 0 };
	char path[4096], *bytes = NULL;
	cJSON *item = NULL;
	size_t length;

	if (snprintf(path, sizeof path, "%s/%s", folder, name) >=
	    (int)sizeof path || !is_file(path))
		(void)err_set(&err, EDGE_CONFIG, "is no file");
	else
		bytes = file_read(path, NEWS_FILE_BYTES, &length, &err);
	if (bytes != NULL && strlen(bytes) != length)
		(void)err_set(&err, EDGE_CONFIG, "holds a byte 0");
	else if (bytes != NULL)
		item = news_parse(name, bytes, &err);
	free(bytes);
	if (item == NULL)
		tell(fn, context, folder, name, err.text);
	return item;
}

/* All files that fit, newest first; NULL when the folder cannot be read. */
static cJSON *
read_folder(const char *folder, tell_fn *fn, void *context)
{
	cJSON *found[NEWS_FILES], *items;
	struct dirent **entries;
	int n = scandir(folder, &entries, keep_news, alphasort), i;
	size_t length = 0, at;

	if (n < 0) {
		tell(fn, context, folder, "", strerror(errno));
		return NULL;
	}
	for (i = 0; i < n; i++) {
		if (length < NEWS_FILES) {
			found[length] = read_one(folder, entries[i]->d_name,
			    fn, context);
			length += found[length] != NULL;
		} else {
			tell(fn, context, folder, entries[i]->d_name,
			    "is one file too many");
		}
		free(entries[i]);
	}
	free(entries);
	qsort(found, length, sizeof found[0], newer_first);
	items = cJSON_CreateArray();
	for (at = 0; at < length; at++)
		if (!cJSON_AddItemToArray(items, found[at]))
			cJSON_Delete(found[at]);
	return items;
}

int
news_check(const char *folder, void (*problem)(void *context,
    const char *text), void *context)
{
	cJSON *items = read_folder(folder, problem, context);
	int n = cJSON_GetArraySize(items);

	cJSON_Delete(items);
	return n;
}

/* ---- kept ---- */

struct news *
news_open(const char *folder)
{
	struct news *news = calloc(1, sizeof *news);

	if (news == NULL || pthread_mutex_init(&news->lock, NULL) != 0) {
		free(news);
		return NULL;
	}
	news->folder = folder;
	return news;
}

void
news_close(struct news *news)
{
	if (news == NULL)
		return;
	cJSON_Delete(news->items);
	(void)pthread_mutex_destroy(&news->lock);
	free(news);
}

/* Names, sizes and times of the files: what has changed is read again. */
static void
look_at(const char *folder, uint8_t seen[DIGEST_BYTES])
{
	struct buffer all = { 0 };
	struct dirent **entries;
	int n = scandir(folder, &entries, keep_news, alphasort), i;
	char path[4096];
	struct stat st;

	for (i = 0; i < n; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", folder,
		    entries[i]->d_name);
		if (stat(path, &st) == 0)
			buffer_printf(&all, "%s/%lld/%lld.%ld/", path,
			    (long long)st.st_size,
			    (long long)st.st_mtim.tv_sec,
			    st.st_mtim.tv_nsec);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	buffer_printf(&all, "%d", n);
	digest_bytes(buffer_text(&all), all.length, seen);
	buffer_free(&all);
}

static void
log_problem(void *context, const char *text)
{
	(void)context;
	log_warn("news: %s", text);
}

static void
refresh(struct news *news)
{
	int64_t now = clock_monotonic_us() / 1000;
	uint8_t seen[DIGEST_BYTES];

	if (news->read_ms != 0 && now - news->read_ms < NEWS_KEPT_MS)
		return;
	look_at(news->folder, seen);
	if (news->read_ms == 0 || memcmp(seen, news->seen, sizeof seen) !=
	    0) {
		cJSON_Delete(news->items);
		news->items = read_folder(news->folder, log_problem, NULL);
		memcpy(news->seen, seen, sizeof seen);
	}
	news->read_ms = now;
}

bool
news_items(struct news *news, int64_t now_ms, int most, cJSON *array)
{
	const cJSON *item;
	cJSON *copy;
	bool ok = true;
	int64_t ms;
	int n = 0;

	if (news == NULL || news->folder == NULL)
		return true;
	(void)pthread_mutex_lock(&news->lock);
	refresh(news);
	cJSON_ArrayForEach(item, news->items) {
		if (!clock_parse(time_text(item), &ms) || ms > now_ms)
			continue;
		if (n++ == most)
			break;
		copy = cJSON_Duplicate(item, true);
		ok = ok && copy != NULL && cJSON_AddItemToArray(array, copy);
	}
	(void)pthread_mutex_unlock(&news->lock);
	return ok;
}
