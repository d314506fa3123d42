/* mission_file.h: the missions of a list as a file to take away: all of them,
 * read and written in parts, so that no more than one part is in memory as
 * objects. Thread: as struct view. */
#ifndef EDGE_MISSION_FILE_H
#define EDGE_MISSION_FILE_H

#include "mission_list.h"

/* A file ends behind the part that makes it so large, and says where the rest
 * is (next_url); most lists end before. With that part it still fits into the
 * cache of pages. */
#define MISSION_FILE_BYTES ((size_t)6 << 20)
/* So many missions fit into one file, unless their texts are long. */
#define MISSION_FILE_WHOLE 10000

/* Whether the visitor asks for a file (CSV, GeoJSON). */
bool mission_file_asked(const struct view *view);

/* Writes the missions into view->body; `list` has its first part read, and
 * afterwards its last. Failures are put into view->err. */
void mission_file_write(struct mission_list *list);
/* The missions whose mission_id the statement's first column is, all of them,
 * as a page's "items" that is asked for as CSV. */
enum view_result mission_file_table(struct view *view, struct stmt *s);
/* Ends the file, when view->out has next_url. */
void mission_file_end(struct view *view);

#endif
