/* range.h: which part of a file a download goes on with (RFC 9110 §14). Pure;
 * any thread; a fuzz target. */
#ifndef EDGE_RANGE_H
#define EDGE_RANGE_H

#include <stdint.h>

enum range_result {
	RANGE_WHOLE, /* nothing that is served in parts: send everything */
	RANGE_PART,  /* one part of the file */
	RANGE_NONE   /* behind the end of the file: 416 */
};

/* A part of a file, in bytes. */
struct range {
	int64_t first, length;
};

/* Reads a Range value for a file of `size` bytes; NULL is none. One range of
 * bytes is served ("bytes=500-", "bytes=0-99", "bytes=-100"), cut at the
 * file's end; several, another unit and what is malformed give the whole.
 * `range` is set for RANGE_PART only. */
enum range_result range_read(const char *value, int64_t size,
    struct range *range);

/* The same for a request with an If-Range value (NULL: none): the part holds
 * only for the file of that entity tag, compared strongly. A date never
 * matches, for files are sent without one. */
enum range_result range_read_if(const char *value, const char *if_range,
    const char *etag, int64_t size, struct range *range);

#endif
