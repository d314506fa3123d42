#include "extra.h"

#include <string.h>

#include "../schema/digest.h"
#include "apply.h"
#include "decode.h"
#include "stage.h"

struct reading {
	struct db *db;
	enum collection collection;
	uint8_t digest[DIGEST_BYTES]; /* the sum of the documents' */
	bool applies; /* the second reading; the first only looks */
};

/* Decodes and, on the second reading, applies. */
static bool
decode_and_apply(const struct reading *at, const bson_t *document,
    struct misfit *misfit, bool *fits, struct edge_err *err)
{
	struct platform_row platform;
	struct stat_row stat;
	struct pipeline_row pipeline;

	switch (at->collection) {
	case C_STATS:
		*fits = decode_stat(document, &stat, misfit);
		return !*fits || !at->applies ||
		    apply_stat(at->db, &stat, err);
	case C_PIPELINE:
		*fits = decode_pipeline(document, &pipeline, misfit);
		return !*fits || !at->applies ||
		    apply_pipeline(at->db, &pipeline, err);
	default:
		*fits = decode_platform(document, at->collection, &platform,
		    misfit);
		return !*fits || !at->applies ||
		    apply_platform(at->db, &platform, err);
	}
}

static bool
on_document(void *context, const bson_t *document, const char *source_id,
    bool sound, struct edge_err *err)
{
	struct reading *at = context;
	struct misfit misfit;
	uint8_t one[DIGEST_BYTES];
	bool fits;

	digest_bytes(bson_get_data(document), document->len, one);
	digest_add(at->digest, one);
	if (!sound)
		return at->applies || stage_unsound(at->db, at->collection,
		    document, source_id, err);
	if (!decode_and_apply(at, document, &misfit, &fits, err))
		return false;
	return fits || at->applies || stage_quarantine(at->db, at->collection,
	    document, source_id, "", -1, misfit.field, misfit.reason, err);
}

static bool
is_same(struct db *db, const struct reading *at, bool *same,
    struct edge_err *err)
{
	struct edge_err failed = { 0 };
	struct stmt *s = db_stmt(db, Q_EXTRA_DIGEST);
	const void *bytes;
	size_t length;

	*same = false;
	stmt_text(s, 1, mapping_of(at->collection)->name);
	if (stmt_row(s, &failed)) {
		bytes = stmt_get_blob(s, 0, &length);
		*same = length == sizeof at->digest &&
		    memcmp(bytes, at->digest, length) == 0;
		stmt_reset(s);
	}
	if (failed.kind != EDGE_NONE)
		*err = failed;
	return failed.kind == EDGE_NONE;
}

/* Takes away what the collection said before. */
static bool
clear(struct db *db, enum collection collection, struct edge_err *err)
{
	struct stmt *s;

	if (collection == C_STATS)
		return stmt_run(db_stmt(db, Q_STAT_CLEAR), err);
	if (collection == C_PIPELINE)
		return stmt_run(db_stmt(db, Q_PIPELINE_CLEAR), err);
	s = db_stmt(db, Q_PLATFORM_UNDESCRIBE);
	stmt_text(s, 1, collection == C_GLIDERS ? "glider" : "sailbuoy");
	return stmt_run(s, err);
}

static bool
apply_collection(struct db *db, struct source *source,
    enum collection collection, int64_t now_ms, struct edge_err *err)
{
	/* The digest is that of the second reading: what is applied. */
	struct reading at = { .db = db, .collection = collection,
		.applies = true };
	struct stmt *s;

	if (!clear(db, collection, err) ||
	    !source_scan(source, collection, NULL, on_document, &at, err) ||
	    !stmt_run(db_stmt(db, Q_PLATFORM_PRUNE), err) ||
	    !apply_names(db, err))
		return false;
	s = db_stmt(db, Q_EXTRA_PUT);
	stmt_text(s, 1, mapping_of(collection)->name);
	stmt_blob(s, 2, at.digest, sizeof at.digest);
	return stmt_run(s, err) && apply_generation(db, now_ms, err);
}

bool
extra_sync(struct db *db, struct source *source, bool in_transaction,
    int64_t now_ms, int *changed, struct edge_err *err)
{
	static const enum collection collections[] = { C_GLIDERS, C_SAILBUOYS,
		C_STATS, C_PIPELINE };
	size_t i;
	bool same;

	*changed = 0;
	for (i = 0; i < sizeof collections / sizeof collections[0]; i++) {
		struct reading at = { .db = db, .collection = collections[i] };

		if (!source_scan(source, at.collection, NULL, on_document, &at,
		    err) || !is_same(db, &at, &same, err))
			return false;
		if (same)
			continue;
		if (!in_transaction && !db_begin(db, err))
			return false;
		if (!apply_collection(db, source, at.collection, now_ms,
		    err)) {
			db_rollback(db);
			return false;
		}
		if (!in_transaction && !db_commit(db, err))
			return false;
		++*changed;
	}
	return true;
}
