#include "conf.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "file.h"

#define CONFIG_MAX_BYTES 65536
#define WORD_MOST 63 /* longer words are near to none */
#define SECRET_MAX_BYTES 4096

/* A server is not asked more often than this. */
#define INTERVAL_LEAST_MS 1000
/* Longer is meant by nobody, and stays a number in microseconds. */
#define DURATION_MOST_MS (INT64_C(36500) * 86400000)

enum type { TEXT, FLAG, COUNT, PERCENT, DURATION, INTERVAL, SECRET,
	LOG_FORMAT_WORD, LOG_LEVEL_WORD };

#define ON(verb) (1u << (verb))
#define EVERY (ON(VERB_MAX) - 1)
#define SERVERS (ON(VERB_SERVE) | ON(VERB_RUN))
#define SYNCERS (ON(VERB_SYNC) | ON(VERB_RUN))
#define WRITERS (SYNCERS | ON(VERB_IMPORT))
/* The verbs that ask the source; the others never see its address, so that
 * they start without it and cannot give it away. */
#define ASKERS (SYNCERS | ON(VERB_VERIFY) | ON(VERB_QUARANTINE) | \
    ON(VERB_EXPLAIN) | ON(VERB_CHECK) | ON(VERB_CONFIG))

static const struct setting_info {
	const char *name;     /* key in the file; the flag is --name with '-' */
	const char *env;      /* NULL: none */
	const char *fallback; /* NULL: none */
	enum type type;
	unsigned verbs;       /* that take the flag */
	bool kept;            /* may stand in the file and in `edge config` */
	const char *argument, *help;
} settings[SETTING_MAX] = {
	[SET_CONFIG] = { "config", "EDGE_CONFIG", NULL, TEXT, EVERY, false,
	    "FILE", "configuration file (JSON object of the names below)" },
	[SET_DB] = { "db", "EDGE_DB", "edge.db", TEXT, SERVERS |
	    WRITERS | ON(VERB_VERIFY) | ON(VERB_STATUS) |
	    ON(VERB_QUARANTINE) | ON(VERB_EXPLAIN) | ON(VERB_EXPORT) |
	    ON(VERB_BACKUP) | ON(VERB_CHECK) | ON(VERB_CONFIG), true, "FILE",
	    "the local store" },
	[SET_LISTEN] = { "listen", "EDGE_LISTEN", "127.0.0.1:8080", TEXT,
	    SERVERS | ON(VERB_CHECK) | ON(VERB_CONFIG), true, "HOST:PORT",
	    "address to answer on; PORT alone on this machine only, :PORT on "
	    "every address; port 0 takes a free one" },
	[SET_METRICS_LISTEN] = { "metrics_listen", "EDGE_METRICS_LISTEN",
	    NULL, TEXT, SERVERS | ON(VERB_CHECK) | ON(VERB_CONFIG), true,
	    "HOST:PORT",
	    "address that answers /metrics and nothing else; not set: none" },
	[SET_MONGODB_URI] = { "mongodb_uri", "EDGE_MONGODB_URI", NULL, SECRET,
	    0, true, NULL, NULL },
	[SET_MAPPING] = { "mapping", "EDGE_MAPPING", NULL, TEXT,
	    ASKERS | ON(VERB_IMPORT) | ON(VERB_CHECK), true, "FILE",
	    "what the source calls collections and fields; else as VOTO does" },
	[SET_TITLE] = { "title", "EDGE_TITLE", NULL, TEXT,
	    SERVERS | ON(VERB_EXPORT) | ON(VERB_CONFIG), true, "TEXT",
	    "name of the portal; wins over the portal's file" },
	[SET_PORTAL] = { "portal", "EDGE_PORTAL", NULL, TEXT,
	    SERVERS | ON(VERB_EXPORT) | ON(VERB_CHECK) | ON(VERB_CONFIG), true, "FILE",
	    "title, texts, colours, links and addresses of the portal" },
	[SET_LOG_FORMAT] = { "log_format", "EDGE_LOG_FORMAT", "text",
	    LOG_FORMAT_WORD, EVERY, true, "text|json", "form of the log" },
	[SET_LOG_LEVEL] = { "log_level", "EDGE_LOG_LEVEL", "info",
	    LOG_LEVEL_WORD, EVERY, true, "LEVEL",
	    "lowest level that is logged: debug, info, warning, error" },
	[SET_CORS] = { "cors", "EDGE_CORS", NULL, FLAG,
	    SERVERS | ON(VERB_CONFIG), true, NULL,
	    "scripts of other sites may read the API and the data twins" },
	[SET_NO_CACHE] = { "no_cache", NULL, NULL, FLAG, SERVERS, true,
	    NULL, "render every answer anew" },
	[SET_IMMUTABLE] = { "immutable", NULL, NULL, FLAG, ON(VERB_SERVE),
	    true, NULL, "the store is on read-only media and never changes" },
	[SET_DEADLINE] = { "deadline", "EDGE_DEADLINE", "10min", DURATION,
	    SYNCERS | ON(VERB_VERIFY) | ON(VERB_QUARANTINE) |
	    ON(VERB_EXPLAIN), true, "TIME", "give up (exit 75; --watch and "
	    "run: try again) when not done by then; 0: no limit of its own" },
	[SET_GRACE] = { "grace", "EDGE_GRACE", "10min", DURATION,
	    SYNCERS, true, "TIME",
	    "keep a mission that vanished from the source this long; 0 not "
	    "at all" },
	[SET_DEEP_CHECK] = { "deep_check", "EDGE_DEEP_CHECK", "24h", DURATION,
	    SYNCERS, true, "TIME",
	    "count every track in the source so often; 0 never" },
	[SET_SNAPSHOT] = { "snapshot", "EDGE_SNAPSHOT", "24h", DURATION,
	    WRITERS, true, "TIME",
	    "make the file to take away so often, when data changed; 0 never" },
	[SET_STRICT] = { "strict", NULL, NULL, FLAG, ON(VERB_SYNC) |
	    ON(VERB_IMPORT), true, NULL,
	    "exit 65 when documents are in quarantine" },
	[SET_INTERVAL] = { "interval", "EDGE_INTERVAL", "60s", INTERVAL,
	    SYNCERS, true, "TIME", "pause between runs with a server that has "
	    "no change streams; 1s or more" },
	[SET_ONCE] = { "once", NULL, NULL, FLAG, ON(VERB_SYNC), false, NULL,
	    "bring the store up to the source, then end" },
	[SET_WATCH] = { "watch", NULL, NULL, FLAG, ON(VERB_SYNC), false, NULL,
	    "stay, and follow the source as it changes" },
	[SET_REBUILD] = { "rebuild", NULL, NULL, FLAG, ON(VERB_SYNC) |
	    ON(VERB_IMPORT), false, NULL, "read everything anew, and put that "
	    "in the place of what is stored in one transaction" },
	[SET_ALLOW_MASS_DELETE] = { "allow_mass_delete", NULL, NULL, FLAG,
	    WRITERS, false, NULL,
	    "remove missions even when more would go than removal_limit" },
	[SET_REMOVAL_LIMIT] = { "removal_limit", "EDGE_REMOVAL_LIMIT", "20",
	    PERCENT, WRITERS, true, "PERCENT", "share of the missions, or of "
	    "the profiles, that may go at once unasked: 0 none, 100 as "
	    "--allow-mass-delete" },
	[SET_DUMP] = { "dump", NULL, NULL, TEXT, ON(VERB_VERIFY), false,
	    "DIR", "compare with a dump instead of with MongoDB" },
	[SET_JSON] = { "json", NULL, NULL, FLAG, ON(VERB_STATUS) |
	    ON(VERB_SYNC) | ON(VERB_IMPORT) |
	    ON(VERB_VERIFY) | ON(VERB_VERSION) | ON(VERB_QUARANTINE) |
	    ON(VERB_EXPLAIN), false, NULL,
	    "print JSON for programs" },
	[SET_MISSIONS] = { "missions", NULL, "240", COUNT, ON(VERB_DEMO),
	    false, "N", "glider missions to make" },
	[SET_PROFILES] = { "profiles", NULL, "1000", COUNT, ON(VERB_DEMO),
	    false, "N", "profiles of a mission, about" },
	[SET_SEED] = { "seed", NULL, "1", COUNT, ON(VERB_DEMO), false, "N",
	    "another seed, another fleet" },
	[SET_DIRTY] = { "dirty", NULL, NULL, FLAG, ON(VERB_DEMO), false, NULL,
	    "add documents that do not fit" },
	[SET_GZIP] = { "gzip", NULL, NULL, FLAG, ON(VERB_DEMO), false, NULL,
	    "write .bson.gz" },
	[SET_OLD_SCHEMA] = { "old_schema", NULL, NULL, FLAG, ON(VERB_DEMO),
	    false, NULL, "gliders by number, as older sources have them" },
	[SET_HELP] = { "help", NULL, NULL, FLAG, EVERY, false, NULL,
	    "this text" },
};

