/* source_mongo.c: a MongoDB-protocol server as a source. The only file that
 * includes mongoc.h. */
#include <mongoc/mongoc.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../schema/clock.h"
#include "../schema/conf.h"
#include "../schema/log.h"
#include "dropped.h"
#include "fields.h"
#include "query.h"
#include "server_codes.h"
#include "source.h"
#include "tls.h"

/* Used when the URI does not say otherwise, milliseconds: a server that is
 * away is found out in seconds, a slow scan has time. */
#define SELECTION_TIMEOUT_MS 5000
#define CONNECT_TIMEOUT_MS 4000
#define SOCKET_TIMEOUT_MS 60000

/* Documents in one answer of the server: few round trips, small memory. */
#define BATCH_DOCUMENTS 2000

#define LABEL_NON_RESUMABLE "NonResumableChangeStreamError"

/* A member that lags is asked again so often, milliseconds; where there is no
 * deadline it is given up after so long. */
#define LAG_LOOK_MS 1000
#define LAG_MOST_US INT64_C(60000000)

/* How long a server may hold an empty answer back, milliseconds: the stream
 * that brings nearly all news waits, the others are only looked at. */
#define AWAIT_NEWS_MS 500
#define AWAIT_OTHERS_MS 1

struct mongo_source {
	struct source base;
	mongoc_uri_t *uri;
	mongoc_client_t *client;
	const char *database; /* inside uri */
	/* Keeps reads from falling behind what was read or told before; NULL
	 * where the server has no operation time. */
	mongoc_client_session_t *session;
	bool no_session;      /* … which was found out */
	mongoc_change_stream_t *streams[COLLECTION_MAX];
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
	dropped_hear(message);
	if (strstr(message, "://") == NULL)
		log_debug("driver: %s: %s", domain, message);
}

static bool
driver_failed(const struct source *source, const char *what,
    const bson_error_t *error, struct edge_err *err)
{
	bool refused = (error->domain == MONGOC_ERROR_SERVER &&
	    code_refuses_user(error->code)) ||
	    (error->domain == MONGOC_ERROR_CLIENT &&
	    error->code == MONGOC_ERROR_CLIENT_AUTHENTICATE &&
	    /* The driver says so, too, when the network ends meanwhile. */
	    strstr(error->message, "Failed to send") == NULL);

	if (refused)
		return err_set(err, EDGE_REFUSED, "%s: %s: the server refuses "
		    "this user: %s; check user, password and authSource in "
		    "EDGE_MONGODB_URI", source->name, what, error->message);
	return err_set(err, EDGE_TEMPORARY, "%s: %s: %s%s", source->name,
	    what, error->message, tls_hint(error->message));
}

static void
end_session(struct mongo_source *self)
{
	mongoc_read_concern_t *as_in_uri;

	if (self->session == NULL)
		return;
	mongoc_client_session_destroy(self->session);
	self->session = NULL;
	self->no_session = true;
	as_in_uri = mongoc_read_concern_copy(
	    mongoc_uri_get_read_concern(self->uri));
	mongoc_client_set_read_concern(self->client, as_in_uri);
	mongoc_read_concern_destroy(as_in_uri);
}

/* What would be rolled back is not read. */
static void
want_majority(struct mongo_source *self)
{
	mongoc_read_concern_t *majority;

	if (mongoc_read_concern_get_level(mongoc_uri_get_read_concern(
	    self->uri)) != NULL)
		return;
	majority = mongoc_read_concern_new();
	(void)mongoc_read_concern_set_level(majority,
	    MONGOC_READ_CONCERN_LEVEL_MAJORITY);
	mongoc_client_set_read_concern(self->client, majority);
	mongoc_read_concern_destroy(majority);
}

static bool
start_session(struct mongo_source *self, struct edge_err *err)
{
	bson_error_t error;

	if (self->session != NULL || self->no_session)
		return true;
	self->session = mongoc_client_start_session(self->client, NULL,
	    &error);
	if (self->session != NULL)
		return true;
	if (error.domain != MONGOC_ERROR_CLIENT ||
	    error.code != MONGOC_ERROR_CLIENT_SESSION_FAILURE)
		return driver_failed(&self->base, "handshake", &error, err);
	self->no_session = true;
	return true;
}

static void
append_session(struct mongo_source *self, bson_t *options)
{
	bson_error_t ignored;

	if (self->session != NULL)
		(void)mongoc_client_session_append(self->session, options,
		    &ignored);
}

