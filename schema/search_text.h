/* search_text.h: letters that keyboards of other countries do not have. The
 * search index knows letters without their marks by itself (Öland, oland); what
 * is here are letters that are no marked ones (Ø, Æ, ß), and the ways to write
 * a letter with two (Aaland, Oeresund). Pure; any thread. */
#ifndef EDGE_SEARCH_TEXT_H
#define EDGE_SEARCH_TEXT_H

#include <stddef.h>

/* Writes what is searched for as search_text_of writes what is found: Ø as O,
 * Æ as Ae, ß as ss. In place: it does not become longer. */
void search_text_fold(char *text);

/* The text that a search looks in, as the SQL function of that name gives it:
 * `text` folded, and behind it once more each of its words that can be written
 * with two letters (Åland: Aaland, Møn: Moen). `out` takes twice `length` and
 * two bytes; returns what is used, without the NUL at the end. */
size_t search_text_of(const char *text, size_t length, char *out);

#endif
