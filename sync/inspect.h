/* inspect.h: the verbs that look at a store and say what they find: status,
 * quarantine, explain. They read only; `quarantine retry` runs a sync. */
#ifndef EDGE_INSPECT_H
#define EDGE_INSPECT_H

#include <cjson/cJSON.h>

#include "../schema/conf.h"
#include "../schema/err.h"

bool command_status(const struct conf *conf, const volatile int *stop,
    struct edge_err *err) MUST_CHECK;
/* `quarantine list` and `quarantine show ID`. */
bool command_quarantine_read(const struct conf *conf, struct edge_err *err)
    MUST_CHECK;
/* Prints JSON on standard output and frees it. */
void inspect_print_json(cJSON *object);
/* Adds a time as RFC 3339, null for 0. */
void inspect_add_time(cJSON *object, const char *name, int64_t ms);

#endif
