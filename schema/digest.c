#include "digest.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <openssl/evp.h>

void
digest_bytes(const void *bytes, size_t length, uint8_t digest[DIGEST_BYTES])
{
	/* Fails only without memory or without SHA-256: a digest that is not
	 * one must not go on. */
	if (EVP_Digest(bytes, length, digest, NULL, EVP_sha256(), NULL) != 1)
		abort();
}

static void
write_hex(const uint8_t digest[DIGEST_BYTES], char hex[DIGEST_HEX_BYTES])
{
	static const char digits[] = "0123456789abcdef";
	int i;

	for (i = 0; i < DIGEST_BYTES; i++) {
		hex[2 * i] = digits[digest[i] >> 4];
		hex[2 * i + 1] = digits[digest[i] & 15];
	}
	hex[2 * DIGEST_BYTES] = '\0';
}

void
digest_hex(const void *bytes, size_t length, char hex[DIGEST_HEX_BYTES])
{
	uint8_t digest[DIGEST_BYTES];

	digest_bytes(bytes, length, digest);
	write_hex(digest, hex);
}

bool
digest_file(int fd, char hex[DIGEST_HEX_BYTES])
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	uint8_t digest[DIGEST_BYTES], piece[65536];
	ssize_t n;

	if (context == NULL || EVP_DigestInit_ex(context, EVP_sha256(),
	    NULL) != 1)
		abort();
	do {
		n = read(fd, piece, sizeof piece);
		if (n > 0 && EVP_DigestUpdate(context, piece, (size_t)n) != 1)
			abort();
	} while (n > 0 || (n < 0 && errno == EINTR));
	if (EVP_DigestFinal_ex(context, digest, NULL) != 1)
		abort();
	EVP_MD_CTX_free(context);
	write_hex(digest, hex);
	return n == 0;
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
