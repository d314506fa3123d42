/* edge.c: the verbs, the signals and the exit codes. The one file that sees
 * both rooms, sync and web. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "schema/conf.h"
#include "schema/db.h"
#include "schema/log.h"
#include "schema/notify.h"
#include "schema/snapshot.h"
#include "sync/check.h"
#include "sync/commands.h"
#include "sync/inspect.h"
#include "sync/keeper.h"
#include "web/export.h"
#include "web/listen.h"
#include "web/news.h"
#include "web/server.h"

#define KEEPER_LOOK_MS 200

/* Set by a signal, read by every loop that waits. */
static volatile sig_atomic_t stop_asked;

static void
on_signal(int number)
{
	(void)number;
	stop_asked = 1;
}

static void
log_problem(void *context, const char *text)
{
	(void)context;
	log_error("%s", text);
}

static bool
open_portal(const struct conf *conf, struct portal **portal,
    struct edge_err *err)
{
	return portal_open(portal, conf_text(conf, SET_PORTAL), log_problem,
	    NULL, err);
}

static struct server_options
server_options_of(const struct conf *conf, const struct portal *portal,
    const volatile int *stop)
{
	struct server_options options = {
		.portal = portal,
		.db_path = conf_text(conf, SET_DB),
		.listen = conf_text(conf, SET_LISTEN),
		.metrics_listen = conf_text(conf, SET_METRICS_LISTEN),
		.title = conf_text(conf, SET_TITLE),
		.cors = conf_flag(conf, SET_CORS),
		.no_cache = conf_flag(conf, SET_NO_CACHE),
		.immutable = conf_flag(conf, SET_IMMUTABLE),
		.stop = stop,
	};

	return options;
}

static bool
command_serve(const struct conf *conf, const volatile int *stop,
    struct edge_err *err)
{
	struct server_options options;
	struct portal *portal;
	bool ok;

	if (!open_portal(conf, &portal, err))
		return false;
	options = server_options_of(conf, portal, stop);
	ok = server_run(&options, err);
	portal_close(portal);
	return ok;
}

/* What the process of `run` that follows the source is given. */
struct follow {
	const struct conf *conf;
	const volatile int *stop;
};

static bool
follow_source(void *context, struct edge_err *err)
{
	const struct follow *follow = context;

	return command_watch(follow->conf, follow->stop, err);
}

/* Serves while another process follows the source. */
static bool
serve_beside(const struct server_options *options, struct keeper *keeper,
    struct edge_err *err)
{
	char libraries[SERVER_VERSIONS_BYTES];
	struct site_options site_options = {
		.db_path = options->db_path, .portal = options->portal,
		.title = options->title, .libraries = libraries,
		.cors = options->cors, .no_cache = options->no_cache,
	};
	struct server *server;
	struct site *site;
	struct notify notify;
	bool ended = false, ok = true;

	server_libraries(libraries, sizeof libraries);
	if (!site_open(&site, &site_options, err))
		return false;
	if (!server_start(&server, site, options, err)) {
		site_close(site);
		return false;
	}
	keeper_go(keeper);
	notify_ready(&notify, "serving, and following the source");
	/* What ends by itself is what waiting does not mend. */
	while (!*options->stop && !ended) {
		notify_alive(&notify);
		ended = keeper_done(keeper, KEEPER_LOOK_MS, &ok, err);
	}
	notify_stopping();
	keeper_ask(keeper);
	/* A thread may be stuck; the process may end under it. */
	if (!server_stop(server))
		_exit(ok ? 0 : err_exit_code(err->kind));
	site_close(site);
	if (!ended)
		keeper_stop(keeper, &ok, err);
	return ok;
}

/* Pages go on whatever happens to the source, or to the process that asks
 * it. */
static bool
run_portal(const struct conf *conf, const struct portal *portal,
    const volatile int *stop, struct edge_err *err)
{
	struct server_options options = server_options_of(conf, portal, stop);
	struct follow follow = { conf, stop };
	enum store_state state;
	int64_t generation;
	struct keeper keeper;

	/* What sync would refuse is said before anybody is served. */
	return command_can_follow(conf, err) &&
	    store_probe(options.db_path, &state, &generation, err) &&
	    keeper_start(&keeper, follow_source, &follow, options.db_path,
	    stop, err) && serve_beside(&options, &keeper, err);
}

