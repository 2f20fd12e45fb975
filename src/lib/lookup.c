/* SPDX-License-Identifier: MIT */
/* Looking for a program before anything is started. */
#include "lib/lookup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

static int try_file(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return errno == EACCES ? -EACCES : -ENOENT;
	if (!S_ISREG(st.st_mode) || faccessat(AT_FDCWD, path, X_OK, AT_EACCESS))
		return -EACCES;
	return 0;
}

int lookup_program(const char *name)
{
	const char *path = getenv("PATH");
	auto_free char *copy = strdup(path ? path : "/bin:/usr/bin");
	char *rest = copy;
	char *dir;
	int found = -ENOENT;

	if (!*name)
		return -ENOENT;
	if (strchr(name, '/'))
		return try_file(name);
	while (rest && (dir = strsep(&rest, ":"))) {
		char file[4096];
		int n = snprintf(file, sizeof(file), "%s/%s", *dir ? dir : ".",
				 name);
		int r = -ENOENT;

		if (n > 0 && (size_t)n < sizeof(file))
			r = try_file(file);
		if (r == 0)
			return 0;
		/* a folder that may not be searched is one without it */
		if (r == -EACCES && !access(file, F_OK))
			found = -EACCES;
	}
	return found;
}
