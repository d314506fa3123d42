/* /api: the API as people read it, from the document that programs read. */
#include <stdio.h>
#include <string.h>

#include "assets.h"
#include "view_util.h"
#include "views.h"

#define DOCUMENT "openapi.json"

static cJSON *
parse_document(struct view *view)
{
	cJSON *document = NULL;
	size_t i;

	for (i = 0; i < assets_length; i++)
		if (strcmp(assets[i].name, DOCUMENT) == 0)
			document = cJSON_ParseWithLength(
			    (const char *)assets[i].bytes, assets[i].length);
	if (document == NULL)
		err_set(view->err, EDGE_FAILED, DOCUMENT ": not read");
	return document;
}

static const char *
text_of(const cJSON *object, const char *name)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object,
	    name));
}

static const char *
ref_name(const cJSON *object)
{
	const char *ref = text_of(object, "$ref");

	return ref != NULL ? strrchr(ref, '/') + 1 : NULL;
}

/* What a "$ref" among components/`kind` stands for, or the object itself. */
static const cJSON *
resolve(const cJSON *document, const char *kind, const cJSON *object)
{
	const char *name = ref_name(object);
	const cJSON *all = cJSON_GetObjectItemCaseSensitive(
	    cJSON_GetObjectItemCaseSensitive(document, "components"), kind);

	return name != NULL ? cJSON_GetObjectItemCaseSensitive(all, name) :
	    object;
}

/* ---- what a value may be, in words ---- */

static void
add_range(struct buffer *out, const cJSON *schema)
{
	const cJSON *low = cJSON_GetObjectItemCaseSensitive(schema, "minimum");
	const cJSON *high = cJSON_GetObjectItemCaseSensitive(schema,
	    "maximum");

	if (low != NULL && high != NULL)
		buffer_printf(out, " %g to %g", low->valuedouble,
		    high->valuedouble);
}

static void
add_words(struct buffer *out, const cJSON *words, const char *between)
{
	const cJSON *word;

	cJSON_ArrayForEach(word, words) {
		if (word != words->child)
			buffer_add_text(out, between);
		buffer_add_text(out, cJSON_IsString(word) ?
		    word->valuestring : "null");
	}
}

static void
add_type(struct buffer *out, const cJSON *schema)
{
	const cJSON *type = cJSON_GetObjectItemCaseSensitive(schema, "type");
	const cJSON *words = cJSON_GetObjectItemCaseSensitive(schema, "enum");
	const cJSON *any = cJSON_GetObjectItemCaseSensitive(schema, "anyOf");
	const cJSON *items = cJSON_GetObjectItemCaseSensitive(schema, "items");
	const char *format = text_of(schema, "format"), *name;

	if ((name = ref_name(schema)) != NULL) {
		buffer_add_text(out, name);
	} else if (any != NULL) {
		add_type(out, cJSON_GetArrayItem(any, 0));
		buffer_add_text(out, " or null");
	} else if (words != NULL) {
		add_words(out, words, ", ");
	} else if (items != NULL) {
		buffer_add_text(out, "list of ");
		add_type(out, items);
	} else if (cJSON_IsArray(type)) {
		add_words(out, type, " or ");
	} else if (cJSON_IsString(type)) {
		buffer_add_text(out, type->valuestring);
		add_range(out, schema);
	}
	if (format != NULL)
		buffer_printf(out, " (%s)", format);
}

static void
put_type(struct view *view, cJSON *object, const cJSON *schema)
{
	struct buffer out = { 0 };

	add_type(&out, schema);
	put_text(view, object, "type", buffer_text(&out));
	buffer_free(&out);
}

/* ---- addresses ---- */

static void
put_params(struct view *view, cJSON *item, const cJSON *document,
    const cJSON *operation)
{
	cJSON *list = put_array(view, item, "params"), *one;
	const cJSON *each, *param, *schema, *usual;

	cJSON_ArrayForEach(each, cJSON_GetObjectItemCaseSensitive(operation,
	    "parameters")) {
		param = resolve(document, "parameters", each);
		schema = cJSON_GetObjectItemCaseSensitive(param, "schema");
		usual = cJSON_GetObjectItemCaseSensitive(schema, "default");
		one = add_object(view, list);
		put_text(view, one, "name", text_of(param, "name"));
		put_type(view, one, schema);
		put_text(view, one, "text", text_of(param, "description"));
		if (cJSON_IsNumber(usual))
			put_real(view, one, "usual", usual->valuedouble);
		else
			put_text(view, one, "usual",
			    cJSON_GetStringValue(usual));
	}
}

/* The object that a 200 holds, and the other forms it comes in. */
static void
put_answer(struct view *view, cJSON *item, const cJSON *operation)
{
	const cJSON *content = cJSON_GetObjectItemCaseSensitive(
	    cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(
	    operation, "responses"), "200"), "content");
	const cJSON *json = cJSON_GetObjectItemCaseSensitive(content,
	    "application/json");

	put_text(view, item, "schema", ref_name(
	    cJSON_GetObjectItemCaseSensitive(json, "schema")));
	put_text(view, item, "media", content != NULL ?
	    content->child->string : NULL);
}

static void
put_paths(struct view *view, const cJSON *document)
{
	cJSON *list = put_array(view, view->out, "paths"), *item, *examples;
	const cJSON *path, *operation, *example;

	cJSON_ArrayForEach(path, cJSON_GetObjectItemCaseSensitive(document,
	    "paths")) {
		operation = cJSON_GetObjectItemCaseSensitive(path, "get");
		item = add_object(view, list);
		put_text(view, item, "path", path->string);
		put_text(view, item, "id", text_of(operation, "operationId"));
		put_text(view, item, "summary", text_of(operation, "summary"));
		put_text(view, item, "text", text_of(operation,
		    "description"));
		put_params(view, item, document, operation);
		put_answer(view, item, operation);
		examples = put_array(view, item, "examples");
		cJSON_ArrayForEach(example, cJSON_GetObjectItemCaseSensitive(
		    operation, "x-examples"))
			add_text(view, examples, example->valuestring,
			    strlen(example->valuestring));
	}
}

/* ---- objects ---- */

static void
put_schemas(struct view *view, const cJSON *document)
{
	cJSON *list = put_array(view, view->out, "schemas"), *item, *fields;
	const cJSON *schema, *field;
	cJSON *one;

	cJSON_ArrayForEach(schema, cJSON_GetObjectItemCaseSensitive(
	    cJSON_GetObjectItemCaseSensitive(document, "components"),
	    "schemas")) {
		item = add_object(view, list);
		put_text(view, item, "name", schema->string);
		put_text(view, item, "text", text_of(schema, "description"));
		fields = put_array(view, item, "fields");
		cJSON_ArrayForEach(field, cJSON_GetObjectItemCaseSensitive(
		    schema, "properties")) {
			one = add_object(view, fields);
			put_text(view, one, "name", field->string);
			put_type(view, one, field);
			put_text(view, one, "text", text_of(field,
			    "description"));
		}
	}
}

enum view_result
view_document(struct view *view)
{
	cJSON *document = parse_document(view);
	const cJSON *info = cJSON_GetObjectItemCaseSensitive(document, "info");

	if (document == NULL)
		return VIEW_FAILED;
	put_text(view, view->out, "text", text_of(info, "description"));
	put_paths(view, document);
	put_schemas(view, document);
	cJSON_Delete(document);
	return view_end(view);
}
