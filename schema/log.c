#include "log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "clock.h"
#include "text.h"

/* Set once by log_setup before threads start, only read after. */
static enum log_level lowest_level = LOG_INFO;
static enum log_format line_format = LOG_TEXT;

static const char *const level_names[] = {
	[LOG_DEBUG] = "debug", [LOG_INFO] = "info", [LOG_WARN] = "warning",
	[LOG_ERROR] = "error",
};

void
log_setup(enum log_level lowest, enum log_format format)
{
	lowest_level = lowest;
	line_format = format;
}

static void
write_json(const char *time, enum log_level level, const char *message)
{
	cJSON *line = cJSON_CreateObject();
	char *text;

	cJSON_AddStringToObject(line, "time", time);
	cJSON_AddStringToObject(line, "level", level_names[level]);
	cJSON_AddStringToObject(line, "message", message);
	text = cJSON_PrintUnformatted(line);
	if (text != NULL)
		fprintf(stderr, "%s\n", text);
	cJSON_free(text);
	cJSON_Delete(line);
}

void
log_write(enum log_level level, const char *fmt, ...)
{
	char message[1024], time[CLOCK_TEXT_BYTES];
	int saved = errno;
	va_list ap;

	if (level < lowest_level)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(message, sizeof message, fmt, ap);
	va_end(ap);
	text_clean(message);
	if (line_format == LOG_JSON) {
		clock_format(clock_now_ms(), time);
		write_json(time, level, message);
	} else if (level == LOG_INFO) {
		fprintf(stderr, "edge: %s\n", message);
	} else {
		fprintf(stderr, "edge: %s: %s\n", level_names[level], message);
	}
	errno = saved;
}
