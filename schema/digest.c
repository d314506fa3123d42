#include "digest.h"

#include <stdlib.h>

#include <openssl/evp.h>

void
digest_bytes(const void *bytes, size_t length, uint8_t digest[DIGEST_BYTES])
{
	/* Fails only without memory or without SHA-256: a digest that is not
	 * one must not go on. */
	if (EVP_Digest(bytes, length, digest, NULL, EVP_sha256(), NULL) != 1)
		abort();
}

void
digest_hex(const void *bytes, size_t length, char hex[DIGEST_HEX_BYTES])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t digest[DIGEST_BYTES];
	int i;

	digest_bytes(bytes, length, digest);
	for (i = 0; i < DIGEST_BYTES; i++) {
		hex[2 * i] = digits[digest[i] >> 4];
		hex[2 * i + 1] = digits[digest[i] & 15];
	}
	hex[2 * DIGEST_BYTES] = '\0';
}

void
digest_base64(const void *bytes, size_t length, char text[45])
{
	uint8_t digest[DIGEST_BYTES];

	digest_bytes(bytes, length, digest);
	(void)EVP_EncodeBlock((unsigned char *)text, digest, DIGEST_BYTES);
}

void
digest_add(uint8_t sum[DIGEST_BYTES], const uint8_t one[DIGEST_BYTES])
{
	unsigned carry = 0;
	size_t i;

	for (i = DIGEST_BYTES; i-- > 0;) {
		carry += (unsigned)sum[i] + one[i];
		sum[i] = (uint8_t)carry;
		carry >>= 8;
	}
}
