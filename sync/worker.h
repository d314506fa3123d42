/* worker.h: work that may be stuck in the network, on a thread of its own, so
 * that a signal or a deadline is obeyed whatever it waits for, and so that an
 * answer that the driver dies of ends with a word and an exit code. */
#ifndef EDGE_WORKER_H
#define EDGE_WORKER_H

#include <stdint.h>

#include "../schema/err.h"

struct worker;

typedef bool worker_fn(void *context, struct edge_err *err);

/* How long work may go on after it was asked to stop. Killing it then is safe:
 * the store is whole at every instant. */
#define WORKER_STOP_MS 1500

/* Starts `fn(context)` on a thread that gets no signals. `context` is
 * borrowed until worker_wait has returned true. NULL with EDGE_IO. Called by
 * the main thread. From now on a fault or an abort of any other one is met by
 * worker_wait, for the rest of the process; not under AddressSanitizer, which
 * has its own word for it. */
struct worker *worker_start(worker_fn *fn, void *context,
    struct edge_err *err) MUST_CHECK;

/* Waits for its end: without limit until *stop is set or `deadline_us`
 * (monotonic, 0 none) has passed, then WORKER_STOP_MS more. True: it ended,
 * *ok and err are its result and it is freed. False: it is stuck and still
 * uses its context, or *died_of is the number of the signal that it died of; the
 * caller says so and ends the process by _exit. */
bool worker_wait(struct worker *worker, const volatile int *stop,
    int64_t deadline_us, bool *ok, int *died_of, struct edge_err *err);

#endif
