#include "plot_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NAME_BYTES 256
#define HEAD_BYTES 24
#define PIXELS_MOST 100000

int
plot_file_open(const char *folder, const char *path, struct stat *st)
{
	char name[NAME_BYTES];
	int at = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), next;
	size_t length;
	bool last = false;

	while (at >= 0 && !last) {
		length = strcspn(path, "/");
		last = path[length] == '\0';
		if (length == 0 || length >= sizeof name || path[0] == '.') {
			(void)close(at);
			return -1;
		}
		(void)snprintf(name, sizeof name, "%.*s", (int)length, path);
		/* A fifo must not be waited for. */
		next = openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
		    O_CLOEXEC | (last ? 0 : O_DIRECTORY));
		(void)close(at);
		at = next;
		path += length + !last;
	}
	if (at < 0)
		return -1;
	if (fstat(at, st) == 0 && S_ISREG(st->st_mode) && st->st_size > 0 &&
	    (size_t)st->st_size <= PLOT_FILE_BYTES)
		return at;
	(void)close(at);
	return -1;
}

bool
plot_file_read(int fd, size_t length, struct buffer *out)
{
	size_t done = 0;
	ssize_t n;

	if (!buffer_reserve(out, length))
		return false;
	while (done < length) {
		n = pread(fd, out->bytes + out->length, length - done,
		    (off_t)done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		out->length += (size_t)n;
		out->bytes[out->length] = '\0';
		done += (size_t)n;
	}
	return true;
}

static unsigned
read_number(const unsigned char *b)
{
	return (unsigned)b[0] << 24 | (unsigned)b[1] << 16 |
	    (unsigned)b[2] << 8 | b[3];
}

bool
plot_png_size(const void *bytes, size_t length, int *width, int *height)
{
	const unsigned char *b = bytes;
	unsigned x, y;

	if (length < HEAD_BYTES || memcmp(b, "\x89PNG\r\n\x1a\n", 8) != 0 ||
	    memcmp(b + 12, "IHDR", 4) != 0)
		return false;
	x = read_number(b + 16);
	y = read_number(b + 20);
	if (x == 0 || y == 0 || x > PIXELS_MOST || y > PIXELS_MOST)
		return false;
	*width = (int)x;
	*height = (int)y;
	return true;
}

bool
plot_file_size(int fd, int *width, int *height)
{
	unsigned char head[HEAD_BYTES];
	ssize_t n = pread(fd, head, sizeof head, 0);

	return n == (ssize_t)sizeof head &&
	    plot_png_size(head, sizeof head, width, height);
}
