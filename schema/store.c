/* store.c: the store as a file: how it is made, opened, checked, built aside
 * and swapped in. The other half of db.h. */
#include "db_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "beat.h"
#include "file.h"
#include "log.h"

/* "edge" in ASCII; says whose file it is. */
#define STORE_APPLICATION_ID 0x65646765
/* Grows with every change of facts, totals, find or state.sql. */
#define STORE_VERSION 5

#define STRINGIFY(x) #x
#define TEXT_OF(x) STRINGIFY(x)

/* Wait this long for another connection's lock. */
#define BUSY_TIMEOUT_MS 10000

static bool
read_pragma(struct db *db, const char *sql, int64_t *value,
    struct edge_err *err)
{
	sqlite3_stmt *stmt = NULL;
	int code = sqlite3_prepare_v2(db->sqlite, sql, -1, &stmt, NULL);

	if (code == SQLITE_OK) {
		code = sqlite3_step(stmt);
		if (code == SQLITE_ROW)
			*value = sqlite3_column_int64(stmt, 0);
	}
	(void)sqlite3_finalize(stmt);
	return code == SQLITE_ROW || db_fail(db, code, "reading", err);
}

static bool
foreign_file(const char *path, struct edge_err *err)
{
	return err_set(err, EDGE_CONFIG, "%s: not a store of edge but a file "
	    "of another program, or one too damaged to tell; move it away, or "
	    "name another one with --db", path);
}

static bool
newer_file(const char *path, int64_t version, struct edge_err *err)
{
	return err_set(err, EDGE_NEWER, "%s: schema version %lld was written "
	    "by a newer edge than this one (%d); install that one and start "
	    "it in the place of this, or name another file with --db", path,
	    (long long)version, STORE_VERSION);
}

static bool
outdated_file(const char *path, int64_t version, struct edge_err *err)
{
	return err_set(err, EDGE_CONFIG, "%s: outdated: schema version %lld, "
	    "this edge has %d; `edge sync --once` or `edge import` builds it "
	    "again", path, (long long)version, STORE_VERSION);
}

bool
db_same_version(struct db *db, struct edge_err *err)
{
	struct stmt *s = db_stmt(db, Q_STORE_VERSION);
	int64_t version;

	if (!stmt_row(s, err))
		return err->kind == EDGE_NONE ? err_set(err, EDGE_CORRUPT,
		    "%s: has no version", db->path) : false;
	version = stmt_get_int(s, 0);
	stmt_reset(s);
	if (version > STORE_VERSION)
		return newer_file(db->path, version, err);
	return version == STORE_VERSION ||
	    outdated_file(db->path, version, err);
}

/* Whether the open file is a store of this version; an empty file is not.
 * *outdated: it is one of an older version, and err says so. */
static bool
check_identity(struct db *db, bool *empty, bool *outdated,
    struct edge_err *err)
{
	int64_t id, version, tables;

	*empty = *outdated = false;
	if (!read_pragma(db, "PRAGMA application_id", &id, err) ||
	    !read_pragma(db, "PRAGMA user_version", &version, err) ||
	    !read_pragma(db, "SELECT count(*) FROM sqlite_schema", &tables,
	    err))
		return false;
	*empty = id == 0 && version == 0 && tables == 0;
	if (*empty)
		return true;
	if (id != STORE_APPLICATION_ID)
		return foreign_file(db->path, err);
	if (version > STORE_VERSION)
		return newer_file(db->path, version, err);
	*outdated = version < STORE_VERSION;
	return !*outdated || outdated_file(db->path, version, err);
}

static bool
create_schema(struct db *db, struct edge_err *err)
{
	return db_exec(db, "BEGIN IMMEDIATE", err) &&
	    db_exec(db, schema_sql, err) &&
	    db_exec(db, "PRAGMA application_id = "
	    TEXT_OF(STORE_APPLICATION_ID) ";"
	    "PRAGMA user_version = " TEXT_OF(STORE_VERSION) ";", err) &&
	    db_exec(db, "COMMIT", err);
}

/* The busy timeout comes first: every later pragma may meet a lock. */
static bool
set_pragmas(struct db *db, unsigned flags, struct edge_err *err)
{
	sqlite3_busy_timeout(db->sqlite, BUSY_TIMEOUT_MS);
	if (db->role != DB_WRITER)
		return db_exec(db, "PRAGMA query_only = 1;"
		    "PRAGMA cache_size = -2048;", err);
	if (flags & DB_ASIDE)
		return db_exec(db, "PRAGMA journal_mode = OFF;"
		    "PRAGMA synchronous = OFF;"
		    "PRAGMA foreign_keys = 1;"
		    "PRAGMA cache_size = -8192;", err);
	return db_exec(db, "PRAGMA journal_mode = WAL;"
	    "PRAGMA synchronous = NORMAL;"
	    "PRAGMA foreign_keys = 1;"
	    "PRAGMA journal_size_limit = 16777216;"
	    "PRAGMA cache_size = -8192;", err);
}

