/* prose.h: the operator's words as blocks that templates can print: a small
 * and safe part of Markdown.
 *
 * An empty line ends a block. "## Words" is a heading; lines that begin with
 * "- " are items of a list; all else is a paragraph. Within a block
 * [words](address) is a link (http, https, mailto or "/page"), a bare
 * https://address too, and **words** are strong. What is not well formed stays
 * as it was typed; markup in HTML is text like any other.
 *
 * Blocks: [{"heading": PARTS or null, "paragraph": PARTS or null, "items":
 * [{"parts": PARTS}] or null}], PARTS: [{"text", "url", "mail", "strong"}],
 * of which url, mail and strong may be null. Printed by www/prose.html. Pure;
 * any thread. */
#ifndef EDGE_PROSE_H
#define EDGE_PROSE_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

/* The blocks of a text of valid UTF-8; NULL when out of memory. The caller
 * deletes them. The address of the first link that is not allowed is copied
 * to `refused` (NUL-ended, cut at `size`; "" when all are): its words are
 * kept as text. */
cJSON *prose_parse(const char *text, char *refused, size_t size);

/* Whether an address may stand in a link: http://, https://, mailto: or a page
 * of this site. */
bool prose_link_allowed(const char *url);

#endif
