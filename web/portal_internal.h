/* portal_internal.h: reading the portal's file, shared by web/portal*.c. */
#ifndef EDGE_PORTAL_INTERNAL_H
#define EDGE_PORTAL_INTERNAL_H

#include "buffer.h"
#include "portal.h"

#define PORTAL_PATH_BYTES 256 /* "colours.light.accent" */

/* A file being read. Problems are told as they are found, and counted. */
struct reading {
	const char *file;           /* as it was named */
	portal_problem_fn *problem;
	void *context;
	size_t problems;
	struct portal *portal;
	cJSON *own;                 /* an object that lives with the portal */
	cJSON *frame;               /* filled for templates */
	struct buffer style[2];     /* light and dark declarations */
};

/* Tells "FILE: PATH: TEXT". */
void portal_problem(struct reading *r, const char *path, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

/* Reads one member; `path` is where it stands. */
typedef void portal_read_fn(struct reading *r, cJSON *item, const char *path);

struct portal_member {
	const char *name;
	portal_read_fn *read;
};

/* Calls the reader of each member of an object; names what is no object, no
 * member or there twice. */
void portal_members(struct reading *r, cJSON *object, const char *path,
    const struct portal_member *members, size_t length);

/* A text of 1 to `most` bytes without control characters; NULL when it is
 * none. Borrowed from the item. */
const char *portal_text(struct reading *r, const cJSON *item, const char *path,
    size_t most);
/* An http or https address. */
const char *portal_address(struct reading *r, const cJSON *item,
    const char *path);
/* The same to put paths behind: a last "/" is cut off. */
const char *portal_base(struct reading *r, cJSON *item, const char *path);
/* A whole number between two bounds. */
bool portal_count(struct reading *r, const cJSON *item, const char *path,
    int least, int most, int *value);
/* The file or folder a name means: beside the portal's file when it is not
 * absolute. Owned by the portal. */
const char *portal_beside(struct reading *r, const char *name);

/* Takes a file over that the site is to serve under `name` (static). */
void portal_add_file(struct reading *r, const char *name,
    struct buffer *bytes);

/* A folder that can be read, as it can be opened; NULL when it is none. */
const char *portal_folder(struct reading *r, const cJSON *item,
    const char *path);

/* web/portal_basins.c */
void portal_read_basins(struct reading *r, cJSON *item, const char *path);
/* web/portal_texts.c */
void portal_read_texts(struct reading *r, cJSON *item, const char *path);
void portal_read_links(struct reading *r, cJSON *item, const char *path);
/* web/portal_plots.c */
void portal_read_plots(struct reading *r, cJSON *item, const char *path);
/* web/portal_look.c */
void portal_read_colours(struct reading *r, cJSON *item, const char *path);
void portal_read_logo(struct reading *r, cJSON *item, const char *path);

#endif