static uint32_t
operation_time(const struct mongo_source *self)
{
	uint32_t seconds = 0, place;

	if (self->session != NULL)
		mongoc_client_session_get_operation_time(self->session,
		    &seconds, &place);
	return seconds;
}

/* Asks the primary, where there is one: only it knows how far the source has
 * come. The answer's operation time is kept in the session. */
static bool
ping(struct mongo_source *self, struct edge_err *err)
{
	mongoc_read_prefs_t *primary = mongoc_read_prefs_new(
	    MONGOC_READ_PRIMARY_PREFERRED);
	bson_t *command = BCON_NEW("ping", BCON_INT32(1));
	bson_t options = BSON_INITIALIZER;
	bson_error_t error;
	bool ok = start_session(self, err);

	append_session(self, &options);
	if (ok && !mongoc_client_command_with_opts(self->client,
	    self->database, command, primary, &options, NULL, &error))
		ok = driver_failed(&self->base, "ping", &error, err);
	bson_destroy(&options);
	bson_destroy(command);
	mongoc_read_prefs_destroy(primary);
	if (ok && operation_time(self) == 0)
		end_session(self);
	else if (ok)
		want_majority(self);
	return ok;
}

/* Reads next to nothing, which a member answers once it has come so far as the
 * session has. */
static bool
look(struct mongo_source *self, bson_error_t *error)
{
	mongoc_collection_t *handle = mongoc_client_get_collection(
	    self->client, self->database,
	    source_collection_name(&self->base, C_GLIDER_MISSIONS));
	bson_t filter = BSON_INITIALIZER;
	bson_t *options = BCON_NEW("projection", "{", "_id", BCON_INT32(1),
	    "}", "limit", BCON_INT64(1), "maxTimeMS",
	    BCON_INT64(LAG_LOOK_MS));
	mongoc_cursor_t *cursor;
	const bson_t *document;
	bool ok;

	append_session(self, options);
	cursor = mongoc_collection_find_with_opts(handle, &filter, options,
	    NULL);
	(void)mongoc_cursor_next(cursor, &document);
	ok = !mongoc_cursor_error(cursor, error);
	mongoc_cursor_destroy(cursor);
	mongoc_collection_destroy(handle);
	bson_destroy(options);
	bson_destroy(&filter);
	return ok;
}

static bool
lags(const struct mongo_source *self, struct edge_err *err)
{
	char time[CLOCK_TEXT_BYTES];

	clock_format((int64_t)operation_time(self) * 1000, time);
	return err_set(err, EDGE_TEMPORARY, "%s: the member that answers lags "
	    "behind: it has not come to %s, where the source was when the run "
	    "began; the next run goes on", self->base.name, time);
}

static bool
mongo_begin(struct source *source, int64_t *time_ms, struct edge_err *err)
{
	struct mongo_source *self = self_of(source);
	int64_t most = clock_monotonic_us() + LAG_MOST_US;
	bson_error_t error;

	if (!start_session(self, err) ||
	    (self->session != NULL && !ping(self, err)))
		return false;
	*time_ms = (int64_t)operation_time(self) * 1000;
	while (self->session != NULL && !look(self, &error)) {
		if (error.domain == MONGOC_ERROR_SERVER &&
		    code_refuses_sessions(error.code)) {
			log_debug("no operation times: %s", error.message);
			end_session(self);
			*time_ms = 0;
			break;
		}
		if (error.domain != MONGOC_ERROR_SERVER ||
		    !code_is_out_of_time(error.code))
			return driver_failed(source, "catching up", &error,
			    err);
		if (!source_may_go_on(source, err))
			return source->limits.stop != NULL &&
			    *source->limits.stop ? false : lags(self, err);
		if (source->limits.deadline_us == 0 &&
		    clock_monotonic_us() > most)
			return lags(self, err);
	}
	return true;
}

/* How many documents a scan will bring, about; 0 when that is not worth a
 * question. */
static double
expected(mongoc_collection_t *handle, enum collection collection,
    const struct source_ask *ask)
{
	bson_error_t ignored;
	int64_t count = collection != C_PROFILES || ask->filter != NULL ? 0 :
	    mongoc_collection_estimated_document_count(handle, NULL, NULL,
	    NULL, &ignored);

	return count > 0 ? (double)count : 0;
}

