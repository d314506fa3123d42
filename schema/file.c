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

/* As many links as the kernel follows. */
#define LINKS_MOST 40

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
	fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC |
	    O_NOFOLLOW, 0644);
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

/* The end of one link, read against the folder it is in. */
static bool
follow_link(char path[PATH_MAX])
{
	char target[PATH_MAX], folder[PATH_MAX];
	ssize_t length = readlink(path, target, sizeof target - 1);

	if (length <= 0 || !file_folder(path, folder))
		return false;
	target[length] = '\0';
	return snprintf(path, PATH_MAX, "%s%s%s", target[0] == '/' ? "" :
	    folder, target[0] == '/' ? "" : "/", target) < PATH_MAX;
}

bool
file_real(const char *path, char real[PATH_MAX], struct edge_err *err)
{
	struct stat st;
	int links;

	if (snprintf(real, PATH_MAX, "%s", path) >= PATH_MAX)
		return err_set(err, EDGE_CONFIG, "%s: name too long", path);
	for (links = 0; links < LINKS_MOST; links++) {
		if (lstat(real, &st) != 0 || !S_ISLNK(st.st_mode))
			return true;
		if (!follow_link(real))
			break;
	}
	return err_set(err, EDGE_CONFIG, "%s: is a symbolic link that leads "
	    "to no file; name another one with --db", path);
}

bool
file_beside(const char *db_path, const char *ending, char path[PATH_MAX],
    struct edge_err *err)
{
	char real[PATH_MAX];

	return file_real(db_path, real, err) && (snprintf(path, PATH_MAX,
	    "%s%s", real, ending) < PATH_MAX || err_set(err, EDGE_CONFIG,
	    "%s: name too long", db_path));
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

static bool
cannot_lock(const char *db_path, const char *path, struct edge_err *err)
{
	if (errno == ENOENT)
		return err_set(err, EDGE_CANNOT_MAKE, "%s: the folder of this "
		    "store is not there; make it, or name another with --db",
		    db_path);
	if (errno == ELOOP)
		return err_set(err, EDGE_CANNOT_MAKE, "%s: is a symbolic link, "
		    "which edge has not made; remove it", path);
	return err_set(err, EDGE_CANNOT_MAKE, "%s: %s%s", path,
	    strerror(errno), errno != EACCES ? "" : "; run this as "
	    "the user who owns the store, or give the folder and the "
	    "files beside the store to this one");
}

/* Whether the file that is open is the one of this name. */
static bool
is_named(int fd, const char *path)
{
	struct stat open_one, named;

	return fstat(fd, &open_one) == 0 && stat(path, &named) == 0 &&
	    open_one.st_ino == named.st_ino &&
	    open_one.st_dev == named.st_dev;
}

static bool
lock_file(const char *path, int fd, struct edge_err *err)
{
	char holder[24] = "";
	ssize_t n;
	int length;

	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		n = pread(fd, holder, sizeof holder - 1, 0);
		holder[n > 0 ? strspn(holder, "0123456789") : 0] = '\0';
		return err_set(err, EDGE_TEMPORARY, "%s: process %s is "
		    "writing to this store; try again when it has ended",
		    path, holder[0] ? holder : "(unknown)");
	}
	length = snprintf(holder, sizeof holder, "%ld\n", (long)getpid());
	/* The lock holds even when its holder cannot be named. */
	if (ftruncate(fd, 0) != 0 ||
	    pwrite(fd, holder, (size_t)length, 0) != length)
		log_debug("%s: %s", path, strerror(errno));
	return true;
}

bool
file_lock(const char *db_path, int *fd, struct edge_err *err)
{
	char path[PATH_MAX];

	*fd = -1;
	if (!file_beside(db_path, ".lock", path, err))
		return false;
	/* A file that was removed between the opening and the lock is no lock:
	 * the next one makes another. */
	for (;;) {
		*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
		    0644);
		if (*fd < 0)
			return cannot_lock(db_path, path, err);
		if (!lock_file(path, *fd, err)) {
			file_unlock(*fd);
			*fd = -1;
			return false;
		}
		if (is_named(*fd, path))
			return true;
		file_unlock(*fd);
	}
}

bool
file_lock_keep(const char *db_path, int *fd, struct edge_err *err)
{
	char path[PATH_MAX];
	int lost = *fd;
	bool ok;

	if (!file_beside(db_path, ".lock", path, err))
		return false;
	if (lost >= 0 && is_named(lost, path))
		return true;
	ok = file_lock(db_path, fd, err);
	if (ok && lost >= 0)
		log_warn("%s: was removed or replaced; made again", path);
	file_unlock(lost);
	return ok;
}

void
file_unlock(int fd)
{
	if (fd >= 0)
		(void)close(fd);
}
