/* Mappings: what the file may say, messages with the place, documents of
 * another schema, references, and what is asked of a server. */
#include "check.h"

#include <stdlib.h>

#include "schema/file.h"
#include "sync/decode.h"
#include "sync/project.h"
#include "sync/query.h"

static char told[4096];
static int told_times;
static struct edge_err err;

static void
tell(void *context, const char *text)
{
	(void)context;
	told_times++;
	(void)snprintf(told + strlen(told), sizeof told - strlen(told),
	    "%s\n", text);
}

static struct mapping *
parse(const char *text)
{
	told[0] = '\0';
	told_times = 0;
	memset(&err, 0, sizeof err);
	return mapping_parse("m.json", text, strlen(text), tell, NULL, &err);
}

static struct mapping *
example(const char *path)
{
	struct mapping *mapping;

	told[0] = '\0';
	mapping = mapping_open(path, tell, NULL, &err);
	CHECK_STR(told, "");
	CHECK(mapping != NULL);
	return mapping;
}

static void
file_of_voto_says_what_is_built_in(void)
{
	struct mapping *builtin = mapping_open(NULL, tell, NULL, &err);
	struct mapping *file = example(DEPLOY "/mapping-voto.json");
	struct mapping *other = example(DEPLOY "/mapping-example.json");

	CHECK_STR(file->digest, builtin->digest);
	CHECK(strcmp(other->digest, builtin->digest) != 0);
	mapping_close(builtin);
	mapping_close(file);
	mapping_close(other);
}

#define MISSIONS_HEAD "{\"collections\": {\"glidermissions\": {\n" \
    " \"collection\": \"m\",\n"
#define MISSIONS_IDENTITY " \"identity\": {\"platform_serial\": \"p\", " \
    "\"mission\": \"n\"},\n"
#define MISSIONS MISSIONS_HEAD MISSIONS_IDENTITY
#define FIELDS " \"fields\": {\"start\": \"s\", \"end\": \"e\"}"

struct wrong {
	int line;
	const char *text, *message;
};

