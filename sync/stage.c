#include "stage.h"

#include <stdio.h>
#include <string.h>

#include "../schema/digest.h"
#include "../schema/log.h"
#include "../schema/text.h"
#include "decode.h"

/* A quarantined document is kept as text of at most this many bytes. */
#define DOCUMENT_MOST_BYTES 4096

/* What a scan's callback works on. */
struct staging {
	struct db *db;
	enum collection collection;
	/* Of the profile before: most neighbours belong to one mission. */
	char platform[DECODE_SERIAL_BYTES];
	int64_t number;
	bool wanted;
	/* Asked for by name; NULL: everything is read. A document may carry a
	 * newer name beside the older one that it was found by: what it is
	 * then is seen when that mission is asked for. */
	const struct source_key *key;
	/* Documents since the neighbour of another mission. */
	char count_platform[DECODE_SERIAL_BYTES];
	int64_t count_number, count, count_last_ms;
	bool found; /* a mission's document */
};

bool
stage_quarantine(struct db *db, enum collection collection,
    const bson_t *document, const char *source_id, const char *platform,
    int64_t number, const char *field, const char *reason,
    struct edge_err *err)
{
	bson_json_opts_t *opts = bson_json_opts_new(BSON_JSON_MODE_RELAXED,
	    DOCUMENT_MOST_BYTES);
	size_t where;
	char *json = bson_validate(document, BSON_VALIDATE_UTF8 |
	    BSON_VALIDATE_UTF8_ALLOW_NULL, &where) ?
	    bson_as_json_with_opts(document, NULL, opts) : NULL;
	struct stmt *s = db_stmt(db, Q_STAGE_QUARANTINE);
	const char *end;
	bool ok;

	bson_json_opts_destroy(opts);
	if (json != NULL)
		text_clean(json); /* it is cut where it is too long */
	stmt_text(s, 1, mapping_of(collection)->name);
	stmt_text(s, 2, source_id);
	stmt_text(s, 3, field);
	stmt_text(s, 4, reason);
	stmt_text(s, 5, platform);
	stmt_int(s, 6, platform[0] != '\0' ? number : -1);
	end = json != NULL ? json : "(cannot be shown as JSON)";
	stmt_text(s, 7, end);
	ok = stmt_run(s, err);
	bson_free(json);
	return ok;
}

bool
stage_unsound(struct db *db, enum collection collection,
    const bson_t *document, const char *source_id, struct edge_err *err)
{
	return stage_quarantine(db, collection, document, source_id, "", -1,
	    "_id", source_id[0] == '#' ? "_id: is missing or the document is "
	    "not valid BSON" : "document: is not valid BSON", err);
}

/* Puts a document in as the one of its mission. */
static bool
put_mission(const struct staging *at, const bson_t *document,
    const struct mission_row *row, const char *source_id, bool fits,
    const uint8_t fingerprint[DIGEST_BYTES], struct edge_err *err)
{
	struct stmt *s = db_stmt(at->db, Q_STAGE_MISSION);

	stmt_text(s, 1, row->platform);
	stmt_int(s, 2, row->number);
	stmt_text(s, 3, row->kind == 'g' ? "glider" : "sailbuoy");
	stmt_text(s, 4, source_id);
	stmt_int(s, 5, fits);
	stmt_blob(s, 6, fingerprint, DIGEST_BYTES);
	stmt_blob(s, 7, bson_get_data(document), fits ? document->len : 0);
	return stmt_run(s, err);
}

static bool
put_fingerprint(const struct staging *at, const struct mission_row *row,
    const uint8_t fingerprint[DIGEST_BYTES], struct edge_err *err)
{
	struct stmt *s = db_stmt(at->db, Q_STAGE_FINGERPRINT);

	stmt_text(s, 1, row->platform);
	stmt_int(s, 2, row->number);
	stmt_blob(s, 3, fingerprint, DIGEST_BYTES);
	return stmt_run(s, err);
}

/* Two documents of one mission: the one that fits wins, of two that fit the
 * later _id. The other is in quarantine as what it is. The fingerprint is that
 * of both: whichever was written again, the track may be another. */
