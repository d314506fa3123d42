#include "cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BUCKETS 1024 /* a power of two */

/* What an entry weighs: its body, its compressed forms, which together are
 * smaller than that for any text, and its own size. */
#define ENTRY_COST(body) (2 * (body) + 512)

/* One answer may take this part of the cache. */
#define LARGEST_PART 8

/* How long a reader may still be on the store that was swapped out. */
#define SWAP_MS 10000

struct entry {
	char *key;
	uint32_t hash;
	struct cached *cached;
	int64_t expires_ms;
	size_t cost;
	struct entry *next_in_bucket;
	struct entry *newer, *older;  /* by last use */
};

/* An answer that is being made; visitors who want the same wait for it. */
struct cache_ticket {
	char *key;
	struct cache_version version;
	pthread_cond_t ready;
	bool done;
	struct cached *result; /* NULL when nothing came of it */
	size_t holders;        /* the maker and those who wait */
	struct cache_ticket *next;
};

struct cache {
	pthread_mutex_t lock;
	size_t max_bytes;
	struct entry *buckets[BUCKETS];
	struct entry *newest, *oldest;
	struct cache_ticket *tickets;
	struct cache_version version;  /* the newest seen; store "" at first */
	char replaced[CACHE_STORE_BYTES]; /* the store before it … */
	int64_t replaced_ms;              /* … and when it was left */
	struct cache_stats stats;
};

struct cache *
cache_new(size_t max_bytes)
{
	struct cache *cache = calloc(1, sizeof *cache);

	if (cache == NULL || pthread_mutex_init(&cache->lock, NULL) != 0) {
		free(cache);
		return NULL;
	}
	cache->max_bytes = max_bytes;
	return cache;
}

/* ---- entries ---- */

static uint32_t
hash_of(const char *key)
{
	uint32_t hash = 2166136261u; /* FNV-1a */

	for (; *key != '\0'; key++)
		hash = (hash ^ (unsigned char)*key) * 16777619u;
	return hash;
}

static struct entry *
find_entry(struct cache *cache, const char *key, uint32_t hash)
{
	struct entry *e = cache->buckets[hash % BUCKETS];

	while (e != NULL && (e->hash != hash || strcmp(e->key, key) != 0))
		e = e->next_in_bucket;
	return e;
}

static void
unlink_use(struct cache *cache, struct entry *e)
{
	if (e->newer != NULL)
		e->newer->older = e->older;
	else
		cache->newest = e->older;
	if (e->older != NULL)
		e->older->newer = e->newer;
	else
		cache->oldest = e->newer;
	e->newer = e->older = NULL;
}

static void
link_newest(struct cache *cache, struct entry *e)
{
	e->older = cache->newest;
	if (cache->newest != NULL)
		cache->newest->newer = e;
	else
		cache->oldest = e;
	cache->newest = e;
}

static void
remove_entry(struct cache *cache, struct entry *e)
{
	struct entry **at = &cache->buckets[e->hash % BUCKETS];

	while (*at != e)
		at = &(*at)->next_in_bucket;
	*at = e->next_in_bucket;
	unlink_use(cache, e);
	cache->stats.bytes -= e->cost;
	cache->stats.entries--;
	cached_release(e->cached);
	free(e->key);
	free(e);
}

static void
remove_all(struct cache *cache)
{
	while (cache->oldest != NULL)
		remove_entry(cache, cache->oldest);
}

static void
insert(struct cache *cache, const char *key, struct cached *cached,
    int64_t expires_ms)
{
	size_t cost = ENTRY_COST(cached_length(cached) + strlen(key));
	uint32_t hash = hash_of(key);
	struct entry *e = find_entry(cache, key, hash);

	if (e != NULL)
		remove_entry(cache, e);
	if (cost > cache->max_bytes / LARGEST_PART)
		return;
	e = calloc(1, sizeof *e);
	if (e == NULL)
		return;
	e->key = strdup(key);
	if (e->key == NULL) {
		free(e);
		return;
	}
	e->hash = hash;
	e->cached = cached_hold(cached);
	e->expires_ms = expires_ms;
	e->cost = cost;
	e->next_in_bucket = cache->buckets[hash % BUCKETS];
	cache->buckets[hash % BUCKETS] = e;
	link_newest(cache, e);
	cache->stats.bytes += cost;
	cache->stats.entries++;
	while (cache->stats.bytes > cache->max_bytes) {
		remove_entry(cache, cache->oldest);
		cache->stats.evictions++;
	}
}

void
cache_free(struct cache *cache)
{
	if (cache == NULL)
		return;
	remove_all(cache);
	(void)pthread_mutex_destroy(&cache->lock);
	free(cache);
}

/* ---- versions ---- */

