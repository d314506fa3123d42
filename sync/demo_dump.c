/* The files of the demo: BSON documents end to end and a metadata file for
 * each collection, as mongodump leaves them. */
#include "demo_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define PATH_BYTES 1024
#define BUFFER_BYTES (256 * 1024)
#define GZIP_LEVEL "wb3"     /* quick; the coordinates do not pack well */
#define IDS_PER_SECOND 2000  /* how fast the made-up source inserts */
#define ID_COUNTER_LIMIT 0x1000000u /* an ObjectId counts in 24 bits */

/* What is indexed, singly, beside _id. */
static const struct {
	const char *name;
	const char *indexes[6];
} collections[COLLECTIONS] = {
	[GLIDERMISSIONS] = { "glidermissions", { "mission", "platform_serial",
	    "profile_ids", "start", "end" } },
	[PROFILES] = { "profiles", { "number", "mission", "platform_serial",
	    "time" } },
	[GLIDERS] = { "gliders", { "platform_serial" } },
	[SAILBUOYS] = { "sailbuoys", { "sailbuoy" } },
	[SAILBUOYMISSIONS] = { "sailbuoymissions", { "mission", "sailbuoy",
	    "start", "end" } },
	[GLIDERSTATS] = { "gliderstats", { NULL } },
	[PIPELINESTATUS] = { "pipelinestatus", { "mission",
	    "platform_serial" } },
	[USER] = { "user", { NULL } },
	[MAILINGLIST] = { "mailinglist", { NULL } },
	[VESSELDATA] = { "vesseldata", { NULL } },
	[LOCATION] = { "location", { NULL } },
};

struct demo_dump_file {
	char path[PATH_BYTES];
	FILE *plain;           /* one of the two */
	gzFile zipped;
	unsigned char maker[5]; /* the middle of every _id */
	uint32_t counter;
	int64_t second;
	int in_second;
};

const char *
demo_collection_name(enum demo_collection collection)
{
	return collections[collection].name;
}

static bool
make_directory(const char *path, struct edge_err *err)
{
	if (mkdir(path, 0777) == 0 || errno == EEXIST)
		return true;
	return err_set(err, EDGE_CANNOT_MAKE, "demo: mkdir %s: %s", path,
	    strerror(errno));
}

/* The index keys of an older deployment name `glider`. */
static const char *
index_key(const char *name, bool old_schema)
{
	return old_schema && strcmp(name, "platform_serial") == 0 ?
	    "glider" : name;
}

static void
metadata_text(char *text, size_t bytes, enum demo_collection collection,
    const struct demo_options *options)
{
	const char *const *index = collections[collection].indexes;
	unsigned long long uuid[2];
	struct rng rng;
	size_t used;

	used = (size_t)snprintf(text, bytes, "{\"indexes\":[{\"v\":"
	    "{\"$numberInt\":\"2\"},\"key\":{\"_id\":{\"$numberInt\":\"1\"}},"
	    "\"name\":\"_id_\"}");
	for (; *index != NULL; index++) {
		const char *key = index_key(*index, options->old_schema);

		used += (size_t)snprintf(text + used, bytes - used,
		    ",{\"v\":{\"$numberInt\":\"2\"},\"key\":{\"%s\":"
		    "{\"$numberInt\":\"1\"}},\"name\":\"%s_1\","
		    "\"background\":false}", key, key);
	}
	rng_seed(&rng, options->seed, RNG_IDS, 1000 + (uint64_t)collection);
	uuid[0] = rng_next(&rng);
	uuid[1] = rng_next(&rng);
	(void)snprintf(text + used, bytes - used, "],\"uuid\":\"%016llx%016llx"
	    "\",\"collectionName\":\"%s\",\"type\":\"collection\"}",
	    uuid[0], uuid[1], demo_collection_name(collection));
}

static bool
open_plain_or_zipped(struct demo_dump_file *file, bool zip,
    struct edge_err *err)
{
	if (zip) {
		file->zipped = gzopen(file->path, GZIP_LEVEL);
		if (file->zipped != NULL)
			(void)gzbuffer(file->zipped, BUFFER_BYTES);
	} else {
		file->plain = fopen(file->path, "wb");
		if (file->plain != NULL)
			(void)setvbuf(file->plain, NULL, _IOFBF, BUFFER_BYTES);
	}
	if (file->plain == NULL && file->zipped == NULL)
		return err_set(err, EDGE_CANNOT_MAKE, "demo: open %s: %s",
		    file->path, strerror(errno));
	return true;
}

static bool
put(struct demo_dump_file *file, const void *bytes, size_t len,
    struct edge_err *err)
{
	bool ok;

	if (file->plain != NULL)
		ok = fwrite(bytes, 1, len, file->plain) == len;
	else
		ok = len == 0 ||
		    gzwrite(file->zipped, bytes, (unsigned)len) == (int)len;
	if (!ok)
		return err_set(err, EDGE_IO, "demo: write %s: %s", file->path,
		    strerror(errno));
	return true;
}