static bool
parse_count(const char *text, int64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoll(text, &end, 10);
	return errno == 0 && end != text && *end == '\0' && *value >= 0;
}

static bool
parse_duration(const char *text, int64_t *ms)
{
	static const struct {
		const char *unit;
		int64_t ms;
	} units[] = { { "", 1000 }, { "ms", 1 }, { "s", 1000 },
		{ "min", 60000 }, { "m", 60000 }, { "h", 3600000 },
		{ "d", 86400000 } };
	char *end;
	size_t i;

	errno = 0;
	*ms = strtoll(text, &end, 10);
	if (errno != 0 || end == text || *ms < 0 || *ms > INT32_MAX)
		return false;
	for (i = 0; i < sizeof units / sizeof units[0]; i++)
		if (strcmp(end, units[i].unit) == 0) {
			*ms *= units[i].ms;
			return *ms <= DURATION_MOST_MS;
		}
	return false;
}

/* What a value must look like; NULL when it fits. */
static const char *
misfit(enum type type, const char *value)
{
	int64_t number, ignored;

	switch (type) {
	case TEXT:
	case SECRET:
		return *value != '\0' ? NULL : "some text";
	case FLAG:
		return strcmp(value, "true") == 0 ||
		    strcmp(value, "false") == 0 ? NULL : "true or false";
	case COUNT:
		return parse_count(value, &ignored) ? NULL : "a whole number";
	case PERCENT:
		return parse_count(value, &number) && number <= 100 ? NULL :
		    "a whole number of percent, 0 to 100";
	case DURATION:
		return parse_duration(value, &ignored) ? NULL :
		    "a duration such as 90s, 10min or 24h, at most 36500d";
	case INTERVAL:
		return parse_duration(value, &number) &&
		    number >= INTERVAL_LEAST_MS ? NULL :
		    "a duration of at least 1s, such as 60s";
	case LOG_FORMAT_WORD:
		return strcmp(value, "text") == 0 ||
		    strcmp(value, "json") == 0 ? NULL : "text or json";
	case LOG_LEVEL_WORD:
		return strcmp(value, "debug") == 0 ||
		    strcmp(value, "info") == 0 ||
		    strcmp(value, "warning") == 0 ||
		    strcmp(value, "error") == 0 ? NULL :
		    "debug, info, warning or error";
	}
	return NULL;
}

