#include "jsonfile.h"

#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "text.h"

struct jsonfile_place {
	const cJSON *item;
	int line, column;
};

/* Where a walk through the text is. */
struct walk {
	const char *at, *end;
	int line, column;
};

static void
step(struct walk *walk)
{
	unsigned char c = (unsigned char)*walk->at++;

	if (c == '\n') {
		walk->line++;
		walk->column = 1;
	} else if ((c & 0xc0) != 0x80) {
		walk->column++;
	}
}

static void
step_to(struct walk *walk, const char *to)
{
	while (walk->at < to && walk->at < walk->end)
		step(walk);
}

static void
skip_space(struct walk *walk)
{
	while (walk->at < walk->end && (unsigned char)*walk->at <= ' ')
		step(walk);
}

static void
skip_string(struct walk *walk)
{
	step(walk);
	while (walk->at < walk->end && *walk->at != '"') {
		if (*walk->at == '\\')
			step(walk);
		if (walk->at < walk->end)
			step(walk);
	}
	if (walk->at < walk->end)
		step(walk);
}

static bool
refuse(const struct jsonfile *file, const struct walk *at, const char *why,
    struct edge_err *err)
{
	return err_set(err, EDGE_CONFIG, "%.200s:%d:%d: %s", file->name,
	    at->line, at->column, why);
}

static struct walk
walk_from(const char *text, size_t length)
{
	struct walk walk = { text, text + length, 1, 1 };

	/* A mark of the byte order is no column. */
	if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		walk.at += 3;
	return walk;
}

/* What the parser would not refuse, or refuse only by running out of stack. */
static bool
check_text(const struct jsonfile *file, const char *text, size_t length,
    struct edge_err *err)
{
	struct walk walk = walk_from(text, length);
	int depth = 0;
	size_t n;

	while (walk.at < walk.end) {
		n = text_step(walk.at, (size_t)(walk.end - walk.at));
		if (n == 0 || *walk.at == '\0')
			return refuse(file, &walk, n == 0 ? "is not UTF-8" :
			    "holds a NUL byte", err);
		step_to(&walk, walk.at + n);
	}
	for (walk = walk_from(text, length); walk.at < walk.end;) {
		if (*walk.at == '"') {
			skip_string(&walk);
			continue;
		}
		if (*walk.at == '{' || *walk.at == '[')
			depth++;
		if (*walk.at == '}' || *walk.at == ']')
			depth--;
		if (depth > JSONFILE_DEPTH)
			return refuse(file, &walk, "is nested too deeply",
			    err);
		step(&walk);
	}
	return true;
}

/* Notes the place of each value, in the order in which they stand. */
static bool
note(struct jsonfile *file, const struct walk *where, size_t *capacity)
{
	struct jsonfile_place *grown;

	if (file->places_length == *capacity) {
		*capacity = *capacity * 2 + 64;
		grown = realloc(file->places, *capacity * sizeof *grown);
		if (grown == NULL)
			return false;
		file->places = grown;
	}
	file->places[file->places_length++] = (struct jsonfile_place){ NULL,
		where->line, where->column };
	return true;
}

/* The text is JSON: what stands between values is known. */
static bool
find_places(struct jsonfile *file, const char *text, size_t length)
{
	struct walk walk = walk_from(text, length), start, name;
	bool named = false, ok = true;
	size_t capacity = 0;

	for (skip_space(&walk); ok && walk.at < walk.end; skip_space(&walk)) {
		start = walk;
		if (strchr("}],:", *walk.at) != NULL) {
			step(&walk);
			continue;
		}
		if (*walk.at == '"') {
			skip_string(&walk);
			skip_space(&walk);
			if (walk.at < walk.end && *walk.at == ':') {
				name = start;
				named = true;
				continue;
			}
		} else if (*walk.at == '{' || *walk.at == '[') {
			step(&walk);
		} else {
			while (walk.at < walk.end &&
			    strchr("}],: \t\r\n", *walk.at) == NULL)
				step(&walk);
		}
		ok = note(file, named ? &name : &start, &capacity);
		named = false;
	}
	return ok;
}

static void
name_places(struct jsonfile *file, const cJSON *item, size_t *at)
{
	const cJSON *child;

	if (*at < file->places_length)
		file->places[(*at)++].item = item;
	cJSON_ArrayForEach(child, item)
		name_places(file, child, at);
}

static bool
check_names(const struct jsonfile *file, const cJSON *item,
    struct edge_err *err)
{
	const cJSON *child, *other;
	int line, column;

	cJSON_ArrayForEach(child, item) {
		for (other = child->next; cJSON_IsObject(item) &&
		    other != NULL; other = other->next)
			if (strcmp(child->string, other->string) == 0) {
				jsonfile_place(file, other, &line, &column);
				return err_set(err, EDGE_CONFIG, "%.200s:%d:"
				    "%d: '%.60s' stands twice in one object",
				    file->name, line, column, other->string);
			}
		if (!check_names(file, child, err))
			return false;
	}
	return true;
}

bool
jsonfile_parse(struct jsonfile *file, const char *name, const char *text,
    size_t length, struct edge_err *err)
{
	const char *end = NULL;
	struct walk walk = walk_from(text, length);
	size_t at = 0;

	memset(file, 0, sizeof *file);
	file->name = strdup(name);
	if (file->name == NULL)
		return err_set(err, EDGE_IO, "out of memory");
	if (!check_text(file, text, length, err))
		return false;
	file->root = cJSON_ParseWithLengthOpts(text, length, &end, false);
	if (file->root == NULL) {
		step_to(&walk, end != NULL ? end : text);
		return refuse(file, &walk, walk.at < walk.end ? "is not JSON "
		    "from here on" : "ends in the middle", err);
	}
	step_to(&walk, end);
	skip_space(&walk);
	if (walk.at < walk.end)
		return refuse(file, &walk, "holds more after its end", err);
	if (!find_places(file, text, length))
		return err_set(err, EDGE_IO, "out of memory");
	name_places(file, file->root, &at);
	return check_names(file, file->root, err);
}

bool
jsonfile_open(struct jsonfile *file, const char *name, size_t max,
    struct edge_err *err)
{
	size_t length;
	char *text;
	bool ok;

	memset(file, 0, sizeof *file);
	text = file_read(name, max, &length, err);
	if (text == NULL)
		return false;
	ok = jsonfile_parse(file, name, text, length, err);
	free(text);
	return ok;
}

void
jsonfile_close(struct jsonfile *file)
{
	cJSON_Delete(file->root);
	free(file->places);
	free(file->name);
	memset(file, 0, sizeof *file);
}

void
jsonfile_place(const struct jsonfile *file, const cJSON *item, int *line,
    int *column)
{
	size_t i;

	*line = *column = 0;
	for (i = 0; i < file->places_length; i++)
		if (file->places[i].item == item) {
			*line = file->places[i].line;
			*column = file->places[i].column;
			return;
		}
}
