#include "geojson_line.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

static void
add_exact(struct buffer *out, double value)
{
	char text[32];
	cJSON number = { .type = cJSON_Number, .valuedouble = value,
		.valueint = (int)value };

	if (cJSON_PrintPreallocated(&number, text, sizeof text, false))
		buffer_add_text(out, text);
	else
		out->failed = true;
}

void
geojson_number(struct buffer *out, double value, int decimals)
{
	char text[64], *end;

	if (!(fabs(value) < 1e9))
		value = 0;
	if (decimals < 0) {
		add_exact(out, value);
		return;
	}
	(void)snprintf(text, sizeof text, "%.*f", decimals, value);
	if (strchr(text, '.') != NULL) {
		end = text + strlen(text);
		while (end[-1] == '0')
			*--end = '\0';
		if (end[-1] == '.')
			*--end = '\0';
	}
	buffer_add_text(out, strcmp(text, "-0") == 0 ? "0" : text);
}

void
geojson_position(struct buffer *out, double lon, double lat, int decimals)
{
	buffer_add_char(out, '[');
	geojson_number(out, lon, decimals);
	buffer_add_char(out, ',');
	geojson_number(out, lat, decimals);
	buffer_add_char(out, ']');
}

void
geojson_line_begin(struct geojson_line *line, struct buffer *out, int decimals)
{
	*line = (struct geojson_line){ .out = out, .decimals = decimals };
	buffer_add_text(out, "{\"type\":\"MultiLineString\",\"coordinates\":");
}

/* The step to x, y goes over 180 degrees: it is cut there. */
static void
add_crossing(struct geojson_line *line, double x, double y)
{
	double edge = line->lon > 0 ? 180 : -180;
	double turned = x + 2 * edge;
	double at = line->lat + (y - line->lat) * (turned == line->lon ? 0 :
	    (edge - line->lon) / (turned - line->lon));

	buffer_add_char(line->out, ',');
	geojson_position(line->out, edge, at, line->decimals);
	buffer_add_text(line->out, "],[");
	geojson_position(line->out, -edge, at, line->decimals);
	buffer_add_char(line->out, ',');
}

void
geojson_line_add(struct geojson_line *line, double lon, double lat)
{
	if (line->points == 0)
		buffer_add_text(line->out, "[[");
	else if (fabs(lon - line->lon) > 180)
		add_crossing(line, lon, lat);
	else
		buffer_add_char(line->out, ',');
	geojson_position(line->out, lon, lat, line->decimals);
	line->lon = lon;
	line->lat = lat;
	line->points++;
}

void
geojson_line_end(struct geojson_line *line)
{
	buffer_add_text(line->out, line->points == 0 ? "[]}" : "]]}");
}
