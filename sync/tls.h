/* tls.h: what an address of MongoDB says of TLS. The driver finds a file that
 * is not there only when it connects, and then says no more than "connection
 * error". Pure but for the files that the address names. */
#ifndef EDGE_TLS_H
#define EDGE_TLS_H

#include "../schema/err.h"
#include "check.h"

/* Whether the files that the address names for TLS can be read and hold what
 * they should; EDGE_CONFIG, with option and file, when not. */
bool tls_check_files(const char *uri, struct edge_err *err) MUST_CHECK;

/* Tells what leaves the password or the data open to others on the way. */
void tls_tell_risks(const char *uri, const char *name, check_fn *tell,
    void *context);

/* What to do about a message of the driver, to be put behind it; "" when it
 * is not about a certificate. Static storage. */
const char *tls_hint(const char *message);

#endif
