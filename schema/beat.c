#include "beat.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "clock.h"
#include "file.h"
#include "text.h"

#define BEAT_MAX_BYTES 8192

static int64_t
time_of(const cJSON *file, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(file, name);
	int64_t ms;

	return cJSON_IsString(item) && clock_parse(item->valuestring, &ms) ?
	    ms : 0;
}

static void
text_of(const cJSON *file, const char *name, char *text, size_t size)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(file, name);

	text_copy(text, size, cJSON_IsString(item) ? item->valuestring : "");
}

const char *
beat_count_name(enum beat_count count)
{
	static const char *const names[BEAT_COUNT_MAX] = { "new", "changed",
		"removed", "track_points" };

	return names[count];
}

static int64_t
number_of(const cJSON *file, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(file, name);

	/* What does not fit was not written by edge. */
	return cJSON_IsNumber(item) && item->valuedouble >= 0 &&
	    item->valuedouble < 9e15 ? (int64_t)item->valuedouble : 0;
}

static void
read_counts(const cJSON *file, struct beat *beat)
{
	const cJSON *written = cJSON_GetObjectItemCaseSensitive(file,
	    "written");
	const cJSON *failures = cJSON_GetObjectItemCaseSensitive(file,
	    "failures");
	enum beat_count count;
	enum edge_kind kind;

	for (count = 0; count < BEAT_COUNT_MAX; count++)
		beat->counts[count] = number_of(written,
		    beat_count_name(count));
	for (kind = EDGE_NONE + 1; kind < EDGE_KIND_MAX; kind++)
		beat->failures[kind] = number_of(failures,
		    err_kind_name(kind));
}

static void
add_counts(cJSON *file, const struct beat *beat)
{
	cJSON *written = cJSON_AddObjectToObject(file, "written");
	cJSON *failures = cJSON_AddObjectToObject(file, "failures");
	enum beat_count count;
	enum edge_kind kind;

	for (count = 0; count < BEAT_COUNT_MAX; count++)
		cJSON_AddNumberToObject(written, beat_count_name(count),
		    (double)beat->counts[count]);
	for (kind = EDGE_NONE + 1; kind < EDGE_KIND_MAX; kind++)
		if (beat->failures[kind] != 0)
			cJSON_AddNumberToObject(failures,
			    err_kind_name(kind),
			    (double)beat->failures[kind]);
}

void
beat_read(const char *db_path, struct beat *beat)
{
	char path[PATH_MAX], *bytes;
	struct edge_err ignored = { 0 };
	const cJSON *code;
	cJSON *file;
	size_t length;

	memset(beat, 0, sizeof *beat);
	if (!file_beside(db_path, ".status", path, &ignored))
		return;
	bytes = file_read(path, BEAT_MAX_BYTES, &length, &ignored);
	if (bytes == NULL)
		return;
	file = cJSON_Parse(bytes);
	free(bytes);
	beat->attempt_ms = time_of(file, "last_attempt");
	beat->success_ms = time_of(file, "last_success");
	beat->failing_ms = time_of(file, "failing_since");
	beat->caught_up_ms = time_of(file, "caught_up_to");
	text_of(file, "mode", beat->mode, sizeof beat->mode);
	text_of(file, "error", beat->error, sizeof beat->error);
	beat->resync_ms = time_of(file, "last_resync");
	text_of(file, "resync_reason", beat->resync_reason,
	    sizeof beat->resync_reason);
	beat->resyncs = number_of(file, "resyncs");
	read_counts(file, beat);
	code = cJSON_GetObjectItemCaseSensitive(file, "exit_code");
	beat->exit_code = cJSON_IsNumber(code) ? code->valueint : 0;
	cJSON_Delete(file);
}

void
beat_record(struct beat *beat, int64_t now_ms, const struct edge_err *failed)
{
	beat->attempt_ms = now_ms;
	beat->exit_code = failed == NULL ? 0 : err_exit_code(failed->kind);
	text_copy(beat->error, sizeof beat->error, failed == NULL ? "" :
	    failed->text);
	if (failed != NULL && failed->kind < EDGE_KIND_MAX)
		beat->failures[failed->kind]++;
	if (failed == NULL) {
		beat->success_ms = now_ms;
		beat->failing_ms = 0;
	} else if (beat->failing_ms == 0) {
		beat->failing_ms = now_ms;
	}
}

bool
beat_is_held(const struct beat *beat)
{
	return beat->exit_code == err_exit_code(EDGE_FAILED);
}

static void
add_time(cJSON *file, const char *name, int64_t ms)
{
	char text[CLOCK_TEXT_BYTES];

	clock_format(ms, text);
	if (ms == 0)
		cJSON_AddNullToObject(file, name);
	else
		cJSON_AddStringToObject(file, name, text);
}

bool
beat_write(const char *db_path, const struct beat *beat, struct edge_err *err)
{
	char path[PATH_MAX], *text;
	cJSON *file;
	bool ok;

	if (!file_beside(db_path, ".status", path, err))
		return false;
	file = cJSON_CreateObject();
	add_time(file, "last_attempt", beat->attempt_ms);
	add_time(file, "last_success", beat->success_ms);
	add_time(file, "failing_since", beat->failing_ms);
	add_time(file, "caught_up_to", beat->caught_up_ms);
	cJSON_AddStringToObject(file, "mode", beat->mode);
	cJSON_AddStringToObject(file, "error", beat->error);
	cJSON_AddNumberToObject(file, "exit_code", beat->exit_code);
	cJSON_AddNumberToObject(file, "resyncs", (double)beat->resyncs);
	add_time(file, "last_resync", beat->resync_ms);
	cJSON_AddStringToObject(file, "resync_reason", beat->resync_reason);
	add_counts(file, beat);
	text = cJSON_Print(file);
	cJSON_Delete(file);
	if (text == NULL)
		return err_set(err, EDGE_IO, "%s: out of memory", path);
	ok = file_publish(path, text, strlen(text), false, err);
	cJSON_free(text);
	return ok;
}
