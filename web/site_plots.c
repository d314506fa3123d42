/* site_plots.c: pictures from the operator's folder, under /plots/. Only names
 * that one of the patterns can make are looked for. */
#include "site_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "plot_file.h"
#include "portal_link.h"

static bool
is_named(const struct portal_images *images, const char *path)
{
	size_t i;

	for (i = 0; i < images->length; i++)
		if (pattern_matches(images->list[i].path, path))
			return true;
	return false;
}

static void
no_picture(struct visit *visit)
{
	site_error(visit, 404, "There is no such picture.", NULL, NULL);
}

/* Its tag is when it was written and how long it is: the visitor who has it
 * is answered without reading it. */
static bool
is_known(struct visit *visit, const struct stat *st)
{
	struct answer *answer = visit->answer;

	(void)snprintf(answer->etag, sizeof answer->etag, "\"%" PRIx64
	    "-%lx-%" PRIx64 "\"", (int64_t)st->st_mtim.tv_sec,
	    (long)st->st_mtim.tv_nsec, (int64_t)st->st_size);
	if (!request_etag_matches(visit->req->if_none_match, answer->etag))
		return false;
	answer->status = 304;
	answer->cache_control = SITE_REVALIDATE;
	answer->body = "";
	return true;
}

static void
send_picture(struct visit *visit, int fd, const struct stat *st)
{
	struct answer *answer = visit->answer;
	char etag[ANSWER_ETAG_BYTES];
	struct buffer bytes = { 0 };

	if (is_known(visit, st))
		return;
	if (!plot_file_read(fd, (size_t)st->st_size, &bytes)) {
		buffer_free(&bytes);
		answer->etag[0] = '\0';
		no_picture(visit);
		return;
	}
	(void)snprintf(etag, sizeof etag, "%s", answer->etag);
	/* Pictures are compressed already. */
	visit->req->encoding = ENCODING_IDENTITY;
	site_send_buffer(visit, asset_type(visit->req->path), &bytes,
	    SITE_REVALIDATE);
	if (answer->status == 200)
		(void)snprintf(answer->etag, sizeof answer->etag, "%s", etag);
}

bool
site_send_plot(struct visit *visit)
{
	const struct portal_plots *plots = &visit->site->options.portal->plots;
	const char *path = visit->req->path + strlen(PORTAL_PLOTS);
	struct stat st;
	int fd;

	if (plots->folder == NULL)
		return false;
	fd = is_named(&plots->glider, path) || is_named(&plots->sailbuoy,
	    path) ? plot_file_open(plots->folder, path, &st) : -1;
	if (fd < 0) {
		no_picture(visit);
		return true;
	}
	send_picture(visit, fd, &st);
	(void)close(fd);
	return true;
}
