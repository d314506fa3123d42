#include "text.h"

#include <stdbool.h>
#include <string.h>

size_t
text_step(const char *bytes, size_t length)
{
	const unsigned char *p = (const unsigned char *)bytes;
	size_t n = p[0] < 0x80 ? 1 : p[0] >= 0xc2 && p[0] <= 0xdf ? 2 :
	    (p[0] & 0xf0) == 0xe0 ? 3 : p[0] >= 0xf0 && p[0] <= 0xf4 ? 4 : 0;
	size_t i;

	if (n == 0 || n > length)
		return 0;
	for (i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return n;
}

/* Whether text ends before the character it begins with does. */
static bool
is_cut(const char *text, size_t length)
{
	static const char rest[2][4] = { "\x80\x80\x80", "\xbf\xbf\xbf" };
	char whole[8];
	int i;

	if (length > 3)
		return false;
	memcpy(whole, text, length);
	/* The second byte of some has less room than the others. */
	for (i = 0; i < 2; i++) {
		memcpy(whole + length, rest[i], 4);
		if (text_step(whole, 4) > length)
			return true;
	}
	return false;
}

void
text_mend(char *text)
{
	size_t left = strlen(text), n;

	for (; left > 0; text += n, left -= n) {
		n = text_step(text, left);
		if (n == 0 && is_cut(text, left)) {
			*text = '\0';
			return;
		}
		if (n == 0) {
			*text = '?';
			n = 1;
		}
	}
}

void
text_clean(char *text)
{
	text_mend(text);
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			*text = ' ';
}

void
text_copy(char *to, size_t size, const char *from)
{
	size_t n = strnlen(from, size - 1);

	memcpy(to, from, n);
	to[n] = '\0';
	text_clean(to);
}