/* A title may name a web page; nothing else is an address. */
static bool
is_misplaced(enum setting s, const char *value)
{
	return settings[s].type != SECRET && conf_is_address(value) &&
	    (s != SET_TITLE || strcasestr(value, "mongodb") != NULL);
}

/* Sets a value unless a stronger origin has set it. */
static bool
take(struct conf *conf, enum setting s, const char *value, const char *origin,
    enum edge_kind kind, struct edge_err *err)
{
	const char *fits = misfit(settings[s].type, value);

	if (conf->values[s] != NULL)
		return true;
	if (is_misplaced(s, value))
		return conf_refuse_address(settings[s].name,
		    kind == EDGE_USAGE ? NULL : origin, value, err);
	if (fits != NULL && settings[s].type == SECRET)
		return err_set(err, kind, "%s (%s): is empty",
		    settings[s].name, origin);
	if (fits != NULL)
		return err_set(err, kind, "%s (%s): takes %s, not '%.80s'",
		    settings[s].name, origin, fits, value);
	conf->values[s] = strdup(value);
	conf->origins[s] = origin;
	return conf->values[s] != NULL ||
	    err_set(err, EDGE_IO, "out of memory");
}

static void
flag_of(enum setting s, char flag[40])
{
	char *p;

	(void)snprintf(flag, 40, "--%s", settings[s].name);
	for (p = flag; *p; p++)
		if (*p == '_')
			*p = '-';
}

static size_t
distance(const char *a, const char *b)
{
	size_t row[WORD_MOST + 1], n = strlen(b), i, j, before, keep;

	if (n >= WORD_MOST || strlen(a) >= WORD_MOST)
		return WORD_MOST;
	for (j = 0; j <= n; j++)
		row[j] = j;
	for (i = 1; a[i - 1] != '\0'; i++) {
		before = row[0];
		row[0] = i;
		for (j = 1; j <= n; j++) {
			keep = row[j];
			row[j] = before + (a[i - 1] != b[j - 1]);
			if (keep + 1 < row[j])
				row[j] = keep + 1;
			if (row[j - 1] + 1 < row[j])
				row[j] = row[j - 1] + 1;
			before = keep;
		}
	}
	return row[n];
}

