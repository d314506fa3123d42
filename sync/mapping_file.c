/* mapping_file.c: a mapping from its JSON file, with a message for each thing
 * that is wrong; README.md says what the file holds. */
#include "mapping.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../schema/conf.h"
#include "../schema/jsonfile.h"

#define PATH_BYTES 200     /* "collections.glidermissions.fields.start" */
#define PARTS_MOST 8       /* of a name such as "a.b.c" */
#define CONSTANT_MOST 1000 /* bytes */
#define PROBLEMS_MOST 50   /* told of one file */

struct reading {
	const struct jsonfile *file;
	struct mapping *mapping;
	mapping_problem_fn *problem;
	void *context;
	int problems;
	/* Where each collection's name was given, for messages. */
	const cJSON *places[COLLECTION_MAX];
};

static void
complain(struct reading *r, const cJSON *item, const char *path,
    const char *fmt, ...) PRINTF_LIKE(4, 5);

static void
complain(struct reading *r, const cJSON *item, const char *path,
    const char *fmt, ...)
{
	char text[1024], *p;
	int line, column, n;
	va_list ap;

	if (r->problems++ >= PROBLEMS_MOST)
		return;
	jsonfile_place(r->file, item, &line, &column);
	n = snprintf(text, sizeof text, "%.200s:%d:%d: %s%s", r->file->name,
	    line, column, path, path[0] != '\0' ? ": " : "");
	va_start(ap, fmt);
	(void)vsnprintf(text + n, sizeof text - (size_t)n, fmt, ap);
	va_end(ap);
	for (p = text; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = ' ';
	r->problem(r->context, text);
}

static void
join(char path[PATH_BYTES], const char *left, const char *right)
{
	(void)snprintf(path, PATH_BYTES, "%.130s%s%.60s", left,
	    left[0] != '\0' ? "." : "", right);
}

static const char *
kind_of(const cJSON *item)
{
	return cJSON_IsString(item) ? "a text" : cJSON_IsNumber(item) ?
	    "a number" : cJSON_IsBool(item) ? "true or false" :
	    cJSON_IsArray(item) ? "a list" : cJSON_IsObject(item) ?
	    "an object" : "null";
}

static void
unknown(struct reading *r, const cJSON *item, const char *path,
    const char *const *words, size_t length)
{
	const char *near = conf_near(item->string, words, length);

	if (near != NULL)
		complain(r, item, path, "is not known (did you mean %s?)",
		    near);
	else
		complain(r, item, path, "is not known");
}

/* ---- names ---- */

static bool
is_private(const char *name)
{
	size_t i;

	for (i = 0; i < mapping_private_length; i++)
		if (strcasecmp(name, mapping_private[i]) == 0)
			return true;
	return false;
}

/* What is wrong with a field's name; NULL when nothing is. */
static const char *
misnamed(const char *name)
{
	const char *part = name, *p;
	size_t parts = 1, n;

	if (strlen(name) >= MAPPING_NAME_BYTES)
		return "is longer than 100 bytes";
	for (p = name; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return "holds a control character";
	for (;; part += n + 1, parts++) {
		n = strcspn(part, ".");
		if (n == 0)
			return "is empty, or empty before or after a dot";
		if (*part == '$')
			return "starts with $, which no field does";
		if (strspn(part, "0123456789") == n)
			return "names a place in a list, which cannot be read "
			    "by itself";
		if (part[n] == '\0')
			break;
	}
	return parts > PARTS_MOST ? "has more than 8 parts" : NULL;
}

static bool
read_name(struct reading *r, const cJSON *item, const char *path,
    struct mapped_field *field)
{
	const char *name = cJSON_GetStringValue(item), *why;

	if (name == NULL) {
		complain(r, item, path, "takes a field's name, not %s",
		    kind_of(item));
		return false;
	}
	why = misnamed(name);
	if (why != NULL) {
		complain(r, item, path, "'%.60s' %s", name, why);
		return false;
	}
	field->names[field->names_length++] = name;
	return true;
}

static bool
read_names(struct reading *r, const cJSON *item, const char *path,
    struct mapped_field *field)
{
	const cJSON *one;
	int length = cJSON_GetArraySize(item);

	if (!cJSON_IsArray(item))
		return read_name(r, item, path, field);
	if (length < 1 || length > MAPPING_NAMES) {
		complain(r, item, path, "takes a name, or a list of 1 to %d "
		    "names", MAPPING_NAMES);
		return false;
	}
	cJSON_ArrayForEach(one, item)
		if (!read_name(r, one, path, field))
			return false;
	return true;
}

/* ---- a field ---- */

static bool
constant_fits(const struct field *field, const cJSON *value)
{
	const char *text = cJSON_GetStringValue(value);
	double number = cJSON_GetNumberValue(value);
	bool whole = cJSON_IsNumber(value) && number >= -1e15 &&
	    number <= 1e15 && number == (double)(int64_t)number;
	bool within = number >= field->least && number <= field->most;

	switch (field->type) {
	case F_FLAG:
		return cJSON_IsBool(value);
	case F_TEXT:
		return text != NULL && strlen(text) <= (size_t)field->most;
	case F_LABEL:
		return text != NULL ? strlen(text) <= (size_t)field->most :
		    whole;
	case F_WHOLE:
		return whole && within;
	case F_NUMBER:
		return cJSON_IsNumber(value) && within;
	default:
		return false;
	}
}

static void
read_constant(struct reading *r, const cJSON *item, const char *path,
    const struct field *field, struct mapped_field *mapped)
{
	const char *text = cJSON_GetStringValue(item);

	if (!constant_fits(field, item) || (text != NULL &&
	    strlen(text) > CONSTANT_MOST)) {
		complain(r, item, path, field->type == F_FLAG ? "takes true "
		    "or false" : field->type == F_TEXT ||
		    field->type == F_LABEL ? "takes a short text" :
		    field->type == F_WHOLE || field->type == F_NUMBER ?
		    "takes a number of the field's range" :
		    "this field takes no constant");
		return;
	}
	mapped->constant = text != NULL ? CONSTANT_TEXT :
	    cJSON_IsBool(item) ? CONSTANT_FLAG : CONSTANT_NUMBER;
	mapped->text = text;
	mapped->number = cJSON_IsBool(item) ? cJSON_IsTrue(item) :
	    cJSON_GetNumberValue(item);
}

static bool
find_collection(const char *name, enum collection *found)
{
	for (*found = 0; *found < COLLECTION_MAX; (*found)++)
		if (strcmp(mapping_of(*found)->name, name) == 0)
			return true;
	return false;
}

static void
read_target(struct reading *r, const cJSON *item, const char *path,
    enum collection collection, size_t index, struct mapped_field *mapped)
{
	const char *name = cJSON_GetStringValue(item), *words[COLLECTION_MAX];
	enum collection target, c;
	char list[PATH_BYTES] = "";
	size_t n = 0, i;

	for (c = 0; c < COLLECTION_MAX; c++)
		if (mapping_may_refer(collection, index, c))
			words[n++] = mapping_of(c)->name;
	for (i = 0; i < n; i++)
		(void)snprintf(list + strlen(list), sizeof list -
		    strlen(list), "%s%s", i > 0 ? " or " : "", words[i]);
	if (n == 0)
		complain(r, item, path, "this field cannot be a reference");
	else if (name == NULL || !find_collection(name, &target) ||
	    !mapping_may_refer(collection, index, target))
		complain(r, item, path, "takes %s", list);
	else
		mapped->refers_to = target;
}

/* {"constant": …} or {"reference": name, "to": collection} */
static void
read_special(struct reading *r, const cJSON *item, const char *path,
    enum collection collection, size_t index)
{
	static const char *const words[] = { "constant", "reference", "to" };
	const struct collection_map *map = mapping_of(collection);
	struct mapped_field *mapped = &r->mapping->fields[collection][index];
	bool constant = false, reference = false, to = false;
	char place[PATH_BYTES];
	const cJSON *part;

	cJSON_ArrayForEach(part, item) {
		join(place, path, part->string);
		if (strcmp(part->string, "constant") == 0) {
			constant = true;
			if (index < map->identity_length)
				complain(r, part, place, "an identity is read "
				    "from the document, it is no constant");
			else
				read_constant(r, part, place,
				    &map->fields[index], mapped);
		} else if (strcmp(part->string, "reference") == 0) {
			reference = true;
			(void)read_names(r, part, place, mapped);
		} else if (strcmp(part->string, "to") == 0) {
			to = true;
			read_target(r, part, place, collection, index,
			    mapped);
		} else {
			unknown(r, part, place, words, 3);
		}
	}
	if (constant == (reference || to) || reference != to)
		complain(r, item, path, "takes {\"constant\": VALUE} or "
		    "{\"reference\": NAME, \"to\": COLLECTION}");
}

/* One of the objects "identity" and "fields": fields `from` to `to` of the
 * collection. */
static void
read_fields(struct reading *r, const cJSON *item, const char *path,
    enum collection collection, size_t from, size_t to)
{
	const struct collection_map *map = mapping_of(collection);
	const char *words[MAPPING_FIELDS];
	bool given[MAPPING_FIELDS] = { false };
	char place[PATH_BYTES];
	const cJSON *part;
	size_t i;

	if (!cJSON_IsObject(item)) {
		complain(r, item, path, "takes an object, not %s",
		    kind_of(item));
		return;
	}
	for (i = from; i < to; i++)
		words[i - from] = map->fields[i].name;
	cJSON_ArrayForEach(part, item) {
		join(place, path, part->string);
		for (i = from; i < to; i++)
			if (strcmp(part->string, map->fields[i].name) == 0)
				break;
		if (i == to) {
			unknown(r, part, place, words, to - from);
			continue;
		}
		if (cJSON_IsNull(part))
			continue;
		given[i] = true;
		if (cJSON_IsObject(part))
			read_special(r, part, place, collection, i);
		else
			(void)read_names(r, part, place,
			    &r->mapping->fields[collection][i]);
	}
	for (i = from; i < to; i++)
		if (map->fields[i].required && !given[i])
			complain(r, item, path, "lacks %s",
			    map->fields[i].name);
}

/* ---- a collection ---- */

static void
read_collection_name(struct reading *r, const cJSON *item, const char *path,
    enum collection collection)
{
	const char *name = cJSON_GetStringValue(item), *p;

	if (name == NULL) {
		complain(r, item, path, "takes a collection's name, not %s",
		    kind_of(item));
		return;
	}
	for (p = name; *p != '\0' && (unsigned char)*p >= ' ' && *p != 0x7f &&
	    strchr("/\\$", *p) == NULL; p++)
		;
	if (is_private(name))
		complain(r, item, path, "'%s' holds personal or private data "
		    "and is never read", name);
	else if (name[0] == '\0' || name[0] == '.' || *p != '\0' ||
	    strlen(name) >= MAPPING_NAME_BYTES ||
	    strncmp(name, "system.", 7) == 0)
		complain(r, item, path, "'%.60s' is no name of a collection",
		    name);
	else
		r->mapping->collections[collection] = name;
}

static void
read_collection(struct reading *r, const cJSON *item, const char *path,
    enum collection collection)
{
	static const char *const words[] = { "collection", "identity",
		"fields" };
	const struct collection_map *map = mapping_of(collection);
	const cJSON *parts[3] = { NULL, NULL, NULL }, *part;
	char place[PATH_BYTES];
	size_t i;

	if (cJSON_IsNull(item))
		return;
	r->places[collection] = item;
	if (!cJSON_IsObject(item)) {
		complain(r, item, path, "takes an object or null, not %s",
		    kind_of(item));
		return;
	}
	cJSON_ArrayForEach(part, item) {
		for (i = 0; i < 3 && strcmp(part->string, words[i]) != 0; i++)
			;
		join(place, path, part->string);
		if (i == 3)
			unknown(r, part, place, words, 3);
		else
			parts[i] = part;
	}
	for (i = 0; i < 3; i++)
		if (parts[i] == NULL && (i < 2 ||
		    map->fields_length > map->identity_length))
			complain(r, item, path, "lacks %s", words[i]);
	for (i = 0; i < 3; i++) {
		join(place, path, words[i]);
		if (parts[i] == NULL)
			continue;
		if (i == 0)
			read_collection_name(r, parts[i], place, collection);
		else if (i == 1)
			read_fields(r, parts[i], place, collection, 0,
			    map->identity_length);
		else
			read_fields(r, parts[i], place, collection,
			    map->identity_length, map->fields_length);
	}
}

/* ---- the whole ---- */

/* Whether two names are one, or one holds the other: "position" and
 * "position.lat" cannot both be asked for. */
static bool
overlap(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b), least = n < m ? n : m;

	return strncmp(a, b, least) == 0 && (n == m || (n < m ? b[n] :
	    a[m]) == '.');
}

static void
check_pair(struct reading *r, enum collection collection, size_t i, size_t j)
{
	const struct collection_map *map = mapping_of(collection);
	const struct mapped_field *one = &r->mapping->fields[collection][i];
	const struct mapped_field *two = &r->mapping->fields[collection][j];
	char path[PATH_BYTES];
	size_t n, m;

	/* One reference may give both platform and number. */
	if (i != j && one->refers_to != COLLECTION_MAX &&
	    one->refers_to == two->refers_to && one->names_length == 1 &&
	    two->names_length == 1 && strcmp(one->names[0], two->names[0]) ==
	    0)
		return;
	for (n = 0; n < one->names_length; n++)
		for (m = i == j ? n + 1 : 0; m < two->names_length; m++) {
			if (!overlap(one->names[n], two->names[m]))
				continue;
			join(path, "collections", map->name);
			complain(r, r->places[collection], path, "%s takes "
			    "'%s' and %s takes '%s': a name is for one field",
			    map->fields[i].name, one->names[n],
			    map->fields[j].name, two->names[m]);
			return;
		}
}

static void
check_collection(struct reading *r, enum collection collection)
{
	const struct collection_map *map = mapping_of(collection);
	const struct mapping *mapping = r->mapping;
	char path[PATH_BYTES];
	enum collection other;
	size_t i, j;

	join(path, "collections", map->name);
	for (other = 0; other < collection; other++)
		if (mapping->collections[other] != NULL &&
		    strcmp(mapping->collections[other],
		    mapping->collections[collection]) == 0)
			complain(r, r->places[collection], path, "'%s' is "
			    "taken for %s already",
			    mapping->collections[collection],
			    mapping_of(other)->name);
	for (i = 0; i < map->fields_length; i++) {
		enum collection to = mapping->fields[collection][i].refers_to;

		for (j = i; j < map->fields_length; j++)
			check_pair(r, collection, i, j);
		if (to != COLLECTION_MAX && mapping->collections[to] == NULL)
			complain(r, r->places[collection], path, "%s refers "
			    "to %s, which is not mapped", map->fields[i].name,
			    mapping_of(to)->name);
	}
}

static void
read_collections(struct reading *r, const cJSON *item)
{
	const char *words[COLLECTION_MAX];
	char path[PATH_BYTES];
	enum collection c;
	const cJSON *part;

	if (!cJSON_IsObject(item)) {
		complain(r, item, "collections", "takes an object, not %s",
		    kind_of(item));
		return;
	}
	for (c = 0; c < COLLECTION_MAX; c++)
		words[c] = mapping_of(c)->name;
	cJSON_ArrayForEach(part, item) {
		join(path, "collections", part->string);
		if (find_collection(part->string, &c))
			read_collection(r, part, path, c);
		else
			unknown(r, part, path, words, COLLECTION_MAX);
	}
	if (r->places[C_GLIDER_MISSIONS] == NULL &&
	    r->places[C_SAILBUOY_MISSIONS] == NULL)
		complain(r, item, "collections", "lacks glidermissions or "
		    "sailbuoymissions: without missions there is no portal");
	for (c = 0; c < COLLECTION_MAX && r->problems == 0; c++)
		if (r->mapping->collections[c] != NULL)
			check_collection(r, c);
}

static void
read_root(struct reading *r, const cJSON *root)
{
	static const char *const words[] = { "collections", "comment" };
	const cJSON *part, *collections = NULL;

	if (!cJSON_IsObject(root)) {
		complain(r, root, "", "takes an object, not %s",
		    kind_of(root));
		return;
	}
	cJSON_ArrayForEach(part, root)
		if (strcmp(part->string, "collections") == 0)
			collections = part;
		else if (strcmp(part->string, "comment") != 0)
			unknown(r, part, part->string, words, 2);
	if (collections == NULL)
		complain(r, root, "", "lacks collections");
	else
		read_collections(r, collections);
}

static struct mapping *
new_mapping(struct edge_err *err)
{
	struct mapping *mapping = calloc(1, sizeof *mapping);

	if (mapping == NULL)
		err_set(err, EDGE_IO, "out of memory");
	else
		mapping_fill_builtin(mapping);
	return mapping;
}

static bool
read_file(struct jsonfile *file, struct mapping *mapping,
    mapping_problem_fn *problem, void *context, struct edge_err *err)
{
	struct reading reading = { .file = file, .mapping = mapping,
		.problem = problem, .context = context };
	enum collection c;
	size_t i;

	memset(mapping, 0, sizeof *mapping);
	for (c = 0; c < COLLECTION_MAX; c++)
		for (i = 0; i < MAPPING_FIELDS; i++)
			mapping->fields[c][i].refers_to = COLLECTION_MAX;
	read_root(&reading, file->root);
	mapping_make_digest(mapping);
	return reading.problems == 0 || err_set(err, EDGE_CONFIG, "%.200s: %d "
	    "problem%s", file->name, reading.problems, reading.problems == 1 ?
	    "" : "s");
}

/* Takes over the file, which holds the names. */
static struct mapping *
finish(struct jsonfile *file, bool opened, mapping_problem_fn *problem,
    void *context, struct edge_err *err)
{
	struct mapping *mapping = opened ? new_mapping(err) : NULL;

	if (!opened)
		problem(context, err->text);
	if (mapping == NULL || !read_file(file, mapping, problem, context,
	    err)) {
		free(mapping);
		jsonfile_close(file);
		free(file);
		return NULL;
	}
	mapping->own = file;
	return mapping;
}

struct mapping *
mapping_open(const char *path, mapping_problem_fn *problem, void *context,
    struct edge_err *err)
{
	struct jsonfile *file;

	if (path == NULL)
		return new_mapping(err);
	file = calloc(1, sizeof *file);
	if (file == NULL) {
		err_set(err, EDGE_IO, "out of memory");
		return NULL;
	}
	return finish(file, jsonfile_open(file, path, MAPPING_FILE_BYTES,
	    err), problem, context, err);
}

struct mapping *
mapping_parse(const char *name, const char *text, size_t length,
    mapping_problem_fn *problem, void *context, struct edge_err *err)
{
	struct jsonfile *file = calloc(1, sizeof *file);

	if (file == NULL) {
		err_set(err, EDGE_IO, "out of memory");
		return NULL;
	}
	return finish(file, jsonfile_parse(file, name, text, length, err),
	    problem, context, err);
}

void
mapping_close(struct mapping *mapping)
{
	if (mapping == NULL)
		return;
	if (mapping->own != NULL)
		jsonfile_close(mapping->own);
	free(mapping->own);
	free(mapping);
}
