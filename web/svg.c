#include "svg.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define NUMBER_MOST 1e7 /* pixels; farther is as good as infinite */
#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */
#define ELLIPSIS "\xe2\x80\xa6"    /* U+2026 */

/* ---- text ---- */

/* The length of the character at `at`, and whether XML takes it. A byte that
 * begins no character counts alone. */
static size_t
character(const char *at, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const unsigned char *)at;
	size_t length, i;

	length = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 :
	    p[0] < 0xf0 ? 3 : p[0] < 0xf5 ? 4 : 0;
	*code = 0xfffd;
	if (length == 0)
		return 1;
	if (length == 1) {
		*code = p[0] >= 0x20 && p[0] != 0x7f ? p[0] :
		    p[0] == '\t' || p[0] == '\n' || p[0] == '\r' ? ' ' :
		    0xfffd;
		return 1;
	}
	*code = p[0] & (0x7fU >> length);
	for (i = 1; i < length; i++) {
		if ((p[i] & 0xc0) != 0x80) {
			*code = 0xfffd;
			return 1;
		}
		*code = *code << 6 | (p[i] & 0x3f);
	}
	if (*code < least[length] || *code > 0x10ffff ||
	    (*code >= 0xd800 && *code < 0xe000) || (*code >= 0x7f &&
	    *code < 0xa0) || (*code & 0xfffe) == 0xfffe)
		*code = 0xfffd;
	return length;
}

size_t
svg_text_length(const char *text)
{
	uint32_t code;
	size_t length = 0;

	for (; *text != '\0'; text += character(text, &code))
		length++;
	return length;
}

void
svg_text_cut(struct buffer *out, const char *text, size_t most)
{
	size_t left = svg_text_length(text), length;
	bool cut = left > most;
	uint32_t code;

	if (cut)
		left = most > 0 ? most - 1 : 0;
	for (; left > 0; left--, text += length) {
		length = character(text, &code);
		if (code == 0xfffd)
			buffer_add_text(out, REPLACEMENT);
		else if (code == ' ')
			buffer_add_char(out, ' ');
		else
			buffer_add_html(out, text, length);
	}
	if (cut)
		buffer_add_text(out, ELLIPSIS);
}

void
svg_text(struct buffer *out, const char *text)
{
	svg_text_cut(out, text, SIZE_MAX);
}

/* In thousandths of the font size: DejaVu Sans, the widest of the fonts that
 * system-ui stands for. */
static int
character_width(uint32_t code)
{
	if (code < 0x80) {
		if (strchr("iljI.,:;'| !", (int)code) != NULL)
			return 330;
		if (strchr("ftr()[]-/", (int)code) != NULL)
			return 410;
		if (strchr("mwMW@%", (int)code) != NULL)
			return 970;
		if (code >= '0' && code <= '9')
			return 640;
		return code >= 'A' && code <= 'Z' ? 735 : 620;
	}
	if (code >= 0x300 && code < 0x370)
		return 0;
	if (code == 0xb0 || code == 0x2032) /* degrees, minutes */
		return 500;
	return code < 0x1100 ? 740 : 1030;
}

double
svg_text_width(const char *text, double size, bool bold)
{
	double width = 0;
	uint32_t code;

	for (; *text != '\0'; text += character(text, &code)) {
		(void)character(text, &code);
		width += character_width(code);
	}
	return width * size / 1000 * (bold ? 1.12 : 1);
}

/* ---- numbers and paths ---- */

static int32_t
tenths(double value)
{
	if (!isfinite(value))
		return 0;
	value = value > NUMBER_MOST ? NUMBER_MOST : value < -NUMBER_MOST ?
	    -NUMBER_MOST : value;
	return (int32_t)lround(value * 10);
}

/* The text of a number; returns its length. */
static size_t
digits(int32_t value, char text[12])
{
	uint32_t left = value < 0 ? 0U - (uint32_t)value : (uint32_t)value;
	char back[12];
	size_t length = 0, at = 0;

	do {
		back[length++] = (char)('0' + left % 10);
		left /= 10;
	} while (left > 0);
	if (value < 0)
		text[at++] = '-';
	while (length > 0)
		text[at++] = back[--length];
	return at;
}

void
svg_number(struct buffer *out, double value)
{
	int32_t number = tenths(value);
	char text[14];
	size_t length = 0;

	if (number < 0) {
		text[length++] = '-';
		number = -number;
	}
	length += digits(number / 10, text + length);
	if (number % 10 != 0) {
		text[length++] = '.';
		text[length++] = (char)('0' + number % 10);
	}
	buffer_add(out, text, length);
}

void
svg_path_begin(struct svg_path *path, struct buffer *out)
{
	memset(path, 0, sizeof *path);
	path->out = out;
}

/* A pair of numbers; a minus sign parts them as well as a space does. */
static void
add_pair(struct svg_path *path, char command, int32_t x, int32_t y)
{
	char text[28];
	size_t length = 0;

	if (command != '\0')
		text[length++] = command;
	else if (x >= 0)
		text[length++] = ' ';
	length += digits(x, text + length);
	if (y >= 0)
		text[length++] = ' ';
	length += digits(y, text + length);
	buffer_add(path->out, text, length);
}

void
svg_move(struct svg_path *path, double x, double y)
{
	path->moved_x = tenths(x);
	path->moved_y = tenths(y);
	path->moved = true;
}

static void
add_step(struct svg_path *path, int32_t x, int32_t y)
{
	if (path->moved) {
		add_pair(path, 'M', path->moved_x, path->moved_y);
		path->x = path->moved_x;
		path->y = path->moved_y;
		path->moved = path->line = false;
	}
	add_pair(path, path->line ? '\0' : 'l', x - path->x, y - path->y);
	path->line = true;
	path->x = x;
	path->y = y;
}

void
svg_line(struct svg_path *path, double x, double y)
{
	int32_t to_x = tenths(x), to_y = tenths(y);
	int32_t from_x = path->moved ? path->moved_x : path->x;
	int32_t from_y = path->moved ? path->moved_y : path->y;

	if (to_x != from_x || to_y != from_y)
		add_step(path, to_x, to_y);
}

void
svg_point(struct svg_path *path, double x, double y)
{
	svg_move(path, x, y);
	add_step(path, path->moved_x, path->moved_y);
}

void
svg_close(struct svg_path *path)
{
	if (path->line)
		buffer_add_char(path->out, 'z');
	path->line = false;
	path->moved = true; /* back where the ring began; a move must follow */
}

/* ---- documents ---- */

void
svg_begin(struct buffer *out, const struct svg_page *page)
{
	buffer_printf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" "
	    "viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\">\n"
	    "<title>", page->width, page->height, page->width, page->height);
	svg_text(out, page->title != NULL ? page->title : "");
	buffer_add_text(out, "</title>");
	if (page->description != NULL) {
		buffer_add_text(out, "<desc>");
		svg_text(out, page->description);
		buffer_add_text(out, "</desc>");
	}
	buffer_add_text(out, "\n<style>");
	buffer_add_text(out, page->style);
	buffer_add_text(out, "</style>\n");
}

void
svg_end(struct buffer *out)
{
	buffer_add_text(out, "</svg>\n");
}
