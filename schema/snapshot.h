/* snapshot.h: the file that visitors take away, and backups of the store.
 *
 * A snapshot is made by the process that writes the store and lies beside it:
 * "<db>.snapshot.json" says which file it is ("<db>.snapshot-<hash>.sqlite"),
 * so that file and hash change in one rename. What is in it: snapshot.sql.
 * Thread: any, but one publisher at a time (the holder of the writer's
 * lock). */
#ifndef EDGE_SNAPSHOT_H
#define EDGE_SNAPSHOT_H

#include <stdint.h>

#include "digest.h"
#include "err.h"

struct snapshot {
	char name[32];                 /* in the name of its file */
	char sha256[DIGEST_HEX_BYTES];
	int64_t bytes;
	int64_t generation;            /* of the data in it */
	int64_t as_of_ms;              /* when that generation was made */
	int64_t made_ms;
};

/* Reads which snapshot there is. False when there is none, or none that can
 * be read. */
bool snapshot_read(const char *db_path, struct snapshot *snapshot);

/* Opens its file for reading: a file descriptor to be closed, and which
 * snapshot it is; -1 when there is none. */
int snapshot_open(const char *db_path, struct snapshot *snapshot);

/* Makes a new one when there is none, or when the data have changed and the
 * last is `interval_ms` old; 0 never makes one. Memory stays flat. *stop, when
 * not 0, gives it up; may be NULL. What fails leaves the last one in place. */
bool snapshot_keep(const char *db_path, int64_t interval_ms, int64_t now_ms,
    const volatile int *stop, struct edge_err *err) MUST_CHECK;

/* Copies the store at `path` to a new file at `to` while it may be in use, by
 * SQLite's online backup, and looks for damage in the copy before it gets its
 * name. EDGE_CANNOT_MAKE when `to` is there already. */
bool store_backup(const char *path, const char *to, const volatile int *stop,
    struct edge_err *err) MUST_CHECK;

#endif
