/* dropped.h: the options of an address that the driver drops, out of what it
 * writes into its log as it reads one: it has no other word for them. */
#ifndef EDGE_DROPPED_H
#define EDGE_DROPPED_H

#include "source.h"

/* From now on this thread's messages are looked at, and the names go into
 * address->dropped (borrowed); NULL: no longer. */
void dropped_gather(struct source_address *address);

/* A message of the driver: 'Unsupported URI option "NAME"' and the like. */
void dropped_hear(const char *message);

#endif
