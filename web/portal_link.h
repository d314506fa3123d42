/* portal_link.h: addresses of a mission that the operator has described by a
 * pattern. In a pattern {serial} stands for the platform, {number} for the
 * mission's number, and {nrt|complete_mission} for the first word while the
 * mission is not complete and for the second once it is. Pure; any thread. */
#ifndef EDGE_PORTAL_LINK_H
#define EDGE_PORTAL_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"

/* What is wrong with a pattern's braces, NULL when nothing is. Static. */
const char *pattern_fault(const char *pattern);

/* Appends what a pattern gives for a mission; the platform is percent-encoded,
 * the rest is written as it stands. */
void pattern_expand(const char *pattern, const char *platform, int64_t number,
    bool complete, struct buffer *out);

/* Whether some mission gives `text` (not encoded): {serial} takes letters,
 * digits, "_" and "-", {number} digits. */
bool pattern_matches(const char *pattern, const char *text);

#endif
