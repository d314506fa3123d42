/* Who was at sea when: a row for each platform. */
#include <math.h>
#include <stdio.h>

#include "../schema/clock.h"
#include "plot_parts.h"

#define NARROW_PX 480.0     /* no room for notes */
#define NOTE_MOST_PX 110.0
#define LABEL_CHARACTERS 16
#define FEW_ROWS 6          /* with room for labels in the bars */
#define LEAST_BAR_PX 1.5

static double
row_px(size_t rows)
{
	return rows <= FEW_ROWS ? 30 : rows <= 40 ? 22 : rows <= 120 ? 16 : 12;
}

static size_t
shown_rows(size_t rows)
{
	return rows > PLOT_MOST_ROWS ? PLOT_MOST_ROWS : rows;
}

int
plot_gantt_height(size_t rows)
{
	double rest = rows > PLOT_MOST_ROWS ? 20 : 0;
	size_t shown = shown_rows(rows);

	return (int)ceil(PLOT_TOP_PX + 20 + PLOT_BOTTOM_PX + rest +
	    row_px(rows) * (double)(shown > 0 ? shown : 1));
}

static int
valid_kind(enum plot_kind kind)
{
	return kind == PLOT_SAILBUOY ? PLOT_SAILBUOY : PLOT_GLIDER;
}

struct gantt {
	struct plot_area area;
	const struct plot_row *rows;
	size_t length, shown;
	double row;   /* height, pixels */
	double bar;   /* height of the bars */
	double note;  /* where notes begin; 0: no room for them */
	double font;  /* pixels: 10, 11, 12 or 13, classes of the style sheet */
};

static double
row_middle(const struct gantt *g, size_t row)
{
	return g->area.top + g->row * ((double)row + 0.5);
}

/* False when it is not within the times shown. */
static bool
bar_of(const struct gantt *g, const struct plot_sailing *s, double *left,
    double *right)
{
	double most = g->area.right;

	if (s->end_ms < s->start_ms || s->end_ms < g->area.from_ms ||
	    s->start_ms > g->area.to_ms)
		return false;
	*left = fmax(g->area.left, plot_x(&g->area, s->start_ms));
	*right = fmin(most, plot_x(&g->area, s->end_ms));
	if (*right - *left < LEAST_BAR_PX)
		*right = fmin(most, *left + LEAST_BAR_PX);
	return true;
}

static void
find_times(const struct plot *plot, struct gantt *g)
{
	int64_t first = INT64_MAX, last = INT64_MIN;
	size_t i, k;

	for (i = 0; i < g->shown; i++) {
		for (k = 0; k < g->rows[i].length; k++) {
			const struct plot_sailing *s = &g->rows[i].sailings[k];

			if (s->end_ms < s->start_ms)
				continue;
			first = s->start_ms < first ? s->start_ms : first;
			last = s->end_ms > last ? s->end_ms : last;
		}
	}
	if (first > last)
		first = last = 0;
	plot_set_times(plot, first, last, &g->area);
}

/* Sets where notes and bars begin. */
static void
fit_names(struct gantt *g)
{
	double label = 30, note = 0;
	size_t i;

	for (i = 0; i < g->shown; i++) {
		label = fmax(label, svg_text_width(g->rows[i].label, g->font,
		    true));
		if (g->rows[i].note != NULL)
			note = fmax(note, svg_text_width(g->rows[i].note,
			    g->font, false));
	}
	label = fmin(label, LABEL_CHARACTERS * g->font * 0.8);
	g->area.left = fmin(8 + label + 10, g->area.right / 2);
	if (note == 0 || g->area.right < NARROW_PX)
		return;
	g->note = g->area.left;
	g->area.left += fmin(note, NOTE_MOST_PX) + 8;
}

/* Rules under the rows, and one at the beginning of each year or month; with
 * its words above, and below when that is far. */
static void
put_frame(struct gantt *g)
{
	struct plot_area *area = &g->area;
	struct plot_tick ticks[PLOT_MOST_TICKS];
	size_t every = g->shown > 120 ? 5 : 1, i, length;
	int64_t years = (area->to_ms - area->from_ms) / (365 * CLOCK_DAY_MS);
	double room = area->right - area->left;
	struct svg_path path;

	buffer_add_text(area->out, SVG_TENTHS "<path class=\"grid\" d=\"");
	svg_path_begin(&path, area->out);
	for (i = 0; i <= g->shown; i += every) {
		svg_move(&path, 8, area->top + g->row * (double)i);
		svg_line(&path, area->right, area->top + g->row * (double)i);
	}
	/* Years alone, as soon as there are some. */
	length = plot_ticks(area->from_ms, area->to_ms, years < 2 ?
	    (int)(room / 60) : (int)fmin((double)years, room / 44), ticks);
	for (i = 0; i < length; i++) {
		svg_move(&path, plot_x(area, ticks[i].ms), area->top - 4);
		svg_line(&path, plot_x(area, ticks[i].ms), area->bottom);
	}
	buffer_add_text(area->out, "\"/></g>\n");
	for (i = 0; i < length; i++) {
		double x = plot_x(area, ticks[i].ms) + 4;

		if (x + svg_text_width(ticks[i].text, 12, false) >
		    area->right + PLOT_RIGHT_PX)
			continue;
		plot_text(area->out, "", x, area->top - 7, ticks[i].text);
		if (g->shown > 25)
			plot_text(area->out, "", x, area->bottom + 15,
			    ticks[i].text);
	}
}

