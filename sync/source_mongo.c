/* source_mongo.c: a MongoDB-protocol server as a source. The only file that
 * includes mongoc.h. */
#include <mongoc/mongoc.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../schema/conf.h"
#include "../schema/log.h"
#include "decode.h"
#include "fields.h"
#include "source.h"

/* Used when the URI does not say otherwise, milliseconds: a server that is
 * away is found out in seconds, a slow scan has time. */
#define SELECTION_TIMEOUT_MS 10000
#define CONNECT_TIMEOUT_MS 10000
#define SOCKET_TIMEOUT_MS 60000

/* Documents in one answer of the server: few round trips, small memory. */
#define BATCH_DOCUMENTS 2000

/* Codes of the server's error answers. */
#define CODE_UNAUTHORIZED 13
#define CODE_AUTHENTICATION_FAILED 18

struct mongo_source {
	struct source base;
	mongoc_uri_t *uri;
	mongoc_client_t *client;
	const char *database; /* inside uri */
};

static struct mongo_source *
self_of(struct source *source)
{
	return (struct mongo_source *)source;
}

/* The driver's own log may hold addresses: it is kept for debugging only. */
static void
on_driver_log(mongoc_log_level_t level, const char *domain,
    const char *message, void *context)
{
	(void)level;
	(void)context;
	if (strstr(message, "://") == NULL)
		log_debug("driver: %s: %s", domain, message);
}

static bool
driver_failed(const struct source *source, const char *what,
    const bson_error_t *error, struct edge_err *err)
{
	bool refused = error->code == CODE_UNAUTHORIZED ||
	    error->code == CODE_AUTHENTICATION_FAILED ||
	    (error->domain == MONGOC_ERROR_CLIENT &&
	    error->code == MONGOC_ERROR_CLIENT_AUTHENTICATE);

	if (refused)
		return err_set(err, EDGE_REFUSED, "%s: %s: the server refuses "
		    "this user: %s; check user, password and authSource in "
		    "EDGE_MONGODB_URI", source->name, what, error->message);
	return err_set(err, EDGE_TEMPORARY, "%s: %s: %s", source->name, what,
	    error->message);
}

/* Only _id and the mapped fields cross the network. */
static void
append_projection(bson_t *options, enum collection collection)
{
	const struct collection_map *map = mapping_of(collection);
	bson_t projection;
	size_t i;

	BSON_APPEND_DOCUMENT_BEGIN(options, "projection", &projection);
	for (i = 0; i < map->fields_length; i++) {
		BSON_APPEND_INT32(&projection, map->fields[i].name, 1);
		if (map->fields[i].alias != NULL)
			BSON_APPEND_INT32(&projection, map->fields[i].alias,
			    1);
	}
	bson_append_document_end(options, &projection);
}

/* The number in "SEA063" or "SB7", the form older documents carry; -1 when
 * the name could not have come from one. */
static int64_t
number_of(const char *serial, const char *prefix, int width)
{
	char again[DECODE_SERIAL_BYTES];
	size_t n = strlen(prefix);
	int number;

	if (strncmp(serial, prefix, n) != 0 || serial[n] < '0' ||
	    serial[n] > '9' || strlen(serial) > n + 6)
		return -1;
	number = atoi(serial + n);
	(void)snprintf(again, sizeof again, "%s%0*d", prefix, width, number);
	return strcmp(again, serial) == 0 ? number : -1;
}

static void
append_key(bson_t *filter, const struct source_key *key)
{
	int64_t glider = number_of(key->platform, "SEA", 3);
	bson_t either, form;

	BSON_APPEND_INT64(filter, "mission", key->number);
	if (key->kind == 's') {
		BSON_APPEND_INT64(filter, "sailbuoy",
		    number_of(key->platform, "SB", 1));
		return;
	}
	if (glider < 0) {
		BSON_APPEND_UTF8(filter, "platform_serial", key->platform);
		return;
	}
	BSON_APPEND_ARRAY_BEGIN(filter, "$or", &either);
	BSON_APPEND_DOCUMENT_BEGIN(&either, "0", &form);
	BSON_APPEND_UTF8(&form, "platform_serial", key->platform);
	bson_append_document_end(&either, &form);
	BSON_APPEND_DOCUMENT_BEGIN(&either, "1", &form);
	BSON_APPEND_INT64(&form, "glider", glider);
	bson_append_document_end(&either, &form);
	bson_append_array_end(filter, &either);
}

static bool
mongo_scan(struct source *source, enum collection collection,
    const struct source_key *key, source_fn *fn, void *context,
    struct edge_err *err)
{
	struct mongo_source *self = self_of(source);
	const char *name = mapping_of(collection)->name;
	mongoc_collection_t *handle = mongoc_client_get_collection(
	    self->client, self->database, name);
	bson_t filter = BSON_INITIALIZER, options = BSON_INITIALIZER;
	mongoc_cursor_t *cursor;
	const bson_t *document;
	bson_error_t error;
	int64_t place = 0;
	bool ok = true;