static void
each_problem_names_its_place(void)
{
#define WRONG(text, message) { __LINE__, text, message }
	static const struct wrong cases[] = {
		WRONG("", "m.json:1:1: ends in the middle"),
		WRONG("{\"collections\": {}\n  x}",
		    "m.json:2:3: is not JSON from here on"),
		WRONG("{} {}", "m.json:1:4: holds more after its end"),
		WRONG("[]", "m.json:1:1: takes an object, not a list"),
		WRONG("{}", "m.json:1:1: lacks collections"),
		WRONG("{\"colections\": {}}", "m.json:1:2: colections: is not "
		    "known (did you mean collections?)"),
		WRONG("{\"collections\": {}}", "m.json:1:2: collections: "
		    "lacks glidermissions or sailbuoymissions: without "
		    "missions there is no portal"),
		WRONG("{\"collections\": {\n\t\"glidermission\": {}}}",
		    "m.json:2:2: collections.glidermission: is not known (did "
		    "you mean glidermissions?)"),
		WRONG("{\"collections\": {\"glidermissions\": 7}}",
		    "m.json:1:18: collections.glidermissions: takes an object "
		    "or null, not a number"),
		WRONG("{\"collections\": {\"glidermissions\": {}}}",
		    "m.json:1:18: collections.glidermissions: lacks collection"),
		WRONG(MISSIONS " \"fields\": {\"start\": 7, \"end\": \"e\"}}}}",
		    "m.json:4:13: collections.glidermissions.fields.start: "
		    "takes a field's name, not a number"),
		WRONG(MISSIONS " \"fields\": {\"start\": \"s\"}}}}",
		    "m.json:4:2: collections.glidermissions.fields: lacks "
		    "end"),
		WRONG(MISSIONS " \"fields\": {\"start\": \"s\", \"end\": null"
		    "}}}}", "m.json:4:2: collections.glidermissions.fields: "
		    "lacks end"),
		WRONG(MISSIONS " \"fields\": {\"start\": \"s\", \"end\": "
		    "\"s\"}}}}", "m.json:1:18: collections.glidermissions: "
		    "start takes 's' and end takes 's': a name is for one "
		    "field"),
		WRONG(MISSIONS " \"fields\": {\"start\": \"s\", \"end\": "
		    "\"s.e\"}}}}", "m.json:1:18: collections.glidermissions: "
		    "start takes 's' and end takes 's.e': a name is for one "
		    "field"),
		WRONG(MISSIONS_HEAD " \"identity\": {\"mission\": \"n\"},\n"
		    FIELDS "}}}", "m.json:3:2: collections.glidermissions."
		    "identity: lacks platform_serial"),
		WRONG(MISSIONS_HEAD " \"identity\": {\"platform_serial\": "
		    "{\"constant\": \"X\"}, \"mission\": \"n\"},\n" FIELDS
		    "}}}", "m.json:3:35: collections.glidermissions.identity."
		    "platform_serial.constant: an identity is read from the "
		    "document, it is no constant"),
		WRONG(MISSIONS_HEAD " \"identity\": {\"platform_serial\": "
		    "{\"reference\": \"x\", \"to\": \"profiles\"}, "
		    "\"mission\": \"n\"},\n" FIELDS "}}}", "m.json:3:53: "
		    "collections.glidermissions.identity.platform_serial.to: "
		    "takes gliders"),
		WRONG(MISSIONS_HEAD " \"identity\": {\"platform_serial\": "
		    "{\"reference\": \"x\", \"to\": \"gliders\"}, "
		    "\"mission\": \"n\"},\n" FIELDS "}}}", "m.json:1:18: "
		    "collections.glidermissions: platform_serial refers to "
		    "gliders, which is not mapped"),
		WRONG(MISSIONS " \"fields\": {\"start\": \"s\", \"end\": "
		    "{\"reference\": \"e\", \"to\": \"gliders\"}}}}}",
		    "m.json:4:53: collections.glidermissions.fields.end.to: "
		    "this field cannot be a reference"),
		WRONG(MISSIONS " \"fields\": {\"start\": \"s\", \"end\": "
		    "{\"constant\": 7}}}}}", "m.json:4:35: collections."
		    "glidermissions.fields.end.constant: this field takes no "
		    "constant"),
		WRONG(MISSIONS " \"fields\": {\"start\": \"s\", \"end\": "
		    "\"e\", \"lat_min\": {\"constant\": 91}}}}}",
		    "m.json:4:51: collections.glidermissions.fields.lat_min."
		    "constant: takes a number of the field's range"),
		WRONG(MISSIONS " \"fields\": {\"start\": \"s\", \"end\": "
		    "\"a..b\"}}}}", "m.json:4:27: collections.glidermissions."
		    "fields.end: 'a..b' is empty, or empty before or after a "
		    "dot"),
		WRONG(MISSIONS " \"fields\": {\"start\": \"s\", \"end\": "
		    "\"$e\"}}}}", "m.json:4:27: collections.glidermissions."
		    "fields.end: '$e' starts with $, which no field does"),
		WRONG(MISSIONS " \"fields\": {\"start\": \"s\", \"end\": "
		    "\"times.0\"}}}}", "m.json:4:27: collections."
		    "glidermissions.fields.end: 'times.0' names a place in a "
		    "list, which cannot be read by itself"),
		WRONG(MISSIONS " \"fields\": {\"start\": \"s\", \"end\": "
		    "[]}}}}", "m.json:4:27: collections.glidermissions.fields"
		    ".end: takes a name, or a list of 1 to 4 names"),
		WRONG(MISSIONS " \"fields\": {\"start\": \"s\", \"end\": "
		    "\"e\", \"profile_ids\": \"p\"}}}}", "m.json:4:39: "
		    "collections.glidermissions.fields.profile_ids: is not "
		    "known"),
		WRONG("{\"collections\": {\"glidermissions\": {\n"
		    " \"collection\": \"User\",\n" MISSIONS_IDENTITY FIELDS
		    "}}}", "m.json:2:2: collections.glidermissions.collection"
		    ": 'User' holds personal or private data and is never "
		    "read"),
		WRONG("{\"collections\": {\"glidermissions\": {\n"
		    " \"collection\": \"../x\",\n" MISSIONS_IDENTITY FIELDS
		    "}}}", "m.json:2:2: collections.glidermissions.collection"
		    ": '../x' is no name of a collection"),
		WRONG(MISSIONS FIELDS "},\n \"gliders\": {\"collection\": "
		    "\"m\", \"identity\": {\"platform_serial\": \"p\"}, "
		    "\"fields\": {}}}}", "m.json:5:2: collections.gliders: "
		    "'m' is taken for glidermissions already"),
		WRONG("{\"comment\": \"å\", \"a\": 1, \"a\": 2}",
		    "m.json:1:26: 'a' stands twice in one object"),
		WRONG("{\"\xff\": 1}", "m.json:1:3: is not UTF-8"),
	};
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct mapping *mapping = parse(cases[i].text);
		const char *end;

		check_true(mapping == NULL, "mapping is refused", __FILE__,
		    cases[i].line);
		CHECK_INT(err.kind, EDGE_CONFIG);
		end = strchr(told, '\n');
		if (end != NULL)
			told[end - told] = '\0';
		check_text(told[0] != '\0' ? told : err.text,
		    cases[i].message, __FILE__, cases[i].line);
		mapping_close(mapping);
	}
}