static bool
mongo_scan(struct source *source, enum collection collection,
    const struct source_ask *ask, source_fn *fn, void *context,
    struct edge_err *err)
{
	struct mongo_source *self = self_of(source);
	const char *name = source_collection_name(source, collection);
	mongoc_collection_t *handle = mongoc_client_get_collection(
	    self->client, self->database, name);
	bson_t every = BSON_INITIALIZER, options = BSON_INITIALIZER;
	mongoc_cursor_t *cursor;
	const bson_t *document;
	bson_error_t error;
	int64_t place = 0;
	bool ok = true;
	double all = source->limits.progress == NULL ? 0 :
	    expected(handle, collection, ask);

	query_append_projection(&options, source->mapping, collection,
	    ask->identity);
	BSON_APPEND_INT32(&options, "batchSize", BATCH_DOCUMENTS);
	append_session(self, &options);
	cursor = mongoc_collection_find_with_opts(handle,
	    ask->filter != NULL ? ask->filter : &every, &options, NULL);
	while (ok && (ok = source_may_go_on(source, err)) &&
	    mongoc_cursor_next(cursor, &document)) {
		ok = source_deliver(source, document, collection, ++place, fn,
		    context, err);
		if (ask->filter == NULL && place % SOURCE_TICK == 0)
			progress_tick(source->limits.progress, name, place,
			    all > 0 ? (double)place / all : -1);
	}
	if (ok && mongoc_cursor_error(cursor, &error))
		ok = driver_failed(source, name, &error, err);
	mongoc_cursor_destroy(cursor);
	mongoc_collection_destroy(handle);
	bson_destroy(&every);
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
		if (strcmp(*name, source_collection_name(source,
		    collection)) == 0)
			*exists = true;
	bson_strfreev(names);
	return true;
}

static bool
count_with(struct source *source, bool times, source_count_fn *fn,
    void *context, bool *unsupported, struct edge_err *err)
{
	struct mongo_source *self = self_of(source);
	mongoc_collection_t *handle = mongoc_client_get_collection(
	    self->client, self->database, source_collection_name(source,
	    C_PROFILES));
	bson_t *pipeline = query_count_pipeline(source->mapping, times);
	bson_t options = BSON_INITIALIZER;
	mongoc_cursor_t *cursor;
	const bson_t *group;
	bson_error_t error;
	bool ok = true;

	append_session(self, &options);
	cursor = mongoc_collection_aggregate(handle, MONGOC_QUERY_NONE,
	    pipeline, &options, NULL);
	while (ok && (ok = source_may_go_on(source, err)) &&
	    mongoc_cursor_next(cursor, &group))
		ok = query_deliver_count(source->mapping, &source->refs, group,
		    fn, context, err);
	if (ok && mongoc_cursor_error(cursor, &error)) {
		*unsupported = code_is_not_implemented(error.code);
		ok = driver_failed(source, "counting profiles", &error, err);
	}
	mongoc_cursor_destroy(cursor);
	mongoc_collection_destroy(handle);
	bson_destroy(pipeline);
	bson_destroy(&options);
	return ok;
}

static bool
mongo_counts(struct source *source, source_count_fn *fn, void *context,
    bool *times, struct edge_err *err)
{
	bool unsupported = false;

	*times = source->mapping->fields[C_PROFILES][P_TIME].names_length > 0;
	if (count_with(source, *times, fn, context, &unsupported, err))
		return true;
	if (!unsupported)
		return false;
	*times = false;
	memset(err, 0, sizeof *err);
	return count_with(source, false, fn, context, &unsupported, err);
}

static bool
has_label(const bson_t *reply, const char *label)
{
	return reply != NULL && mongoc_error_has_label(reply, label);
}

/* What a failed stream means. */
static enum source_stream
stream_failed(const struct source *source, enum collection collection,
    const bson_error_t *error, const bson_t *reply, struct edge_err *err)
{
	const char *name = source_collection_name(source, collection);

	(void)err_set(err, EDGE_TEMPORARY, "%s: code %u: %s", name,
	    error->code, error->message);
	if (code_lost_its_place(error->code))
		return STREAM_LOST;
	if (code_refuses_streams(error->code))
		return STREAM_UNSUPPORTED;
	if (has_label(reply, LABEL_NON_RESUMABLE) ||
	    (error->domain == MONGOC_ERROR_CURSOR &&
	    error->code == MONGOC_ERROR_CHANGE_STREAM_NO_RESUME_TOKEN))
		return STREAM_LOST;
	if (strstr(error->message, "replica set") != NULL) {
		(void)err_set(err, EDGE_TEMPORARY, "%s: %s",
		    name, error->message);
		return STREAM_UNSUPPORTED;
	}
	driver_failed(source, name, error, err);
	return STREAM_FAILED;
}

