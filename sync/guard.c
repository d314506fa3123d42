#include "guard.h"

#include <inttypes.h>
#include <string.h>

#include "../schema/digest.h"
#include "../schema/log.h"
#include "sync_internal.h"

/* A track that lost more than this by what does not fit is not taken. Fewer
 * documents are the source's word: what they lost is no loss. */
#define MISFIT_MOST_PERCENT 20

const char *
guard_way_out(bool live)
{
	return live ? "if that is right, stop edge run, then run `edge sync "
	    "--once --allow-mass-delete`" :
	    "if that is right, import it with --allow-mass-delete";
}

bool
guard_stored(struct db *db, const char *platform, int64_t number,
    struct stored_track *stored, struct edge_err *err)
{
	struct edge_err failed = { 0 };
	struct stmt *s = db_stmt(db, Q_MISSION_ID_OF);

	stored->points = -1;
	stored->documents = 0;
	stmt_text(s, 1, platform);
	stmt_int(s, 2, number);
	if (stmt_row(s, &failed)) {
		stored->points = stmt_get_int(s, 2);
		stored->documents = stmt_get_int(s, 3);
	}
	stmt_reset(s);
	if (failed.kind != EDGE_NONE)
		*err = failed;
	return failed.kind == EDGE_NONE;
}

static bool
on_profile(void *context, const bson_t *document, const char *source_id,
    bool sound, struct edge_err *err)
{
	struct point_row row;
	struct misfit misfit;
	bool *any = context;

	(void)source_id;
	if (!sound || !decode_point(document, &row, &misfit))
		return true;
	*any = true;
	return err_set(err, EDGE_TEMPORARY, "one is enough");
}

/* Refuses to take a track away because the source has no profiles at all that
 * fit any more. */
static bool
guard_emptied(struct run *run, const struct mission_row *row, int64_t points,
    bool *kept, struct edge_err *err)
{
	struct edge_err failed = { 0 };
	bool any = false;

	if (!source_scan(run->source, C_PROFILES, NULL, on_profile, &any,
	    &failed) && !any) {
		*err = failed;
		return false;
	}
	if (any)
		return true;
	(void)err_set(&failed, EDGE_FAILED, "%s: has 0 profiles where %s M%"
	    PRId64 " had %" PRId64 ", and none of any mission; its track was "
	    "not changed; %s", source_name(run->source), row->platform,
	    row->number, points, guard_way_out(true));
	*kept = true;
	*(run->one_by_one ? err : &run->thinned) = failed;
	return !run->one_by_one;
}

bool
guard_is_spoilt(char kind, int64_t documents, int64_t fitting, int64_t stored)
{
	int64_t whole = documents < stored ? documents : stored;

	if (kind == 's')
		return fitting == 0 && stored > 0;
	return fitting * 100 < whole * (100 - MISFIT_MOST_PERCENT);
}

/* What a mission was kept for; documents < 0: it was not. */
struct held {
	uint8_t fingerprint[DIGEST_BYTES];
	int64_t documents, fitting;
};

static bool
held_of(struct db *db, const char *platform, int64_t number,
    struct held *held, struct edge_err *err)
{
	struct edge_err failed = { 0 };
	struct stmt *s = db_stmt(db, Q_HELD_OF);
	const void *bytes;
	size_t length;

	memset(held, 0, sizeof *held);
	held->documents = -1;
	stmt_text(s, 1, platform);
	stmt_int(s, 2, number);
	if (stmt_row(s, &failed)) {
		bytes = stmt_get_blob(s, 0, &length);
		if (length == sizeof held->fingerprint)
			memcpy(held->fingerprint, bytes, length);
		held->documents = stmt_get_int(s, 1);
		held->fitting = stmt_get_int(s, 2);
	}
	stmt_reset(s);
	if (failed.kind != EDGE_NONE)
		*err = failed;
	return failed.kind == EDGE_NONE;
}

bool
guard_knows(struct run *run, const char *platform, int64_t number,
    const uint8_t fingerprint[DIGEST_BYTES], bool *held, struct edge_err *err)
{
	struct held was;

	if (!held_of(run->db, platform, number, &was, err))
		return false;
	*held = was.documents >= 0 && memcmp(was.fingerprint, fingerprint,
	    sizeof was.fingerprint) == 0;
	return true;
}

bool
guard_count(struct db *db, int64_t *held, struct edge_err *err)
{
	struct edge_err failed = { 0 };
	struct stmt *s = db_stmt(db, Q_HELD_COUNT);

	if (stmt_row(s, &failed))
		*held = stmt_get_int(s, 0);
	stmt_reset(s);
	if (failed.kind != EDGE_NONE)
		*err = failed;
	return failed.kind == EDGE_NONE;
}

bool
guard_forget(struct db *db, const char *platform, int64_t number,
    struct edge_err *err)
{
	struct stmt *s = db_stmt(db, Q_HELD_FORGET);

	stmt_text(s, 1, platform);
	stmt_int(s, 2, number);
	return stmt_run(s, err);
}

static void
tell_held(const struct run *run, const struct mission_row *row,
    const struct held *held)
{
	const char *way_out = guard_way_out(source_is_live(run->source));

	if (row->kind == 's')
		log_warn("%s M%" PRId64 ": its document has no position any "
		    "more; the version that is served is kept; mend the "
		    "document or, %s", row->platform, row->number, way_out);
	else
		log_warn("%s M%" PRId64 ": %" PRId64 " of its %" PRId64
		    " profiles do not fit; the version that is served is kept; "
		    "mend the documents or, %s", row->platform, row->number,
		    held->documents - held->fitting, held->documents, way_out);
}

/* Tells that a mission is kept, and remembers it: what was told and is still
 * so is not told again. */
static bool
hold(struct run *run, const struct mission_row *row,
    const uint8_t fingerprint[DIGEST_BYTES], struct edge_err *err)
{
	struct held now = { .documents = run->track.documents,
		.fitting = (int64_t)run->track.length }, was;
	struct stmt *s;

	memcpy(now.fingerprint, fingerprint, sizeof now.fingerprint);
	if (!held_of(run->db, row->platform, row->number, &was, err))
		return false;
	if (memcmp(&now, &was, sizeof now) == 0)
		return true;
	tell_held(run, row, &now);
	s = db_stmt(run->db, Q_HELD_PUT);
	stmt_text(s, 1, row->platform);
	stmt_int(s, 2, row->number);
	stmt_blob(s, 3, now.fingerprint, sizeof now.fingerprint);
	stmt_int(s, 4, now.documents);
	stmt_int(s, 5, now.fitting);
	return stmt_run(s, err);
}

bool
guard_track(struct run *run, const struct mission_row *row,
    const struct stored_track *stored, const uint8_t fingerprint[DIGEST_BYTES],
    bool scanned, bool *kept, struct edge_err *err)
{
	const struct track *track = &run->track;

	*kept = false;
	if (run->aside || run->options->allow_mass_delete)
		return true;
	*kept = guard_is_spoilt(row->kind, track->documents,
	    (int64_t)track->length, stored->points);
	if (*kept)
		return hold(run, row, fingerprint, err);
	if (!guard_forget(run->db, row->platform, row->number, err))
		return false;
	*kept = run->thinned.kind != EDGE_NONE && row->kind == 'g' &&
	    track->documents < stored->documents;
	return *kept || row->kind == 's' || scanned || track->length > 0 ||
	    stored->points <= 0 || !source_maps(run->source, C_PROFILES) ||
	    guard_emptied(run, row, stored->points, kept, err);
}
