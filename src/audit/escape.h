/* SPDX-License-Identifier: MIT */
#ifndef EF_AUDIT_ESCAPE_H
#define EF_AUDIT_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The one place where outside text becomes printable (P8). C0, DEL and bytes
 * that are no valid UTF-8 become \xNN; C1, bidi controls, zero-width and
 * other invisible characters become \uNNNN (\UNNNNNNNN above 0xffff); a
 * backslash becomes "\\". The result is one line without terminal effects.
 * Pure.
 */

/*
 * Escape len bytes at text into buf of size bytes (always NUL-terminated when
 * size > 0; cut between characters, with "..." at the end when it does not
 * fit). Returns buf.
 */
char *escape_text(const void *text, size_t len, char *buf, size_t size);

/* The same for an argument list with a NUL after each: joined by spaces, an
 * argument that has blanks or quotes in single quotes. */
char *escape_argv(const char *argv, size_t len, char *buf, size_t size);

/* The same as the inside of a JSON string (RFC 8259): reversible for valid
 * UTF-8; an invalid byte becomes U+FFFD. Returns false when it did not fit. */
bool escape_json(const void *text, size_t len, char *buf, size_t size,
		 size_t *ret_len);

/*
 * Quote for a POSIX shell as one word, control characters as $'\ooo'. Only
 * such text may stand in a command that is shown for pasting. A word that does
 * not fit, or that has a NUL inside, gives "": half a word is another command.
 */
char *escape_shell(const void *text, size_t len, char *buf, size_t size);

#endif
