/* portal.c: the portal's file, member by member. */
#include "portal.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../schema/file.h"
#include "buffer.h"
#include "portal_internal.h"

#define TITLE_MOST 80
#define LINE_MOST 200
#define FILES_MOST 4
#define ZOOM_MOST 22
#define ZOOM_USUAL 18

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* What a portal owns, behind its `own`. */
struct own {
	cJSON *root, *frame, *kept;
	char *folder;           /* of the file, with its last "/"; "" here */
	char **names;           /* made by portal_beside */
	size_t names_length;
	struct asset assets[FILES_MOST];
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
read_security(struct reading *r, cJSON *item, const char *path)
{
	const char *text = portal_text(r, item, path, LINE_MOST);

	if (text == NULL)
		return;
	if ((strncmp(text, "mailto:", 7) != 0 &&
	    strncmp(text, "https://", 8) != 0) || strpbrk(text, " <>\"") !=
	    NULL || strlen(text) < 12)
		portal_problem(r, path, "takes mailto:someone@example.org or "
		    "an https address, not '%.80s'", text);
	else
		r->portal->security = text;
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
	r->portal->news = portal_folder(r, item, path);
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

/* ---- the file ---- */

static const struct portal_member top[] = {
	{ "title", read_title },
	{ "tagline", read_tagline },
	{ "url", read_url },
	{ "texts", portal_read_texts },
	{ "links", portal_read_links },
	{ "publisher", read_publisher },
	{ "licence", read_licence },
	{ "identifier", read_identifier },
	{ "erddap", read_erddap },
	{ "security", read_security },
	{ "news", read_news },
	{ "tiles", read_tiles },
	{ "basins", portal_read_basins },
	{ "plots", portal_read_plots },
	{ "colours", portal_read_colours },
	{ "logo", portal_read_logo },
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

void
portal_add_file(struct reading *r, const char *name, struct buffer *bytes)
{
	struct own *own = r->portal->own;

	if (bytes->failed || r->portal->assets_length == FILES_MOST) {
		portal_problem(r, name, "out of memory");
		buffer_free(bytes);
		return;
	}
	r->portal->assets = own->assets;
	own->assets[r->portal->assets_length++] = (struct asset){ name,
		(const unsigned char *)bytes->bytes, bytes->length };
}

const char *
portal_folder(struct reading *r, const cJSON *item, const char *path)
{
	const char *name = portal_text(r, item, path, LINE_MOST);
	const char *folder = name != NULL ? portal_beside(r, name) : NULL;
	struct stat st;

	if (folder == NULL)
		return NULL;
	if (stat(folder, &st) == 0 && S_ISDIR(st.st_mode) &&
	    access(folder, R_OK | X_OK) == 0)
		return folder;
	portal_problem(r, path, "%.120s is no folder that can be read",
	    folder);
	return NULL;
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

/* The hosts a visitor's browser is sent to for pictures: "a and b". */
static void
add_foreign(const struct portal *portal, cJSON *frame)
{
	const char *const from[] = { portal->tiles.url, portal->plots.base };
	char origin[PORTAL_ORIGIN_BYTES];
	struct buffer text = { 0 };
	size_t i;

	for (i = 0; i < COUNT(from); i++)
		if (from[i] != NULL && portal_origin(from[i], origin,
		    sizeof origin))
			buffer_printf(&text, "%s%s", text.length > 0 ?
			    " and " : "", strstr(origin, "://") + 3);
	add_name(frame, "foreign", text.length > 0 ? text.bytes : NULL);
	buffer_free(&text);
}

static void
fill_frame(const struct portal *portal, cJSON *frame)
{
	static const char *const names[] = { "publisher", "licence" };
	const struct portal_name *const from[] = { &portal->publisher,
		&portal->licence };
	cJSON *object;
	size_t i;

	add_name(frame, "tagline", portal->tagline);
	add_foreign(portal, frame);
	if (portal->tiles.url != NULL) {
		object = cJSON_AddObjectToObject(frame, "tiles");
		add_name(object, "url", portal->tiles.url);
		add_name(object, "attribution", portal->tiles.attribution);
		add_name(object, "attribution_url",
		    portal->tiles.attribution_url);
		cJSON_AddNumberToObject(object, "max_zoom",
		    portal->tiles.max_zoom);
	} else {
		cJSON_AddNullToObject(frame, "tiles");
	}
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
	struct reading r = { .file = path, .problem = problem,
		.context = context, .portal = portal, .frame = new_frame() };
	const char *slash = path != NULL ? strrchr(path, '/') : NULL;

	*out = NULL;
	if (own != NULL) {
		own->frame = r.frame;
		own->kept = r.own = cJSON_CreateObject();
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
	buffer_free(&r.style[0]);
	buffer_free(&r.style[1]);
	if (r.problems == 0) {
		*out = portal;
		return true;
	}
	portal_close(portal);
	return err_set(err, EDGE_CONFIG, "%s: %zu problem%s", path, r.problems, r.problems == 1 ? "" : "s");
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
	for (i = 0; i < portal->assets_length; i++)
		free((void *)(uintptr_t)own->assets[i].bytes);
	free(own->folder);
	cJSON_Delete(own->root);
	cJSON_Delete(own->frame);
	cJSON_Delete(own->kept);
	free(own);
	free(portal);
}