const char *
conf_near(const char *word, const char *const *words, size_t length)
{
	const char *best = NULL;
	size_t i, d, least = strlen(word) / 3 + 2;

	if (strlen(word) >= WORD_MOST)
		return NULL;
	for (i = 0; i < length; i++) {
		d = distance(word, words[i]);
		if (d < least) {
			least = d;
			best = words[i];
		}
	}
	return best;
}

static bool
unknown_flag(enum verb verb, const char *word, struct edge_err *err)
{
	char flags[SETTING_MAX][40];
	const char *words[SETTING_MAX], *near;
	size_t n = 0;
	enum setting s;

	if (conf_is_address(word) || strncmp(word, "--mongo", 7) == 0 ||
	    strncmp(word, "--uri", 5) == 0)
		return conf_refuse_address(NULL, NULL, word, err);
	for (s = 0; s < SETTING_MAX; s++) {
		flag_of(s, flags[s]);
		if (settings[s].verbs & ON(verb))
			words[n++] = flags[s];
	}
	near = conf_near(word, words, n);
	return err_set(err, EDGE_USAGE, "unknown flag %.60s%s%s%s; -h lists "
	    "the flags", word, near ? " (did you mean " : "",
	    near ? near : "", near ? "?)" : "");
}

static bool
take_flags(struct conf *conf, enum verb verb, int argc, char **argv,
    struct edge_err *err)
{
	bool only_words = false;
	char flag[40];
	enum setting s;
	size_t n;
	int i;

	for (i = 0; i < argc; i++) {
		const char *word = argv[i], *value;

		if (only_words || word[0] != '-' || word[1] == '\0') {
			if (conf_is_address(word))
				return conf_refuse_address(NULL, NULL, word,
				    err);
			if (conf->arguments_length == CONF_ARGUMENTS)
				return err_set(err, EDGE_USAGE,
				    "too many words: %.80s", word);
			conf->arguments[conf->arguments_length++] = word;
			continue;
		}
		if (strcmp(word, "--") == 0) {
			only_words = true;
			continue;
		}
		if (strcmp(word, "-h") == 0)
			word = "--help";
		for (s = 0; s < SETTING_MAX; s++) {
			flag_of(s, flag);
			n = strlen(flag);
			if ((settings[s].verbs & ON(verb)) &&
			    strncmp(word, flag, n) == 0 &&
			    (word[n] == '\0' || word[n] == '='))
				break;
		}
		if (s == SETTING_MAX)
			return unknown_flag(verb, word, err);
		if (settings[s].type == FLAG)
			value = word[n] == '=' ? word + n + 1 : "true";
		else if (word[n] == '=')
			value = word + n + 1;
		else if (i + 1 < argc)
			value = argv[++i];
		else
			return err_set(err, EDGE_USAGE, "%s takes a value: %s",
			    flag, settings[s].argument);
		free(conf->values[s]); /* the last of two flags wins */
		conf->values[s] = NULL;
		if (!take(conf, s, value, "flag", EDGE_USAGE, err))
			return false;
	}
	return true;
}

static bool
asks_source(enum verb verb)
{
	return (ON(verb) & ASKERS) != 0;
}

static bool
take_environment(struct conf *conf, enum verb verb, struct edge_err *err)
{
	enum setting s;

	for (s = 0; s < SETTING_MAX; s++) {
		const char *value = settings[s].env == NULL ? NULL :
		    getenv(settings[s].env);

		if (settings[s].type == SECRET && !asks_source(verb))
			continue;
		if (value != NULL && *value != '\0' &&
		    !take(conf, s, value, "environment", EDGE_CONFIG, err))
			return false;
	}
	return true;
}

/* The address was read there; `check` looks at who else may. */
static bool
keep_secret_file(struct conf *conf, const char *path, struct edge_err *err)
{
	conf->secret_file = strdup(path);
	return conf->secret_file != NULL ||
	    err_set(err, EDGE_IO, "out of memory");
}

static bool
take_secret_file(struct conf *conf, const char *path, const char *origin,
    struct edge_err *err)
{
	size_t length;
	char *bytes;
	bool ok;

