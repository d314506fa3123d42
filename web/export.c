#include "export.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../schema/digest.h"
#include "../schema/log.h"
#include "../schema/progress.h"
#include "export_page.h"

#define TRIES 3            /* while syncs commit */
#define SLOTS_FIRST 4096   /* twice the addresses there is room for at first */
#define PATH_BYTES 4096
#define PIECE_BYTES 65536

/* Lies, locked, in a folder of files that an export is writing. One that was
 * killed leaves it there: the next may remove what it marks, and nothing
 * else. */
#define MARKER "/.edge-export"
#define PART ".part"
#define MARKED_BYTES (PATH_BYTES + sizeof PART + sizeof MARKER)

/* Every address once, in the order in which it was found. */
struct addresses {
	char **found;
	size_t length, taken;  /* taken: how many are files already */
	size_t *slots;         /* by hash: place in `found`, from 1; 0: free */
	size_t slots_length;
	bool failed;           /* out of memory */
};

struct export {
	struct site *site;
	struct db *reader;
	const char *directory; /* of the files that are being written */
	int marker;            /* open; -1: none */
	const volatile int *stop;
	struct progress progress;
	struct export_report *report;
	struct addresses addresses;
};

static size_t
slot_of(const struct addresses *addresses, const char *target)
{
	uint8_t digest[DIGEST_BYTES];
	size_t at;

	digest_bytes(target, strlen(target), digest);
	memcpy(&at, digest, sizeof at);
	at %= addresses->slots_length;
	while (addresses->slots[at] != 0 &&
	    strcmp(addresses->found[addresses->slots[at] - 1], target) != 0)
		at = (at + 1) % addresses->slots_length;
	return at;
}

/* Twice the room, at the latest when half of it is used. */
static void
grow(struct addresses *addresses)
{
	size_t length = addresses->slots_length == 0 ? SLOTS_FIRST :
	    2 * addresses->slots_length, i;
	size_t *slots = calloc(length, sizeof *slots);
	char **found = realloc(addresses->found, length / 2 * sizeof *found);

	if (found != NULL)
		addresses->found = found;
	if (slots == NULL || found == NULL) {
		free(slots);
		addresses->failed = true;
		return;
	}
	free(addresses->slots);
	addresses->slots = slots;
	addresses->slots_length = length;
	for (i = 0; i < addresses->length; i++)
		slots[slot_of(addresses, found[i])] = i + 1;
}

static void
add_address(void *context, const char *target)
{
	struct addresses *addresses = context;
	size_t at;

	if (addresses->length >= addresses->slots_length / 2)
		grow(addresses);
	if (addresses->failed)
		return;
	at = slot_of(addresses, target);
	if (addresses->slots[at] != 0)
		return;
	addresses->found[addresses->length] = strdup(target);
	if (addresses->found[addresses->length] == NULL)
		addresses->failed = true;
	else
		addresses->slots[at] = ++addresses->length;
}

static void
forget_addresses(struct addresses *addresses)
{
	while (addresses->length > 0)
		free(addresses->found[--addresses->length]);
	free(addresses->found);
	free(addresses->slots);
	memset(addresses, 0, sizeof *addresses);
}

/* ---- files ---- */

static bool
cannot(struct edge_err *err, const char *path)
{
	return err_set(err, errno == ENOSPC || errno == EIO || errno ==
	    EDQUOT ? EDGE_IO : EDGE_CANNOT_MAKE, "export: %s: %s", path,
	    strerror(errno));
}

/* Makes the folders on the way to a file. */
static bool
make_folders(char *path, size_t from, struct edge_err *err)
{
	char *slash;

	for (slash = strchr(path + from, '/'); slash != NULL;
	    slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0777) != 0 && errno != EEXIST)
			return cannot(err, path);
		*slash = '/';
	}
	return true;
}

/* What an answer reads from a file, piece by piece. */
static bool
copy_file(int from, size_t length, FILE *to, const char *path,
    struct edge_err *err)
{
	char piece[PIECE_BYTES];
	ssize_t n;

	while (length > 0) {
		n = read(from, piece, length < sizeof piece ? length :
		    sizeof piece);
		if (n == 0)
			return err_set(err, EDGE_TEMPORARY, "export: %s: what "
			    "is copied there was cut short meanwhile; try "
			    "again", path);
		if (n < 0 || fwrite(piece, 1, (size_t)n, to) != (size_t)n)
			return cannot(err, path);
		length -= (size_t)n;
	}
	return true;
}

