/* SPDX-License-Identifier: MIT */
/* Two words of a command line. */
#include "learn/program.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define PLAIN                                                                  \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-/"

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

/* What is not printable ASCII, or would be misread in a comment, is '?'. */
static void set_name(const char *path, char ret[PROGRAM_WORD])
{
	const char *name = base_name(path);
	size_t n = 0;

	for (; *name && n + 1 < PROGRAM_WORD; name++)
		ret[n++] = *name > ' ' && *name <= '~' ? *name : '?';
	ret[n] = '\0';
}

static void set_word(const char *arg, char ret[PROGRAM_WORD])
{
	const char *word = base_name(arg);

	if (*word && !arg[strspn(arg, PLAIN)] && strlen(word) < PROGRAM_WORD)
		strcpy(ret, word);
}

void program_of(const char *argv, size_t len, const char *exe, const char *comm,
		struct program *ret)
{
	const char *end = argv + len;
	bool after_option = false;

	*ret = (struct program){ 0 };
	/* Without a NUL at its end the list was cut: its last is not whole. */
	while (end > argv && end[-1])
		end--;
	set_name(end > argv && *argv ? argv : *exe ? exe : comm, ret->name);
	if (!ret->name[0])
		strcpy(ret->name, "?");
	if (end == argv)
		return;
	for (argv += strlen(argv) + 1; argv < end; argv += strlen(argv) + 1) {
		if (*argv != '-' && !after_option) {
			set_word(argv, ret->word);
			return;
		}
		after_option = *argv == '-';
	}
}

char *program_text(const struct program *p, char *buf, size_t size)
{
	if (p->word[0])
		snprintf(buf, size, "%s (%s)", p->name, p->word);
	else
		snprintf(buf, size, "%s", p->name);
	return buf;
}
