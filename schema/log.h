/* log.h: one line a message on standard error, as text or as JSON lines.
 * Thread-safe. Keeps errno. Callers never pass a credential; addresses of
 * servers go through conf_redact first. */
#ifndef EDGE_LOG_H
#define EDGE_LOG_H

#include "err.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
enum log_format { LOG_TEXT, LOG_JSON };

/* Sets the lowest level that is written and the form. Call once, before
 * threads start. The default is LOG_INFO as text. */
void log_setup(enum log_level lowest, enum log_format format);

void log_write(enum log_level level, const char *fmt, ...) PRINTF_LIKE(2, 3);

#define log_debug(...) log_write(LOG_DEBUG, __VA_ARGS__)
#define log_info(...) log_write(LOG_INFO, __VA_ARGS__)
#define log_warn(...) log_write(LOG_WARN, __VA_ARGS__)
#define log_error(...) log_write(LOG_ERROR, __VA_ARGS__)

#endif
