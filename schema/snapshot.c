#include "snapshot.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "clock.h"
#include "db_internal.h"
#include "file.h"

#define INFO_BYTES 4096
#define HASH_SHORT 16 /* digits of the hash in a file's name */

/* Steps of SQLite's machine between looks at the stop flag. */
#define LOOK_STEPS 100000

/* ---- which snapshot there is ---- */

static bool
get_number(const cJSON *info, const char *name, int64_t *value)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(info, name);

	if (!cJSON_IsNumber(item) || item->valuedouble < 0 ||
	    item->valuedouble > 9e15)
		return false;
	*value = (int64_t)item->valuedouble;
	return true;
}

static bool
get_time(const cJSON *info, const char *name, int64_t *ms)
{
	const char *text = cJSON_GetStringValue(
	    cJSON_GetObjectItemCaseSensitive(info, name));

	return text != NULL && clock_parse(text, ms);
}

/* The file beside the store may have been edited: nothing of it is believed
 * that could lead elsewhere. */
static bool
read_info(const cJSON *info, struct snapshot *snapshot)
{
	const char *hash = cJSON_GetStringValue(
	    cJSON_GetObjectItemCaseSensitive(info, "sha256"));

	if (hash == NULL || strlen(hash) != DIGEST_HEX_BYTES - 1 ||
	    strspn(hash, "0123456789abcdef") != DIGEST_HEX_BYTES - 1)
		return false;
	(void)snprintf(snapshot->sha256, sizeof snapshot->sha256, "%s", hash);
	(void)snprintf(snapshot->name, sizeof snapshot->name, "%.16s", hash);
	return get_number(info, "bytes", &snapshot->bytes) &&
	    get_number(info, "generation", &snapshot->generation) &&
	    get_time(info, "as_of", &snapshot->as_of_ms) &&
	    get_time(info, "made", &snapshot->made_ms);
}

bool
snapshot_read(const char *db_path, struct snapshot *snapshot)
{
	struct edge_err ignored = { 0 };
	char path[PATH_MAX], *bytes;
	size_t length;
	cJSON *info;
	bool ok;

	memset(snapshot, 0, sizeof *snapshot);
	if (!file_beside(db_path, ".snapshot.json", path, &ignored))
		return false;
	bytes = file_read(path, INFO_BYTES, &length, &ignored);
	if (bytes == NULL)
		return false;
	info = cJSON_Parse(bytes);
	free(bytes);
	ok = read_info(info, snapshot);
	cJSON_Delete(info);
	return ok;
}

static bool
file_path(char path[PATH_MAX], const char *db_path,
    const struct snapshot *snapshot, struct edge_err *err)
{
	char ending[64];

	(void)snprintf(ending, sizeof ending, ".snapshot-%s.sqlite",
	    snapshot->name);
	return file_beside(db_path, ending, path, err);
}

int
snapshot_open(const char *db_path, struct snapshot *snapshot)
{
	struct edge_err ignored = { 0 };
	char path[PATH_MAX];
	struct stat st;
	int fd, tries;

	/* Between reading and opening another may have taken its place. */
	for (tries = 0; tries < 3; tries++) {
		if (!snapshot_read(db_path, snapshot) ||
		    !file_path(path, db_path, snapshot, &ignored))
			return -1;
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
		if (fd < 0)
			continue;
		if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
		    st.st_size == snapshot->bytes)
			return fd;
		(void)close(fd);
	}
	return -1;
}

/* ---- making one ---- */

static int
look_at_stop(void *context)
{
	const volatile int *stop = context;

	return stop != NULL && *stop;
}

static bool
failed(sqlite3 *sqlite, const char *path, int code, struct edge_err *err)
{
	if ((code & 0xff) == SQLITE_INTERRUPT)
		return err_set(err, EDGE_TEMPORARY, "%s: stopped", path);
	return err_set(err, EDGE_IO, "%s: %s", path, sqlite != NULL ?
	    sqlite3_errmsg(sqlite) : sqlite3_errstr(code));
}

static bool
run_sql(sqlite3 *sqlite, const char *path, const char *sql,
    struct edge_err *err)
{
	int code = sqlite3_exec(sqlite, sql, NULL, NULL, NULL);

	return code == SQLITE_OK || failed(sqlite, path, code, err);
}

static bool
attach_store(sqlite3 *sqlite, const char *path, const char *db_path,
    struct edge_err *err)
{
	char uri[DB_URI_BYTES], *sql;
	bool ok;

	db_path_uri(db_path, "?mode=ro", uri);
	sql = sqlite3_mprintf("ATTACH %Q AS store", uri);
	ok = sql != NULL && run_sql(sqlite, path, sql, err);
	sqlite3_free(sql);
	return ok;
}

/* Fills the new file; the store is read in one transaction. */
static bool
fill(const char *path, const char *db_path, const volatile int *stop,
    struct edge_err *err)
{
	sqlite3 *sqlite = NULL;
	int code;
	bool ok;

