/* notify.h: tells the service manager how far the process is, as sd_notify(3)
 * does: datagrams to the socket that NOTIFY_SOCKET names. Without one nothing
 * happens, and what cannot be sent is not missed. Any thread. */
#ifndef EDGE_NOTIFY_H
#define EDGE_NOTIFY_H

#include <stdint.h>

/* When the service manager is to hear that the process is alive. */
struct notify {
	int64_t every_us; /* half of what it waits; 0: it does not ask */
	int64_t next_us;  /* monotonic */
};

/* The service is up; `status` is one line for people. */
void notify_ready(struct notify *notify, const char *status);
/* Says that the process is alive, when it is time. To be called often. */
void notify_alive(struct notify *notify);
/* The service goes down. */
void notify_stopping(void);

#endif
