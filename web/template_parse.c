/* template_parse.c: from a template's text to its nodes. */
#include "template_internal.h"

#include <stdlib.h>
#include <string.h>

struct parser {
	struct template *tpl;
	const struct template_set *set;
	char *at, *end;              /* the rest of the text */
	unsigned line;               /* of `at`, from 1 */
	size_t open[TEMPLATE_DEPTH]; /* indexes of sections not yet closed */
	size_t depth;
	struct edge_err *err;
};

/* One tag between its braces. */
struct tag {
	char *start, *after; /* where "{{" begins, where "}}" ends */
	char sign;           /* # ^ / > < $ ! @ or 0 for a value */
	char *body;          /* what follows the sign, trimmed, NUL-ended */
	unsigned line;
};

static bool
fail(const struct parser *p, unsigned line, const char *what, const char *which)
{
	return err_set(p->err, EDGE_CONFIG, "%s:%u: %s%s%.60s%s", p->tpl->name,
	    line, what, which != NULL ? " '" : "", which != NULL ? which : "",
	    which != NULL ? "'" : "");
}

static bool
is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct node *
add_node(struct parser *p, enum node_kind kind, unsigned line)
{
	struct template *tpl = p->tpl;
	struct node *node, *nodes;
	size_t capacity;

	if (tpl->length == tpl->capacity) {
		capacity = tpl->capacity > 0 ? tpl->capacity * 2 : 32;
		nodes = realloc(tpl->nodes, capacity * sizeof *nodes);
		if (nodes == NULL) {
			fail(p, line, "out of memory", NULL);
			return NULL;
		}
		tpl->nodes = nodes;
		tpl->capacity = capacity;
	}
	node = &tpl->nodes[tpl->length++];
	memset(node, 0, sizeof *node);
	node->kind = kind;
	node->line = line;
	node->words = "";
	node->end = tpl->length;
	return node;
}

/* ---- names ---- */

/* Takes a name apart in place: "a.b" becomes "a", "b" with a NUL between. */
static bool
parse_name(const struct parser *p, const struct tag *tag, struct node *node,
    char *name)
{
	char *c;
	bool start = true;

	node->text = name;
	if (strcmp(name, ".") == 0)
		return true;
	node->parts = 1;
	for (c = name; *c != '\0'; c++) {
		if (!is_name_char(*c) && (*c != '.' || start))
			return fail(p, tag->line, "not a name", tag->body);
		start = *c == '.';
	}
	if (start)
		return fail(p, tag->line, "a name is missing or not whole",
		    tag->body);
	for (c = name; *c != '\0'; c++)
		if (*c == '.') {
			*c = '\0';
			node->parts++;
		}
	return true;
}

/* {{name}}, {{name:format}}, {{name:format words}} */
static bool
parse_value(struct parser *p, const struct tag *tag)
{
	struct node *node = add_node(p, NODE_VALUE, tag->line);
	char *colon = strchr(tag->body, ':'), *words;

	if (node == NULL)
		return false;
	if (colon != NULL) {
		*colon++ = '\0';
		words = strchr(colon, ' ');
		node->format = format_find(colon, words != NULL ?
		    (size_t)(words - colon) : strlen(colon));
		if (node->format == NULL)
			return fail(p, tag->line, "no such formatter", colon);
		if (words != NULL)
			node->words = words + strspn(words, " ");
	}
	return parse_name(p, tag, node, tag->body);
}

/* {{@number}} and {{@asset name}} */
static bool
parse_special(struct parser *p, const struct tag *tag)
{
	struct buffer escaped = { 0 };
	struct node *node;
	const char *address;

	if (strcmp(tag->body, "number") == 0)
		return add_node(p, NODE_NUMBER, tag->line) != NULL;
	if (strncmp(tag->body, "asset ", 6) != 0)
		return fail(p, tag->line, "unknown tag", tag->body);
	address = p->set->asset != NULL ? p->set->asset(tag->body + 6,
	    p->set->asset_data) : NULL;
	if (address == NULL)
		return fail(p, tag->line, "no such asset", tag->body + 6);
	node = add_node(p, NODE_TEXT, tag->line);
	buffer_add_html(&escaped, address, strlen(address));
	if (node == NULL || escaped.failed) {
		buffer_free(&escaped);
		return fail(p, tag->line, "out of memory", NULL);
	}
	node->owned = escaped.bytes;
	node->text = escaped.bytes;
	node->length = escaped.length;
	return true;
}

