/* view_images.h: the pictures that the source has made of a mission, where the
 * operator says they are. */
#ifndef EDGE_VIEW_IMAGES_H
#define EDGE_VIEW_IMAGES_H

#include "view_util.h"

/* Adds the first `most` patterns of the mission's kind to the list: {"platform",
 * "mission", "page", "title", "url", "width", "height"}, the sizes null where
 * they are not known. Of `m` it reads platform, number, glider and complete. A
 * picture that should lie in the folder and does not is left out. */
void put_images(struct view *view, cJSON *list, const struct mission *m,
    size_t most);

#endif
