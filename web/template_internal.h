/* template_internal.h: a template as nodes; shared by template_parse.c, which
 * makes them, and template.c, which renders them. */
#ifndef EDGE_TEMPLATE_INTERNAL_H
#define EDGE_TEMPLATE_INTERNAL_H

#include "format.h"
#include "template.h"

#define TEMPLATE_DEPTH 32  /* most sections and partials inside each other */
#define TEMPLATE_NAME_BYTES 64

enum node_kind {
	NODE_TEXT,     /* literal bytes */
	NODE_VALUE,    /* {{name}} */
	NODE_NUMBER,   /* {{@number}} */
	NODE_SECTION,  /* {{#name}} and {{^name}} */
	NODE_PARTIAL,  /* {{>name}} */
	NODE_FRAME,    /* {{<name}}; its children are blocks */
	NODE_BLOCK     /* {{$name}} */
};

/* What a section asks of its value. */
enum node_test {
	TEST_TRUE,    /* {{#name}}: repeats over arrays */
	TEST_PRESENT, /* {{#name?}} */
	TEST_EQUAL,   /* {{#name=word}} */
	TEST_FIRST,   /* {{#@first}} */
	TEST_LAST     /* {{#@last}} */
};

struct node {
	enum node_kind kind;
	unsigned line;
	const char *text;   /* the literal; else the name, its dots replaced by
	                       NULs; in the template's text, or owned */
	size_t length;      /* of the literal */
	size_t parts;       /* of the name; 0: the current value */
	char *owned;        /* what `text` points to when it is made here */
	const struct format *format; /* NULL: none */
	const char *words;           /* for the formatter; never NULL */
	enum node_test test;
	bool inverted;               /* {{^name}} */
	const char *equal;           /* the word of TEST_EQUAL */
	size_t end;                  /* the index after the last child */
	const struct template *target; /* of a partial or a frame, by linking */
};

struct template {
	char name[TEMPLATE_NAME_BYTES];
	char *text;          /* a copy that the nodes point into */
	struct node *nodes;
	size_t length, capacity;
};

struct template_set {
	template_asset_fn *asset;
	void *asset_data;
	struct template **templates;
	size_t length;
};

/* Fills tpl->nodes from tpl->text (`length` bytes and a NUL). */
bool template_parse(struct template *tpl, const struct template_set *set,
    size_t length, struct edge_err *err);

#endif
