#include "db.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "clock.h"
#include "db_internal.h"
#include "file.h"
#include "log.h"

/* Steps of SQLite's machine between two looks at the deadline. */
#define PROGRESS_STEPS 2000

/* SQLite does not say which file it may not open, or why. */
static bool
fail_access(const struct db *db, const char *what, const char *text,
    struct edge_err *err)
{
	bool writer = db->role == DB_WRITER;
	char folder[PATH_MAX];

	if (access(db->path, writer ? R_OK | W_OK : R_OK) != 0 &&
	    errno != ENOENT)
		return err_set(err, EDGE_IO, "%s: %s", db->path,
		    strerror(errno));
	if (!file_folder(db->path, folder) || access(folder, W_OK) == 0)
		return err_set(err, EDGE_IO, "%s: %s: %s", db->path, what,
		    text);
	if (!writer)
		return err_set(err, EDGE_IO, "%s: may be read, but SQLite "
		    "keeps its log in files beside it, which this user may "
		    "not make: give it write access to the folder, or, when "
		    "the store never changes, serve it with --immutable",
		    db->path);
	return err_set(err, EDGE_IO, "%s: %s: %s; this user may not write to "
	    "the folder", db->path, what, text);
}

bool
db_fail(struct db *db, int code, const char *what, struct edge_err *err)
{
	const char *text = db->sqlite != NULL ? sqlite3_errmsg(db->sqlite) :
	    sqlite3_errstr(code);
	const char *more;

	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(err, EDGE_TEMPORARY, "%s: %s: %s", db->path,
		    what, text);
	case SQLITE_INTERRUPT:
		return err_set(err, EDGE_TEMPORARY, "%s: %s: %s", db->path,
		    what, db->stop != NULL && *db->stop ? "stopped" :
		    "took longer than it may");
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return err_set(err, EDGE_CORRUPT, "%s: corrupt: %s: %s; "
		    "`edge sync --once` or `edge import` builds it again and "
		    "keeps the bad file", db->path, what, text);
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return fail_access(db, what, text, err);
	case SQLITE_FULL:
	case SQLITE_IOERR:
	case SQLITE_NOMEM:
		more = sqlite3_errstr(db->sqlite ?
		    sqlite3_extended_errcode(db->sqlite) : code);
		if (strcmp(more, text) != 0)
			return err_set(err, EDGE_IO, "%s: %s: %s (%s)",
			    db->path, what, text, more);
		return err_set(err, EDGE_IO, "%s: %s: %s", db->path, what,
		    text);
	default:
		return err_set(err, EDGE_IO, "%s: %s: %s", db->path, what,
		    text);
	}
}

bool
db_exec(struct db *db, const char *sql, struct edge_err *err)
{
	int code = sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL);

	return code == SQLITE_OK || db_fail(db, code, "setting up", err);
}

static int
on_progress(void *context)
{
	struct db *db = context;

	if (db->stop != NULL && *db->stop)
		return 1;
	return db->deadline_us != 0 && clock_monotonic_us() > db->deadline_us;
}

void
db_deadline(struct db *db, int64_t ms)
{
	db->deadline_us = ms == 0 ? 0 : clock_monotonic_us() + ms * 1000;
}

void
db_stop_flag(struct db *db, const volatile int *stop)
{
	db->stop = stop;
}

void
db_watch_progress(struct db *db)
{
	sqlite3_progress_handler(db->sqlite, PROGRESS_STEPS, on_progress, db);
}

bool
db_replaced(const struct db *db)
{
	struct stat st;

	return stat(db->path, &st) == 0 && (st.st_ino != db->inode ||
	    st.st_dev != db->device);
}

bool
db_in_place(const struct db *db, struct edge_err *err)
{
	struct stat st;

	if (stat(db->path, &st) != 0)
		return errno != ENOENT || err_set(err, EDGE_TEMPORARY, "%s: "
		    "was removed while edge was writing to it", db->path);
	return (st.st_ino == db->inode && st.st_dev == db->device) ||
	    err_set(err, EDGE_TEMPORARY, "%s: was replaced by another file "
	    "while edge was writing to it", db->path);
}

