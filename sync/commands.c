#include "commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "../schema/beat.h"
#include "../schema/clock.h"
#include "../schema/db.h"
#include "../schema/file.h"
#include "../schema/log.h"
#include "../schema/text.h"
#include "demo.h"
#include "explain.h"
#include "inspect.h"
#include "source.h"
#include "sync.h"
#include "tls.h"
#include "verify.h"
#include "watch.h"
#include "worker.h"

static int64_t
deadline_us(const struct conf *conf)
{
	int64_t ms = conf_duration_ms(conf, SET_DEADLINE);

	return ms == 0 ? 0 : clock_monotonic_us() + ms * 1000;
}

static bool
no_uri(struct edge_err *err)
{
	return err_set(err, EDGE_CONFIG, "no source: put the address of "
	    "MongoDB into EDGE_MONGODB_URI "
	    "(mongodb://user:password@host:27017/voto) or the name of a file "
	    "with it into EDGE_MONGODB_URI_FILE");
}

bool
command_has_source(const struct conf *conf, struct edge_err *err)
{
	const char *uri = conf_text(conf, SET_MONGODB_URI);

	return uri != NULL ? tls_check_files(uri, err) : no_uri(err);
}

/* For verbs that go on to open the source, which says what is wrong. */
static void
warn_of_options(const char *uri)
{
	struct source_address address;
	struct edge_err ignored = { 0 };
	char name[512];

	if (!source_read_address(uri, &address, &ignored) ||
	    address.dropped[0] == '\0')
		return;
	conf_redact_uri(uri, name, sizeof name);
	log_warn(SOURCE_DROPPED_OPTIONS, name, address.dropped);
}

static struct sync_options
sync_options_of(const struct conf *conf, const char *verb,
    const volatile int *stop)
{
	struct sync_options options = {
		.db_path = conf_text(conf, SET_DB),
		.verb = verb,
		.removal_percent = (int)conf_count(conf, SET_REMOVAL_LIMIT),
		.grace_ms = conf_duration_ms(conf, SET_GRACE),
		.deep_ms = conf_duration_ms(conf, SET_DEEP_CHECK),
		.snapshot_ms = conf_duration_ms(conf, SET_SNAPSHOT),
		.rebuild = conf_flag(conf, SET_REBUILD),
		.allow_mass_delete = conf_flag(conf, SET_ALLOW_MASS_DELETE),
		.stop = stop,
	};

	return options;
}

static void
log_problem(void *context, const char *text)
{
	(void)context;
	log_error("%s", text);
}

static struct mapping *
open_mapping(const struct conf *conf, struct edge_err *err)
{
	return mapping_open(conf_text(conf, SET_MAPPING), log_problem, NULL,
	    err);
}

bool
command_can_follow(const struct conf *conf, struct edge_err *err)
{
	struct mapping *mapping;
	int lock;

	if (!command_has_source(conf, err))
		return false;
	mapping = open_mapping(conf, err);
	if (mapping == NULL)
		return false;
	mapping_close(mapping);
	if (!sync_lock(conf_text(conf, SET_DB), &lock, err))
		return false;
	file_unlock(lock);
	return true;
}

/* A source, and the mapping it borrows. */
struct opened {
	struct mapping *mapping;
	struct source *source;
};

static void
close_source(struct opened *opened)
{
	source_close(opened->source);
	mapping_close(opened->mapping);
}

/* Opens MongoDB, or the dump in `directory` when that is not NULL. */
static bool
open_source(const struct conf *conf, const char *directory,
    const struct source_limits *limits, struct opened *opened,
    struct edge_err *err)
{
	const char *uri = conf_text(conf, SET_MONGODB_URI);

	opened->source = NULL;
	if (directory == NULL && !command_has_source(conf, err))
		return false;
	opened->mapping = open_mapping(conf, err);
	if (opened->mapping == NULL)
		return false;
	if (directory == NULL)
		warn_of_options(uri);
	opened->source = directory != NULL ? source_open_dump(directory,
	    opened->mapping, limits, err) : source_open_mongo(uri,
	    opened->mapping, limits, err);
	if (opened->source == NULL)
		mapping_close(opened->mapping);
	return opened->source != NULL;
}

static void
print_report(const struct sync_report *report, double seconds)
{
	printf("%" PRId64 " missions: %" PRId64 " new, %" PRId64 " changed, %"
	    PRId64 " removed, %" PRId64 " track points written; ",
	    report->missions, report->fresh, report->changed, report->removed,
	    report->profiles);
	if (report->kept > 0)
		printf("%" PRId64 " vanished and kept for now; ",
		    report->kept);
	if (report->held > 0)
		printf("%" PRId64 " held as served, their tracks do not fit "
		    "any more; ", report->held);
	if (report->postponed > 0)
		printf("%" PRId64 " being written by the source, left for the "
		    "next run; ", report->postponed);
	if (report->quarantined > 0)
		printf("%" PRId64 " document%s in quarantine; ",
		    report->quarantined, report->quarantined == 1 ? "" : "s");
	printf("generation %" PRId64 "; %.1f s\n", report->generation,
	    seconds);
}