	code = sqlite3_open_v2(path, &sqlite, SQLITE_OPEN_READWRITE |
	    SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, NULL);
	if (code != SQLITE_OK) {
		(void)failed(sqlite, path, code, err);
		(void)sqlite3_close(sqlite);
		return false;
	}
	sqlite3_busy_timeout(sqlite, 10000);
	sqlite3_progress_handler(sqlite, LOOK_STEPS, look_at_stop,
	    (void *)(uintptr_t)stop);
	ok = run_sql(sqlite, path, "PRAGMA journal_mode = OFF;"
	    "PRAGMA synchronous = OFF; PRAGMA cache_size = -4096;", err) &&
	    attach_store(sqlite, path, db_path, err) &&
	    run_sql(sqlite, path, "BEGIN", err) &&
	    run_sql(sqlite, path, snapshot_sql, err) &&
	    run_sql(sqlite, path, "COMMIT", err);
	if (sqlite3_close(sqlite) != SQLITE_OK && ok)
		ok = err_set(err, EDGE_IO, "%s: cannot be closed", path);
	return ok;
}

/* What the data in it are. */
static bool
read_about(const char *path, struct snapshot *snapshot, struct edge_err *err)
{
	sqlite3 *sqlite = NULL;
	sqlite3_stmt *stmt = NULL;
	const char *as_of;
	int code = sqlite3_open_v2(path, &sqlite, SQLITE_OPEN_READONLY, NULL);
	bool ok = false;

	if (code == SQLITE_OK)
		code = sqlite3_prepare_v2(sqlite, "SELECT generation, as_of "
		    "FROM about", -1, &stmt, NULL);
	if (code == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW) {
		snapshot->generation = sqlite3_column_int64(stmt, 0);
		as_of = (const char *)sqlite3_column_text(stmt, 1);
		ok = as_of != NULL && clock_parse(as_of, &snapshot->as_of_ms);
	}
	if (!ok)
		(void)failed(sqlite, path, SQLITE_CORRUPT, err);
	(void)sqlite3_finalize(stmt);
	(void)sqlite3_close(sqlite);
	return ok;
}

static bool
measure(const char *path, struct snapshot *snapshot, struct edge_err *err)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool ok = fd >= 0 && fstat(fd, &st) == 0 &&
	    digest_file(fd, snapshot->sha256);

	if (fd >= 0)
		(void)close(fd);
	if (!ok)
		return err_set(err, EDGE_IO, "%s: %s", path, strerror(errno));
	snapshot->bytes = (int64_t)st.st_size;
	(void)snprintf(snapshot->name, sizeof snapshot->name, "%.16s",
	    snapshot->sha256);
	return true;
}

static bool
write_info(const char *db_path, const struct snapshot *snapshot,
    struct edge_err *err)
{
	char path[PATH_MAX], as_of[CLOCK_TEXT_BYTES], made[CLOCK_TEXT_BYTES];
	char text[INFO_BYTES];
	int length;

	clock_format(snapshot->as_of_ms, as_of);
	clock_format(snapshot->made_ms, made);
	length = snprintf(text, sizeof text, "{\n\t\"sha256\": \"%s\",\n"
	    "\t\"bytes\": %" PRId64 ",\n\t\"generation\": %" PRId64 ",\n"
	    "\t\"as_of\": \"%s\",\n\t\"made\": \"%s\"\n}\n", snapshot->sha256,
	    snapshot->bytes, snapshot->generation, as_of, made);
	return file_beside(db_path, ".snapshot.json", path, err) &&
	    file_publish(path, text, (size_t)length, true, err);
}

/* Removes snapshots that are not the one in use, also what a killed process
 * left. */
static void
remove_others(const char *db_path, const struct snapshot *keep)
{
	struct edge_err ignored = { 0 };
	char folder[PATH_MAX], begin[NAME_MAX + 1], path[PATH_MAX];
	const char *slash = strrchr(db_path, '/');
	struct dirent *entry;
	size_t length;
	DIR *dir;

	(void)snprintf(folder, sizeof folder, "%.*s", slash == NULL ? 1 :
	    (int)(slash - db_path) + 1, slash == NULL ? "." : db_path);
	(void)snprintf(begin, sizeof begin, "%.200s.snapshot-", slash == NULL ?
	    db_path : slash + 1);
	length = strlen(begin);
	dir = opendir(folder);
	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (strncmp(entry->d_name, begin, length) == 0 &&
		    strncmp(entry->d_name + length, keep->name, HASH_SHORT) !=
		    0 && file_beside(db_path, entry->d_name + strlen(begin) -
		    strlen(".snapshot-"), path, &ignored))
			(void)unlink(path);
	if (dir != NULL)
		(void)closedir(dir);
}

static bool
publish(const char *db_path, int64_t now_ms, const volatile int *stop,
    struct edge_err *err)
{
	struct snapshot made = { .made_ms = now_ms };
	char aside[PATH_MAX], path[PATH_MAX];
	bool ok;