static bool
settle_duplicate(const struct staging *at, const bson_t *document,
    const struct mission_row *row, const char *source_id, bool fits,
    bool *wins, uint8_t fingerprint[DIGEST_BYTES], struct edge_err *err)
{
	static const char reason[] = "mission: another document of this "
	    "mission with a later _id is served";
	struct edge_err failed = { 0 };
	struct stmt *s = db_stmt(at->db, Q_STAGE_FIND);
	char other_id[DECODE_SOURCE_ID_BYTES];
	bool other_fits, ok = true;
	bson_t other;
	size_t length;
	const void *bytes;

	*wins = true;
	stmt_text(s, 1, row->platform);
	stmt_int(s, 2, row->number);
	if (!stmt_row(s, &failed)) {
		if (failed.kind != EDGE_NONE)
			*err = failed;
		return failed.kind == EDGE_NONE;
	}
	(void)snprintf(other_id, sizeof other_id, "%s", stmt_get_text(s, 0));
	other_fits = stmt_get_int(s, 1) != 0;
	bytes = stmt_get_blob(s, 3, &length);
	if (length == DIGEST_BYTES)
		digest_add(fingerprint, bytes);
	*wins = fits > other_fits ||
	    (fits == other_fits && strcmp(source_id, other_id) > 0);
	bytes = stmt_get_blob(s, 2, &length);
	if (fits && !*wins)
		ok = stage_quarantine(at->db, at->collection, document,
		    source_id, row->platform, row->number, "mission", reason,
		    err);
	else if (*wins && other_fits && bson_init_static(&other, bytes, length))
		ok = stage_quarantine(at->db, at->collection, &other, other_id,
		    row->platform, row->number, "mission", reason, err);
	stmt_reset(s);
	return ok && (*wins || put_fingerprint(at, row, fingerprint, err));
}

static bool
is_of_another(const struct staging *at, const char *platform, int64_t number)
{
	return at->key != NULL && (number != at->key->number ||
	    strcmp(platform, at->key->platform) != 0);
}

static bool
on_mission(void *context, const bson_t *document, const char *source_id,
    bool sound, struct edge_err *err)
{
	struct staging *at = context;
	struct mission_row row;
	struct misfit misfit;
	uint8_t fingerprint[DIGEST_BYTES];
	bool fits, known, wins;

	if (!sound) {
		at->found = true;
		return stage_unsound(at->db, at->collection, document,
		    source_id, err);
	}
	fits = decode_mission(document, at->collection, &row, &misfit);
	known = row.platform[0] != '\0' && row.number != DECODE_NO_INT;
	if (known && is_of_another(at, row.platform, row.number))
		return true;
	at->found = true;
	if (!fits && !stage_quarantine(at->db, at->collection, document,
	    source_id, row.platform, known ? row.number : -1, misfit.field,
	    misfit.reason, err))
		return false;
	if (!known)
		return true;
	digest_bytes(bson_get_data(document), document->len, fingerprint);
	return settle_duplicate(at, document, &row, source_id, fits, &wins,
	    fingerprint, err) && (!wins || put_mission(at, document, &row,
	    source_id, fits, fingerprint, err));
}

static bool
clear_staging(struct db *db, bool first, struct edge_err *err)
{
	return stmt_run(db_stmt(db, Q_STAGE_CLEAR_MISSIONS), err) &&
	    stmt_run(db_stmt(db, Q_STAGE_CLEAR_POINTS), err) &&
	    stmt_run(db_stmt(db, Q_STAGE_CLEAR_COUNTS), err) &&
	    stmt_run(db_stmt(db, first ? Q_STAGE_CLEAR_QUARANTINE :
	    Q_STAGE_CLEAR_QUARANTINE_MISSIONS), err);
}

bool
stage_count_plan(struct db *db, struct plan_counts *counts, struct edge_err *err)
{
	struct edge_err failed = { 0 };
	struct stmt *s = db_stmt(db, Q_PLAN_COUNTS);

	memset(counts, 0, sizeof *counts);
	if (stmt_row(s, &failed)) {
		counts->fitting = stmt_get_int(s, 0);
		counts->fresh = stmt_get_int(s, 1);
		counts->changed = stmt_get_int(s, 2);
		counts->stored = stmt_get_int(s, 3);
		stmt_reset(s);
	}
	s = db_stmt(db, Q_PLAN_GONE_COUNT);
	if (failed.kind == EDGE_NONE && stmt_row(s, &failed)) {
		counts->vanished = stmt_get_int(s, 0);
		stmt_reset(s);
	}
	if (failed.kind != EDGE_NONE)
		*err = failed;
	return failed.kind == EDGE_NONE;
}

