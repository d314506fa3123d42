/* Any bytes as a source document: projecting and decoding them as a document
 * of each collection reads no byte too many and never stops. */
#include <stddef.h>
#include <stdint.h>

#include "sync/apply.h"
#include "sync/decode.h"
#include "sync/project.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void
decode_as(const bson_t *document, enum collection collection)
{
	struct mission_row mission;
	struct point_row point;
	struct platform_row platform;
	struct stat_row stat;
	struct pipeline_row pipeline;
	struct misfit misfit;
	struct track track = { 0 };
	struct edge_err err = { 0 };

	switch (collection) {
	case C_GLIDER_MISSIONS:
	case C_SAILBUOY_MISSIONS:
		if (decode_mission(document, collection, &mission, &misfit) &&
		    collection == C_SAILBUOY_MISSIONS)
			(void)!apply_inline_track(&mission, &track, &err);
		track_free(&track);
		break;
	case C_PROFILES:
		(void)decode_point(document, &point, &misfit);
		break;
	case C_STATS:
		(void)decode_stat(document, &stat, &misfit);
		break;
	case C_PIPELINE:
		(void)decode_pipeline(document, &pipeline, &misfit);
		break;
	default:
		(void)decode_platform(document, collection, &platform,
		    &misfit);
		break;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	char id[DECODE_SOURCE_ID_BYTES];
	enum collection collection;
	struct mapping *mapping;
	bson_t document;

	if (!bson_init_static(&document, bytes, length))
		return 0;
	mapping = mapping_open(NULL, NULL, NULL, NULL);
	for (collection = 0; collection < COLLECTION_MAX; collection++) {
		bson_t projected = BSON_INITIALIZER;

		if (project_document(mapping, NULL, collection, &document,
		    &projected)) {
			decode_source_id(&projected, id);
			decode_as(&projected, collection);
		}
		bson_destroy(&projected);
	}
	mapping_close(mapping);
	return 0;
}
