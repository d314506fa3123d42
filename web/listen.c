#include "listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "request.h"

static bool
bad_address(const char *text, const char *cause, struct edge_err *err)
{
	return err_set(err, EDGE_CONFIG, "cannot listen on %.80s: %s", text,
	    cause);
}

bool
listen_parse(const char *text, struct sockaddr_in *address,
    struct edge_err *err)
{
	const char *colon = strrchr(text, ':');
	const char *port_text = colon != NULL ? colon + 1 : text;
	char host[64] = "";
	int64_t port;

	if (text[0] == '[' || (colon != NULL && strchr(text, ':') != colon))
		return bad_address(text, "IPv6 is not supported by this "
		    "CivetWeb; listen on IPv4 behind a proxy", err);
	if (colon != NULL && (size_t)(colon - text) >= sizeof host)
		return bad_address(text, "the host is too long", err);
	if (colon != NULL)
		memcpy(host, text, (size_t)(colon - text));
	if (colon == NULL || strcmp(host, "localhost") == 0)
		(void)snprintf(host, sizeof host, "127.0.0.1");
	if (host[0] == '\0')
		(void)snprintf(host, sizeof host, "0.0.0.0");
	if (!request_parse_int(port_text, 0, 65535, &port))
		return bad_address(text, "the port must be a number from 0 "
		    "to 65535", err);
	memset(address, 0, sizeof *address);
	address->sin_family = AF_INET;
	address->sin_port = htons((uint16_t)port);
	if (inet_pton(AF_INET, host, &address->sin_addr) != 1)
		return bad_address(text, "the host must be an IPv4 address "
		    "(127.0.0.1, 0.0.0.0) or localhost", err);
	return true;
}

const char *
listen_reach(const struct sockaddr_in *address)
{
	return ntohl(address->sin_addr.s_addr) >> IN_CLASSA_NSHIFT ==
	    IN_LOOPBACKNET ? "" : ", which other machines can reach, "
	    "without TLS";
}

static const char *
bind_fault(int number)
{
	switch (number) {
	case EADDRINUSE:
		return "the port is in use by another program; end that "
		    "one, or name another address";
	case EACCES:
		return "no permission for this port (below 1024 needs "
		    "CAP_NET_BIND_SERVICE)";
	case EADDRNOTAVAIL:
		return "this machine does not have that address";
	default:
		return strerror(number);
	}
}

bool
listen_try(const char *text, const struct sockaddr_in *address,
    struct edge_err *err)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
	bool ok;

	if (fd < 0)
		return bad_address(text, strerror(errno), err);
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	ok = bind(fd, (const struct sockaddr *)address, sizeof *address) ==
	    0 && listen(fd, 1) == 0;
	if (!ok)
		bad_address(text, bind_fault(errno), err);
	(void)close(fd);
	return ok;
}
