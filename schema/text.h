/* text.h: text from outside is made valid UTF-8 where it enters, so that what
 * is made of it (JSON, pages, a status file) is valid too. Pure. */
#ifndef EDGE_TEXT_H
#define EDGE_TEXT_H

#include <stddef.h>

/* The length of the UTF-8 sequence at the start of `length` bytes, at least
 * one; 0 when it is not well-formed (RFC 3629: no overlong forms, no
 * surrogates, up to U+10FFFF). */
size_t text_step(const char *bytes, size_t length);

/* Makes text valid UTF-8 in its place: each byte that does not belong becomes
 * '?', and a character that was cut at the end goes away. */
void text_mend(char *text);
/* The same, and one line: control characters become spaces. */
void text_clean(char *text);

/* Copies what fits of a text, the cut between two characters, cleaned. */
void text_copy(char *to, size_t size, const char *from);

#endif