	if (conf->values[SET_MONGODB_URI] != NULL)
		return true;
	if (conf_is_address(path))
		return conf_refuse_address("mongodb_uri_file", origin, path,
		    err);
	bytes = file_read(path, SECRET_MAX_BYTES, &length, err);
	if (bytes == NULL)
		return err_wrap(err, "mongodb_uri");
	bytes[strcspn(bytes, "\r\n")] = '\0';
	ok = take(conf, SET_MONGODB_URI, bytes, origin, EDGE_CONFIG, err) &&
	    keep_secret_file(conf, path, err);
	free(bytes);
	return ok;
}

/* EDGE_MONGODB_URI_FILE, then the credential systemd passes. */
static bool
take_credentials(struct conf *conf, struct edge_err *err)
{
	const char *file = getenv("EDGE_MONGODB_URI_FILE");
	const char *directory = getenv("CREDENTIALS_DIRECTORY");
	char path[PATH_MAX];
	FILE *f;

	if (file != NULL && *file != '\0' &&
	    !take_secret_file(conf, file, "file in environment", err))
		return false;
	if (directory == NULL || *directory == '\0')
		return true;
	(void)snprintf(path, sizeof path, "%s/mongodb-uri", directory);
	f = fopen(path, "re");
	if (f == NULL)
		return true;
	(void)fclose(f);
	return take_secret_file(conf, path, "credential", err);
}

static bool
unknown_name(const char *path, const char *name, struct edge_err *err)
{
	const char *words[SETTING_MAX], *near;
	size_t n = 0;
	enum setting s;

	if (conf_is_address(name))
		return conf_refuse_address("a name", path, name, err);
	for (s = 0; s < SETTING_MAX; s++)
		if (settings[s].kept)
			words[n++] = settings[s].name;
	near = conf_near(name, words, n);
	return err_set(err, EDGE_CONFIG, "%s: unknown name '%.60s'%s%s%s; "
	    "`edge config` lists the names", path, name, near ?
	    " (did you mean " : "", near ? near : "", near ? "?)" : "");
}

static bool
take_item(struct conf *conf, enum verb verb, const cJSON *item,
    const char *path, struct edge_err *err)
{
	char number[32];
	const char *value;
	enum setting s;
	bool fresh;

	if (strcmp(item->string, "mongodb_uri_file") == 0 &&
	    cJSON_IsString(item))
		return !asks_source(verb) || take_secret_file(conf, item->valuestring,
		    "file in configuration", err);
	for (s = 0; s < SETTING_MAX; s++)
		if (settings[s].kept &&
		    strcmp(item->string, settings[s].name) == 0)
			break;
	if (s == SETTING_MAX)
		return unknown_name(path, item->string, err);
	if (settings[s].type == SECRET && !asks_source(verb))
		return true;
	if (cJSON_IsString(item)) {
		value = item->valuestring;
	} else if (cJSON_IsBool(item)) {
		value = cJSON_IsTrue(item) ? "true" : "false";
	} else if (cJSON_IsNumber(item)) {
		(void)snprintf(number, sizeof number, "%.15g",
		    item->valuedouble);
		value = number;
	} else {
		return err_set(err, EDGE_CONFIG, "%s: '%s' must be text, a "
		    "number or true or false", path, item->string);
	}
	fresh = conf->values[s] == NULL;
	return (take(conf, s, value, "file", EDGE_CONFIG, err) &&
	    (!fresh || settings[s].type != SECRET ||
	    keep_secret_file(conf, path, err))) || err_wrap(err, "%s", path);
}

static bool
take_file(struct conf *conf, enum verb verb, const char *path,
    struct edge_err *err)
{
	const cJSON *item;
	size_t length;
	char *bytes = file_read(path, CONFIG_MAX_BYTES, &length, err);
	const char *end = NULL, *p;
	cJSON *file;
	int line = 1;
	bool ok = true;

	if (bytes == NULL)
		return err_wrap(err, "configuration");
	file = cJSON_ParseWithOpts(bytes, &end, true);
	if (file != NULL && !cJSON_IsObject(file)) {
		ok = err_set(err, EDGE_CONFIG, "%s: holds no JSON object; it "
		    "looks like {\"db\": \"/var/lib/edge/edge.db\"}", path);
	} else if (file == NULL) {
		for (p = bytes; end != NULL && p < end; p++)
			line += *p == '\n';
		ok = err_set(err, EDGE_CONFIG, "%s: line %d: not JSON",
		    path, line);
	} else {
		cJSON_ArrayForEach(item, file)
			if (ok)
				ok = take_item(conf, verb, item, path, err);
	}
	cJSON_Delete(file);
	free(bytes);
	return ok;
}

