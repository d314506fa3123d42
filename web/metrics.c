#include "metrics.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../schema/beat.h"
#include "../schema/clock.h"
#include "../schema/db.h"
#include "../schema/snapshot.h"
#include "fresh.h"

#define RESYNC_WORDS 16
#define DISK_FULL_CODE 74 /* exit code of a run that the disk stopped */

static const int codes[] = { 200, 204, 304, 308, 400, 404, 405, 408, 413, 414,
	417, 429, 431, 500, 503, 505, 0 /* any other */ };
#define CODES (sizeof codes / sizeof codes[0])

/* Upper bounds of the histogram, microseconds. */
static const int64_t bounds[] = { 500, 1000, 2500, 5000, 10000, 25000, 50000,
	100000, 250000, 500000, 1000000, 2500000, 5000000 };
#define BOUNDS (sizeof bounds / sizeof bounds[0])

/* What answers without being in the table of routes. */
static const char *const others[] = { "/assets/{file}", "/healthz", "/readyz",
	"/robots.txt", "/.well-known/security.txt", "/favicon.svg",
	"/data/edge.sqlite",
	"/data/edge.sqlite.sha256", "/plots/{file}", "none" };
#define OTHERS (sizeof others / sizeof others[0])

struct metrics {
	const struct route *routes;
	size_t length;
	atomic_llong *counts;  /* (length + OTHERS) rows of CODES */
	atomic_llong buckets[BOUNDS + 1];
	atomic_llong us;       /* the sum of all */
};

struct metrics *
metrics_new(const struct route *table, size_t length)
{
	struct metrics *metrics = calloc(1, sizeof *metrics);

	if (metrics == NULL)
		return NULL;
	metrics->routes = table;
	metrics->length = length;
	metrics->counts = calloc((length + OTHERS) * CODES,
	    sizeof *metrics->counts);
	if (metrics->counts != NULL)
		return metrics;
	free(metrics);
	return NULL;
}

void
metrics_free(struct metrics *metrics)
{
	if (metrics == NULL)
		return;
	free(metrics->counts);
	free(metrics);
}

static size_t
row_of(const struct metrics *metrics, const char *route)
{
	size_t i;

	for (i = 0; route != NULL && i < metrics->length; i++)
		if (metrics->routes[i].pattern == route)
			return i;
	for (i = 0; route != NULL && i + 1 < OTHERS; i++)
		if (strcmp(others[i], route) == 0)
			return metrics->length + i;
	return metrics->length + OTHERS - 1;
}

void
metrics_count(struct metrics *metrics, const char *route, int status,
    int64_t us)
{
	size_t code = 0, bucket = 0;

	while (code + 1 < CODES && codes[code] != status)
		code++;
	while (bucket < BOUNDS && us > bounds[bucket])
		bucket++;
	atomic_fetch_add_explicit(&metrics->counts[row_of(metrics, route) *
	    CODES + code], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&metrics->buckets[bucket], 1,
	    memory_order_relaxed);
	atomic_fetch_add_explicit(&metrics->us, us, memory_order_relaxed);
}

/* ---- writing ---- */

static void
head(struct buffer *out, const char *name, const char *type, const char *help)
{
	buffer_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name,
	    type);
}

static void
one(struct buffer *out, const char *name, const char *type, const char *help,
    int64_t value)
{
	head(out, name, type, help);
	buffer_printf(out, "%s %" PRId64 "\n", name, value);
}

/* A value of a label: the format escapes these three. */
static void
label(struct buffer *out, const char *text)
{
	for (; *text != '\0'; text++)
		if (*text == '\n')
			buffer_add_text(out, "\\n");
		else if (*text == '\\' || *text == '"')
			buffer_printf(out, "\\%c", *text);
		else
			buffer_add_char(out, *text);
}

static void
write_requests(const struct metrics *metrics, struct buffer *out)
{
	size_t row, code;
	long long count;

	head(out, "edge_http_requests_total", "counter",
	    "Answers by route (its pattern) and status code.");
	for (row = 0; row < metrics->length + OTHERS; row++)
		for (code = 0; code < CODES; code++) {
			count = atomic_load_explicit(&metrics->counts[row *
			    CODES + code], memory_order_relaxed);
			if (count == 0)
				continue;
			buffer_add_text(out,
			    "edge_http_requests_total{route=\"");
			label(out, row < metrics->length ?
			    metrics->routes[row].pattern :
			    others[row - metrics->length]);
			if (codes[code] != 0)
				buffer_printf(out, "\",code=\"%d\"} %lld\n",
				    codes[code], count);
			else
				buffer_printf(out, "\",code=\"other\"} "
				    "%lld\n", count);
		}
}

