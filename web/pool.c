#include "pool.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct pool {
	struct site *site;
	pthread_mutex_t lock;
	pthread_cond_t given;
	int *free_slots;       /* a stack: the last used is the next taken, so
	                          that few are open when few are needed */
	int free_length;
	struct db **readers;   /* by slot; NULL: not open */
	int length;
};

static bool
init_locks(struct pool *pool)
{
	pthread_condattr_t attr;
	bool ok;

	if (pthread_condattr_init(&attr) != 0)
		return false;
	ok = pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0 &&
	    pthread_cond_init(&pool->given, &attr) == 0 &&
	    pthread_mutex_init(&pool->lock, NULL) == 0;
	(void)pthread_condattr_destroy(&attr);
	return ok;
}

struct pool *
pool_new(struct site *site, int readers)
{
	struct pool *pool = calloc(1, sizeof *pool);
	int i;

	if (pool == NULL)
		return NULL;
	pool->site = site;
	pool->length = readers;
	pool->free_slots = calloc((size_t)readers, sizeof *pool->free_slots);
	pool->readers = calloc((size_t)readers, sizeof *pool->readers);
	if (pool->free_slots == NULL || pool->readers == NULL ||
	    !init_locks(pool)) {
		free(pool->free_slots);
		free(pool->readers);
		free(pool);
		return NULL;
	}
	for (i = readers - 1; i >= 0; i--)
		pool->free_slots[pool->free_length++] = i;
	return pool;
}

void
pool_free(struct pool *pool)
{
	int i;

	if (pool == NULL)
		return;
	for (i = 0; i < pool->length; i++)
		db_close(pool->readers[i]);
	(void)pthread_mutex_destroy(&pool->lock);
	(void)pthread_cond_destroy(&pool->given);
	free(pool->free_slots);
	free(pool->readers);
	free(pool);
}

struct db *
pool_take(struct pool *pool, int *slot, struct edge_err *err)
{
	struct timespec until;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += POOL_WAIT_MS / 1000;
	*slot = -1;
	(void)pthread_mutex_lock(&pool->lock);
	while (pool->free_length == 0 && pthread_cond_timedwait(&pool->given,
	    &pool->lock, &until) == 0)
		;
	if (pool->free_length > 0)
		*slot = pool->free_slots[--pool->free_length];
	(void)pthread_mutex_unlock(&pool->lock);
	if (*slot < 0) {
		err_set(err, EDGE_TEMPORARY, "all %d connections to the store "
		    "are busy", pool->length);
		return NULL;
	}
	/* The slot is this thread's alone until it is given back. */
	pool->readers[*slot] = site_reader(pool->site, pool->readers[*slot],
	    err);
	return pool->readers[*slot];
}

void
pool_give(struct pool *pool, int slot)
{
	if (slot < 0)
		return;
	(void)pthread_mutex_lock(&pool->lock);
	pool->free_slots[pool->free_length++] = slot;
	(void)pthread_cond_signal(&pool->given);
	(void)pthread_mutex_unlock(&pool->lock);
}