static bool
command_run(const struct conf *conf, const volatile int *stop,
    struct edge_err *err)
{
	struct portal *portal;
	bool ok;

	if (!open_portal(conf, &portal, err))
		return false;
	ok = run_portal(conf, portal, stop, err);
	portal_close(portal);
	return ok;
}

static bool
command_export(const struct conf *conf, const volatile int *stop,
    struct edge_err *err)
{
	struct site_options options = { .db_path = conf_text(conf, SET_DB),
		.title = conf_text(conf, SET_TITLE), .still = true };
	struct export_report report;
	struct portal *portal;
	bool ok;

	if (conf->arguments_length != 1 || conf->arguments[0][0] == '\0')
		return err_set(err, EDGE_USAGE, "export: name the directory: "
		    "edge export DIR");
	if (!open_portal(conf, &portal, err))
		return false;
	options.portal = portal;
	ok = export_run(conf->arguments[0], &options, stop, &report, err);
	portal_close(portal);
	if (ok)
		printf("%s: %" PRId64 " files, %" PRId64 " bytes, "
		    "generation %" PRId64 "\n", conf->arguments[0],
		    report.files, report.bytes, report.generation);
	return ok;
}

static void
print_finding(void *context, bool bad, const char *text)
{
	int *problems = context;

	printf("%s%s\n", bad ? "problem: " : "", text);
	*problems += bad;
}

static void
print_problem(void *context, const char *text)
{
	print_finding(context, true, text);
}

static void
check_portal(const struct conf *conf, int *problems)
{
	const char *path = conf_text(conf, SET_PORTAL);
	struct edge_err err = { 0 };
	struct portal *portal;
	char text[512];

	if (!portal_open(&portal, path, print_problem, problems, &err))
		return; /* each problem has been printed */
	(void)snprintf(text, sizeof text, "portal: %.480s", path != NULL ?
	    path : "nothing set");
	print_finding(problems, false, text);
	if (portal->news != NULL) {
		(void)snprintf(text, sizeof text, "news: %d announcements in "
		    "%.440s", news_check(portal->news, print_problem,
		    problems), portal->news);
		print_finding(problems, false, text);
	}
	portal_close(portal);
}

/* Read only: whoever listens there now may be this very portal. */
static void
check_listen(const char *text, int *problems)
{
	struct edge_err err = { 0 };
	struct sockaddr_in address;

	if (text != NULL && !listen_parse(text, &address, &err))
		print_problem(problems, err.text);
}

static bool
command_check(const struct conf *conf, const volatile int *stop,
    struct edge_err *err)
{
	int problems = 0;

	(void)stop;
	check_listen(conf_text(conf, SET_LISTEN), &problems);
	check_listen(conf_text(conf, SET_METRICS_LISTEN), &problems);
	check_source(conf, print_finding, &problems);
	check_mapping(conf, print_finding, &problems);
	check_portal(conf, &problems);
	check_store(conf, print_finding, &problems);
	check_libraries(print_finding, &problems);
	return problems == 0 || err_set(err, EDGE_CONFIG, "%d problem%s, see "
	    "above", problems, problems == 1 ? "" : "s");
}

static bool
command_backup(const struct conf *conf, const volatile int *stop,
    struct edge_err *err)
{
	struct stat copy;

	if (conf->arguments_length != 1 || conf->arguments[0][0] == '\0')
		return err_set(err, EDGE_USAGE, "backup: name the new file: "
		    "edge backup FILE");
	if (!store_backup(conf_text(conf, SET_DB), conf->arguments[0], stop,
	    err))
		return false;
	if (stat(conf->arguments[0], &copy) == 0)
		printf("%s: %jd bytes, checked\n", conf->arguments[0],
		    (intmax_t)copy.st_size);
	return true;
}

static bool
command_config(const struct conf *conf, const volatile int *stop,
    struct edge_err *err)
{
	(void)stop;
	(void)err;
	conf_print(stdout, conf);
	return true;
}