static bool
same_version(const struct cache_version *a, const struct cache_version *b)
{
	return a->generation == b->generation &&
	    strcmp(a->store, b->store) == 0;
}

/* Moves on to a version that is newer and drops what was made from others.
 * False for an older one: its reader has not caught up yet. */
static bool
move_to(struct cache *cache, const struct cache_version *version,
    int64_t now_ms)
{
	bool same_store = strcmp(version->store, cache->version.store) == 0;

	if (same_store && version->generation <= cache->version.generation)
		return version->generation == cache->version.generation;
	if (!same_store) {
		/* After a swap some readers are on the old store for a
		 * moment; they must not throw out what is new. */
		if (strcmp(version->store, cache->replaced) == 0 &&
		    now_ms - cache->replaced_ms < SWAP_MS)
			return false;
		memcpy(cache->replaced, cache->version.store,
		    sizeof cache->replaced);
		cache->replaced_ms = now_ms;
	}
	remove_all(cache);
	cache->version = *version;
	return true;
}

/* ---- tickets ---- */

static struct cache_ticket *
find_ticket(struct cache *cache, const char *key)
{
	struct cache_ticket *t = cache->tickets;

	while (t != NULL && (!same_version(&t->version, &cache->version) ||
	    strcmp(t->key, key) != 0))
		t = t->next;
	return t;
}

static bool
init_condition(pthread_cond_t *condition)
{
	pthread_condattr_t attr;
	bool ok;

	if (pthread_condattr_init(&attr) != 0)
		return false;
	ok = pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0 &&
	    pthread_cond_init(condition, &attr) == 0;
	(void)pthread_condattr_destroy(&attr);
	return ok;
}

static struct cache_ticket *
new_ticket(struct cache *cache, const char *key)
{
	struct cache_ticket *t = calloc(1, sizeof *t);

	if (t == NULL)
		return NULL;
	t->key = strdup(key);
	if (t->key == NULL || !init_condition(&t->ready)) {
		free(t->key);
		free(t);
		return NULL;
	}
	t->version = cache->version;
	t->holders = 1;
	t->next = cache->tickets;
	cache->tickets = t;
	return t;
}

static void
drop_ticket(struct cache_ticket *t)
{
	if (--t->holders > 0)
		return;
	cached_release(t->result);
	(void)pthread_cond_destroy(&t->ready);
	free(t->key);
	free(t);
}

/* Waits until another visitor has made the answer; NULL when he has not. */
static struct cached *
wait_for(struct cache *cache, struct cache_ticket *t)
{
	struct cached *cached = NULL;
	struct timespec until;

	cache->stats.waits++;
	t->holders++;
	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += CACHE_WAIT_MS / 1000;
	while (!t->done && pthread_cond_timedwait(&t->ready, &cache->lock,
	    &until) == 0)
		;
	if (t->result != NULL)
		cached = cached_hold(t->result);
	drop_ticket(t);
	return cached;
}

struct cached *
cache_find(struct cache *cache, const char *key,
    const struct cache_version *version, int64_t now_ms,
    struct cache_ticket **ticket)
{
	struct cached *cached = NULL;
	struct cache_ticket *other;
	struct entry *e;

	*ticket = NULL;
	(void)pthread_mutex_lock(&cache->lock);
	if (move_to(cache, version, now_ms)) {
		e = find_entry(cache, key, hash_of(key));
		if (e != NULL && e->expires_ms > now_ms) {
			unlink_use(cache, e);
			link_newest(cache, e);
			cached = cached_hold(e->cached);
		} else if ((other = find_ticket(cache, key)) != NULL) {
			cached = wait_for(cache, other);
		} else {
			*ticket = new_ticket(cache, key);
		}
	}
	if (cached != NULL)
		cache->stats.hits++;
	else
		cache->stats.misses++;
	(void)pthread_mutex_unlock(&cache->lock);
	return cached;
}

void
cache_end(struct cache *cache, struct cache_ticket *ticket,
    struct cached *cached, int64_t expires_ms)
{
	struct cache_ticket **at;

	(void)pthread_mutex_lock(&cache->lock);
	for (at = &cache->tickets; *at != ticket; at = &(*at)->next)
		;
	*at = ticket->next;
	ticket->done = true;
	if (cached != NULL) {
		ticket->result = cached_hold(cached);
		if (same_version(&ticket->version, &cache->version))
			insert(cache, ticket->key, cached, expires_ms);
	}
	(void)pthread_cond_broadcast(&ticket->ready);
	drop_ticket(ticket);
	(void)pthread_mutex_unlock(&cache->lock);
}

struct cache_stats
cache_stats(struct cache *cache)
{
	struct cache_stats stats;

	(void)pthread_mutex_lock(&cache->lock);
	stats = cache->stats;
	(void)pthread_mutex_unlock(&cache->lock);
	return stats;
}
