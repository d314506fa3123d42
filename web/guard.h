/* guard.h: keeps idle and slow clients from taking every thread.
 *
 * A connection holds a thread from its first byte to its end. While few are
 * open nothing happens. When more are open than one address may have, or than
 * three quarters of the threads, a thread of the guard looks at the sockets of
 * the port a few times a second and shuts down
 *   - what one client address has beyond its share,
 *   - and, when threads are short, connections that wait for their client:
 *     idle ones and those whose request has not arrived whole.
 * A connection whose answer is being made or sent is never shut down for being
 * slow: writing has its own limit. Linux only (TCP_INFO). Thread: any. */
#ifndef EDGE_GUARD_H
#define EDGE_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#include "../schema/err.h"

struct guard;

struct guard_options {
	int threads;       /* connections that can be served at once */
	int per_address;   /* most connections of one client address */
	bool cap_loopback; /* whether this holds for 127.0.0.0/8 too */
};

bool guard_start(struct guard **guard, const struct guard_options *options,
    struct edge_err *err) MUST_CHECK;
void guard_stop(struct guard *guard); /* NULL is fine */

/* The local port of the connections to look at; before this call it looks at
 * none. */
void guard_watch(struct guard *guard, int port);

/* A thread has taken a connection, and is done with it. */
void guard_opened(struct guard *guard);
void guard_closed(struct guard *guard);

/* A whole request of a client has arrived, its answer has been written. The
 * slot of the one is given to the other. */
int guard_serving(struct guard *guard, const char *address, int port);
void guard_served(struct guard *guard, int slot);

/* Whether threads are short: connections should not be kept open then. */
bool guard_pressed(const struct guard *guard);

struct guard_counts {
	int64_t opened, capped, dropped; /* since the start */
	int open, serving;               /* now */
};
struct guard_counts guard_counts(const struct guard *guard);

#endif
