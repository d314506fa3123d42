/* Settings: where they come from, what fits, what stays secret. */
#include "check.h"

#include <stdlib.h>
#include <unistd.h>

#include "schema/conf.h"

static struct conf conf;
static struct edge_err err;

static bool
load(enum verb verb, int argc, const char *const *argv)
{
	char *words[16];
	int i;

	memset(&err, 0, sizeof err);
	for (i = 0; i < argc; i++)
		words[i] = (char *)(uintptr_t)argv[i];
	return conf_load(&conf, verb, argc, words, &err);
}

#define LOAD(verb, ...) load(verb, \
	(int)(sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(char *)), \
	(const char *[]){ __VA_ARGS__ })

static void
write_config(const char *text)
{
	FILE *f = fopen("unit_conf.json", "w");

	CHECK(f != NULL && fputs(text, f) >= 0 && fclose(f) == 0);
}

static void
flag_wins_over_environment_over_file_over_default(void)
{
	write_config("{\"db\": \"file.db\", \"listen\": \"file:1\","
	    " \"title\": \"file\"}");
	setenv("EDGE_DB", "env.db", 1);
	setenv("EDGE_LISTEN", "env:1", 1);
	CHECK(LOAD(VERB_SERVE, "--db", "flag.db", "--config=unit_conf.json"));
	CHECK_STR(conf_text(&conf, SET_DB), "flag.db");
	CHECK_STR(conf_text(&conf, SET_LISTEN), "env:1");
	CHECK_STR(conf_text(&conf, SET_TITLE), "file");
	CHECK_STR(conf_text(&conf, SET_LOG_LEVEL), "info");
	CHECK_STR(conf.origins[SET_DB], "flag");
	CHECK_STR(conf.origins[SET_LISTEN], "environment");
	CHECK_STR(conf.origins[SET_TITLE], "file");
	CHECK_STR(conf.origins[SET_LOG_LEVEL], "default");
	conf_free(&conf);
	unsetenv("EDGE_DB");
	unsetenv("EDGE_LISTEN");
}

static void
unknown_flag_names_the_near_one(void)
{
	CHECK(!LOAD(VERB_SERVE, "--lisen", "x"));
	CHECK_INT(err.kind, EDGE_USAGE);
	CHECK(strstr(err.text, "--listen") != NULL);
	conf_free(&conf);
}

static void
flag_of_another_verb_is_unknown(void)
{
	CHECK(!LOAD(VERB_SERVE, "--once"));
	CHECK_INT(err.kind, EDGE_USAGE);
	conf_free(&conf);
}

static void
secret_on_the_command_line_is_refused_with_the_way_out(void)
{
	CHECK(!LOAD(VERB_SYNC, "--mongodb-uri=mongodb://u:geheim@h/d"));
	CHECK_INT(err.kind, EDGE_USAGE);
	CHECK(strstr(err.text, "EDGE_MONGODB_URI") != NULL);
	CHECK(strstr(err.text, "geheim") == NULL);
	conf_free(&conf);
}

static void
value_that_does_not_fit_names_setting_and_origin(void)
{
	CHECK(!LOAD(VERB_SYNC, "--grace", "soon"));
	CHECK_INT(err.kind, EDGE_USAGE);
	CHECK(strstr(err.text, "grace (flag)") != NULL);
	conf_free(&conf);
	write_config("{\"grace\": \"soon\"}");
	CHECK(!LOAD(VERB_SYNC, "--config", "unit_conf.json"));
	CHECK_INT(err.kind, EDGE_CONFIG);
	CHECK(strstr(err.text, "unit_conf.json") != NULL);
	CHECK(strstr(err.text, "grace (file)") != NULL);
	conf_free(&conf);
}

static void
configuration_error_names_the_line(void)
{
	write_config("{\n  \"db\": \"x\",\n  oops\n}");
	CHECK(!LOAD(VERB_SERVE, "--config", "unit_conf.json"));
	CHECK_INT(err.kind, EDGE_CONFIG);
	CHECK(strstr(err.text, "line 3") != NULL);
	conf_free(&conf);
	write_config("{\"dbb\": \"x\"}");
	CHECK(!LOAD(VERB_SERVE, "--config", "unit_conf.json"));
	CHECK(strstr(err.text, "dbb") != NULL);
	conf_free(&conf);
}

static void
durations_have_units(void)
{
	static const struct {
		const char *text;
		int64_t ms;
	} cases[] = { { "0", 0 }, { "90", 90000 }, { "250ms", 250 },
		{ "90s", 90000 }, { "10min", 600000 }, { "24h", 86400000 },
		{ "7d", 604800000 }, { "36500d", 3153600000000 } };
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		CHECK(LOAD(VERB_SYNC, "--grace", cases[i].text));
		CHECK_INT(conf_duration_ms(&conf, SET_GRACE), cases[i].ms);
		conf_free(&conf);
	}
}

