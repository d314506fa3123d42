/* conf.h: every setting of edge in one table, and where its value comes from:
 * flag, then environment, then configuration file (JSON), then default. Help
 * texts and `edge config` are printed from the same table. Thread: filled once
 * at start, only read after. */
#ifndef EDGE_CONF_H
#define EDGE_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "err.h"

enum verb {
	VERB_SERVE, VERB_SYNC, VERB_RUN, VERB_IMPORT, VERB_VERIFY, VERB_STATUS,
	VERB_QUARANTINE, VERB_EXPLAIN, VERB_BACKUP, VERB_EXPORT, VERB_DEMO,
	VERB_CHECK, VERB_CONFIG, VERB_VERSION, VERB_MAX
};

enum setting {
	SET_CONFIG, SET_DB, SET_LISTEN, SET_METRICS_LISTEN, SET_MONGODB_URI,
	SET_MAPPING, SET_TITLE, SET_PORTAL,
	SET_LOG_FORMAT, SET_LOG_LEVEL, SET_CORS, SET_NO_CACHE, SET_IMMUTABLE,
	SET_SNAPSHOT, SET_DEADLINE, SET_GRACE, SET_DEEP_CHECK, SET_STRICT, SET_INTERVAL, SET_ONCE,
	SET_WATCH, SET_REBUILD, SET_ALLOW_MASS_DELETE, SET_REMOVAL_LIMIT, SET_DUMP,
	SET_JSON, SET_MISSIONS, SET_PROFILES, SET_SEED, SET_DIRTY, SET_GZIP,
	SET_OLD_SCHEMA, SET_HELP, SETTING_MAX
};

#define CONF_ARGUMENTS 4

struct conf {
	char *values[SETTING_MAX];        /* owned; NULL: not set at all */
	const char *origins[SETTING_MAX]; /* 'flag', 'environment', … */
	char *secret_file;                /* owned; where the secret was read */
	const char *arguments[CONF_ARGUMENTS]; /* words that are no flags */
	int arguments_length;
};

/* Reads flags in argv (after the verb), environment and configuration file.
 * Everything is checked here: a value that does not fit gives EDGE_USAGE when
 * it is a flag, EDGE_CONFIG when it comes from elsewhere, naming the setting,
 * the origin and what fits. Free with conf_free. */
bool conf_load(struct conf *conf, enum verb verb, int argc, char **argv,
    struct edge_err *err) MUST_CHECK;
void conf_free(struct conf *conf);

const char *conf_text(const struct conf *conf, enum setting setting);
bool conf_flag(const struct conf *conf, enum setting setting);
int64_t conf_count(const struct conf *conf, enum setting setting);
/* A duration ("90", "90s", "10min", "24h", "7d"; at most 36500d) in
 * milliseconds. */
int64_t conf_duration_ms(const struct conf *conf, enum setting setting);

/* Prints the flags a verb takes, for its help. */
void conf_print_flags(FILE *out, enum verb verb);
/* Prints every effective value with its origin; secrets are redacted. */
void conf_print(FILE *out, const struct conf *conf);

/* Copies a MongoDB URI without user, password and options:
 * "mongodb://host:27017/voto". */
void conf_redact_uri(const char *uri, char *text, size_t size);

/* Whether a word is, or holds, an address that may hold a password: of MongoDB
 * in any spelling, or another one with an '@'. No message may quote it. */
bool conf_is_address(const char *word);
/* Refuses such a word, shown without its secrets, and says where an address
 * belongs. `what` is the setting it was given for, `origin` where that was
 * said; NULL: it stood on the command line. */
bool conf_refuse_address(const char *what, const char *origin,
    const char *word, struct edge_err *err);

/* The nearest of `words` to `word` when it is near enough to be meant, else
 * NULL. */
const char *conf_near(const char *word, const char *const *words,
    size_t length);

#endif
