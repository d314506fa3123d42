#include "view_strip.h"

#include "../schema/clock.h"
#include "view_util.h"

#define STRIP_LEAST 4 /* so that a short mission is seen */

static int64_t
new_year_ms(int64_t year)
{
	return clock_days_from_civil(year, 1, 1) * CLOCK_DAY_MS;
}

static int64_t
strip_x(const struct period *period, int64_t ms)
{
	if (ms <= period->from_ms)
		return 0;
	if (ms >= period->to_ms)
		return STRIP_UNITS;
	return (ms - period->from_ms) * STRIP_UNITS /
	    (period->to_ms - period->from_ms);
}

struct period
put_period(struct view *view)
{
	struct stmt *s = db_stmt(view->db, Q_MISSION_FIRST);
	struct period p = { .last_year = year_of(view->now_ms) };
	cJSON *years, *year;
	int64_t y;

	p.first_year = p.last_year;
	stmt_int(s, 1, INT64_MIN);
	if (stmt_row(s, view->err)) {
		p.first_year = year_of(stmt_get_int(s, 0));
		stmt_reset(s);
	}
	if (p.first_year > p.last_year)
		p.first_year = p.last_year;
	if (p.first_year <= p.last_year - STRIP_YEARS)
		p.first_year = p.last_year - STRIP_YEARS + 1;
	p.from_ms = new_year_ms(p.first_year);
	p.to_ms = new_year_ms(p.last_year + 1);
	view_expires(view, p.to_ms);

	if (view_is_api(view))
		return p;
	years = put_array(view, view->out, "years");
	for (y = p.first_year; y <= p.last_year; y++) {
		year = add_object(view, years);
		put_int(view, year, "year", y);
		put_int(view, year, "x", strip_x(&p, new_year_ms(y)));
	}
	return p;
}

void
put_strip(struct view *view, cJSON *object, const struct period *period,
    const struct sailed *sailed, size_t length)
{
	int64_t from = -1, to = -1;
	cJSON *strip, *item;
	size_t i;

	if (view_is_api(view))
		return;
	strip = put_array(view, object, "strip");
	for (i = length; i-- > 0;) {
		int64_t x = strip_x(period, sailed[i].start_ms);
		int64_t end = strip_x(period, sailed[i].end_ms);

		if (sailed[i].end_ms < period->from_ms)
			continue;
		end = end > x + STRIP_LEAST ? end : x + STRIP_LEAST;
		if (to >= 0 && x <= to) {
			to = end > to ? end : to;
			continue;
		}
		if (to >= 0) {
			item = add_object(view, strip);
			put_int(view, item, "x", from);
			put_int(view, item, "w", to - from);
		}
		from = x;
		to = end;
	}
	if (to >= 0) {
		item = add_object(view, strip);
		put_int(view, item, "x", from);
		put_int(view, item, "w", to - from);
	}
}
