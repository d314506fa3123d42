/* Kept answers: versions, bounds, waiting, forms and tags. */
#include "check.h"
#include "web/cache.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#define FAR INT64_MAX
#define TYPE "text/plain"

static const struct cache_version one = { "store", 1 };
static const struct cache_version two = { "store", 2 };

static struct cached *
make(size_t length, char fill)
{
	struct buffer body = { 0 };

	if (buffer_reserve(&body, length)) {
		memset(body.bytes, fill, length);
		body.bytes[length] = '\0';
		body.length = length;
	}
	return cached_new(TYPE, &body);
}

/* Keeps a new answer under a key; false when it was there already. */
static bool
put(struct cache *cache, const char *key, const struct cache_version *version,
    size_t length, int64_t expires_ms)
{
	struct cache_ticket *ticket;
	struct cached *cached = cache_find(cache, key, version, 0, &ticket);
	bool was_there = cached != NULL;

	cached_release(cached);
	if (ticket != NULL) {
		cached = make(length, 'x');
		cache_end(cache, ticket, cached, expires_ms);
		cached_release(cached);
	}
	return !was_there;
}

/* Whether an answer is there; leaves nothing behind. */
static bool
has(struct cache *cache, const char *key, const struct cache_version *version,
    int64_t now_ms)
{
	struct cache_ticket *ticket;
	struct cached *cached = cache_find(cache, key, version, now_ms,
	    &ticket);

	if (ticket != NULL)
		cache_end(cache, ticket, NULL, 0);
	cached_release(cached);
	return cached != NULL;
}

static void
answer_is_kept_until_the_next_generation(void)
{
	struct cache *cache = cache_new(CACHE_BYTES);
	struct cache_ticket *ticket;

	CHECK(!has(cache, "a", &one, 0));
	CHECK(put(cache, "a", &one, 10, FAR));
	CHECK(has(cache, "a", &one, 0));
	CHECK(!has(cache, "b", &one, 0));
	CHECK(!has(cache, "a", &two, 0));
	CHECK_INT(cache_stats(cache).entries, 0);
	CHECK(put(cache, "a", &two, 10, FAR));
	/* A reader of the old generation neither sees nor throws out. */
	CHECK(cache_find(cache, "a", &one, 0, &ticket) == NULL);
	CHECK(ticket == NULL);
	CHECK(has(cache, "a", &two, 0));
	cache_free(cache);
	cache_free(NULL);
}

static void
answer_is_kept_until_its_time(void)
{
	struct cache *cache = cache_new(CACHE_BYTES);

	put(cache, "a", &one, 10, 1000);
	CHECK(has(cache, "a", &one, 999));
	CHECK(!has(cache, "a", &one, 1000));
	CHECK_INT(cache_stats(cache).entries, 1);
	cache_free(cache);
}

static void
swapped_store_starts_afresh(void)
{
	static const struct cache_version other = { "other", 1 };
	struct cache *cache = cache_new(CACHE_BYTES);

	put(cache, "a", &two, 10, FAR);
	/* The new store may have a lower generation. */
	CHECK(!has(cache, "a", &other, 100000));
	put(cache, "a", &other, 10, FAR);
	/* A reader still on the old store does not flip it back … */
	CHECK(!has(cache, "a", &two, 100001));
	CHECK(has(cache, "a", &other, 100001));
	/* … but the old store may be swapped in again later. */
	CHECK(!has(cache, "a", &two, 200000));
	CHECK(!has(cache, "a", &other, 200001));
	CHECK_INT(cache_stats(cache).entries, 0);
	cache_free(cache);
}

static void
least_used_goes_first(void)
{
	struct cache *cache = cache_new(100000);
	char key[16];
	int i;

	/* Ten bodies of 4,000 bytes weigh 8,520 each: eleven fit. */
	for (i = 0; i < 11; i++) {
		(void)snprintf(key, sizeof key, "k%d", i);
		CHECK(put(cache, key, &one, 4000, FAR));
	}
	CHECK_INT(cache_stats(cache).entries, 11);
	CHECK(has(cache, "k0", &one, 0));
	CHECK(put(cache, "new", &one, 4000, FAR));
	CHECK(has(cache, "k0", &one, 0));
	CHECK(!has(cache, "k1", &one, 0));
	CHECK(has(cache, "k2", &one, 0));
	CHECK_INT(cache_stats(cache).evictions, 1);
	CHECK(cache_stats(cache).bytes <= 100000);
	/* What would take more than an eighth is not kept at all. */
	CHECK(put(cache, "large", &one, 7000, FAR));
	CHECK(!has(cache, "large", &one, 0));
	CHECK_INT(cache_stats(cache).entries, 11);
	cache_free(cache);
}

