/* The statistics the source publishes ("glider_uptime"): which part of the
 * time somebody was out, by year and for all years, and the totals as text
 * and numbers. */
#include "demo_parts.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define STORY_HOURS (24 * 2400) /* more than six years */
#define YEARS 8

/* The regions of the stats page; the first counts everything. */
static const struct {
	const char *key;
	uint32_t areas; /* bit of each index into demo_basins[]; 0: all */
} regions[] = {
	{ "glider_deployed", 0 },
	{ "glider_in_skaggerak", 1u << 17 | 1u << 0 },
	{ "glider_in_bornholm", 1u << 6 },
	{ "glider_in_gotland", 1u << 8 | 1u << 9 | 1u << 11 },
	{ "glider_in_aland", 1u << 13 },
};

#define REGIONS ((int)(sizeof regions / sizeof *regions))

struct sums {
	int64_t profiles, seconds, data_points, buoy_seconds;
	double distance_m, buoy_distance_m;
};

struct demo_stats {
	int64_t now_ms, begin_ms;  /* of the hours below */
	int first_year;
	struct sums sums[YEARS + 1]; /* [0]: all years */
	unsigned char up[STORY_HOURS]; /* a bit for each region */
	unsigned short at_sea[STORY_HOURS];
};

static int
year_of(int64_t time_ms)
{
	time_t seconds = (time_t)(time_ms / 1000);
	struct tm tm;

	return gmtime_r(&seconds, &tm) ? tm.tm_year + 1900 : 0;
}

static int64_t
new_year_ms(int year)
{
	struct tm tm = { .tm_year = year - 1900, .tm_mday = 1 };

	return (int64_t)timegm(&tm) * 1000;
}

struct demo_stats *
demo_stats_new(int64_t now_ms, struct edge_err *err)
{
	struct demo_stats *stats = calloc(1, sizeof *stats);

	if (stats == NULL) {
		(void)err_set(err, EDGE_TEMPORARY, "stats: out of memory");
		return NULL;
	}
	stats->now_ms = now_ms;
	stats->begin_ms = now_ms - STORY_HOURS * MS_PER_HOUR;
	stats->first_year = year_of(now_ms) - YEARS + 1;
	return stats;
}

void
demo_stats_free(struct demo_stats *stats)
{
	free(stats);
}

static struct sums *
sums_of(struct demo_stats *stats, int64_t start_ms)
{
	int year = year_of(start_ms) - stats->first_year;

	return &stats->sums[year < 0 || year >= YEARS ? 0 : year + 1];
}

static void
mark_hours(struct demo_stats *stats, int64_t start_ms, int64_t end_ms, int bits)
{
	int64_t hour = (start_ms - stats->begin_ms) / MS_PER_HOUR + 1;
	int64_t last = (end_ms - stats->begin_ms) / MS_PER_HOUR;

	for (hour = hour < 0 ? 0 : hour; hour <= last && hour < STORY_HOURS;
	    hour++) {
		stats->up[hour] |= (unsigned char)bits;
		stats->at_sea[hour]++;
	}
}

/* A mission without a basin counts nowhere, as in the source. */
void
demo_stats_glider(struct demo_stats *stats, const struct mission_plan *plan,
    const struct demo_track *track, int64_t points)
{
	int64_t start = plan->start_ms, end = plan->end_ms;
	struct sums *sums[] = { &stats->sums[0], sums_of(stats, start) };
	int region, bits = 1, i;

	if (plan->basin_field == BASIN_MISSING ||
	    plan->basin_field == BASIN_EMPTY || track->count == 0)
		return;
	start = track->fixes[0].time_ms;
	end = track->fixes[track->count - 1].time_ms;
	for (region = 1; region < REGIONS && track->areas > 0; region++)
		if (regions[region].areas >> track->area[0] & 1)
			bits |= 1 << region;
	mark_hours(stats, start, end, bits);
	for (i = 0; i < 2; i++) {
		sums[i]->profiles += (int64_t)track->count;
		sums[i]->seconds += (end - start) / 1000;
		sums[i]->distance_m += track->distance_m;
		sums[i]->data_points += points;
	}
}

