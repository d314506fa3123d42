/* view_near.h: what may have been meant by an address that names nothing, as
 * the member "near" of the page's object: [{"text", "url"}]. */
#ifndef EDGE_VIEW_NEAR_H
#define EDGE_VIEW_NEAR_H

#include "view.h"

/* Puts "near": the missions of the platform, its serial in any case, with this
 * number and those next to it, or, when it has none, platforms with a serial
 * like it. */
void near_list(struct view *view, const char *serial, int64_t number);

/* VIEW_NOT_FOUND, with what is not there in view->err, after naming the
 * platform's missions with the numbers next to the one asked for, or, when it
 * has none, platforms with a serial like it, and the page that says why it is
 * not here. `serial` and `number` may be NULL. */
enum view_result near_mission(struct view *view, const char *serial,
    const char *number);

/* The mission that the captures "serial" and "number" name; false when there is
 * none, or when the store failed: then no_mission has the result. */
bool find_mission(struct view *view, int64_t *mission_id);
enum view_result no_mission(struct view *view);

/* VIEW_NOT_FOUND after naming platforms with a serial like this one. */
enum view_result near_platform(struct view *view, const char *serial);

/* VIEW_NOT_FOUND after naming the sea areas that `asked` is like, by number or
 * by name. */
enum view_result near_basin(struct view *view, const char *asked);

#endif
