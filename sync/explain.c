#include "explain.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cjson/cJSON.h>

#include "../schema/beat.h"
#include "../schema/clock.h"
#include "../schema/db.h"
#include "../schema/digest.h"
#include "../schema/shown.h"
#include "../schema/text.h"
#include "decode.h"
#include "guard.h"
#include "inspect.h"

/* Names of platforms or missions that are looked through for a near one. */
#define NAMES_MOST 4000

struct explaining {
	struct db *db;
	cJSON *out, *lines; /* the answer, gathered; NULL: printed at once */
	char platform[DECODE_SERIAL_BYTES];
	int64_t number;
	enum collection collection;
	int64_t grace_ms;
	int64_t read_documents; /* profiles, when the track was read */
	int documents, fitting; /* found in the source */
	int set_aside;          /* documents of it in quarantine */
	struct beat beat;       /* how the last run went */
	int64_t profiles, fitting_profiles; /* of it in the source */
	int64_t points;         /* of its track in the store */
	char stored_id[DECODE_SOURCE_ID_BYTES]; /* "" = not in the store */
	uint8_t fingerprint[DIGEST_BYTES], found[DIGEST_BYTES];
};

static void
put_line(struct explaining *at, const char *about, const char *text,
    const bool *shown)
{
	cJSON *line;

	if (at->lines == NULL) {
		printf("%-16s ", about);
		/* Text of the source gives a terminal no commands. */
		for (; *text != '\0'; text++)
			putchar((unsigned char)*text < ' ' || *text == 0x7f ?
			    ' ' : *text);
		putchar('\n');
		/* At once: the source may be slow to answer. */
		(void)fflush(stdout);
		return;
	}
	line = cJSON_CreateObject();
	cJSON_AddStringToObject(line, "about", about);
	if (shown != NULL)
		cJSON_AddBoolToObject(line, "shown", *shown);
	cJSON_AddStringToObject(line, "text", text);
	cJSON_AddItemToArray(at->lines, line);
}

