/* portal.c: the portal's file, member by member. */
#include "portal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../schema/file.h"
#include "buffer.h"
#include "portal_internal.h"
#include "prose.h"
#include "request.h"

#define TITLE_MOST 80
#define LINE_MOST 200
#define PROSE_MOST 20000
#define LINKS_MOST 12
#define ZOOM_MOST 22
#define ZOOM_USUAL 18

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* What a portal owns, behind its `own`. */
struct own {
	cJSON *root, *frame;
	char *folder;           /* of the file, with its last "/"; "" here */
	char **names;           /* made by portal_beside */
	size_t names_length;
};

/* ---- names and addresses ---- */

static void
read_title(struct reading *r, cJSON *item, const char *path)
{
	r->portal->title = portal_text(r, item, path, TITLE_MOST);
}

static void
read_tagline(struct reading *r, cJSON *item, const char *path)
{
	r->portal->tagline = portal_text(r, item, path, LINE_MOST);
}

static void
read_url(struct reading *r, cJSON *item, const char *path)
{
	const char *url = portal_base(r, item, path);
	char origin[LINE_MOST];

	if (url == NULL)
		return;
	if (!portal_origin(url, origin, sizeof origin) ||
	    strcmp(url, origin) != 0)
		portal_problem(r, path, "takes the address of the front page, "
		    "without a path: https://portal.example.org, not '%.80s'",
		    url);
	else
		r->portal->url = url;
}

static void
read_erddap(struct reading *r, cJSON *item, const char *path)
{
	r->portal->erddap = portal_base(r, item, path);
}

static void
read_identifier(struct reading *r, cJSON *item, const char *path)
{
	r->portal->identifier = portal_text(r, item, path, LINE_MOST);
}

/* {"name": …, "url": …} */
static struct portal_name
read_name(struct reading *r, cJSON *item, const char *path)
{
	struct portal_name read = { NULL, NULL };
	char place[PORTAL_PATH_BYTES];
	cJSON *part;

	if (!cJSON_IsObject(item)) {
		portal_problem(r, path, "takes {\"name\": \"…\", \"url\": "
		    "\"https://…\"}");
		return read;
	}
	cJSON_ArrayForEach(part, item) {
		(void)snprintf(place, sizeof place, "%.120s.%.60s", path,
		    part->string);
		if (strcmp(part->string, "name") == 0)
			read.name = portal_text(r, part, place, LINE_MOST);
		else if (strcmp(part->string, "url") == 0)
			read.url = portal_address(r, part, place);
		else
			portal_problem(r, place, "is not known; it takes name "
			    "and url");
	}
	if (!cJSON_HasObjectItem(item, "name"))
		portal_problem(r, path, "lacks its name");
	return read;
}

static void
read_publisher(struct reading *r, cJSON *item, const char *path)
{
	r->portal->publisher = read_name(r, item, path);
}

static void
read_licence(struct reading *r, cJSON *item, const char *path)
{
	r->portal->licence = read_name(r, item, path);
}

static void
read_news(struct reading *r, cJSON *item, const char *path)
{
	const char *name = portal_text(r, item, path, LINE_MOST);
	const char *folder = name != NULL ? portal_beside(r, name) : NULL;
	struct stat st;

	if (folder == NULL)
		return;
	if (stat(folder, &st) != 0 || !S_ISDIR(st.st_mode))
		portal_problem(r, path, "%.120s is no folder that can be read",
		    folder);
	else
		r->portal->news = folder;
}

/* ---- maps ---- */

/* [west, south, east, north], as GeoJSON has it. */
static void
read_region(struct reading *r, cJSON *item, const char *path)
{
	double v[4] = { 0, 0, 0, 0 };
	const cJSON *number;
	int i = 0;

	if (cJSON_IsArray(item) && cJSON_GetArraySize(item) == 4)
		cJSON_ArrayForEach(number, item)
			if (cJSON_IsNumber(number))
				v[i++] = number->valuedouble;
	if (i != 4 || !(v[0] >= -180 && v[0] < v[2] && v[2] <= 180) ||
	    !(v[1] >= -85 && v[1] < v[3] && v[3] <= 85)) {
		portal_problem(r, path, "takes [west, south, east, north] in "
		    "degrees, such as [9, 53, 31, 66]; west and south are the "
		    "smaller ones, latitudes within 85");
		return;
	}
	r->portal->has_region = true;
	r->portal->region = (struct portal_box){ v[0], v[1], v[2], v[3] };
}