void
demo_stats_sailbuoy(struct demo_stats *stats, const struct mission_plan *plan,
    const struct demo_track *track)
{
	struct sums *sums[] = { &stats->sums[0],
	    sums_of(stats, plan->start_ms) };
	int64_t end = track->count ?
	    track->fixes[track->count - 1].time_ms : plan->start_ms;
	int i;

	for (i = 0; i < 2; i++) {
		sums[i]->buoy_seconds += (end - plan->start_ms) / 1000;
		sums[i]->buoy_distance_m += track->distance_m;
	}
}

static void
append_duration(bson_t *document, const char *key, int64_t seconds)
{
	long long days = seconds / 86400, years = days / 365;
	char text[64];

	if (years > 0)
		(void)snprintf(text, sizeof text, "%lld years %lld days",
		    years, days % 365);
	else
		(void)snprintf(text, sizeof text, "%lld days", days);
	BSON_APPEND_UTF8(document, key, text);
}

/* Part of the hours of a year (0: of all) with each region's bit. */
static void
append_uptime(bson_t *value, const struct demo_stats *stats, int year)
{
	int64_t from = 0, to = STORY_HOURS, hour;
	int64_t up[sizeof regions / sizeof *regions] = { 0 }, sum = 0;
	int region;

	if (year != 0) {
		from = (new_year_ms(year) - stats->begin_ms) / MS_PER_HOUR;
		to = (new_year_ms(year + 1) - stats->begin_ms) / MS_PER_HOUR;
		from = from < 0 ? 0 : from;
		to = to > STORY_HOURS ? STORY_HOURS : to;
	}
	for (hour = from; hour < to; hour++) {
		for (region = 0; region < REGIONS; region++)
			up[region] += stats->up[hour] >> region & 1;
		sum += stats->at_sea[hour];
	}
	for (region = 0; region < REGIONS; region++)
		BSON_APPEND_DOUBLE(value, regions[region].key, to > from ?
		    (double)up[region] / (double)(to - from) : 0);
	BSON_APPEND_DOUBLE(value, "num_glider_in_both", to > from ?
	    (double)sum / (double)(to - from) : 0);
}

static bool
write_stat(const struct demo_stats *stats, struct demo_dump *dump, int year,
    int64_t date_ms, double share, struct edge_err *err)
{
	const struct sums *sums = &stats->sums[year ?
	    year - stats->first_year + 1 : 0];
	bson_t document = BSON_INITIALIZER, value;
	bson_oid_t id;
	bool ok;

	demo_dump_new_id(dump, GLIDERSTATS, date_ms, &id);
	BSON_APPEND_OID(&document, "_id", &id);
	BSON_APPEND_UTF8(&document, "name", "glider_uptime");
	BSON_APPEND_DOCUMENT_BEGIN(&document, "value", &value);
	append_uptime(&value, stats, year);
	demo_append_int(&value, "total_profiles",
	    (int64_t)((double)sums->profiles * share));
	append_duration(&value, "glider_time", sums->seconds);
	demo_append_int(&value, "glider_km",
	    (int64_t)(sums->distance_m * share / 1000));
	demo_append_int(&value, "glider_samples",
	    (int64_t)((double)sums->data_points * share));
	append_duration(&value, "sailbuoy_time", sums->buoy_seconds);
	demo_append_int(&value, "sailbuoy_km",
	    (int64_t)(sums->buoy_distance_m * share / 1000));
	BSON_APPEND_DOUBLE(&value, "year", year);
	bson_append_document_end(&document, &value);
	BSON_APPEND_DATE_TIME(&document, "date", date_ms);
	BSON_APPEND_INT32(&document, "stat_year", year);
	ok = demo_dump_add(dump, GLIDERSTATS, &document, err);
	bson_destroy(&document);
	return ok;
}

/* The first year with missions has no statistic, as happens in the source: a
 * year is written when the one before it had profiles. The last has two, the
 * older written later: the date decides, not the order. */
bool
demo_stats_write(const struct demo_stats *stats, struct demo_dump *dump,
    struct edge_err *err)
{
	int64_t date = stats->now_ms - 5 * MS_PER_HOUR;
	int last = stats->first_year + YEARS - 1, year;

	if (!write_stat(stats, dump, 0, date, 1, err))
		return false;
	for (year = stats->first_year + 1; year <= last; year++)
		if ((year == last ||
		    stats->sums[year - stats->first_year].profiles > 0) &&
		    !write_stat(stats, dump, year, date, 1, err))
			return false;
	return write_stat(stats, dump, last, date - 30 * MS_PER_DAY, 0.7, err);
}