static bool
scan_missions(struct db *db, struct source *source, struct edge_err *err)
{
	static const enum collection both[] = { C_GLIDER_MISSIONS,
		C_SAILBUOY_MISSIONS };
	struct staging at = { .db = db };
	size_t i;

	for (i = 0; i < 2; i++) {
		at.collection = both[i];
		if (!source_scan(source, both[i], NULL, on_mission, &at, err))
			return false;
	}
	return true;
}

bool
stage_missions(struct db *db, struct source *source, bool first,
    struct plan_counts *counts, struct edge_err *err)
{
	return clear_staging(db, first, err) && scan_missions(db, source, err) &&
	    stage_count_plan(db, counts, err);
}

bool
stage_missions_again(struct db *db, struct source *source,
    struct edge_err *err)
{
	return stmt_run(db_stmt(db, Q_STAGE_CLEAR_BEFORE), err) &&
	    stmt_run(db_stmt(db, Q_STAGE_KEEP_BEFORE), err) &&
	    stmt_run(db_stmt(db, Q_STAGE_CLEAR_MISSIONS), err) &&
	    scan_missions(db, source, err);
}

static bool
run_for(struct db *db, enum query query, const char *platform, int64_t number,
    struct edge_err *err)
{
	struct stmt *s = db_stmt(db, query);

	stmt_text(s, 1, platform);
	stmt_int(s, 2, number);
	return stmt_run(s, err);
}

bool
stage_mission(struct db *db, struct source *source,
    const struct source_key *key, bool *found, struct edge_err *err)
{
	struct staging at = { .db = db, .key = key,
		.collection = key->kind == 'g' ? C_GLIDER_MISSIONS :
		C_SAILBUOY_MISSIONS };

	if (!run_for(db, Q_STAGE_DROP_MISSION, key->platform, key->number,
	    err) || !source_scan(source, at.collection, key, on_mission, &at,
	    err))
		return false;
	*found = at.found;
	return true;
}

bool
stage_forget_misfits(struct db *db, const char *platform, int64_t number,
    struct edge_err *err)
{
	return run_for(db, Q_STAGE_CLEAR_QUARANTINE_OF, platform, number, err);
}

static bool
put_count(struct db *db, const char *platform, int64_t number,
    int64_t documents, int64_t last_ms, struct edge_err *err)
{
	struct stmt *s = db_stmt(db, Q_STAGE_COUNT);

	stmt_text(s, 1, platform);
	stmt_int(s, 2, number);
	stmt_int(s, 3, documents);
	if (last_ms != DECODE_NO_INT)
		stmt_int(s, 4, last_ms);
	return stmt_run(s, err);
}

/* Writes down what was counted of the mission before. */
static bool
flush_count(struct staging *at, struct edge_err *err)
{
	int64_t count = at->count;

	at->count = 0;
	return count == 0 || put_count(at->db, at->count_platform,
	    at->count_number, count, at->count_last_ms, err);
}

/* Adds documents of a mission; neighbours of one mission are written as one. */
static bool
count_documents(struct staging *at, const char *platform, int64_t number,
    int64_t documents, int64_t last_ms, struct edge_err *err)
{
	if (at->count > 0 && (at->count_number != number ||
	    strcmp(at->count_platform, platform) != 0) &&
	    !flush_count(at, err))
		return false;
	if (at->count == 0) {
		(void)snprintf(at->count_platform, sizeof at->count_platform,
		    "%s", platform);
		at->count_number = number;
		at->count_last_ms = DECODE_NO_INT;
	}
	at->count += documents;
	if (last_ms > at->count_last_ms)
		at->count_last_ms = last_ms;
	return true;
}

/* Whether the mission of a profile is new or changed. */
static bool
is_wanted(struct staging *at, const struct point_row *row, bool *wanted,
    struct edge_err *err)
{
	struct edge_err failed = { 0 };
	struct stmt *s;

	if (at->key == NULL && (at->number != row->mission ||
	    strcmp(at->platform, row->platform) != 0)) {
		s = db_stmt(at->db, Q_STAGE_WANTED);
		stmt_text(s, 1, row->platform);
		stmt_int(s, 2, row->mission);
		at->wanted = stmt_row(s, &failed);
		stmt_reset(s);
		strcpy(at->platform, row->platform);
		at->number = row->mission;
	}
	if (failed.kind != EDGE_NONE)
		*err = failed;
	*wanted = at->key != NULL || at->wanted;
	return failed.kind == EDGE_NONE;
}