static void
print_report_json(const struct sync_report *report)
{
	cJSON *out = cJSON_CreateObject();

	cJSON_AddNumberToObject(out, "missions", (double)report->missions);
	cJSON_AddNumberToObject(out, "new", (double)report->fresh);
	cJSON_AddNumberToObject(out, "changed", (double)report->changed);
	cJSON_AddNumberToObject(out, "removed", (double)report->removed);
	cJSON_AddNumberToObject(out, "vanished", (double)report->kept);
	cJSON_AddNumberToObject(out, "held", (double)report->held);
	cJSON_AddNumberToObject(out, "postponed", (double)report->postponed);
	cJSON_AddNumberToObject(out, "track_points",
	    (double)report->profiles);
	cJSON_AddNumberToObject(out, "quarantined",
	    (double)report->quarantined);
	cJSON_AddNumberToObject(out, "generation",
	    (double)report->generation);
	cJSON_AddBoolToObject(out, "rebuilt", report->rebuilt);
	inspect_print_json(out);
}

static bool
run_and_print(const struct conf *conf, const char *verb,
    struct source *source, const volatile int *stop, struct edge_err *err)
{
	struct sync_options options = sync_options_of(conf, "sync", stop);
	int64_t start = clock_monotonic_us();
	struct sync_report report;
	bool ok;

	options.strict = conf_flag(conf, SET_STRICT);
	options.retry = strcmp(verb, "retry") == 0;
	options.until_whole = strcmp(verb, "import") != 0;
	if (strcmp(verb, "import") == 0)
		options.verb = verb;
	ok = sync_run(&options, source, &report, err);
	progress_end(source->limits.progress);
	if (!ok)
		return false;
	if (conf_flag(conf, SET_JSON))
		print_report_json(&report);
	else
		print_report(&report,
		    (double)(clock_monotonic_us() - start) / 1e6);
	return !options.strict || sync_is_clean(&report, err);
}

bool
command_watch(const struct conf *conf, const volatile int *stop,
    struct edge_err *err)
{
	struct watch_options options = {
		.sync = sync_options_of(conf, "sync", stop),
		.uri = conf_text(conf, SET_MONGODB_URI),
		.interval_ms = conf_duration_ms(conf, SET_INTERVAL),
		.deadline_ms = conf_duration_ms(conf, SET_DEADLINE),
	};

	struct mapping *mapping;
	bool ok;

	if (!command_has_source(conf, err))
		return false;
	options.mapping = mapping = open_mapping(conf, err);
	if (mapping != NULL)
		warn_of_options(options.uri);
	ok = mapping != NULL && watch_run(&options, err);
	mapping_close(mapping);
	return ok;
}

/* What a worker of sync or verify is given. */
struct job {
	const struct conf *conf;
	const volatile int *stop;
	bool (*run)(const struct conf *conf, const volatile int *stop,
	    struct edge_err *err);
	bool beats; /* its outcome belongs in the status file */
};

static bool
do_job(void *context, struct edge_err *err)
{
	const struct job *job = context;

	return job->run(job->conf, job->stop, err);
}

/* Says in the status file that a run was given up. */
static void
beat_given_up(const struct conf *conf, const struct edge_err *err)
{
	const char *path = conf_text(conf, SET_DB);
	struct edge_err ignored = { 0 };
	struct beat beat;

	beat_read(path, &beat);
	beat_record(&beat, clock_now_ms(), err);
	(void)!beat_write(path, &beat, &ignored);
}

static void
name_source(const struct conf *conf, char *text, size_t size)
{
	const char *uri = conf_text(conf, SET_MONGODB_URI);
	const char *dump = conf_text(conf, SET_DUMP);

	if (dump != NULL)
		text_copy(text, size, dump);
	else
		conf_redact_uri(uri != NULL ? uri : "", text, size);
}

/* Runs a job on a worker. One that is stuck in the network past its deadline
 * or a signal is left behind, as is one that died: the process ends here. */
