#include "view_ld.h"

#include <math.h>
#include <string.h>

#include "portal_link.h"
#include "view_util.h"

/* ---- reading the page ---- */

static const cJSON *
member(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

/* NULL for what is no text. */
static const char *
text_of(const cJSON *object, const char *name)
{
	return cJSON_GetStringValue(member(object, name));
}

/* ---- parts of the dataset ---- */

/* Adds nothing for a text that is missing: null says nothing here. */
static void
add(struct view *view, cJSON *object, const char *name, const char *text)
{
	if (text != NULL && text[0] != '\0')
		put_text(view, object, name, text);
}

static void
add_buffer(struct view *view, cJSON *object, const char *name,
    struct buffer *text)
{
	if (text->failed)
		err_set(view->err, EDGE_TEMPORARY, "page: out of memory");
	else
		add(view, object, name, buffer_text(text));
	buffer_free(text);
}

static void
add_address(struct view *view, cJSON *object, const char *name,
    const char *address)
{
	const char *url = view->portal != NULL ? view->portal->url : NULL;
	struct buffer whole = { 0 };

	if (address == NULL)
		return;
	buffer_printf(&whole, "%s%s", url != NULL && address[0] == '/' ? url :
	    "", address);
	add_buffer(view, object, name, &whole);
}

static void
add_basins(const cJSON *page, struct buffer *out)
{
	const cJSON *basins = member(page, "basins"), *item;
	const char *between = " in ";

	cJSON_ArrayForEach(item, basins) {
		buffer_printf(out, "%s%s", between, item->valuestring);
		between = item->next != NULL && item->next->next == NULL ?
		    " and " : ", ";
	}
}

static void
add_names(struct view *view, cJSON *dataset, const cJSON *page)
{
	const char *platform = text_of(page, "platform");
	const char *kind = text_of(page, "kind");
	int number = (int)cJSON_GetNumberValue(member(page, "mission"));
	struct buffer name = { 0 }, said = { 0 };
	const cJSON *variables = member(page, "variables"), *item;
	const char *between = ": ";

	buffer_printf(&name, "%s M%d: %s mission", platform, number, kind);
	add_basins(page, &name);
	add_buffer(view, dataset, "name", &name);
	buffer_printf(&said, "Measurements of the %s %s on its mission %d",
	    kind, platform, number);
	add_basins(page, &said);
	buffer_printf(&said, ", from %.10s to %.10s",
	    text_of(page, "start") ? text_of(page, "start") : "?",
	    text_of(page, "end") ? text_of(page, "end") : "?");
	cJSON_ArrayForEach(item, variables) {
		buffer_printf(&said, "%s%s", between, item->valuestring);
		between = ", ";
	}
	buffer_add_char(&said, '.');
	add_buffer(view, dataset, "description", &said);
}

/* A mission under way has a beginning only. */
static void
add_time(struct view *view, cJSON *dataset, const cJSON *page)
{
	const char *start = text_of(page, "start"), *end = text_of(page, "end");
	struct buffer text = { 0 };

	if (start == NULL)
		return;
	buffer_printf(&text, "%s/", start);
	if (!cJSON_IsTrue(member(page, "complete")) || end == NULL ||
	    strcmp(end, start) < 0)
		buffer_add_text(&text, "..");
	else
		buffer_add_text(&text, end);
	add_buffer(view, dataset, "temporalCoverage", &text);
}

static void
add_place(struct view *view, cJSON *dataset, const cJSON *page)
{
	static const char *const names[] = { "lat_min", "lon_min", "lat_max",
		"lon_max" };
	const cJSON *bounds = member(page, "bounds");
	struct buffer box = { 0 };
	cJSON *place, *shape;
	double v[4];
	int i;

	for (i = 0; i < 4; i++) {
		v[i] = cJSON_IsNumber(member(bounds, names[i])) ?
		    member(bounds, names[i])->valuedouble : NAN;
		buffer_printf(&box, "%s%.5f", i > 0 ? " " : "", v[i]);
	}
	if (!(v[0] <= v[2] && v[1] <= v[3])) {
		buffer_free(&box);
		return;
	}
	place = put_object(view, dataset, "spatialCoverage");
	add(view, place, "@type", "Place");
	shape = put_object(view, place, "geo");
	add(view, shape, "@type", "GeoShape");
	add_buffer(view, shape, "box", &box);
}

static void
add_download(struct view *view, cJSON *list, const char *type,
    const char *address)
{
	cJSON *item;

	if (address == NULL)
		return;
	item = add_object(view, list);
	add(view, item, "@type", "DataDownload");
	add(view, item, "encodingFormat", type);
	add_address(view, item, "contentUrl", address);
}

static void
add_downloads(struct view *view, cJSON *dataset, const cJSON *page)
{
	const cJSON *track = member(page, "track");
	const cJSON *erddap = member(page, "erddap");
	cJSON *list = put_array(view, dataset, "distribution");

	add_download(view, list, "application/x-netcdf", text_of(erddap, "nc"));
	add_download(view, list, "text/csv", text_of(erddap, "csv"));
	add_download(view, list, "text/csv", text_of(track, "csv"));
	add_download(view, list, "application/geo+json",
	    text_of(track, "geojson"));
}

static void
add_publisher(struct view *view, cJSON *dataset)
{
	const struct portal *portal = view->portal;
	const char *const roles[] = { "publisher", "creator" };
	cJSON *who;
	int i;

	if (portal == NULL)
		return;
	add(view, dataset, "license", portal->licence.url != NULL ?
	    portal->licence.url : portal->licence.name);
	for (i = 0; i < 2 && portal->publisher.name != NULL; i++) {
		who = put_object(view, dataset, roles[i]);
		add(view, who, "@type", "Organization");
		add(view, who, "name", portal->publisher.name);
		add(view, who, "url", portal->publisher.url);
	}
}

void
put_jsonld(struct view *view)
{
	const cJSON *page = view->out, *variables, *item;
	cJSON *dataset = put_object(view, view->out, "jsonld"), *list;

	add(view, dataset, "@context", "https://schema.org/");
	add(view, dataset, "@type", "Dataset");
	add_names(view, dataset, page);
	add_address(view, dataset, "url", text_of(page, "url"));
	add(view, dataset, "identifier", text_of(page, "identifier"));
	add_publisher(view, dataset);
	add_time(view, dataset, page);
	add_place(view, dataset, page);
	variables = member(page, "variables");
	if (cJSON_GetArraySize(variables) > 0) {
		list = put_array(view, dataset, "variableMeasured");
		cJSON_ArrayForEach(item, variables)
			add_text(view, list, item->valuestring,
			    strlen(item->valuestring));
	}
	add(view, dataset, "dateModified", text_of(page, "synced"));
	put_bool(view, dataset, "isAccessibleForFree", true);
	add_downloads(view, dataset, page);
}
