/* /status: how old what is shown is, in three ages that are never mixed: how
 * long a platform is silent, how long the source gave nothing new, how long
 * this portal has not asked it. And what the last runs did. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "fresh.h"
#include "view_util.h"
#include "views.h"

#define RUNS_MOST 20
#define SILENT_MOST 20
#define SILENT_MS (30 * CLOCK_DAY_MS) /* longer ago is history */
#define HEARD_MOST 500
#define GROUPS_MOST 200

/* While platforms are at sea the source gives something new within this. */
#define SOURCE_LATE_MS (6 * INT64_C(3600000))

static void
put_time_or_null(struct view *view, cJSON *object, const char *name,
    int64_t ms)
{
	if (ms != 0)
		put_time(view, object, name, ms);
	else
		put_null(view, object, name);
}

/* Generation and when it was made. */
static void
read_generation(struct view *view, int64_t *generation, int64_t *changed_ms)
{
	struct stmt *s = db_stmt(view->db, Q_GENERATION);

	*generation = *changed_ms = 0;
	if (stmt_row(s, view->err)) {
		*generation = stmt_get_int(s, 0);
		*changed_ms = stmt_get_int(s, 1);
		stmt_reset(s);
	}
}

/* ---- the three ages ---- */

/* How many missions of a kind are live; the end of the one heard last. */
static int64_t
count_live(struct view *view, const char *kind, int64_t *last_ms)
{
	bool glider = strcmp(kind, "glider") == 0;
	struct stmt *s = db_stmt(view->db, Q_MISSIONS_HEARD);
	int64_t live = 0, end_ms;

	stmt_text(s, 1, kind);
	stmt_int(s, 2, INT64_MIN);
	stmt_int(s, 3, INT64_MAX);
	stmt_int(s, 4, INT64_MAX);
	stmt_int(s, 5, HEARD_MOST);
	while (stmt_row(s, view->err)) {
		end_ms = stmt_get_int(s, 1);
		if (end_ms > *last_ms)
			*last_ms = end_ms;
		if (end_ms < view->now_ms - (glider ? LIVE_GLIDER_MS :
		    LIVE_SAILBUOY_MS))
			break;
		live += mission_live(view, glider, stmt_get_int(s, 5) != 0,
		    end_ms) && stmt_get_int(s, 6) == 0;
	}
	stmt_reset(s);
	return live;
}

static void
put_silent(struct view *view, cJSON *list, const char *kind, int64_t live_ms)
{
	struct stmt *s = db_stmt(view->db, Q_STATUS_SILENT);
	cJSON *item;

	stmt_text(s, 1, kind);
	stmt_int(s, 2, view->now_ms - live_ms);
	stmt_int(s, 3, SILENT_MOST);
	while (stmt_row(s, view->err) &&
	    stmt_get_int(s, 3) >= view->now_ms - SILENT_MS) {
		item = add_object(view, list);
		col_text(view, item, "platform", s, 1);
		col_int(view, item, "mission", s, 2);
		col_time(view, item, "last_heard", s, 3);
		put_mission_url(view, item, "url", row_text(s, 1),
		    stmt_get_int(s, 2));
	}
	stmt_reset(s);
}

static int64_t
put_platforms(struct view *view)
{
	cJSON *platforms = put_object(view, view->out, "platforms"), *silent;
	int64_t last_ms = 0, at_sea;

	at_sea = count_live(view, "glider", &last_ms) +
	    count_live(view, "sailbuoy", &last_ms);
	put_int(view, platforms, "at_sea", at_sea);
	put_time_or_null(view, platforms, "last_heard", last_ms);
	put_int(view, platforms, "silent_after_s", LIVE_GLIDER_MS / 1000);
	put_int(view, platforms, "silent_after_sailbuoy_s",
	    LIVE_SAILBUOY_MS / 1000);
	silent = put_array(view, platforms, "silent");
	put_silent(view, silent, "glider", LIVE_GLIDER_MS);
	put_silent(view, silent, "sailbuoy", LIVE_SAILBUOY_MS);
	return at_sea;
}

static void
put_source(struct view *view, int64_t at_sea, int64_t changed_ms)
{
	cJSON *source = put_object(view, view->out, "source");
	bool late = changed_ms != 0 && view->now_ms - changed_ms >=
	    SOURCE_LATE_MS;

	put_text(view, source, "state", changed_ms == 0 ? "unknown" :
	    at_sea == 0 ? "quiet" : late ? "late" : "fresh");
	put_time_or_null(view, source, "last_new", changed_ms);
	put_int(view, source, "late_after_s", SOURCE_LATE_MS / 1000);
}

