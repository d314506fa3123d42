#include "template.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "template_internal.h"

/* ---- the set ---- */

struct template_set *
template_set_new(template_asset_fn *asset, void *data)
{
	struct template_set *set = calloc(1, sizeof *set);

	if (set != NULL) {
		set->asset = asset;
		set->asset_data = data;
	}
	return set;
}

static void
template_free(struct template *tpl)
{
	size_t i;

	for (i = 0; i < tpl->length; i++)
		free(tpl->nodes[i].owned);
	free(tpl->nodes);
	free(tpl->text);
	free(tpl);
}

void
template_set_free(struct template_set *set)
{
	size_t i;

	if (set == NULL)
		return;
	for (i = 0; i < set->length; i++)
		template_free(set->templates[i]);
	free(set->templates);
	free(set);
}

static struct template *
find(const struct template_set *set, const char *name)
{
	size_t i;

	for (i = 0; i < set->length; i++)
		if (strcmp(set->templates[i]->name, name) == 0)
			return set->templates[i];
	return NULL;
}

const struct template *
template_find(const struct template_set *set, const char *name)
{
	return find(set, name);
}

/* Adds an empty template with a copy of the text. */
static struct template *
add_template(struct template_set *set, const char *name, const char *text,
    size_t length, struct edge_err *err)
{
	struct template **list, *tpl;

	if (strlen(name) >= TEMPLATE_NAME_BYTES || find(set, name) != NULL) {
		err_set(err, EDGE_CONFIG, "%.80s: the name is too long or "
		    "taken", name);
		return NULL;
	}
	list = realloc(set->templates, (set->length + 1) * sizeof *list);
	if (list != NULL)
		set->templates = list;
	tpl = list != NULL ? calloc(1, sizeof *tpl) : NULL;
	if (tpl != NULL)
		tpl->text = malloc(length + 1);
	if (tpl == NULL || tpl->text == NULL) {
		free(tpl);
		err_set(err, EDGE_FAILED, "%s: out of memory", name);
		return NULL;
	}
	memcpy(tpl->name, name, strlen(name) + 1);
	if (length > 0)
		memcpy(tpl->text, text, length);
	tpl->text[length] = '\0';
	set->templates[set->length++] = tpl;
	return tpl;
}

bool
template_compile(struct template_set *set, const char *name, const char *text,
    size_t length, struct edge_err *err)
{
	struct template *tpl = add_template(set, name, text, length, err);

	return tpl != NULL && template_parse(tpl, set, length, err);
}

bool
template_add_text(struct template_set *set, const char *name, const char *text,
    size_t length, struct edge_err *err)
{
	struct template *tpl = add_template(set, name, text, length, err);

	if (tpl == NULL)
		return false;
	tpl->nodes = calloc(1, sizeof *tpl->nodes);
	if (tpl->nodes == NULL)
		return err_set(err, EDGE_FAILED, "%s: out of memory", name);
	tpl->length = tpl->capacity = 1;
	tpl->nodes[0] = (struct node){ .kind = NODE_TEXT, .line = 1,
		.text = tpl->text, .length = length, .words = "", .end = 1 };
	return true;
}

bool
template_link(struct template_set *set, struct edge_err *err)
{
	struct node *node;
	size_t i, j;

	for (i = 0; i < set->length; i++)
		for (j = 0; j < set->templates[i]->length; j++) {
			node = &set->templates[i]->nodes[j];
			if (node->kind != NODE_PARTIAL &&
			    node->kind != NODE_FRAME)
				continue;
			node->target = find(set, node->text);
			if (node->target == NULL)
				return err_set(err, EDGE_CONFIG, "%s:%u: no "
				    "such template '%.60s'",
				    set->templates[i]->name, node->line,
				    node->text);
		}
	return true;
}

/* ---- rendering ---- */

/* One value in reach; items know their place. */
struct level {
	const cJSON *value;
	bool item;           /* of an array section */
	int number;          /* from 1 */
};

/* Blocks that a template puts into its frame: the children of a frame tag. */
struct blocks {
	const struct template *tpl;
	size_t from, to;
	const struct blocks *outer; /* of the template that has this as frame */
};

struct render {
	const struct template_data *data;
	struct buffer *out;
	struct buffer words; /* what a formatter wrote, before escaping */
	struct level levels[TEMPLATE_DEPTH * 2];
	size_t depth;
	size_t nesting;      /* partials, frames and blocks inside each other */
	const struct blocks *blocks;
	struct edge_err *err;
};

static bool render_nodes(struct render *r, const struct template *tpl,
    size_t from, size_t to);

static bool
fail(struct render *r, const struct template *tpl, const struct node *node,
    const char *what)
{
	return err_set(r->err, EDGE_FAILED, "%s:%u: %s '%.60s'", tpl->name,
	    node->line, what, node->text != NULL ? node->text : "");
}

