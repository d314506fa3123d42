/* portal_basins.c: the outlines of the operator's sea areas, from GeoJSON, as
 * maps draw them: one encoded polyline a ring. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../schema/file.h"
#include "map_draw.h"
#include "map_line.h"
#include "polyline.h"
#include "portal_internal.h"
#include "request.h"

#define FILE_BYTES ((size_t)8 << 20)
#define AREAS_MOST 200
#define POINTS_MOST 30000  /* after simplifying */
#define TOLERANCE 0.002    /* degrees: about 200 m */
#define NAME_MOST (MAP_NAME_BYTES - 1)
#define NAME_PX 100.0      /* a name, about */
#define KM_PER_DEGREE 111.2

/* A file of areas while it is read. */
struct areas {
	struct reading *r;
	const char *path;       /* of the member of the portal's file */
	const char *file;
	cJSON *outlines;
	size_t points;
	struct map_line line;   /* scratch */
	bool bad;               /* a first problem has been told */
};

static void
fault(struct areas *areas, int feature, const char *text)
{
	if (!areas->bad && feature < 0)
		portal_problem(areas->r, areas->path, "%.120s %s",
		    areas->file, text);
	else if (!areas->bad)
		portal_problem(areas->r, areas->path, "%.120s: features[%d] "
		    "%s", areas->file, feature, text);
	areas->bad = true;
}

/* A position; false when it is none. */
static bool
read_position(const cJSON *item, double *lon, double *lat)
{
	const cJSON *x = item->child, *y = x != NULL ? x->next : NULL;

	if (!cJSON_IsArray(item) || !cJSON_IsNumber(x) || !cJSON_IsNumber(y))
		return false;
	*lon = x->valuedouble;
	*lat = y->valuedouble;
	return fabs(*lon) <= 180 && fabs(*lat) <= 90;
}

/* Reads a ring into areas->line, as longitude and latitude. */
static bool
read_ring(struct areas *areas, const cJSON *ring)
{
	struct map_line *line = &areas->line;
	const cJSON *item;
	double lon, lat;

	map_line_clear(line);
	if (!cJSON_IsArray(ring))
		return false;
	cJSON_ArrayForEach(item, ring) {
		if (!read_position(item, &lon, &lat))
			return false;
		map_line_add(line, lon, lat, false);
	}
	if (line->failed || line->length < 4 ||
	    line->at[0].x != line->at[line->length - 1].x ||
	    line->at[0].y != line->at[line->length - 1].y)
		return false;
	map_line_simplify(line, TOLERANCE);
	return true;
}

/* Adds the ring in areas->line; a name stands in its middle where the map is
 * large enough for it. */
static void
add_outline(struct areas *areas, const char *name)
{
	const struct map_rect box = map_line_rect(&areas->line);
	double lat = (box.top + box.bottom) / 2;
	double km = (box.right - box.left) * KM_PER_DEGREE *
	    fmax(.01, cos(lat * .017453292519943295));
	struct polyline_writer writer = { 0, 0 };
	struct buffer text = { 0 };
	cJSON *outline = cJSON_CreateObject();
	size_t i;

	for (i = 0; i < areas->line.length; i++)
		polyline_add(&writer, areas->line.at[i].x,
		    areas->line.at[i].y, &text);
	areas->points += areas->line.length;
	cJSON_AddStringToObject(outline, "line", buffer_text(&text));
	if (name != NULL)
		cJSON_AddStringToObject(outline, "name", name);
	else
		cJSON_AddNullToObject(outline, "name");
	cJSON_AddNumberToObject(outline, "lon", (box.left + box.right) / 2);
	cJSON_AddNumberToObject(outline, "lat", lat);
	cJSON_AddNumberToObject(outline, "half_lon",
	    (box.right - box.left) / 4);
	cJSON_AddNumberToObject(outline, "half_lat",
	    (box.bottom - box.top) / 4);
	cJSON_AddNumberToObject(outline, "from", fmin(1e5, 100 * NAME_PX /
	    fmax(km, .1)));
	cJSON_AddItemToArray(areas->outlines, outline);
	buffer_free(&text);
}