static void
many_keys_stay_within_the_bound(void)
{
	struct cache *cache = cache_new(1 << 20);
	char key[32];
	int i;

	for (i = 0; i < 20000; i++) {
		(void)snprintf(key, sizeof key, "/missions?q=%d", i);
		put(cache, key, &one, (size_t)(i % 3000), FAR);
		if (cache_stats(cache).bytes > 1 << 20)
			break;
	}
	CHECK_INT(i, 20000);
	CHECK(has(cache, "/missions?q=19999", &one, 0));
	cache_free(cache);
}

static void
nothing_made_is_nothing_kept(void)
{
	struct cache *cache = cache_new(CACHE_BYTES);
	struct cache_ticket *ticket;
	struct buffer failed = { .failed = true };

	CHECK(cache_find(cache, "a", &one, 0, &ticket) == NULL);
	CHECK(ticket != NULL);
	cache_end(cache, ticket, NULL, FAR);
	CHECK_INT(cache_stats(cache).entries, 0);
	CHECK(cached_new(TYPE, &failed) == NULL);
	CHECK(!failed.failed);
	cache_free(cache);
}

static void
answer_of_a_past_generation_is_not_kept(void)
{
	struct cache *cache = cache_new(CACHE_BYTES);
	struct cache_ticket *ticket;
	struct cached *cached;

	CHECK(cache_find(cache, "a", &one, 0, &ticket) == NULL);
	CHECK(!has(cache, "b", &two, 0)); /* a commit meanwhile */
	cached = make(10, 'x');
	cache_end(cache, ticket, cached, FAR);
	cached_release(cached);
	CHECK_INT(cache_stats(cache).entries, 0);
	CHECK(!has(cache, "a", &two, 0));
	cache_free(cache);
}

/* ---- several visitors ---- */

struct visitor {
	struct cache *cache;
	const char *key;
	struct cached *got;
	bool made, alone; /* had the ticket; had to make one for himself */
	bool fail;        /* makes nothing of a ticket */
};

static void *
visit(void *argument)
{
	struct visitor *v = argument;
	const struct timespec pause = { .tv_nsec = 50000000 };
	struct cache_ticket *ticket;

	v->got = cache_find(v->cache, v->key, &one, 0, &ticket);
	v->made = ticket != NULL;
	v->alone = v->got == NULL && ticket == NULL;
	if (ticket != NULL) {
		(void)nanosleep(&pause, NULL);
		if (!v->fail)
			v->got = make(1000, 'y');
		cache_end(v->cache, ticket, v->got, FAR);
	}
	return NULL;
}

#define VISITORS 16

static void
visit_together(struct cache *cache, bool fail, struct visitor *visitors)
{
	pthread_t threads[VISITORS];
	int i;

	for (i = 0; i < VISITORS; i++) {
		visitors[i] = (struct visitor){ .cache = cache, .key = "same",
			.fail = fail };
		CHECK(pthread_create(&threads[i], NULL, visit, &visitors[i]) ==
		    0);
	}
	for (i = 0; i < VISITORS; i++)
		(void)pthread_join(threads[i], NULL);
}

static void
one_visitor_makes_it_and_the_others_wait(void)
{
	struct cache *cache = cache_new(CACHE_BYTES);
	struct visitor visitors[VISITORS];
	int i, made = 0;

	visit_together(cache, false, visitors);
	for (i = 0; i < VISITORS; i++) {
		made += visitors[i].made;
		CHECK(visitors[i].got == visitors[0].got);
		CHECK(!visitors[i].alone);
	}
	CHECK_INT(made, 1);
	for (i = 0; i < VISITORS; i++)
		cached_release(visitors[i].got);
	CHECK(has(cache, "same", &one, 0));
	cache_free(cache);
}

static void
failed_answer_frees_those_who_wait(void)
{
	struct cache *cache = cache_new(CACHE_BYTES);
	struct visitor visitors[VISITORS];
	int i, alone = 0, made = 0;

	visit_together(cache, true, visitors);
	for (i = 0; i < VISITORS; i++) {
		CHECK(visitors[i].got == NULL);
		alone += visitors[i].alone;
		made += visitors[i].made;
	}
	CHECK_INT(alone + made, VISITORS);
	CHECK(made >= 1);
	cache_free(cache);
}

/* Many threads, few keys, moving generations: for the sanitizers. */
static atomic_int generation;

static void *
hammer(void *argument)
{
	struct cache *cache = argument;
	struct cache_version version = { .store = "store" };
	struct cache_ticket *ticket;
	struct cached *cached;
	enum request_encoding encoding;
	char key[16];
	size_t length;
	int i;

	for (i = 0; i < 400; i++) {
		if (i % 50 == 0)
			atomic_fetch_add(&generation, 1);
		version.generation = atomic_load(&generation);
		(void)snprintf(key, sizeof key, "k%d", i % 7);
		cached = cache_find(cache, key, &version, i, &ticket);
		if (cached == NULL)
			cached = make((size_t)(500 + i), (char)('a' + i % 7));
		if (ticket != NULL)
			cache_end(cache, ticket, i % 11 ? cached : NULL,
			    i + 20);
		encoding = (enum request_encoding)(i % ENCODING_MAX);
		if (cached_body(cached, &encoding, &length) == NULL)
			return argument;
		cached_release(cached);
	}
	return NULL;
}