static void
say(struct explaining *at, const char *about, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

static void
say(struct explaining *at, const char *about, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	text_clean(text);
	put_line(at, about, text, NULL);
}

/* "SEA063 M33", "SEA063 33", or as in an address: "/SEA063/M33". */
static bool
read_arguments(const struct conf *conf, struct explaining *at,
    struct edge_err *err)
{
	char words[80] = "", *number, *end;
	size_t length;
	int i;

	for (i = 0; i < conf->arguments_length; i++) {
		length = strlen(words);
		(void)snprintf(words + length, sizeof words - length, "%s%s",
		    i == 0 ? "" : " ", conf->arguments[i]);
	}
	number = strpbrk(words + (words[0] == '/'), " /");
	if (number == NULL || conf->arguments_length > 2)
		return err_set(err, EDGE_USAGE, "explain takes a platform and "
		    "a mission: edge explain SEA063 M33");
	*number++ = '\0';
	number += *number == 'M' || *number == 'm';
	at->number = strtoll(number, &end, 10);
	if (end == number || *end != '\0' || at->number < 0 ||
	    strlen(words) >= sizeof at->platform || words[0] == '\0')
		return err_set(err, EDGE_USAGE, "'%.40s %.40s' is not a "
		    "mission; it looks like SEA063 M33", conf->arguments[0],
		    conf->arguments_length > 1 ? conf->arguments[1] : "");
	(void)snprintf(at->platform, sizeof at->platform, "%s",
	    words + (words[0] == '/'));
	at->collection = strncmp(at->platform, "SB", 2) == 0 &&
	    strspn(at->platform + 2, "0123456789") ==
	    strlen(at->platform + 2) ? C_SAILBUOY_MISSIONS :
	    C_GLIDER_MISSIONS;
	return true;
}

static void
say_shown(void *context, const char *about, bool shown, const char *text)
{
	put_line(context, about, text, &shown);
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

static void
say_vanished(struct explaining *at, int64_t since_ms)
{
	char since[CLOCK_TEXT_BYTES], until[CLOCK_TEXT_BYTES];
	bool told = strstr(at->beat.error, "--allow-mass-delete") != NULL;

	clock_format(since_ms, since);
	clock_format(since_ms + at->grace_ms, until);
	if (beat_is_held(&at->beat))
		say(at, "store", "vanished from the source %s; kept, as "
		    "everything that vanished, because the last run held it "
		    "back: %s%s%s", since, at->beat.error,
		    told ? "" : "; ", told ? "" :
		    guard_way_out(strcmp(at->beat.mode, "import") != 0));
	else
		say(at, "store", "vanished from the source %s; kept for its "
		    "grace time, removed by the first run after %s unless it "
		    "comes back%s%s", since, until, at->beat.error[0] != '\0' ?
		    "; the last run failed: " : "", at->beat.error);
}

static bool
explain_store(struct explaining *at, struct edge_err *err)
{
	struct edge_err failed = { 0 };
	struct stmt *s = db_stmt(at->db, Q_EXPLAIN_MISSION);
	char synced[CLOCK_TEXT_BYTES];
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
	at->collection = strcmp(stmt_get_text(s, 1), "glider") == 0 ?
	    C_GLIDER_MISSIONS : C_SAILBUOY_MISSIONS;
	bytes = stmt_get_blob(s, 12, &length);
	if (length == sizeof at->fingerprint)
		memcpy(at->fingerprint, bytes, length);
	at->read_documents = stmt_get_int(s, 13);
	at->points = stmt_get_int(s, 8);
	say(at, "store", "there, synced %s from document %s, with %" PRId64
	    " track points", synced, at->stored_id, stmt_get_int(s, 8));
	if (!stmt_is_null(s, 11))
		say_vanished(at, stmt_get_int(s, 11));
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
	while (stmt_row(s, &failed)) {
		bool sure = !stmt_is_null(s, 3) || strcmp(stmt_get_text(s, 1),
		    at->stored_id) == 0;

		if (!sure && at->stored_id[0] != '\0')
			continue; /* it has a document of its own */
		say(at, "quarantine", "%s%s %s: %s", sure ? "" :
		    "perhaps of this mission: ", stmt_get_text(s, 0),
		    stmt_get_text(s, 1), stmt_get_text(s, 2));
		at->set_aside += sure;
	}
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
	digest_add(at->found, fingerprint);
	if (!sound || !decode_mission(document, at->collection, &row,
	    &misfit)) {
		say(at, "source", "document %s does not fit: %s", source_id,
		    sound ? misfit.reason : "not valid BSON");
		return true;
	}
	at->fitting++;
	say(at, "source", "document %s fits%s", source_id,
	    strcmp(source_id, at->stored_id) == 0 ? "; it is the one that is "
	    "served" : "");
	return true;
}

static bool
on_profile(void *context, const bson_t *document, const char *source_id,
    bool sound, struct edge_err *err)
{
	struct explaining *at = context;
	struct point_row row;
	struct misfit misfit;

	(void)source_id;
	(void)err;
	at->profiles++;
	at->fitting_profiles += sound && decode_point(document, &row, &misfit);
	return true;
}

/* What the next run makes of what was found. */
static void
say_next(struct explaining *at, const char *source)
{
	bool stored = at->stored_id[0] != '\0';

	if (at->documents == 0 && (at->set_aside == 0 || stored)) {
		say(at, "source", "%s has no document of it", source);
		return;
	}
	if (at->documents == 0)
		say(at, "source", "%s has none that says in a way that fits "
		    "that it is of it; what may be is in quarantine", source);
	if (at->fitting == 0 && stored)
		say(at, "next run", "leaves the version that is served: no "
		    "document fits");
	else if (at->fitting == 0)
		say(at, "next run", "leaves it out: no document fits");
	else if (!stored)
		say(at, "next run", "takes it");
	else if (at->collection == C_GLIDER_MISSIONS && guard_is_spoilt('g',
	    at->profiles, at->fitting_profiles, at->points))
		say(at, "next run", "leaves the version that is served: only %"
		    PRId64 " of its %" PRId64 " profiles fit; mend the "
		    "documents or, %s", at->fitting_profiles, at->profiles,
		    guard_way_out(true));
	else if (memcmp(at->found, at->fingerprint, sizeof at->found) != 0)
		say(at, "next run", "takes it again: the source has changed");
	else if (at->collection == C_GLIDER_MISSIONS && at->profiles !=
	    at->read_documents)
		say(at, "next run", "leaves it: its document is unchanged; the "
		    "next deep check reads its %" PRId64 " profiles, as %"
		    PRId64 " were read", at->profiles, at->read_documents);
	else
		say(at, "next run", "leaves it: nothing has changed");
}

static bool
ask_source(struct explaining *at, struct source *source,
    struct edge_err *err)
{
	struct source_key key = { at->collection == C_GLIDER_MISSIONS ? 'g' :
		's', at->platform, at->number };

	if (!source_scan(source, at->collection, &key, on_document, at, err) ||
	    (key.kind == 'g' && !source_scan(source, C_PROFILES, &key,
	    on_profile, at, err)))
		return false;
	say_next(at, source_name(source));
	return true;
}

/* A source that is away is no reason not to answer from the store. */
static const char *
explain_source(struct explaining *at, struct source *source,
    struct edge_err *err)
{
	if (source == NULL) {
		say(at, "source", "not asked: EDGE_MONGODB_URI is not set");
		return "not asked";
	}
	if (ask_source(at, source, err))
		return "asked";
	say(at, "source", "cannot be asked; this is what the store knows: %s",
	    err->text);
	return "away";
}

/* Of names in a column the one that may have been meant, to be freed. */
static char *
nearest(const char *word, struct stmt *s, struct edge_err *err)
{
	const char **names = calloc(NAMES_MOST, sizeof *names), *found;
	struct edge_err failed = { 0 };
	size_t length = 0, i;
	char *copy = NULL;

	while (names != NULL && length < NAMES_MOST && stmt_row(s, &failed))
		names[length++] = strdup(stmt_get_text(s, 0));
	stmt_reset(s);
	found = names == NULL ? NULL : conf_near(word, names, length);
	for (i = 0; i < length; i++)
		if (strcasecmp(names[i], word) == 0)
			found = names[i];
	if (found != NULL)
		copy = strdup(found);
	for (i = 0; i < length; i++)
		free((char *)names[i]);
	free(names);
	if (failed.kind != EDGE_NONE)
		*err = failed;
	return copy;
}

/* Which missions of the platform there are, or which platform was meant. */
static bool
suggest(struct explaining *at, struct edge_err *err)
{
	struct edge_err failed = { 0 };
	struct stmt *s = db_stmt(at->db, Q_EXPLAIN_NUMBERS);
	char *near;

	stmt_text(s, 1, at->platform);
	if (stmt_row(s, &failed) && !stmt_is_null(s, 0))
		say(at, "platform", "%s is known, with the missions %s",
		    at->platform, stmt_get_text(s, 0));
	else if (failed.kind == EDGE_NONE) {
		stmt_reset(s);
		near = nearest(at->platform, db_stmt(at->db,
		    Q_EXPLAIN_PLATFORMS), &failed);
		say(at, "platform", "%s is unknown%s%s%s", at->platform,
		    near != NULL ? " (did you mean " : "", near != NULL ?
		    near : "", near != NULL ? "?)" : "");
		free(near);
	}
	stmt_reset(s);
	if (failed.kind != EDGE_NONE)
		*err = failed;
	return failed.kind == EDGE_NONE;
}

static void
print_json(struct explaining *at, const char *asked)
{
	cJSON_AddStringToObject(at->out, "platform", at->platform);
	cJSON_AddNumberToObject(at->out, "mission", (double)at->number);
	cJSON_AddBoolToObject(at->out, "served", at->stored_id[0] != '\0');
	cJSON_AddStringToObject(at->out, "source", asked);
	cJSON_AddNumberToObject(at->out, "documents", at->documents);
	cJSON_AddNumberToObject(at->out, "fitting", at->fitting);
	cJSON_AddItemToObject(at->out, "lines", at->lines);
	inspect_print_json(at->out);
}

/* The mission is unknown: to the store alone when the source was not asked. */
static bool
is_known(const struct explaining *at, const char *asked, struct edge_err *err)
{
	if (at->stored_id[0] != '\0' || at->documents > 0 ||
	    at->set_aside > 0) {
		memset(err, 0, sizeof *err);
		return true;
	}
	/* Away: whether it is known cannot be said. */
	return err->kind == EDGE_NONE && err_set(err, EDGE_FAILED, "%s M%"
	    PRId64 " is unknown%s", at->platform, at->number,
	    strcmp(asked, "asked") == 0 ? "" : " to the store");
}

bool
explain_mission(const struct conf *conf, struct source *source,
    struct edge_err *err)
{
	struct explaining at = { .grace_ms = conf_duration_ms(conf,
		SET_GRACE) };
	struct edge_err away = { 0 };
	const char *asked = "not asked";
	bool ok;

	if (!read_arguments(conf, &at, err))
		return false;
	beat_read(conf_text(conf, SET_DB), &at.beat);
	at.db = db_open(conf_text(conf, SET_DB), DB_TOOL, 0, err);
	if (at.db == NULL)
		return false;
	if (conf_flag(conf, SET_JSON)) {
		at.out = cJSON_CreateObject();
		at.lines = cJSON_CreateArray();
	}
	ok = explain_store(&at, err) && explain_quarantine(&at, err);
	if (ok) {
		asked = explain_source(&at, source, &away);
		ok = at.stored_id[0] != '\0' || suggest(&at, err);
	}
	db_close(at.db);
	if (at.out != NULL)
		print_json(&at, asked);
	if (!ok)
		return false;
	*err = away;
	return is_known(&at, asked, err);
}