void
db_path_uri(const char *path, const char *options, char uri[DB_URI_BYTES])
{
	size_t n = (size_t)snprintf(uri, DB_URI_BYTES, "file:");

	for (; *path != '\0' && n < 3 * PATH_MAX; path++)
		if (strchr("%?#", *path) != NULL)
			n += (size_t)snprintf(uri + n, DB_URI_BYTES - n, "%%%02X",
			    (unsigned char)*path);
		else
			uri[n++] = *path;
	(void)snprintf(uri + n, DB_URI_BYTES - n, "%s", options);
}

/* A big-endian number of SQLite's file header (its documentation, "Database
 * File Format", 1.3). */
static uint32_t
header_number(const unsigned char *header, size_t at)
{
	return (uint32_t)header[at] << 24 | (uint32_t)header[at + 1] << 16 |
	    (uint32_t)header[at + 2] << 8 | header[at + 3];
}

/* A file without SQLite's header is a damaged store only when the status file
 * beside it tells of a run that went well: otherwise it may be anything. */
static bool
was_a_store(const char *path)
{
	struct beat beat;

	beat_read(path, &beat);
	return beat.success_ms != 0;
}

#define HEADER_BYTES 100

/* Judges a file by the first bytes of its header alone. */
static bool
judge_header(const char *path, const unsigned char *header, size_t length,
    enum store_state *state, struct edge_err *err)
{
	static const char magic[] = "SQLite format 3";
	uint32_t version;

	*state = length == 0 ? STORE_MISSING : STORE_BAD;
	if (length < HEADER_BYTES ||
	    memcmp(header, magic, sizeof magic) != 0)
		return length == 0 || was_a_store(path) ||
		    foreign_file(path, err);
	if (header_number(header, 68) != STORE_APPLICATION_ID)
		return foreign_file(path, err);
	version = header_number(header, 60);
	if (version > STORE_VERSION)
		return newer_file(path, version, err);
	*state = version == STORE_VERSION ? STORE_GOOD : STORE_OUTDATED;
	return true;
}

static struct db *
open_file(const char *path, enum db_role role, unsigned flags,
    struct edge_err *err)
{
	struct db *db = calloc(1, sizeof *db);
	char uri[DB_URI_BYTES];
	int code, mode = role != DB_WRITER ? SQLITE_OPEN_READONLY :
	    SQLITE_OPEN_READWRITE |
	    (flags & (DB_CREATE | DB_ASIDE) ? SQLITE_OPEN_CREATE : 0);

	if (db == NULL) {
		err_set(err, EDGE_IO, "%s: out of memory", path);
		return NULL;
	}
	db->role = role;
	(void)snprintf(db->path, sizeof db->path, "%s", path);
	db_path_uri(path, flags & DB_IMMUTABLE ? "?immutable=1" : "", uri);
	code = sqlite3_open_v2(uri, &db->sqlite, mode | SQLITE_OPEN_NOMUTEX |
	    SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_URI, NULL);
	if (code == SQLITE_OK && role == DB_WRITER)
		code = db_add_bits(db->sqlite);
	if (code == SQLITE_OK && role == DB_WRITER)
		code = db_add_search(db->sqlite);
	if (code != SQLITE_OK) {
		db_fail(db, code, "opening", err);
		db_close(db);
		return NULL;
	}
	return db;
}

/* Says of a file that SQLite calls damaged whose it is. It is read as SQLite
 * has it open: opened beside it, it would cost this process its locks. */
