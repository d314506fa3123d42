/* Tracks: a glider is a saw-tooth at 0.3 m/s through water that moves. It is
 * steered only at the surface, so that its course wanders about the leg by
 * the set of the current and the loops of the inertial period. A sailbuoy
 * stays on top, is faster, and tacks. */
#include "demo_parts.h"

#include "sea.h"

#include <math.h>
#include <string.h>

#define METRES_PER_DEGREE 111195.0
#define CLEAR_KM 1.5            /* nobody goes nearer to land */
#define INERTIAL_HOURS 14.1     /* at 58 degrees north */
#define LOOK_AHEAD_M 4000.0     /* steering back to the leg */
#define ARRIVED_M 700.0
#define PATIENCE_DIVES 80       /* without getting nearer to the waypoint */
#define BUOY_STEP_S 1800        /* between fixes */
#define BUOY_LANE_M 3000.0      /* to either side while tacking */

/* A vehicle under way. Vectors are metres or metres a second {east, north}. */
struct vehicle {
	const struct waters *waters;
	struct rng *rng;
	double at[2];
	double from[2], to[2];  /* the leg */
	double set[2];          /* slow current */
	double swirl;           /* speed of the inertial current */
	double phase;           /* radians, where it points */
	double nearest_m;       /* so far to the end of the leg */
	int impatience;
};

static void
vector_m(const double from[2], const double to[2], double vector[2])
{
	vector[0] = (to[0] - from[0]) * METRES_PER_DEGREE *
	    cos(from[1] * (M_PI / 180));
	vector[1] = (to[1] - from[1]) * METRES_PER_DEGREE;
}

static void
start_leg(struct vehicle *vehicle, const double from[2], const double to[2])
{
	memcpy(vehicle->from, from, sizeof vehicle->from);
	memcpy(vehicle->to, to, sizeof vehicle->to);
	vehicle->nearest_m = 1e9;
	vehicle->impatience = 0;
}

static void
launch(struct vehicle *vehicle, const struct waters *waters, struct rng *rng,
    const double at[2])
{
	double moved[2] = { at[0], at[1] };

	memset(vehicle, 0, sizeof *vehicle);
	vehicle->waters = waters;
	vehicle->rng = rng;
	demo_scatter_m(moved, 400, rng);
	memcpy(vehicle->at, sea_segment(waters_sea(waters), at, moved,
	    CLEAR_KM) ? moved : at, sizeof vehicle->at);
	vehicle->phase = rng_between(rng, 0, 2 * M_PI);
	vehicle->swirl = rng_between(rng, 0.02, 0.1);
	vehicle->set[0] = 0.05 * rng_bell(rng);
	vehicle->set[1] = 0.05 * rng_bell(rng);
}

/* Weather: both currents wander, with a memory of about a day and a half. */
static void
change_current(struct vehicle *vehicle, double seconds)
{
	double part = fmin(1, seconds / 130000), kick = sqrt(2 * part);
	int axis;

	for (axis = 0; axis < 2; axis++)
		vehicle->set[axis] += -part * vehicle->set[axis] +
		    0.055 * kick * rng_bell(vehicle->rng);
	vehicle->swirl += part * (0.06 - vehicle->swirl) +
	    0.03 * kick * rng_bell(vehicle->rng);
	vehicle->phase -= 2 * M_PI * seconds / (INERTIAL_HOURS * 3600);
}

/* Drift in metres over `seconds`. */
static void
drift(const struct vehicle *vehicle, double seconds, double moved[2])
{
	moved[0] = seconds * (vehicle->set[0] +
	    vehicle->swirl * cos(vehicle->phase));
	moved[1] = seconds * (vehicle->set[1] +
	    vehicle->swirl * sin(vehicle->phase));
}

/* Where to steer: at the leg some way ahead. Returns the distance to the end
 * of the leg in metres; `aside` gets that off the leg, left positive. */
static double
steer(const struct vehicle *vehicle, double course[2], double *aside)
{
	double leg[2], here[2], ahead[2], length, along, size;

	vector_m(vehicle->from, vehicle->to, leg);
	vector_m(vehicle->from, vehicle->at, here);
	length = fmax(hypot(leg[0], leg[1]), 1);
	along = (here[0] * leg[0] + here[1] * leg[1]) / length;
	*aside = (leg[0] * here[1] - leg[1] * here[0]) / length;
	size = fmin(fmax(along, 0) + LOOK_AHEAD_M, length) / length;
	ahead[0] = leg[0] * size - here[0];
	ahead[1] = leg[1] * size - here[1];
	size = fmax(hypot(ahead[0], ahead[1]), 1);
	course[0] = ahead[0] / size;
	course[1] = ahead[1] / size;
	return along > length - ARRIVED_M / 2 ? 0 :
	    hypot(leg[0] - here[0], leg[1] - here[1]);
}

