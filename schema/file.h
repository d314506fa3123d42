/* file.h: files that are published whole, and the lock of the one writer. */
#ifndef EDGE_FILE_H
#define EDGE_FILE_H

#include <limits.h>
#include <stddef.h>

#include "err.h"

/* Writes `length` bytes to "<path>.new" and renames it to `path`: a reader
 * sees the old file or the new one. With `durable` the bytes are on the disk
 * before the name changes. */
bool file_publish(const char *path, const void *bytes, size_t length,
    bool durable, struct edge_err *err) MUST_CHECK;

/* Renames `from` to `to` and makes both the bytes and the name durable. */
bool file_move(const char *from, const char *to, struct edge_err *err)
    MUST_CHECK;

/* Reads a whole file of at most `max` bytes; NUL-ended, to be freed by the
 * caller. NULL with EDGE_CONFIG when it cannot be read or is larger. */
char *file_read(const char *path, size_t max, size_t *length,
    struct edge_err *err) MUST_CHECK;

/* The folder that `path` is in, "." for a bare name; false when the name is
 * too long. */
bool file_folder(const char *path, char folder[PATH_MAX]);

/* The file that `path` leads to through symbolic links; it need not be there.
 * SQLite keeps its log beside that one, and so does edge with its own files.
 * EDGE_CONFIG when the links lead to none. */
bool file_real(const char *path, char real[PATH_MAX], struct edge_err *err)
    MUST_CHECK;
/* The name of a file beside the real one: "<db>.status". */
bool file_beside(const char *db_path, const char *ending, char path[PATH_MAX],
    struct edge_err *err) MUST_CHECK;

/* Takes the writer's lock: flock(2) on "<db>.lock", held until file_unlock or
 * the end of the process. When another process holds it: EDGE_TEMPORARY, the
 * text names its process id. *fd is the lock. */
bool file_lock(const char *db_path, int *fd, struct edge_err *err) MUST_CHECK;
/* Takes it again when its file was removed or replaced, which lets another
 * process in: EDGE_TEMPORARY when one is, then *fd is -1. To be called now and
 * then by who holds the lock for long. */
bool file_lock_keep(const char *db_path, int *fd, struct edge_err *err)
    MUST_CHECK;
void file_unlock(int fd); /* -1 is fine */

#endif
