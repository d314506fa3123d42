#include "keeper.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../schema/beat.h"
#include "../schema/clock.h"
#include "../schema/log.h"

#define STEP_MS 200
#define STOPPING_STEP_MS 10
#define PAUSE_FIRST_MS 1000
#define PAUSE_LAST_MS 60000
#define STEADY_US INT64_C(60000000) /* work for so long is no failure in a row */

struct keeper_result {
	bool ok;
	struct edge_err err;
};

struct work {
	worker_fn *fn;
	void *context;
	const char *db_path;
	const volatile int *stop;
	int result;
};

/* The kernel ends this process when the one that forked it ends. */
static void
bind_to(pid_t parent)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
}

static void
wait_step(int ms)
{
	struct timespec step = { ms / 1000, (long)(ms % 1000) * 1000000 };

	(void)nanosleep(&step, NULL);
}

static _Noreturn void
do_work(const struct work *work)
{
	struct keeper_result result = { 0 };

	result.ok = work->fn(work->context, &result.err);
	/* One write of less than PIPE_BUF bytes is whole. */
	if (write(work->result, &result, sizeof result) !=
	    (ssize_t)sizeof result)
		log_error("%s", result.err.text);
	_exit(0);
}

/* Waits for the end of the work; passes a stop on. */
static int
wait_for_work(const struct work *work, pid_t pid)
{
	int64_t asked_us = 0;
	int status = 0;

	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (*work->stop && asked_us == 0) {
			asked_us = clock_monotonic_us();
			(void)kill(pid, SIGTERM);
		}
		if (asked_us != 0 && clock_monotonic_us() - asked_us >
		    INT64_C(1000) * WORKER_STOP_MS)
			(void)kill(pid, SIGKILL);
		wait_step(*work->stop ? STOPPING_STEP_MS : STEP_MS);
	}
	return status;
}

static void
tell_end(const struct work *work, int number, int pause_ms)
{
	struct edge_err why = { 0 }, err = { 0 };
	struct beat beat;

	err_set(&why, EDGE_TEMPORARY, "following the source was ended by "
	    "signal %d (%s), perhaps by an answer that the driver does not "
	    "take; the store is whole, it begins again in %d s", number,
	    strsignal(number), pause_ms / 1000);
	log_error("%s", why.text);
	beat_read(work->db_path, &beat);
	beat_record(&beat, clock_now_ms(), &why);
	if (!beat_write(work->db_path, &beat, &err))
		log_warn("status file: %s", err.text);
}

/* The process that watches: until the work ends other than by a signal. */
static _Noreturn void
keep(const struct work *work, int go)
{
	int pause_ms = PAUSE_FIRST_MS, status, waited;
	pid_t self = getpid(), pid;
	int64_t start_us;
	char byte;

	/* Whoever ignores it, and has us inherit that, would hide the end. */
	(void)signal(SIGCHLD, SIG_DFL);
	if (read(go, &byte, 1) != 1)
		_exit(0);
	while (!*work->stop) {
		start_us = clock_monotonic_us();
		pid = fork();
		if (pid == 0) {
			bind_to(self);
			do_work(work);
		}
		if (pid < 0)
			_exit(0);
		status = wait_for_work(work, pid);
		if (!WIFSIGNALED(status) || *work->stop)
			_exit(0);
		if (clock_monotonic_us() - start_us > STEADY_US)
			pause_ms = PAUSE_FIRST_MS;
		tell_end(work, WTERMSIG(status), pause_ms);
		for (waited = 0; waited < pause_ms && !*work->stop;
		    waited += STEP_MS)
			wait_step(STEP_MS);
		pause_ms = pause_ms * 2 < PAUSE_LAST_MS ? pause_ms * 2 :
		    PAUSE_LAST_MS;
	}
	_exit(0);
}

bool
keeper_start(struct keeper *keeper, worker_fn *fn, void *context,
    const char *db_path, const volatile int *stop, struct edge_err *err)
{
	struct work work = { fn, context, db_path, stop, -1 };
	int go[2] = { -1, -1 }, result[2] = { -1, -1 };
	pid_t self = getpid();

	memset(keeper, 0, sizeof *keeper);
	if (pipe(go) != 0 || pipe(result) != 0 || (keeper->pid = fork()) < 0) {
		err_set(err, EDGE_IO, "no process to follow the source: %s",
		    strerror(errno));
		(void)close(go[0]);
		(void)close(go[1]);
		(void)close(result[0]);
		(void)close(result[1]);
		keeper->pid = 0;
		return false;
	}
	if (keeper->pid == 0) {
		bind_to(self);
		(void)close(go[1]);
		(void)close(result[0]);
		work.result = result[1];
		keep(&work, go[0]);
	}
	(void)close(go[0]);
	(void)close(result[1]);
	keeper->go = go[1];
	keeper->result = result[0];
	return true;
}

void
keeper_go(struct keeper *keeper)
{
	/* A process that is gone is met by keeper_done. */
	if (write(keeper->go, "", 1) != 1)
		log_warn("the process that follows the source is gone");
}

/* Waits for the result. True: the work has ended; *told is false when it left
 * none. */
static bool
take_result(struct keeper *keeper, int wait_ms, bool *told, bool *ok,
    struct edge_err *err)
{
	struct pollfd end = { .fd = keeper->result, .events = POLLIN };
	struct keeper_result result;

	if (poll(&end, 1, wait_ms) <= 0)
		return false;
	*told = read(keeper->result, &result, sizeof result) ==
	    (ssize_t)sizeof result;
	if (*told) {
		*ok = result.ok;
		if (!*ok)
			*err = result.err;
	}
	return true;
}

bool
keeper_done(struct keeper *keeper, int wait_ms, bool *ok, struct edge_err *err)
{
	bool told;

	if (!take_result(keeper, wait_ms, &told, ok, err))
		return false;
	if (!told)
		*ok = err_set(err, EDGE_FAILED, "the process that follows the "
		    "source was ended from outside");
	return true;
}

void
keeper_ask(struct keeper *keeper)
{
	(void)kill(keeper->pid, SIGTERM);
}

void
keeper_stop(struct keeper *keeper, bool *ok, struct edge_err *err)
{
	bool told = false;

	(void)close(keeper->go);
	if (!take_result(keeper, 2 * WORKER_STOP_MS, &told, ok, err))
		(void)kill(keeper->pid, SIGKILL);
	if (!told)
		*ok = true;
	(void)close(keeper->result);
}