static void
read_tiles_url(struct reading *r, cJSON *item, const char *path)
{
	const char *url = portal_text(r, item, path, LINE_MOST);
	char origin[LINE_MOST];

	if (url == NULL)
		return;
	if (!portal_origin(url, origin, sizeof origin) ||
	    strpbrk(url, " <>\"'\\`;,") != NULL || !strstr(url, "{z}") ||
	    !strstr(url, "{x}") || !strstr(url, "{y}"))
		portal_problem(r, path, "takes an address of one host with "
		    "{z}, {x} and {y}, such as "
		    "https://tile.example.org/{z}/{x}/{y}.png, not '%.80s'",
		    url);
	else
		r->portal->tiles.url = url;
}

static void
read_attribution(struct reading *r, cJSON *item, const char *path)
{
	r->portal->tiles.attribution = portal_text(r, item, path, LINE_MOST);
}

static void
read_attribution_url(struct reading *r, cJSON *item, const char *path)
{
	r->portal->tiles.attribution_url = portal_address(r, item, path);
}

static void
read_max_zoom(struct reading *r, cJSON *item, const char *path)
{
	(void)portal_count(r, item, path, 1, ZOOM_MOST,
	    &r->portal->tiles.max_zoom);
}

static void
read_tiles(struct reading *r, cJSON *item, const char *path)
{
	static const struct portal_member members[] = {
		{ "url", read_tiles_url },
		{ "attribution", read_attribution },
		{ "attribution_url", read_attribution_url },
		{ "max_zoom", read_max_zoom },
	};

	portal_members(r, item, path, members, COUNT(members));
	if (cJSON_IsObject(item) && (!cJSON_HasObjectItem(item, "url") ||
	    !cJSON_HasObjectItem(item, "attribution")))
		portal_problem(r, path, "takes url and attribution: who made "
		    "the tiles must be named");
}

/* ---- texts and links ---- */

/* A text, or a list of them: the paragraphs. NULL when it is neither. */
static char *
join_texts(struct reading *r, const cJSON *item, const char *path)
{
	struct buffer text = { 0 };
	const cJSON *one = cJSON_IsArray(item) ? item->child : item;
	const char *from;
	size_t length;
	bool ok = one != NULL;

	for (; ok && one != NULL; one = item == one ? NULL : one->next) {
		from = cJSON_GetStringValue(one);
		ok = from != NULL;
		if (text.length > 0)
			buffer_add_text(&text, "\n\n");
		while (ok && *from != '\0') {
			length = strcspn(from, "\r\n\t");
			ok = request_text_valid(from, length);
			buffer_add(&text, from, length);
			from += length;
			if (*from != '\0')
				buffer_add_char(&text, *from++);
		}
	}
	if (ok && text.length > 0 && text.length <= PROSE_MOST && !text.failed)
		return text.bytes;
	buffer_free(&text);
	portal_problem(r, path, "takes a text, or a list of texts for its "
	    "paragraphs, of %d bytes at most", PROSE_MOST);
	return NULL;
}

static void
read_prose(struct reading *r, cJSON *item, const char *path)
{
	char *text = join_texts(r, item, path), refused[LINE_MOST];
	cJSON *blocks;

	if (text == NULL)
		return;
	blocks = prose_parse(text, refused, sizeof refused);
	if (refused[0] != '\0')
		portal_problem(r, path, "links to '%.80s'; a link takes "
		    "http://, https://, mailto: or a page here such as /data",
		    refused);
	cJSON_ReplaceItemInObjectCaseSensitive(
	    cJSON_GetObjectItemCaseSensitive(r->frame, "texts"), item->string,
	    blocks);
	free(text);
}

static void
read_texts(struct reading *r, cJSON *item, const char *path)
{
	static const struct portal_member members[] = {
		{ "landing", read_prose }, { "about", read_prose },
		{ "data", read_prose }, { "contact", read_prose },
		{ "footer", read_prose },
	};

	portal_members(r, item, path, members, COUNT(members));
}