static const cJSON *
member(const cJSON *value, const char *name)
{
	return cJSON_IsObject(value) ?
	    cJSON_GetObjectItemCaseSensitive(value, name) : NULL;
}

/* NULL when the name is nowhere. */
static const cJSON *
look_up(const struct render *r, const struct node *node)
{
	const cJSON *value = NULL;
	const char *part = node->text;
	size_t i;

	if (node->parts == 0)
		return r->levels[r->depth - 1].value;
	for (i = r->depth; i > 0 && value == NULL; i--)
		value = member(r->levels[i - 1].value, part);
	if (value == NULL && r->data->frame != NULL)
		value = member(r->data->frame, part);
	for (i = 1; i < node->parts && value != NULL; i++) {
		part += strlen(part) + 1;
		/* What is inside nothing is nothing. */
		if (!cJSON_IsNull(value))
			value = member(value, part);
	}
	return value;
}

static void
add_number(double number, struct buffer *out)
{
	char text[32];

	if (fabs(number) < 1e15 && number == floor(number)) {
		buffer_printf(out, "%.0f", number == 0 ? 0.0 : number);
		return;
	}
	(void)snprintf(text, sizeof text, "%.15g", number);
	if (strtod(text, NULL) != number)
		(void)snprintf(text, sizeof text, "%.17g", number);
	buffer_add_text(out, text);
}

/* A scalar as text; nothing for null and what has no text. */
static void
add_plain(const cJSON *value, struct buffer *out)
{
	if (cJSON_IsString(value))
		buffer_add_text(out, value->valuestring);
	else if (cJSON_IsNumber(value))
		add_number(value->valuedouble, out);
	else if (cJSON_IsBool(value))
		buffer_add_text(out, cJSON_IsTrue(value) ? "true" : "false");
}

static bool
render_value(struct render *r, const struct template *tpl,
    const struct node *node)
{
	const cJSON *value = look_up(r, node);
	struct format_input in = { value, node->words, r->data->now_ms };

	if (r->data->flags & TEMPLATE_STRICT) {
		if (value == NULL)
			return fail(r, tpl, node, "unknown name");
		if (node->format == NULL && (cJSON_IsArray(value) ||
		    cJSON_IsObject(value)))
			return fail(r, tpl, node, "no text, but a list or an "
			    "object:");
	}
	if (node->format != NULL && node->format->markup) {
		node->format->write(&in, r->out);
		return true;
	}
	buffer_clear(&r->words);
	if (node->format != NULL)
		node->format->write(&in, &r->words);
	else
		add_plain(value, &r->words);
	buffer_add_html(r->out, buffer_text(&r->words), r->words.length);
	r->out->failed |= r->words.failed;
	return true;
}

/* The innermost item of an array section, or NULL outside of one. */
static const struct level *
innermost_item(const struct render *r)
{
	size_t i;

	for (i = r->depth; i > 0; i--)
		if (r->levels[i - 1].item)
			return &r->levels[i - 1];
	return NULL;
}

static bool
render_number(struct render *r, const struct template *tpl,
    const struct node *node)
{
	const struct level *item = innermost_item(r);

	if (item == NULL)
		return fail(r, tpl, node, "@number outside of a list");
	buffer_printf(r->out, "%d", item->number);
	return true;
}

static bool
is_true(const cJSON *value)
{
	if (value == NULL || cJSON_IsNull(value) || cJSON_IsFalse(value))
		return false;
	if (cJSON_IsNumber(value))
		return value->valuedouble != 0;
	if (cJSON_IsString(value))
		return value->valuestring[0] != '\0';
	return !cJSON_IsArray(value) || value->child != NULL;
}

static bool
is_equal(struct render *r, const cJSON *value, const char *word)
{
	buffer_clear(&r->words);
	add_plain(value, &r->words);
	return value != NULL && !cJSON_IsNull(value) &&
	    strcmp(buffer_text(&r->words), word) == 0;
}

static bool
push(struct render *r, const struct template *tpl, const struct node *node,
    const cJSON *value)
{
	if (r->depth == sizeof r->levels / sizeof *r->levels)
		return fail(r, tpl, node, "nested too deep at");
	r->levels[r->depth++] = (struct level){ .value = value };
	return true;
}

/* The children of a section once for each item, or once. */
static bool
render_over(struct render *r, const struct template *tpl,
    const struct node *node, const cJSON *value)
{
	size_t first = (size_t)(node - tpl->nodes) + 1;
	const cJSON *item;
	int number = 0;
	bool ok = true;

	if (!push(r, tpl, node, value))
		return false;
	if (!cJSON_IsArray(value)) {
		ok = render_nodes(r, tpl, first, node->end);
	} else {
		cJSON_ArrayForEach(item, value) {
			r->levels[r->depth - 1] = (struct level){
				.value = item, .item = true,
				.number = ++number };
			ok = render_nodes(r, tpl, first, node->end);
			if (!ok)
				break;
		}
	}
	r->depth--;
	return ok;
}

