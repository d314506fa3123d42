/* view_ld.h: a mission as a schema.org Dataset, for search engines. */
#ifndef EDGE_VIEW_LD_H
#define EDGE_VIEW_LD_H

#include "view.h"

/* Puts "jsonld" into view->out, from the members of the mission's page that
 * stand there already. Addresses are absolute when the portal's is known, else
 * paths of this site. */
void put_jsonld(struct view *view);

#endif
