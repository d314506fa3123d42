/* source_dump.c: a directory as a source: files of mongodump (.bson) or of
 * mongoexport (.json, one document a line), plain or gzipped. */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <zlib.h>

#include "../schema/text.h"
#include "decode.h"
#include "source.h"

/* The longest document MongoDB stores is 16 MiB; in JSON it may be longer. */
#define BSON_MOST_BYTES (INT32_C(16) * 1024 * 1024 + 16384)
#define LINE_MOST_BYTES ((size_t)96 * 1024 * 1024)

struct dump_source {
	struct source base;
	char directory[PATH_MAX / 2];
};

static const char *
name_of(const struct dump_source *self, enum collection collection)
{
	return source_collection_name(&self->base, collection);
}

static const char *const endings[] = { ".bson", ".bson.gz", ".json",
	".json.gz" };
#define ENDINGS (sizeof endings / sizeof endings[0])

static bool
file_of(const char *directory, const char *name, char path[PATH_MAX],
    bool *is_json)
{
	struct stat st;
	size_t i;

	for (i = 0; i < ENDINGS; i++) {
		(void)snprintf(path, PATH_MAX, "%s/%s%s", directory, name,
		    endings[i]);
		if (stat(path, &st) == 0 && S_ISREG(st.st_mode)) {
			*is_json = i >= 2;
			return true;
		}
	}
	return false;
}

static bool
damaged(const char *path, int64_t place, const char *why, struct edge_err *err)
{
	return err_set(err, EDGE_BAD_DATA, "%s: document %" PRId64 ": %s; the "
	    "file is damaged or cut short and nothing of it was applied",
	    path, place, why);
}

/* Reads exactly `length` bytes. *end: the file ended before the first. */
static bool
read_exactly(gzFile file, void *bytes, size_t length, bool *end)
{
	size_t got = 0;

	*end = false;
	while (got < length) {
		int n = gzread(file, (char *)bytes + got,
		    (unsigned)(length - got));

		if (n <= 0) {
			*end = n == 0 && got == 0 && gzeof(file);
			return false;
		}
		got += (size_t)n;
	}
	return true;
}

static void
tick(const struct source *source, gzFile file, const char *path,
    enum collection collection, int64_t place)
{
	struct stat st;

	if (place % SOURCE_TICK == 0 && source->limits.progress != NULL)
		progress_tick(source->limits.progress,
		    source_collection_name(source, collection), place,
		    stat(path, &st) == 0 && st.st_size > 0 ?
		    (double)gzoffset(file) / (double)st.st_size : -1);
}

static bool
scan_bson(struct source *source, gzFile file, const char *path,
    enum collection collection, source_fn *fn, void *context,
    struct edge_err *err)
{
	uint8_t *bytes = NULL, *grown;
	size_t capacity = 0;
	int64_t place = 0;
	uint32_t length;
	bson_t document;
	bool ok = true, end;

	while (ok && (ok = source_may_go_on(source, err))) {
		tick(source, file, path, collection, place++);
		if (!read_exactly(file, &length, sizeof length, &end)) {
			ok = end || damaged(path, place, "ends early", err);
			break;
		}
		length = BSON_UINT32_FROM_LE(length);
		if (length < 5 || length > BSON_MOST_BYTES) {
			ok = damaged(path, place, "has an impossible length",
			    err);
			break;
		}
		if (length > capacity) {
			grown = realloc(bytes, length);
			if (grown == NULL) {
				ok = err_set(err, EDGE_IO, "%s: out of memory",
				    path);
				break;
			}
			bytes = grown;
			capacity = length;
		}
		memcpy(bytes, &length, sizeof length);
		if (!read_exactly(file, bytes + sizeof length,
		    length - sizeof length, &end) ||
		    !bson_init_static(&document, bytes, length))
			ok = damaged(path, place, "ends early", err);
		else
			ok = source_deliver(source, &document, collection,
			    place, fn, context, err);
	}
	free(bytes);
	return ok;
}

