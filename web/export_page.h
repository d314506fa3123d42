/* export_page.h: a page of the portal as a page among files. Pure; any
 * thread. */
#ifndef EDGE_EXPORT_PAGE_H
#define EDGE_EXPORT_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "buffer.h"

/* Whether an address ("/missions?after=X", decoded from HTML) becomes a file.
 * Lists exist in every combination of filters and orders: of those with a
 * query, the pages of a list, of a list with one filter, and the sizes of
 * pictures do. */
bool export_takes(const char *target);

/* Appends the name of the file that an address becomes, relative to the
 * export: "SEA063/M33.html", "map.svg", "missions-3f2a9c01b2d4.html". What a
 * file system may not take is written as =XX. */
void export_name(const char *target, struct buffer *out);

/* Takes an address that a page leads to and that becomes a file; borrowed
 * until it returns. */
typedef void export_link_fn(void *context, const char *target);

/* Appends the page `html` (NUL-ended) of the address `target` to `out`, with
 * every link relative to its file. Links to what does not become a file lose
 * their address, and forms, which nobody would answer, are hidden. */
void export_rewrite(const char *target, const char *html, size_t length,
    export_link_fn *link, void *context, struct buffer *out);

#endif
