#include "map_frame.h"

#include <math.h>

#include "polyline.h"

#define DEGREES (180 / 3.14159265358979323846)
#define KM_PER_DEGREE 111.195   /* of a sphere of 6371 km */
#define MERCATOR_LAT_MOST 85.0  /* beyond, Mercator shows mostly itself */
#define MERCATOR_SPAN_MOST 75.0 /* degrees of latitude */
#define STRETCH_MOST 8          /* as at 83 degrees */
#define LEAST_DEGREES 0.02      /* about 2 km: beyond, tracks are noise */
#define MARGIN 0.05             /* of the shorter side */
#define MARGIN_LEAST_PX 14.0

const struct map_box map_box_baltic = { 8.5, 53.8, 26.5, 65.8 };

/* ---- extents ---- */

void
map_extent_begin(struct map_extent *extent)
{
	size_t i;

	extent->points = 0;
	extent->south = 90;
	extent->north = -90;
	for (i = 0; i < 360; i++) {
		extent->low[i] = 1000;
		extent->high[i] = -1000;
	}
}

void
map_extent_point(struct map_extent *extent, struct map_point point)
{
	double lon = point.lon, lat = point.lat;
	size_t bin;

	if (!isfinite(lon) || !isfinite(lat) || fabs(lat) > 90 ||
	    fabs(lon) > 3600)
		return;
	lon -= 360 * floor((lon + 180) / 360);
	bin = (size_t)floor(lon + 180);
	bin = bin > 359 ? 359 : bin;
	extent->low[bin] = fmin(extent->low[bin], lon);
	extent->high[bin] = fmax(extent->high[bin], lon);
	extent->south = fmin(extent->south, lat);
	extent->north = fmax(extent->north, lat);
	extent->points++;
}

void
map_extent_line(struct map_extent *extent, const char *line)
{
	struct polyline at;
	struct map_point point;

	polyline_begin(&at, line);
	while (polyline_next(&at, &point.lon, &point.lat))
		map_extent_point(extent, point);
}

void
map_extent_box(struct map_extent *extent, const struct map_box *box)
{
	double lon;

	if (!(box->east >= box->west && box->east - box->west <= 720))
		return;
	for (lon = box->west; lon < box->east; lon += 0.5) {
		map_extent_point(extent, (struct map_point){ lon, box->south });
		map_extent_point(extent, (struct map_point){ lon, box->north });
	}
	map_extent_point(extent, (struct map_point){ box->east, box->south });
	map_extent_point(extent, (struct map_point){ box->east, box->north });
}

/* The box is what is left of the circle without its widest empty arc. */
static void
find_longitudes(const struct map_extent *extent, struct map_box *box)
{
	double before = 0, first = 0, gap = -1, arc;
	bool any = false;
	size_t i;

	for (i = 0; i < 360; i++) {
		if (extent->low[i] > extent->high[i])
			continue;
		arc = extent->low[i] - before;
		if (any && arc > gap) {
			gap = arc;
			box->west = extent->low[i];
			box->east = before + 360;
		}
		if (!any)
			first = extent->low[i];
		before = extent->high[i];
		any = true;
	}
	if (first + 360 - before >= gap) {
		gap = first + 360 - before;
		box->west = first;
		box->east = before;
	}
	if (gap < 60) { /* all around the globe */
		box->west = -180;
		box->east = 180;
	}
}

static void
widen(double *low, double *high, double least)
{
	double more = (least - (*high - *low)) / 2;

	if (more > 0) {
		*low -= more;
		*high += more;
	}
}

bool
map_extent_find(const struct map_extent *extent, double least_km,
    struct map_box *box)
{
	double middle, least = least_km / KM_PER_DEGREE;

	*box = map_box_baltic;
	if (extent->points == 0)
		return false;
	find_longitudes(extent, box);
	box->south = extent->south;
	box->north = extent->north;
	if (!(least > LEAST_DEGREES))
		least = LEAST_DEGREES;
	least = fmin(least, 90);
	middle = (box->south + box->north) / 2;
	widen(&box->south, &box->north, least);
	widen(&box->west, &box->east,
	    fmin(360, least / fmax(0.1, cos(middle / DEGREES))));
	if (box->south < -90) {
		box->north = fmin(90, box->north - 90 - box->south);
		box->south = -90;
	}
	if (box->north > 90) {
		box->south = fmax(-90, box->south + 90 - box->north);
		box->north = 90;
	}
	while (box->west < -180) {
		box->west += 360;
		box->east += 360;
	}
	return true;
}

/* ---- projection ---- */

static double
mercator(double lat)
{
	double s;

	if (lat > 89.9)
		lat = 89.9;
	else if (lat < -89.9)
		lat = -89.9;
	s = sin(lat / DEGREES);
	return log((1 + s) / (1 - s)) * (DEGREES / 2);
}

static double
ordinate(const struct map_frame *frame, double lat)
{
	return frame->projection == MAP_MERCATOR ? mercator(lat) :
	    lat * frame->stretch;
}

void
map_frame_xy(const struct map_frame *frame, double lon, double lat, double *x,
    double *y)
{
	*x = (lon - frame->west) * frame->scale;
	*y = (frame->top - ordinate(frame, lat)) * frame->scale;
}

