/* commands.h: the bodies of the verbs that know the source: sync, import,
 * verify, quarantine, explain, demo (and status, in inspect.h). Each prints its result on standard output and returns
 * false with the error that becomes the exit code. */
#ifndef EDGE_COMMANDS_H
#define EDGE_COMMANDS_H

#include "../schema/conf.h"
#include "../schema/err.h"

/* `stop` is set by a signal handler; borrowed for the call. */
bool command_sync(const struct conf *conf, const volatile int *stop,
    struct edge_err *err) MUST_CHECK;
/* Whether there is an address of MongoDB, and the files it names for TLS;
 * EDGE_CONFIG. */
bool command_has_source(const struct conf *conf, struct edge_err *err)
    MUST_CHECK;
/* … that the mapping fits, and that nobody else writes to the store now. */
bool command_can_follow(const struct conf *conf, struct edge_err *err)
    MUST_CHECK;
/* The loop of `sync --watch` and `run`, until *stop: for a worker. */
bool command_watch(const struct conf *conf, const volatile int *stop,
    struct edge_err *err) MUST_CHECK;
bool command_import(const struct conf *conf, const volatile int *stop,
    struct edge_err *err) MUST_CHECK;
bool command_verify(const struct conf *conf, const volatile int *stop,
    struct edge_err *err) MUST_CHECK;
bool command_quarantine(const struct conf *conf, const volatile int *stop,
    struct edge_err *err) MUST_CHECK;
bool command_explain(const struct conf *conf, const volatile int *stop,
    struct edge_err *err) MUST_CHECK;
bool command_demo(const struct conf *conf, const volatile int *stop,
    struct edge_err *err) MUST_CHECK;

/* Versions of the libraries of this room as linked: "libmongoc 1.23.1, …". */
void command_versions(char *text, size_t size);

#endif
