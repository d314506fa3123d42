#include "view_images.h"

#include <unistd.h>

#include "plot_file.h"
#include "portal_link.h"

/* The address of one picture, and its size when that is known; nothing when it
 * lies in the folder and has not been made. */
static void
put_image(struct view *view, cJSON *list, const struct portal_image *image,
    const struct mission *m)
{
	const struct portal_plots *plots = &view->portal->plots;
	struct buffer path = { 0 }, url = { 0 };
	int fd = -1, width = 0, height = 0;
	struct stat st;
	cJSON *item;

	pattern_expand(image->path, m->platform, m->number, m->complete, &path);
	if (plots->folder != NULL && pattern_matches(image->path,
	    buffer_text(&path)))
		fd = plot_file_open(plots->folder, buffer_text(&path), &st);
	if (plots->base != NULL || fd >= 0) {
		buffer_printf(&url, "%s%s%s", plots->base != NULL ?
		    plots->base : "", plots->base != NULL ? "/" : PORTAL_PLOTS,
		    buffer_text(&path));
		item = add_object(view, list);
		put_text(view, item, "platform", m->platform);
		put_int(view, item, "mission", m->number);
		put_mission_url(view, item, "page", m->platform, m->number);
		put_text(view, item, "title", image->title);
		put_text(view, item, "url", buffer_text(&url));
		if (fd >= 0 && plot_file_size(fd, &width, &height)) {
			put_int(view, item, "width", width);
			put_int(view, item, "height", height);
		} else {
			put_null(view, item, "width");
			put_null(view, item, "height");
		}
	}
	if (fd >= 0)
		(void)close(fd);
	buffer_free(&path);
	buffer_free(&url);
}

void
put_images(struct view *view, cJSON *list, const struct mission *m,
    size_t most)
{
	const struct portal_images *images;
	size_t i;

	if (view->portal == NULL)
		return;
	images = m->glider ? &view->portal->plots.glider :
	    &view->portal->plots.sailbuoy;
	for (i = 0; i < images->length && i < most; i++)
		put_image(view, list, &images->list[i], m);
}
