#include "worker.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../schema/clock.h"

/* Should the dead thread hold a lock that the last words need, the process
 * ends after so many seconds without them. */
#define LAST_WORDS_S 3

struct worker {
	pthread_t thread;
	worker_fn *fn;
	void *context;
	struct edge_err err;
	bool ok;
	atomic_bool done;
};

/* Set by a signal: the number of the one that would have ended the process. */
static volatile sig_atomic_t died;

/* The dead thread stays where it is, the one that waits speaks. That one is
 * the main thread; a fault of its own ends the process as it would anyway. */
static void
on_death(int number)
{
	if (gettid() == getpid()) {
		(void)signal(number, SIG_DFL);
		(void)raise(number);
		return;
	}
	died = number;
	(void)alarm(LAST_WORDS_S);
	for (;;)
		(void)pause();
}

/* A fault that is blocked would end the process at once: it is taken out of
 * those that a thread is not to get. */
static void
outlive_the_thread(sigset_t *blocked)
{
	static const int deaths[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE,
		SIGILL };
	struct sigaction action = { .sa_handler = on_death };
	size_t i;

	(void)signal(SIGALRM, SIG_DFL);
	for (i = 0; i < sizeof deaths / sizeof deaths[0]; i++)
		(void)sigdelset(blocked, deaths[i]);
#ifndef __SANITIZE_ADDRESS__
	for (i = 0; i < sizeof deaths / sizeof deaths[0]; i++)
		(void)sigaction(deaths[i], &action, NULL);
#else
	(void)action; /* it has its own word for them */
#endif
}

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
	sigset_t blocked, before;
	int code;

	if (worker == NULL) {
		err_set(err, EDGE_IO, "out of memory");
		return NULL;
	}
	worker->fn = fn;
	worker->context = context;
	/* Signals belong to the main thread. */
	(void)sigfillset(&blocked);
	outlive_the_thread(&blocked);
	(void)pthread_sigmask(SIG_SETMASK, &blocked, &before);
	code = pthread_create(&worker->thread, NULL, work, worker);
	(void)sigdelset(&before, SIGALRM);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (code != 0) {
		err_set(err, EDGE_IO, "no thread: %s", strerror(code));
		free(worker);
		return NULL;
	}
	return worker;
}

bool
worker_wait(struct worker *worker, const volatile int *stop,
    int64_t deadline_us, bool *ok, int *died_of, struct edge_err *err)
{
	struct timespec step = { 0, 2000000 };
	int64_t now, end_us = 0;

	while (!atomic_load(&worker->done)) {
		*died_of = died;
		if (died != 0)
			return false;
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
