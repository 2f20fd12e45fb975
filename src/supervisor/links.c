/* SPDX-License-Identifier: MIT */
/* The folders that a path leads through. */
#include "supervisor/links.h"

#include <libgen.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define LINKS_MAX 16

static void watch_folder_of(int inotify, const char *path)
{
	char copy[PATH_MAX];

	strncpy(copy, path, sizeof(copy) - 1);
	copy[sizeof(copy) - 1] = '\0';
	inotify_add_watch(inotify, dirname(copy),
			  IN_CLOSE_WRITE | IN_CREATE | IN_MOVED_TO |
				  IN_MOVED_FROM | IN_DELETE | IN_ATTRIB |
				  IN_ONLYDIR | IN_MASK_ADD);
}

/* dirname() mostly cuts the text in place; not so for a name alone. */
static void cut_to_folder(char *path)
{
	const char *folder = dirname(path);

	if (folder != path)
		strcpy(path, folder);
}

/* Where a link leads, relative to the folder it is in; false: no link. */
static bool follow(char *path)
{
	char target[PATH_MAX], folder[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof(target) - 1);
	size_t at;

	if (n <= 0)
		return false;
	target[n] = '\0';
	if (target[0] == '/') {
		strcpy(path, target);
		return true;
	}
	strcpy(folder, path);
	cut_to_folder(folder);
	at = strlen(folder);
	if (at + (size_t)n + 2 > PATH_MAX)
		return false;
	memcpy(path, folder, at);
	path[at++] = '/';
	memcpy(path + at, target, (size_t)n + 1);
	return true;
}

/* A link in the middle of the path (as container volumes have them) is found
 * by following the folder as well. */
void links_watch(int inotify, const char *at)
{
	char path[PATH_MAX], folder[PATH_MAX];

	strncpy(path, at, sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	for (int i = 0; i < LINKS_MAX; i++) {
		watch_folder_of(inotify, path);
		strcpy(folder, path);
		cut_to_folder(folder);
		for (int j = 0; j < LINKS_MAX && follow(folder); j++)
			watch_folder_of(inotify, folder);
		if (!follow(path))
			return;
	}
}
