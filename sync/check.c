#include "check.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../schema/db.h"
#include "../schema/file.h"
#include "source.h"
#include "tls.h"

/* Passes problems of a file on, and counts them. */
struct telling {
	check_fn *tell;
	void *context;
	int told;
};

static void
tell_problem(void *context, const char *text)
{
	struct telling *telling = context;

	telling->tell(telling->context, true, text);
	telling->told++;
}

static void
say(check_fn *tell, void *context, bool bad, const char *fmt, ...)
    PRINTF_LIKE(4, 5);

static void
say(check_fn *tell, void *context, bool bad, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	tell(context, bad, text);
}

void
check_mapping(const struct conf *conf, check_fn *tell, void *context)
{
	const char *path = conf_text(conf, SET_MAPPING);
	struct telling telling = { tell, context, 0 };
	struct edge_err err = { 0 };
	struct mapping *mapping = mapping_open(path, tell_problem, &telling,
	    &err);
	enum collection c;
	int n = 0;

	if (mapping == NULL) {
		if (telling.told == 0)
			tell(context, true, err.text);
		return;
	}
	for (c = 0; c < COLLECTION_MAX; c++)
		n += mapping->collections[c] != NULL;
	say(tell, context, false, "mapping: %s, %d collections", path != NULL ?
	    path : "built in", n);
	mapping_close(mapping);
}

/* A file that holds a password is for one user alone, or his group. The
 * configuration is read by whom a service runs as, too: its mode must stay. */
static void
tell_secret_file(const struct conf *conf, check_fn *tell, void *context)
{
	const char *path = conf->secret_file;
	const char *config = conf_text(conf, SET_CONFIG);
	struct stat about;

	if (path == NULL || stat(path, &about) != 0 ||
	    (about.st_mode & (S_IROTH | S_IWOTH)) == 0)
		return;
	say(tell, context, true, "%s: holds a password, and its mode lets "
	    "every user read or write it; %s", path, config != NULL &&
	    strcmp(path, config) == 0 ? "put the address into a file of its "
	    "own, of mode 0600, and name that as mongodb_uri_file" :
	    "give it mode 0600 (chmod 600)");
}

void
check_source(const struct conf *conf, check_fn *tell, void *context)
{
	const char *uri = conf_text(conf, SET_MONGODB_URI);
	struct source_address address;
	struct edge_err err = { 0 };
	char name[512];

	if (uri == NULL) {
		tell(context, false, "source: EDGE_MONGODB_URI is not set; "
		    "serve, import and export do without");
		return;
	}
	if (!source_read_address(uri, &address, &err)) {
		tell(context, true, err.text);
		return;
	}
	if (address.password)
		tell_secret_file(conf, tell, context);
	conf_redact_uri(uri, name, sizeof name);
	if (!tls_check_files(uri, &err))
		tell(context, true, err.text);
	else
		say(tell, context, false, "source: %s", name);
	if (address.dropped[0] != '\0')
		say(tell, context, false, "note: " SOURCE_DROPPED_OPTIONS, name,
		    address.dropped);
	tls_tell_risks(uri, name, tell, context);
}

/* What is in a store that can be read. */
static void
tell_content(const char *path, check_fn *tell, void *context)
{
	struct edge_err err = { 0 };
	struct db *db = db_open(path, DB_TOOL, 0, &err);
	struct stmt *s = db == NULL ? NULL : db_stmt(db, Q_STATE_READ);

	if (s != NULL && stmt_row(s, &err)) {
		say(tell, context, false, "store: %s, generation %" PRId64
		    ", %" PRId64 " missions from %.400s", path,
		    stmt_get_int(s, 0), stmt_get_int(s, 4),
		    stmt_get_text(s, 2));
		stmt_reset(s);
	}
	if (err.kind != EDGE_NONE)
		tell(context, true, err.text);
	db_close(db);
}

/* A run makes files beside the store. */
static void
tell_folder(const char *path, bool missing, check_fn *tell, void *context)
{
	char folder[PATH_MAX];
	struct stat about;

	if (!file_folder(path, folder))
		say(tell, context, true, "store: %.80s…: the name is too "
		    "long", path);
	else if (stat(folder, &about) != 0)
		say(tell, context, true, "store: the folder %s: %s; make it, "
		    "or name another with --db", folder, strerror(errno));
	else if (!S_ISDIR(about.st_mode))
		say(tell, context, true, "store: %s is no folder; name "
		    "another with --db", folder);
	else if (access(folder, W_OK | X_OK) != 0)
		say(tell, context, missing, "%sthe folder %s: %s; this user "
		    "may not write there, as sync and import must", missing ?
		    "store: " : "note: ", folder, strerror(errno));
	else if (missing)
		say(tell, context, false, "store: %s is not there yet; the "
		    "next sync builds it", path);
}

void
check_store(const struct conf *conf, check_fn *tell, void *context)
{
	const char *path = conf_text(conf, SET_DB);
	struct edge_err err = { 0 };
	enum store_state state;

	if (!store_look(path, &state, &err))
		tell(context, true, err.text);
	else if (state == STORE_GOOD)
		tell_content(path, tell, context);
	else if (state != STORE_MISSING)
		say(tell, context, false, "store: %s is %s; the next sync "
		    "builds it", path, state == STORE_OUTDATED ?
		    "of an older edge" : "damaged");
	if (err.kind == EDGE_NONE)
		tell_folder(path, state == STORE_MISSING, tell, context);
}

/* SQLite 3.7.0 to 3.51.2 can lose a commit when two connections reset the log
 * at one instant; edge has one writer, others might add theirs. */
void
check_libraries(check_fn *tell, void *context)
{
	const char *version = db_library_version();
	int major = 0, minor = 0, patch = 0;

	(void)sscanf(version, "%d.%d.%d", &major, &minor, &patch);
	if (major == 3 && minor >= 7 && (minor < 51 ||
	    (minor == 51 && patch <= 2)) && !(minor == 44 && patch >= 6) &&
	    !(minor == 50 && patch >= 7))
		say(tell, context, false, "note: SQLite %s can damage a file "
		    "in WAL mode that two programs write at once; edge writes "
		    "with one connection and is safe as long as no other "
		    "program writes to the store", version);
	else
		say(tell, context, false, "SQLite %s", version);
}