/* ---- sections, blocks, frames ---- */

static bool
push(struct parser *p, const struct tag *tag)
{
	if (p->depth == TEMPLATE_DEPTH)
		return fail(p, tag->line, "sections nested too deep at",
		    tag->body);
	p->open[p->depth++] = p->tpl->length - 1;
	return true;
}

static bool
parse_section(struct parser *p, const struct tag *tag)
{
	struct node *node = add_node(p, NODE_SECTION, tag->line);
	char *equals = strchr(tag->body, '=');
	size_t length = strlen(tag->body);

	if (node == NULL)
		return false;
	node->inverted = tag->sign == '^';
	node->text = tag->body;
	if (strcmp(tag->body, "@first") == 0) {
		node->test = TEST_FIRST;
		return push(p, tag);
	}
	if (strcmp(tag->body, "@last") == 0) {
		node->test = TEST_LAST;
		return push(p, tag);
	}
	if (equals != NULL) {
		node->test = TEST_EQUAL;
		node->equal = equals + 1;
		*equals = '\0';
	} else if (length > 0 && tag->body[length - 1] == '?') {
		node->test = TEST_PRESENT;
		tag->body[length - 1] = '\0';
	}
	return parse_name(p, tag, node, tag->body) && push(p, tag);
}

static bool
parse_named(struct parser *p, const struct tag *tag, enum node_kind kind)
{
	struct node *node = add_node(p, kind, tag->line);

	if (node == NULL)
		return false;
	if (tag->body[0] == '\0')
		return fail(p, tag->line, "a name is missing", NULL);
	node->text = tag->body;
	return kind == NODE_PARTIAL || push(p, tag);
}

/* Whether {{/body}} closes the node: "a.b" is kept as "a", "b". */
static bool
closes(const struct node *node, const char *body)
{
	const char *part = node->text;
	size_t i, length;

	if (node->kind != NODE_SECTION || node->parts < 2)
		return strcmp(body, part) == 0;
	for (i = 0; i < node->parts; i++) {
		length = strlen(part);
		if (strncmp(body, part, length) != 0)
			return false;
		body += length;
		if (*body != (i + 1 < node->parts ? '.' : '\0'))
			return false;
		body += *body == '.';
		part += length + 1;
	}
	return true;
}

static bool
parse_close(struct parser *p, const struct tag *tag)
{
	struct node *node;
	char *tail;

	/* {{/name=word}} and {{/name?}} may be said in full. */
	tail = tag->body + strcspn(tag->body, "=?");
	*tail = '\0';
	if (p->depth == 0)
		return fail(p, tag->line, "nothing is open that ends with",
		    tag->body);
	node = &p->tpl->nodes[p->open[p->depth - 1]];
	if (!closes(node, tag->body)) {
		return err_set(p->err, EDGE_CONFIG, "%s:%u: '%.60s' ends what "
		    "began in line %u as '%.60s'", p->tpl->name, tag->line,
		    tag->body, node->line, node->text);
	}
	node->end = p->tpl->length;
	p->depth--;
	return true;
}

/* ---- text and tags ---- */

/* Directly inside a frame tag only blocks may stand. */
static bool
in_frame(const struct parser *p)
{
	return p->depth > 0 &&
	    p->tpl->nodes[p->open[p->depth - 1]].kind == NODE_FRAME;
}

static bool
add_text(struct parser *p, const char *text, const char *end)
{
	struct node *node;
	const char *c;

	if (text >= end)
		return true;
	if (in_frame(p)) {
		for (c = text; c < end; c++)
			if (!is_space(*c) && *c != '\n')
				return fail(p, p->line, "text outside of the "
				    "blocks of a frame", NULL);
		return true;
	}
	node = add_node(p, NODE_TEXT, p->line);
	if (node == NULL)
		return false;
	node->text = text;
	node->length = (size_t)(end - text);
	return true;
}

