/* gate.h: what a request must look like before anything is done for it. Every
 * doubt about where a request ends (Transfer-Encoding, Content-Length, a
 * folded or a hidden header) is a refusal, and the connection of a refused
 * request is closed: what follows on it may be a second request that somebody
 * smuggled in. Pure; any thread; a fuzz target. */
#ifndef EDGE_GATE_H
#define EDGE_GATE_H

#include <stdbool.h>
#include <stddef.h>

#include "request.h"

#define GATE_HEADERS 48           /* most header fields of one request */
#define GATE_HEADER_BYTES 4096    /* longest name or value */
#define GATE_ALLOW "GET, HEAD, OPTIONS"

struct gate_header {
	const char *name, *value; /* as received, NUL-ended */
};

/* What arrived, all borrowed; a NULL method or target counts as malformed. */
struct gate_input {
	const char *method, *target;
	const char *version; /* "1.1" */
	const struct gate_header *headers;
	size_t headers_length;
};

/* The outcome: status 0 lets the request in, anything else refuses it. */
struct gate_result {
	int status;
	const char *reason; /* one sentence for the visitor; static */
	const char *allow;  /* for 405; static, else NULL */
	bool head, options; /* the method, when let in */
	const char *accept_encoding, *if_none_match; /* borrowed or NULL */
	const char *range, *if_range; /* the same; of GET, and there once */
};

void gate_check(const struct gate_input *in, struct gate_result *out);

#endif
