/* Names of seas: where each may stand and at which zoom. */
#include <math.h>
#include <string.h>

#include "map_parts.h"

#define SIZE_PX 12.0
#define LINE_PX 14.0
#define SPACING 1.05  /* letters stand a little apart */
#define SPLIT_COST 0.4 /* two lines are wanted less than one */

/* Positions in degrees; the name may move by the half widths given. Zoom is
 * pixels for 100 km in the middle of the frame. "|" is where a long name may
 * be broken. The more important stand first. */
static const struct sea_name {
	const char *name;
	double lon, lat, half_lon, half_lat, from, to;
} names[] = {
	{ "Atlantic|Ocean", -38, 28, 14, 14, 0, 14 },
	{ "South Atlantic|Ocean", -15, -28, 14, 12, 2.4, 14 },
	{ "Pacific|Ocean", -140, 12, 25, 20, 0, 14 },
	{ "Pacific|Ocean", 172, 18, 14, 14, 0, 14 },
	{ "South Pacific|Ocean", -125, -30, 25, 14, 2.4, 14 },
	{ "Indian|Ocean", 78, -22, 12, 14, 0, 14 },
	{ "Southern|Ocean", 20, -60, 30, 4, 2, 14 },
	{ "Southern|Ocean", -130, -62, 30, 4, 2, 14 },
	{ "Arctic|Ocean", 0, 84, 30, 4, 2, 14 },

	{ "Baltic Sea", 19.3, 57.2, 1.2, 2, 9, 34 },
	{ "North Sea", 3.2, 56.4, 2.4, 2, 8, 400 },
	{ "Norwegian Sea", 2, 67, 6, 4, 6, 120 },
	{ "Barents Sea", 38, 74, 8, 3, 6, 120 },
	{ "Greenland Sea", -6, 76, 6, 3, 6, 120 },
	{ "Labrador Sea", -54, 58, 5, 4, 5, 120 },
	{ "Mediterranean Sea", 18, 35, 6, 2, 6, 60 },
	{ "Black Sea", 34, 43.2, 4, 1, 7, 120 },
	{ "Bay of Biscay", -4.5, 45.3, 2, 1.2, 10, 400 },
	{ "Celtic Sea", -8, 50, 1.6, 1, 20, 400 },
	{ "Irish Sea", -5, 53.8, .6, .5, 40, 400 },
	{ "English|Channel", -2, 50, 1.5, .3, 30, 400 },
	{ "Caribbean Sea", -74, 15, 6, 2, 4, 60 },
	{ "Gulf of Mexico", -90, 25, 4, 2, 5, 60 },
	{ "Arabian Sea", 64, 15, 4, 4, 4, 60 },
	{ "Bay of Bengal", 88, 14, 3, 3, 4, 60 },
	{ "Bering Sea", -178, 58, 6, 2, 5, 60 },
	{ "Tasman Sea", 160, -37, 4, 4, 5, 60 },
	{ "Weddell Sea", -45, -71, 8, 2, 5, 60 },
	{ "Ross Sea", 180, -75, 8, 1.5, 5, 60 },

	{ "Gulf of|Bothnia", 20, 62.2, .8, 1.5, 16, 34 },
	{ "Skagerrak", 9.2, 58.0, 1.5, .65, 28, 1e6 },
	{ "Kattegat", 11.5, 56.85, 1.1, .8, 34, 1e6 },
	{ "Bornholm|Basin", 15.9, 55.35, 1.2, .7, 34, 1e6 },
	{ "Eastern|Gotland Basin", 19.9, 56.9, 1, 1.3, 34, 1e6 },
	{ "Western|Gotland Basin", 17.6, 57.9, .7, .9, 34, 1e6 },
	{ "Northern|Baltic Proper", 20.6, 58.95, 1.5, .5, 34, 1e6 },
	{ "Bothnian Sea", 19.6, 61.8, 1.5, 1.2, 30, 1e6 },
	{ "Bothnian Bay", 23.2, 64.8, 1.6, 1, 30, 1e6 },
	{ "Gulf of Finland", 26, 59.85, 3, .4, 30, 1e6 },
	{ "Gulf of Riga", 23.5, 57.7, .9, .65, 34, 1e6 },
	{ "Arkona|Basin", 13.7, 54.95, 1, .4, 50, 1e6 },
	{ "Gda\xc5\x84sk|Basin", 19.2, 54.9, .8, .45, 44, 1e6 },
	{ "\xc3\x85land Sea", 19.25, 60.1, .35, .4, 60, 1e6 },
	{ "The Quark", 20.9, 63.5, .4, .2, 60, 1e6 },
	{ "Bay of|Mecklenburg", 11.6, 54.3, .35, .2, 90, 1e6 },
	{ "Kiel Bay", 10.4, 54.55, .3, .15, 100, 1e6 },
	{ "Great Belt", 10.95, 55.5, .15, .4, 110, 1e6 },
	{ "The Sound", 12.75, 55.75, .12, .25, 120, 1e6 },

	{ "Han\xc3\xb6 Bight", 14.6, 55.75, .25, .15, 150, 1e6 },
	{ "Pomeranian|Bay", 14.3, 54.25, .3, .2, 120, 1e6 },
	{ "Gulf of|Gda\xc5\x84sk", 19, 54.5, .3, .12, 150, 1e6 },
	{ "Archipelago Sea", 21.6, 60.1, .4, .15, 150, 1e6 },
	{ "Irbe Strait", 21.9, 57.75, .15, .08, 200, 1e6 },
	{ "Kalmar|Strait", 16.5, 56.8, .08, .4, 150, 1e6 },
	{ "Little Belt", 9.8, 55.2, .1, .2, 200, 1e6 },
	{ "Limfjorden", 9.1, 56.75, .3, .15, 200, 1e6 },
	{ "J\xc3\xa4mmer Bay", 9.4, 57.25, .25, .1, 200, 1e6 },
	{ "Laholm Bay", 12.75, 56.55, .1, .06, 300, 1e6 },
	{ "Sk\xc3\xa4lder Bay", 12.65, 56.33, .1, .05, 400, 1e6 },
};

