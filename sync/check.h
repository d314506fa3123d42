/* check.h: what `edge check` looks at in this room: the mapping, the address
 * of MongoDB, the store and the libraries. */
#ifndef EDGE_SYNC_CHECK_H
#define EDGE_SYNC_CHECK_H

#include "../schema/conf.h"
#include "../schema/err.h"

/* Takes one line of what was found; `bad`: it must be mended. */
typedef void check_fn(void *context, bool bad, const char *text);

/* Each looks at one thing and tells what it found; nothing is changed and no
 * network is asked. */
void check_mapping(const struct conf *conf, check_fn *tell, void *context);
void check_source(const struct conf *conf, check_fn *tell, void *context);
void check_store(const struct conf *conf, check_fn *tell, void *context);
void check_libraries(check_fn *tell, void *context);

#endif