static void
read_link(struct reading *r, const cJSON *item, const char *path, cJSON *list)
{
	cJSON *url = cJSON_GetObjectItemCaseSensitive(item, "url"), *link;
	char place[PORTAL_PATH_BYTES];
	const char *text, *address;

	if (cJSON_GetArraySize(item) != 2 || url == NULL ||
	    !cJSON_HasObjectItem(item, "text")) {
		portal_problem(r, path, "takes {\"text\": \"…\", \"url\": "
		    "\"https://…\"}");
		return;
	}
	(void)snprintf(place, sizeof place, "%.120s.text", path);
	text = portal_text(r, cJSON_GetObjectItemCaseSensitive(item, "text"),
	    place, TITLE_MOST);
	(void)snprintf(place, sizeof place, "%.120s.url", path);
	address = portal_address(r, url, place);
	if (text == NULL || address == NULL)
		return;
	link = cJSON_CreateObject();
	cJSON_AddStringToObject(link, "text", text);
	cJSON_AddStringToObject(link, "url", address);
	cJSON_AddItemToArray(list, link);
}

static void
read_links(struct reading *r, cJSON *item, const char *path)
{
	cJSON *list = cJSON_GetObjectItemCaseSensitive(
	    cJSON_GetObjectItemCaseSensitive(r->frame, "links"), item->string);
	char place[PORTAL_PATH_BYTES];
	const cJSON *link;
	int at = 0;

	if (!cJSON_IsArray(item) || cJSON_GetArraySize(item) > LINKS_MOST) {
		portal_problem(r, path, "takes a list of at most %d links",
		    LINKS_MOST);
		return;
	}
	cJSON_ArrayForEach(link, item) {
		(void)snprintf(place, sizeof place, "%.120s[%d]", path, at++);
		read_link(r, link, place, list);
	}
}

static void
read_link_lists(struct reading *r, cJSON *item, const char *path)
{
	static const struct portal_member members[] = {
		{ "navigation", read_links }, { "footer", read_links },
	};

	portal_members(r, item, path, members, COUNT(members));
}

/* ---- the file ---- */

static const struct portal_member top[] = {
	{ "title", read_title },
	{ "tagline", read_tagline },
	{ "url", read_url },
	{ "texts", read_texts },
	{ "links", read_link_lists },
	{ "publisher", read_publisher },
	{ "licence", read_licence },
	{ "identifier", read_identifier },
	{ "erddap", read_erddap },
	{ "news", read_news },
	{ "tiles", read_tiles },
	{ "region", read_region },
};

const char *
portal_beside(struct reading *r, const char *name)
{
	struct own *own = r->portal->own;
	char **names = realloc(own->names, (own->names_length + 1) *
	    sizeof *names);
	struct buffer joined = { 0 };

	if (names == NULL)
		return NULL;
	own->names = names;
	buffer_printf(&joined, "%s%s", name[0] == '/' ? "" : own->folder,
	    name);
	if (joined.failed)
		return NULL;
	names[own->names_length++] = joined.bytes;
	return joined.bytes;
}

/* The object that templates see, with all its members null or empty. */
static cJSON *
new_frame(void)
{
	static const char *const texts[] = { "landing", "about", "data",
		"contact", "footer" };
	cJSON *frame = cJSON_CreateObject(), *part;
	size_t i;

	part = cJSON_AddObjectToObject(frame, "texts");
	for (i = 0; i < COUNT(texts); i++)
		cJSON_AddNullToObject(part, texts[i]);
	part = cJSON_AddObjectToObject(frame, "links");
	cJSON_AddArrayToObject(part, "navigation");
	cJSON_AddArrayToObject(part, "footer");
	return frame;
}

static void
add_name(cJSON *object, const char *name, const char *text)
{
	if (text != NULL)
		cJSON_AddStringToObject(object, name, text);
	else
		cJSON_AddNullToObject(object, name);
}

