/* How many were at sea in each week, and what tells the kinds apart. */
#include "../schema/clock.h"
#include "format.h"
#include "plot_parts.h"

#define NARROW_PX 480.0     /* less room than the whole title needs */
#define WEEK_MS (7 * CLOCK_DAY_MS)
#define MOST_WEEKS 10000

static const char *const kind_names[PLOT_KINDS] = { "gliders", "sailbuoys" };

void
plot_dot(const struct plot_area *area, int kind, double x, double y)
{
	buffer_printf(area->out, "<circle class=\"f%d\" r=\"4\" cx=\"", kind);
	svg_number(area->out, x);
	buffer_add_text(area->out, "\" cy=\"");
	svg_number(area->out, y);
	buffer_add_text(area->out, "\"/>\n");
}

void
plot_kinds(const struct plot_area *area, const bool used[PLOT_KINDS],
    bool live)
{
	double right = area->right, y = 17;
	int kind;

	if (live) {
		right -= svg_text_width("now", 12, false);
		plot_text(area->out, "strong", right, y, "now");
		plot_dot(area, used[PLOT_GLIDER] ? PLOT_GLIDER : PLOT_SAILBUOY,
		    right - 10, y - 4);
		right -= 30;
	}

	for (kind = PLOT_KINDS - 1; kind >= 0; kind--) {
		if (!used[kind])
			continue;
		right -= svg_text_width(kind_names[kind], 12, false);
		plot_text(area->out, "strong", right, y, kind_names[kind]);
		right -= 15;
		buffer_printf(area->out, "<rect class=\"f%d\" width=\"10\" "
		    "height=\"10\" x=\"", kind);
		svg_number(area->out, right);
		buffer_add_text(area->out, "\" y=\"");
		svg_number(area->out, y - 9);
		buffer_add_text(area->out, "\"/>\n");
		right -= 16;
	}
}

static int
count_of(int count)
{
	return count < 0 ? 0 : count > 1000000 ? 1000000 : count;
}

/* How many of the kinds up to `kind` were at sea in the week. */
static int
stacked(const struct plot_week *week, int kind)
{
	int sum = 0;

	for (; kind >= 0; kind--)
		sum += count_of(week->platforms[kind]);
	return sum;
}

static int64_t
week_ms(int64_t first_ms, size_t week)
{
	return first_ms + (int64_t)week * WEEK_MS;
}

/* The steps of one kind above those below it. */
static void
put_steps(const struct plot_area *area, int64_t first_ms,
    const struct plot_week *weeks, size_t length, int kind)
{
	struct svg_path path;
	double x = area->left, y = area->bottom;
	size_t i;

	buffer_printf(area->out, "<path class=\"f%d\" d=\"", kind);
	svg_path_begin(&path, area->out);
	svg_move(&path, plot_x(area, first_ms), area->bottom);
	/* There along the upper edge, and back along the lower. */
	for (i = 0; i < length; i++) {
		x = plot_x(area, week_ms(first_ms, i));
		y = plot_y(area, stacked(&weeks[i], kind));
		svg_line(&path, x, y);
		if (i + 1 == length || stacked(&weeks[i + 1], kind) !=
		    stacked(&weeks[i], kind))
			svg_line(&path, plot_x(area, week_ms(first_ms,
			    i + 1)), y);
	}
	for (i = length; i-- > 0;) {
		y = plot_y(area, stacked(&weeks[i], kind - 1));
		if (i + 1 == length || stacked(&weeks[i + 1], kind - 1) !=
		    stacked(&weeks[i], kind - 1))
			svg_line(&path, plot_x(area, week_ms(first_ms,
			    i + 1)), y);
		if (i == 0 || stacked(&weeks[i - 1], kind - 1) !=
		    stacked(&weeks[i], kind - 1))
			svg_line(&path, plot_x(area, week_ms(first_ms, i)),
			    y);
	}
	svg_close(&path);
	buffer_add_text(area->out, "\"/>\n");
}

static void
label_most(const struct plot_area *area, int64_t first_ms, size_t week,
    int most)
{
	struct buffer text = { 0 };

	buffer_printf(&text, "most: %d, week of ", most);
	format_date(week_ms(first_ms, week), &text);
	plot_point_label(area, plot_x(area, week_ms(first_ms, week) +
	    WEEK_MS / 2), plot_y(area, most), false, buffer_text(&text));
	area->out->failed = area->out->failed || text.failed;
	buffer_free(&text);
}

void
plot_coverage(const struct plot *plot, int64_t first_ms,
    const struct plot_week *weeks, size_t length, struct buffer *out)
{
	int height = plot->height < PLOT_LEAST_PX ? PLOT_LEAST_PX :
	    plot->height > PLOT_MOST_PX ? PLOT_MOST_PX : plot->height;
	bool used[PLOT_KINDS] = { false };
	struct plot_area area;
	size_t i, busiest = 0;
	int kind, most = 0;

	length = length > MOST_WEEKS ? MOST_WEEKS : length;
	first_ms = plot_kept_ms(first_ms);
	plot_open(plot, height, &area, out);
	for (i = 0; i < length; i++) {
		for (kind = 0; kind < PLOT_KINDS; kind++)
			used[kind] = used[kind] ||
			    weeks[i].platforms[kind] > 0;
		if (stacked(&weeks[i], PLOT_KINDS - 1) > most) {
			most = stacked(&weeks[i], PLOT_KINDS - 1);
			busiest = i;
		}
	}
	/* The axis is the weeks': steps outside of it would be seen. */
	plot_set_times(&(struct plot){ .width = 0 }, first_ms,
	    week_ms(first_ms, length), &area);
	area.high = most > 0 ? most * 1.18 : 1;
	plot_text(out, "strong", 8, 17, area.right < NARROW_PX ?
	    "At sea, by week" : "Platforms at sea in each week");
	plot_kinds(&area, used, false);
	plot_value_axis(&area, plot_step(area.high, 5, true));
	buffer_add_text(out, SVG_TENTHS);
	for (kind = 0; kind < PLOT_KINDS; kind++)
		if (used[kind])
			put_steps(&area, first_ms, weeks, length, kind);
	buffer_add_text(out, "</g>\n");
	plot_time_axis(&area, false);
	if (most > 0)
		label_most(&area, first_ms, busiest, most);
	else
		plot_empty(&area, "Nobody was at sea");
	svg_end(out);
}
