/* chart.h: a map as data, in the object of a page: what its picture (.svg) and
 * its tracks (.geojson) are written from. Members of the page's object:
 *   width    of the picture, pixels
 *   title    its accessible name
 *   tracks   beneath the first, on top the last; each what lists say of a
 *            mission and
 *              live       heard of now
 *              highlight  drawn bold: what the map is about
 *              class      "s1" … "s8", "r0" … "r9", null for grey
 *              line       an encoded polyline
 *              lon, lat   of the last position, null: none
 *              dot        whether that position gets a mark and a name
 *              fits       whether the frame is to hold it
 *   legend   [{"text", "class"}]
 *   outlines of the operator's sea areas, drawn dashed; may be missing: [{
 *              line       an encoded polyline
 *              name       null: none; wished to stand at
 *              lon, lat   and to move by at most
 *              half_lon, half_lat
 *              from       where 100 km take so many pixels and more}]
 *   region   [west, south, east, north] that the frame is to hold beside them;
 *            may be missing
 * Thread: as struct view. */
#ifndef EDGE_CHART_H
#define EDGE_CHART_H

#include "view_util.h"

#define CHART_MOST 2000        /* missions on one map, the newest of them */
#define CHART_RECENT_MS (50 * CLOCK_DAY_MS) /* highlighted on the big maps */

/* Details of track_line, see facts.sql. */
enum chart_detail { CHART_SEA, CHART_BASIN, CHART_MISSION };

#define CHART_CLASS_BYTES 3
#define CHART_SERIES 8 /* colours of look.md: of the platforms at sea that
                          started last, of the largest projects */

struct chart {
	struct view *view;
	cJSON *tracks, *legend;
};

struct chart_look {
	const char *class_name; /* NULL: grey */
	bool highlight, fits;
	bool highlight_live;    /* highlight when it is at sea */
	bool dot;               /* of a mission at sea; else never */
	bool dot_always;
};

/* Whether a map's tracks are asked for, not the page around them. */
bool chart_wanted(const struct view *view);
/* The parameter width: of a picture alone. VIEW_OK or VIEW_BAD_PARAM. */
enum view_result chart_width(struct view *view);

/* Puts width, title and the empty lists. */
void chart_begin(struct chart *chart, struct view *view, const char *title);
/* Adds a mission; nothing when it has no track. */
void chart_add(struct chart *chart, int64_t mission_id,
    enum chart_detail detail, const struct chart_look *look);
/* Puts the region that the operator has set, if any. */
void chart_put_region(struct chart *chart);
/* Puts the operator's sea areas, if any, into a page. */
void chart_put_outlines(struct view *view);
void chart_add_key(struct chart *chart, const char *text,
    const char *class_name);

/* The class of a series ('s', 1 … 8) or a step of the ramp ('r', 0 … 9). */
void chart_class(char letter, int number, char class_name[CHART_CLASS_BYTES]);

/* The years in which missions started, newest first; the store has none before
 * 1980 or after 2100. */
#define CHART_YEARS 128

struct chart_years {
	int64_t year[CHART_YEARS];
	size_t length;
};

void chart_read_years(struct view *view, struct chart_years *years);
/* The class of a year on the ramp, light to dark; "" for a year that is not
 * among them. The same on every page. */
void chart_year_class(const struct chart_years *years, int64_t year,
    char class_name[CHART_CLASS_BYTES]);

/* Missions on a map, newest start first. */
struct chart_list {
	struct {
		int64_t id, start_ms, end_ms;
		bool fits; /* decides what the frame shows */
	} at[CHART_MOST + 1];
	size_t length;
	bool cut;           /* there are more */
};

/* Runs one of the map_missions… statements, whose first parameter is bound; its
 * second is the most rows. NULL when out of memory; free with free(). */
struct chart_list *chart_read_list(struct view *view, struct stmt *s);
/* Adds a list coloured by the year of the start, what was heard of in the last
 * CHART_RECENT_MS highlighted, with a legend of the years in it. */
void chart_add_by_year(struct chart *chart, const struct chart_list *list,
    const struct chart_years *years, enum chart_detail detail);

/* Puts "picture": {"svg", "svg_phone", "geojson", "alt"}, the addresses of the
 * map on this page with the parameter `name` (NULL: none) as asked. */
void chart_put_picture(struct view *view, const char *name, const char *alt);

/* The box that a page's map is to hold, and at least some kilometres. False
 * when memory ran out. Pure. */
struct map_box;
bool chart_box(const cJSON *page, struct map_box *box) MUST_CHECK;

#endif
