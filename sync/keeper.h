/* keeper.h: work in a process of its own. What a hostile answer makes of the
 * driver ends that process and no other; it is started again. Two processes
 * are forked: one that watches and has no threads, so that it may fork, and
 * the one that works. Both end with the process that started them, however
 * that ends. */
#ifndef EDGE_KEEPER_H
#define EDGE_KEEPER_H

#include <stdbool.h>
#include <sys/types.h>

#include "worker.h"

struct keeper {
	pid_t pid;  /* of the process that watches; 0: none */
	int go;     /* pipe: a byte lets the work begin */
	int result; /* pipe: struct keeper_result, or its end */
};

/* Forks; to be called before this process has threads. The work waits for
 * keeper_go. `stop` is the flag that the handlers of SIGTERM set, in each of
 * the processes its own; `db_path` names the store whose status file says how
 * the work ended when a signal ended it. EDGE_IO when it cannot. */
bool keeper_start(struct keeper *keeper, worker_fn *fn, void *context,
    const char *db_path, const volatile int *stop, struct edge_err *err)
    MUST_CHECK;

void keeper_go(struct keeper *keeper);

/* Whether the work has ended by itself, after waiting for `wait_ms` at most:
 * true with its result in *ok and err. */
bool keeper_done(struct keeper *keeper, int wait_ms, bool *ok,
    struct edge_err *err);

/* Asks the work to end. */
void keeper_ask(struct keeper *keeper);

/* After keeper_ask: waits for the end, which comes by SIGKILL when the work is
 * stuck for WORKER_STOP_MS: the store is whole at every instant. Gives its
 * result; none is well, too. */
void keeper_stop(struct keeper *keeper, bool *ok, struct edge_err *err);

#endif
