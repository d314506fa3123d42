#include "fake_source.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sync/decode.h"

/* Missions that are in both states as they are. */
#define SAME 14

/* A document and the states it is in: "b" before, "a" after, "ba" both. */
struct entry {
	enum collection collection;
	const char *states, *json;
};

#define START "\"start\":{\"$date\":\"2025-03-01T00:00:00Z\"}," \
	"\"end\":{\"$date\":\"2025-03-09T00:00:00Z\"}"
#define PROFILE(id, platform, mission, number, lon) \
	"{\"_id\":\"p" id "\",\"platform_serial\":\"" platform "\"," \
	"\"mission\":" mission ",\"number\":" number ",\"lon\":" lon "," \
	"\"lat\":57.5,\"max_depth\":80,\"time\":{\"$date\":" \
	"\"2025-03-02T00:00:00Z\"}}"

static const struct entry entries[] = {
	{ C_GLIDER_MISSIONS, "b", "{\"_id\":\"m1\",\"platform_serial\":"
	    "\"SEA001\",\"mission\":1," START ",\"basin\":\"Kattegat\","
	    "\"total_profiles\":2,\"total_distance_m\":5000.5,"
	    "\"variables\":[\"salinity\"],\"project\":\"One\"}" },
	{ C_GLIDER_MISSIONS, "a", "{\"_id\":\"m9\",\"platform_serial\":"
	    "\"SEA001\",\"mission\":1," START ",\"basin\":\"Bornholm Basin, "
	    "Nowhere\",\"total_profiles\":3,\"total_distance_m\":7000.25,"
	    "\"variables\":[\"oxygen\",\"salinity\"],\"project\":\"Two\"}" },
	{ C_PROFILES, "b", PROFILE("1", "SEA001", "1", "1", "18.1") },
	{ C_PROFILES, "b", PROFILE("2", "SEA001", "1", "2", "18.2") },
	{ C_PROFILES, "a", PROFILE("3", "SEA001", "1", "1", "18.15") },
	{ C_PROFILES, "a", PROFILE("4", "SEA001", "1", "2", "18.25") },
	{ C_PROFILES, "a", PROFILE("5", "SEA001", "1", "3", "18.3") },
	/* gone */
	{ C_GLIDER_MISSIONS, "b", "{\"_id\":\"m2\",\"platform_serial\":"
	    "\"SG607\",\"mission\":2," START ",\"basin\":\"The Sound\","
	    "\"total_profiles\":1,\"total_depth\":90.5}" },
	{ C_PROFILES, "b", PROFILE("6", "SG607", "2", "1", "12.5") },
	/* one more */
	{ C_GLIDER_MISSIONS, "a", "{\"_id\":\"m3\",\"platform_serial\":"
	    "\"SEA002\",\"mission\":5," START ",\"basin\":\" \","
	    "\"total_profiles\":1}" },
	{ C_PROFILES, "a", PROFILE("7", "SEA002", "5", "1", "20.5") },
	/* fits only afterwards */
	{ C_GLIDER_MISSIONS, "b", "{\"_id\":\"m4\",\"platform_serial\":"
	    "\"SEA003\",\"mission\":1,\"start\":\"yesterday\"}" },
	{ C_GLIDER_MISSIONS, "a", "{\"_id\":\"m4\",\"platform_serial\":"
	    "\"SEA003\",\"mission\":1," START "}" },
	{ C_GLIDER_MISSIONS, "a", "{\"_id\":\"m5\",\"platform_serial\":"
	    "\"SEA004\",\"mission\":\"x\"," START "}" },
	/* one profile of a mission that stays does not fit */
	{ C_PROFILES, "ba", PROFILE("8", "SEA100", "1", "2", "\"east\"") },
	{ C_SAILBUOY_MISSIONS, "b", "{\"_id\":\"s1\",\"sailbuoy\":2301,"
	    "\"mission\":1," START ",\"lon\":[18,18.5],\"lat\":[57,57.5]}" },
	{ C_SAILBUOY_MISSIONS, "a", "{\"_id\":\"s1\",\"sailbuoy\":2301,"
	    "\"mission\":1," START ",\"lon\":[18,18.5,19],\"lat\":[57,57.5,"
	    "58]}" },
	{ C_GLIDERS, "b", "{\"_id\":\"g1\",\"platform_serial\":\"SEA001\","
	    "\"name\":\"Skarven\",\"total_profiles\":2}" },
	{ C_GLIDERS, "a", "{\"_id\":\"g1\",\"platform_serial\":\"SEA001\","
	    "\"name\":\"Tern\",\"total_profiles\":3}" },
	{ C_SAILBUOYS, "ba", "{\"_id\":\"b1\",\"sailbuoy\":2301,"
	    "\"total_dist\":99.5}" },
	{ C_STATS, "b", "{\"_id\":\"t1\",\"name\":\"glider_uptime\","
	    "\"stat_year\":2025,\"date\":{\"$date\":\"2025-04-01T00:00:00Z\"},"
	    "\"value\":{\"up\":0.5}}" },
	{ C_STATS, "a", "{\"_id\":\"t2\",\"name\":\"glider_uptime\","
	    "\"stat_year\":2025,\"date\":{\"$date\":\"2025-05-01T00:00:00Z\"},"
	    "\"value\":{\"up\":0.75,\"word\":\"n/a\"}}" },
	{ C_PIPELINE, "ba", "{\"_id\":\"l1\",\"platform_serial\":\"SEA001\","
	    "\"mission\":1,\"yml\":true}" },
};

