/* portal_plots.c: the pictures that the source's own pipeline makes of a
 * mission: where they are and what they are called. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "portal_internal.h"
#include "portal_link.h"

#define PATH_MOST 300
#define TITLE_MOST 80

#define COUNT(array) (sizeof(array) / sizeof *(array))

static bool
has_ending(const char *path)
{
	static const char *const endings[] = { ".png", ".svg", ".jpg",
		".jpeg", ".webp" };
	size_t length = strlen(path), i, n;

	for (i = 0; i < COUNT(endings); i++) {
		n = strlen(endings[i]);
		if (length > n && strcmp(path + length - n, endings[i]) == 0)
			return true;
	}
	return false;
}

/* What is wrong with a pattern, NULL when nothing is. */
static const char *
path_fault(const char *path)
{
	const char *at;

	if (strspn(path, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789._-/{}|") < strlen(path))
		return "takes letters, digits, . _ - / and placeholders";
	if (path[0] == '/')
		return "is relative: no / at its beginning";
	for (at = path; at != NULL; at = strchr(at, '/')) {
		at += at != path;
		if (*at == '.' || *at == '/' || *at == '\0')
			return "has a part that is empty or begins with a dot";
	}
	if (!has_ending(path))
		return "ends in .png, .svg, .jpg, .jpeg or .webp";
	return pattern_fault(path);
}

static void
read_image(struct reading *r, const cJSON *item, const char *place,
    struct portal_images *images)
{
	cJSON *title = cJSON_GetObjectItemCaseSensitive(item, "title");
	cJSON *path = cJSON_GetObjectItemCaseSensitive(item, "path");
	struct portal_image image;
	char at[PORTAL_PATH_BYTES];
	const char *fault;

	if (cJSON_GetArraySize(item) != 2 || title == NULL || path == NULL) {
		portal_problem(r, place, "takes {\"title\": \"…\", \"path\": "
		    "\"{serial}/M{number}.png\"}");
		return;
	}
	(void)snprintf(at, sizeof at, "%.120s.title", place);
	image.title = portal_text(r, title, at, TITLE_MOST);
	(void)snprintf(at, sizeof at, "%.120s.path", place);
	image.path = portal_text(r, path, at, PATH_MOST);
	if (image.title == NULL || image.path == NULL)
		return;
	fault = path_fault(image.path);
	if (fault != NULL)
		portal_problem(r, at, "%s; not '%.80s'", fault, image.path);
	else
		images->list[images->length++] = image;
}

static void
read_images(struct reading *r, const cJSON *item, const char *path,
    struct portal_images *images)
{
	char place[PORTAL_PATH_BYTES];
	const cJSON *image;
	int at = 0;

	if (!cJSON_IsArray(item) ||
	    cJSON_GetArraySize(item) > PORTAL_IMAGES_MOST) {
		portal_problem(r, path, "takes a list of at most %d pictures",
		    PORTAL_IMAGES_MOST);
		return;
	}
	cJSON_ArrayForEach(image, item) {
		(void)snprintf(place, sizeof place, "%.120s[%d]", path, at++);
		read_image(r, image, place, images);
	}
}

static void
read_glider(struct reading *r, cJSON *item, const char *path)
{
	read_images(r, item, path, &r->portal->plots.glider);
}

static void
read_sailbuoy(struct reading *r, cJSON *item, const char *path)
{
	read_images(r, item, path, &r->portal->plots.sailbuoy);
}

static void
read_base(struct reading *r, cJSON *item, const char *path)
{
	r->portal->plots.base = portal_base(r, item, path);
}

static void
read_folder(struct reading *r, cJSON *item, const char *path)
{
	r->portal->plots.folder = portal_folder(r, item, path);
}

void
portal_read_plots(struct reading *r, cJSON *item, const char *path)
{
	static const struct portal_member members[] = {
		{ "base", read_base }, { "folder", read_folder },
		{ "glider", read_glider }, { "sailbuoy", read_sailbuoy },
	};

	portal_members(r, item, path, members, COUNT(members));
	if (cJSON_IsObject(item) && cJSON_HasObjectItem(item, "base") ==
	    cJSON_HasObjectItem(item, "folder"))
		portal_problem(r, path, "takes either base, the address the "
		    "pictures are below, or folder, where they lie on this "
		    "machine");
}