/* Reads one line without its end; *length 0 with *end set at the end. */
static bool
read_line(gzFile file, char **line, size_t *capacity, size_t *length,
    bool *end)
{
	*length = 0;
	*end = false;
	for (;;) {
		if (*capacity - *length < 4096) {
			size_t more = *capacity * 2 + 65536;
			char *grown = more > LINE_MOST_BYTES ? NULL :
			    realloc(*line, more);

			if (grown == NULL)
				return false;
			*line = grown;
			*capacity = more;
		}
		if (gzgets(file, *line + *length,
		    (int)(*capacity - *length)) == NULL) {
			*end = *length == 0;
			return gzeof(file) != 0;
		}
		*length += strlen(*line + *length);
		if (*length > 0 && (*line)[*length - 1] == '\n') {
			(*line)[--*length] = '\0';
			return true;
		}
	}
}

static bool
deliver_line(const struct source *source, const char *line, size_t length,
    const char *path, enum collection collection, int64_t place,
    source_fn *fn, void *context, struct edge_err *err)
{
	bson_error_t error;
	bson_t *document;
	char why[256];
	bool ok;

	if (line[strspn(line, " \t")] == '[')
		return damaged(path, place, "a JSON array; export without "
		    "--jsonArray", err);
	document = bson_new_from_json((const uint8_t *)line, (ssize_t)length,
	    &error);
	if (document == NULL) {
		(void)snprintf(why, sizeof why, "not a JSON document: %.160s",
		    error.message);
		return damaged(path, place, why, err);
	}
	ok = source_deliver(source, document, collection, place, fn, context,
	    err);
	bson_destroy(document);
	return ok;
}

static bool
scan_json(struct source *source, gzFile file, const char *path,
    enum collection collection, source_fn *fn, void *context,
    struct edge_err *err)
{
	size_t capacity = 0, length;
	int64_t place = 0;
	char *line = NULL;
	bool ok = true, end;

	while (ok && (ok = source_may_go_on(source, err))) {
		if (!read_line(file, &line, &capacity, &length, &end)) {
			ok = damaged(path, place + 1, "line is too long or "
			    "cannot be read", err);
			break;
		}
		if (end)
			break;
		tick(source, file, path, collection, place);
		if (length > 0)
			ok = deliver_line(source, line, length, path,
			    collection, ++place, fn, context, err);
	}
	free(line);
	return ok;
}

/* A folder or a pipe where a file should be would read as "not there". */
static bool
check_regular(const char *directory, const char *name, struct edge_err *err)
{
	char path[PATH_MAX];
	struct stat st;
	size_t i;

	for (i = 0; i < ENDINGS; i++) {
		(void)snprintf(path, sizeof path, "%s/%s%s", directory, name,
		    endings[i]);
		if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
			return err_set(err, EDGE_BAD_DATA, "%s: is not a "
			    "file", path);
	}
	return true;
}

static bool
dump_scan(struct source *source, enum collection collection,
    const struct source_ask *ask, source_fn *fn, void *context,
    struct edge_err *err)
{
	struct dump_source *self = (struct dump_source *)source;
	char path[PATH_MAX];
	gzFile file;
	bool is_json, ok;

	(void)ask;
	if (!file_of(self->directory, name_of(self, collection), path,
	    &is_json))
		/* mongodump writes no file for what is not there. */
		return check_regular(self->directory, name_of(self,
		    collection), err);
	file = gzopen(path, "rbe");
	if (file == NULL)
		return err_set(err, EDGE_IO, "%s: %s", path, strerror(errno));
	(void)gzbuffer(file, 128 * 1024);
	ok = is_json ? scan_json(source, file, path, collection, fn, context,
	    err) : scan_bson(source, file, path, collection, fn, context, err);
	/* Only now does zlib tell a stream that was cut short from one that
	 * ended. */
	if (gzclose(file) != Z_OK && ok)
		ok = err_set(err, EDGE_BAD_DATA, "%s: compressed data is "
		    "damaged or cut short; nothing of it was applied", path);
	return ok;
}