static void
tell_foreign(struct db *db, struct edge_err *err)
{
	unsigned char header[HEADER_BYTES] = { 0 };
	sqlite3_file *file = NULL;
	enum store_state state;

	if (sqlite3_file_control(db->sqlite, "main",
	    SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK && file != NULL &&
	    file->pMethods != NULL && file->pMethods->xRead(file, header,
	    sizeof header, 0) == SQLITE_OK)
		(void)judge_header(db->path, header, sizeof header, &state,
		    err);
}

/* 0: there is no such file. */
static ino_t
inode_beside(const char *path, const char *ending)
{
	char name[PATH_MAX];
	struct stat st;

	return snprintf(name, sizeof name, "%s%s", path, ending) <
	    (int)sizeof name && stat(name, &st) == 0 ? st.st_ino : 0;
}

struct db *
db_open(const char *path, enum db_role role, unsigned flags,
    struct edge_err *err)
{
	struct stat st;
	struct db *db;
	bool empty, outdated, existed, ok;
	bool make = role == DB_WRITER && (flags & (DB_CREATE | DB_ASIDE));

	existed = stat(path, &st) == 0;
	if (!existed) {
		if (errno != ENOENT) {
			err_set(err, EDGE_IO, "%s: %s", path, strerror(errno));
			return NULL;
		}
		if (!make) {
			err_set(err, EDGE_CONFIG, "%s: there is no such store; "
			    "`edge sync --once` or `edge import DIR` makes it",
			    path);
			return NULL;
		}
	} else if (!S_ISREG(st.st_mode)) {
		err_set(err, EDGE_CONFIG, "%s: not a file", path);
		return NULL;
	}
	db = open_file(path, role, flags, err);
	if (db == NULL)
		return NULL;
	/* What is not edge's is not even made to keep a log. */
	sqlite3_busy_timeout(db->sqlite, BUSY_TIMEOUT_MS);
	ok = check_identity(db, &empty, &outdated, err);
	if (ok && empty && !make)
		ok = err_set(err, EDGE_CONFIG, "%s: empty; `edge sync --once` "
		    "or `edge import DIR` fills it", path);
	if (!ok || !set_pragmas(db, flags, err)) {
		if (err->kind == EDGE_CORRUPT)
			tell_foreign(db, err);
		db_close(db);
		return NULL;
	}
	if (empty && !create_schema(db, err)) {
		db_close(db);
		return NULL;
	}
	/* The file that was there before it was opened: should another have
	 * been swapped in since, db_replaced says so. */
	if (!existed && stat(path, &st) != 0) {
		err_set(err, EDGE_IO, "%s: %s", path, strerror(errno));
		db_close(db);
		return NULL;
	}
	db->inode = st.st_ino;
	db->device = st.st_dev;
	if (role == DB_WRITER)
		db->wal_inode = inode_beside(path, "-wal");
	db_watch_progress(db);
	return db;
}

/* What is not edge's to replace stays as it is to the bit, and nothing is left
 * beside it. */
bool
store_look(const char *path, enum store_state *state, struct edge_err *err)
{
	unsigned char header[HEADER_BYTES];
	struct stat st;
	size_t length;
	FILE *f;

	*state = STORE_MISSING;
	if (stat(path, &st) != 0)
		return errno == ENOENT || err_set(err, EDGE_IO, "%s: %s", path,
		    strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(err, EDGE_CONFIG, "%s: not a file", path);
	f = fopen(path, "re");
	if (f == NULL)
		return err_set(err, EDGE_IO, "%s: %s", path, strerror(errno));
	length = fread(header, 1, sizeof header, f);
	(void)fclose(f);
	return judge_header(path, header, length, state, err);
}

bool
store_probe(const char *path, enum store_state *state, int64_t *generation,
    struct edge_err *err)
{
	struct edge_err why = { 0 };
	int64_t version;
	struct db *db;

	*generation = 0;
	if (!store_look(path, state, err))
		return false;
	if (*state != STORE_GOOD && *state != STORE_OUTDATED)
		return true;
	/* Opened as the writer that will use it: a reader could not recover
	 * what a killed writer left in the log. */
	db = open_file(path, DB_WRITER, 0, &why);
	if (db != NULL) {
		sqlite3_busy_timeout(db->sqlite, BUSY_TIMEOUT_MS);
		/* Another version may still be in the log alone. */
		if (read_pragma(db, "PRAGMA user_version", &version, &why))
			*state = version < STORE_VERSION ? STORE_OUTDATED :
			    STORE_GOOD;
		(void)read_pragma(db, "SELECT generation FROM state",
		    generation, &why);
	}
	db_close(db);
	if (why.kind == EDGE_CORRUPT)
		*state = STORE_BAD;
	else if (why.kind != EDGE_NONE && *state == STORE_GOOD)
		*err = why;
	return why.kind == EDGE_NONE || why.kind == EDGE_CORRUPT ||
	    *state != STORE_GOOD;
}

/* A page that the disk would not give is no damage: it may give it later. */
static bool
is_disk_error(const char *fault)
{
	static const char words[] = "error code=";
	const char *code = strstr(fault, words);

	return code != NULL && (atoi(code + sizeof words - 1) & 0xff) ==
	    SQLITE_IOERR;
}

bool
db_check(struct db *db, int64_t ms, struct edge_err *err)
{
	struct edge_err failed = { 0 };
	struct stmt *s = db_stmt(db, Q_STORE_CHECK);
	const char *fault;
	bool good = true;

	db_deadline(db, ms);
	fault = stmt_row(s, &failed) ? stmt_get_text(s, 0) : "ok";
	if (is_disk_error(fault))
		good = err_set(err, EDGE_IO, "%s: disk I/O error: %.200s",
		    db->path, fault);
	else if (strcmp(fault, "ok") != 0)
		good = err_set(err, EDGE_CORRUPT, "%s: corrupt: %.200s; `edge "
		    "sync --once` or `edge import` builds it again and keeps "
		    "the bad file", db->path, fault);
	stmt_reset(s);
	db_deadline(db, 0);
	if (failed.kind == EDGE_NONE || failed.kind == EDGE_TEMPORARY)
		return good;
	*err = failed;
	return false;
}

static void
finalize_all(struct db *db)
{
	int i;

	for (i = 0; i < QUERY_MAX; i++) {
		if (db->stmts[i].sqlite != NULL &&
		    sqlite3_stmt_busy(db->stmts[i].sqlite))
			log_debug("%s: left open", query_texts[i].name);
		(void)sqlite3_finalize(db->stmts[i].sqlite);
		db->stmts[i].sqlite = NULL;
	}
}

void
db_close(struct db *db)
{
	if (db == NULL)
		return;
	if (db->sqlite != NULL)
		db_rollback(db);
	finalize_all(db);
	if (sqlite3_close(db->sqlite) != SQLITE_OK)
		log_error("%s: close: %s", db->path,
		    sqlite3_errmsg(db->sqlite));
	free(db);
}

static void
remove_beside(const char *path, const char *ending)
{
	char name[PATH_MAX];

	if (snprintf(name, sizeof name, "%s%s", path, ending) <
	    (int)sizeof name && unlink(name) != 0 && errno != ENOENT)
		log_warn("%s: %s", name, strerror(errno));
}

void
db_abandon(struct db *db)
{
	ino_t log = inode_beside(db->path, "-wal");

	if (log == 0 || log == db->wal_inode) {
		remove_beside(db->path, "-wal");
		remove_beside(db->path, "-shm");
	}
	/* Else SQLite would remove the log by its name, whosever it is. */
	(void)sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE,
	    1, (int *)NULL);
	db_close(db);
}

bool
db_close_aside(struct db *db, struct edge_err *err)
{
	bool ok;

	/* The journal mode cannot change under a statement that is open. */
	finalize_all(db);
	ok = db_exec(db, "PRAGMA optimize; PRAGMA synchronous = FULL;"
	    "PRAGMA main.journal_mode = WAL;",
	    err);
	db_close(db);
	return ok;
}

bool
db_checkpoint(struct db *db, struct edge_err *err)
{
	int code = sqlite3_wal_checkpoint_v2(db->sqlite, NULL,
	    SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);

	if (code == SQLITE_OK || (code & 0xff) == SQLITE_BUSY)
		return true;
	return db_fail(db, code, "checkpoint", err);
}

bool
db_open_staging(struct db *db, struct edge_err *err)
{
	/* Temporary tables live in a file of their own, so that the memory of
	 * a run does not grow with the source. */
	return db_exec(db, "PRAGMA temp_store = FILE;", err) &&
	    db_exec(db, staging_sql, err) &&
	    db_exec(db, "PRAGMA temp.cache_size = -8192;", err);
}

struct db *
db_open_outdated(const char *path, struct edge_err *err)
{
	struct db *db = open_file(path, DB_WRITER, 0, err);

	if (db != NULL && !set_pragmas(db, 0, err)) {
		db_close(db);
		return NULL;
	}
	return db;
}

int64_t
db_count_outdated(struct db *db)
{
	struct edge_err ignored = { 0 };
	int64_t missions = 0;

	(void)read_pragma(db, "SELECT count(*) FROM mission", &missions,
	    &ignored);
	return missions;
}

bool
db_replace_from(struct db *db, const char *path, struct edge_err *err)
{
	struct db *from = open_file(path, DB_TOOL, 0, err);
	sqlite3_backup *backup;
	int code;

	if (from == NULL)
		return false;
	backup = sqlite3_backup_init(db->sqlite, "main", from->sqlite, "main");
	if (backup == NULL) {
		db_fail(db, sqlite3_errcode(db->sqlite), "replacing", err);
		db_close(from);
		return false;
	}
	/* All pages in one step: one write transaction on the target. */
	code = sqlite3_backup_step(backup, -1);
	if (sqlite3_backup_finish(backup) != SQLITE_OK || code != SQLITE_DONE)
		db_fail(db, code == SQLITE_DONE ? sqlite3_errcode(db->sqlite) :
		    code, "replacing", err);
	else
		code = SQLITE_OK;
	db_close(from);
	return code == SQLITE_OK;
}

bool
db_attach_other(struct db *db, const char *path, struct edge_err *err)
{
	char uri[DB_URI_BYTES], *sql;
	bool ok;

	db_path_uri(path, "?mode=ro", uri);
	sql = sqlite3_mprintf("ATTACH %Q AS other", uri);
	ok = sql != NULL && db_exec(db, sql, err);
	sqlite3_free(sql);
	return ok;
}
