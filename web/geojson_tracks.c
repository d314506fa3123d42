/* The tracks of a page's map as GeoJSON (RFC 7946): a line for each mission,
 * then a point for each position that the picture marks. "bbox" is what the
 * picture shows; "legend" stands beside the features. */
#include "chart.h"
#include "geojson_line.h"
#include "map_draw.h"
#include "polyline.h"
#include "views.h"

/* Tracks are simplified to 60 m and more: a dozen metres are enough. */
#define DECIMALS 4

static const cJSON *
member(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

static void
add_item(struct buffer *out, const cJSON *item)
{
	char *text = item != NULL ? cJSON_PrintUnformatted(item) : NULL;

	buffer_add_text(out, text != NULL ? text : "null");
	out->failed = out->failed || (item != NULL && text == NULL);
	cJSON_free(text);
}

/* What stands in the page for the drawing alone is left out, and null. */
static void
add_properties(struct buffer *out, const cJSON *track)
{
	static const char *const names[] = { "platform", "mission", "name",
		"kind", "year", "start", "end", "project", "url", "live",
		"highlight", "class" };
	bool first = true;
	size_t i;

	buffer_add_text(out, ",\"properties\":{");
	for (i = 0; i < sizeof names / sizeof *names; i++) {
		const cJSON *item = member(track, names[i]);

		if (item == NULL || cJSON_IsNull(item))
			continue;
		buffer_printf(out, "%s\"%s\":", first ? "" : ",", names[i]);
		add_item(out, item);
		first = false;
	}
	buffer_add_text(out, "}}");
}

static void
add_track(struct buffer *out, const cJSON *track)
{
	struct geojson_line line;
	struct polyline points;
	double lon = 0, lat = 0;

	buffer_add_text(out, "{\"type\":\"Feature\",\"geometry\":");
	polyline_begin(&points, cJSON_GetStringValue(member(track, "line")));
	geojson_line_begin(&line, out, DECIMALS);
	while (polyline_next(&points, &lon, &lat))
		geojson_line_add(&line, lon, lat);
	/* A line has two positions at least. */
	if (line.points == 1)
		geojson_line_add(&line, lon, lat);
	geojson_line_end(&line);
	add_properties(out, track);
}

static void
add_dot(struct buffer *out, const cJSON *track)
{
	const cJSON *lon = member(track, "lon"), *lat = member(track, "lat");

	if (!cJSON_IsTrue(member(track, "dot")) || !cJSON_IsNumber(lon) ||
	    !cJSON_IsNumber(lat))
		return;
	buffer_add_text(out, ",\n{\"type\":\"Feature\",\"geometry\":"
	    "{\"type\":\"Point\",\"coordinates\":");
	geojson_position(out, lon->valuedouble, lat->valuedouble, DECIMALS);
	buffer_add_char(out, '}');
	add_properties(out, track);
}

/* What the picture is made to hold. A box over the antimeridian has its west
 * east of its east (§5.2). */
static void
add_bbox(struct buffer *out, const cJSON *page)
{
	struct map_box box;

	if (!chart_box(page, &box)) {
		out->failed = true;
		return;
	}
	buffer_add_text(out, "\"bbox\":[");
	geojson_number(out, box.west, DECIMALS);
	buffer_add_char(out, ',');
	geojson_number(out, box.south, DECIMALS);
	buffer_add_char(out, ',');
	geojson_number(out, box.east > 180 ? box.east - 360 : box.east,
	    DECIMALS);
	buffer_add_char(out, ',');
	geojson_number(out, box.north, DECIMALS);
	buffer_add_char(out, ']');
}

bool
write_tracks_geojson(const cJSON *page, struct buffer *out,
    struct edge_err *err)
{
	const cJSON *tracks = member(page, "tracks"), *track;
	bool first = true;

	buffer_add_text(out, "{\"type\":\"FeatureCollection\",");
	add_bbox(out, page);
	buffer_add_text(out, ",\"title\":");
	add_item(out, member(page, "title"));
	buffer_add_text(out, ",\"legend\":");
	add_item(out, member(page, "legend"));
	buffer_add_text(out, ",\"generation\":");
	add_item(out, member(page, "generation"));
	buffer_add_text(out, ",\"features\":[\n");
	cJSON_ArrayForEach(track, tracks) {
		if (!first)
			buffer_add_text(out, ",\n");
		first = false;
		add_track(out, track);
	}
	cJSON_ArrayForEach(track, tracks)
		add_dot(out, track);
	buffer_add_text(out, "]}\n");
	return !out->failed || err_set(err, EDGE_TEMPORARY,
	    "GeoJSON: out of memory");
}

/* Whether an area of the operator has this name, "|" being a space. */
static bool
is_outlined(const cJSON *outlines, const char *name)
{
	const cJSON *item;
	const char *own;
	size_t i;

	cJSON_ArrayForEach(item, outlines) {
		own = cJSON_GetStringValue(member(item, "name"));
		for (i = 0; own != NULL && name[i] != '\0' &&
		    own[i] == (name[i] == '|' ? ' ' : name[i]); i++)
			continue;
		if (own != NULL && name[i] == '\0' && own[i] == '\0')
			return true;
	}
	return false;
}

/* The operator's sea areas: their outlines, and the names as points. */
static void
add_outlines(struct buffer *out, const cJSON *outlines)
{
	const cJSON *item;
	struct polyline line;
	double lon, lat;
	bool first;

	cJSON_ArrayForEach(item, outlines) {
		buffer_add_text(out, ",\n{\"type\":\"Feature\",\"geometry\":"
		    "{\"type\":\"LineString\",\"coordinates\":[");
		polyline_begin(&line, cJSON_GetStringValue(member(item,
		    "line")));
		for (first = true; polyline_next(&line, &lon, &lat);
		    first = false) {
			if (!first)
				buffer_add_char(out, ',');
			geojson_position(out, lon, lat, DECIMALS);
		}
		buffer_add_text(out, "]},\"properties\":{}}");
		if (!cJSON_IsString(member(item, "name")))
			continue;
		buffer_add_text(out, ",\n{\"type\":\"Feature\",\"geometry\":"
		    "{\"type\":\"Point\",\"coordinates\":");
		geojson_position(out, member(item, "lon")->valuedouble,
		    member(item, "lat")->valuedouble, DECIMALS);
		buffer_add_text(out, "},\"properties\":{\"name\":");
		add_item(out, member(item, "name"));
		buffer_add_text(out, ",\"from\":");
		geojson_number(out, member(item, "from")->valuedouble, 1);
		buffer_add_text(out, ",\"to\":1000000}}");
	}
}

bool
write_seas_geojson(const cJSON *page, struct buffer *out,
    struct edge_err *err)
{
	const cJSON *outlines = member(page, "outlines");
	struct map_sea sea;
	bool first = true;
	size_t i;

	buffer_add_text(out, "{\"type\":\"FeatureCollection\",\"features\":[");
	for (i = 0; map_sea_at(i, &sea); i++) {
		if (is_outlined(outlines, sea.name))
			continue;
		buffer_printf(out, "%s\n{\"type\":\"Feature\",\"geometry\":"
		    "{\"type\":\"Point\",\"coordinates\":", first ? "" : ",");
		first = false;
		geojson_position(out, sea.lon, sea.lat, DECIMALS);
		buffer_printf(out, "},\"properties\":{\"name\":\"%s\",\"from\":",
		    sea.name);
		geojson_number(out, sea.from, 1);
		buffer_add_text(out, ",\"to\":");
		geojson_number(out, sea.to, 1);
		buffer_add_text(out, "}}");
	}
	add_outlines(out, outlines);
	buffer_add_text(out, "]}\n");
	return !out->failed || err_set(err, EDGE_TEMPORARY,
	    "GeoJSON: out of memory");
}
