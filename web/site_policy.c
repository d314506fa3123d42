/* site_policy.c: the Content-Security-Policy of every page. */
#include "site_internal.h"

#include <string.h>

#include "../schema/digest.h"
#include "svg.h"

static void
add_hash(struct buffer *out, const void *bytes, size_t length)
{
	char hash[45];

	digest_base64(bytes, length, hash);
	buffer_printf(out, " 'sha256-%s'", hash);
}

/* Another host, from the address of what is loaded from it. */
static void
add_origin(struct buffer *out, const char *url)
{
	char origin[PORTAL_ORIGIN_BYTES];

	if (url != NULL && portal_origin(url, origin, sizeof origin))
		buffer_printf(out, " %s", origin);
}

bool
site_write_policy(struct site *site)
{
	const struct asset *style = asset_find(site->assets, "style.css");
	const struct portal *portal = site->options.portal;
	struct buffer *out = &site->policy;

	buffer_add_text(out, "default-src 'none'; img-src 'self' data:");
	add_origin(out, portal->tiles.url);
	add_origin(out, portal->plots.base);
	/* The style sheet may stand in the page, and pictures bring theirs:
	 * the policy names them by their hashes. */
	buffer_add_text(out, "; style-src 'self'");
	if (style != NULL)
		add_hash(out, style->bytes, style->length);
	add_hash(out, svg_map_style, strlen(svg_map_style));
	add_hash(out, svg_plot_style, strlen(svg_plot_style));
	buffer_add_text(out, "; script-src 'self'; connect-src 'self'; "
	    "font-src 'self'; manifest-src 'self'; base-uri 'none'; "
	    "form-action 'self'; frame-ancestors 'none'");
	return !out->failed;
}
