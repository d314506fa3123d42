/* digest.h: SHA-256 (libcrypto), for fingerprints, entity tags and asset
 * names. Any thread. */
#ifndef EDGE_DIGEST_H
#define EDGE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIGEST_BYTES 32
#define DIGEST_HEX_BYTES 65 /* with the NUL */

void digest_bytes(const void *bytes, size_t length,
    uint8_t digest[DIGEST_BYTES]);
/* The same as 64 lower-case hexadecimal digits and a NUL. */
void digest_hex(const void *bytes, size_t length, char hex[DIGEST_HEX_BYTES]);
/* Of an open file, read to its end from where it stands; false with errno set
 * when it cannot be read. */
bool digest_file(int fd, char hex[DIGEST_HEX_BYTES]);
/* As base64, for Content-Security-Policy: 44 characters and a NUL. */
void digest_base64(const void *bytes, size_t length, char text[45]);

/* Adds a digest to a sum of digests, which does not depend on their order. */
void digest_add(uint8_t sum[DIGEST_BYTES], const uint8_t one[DIGEST_BYTES]);

#endif
