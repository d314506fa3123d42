#include "notify.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "clock.h"

static void
send_state(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t length = path != NULL ? strlen(path) : 0;
	int fd;

	if (length < 2 || length >= sizeof to.sun_path ||
	    (path[0] != '/' && path[0] != '@'))
		return;
	memcpy(to.sun_path, path, length);
	if (path[0] == '@') /* in the abstract namespace, unix(7) */
		to.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	(void)sendto(fd, state, strlen(state), MSG_DONTWAIT | MSG_NOSIGNAL,
	    (const struct sockaddr *)&to, (socklen_t)(offsetof(
	    struct sockaddr_un, sun_path) + length));
	(void)close(fd);
}

static int64_t
number_of(const char *name)
{
	const char *text = getenv(name);
	char *end = NULL;
	long long number = text != NULL ? strtoll(text, &end, 10) : 0;

	return number > 0 && end != NULL && *end == '\0' ? number : 0;
}

void
notify_ready(struct notify *notify, const char *status)
{
	int64_t pid = number_of("WATCHDOG_PID");
	char state[512];

	notify->every_us = pid == 0 || pid == (int64_t)getpid() ?
	    number_of("WATCHDOG_USEC") / 2 : 0;
	notify->next_us = clock_monotonic_us();
	(void)snprintf(state, sizeof state, "READY=1\nSTATUS=%s", status);
	send_state(state);
}

void
notify_alive(struct notify *notify)
{
	if (notify->every_us == 0 || clock_monotonic_us() < notify->next_us)
		return;
	notify->next_us = clock_monotonic_us() + notify->every_us;
	send_state("WATCHDOG=1");
}

void
notify_stopping(void)
{
	send_state("STOPPING=1");
}
