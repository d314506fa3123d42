#include "export_page.h"

#include <ctype.h>
#include <string.h>

#include "../schema/digest.h"
#include "request.h"

#define QUERY_DIGITS 12 /* of its SHA-256, in the name of a file */

static bool
is_one_of(const char *word, const char *const *words, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++)
		if (strcmp(word, words[i]) == 0)
			return true;
	return false;
}

bool
export_takes(const char *target)
{
	static const char *const free_of_choice[] = { "after", "width",
		"limit" };
	static const char *const filters[] = { "year", "basin", "platform",
		"project", "variable" };
	struct request req;
	size_t i, chosen = 0;

	if (request_parse(&req, target) != 0)
		return false;
	for (i = 0; i < req.params_length; i++) {
		const char *name = request_param_name(&req, i);

		if (is_one_of(name, filters, sizeof filters /
		    sizeof *filters))
			chosen++;
		else if (!is_one_of(name, free_of_choice,
		    sizeof free_of_choice / sizeof *free_of_choice))
			return false;
	}
	return chosen <= 1;
}

/* Where the ending of a file's name begins; the name's end when it has none.
 * A page's address may have a dot in it. */
static size_t
ending_at(const char *name, size_t length)
{
	static const char *const endings[] = { "json", "geojson", "csv",
		"svg", "png", "jpg", "jpeg", "webp", "ico", "xml", "txt", "css", "js", "bin",
		"sqlite", "sha256" };
	const char *dot = strrchr(name, '.');

	return dot != NULL && is_one_of(dot + 1, endings, sizeof endings /
	    sizeof *endings) ? (size_t)(dot - name) : length;
}

void
export_name(const char *target, struct buffer *out)
{
	size_t path = strcspn(target, "?"), i, end;
	char hex[DIGEST_HEX_BYTES];
	struct buffer name = { 0 };

	for (i = 1; i < path; i++) {
		unsigned char c = (unsigned char)target[i];

		if (isalnum(c) || strchr("/._-", c) != NULL)
			buffer_add_char(&name, (char)c);
		else
			buffer_printf(&name, "=%02X", c);
	}
	if (name.length == 0)
		buffer_add_text(&name, "index");
	end = ending_at(buffer_text(&name), name.length);
	buffer_add(out, buffer_text(&name), end);
	if (target[path] == '?') {
		digest_hex(target + path, strlen(target + path), hex);
		buffer_printf(out, "-%.*s", QUERY_DIGITS, hex);
	}
	if (end < name.length)
		buffer_add_text(out, name.bytes + end);
	else
		buffer_add_text(out, strncmp(target, "/api/", 5) == 0 ?
		    ".json" : ".html");
	out->failed |= name.failed;
	buffer_free(&name);
}

/* ---- pages ---- */

struct rewrite {
	const char *target;
	export_link_fn *link;
	void *context;
	struct buffer *out;
};