static enum source_stream
mongo_stream_open(struct source *source, enum collection collection,
    const void *token, size_t length, struct edge_err *err)
{
	struct mongo_source *self = self_of(source);
	mongoc_collection_t *handle = mongoc_client_get_collection(
	    self->client, self->database, source_collection_name(source,
	    collection));
	bson_t *pipeline = query_stream_pipeline(source->mapping, collection);
	bson_t options = BSON_INITIALIZER, after;
	bson_error_t error;
	const bson_t *reply;

	/* A stream that cannot be opened is tried again by the driver at once,
	 * and then the second failure hides the first: the server is asked
	 * before. */
	if (self->streams[collection] == NULL && !ping(self, err)) {
		bson_destroy(pipeline);
		bson_destroy(&options);
		mongoc_collection_destroy(handle);
		return STREAM_FAILED;
	}
	BSON_APPEND_UTF8(&options, "fullDocument", "updateLookup");
	BSON_APPEND_INT64(&options, "maxAwaitTimeMS",
	    collection == C_GLIDER_MISSIONS ? AWAIT_NEWS_MS : AWAIT_OTHERS_MS);
	if (token != NULL && bson_init_static(&after, token, length))
		/* Unlike resumeAfter it also passes an invalidate event. */
		BSON_APPEND_DOCUMENT(&options, "startAfter", &after);
	if (self->streams[collection] != NULL)
		mongoc_change_stream_destroy(self->streams[collection]);
	self->streams[collection] = mongoc_collection_watch(handle, pipeline,
	    &options);
	bson_destroy(pipeline);
	bson_destroy(&options);
	mongoc_collection_destroy(handle);
	if (mongoc_change_stream_error_document(self->streams[collection],
	    &error, &reply))
		return stream_failed(source, collection, &error, reply, err);
	return STREAM_IDLE;
}

static enum source_stream
mongo_stream_next(struct source *source, enum collection collection,
    struct source_event *event, struct edge_err *err)
{
	static const char *const endings[] = { "drop", "rename",
		"dropDatabase", "invalidate" };
	struct mongo_source *self = self_of(source);
	mongoc_change_stream_t *stream = self->streams[collection];
	const bson_t *document, *reply;
	uint32_t seconds, place;
	bson_error_t error;
	bson_iter_t at;
	bson_t part;
	size_t i;

	if (!mongoc_change_stream_next(stream, &document)) {
		if (mongoc_change_stream_error_document(stream, &error,
		    &reply))
			return stream_failed(source, collection, &error, reply,
			    err);
		return STREAM_IDLE;
	}
	if (bson_iter_init_find(&at, document, "operationType") &&
	    BSON_ITER_HOLDS_UTF8(&at))
		for (i = 0; i < sizeof endings / sizeof endings[0]; i++)
			if (strcmp(bson_iter_utf8(&at, NULL), endings[i]) ==
			    0) {
				(void)err_set(err, EDGE_TEMPORARY, "%s: the "
				    "source reports %s",
				    source_collection_name(source, collection),
				    endings[i]);
				return STREAM_LOST;
			}
	/* A member that lags must not answer with what was before the event. */
	if (self->session != NULL &&
	    bson_iter_init_find(&at, document, "clusterTime") &&
	    BSON_ITER_HOLDS_TIMESTAMP(&at)) {
		bson_iter_timestamp(&at, &seconds, &place);
		mongoc_client_session_advance_operation_time(self->session,
		    seconds, place);
	}
	if (query_event_document(document, &part) &&
	    !source_resolve(source, collection, &part, err))
		return STREAM_FAILED;
	query_read_event(source->mapping, &source->refs, document, collection,
	    event);
	return STREAM_EVENT;
}

static bool
mongo_stream_token(struct source *source, enum collection collection,
    const void **bytes, size_t *length)
{
	mongoc_change_stream_t *stream =
	    self_of(source)->streams[collection];
	const bson_t *token = stream == NULL ? NULL :
	    mongoc_change_stream_get_resume_token(stream);

	if (token == NULL)
		return false;
	*bytes = bson_get_data(token);
	*length = token->len;
	return true;
}

