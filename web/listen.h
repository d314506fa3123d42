/* listen.h: the address to listen on, read and tried. CivetWeb says of any
 * failure only that it failed, so the cause is found out here first. */
#ifndef EDGE_LISTEN_H
#define EDGE_LISTEN_H

#include <netinet/in.h>

#include "../schema/err.h"

/* Reads "HOST:PORT", "PORT" (of this machine alone) or ":PORT" (on every
 * address); HOST is an IPv4 address or localhost, port 0 is any free one.
 * EDGE_CONFIG naming the address and what is wrong with it. */
bool listen_parse(const char *text, struct sockaddr_in *address,
    struct edge_err *err) MUST_CHECK;

/* To be put behind an address that is told: "" when only this machine reaches
 * it. Static storage. */
const char *listen_reach(const struct sockaddr_in *address);

/* Listens for a moment; EDGE_CONFIG naming the address and the cause when that
 * cannot be done. `text` is what the user wrote. */
bool listen_try(const char *text, const struct sockaddr_in *address,
    struct edge_err *err) MUST_CHECK;

#endif
