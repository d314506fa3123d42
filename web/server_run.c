/* server_run.c: a server from its start to its stop: `edge serve`. */
#include "server.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../schema/db.h"
#include "../schema/file.h"
#include "../schema/log.h"
#include "../schema/notify.h"

#define POLL_STOP_MS 200

/* How long the start may be held up by looking for damage in the store. */
#define CHECK_MOST_MS 300

static void
wait_for(const volatile int *stop)
{
	const struct timespec pause = { .tv_nsec = POLL_STOP_MS * 1000000L };
	struct notify notify;

	notify_ready(&notify, "serving");
	/* A signal that sets the flag also ends the pause. */
	while (!*stop) {
		notify_alive(&notify);
		(void)nanosleep(&pause, NULL);
	}
	notify_stopping();
}

/* It may come yet; what keeps it from being seen is said. */
static void
tell_missing(const char *path)
{
	char folder[PATH_MAX];
	struct stat about;

	if (stat(path, &about) != 0 && errno != ENOENT)
		log_warn("%s: %s", path, strerror(errno));
	else if (file_folder(path, folder) && stat(folder, &about) != 0)
		log_warn("%s: the folder of this store is not there; make it, "
		    "or name another with --db", path);
	else
		log_warn("%s: there is no such store yet; `edge sync --once` "
		    "or `edge import DIR` makes it", path);
}

/* A store that is not there yet may come, and one of an older edge is built
 * again by the next sync: pages say so until then. One that cannot be used will
 * not mend itself. */
static bool
check_store(const struct server_options *options, struct edge_err *err)
{
	struct edge_err found = { 0 }, ignored = { 0 };
	enum store_state state;
	struct stat st;
	struct db *db;

	if (stat(options->db_path, &st) != 0 || st.st_size == 0) {
		tell_missing(options->db_path);
		return true;
	}
	db = db_open(options->db_path, DB_TOOL, options->immutable ?
	    DB_IMMUTABLE : 0, &found);
	if (db != NULL && db_check(db, CHECK_MOST_MS, &found)) {
		db_close(db);
		return true;
	}
	db_close(db);
	if ((found.kind != EDGE_CONFIG && found.kind != EDGE_NEWER &&
	    found.kind != EDGE_CORRUPT) ||
	    (!options->immutable && store_look(options->db_path, &state,
	    &ignored) && state == STORE_OUTDATED)) {
		log_warn("%s", found.text);
		return true;
	}
	*err = found;
	return false;
}

bool
server_run(const struct server_options *options, struct edge_err *err)
{
	char libraries[SERVER_VERSIONS_BYTES];
	const struct site_options site_options = {
		.db_path = options->db_path, .portal = options->portal,
		.title = options->title, .libraries = libraries,
		.cors = options->cors, .no_cache = options->no_cache,
		.immutable = options->immutable,
	};
	struct server *server;
	struct site *site;

	server_libraries(libraries, sizeof libraries);
	if (!site_open(&site, &site_options, err))
		return false;
	if (!check_store(options, err) ||
	    !server_start(&server, site, options, err)) {
		site_close(site);
		return false;
	}
	wait_for(options->stop);
	if (!server_stop(server)) {
		/* A thread still uses what the caller would free. */
		log_info("stopped");
		_exit(0);
	}
	site_close(site);
	log_info("stopped");
	return true;
}
