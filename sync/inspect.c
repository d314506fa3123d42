#include "inspect.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "../schema/beat.h"
#include "../schema/clock.h"
#include "../schema/db.h"
#include "../schema/text.h"

void
inspect_print_json(cJSON *object)
{
	char *text = cJSON_Print(object);

	/* The name of a file, say, may be any bytes. */
	if (text != NULL) {
		text_mend(text);
		puts(text);
	}
	cJSON_free(text);
	cJSON_Delete(object);
}

void
inspect_add_time(cJSON *object, const char *name, int64_t ms)
{
	char text[CLOCK_TEXT_BYTES];

	clock_format(ms, text);
	if (ms == 0)
		cJSON_AddNullToObject(object, name);
	else
		cJSON_AddStringToObject(object, name, text);
}

static void
print_status(const cJSON *status)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, status) {
		if (cJSON_IsString(item) && item->valuestring[0] != '\0')
			printf("%-14s %s\n", item->string, item->valuestring);
		else if (cJSON_IsNumber(item))
			printf("%-14s %.0f\n", item->string,
			    item->valuedouble);
		else
			printf("%-14s –\n", item->string);
	}
}

static void
add_beat(cJSON *status, const char *path)
{
	struct beat beat;

	beat_read(path, &beat);
	cJSON_AddStringToObject(status, "mode", beat.mode);
	inspect_add_time(status, "last_success", beat.success_ms);
	inspect_add_time(status, "last_attempt", beat.attempt_ms);
	inspect_add_time(status, "caught_up_to", beat.caught_up_ms);
	inspect_add_time(status, "failing_since", beat.failing_ms);
	cJSON_AddStringToObject(status, "error", beat.error);
	cJSON_AddNumberToObject(status, "exit_code", beat.exit_code);
	cJSON_AddNumberToObject(status, "resyncs", (double)beat.resyncs);
	inspect_add_time(status, "last_resync", beat.resync_ms);
	cJSON_AddStringToObject(status, "resync_reason", beat.resync_reason);
}

/* Without a store that can be read, the last run may have said why. */
static bool
add_last_failure(const char *path, struct edge_err *err)
{
	char time[CLOCK_TEXT_BYTES];
	struct beat beat;
	size_t used = strlen(err->text);

	beat_read(path, &beat);
	clock_format(beat.attempt_ms, time);
	if (beat.error[0] != '\0')
		(void)snprintf(err->text + used, sizeof err->text - used,
		    "; the last run (%s) failed: %s", time, beat.error);
	return false;
}

bool
command_status(const struct conf *conf, const volatile int *stop,
    struct edge_err *err)
{
	const char *path = conf_text(conf, SET_DB);
	struct db *db = db_open(path, DB_TOOL, 0, err);
	struct edge_err failed = { 0 };
	struct stmt *s;
	struct stat st;
	cJSON *status;

	(void)stop;
	if (db == NULL)
		return add_last_failure(path, err);
	s = db_stmt(db, Q_STATE_READ);
	if (!stmt_row(s, &failed)) {
		db_close(db);
		*err = failed;
		return false;
	}
	status = cJSON_CreateObject();
	cJSON_AddStringToObject(status, "store", path);
	cJSON_AddStringToObject(status, "source", stmt_get_text(s, 2));
	cJSON_AddNumberToObject(status, "generation",
	    (double)stmt_get_int(s, 0));
	inspect_add_time(status, "changed", stmt_get_int(s, 1));
	cJSON_AddNumberToObject(status, "missions",
	    (double)stmt_get_int(s, 4));
	cJSON_AddNumberToObject(status, "quarantined",
	    (double)stmt_get_int(s, 5));
	cJSON_AddNumberToObject(status, "vanished",
	    (double)stmt_get_int(s, 6));
	inspect_add_time(status, "tracks_counted", stmt_get_int(s, 3));
	add_beat(status, path);
	cJSON_AddNumberToObject(status, "bytes", stat(path, &st) == 0 ?
	    (double)st.st_size : 0);
	stmt_reset(s);
	db_close(db);
	if (conf_flag(conf, SET_JSON)) {
		inspect_print_json(status);
	} else {
		print_status(status);
		cJSON_Delete(status);
	}
	return true;
}

static void
add_quarantined(cJSON *rows, struct stmt *s, bool whole)
{
	cJSON *row = cJSON_CreateObject();

	cJSON_AddStringToObject(row, "collection", stmt_get_text(s, 0));
	cJSON_AddStringToObject(row, "_id", stmt_get_text(s, 1));
	cJSON_AddStringToObject(row, "field", stmt_get_text(s, 2));
	cJSON_AddStringToObject(row, "reason", stmt_get_text(s, 3));
	cJSON_AddStringToObject(row, "platform", stmt_get_text(s, 4));
	if (stmt_get_int(s, 5) < 0)
		cJSON_AddNullToObject(row, "mission");
	else
		cJSON_AddNumberToObject(row, "mission",
		    (double)stmt_get_int(s, 5));
	inspect_add_time(row, "since", stmt_get_int(s, 6));
	if (whole)
		cJSON_AddStringToObject(row, "document", stmt_get_text(s, 7));
	cJSON_AddItemToArray(rows, row);
}

static void
print_quarantined(const cJSON *rows)
{
	const cJSON *row, *document;

	cJSON_ArrayForEach(row, rows) {
		printf("%s %s\n  %s\n", cJSON_GetObjectItem(row,
		    "collection")->valuestring,
		    cJSON_GetObjectItem(row, "_id")->valuestring,
		    cJSON_GetObjectItem(row, "reason")->valuestring);
		document = cJSON_GetObjectItem(row, "document");
		if (document != NULL)
			printf("  %s\n", document->valuestring);
	}
	printf("%d document%s in quarantine\n", cJSON_GetArraySize(rows),
	    cJSON_GetArraySize(rows) == 1 ? "" : "s");
}

bool
command_quarantine_read(const struct conf *conf, struct edge_err *err)
{
	bool show = strcmp(conf->arguments[0], "show") == 0;
	struct db *db = db_open(conf_text(conf, SET_DB), DB_TOOL, 0, err);
	struct edge_err failed = { 0 };
	struct stmt *s;
	cJSON *rows;
	int found;

	if (db == NULL)
		return false;
	rows = cJSON_CreateArray();
	s = db_stmt(db, Q_QUARANTINE_LIST);
	if (show)
		stmt_text(s, 1, conf->arguments[1]);
	while (stmt_row(s, &failed))
		add_quarantined(rows, s, show);
	db_close(db);
	found = cJSON_GetArraySize(rows);
	if (failed.kind != EDGE_NONE || (show && found == 0)) {
		cJSON_Delete(rows);
		if (failed.kind != EDGE_NONE)
			*err = failed;
		else
			err_set(err, EDGE_FAILED, "no document in quarantine "
			    "has the _id '%.80s'; `edge quarantine list` "
			    "shows them", conf->arguments[1]);
		return false;
	}
	if (conf_flag(conf, SET_JSON)) {
		inspect_print_json(rows);
	} else {
		print_quarantined(rows);
		cJSON_Delete(rows);
	}
	return true;
}
