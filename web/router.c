#include "router.h"

#include <string.h>

#include "../schema/conf.h"
#include "answer.h"

#define WORD_BYTES 32  /* longest {name} */
#define INT_DIGITS 9   /* longest {name:int}: fits an int */
#define NEAR_MAX 64    /* literal routes that are compared for likeness */

static const struct {
	const char *ending;
	enum request_form form;
} endings[] = {
	{ ".json", FORM_JSON },
	{ ".csv", FORM_CSV },
	{ ".geojson", FORM_GEOJSON },
	{ ".svg", FORM_SVG },
};

/* ---- captures ---- */

static bool
is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9');
}

/* Length of the capture at the start of `text`, 0 when there is none. */
static size_t
word_length(const char *text, size_t max)
{
	size_t n = 0;

	if (max == 0 || !is_alnum(text[0]))
		return 0;
	while (n < max && (is_alnum(text[n]) || text[n] == '_' ||
	    text[n] == '-'))
		n++;
	return n <= WORD_BYTES ? n : 0;
}

static size_t
int_length(const char *text, size_t max)
{
	size_t n = 0;

	while (n < max && text[n] >= '0' && text[n] <= '9')
		n++;
	return n <= INT_DIGITS && (n == 1 || text[0] != '0') ? n : 0;
}

static size_t
any_length(const char *text, size_t max)
{
	size_t n = 0;

	while (n < max && text[n] != '/')
		n++;
	return n;
}

/* The parts of "{name:kind}" at the start of `pattern`. */
struct capture {
	const char *name, *kind;
	size_t name_length, kind_length, length;
};

static bool
read_capture(const char *pattern, struct capture *c)
{
	const char *end = strchr(pattern, '}');
	const char *colon;

	if (end == NULL)
		return false;
	colon = memchr(pattern, ':', (size_t)(end - pattern));
	c->name = pattern + 1;
	c->kind = colon != NULL ? colon + 1 : end;
	c->name_length = (size_t)((colon != NULL ? colon : end) - c->name);
	c->kind_length = (size_t)(end - c->kind);
	c->length = (size_t)(end - pattern) + 1;
	return c->name_length > 0;
}

static bool
has_kind(const struct capture *c, const char *kind)
{
	return c->kind_length == strlen(kind) &&
	    memcmp(c->kind, kind, c->kind_length) == 0;
}

static size_t
capture_length(const struct capture *c, const char *text, size_t max)
{
	if (has_kind(c, "int"))
		return int_length(text, max);
	if (has_kind(c, "any"))
		return any_length(text, max);
	return word_length(text, max);
}

/* ---- matching ---- */

/* Matches `length` bytes of a path and keeps the captures. */
static bool
matches(const char *pattern, const char *path, size_t length,
    struct request *req)
{
	struct capture c;
	size_t n;

	while (*pattern != '\0') {
		if (*pattern != '{') {
			if (length == 0 || *path != *pattern)
				return false;
			pattern++;
			path++;
			length--;
			continue;
		}
		if (!read_capture(pattern, &c))
			return false;
		n = capture_length(&c, path, length);
		if (n == 0 || !request_add_capture(req, c.name, c.name_length,
		    path, n))
			return false;
		pattern += c.length;
		path += n;
		length -= n;
	}
	return length == 0;
}

bool
router_is_data(const struct route *route)
{
	return route->template_name == NULL && route->write == NULL &&
	    route->type == NULL && route->redirect == NULL && route->asset == NULL;
}

/* Tries the literal routes or those with captures, for one form. */
static const struct route *
try_routes(const struct router *router, struct request *req, bool literal,
    const char *path, size_t length, enum request_form form)
{
	const struct request_param none = { 0, 0 };
	size_t i, storage = req->storage_length;
	const struct route *route;

	for (i = 0; i < router->length; i++) {
		route = &router->routes[i];
		if ((strchr(route->pattern, '{') == NULL) != literal)
			continue;
		if (form != FORM_PAGE && !(route->twins & (1u << form)))
			continue;
		if (matches(route->pattern, path, length, req)) {
			req->form = form == FORM_PAGE && router_is_data(route) ?
			    FORM_JSON : form;
			return route;
		}
		req->captures_length = 0;
		req->captures[0] = none;
		req->storage_length = storage;
	}
	return NULL;
}

