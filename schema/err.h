/* err.h: the one error type. Every function that can fail takes a
 * `struct edge_err *` as its last parameter, returns false (or NULL) and fills
 * it; the text reads "what: callee: cause" and never holds a secret. The kind
 * is translated into an exit code here and into an HTTP status in web/site_error.c,
 * nowhere else. Thread: a struct edge_err belongs to its caller. */
#ifndef EDGE_ERR_H
#define EDGE_ERR_H

#include <stdbool.h>
#include <stdarg.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

/* What went wrong, by what the caller can do about it. */
enum edge_kind {
	EDGE_NONE = 0,
	EDGE_FAILED,      /* a job that ran and found something wrong: exit 1 */
	EDGE_USAGE,       /* wrong words on the command line: exit 2 */
	EDGE_BAD_DATA,    /* a document that does not fit, with --strict: 65 */
	EDGE_REFUSED,     /* the source refuses: password, database name: 69 */
	EDGE_CANNOT_MAKE, /* a file cannot be created: 73 */
	EDGE_IO,          /* reading or writing failed, disk full: 74 */
	EDGE_TEMPORARY,   /* source away, deadline, lock held: 75, try again */
	EDGE_CONFIG,      /* configuration, schema version, foreign file: 78 */
	EDGE_NEWER,       /* the store is of a newer edge: 78 */
	EDGE_CORRUPT,     /* the store is damaged: 78; sync builds it again */
	EDGE_KIND_MAX
};

#define EDGE_ERR_TEXT_BYTES 512

struct edge_err {
	enum edge_kind kind;            /* EDGE_NONE until something failed */
	char text[EDGE_ERR_TEXT_BYTES]; /* one line, no newline, NUL-ended */
};

/* Sets kind and text; the text is cleaned (text.h), so that a message built
 * from outside data stays one line of valid UTF-8, however it was cut. Returns
 * false, so that `return err_set(…)` ends a function. `err` may be NULL. */
bool err_set(struct edge_err *err, enum edge_kind kind, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

/* Puts "prefix: " before the text of an error that is already set; keeps the
 * kind. Returns false. */
bool err_wrap(struct edge_err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* The process exit code of a kind (sysexits(3) numbers where they exist). */
int err_exit_code(enum edge_kind kind);

/* A short lower-case word for a kind ("temporary"), static storage. */
const char *err_kind_name(enum edge_kind kind);

#endif