/* The rings of one polygon; the first carries the name. */
static void
read_polygon(struct areas *areas, int feature, const cJSON *polygon,
    const char *name)
{
	const cJSON *ring;

	if (!cJSON_IsArray(polygon) || polygon->child == NULL) {
		fault(areas, feature, "is a polygon without rings");
		return;
	}
	cJSON_ArrayForEach(ring, polygon) {
		if (!read_ring(areas, ring)) {
			fault(areas, feature, "has a ring that is none: it takes four or "
			    "more [longitude, latitude], the last the same as "
			    "the first");
			return;
		}
		add_outline(areas, ring == polygon->child ? name : NULL);
	}
}

static const char *
name_of(const cJSON *feature)
{
	static const char *const names[] = { "name", "Name", "NAME" };
	const cJSON *properties = cJSON_GetObjectItemCaseSensitive(feature,
	    "properties");
	const char *name;
	size_t i;

	for (i = 0; i < sizeof names / sizeof *names; i++) {
		name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(
		    properties, names[i]));
		if (name != NULL && name[0] != '\0')
			return name;
	}
	return NULL;
}

static void
read_feature(struct areas *areas, int at, const cJSON *feature)
{
	const cJSON *geometry = cJSON_GetObjectItemCaseSensitive(feature,
	    "geometry"), *polygon;
	const cJSON *coordinates = cJSON_GetObjectItemCaseSensitive(geometry,
	    "coordinates");
	const char *type = cJSON_GetStringValue(
	    cJSON_GetObjectItemCaseSensitive(geometry, "type"));
	const char *name = name_of(feature);

	if (name == NULL || strlen(name) > NAME_MOST ||
	    !request_text_valid(name, strlen(name)))
		fault(areas, at, "lacks a property name of at most 60 bytes");
	else if (type != NULL && strcmp(type, "Polygon") == 0)
		read_polygon(areas, at, coordinates, name);
	else if (type != NULL && strcmp(type, "MultiPolygon") == 0)
		cJSON_ArrayForEach(polygon, coordinates)
			read_polygon(areas, at, polygon, polygon ==
			    coordinates->child ? name : NULL);
	else
		fault(areas, at, "is neither a Polygon nor a MultiPolygon");
}

static void
read_collection(struct areas *areas, const cJSON *root)
{
	const cJSON *features = cJSON_GetObjectItemCaseSensitive(root,
	    "features"), *feature;
	int at = 0;

	if (!cJSON_IsArray(features) ||
	    cJSON_GetArraySize(features) > AREAS_MOST) {
		fault(areas, -1, "is no GeoJSON FeatureCollection of at most "
		    "200 features");
		return;
	}
	cJSON_ArrayForEach(feature, features) {
		read_feature(areas, at++, feature);
		if (areas->points > POINTS_MOST)
			fault(areas, -1, "has too many points for a map even "
			    "when simplified to 200 m; simplify it more");
		if (areas->bad)
			return;
	}
}

void
portal_read_basins(struct reading *r, cJSON *item, const char *path)
{
	const char *name = portal_text(r, item, path, PORTAL_PATH_BYTES);
	const char *file = name != NULL ? portal_beside(r, name) : NULL;
	struct areas areas = { .r = r, .path = path, .file = file };
	struct edge_err err = { 0 };
	size_t length;
	char *bytes = file != NULL ? file_read(file, FILE_BYTES, &length,
	    &err) : NULL;
	cJSON *root;

	if (bytes == NULL) {
		if (file != NULL)
			portal_problem(r, path, "%s", err.text);
		return;
	}
	areas.outlines = cJSON_AddArrayToObject(r->own, "outlines");
	root = cJSON_Parse(bytes);
	if (root == NULL)
		fault(&areas, -1, "is not JSON");
	else
		read_collection(&areas, root);
	r->portal->outlines = areas.outlines;
	cJSON_Delete(root);
	map_line_free(&areas.line);
	free(bytes);
}
