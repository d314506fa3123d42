/* pool.h: the connections to the store that the threads of the server share.
 * There are fewer of them than threads: an answer holds one for a moment only,
 * and each costs memory. Thread: any. */
#ifndef EDGE_POOL_H
#define EDGE_POOL_H

#include "../schema/db.h"
#include "site.h"

struct pool;

/* Longest wait for a connection that others use. */
#define POOL_WAIT_MS 5000

/* Opens nothing yet. NULL when out of memory. `site` is borrowed. */
struct pool *pool_new(struct site *site, int readers);
/* Closes all; nobody may hold one. NULL is fine. */
void pool_free(struct pool *pool);

/* A connection to the store that is in use now, opened when need be. NULL with
 * err set when there is none: EDGE_TEMPORARY when others hold all of them for
 * too long, else as db_open. Give the slot back in every case. */
struct db *pool_take(struct pool *pool, int *slot, struct edge_err *err);
void pool_give(struct pool *pool, int slot);

#endif
