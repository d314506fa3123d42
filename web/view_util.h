/* view_util.h: what the views share: filling JSON from rows, the totals of a
 * scope, a mission as lists show it.
 *
 * A view's first failure stays in view->err: memory that ran out is put there
 * by the functions below, a statement's failure by stmt_row. So a view reads
 * and fills to its end and asks view_end once. A NULL object is filled with
 * nothing. Thread: as struct view. */
#ifndef EDGE_VIEW_UTIL_H
#define EDGE_VIEW_UTIL_H

#include "../schema/clock.h"
#include "../schema/shown.h"
#include "buffer.h"
#include "view.h"

#define SERIAL_BYTES 132 /* 32 characters of UTF-8 and a NUL */

/* A mission is heard of now when its last data are this fresh. */
#define LIVE_GLIDER_MS SHOWN_LIVE_GLIDER_MS
#define LIVE_SAILBUOY_MS SHOWN_LIVE_SAILBUOY_MS

/* The result of a view that found what its address names. */
enum view_result view_end(const struct view *view);
/* Whether the API asks: what only a page draws is left out. */
bool view_is_api(const struct view *view);
/* VIEW_BAD_PARAM with "name: takes …" in view->err. */
enum view_result view_bad_param(struct view *view, const char *name,
    const char *takes);
/* The answer changes at `ms` by the clock alone. */
void view_expires(struct view *view, int64_t ms);

/* The calendar year of a time, UTC. */
int64_t year_of(int64_t ms);

/* Members of `object`; NULL or empty text and a NaN are put as null. */
void put_null(struct view *view, cJSON *object, const char *name);
void put_bool(struct view *view, cJSON *object, const char *name, bool value);
void put_int(struct view *view, cJSON *object, const char *name,
    int64_t value);
void put_real(struct view *view, cJSON *object, const char *name,
    double value);
void put_text(struct view *view, cJSON *object, const char *name,
    const char *text);
void put_text_n(struct view *view, cJSON *object, const char *name,
    const char *text, size_t length);
void put_time(struct view *view, cJSON *object, const char *name, int64_t ms);
cJSON *put_object(struct view *view, cJSON *object, const char *name);
cJSON *put_array(struct view *view, cJSON *object, const char *name);
/* Further elements of an array. */
cJSON *add_object(struct view *view, cJSON *array);
void add_text(struct view *view, cJSON *array, const char *text,
    size_t length);
void add_real(struct view *view, cJSON *array, double value);

/* A sea area of an array of them: its name, and the page of its code; url is
 * null without one. */
void add_area(struct view *view, cJSON *array, const char *name,
    const char *code);

/* A column's text, "" for SQL NULL. Borrowed until the next step. */
const char *row_text(struct stmt *s, int at);

/* Members from a column of the current row; SQL NULL is put as null. */
void col_int(struct view *view, cJSON *object, const char *name,
    struct stmt *s, int at);
void col_real(struct view *view, cJSON *object, const char *name,
    struct stmt *s, int at);
void col_text(struct view *view, cJSON *object, const char *name,
    struct stmt *s, int at);
void col_time(struct view *view, cJSON *object, const char *name,
    struct stmt *s, int at);
/* Metres as whole kilometres. */
void col_km(struct view *view, cJSON *object, const char *name,
    struct stmt *s, int at);

/* "/SEA063/M33" as the member "url". */
void put_mission_url(struct view *view, cJSON *object, const char *name,
    const char *platform, int64_t number);

/* Calls `each` for the names in a mission's basin text, in its order; they are
 * neither NUL-ended nor copied. */
void basin_names(const char *basin, void (*each)(void *context,
    const char *name, size_t length), void *context);

/* Puts "glider" and "sailbuoy": the totals of a scope, zeros when it has
 * none. Returns the number of missions in it. */
int64_t put_totals(struct view *view, cJSON *object, const char *scope,
    const char *key);
/* The figures of one kind, from the columns platforms, missions, profiles,
 * sea_time_ms, distance_mm, vertical_mm, data_points that start at `at`; NULL
 * for zeros. */
void put_total_figures(struct view *view, cJSON *object, bool glider,
    struct stmt *s, int at);

/* What a mission is: "complete" in the source; else "active" while it is
 * heard of, else "silent". */
const char *mission_status(struct view *view, bool glider, bool basin_exists,
    bool complete, int64_t end_ms);
/* Whether it is heard of now (the source's "recent"). The moment it is not any
 * more is when the view expires. */
bool mission_live(struct view *view, bool glider, bool basin_exists,
    int64_t end_ms);

/* A mission as lists show it, of which the caller may need: */
struct mission {
	int64_t id, number, start_ms, end_ms;
	char platform[SERIAL_BYTES];
	bool glider, basin_exists, complete, has_position;
};

/* Fills `object` from mission_row; `mission` may be NULL. False when there is
 * no such mission or the view has failed. */
bool put_mission(struct view *view, cJSON *object, int64_t mission_id,
    struct mission *mission);

/* How many bytes the first `most` characters of a text take as HTML. */
size_t html_length(const char *text, size_t most);

/* The limit parameter between 1 and `most`; `usual` when it is not given.
 * False when it is something else. */
bool limit_param(const struct view *view, int64_t usual, int64_t most,
    int64_t *limit);

/* Of a table without an end, for a limit that one may be added to. */
#define VIEW_ALL_ROWS (INT64_MAX - 1)

/* When a CSV is asked for, moves the rows of `items` into view->body, so that
 * a long table is never in memory as objects. */
void view_flush_rows(struct view *view, cJSON *items);

/* Whether a parameter has the form of a basin's code, SEA-007. */
bool view_is_basin_code(const char *text);

/* The size of the file "<path><ending>", 0 when there is none. */
int64_t view_file_bytes(const char *path, const char *ending);

/* Puts "announcements": the newest of the operator's, [{"title", "time",
 * "url"}]. */
void put_announcements(struct view *view, int most);

#endif