/* True: this call or document fails. */
static bool
fails(struct fake_source *fake, struct edge_err *err)
{
	if (fake->left == 0 || --fake->left > 0)
		return false;
	fake->failures++;
	err_set(err, fake->kind, "%s: made to fail", fake->base.name);
	return true;
}

static bool
is_of(const bson_t *document, enum collection collection,
    const struct source_key *key)
{
	struct misfit ignored;
	struct mission_row row;
	struct point_row point;

	if (key == NULL)
		return true;
	if (collection == C_PROFILES) {
		(void)decode_point(document, &point, &ignored);
		return strcmp(point.platform, key->platform) == 0 &&
		    point.mission == key->number;
	}
	(void)decode_mission(document, collection, &row, &ignored);
	return strcmp(row.platform, key->platform) == 0 &&
	    row.number == key->number;
}

static bool
deliver(struct fake_source *fake, const char *json,
    enum collection collection, const struct source_key *key,
    int64_t *place, source_fn *fn, void *context, struct edge_err *err)
{
	bson_error_t error;
	bson_t *document = bson_new_from_json((const uint8_t *)json, -1,
	    &error);
	bool ok = true;

	if (document == NULL) {
		printf("%s: %s\n", json, error.message);
		return err_set(err, EDGE_FAILED, "the test's JSON is broken");
	}
	if (is_of(document, collection, key))
		ok = !fails(fake, err) && source_deliver(&fake->base,
		    document, collection, ++*place, fn, context, err);
	bson_destroy(document);
	return ok;
}

static bool
fake_scan(struct source *source, enum collection collection,
    const struct source_ask *ask, source_fn *fn, void *context,
    struct edge_err *err)
{
	struct fake_source *fake = (struct fake_source *)source;
	const struct source_key *key = ask != NULL ? ask->key : NULL;
	char in = fake->state == FAKE_BEFORE ? 'b' : 'a', json[512];
	int64_t place = 0;
	size_t i;
	int n;

	if (fails(fake, err))
		return false;
	for (i = 0; i < sizeof entries / sizeof entries[0]; i++)
		if (entries[i].collection == collection &&
		    strchr(entries[i].states, in) != NULL &&
		    !deliver(fake, entries[i].json, collection, key, &place,
		    fn, context, err))
			return false;
	for (n = 0; n < SAME; n++) {
		if (collection == C_GLIDER_MISSIONS)
			(void)snprintf(json, sizeof json, "{\"_id\":\"same%d\","
			    "\"platform_serial\":\"SEA%d\",\"mission\":1," START
			    ",\"basin\":\"Kattegat\",\"total_profiles\":1}", n,
			    100 + n);
		else if (collection == C_PROFILES)
			(void)snprintf(json, sizeof json, "{\"_id\":\"same%d\","
			    "\"platform_serial\":\"SEA%d\",\"mission\":1,"
			    "\"number\":1,\"lon\":18,\"lat\":57}", n, 100 + n);
		else
			continue;
		if (!deliver(fake, json, collection, key, &place, fn, context,
		    err))
			return false;
	}
	return true;
}

static bool
fake_has(struct source *source, enum collection collection, bool *exists,
    struct edge_err *err)
{
	(void)collection;
	*exists = true;
	return !fails((struct fake_source *)source, err);
}

struct counting {
	source_count_fn *fn;
	void *context;
};

static bool
on_profile(void *context, const bson_t *document, const char *source_id,
    bool sound, struct edge_err *err)
{
	struct counting *at = context;
	struct misfit ignored;
	struct point_row row;

	(void)source_id;
	(void)sound;
	(void)decode_point(document, &row, &ignored);
	return at->fn(at->context, row.platform, row.mission, 1, row.raw_ms,
	    err);
}

static bool
fake_counts(struct source *source, source_count_fn *fn, void *context,
    bool *times, struct edge_err *err)
{
	struct counting at = { fn, context };

	*times = true;
	return fake_scan(source, C_PROFILES, NULL, on_profile, &at, err);
}

static void
fake_close(struct source *source)
{
	(void)source;
}

void
fake_source_init(struct fake_source *fake, int state, bool live)
{
	static const struct source_ops ops = { .scan = fake_scan,
		.has = fake_has, .counts = fake_counts, .close = fake_close };

	memset(fake, 0, sizeof *fake);
	fake->base.ops = &ops;
	mapping_fill_builtin(&fake->mapping);
	fake->base.mapping = &fake->mapping;
	fake->base.live = live;
	(void)snprintf(fake->base.name, sizeof fake->base.name, "fake");
	fake->state = state;
}

void
fake_source_plan(struct fake_source *fake, long nth, enum edge_kind kind)
{
	fake->left = nth;
	fake->kind = kind;
	fake->failures = 0;
}