static bool
run_job(struct job *job, int64_t deadline, struct edge_err *err)
{
	struct worker *worker = worker_start(do_job, job, err);
	bool ok, watching = conf_flag(job->conf, SET_WATCH);
	char source[512];
	int died_of;

	if (worker == NULL)
		return false;
	if (worker_wait(worker, job->stop, deadline, &ok, &died_of, err))
		return ok;
	if (watching && died_of == 0)
		_exit(0);
	name_source(job->conf, source, sizeof source);
	if (died_of != 0)
		err_set(err, EDGE_TEMPORARY, "%s: the driver died of signal %d "
		    "(%s), perhaps by an answer it does not take; the store is "
		    "whole, the next run goes on", source, died_of,
		    strsignal(died_of));
	else
		err_set(err, EDGE_TEMPORARY, "%s: does not answer; %s, the "
		    "next run goes on", source, *job->stop ? "stopped" :
		    "not done at the deadline");
	if (job->beats)
		beat_given_up(job->conf, err);
	log_error("%s", err->text);
	(void)fflush(stdout);
	_exit(err_exit_code(err->kind));
}

static bool
run_mongo(const struct conf *conf, const char *verb, const volatile int *stop,
    struct edge_err *err)
{
	struct progress progress;
	struct source_limits limits = { deadline_us(conf), stop, &progress };
	struct opened opened;
	bool ok;

	progress_start(&progress);
	if (!open_source(conf, NULL, &limits, &opened, err))
		return false;
	ok = run_and_print(conf, verb, opened.source, stop, err);
	close_source(&opened);
	return ok;
}

static bool
sync_once(const struct conf *conf, const volatile int *stop,
    struct edge_err *err)
{
	return run_mongo(conf, "sync", stop, err);
}

bool
command_sync(const struct conf *conf, const volatile int *stop,
    struct edge_err *err)
{
	bool watch = conf_flag(conf, SET_WATCH);
	struct job job = { conf, stop, watch ? command_watch : sync_once,
		true };

	if (conf_flag(conf, SET_ONCE) == watch)
		return err_set(err, EDGE_USAGE, "say how: edge sync --once or "
		    "edge sync --watch");
	if (watch && conf_flag(conf, SET_REBUILD))
		return err_set(err, EDGE_USAGE, "--rebuild goes with --once");
	return run_job(&job, watch ? 0 : deadline_us(conf), err);
}

static bool
retry_once(const struct conf *conf, const volatile int *stop,
    struct edge_err *err)
{
	return run_mongo(conf, "retry", stop, err);
}

bool
command_quarantine(const struct conf *conf, const volatile int *stop,
    struct edge_err *err)
{
	struct job job = { conf, stop, retry_once, true };
	const char *word = conf->arguments_length > 0 ? conf->arguments[0] :
	    "";

	if (strcmp(word, "list") == 0 && conf->arguments_length == 1)
		return command_quarantine_read(conf, err);
	if (strcmp(word, "show") == 0 && conf->arguments_length == 2)
		return command_quarantine_read(conf, err);
	if (strcmp(word, "retry") == 0 && conf->arguments_length == 1)
		return run_job(&job, deadline_us(conf), err);
	return err_set(err, EDGE_USAGE, "say what: edge quarantine list, "
	    "edge quarantine show ID, edge quarantine retry");
}

static bool
explain_once(const struct conf *conf, const volatile int *stop,
    struct edge_err *err)
{
	struct source_limits limits = { deadline_us(conf), stop, NULL };
	struct opened opened = { NULL, NULL };
	bool ok;

	if (conf_text(conf, SET_MONGODB_URI) != NULL &&
	    !open_source(conf, NULL, &limits, &opened, err))
		return false;
	ok = explain_mission(conf, opened.source, err);
	close_source(&opened);
	return ok;
}

bool
command_explain(const struct conf *conf, const volatile int *stop,
    struct edge_err *err)
{
	struct job job = { conf, stop, explain_once, false };

	return run_job(&job, deadline_us(conf), err);
}

bool
command_import(const struct conf *conf, const volatile int *stop,
    struct edge_err *err)
{
	struct progress progress;
	struct source_limits limits = { 0, stop, &progress };
	struct opened opened;
	bool ok;

	progress_start(&progress);
	if (conf->arguments_length != 1 ||
	    conf->arguments[0][0] == '\0')
		return err_set(err, EDGE_USAGE, "import takes one directory");
	if (!open_source(conf, conf->arguments[0], &limits, &opened, err))
		return false;
	ok = run_and_print(conf, "import", opened.source, stop, err);
	close_source(&opened);
	return ok;
}

/* Prints differences as they are found, or gathers them as JSON. */
struct printing {
	cJSON *differences, *notes; /* NULL: as text */
};

