/* SPDX-License-Identifier: MIT */
/* Lists of a person's, as files of lines. */
#include "base/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

static int told(struct ef_err *err, int code, const char *what)
{
	return err_set(err, code, "%s: %s", what, strerror(code));
}

int lines_open(const char *folder, struct ef_err *err)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? told(err, errno, folder) : fd;
}

int lines_lock(const char *folder, struct ef_err *err)
{
	auto_close int fd = lines_open(folder, err);

	if (fd < 0)
		return fd;
	if (flock(fd, LOCK_EX) < 0)
		return told(err, errno, folder);
	return STEAL_FD(fd);
}

static int open_file(int folder, const char *name, size_t max_bytes,
		     struct ef_err *err)
{
	auto_close int fd = openat(
		folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return errno == ENOENT ? -ENOENT : told(err, errno, name);
	if (fstat(fd, &st) < 0)
		return told(err, errno, name);
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() ||
	    (st.st_mode & (S_IWGRP | S_IWOTH)))
		return err_set(err, EPERM,
			       "%s: not a regular file that is yours alone to "
			       "write",
			       name);
	if (st.st_size > (off_t)max_bytes)
		return told(err, EFBIG, name);
	return STEAL_FD(fd);
}

static int take_all(FILE *f, int (*take)(char *line, void *arg), void *arg)
{
	auto_free char *line = NULL;
	size_t size = 0;
	ssize_t n;

	while ((n = getline(&line, &size, f)) > 0) {
		int r;

		if (line[n - 1] != '\n' || strlen(line) != (size_t)n)
			return -EBADMSG;
		line[n - 1] = '\0';
		r = take(line, arg);
		if (r < 0)
			return r;
	}
	return ferror(f) ? -EIO : 0;
}

int lines_read(int folder, const char *name, size_t max_bytes,
	       int (*take)(char *line, void *arg), void *arg, struct ef_err *err)
{
	int fd = open_file(folder, name, max_bytes, err), r;
	FILE *f;

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	f = fdopen(fd, "r");
	if (!f) {
		close(fd);
		return told(err, ENOMEM, name);
	}
	r = take_all(f, take, arg);
	fclose(f);
	if (r == -EBADMSG)
		return err_set(err, EBADMSG,
			       "%s: damaged; remove it to start anew", name);
	return r < 0 ? told(err, -r, name) : 0;
}

int lines_write(int folder, const char *name, void (*put)(FILE *f, void *arg),
		void *arg, struct ef_err *err)
{
	char fresh[64];
	int fd, bad, code;
	FILE *f;

	snprintf(fresh, sizeof(fresh), "%s.new", name);
	unlinkat(folder, fresh, 0);
	fd = openat(folder, fresh,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return told(err, errno, fresh);
	f = fdopen(fd, "w");
	if (!f) {
		close(fd);
		return told(err, ENOMEM, fresh);
	}
	put(f, arg);
	bad = fflush(f) != 0 || fsync(fd) < 0;
	bad |= fclose(f) != 0;
	if (!bad && renameat(folder, fresh, folder, name) == 0)
		return 0;
	code = errno;
	unlinkat(folder, fresh, 0);
	return told(err, code, fresh);
}