static bool
render_section(struct render *r, const struct template *tpl,
    const struct node *node)
{
	size_t first = (size_t)(node - tpl->nodes) + 1;
	bool place = node->test == TEST_FIRST || node->test == TEST_LAST;
	const struct level *item = place ? innermost_item(r) : NULL;
	const cJSON *value = place ? NULL : look_up(r, node);
	bool holds = false;

	if (place && item == NULL)
		return fail(r, tpl, node, "outside of a list:");
	if (!place && value == NULL && node->test != TEST_PRESENT &&
	    (r->data->flags & TEMPLATE_STRICT))
		return fail(r, tpl, node, "unknown name");
	switch (node->test) {
	case TEST_TRUE:
		holds = is_true(value);
		break;
	case TEST_PRESENT:
		holds = value != NULL && !cJSON_IsNull(value);
		break;
	case TEST_EQUAL:
		holds = is_equal(r, value, node->equal);
		break;
	case TEST_FIRST:
		holds = item->number == 1;
		break;
	case TEST_LAST:
		holds = item->value->next == NULL;
		break;
	}
	if (holds == node->inverted)
		return true;
	if (node->test == TEST_TRUE && !node->inverted)
		return render_over(r, tpl, node, value);
	return render_nodes(r, tpl, first, node->end);
}

/* Renders a part of another template, or of this one again. */
static bool
render_elsewhere(struct render *r, const struct template *from_tpl,
    const struct node *node, const struct template *tpl, size_t from, size_t to)
{
	bool ok;

	if (r->nesting == TEMPLATE_DEPTH)
		return fail(r, from_tpl, node, "nested too deep at");
	r->nesting++;
	ok = render_nodes(r, tpl, from, to);
	r->nesting--;
	return ok;
}

static bool
render_frame(struct render *r, const struct template *tpl,
    const struct node *node)
{
	struct blocks mine = { .tpl = tpl, .to = node->end, .outer = r->blocks,
		.from = (size_t)(node - tpl->nodes) + 1 };
	bool ok;

	r->blocks = &mine;
	ok = render_elsewhere(r, tpl, node, node->target, 0,
	    node->target->length);
	r->blocks = mine.outer;
	return ok;
}

/* The block's replacement by the outermost template that has one, or what it
 * holds itself. */
static bool
render_block(struct render *r, const struct template *tpl,
    const struct node *node)
{
	const struct template *best = NULL;
	const struct blocks *blocks;
	size_t i, at = 0;

	for (blocks = r->blocks; blocks != NULL; blocks = blocks->outer)
		for (i = blocks->from; i < blocks->to;
		    i = blocks->tpl->nodes[i].end)
			if (strcmp(blocks->tpl->nodes[i].text, node->text) ==
			    0) {
				best = blocks->tpl;
				at = i;
			}
	if (best == NULL)
		return render_nodes(r, tpl, (size_t)(node - tpl->nodes) + 1,
		    node->end);
	return render_elsewhere(r, tpl, node, best, at + 1,
	    best->nodes[at].end);
}

static bool
render_node(struct render *r, const struct template *tpl,
    const struct node *node)
{
	switch (node->kind) {
	case NODE_TEXT:
		buffer_add(r->out, node->text, node->length);
		return true;
	case NODE_VALUE:
		return render_value(r, tpl, node);
	case NODE_NUMBER:
		return render_number(r, tpl, node);
	case NODE_SECTION:
		return render_section(r, tpl, node);
	case NODE_PARTIAL:
		return render_elsewhere(r, tpl, node, node->target, 0,
		    node->target->length);
	case NODE_FRAME:
		return render_frame(r, tpl, node);
	case NODE_BLOCK:
		return render_block(r, tpl, node);
	}
	return false;
}

static bool
render_nodes(struct render *r, const struct template *tpl, size_t from,
    size_t to)
{
	size_t i;

	for (i = from; i < to && !r->out->failed; i = tpl->nodes[i].end)
		if (!render_node(r, tpl, &tpl->nodes[i]))
			return false;
	return true;
}

bool
template_render(const struct template *tpl, const struct template_data *data,
    struct buffer *out, struct edge_err *err)
{
	struct render r = { .data = data, .out = out, .err = err, .depth = 1 };
	bool ok;

	r.levels[0].value = data->page;
	ok = render_nodes(&r, tpl, 0, tpl->length);
	buffer_free(&r.words);
	if (ok && out->failed)
		return err_set(err, EDGE_FAILED, "%s: out of memory",
		    tpl->name);
	return ok;
}
