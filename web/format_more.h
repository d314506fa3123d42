/* format_more.h: formatters that few pages need; format_find looks here too.
 *   clip N     at most N characters, the last one "…" when some are left off
 *   dives      3.2, above 10 whole: 97
 *   few N      the first N of an array of text: "A, B and 4 more", each
 *              clipped
 *   json       any value as JSON that may stand in a script element (markup)
 *   lasting    seconds as "15 min", "6 h", "1 day"
 *   words      history_lost as "history lost"
 *   lately     as <time> (markup): today, yesterday, 19 Nov, 19 Nov 2025 */
#ifndef EDGE_FORMAT_MORE_H
#define EDGE_FORMAT_MORE_H

#include "format.h"

/* NULL when there is none of that name. Static storage. */
const struct format *format_more_find(const char *name, size_t length);

#endif
