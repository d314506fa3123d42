#include "worker.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../schema/clock.h"

struct worker {
	pthread_t thread;
	worker_fn *fn;
	void *context;
	struct edge_err err;
	bool ok;
	atomic_bool done;
};

static void *
work(void *argument)
{
	struct worker *worker = argument;

	worker->ok = worker->fn(worker->context, &worker->err);
	atomic_store(&worker->done, true);
	return NULL;
}

struct worker *
worker_start(worker_fn *fn, void *context, struct edge_err *err)
{
	struct worker *worker = calloc(1, sizeof *worker);
	sigset_t all, before;
	int code;

	if (worker == NULL) {
		err_set(err, EDGE_IO, "out of memory");
		return NULL;
	}
	worker->fn = fn;
	worker->context = context;
	/* Signals belong to the main thread. */
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	code = pthread_create(&worker->thread, NULL, work, worker);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (code != 0) {
		err_set(err, EDGE_IO, "no thread: %s", strerror(code));
		free(worker);
		return NULL;
	}
	return worker;
}

bool
worker_done(struct worker *worker)
{
	return atomic_load(&worker->done);
}

bool
worker_wait(struct worker *worker, const volatile int *stop,
    int64_t deadline_us, bool *ok, struct edge_err *err)
{
	struct timespec step = { 0, 2000000 };
	int64_t now, end_us = 0;

	while (!worker_done(worker)) {
		now = clock_monotonic_us();
		if (end_us == 0 && ((stop != NULL && *stop) ||
		    (deadline_us != 0 && now > deadline_us)))
			end_us = now + INT64_C(1000) * WORKER_STOP_MS;
		if (end_us != 0 && now > end_us)
			return false;
		(void)nanosleep(&step, NULL);
		if (step.tv_nsec < 20000000)
			step.tv_nsec += 1000000;
	}
	(void)pthread_join(worker->thread, NULL);
	*ok = worker->ok;
	if (!*ok)
		*err = worker->err;
	free(worker);
	return true;
}
