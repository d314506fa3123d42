#include "basemap.h"

#include <string.h>

#define HEADER_BYTES 32
#define LINE_BYTES 32 /* with the first point */
#define STEP_BYTES 4

enum { WEST, SOUTH, EAST, NORTH };

static uint32_t
get_u32(const unsigned char *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
	    (uint32_t)at[3] << 24;
}

static int32_t
get_i32(const unsigned char *at)
{
	return (int32_t)get_u32(at);
}

static int32_t
get_i16(const unsigned char *at)
{
	return (int16_t)(uint16_t)(at[0] | at[1] << 8);
}

/* Bytes of the line at `at`, 0 when it does not fit into `left` bytes. */
static size_t
line_bytes(const unsigned char *at, size_t left)
{
	uint32_t points;

	if (left < LINE_BYTES)
		return 0;
	points = get_u32(at + 4);
	if (at[0] >= BASEMAP_KIND_MAX || points < 2 ||
	    (left - LINE_BYTES) / STEP_BYTES < points - 1)
		return 0;
	return LINE_BYTES + (size_t)(points - 1) * STEP_BYTES;
}

bool
basemap_open(struct basemap *map, const void *bytes, size_t len,
    struct edge_err *err)
{
	const unsigned char *at = bytes;
	size_t offset = HEADER_BYTES;
	uint32_t i;

	memset(map, 0, sizeof *map);
	if (len < HEADER_BYTES || memcmp(at, "EBM1", 4) != 0)
		return err_set(err, EDGE_CONFIG, "base map: not an EBM1 file");
	map->bytes = at;
	map->len = len;
	map->units = get_u32(at + 4);
	for (i = 0; i < 4; i++)
		map->frame[i] = get_i32(at + 8 + 4 * i);
	map->lines = get_u32(at + 24);
	if (map->units < 1 || map->frame[WEST] >= map->frame[EAST] ||
	    map->frame[SOUTH] >= map->frame[NORTH])
		return err_set(err, EDGE_CONFIG, "base map: no frame");
	for (i = 0; i < map->lines; i++) {
		size_t bytes_of_line = line_bytes(at + offset, len - offset);

		if (bytes_of_line == 0)
			return err_set(err, EDGE_CONFIG,
			    "base map: line %u does not fit", (unsigned)i);
		offset += bytes_of_line;
	}
	if (offset != len)
		return err_set(err, EDGE_CONFIG, "base map: wrong length");
	return true;
}

void
basemap_rewind(const struct basemap *map, struct basemap_line *line)
{
	memset(line, 0, sizeof *line);
	line->map = map;
	line->offset = HEADER_BYTES;
}

bool
basemap_next_line(struct basemap_line *line)
{
	const struct basemap *map = line->map;
	const unsigned char *at;

	if (line->seen_lines > 0)
		line->offset += line_bytes(map->bytes + line->offset,
		    map->len - line->offset);
	if (line->seen_lines >= map->lines)
		return false;
	line->seen_lines++;
	line->seen_points = 0;
	line->cut = false;
	at = map->bytes + line->offset;
	line->kind = (enum basemap_kind)at[0];
	line->points = get_u32(at + 4);
	if (line->kind != BASEMAP_BORDER)
		line->points++;
	line->west = get_i32(at + 8) / map->units;
	line->south = get_i32(at + 12) / map->units;
	line->east = get_i32(at + 16) / map->units;
	line->north = get_i32(at + 20) / map->units;
	line->first[0] = get_i32(at + 24);
	line->first[1] = get_i32(at + 28);
	return true;
}

static bool
along_frame(const int32_t frame[4], const int32_t a[2], const int32_t b[2])
{
	return (a[0] == b[0] && (a[0] == frame[WEST] || a[0] == frame[EAST])) ||
	    (a[1] == b[1] && (a[1] == frame[SOUTH] || a[1] == frame[NORTH]));
}

bool
basemap_next_point(struct basemap_line *line, double *lon, double *lat)
{
	const unsigned char *step;
	int32_t now[2];

	if (line->seen_points >= line->points)
		return false;
	if (line->seen_points == 0 || (line->kind != BASEMAP_BORDER &&
	    line->seen_points == line->points - 1)) {
		memcpy(now, line->first, sizeof now);
	} else {
		step = line->map->bytes + line->offset + LINE_BYTES +
		    (size_t)(line->seen_points - 1) * STEP_BYTES;
		now[0] = (int32_t)((uint32_t)line->last[0] +
		    (uint32_t)get_i16(step));
		now[1] = (int32_t)((uint32_t)line->last[1] +
		    (uint32_t)get_i16(step + 2));
	}
	line->cut = line->seen_points > 0 &&
	    along_frame(line->map->frame, line->last, now);
	memcpy(line->last, now, sizeof now);
	line->seen_points++;
	*lon = now[0] / line->map->units;
	*lat = now[1] / line->map->units;
	return true;
}