static bool
command_version(const struct conf *conf, const volatile int *stop,
    struct edge_err *err)
{
	char web[128], sync[128];

	(void)stop;
	(void)err;
	server_versions(web, sizeof web);
	command_versions(sync, sizeof sync);
	if (conf_flag(conf, SET_JSON))
		printf("{\"edge\": \"%s\", \"libraries\": \"%s, %s\"}\n",
		    EDGE_VERSION, sync, web);
	else
		printf("edge %s (%s, %s)\n", EDGE_VERSION, sync, web);
	return true;
}

static const struct {
	const char *name, *words, *help;
	int words_most;
	bool (*run)(const struct conf *conf, const volatile int *stop,
	    struct edge_err *err);
} verbs[VERB_MAX] = {
	[VERB_SERVE] = { "serve", "", "answer pages from the local store; "
	    "needs no MongoDB", 0, command_serve },
	[VERB_SYNC] = { "sync", "--once|--watch", "bring the local store up to "
	    "MongoDB; --watch stays with it (address in EDGE_MONGODB_URI)", 0, command_sync },
	[VERB_RUN] = { "run", "", "sync --watch and serve in one process: "
	    "follow MongoDB and answer pages", 0, command_run },
	[VERB_IMPORT] = { "import", "DIR", "fill the local store from a mongodump or "
	    "mongoexport directory", 1, command_import },
	[VERB_VERIFY] = { "verify", "", "compare the store with MongoDB or a "
	    "dump; exit 1 when they differ", 0, command_verify },
	[VERB_STATUS] = { "status", "", "what the store holds and how the "
	    "last sync went", 0, command_status },
	[VERB_QUARANTINE] = { "quarantine", "list|show ID|retry", "documents "
	    "that do not fit, and why: all, or one with its content; retry "
	    "reads them again", 2, command_quarantine },
	[VERB_EXPLAIN] = { "explain", "SEA063 M33", "why a mission is, or is "
	    "not, on which page", 2, command_explain },
	[VERB_BACKUP] = { "backup", "FILE", "copy the store to a new file "
	    "while it is in use, and check the copy", 1, command_backup },
	[VERB_EXPORT] = { "export", "DIR", "write the portal as files that "
	    "need no edge: for a web server or a memory stick", 1,
	    command_export },
	[VERB_DEMO] = { "demo", "DIR", "write made-up source data as a "
	    "mongodump directory", 1, command_demo },
	[VERB_CHECK] = { "check", "", "look at settings, mapping, portal file "
	    "and store; exit 78 when something must be mended", 0,
	    command_check },
	[VERB_CONFIG] = { "config", "", "print every setting and where it "
	    "comes from", 0, command_config },
	[VERB_VERSION] = { "version", "", "print versions of edge and of its "
	    "libraries", 0, command_version },
};

static void
print_help(FILE *out)
{
	enum verb v;

	fprintf(out, "usage: edge VERB [FLAGS]\n\n"
	    "A portal of ocean missions: copies what it shows from MongoDB "
	    "into one local\nfile and answers every page from that.\n\n");
	for (v = 0; v < VERB_MAX; v++)
		fprintf(out, "  %-10s %-18s %s\n", verbs[v].name,
		    verbs[v].words, verbs[v].help);
	fprintf(out, "\n`edge VERB -h` lists the flags of a verb. Flags win "
	    "over the environment, that\nover the configuration file, that "
	    "over defaults.\n\n"
	    "exit codes: 0 done, 1 failed or unequal, 2 usage, 65 damaged "
	    "dump, 69 source\nrefuses, 73 cannot create, 74 disk, 75 try "
	    "again later (source away, lock held),\n78 configuration or "
	    "store of another program\n");
}

static void
print_verb_help(enum verb v)
{
	printf("usage: edge %s %s%s[FLAGS]\n%s.\n\n", verbs[v].name,
	    verbs[v].words, verbs[v].words[0] ? " " : "", verbs[v].help);
	conf_print_flags(stdout, v);
}