static void
on_report(void *context, bool is_note, const char *what, const char *which,
    const char *expected, const char *found)
{
	struct printing *at = context;
	cJSON *item;

	if (at->differences == NULL) {
		if (is_note)
			printf("note: %s %s: %s\n", what, which, found);
		else
			printf("%s %s: expected %s, found %s\n", what, which,
			    expected, found);
		return;
	}
	item = cJSON_CreateObject();
	cJSON_AddStringToObject(item, "what", what);
	cJSON_AddStringToObject(item, "which", which);
	if (!is_note)
		cJSON_AddStringToObject(item, "expected", expected);
	cJSON_AddStringToObject(item, "found", found);
	cJSON_AddItemToArray(is_note ? at->notes : at->differences, item);
}

/* A run reads what changed in the source; what is wrong in the store alone
 * only a new one mends. */
static void
print_way_out(bool dump)
{
	printf("to mend, with the settings of this verify: `edge %s` takes in "
	    "what the source changed,\n`edge %s --rebuild` mends what is "
	    "unequal then; `edge explain PLATFORM MISSION` follows one\n",
	    dump ? "import DIR" : "sync --once --deep-check 1s",
	    dump ? "import DIR" : "sync --once");
}

static void
print_verdict(const struct conf *conf, struct printing *printing,
    const char *source, int64_t differences)
{
	cJSON *object;

	if (printing->differences == NULL) {
		if (differences == 0)
			printf("equal: %s is what %s says\n",
			    conf_text(conf, SET_DB), source);
		else
			print_way_out(conf_text(conf, SET_DUMP) != NULL);
		return;
	}
	object = cJSON_CreateObject();
	cJSON_AddBoolToObject(object, "equal", differences == 0);
	cJSON_AddItemToObject(object, "differences", printing->differences);
	cJSON_AddItemToObject(object, "notes", printing->notes);
	inspect_print_json(object);
}

static bool
verify_once(const struct conf *conf, const volatile int *stop,
    struct edge_err *err)
{
	struct printing printing = { NULL, NULL };
	struct verify_options options = {
		.db_path = conf_text(conf, SET_DB),
		.grace_ms = conf_duration_ms(conf, SET_GRACE),
		.stop = stop, .report = on_report, .context = &printing,
	};
	struct progress progress;
	struct source_limits limits = { deadline_us(conf), stop, &progress };
	struct opened opened;
	int64_t differences;
	bool ok;

	progress_start(&progress);
	if (!open_source(conf, conf_text(conf, SET_DUMP), &limits, &opened,
	    err))
		return false;
	if (conf_flag(conf, SET_JSON)) {
		printing.differences = cJSON_CreateArray();
		printing.notes = cJSON_CreateArray();
	}
	ok = verify_run(&options, opened.source, &differences, err);
	if (ok) {
		print_verdict(conf, &printing, source_name(opened.source),
		    differences);
		if (differences > 0)
			ok = err_set(err, EDGE_FAILED, "%s: %" PRId64
			    " differences from %s", options.db_path,
			    differences, source_name(opened.source));
	} else {
		cJSON_Delete(printing.differences);
		cJSON_Delete(printing.notes);
	}
	close_source(&opened);
	return ok;
}

bool
command_verify(const struct conf *conf, const volatile int *stop,
    struct edge_err *err)
{
	struct job job = { conf, stop, verify_once, false };

	return run_job(&job, deadline_us(conf), err);
}

bool
command_demo(const struct conf *conf, const volatile int *stop,
    struct edge_err *err)
{
	struct demo_options options = {
		.missions = (int)conf_count(conf, SET_MISSIONS),
		.profiles = (int)conf_count(conf, SET_PROFILES),
		.seed = (uint64_t)conf_count(conf, SET_SEED),
		.now_ms = clock_now_ms(),
		.dirty = conf_flag(conf, SET_DIRTY),
		.gzip = conf_flag(conf, SET_GZIP),
		.old_schema = conf_flag(conf, SET_OLD_SCHEMA),
		.stop = stop,
	};

	if (conf->arguments_length != 1)
		return err_set(err, EDGE_USAGE, "demo takes one directory");
	if (conf_count(conf, SET_MISSIONS) < 1 ||
	    conf_count(conf, SET_MISSIONS) > 1000000 ||
	    conf_count(conf, SET_PROFILES) < 1 ||
	    conf_count(conf, SET_PROFILES) > 100000)
		return err_set(err, EDGE_USAGE, "from 1 to 1000000 missions "
		    "of 1 to 100000 profiles");
	options.dir = conf->arguments[0];
	if (!demo_write(&options, err))
		return false;
	printf("%s: %d missions of about %d profiles\n", options.dir,
	    options.missions, options.profiles);
	return true;
}

void
command_versions(char *text, size_t size)
{
	char driver[64];

	source_driver_version(driver, sizeof driver);
	(void)snprintf(text, size, "SQLite %s, %s", db_library_version(),
	    driver);
}
