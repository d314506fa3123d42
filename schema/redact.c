/* redact.c: addresses that may hold a password. */
#include "conf.h"

#include <string.h>

#include "text.h"

#define PORT_DIGITS 5

bool
conf_is_address(const char *word)
{
	const char *scheme = strstr(word, "://");

	return strcasestr(word, "mongodb:") != NULL ||
	    strcasestr(word, "mongodb+srv:") != NULL ||
	    (scheme != NULL && strchr(scheme, '@') != NULL);
}

/* Whether an '@' stands in the value of an option, not before the host. */
static bool
is_in_option(const char *start, const char *at)
{
	const char *options = memchr(start, '?', (size_t)(at - start));

	return options != NULL &&
	    memchr(options, '=', (size_t)(at - options)) != NULL;
}

/* Whether "host:27017,host" names hosts: behind each colon a number. What does
 * not may be a user and a password whose '@' was forgotten. */
static bool
names_hosts(const char *hosts, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++) {
		size_t digits;

		if (hosts[i] == '[') /* an IPv6 address */
			while (i < length && hosts[i] != ']')
				i++;
		if (i >= length || hosts[i] != ':')
			continue;
		digits = strspn(hosts + i + 1, "0123456789");
		i += digits;
		if (digits == 0 || digits > PORT_DIGITS ||
		    (i + 1 < length && hosts[i + 1] != ','))
			return false;
	}
	return true;
}

void
conf_redact_uri(const char *uri, char *text, size_t size)
{
	const char *start = strstr(uri, "://"), *at, *end;

	if (start == NULL) {
		(void)snprintf(text, size, "(not a MongoDB address)");
		return;
	}
	start += 3;
	/* A password may hold an unescaped '@', '/' or '?': the host follows
	 * the last '@' of the whole address. */
	at = strrchr(start, '@');
	at = at != NULL ? at + 1 : start;
	end = at + strcspn(at, "?#");
	if (is_in_option(start, at) ||
	    !names_hosts(at, strcspn(at, "/?#"))) {
		(void)snprintf(text, size, "%.*s***", (int)(start - uri), uri);
		return;
	}
	(void)snprintf(text, size, "%.*s%s%.*s", (int)(start - uri), uri,
	    at > start ? "***@" : "", (int)(end - at), at);
	text_clean(text);
}

bool
conf_refuse_address(const char *what, const char *origin, const char *word,
    struct edge_err *err)
{
	char shown[512] = "an address";

	if (strstr(word, "://") != NULL)
		conf_redact_uri(word, shown, sizeof shown);
	else if (word[0] == '-')
		(void)snprintf(shown, sizeof shown, "%.*s",
		    (int)strcspn(word, "=:"), word);
	err_set(err, origin == NULL ? EDGE_USAGE : EDGE_CONFIG, "%.120s: the "
	    "address of MongoDB may hold a password and is not taken from %s: "
	    "put it into EDGE_MONGODB_URI, or its file's name into "
	    "EDGE_MONGODB_URI_FILE", shown, origin == NULL ?
	    "the command line" : "here");
	if (origin != NULL)
		err_wrap(err, "%s (%s)", what, origin);
	else if (what != NULL)
		err_wrap(err, "%s", what);
	return false;
}
