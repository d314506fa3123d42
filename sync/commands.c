#include "commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "../schema/beat.h"
#include "../schema/clock.h"
#include "../schema/db.h"
#include "../schema/log.h"
#include "demo.h"
#include "source.h"
#include "sync.h"
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

static struct sync_options
sync_options_of(const struct conf *conf, const char *verb,
    const volatile int *stop)
{
	struct sync_options options = {
		.db_path = conf_text(conf, SET_DB),
		.verb = verb,
		.grace_ms = conf_duration_ms(conf, SET_GRACE),
		.deep_ms = conf_duration_ms(conf, SET_DEEP_CHECK),
		.allow_mass_delete = conf_flag(conf, SET_ALLOW_MASS_DELETE),
		.stop = stop,
	};

	return options;
}

static struct source *
open_mongo(const struct conf *conf, const volatile int *stop,
    struct edge_err *err)
{
	struct source_limits limits = { deadline_us(conf), stop };
	const char *uri = conf_text(conf, SET_MONGODB_URI);

	if (uri == NULL) {
		(void)no_uri(err);
		return NULL;
	}
	return source_open_mongo(uri, &limits, err);
}

static bool
run_and_print(const struct conf *conf, const char *verb,
    struct source *source, const volatile int *stop, struct edge_err *err)
{
	struct sync_options options = sync_options_of(conf, verb, stop);
	int64_t start = clock_monotonic_us();
	struct sync_report report;

	if (!sync_run(&options, source, &report, err))
		return false;
	printf("%" PRId64 " missions: %" PRId64 " new, %" PRId64 " changed, %"
	    PRId64 " removed, %" PRId64 " track points written; ",
	    report.missions, report.fresh, report.changed, report.removed,
	    report.profiles);
	if (report.kept > 0)
		printf("%" PRId64 " vanished and kept for now; ", report.kept);
	if (report.postponed > 0)
		printf("%" PRId64 " being written by the source, left for the "
		    "next run; ", report.postponed);
	if (report.quarantined > 0)
		printf("%" PRId64 " documents in quarantine; ",
		    report.quarantined);
	printf("generation %" PRId64 "; %.1f s\n", report.generation,
	    (double)(clock_monotonic_us() - start) / 1e6);
	if (conf_flag(conf, SET_STRICT) && report.quarantined > 0)
		return err_set(err, EDGE_BAD_DATA, "%" PRId64 " documents are "
		    "in quarantine", report.quarantined);
	return true;
}

bool
command_watch(const struct conf *conf, const volatile int *stop,
    struct edge_err *err)
{
	struct watch_options options = {
		.sync = sync_options_of(conf, "sync", stop),
		.uri = conf_text(conf, SET_MONGODB_URI),
		.interval_ms = conf_duration_ms(conf, SET_INTERVAL),
	};

	if (options.uri == NULL)
		return no_uri(err);
	return watch_run(&options, err);
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
	beat.attempt_ms = clock_now_ms();
	if (beat.failing_ms == 0)
		beat.failing_ms = beat.attempt_ms;
	beat.exit_code = err_exit_code(err->kind);
	(void)snprintf(beat.error, sizeof beat.error, "%.250s", err->text);
	(void)!beat_write(path, &beat, &ignored);
}

/* Runs a job on a worker. One that is stuck in the network past its deadline
 * or a signal is left behind: the process ends here. */
static bool
run_job(struct job *job, int64_t deadline, struct edge_err *err)
{
	struct worker *worker = worker_start(do_job, job, err);
	bool ok, watching = conf_flag(job->conf, SET_WATCH);

	if (worker == NULL)
		return false;
	if (worker_wait(worker, job->stop, deadline, &ok, err))
		return ok;
	if (watching)
		_exit(0);
	err_set(err, EDGE_TEMPORARY, "%s; the source does not answer, the "
	    "next run goes on", *job->stop ? "stopped" :
	    "not done at the deadline");
	if (job->beats)
		beat_given_up(job->conf, err);
	log_error("%s", err->text);
	(void)fflush(stdout);
	_exit(err_exit_code(err->kind));
}

static bool
sync_once(const struct conf *conf, const volatile int *stop,
    struct edge_err *err)
{
	struct source *source = open_mongo(conf, stop, err);
	bool ok;

	if (source == NULL)
		return false;
	ok = run_and_print(conf, "sync", source, stop, err);
	source_close(source);
	return ok;
}

bool
command_sync(const struct conf *conf, const volatile int *stop,
    struct edge_err *err)
{
	bool watch = conf_flag(conf, SET_WATCH);
	struct job job = { conf, stop, watch ? command_watch : sync_once,
		!watch };

	if (conf_flag(conf, SET_ONCE) == watch)
		return err_set(err, EDGE_USAGE, "say how: edge sync --once or "
		    "edge sync --watch");
	if (conf->arguments_length > 0)
		return err_set(err, EDGE_USAGE, "sync takes no words: %.80s",
		    conf->arguments[0]);
	return run_job(&job, watch ? 0 : deadline_us(conf), err);
}

bool
command_import(const struct conf *conf, const volatile int *stop,
    struct edge_err *err)
{
	struct source_limits limits = { 0, stop };
	struct source *source;
	bool ok;