static void
write_durations(const struct metrics *metrics, struct buffer *out)
{
	static const char name[] = "edge_http_request_duration_seconds";
	long long sum = 0;
	size_t i;

	head(out, name, "histogram", "From the request to its last byte.");
	for (i = 0; i <= BOUNDS; i++) {
		sum += atomic_load_explicit(&metrics->buckets[i],
		    memory_order_relaxed);
		if (i < BOUNDS)
			buffer_printf(out, "%s_bucket{le=\"%g\"} %lld\n",
			    name, (double)bounds[i] / 1e6, sum);
		else
			buffer_printf(out, "%s_bucket{le=\"+Inf\"} %lld\n",
			    name, sum);
	}
	buffer_printf(out, "%s_sum %.6f\n%s_count %lld\n", name, (double)
	    atomic_load_explicit(&metrics->us, memory_order_relaxed) / 1e6,
	    name, sum);
}

static void
write_server(const struct metrics_server *server, struct buffer *out)
{
	one(out, "edge_http_workers_busy", "gauge",
	    "Requests being answered now.", server->busy);
	one(out, "edge_http_connections_total", "counter",
	    "Connections taken.", server->connections);
	one(out, "edge_http_refused_total", "counter",
	    "Requests that were no HTTP edge takes.", server->refused);
	one(out, "edge_http_capped_total", "counter",
	    "Connections over the limit of an address.", server->capped);
	one(out, "edge_http_dropped_total", "counter",
	    "Idle connections ended while threads were short.",
	    server->dropped);
	one(out, "edge_http_cut_short_total", "counter",
	    "Answers whose reader was too slow.", server->cut_short);
}

/* ---- the store ---- */

static int64_t
bytes_of(const char *path, const char *ending)
{
	char name[4096];
	struct stat st;

	if (snprintf(name, sizeof name, "%s%s", path, ending) >=
	    (int)sizeof name || stat(name, &st) != 0)
		return 0;
	return (int64_t)st.st_size;
}

static void
write_quarantine(struct db *db, struct buffer *out)
{
	struct stmt *s = db_stmt(db, Q_METRICS_QUARANTINE);
	struct edge_err ignored = { 0 };

	head(out, "edge_quarantined_documents", "gauge",
	    "Documents of the source that do not fit.");
	while (stmt_row(s, &ignored)) {
		buffer_add_text(out,
		    "edge_quarantined_documents{collection=\"");
		label(out, stmt_get_text(s, 0));
		buffer_printf(out, "\"} %" PRId64 "\n", stmt_get_int(s, 1));
	}
}

/* By the word for each reason: a reason itself may name a server. */
static void
write_resyncs(struct db *db, struct buffer *out)
{
	struct { const char *word; int64_t count; } sums[RESYNC_WORDS] = { 0 };
	struct stmt *s = db_stmt(db, Q_METRICS_RESYNCS);
	struct edge_err ignored = { 0 };
	size_t length = 0, i;
	const char *word;

	while (stmt_row(s, &ignored)) {
		word = fresh_resync_word(stmt_get_text(s, 0));
		for (i = 0; i < length && sums[i].word != word; i++)
			;
		if (i == RESYNC_WORDS)
			continue;
		sums[i].word = word;
		sums[i].count += stmt_get_int(s, 1);
		length += i == length;
	}
	head(out, "edge_sync_resyncs_total", "counter", "Whole comparisons "
	    "because a change stream lost its place; in the run history.");
	for (i = 0; i < length; i++)
		buffer_printf(out, "edge_sync_resyncs_total{reason=\"%s\"} %"
		    PRId64 "\n", sums[i].word, sums[i].count);
}

static void
write_tables(struct db *db, struct buffer *out)
{
	struct stmt *s = db_stmt(db, Q_STATE_READ);
	struct edge_err ignored = { 0 };

	if (stmt_row(s, &ignored)) {
		one(out, "edge_generation", "gauge",
		    "Grows by one with every change a page shows.",
		    stmt_get_int(s, 0));
		one(out, "edge_changed_timestamp_seconds", "gauge",
		    "When the generation was made.",
		    stmt_get_int(s, 1) / 1000);
		one(out, "edge_missions", "gauge", "Missions held.",
		    stmt_get_int(s, 4));
		one(out, "edge_vanished_missions", "gauge", "Missions that "
		    "vanished from the source, in their grace time.",
		    stmt_get_int(s, 6));
		stmt_reset(s);
	}
	write_quarantine(db, out);
	write_resyncs(db, out);
}

