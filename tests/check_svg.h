/* check_svg.h: whether a picture is well-formed XML that holds nothing but
 * shapes, words and finite numbers; and what else the tests of maps and plots
 * share. */
#ifndef EDGE_CHECK_SVG_H
#define EDGE_CHECK_SVG_H

#include "check.h"

#include <ctype.h>
#include <math.h>

#define SVG_MOST_DEPTH 16

struct svg_reader {
	const char *at;
	const char *error; /* NULL: none */
	char open[SVG_MOST_DEPTH][20];
	int depth;
};

static inline bool
svg_fail(struct svg_reader *r, const char *error)
{
	if (r->error == NULL)
		r->error = error;
	return false;
}

/* One character of text or of a value, as XML takes it. */
static inline bool
svg_read_char(struct svg_reader *r)
{
	static const char *const entities[] = { "&amp;", "&lt;", "&gt;",
		"&quot;", "&#39;" };
	unsigned char c = (unsigned char)*r->at;
	size_t i;

	if (c == '&') {
		for (i = 0; i < sizeof entities / sizeof *entities; i++) {
			size_t length = strlen(entities[i]);

			if (strncmp(r->at, entities[i], length) == 0) {
				r->at += length;
				return true;
			}
		}
		return svg_fail(r, "a bare &");
	}
	if (c < 0x20 && c != '\n')
		return svg_fail(r, "a control character");
	if (c >= 0x80) {
		int more = c >= 0xf0 && c < 0xf5 ? 3 : c >= 0xe0 ? 2 :
		    c >= 0xc2 ? 1 : -1;

		if (more < 0 || c >= 0xf5)
			return svg_fail(r, "no UTF-8");
		for (; more > 0; more--)
			if (((unsigned char)*++r->at & 0xc0) != 0x80)
				return svg_fail(r, "no UTF-8");
	}
	r->at++;
	return true;
}

/* Values of these attributes are numbers and letters of path commands. */
static inline bool
svg_is_geometry(const char *name)
{
	static const char *const names[] = { "d", "x", "y", "cx", "cy", "r",
		"rx", "stroke-width", "viewBox" };
	size_t i;

	for (i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static inline bool
svg_read_attribute(struct svg_reader *r)
{
	char name[24];
	size_t length = 0;
	bool geometry;

	while (isalpha((unsigned char)*r->at) || *r->at == '-')
		if (length + 1 < sizeof name)
			name[length++] = *r->at++;
		else
			return svg_fail(r, "a long attribute name");
	name[length] = '\0';
	if (length == 0 || strncmp(r->at, "=\"", 2) != 0)
		return svg_fail(r, "no attribute");
	if (strncmp(name, "on", 2) == 0 || strcmp(name, "href") == 0 ||
	    strcmp(name, "style") == 0)
		return svg_fail(r, "an attribute that must not be");
	r->at += 2;
	geometry = svg_is_geometry(name);
	while (*r->at != '"') {
		if (*r->at == '\0' || *r->at == '<')
			return svg_fail(r, "an open value");
		if (geometry && strchr("0123456789.- MLlHhVvz", *r->at) ==
		    NULL)
			return svg_fail(r, "no number");
		if (!svg_read_char(r))
			return false;
	}
	r->at++;
	return true;
}

/* A tag whose "<" was read. */
static inline bool
svg_read_tag(struct svg_reader *r)
{
	static const char allowed[] = " svg title desc style g path rect text "
	    "circle ";
	bool end = *r->at == '/';
	char name[18] = " ";
	size_t length = 1;

	r->at += end;
	while (isalpha((unsigned char)*r->at) && length + 2 < sizeof name)
		name[length++] = *r->at++;
	name[length] = ' ';
	if (length == 1 || strstr(allowed, name) == NULL)
		return svg_fail(r, "an element that must not be");
	name[length] = '\0';
	if (end) {
		if (r->depth == 0 || strcmp(r->open[--r->depth], name + 1) !=
		    0 || *r->at != '>')
			return svg_fail(r, "an end without a beginning");
		r->at++;
		return true;
	}
	while (*r->at == ' ') {
		r->at++;
		if (!svg_read_attribute(r))
			return false;
	}
	if (strncmp(r->at, "/>", 2) == 0) {
		r->at += 2;
		return true;
	}
	if (*r->at != '>' || r->depth == SVG_MOST_DEPTH)
		return svg_fail(r, "no end of a tag");
	r->at++;
	(void)snprintf(r->open[r->depth++], sizeof r->open[0], "%s",
	    name + 1);
	return true;
}

/* NULL when all is well, else what is wrong. */
static inline const char *
svg_error(const char *text)
{
	struct svg_reader r = { .at = text };
	int elements = 0;

	while (*r.at != '\0' && r.error == NULL) {
		if (*r.at == '<') {
			r.at++;
			if (r.depth == 0 && *r.at != '/' && elements++ > 0)
				return "a second picture";
			(void)svg_read_tag(&r);
		} else if (r.depth == 0 && *r.at != '\n') {
			return "text outside";
		} else {
			(void)svg_read_char(&r);
		}
	}
	if (r.error == NULL && (r.depth != 0 || elements != 1))
		return "no end";
	return r.error;
}

/* How often `what` occurs. */
static inline int
svg_count(const char *text, const char *what)
{
	int count = 0;

	for (; (text = strstr(text, what)) != NULL; text += strlen(what))
		count++;
	return count;
}

#define CHECK_SVG(buffer) do { \
	const char *error_ = (buffer)->failed ? "failed" : \
	    svg_error(buffer_text(buffer)); \
	CHECK_STR(error_ == NULL ? "" : error_, ""); \
} while (0)

/* ---- colours of a style sheet ---- */

/* The colour that follows `what` in the style sheet, from `from` on; black
 * when there is none. */
static inline void
svg_colour(const char *from, const char *what, double rgb[3])
{
	const char *at = strstr(from, what);
	unsigned value[3] = { 0, 0, 0 };
	int i;

	CHECK(at != NULL);
	if (at != NULL && (at = strchr(at, '#')) != NULL &&
	    sscanf(at, "#%2x%2x%2x", &value[0], &value[1], &value[2]) != 3 &&
	    sscanf(at, "#%1x%1x%1x", &value[0], &value[1], &value[2]) == 3)
		for (i = 0; i < 3; i++)
			value[i] *= 17;
	for (i = 0; i < 3; i++)
		rgb[i] = value[i] / 255.0;
}

static inline double
luminance(const double rgb[3])
{
	static const double weights[] = { .2126, .7152, .0722 };
	double sum = 0;
	int i;

	for (i = 0; i < 3; i++)
		sum += weights[i] * (rgb[i] <= .03928 ? rgb[i] / 12.92 :
		    pow((rgb[i] + .055) / 1.055, 2.4));
	return sum;
}

static inline double
contrast(const char *style, const char *text, const char *ground)
{
	double a[3], b[3], x, y;

	svg_colour(style, text, a);
	svg_colour(style, ground, b);
	x = luminance(a) + .05;
	y = luminance(b) + .05;
	return x > y ? x / y : y / x;
}

/* ---- numbers ---- */

/* The same numbers in each run. */
static inline double
between(double low, double high)
{
	static uint64_t state = 88172645463325252u;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return low + (high - low) * ((double)(state >> 11) /
	    9007199254740992.0);
}

static inline bool
near(double is, double should, double by)
{
	if (fabs(is - should) <= by)
		return true;
	printf("is %.9g, should be %.9g: ", is, should);
	return false;
}

#endif