static bool
close_file(struct demo_dump_file *file, struct edge_err *err)
{
	bool ok = true;

	errno = 0;
	if (file->plain != NULL)
		ok = fclose(file->plain) == 0;
	if (file->zipped != NULL)
		ok = gzclose(file->zipped) == Z_OK;
	file->plain = NULL;
	file->zipped = NULL;
	if (!ok)
		return err_set(err, EDGE_IO, "demo: close %s: %s", file->path,
		    errno ? strerror(errno) : "not all was written");
	return true;
}

/* Names the file and removes the other form of it, so that a directory never
 * holds the same collection twice. */
static bool
name_file(struct demo_dump_file *file, const struct demo_options *options,
    enum demo_collection collection, const char *suffix, struct edge_err *err)
{
	int form, len = 0;

	for (form = 0; form < 2; form++) {
		len = snprintf(file->path, sizeof file->path, "%s/%s/%s.%s%s",
		    options->dir, DEMO_DATABASE,
		    demo_collection_name(collection), suffix,
		    (form == 0) != options->gzip ? ".gz" : "");
		if (len < 0 || (size_t)len >= sizeof file->path)
			return err_set(err, EDGE_USAGE,
			    "demo: the directory name is too long");
		if (form == 0)
			(void)unlink(file->path);
	}
	return true;
}

static bool
write_metadata(const struct demo_options *options,
    enum demo_collection collection, struct edge_err *err)
{
	struct demo_dump_file file = { .path = "" };
	char text[2048];
	bool ok;

	if (!name_file(&file, options, collection, "metadata.json", err) ||
	    !open_plain_or_zipped(&file, options->gzip, err))
		return false;
	metadata_text(text, sizeof text, collection, options);
	ok = put(&file, text, strlen(text), err);
	return close_file(&file, ok ? err : NULL) && ok;
}

static bool
open_collection(struct demo_dump *dump, enum demo_collection collection,
    struct edge_err *err)
{
	const struct demo_options *options = dump->options;
	struct demo_dump_file *file = calloc(1, sizeof *file);
	struct rng rng;
	int i;

	if (file == NULL)
		return err_set(err, EDGE_TEMPORARY, "demo: out of memory");
	dump->files[collection] = file;
	rng_seed(&rng, options->seed, RNG_IDS, (uint64_t)collection);
	for (i = 0; i < 5; i++)
		file->maker[i] = (unsigned char)rng_below(&rng, 256);
	file->counter = (uint32_t)rng_below(&rng, ID_COUNTER_LIMIT);
	return name_file(file, options, collection, "bson", err) &&
	    open_plain_or_zipped(file, options->gzip, err) &&
	    write_metadata(options, collection, err);
}

bool
demo_dump_open(struct demo_dump *dump, const struct demo_options *options,
    struct edge_err *err)
{
	char path[PATH_BYTES];
	int collection;

	memset(dump, 0, sizeof *dump);
	dump->options = options;
	(void)snprintf(path, sizeof path, "%s/%s", options->dir,
	    DEMO_DATABASE);
	if (!make_directory(options->dir, err) || !make_directory(path, err))
		return false;
	for (collection = 0; collection < COLLECTIONS; collection++)
		if (!open_collection(dump, (enum demo_collection)collection,
		    err))
			return false;
	return true;
}

bool
demo_dump_close(struct demo_dump *dump, struct edge_err *err)
{
	bool ok = true;
	int i;

	for (i = 0; i < COLLECTIONS; i++) {
		if (dump->files[i] == NULL)
			continue;
		/* the first failure is the one to tell */
		if (!close_file(dump->files[i], ok ? err : NULL))
			ok = false;
		free(dump->files[i]);
		dump->files[i] = NULL;
	}
	return ok;
}

bool
demo_dump_add(struct demo_dump *dump, enum demo_collection collection,
    const bson_t *document, struct edge_err *err)
{
	return put(dump->files[collection], bson_get_data(document),
	    document->len, err);
}

void
demo_dump_new_id(struct demo_dump *dump, enum demo_collection collection,
    int64_t time_ms, bson_oid_t *id)
{
	struct demo_dump_file *file = dump->files[collection];
	int64_t second = time_ms / 1000;
	int i;

	if (++file->counter == ID_COUNTER_LIMIT) {
		file->counter = 0;
		file->in_second = IDS_PER_SECOND;
	}
	if (second > file->second) {
		file->second = second;
		file->in_second = 0;
	} else if (file->in_second++ >= IDS_PER_SECOND) {
		file->second++;
		file->in_second = 0;
	}
	for (i = 0; i < 4; i++)
		id->bytes[i] = (uint8_t)(file->second >> (24 - 8 * i));
	memcpy(id->bytes + 4, file->maker, sizeof file->maker);
	for (i = 0; i < 3; i++)
		id->bytes[9 + i] = (uint8_t)(file->counter >> (16 - 8 * i));
}