/* The text of an attribute; templates write these five escapes only. */
static void
unescape(const char *text, size_t length, struct buffer *out)
{
	static const struct {
		const char *name;
		char c;
	} names[] = { { "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' },
		{ "&quot;", '"' }, { "&#39;", '\'' } };
	size_t i, n;

	while (length > 0) {
		for (i = 0; i < sizeof names / sizeof *names; i++) {
			n = strlen(names[i].name);
			if (n <= length && memcmp(text, names[i].name, n) == 0)
				break;
		}
		if (i == sizeof names / sizeof *names) {
			buffer_add_char(out, *text);
			n = 1;
		} else {
			buffer_add_char(out, names[i].c);
		}
		text += n;
		length -= n;
	}
}

/* Appends the way from the page's file to the file of `target`. */
static void
add_relative(const struct rewrite *rw, const char *target)
{
	struct buffer here = { 0 }, there = { 0 };
	const char *at;

	export_name(rw->target, &here);
	export_name(target, &there);
	for (at = buffer_text(&here); *at != '\0'; at++)
		if (*at == '/')
			buffer_add_text(rw->out, "../");
	buffer_add_html(rw->out, buffer_text(&there), there.length);
	rw->out->failed |= here.failed || there.failed;
	buffer_free(&here);
	buffer_free(&there);
}

/* Writes ` name="value"` for an address within the portal; nothing when it
 * does not become a file. */
static void
write_address(const struct rewrite *rw, const char *name, size_t name_length,
    const char *value, size_t length)
{
	struct buffer plain = { 0 };
	char *fragment;

	unescape(value, length, &plain);
	fragment = plain.bytes != NULL ? strchr(plain.bytes, '#') : NULL;
	if (fragment != NULL)
		*fragment = '\0';
	if (!plain.failed && export_takes(buffer_text(&plain))) {
		rw->link(rw->context, buffer_text(&plain));
		buffer_add_char(rw->out, ' ');
		buffer_add(rw->out, name, name_length);
		buffer_add_text(rw->out, "=\"");
		add_relative(rw, buffer_text(&plain));
		if (fragment != NULL) {
			buffer_add_char(rw->out, '#');
			buffer_add_html(rw->out, fragment + 1,
			    strlen(fragment + 1));
		}
		buffer_add_char(rw->out, '"');
	}
	rw->out->failed |= plain.failed;
	buffer_free(&plain);
}

static bool
is_address(const char *name, size_t length)
{
	static const char *const names[] = { "href", "src", "srcset" };
	size_t i;

	for (i = 0; i < sizeof names / sizeof *names; i++)
		if (strlen(names[i]) == length && memcmp(names[i], name,
		    length) == 0)
			return true;
	return length > 5 && memcmp(name, "data-", 5) == 0;
}

/* Copies the attributes of a tag up to its '>'. Returns what follows. */
static const char *
rewrite_attributes(const struct rewrite *rw, const char *at, const char *end)
{
	while (at < end && *at != '>') {
		const char *name = at, *value, *stop;
		size_t space = strspn(at, " \t\n"), length;

		name += space;
		length = strcspn(name, " \t\n=>");
		value = name + length;
		if (length == 0 || value[0] != '=' || value[1] != '"') {
			stop = length == 0 ? name : value;
			if (stop == at && stop < end && *stop != '>')
				stop++; /* a stray sign */
			buffer_add(rw->out, at, (size_t)(stop - at));
			at = stop;
			continue;
		}
		value += 2;
		stop = memchr(value, '"', (size_t)(end - value));
		if (stop == NULL)
			break;
		if (is_address(name, length) && value[0] == '/' &&
		    value[1] != '/')
			write_address(rw, name, length, value,
			    (size_t)(stop - value));
		else
			buffer_add(rw->out, at, (size_t)(stop + 1 - at));
		at = stop + 1;
	}
	return at;
}

/* Where the text of a script or a style ends, which is no markup. */
static const char *
raw_end(const char *tag, const char *at, const char *end)
{
	const char *close = strncmp(tag, "<script", 7) == 0 ? "</script" :
	    strncmp(tag, "<style", 6) == 0 ? "</style" : NULL;
	const char *found = close != NULL ? strstr(at, close) : at;

	return found != NULL ? found : end;
}

void
export_rewrite(const char *target, const char *html, size_t length,
    export_link_fn *link, void *context, struct buffer *out)
{
	struct rewrite rw = { target, link, context, out };
	const char *at = html, *end = html + length, *tag, *stop;

	while (at < end) {
		tag = memchr(at, '<', (size_t)(end - at));
		if (tag == NULL)
			tag = end;
		buffer_add(out, at, (size_t)(tag - at));
		if (tag == end)
			break;
		at = tag + 1;
		at += strcspn(at, " \t\n>");
		buffer_add(out, tag, (size_t)(at - tag));
		if (at - tag == 5 && memcmp(tag, "<form", 5) == 0)
			buffer_add_text(out, " hidden");
		at = rewrite_attributes(&rw, at, end);
		stop = raw_end(tag, at, end);
		buffer_add(out, at, (size_t)(stop - at));
		at = stop;
	}
}
