/* plot_file.h: the pictures in the operator's folder. Only regular files below
 * the folder are opened; symbolic links in it are not followed. Any thread. */
#ifndef EDGE_PLOT_FILE_H
#define EDGE_PLOT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "buffer.h"

#define PLOT_FILE_BYTES ((size_t)8 << 20) /* larger ones are not served */

/* Opens "glider/nrt/…/x.png" for reading; -1 when there is no such file. The
 * caller closes it. */
int plot_file_open(const char *folder, const char *path, struct stat *st);

/* Appends the whole file; false when it cannot be read. */
bool plot_file_read(int fd, size_t length, struct buffer *out);

/* The size of the picture in pixels; false when it is no PNG. */
bool plot_file_size(int fd, int *width, int *height);
/* The same from the first bytes of a file. */
bool plot_png_size(const void *bytes, size_t length, int *width, int *height);

#endif