/* Moves by that many metres, or, where that would be too near to land or off
 * the charted areas, aside, back, or not at all. */
static void
go(struct vehicle *vehicle, const double moved[2])
{
	static const double turns[] = { 0, 0.9, -0.9, 1.7, -1.7, 3.1 };
	double to[2], c, s;
	size_t i;

	for (i = 0; i < sizeof turns / sizeof *turns; i++) {
		c = cos(turns[i]) * (i ? 0.6 : 1);
		s = sin(turns[i]) * (i ? 0.6 : 1);
		memcpy(to, vehicle->at, sizeof to);
		demo_move_m(to, moved[0] * c - moved[1] * s,
		    moved[0] * s + moved[1] * c);
		if (waters_area(vehicle->waters, to) != NO_AREA &&
		    sea_segment(waters_sea(vehicle->waters), vehicle->at, to,
		    CLEAR_KM)) {
			memcpy(vehicle->at, to, sizeof to);
			return;
		}
	}
}

/* Whether the leg is over: arrived, or no nearer for too long. */
static bool
leg_over(struct vehicle *vehicle, double left_m)
{
	if (left_m < ARRIVED_M)
		return true;
	if (left_m < vehicle->nearest_m - 100) {
		vehicle->nearest_m = left_m;
		vehicle->impatience = 0;
	}
	return ++vehicle->impatience > PATIENCE_DIVES;
}

static void
track_begin(struct demo_track *track)
{
	track->count = 0;
	track->distance_m = track->depth_sum_m = 0;
	track->west = track->south = 360;
	track->east = track->north = -360;
	track->areas = 0;
}

/* Six decimals, a tenth of a metre: what a receiver gives. */
static void
rounded(double at[2])
{
	at[0] = floor(at[0] * 1e6 + 0.5) / 1e6;
	at[1] = floor(at[1] * 1e6 + 0.5) / 1e6;
}

static void
add_fix(struct demo_track *track, struct fix fix, const double last[2])
{
	if (last != NULL)
		track->distance_m += sea_distance_m(last, fix.at);
	track->depth_sum_m += fix.depth_m;
	track->west = fmin(track->west, fix.at[0]);
	track->east = fmax(track->east, fix.at[0]);
	track->south = fmin(track->south, fix.at[1]);
	track->north = fmax(track->north, fix.at[1]);
	track->fixes[track->count++] = fix;
}

/* Named areas in order of the time spent there, 1 % at least. */
static void
rank_areas(struct demo_track *track, const int64_t time[AREAS + 1])
{
	int64_t total = 0;
	int area, i;

	for (area = 0; area <= AREAS; area++)
		total += time[area];
	for (area = 0; area < BASINS; area++) {
		if (time[area] == 0 || time[area] * 100 < total)
			continue;
		for (i = track->areas++; i > 0 &&
		    time[track->area[i - 1]] < time[area]; i--)
			track->area[i] = track->area[i - 1];
		track->area[i] = area;
	}
}

static void
count_area(const struct vehicle *vehicle, const double at[2], int64_t ms,
    int64_t time[AREAS + 1])
{
	int area = waters_area(vehicle->waters, at);

	time[area == NO_AREA ? AREAS : area] += ms;
}

/* The glider's route: out to its site and round it, then for some missions on
 * to a site in another basin, and perhaps a third. */
#define MAX_STAGES 3

struct route {
	struct site stages[MAX_STAGES]; /* as this mission has laid them */
	int64_t change_ms[MAX_STAGES];  /* when to go on from each */
	int stage_count, stage;
	int target, step;
};

static void
next_target(struct route *route, struct vehicle *vehicle, int64_t now_ms)
{
	const struct site *site = &route->stages[route->stage];
	const double *from = site->way[route->target];

	if (route->stage + 1 < route->stage_count && route->target == 0 &&
	    now_ms >= route->change_ms[route->stage]) {
		route->stage++;
		route->step = 1;
		start_leg(vehicle, from, route->stages[route->stage].way[0]);
		return;
	}
	if (site->loop) {
		route->target = (route->target + site->points + route->step) %
		    site->points;
	} else {
		if (route->target + route->step < 0 ||
		    route->target + route->step >= site->points)
			route->step = -route->step;
		route->target += route->step;
	}
	start_leg(vehicle, from, site->way[route->target]);
}