static void
last_of_two_flags_wins_and_words_are_kept(void)
{
	CHECK(LOAD(VERB_IMPORT, "--db", "a", "dir", "--db=b", "--", "--odd"));
	CHECK_STR(conf_text(&conf, SET_DB), "b");
	CHECK_INT(conf.arguments_length, 2);
	CHECK_STR(conf.arguments[0], "dir");
	CHECK_STR(conf.arguments[1], "--odd");
	conf_free(&conf);
}

static void
secret_comes_from_a_file_too(void)
{
	write_config("mongodb://user:pass@host/voto\n");
	setenv("EDGE_MONGODB_URI_FILE", "unit_conf.json", 1);
	CHECK(LOAD(VERB_SYNC, "--once"));
	CHECK_STR(conf_text(&conf, SET_MONGODB_URI),
	    "mongodb://user:pass@host/voto");
	CHECK_STR(conf.secret_file, "unit_conf.json");
	conf_free(&conf);
	setenv("EDGE_MONGODB_URI", "mongodb://other/voto", 1);
	CHECK(LOAD(VERB_SYNC, "--once"));
	CHECK_STR(conf_text(&conf, SET_MONGODB_URI), "mongodb://other/voto");
	CHECK(conf.secret_file == NULL);
	conf_free(&conf);
	unsetenv("EDGE_MONGODB_URI");
	unsetenv("EDGE_MONGODB_URI_FILE");
}

static void
verbs_that_do_not_ask_the_source_never_see_its_address(void)
{
	setenv("EDGE_MONGODB_URI", "mongodb://u:geheim@host/voto", 1);
	setenv("EDGE_MONGODB_URI_FILE", "/no/such/file", 1);
	CHECK(LOAD(VERB_SERVE, "--db", "x"));
	CHECK(conf_text(&conf, SET_MONGODB_URI) == NULL);
	conf_free(&conf);
	unsetenv("EDGE_MONGODB_URI");
	CHECK(!LOAD(VERB_SYNC, "--once"));
	CHECK_INT(err.kind, EDGE_CONFIG);
	conf_free(&conf);
	unsetenv("EDGE_MONGODB_URI_FILE");
}

static void
redacted_address_holds_no_secret(void)
{
	static const struct {
		const char *uri, *shown;
	} cases[] = {
		{ "mongodb://host/voto", "mongodb://host/voto" },
		{ "mongodb://u:geheim@host:1/voto?x=1",
		    "mongodb://***@host:1/voto" },
		{ "mongodb://u:ge@he/im?@host/voto", "mongodb://***@host/voto" },
		{ "mongodb+srv://u:geheim@host/", "mongodb+srv://***@host/" },
		{ "mongodb://u:geheim?q#@host/voto",
		    "mongodb://***@host/voto" },
		{ "mongodb://h/voto?tlsCertificateKeyFilePassword=ge@heim",
		    "mongodb://***" },
		{ "mongodb://u:123456", "mongodb://***" },
		{ "mongodb://h:12345", "mongodb://h:12345" },
		{ "u:geheim@host", "(not a MongoDB address)" },
	};
	char text[256];
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		conf_redact_uri(cases[i].uri, text, sizeof text);
		CHECK_STR(text, cases[i].shown);
	}
}

static void
address_is_told_from_other_words(void)
{
	static const char *const addresses[] = { "mongodb://h",
		"mongodb+srv://h", "MongoDB://h", "--uri=mongodb://u:p@h",
		"http://u:p@h/", "mongodb:/u:p@h", "x mongodb:u:p@h" };
	static const char *const words[] = { "", "list", "/var/lib/edge.db",
		"dump@friday", "https://portal.example.org/SEA046/M4",
		"mongodb", "SEA063", "a:b@c" };
	size_t i;

	for (i = 0; i < sizeof addresses / sizeof addresses[0]; i++)
		CHECK(conf_is_address(addresses[i]));
	for (i = 0; i < sizeof words / sizeof words[0]; i++)
		CHECK(!conf_is_address(words[i]));
}

int
main(void)
{
	unsetenv("EDGE_CONFIG");
	RUN(flag_wins_over_environment_over_file_over_default);
	RUN(unknown_flag_names_the_near_one);
	RUN(flag_of_another_verb_is_unknown);
	RUN(secret_on_the_command_line_is_refused_with_the_way_out);
	RUN(value_that_does_not_fit_names_setting_and_origin);
	RUN(configuration_error_names_the_line);
	RUN(durations_have_units);
	RUN(last_of_two_flags_wins_and_words_are_kept);
	RUN(secret_comes_from_a_file_too);
	RUN(verbs_that_do_not_ask_the_source_never_see_its_address);
	RUN(redacted_address_holds_no_secret);
	RUN(address_is_told_from_other_words);
	(void)unlink("unit_conf.json");
	return check_exit();
}
