#include "plot.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../schema/clock.h"
#include "format.h"
#include "plot_parts.h"

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS (60 * MINUTE_MS)
#define TICK_PX 96.0 /* room for "12 Oct 2025" */
/* Times beyond are of broken clocks; the sums below stay within int64_t. */
#define MOST_MS INT64_C(253402300800000) /* the year 10000 */

static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
	"Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

/* ---- the picture ---- */

static int
within(int value, int least, int most)
{
	return value < least ? least : value > most ? most : value;
}

void
plot_open(const struct plot *plot, int height, struct plot_area *area,
    struct buffer *out)
{
	struct svg_page page = { .style = svg_plot_style,
		.title = plot->title, .description = plot->description };

	page.width = within(plot->width, PLOT_LEAST_PX, PLOT_MOST_PX);
	page.height = height;
	*area = (struct plot_area){
		.left = PLOT_LEFT_PX, .top = PLOT_TOP_PX,
		.right = page.width - PLOT_RIGHT_PX,
		.bottom = page.height - PLOT_BOTTOM_PX,
		.to_ms = 1, .high = 1, .out = out
	};
	svg_begin(out, &page);
	buffer_add_text(out, "<rect class=\"paper\" width=\"100%\" "
	    "height=\"100%\"/>\n");
}

int64_t
plot_kept_ms(int64_t ms)
{
	return ms < -MOST_MS ? -MOST_MS : ms > MOST_MS ? MOST_MS : ms;
}

void
plot_set_times(const struct plot *plot, int64_t first, int64_t last,
    struct plot_area *area)
{
	bool given = plot->from_ms != 0 || plot->to_ms != 0;

	area->from_ms = plot_kept_ms(given ? plot->from_ms : first);
	area->to_ms = plot_kept_ms(given ? plot->to_ms : last);
	if (area->to_ms <= area->from_ms) {
		area->from_ms -= HOUR_MS / 2;
		area->to_ms = area->from_ms + HOUR_MS;
	}
}

double
plot_x(const struct plot_area *area, int64_t ms)
{
	return area->left + (area->right - area->left) *
	    (double)(plot_kept_ms(ms) - area->from_ms) /
	    (double)(area->to_ms - area->from_ms);
}

double
plot_y(const struct plot_area *area, double value)
{
	return area->bottom - (area->bottom - area->top) *
	    (value - area->low) / (area->high - area->low);
}

void
plot_text(struct buffer *out, const char *class_name, double x, double y,
    const char *text)
{
	buffer_add_text(out, "<text");
	if (class_name[0] != '\0')
		buffer_printf(out, " class=\"%s\"", class_name);
	buffer_add_text(out, " x=\"");
	svg_number(out, x);
	buffer_add_text(out, "\" y=\"");
	svg_number(out, y);
	buffer_add_text(out, "\">");
	svg_text(out, text);
	buffer_add_text(out, "</text>\n");
}

void
plot_point_label(const struct plot_area *area, double x, double y, bool below,
    const char *text)
{
	double half = svg_text_width(text, 12, false) / 2;
	double baseline = below ? y + 17 : y - 9;

	buffer_add_text(area->out, "<circle class=\"point\" r=\"3.5\" cx=\"");
	svg_number(area->out, x);
	buffer_add_text(area->out, "\" cy=\"");
	svg_number(area->out, y);
	buffer_add_text(area->out, "\"/>\n");
	if (baseline > area->bottom - 4)
		baseline = y - 9;
	if (baseline < area->top + 10)
		baseline = y + 17;
	if (x - half < area->left + 4)
		plot_text(area->out, "over", fmax(x, area->left + 4),
		    baseline, text);
	else if (x + half > area->right)
		plot_text(area->out, "over end", fmin(x, area->right),
		    baseline, text);
	else
		plot_text(area->out, "over mid", x, baseline, text);
}

void
plot_empty(const struct plot_area *area, const char *text)
{
	plot_text(area->out, "mid", (area->left + area->right) / 2,
	    (area->top + area->bottom) / 2, text);
}

/* ---- values ---- */

double
plot_step(double most, int steps, bool whole)
{
	double power, step;
	int i;
	static const double rounds[] = { 1, 2, 5, 10 };

	if (!(most > 0) || !isfinite(most))
		return 1;
	power = pow(10, floor(log10(most / steps)));
	step = 10 * power;
	for (i = 3; i >= 0; i--)
		if (rounds[i] * power * steps >= most * (1 - 1e-9))
			step = rounds[i] * power;
	return whole && step < 1 ? 1 : step;
}