static int
unknown_verb(const char *word)
{
	const char *names[VERB_MAX], *near;
	struct edge_err err = { 0 };
	enum verb v;

	if (conf_is_address(word)) {
		(void)conf_refuse_address(NULL, NULL, word, &err);
		log_error("%s", err.text);
		return err_exit_code(err.kind);
	}
	for (v = 0; v < VERB_MAX; v++)
		names[v] = verbs[v].name;
	near = conf_near(word, names, VERB_MAX);
	fprintf(stderr, "edge: unknown verb '%.60s'%s%s%s; edge -h lists "
	    "them\n", word, near ? " (did you mean " : "", near ? near : "",
	    near ? "?)" : "");
	return err_exit_code(EDGE_USAGE);
}

static void
catch_signals(enum verb verb)
{
	struct sigaction action = { .sa_handler = on_signal }, before;

	(void)sigemptyset(&action.sa_mask);
	(void)sigaction(SIGTERM, &action, NULL);
	(void)sigaction(SIGINT, &action, NULL);
	/* A terminal that is closed ends what runs in it; nohup does not. */
	if (sigaction(SIGHUP, NULL, &before) == 0 &&
	    before.sa_handler != SIG_IGN)
		(void)sigaction(SIGHUP, &action, NULL);
	/* A client that goes away must not end a server; a reader of standard
	 * output that goes away may end the rest. */
	if (verb == VERB_SERVE || verb == VERB_RUN || verb == VERB_SYNC)
		(void)signal(SIGPIPE, SIG_IGN);
}

static void
set_up_log(const struct conf *conf)
{
	static const char *const levels[] = { "debug", "info", "warning",
		"error" };
	const char *level = conf_text(conf, SET_LOG_LEVEL);
	enum log_level lowest = LOG_INFO;
	int i;

	for (i = 0; i < 4; i++)
		if (strcmp(level, levels[i]) == 0)
			lowest = (enum log_level)i;
	log_setup(lowest, strcmp(conf_text(conf, SET_LOG_FORMAT), "json") ==
	    0 ? LOG_JSON : LOG_TEXT);
}

static int
run_verb(enum verb v, int argc, char **argv)
{
	struct edge_err err = { 0 };
	struct conf conf;
	int code = 0;

	if (!conf_load(&conf, v, argc, argv, &err)) {
		log_error("%s: %s", verbs[v].name, err.text);
		code = err_exit_code(err.kind);
	} else if (conf_flag(&conf, SET_HELP)) {
		print_verb_help(v);
	} else if (conf.arguments_length > verbs[v].words_most) {
		log_error("%s: one word too many: '%.60s'", verbs[v].name,
		    conf.arguments[verbs[v].words_most]);
		code = err_exit_code(EDGE_USAGE);
	} else {
		set_up_log(&conf);
		catch_signals(v);
		if (!verbs[v].run(&conf, &stop_asked, &err)) {
			log_error("%s", err.text);
			code = err_exit_code(err.kind);
		}
	}
	conf_free(&conf);
	if ((fflush(stdout) != 0 || ferror(stdout)) && code == 0) {
		log_error("standard output: cannot be written");
		code = err_exit_code(EDGE_IO);
	}
	return code;
}

int
main(int argc, char **argv)
{
	static char help[] = "-h";
	enum verb v;

	/* `edge help sync` is `edge sync -h`. */
	if (argc > 2 && strcmp(argv[1], "help") == 0) {
		argv[1] = argv[2];
		argv[2] = help;
		argc = 3;
	}
	if (argc < 2) {
		print_help(stderr);
		return err_exit_code(EDGE_USAGE);
	}
	if (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0 ||
	    strcmp(argv[1], "help") == 0) {
		print_help(stdout);
		return fflush(stdout) == 0 ? 0 : err_exit_code(EDGE_IO);
	}
	if (strcmp(argv[1], "--version") == 0)
		return run_verb(VERB_VERSION, 0, NULL);
	for (v = 0; v < VERB_MAX; v++)
		if (strcmp(argv[1], verbs[v].name) == 0)
			return run_verb(v, argc - 2, argv + 2);
	return unknown_verb(argv[1]);
}
