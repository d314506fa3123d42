/* The picture of a page's map; its data are described in chart.h. */
#include <math.h>
#include <stdlib.h>

#include "chart.h"
#include "embedded.h"
#include "map_draw.h"
#include "views.h"

#define WIDTH_PHONE 450 /* up to here a picture is higher than wide */

static const cJSON *
member(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

static double
number_of(const cJSON *object, const char *name)
{
	const cJSON *item = member(object, name);

	return cJSON_IsNumber(item) ? item->valuedouble : NAN;
}

static const char *
text_of(const cJSON *object, const char *name)
{
	return cJSON_GetStringValue(member(object, name));
}

static int
colour_of(const cJSON *object)
{
	const char *text = text_of(object, "class");

	if (text == NULL)
		return MAP_GREY;
	if (text[0] == 's' && text[1] >= '1' && text[1] <= '8')
		return MAP_SERIES + text[1] - '1';
	if (text[0] == 'r' && text[1] >= '0' && text[1] <= '9')
		return MAP_RAMP + text[1] - '0';
	return MAP_GREY;
}

static void
read_track(const cJSON *item, struct map_track *track)
{
	track->line = text_of(item, "line");
	track->live = cJSON_IsTrue(member(item, "highlight"));
	track->colour = colour_of(item);
	track->name = text_of(item, "platform");
	track->last = (struct map_mark){
		.shown = cJSON_IsTrue(member(item, "dot")),
		.at = { number_of(item, "lon"), number_of(item, "lat") },
		.label = track->name };
}

static size_t
read_keys(const cJSON *legend, struct map_key *keys)
{
	const cJSON *item;
	size_t length = 0;

	cJSON_ArrayForEach(item, legend) {
		if (length == MAP_MOST_KEYS)
			break;
		keys[length].colour = colour_of(item);
		keys[length].text = text_of(item, "text");
		length += keys[length].text != NULL;
	}
	return length;
}

static size_t
read_outlines(const cJSON *list, struct map_outline *outlines)
{
	const cJSON *item;
	size_t length = 0;

	cJSON_ArrayForEach(item, list)
		outlines[length++] = (struct map_outline){
			.line = text_of(item, "line"),
			.name = text_of(item, "name"),
			.at = { number_of(item, "lon"),
			    number_of(item, "lat") },
			.half_lon = number_of(item, "half_lon"),
			.half_lat = number_of(item, "half_lat"),
			.from = number_of(item, "from") };
	return length;
}

bool
write_map_svg(const cJSON *page, struct buffer *out, struct edge_err *err)
{
	const cJSON *tracks = member(page, "tracks");
	size_t length = (size_t)cJSON_GetArraySize(tracks), i = 0;
	struct map_track *all = calloc(length + 1, sizeof *all);
	const cJSON *areas = member(page, "outlines");
	struct map_outline *outlines = calloc((size_t)cJSON_GetArraySize(areas)
	    + 1, sizeof *outlines);
	struct map_key keys[MAP_MOST_KEYS];
	struct map map = { .width = (int)number_of(page, "width"),
		.title = text_of(page, "title"), .tracks = all,
		.tracks_length = length, .keys = keys,
		.outlines = outlines };
	struct basemap region, world;
	const cJSON *item;
	bool ok = all != NULL && outlines != NULL && chart_box(page, &map.box);

	if (!ok)
		err_set(err, EDGE_TEMPORARY, "map: out of memory");
	ok = ok && basemap_open(&region, asset_basemap_region,
	    asset_basemap_region_len, err) && basemap_open(&world,
	    asset_basemap_world, asset_basemap_world_len, err);
	if (ok) {
		map.region = &region;
		map.world = &world;
		cJSON_ArrayForEach(item, tracks)
			read_track(item, &all[i++]);
		map.outlines_length = read_outlines(areas, outlines);
		/* On a phone the page beside it says what colours mean. */
		if (map.width > WIDTH_PHONE)
			map.keys_length = read_keys(member(page, "legend"),
			    keys);
		/* Fixed, so that a page can keep the place of the picture. */
		map.height = map.width > WIDTH_PHONE ? map.width * 3 / 4 :
		    map.width * 6 / 5;
		map_draw(&map, out);
	}
	free(all);
	free(outlines);
	return ok && (!out->failed ||
	    err_set(err, EDGE_TEMPORARY, "map: out of memory"));
}