static void
fill_frame(const struct portal *portal, cJSON *frame)
{
	static const char *const names[] = { "publisher", "licence" };
	const struct portal_name *const from[] = { &portal->publisher,
		&portal->licence };
	char origin[PORTAL_ORIGIN_BYTES];
	cJSON *object;
	size_t i;

	add_name(frame, "tagline", portal->tagline);
	add_name(frame, "foreign", portal->tiles.url != NULL &&
	    portal_origin(portal->tiles.url, origin, sizeof origin) ?
	    origin : NULL);
	if (portal->tiles.url != NULL) {
		object = cJSON_AddObjectToObject(frame, "tiles");
		add_name(object, "url", portal->tiles.url);
		add_name(object, "attribution", portal->tiles.attribution);
		add_name(object, "attribution_url",
		    portal->tiles.attribution_url);
		cJSON_AddNumberToObject(object, "max_zoom",
		    portal->tiles.max_zoom);
	} else
		cJSON_AddNullToObject(frame, "tiles");
	for (i = 0; i < COUNT(names); i++) {
		if (from[i]->name == NULL) {
			cJSON_AddNullToObject(frame, names[i]);
			continue;
		}
		object = cJSON_AddObjectToObject(frame, names[i]);
		add_name(object, "name", from[i]->name);
		add_name(object, "url", from[i]->url);
	}
}

/* The line and what is wrong in it, as far as can be told. */
static void
not_json(struct reading *r, const char *bytes, const char *end)
{
	char place[32];
	const char *p;
	int line = 1;

	for (p = bytes; end != NULL && p < end; p++)
		line += *p == '\n';
	(void)snprintf(place, sizeof place, "line %d", line);
	portal_problem(r, place, end != NULL && *end == '\0' ? "the file ends "
	    "before its object does" : "this is not JSON; look for a missing "
	    "comma or quote here or on the line before");
}

static void
read_file(struct reading *r, const char *path)
{
	struct own *own = r->portal->own;
	struct edge_err err = { 0 };
	const char *end = NULL;
	size_t length;
	char *bytes = file_read(path, PORTAL_FILE_BYTES, &length, &err);

	if (bytes == NULL) {
		r->problem(r->context, err.text);
		r->problems++;
		return;
	}
	own->root = cJSON_ParseWithOpts(bytes, &end, true);
	if (memchr(bytes, '\0', length) != NULL)
		portal_problem(r, "", "is no text: it holds a byte 0");
	else if (own->root == NULL)
		not_json(r, bytes, end);
	else
		portal_members(r, own->root, "", top, COUNT(top));
	free(bytes);
}

bool
portal_open(struct portal **out, const char *path, portal_problem_fn *problem,
    void *context, struct edge_err *err)
{
	struct portal *portal = calloc(1, sizeof *portal);
	struct own *own = calloc(1, sizeof *own);
	struct reading r = { path, problem, context, 0, portal, new_frame() };
	const char *slash = path != NULL ? strrchr(path, '/') : NULL;

	*out = NULL;
	if (own != NULL) {
		own->frame = r.frame;
		own->folder = path != NULL ? strndup(path, slash != NULL ?
		    (size_t)(slash - path) + 1 : 0) : strdup("");
	}
	if (portal == NULL || own == NULL || own->folder == NULL ||
	    r.frame == NULL) {
		cJSON_Delete(r.frame);
		if (own != NULL)
			free(own->folder);
		free(own);
		free(portal);
		return err_set(err, EDGE_FAILED, "portal: out of memory");
	}
	portal->own = own;
	portal->frame = r.frame;
	portal->tiles.max_zoom = ZOOM_USUAL;
	if (path != NULL)
		read_file(&r, path);
	fill_frame(portal, r.frame);
	if (r.problems == 0) {
		*out = portal;
		return true;
	}
	portal_close(portal);
	return err_set(err, EDGE_CONFIG, "%s: %zu problem%s; `edge check` "
	    "lists them", path, r.problems, r.problems == 1 ? "" : "s");
}

void
portal_close(struct portal *portal)
{
	struct own *own;
	size_t i;

	if (portal == NULL)
		return;
	own = portal->own;
	for (i = 0; i < own->names_length; i++)
		free(own->names[i]);
	free(own->names);
	free(own->folder);
	cJSON_Delete(own->root);
	cJSON_Delete(own->frame);
	free(own);
	free(portal);
}