void
plot_value_axis(const struct plot_area *area, double step)
{
	double end = fmax(fabs(area->low), fabs(area->high)), value;
	struct svg_path path;
	struct buffer text = { 0 };
	int i;

	buffer_add_text(area->out, SVG_TENTHS "<path class=\"grid\" d=\"");
	svg_path_begin(&path, area->out);
	for (i = 0; i <= 20 && i * step <= end * (1 + 1e-9); i++) {
		svg_move(&path, area->left, plot_y(area, i * step));
		svg_line(&path, area->right, plot_y(area, i * step));
	}
	buffer_add_text(area->out, "\"/></g>\n");
	for (i = 0; i <= 20 && i * step <= end * (1 + 1e-9); i++) {
		value = i * step;
		buffer_clear(&text);
		if (step < 1)
			buffer_printf(&text, "%.*f", step < 0.1 ? 2 : 1,
			    value);
		else
			format_int(llround(value), &text);
		plot_text(area->out, "end", area->left - 8,
		    plot_y(area, value) + 4, buffer_text(&text));
		area->out->failed = area->out->failed || text.failed;
	}
	buffer_free(&text);
}

/* ---- times ---- */

enum unit { MINUTES, HOURS, DAYS, MONTH_DAYS, MONTHS, YEARS };

/* From fine to coarse; `ms` is about what a step lasts. MONTH_DAYS begin anew
 * with each month: 1, 6, 11 … 26. */
static const struct step {
	enum unit unit;
	int count;
	int64_t ms;
} steps[] = {
	{ MINUTES, 10, 10 * MINUTE_MS }, { MINUTES, 30, 30 * MINUTE_MS },
	{ HOURS, 1, HOUR_MS }, { HOURS, 3, 3 * HOUR_MS },
	{ HOURS, 6, 6 * HOUR_MS }, { HOURS, 12, 12 * HOUR_MS },
	{ DAYS, 1, CLOCK_DAY_MS }, { DAYS, 2, 2 * CLOCK_DAY_MS },
	{ MONTH_DAYS, 5, 5 * CLOCK_DAY_MS },
	{ MONTH_DAYS, 10, 10 * CLOCK_DAY_MS },
	{ MONTHS, 1, 30 * CLOCK_DAY_MS }, { MONTHS, 2, 60 * CLOCK_DAY_MS },
	{ MONTHS, 3, 91 * CLOCK_DAY_MS }, { MONTHS, 6, 182 * CLOCK_DAY_MS },
	{ YEARS, 1, 365 * CLOCK_DAY_MS }, { YEARS, 2, 730 * CLOCK_DAY_MS },
	{ YEARS, 5, 1826 * CLOCK_DAY_MS }, { YEARS, 10, 3652 * CLOCK_DAY_MS },
	{ YEARS, 20, 7305 * CLOCK_DAY_MS }, { YEARS, 50, 18262 * CLOCK_DAY_MS },
	{ YEARS, 100, 36525 * CLOCK_DAY_MS },
	{ YEARS, 200, 73050 * CLOCK_DAY_MS },
	{ YEARS, 500, 182625 * CLOCK_DAY_MS },
	{ YEARS, 1000, 365250 * CLOCK_DAY_MS }
};

struct civil {
	int64_t year;
	int month, day;
};

static int64_t
floor_to(int64_t value, int64_t step)
{
	return value / step * step - (value % step < 0 ? step : 0);
}

static struct civil
civil_of(int64_t ms)
{
	struct civil c;

	clock_civil_from_days(floor_to(ms, CLOCK_DAY_MS) / CLOCK_DAY_MS,
	    &c.year, &c.month, &c.day);
	return c;
}

static int64_t
ms_of(int64_t year, int month, int day)
{
	return clock_days_from_civil(year, month, day) * CLOCK_DAY_MS;
}

/* The last round time at or before `ms`. */
static int64_t
round_down(int64_t ms, const struct step *step)
{
	struct civil c = civil_of(ms);

	switch (step->unit) {
	case MONTH_DAYS:
		/* The last one of a month lasts to its end. */
		c.day = c.day > 30 ? 30 : c.day;
		return ms_of(c.year, c.month, (c.day - 1) / step->count *
		    step->count + 1);
	case MONTHS:
		return ms_of(c.year, (c.month - 1) / step->count *
		    step->count + 1, 1);
	case YEARS:
		return ms_of(floor_to(c.year, step->count), 1, 1);
	default:
		return floor_to(ms, step->ms);
	}
}

/* The round time after a round time. */
static int64_t
next_round(int64_t ms, const struct step *step)
{
	struct civil c = civil_of(ms);

	switch (step->unit) {
	case MONTH_DAYS:
		if (c.day + step->count <= 26)
			return ms + step->ms;
		c.day = 1;
		c.month++;
		break;
	case MONTHS:
		c.month += step->count;
		break;
	case YEARS:
		return ms_of(c.year + step->count, 1, 1);
	default:
		return ms + step->ms;
	}
	if (c.month > 12) {
		c.month -= 12;
		c.year++;
	}
	return ms_of(c.year, c.month, c.day);
}

