/* portal.h: what the operator of a portal has set: names, texts, colours,
 * links and addresses, from one JSON file. README.md lists its members; all of
 * them are optional.
 *
 * Read once at start and immutable afterwards; a portal is borrowed by the
 * site and its views, from any thread. All texts are NUL-ended UTF-8 without
 * control characters and owned by the portal; a member that is not set is
 * NULL. Addresses are http or https and have been checked. */
#ifndef EDGE_PORTAL_H
#define EDGE_PORTAL_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#include "../schema/err.h"
#include "assets.h"

#define PORTAL_FILE_BYTES 262144
#define PORTAL_STYLE "portal.css"
#define PORTAL_LOGO_SVG "portal-logo.svg"
#define PORTAL_LOGO_PNG "portal-logo.png"

/* A name, and the address that says more. */
struct portal_name {
	const char *name;
	const char *url;
};

struct portal_tiles {
	const char *url;         /* "https://tile.example.org/{z}/{x}/{y}.png" */
	const char *attribution; /* plain text; set when url is */
	const char *attribution_url;
	int max_zoom;
};

/* The pictures that the source's pipeline makes of each mission. */
#define PORTAL_IMAGES_MOST 8
#define PORTAL_PLOTS "/plots/" /* where those of a folder are served */

struct portal_image {
	const char *title;
	const char *path; /* a pattern of web/portal_link.h, relative */
};

struct portal_images {
	struct portal_image list[PORTAL_IMAGES_MOST];
	size_t length;
};

struct portal_plots {
	const char *base;   /* "https://…" without a last "/", or NULL */
	const char *folder; /* as it can be opened, or NULL */
	struct portal_images glider, sailbuoy;
};

/* A box of longitude and latitude, degrees. */
struct portal_box {
	double west, south, east, north;
};

struct portal {
	const char *title;
	const char *tagline;
	const char *url;        /* "https://portal.example.org", no last "/" */
	const char *security;   /* where a fault is told in private: "mailto:…"
	                           or "https://…" */
	const char *erddap;     /* "https://data.example.org/erddap", the same */
	const char *identifier; /* "https://doi.org/…"; may hold {serial} and
	                           {number}, see portal_expand */
	struct portal_name publisher, licence;
	struct portal_tiles tiles;
	struct portal_plots plots;
	const char *news;       /* folder of announcements, as it can be opened */
	bool has_region;
	const cJSON *outlines;  /* sea areas as chart.h describes them, or
	                           NULL */
	struct portal_box region; /* what the landing map shows at least */

	int logo_width, logo_height; /* pixels in the header; 0: no logo */
	const struct asset *assets;  /* files the site serves beside its own: */
	size_t assets_length;        /* the names below */

	const cJSON *frame;     /* what templates see as site.portal */
	void *own;              /* of web/portal.c */
};

/* Called for each thing that is wrong: "portal.json: colours.light.accent:
 * takes …". */
typedef void portal_problem_fn(void *context, const char *text);

/* Reads the file; a NULL path gives a portal with nothing set. All problems
 * are told to `problem` (not NULL); then false with EDGE_CONFIG and their
 * number. Free with portal_close. */
bool portal_open(struct portal **portal, const char *path,
    portal_problem_fn *problem, void *context, struct edge_err *err)
    MUST_CHECK;
void portal_close(struct portal *portal); /* NULL is fine */

#define PORTAL_ORIGIN_BYTES 512

/* "https://host:port" of an address; false when it does not fit. */
bool portal_origin(const char *url, char *origin, size_t size);

#endif