static void
choose_stages(struct route *route, const struct sites *sites,
    const struct mission_plan *plan, struct rng *rng)
{
	const struct site *site = &sites->list[plan->site];
	int64_t length = plan->end_ms - plan->start_ms;
	double share = rng_between(rng, 0.45, 0.7);

	route->stages[0] = *site;
	route->stage_count = 1;
	while (route->stage_count < MAX_STAGES && site->neighbours > 0 &&
	    rng_below(rng, 100) < 45) {
		route->change_ms[route->stage_count - 1] = plan->start_ms +
		    (int64_t)((double)length * share);
		share += rng_between(rng, 0.15, 0.3);
		site = &sites->list[site->neighbour[
		    rng_below(rng, site->neighbours)]];
		route->stages[route->stage_count++] = *site;
	}
}

static void
plan_route(struct route *route, struct vehicle *vehicle,
    const struct waters *waters, const struct sites *sites,
    const struct mission_plan *plan, struct rng *rng)
{
	struct site *site = &route->stages[0];
	int i;

	memset(route, 0, sizeof *route);
	choose_stages(route, sites, plan, rng);
	for (i = 0; i < route->stage_count; i++)
		site_vary(&route->stages[i], waters, rng);
	route->step = rng_below(rng, 2) ? 1 : -1;
	if (rng_below(rng, 100) < 60) {
		launch(vehicle, waters, rng, site->harbour);
		start_leg(vehicle, vehicle->at, site->way[0]);
		return;
	}
	route->target = rng_below(rng, site->points);
	launch(vehicle, waters, rng, site->way[route->target]);
	next_target(route, vehicle, plan->start_ms);
}

/* One profile: half a dive of travel, observed in the middle of it. */
static void
profile(struct demo_track *track, struct vehicle *vehicle,
    const double course[2], double speed, double seconds, struct fix *fix,
    double *last)
{
	double moved[2], before[2];

	drift(vehicle, seconds, moved);
	moved[0] += course[0] * speed * seconds;
	moved[1] += course[1] * speed * seconds;
	memcpy(before, vehicle->at, sizeof before);
	go(vehicle, moved);
	fix->at[0] = (before[0] + vehicle->at[0]) / 2;
	fix->at[1] = (before[1] + vehicle->at[1]) / 2;
	demo_scatter_m(fix->at, 30, vehicle->rng);
	rounded(fix->at);
	add_fix(track, *fix, track->count ? last : NULL);
	memcpy(last, fix->at, sizeof fix->at);
}

void
demo_track_glider(struct demo_track *track, const struct waters *waters,
    const struct sites *sites, const struct mission_plan *plan,
    struct rng *rng)
{
	int64_t time[AREAS + 1] = { 0 }, now = plan->start_ms;
	double floor_m, course[2], last[2], moved[2], aside, seconds, depth;
	double speed = rng_between(rng, 0.26, 0.34);
	double vertical = rng_between(rng, 0.14, 0.18);
	struct fix fix = { 0 };
	struct vehicle glider;
	struct route route;
	int half, dives = 0;

	track_begin(track);
	plan_route(&route, &glider, waters, sites, plan, rng);
	floor_m = waters_depth_m(waters, glider.at);
	while (track->count + 2 <= track->room) {
		if (leg_over(&glider, steer(&glider, course, &aside))) {
			next_target(&route, &glider, now);
			(void)steer(&glider, course, &aside);
		}
		/* the pilot trusts the last soundings, not the next */
		floor_m += 0.35 * (waters_depth_m(waters, glider.at) - floor_m);
		depth = fmin(floor_m - 4, 690) * rng_between(rng, 0.93, 1);
		if (dives++ < 3)
			depth = fmin(depth, 8 * dives); /* trim dives first */
		depth = fmax(depth, 3);
		seconds = dive_seconds(depth, vertical) *
		    rng_between(rng, 0.97, 1.06);
		if (now + (int64_t)(1000 * seconds) > plan->end_ms &&
		    track->count > 0)
			break;
		for (half = 0; half < 2; half++) {
			fix.time_ms = now + (int64_t)(seconds * (half ? 0.68 :
			    0.24)) * 1000;
			fix.depth_m = floor(10 * depth * (half ?
			    rng_between(rng, 0.985, 1) : 1) + 0.5) / 10;
			profile(track, &glider, course, speed, seconds * 0.45,
			    &fix, last);
			fix.number += rng_below(rng, 300) ? 1 : 2;
			count_area(&glider, fix.at, (int64_t)(500 * seconds),
			    time);
		}
		/* at the surface, calling home: it only drifts */
		drift(&glider, seconds * 0.1, moved);
		moved[0] += 25 * rng_bell(rng);
		moved[1] += 25 * rng_bell(rng);
		go(&glider, moved);
		change_current(&glider, seconds);
		now += (int64_t)seconds * 1000;
	}
	rank_areas(track, time);
}

