/* db.h: one SQLite connection, its statements and its transactions.
 *
 * The only header through which the rest of edge reaches the store. SQL text
 * is never passed: callers name a statement of queries_*.sql by its enum, bind
 * and step. A reader (the web) is opened read-only and can name only reader
 * statements, a tool (the command line) is read-only and can name those too
 * that may read whole tables, a writer can name all.
 *
 * Thread: a struct db belongs to one thread at a time. */
#ifndef EDGE_DB_H
#define EDGE_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"
#include "queries.h" /* generated: enum query, query_texts */

struct db;
struct stmt;

enum db_role { DB_READER, DB_TOOL, DB_WRITER };

enum db_flags {
	DB_CREATE = 1,    /* writer: make an empty store when there is none */
	DB_IMMUTABLE = 2, /* reader: read-only media, no locks, no -wal file */
	DB_ASIDE = 4,     /* writer: a new file that nobody else reads, without
	                     journal; worthless until db_close_aside */
};

/* Opens the store at `path` (borrowed for the call). A file of another
 * program or of an older schema version gives EDGE_CONFIG with the way out in
 * the text, one of a newer version EDGE_NEWER; a missing file EDGE_CONFIG; a
 * damaged one EDGE_CORRUPT; anything the disk refuses EDGE_IO.
 * Free with db_close. */
struct db *db_open(const char *path, enum db_role role, unsigned flags,
    struct edge_err *err) MUST_CHECK;
void db_close(struct db *db); /* NULL is fine */
/* Ends a store built with DB_ASIDE: in WAL mode and on the disk, ready to be
 * renamed or copied. Closes `db` in every case. */
bool db_close_aside(struct db *db, struct edge_err *err) MUST_CHECK;

/* What stands at a path, for the writer who may build it again. */
enum store_state { STORE_GOOD, STORE_MISSING, STORE_OUTDATED, STORE_BAD };

/* Finds it out by the file's header alone and changes nothing. False with
 * EDGE_CONFIG for a file that is not edge's. */
bool store_look(const char *path, enum store_state *state,
    struct edge_err *err) MUST_CHECK;
/* Finds it out, and the generation a new store goes on from (0 when it cannot
 * be read). False for a file that is not edge's to replace: of another program
 * (EDGE_CONFIG), or of a newer edge (EDGE_NEWER). */
bool store_probe(const char *path, enum store_state *state,
    int64_t *generation, struct edge_err *err) MUST_CHECK;

/* Looks for damage for at most `ms` milliseconds. False with EDGE_CORRUPT. */
bool db_check(struct db *db, int64_t ms, struct edge_err *err) MUST_CHECK;

/* True when the file at the path is no longer the one that is open (a new
 * store was swapped in): the caller reopens. One stat(2). */
bool db_replaced(const struct db *db);
/* For the writer: false with EDGE_TEMPORARY when another file, or none, is at
 * the path by now, so that nobody reads what is written. One stat(2). */
bool db_in_place(const struct db *db, struct edge_err *err) MUST_CHECK;
/* Closes a writer whose file is no longer at its path. What is there now is
 * left alone, but for the log of the old file: it must not be taken for that of
 * the new one. */
void db_abandon(struct db *db);

/* The connection's statement for `query`, reset and with no bindings; prepared
 * at first use and kept. Owned by `db`. A failure to prepare is kept in the
 * statement and reported by stmt_step, so that callers check once. */
struct stmt *db_stmt(struct db *db, enum query query);

/* Bindings, `at` counted from 1. Text and blobs are copied; a NULL text binds
 * SQL NULL; a NaN binds SQL NULL. */
void stmt_int(struct stmt *s, int at, int64_t value);
void stmt_real(struct stmt *s, int at, double value);
void stmt_text(struct stmt *s, int at, const char *text);
void stmt_blob(struct stmt *s, int at, const void *bytes, size_t length);
void stmt_null(struct stmt *s, int at);

/* Takes the next row. False at the end or on failure; the two are told apart
 * by err->kind (callers start with a zeroed err). The statement is reset by
 * itself at the end and on failure; reset it when leaving a loop early. */
bool stmt_row(struct stmt *s, struct edge_err *err);
/* Steps to the end: for statements that return no row. */
bool stmt_run(struct stmt *s, struct edge_err *err) MUST_CHECK;
void stmt_reset(struct stmt *s);

/* Columns of the current row, counted from 0; text and blob are borrowed
 * until the next step or reset. NULL reads as 0, 0.0, NULL. */
int64_t stmt_get_int(struct stmt *s, int at);
double stmt_get_real(struct stmt *s, int at);
const char *stmt_get_text(struct stmt *s, int at);
const void *stmt_get_blob(struct stmt *s, int at, size_t *length);
bool stmt_is_null(struct stmt *s, int at);
bool stmt_is_text(struct stmt *s, int at);

/* Transactions. A writer's takes the write lock at once (BEGIN IMMEDIATE), a
 * reader's fixes one snapshot for all statements until its end; it is refused
 * when an edge of another version has built the store again since it was
 * opened (EDGE_NEWER, EDGE_CONFIG). */
bool db_begin(struct db *db, struct edge_err *err) MUST_CHECK;
bool db_commit(struct db *db, struct edge_err *err) MUST_CHECK;
void db_rollback(struct db *db); /* no transaction: does nothing */

/* Rows changed by this connection since it was opened. */
int64_t db_changes(struct db *db);
int64_t db_last_id(struct db *db); /* rowid of the last insert */

/* Ends statements with EDGE_TEMPORARY once `ms` milliseconds have passed from
 * now; 0 takes the limit away. */
void db_deadline(struct db *db, int64_t ms);
/* Statements end with EDGE_TEMPORARY once *stop is not 0; borrowed, may be
 * NULL. */
void db_stop_flag(struct db *db, const volatile int *stop);

/* Microseconds spent in stmt_row and stmt_run since the last call. */
int64_t db_take_micros(struct db *db);

/* Writes the log back into the main file and empties it; readers in an old
 * snapshot may keep some of it: that is no error. */
bool db_checkpoint(struct db *db, struct edge_err *err) MUST_CHECK;
/* Adds the temporary tables of staging.sql to this connection. */
bool db_open_staging(struct db *db, struct edge_err *err) MUST_CHECK;
/* Opens a store of an older version for db_replace_from and nothing else. */
struct db *db_open_outdated(const char *path, struct edge_err *err) MUST_CHECK;
/* Its missions; 0 when it cannot tell. */
int64_t db_count_outdated(struct db *db);
/* Makes the store at db a copy of the store at `path` in one transaction:
 * readers see the old one or the new one. */
bool db_replace_from(struct db *db, const char *path, struct edge_err *err)
    MUST_CHECK;
/* Attaches the store at `path`, read-only, under the name "other" for the
 * comparing statements of verify. */
bool db_attach_other(struct db *db, const char *path, struct edge_err *err)
    MUST_CHECK;

/* Statement counters of everything run since the last call: rows stepped by
 * full scan, sorts, rows of automatic indexes. */
struct db_counters {
	int64_t scan_steps, sorts, auto_index_rows, vm_steps;
	const char *worst; /* the statement that scanned or sorted, or NULL */
};
struct db_counters db_take_counters(struct db *db);
/* The lines of EXPLAIN QUERY PLAN for `query`, joined by newlines. To be
 * freed by the caller. */
char *db_query_plan(struct db *db, enum query query, struct edge_err *err)
    MUST_CHECK;

/* "3.40.1": the SQLite that is linked. */
const char *db_library_version(void);

#endif
