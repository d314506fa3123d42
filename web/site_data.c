/* site_data.c: the store to take away: a file that lies beside it, and its
 * hash. Neither is kept in the cache of pages. */
#include "site_internal.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../schema/clock.h"
#include "../schema/snapshot.h"
#include "range.h"

#define SQLITE_TYPE "application/vnd.sqlite3"
#define RETRY_AFTER_S 3600

static void
answer_none(struct visit *visit)
{
	visit->answer->retry_after_s = RETRY_AFTER_S;
	site_error(visit, 503, "There is no file to take away yet.",
	    "It is made after the next run that brings something new, at most "
	    "once a day; the API has the data now.", NULL);
}

/* Leaves of the answer with the whole file what is asked for. */
static void
send_part(struct visit *visit)
{
	struct answer *answer = visit->answer;
	const struct request *req = visit->req;
	struct range range;

	switch (range_read_if(req->range, req->if_range, answer->etag,
	    answer->whole, &range)) {
	case RANGE_WHOLE:
		break;
	case RANGE_PART:
		answer->status = 206;
		answer->first = range.first;
		answer->length = (size_t)range.length;
		break;
	case RANGE_NONE:
		(void)close(answer->file);
		answer->has_file = false;
		answer->cache_control = NULL;
		answer->etag[0] = '\0';
		site_error(visit, 416, "The file ends before what is asked "
		    "for.", "It may have been made anew; take all of it.",
		    NULL);
		break;
	}
}

static void
send_file(struct visit *visit, int fd, const struct snapshot *snapshot)
{
	struct answer *answer = visit->answer;
	char as_of[CLOCK_TEXT_BYTES];

	clock_format(snapshot->as_of_ms, as_of);
	answer->has_file = true;
	answer->file = fd;
	answer->status = 200;
	answer->type = SQLITE_TYPE;
	answer->cache_control = SITE_REVALIDATE;
	answer->length = (size_t)snapshot->bytes;
	answer->whole = snapshot->bytes;
	answer->body = "";
	answer->no_body = visit->req->head;
	(void)snprintf(answer->filename, sizeof answer->filename,
	    "edge-%.10s.sqlite", as_of);
	(void)snprintf(answer->etag, sizeof answer->etag, "\"%.32s\"",
	    snapshot->sha256);
	if (request_etag_matches(visit->req->if_none_match, answer->etag)) {
		answer->status = 304;
		answer->length = 0;
		answer->no_body = true;
	} else {
		send_part(visit);
	}
}

static void
send_hash(struct visit *visit, const struct snapshot *snapshot)
{
	struct buffer body = { 0 };

	buffer_printf(&body, "%s  edge.sqlite\n", snapshot->sha256);
	site_send_buffer(visit, SITE_TEXT_TYPE, &body, SITE_REVALIDATE);
}

bool
site_data(struct visit *visit)
{
	const char *db_path = visit->site->options.db_path;
	const char *path = visit->req->path;
	struct snapshot snapshot;
	int fd;

	if (strcmp(path, "/data/edge.sqlite.sha256") == 0) {
		if (snapshot_read(db_path, &snapshot))
			send_hash(visit, &snapshot);
		else
			answer_none(visit);
		return true;
	}
	if (strcmp(path, "/data/edge.sqlite") != 0)
		return false;
	fd = snapshot_open(db_path, &snapshot);
	if (fd >= 0)
		send_file(visit, fd, &snapshot);
	else
		answer_none(visit);
	return true;
}
