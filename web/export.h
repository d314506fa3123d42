/* export.h: the whole portal as files that any web server can serve, or that
 * open from a disk: every page with its pictures and data, as a visitor finds
 * them by following links. */
#ifndef EDGE_EXPORT_H
#define EDGE_EXPORT_H

#include <stdint.h>

#include "../schema/err.h"
#include "site.h"

struct export_report {
	int64_t files, bytes;
	int64_t generation;
};

/* Writes the portal into `directory`, which must not exist or be empty; it
 * appears when it is complete. All pages are of one generation: when a sync
 * commits meanwhile the export begins anew, a few times. `options` as for
 * site_open. `stop`: not 0 ends it; may be NULL.
 *
 * The files are written to "DIRECTORY.part" first; what an export that was
 * killed has left there is removed, anything else by that name is left alone.
 * EDGE_CANNOT_MAKE: the directory is there already or cannot be made; EDGE_IO;
 * EDGE_TEMPORARY: stopped, another export is writing there, or the store does
 * not stand still; EDGE_CONFIG, EDGE_NEWER, EDGE_CORRUPT: as site_open and
 * site_reader. What was written is removed. Long work tells how far it is. */
bool export_run(const char *directory, const struct site_options *options,
    const volatile int *stop, struct export_report *report,
    struct edge_err *err) MUST_CHECK;

#endif