static struct stmt *
bind_point(struct db *db, enum query query, const struct point_row *row,
    const char *source_id)
{
	struct stmt *s = db_stmt(db, query);

	stmt_text(s, 1, row->platform);
	stmt_int(s, 2, row->mission);
	stmt_int(s, 3, row->number);
	if (row->time_ms != DECODE_NO_INT)
		stmt_int(s, 4, row->time_ms);
	stmt_real(s, 5, row->lon);
	stmt_real(s, 6, row->lat);
	stmt_real(s, 7, row->max_depth_m);
	stmt_text(s, 8, source_id);
	return s;
}

/* What is known of a point that gives way to a later one, as a document. */
static void
describe_rival(struct stmt *s, const struct point_row *row, bson_t *document)
{
	BSON_APPEND_UTF8(document, "platform_serial", row->platform);
	BSON_APPEND_INT64(document, "mission", row->mission);
	BSON_APPEND_INT64(document, "number", row->number);
	BSON_APPEND_DOUBLE(document, "lon", stmt_get_real(s, 2));
	BSON_APPEND_DOUBLE(document, "lat", stmt_get_real(s, 3));
	if (!stmt_is_null(s, 1))
		BSON_APPEND_DATE_TIME(document, "time", stmt_get_int(s, 1));
	if (!stmt_is_null(s, 4))
		BSON_APPEND_DOUBLE(document, "max_depth", stmt_get_real(s, 4));
}

/* Two profiles of one number: the later is kept, the other goes to
 * quarantine. */
static bool
settle_rivals(struct db *db, const bson_t *document,
    const struct point_row *row, const char *source_id, struct edge_err *err)
{
	static const char reason[] = "number: the mission has two profiles of "
	    "this number; the later one is served";
	struct edge_err failed = { 0 };
	struct stmt *s = bind_point(db, Q_STAGE_POINT_RIVAL, row, source_id);
	bson_t other = BSON_INITIALIZER;
	char other_id[DECODE_SOURCE_ID_BYTES];
	bool wins, ok;

	if (!stmt_row(s, &failed)) {
		*err = failed;
		return failed.kind == EDGE_NONE;
	}
	(void)snprintf(other_id, sizeof other_id, "%s", stmt_get_text(s, 0));
	wins = stmt_get_int(s, 5) != 0;
	describe_rival(s, row, &other);
	stmt_reset(s);
	if (wins)
		ok = stage_quarantine(db, C_PROFILES, &other, other_id,
		    row->platform, row->mission, "number", reason, err) &&
		    stmt_run(bind_point(db, Q_STAGE_POINT, row, source_id),
		    err);
	else
		ok = stage_quarantine(db, C_PROFILES, document, source_id,
		    row->platform, row->mission, "number", reason, err);
	bson_destroy(&other);
	return ok;
}

static bool
on_point(void *context, const bson_t *document, const char *source_id,
    bool sound, struct edge_err *err)
{
	struct staging *at = context;
	struct point_row row;
	struct misfit misfit;
	bool fits, known, wanted = false;
	int64_t before;

	if (!sound)
		return stage_unsound(at->db, C_PROFILES, document, source_id,
		    err);
	fits = decode_point(document, &row, &misfit);
	known = row.platform[0] != '\0' && row.mission != DECODE_NO_INT;
	if (known && is_of_another(at, row.platform, row.mission))
		return true;
	if (known && (!count_documents(at, row.platform, row.mission, 1,
	    row.raw_ms, err) ||
	    !is_wanted(at, &row, &wanted, err)))
		return false;
	if (!fits)
		return stage_quarantine(at->db, C_PROFILES, document,
		    source_id, known ? row.platform : "", row.mission,
		    misfit.field, misfit.reason, err);
	if (!wanted)
		return true;
	before = db_changes(at->db);
	if (!stmt_run(bind_point(at->db, Q_STAGE_POINT_NEW, &row, source_id),
	    err))
		return false;
	return db_changes(at->db) != before ||
	    settle_rivals(at->db, document, &row, source_id, err);
}

bool
stage_all_points(struct db *db, struct source *source, struct edge_err *err)
{
	struct staging at = { .db = db, .collection = C_PROFILES,
		.number = -1 };

	return source_scan(source, C_PROFILES, NULL, on_point, &at, err) &&
	    flush_count(&at, err);
}