static void
write_counts(const struct beat *beat, struct buffer *out)
{
	enum beat_count count;
	enum edge_kind kind;

	head(out, "edge_sync_documents_total", "counter", "Missions and "
	    "profiles (points of tracks) that runs wrote to the store.");
	for (count = 0; count < BEAT_COUNT_MAX; count++)
		buffer_printf(out, "edge_sync_documents_total{collection=\"%s"
		    "\",op=\"%s\"} %" PRId64 "\n",
		    count == BEAT_POINTS ? "profiles" : "missions",
		    count == BEAT_POINTS ? "written" : beat_count_name(count),
		    beat->counts[count]);
	head(out, "edge_sync_errors_total", "counter",
	    "Runs that failed, by what with.");
	for (kind = EDGE_NONE + 1; kind < EDGE_KIND_MAX; kind++)
		if (beat->failures[kind] != 0)
			buffer_printf(out, "edge_sync_errors_total{kind=\"%s"
			    "\"} %" PRId64 "\n", err_kind_name(kind),
			    beat->failures[kind]);
}

static void
write_beat(const char *db_path, struct buffer *out)
{
	int64_t now_ms = clock_now_ms();
	struct beat beat;

	beat_read(db_path, &beat);
	one(out, "edge_sync_last_attempt_timestamp_seconds", "gauge",
	    "When the source was last asked; 0 never.",
	    beat.attempt_ms / 1000);
	one(out, "edge_sync_last_success_timestamp_seconds", "gauge",
	    "When that last went well; 0 never.", beat.success_ms / 1000);
	if (beat.success_ms != 0) {
		head(out, "edge_sync_lag_seconds", "gauge",
		    "How long ago that is.");
		buffer_printf(out, "edge_sync_lag_seconds %.3f\n",
		    (double)(now_ms - beat.success_ms) / 1e3);
	}
	write_counts(&beat, out);
	one(out, "edge_sync_failing", "gauge", "1 while runs fail.",
	    beat.failing_ms != 0);
	one(out, "edge_sync_last_exit_code", "gauge",
	    "Of the last run, as `edge sync` would have ended.",
	    beat.exit_code);
	one(out, "edge_disk_full", "gauge", "1 when the last run could not "
	    "write.", beat.exit_code == DISK_FULL_CODE);
	head(out, "edge_sync_mode", "gauge", "1 for how the source is asked.");
	if (beat.mode[0] != '\0') {
		buffer_add_text(out, "edge_sync_mode{mode=\"");
		label(out, beat.mode);
		buffer_add_text(out, "\"} 1\n");
	}
}

static void
write_store(const char *db_path, bool immutable, struct buffer *out)
{
	struct edge_err ignored = { 0 };
	struct snapshot snapshot;
	struct db *db = db_open(db_path, DB_TOOL, immutable ? DB_IMMUTABLE :
	    0, &ignored);

	one(out, "edge_store_up", "gauge", "1 when the store can be read.",
	    db != NULL);
	if (db != NULL) {
		db_deadline(db, 5000);
		if (db_begin(db, &ignored))
			write_tables(db, out);
		db_rollback(db);
	}
	db_close(db);
	one(out, "edge_db_bytes", "gauge", "Size of the store.",
	    bytes_of(db_path, ""));
	one(out, "edge_db_wal_bytes", "gauge", "Size of its log.",
	    bytes_of(db_path, "-wal"));
	if (snapshot_read(db_path, &snapshot))
		one(out, "edge_snapshot_timestamp_seconds", "gauge",
		    "When the file to take away was made.",
		    snapshot.made_ms / 1000);
	write_beat(db_path, out);
}

void
metrics_write(struct metrics *metrics, const struct metrics_server *server,
    const char *db_path, bool immutable, struct buffer *out)
{
	head(out, "edge_build_info", "gauge", "Which edge this is.");
	buffer_add_text(out, "edge_build_info{version=\"");
	label(out, EDGE_VERSION);
	buffer_printf(out, "\",sqlite=\"%s\"} 1\n", db_library_version());
	write_store(db_path, immutable, out);
	write_requests(metrics, out);
	write_durations(metrics, out);
	write_server(server, out);
}