/* Writes the bytes, or what is in the file `from` when they are NULL. */
static bool
write_file(struct export *ex, const char *target, const void *bytes,
    int from, size_t length, struct edge_err *err)
{
	struct buffer path = { 0 };
	FILE *file = NULL;
	bool ok;

	buffer_printf(&path, "%s/", ex->directory);
	export_name(target, &path);
	ok = path.failed ? err_set(err, EDGE_IO, "export: out of memory") :
	    make_folders(path.bytes, strlen(ex->directory) + 1, err);
	if (ok) {
		file = fopen(path.bytes, "wbxe");
		if (file == NULL)
			ok = cannot(err, path.bytes);
		else if (bytes == NULL)
			ok = copy_file(from, length, file, path.bytes, err);
		else if (fwrite(bytes, 1, length, file) != length)
			ok = cannot(err, path.bytes);
		if (file != NULL && fclose(file) != 0 && ok)
			ok = cannot(err, path.bytes);
	}
	if (ok) {
		ex->report->files++;
		ex->report->bytes += (int64_t)length;
	}
	buffer_free(&path);
	return ok;
}

static void
name_marker(const char *directory, char path[MARKED_BYTES])
{
	(void)snprintf(path, MARKED_BYTES, "%s" MARKER, directory);
}

/* All but the folder itself and its marker. */
static int
remove_one(const char *path, const struct stat *about, int kind,
    struct FTW *place)
{
	(void)about;
	(void)kind;
	if (place->level == 0 || (place->level == 1 &&
	    strcmp(path + place->base - 1, MARKER) == 0))
		return 0;
	return remove(path);
}