/* A store that is named by a symbolic link is the file it leads to, so that
 * whoever writes to it, under whatever name, takes one lock and swaps one
 * file. `serve` only reads: it goes with a link that is set anew. */
static bool
follow_links(struct conf *conf, struct edge_err *err)
{
	char real[PATH_MAX], *copy;

	if (!file_real(conf->values[SET_DB], real, err))
		return false;
	copy = strdup(real);
	if (copy == NULL)
		return err_set(err, EDGE_IO, "out of memory");
	free(conf->values[SET_DB]);
	conf->values[SET_DB] = copy;
	return true;
}

bool
conf_load(struct conf *conf, enum verb verb, int argc, char **argv,
    struct edge_err *err)
{
	enum setting s;

	memset(conf, 0, sizeof *conf);
	if (!take_flags(conf, verb, argc, argv, err))
		return false;
	if (conf_flag(conf, SET_HELP))
		return true;
	if (!take_environment(conf, verb, err) || (asks_source(verb) &&
	    !take_credentials(conf, err)))
		return false;
	if (conf->values[SET_CONFIG] != NULL &&
	    !take_file(conf, verb, conf->values[SET_CONFIG], err))
		return false;
	for (s = 0; s < SETTING_MAX; s++)
		if (settings[s].fallback != NULL &&
		    !take(conf, s, settings[s].fallback, "default",
		    EDGE_CONFIG, err))
			return false;
	return verb == VERB_SERVE || verb == VERB_CONFIG ||
	    !(settings[SET_DB].verbs & ON(verb)) || follow_links(conf, err);
}

void
conf_free(struct conf *conf)
{
	enum setting s;

	for (s = 0; s < SETTING_MAX; s++)
		free(conf->values[s]);
	free(conf->secret_file);
	memset(conf, 0, sizeof *conf);
}

const char *
conf_text(const struct conf *conf, enum setting setting)
{
	return conf->values[setting];
}

bool
conf_flag(const struct conf *conf, enum setting setting)
{
	return conf->values[setting] != NULL &&
	    strcmp(conf->values[setting], "true") == 0;
}

int64_t
conf_count(const struct conf *conf, enum setting setting)
{
	int64_t value = 0;

	if (conf->values[setting] != NULL)
		(void)parse_count(conf->values[setting], &value);
	return value;
}

int64_t
conf_duration_ms(const struct conf *conf, enum setting setting)
{
	int64_t ms = 0;

	if (conf->values[setting] != NULL)
		(void)parse_duration(conf->values[setting], &ms);
	return ms;
}

void
conf_print_flags(FILE *out, enum verb verb)
{
	char flag[40], left[80];
	bool times = false;
	enum setting s;

	for (s = 0; s < SETTING_MAX; s++) {
		const struct setting_info *i = &settings[s];

		if (!(i->verbs & ON(verb)))
			continue;
		flag_of(s, flag);
		(void)snprintf(left, sizeof left, "%s%s%s%s",
		    s == SET_HELP ? "-h, " : "", flag, i->argument ? " " : "",
		    i->argument ? i->argument : "");
		fprintf(out, "  %-24s %s", left, i->help);
		if (i->env != NULL)
			fprintf(out, " [%s]", i->env);
		if (i->fallback != NULL)
			fprintf(out, " (default %s)", i->fallback);
		fputc('\n', out);
		times |= i->type == DURATION || i->type == INTERVAL;
	}
	if (times)
		fprintf(out, "\nTIME is a number with ms, s, min, h or d "
		    "behind it, or of seconds.\n");
}

void
conf_print(FILE *out, const struct conf *conf)
{
	char text[512];
	enum setting s;

	for (s = 0; s < SETTING_MAX; s++) {
		const struct setting_info *i = &settings[s];
		const char *value = conf->values[s];

		if (!i->kept)
			continue;
		if (i->type == SECRET && value != NULL) {
			conf_redact_uri(value, text, sizeof text);
			value = text;
		}
		fprintf(out, "%-14s %-32s %s\n", i->name,
		    value != NULL ? value : i->type == FLAG ? "false" : "-",
		    value != NULL ? conf->origins[s] : i->type == FLAG ?
		    "default" : "not set");
	}
}
