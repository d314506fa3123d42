/* asset.h: the embedded files as the browser sees them: each under an address
 * that holds a hash of its bytes ("/assets/3f9a1c…/edge.js"), so that it may
 * be kept for ever. Files that others read at start (templates, the style
 * sheet) are served too; they are no secret. Thread: built by one thread, safe
 * from any thread afterwards. */
#ifndef EDGE_ASSET_H
#define EDGE_ASSET_H

#include <stddef.h>

#include "../schema/err.h"
#include "assets.h"
#include "cache.h"

struct asset_table;

/* Hashes `length` files; `assets` is borrowed. NULL when out of memory. */
struct asset_table *asset_table_new(const struct asset *assets, size_t length);
void asset_table_free(struct asset_table *table); /* NULL is fine */

/* The embedded bytes, or NULL when there is no such file. */
const struct asset *asset_find(const struct asset_table *table,
    const char *name);
/* "/assets/3f9a…/edge.js", or NULL. Borrowed from the table; fits
 * template_asset_fn with the table as its data. */
const char *asset_address(const char *name, void *table);
/* The file behind a path under /assets/: held for the caller, NULL when the
 * hash or the name is not one of ours. */
struct cached *asset_open(struct asset_table *table, const char *path);
/* The same by name. */
struct cached *asset_open_name(struct asset_table *table, const char *name);

/* Content-Type for a file name, by its ending. Static storage. */
const char *asset_type(const char *name);

#endif