struct map_point
map_frame_at(const struct map_frame *frame, double x, double y)
{
	double up = frame->top - y / frame->scale;

	return (struct map_point){
		frame->west + x / frame->scale,
		frame->projection == MAP_MERCATOR ?
		    2 * DEGREES * atan(exp(up / DEGREES)) - 90 :
		    up / frame->stretch
	};
}

double
map_frame_turn(const struct map_frame *frame, double lon)
{
	double middle = frame->west + frame->width / frame->scale / 2;

	return lon - 360 * floor((lon - middle + 180) / 360);
}

double
map_frame_km(const struct map_frame *frame, double lat)
{
	return frame->scale / (KM_PER_DEGREE *
	    fmax(0.01, cos(lat / DEGREES)));
}

/* ---- fitting ---- */

static bool
good_box(const struct map_box *box)
{
	return isfinite(box->west) && isfinite(box->east) &&
	    box->east >= box->west && box->east - box->west <= 360 &&
	    fabs(box->west) <= 540 && box->north >= box->south &&
	    box->south >= -90 && box->north <= 90;
}

/* A point is a box too; nonsense is the world. */
static struct map_box
mended(const struct map_box *box)
{
	struct map_box mend = *box;

	if (!good_box(box))
		return (struct map_box){ -180, -65, 180, 80 };
	widen(&mend.west, &mend.east, LEAST_DEGREES);
	widen(&mend.south, &mend.north, LEAST_DEGREES / 2);
	mend.south = fmax(mend.south, -90);
	mend.north = fmin(mend.north, 90);
	return mend;
}

/* Sets scale, west and top so that the box is in the middle. */
static void
centre(struct map_frame *frame, const struct map_box *box)
{
	double low = ordinate(frame, box->south);
	double high = ordinate(frame, box->north);
	double margin = fmax(MARGIN_LEAST_PX,
	    MARGIN * fmin(frame->width, frame->height));

	if (box->east - box->west >= 359)
		margin = 0;
	frame->scale = fmin((frame->width - 2 * margin) /
	    (box->east - box->west), (frame->height - 2 * margin) /
	    fmax(high - low, 1e-9));
	frame->scale = fmin(frame->scale,
	    fmin(frame->width, frame->height) / LEAST_DEGREES);
	frame->west = (box->west + box->east) / 2 -
	    frame->width / frame->scale / 2;
	frame->top = (low + high) / 2 + frame->height / frame->scale / 2;
}

static void
choose_projection(struct map_frame *frame, const struct map_box *box)
{
	double middle = (box->south + box->north) / 2;
	double bottom;

	frame->projection = MAP_MERCATOR;
	frame->stretch = 1;
	if (box->south > -MERCATOR_LAT_MOST && box->north <
	    MERCATOR_LAT_MOST && box->north - box->south <
	    MERCATOR_SPAN_MOST) {
		centre(frame, box);
		bottom = frame->top - frame->height / frame->scale;
		if (frame->top <= mercator(MERCATOR_LAT_MOST) &&
		    bottom >= -mercator(MERCATOR_LAT_MOST))
			return;
	}
	frame->projection = MAP_PLATE;
	frame->stretch = fmin(STRETCH_MOST, 1 / fmax(0.01,
	    cos(middle / DEGREES)));
	centre(frame, box);
}

/* No more of nothing beyond the poles than the shape of the frame asks for. */
static void
keep_on_globe(struct map_frame *frame)
{
	double high = frame->height / frame->scale;
	double pole = 90 * frame->stretch;

	if (frame->projection != MAP_PLATE || high >= 2 * pole)
		return;
	frame->top = fmin(frame->top, pole);
	frame->top = fmax(frame->top, high - pole);
}

static int
within(int value, int least, int most)
{
	return value < least ? least : value > most ? most : value;
}

void
map_frame_fit(struct map_frame *frame, const struct map_box *box, int width,
    int height)
{
	struct map_box fit = mended(box);
	struct map_point corner;

	frame->width = within(width, MAP_LEAST_PX, MAP_MOST_PX);
	frame->height = within(height, MAP_LEAST_PX, MAP_MOST_PX);
	choose_projection(frame, &fit);
	keep_on_globe(frame);
	corner = map_frame_at(frame, 0, 0);
	frame->seen.west = corner.lon;
	frame->seen.north = corner.lat;
	corner = map_frame_at(frame, frame->width, frame->height);
	frame->seen.east = corner.lon;
	frame->seen.south = corner.lat;
}

int
map_frame_height(const struct map_box *box, int width, int least, int most)
{
	struct map_frame frame;
	struct map_box fit = mended(box);
	double high, wide;

	frame.width = frame.height = within(width, MAP_LEAST_PX, MAP_MOST_PX);
	choose_projection(&frame, &fit);
	high = ordinate(&frame, fit.north) - ordinate(&frame, fit.south);
	wide = fit.east - fit.west;
	return within((int)lround(fmin(1e4, width * high / wide)), least,
	    most);
}

double
map_step(double px, double least_px)
{
	static const double steps[] = { 1.0 / 60, 2.0 / 60, 5.0 / 60,
		10.0 / 60, 15.0 / 60, 30.0 / 60, 1, 2, 5, 10, 15, 30, 45 };
	size_t i;

	for (i = 0; i < sizeof steps / sizeof *steps; i++)
		if (steps[i] * px >= least_px)
			return steps[i];
	return 90;
}
