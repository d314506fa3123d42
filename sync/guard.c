#include "guard.h"

#include <inttypes.h>
#include <string.h>

#include "../schema/log.h"
#include "sync_internal.h"

/* A track that lost more than this by what does not fit is not taken. */
#define MISFIT_MOST_PERCENT 20

static bool
stored_points(struct run *run, const struct mission_row *row, int64_t *points,
    struct edge_err *err)
{
	struct edge_err failed = { 0 };
	struct stmt *s = db_stmt(run->db, Q_MISSION_ID_OF);

	*points = 0;
	stmt_text(s, 1, row->platform);
	stmt_int(s, 2, row->number);
	if (stmt_row(s, &failed))
		*points = stmt_get_int(s, 2);
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
    struct edge_err *err)
{
	struct edge_err failed = { 0 };
	bool any = false;

	if (!source_scan(run->source, C_PROFILES, NULL, on_profile, &any,
	    &failed) && !any) {
		*err = failed;
		return false;
	}
	return any || err_set(err, EDGE_FAILED, "%s: has 0 profiles where %s "
	    "M%" PRId64 " had %" PRId64 ", and none of any mission; its track "
	    "was not changed; if that is right, run once with "
	    "--allow-mass-delete", source_name(run->source), row->platform,
	    row->number, points);
}

bool
guard_is_spoilt(int64_t documents, int64_t fitting, int64_t stored)
{
	return documents > fitting && fitting * 100 < stored *
	    (100 - MISFIT_MOST_PERCENT);
}

bool
guard_track(struct run *run, const struct mission_row *row, bool scanned,
    bool *kept, struct edge_err *err)
{
	const struct track *track = &run->track;
	int64_t length = (int64_t)track->length, points;

	*kept = false;
	if (run->aside || run->options->allow_mass_delete)
		return true;
	if (!stored_points(run, row, &points, err))
		return false;
	if (row->kind == 's') {
		*kept = points > 0 && length == 0;
		if (*kept)
			log_warn("%s M%" PRId64 ": its document has no "
			    "position any more; the version that is served is "
			    "kept", row->platform, row->number);
		return true;
	}
	*kept = guard_is_spoilt(track->documents, length, points);
	if (*kept)
		log_warn("%s M%" PRId64 ": %" PRId64 " of its %" PRId64
		    " profiles do not fit; the version that is served is kept",
		    row->platform, row->number, track->documents - length,
		    track->documents);
	return *kept || scanned || length > 0 || points == 0 ||
	    !source_maps(run->source, C_PROFILES) ||
	    guard_emptied(run, row, points, err);
}
