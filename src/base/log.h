/* SPDX-License-Identifier: MIT */
#ifndef EF_BASE_LOG_H
#define EF_BASE_LOG_H

#include <stdbool.h>

/*
 * Lines for the operator, on stderr. A log line is not an audit event: the
 * record is in the database. Only supervisor/ and cli/ call these; whatever a
 * target chose is escaped here, once.
 */
enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG, LOG_TRACE };

/* Set the most talkative level that is printed; LOG_WARN at start. */
void log_set_level(enum log_level level);

/*
 * Read a level by name (error, warn, info, debug, trace; case ignored) into
 * *ret_level. RUST_LOG forms such as "egress_filter=debug" and "debug,x=warn"
 * give their first level. False when there is none, *ret_level untouched.
 */
bool log_level_parse(const char *text, enum log_level *ret_level);

/* True when a line of this level would be printed. */
bool log_enabled(enum log_level level);

/*
 * Print "egress-filter: " and the message as one line on stderr; bytes that
 * are not printable are shown as \xNN. May block on stderr.
 */
void log_line(enum log_level level, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
