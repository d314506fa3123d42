/* portal_look.c: colours and logo: files that the site serves beside its own. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../schema/file.h"
#include "buffer.h"
#include "plot_file.h"
#include "portal_internal.h"

#define LOGO_BYTES 102400
#define LOGO_HEIGHT 28
#define LOGO_WIDTH_MOST 280
#define CONTRAST_LEAST 4.5 /* WCAG 2.2, 1.4.3 */

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* ---- colours ---- */

enum scheme { LIGHT, DARK, SCHEMES };

/* The papers of www/style.css. */
static const char *const papers[SCHEMES] = { "#ffffff", "#0c1721" };

static const struct {
	const char *name;
	bool read; /* something to be read is written in it */
} tokens[] = {
	{ "accent", true }, { "ink", true }, { "soft", true },
	{ "line", false },
};

/* 0 to 255 each; false for what is no "#rrggbb". */
static bool
parse_colour(const char *text, int rgb[3])
{
	unsigned value;
	size_t i;

	if (text == NULL || text[0] != '#' || strlen(text) != 7)
		return false;
	for (i = 1; i < 7; i++)
		if (!isxdigit((unsigned char)text[i]))
			return false;
	value = (unsigned)strtoul(text + 1, NULL, 16);
	for (i = 0; i < 3; i++)
		rgb[i] = (int)(value >> (16 - 8 * i) & 0xff);
	return true;
}

/* Relative luminance as WCAG defines it. */
static double
luminance(const int rgb[3])
{
	static const double weights[3] = { .2126, .7152, .0722 };
	double sum = 0, part;
	int i;

	for (i = 0; i < 3; i++) {
		part = rgb[i] / 255.0;
		sum += weights[i] * (part <= .04045 ? part / 12.92 :
		    pow((part + .055) / 1.055, 2.4));
	}
	return sum;
}

static double
contrast(const int a[3], const int b[3])
{
	double x = luminance(a), y = luminance(b);

	return (fmax(x, y) + .05) / (fmin(x, y) + .05);
}

static void
read_colour(struct reading *r, const cJSON *item, const char *path,
    enum scheme scheme, bool is_read)
{
	const char *text = cJSON_GetStringValue(item);
	int colour[3], paper[3] = { 0, 0, 0 };
	double is;

	if (!parse_colour(text, colour)) {
		portal_problem(r, path, "takes a colour as #rrggbb, such as "
		    "#00658f");
		return;
	}
	(void)parse_colour(papers[scheme], paper);
	is = contrast(colour, paper);
	if (is_read && is < CONTRAST_LEAST)
		portal_problem(r, path, "%s on the paper %s has a contrast of "
		    "%.1f : 1 and is hard to read; take a %s colour, 4.5 : 1 is "
		    "the least", text, papers[scheme], floor(is * 10) / 10,
		    scheme == LIGHT ? "darker" : "lighter");
	else
		buffer_printf(&r->style[scheme], "--%s:%s;", item->string,
		    text);
}

static void
read_scheme(struct reading *r, const cJSON *object, const char *path,
    enum scheme scheme)
{
	char place[PORTAL_PATH_BYTES];
	const cJSON *item;
	size_t i;

	if (!cJSON_IsObject(object)) {
		portal_problem(r, path, "takes {\"accent\": \"#rrggbb\"}");
		return;
	}
	cJSON_ArrayForEach(item, object) {
		(void)snprintf(place, sizeof place, "%.120s.%.60s", path,
		    item->string);
		for (i = 0; i < COUNT(tokens); i++)
			if (strcmp(tokens[i].name, item->string) == 0)
				break;
		if (i == COUNT(tokens))
			portal_problem(r, place, "is not known; it takes "
			    "accent, ink, soft and line");
		else if (cJSON_GetObjectItemCaseSensitive(object,
		    item->string) != item)
			portal_problem(r, place, "is there twice; keep one");
		else
			read_colour(r, item, place, scheme, tokens[i].read);
	}
}

static void
read_light(struct reading *r, cJSON *item, const char *path)
{
	read_scheme(r, item, path, LIGHT);
}

static void
read_dark(struct reading *r, cJSON *item, const char *path)
{
	read_scheme(r, item, path, DARK);
}

void
portal_read_colours(struct reading *r, cJSON *item, const char *path)
{
	static const struct portal_member members[] = {
		{ "light", read_light }, { "dark", read_dark },
	};
	struct buffer sheet = { 0 };

	portal_members(r, item, path, members, COUNT(members));
	if (r->style[LIGHT].length + r->style[DARK].length == 0)
		return;
	/* Print has colours of its own. */
	buffer_printf(&sheet, "@media screen{:root{%s}}\n@media screen and "
	    "(prefers-color-scheme:dark){:root{%s}}\n",
	    buffer_text(&r->style[LIGHT]), buffer_text(&r->style[DARK]));
	portal_add_file(r, PORTAL_STYLE, &sheet);
}

/* ---- logo ---- */

static bool
svg_size(const char *text, double *width, double *height)
{
	const char *svg = strstr(text, "<svg"), *box, *end;
	double x, y;

	end = svg != NULL ? strchr(svg, '>') : NULL;
	box = svg != NULL ? strstr(svg, "viewBox=") : NULL;
	return end != NULL && box != NULL && box < end &&
	    sscanf(box + 9, "%lf%*[ ,]%lf%*[ ,]%lf%*[ ,]%lf", &x, &y, width,
	    height) == 4 && *width > 0 && *height > 0 && *width < 1e6 &&
	    *height < 1e6;
}

void
portal_read_logo(struct reading *r, cJSON *item, const char *path)
{
	const char *name = portal_text(r, item, path, PORTAL_PATH_BYTES);
	const char *file = name != NULL ? portal_beside(r, name) : NULL;
	struct edge_err err = { 0 };
	struct buffer copy = { 0 };
	double width = 0, height = 0;
	int x = 0, y = 0;
	size_t length = 0;
	char *bytes = file != NULL ? file_read(file, LOGO_BYTES, &length,
	    &err) : NULL;
	bool png;

	if (bytes == NULL) {
		if (file != NULL)
			portal_problem(r, path, "%s", err.text);
		return;
	}
	png = plot_png_size(bytes, length, &x, &y);
	if (png) {
		width = x;
		height = y;
	} else if (strlen(bytes) != length ||
	    !svg_size(bytes, &width, &height)) {
		portal_problem(r, path, "%.120s is neither a PNG nor an SVG "
		    "with a viewBox", file);
		free(bytes);
		return;
	}
	buffer_add(&copy, bytes, length);
	portal_add_file(r, png ? PORTAL_LOGO_PNG : PORTAL_LOGO_SVG, &copy);
	r->portal->logo_height = LOGO_HEIGHT;
	r->portal->logo_width = (int)fmin(fmax(1, round(width / height *
	    LOGO_HEIGHT)), LOGO_WIDTH_MOST);
	free(bytes);
}
