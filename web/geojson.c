/* Pages as GeoJSON (RFC 7946: WGS 84, longitude first). */
#include <string.h>

#include "geojson.h"
#include "geojson_line.h"
#include "polyline.h"
#include "views.h"

#define DECIMALS 4 /* of simplified tracks */

static void
add_item(struct buffer *out, const cJSON *item)
{
	char *text = cJSON_PrintUnformatted(item);

	if (text != NULL)
		buffer_add_text(out, text);
	else
		out->failed = true;
	cJSON_free(text);
}

static const cJSON *
member(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

/* False when the item has no position. */
static bool
position_of(const cJSON *item, double *lon, double *lat)
{
	const cJSON *x = member(item, "lon"), *y = member(item, "lat");

	if (!cJSON_IsNumber(x) || !cJSON_IsNumber(y))
		return false;
	*lon = x->valuedouble;
	*lat = y->valuedouble;
	return true;
}

/* The members of the item but for its position or line. */
static void
add_properties(struct buffer *out, const cJSON *item)
{
	const cJSON *m;
	bool first = true;

	buffer_add_text(out, ",\"properties\":{");
	cJSON_ArrayForEach(m, item) {
		if (strcmp(m->string, "lon") == 0 ||
		    strcmp(m->string, "lat") == 0 ||
		    strcmp(m->string, "line") == 0)
			continue;
		if (!first)
			buffer_add_char(out, ',');
		first = false;
		buffer_add_char(out, '"');
		buffer_add_text(out, m->string);
		buffer_add_text(out, "\":");
		add_item(out, m);
	}
	buffer_add_text(out, "}}");
}

static void
add_point(struct buffer *out, const cJSON *item)
{
	double lon, lat;

	buffer_add_text(out, "{\"type\":\"Feature\",\"geometry\":");
	if (position_of(item, &lon, &lat)) {
		buffer_add_text(out, "{\"type\":\"Point\",\"coordinates\":");
		geojson_position(out, lon, lat, GEOJSON_EXACT);
		buffer_add_char(out, '}');
	} else
		buffer_add_text(out, "null");
	add_properties(out, item);
}

static void
add_line(struct buffer *out, const cJSON *items)
{
	struct geojson_line line;
	const cJSON *item;
	double lon, lat;

	geojson_line_begin(&line, out, GEOJSON_EXACT);
	cJSON_ArrayForEach(item, items)
		if (position_of(item, &lon, &lat))
			geojson_line_add(&line, lon, lat);
	geojson_line_end(&line);
}

/* The line of an encoded polyline; false when it has less than two points. */
static bool
add_encoded(struct buffer *out, const char *text)
{
	struct polyline points;
	struct geojson_line line;
	double lon, lat;
	int count = 0;

	polyline_begin(&points, text);
	while (count < 2 && polyline_next(&points, &lon, &lat))
		count++;
	if (count < 2)
		return false;
	polyline_begin(&points, text);
	geojson_line_begin(&line, out, DECIMALS);
	while (polyline_next(&points, &lon, &lat))
		geojson_line_add(&line, lon, lat);
	geojson_line_end(&line);
	return true;
}

static bool
finish(struct buffer *out, struct edge_err *err)
{
	return !out->failed || err_set(err, EDGE_TEMPORARY,
	    "GeoJSON: out of memory");
}

void
geojson_end(const cJSON *next_url, struct buffer *out)
{
	buffer_add_text(out, "],\"next_url\":");
	add_item(out, next_url);
	buffer_add_text(out, "}\n");
}

bool
write_track_geojson(const cJSON *page, struct buffer *out,
    struct edge_err *err)
{
	const cJSON *items = member(page, "items"), *item;

	geojson_begin(out);
	buffer_add_text(out, "{\"type\":\"Feature\",\"geometry\":");
	if (cJSON_GetArraySize(items) > 1)
		add_line(out, items);
	else
		buffer_add_text(out, "null");
	add_properties(out, member(page, "mission"));
	cJSON_ArrayForEach(item, items) {
		buffer_add_char(out, ',');
		add_point(out, item);
	}
	geojson_end(member(page, "next_url"), out);
	return finish(out, err);
}

void
geojson_begin(struct buffer *out)
{
	buffer_add_text(out, "{\"type\":\"FeatureCollection\",\"features\":[");
}

void
geojson_add_track(const cJSON *item, bool first, struct buffer *out)
{
	if (!first)
		buffer_add_char(out, ',');
	buffer_add_text(out, "{\"type\":\"Feature\",\"geometry\":");
	if (!add_encoded(out, cJSON_GetStringValue(member(item, "line"))))
		buffer_add_text(out, "null");
	add_properties(out, item);
}

bool
write_points_geojson(const cJSON *page, struct buffer *out,
    struct edge_err *err)
{
	const cJSON *item;
	bool first = true;

	geojson_begin(out);
	cJSON_ArrayForEach(item, member(page, "items")) {
		if (!first)
			buffer_add_char(out, ',');
		first = false;
		add_point(out, item);
	}
	geojson_end(member(page, "next_url"), out);
	return finish(out, err);
}
