/* compress.h: gzip and brotli of a whole body. Pure; any thread. */
#ifndef EDGE_COMPRESS_H
#define EDGE_COMPRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "buffer.h"
#include "request.h"

/* Appends `bytes` in `encoding` (not identity). The same bytes give the same
 * output: gzip's header has no time and no name. False when out of memory. */
bool compress_bytes(enum request_encoding encoding, const void *bytes,
    size_t length, struct buffer *out) MUST_CHECK;

/* "zlib 1.2.13, brotli 1.0.9": what is linked. */
void compress_versions(char *text, size_t size);

#endif