/* The form a path asks for by its ending, and the length of the rest. */
static enum request_form
split_ending(const char *path, size_t *length)
{
	size_t i, ending;

	for (i = 0; i < sizeof endings / sizeof *endings; i++) {
		ending = strlen(endings[i].ending);
		if (*length > ending + 1 && strcmp(path + *length - ending,
		    endings[i].ending) == 0) {
			*length -= ending;
			return endings[i].form;
		}
	}
	return FORM_PAGE;
}

const struct route *
router_match(const struct router *router, struct request *req)
{
	size_t full = strlen(req->path), rest = full;
	enum request_form form = split_ending(req->path, &rest);
	const struct route *route;
	int literal;

	req->captures_length = 0;
	/* "/index.json" is the twin of "/". */
	if (form != FORM_PAGE && rest == strlen("/index") &&
	    strncmp(req->path, "/index", rest) == 0)
		rest = 1;
	for (literal = 1; literal >= 0; literal--) {
		route = try_routes(router, req, literal != 0, req->path, full,
		    FORM_PAGE);
		if (route == NULL && form != FORM_PAGE)
			route = try_routes(router, req, literal != 0,
			    req->path, rest, form);
		if (route != NULL)
			return route;
	}
	req->form = form;
	return NULL;
}

/* ---- parameters, likeness, check ---- */

static bool
lists(const char *names, const char *name)
{
	size_t length = strlen(name), n;

	while (names != NULL && *names != '\0') {
		names += strspn(names, " ");
		n = strcspn(names, " ");
		if (n == length && n > 0 && memcmp(names, name, n) == 0)
			return true;
		names += n;
	}
	return false;
}

const char *
router_unknown_param(const struct route *route, const struct request *req)
{
	size_t i;

	for (i = 0; i < req->params_length; i++)
		if (!lists(route->params, request_param_name(req, i)))
			return request_param_name(req, i);
	return NULL;
}

const char *
router_near(const struct router *router, const char *path)
{
	const char *names[NEAR_MAX];
	size_t i, n = 0;

	for (i = 0; i < router->length && n < NEAR_MAX; i++)
		if (strchr(router->routes[i].pattern, '{') == NULL &&
		    router->routes[i].redirect == NULL)
			names[n++] = router->routes[i].pattern;
	return conf_near(path, names, n);
}

static const char *
fault_of(const struct route *route)
{
	struct capture c;
	const char *at;
	size_t captures = 0;

	if (route->pattern == NULL || route->pattern[0] != '/')
		return "must begin with a slash";
	for (at = strchr(route->pattern, '{'); at != NULL;
	    at = strchr(at + c.length, '{')) {
		if (!read_capture(at, &c) || ++captures > REQUEST_CAPTURES)
			return "has a capture that is not closed or one too "
			    "many";
		if (c.kind_length > 0 && !has_kind(&c, "int") &&
		    !has_kind(&c, "any"))
			return "has a capture of unknown kind";
	}
	if ((route->twins & TWIN_SVG) && route->svg == NULL)
		return "has an SVG twin that nothing draws";
	if ((route->twins & TWIN_CSV) && route->csv == NULL &&
	    route->columns == NULL)
		return "has a CSV twin without columns";
	if (route->twins & (1u << FORM_PAGE))
		return "has a page as its twin";
	if (route->redirect != NULL && !answer_safe(route->redirect))
		return "redirects to what is no address";
	return NULL;
}

bool
router_check(const struct router *router, struct edge_err *err)
{
	const char *fault;
	size_t i;

	for (i = 0; i < router->length; i++) {
		fault = fault_of(&router->routes[i]);
		if (fault != NULL)
			return err_set(err, EDGE_CONFIG, "route %s: %s",
			    router->routes[i].pattern != NULL ?
			    router->routes[i].pattern : "(none)", fault);
	}
	return true;
}
