/* news.h: the operator's announcements: a folder of small files.
 *
 * NAME.md: lines "title: …" and "date: 2026-11-22" between two lines "---",
 * then the text (web/prose.h). NAME.yml, NAME.yaml: the same as "title:",
 * "date:" and "text:", the text on its line or, after "|" or ">", indented
 * below it. A date may have a time (RFC 3339). Files are looked at again when
 * one has changed, at the latest after NEWS_KEPT_MS; one that does not fit is
 * left out, and said once in the log. An announcement's id is the name of its
 * file, of NAME.md without the ending.
 *
 * Thread: news_open and news_close by one thread while nobody else uses it,
 * news_items from any. */
#ifndef EDGE_NEWS_H
#define EDGE_NEWS_H

#include <stdbool.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include "../schema/err.h"

#define NEWS_FILES 500          /* most files of a folder */
#define NEWS_FILE_BYTES 65536
#define NEWS_TITLE_BYTES 200
#define NEWS_KEPT_MS 10000

struct news;

/* `folder` is borrowed; NULL: there are no announcements. NULL when out of
 * memory. */
struct news *news_open(const char *folder);
void news_close(struct news *news); /* NULL is fine */

/* Appends the announcements dated up to `now_ms`, the newest first, at most
 * `most`, to an array: {"id", "title", "time", "text", "blocks"}. False when
 * out of memory. */
bool news_items(struct news *news, int64_t now_ms, int most, cJSON *array);

/* Reads one file's bytes (NUL-ended); NULL with EDGE_CONFIG saying what does
 * not fit. `name` without its folder. Pure. */
cJSON *news_parse(const char *name, const char *bytes, struct edge_err *err)
    MUST_CHECK;

/* Calls `problem` for each file that does not fit, and for a folder that cannot
 * be read. Returns the number of announcements. */
int news_check(const char *folder, void (*problem)(void *context,
    const char *text), void *context);

#endif