	if (!file_beside(db_path, ".snapshot-new", aside, err))
		return false;
	(void)unlink(aside);
	ok = fill(aside, db_path, stop, err) &&
	    read_about(aside, &made, err) && measure(aside, &made, err) &&
	    file_path(path, db_path, &made, err) &&
	    file_move(aside, path, err) && write_info(db_path, &made, err);
	if (ok)
		remove_others(db_path, &made);
	else
		(void)unlink(aside);
	return ok;
}

/* Whether the store has newer data than the snapshot. */
static bool
has_changed(const char *db_path, const struct snapshot *last, bool *changed,
    struct edge_err *err)
{
	struct db *db = db_open(db_path, DB_TOOL, 0, err);
	struct edge_err why = { 0 };
	struct stmt *s;

	if (db == NULL)
		return false;
	s = db_stmt(db, Q_GENERATION);
	if (stmt_row(s, &why))
		*changed = stmt_get_int(s, 0) != last->generation;
	stmt_reset(s);
	db_close(db);
	if (why.kind != EDGE_NONE)
		*err = why;
	return why.kind == EDGE_NONE;
}

bool
snapshot_keep(const char *db_path, int64_t interval_ms, int64_t now_ms,
    const volatile int *stop, struct edge_err *err)
{
	struct snapshot last;
	bool changed = true;
	int fd;

	if (interval_ms == 0)
		return true;
	fd = snapshot_open(db_path, &last);
	if (fd >= 0) {
		(void)close(fd);
		if (now_ms - last.made_ms < interval_ms &&
		    now_ms >= last.made_ms)
			return true;
		if (!has_changed(db_path, &last, &changed, err))
			return err_wrap(err, "snapshot");
	}
	return !changed || publish(db_path, now_ms, stop, err) ||
	    err_wrap(err, "snapshot");
}

/* ---- backup ---- */

static bool
copy_pages(struct db *from, const char *aside, const volatile int *stop,
    struct edge_err *err)
{
	sqlite3 *to = NULL;
	sqlite3_backup *backup = NULL;
	int code = sqlite3_open_v2(aside, &to, SQLITE_OPEN_READWRITE |
	    SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
	bool stopped = false;

	if (code == SQLITE_OK)
		backup = sqlite3_backup_init(to, "main", from->sqlite, "main");
	while (backup != NULL && !stopped) {
		code = sqlite3_backup_step(backup, 4096);
		if (code != SQLITE_OK)
			break;
		stopped = stop != NULL && *stop;
	}
	if (backup == NULL && code == SQLITE_OK)
		code = sqlite3_errcode(to);
	else if (sqlite3_backup_finish(backup) != SQLITE_OK &&
	    code == SQLITE_DONE)
		code = sqlite3_errcode(to);
	if (stopped)
		(void)err_set(err, EDGE_TEMPORARY, "%s: stopped", aside);
	else if (code != SQLITE_DONE)
		(void)failed(to, aside, code, err);
	(void)sqlite3_close(to);
	return code == SQLITE_DONE && !stopped;
}

/* Whether the copy is a whole store. */
static bool
verify_copy(const char *aside, struct edge_err *err)
{
	struct db *db = db_open(aside, DB_WRITER, 0, err);
	bool ok = db != NULL && db_check(db, 0, err);

	db_close(db);
	return ok;
}

static void
remove_copy(const char *aside)
{
	static const char *const endings[] = { "", "-wal", "-shm",
		"-journal" };
	char path[PATH_MAX];
	size_t i;

	for (i = 0; i < sizeof endings / sizeof endings[0]; i++)
		if (snprintf(path, sizeof path, "%s%s", aside, endings[i]) <
		    (int)sizeof path)
			(void)unlink(path);
}

bool
store_backup(const char *path, const char *to, const volatile int *stop,
    struct edge_err *err)
{
	char aside[PATH_MAX];
	struct stat st;
	struct db *from;
	int fd;
	bool ok;

	if (lstat(to, &st) == 0)
		return err_set(err, EDGE_CANNOT_MAKE, "%s: is there already; "
		    "name a new file", to);
	if (!file_beside(to, ".part", aside, err))
		return false;
	from = db_open(path, DB_TOOL, 0, err);
	if (from == NULL)
		return false;
	remove_copy(aside);
	fd = open(aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0) {
		(void)err_set(err, EDGE_CANNOT_MAKE, "%s: %s", aside,
		    strerror(errno));
		db_close(from);
		return false;
	}
	(void)close(fd);
	/* One read transaction: a writer does not make the copy begin anew. */
	ok = db_begin(from, err) && copy_pages(from, aside, stop, err);
	db_rollback(from);
	db_close(from);
	ok = ok && verify_copy(aside, err) && file_move(aside, to, err);
	if (!ok)
		remove_copy(aside);
	return ok;
}
