// SPDX-License-Identifier: MIT
// Has anything been done to the files of the record, or to their folders?
//
// Theory of operation. Looking at three files by stat() around each commit
// costs about as much as the commit. The kernel can say instead that nothing
// has happened to them: inotify(7) puts an event in our queue within the call
// that renames or removes a file, gives it a second link, cuts it short, or
// moves a folder above it. An empty queue, one short read(), therefore tells
// what the three looks at the last full check told. Any event, of whatever
// kind, asks for a full check, and one is made twice a second all the same:
// what has been mounted over a folder is no event. Where there is no watch (no
// room for one, a folder above that cannot be read) each check is a full one.
// To end a watch takes the kernel up to some ten milliseconds, so a session of
// few rows does without.
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "audit/store_impl.h"

/* The index is written through a mapping, which is no event, unless it is cut
 * or grows. */
#define OF_FILE	  (IN_ATTRIB | IN_MOVE_SELF | IN_DELETE_SELF | IN_DONT_FOLLOW)
#define OF_INDEX  (OF_FILE | IN_MODIFY)
#define OF_FOLDER (IN_MOVE_SELF | IN_DELETE_SELF | IN_DONT_FOLLOW | IN_ONLYDIR)

static bool add(int watch, const char *path, uint32_t events)
{
	return inotify_add_watch(watch, path, events) >= 0;
}

/* The folder of the files, and each one above it. */
static bool add_folders(int watch, const char *file)
{
	char path[PATH_MAX + 8];
	char *end;

	snprintf(path, sizeof(path), "%s", file);
	while ((end = strrchr(path, '/'))) {
		*end = '\0';
		if (!add(watch, *path ? path : "/", OF_FOLDER))
			return false;
	}
	return true;
}

void store_watch_start(struct store *st)
{
	int watch;

	if (st->is_watch_tried || st->seq < WATCH_ROWS)
		return;
	st->is_watch_tried = true;
	watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (watch < 0)
		return;
	if (add(watch, st->path[FILE_DB], OF_FILE) &&
	    add(watch, st->path[FILE_WAL], OF_FILE) &&
	    add(watch, st->path[FILE_SHM], OF_INDEX) &&
	    add_folders(watch, st->path[FILE_DB]))
		st->watch_fd = watch;
	else
		close(watch);
}

bool store_watch_is_quiet(struct store *st)
{
	char events[4096];

	if (st->watch_fd < 0)
		return false;
	return read(st->watch_fd, events, sizeof(events)) < 0 && errno == EAGAIN;
}

void store_watch_stop(struct store *st)
{
	if (st->watch_fd >= 0)
		close(st->watch_fd);
	st->watch_fd = -1;
}