bool
map_sea_at(size_t at, struct map_sea *sea)
{
	if (at >= sizeof names / sizeof *names)
		return false;
	*sea = (struct map_sea){ names[at].name, names[at].lon, names[at].lat,
		names[at].from, names[at].to };
	return true;
}

/* The name in one line or in two; lines point into `text`. */
struct shape {
	char text[MAP_NAME_BYTES];
	const char *lines[2];
	double width, height, cost;
	struct map_rect rect;
};

static void
make_shape(struct shape *shape, const char *name, bool split)
{
	size_t length = strlen(name);
	char *bar;
	int i;

	length = length < sizeof shape->text ? length : sizeof shape->text - 1;
	memcpy(shape->text, name, length);
	shape->text[length] = '\0';
	shape->lines[0] = shape->text;
	shape->lines[1] = NULL;
	bar = strchr(shape->text, '|');
	if (bar != NULL) {
		*bar = split ? '\0' : ' ';
		shape->lines[1] = split ? bar + 1 : NULL;
	}
	shape->width = 0;
	for (i = 0; i < 2 && shape->lines[i] != NULL; i++)
		shape->width = fmax(shape->width, SPACING *
		    svg_text_width(shape->lines[i], SIZE_PX, false));
	shape->height = LINE_PX * i;
}

/* Where the name may stand, in pixels, and its wished-for place. */
static struct map_rect
area_of(const struct canvas *c, const struct sea_name *sea, double at[2])
{
	double lon = map_frame_turn(&c->frame, sea->lon);
	struct map_rect area;

	map_frame_xy(&c->frame, lon, sea->lat, &at[0], &at[1]);
	map_frame_xy(&c->frame, lon - sea->half_lon, sea->lat + sea->half_lat,
	    &area.left, &area.top);
	map_frame_xy(&c->frame, lon + sea->half_lon, sea->lat - sea->half_lat,
	    &area.right, &area.bottom);
	return area;
}

static void
put_name(struct canvas *c, const struct shape *shape)
{
	double x = (shape->rect.left + shape->rect.right) / 2;
	int i;

	for (i = 0; i < 2 && shape->lines[i] != NULL; i++)
		canvas_text(c, "name", x, shape->rect.top + LINE_PX * i + 11,
		    shape->lines[i]);
	map_labels_take(&c->labels, &shape->rect);
}

/* Draws a name where it fits best, in one line or in two. */
static void
try_name(struct canvas *c, const struct sea_name *sea)
{
	struct shape shapes[2], *best = NULL;
	struct map_rect area;
	double at[2];
	int n;

	area = area_of(c, sea, at);
	for (n = 0; n < (strchr(sea->name, '|') ? 2 : 1); n++) {
		make_shape(&shapes[n], sea->name, n == 1);
		if (!map_labels_within(&c->labels, &area, at[0], at[1],
		    shapes[n].width, shapes[n].height, &shapes[n].rect,
		    &shapes[n].cost))
			continue;
		shapes[n].cost += SPLIT_COST * n;
		if (best == NULL || shapes[n].cost < best->cost)
			best = &shapes[n];
	}
	if (best != NULL)
		put_name(c, best);
}

/* Whether the operator has an area of that name. */
static bool
is_outlined(const struct map *map, const struct sea_name *sea)
{
	struct shape shape;
	size_t i;

	make_shape(&shape, sea->name, false);
	for (i = 0; i < map->outlines_length; i++)
		if (map->outlines[i].name != NULL &&
		    strcmp(map->outlines[i].name, shape.text) == 0)
			return true;
	return false;
}

void
canvas_seas(struct canvas *c)
{
	struct map_point middle = map_frame_at(&c->frame,
	    c->frame.width / 2.0, c->frame.height / 2.0);
	double zoom = 100 * map_frame_km(&c->frame, middle.lat);
	size_t i;

	for (i = 0; i < c->map->outlines_length; i++) {
		const struct map_outline *o = &c->map->outlines[i];
		const struct sea_name sea = { o->name, o->at.lon, o->at.lat,
			o->half_lon, o->half_lat, o->from, INFINITY };

		if (o->name != NULL && zoom >= o->from)
			try_name(c, &sea);
	}
	for (i = 0; i < sizeof names / sizeof *names; i++)
		if (zoom >= names[i].from && zoom <= names[i].to &&
		    !is_outlined(c->map, &names[i]))
			try_name(c, &names[i]);
}
