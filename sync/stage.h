/* stage.h: what the source has, laid beside what the store has, in temporary
 * tables of the writer's connection. Memory stays flat: one document at a
 * time. */
#ifndef EDGE_STAGE_H
#define EDGE_STAGE_H

#include "../schema/db.h"
#include "source.h"
#include "track.h"

struct plan_counts {
	int64_t fitting;  /* mission documents that fit */
	int64_t fresh;    /* … of missions the store does not have */
	int64_t changed;  /* … that differ from the store's */
	int64_t stored;   /* missions the store has */
	int64_t vanished; /* … that the source does not have */
};

/* Reads one mission's document, as stage_missions for all; the others stay as
 * they are staged. *found: the source has a document of it. */
bool stage_mission(struct db *db, struct source *source,
    const struct source_key *key, bool *found, struct edge_err *err)
    MUST_CHECK;

/* Reads both mission collections and plans: afterwards the writer statements
 * plan_* know what is new, changed and gone. Documents that do not fit are in
 * staged_quarantine; profiles among them stay there unless it is the `first`
 * reading of a run. */
bool stage_missions(struct db *db, struct source *source, bool first,
    struct plan_counts *counts, struct edge_err *err) MUST_CHECK;

/* Counts the plan again. */
bool stage_count_plan(struct db *db, struct plan_counts *counts,
    struct edge_err *err) MUST_CHECK;

/* Reads every profile and keeps those of missions that are new or changed. */
bool stage_all_points(struct db *db, struct source *source,
    struct edge_err *err) MUST_CHECK;

/* Reads the mission documents again after stage_all_points. A mission whose
 * document is another one now (stage_is_confirmed tells) may have been met
 * half written. */
bool stage_missions_again(struct db *db, struct source *source,
    struct edge_err *err) MUST_CHECK;

/* Reads the profiles of one mission. */
bool stage_mission_points(struct db *db, struct source *source,
    const struct source_key *key, struct edge_err *err) MUST_CHECK;

/* Drops what does not fit of a mission's profiles, as this run has staged it:
 * before they are read again, or when what was read is not served. */
bool stage_forget_misfits(struct db *db, const char *platform, int64_t number,
    struct edge_err *err) MUST_CHECK;

/* Profiles of the missions that both store and source have. */
struct deep_counts {
	int64_t source; /* documents in `profiles` */
	int64_t stored; /* as they were when read */
};

/* Counts every mission's profiles in the source; needs stage_missions before.
 * *times: the last times are known, too. */
bool stage_count_profiles(struct db *db, struct source *source, bool *times,
    struct edge_err *err) MUST_CHECK;

/* Sums what was counted by that, or by stage_all_points. */
bool stage_sum_profiles(struct db *db, struct deep_counts *counts,
    struct edge_err *err) MUST_CHECK;

/* Takes missions for changed whose count or last time (`times`) is not what
 * was read of them: the next count of the plan has them. *doubtful: how many
 * missions. */
bool stage_doubt(struct db *db, bool times, int64_t *doubtful,
    struct edge_err *err) MUST_CHECK;

/* Moves a mission's staged points into `track`, in order. */
bool stage_take_track(struct db *db, const char *platform, int64_t number,
    struct track *track, struct edge_err *err) MUST_CHECK;

/* Puts a document that does not fit into staged_quarantine. */
bool stage_quarantine(struct db *db, enum collection collection,
    const bson_t *document, const char *source_id, const char *platform,
    int64_t number, const char *field, const char *reason,
    struct edge_err *err) MUST_CHECK;

/* Puts an unsound one there: not valid BSON, or without an _id. */
bool stage_unsound(struct db *db, enum collection collection,
    const bson_t *document, const char *source_id, struct edge_err *err)
    MUST_CHECK;

#endif
