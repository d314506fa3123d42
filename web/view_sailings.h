/* view_sailings.h: what /stats shows of the fleet over the years. */
#ifndef EDGE_VIEW_SAILINGS_H
#define EDGE_VIEW_SAILINGS_H

#include "view.h"

/* Puts "at_sea": [{"year", "weeks", "most", "mean", "without"}], newest year
 * first: of its weeks, how many platforms were at sea in each; "platforms",
 * how many there are, and "gantt_height" of the picture of them. */
void put_sailings(struct view *view);

#endif
