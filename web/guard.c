#include "guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>

#define LOOK_EVERY_MS 250

/* A client far away needs one round trip to send its request; the slowest,
 * over a satellite, takes less than this. */
#define WAIT_MS 1500

/* Descriptors beyond this are not looked at: there are not that many. */
#define SOCKETS_MAX 2048

/* One end of a connection, in network byte order. */
struct peer {
	in_addr_t address;
	in_port_t port; /* 0: none */
};

/* A connection as the guard finds it. */
struct seen {
	int fd;
	struct peer peer;
	bool serving; /* its answer is being made */
	bool waits;   /* for its client, and for too long */
};

struct guard {
	struct guard_options options;
	int look_from;               /* connections open when looking begins */
	pthread_t thread;
	pthread_mutex_t lock;        /* for serving[] and stop */
	pthread_cond_t wake;
	bool stop;
	struct peer *serving;        /* options.threads of them */
	struct seen *seen;           /* the guard's thread only */
	atomic_int port, open, busy;
	atomic_llong opened, capped, dropped;
};

/* ---- what is open ---- */

static bool
is_serving(struct guard *guard, const struct peer *peer)
{
	int i;

	for (i = 0; i < guard->options.threads; i++)
		if (guard->serving[i].port == peer->port &&
		    guard->serving[i].address == peer->address)
			return true;
	return false;
}

/* Whether the descriptor is a connection to the port, and whose. */
static bool
read_peer(const struct guard *guard, int fd, struct peer *peer)
{
	struct sockaddr_in local, remote;
	socklen_t length = sizeof local;

	if (getsockname(fd, (struct sockaddr *)&local, &length) != 0 ||
	    local.sin_family != AF_INET || local.sin_port == 0 ||
	    ntohs(local.sin_port) != atomic_load(&guard->port))
		return false;
	length = sizeof remote;
	if (getpeername(fd, (struct sockaddr *)&remote, &length) != 0)
		return false;
	peer->address = remote.sin_addr.s_addr;
	peer->port = remote.sin_port;
	return peer->port != 0;
}

/* Nothing was sent for too long, and nothing has arrived that a thread could
 * take up: the client is waited for. */
static bool
waits_for_client(int fd)
{
	struct tcp_info info;
	socklen_t length = sizeof info;
	int pending = 0;

	memset(&info, 0, sizeof info);
	return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) == 0 &&
	    info.tcpi_last_data_sent > WAIT_MS &&
	    ioctl(fd, FIONREAD, &pending) == 0 && pending == 0;
}

static int
look(struct guard *guard)
{
	struct seen *s;
	int fd, n = 0;

	for (fd = 0; fd < SOCKETS_MAX; fd++) {
		s = &guard->seen[n];
		if (!read_peer(guard, fd, &s->peer))
			continue;
		s->fd = fd;
		(void)pthread_mutex_lock(&guard->lock);
		s->serving = is_serving(guard, &s->peer);
		(void)pthread_mutex_unlock(&guard->lock);
		s->waits = !s->serving && waits_for_client(fd);
		n++;
	}
	return n;
}

/* ---- what is shut down ---- */

/* The worker that reads the socket then finds its end. The descriptor may
 * belong to a new connection by now: a client that is cut off by that chance
 * connects again. */
static void
shut(struct seen *s)
{
	(void)shutdown(s->fd, SHUT_RDWR);
	s->fd = -1;
}

static void
drop_waiting(struct guard *guard, int n)
{
	int i;

	for (i = 0; i < n; i++)
		if (guard->seen[i].fd >= 0 && guard->seen[i].waits) {
			shut(&guard->seen[i]);
			atomic_fetch_add(&guard->dropped, 1);
		}
}

static int
by_address(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;

	if (x->peer.address != y->peer.address)
		return x->peer.address < y->peer.address ? -1 : 1;
	/* What is answered comes first, then what came first. */
	if (x->serving != y->serving)
		return x->serving ? -1 : 1;
	return x->fd - y->fd;
}

static bool
is_capped(const struct guard *guard, const struct peer *peer)
{
	return guard->options.cap_loopback ||
	    ntohl(peer->address) >> 24 != IN_LOOPBACKNET;
}

static void
cut_to_share(struct guard *guard, int n)
{
	int i, first = 0;

	qsort(guard->seen, (size_t)n, sizeof *guard->seen, by_address);
	for (i = 0; i < n; i++) {
		if (guard->seen[i].peer.address !=
		    guard->seen[first].peer.address)
			first = i;
		if (i - first < guard->options.per_address ||
		    !is_capped(guard, &guard->seen[i].peer))
			continue;
		shut(&guard->seen[i]);
		atomic_fetch_add(&guard->capped, 1);
	}
}

/* ---- the thread ---- */

static int
pressed_from(const struct guard *guard)
{
	return guard->options.threads * 3 / 4;
}

bool
guard_pressed(const struct guard *guard)
{
	return atomic_load(&guard->open) > pressed_from(guard);
}