struct stmt *
db_stmt(struct db *db, enum query query)
{
	struct stmt *s = &db->stmts[query];
	const struct query_text *text = &query_texts[query];

	s->db = db;
	s->query = query;
	if (s->sqlite != NULL) {
		stmt_reset(s);
		sqlite3_clear_bindings(s->sqlite);
		return s;
	}
	if ((int)text->role > (int)db->role) {
		s->failed = SQLITE_AUTH;
		return s;
	}
	s->failed = sqlite3_prepare_v3(db->sqlite, text->sql, -1,
	    SQLITE_PREPARE_PERSISTENT, &s->sqlite, NULL);
	return s;
}

/* A binding that fails is kept and reported by the next step. */
static void
bound(struct stmt *s, int code)
{
	if (code != SQLITE_OK && s->failed == SQLITE_OK)
		s->failed = code;
}

void
stmt_int(struct stmt *s, int at, int64_t value)
{
	if (s->sqlite != NULL)
		bound(s, sqlite3_bind_int64(s->sqlite, at, value));
}

void
stmt_real(struct stmt *s, int at, double value)
{
	if (s->sqlite != NULL)
		bound(s, sqlite3_bind_double(s->sqlite, at, value));
}

void
stmt_text(struct stmt *s, int at, const char *text)
{
	if (s->sqlite != NULL)
		bound(s, sqlite3_bind_text(s->sqlite, at, text, -1,
		    SQLITE_TRANSIENT));
}

void
stmt_blob(struct stmt *s, int at, const void *bytes, size_t length)
{
	if (s->sqlite != NULL)
		bound(s, sqlite3_bind_blob64(s->sqlite, at, bytes, length,
		    SQLITE_TRANSIENT));
}

void
stmt_null(struct stmt *s, int at)
{
	if (s->sqlite != NULL)
		bound(s, sqlite3_bind_null(s->sqlite, at));
}

void
stmt_reset(struct stmt *s)
{
	struct db_counters *c = &s->db->counters;
	int64_t scans, sorts, autos;

	if (s->sqlite == NULL)
		return;
	(void)sqlite3_reset(s->sqlite);
	scans = sqlite3_stmt_status(s->sqlite, SQLITE_STMTSTATUS_FULLSCAN_STEP,
	    1);
	sorts = sqlite3_stmt_status(s->sqlite, SQLITE_STMTSTATUS_SORT, 1);
	autos = sqlite3_stmt_status(s->sqlite, SQLITE_STMTSTATUS_AUTOINDEX, 1);
	c->vm_steps += sqlite3_stmt_status(s->sqlite,
	    SQLITE_STMTSTATUS_VM_STEP, 1);
	c->scan_steps += scans;
	c->sorts += sorts;
	c->auto_index_rows += autos;
	if (scans + sorts + autos > 0)
		c->worst = query_texts[s->query].name;
}

bool
stmt_row(struct stmt *s, struct edge_err *err)
{
	struct db *db = s->db;
	int64_t start = clock_monotonic_us();
	int code = s->failed != SQLITE_OK ? s->failed :
	    sqlite3_step(s->sqlite);

	db->micros += clock_monotonic_us() - start;
	if (code == SQLITE_ROW)
		return true;
	if (code != SQLITE_DONE)
		db_fail(db, code, query_texts[s->query].name, err);
	/* A binding that failed belongs to one use of the statement. */
	if (s->sqlite != NULL)
		s->failed = SQLITE_OK;
	stmt_reset(s);
	return false;
}

bool
stmt_run(struct stmt *s, struct edge_err *err)
{
	struct edge_err mine = { 0 };

	while (stmt_row(s, &mine))
		;
	if (mine.kind == EDGE_NONE)
		return true;
	if (err != NULL)
		*err = mine;
	return false;
}