static void
mongo_close(struct source *source)
{
	struct mongo_source *self = self_of(source);
	int i;

	for (i = 0; i < COLLECTION_MAX; i++)
		if (self->streams[i] != NULL)
			mongoc_change_stream_destroy(self->streams[i]);
	if (self->session != NULL)
		mongoc_client_session_destroy(self->session);
	mongoc_client_destroy(self->client);
	mongoc_uri_destroy(self->uri);
	free(self);
}

static const struct source_ops mongo_ops = {
	.begin = mongo_begin, .scan = mongo_scan, .has = mongo_has, .counts = mongo_counts,
	.stream_open = mongo_stream_open, .stream_next = mongo_stream_next,
	.stream_token = mongo_stream_token,
	.close = mongo_close,
};

static void
default_timeout(mongoc_uri_t *uri, const char *option, int32_t ms)
{
	if (!mongoc_uri_has_option(uri, option))
		(void)mongoc_uri_set_option_as_int32(uri, option, ms);
}

/* Asks no network: that begins with a client. */
static mongoc_uri_t *
read_uri(const char *text, const char *name, struct edge_err *err)
{
	const mongoc_host_list_t *host;
	const char *database;
	bson_error_t error;
	mongoc_uri_t *uri = mongoc_uri_new_with_error(text, &error);
	bool ok = uri != NULL;

	if (!ok)
		/* The driver's text may repeat the address, so it stays out. */
		err_set(err, EDGE_CONFIG, "EDGE_MONGODB_URI: not a "
		    "MongoDB address; it looks like "
		    "mongodb://user:password@host:27017/database, with "
		    "special characters of the password percent-encoded, and "
		    "every option behind a '?' must have a value that fits");
	for (host = ok ? mongoc_uri_get_hosts(uri) : NULL; host != NULL;
	    host = host->next)
		if (strchr(host->host, '@') != NULL)
			ok = err_set(err, EDGE_CONFIG, "EDGE_MONGODB_URI: an "
			    "'@' in user or password must be written %%40");
	database = ok ? mongoc_uri_get_database(uri) : NULL;
	if (ok && (database == NULL || database[0] == '\0'))
		ok = err_set(err, EDGE_CONFIG, "%s: names no database; put "
		    "it behind the host: mongodb://host:27017/voto", name);
	if (ok)
		return uri;
	mongoc_uri_destroy(uri);
	return NULL;
}

static bool
open_client(struct mongo_source *self, const char *uri, struct edge_err *err)
{
	bson_error_t error;

	self->uri = read_uri(uri, self->base.name, err);
	if (self->uri == NULL)
		return false;
	self->database = mongoc_uri_get_database(self->uri);
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

/* Once for the process: the driver cannot be started again after its end. */
static void
start_driver(void)
{
	mongoc_init();
	mongoc_log_set_handler(on_driver_log, NULL);
	(void)atexit(mongoc_cleanup);
}

static void
need_driver(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, start_driver);
}

bool
source_read_address(const char *uri, struct source_address *address,
    struct edge_err *err)
{
	const char *options = strchr(uri, '?'), *password;
	char name[sizeof ((struct source *)0)->name];
	mongoc_uri_t *read;

	need_driver();
	conf_redact_uri(uri, name, sizeof name);
	memset(address, 0, sizeof *address);
	dropped_gather(address);
	read = read_uri(uri, name, err);
	dropped_gather(NULL);
	if (read == NULL)
		return false;
	password = mongoc_uri_get_password(read);
	address->password = (password != NULL && *password != '\0') ||
	    mongoc_uri_has_option(read, MONGOC_URI_TLSCERTIFICATEKEYFILEPASSWORD);
	mongoc_uri_destroy(read);
	/* With an '@' behind it the '?' may be one of a password. */
	if (address->dropped[0] != '\0' && strchr(options, '@') != NULL)
		(void)snprintf(address->dropped, sizeof address->dropped,
		    "(not named, for it may be part of a password)");
	return true;
}

struct source *
source_open_mongo(const char *uri, const struct mapping *mapping,
    const struct source_limits *limits, struct edge_err *err)
{
	struct mongo_source *self = calloc(1, sizeof *self);

	if (self == NULL) {
		err_set(err, EDGE_IO, "out of memory");
		return NULL;
	}
	need_driver();
	self->base.ops = &mongo_ops;
	self->base.mapping = mapping;
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