static bool
dump_has(struct source *source, enum collection collection, bool *exists,
    struct edge_err *err)
{
	struct dump_source *self = (struct dump_source *)source;
	char path[PATH_MAX];
	bool ignored;

	(void)err;
	*exists = file_of(self->directory, name_of(self, collection), path,
	    &ignored);
	return true;
}

struct counting {
	source_count_fn *fn;
	void *context;
};

static bool
on_profile(void *context, const bson_t *document, const char *source_id,
    bool sound, struct edge_err *err)
{
	struct counting *at = context;
	struct misfit ignored;
	struct point_row row;

	(void)source_id;
	if (sound)
		(void)decode_point(document, &row, &ignored);
	if (!sound || row.platform[0] == '\0' || row.mission == DECODE_NO_INT)
		return at->fn(at->context, "", -1, 1, DECODE_NO_INT, err);
	return at->fn(at->context, row.platform, row.mission, 1, row.raw_ms,
	    err);
}

static bool
dump_counts(struct source *source, source_count_fn *fn, void *context,
    bool *times, struct edge_err *err)
{
	struct counting at = { fn, context };

	*times = true;
	return dump_scan(source, C_PROFILES, NULL, on_profile, &at, err);
}

static void
dump_close(struct source *source)
{
	free(source);
}

static const struct source_ops dump_ops = {
	.scan = dump_scan, .has = dump_has, .counts = dump_counts,
	.close = dump_close,
};

static bool
holds_missions(const struct dump_source *self, const char *directory)
{
	static const enum collection missions[] = { C_GLIDER_MISSIONS,
		C_SAILBUOY_MISSIONS };
	char path[PATH_MAX];
	bool ignored;
	size_t i;

	for (i = 0; i < 2; i++)
		if (source_maps(&self->base, missions[i]) &&
		    file_of(directory, name_of(self, missions[i]), path,
		    &ignored))
			return true;
	return false;
}

/* The database's folder: the directory itself, or the only one in it. */
static bool
find_folder(struct dump_source *self, const char *directory,
    struct edge_err *err)
{
	char found[sizeof self->directory] = "", path[PATH_MAX];
	const struct dirent *entry;
	DIR *list;
	int folders = 0;

	if (strlen(directory) >= sizeof self->directory - NAME_MAX)
		return err_set(err, EDGE_CONFIG, "name of the dump's "
		    "directory is too long");
	(void)snprintf(self->directory, sizeof self->directory, "%s",
	    directory);
	list = opendir(directory);
	if (list == NULL)
		return err_set(err, EDGE_CONFIG, "%s: %s", directory,
		    strerror(errno));
	if (holds_missions(self, directory)) {
		(void)closedir(list);
		return true;
	}
	while ((entry = readdir(list)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		(void)snprintf(path, sizeof path, "%s/%s", directory,
		    entry->d_name);
		if (strlen(path) < sizeof found && holds_missions(self, path)) {
			folders++;
			strcpy(found, path);
		}
	}
	(void)closedir(list);
	if (folders != 1)
		return folders > 1 ? err_set(err, EDGE_CONFIG, "%s: holds "
		    "more than one database; name the folder of one",
		    directory) : err_set(err, EDGE_CONFIG, "%s: no %s.bson or "
		    "%s.bson (nor .bson.gz, .json, .json.gz) here or one "
		    "folder down", directory, name_of(self,
		    C_GLIDER_MISSIONS), name_of(self, C_SAILBUOY_MISSIONS));
	strcpy(self->directory, found);
	return true;
}

struct source *
source_open_dump(const char *directory, const struct mapping *mapping,
    const struct source_limits *limits, struct edge_err *err)
{
	struct dump_source *self = calloc(1, sizeof *self);

	if (self == NULL) {
		err_set(err, EDGE_IO, "out of memory");
		return NULL;
	}
	self->base.ops = &dump_ops;
	self->base.mapping = mapping;
	self->base.limits = *limits;
	if (!find_folder(self, directory, err)) {
		free(self);
		return NULL;
	}
	text_copy(self->base.name, sizeof self->base.name, self->directory);
	return &self->base;
}
