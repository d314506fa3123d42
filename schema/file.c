#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"

static bool
write_all(int fd, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t n = write(fd, bytes, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		bytes += n;
		length -= (size_t)n;
	}
	return true;
}

bool
file_publish(const char *path, const void *bytes, size_t length, bool durable,
    struct edge_err *err)
{
	char temporary[PATH_MAX];
	int fd;
	bool ok;

	if (snprintf(temporary, sizeof temporary, "%s.new", path) >=
	    (int)sizeof temporary)
		return err_set(err, EDGE_CONFIG, "%s: name too long", path);
	fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return err_set(err, EDGE_CANNOT_MAKE, "%s: %s", temporary,
		    strerror(errno));
	ok = write_all(fd, bytes, length) && (!durable || fsync(fd) == 0);
	ok = close(fd) == 0 && ok;
	if (!ok || rename(temporary, path) != 0) {
		err_set(err, EDGE_IO, "%s: %s", path, strerror(errno));
		(void)unlink(temporary);
		return false;
	}
	return true;
}

bool
file_folder(const char *path, char folder[PATH_MAX])
{
	char *slash;

	if (snprintf(folder, PATH_MAX, "%s", path) >= PATH_MAX)
		return false;
	slash = strrchr(folder, '/');
	if (slash == NULL)
		strcpy(folder, ".");
	else
		slash[slash == folder] = '\0';
	return true;
}

/* The directory of `path`, so that a rename in it can be made durable. */
static bool
sync_directory(const char *path)
{
	char directory[PATH_MAX];
	int fd;
	bool ok;

	if (!file_folder(path, directory))
		return false;
	fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ok = fsync(fd) == 0;
	(void)close(fd);
	return ok;
}

bool
file_move(const char *from, const char *to, struct edge_err *err)
{
	int fd = open(from, O_RDONLY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		(void)close(fd);
	if (!ok || rename(from, to) != 0 || !sync_directory(to))
		return err_set(err, EDGE_IO, "%s: cannot become %s: %s", from,
		    to, strerror(errno));
	return true;
}

char *
file_read(const char *path, size_t max, size_t *length, struct edge_err *err)
{
	FILE *f = fopen(path, "re");
	char *bytes;
	size_t n;

	if (f == NULL) {
		err_set(err, EDGE_CONFIG, "%s: %s", path, strerror(errno));
		return NULL;
	}
	bytes = malloc(max + 2);
	n = bytes == NULL ? 0 : fread(bytes, 1, max + 1, f);
	if (bytes == NULL || ferror(f) || n > max) {
		if (n > max)
			err_set(err, EDGE_CONFIG, "%s: larger than %zu bytes",
			    path, max);
		else
			err_set(err, EDGE_CONFIG, "%s: %s", path,
			    strerror(errno));
		free(bytes);
		bytes = NULL;
	} else {
		bytes[n] = '\0';
		*length = n;
	}
	(void)fclose(f);
	return bytes;
}

bool
file_lock(const char *db_path, int *fd, struct edge_err *err)
{
	char path[PATH_MAX], holder[24] = "";
	ssize_t n;
	int length;

	if (snprintf(path, sizeof path, "%s.lock", db_path) >=
	    (int)sizeof path)
		return err_set(err, EDGE_CONFIG, "%s: name too long", db_path);
	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (*fd < 0 && errno == ENOENT)
		return err_set(err, EDGE_CANNOT_MAKE, "%s: the folder of this "
		    "store is not there; make it, or name another with --db",
		    db_path);
	if (*fd < 0)
		return err_set(err, EDGE_CANNOT_MAKE, "%s: %s%s", path,
		    strerror(errno), errno != EACCES ? "" : "; run this as "
		    "the user who owns the store, or give the folder and the "
		    "files beside the store to this one");
	if (flock(*fd, LOCK_EX | LOCK_NB) != 0) {
		n = pread(*fd, holder, sizeof holder - 1, 0);
		holder[n > 0 ? strcspn(holder, "\n") : 0] = '\0';
		(void)close(*fd);
		*fd = -1;
		return err_set(err, EDGE_TEMPORARY, "%s: process %s is "
		    "writing to this store; try again when it has ended",
		    path, holder[0] ? holder : "(unknown)");
	}
	length = snprintf(holder, sizeof holder, "%ld\n", (long)getpid());
	/* The lock holds even when its holder cannot be named. */
	if (ftruncate(*fd, 0) != 0 ||
	    pwrite(*fd, holder, (size_t)length, 0) != length)
		log_debug("%s: %s", path, strerror(errno));
	return true;
}

void
file_unlock(int fd)
{
	if (fd >= 0)
		(void)close(fd);
}
