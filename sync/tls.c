#include "tls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../schema/file.h"

#define PEM_MOST_BYTES ((size_t)4 * 1024 * 1024)
#define VALUE_BYTES 1024

static int
hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' :
	    c >= 'a' && c <= 'f' ? c - 'a' + 10 :
	    c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static void
decode(const char *text, size_t length, char value[VALUE_BYTES])
{
	size_t i, n = 0;

	for (i = 0; i < length && n < VALUE_BYTES - 1; i++) {
		if (text[i] == '%' && i + 2 < length &&
		    hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0) {
			value[n++] = (char)(hex_digit(text[i + 1]) * 16 +
			    hex_digit(text[i + 2]));
			i += 2;
		} else {
			value[n++] = text[i];
		}
	}
	value[n] = '\0';
}

/* The value of an option of an address that the driver takes; the last of two
 * counts. */
static bool
option(const char *uri, const char *name, char value[VALUE_BYTES])
{
	const char *at = strchr(uri, '?');
	size_t length, n = strlen(name);
	bool found = false;

	value[0] = '\0';
	for (; at != NULL && *at != '\0'; at += length) {
		at++;
		length = strcspn(at, "&;");
		if (length > n && at[n] == '=' &&
		    strncasecmp(at, name, n) == 0) {
			decode(at + n + 1, length - n - 1, value);
			found = true;
		}
	}
	return found;
}

static bool
is_true(const char *uri, const char *name)
{
	char value[VALUE_BYTES];

	return option(uri, name, value) && (strcasecmp(value, "true") == 0 ||
	    strcasecmp(value, "yes") == 0 || strcasecmp(value, "t") == 0 ||
	    strcasecmp(value, "y") == 0 || strcmp(value, "1") == 0);
}

static bool
check_file(const char *uri, const char *name, const char *mark,
    const char *what, struct edge_err *err)
{
	char path[VALUE_BYTES], *bytes;
	size_t length;
	bool holds;

	if (!option(uri, name, path))
		return true;
	bytes = file_read(path, PEM_MOST_BYTES, &length, err);
	if (bytes == NULL) {
		err->kind = EDGE_CONFIG;
		return err_wrap(err, "EDGE_MONGODB_URI: %s", name);
	}
	holds = strstr(bytes, mark) != NULL;
	free(bytes);
	return holds || err_set(err, EDGE_CONFIG, "EDGE_MONGODB_URI: %s: %s: "
	    "holds no %s in PEM form", name, path, what);
}

bool
tls_check_files(const char *uri, struct edge_err *err)
{
	static const char certificate[] = "CERTIFICATE-----";
	static const char both[] = "tlsCertificateKeyFile";

	return check_file(uri, "tlsCAFile", certificate, "certificate", err) &&
	    check_file(uri, both, certificate, "certificate", err) &&
	    check_file(uri, both, "PRIVATE KEY-----", "private key", err);
}

/* Any option of TLS but its refusal asks for it, as mongodb+srv does. */
static bool
is_encrypted(const char *uri)
{
	static const char *const others[] = { "tlsCAFile", "tlsInsecure",
		"tlsCertificateKeyFile", "tlsAllowInvalidCertificates",
		"tlsAllowInvalidHostnames" };
	char value[VALUE_BYTES];
	size_t i;

	if (option(uri, "tls", value))
		return is_true(uri, "tls");
	if (option(uri, "ssl", value))
		return is_true(uri, "ssl");
	for (i = 0; i < sizeof others / sizeof others[0]; i++)
		if (option(uri, others[i], value))
			return true;
	return strncasecmp(uri, "mongodb+srv:", 12) == 0;
}

/* Whether a host of the list is reached over a network. */
static bool
is_elsewhere(const char *hosts, size_t length)
{
	size_t n;

	for (; length > 0; hosts += n, length -= n) {
		n = strcspn(hosts, ",/?");
		n = n < length ? n : length;
		if (strncasecmp(hosts, "localhost", 9) != 0 &&
		    strncmp(hosts, "127.", 4) != 0 &&
		    strncmp(hosts, "[::1]", 5) != 0 &&
		    strncasecmp(hosts, "%2f", 3) != 0) /* a socket */
			return true;
		n += n < length;
	}
	return false;
}

void
tls_tell_risks(const char *uri, const char *name, check_fn *tell,
    void *context)
{
	static const char *const open[] = { "tlsInsecure",
		"tlsAllowInvalidCertificates", "tlsAllowInvalidHostnames" };
	const char *authority = strstr(uri, "://"), *at;
	char text[1024];
	size_t length, i;

	if (authority == NULL)
		return;
	authority += 3;
	length = strcspn(authority, "/?");
	at = memchr(authority, '@', length);
	if (at != NULL && !is_encrypted(uri) &&
	    is_elsewhere(at + 1, length - (size_t)(at + 1 - authority))) {
		(void)snprintf(text, sizeof text, "note: %s: user and password "
		    "go there without TLS, for anybody on the way to read; "
		    "add tls=true to the address", name);
		tell(context, false, text);
	}
	for (i = 0; i < sizeof open / sizeof open[0]; i++) {
		if (!is_true(uri, open[i]))
			continue;
		(void)snprintf(text, sizeof text, "note: %s: %s takes any "
		    "server for the right one; name the authority of its "
		    "certificate by tlsCAFile instead", name, open[i]);
		tell(context, false, text);
	}
}

const char *
tls_hint(const char *message)
{
	return strstr(message, "certificate verify failed") == NULL ? "" :
	    "; the server's certificate must be valid for this name and "
	    "signed by an authority that this machine or tlsCAFile in "
	    "EDGE_MONGODB_URI knows";
}
