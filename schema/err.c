#include "err.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

static const struct {
	int exit_code;
	const char *name;
} kinds[EDGE_KIND_MAX] = {
	[EDGE_NONE] = { 0, "none" },
	[EDGE_FAILED] = { 1, "failed" },
	[EDGE_USAGE] = { 2, "usage" },
	[EDGE_BAD_DATA] = { 65, "bad-data" },
	[EDGE_REFUSED] = { 69, "refused" },
	[EDGE_CANNOT_MAKE] = { 73, "cannot-create" },
	[EDGE_IO] = { 74, "io" },
	[EDGE_TEMPORARY] = { 75, "temporary" },
	[EDGE_CONFIG] = { 78, "configuration" },
	[EDGE_NEWER] = { 78, "newer" },
	[EDGE_CORRUPT] = { 78, "corrupt" },
};

bool
err_set(struct edge_err *err, enum edge_kind kind, const char *fmt, ...)
{
	va_list ap;

	if (err == NULL)
		return false;
	err->kind = kind;
	va_start(ap, fmt);
	(void)vsnprintf(err->text, sizeof err->text, fmt, ap);
	va_end(ap);
	text_clean(err->text);
	return false;
}

bool
err_wrap(struct edge_err *err, const char *fmt, ...)
{
	char cause[EDGE_ERR_TEXT_BYTES];
	va_list ap;
	size_t used;

	if (err == NULL)
		return false;
	memcpy(cause, err->text, sizeof cause);
	va_start(ap, fmt);
	(void)vsnprintf(err->text, sizeof err->text, fmt, ap);
	va_end(ap);
	used = strlen(err->text);
	(void)snprintf(err->text + used, sizeof err->text - used, ": %s", cause);
	text_clean(err->text);
	return false;
}

int
err_exit_code(enum edge_kind kind)
{
	return kind < EDGE_KIND_MAX ? kinds[kind].exit_code : 1;
}

const char *
err_kind_name(enum edge_kind kind)
{
	return kind < EDGE_KIND_MAX ? kinds[kind].name : "unknown";
}
