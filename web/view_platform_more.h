/* view_platform_more.h: what a platform's page has beside its figures. */
#ifndef EDGE_VIEW_PLATFORM_MORE_H
#define EDGE_VIEW_PLATFORM_MORE_H

#include "view_strip.h"

/* Puts "by_year": [{"year", "missions", "days"}], newest first, by the year of
 * the start. `sailed` is in order of the start, newest first. */
void put_by_year(struct view *view, const struct sailed *sailed,
    size_t length);
/* Puts "measured": [{"variable", "missions", "first", "last", "url"}] by name:
 * on how many missions, the first and the last start of them, and those
 * missions as a list. */
void put_measured(struct view *view, const char *serial);
/* Puts "previous" and "next", {"platform", "url"} by serial or null. */
void put_neighbours(struct view *view, const char *serial);

#endif