	if (conf->arguments_length != 1)
		return err_set(err, EDGE_USAGE, "import takes one directory");
	source = source_open_dump(conf->arguments[0], &limits, err);
	if (source == NULL)
		return false;
	ok = run_and_print(conf, "import", source, stop, err);
	source_close(source);
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

static void
print_json(cJSON *object)
{
	char *text = cJSON_Print(object);

	if (text != NULL)
		puts(text);
	cJSON_free(text);
	cJSON_Delete(object);
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
		return;
	}
	object = cJSON_CreateObject();
	cJSON_AddBoolToObject(object, "equal", differences == 0);
	cJSON_AddItemToObject(object, "differences", printing->differences);
	cJSON_AddItemToObject(object, "notes", printing->notes);
	print_json(object);
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
	struct source_limits limits = { 0, stop };
	const char *dump = conf_text(conf, SET_DUMP);
	struct source *source;
	int64_t differences;
	bool ok;

	limits.deadline_us = deadline_us(conf);
	source = dump != NULL ? source_open_dump(dump, &limits, err) :
	    open_mongo(conf, stop, err);
	if (source == NULL)
		return false;
	if (conf_flag(conf, SET_JSON)) {
		printing.differences = cJSON_CreateArray();
		printing.notes = cJSON_CreateArray();
	}
	ok = verify_run(&options, source, &differences, err);
	if (ok) {
		print_verdict(conf, &printing, source_name(source),
		    differences);
		if (differences > 0)
			ok = err_set(err, EDGE_FAILED, "%s: %" PRId64
			    " differences from %s", options.db_path,
			    differences, source_name(source));
	} else {
		cJSON_Delete(printing.differences);
		cJSON_Delete(printing.notes);
	}
	source_close(source);
	return ok;
}

bool
command_verify(const struct conf *conf, const volatile int *stop,
    struct edge_err *err)
{
	struct job job = { conf, stop, verify_once, false };

	if (conf->arguments_length > 0)
		return err_set(err, EDGE_USAGE, "verify takes no words: %.80s",
		    conf->arguments[0]);
	return run_job(&job, deadline_us(conf), err);
}

static void
add_time(cJSON *object, const char *name, int64_t ms)
{
	char text[CLOCK_TEXT_BYTES];

	clock_format(ms, text);
	if (ms == 0)
		cJSON_AddNullToObject(object, name);
	else
		cJSON_AddStringToObject(object, name, text);
}

static void
print_status(const cJSON *status)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, status) {
		if (cJSON_IsString(item))
			printf("%-14s %s\n", item->string, item->valuestring);
		else if (cJSON_IsNumber(item))
			printf("%-14s %.0f\n", item->string,
			    item->valuedouble);
		else
			printf("%-14s –\n", item->string);
	}
}

bool
command_status(const struct conf *conf, const volatile int *stop,
    struct edge_err *err)
{
	const char *path = conf_text(conf, SET_DB);
	struct db *db = db_open(path, DB_TOOL, 0, err);
	struct edge_err failed = { 0 };
	struct beat beat;
	struct stmt *s;
	struct stat st;
	cJSON *status;

	(void)stop;
	if (db == NULL)
		return false;
	s = db_stmt(db, Q_STATE_READ);
	if (!stmt_row(s, &failed)) {
		db_close(db);
		*err = failed;
		return false;
	}
	beat_read(path, &beat);
	status = cJSON_CreateObject();
	cJSON_AddStringToObject(status, "store", path);
	cJSON_AddStringToObject(status, "source", stmt_get_text(s, 2));
	cJSON_AddStringToObject(status, "mode", beat.mode);
	cJSON_AddNumberToObject(status, "generation",
	    (double)stmt_get_int(s, 0));
	add_time(status, "changed", stmt_get_int(s, 1));
	cJSON_AddNumberToObject(status, "missions",
	    (double)stmt_get_int(s, 4));
	cJSON_AddNumberToObject(status, "quarantined",
	    (double)stmt_get_int(s, 5));
	cJSON_AddNumberToObject(status, "vanished",
	    (double)stmt_get_int(s, 6));
	add_time(status, "last_success", beat.success_ms);
	add_time(status, "last_attempt", beat.attempt_ms);
	add_time(status, "failing_since", beat.failing_ms);
	cJSON_AddStringToObject(status, "error", beat.error);
	cJSON_AddNumberToObject(status, "resyncs", (double)beat.resyncs);
	add_time(status, "last_resync", beat.resync_ms);
	cJSON_AddStringToObject(status, "resync_reason", beat.resync_reason);
	cJSON_AddNumberToObject(status, "bytes", stat(path, &st) == 0 ?
	    (double)st.st_size : 0);
	stmt_reset(s);
	db_close(db);
	if (conf_flag(conf, SET_JSON)) {
		print_json(status);
	} else {
		print_status(status);
		cJSON_Delete(status);
	}
	return true;
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
	};

	(void)stop;
	if (conf->arguments_length != 1)
		return err_set(err, EDGE_USAGE, "demo takes one directory");
	if (conf_count(conf, SET_MISSIONS) > 1000000 ||
	    conf_count(conf, SET_PROFILES) > 100000)
		return err_set(err, EDGE_USAGE, "at most 1000000 missions of "
		    "100000 profiles");
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
