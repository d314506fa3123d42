/* plot_parts.h: axes and text that the plots share. Included by web/plot*.c
 * only. */
#ifndef EDGE_PLOT_PARTS_H
#define EDGE_PLOT_PARTS_H

#include "plot.h"

/* The same for all plots of a mission, so that they line up. */
#define PLOT_LEFT_PX 56.0
#define PLOT_RIGHT_PX 18.0
#define PLOT_TOP_PX 30.0
#define PLOT_BOTTOM_PX 28.0

#define PLOT_NO_TIME INT64_MIN

/* The rectangle between the axes and what its sides stand for. */
struct plot_area {
	double left, top, right, bottom; /* pixels */
	int64_t from_ms, to_ms;          /* from < to */
	double low, high;                /* at bottom and top: low > high for
	                                    depths */
	struct buffer *out;
};

/* Opens the picture; `area` gets the rectangle within the usual margins and
 * the size that is kept in bounds. */
void plot_open(const struct plot *plot, int height, struct plot_area *area,
    struct buffer *out);

/* A time within ten thousand years of 1970: sums with it stay in range. */
int64_t plot_kept_ms(int64_t ms);

/* Sets the times to those of the plot or, when it has none, of the data from
 * `first` to `last`; a point in time becomes an hour. */
void plot_set_times(const struct plot *plot, int64_t first, int64_t last,
    struct plot_area *area);

double plot_x(const struct plot_area *area, int64_t ms);
double plot_y(const struct plot_area *area, double value);

/* A round step (1, 2, 5, 10 …) that divides `most` into at most `steps`; at
 * least 1 when `whole`. */
double plot_step(double most, int steps, bool whole);

/* Lines and numbers from 0 in steps up to the end of the axis. */
void plot_value_axis(const struct plot_area *area, double step);
/* Ticks, dates and "UTC" below; lines through the area when `lines`. */
void plot_time_axis(const struct plot_area *area, bool lines);

#define PLOT_MOST_TICKS 40

struct plot_tick {
	int64_t ms;
	char text[24];
};

/* At most `most` round times within [from, to], with their words. */
size_t plot_ticks(int64_t from_ms, int64_t to_ms, int most,
    struct plot_tick ticks[PLOT_MOST_TICKS]);

/* Text at a place, escaped; class as in svg_plot_style: "", "mid", "end",
 * "strong" … */
void plot_text(struct buffer *out, const char *class_name, double x, double y,
    const char *text);

/* A label beside the point (x, y), kept inside the area; above it or below. */
void plot_point_label(const struct plot_area *area, double x, double y,
    bool below, const char *text);
/* What stands for a platform of a kind at sea now. */
void plot_dot(const struct plot_area *area, int kind, double x, double y);
/* The legend: a coloured square and a word for each kind there is, and a dot
 * when one is at sea now. In the line of the title, to the right. */
void plot_kinds(const struct plot_area *area, const bool used[PLOT_KINDS],
    bool live);
/* "No dives with a depth", in the middle. */
void plot_empty(const struct plot_area *area, const char *text);

#endif
