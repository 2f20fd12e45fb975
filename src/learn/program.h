/* SPDX-License-Identifier: MIT */
#ifndef EF_LEARN_PROGRAM_H
#define EF_LEARN_PROGRAM_H

#include <stddef.h>

/*
 * What little of a command line is written into a policy: the program's name
 * and the word that says what it was to do. Never more: arguments may hold
 * passwords, and whoever runs under the filter chooses them.
 */
#define PROGRAM_WORD 41 /* bytes of a name or a word, with its NUL */

struct program {
	char name[PROGRAM_WORD];
	char word[PROGRAM_WORD]; /* "" none */
};

/*
 * Fill *ret from an argument list with a NUL after each (may be empty); exe
 * and comm say what to do without one. The name is the base name of the first
 * argument. The word is the first other argument that is no option and does
 * not follow one (it may be its value), if it is made of letters, digits and
 * "._+-/" alone; of a path the base name. Everything is printable ASCII.
 */
void program_of(const char *argv, size_t len, const char *exe, const char *comm,
		struct program *ret);

/* "npm (install)", or "npm"; returns buf. */
char *program_text(const struct program *p, char *buf, size_t size);

#endif