	if (key != NULL)
		append_key(&filter, key);
	append_projection(&options, collection);
	BSON_APPEND_INT32(&options, "batchSize", BATCH_DOCUMENTS);
	cursor = mongoc_collection_find_with_opts(handle, &filter, &options,
	    NULL);
	while (ok && (ok = source_may_go_on(source, err)) &&
	    mongoc_cursor_next(cursor, &document))
		ok = source_deliver(document, collection, ++place, fn, context,
		    err);
	if (ok && mongoc_cursor_error(cursor, &error))
		ok = driver_failed(source, name, &error, err);
	mongoc_cursor_destroy(cursor);
	mongoc_collection_destroy(handle);
	bson_destroy(&filter);
	bson_destroy(&options);
	return ok;
}

static bool
mongo_has(struct source *source, enum collection collection, bool *exists,
    struct edge_err *err)
{
	struct mongo_source *self = self_of(source);
	mongoc_database_t *database = mongoc_client_get_database(self->client,
	    self->database);
	bson_error_t error;
	char **names = mongoc_database_get_collection_names_with_opts(
	    database, NULL, &error), **name;

	*exists = false;
	mongoc_database_destroy(database);
	if (names == NULL)
		return driver_failed(source, "listing collections", &error,
		    err);
	for (name = names; *name != NULL; name++)
		if (strcmp(*name, mapping_of(collection)->name) == 0)
			*exists = true;
	bson_strfreev(names);
	return true;
}

static void
mongo_close(struct source *source)
{
	struct mongo_source *self = self_of(source);

	mongoc_client_destroy(self->client);
	mongoc_uri_destroy(self->uri);
	mongoc_cleanup();
	free(self);
}

static const struct source_ops mongo_ops = {
	.scan = mongo_scan, .has = mongo_has, .close = mongo_close,
};

static void
default_timeout(mongoc_uri_t *uri, const char *option, int32_t ms)
{
	if (!mongoc_uri_has_option(uri, option))
		(void)mongoc_uri_set_option_as_int32(uri, option, ms);
}

static bool
open_client(struct mongo_source *self, const char *uri, struct edge_err *err)
{
	bson_error_t error;

	self->uri = mongoc_uri_new_with_error(uri, &error);
	if (self->uri == NULL)
		/* The driver's text may repeat the address, so it stays out. */
		return err_set(err, EDGE_CONFIG, "EDGE_MONGODB_URI: not a "
		    "MongoDB address; it looks like "
		    "mongodb://user:password@host:27017/database, with "
		    "special characters of the password percent-encoded");
	self->database = mongoc_uri_get_database(self->uri);
	if (self->database == NULL || self->database[0] == '\0')
		return err_set(err, EDGE_CONFIG, "%s: names no database; put "
		    "it behind the host: mongodb://host:27017/voto",
		    self->base.name);
	default_timeout(self->uri, MONGOC_URI_SERVERSELECTIONTIMEOUTMS,
	    SELECTION_TIMEOUT_MS);
	default_timeout(self->uri, MONGOC_URI_CONNECTTIMEOUTMS,
	    CONNECT_TIMEOUT_MS);
	default_timeout(self->uri, MONGOC_URI_SOCKETTIMEOUTMS,
	    SOCKET_TIMEOUT_MS);
	self->client = mongoc_client_new_from_uri_with_error(self->uri,
	    &error);
	if (self->client == NULL)
		return err_set(err, EDGE_CONFIG, "%s: %s", self->base.name,
		    error.message);
	(void)mongoc_client_set_appname(self->client, "edge/" EDGE_VERSION);
	(void)mongoc_client_set_error_api(self->client,
	    MONGOC_ERROR_API_VERSION_2);
	return true;
}

struct source *
source_open_mongo(const char *uri, const struct source_limits *limits,
    struct edge_err *err)
{
	struct mongo_source *self = calloc(1, sizeof *self);

	if (self == NULL) {
		err_set(err, EDGE_IO, "out of memory");
		return NULL;
	}
	mongoc_init();
	mongoc_log_set_handler(on_driver_log, NULL);
	self->base.ops = &mongo_ops;
	self->base.limits = *limits;
	self->base.live = true;
	conf_redact_uri(uri, self->base.name, sizeof self->base.name);
	if (!open_client(self, uri, err)) {
		mongo_close(&self->base);
		return NULL;
	}
	return &self->base;
}

void
source_driver_version(char *text, size_t size)
{
	(void)snprintf(text, size, "libmongoc %s", mongoc_get_version());
}
