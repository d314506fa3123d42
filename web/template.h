/* template.h: a small template engine without logic (a subset of Mustache).
 *
 *   {{name}}            the value, HTML-escaped; null prints nothing
 *   {{name:format}}     through a formatter of web/format.h, e.g. {{km:int}};
 *   {{n:plural day days}}  what follows the formatter's name are its words
 *   {{a.b}}  {{.}}      a member of a member; the current value itself
 *   {{#name}}…{{/name}} once for each item of an array; once, with its members
 *                       in reach, for an object; once for any other value but
 *                       null, false, 0, "" and the empty array
 *   {{^name}}…{{/name}} once when {{#name}} would print nothing
 *   {{#name?}}…{{/name}}    when the value is there: neither null nor missing
 *                       (0 counts); {{^name?}} when it is not. Both may name
 *                       what does not exist, in strict mode too
 *   {{#name=word}}…{{/name}}   when the value, as text, is that word;
 *                       {{^name=word}} when it is not. Neither this nor
 *                       "?" changes the current value
 *   {{#@first}}…{{/@first}}  the first item of the innermost array section;
 *   {{#@last}}          the last; {{^…}} not the first, not the last
 *   {{@number}}         the number of that item, counted from 1
 *   {{>row.html}}       another template, seeing the same values; one added
 *                       with template_add_text is copied as it is
 *   {{<frame.html}}{{$main}}…{{/main}}{{/frame.html}}
 *                       frame.html with its block "main" replaced; there,
 *                       {{$main}}…{{/main}} holds what stands in when it is
 *                       not. Between the blocks only white space may stand
 *   {{@asset edge.js}}  the address of an embedded file, found when compiled
 *   {{!…}}              a comment
 *
 * A name is looked up in the innermost section's value, then outwards to the
 * page, last in the frame (a second root object). There is no way to print
 * without escaping, but for formatters that are declared to return markup. A
 * line that holds nothing but one section, block, comment or end tag and white
 * space is left out, with its newline; a partial alone on its line too.
 *
 * Thread: a set is built by one thread and read-only afterwards; rendering is
 * safe from any thread. */
#ifndef EDGE_TEMPLATE_H
#define EDGE_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include "../schema/err.h"
#include "buffer.h"

struct template_set;
struct template;

/* Finds the address of an asset by its name; NULL when there is none. The
 * result is copied. */
typedef const char *template_asset_fn(const char *name, void *data);

/* An empty set; NULL when out of memory. `asset` may be NULL: then no asset is
 * known. */
struct template_set *template_set_new(template_asset_fn *asset, void *data);
void template_set_free(struct template_set *set); /* NULL is fine */

/* Compiles `text` (copied) under `name` ("missions.html"). An error is
 * EDGE_CONFIG and reads "missions.html:12: …". Partials and frames may be added
 * later than the templates that name them. */
bool template_compile(struct template_set *set, const char *name,
    const char *text, size_t length, struct edge_err *err) MUST_CHECK;

/* Adds a text that {{>name}} copies without looking into it: a style sheet.
 * The bytes are copied. */
bool template_add_text(struct template_set *set, const char *name,
    const char *text, size_t length, struct edge_err *err) MUST_CHECK;

/* Joins the templates to their partials and frames. Call once, after the last
 * template; error as for template_compile. */
bool template_link(struct template_set *set, struct edge_err *err) MUST_CHECK;

/* NULL when there is none. Borrowed from the set. */
const struct template *template_find(const struct template_set *set,
    const char *name);

enum template_flags {
	TEMPLATE_STRICT = 1 /* an unknown name is an error (null is known), an
	                       array or object where text belongs too */
};

/* What a rendering reads; all borrowed for the call. */
struct template_data {
	const cJSON *page;  /* an object */
	const cJSON *frame; /* an object or NULL: the last resort for names */
	int64_t now_ms;     /* for formatters that say "7 h ago" */
	unsigned flags;     /* of enum template_flags */
};

/* Appends the rendered template. False with EDGE_FAILED when something is
 * wrong with the template or the data (strict mode; partials nested too deep)
 * or memory ran out; the buffer then holds a part that must not be used. */
bool template_render(const struct template *tpl,
    const struct template_data *data, struct buffer *out,
    struct edge_err *err) MUST_CHECK;

#endif