static void
threads_share_it(void)
{
	struct cache *cache = cache_new(20000);
	pthread_t threads[8];
	void *fault;
	int i;

	for (i = 0; i < 8; i++)
		CHECK(pthread_create(&threads[i], NULL, hammer, cache) == 0);
	for (i = 0; i < 8; i++) {
		(void)pthread_join(threads[i], &fault);
		CHECK(fault == NULL);
	}
	cache_free(cache);
}

/* ---- bodies ---- */

static void
forms_are_made_once_and_have_their_own_tags(void)
{
	struct cached *cached = make(5000, 'z');
	enum request_encoding encoding = ENCODING_BROTLI;
	char plain[CACHE_ETAG_BYTES], tag[CACHE_ETAG_BYTES];
	const char *body, *again;
	size_t length;

	cached_etag(cached, ENCODING_IDENTITY, plain);
	CHECK_INT(strlen(plain), 34);
	CHECK(plain[0] == '"' && plain[33] == '"');
	body = cached_body(cached, &encoding, &length);
	CHECK_INT(encoding, ENCODING_BROTLI);
	CHECK(length < 100);
	again = cached_body(cached, &encoding, &length);
	CHECK(body == again);
	cached_etag(cached, encoding, tag);
	CHECK(strncmp(plain, tag, 33) == 0);
	CHECK_STR(tag + 33, "-b\"");
	encoding = ENCODING_GZIP;
	body = cached_body(cached, &encoding, &length);
	CHECK_INT(encoding, ENCODING_GZIP);
	CHECK((unsigned char)body[0] == 0x1f && (unsigned char)body[1] == 0x8b);
	CHECK_INT((unsigned char)body[4] | (unsigned char)body[5], 0);
	cached_etag(cached, encoding, tag);
	CHECK_STR(tag + 33, "-g\"");
	encoding = ENCODING_IDENTITY;
	body = cached_body(cached, &encoding, &length);
	CHECK_INT(length, 5000);
	CHECK_STR(cached_type(cached), TYPE);
	cached_release(cached);
}

static void
small_and_random_bodies_are_not_compressed(void)
{
	struct cached *cached = make(500, 'z');
	enum request_encoding encoding = ENCODING_GZIP;
	struct buffer body = { 0 };
	uint32_t state = 1;
	size_t length;
	int i;

	(void)cached_body(cached, &encoding, &length);
	CHECK_INT(encoding, ENCODING_IDENTITY);
	CHECK_INT(length, 500);
	cached_release(cached);
	for (i = 0; i < 4000; i++) {
		state = state * 1664525u + 1013904223u;
		buffer_add_char(&body, (char)(state >> 24));
	}
	cached = cached_new(TYPE, &body);
	encoding = ENCODING_BROTLI;
	(void)cached_body(cached, &encoding, &length);
	CHECK_INT(encoding, ENCODING_IDENTITY);
	CHECK_INT(length, 4000);
	cached_release(cached);
	cached = make(0, 'x');
	encoding = ENCODING_BROTLI;
	CHECK_STR(cached_body(cached, &encoding, &length), "");
	CHECK_INT(length, 0);
	cached_release(cached);
	cached_release(NULL);
}

static void
body_outlives_the_cache(void)
{
	struct cache *cache = cache_new(CACHE_BYTES);
	enum request_encoding encoding = ENCODING_IDENTITY;
	struct cache_ticket *ticket;
	struct cached *cached;
	size_t length;

	put(cache, "a", &one, 3000, FAR);
	cached = cache_find(cache, "a", &one, 0, &ticket);
	CHECK(cached != NULL && ticket == NULL);
	CHECK(cached_set_link(cached, "</a>; rel=\"next\""));
	cache_free(cache);
	CHECK_INT(strlen(cached_body(cached, &encoding, &length)), 3000);
	CHECK_STR(cached_link(cached), "</a>; rel=\"next\"");
	cached_release(cached);
}

int
main(void)
{
	RUN(answer_is_kept_until_the_next_generation);
	RUN(answer_is_kept_until_its_time);
	RUN(swapped_store_starts_afresh);
	RUN(least_used_goes_first);
	RUN(many_keys_stay_within_the_bound);
	RUN(nothing_made_is_nothing_kept);
	RUN(answer_of_a_past_generation_is_not_kept);
	RUN(one_visitor_makes_it_and_the_others_wait);
	RUN(failed_answer_frees_those_who_wait);
	RUN(threads_share_it);
	RUN(forms_are_made_once_and_have_their_own_tags);
	RUN(small_and_random_bodies_are_not_compressed);
	RUN(body_outlives_the_cache);
	return check_exit();
}
