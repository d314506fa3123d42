/* db_internal.h: what db.c (statements) and store.c (files) share. Not for
 * other rooms. */
#ifndef EDGE_DB_INTERNAL_H
#define EDGE_DB_INTERNAL_H

#include <limits.h>
#include <sys/types.h>

#include <sqlite3.h>

#include "db.h"

struct stmt {
	struct db *db;
	sqlite3_stmt *sqlite; /* NULL until first used */
	enum query query;
	int failed;           /* SQLite's code, reported by the next step */
};

struct db {
	sqlite3 *sqlite;
	enum db_role role;
	char path[PATH_MAX];
	ino_t inode;          /* of the file that is open */
	dev_t device;
	ino_t wal_inode;      /* of the log beside it; a writer's only */
	int64_t deadline_us;  /* monotonic; 0 = none */
	const volatile int *stop;
	int64_t micros;       /* spent in steps since db_take_micros */
	struct db_counters counters;
	struct stmt stmts[QUERY_MAX];
};

#define DB_URI_BYTES (3 * PATH_MAX + 64)

/* A file's URI: what would end its path is escaped. */
void db_path_uri(const char *path, const char *options,
    char uri[DB_URI_BYTES]);
/* Fills err from SQLite's code and message. Returns false. */
bool db_fail(struct db *db, int code, const char *what, struct edge_err *err);
/* Runs SQL of this room: pragmas and the schema. */
bool db_exec(struct db *db, const char *sql, struct edge_err *err) MUST_CHECK;
/* Whether the store is still of this edge's version; EDGE_NEWER, EDGE_CONFIG.
 * Inside a transaction, so that what is read next is of the same store. */
bool db_same_version(struct db *db, struct edge_err *err) MUST_CHECK;
/* Starts looking at deadline and stop flag. */
void db_watch_progress(struct db *db);
/* Adds the SQL functions of bits.c to a connection; SQLite's code. */
int db_add_bits(sqlite3 *db);
/* The same for that of search_text.h. */
int db_add_search(sqlite3 *db);

#endif