static void
put_cut(struct gantt *g, const char *class_name, double x, size_t row,
    const char *text, size_t most)
{
	struct buffer *out = g->area.out;

	buffer_printf(out, "<text class=\"%st%.0f\" x=\"", class_name,
	    g->font);
	svg_number(out, x);
	buffer_add_text(out, "\" y=\"");
	svg_number(out, row_middle(g, row) + g->font * .36);
	buffer_add_text(out, "\">");
	svg_text_cut(out, text, most);
	buffer_add_text(out, "</text>\n");
}

static void
put_name(struct gantt *g, size_t row)
{
	const struct plot_row *r = &g->rows[row];
	double wide;

	put_cut(g, "bold ", 8, row, r->label, LABEL_CHARACTERS);
	if (r->note == NULL || g->note == 0)
		return;
	wide = svg_text_width(r->note, g->font, false);
	put_cut(g, "", g->note, row, r->note, wide <= NOTE_MOST_PX ?
	    SIZE_MAX : (size_t)(NOTE_MOST_PX / (g->font * .7)));
}

static void
put_bars(struct gantt *g, int kind)
{
	struct svg_path path;
	double left, right;
	size_t i, k;

	buffer_printf(g->area.out, SVG_TENTHS "<path class=\"k%d\" "
	    "stroke-width=\"", kind);
	svg_number(g->area.out, 10 * g->bar);
	buffer_add_text(g->area.out, "\" d=\"");
	svg_path_begin(&path, g->area.out);
	for (i = 0; i < g->shown; i++) {
		if (valid_kind(g->rows[i].kind) != kind)
			continue;
		for (k = 0; k < g->rows[i].length; k++) {
			if (!bar_of(g, &g->rows[i].sailings[k], &left, &right))
				continue;
			svg_move(&path, left, row_middle(g, i));
			svg_line(&path, right, row_middle(g, i));
		}
	}
	buffer_add_text(g->area.out, "\"/></g>\n");
}

/* Labels in bars, dots behind live ones. */
static void
put_details(struct gantt *g, size_t row)
{
	double left, right, y = row_middle(g, row);
	size_t k;

	for (k = 0; k < g->rows[row].length; k++) {
		const struct plot_sailing *s = &g->rows[row].sailings[k];

		if (!bar_of(g, s, &left, &right))
			continue;
		if (s->label != NULL && g->shown <= FEW_ROWS && right - left >
		    svg_text_width(s->label, 11, false) + 4)
			plot_text(g->area.out, "in", (left + right) / 2, y + 4,
			    s->label);
		if (s->live)
			plot_dot(&g->area, valid_kind(g->rows[row].kind),
			    right + 7, y);
	}
}

void
plot_gantt(const struct plot *plot, const struct plot_row *rows,
    size_t length, struct buffer *out)
{
	struct gantt g = { .rows = rows, .length = length,
		.shown = shown_rows(length), .row = row_px(length) };
	bool used[PLOT_KINDS] = { false };
	bool live = false;
	char more[48];
	size_t i, k;
	int kind;

	plot_open(plot, plot_gantt_height(length), &g.area, out);
	g.bar = g.row <= 12 ? 6 : floor(g.row * 0.55);
	g.font = g.row <= 12 ? 10 : g.row <= 16 ? 11 :
	    g.row <= 22 ? 12 : 13;
	g.area.top = PLOT_TOP_PX + 20;
	g.area.bottom = g.area.top + g.row * (double)g.shown;
	fit_names(&g);
	find_times(plot, &g);
	for (i = 0; i < g.shown; i++) {
		used[valid_kind(rows[i].kind)] = true;
		for (k = 0; k < rows[i].length; k++)
			live = live || rows[i].sailings[k].live;
	}
	plot_text(out, "strong", 8, 17, "At sea, UTC");
	plot_kinds(&g.area, used, live);
	put_frame(&g);
	for (i = 0; i < g.shown; i++)
		put_name(&g, i);
	for (kind = 0; kind < PLOT_KINDS; kind++)
		if (used[kind])
			put_bars(&g, kind);
	for (i = 0; i < g.shown; i++)
		put_details(&g, i);
	if (length == 0)
		plot_text(out, "mid", (g.area.left + g.area.right) / 2,
		    g.area.top + 16, "No platforms");
	if (length > g.shown) {
		(void)snprintf(more, sizeof more, "and %zu more platforms",
		    length - g.shown);
		plot_text(out, "", 8, g.area.bottom + 34, more);
	}
	svg_end(out);
}
