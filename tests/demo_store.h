/* demo_store.h: a store of made-up missions, for a test of its own. */
#ifndef EDGE_DEMO_STORE_H
#define EDGE_DEMO_STORE_H

#include "check.h"

#include <unistd.h>

#include "sync/demo.h"
#include "sync/source.h"
#include "sync/sync.h"

/* Fills the store `path` by way of the dump `dump`, both in the test's folder,
 * with 120 missions and those that do not fit, as of `now_ms`. */
static inline void
demo_store(const char *path, const char *dump, unsigned seed, int64_t now_ms)
{
	struct demo_options demo = { .dir = dump, .missions = 120,
		.profiles = 40, .seed = seed, .now_ms = now_ms };
	struct source_limits limits = { 0 };
	struct sync_options options = { .db_path = path, .verb = "import" };
	struct edge_err err = { 0 };
	struct sync_report report;
	struct mapping *mapping = mapping_open(NULL, NULL, NULL, &err);
	struct source *source;

	(void)unlink(path);
	CHECK(demo_write(&demo, &err));
	source = source_open_dump(dump, mapping, &limits, &err);
	CHECK(source != NULL && sync_run(&options, source, &report, &err));
	CHECK_STR(err.text, "");
	CHECK(report.fresh > 120);
	source_close(source);
	mapping_close(mapping);
}

#endif