/* Finds the next tag at or after p->at; NULL start when there is none. Cuts
 * its body out of the text. */
static bool
find_tag(struct parser *p, struct tag *tag)
{
	char *close, *c;

	tag->start = strstr(p->at, "{{");
	if (tag->start == NULL)
		return true;
	tag->line = p->line;
	for (c = p->at; c < tag->start; c++)
		tag->line += *c == '\n';
	close = strstr(tag->start, "}}");
	if (close == NULL)
		return fail(p, tag->line, "a tag is not closed", NULL);
	tag->after = close + 2;
	tag->body = tag->start + 2;
	tag->sign = '\0';
	if (strchr("#^/><$!@", *tag->body) != NULL)
		tag->sign = *tag->body++;
	if (tag->sign != '!' && memchr(tag->body, '\n',
	    (size_t)(close - tag->body)) != NULL)
		return fail(p, tag->line, "a tag goes over the end of its line",
		    NULL);
	while (tag->body < close && is_space(*tag->body))
		tag->body++;
	return true;
}

/* When a tag that prints nothing itself is alone on its line, *before becomes
 * the start of the line and *after the start of the next. */
static void
take_line(const struct parser *p, const struct tag *tag, char **before,
    char **after)
{
	char *c = tag->start, *line;

	if (tag->sign == '\0' || tag->sign == '@')
		return;
	while (c > p->tpl->text && is_space(c[-1]))
		c--;
	if (c > p->tpl->text && c[-1] != '\n')
		return;
	line = c;
	for (c = tag->after; is_space(*c); c++)
		;
	if (*c != '\n' && c != p->end)
		return;
	*before = line;
	*after = c == p->end ? c : c + 1;
}

static bool
parse_tag(struct parser *p, const struct tag *tag)
{
	if (in_frame(p) && tag->sign != '$' && tag->sign != '/' &&
	    tag->sign != '!')
		return fail(p, tag->line, "only blocks may stand in a frame, "
		    "not", tag->body);
	switch (tag->sign) {
	case '#':
	case '^':
		return parse_section(p, tag);
	case '/':
		return parse_close(p, tag);
	case '>':
		return parse_named(p, tag, NODE_PARTIAL);
	case '<':
		return parse_named(p, tag, NODE_FRAME);
	case '$':
		return parse_named(p, tag, NODE_BLOCK);
	case '!':
		return true;
	case '@':
		return parse_special(p, tag);
	default:
		return parse_value(p, tag);
	}
}

/* Takes one tag and the text before it. */
static bool
parse_step(struct parser *p, struct tag *tag)
{
	char *before = tag->start, *after = tag->after, *c, *body_end;

	take_line(p, tag, &before, &after);
	if (!add_text(p, p->at, before))
		return false;
	p->line = tag->line;
	for (c = tag->start; c < after; c++)
		p->line += *c == '\n';
	/* The body ends before the spaces and braces that close the tag. */
	for (body_end = tag->after - 2; body_end > tag->body &&
	    is_space(body_end[-1]); body_end--)
		;
	*body_end = '\0';
	p->at = after;
	return parse_tag(p, tag);
}

bool
template_parse(struct template *tpl, const struct template_set *set,
    size_t length, struct edge_err *err)
{
	struct parser p = { .tpl = tpl, .set = set, .at = tpl->text,
		.end = tpl->text + length, .line = 1, .err = err };
	const struct node *open;
	struct tag tag;

	if (memchr(tpl->text, '\0', length) != NULL)
		return fail(&p, 1, "there is a NUL byte in it", NULL);
	for (;;) {
		if (!find_tag(&p, &tag))
			return false;
		if (tag.start == NULL)
			break;
		if (!parse_step(&p, &tag))
			return false;
	}
	if (!add_text(&p, p.at, p.end))
		return false;
	if (p.depth > 0) {
		open = &tpl->nodes[p.open[p.depth - 1]];
		return fail(&p, open->line, "not ended", open->text);
	}
	return true;
}