/* The marker goes last: a removal that is killed can be gone on with. */
static void
remove_tree(const char *directory)
{
	char path[MARKED_BYTES];

	(void)nftw(directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	name_marker(directory, path);
	(void)unlink(path);
	(void)rmdir(directory);
}

static int
open_marker(const char *directory, int flags)
{
	char path[MARKED_BYTES];
	int fd;

	name_marker(directory, path);
	fd = open(path, flags | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
		(void)close(fd);
		errno = EWOULDBLOCK;
		return -1;
	}
	return fd;
}

/* Makes the folder that is written to. */
static bool
begin_files(struct export *ex, struct edge_err *err)
{
	if (mkdir(ex->directory, 0777) != 0)
		return cannot(err, ex->directory);
	ex->marker = open_marker(ex->directory, O_WRONLY | O_CREAT | O_EXCL);
	if (ex->marker >= 0)
		return true;
	(void)cannot(err, ex->directory);
	(void)rmdir(ex->directory);
	return false;
}

static void
forget_marker(struct export *ex)
{
	if (ex->marker >= 0)
		(void)close(ex->marker);
	ex->marker = -1;
}

static void
drop_files(struct export *ex)
{
	remove_tree(ex->directory);
	forget_marker(ex);
}

/* The folder becomes what was asked for. An empty one gives way. */
static bool
publish(struct export *ex, const char *directory, struct edge_err *err)
{
	char path[MARKED_BYTES];

	if ((rmdir(directory) != 0 && errno != ENOENT) ||
	    rename(ex->directory, directory) != 0) {
		(void)cannot(err, directory);
		drop_files(ex);
		return false;
	}
	name_marker(directory, path);
	if (unlink(path) != 0)
		log_warn("export: %s: %s", path, strerror(errno));
	forget_marker(ex);
	return true;
}

/* Removes what an export that was killed has left, and nothing else. */
static bool
remove_left(const char *aside, struct edge_err *err)
{
	struct stat about;
	int marker = -1;

	if (rmdir(aside) == 0 || errno == ENOENT)
		return true;
	if (lstat(aside, &about) == 0 && S_ISDIR(about.st_mode))
		marker = open_marker(aside, O_RDONLY);
	if (marker < 0 && errno == EWOULDBLOCK)
		return err_set(err, EDGE_TEMPORARY, "export: %s: another "
		    "export is writing there; try again when it has ended",
		    aside);
	if (marker < 0)
		return err_set(err, EDGE_CANNOT_MAKE, "export: %s: is in the "
		    "way and not of an export; move it away, or name another "
		    "directory", aside);
	remove_tree(aside);
	(void)close(marker);
	return true;
}

/* ---- answers ---- */

static bool
export_answer(struct export *ex, const char *target,
    const struct answer *answer, struct edge_err *err)
{
	struct buffer page = { 0 };
	bool ok;

	if (answer->type == NULL || strncmp(answer->type, "text/html", 9) != 0)
		return write_file(ex, target, answer->has_file ? NULL :
		    answer->body, answer->file, answer->length, err);
	export_rewrite(target, answer->body, answer->length, add_address,
	    &ex->addresses, &page);
	ok = page.failed ? err_set(err, EDGE_IO, "export: out of memory") :
	    write_file(ex, target, page.bytes, -1, page.length, err);
	buffer_free(&page);
	return ok;
}

/* What is not there, or leads elsewhere, is left out and said. */
static bool
export_one(struct export *ex, const char *target, struct edge_err *err)
{
	struct request req;
	struct answer answer = { 0 };
	bool ok = true;

	if (request_parse(&req, target) != 0)
		return true;
	site_answer(ex->site, ex->reader, NULL, &req, &answer);
	if (answer.status == 200)
		ok = export_answer(ex, target, &answer, err);
	else if (answer.status >= 500)
		ok = err_set(err, EDGE_FAILED, "export: %s: answered %d",
		    target, answer.status);
	else {
		progress_end(&ex->progress);
		log_warn("export: %s: answered %d, left out", target,
		    answer.status);
	}
	answer_free(&answer);
	return ok;
}

static bool
read_generation(struct db *reader, int64_t *generation, struct edge_err *err)
{
	struct stmt *s = db_stmt(reader, Q_GENERATION);

	if (!stmt_row(s, err))
		return err->kind != EDGE_NONE ? false : err_set(err,
		    EDGE_CORRUPT, "the store has no generation");
	*generation = stmt_get_int(s, 0);
	stmt_reset(s);
	return true;
}

/* One try; *stood tells whether the store stood still. */
static bool
export_once(struct export *ex, bool *stood, struct edge_err *err)
{
	static const char *const first[] = { "/", "/missions", "/robots.txt",
		"/favicon.ico" };
	int64_t after;
	size_t i;
	bool ok;

	memset(ex->report, 0, sizeof *ex->report);
	if (!begin_files(ex, err))
		return false;
	ok = read_generation(ex->reader, &ex->report->generation, err);
	for (i = 0; i < sizeof first / sizeof *first; i++)
		add_address(&ex->addresses, first[i]);
	while (ok && !ex->addresses.failed && ex->addresses.taken < ex->addresses.length) {
		if (ex->stop != NULL && *ex->stop)
			ok = err_set(err, EDGE_TEMPORARY, "export: stopped");
		else
			ok = export_one(ex, ex->addresses.found[ex->addresses.taken++],
			    err);
		progress_tick(&ex->progress, "files", ex->report->files, -1);
	}
	progress_end(&ex->progress);
	if (ok && ex->addresses.failed)
		ok = err_set(err, EDGE_IO, "export: out of memory");
	ok = ok && read_generation(ex->reader, &after, err);
	*stood = ok && after == ex->report->generation;
	forget_addresses(&ex->addresses);
	if (!*stood)
		drop_files(ex);
	return ok;
}

/* What is asked for is not there, or an empty folder; by a name of its own,
 * so that another folder can take its place. */
static bool
is_free(const char *directory, struct edge_err *err)
{
	const char *slash = strrchr(directory, '/');
	const char *name = slash != NULL ? slash + 1 : directory;
	const struct dirent *entry;
	struct stat about;
	bool any = false;
	DIR *listing;

	if (*name == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return err_set(err, EDGE_CANNOT_MAKE, "export: \"%s\" is no "
		    "name of a new directory", directory);
	if (lstat(directory, &about) != 0)
		return errno == ENOENT || cannot(err, directory);
	if (S_ISLNK(about.st_mode))
		return err_set(err, EDGE_CANNOT_MAKE, "export: %s: is a "
		    "symbolic link; name a new directory", directory);
	listing = opendir(directory);
	if (listing == NULL)
		return cannot(err, directory);
	while (!any && (entry = readdir(listing)) != NULL)
		any = strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0;
	(void)closedir(listing);
	return !any || err_set(err, EDGE_CANNOT_MAKE, "export: %s: is there "
	    "already and not empty; name a new directory", directory);
}

static bool
export_with(struct export *ex, const char *directory, struct edge_err *err)
{
	bool stood = false;
	int tries;

	for (tries = 0; tries < TRIES && !stood; tries++)
		if (!export_once(ex, &stood, err))
			return false;
	if (!stood)
		return err_set(err, EDGE_TEMPORARY, "export: the store was "
		    "changed by a sync during each of %d tries; try again "
		    "later", TRIES);
	return publish(ex, directory, err);
}

bool
export_run(const char *directory, const struct site_options *options,
    const volatile int *stop, struct export_report *report,
    struct edge_err *err)
{
	char name[PATH_BYTES], aside[PATH_BYTES + sizeof PART];
	int length = (int)strlen(directory);
	struct export ex = { .directory = aside, .marker = -1, .stop = stop,
		.report = report };
	bool ok;

	while (length > 1 && directory[length - 1] == '/')
		length--;
	if (snprintf(name, sizeof name, "%.*s", length, directory) >=
	    (int)sizeof name)
		return err_set(err, EDGE_CANNOT_MAKE, "export: the name of "
		    "the directory is too long");
	(void)snprintf(aside, sizeof aside, "%s" PART, name);
	if (!is_free(name, err) || !remove_left(aside, err))
		return false;
	progress_start(&ex.progress);
	if (!site_open(&ex.site, options, err))
		return false;
	ex.reader = site_reader(ex.site, NULL, err);
	ok = ex.reader != NULL && export_with(&ex, name, err);
	db_close(ex.reader);
	site_close(ex.site);
	return ok;
}