static void
all_problems_are_told_with_their_number(void)
{
	CHECK(parse(MISSIONS " \"fields\": {\"start\": 7, \"end\": 8, "
	    "\"x\": 9}}}}") == NULL);
	CHECK_INT(told_times, 3);
	CHECK_STR(err.text, "m.json: 3 problems");
}

static void
deep_nesting_is_refused(void)
{
	char text[20000];

	memset(text, '[', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	CHECK(parse(text) == NULL);
	CHECK_STR(err.text, "m.json:1:33: is nested too deeply");
}

/* A file cut at any byte, or with any byte changed, gives a message or a
 * mapping, and never more. */
static void
broken_files_do_no_harm(void)
{
	struct mapping *mapping;
	size_t length, i;
	char *text = file_read(DEPLOY "/mapping-example.json", 65536, &length,
	    &err);
	char kept;

	CHECK(text != NULL);
	for (i = 0; text != NULL && i + 2 < length; i++) {
		mapping = mapping_parse("m.json", text, i, tell, NULL, &err);
		check_true(mapping == NULL, "cut", __FILE__, __LINE__);
		mapping_close(mapping);
		kept = text[i];
		text[i] = "\"{}[],:\\\n\x01\xc3 7"[i % 13];
		told[0] = '\0';
		mapping_close(mapping_parse("m.json", text, length, tell,
		    NULL, &err));
		text[i] = kept;
	}
	free(text);
}

/* ---- documents ---- */

static const char deployment[] =
    "{\"_id\": {\"$oid\": \"65a000000000000000000001\"}, \"number\": 33,"
    " \"vehicle\": {\"$oid\": \"65a0000000000000000000ff\"},"
    " \"time\": {\"start\": {\"$date\": \"2025-10-12T08:00:00Z\"},"
    "  \"end\": {\"$date\": \"2025-11-03T09:00:00Z\"}},"
    " \"totals\": {\"dives\": 7}, \"area\": {\"basins\": null},"
    " \"basins\": \"Kattegat\", \"secret\": \"x\"}";

static void
read_deployment(const struct refs *refs, struct mission_row *row,
    struct misfit *misfit, bool fits)
{
	struct mapping *mapping = example(DEPLOY "/mapping-example.json");
	bson_t *document = bson_new_from_json((const uint8_t *)deployment, -1,
	    NULL);
	bson_t projected = BSON_INITIALIZER;

	CHECK(project_document(mapping, refs, C_GLIDER_MISSIONS, document,
	    &projected));
	CHECK(!bson_has_field(&projected, "secret"));
	CHECK(decode_mission(&projected, C_GLIDER_MISSIONS, row, misfit) ==
	    fits);
	if (fits)
		CHECK_STR(row->basin, "Kattegat");
	bson_destroy(&projected);
	bson_destroy(document);
	mapping_close(mapping);
}

static void
documents_of_another_schema_are_read_by_path_and_reference(void)
{
	bson_t *id = bson_new_from_json((const uint8_t *)"{\"_id\": {\"$oid\""
	    ": \"65a0000000000000000000ff\"}}", -1, NULL);
	struct refs refs = { 0 };
	struct mission_row row;
	struct misfit misfit;
	bson_iter_t at;

	read_deployment(&refs, &row, &misfit, false);
	CHECK_STR(misfit.reason, "platform_serial: 65a0000000000000000000ff "
	    "names no document of vehicles that has an identity");
	CHECK(bson_iter_init_find(&at, id, "_id"));
	CHECK(refs_add(&refs, C_GLIDERS, &at, "SG607", DECODE_NO_INT));
	refs_sort(&refs, C_GLIDERS);
	read_deployment(&refs, &row, &misfit, true);
	CHECK_STR(row.platform, "SG607");
	CHECK_INT(row.number, 33);
	CHECK_INT(row.profiles, 7);
	CHECK_INT(row.start_ms, INT64_C(1760256000000));
	refs_free(&refs);
	bson_destroy(id);
}

static void
constants_stand_for_what_is_missing(void)
{
	struct mapping *mapping = parse(MISSIONS " \"fields\": {\"start\": "
	    "\"s\", \"end\": \"e\", \"basin\": {\"constant\": \"Gulf\"}, "
	    "\"is_complete\": {\"constant\": true}, \"total_profiles\": "
	    "{\"constant\": 5}}}}}");
	bson_t *document = bson_new_from_json((const uint8_t *)"{\"_id\": 1, "
	    "\"p\": 63, \"n\": 2, \"s\": {\"$date\": \"2025-10-12T08:00:00Z\""
	    "}, \"e\": {\"$date\": \"2025-10-12T08:00:00Z\"}, \"basin\": "
	    "\"never read\"}", -1, NULL);
	bson_t projected = BSON_INITIALIZER;
	struct mission_row row;
	struct misfit misfit;

	CHECK_STR(told, "");
	CHECK(mapping != NULL && project_document(mapping, NULL,
	    C_GLIDER_MISSIONS, document, &projected));
	CHECK(decode_mission(&projected, C_GLIDER_MISSIONS, &row, &misfit));
	CHECK_STR(row.platform, "SEA063");
	CHECK_STR(row.basin, "Gulf");
	CHECK(row.complete && row.counted);
	CHECK_INT(row.profiles, 5);
	bson_destroy(&projected);
	bson_destroy(document);
	mapping_close(mapping);
}

/* ---- questions ---- */

static void
check_json(bson_t *document, const char *expected, int line)
{
	size_t length;
	char *json = bson_as_relaxed_extended_json(document, &length);

	check_text(json, expected, __FILE__, line);
	bson_free(json);
	bson_destroy(document);
}

#define CHECK_JSON(document, expected) \
	check_json(document, expected, __LINE__)

static void
questions_use_the_names_of_the_source(void)
{
	struct mapping *voto = mapping_open(NULL, tell, NULL, &err);
	struct mapping *other = example(DEPLOY "/mapping-example.json");
	struct source_key key = { 'g', "SEA063", 33 };
	struct refs refs = { 0 };
	bson_t *filter = bson_new(), *options = bson_new(), *id;
	bson_iter_t at;

	query_append_key(filter, voto, &refs, C_PROFILES, &key);
	CHECK_JSON(filter, "{ \"mission\" : 33, \"$or\" : [ { "
	    "\"platform_serial\" : { \"$in\" : [ \"SEA063\", 63 ] } }, { "
	    "\"glider\" : { \"$in\" : [ \"SEA063\", 63 ] } } ] }");
	id = bson_new_from_json((const uint8_t *)"{\"_id\": {\"$oid\": "
	    "\"65a0000000000000000000ff\"}}", -1, NULL);
	CHECK(bson_iter_init_find(&at, id, "_id") && refs_add(&refs,
	    C_GLIDER_MISSIONS, &at, "SEA063", 33));
	filter = bson_new();
	query_append_key(filter, other, &refs, C_PROFILES, &key);
	CHECK_JSON(filter, "{ \"deployment\" : { \"$in\" : [ { \"$oid\" : "
	    "\"65a0000000000000000000ff\" } ] } }");
	query_append_projection(options, other, C_PROFILES, false);
	CHECK_JSON(options, "{ \"projection\" : { \"_id\" : 1, \"deployment\" "
	    ": 1, \"index\" : 1, \"position.lon\" : 1, \"position.lat\" : 1, "
	    "\"at\" : 1, \"depth.max\" : 1 } }");
	CHECK_JSON(query_count_pipeline(other, true), "{ \"pipeline\" : [ { "
	    "\"$group\" : { \"_id\" : { \"f0_0\" : \"$deployment\", \"f1_0\" "
	    ": \"$deployment\" }, \"documents\" : { \"$sum\" : 1 }, \"last\" "
	    ": { \"$max\" : \"$at\" } } } ] }");
	CHECK_JSON(query_stream_pipeline(other, C_PROFILES), "{ \"pipeline\" "
	    ": [ { \"$project\" : { \"_id\" : 1, \"operationType\" : 1, "
	    "\"documentKey\" : 1, \"clusterTime\" : 1, "
	    "\"fullDocument._id\" : 1, \"fullDocument.deployment\" : 1 } } "
	    "] }");
	bson_destroy(id);
	refs_free(&refs);
	mapping_close(voto);
	mapping_close(other);
}

int
main(void)
{
	RUN(file_of_voto_says_what_is_built_in);
	RUN(each_problem_names_its_place);
	RUN(all_problems_are_told_with_their_number);
	RUN(deep_nesting_is_refused);
	RUN(broken_files_do_no_harm);
	RUN(documents_of_another_schema_are_read_by_path_and_reference);
	RUN(constants_stand_for_what_is_missing);
	RUN(questions_use_the_names_of_the_source);
	return check_exit();
}