/* Somewhere else that can be sailed to in a straight line; the nearer a
 * choice is to going on as before, the more often it is made. */
static void
next_passage(struct vehicle *buoy)
{
	double leg[2], to[2], heading, far_m;
	int try;

	vector_m(buoy->from, buoy->to, leg);
	heading = atan2(leg[1], leg[0]);
	for (try = 0; try < 300; try++) {
		heading += rng_between(buoy->rng, -1, 1) * (0.4 + try * 0.02);
		far_m = 1000 * rng_between(buoy->rng, try < 150 ? 20 : 6,
		    110 - try * 0.3);
		memcpy(to, buoy->at, sizeof to);
		demo_move_m(to, far_m * cos(heading), far_m * sin(heading));
		if (demo_leg_clear(buoy->waters, NO_AREA, buoy->at, to,
		    try < 150 ? 6 : 1.6))
			break;
	}
	if (try == 300)
		memcpy(to, buoy->from, sizeof to);
	start_leg(buoy, buoy->at, to);
}

void
demo_track_sailbuoy(struct demo_track *track, const struct waters *waters,
    const struct sites *sites, const struct mission_plan *plan,
    struct rng *rng)
{
	int64_t time[AREAS + 1] = { 0 }, step_ms = BUOY_STEP_S * MS_PER_SECOND;
	double course[2], moved[2], last[2], aside, speed = 0.75, wind = 0.5;
	double side = 1, seconds, lean;
	struct fix fix = { 0 };
	struct vehicle buoy;

	track_begin(track);
	if ((size_t)((plan->end_ms - plan->start_ms) / step_ms) + 1 >
	    track->room)
		step_ms = (plan->end_ms - plan->start_ms) /
		    (int64_t)track->room + 1;
	seconds = (double)step_ms / 1000;
	launch(&buoy, waters, rng, sites->list[plan->site].harbour);
	start_leg(&buoy, buoy.at, sites->list[plan->site].way[0]);
	for (fix.time_ms = plan->start_ms; fix.time_ms <= plan->end_ms &&
	    track->count < track->room; fix.time_ms += step_ms) {
		memcpy(fix.at, buoy.at, sizeof fix.at);
		rounded(fix.at);
		if (track->count > 3 && rng_below(rng, 70) == 0) {
			track->fixes[track->count] = fix;
			if (rng_below(rng, 5) > 0)
				track->fixes[track->count].at[0] = NAN;
			track->fixes[track->count++].at[1] = NAN;
		} else {
			add_fix(track, fix, track->count ? last : NULL);
			memcpy(last, fix.at, sizeof last);
		}
		count_area(&buoy, fix.at, step_ms, time);
		fix.number++;
		if (leg_over(&buoy, steer(&buoy, course, &aside))) {
			next_passage(&buoy);
			(void)steer(&buoy, course, &aside);
		}
		wind = fmin(0.85, fmax(0, wind + 0.05 * rng_bell(rng)));
		speed = fmin(1.05, fmax(0.5, speed + 0.04 * rng_bell(rng)));
		if (fabs(aside) > BUOY_LANE_M)
			side = aside > 0 ? -1 : 1;
		lean = side * wind;
		drift(&buoy, seconds, moved);
		moved[0] += seconds * speed * (course[0] * cos(lean) -
		    course[1] * sin(lean));
		moved[1] += seconds * speed * (course[0] * sin(lean) +
		    course[1] * cos(lean));
		go(&buoy, moved);
		change_current(&buoy, seconds);
	}
	rank_areas(track, time);
}
