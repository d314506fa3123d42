/* worker.h: work that may be stuck in the network, on a thread of its own, so
 * that a signal or a deadline is obeyed whatever it waits for. */
#ifndef EDGE_WORKER_H
#define EDGE_WORKER_H

#include <stdint.h>

#include "../schema/err.h"

struct worker;

typedef bool worker_fn(void *context, struct edge_err *err);

/* How long work may go on after it was asked to stop. Killing it then is safe:
 * the store is whole at every instant. */
#define WORKER_STOP_MS 1500

/* Starts `fn(context)` on a thread with all signals blocked. `context` is
 * borrowed until worker_wait has returned true. NULL with EDGE_IO. */
struct worker *worker_start(worker_fn *fn, void *context,
    struct edge_err *err) MUST_CHECK;

/* True once it has ended. */
bool worker_done(struct worker *worker);

/* Waits for its end: without limit until *stop is set or `deadline_us`
 * (monotonic, 0 none) has passed, then WORKER_STOP_MS more. True: it ended,
 * *ok and err are its result and it is freed. False: it is stuck and still
 * uses its context; the caller says so and ends the process by _exit. */
bool worker_wait(struct worker *worker, const volatile int *stop,
    int64_t deadline_us, bool *ok, struct edge_err *err);

#endif
