#include "fresh.h"

#include <string.h>

/* A run that reads a dump ends for good. */
#define MODE_IMPORT "import"

enum fresh_state
fresh_state(const struct beat *beat, bool known, int64_t generation,
    int64_t now_ms, int64_t fresh_ms)
{
	if (known && generation == 0)
		return beat->failing_ms != 0 ? FRESH_FAILING : FRESH_EMPTY;
	if (strcmp(beat->mode, MODE_IMPORT) == 0 && beat->success_ms != 0 &&
	    beat->failing_ms == 0)
		return FRESH_COPY;
	if (beat->success_ms != 0 && now_ms - beat->success_ms < fresh_ms)
		return FRESH_GOOD;
	if (beat->failing_ms != 0)
		return FRESH_FAILING;
	return beat->success_ms != 0 ? FRESH_LATE : FRESH_UNKNOWN;
}

const char *
fresh_word(enum fresh_state state)
{
	static const char *const words[FRESH_MAX] = {
		[FRESH_GOOD] = "fresh", [FRESH_COPY] = "copy",
		[FRESH_LATE] = "late", [FRESH_FAILING] = "failing",
		[FRESH_UNKNOWN] = "unknown", [FRESH_EMPTY] = "empty",
	};

	return words[state];
}

const char *
fresh_cause(int exit_code)
{
	static const struct {
		int code;
		const char *words;
	} causes[] = {
		{ 1, "it refused to change so much at once" },
		{ 65, "documents of the source are damaged" },
		{ 69, "the source refused" },
		{ 73, "a file could not be created" },
		{ 74, "the disk is full or failed" },
		{ 75, "the source did not answer" },
		{ 78, "the configuration is wrong" },
	};
	size_t i;

	if (exit_code == 0)
		return NULL;
	for (i = 0; i < sizeof causes / sizeof causes[0]; i++)
		if (causes[i].code == exit_code)
			return causes[i].words;
	return "an unexpected fault";
}

const char *
fresh_resync_word(const char *reason)
{
	/* The sync worker's texts (sync/source_mongo.c): the server's code, or
	 * the event that ended the stream. */
	static const struct {
		const char *text, *word;
	} words[] = {
		{ "code 286:", "history_lost" },
		{ "code 280:", "stream_fatal" },
		{ "code 260:", "invalid_token" },
		{ "code 136:", "capped_position_lost" },
		{ "reports invalidate", "invalidate" },
		{ "reports dropDatabase", "drop_database" },
		{ "reports drop", "drop" },
		{ "reports rename", "rename" },
		{ "code ", "not_resumable" },
	};
	size_t i;

	for (i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strstr(reason, words[i].text) != NULL)
			return words[i].word;
	return "other";
}