int64_t
stmt_get_int(struct stmt *s, int at)
{
	return sqlite3_column_int64(s->sqlite, at);
}

double
stmt_get_real(struct stmt *s, int at)
{
	return sqlite3_column_double(s->sqlite, at);
}

const char *
stmt_get_text(struct stmt *s, int at)
{
	return (const char *)sqlite3_column_text(s->sqlite, at);
}

const void *
stmt_get_blob(struct stmt *s, int at, size_t *length)
{
	const void *bytes = sqlite3_column_blob(s->sqlite, at);

	*length = (size_t)sqlite3_column_bytes(s->sqlite, at);
	return bytes;
}

bool
stmt_is_null(struct stmt *s, int at)
{
	return sqlite3_column_type(s->sqlite, at) == SQLITE_NULL;
}

bool
stmt_is_text(struct stmt *s, int at)
{
	return sqlite3_column_type(s->sqlite, at) == SQLITE_TEXT;
}

bool
db_begin(struct db *db, struct edge_err *err)
{
	int code = sqlite3_exec(db->sqlite, db->role == DB_WRITER ?
	    "BEGIN IMMEDIATE" : "BEGIN", NULL, NULL, NULL);

	if (code != SQLITE_OK)
		return db_fail(db, code, "begin", err);
	if (db->role == DB_WRITER || db_same_version(db, err))
		return true;
	db_rollback(db);
	return false;
}

bool
db_commit(struct db *db, struct edge_err *err)
{
	int code = sqlite3_exec(db->sqlite, "COMMIT", NULL, NULL, NULL);

	if (code == SQLITE_OK)
		return true;
	db_fail(db, code, "commit", err);
	db_rollback(db);
	return false;
}

void
db_rollback(struct db *db)
{
	int i;

	if (sqlite3_get_autocommit(db->sqlite))
		return;
	for (i = 0; i < QUERY_MAX; i++)
		if (db->stmts[i].sqlite != NULL)
			stmt_reset(&db->stmts[i]);
	if (sqlite3_exec(db->sqlite, "ROLLBACK", NULL, NULL, NULL) !=
	    SQLITE_OK)
		log_error("%s: rollback: %s", db->path,
		    sqlite3_errmsg(db->sqlite));
}

int64_t
db_changes(struct db *db)
{
	return sqlite3_total_changes64(db->sqlite);
}

int64_t
db_last_id(struct db *db)
{
	return sqlite3_last_insert_rowid(db->sqlite);
}

int64_t
db_take_micros(struct db *db)
{
	int64_t micros = db->micros;

	db->micros = 0;
	return micros;
}

struct db_counters
db_take_counters(struct db *db)
{
	struct db_counters counters = db->counters;

	memset(&db->counters, 0, sizeof db->counters);
	return counters;
}

char *
db_query_plan(struct db *db, enum query query, struct edge_err *err)
{
	char *sql = sqlite3_mprintf("EXPLAIN QUERY PLAN %s",
	    query_texts[query].sql);
	sqlite3_stmt *stmt = NULL;
	sqlite3_str *plan = sqlite3_str_new(db->sqlite);
	char *text = NULL, *copy;
	int code = sql == NULL ? SQLITE_NOMEM :
	    sqlite3_prepare_v2(db->sqlite, sql, -1, &stmt, NULL);

	while (code == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW)
		sqlite3_str_appendf(plan, "%s\n", sqlite3_column_text(stmt, 3));
	(void)sqlite3_finalize(stmt);
	sqlite3_free(sql);
	copy = sqlite3_str_finish(plan);
	if (code != SQLITE_OK)
		db_fail(db, code, query_texts[query].name, err);
	else
		text = strdup(copy != NULL ? copy : "");
	sqlite3_free(copy);
	return text;
}

const char *
db_library_version(void)
{
	return sqlite3_libversion();
}