bool
stage_mission_points(struct db *db, struct source *source,
    const struct source_key *key, struct edge_err *err)
{
	struct staging at = { .db = db, .collection = C_PROFILES, .key = key };

	return run_for(db, Q_STAGE_DROP_POINTS, key->platform, key->number,
	    err) && run_for(db, Q_STAGE_DROP_COUNT, key->platform, key->number,
	    err) && stage_forget_misfits(db, key->platform, key->number, err) &&
	    source_scan(source, C_PROFILES, key, on_point, &at, err) &&
	    flush_count(&at, err);
}

/* What was counted of a mission, into its track. */
static bool
take_count(struct db *db, const char *platform, int64_t number,
    struct track *track, struct edge_err *err)
{
	struct edge_err failed = { 0 };
	struct stmt *s = db_stmt(db, Q_STAGE_COUNT_OF);

	stmt_text(s, 1, platform);
	stmt_int(s, 2, number);
	if (stmt_row(s, &failed)) {
		track->documents = stmt_get_int(s, 0);
		track->last_ms = stmt_is_null(s, 1) ? DECODE_NO_INT :
		    stmt_get_int(s, 1);
		stmt_reset(s);
	}
	if (failed.kind != EDGE_NONE)
		*err = failed;
	return failed.kind == EDGE_NONE;
}

bool
stage_take_track(struct db *db, const char *platform, int64_t number,
    struct track *track, struct edge_err *err)
{
	struct edge_err failed = { 0 };
	struct stmt *s = db_stmt(db, Q_STAGE_POINTS);

	stmt_text(s, 1, platform);
	stmt_int(s, 2, number);
	while (stmt_row(s, &failed)) {
		struct track_point point = {
			.number = stmt_get_int(s, 0),
			.time_ms = stmt_is_null(s, 1) ? DECODE_NO_INT :
			    stmt_get_int(s, 1),
			.lon = stmt_get_real(s, 2),
			.lat = stmt_get_real(s, 3),
			.max_depth_m = stmt_is_null(s, 4) ? DECODE_NO_NUMBER :
			    stmt_get_real(s, 4),
		};

		if (track->length == TRACK_MOST_POINTS) {
			log_warn("%s M%lld: has more than %d profiles; the "
			    "first are kept", platform, (long long)number,
			    TRACK_MOST_POINTS);
			stmt_reset(s);
			break;
		}
		if (!track_add(track, &point, err)) {
			stmt_reset(s);
			return false;
		}
	}
	if (failed.kind != EDGE_NONE) {
		*err = failed;
		return false;
	}
	return run_for(db, Q_STAGE_DROP_POINTS, platform, number, err) &&
	    take_count(db, platform, number, track, err);
}

static bool
on_count(void *context, const char *platform, int64_t number,
    int64_t documents, int64_t last_ms, struct edge_err *err)
{
	return count_documents(context, platform, number, documents, last_ms,
	    err);
}

bool
stage_count_profiles(struct db *db, struct source *source, bool *times,
    struct edge_err *err)
{
	struct staging at = { .db = db };

	return stmt_run(db_stmt(db, Q_STAGE_CLEAR_COUNTS), err) &&
	    source_counts(source, on_count, &at, times, err) &&
	    flush_count(&at, err);
}

bool
stage_sum_profiles(struct db *db, struct deep_counts *counts,
    struct edge_err *err)
{
	struct edge_err failed = { 0 };
	struct stmt *s = db_stmt(db, Q_DEEP_SUMS);

	memset(counts, 0, sizeof *counts);
	if (stmt_row(s, &failed)) {
		counts->source = stmt_get_int(s, 0);
		counts->stored = stmt_get_int(s, 1);
		stmt_reset(s);
	}
	if (failed.kind != EDGE_NONE)
		*err = failed;
	return failed.kind == EDGE_NONE;
}

bool
stage_doubt(struct db *db, bool times, int64_t *doubtful,
    struct edge_err *err)
{
	int64_t before = db_changes(db);
	struct stmt *s = db_stmt(db, Q_DEEP_DOUBT);

	stmt_int(s, 1, times);
	if (!stmt_run(s, err))
		return false;
	*doubtful = db_changes(db) - before;
	return stmt_run(db_stmt(db, Q_STAGE_CLEAR_COUNTS), err);
}
