#include "polyline.h"

#include <math.h>
#include <stddef.h>

#define UNITS 1e5            /* per degree */
#define LAT_MOST 9000000     /* 90 degrees */
#define LON_MOST 18000000    /* 180 degrees */
#define SHIFT_MOST 25        /* a difference has 27 bits at most */

void
polyline_begin(struct polyline *line, const char *text)
{
	line->at = text != NULL ? text : "";
	line->lat = line->lon = 0;
}

static bool
next_difference(const char **at, int64_t *sum)
{
	uint64_t bits = 0;
	unsigned shift = 0, c;

	do {
		c = (unsigned char)**at;
		if (c < 63 || c > 126 || shift > SHIFT_MOST)
			return false;
		c -= 63;
		bits |= (uint64_t)(c & 31) << shift;
		shift += 5;
		(*at)++;
	} while ((c & 32) != 0);
	*sum += bits & 1 ? -(int64_t)(bits >> 1) - 1 : (int64_t)(bits >> 1);
	return true;
}

bool
polyline_next(struct polyline *line, double *lon, double *lat)
{
	if (*line->at == '\0' || !next_difference(&line->at, &line->lat) ||
	    !next_difference(&line->at, &line->lon) ||
	    line->lat < -LAT_MOST || line->lat > LAT_MOST ||
	    line->lon < -LON_MOST || line->lon > LON_MOST) {
		line->at = "";
		return false;
	}
	*lat = (double)line->lat / UNITS;
	*lon = (double)line->lon / UNITS;
	return true;
}

static void
add_difference(int64_t difference, struct buffer *out)
{
	uint64_t bits = difference < 0 ? ~((uint64_t)difference << 1) :
	    (uint64_t)difference << 1;

	for (; bits >= 32; bits >>= 5)
		buffer_add_char(out, (char)((bits & 31) + 32 + 63));
	buffer_add_char(out, (char)(bits + 63));
}

void
polyline_add(struct polyline_writer *writer, double lon, double lat,
    struct buffer *out)
{
	int64_t x = (int64_t)round(lon * UNITS), y = (int64_t)round(lat *
	    UNITS);

	add_difference(y - writer->lat, out);
	add_difference(x - writer->lon, out);
	writer->lat = y;
	writer->lon = x;
}