/* Sleeps until it is time to look; false when it is time to end. */
static bool
wait_to_look(struct guard *guard)
{
	struct timespec until;
	bool go;

	(void)pthread_mutex_lock(&guard->lock);
	while (!guard->stop && atomic_load(&guard->open) < guard->look_from)
		(void)pthread_cond_wait(&guard->wake, &guard->lock);
	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += LOOK_EVERY_MS * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_nsec -= 1000000000L;
		until.tv_sec++;
	}
	while (!guard->stop && pthread_cond_timedwait(&guard->wake,
	    &guard->lock, &until) == 0)
		;
	go = !guard->stop;
	(void)pthread_mutex_unlock(&guard->lock);
	return go;
}

static void *
run(void *argument)
{
	struct guard *guard = argument;
	int n;

	while (wait_to_look(guard)) {
		n = look(guard);
		cut_to_share(guard, n);
		if (guard_pressed(guard))
			drop_waiting(guard, n);
	}
	return NULL;
}

/* ---- start, stop, and what the server tells ---- */

static bool
init_locks(struct guard *guard)
{
	pthread_condattr_t attr;
	bool ok;

	if (pthread_condattr_init(&attr) != 0)
		return false;
	ok = pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0 &&
	    pthread_cond_init(&guard->wake, &attr) == 0 &&
	    pthread_mutex_init(&guard->lock, NULL) == 0;
	(void)pthread_condattr_destroy(&attr);
	return ok;
}

static void
release(struct guard *guard)
{
	free(guard->serving);
	free(guard->seen);
	free(guard);
}

bool
guard_start(struct guard **out, const struct guard_options *options,
    struct edge_err *err)
{
	struct guard *guard = calloc(1, sizeof *guard);
	sigset_t all, before;
	bool ok;

	*out = NULL;
	if (guard == NULL)
		return err_set(err, EDGE_FAILED, "guard: out of memory");
	guard->options = *options;
	guard->serving = calloc((size_t)options->threads,
	    sizeof *guard->serving);
	guard->seen = calloc(SOCKETS_MAX, sizeof *guard->seen);
	guard->look_from = pressed_from(guard) < options->per_address ?
	    pressed_from(guard) : options->per_address;
	ok = guard->serving != NULL && guard->seen != NULL &&
	    init_locks(guard);
	/* Signals are for the main thread. */
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	ok = ok && pthread_create(&guard->thread, NULL, run, guard) == 0;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!ok) {
		release(guard);
		return err_set(err, EDGE_FAILED, "guard: cannot be started");
	}
	*out = guard;
	return true;
}

void
guard_stop(struct guard *guard)
{
	if (guard == NULL)
		return;
	(void)pthread_mutex_lock(&guard->lock);
	guard->stop = true;
	(void)pthread_cond_broadcast(&guard->wake);
	(void)pthread_mutex_unlock(&guard->lock);
	(void)pthread_join(guard->thread, NULL);
	(void)pthread_mutex_destroy(&guard->lock);
	(void)pthread_cond_destroy(&guard->wake);
	release(guard);
}

void
guard_watch(struct guard *guard, int port)
{
	atomic_store(&guard->port, port);
}

void
guard_opened(struct guard *guard)
{
	atomic_fetch_add(&guard->opened, 1);
	if (atomic_fetch_add(&guard->open, 1) + 1 != guard->look_from)
		return;
	(void)pthread_mutex_lock(&guard->lock);
	(void)pthread_cond_signal(&guard->wake);
	(void)pthread_mutex_unlock(&guard->lock);
}

void
guard_closed(struct guard *guard)
{
	atomic_fetch_sub(&guard->open, 1);
}

int
guard_serving(struct guard *guard, const char *address, int port)
{
	struct peer peer = { .port = htons((uint16_t)port) };
	struct in_addr binary;
	int i, slot = -1;

	atomic_fetch_add(&guard->busy, 1);
	if (inet_pton(AF_INET, address, &binary) != 1)
		return -1;
	peer.address = binary.s_addr;
	(void)pthread_mutex_lock(&guard->lock);
	for (i = 0; i < guard->options.threads && slot < 0; i++)
		if (guard->serving[i].port == 0)
			slot = i;
	if (slot >= 0)
		guard->serving[slot] = peer;
	(void)pthread_mutex_unlock(&guard->lock);
	return slot;
}

void
guard_served(struct guard *guard, int slot)
{
	atomic_fetch_sub(&guard->busy, 1);
	if (slot < 0)
		return;
	(void)pthread_mutex_lock(&guard->lock);
	guard->serving[slot].port = 0;
	(void)pthread_mutex_unlock(&guard->lock);
}

struct guard_counts
guard_counts(const struct guard *guard)
{
	struct guard_counts counts = {
		.opened = atomic_load(&guard->opened),
		.capped = atomic_load(&guard->capped),
		.dropped = atomic_load(&guard->dropped),
		.open = atomic_load(&guard->open),
		.serving = atomic_load(&guard->busy),
	};

	return counts;
}
