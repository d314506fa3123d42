#include "explain.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "../schema/clock.h"
#include "../schema/db.h"
#include "../schema/digest.h"
#include "../schema/shown.h"
#include "decode.h"
#include "inspect.h"

struct explaining {
	struct db *db;
	cJSON *out;         /* the answer, gathered */
	char platform[DECODE_SERIAL_BYTES];
	int64_t number;
	int documents;      /* found in the source */
	enum collection collection;
	char stored_id[DECODE_SOURCE_ID_BYTES]; /* "" = not in the store */
	uint8_t fingerprint[DIGEST_BYTES];
};

static void
say(struct explaining *at, const char *what, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

static void
say(struct explaining *at, const char *what, const char *fmt, ...)
{
	char text[1024];
	va_list ap;
	cJSON *line = cJSON_CreateObject();

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	cJSON_AddStringToObject(line, "about", what);
	cJSON_AddStringToObject(line, "text", text);
	cJSON_AddItemToArray(at->out, line);
}

static bool
read_arguments(const struct conf *conf, struct explaining *at,
    struct edge_err *err)
{
	const char *number;
	char *end;

	if (conf->arguments_length != 2)
		return err_set(err, EDGE_USAGE, "explain takes a platform and "
		    "a mission: edge explain SEA063 M33");
	number = conf->arguments[1];
	number += *number == 'M' || *number == 'm';
	at->number = strtoll(number, &end, 10);
	if (end == number || *end != '\0' || at->number < 0 ||
	    strlen(conf->arguments[0]) >= sizeof at->platform)
		return err_set(err, EDGE_USAGE, "'%.40s %.40s' is not a "
		    "mission; it looks like SEA063 M33", conf->arguments[0],
		    conf->arguments[1]);
	(void)snprintf(at->platform, sizeof at->platform, "%s",
	    conf->arguments[0]);
	at->collection = strncmp(at->platform, "SB", 2) == 0 &&
	    strspn(at->platform + 2, "0123456789") ==
	    strlen(at->platform + 2) ? C_SAILBUOY_MISSIONS :
	    C_GLIDER_MISSIONS;
	return true;
}

static void
say_shown(void *context, const char *about, bool shown, const char *text)
{
	(void)shown;
	say(context, about, "%s", text);
}

static void
explain_pages(struct explaining *at, struct stmt *s)
{
	const struct shown_mission mission = {
		.glider = strcmp(stmt_get_text(s, 1), "glider") == 0,
		.end_ms = stmt_get_int(s, 3), .year = stmt_get_int(s, 4),
		.basin_exists = stmt_get_int(s, 5) != 0,
		.basin = stmt_get_text(s, 6),
		.counted = stmt_get_int(s, 7) != 0,
		.track_points = stmt_get_int(s, 8),
		.basins = stmt_get_text(s, 10),
	};

	say(at, "pages", "/%s/M%" PRId64 ", /missions and /fleet/%s show it",
	    at->platform, at->number, at->platform);
	shown_explain(&mission, clock_now_ms(), say_shown, at);
}

static bool
explain_store(struct explaining *at, struct edge_err *err)
{
	struct edge_err failed = { 0 };
	struct stmt *s = db_stmt(at->db, Q_EXPLAIN_MISSION);
	char synced[CLOCK_TEXT_BYTES], since[CLOCK_TEXT_BYTES];
	const void *bytes;
	size_t length;

	stmt_text(s, 1, at->platform);
	stmt_int(s, 2, at->number);
	if (!stmt_row(s, &failed)) {
		if (failed.kind == EDGE_NONE)
			say(at, "store", "not there");
		else
			*err = failed;
		return failed.kind == EDGE_NONE;
	}
	clock_format(stmt_get_int(s, 9), synced);
	(void)snprintf(at->stored_id, sizeof at->stored_id, "%s",
	    stmt_get_text(s, 0));
	bytes = stmt_get_blob(s, 12, &length);
	memcpy(at->fingerprint, bytes, sizeof at->fingerprint);
	say(at, "store", "there, synced %s from document %s, with %" PRId64
	    " track points", synced, at->stored_id, stmt_get_int(s, 8));
	if (!stmt_is_null(s, 11)) {
		clock_format(stmt_get_int(s, 11), since);
		say(at, "store", "vanished from the source %s; kept for its "
		    "grace time", since);
	}
	explain_pages(at, s);
	stmt_reset(s);
	return true;
}

static bool
explain_quarantine(struct explaining *at, struct edge_err *err)
{
	struct edge_err failed = { 0 };
	struct stmt *s = db_stmt(at->db, Q_EXPLAIN_QUARANTINE);

	stmt_text(s, 1, at->platform);
	stmt_int(s, 2, at->number);
	while (stmt_row(s, &failed))
		say(at, "quarantine", "%s %s: %s", stmt_get_text(s, 0),
		    stmt_get_text(s, 1), stmt_get_text(s, 2));
	if (failed.kind != EDGE_NONE)
		*err = failed;
	return failed.kind == EDGE_NONE;
}

static bool
on_document(void *context, const bson_t *document, const char *source_id,
    bool sound, struct edge_err *err)
{
	struct explaining *at = context;
	uint8_t fingerprint[DIGEST_BYTES];
	struct mission_row row;
	struct misfit misfit = { 0 };

	(void)err;
	at->documents++;
	digest_bytes(bson_get_data(document), document->len, fingerprint);
	if (!sound || !decode_mission(document, at->collection, &row,
	    &misfit))
		say(at, "source", "document %s does not fit: %s", source_id,
		    sound ? misfit.reason : "not valid BSON");
	else if (at->stored_id[0] == '\0')
		say(at, "source", "document %s fits; the next sync takes it",
		    source_id);
	else if (memcmp(fingerprint, at->fingerprint,
	    sizeof fingerprint) == 0)
		say(at, "source", "document %s is the one that was synced",
		    source_id);
	else
		say(at, "source", "document %s fits and differs from the one "
		    "that was synced; the next sync takes it", source_id);
	return true;
}

static bool
explain_source(struct explaining *at, struct source *source,
    struct edge_err *err)
{
	struct source_key key = { at->collection == C_GLIDER_MISSIONS ? 'g' :
		's', at->platform, at->number };

	if (source == NULL) {
		say(at, "source", "not asked: EDGE_MONGODB_URI is not set");
		return true;
	}
	if (!source_scan(source, at->collection, &key, on_document, at, err))
		return false;
	if (at->documents == 0)
		say(at, "source", "%s has no document of it",
		    source_name(source));
	return true;
}

static void
print_lines(const cJSON *lines)
{
	const cJSON *line;

	cJSON_ArrayForEach(line, lines)
		printf("%-16s %s\n",
		    cJSON_GetObjectItem(line, "about")->valuestring,
		    cJSON_GetObjectItem(line, "text")->valuestring);
}

bool
explain_mission(const struct conf *conf, struct source *source,
    struct edge_err *err)
{
	struct explaining at = { 0 };
	bool ok;

	if (!read_arguments(conf, &at, err))
		return false;
	at.db = db_open(conf_text(conf, SET_DB), DB_TOOL, 0, err);
	if (at.db == NULL)
		return false;
	at.out = cJSON_CreateArray();
	ok = explain_store(&at, err) && explain_quarantine(&at, err) &&
	    explain_source(&at, source, err);
	db_close(at.db);
	if (conf_flag(conf, SET_JSON)) {
		inspect_print_json(at.out);
	} else {
		print_lines(at.out);
		cJSON_Delete(at.out);
	}
	if (ok && at.stored_id[0] == '\0' && at.documents == 0)
		ok = err_set(err, EDGE_FAILED, "%s M%" PRId64 " is unknown%s",
		    at.platform, at.number, source == NULL ?
		    " to the store" : "");
	return ok;
}
