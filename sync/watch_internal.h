/* watch_internal.h: what watch.c (the loop and its modes), watch_streams.c
 * (streams and where they go on) and watch_events.c (what events lead to)
 * share. */
#ifndef EDGE_WATCH_INTERNAL_H
#define EDGE_WATCH_INTERNAL_H

#include "../schema/progress.h"
#include "decode.h"
#include "sync_internal.h"
#include "watch.h"

#define SECOND_US INT64_C(1000000)

/* More missions than this at once are planned by one whole run. */
#define DIRTY_MOST 256

struct dirty {
	char kind;
	char platform[DECODE_SERIAL_BYTES];
	int64_t number;
};

struct watch {
	const struct watch_options *options;
	struct run run;
	int lock;                     /* the writer's; -1: another has it */
	struct sync_report report;    /* of the last run or burst of events */
	int64_t counts[BEAT_COUNT_MAX]; /* not yet in the status file */
	bool polls;                   /* the server has no change streams */
	const char *mode;             /* for the status file; NULL: not found
	                                 yet, it is as an earlier watch left it */
	/* A whole run must come through before events can be relied on: no
	 * position is stored until then. */
	bool owed;
	char reason[256];             /* why that is a resync; "" = it is none */
	bool doubtful;                /* the next whole run counts tracks */
	/* The refusal that removals wait for, told until a whole run comes
	 * through; kind EDGE_NONE: there is none. */
	struct edge_err held;
	struct dirty dirty[DIRTY_MOST];
	size_t dirty_length;
	bool plan_all, extras;        /* events that name no mission */
	int64_t first_us, last_us;    /* of the events not yet planned; 0 */
	bool watch_told;              /* the log says WATCH */
	bool moved;                   /* another store came in place of ours */
	int64_t generation;           /* of the one that is no longer there */
	int64_t strays_us;            /* they were last looked for; 0 */
	int64_t caught_up_ms;         /* as the report of the last whole run */
	int64_t beat_us, token_us;    /* when last written */
	int64_t snapshot_us;          /* not made before, after a failure */
	struct progress progress;     /* of the run that goes on */
	bool well;                    /* this session has brought something */
	unsigned failures;            /* in a row */
	unsigned losses;              /* of a stream's place, in a row */
	int64_t lost_us;              /* the last of them */
	char told[EDGE_ERR_TEXT_BYTES]; /* the last error in the log */
};

/* watch.c */
bool watch_stopped(const struct watch *watch);
/* Waits in small steps, so that a stop is obeyed at once. */
void watch_wait_ms(const struct watch *watch, int64_t ms);
/* How long to wait after so many failures in a row. */
int64_t watch_pause_ms(unsigned failures);
/* Writes the status file. `failed` NULL: all is well, unless removals are
 * held. */
void watch_beat(struct watch *watch, const struct edge_err *failed);
/* What is read from now on must be through within the deadline of a run, so
 * many `times` over; 0: that is over. A source whose answers never end would
 * hold everything up. */
void watch_limit(struct watch *watch, int times);
/* Empties the report for what is done next; what it counts is kept. */
void watch_turn_over(struct watch *watch);
/* Removals were refused, as `err` says, which is emptied: what was stored is
 * served on, news are taken in, and the refusal stays in sight. */
void watch_hold(struct watch *watch, struct edge_err *err);
/* A whole run: SNAPSHOT, RESYNC or a turn of POLL. One that refuses to remove
 * missions is no failure: it is told, and tried again. */
bool watch_run_whole(struct watch *watch, struct edge_err *err) MUST_CHECK;
void watch_log_outcome(const struct watch *watch);

/* watch_streams.c */
/* Writes where every stream goes on; inside the caller's transaction. For
 * run->put_positions. */
bool watch_put_positions(struct run *run, struct edge_err *err) MUST_CHECK;
bool watch_save_positions(struct watch *watch, struct edge_err *err)
    MUST_CHECK;
/* Opens the streams, where they were left when that is stored, and finds out
 * which mode this server allows. */
bool watch_choose_mode(struct watch *watch, struct edge_err *err) MUST_CHECK;
/* A stream cannot go on, as `why` says: forgets the positions, notes the
 * reason for the status file and the run history. */
bool watch_lose_place(struct watch *watch, const struct edge_err *why,
    struct edge_err *err) MUST_CHECK;
/* Forgets the positions of a store that was filled from elsewhere. */
bool watch_check_source(struct watch *watch, struct edge_err *err)
    MUST_CHECK;

/* watch_events.c */
void watch_forget_events(struct watch *watch);
/* Takes what the streams have. */
enum source_stream watch_drain(struct watch *watch, bool *any,
    struct edge_err *err) MUST_CHECK;
/* Events have come and it is time to plan them. */
bool watch_events_are_due(const struct watch *watch);
/* Plans and applies what the events named. The positions go into the last
 * transaction of it. */
bool watch_apply_events(struct watch *watch, struct edge_err *err)
    MUST_CHECK;

#endif
