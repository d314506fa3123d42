/* fault_vfs.h: SQLite's files on a disk that fails. A VFS that passes every
 * call on to the real one and makes the n-th of those that change something
 * fail. Registered as the default, so that the code under test opens it by
 * itself. Thread: one. */
#ifndef EDGE_FAULT_VFS_H
#define EDGE_FAULT_VFS_H

#include <stdbool.h>

enum fault {
	FAULT_NONE,
	FAULT_FULL,   /* ENOSPC: writes and what grows a file */
	FAULT_ERROR,  /* EIO of whatever call it is */
	FAULT_SHORT,  /* a write puts half of its bytes there and fails */
	FAULT_READ,   /* EIO of the n-th read instead */
	FAULT_MAX
};

/* Makes the VFS the default one; call it before SQLite is used. */
bool fault_install(void);

/* From now on the n-th call fails, counted from 1; with `on` every later one,
 * too. FAULT_NONE: none does. */
void fault_plan(enum fault fault, long nth, bool on);

/* Calls that were made to fail since fault_plan. */
long fault_count(void);

/* Calls since then that could have. */
long fault_seen(void);

/* "full once" and so on, for messages. */
const char *fault_name(enum fault fault, bool on);

#endif
