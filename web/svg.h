/* svg.h: writes SVG pictures that stand alone: shown by <img>, printed, saved
 * to a disk, opened by themselves. No script, no reference to anything
 * outside. Markup is written by us only; text from elsewhere goes through
 * svg_text.
 *
 * All functions append to a struct buffer and fail as it does: the caller
 * looks at out->failed once, at its end. Pure; any thread. */
#ifndef EDGE_SVG_H
#define EDGE_SVG_H

#include <stddef.h>
#include <stdint.h>

#include "buffer.h"

#define SVG_SERIES 8      /* classes s1 … s8: series of look.md */
#define SVG_RAMP_STEPS 10 /* classes r0 … r9: one ramp, early to late */

struct svg_page {
	int width, height;       /* CSS pixels; the picture scales from there */
	const char *style;       /* a style sheet of ours, see below */
	const char *title;       /* accessible name; any text, NULL: "" */
	const char *description; /* any text; NULL: none */
};

/* Writes everything up to the first shape, and the end. */
void svg_begin(struct buffer *out, const struct svg_page *page);
void svg_end(struct buffer *out);

/* The style sheets of the two kinds of pictures, constant so that a
 * Content-Security-Policy can name their hash. They follow the colour scheme
 * of the reader by a media query and print light. */
extern const char svg_map_style[];
extern const char svg_plot_style[];

/* Text escaped for text and attributes. What XML has no place for (control
 * characters, bytes that are not UTF-8) becomes U+FFFD. */
void svg_text(struct buffer *out, const char *text);
/* At most `most` characters of it; the last one is "…" when some are left
 * off. */
void svg_text_cut(struct buffer *out, const char *text, size_t most);

/* A number with at most one decimal ("12.5", "-3"); 0 for what is not
 * finite. */
void svg_number(struct buffer *out, double value);

/* How wide text is at most in the fonts we ask for, in pixels; `size` is the
 * font size. */
double svg_text_width(const char *text, double size, bool bold);
/* Characters in the text. */
size_t svg_text_length(const char *text);

/* Path data in tenths of a pixel, to stand within SVG_TENTHS … </g>: shorter
 * than decimals. Steps are relative; a step of nothing is left out. */
#define SVG_TENTHS "<g transform=\"scale(.1)\">"

struct svg_path {
	struct buffer *out;
	int32_t x, y;         /* where the pen is, tenths */
	int32_t moved_x, moved_y;
	bool moved;           /* a move that is not written yet */
	bool line;            /* the last command was l */
};

void svg_path_begin(struct svg_path *path, struct buffer *out);
void svg_move(struct svg_path *path, double x, double y);
void svg_line(struct svg_path *path, double x, double y);
/* A line that is kept even when it has no length: the mark of a point. */
void svg_point(struct svg_path *path, double x, double y);
void svg_close(struct svg_path *path);

#endif