static void
put_portal(struct view *view, int64_t generation)
{
	const struct beat *beat = &view->site->beat;
	cJSON *portal = put_object(view, view->out, "portal");

	put_text(view, portal, "state", fresh_word(view->site->still ?
	    FRESH_COPY : fresh_state(beat, true, generation, view->now_ms,
	    view->site->fresh_ms)));
	put_time_or_null(view, portal, "last_success", beat->success_ms);
	put_time_or_null(view, portal, "last_attempt", beat->attempt_ms);
	put_time_or_null(view, portal, "failing_since", beat->failing_ms);
	put_text(view, portal, "cause", fresh_cause(beat->exit_code));
	put_text(view, portal, "mode", beat->mode);
	put_int(view, portal, "late_after_s", view->site->fresh_ms / 1000);
	put_int(view, portal, "resyncs", beat->resyncs);
	put_time_or_null(view, portal, "last_resync", beat->resync_ms);
	put_text(view, portal, "resync_cause", beat->resync_ms == 0 ? NULL :
	    fresh_resync_word(beat->resync_reason));
}

/* ---- runs, quarantine, store ---- */

/* The number of documents in quarantine, which the last run has taken down. */
static void
put_runs(struct view *view)
{
	cJSON *runs = put_array(view, view->out, "runs"), *item;
	struct stmt *s = db_stmt(view->db, Q_STATUS_RUNS);
	const char *reason;

	stmt_int(s, 1, INT64_MAX);
	stmt_int(s, 2, RUNS_MOST);
	while (stmt_row(s, view->err)) {
		item = add_object(view, runs);
		reason = row_text(s, 4);
		col_time(view, item, "started", s, 0);
		put_int(view, item, "took_ms", stmt_get_int(s, 1) -
		    stmt_get_int(s, 0));
		col_text(view, item, "verb", s, 2);
		col_text(view, item, "mode", s, 3);
		put_text(view, item, "resync_cause", reason[0] == '\0' ?
		    NULL : fresh_resync_word(reason));
		col_int(view, item, "new", s, 5);
		col_int(view, item, "changed", s, 6);
		col_int(view, item, "removed", s, 7);
		col_int(view, item, "track_points", s, 8);
		col_int(view, item, "quarantined", s, 9);
	}
}

static int64_t
count_group(struct view *view, const char *collection, const char *field)
{
	struct stmt *s = db_stmt(view->db, Q_STATUS_QUARANTINE_COUNT);
	int64_t count = 0;

	stmt_text(s, 1, collection);
	stmt_text(s, 2, field);
	if (stmt_row(s, view->err)) {
		count = stmt_get_int(s, 0);
		stmt_reset(s);
	}
	return count;
}

/* Counts by collection and field; what the documents say stays inside. */
static void
put_quarantine(struct view *view)
{
	cJSON *quarantine = put_object(view, view->out, "quarantine"), *item;
	cJSON *groups = put_array(view, quarantine, "groups");
	char collection[64] = "", field[64] = "";
	int64_t documents = 0, count;
	struct stmt *s;
	int i;

	for (i = 0; i < GROUPS_MOST; i++) {
		s = db_stmt(view->db, Q_STATUS_QUARANTINE_NEXT);
		stmt_text(s, 1, collection);
		stmt_text(s, 2, field);
		if (!stmt_row(s, view->err))
			break;
		(void)snprintf(collection, sizeof collection, "%s",
		    row_text(s, 0));
		(void)snprintf(field, sizeof field, "%s", row_text(s, 1));
		stmt_reset(s);
		count = count_group(view, collection, field);
		documents += count;
		item = add_object(view, groups);
		put_text(view, item, "collection", collection);
		put_text(view, item, "field", field);
		put_int(view, item, "documents", count);
	}
	put_int(view, quarantine, "documents", documents);
}

int64_t
view_file_bytes(const char *path, const char *ending)
{
	char name[4096];
	struct stat st;

	if (snprintf(name, sizeof name, "%s%s", path, ending) >=
	    (int)sizeof name || stat(name, &st) != 0)
		return 0;
	return (int64_t)st.st_size;
}

static void
put_store(struct view *view, int64_t generation, int64_t changed_ms)
{
	cJSON *store = put_object(view, view->out, "store");
	cJSON *held = put_object(view, store, "counted");

	put_int(view, store, "generation", generation);
	put_time_or_null(view, store, "changed", changed_ms);
	put_int(view, store, "bytes", view_file_bytes(view->site->db_path,
	    ""));
	put_int(view, store, "wal_bytes", view_file_bytes(view->site->db_path,
	    "-wal"));
	(void)put_totals(view, held, "all", "");
}

static void
put_gone(struct view *view)
{
	cJSON *gone = put_array(view, view->out, "vanished"), *item;
	struct stmt *s = db_stmt(view->db, Q_STATUS_GONE);

	stmt_int(s, 1, -1);
	stmt_int(s, 2, SILENT_MOST);
	while (stmt_row(s, view->err)) {
		item = add_object(view, gone);
		col_text(view, item, "platform", s, 0);
		col_int(view, item, "mission", s, 1);
		col_time(view, item, "since", s, 2);
		put_mission_url(view, item, "url", row_text(s, 0),
		    stmt_get_int(s, 1));
	}
}

enum view_result
view_status(struct view *view)
{
	int64_t generation, changed_ms, at_sea;

	read_generation(view, &generation, &changed_ms);
	put_portal(view, generation);
	at_sea = put_platforms(view);
	put_source(view, at_sea, changed_ms);
	put_runs(view);
	put_quarantine(view);
	put_gone(view);
	put_store(view, generation, changed_ms);
	return view_end(view);
}