/* "06:00", "12 Oct", "Oct", "2025"; the first one, without one before it, and
 * the first of a year say more. */
static void
tick_text(struct plot_tick *tick, const struct step *step,
    const struct civil *before)
{
	struct civil c = civil_of(tick->ms);
	int64_t minute = (tick->ms - floor_to(tick->ms, CLOCK_DAY_MS)) /
	    MINUTE_MS;
	bool new_year = before == NULL || before->year != c.year;

	if (step->unit == YEARS || (step->unit == MONTHS && c.month == 1))
		(void)snprintf(tick->text, sizeof tick->text, "%" PRId64,
		    c.year);
	else if (step->unit <= HOURS && minute != 0 && before == NULL)
		(void)snprintf(tick->text, sizeof tick->text,
		    "%d %s %02d:%02d", c.day, months[c.month - 1],
		    (int)(minute / 60), (int)(minute % 60));
	else if (step->unit <= HOURS && minute != 0)
		(void)snprintf(tick->text, sizeof tick->text, "%02d:%02d",
		    (int)(minute / 60), (int)(minute % 60));
	else if (step->unit == MONTHS && new_year)
		(void)snprintf(tick->text, sizeof tick->text, "%s %" PRId64,
		    months[c.month - 1], c.year);
	else if (step->unit == MONTHS)
		(void)snprintf(tick->text, sizeof tick->text, "%s",
		    months[c.month - 1]);
	else if (new_year)
		(void)snprintf(tick->text, sizeof tick->text, "%d %s %"
		    PRId64, c.day, months[c.month - 1], c.year);
	else
		(void)snprintf(tick->text, sizeof tick->text, "%d %s", c.day,
		    months[c.month - 1]);
}

size_t
plot_ticks(int64_t from_ms, int64_t to_ms, int most,
    struct plot_tick ticks[PLOT_MOST_TICKS])
{
	const struct step *step = steps;
	const struct step *last = steps + sizeof steps / sizeof *steps - 1;
	struct civil before;
	size_t length = 0;
	int64_t ms;

	most = within(most, 2, PLOT_MOST_TICKS);
	while (step < last && (to_ms - from_ms) / step->ms > most)
		step++;
	ms = round_down(from_ms, step);
	if (ms < from_ms)
		ms = next_round(ms, step);
	for (; ms <= to_ms && length < PLOT_MOST_TICKS;
	    ms = next_round(ms, step)) {
		ticks[length].ms = ms;
		tick_text(&ticks[length], step, length > 0 ? &before : NULL);
		length++;
		before = civil_of(ms);
	}
	return length;
}

void
plot_time_axis(const struct plot_area *area, bool lines)
{
	struct plot_tick ticks[PLOT_MOST_TICKS];
	size_t length = plot_ticks(area->from_ms, area->to_ms,
	    (int)((area->right - area->left) / TICK_PX), ticks), i;
	struct svg_path path;

	buffer_add_text(area->out, SVG_TENTHS);
	if (lines && length > 0) {
		buffer_add_text(area->out, "<path class=\"grid\" d=\"");
		svg_path_begin(&path, area->out);
		for (i = 0; i < length; i++) {
			double x = plot_x(area, ticks[i].ms);

			svg_move(&path, x, area->top);
			svg_line(&path, x, area->bottom);
		}
		buffer_add_text(area->out, "\"/>");
	}
	buffer_add_text(area->out, "<path class=\"axis\" d=\"");
	svg_path_begin(&path, area->out);
	svg_move(&path, area->left, area->bottom);
	svg_line(&path, area->right, area->bottom);
	for (i = 0; i < length; i++) {
		double x = plot_x(area, ticks[i].ms);

		svg_move(&path, x, area->bottom);
		svg_line(&path, x, area->bottom + 4);
	}
	buffer_add_text(area->out, "\"/></g>\n");
	plot_text(area->out, "end", area->left - 16, area->bottom + 18, "UTC");
	for (i = 0; i < length; i++) {
		double half = svg_text_width(ticks[i].text, 12, false) / 2;
		double x = plot_x(area, ticks[i].ms);

		/* A date at the edge is kept inside the picture. */
		if (x - half < area->left - 6)
			plot_text(area->out, "", area->left - 6,
			    area->bottom + 18, ticks[i].text);
		else if (x + half > area->right + PLOT_RIGHT_PX)
			plot_text(area->out, "end", area->right +
			    PLOT_RIGHT_PX - 2, area->bottom + 18,
			    ticks[i].text);
		else
			plot_text(area->out, "mid", x, area->bottom + 18,
			    ticks[i].text);
	}
}
