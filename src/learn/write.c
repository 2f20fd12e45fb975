/* SPDX-License-Identifier: MIT */
/*
 * Replacing a policy file.
 *
 * Theory of operation. The new text goes into a new file in the same folder,
 * which is given all that the old one has and is on the disk before it takes
 * the old one's name. Whoever opens the file sees one text or the other; what
 * fails on the way leaves the old one. Just before the name changes hands the
 * old file is read once more: someone else's change is found, but for one made
 * in the microseconds between, which no call of Linux closes.
 */
#include "learn/write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/cleanup.h"

#define NAME_BYTES  256
#define XATTR_BYTES 65536 /* of one value and of the list (xattr(7)) */
#define ACL	    "system.posix_acl_access"

struct writing {
	const char *path; /* as given, for messages */
	char *real;	  /* without symbolic links */
	const char *name; /* the last part of it */
	int folder;
	int fd;		      /* of the new file */
	char new[NAME_BYTES]; /* its name; "": there is none */
	const char *old;
	size_t old_len;
	struct stat st; /* of the old file */
	struct ef_err *err;
};

static int told(struct writing *w, int code, const char *what)
{
	return err_set(w->err, code, "%s: %s%s%s", w->path, what ? what : "",
		       what ? ": " : "", strerror(code));
}

static int stale(struct writing *w, const char *what)
{
	return err_set(w->err, ESTALE, "%s: %s: nothing was written", w->path,
		       what);
}

/* The file that a path leads to; a file that is not there has a folder. */
static int resolve(struct writing *w)
{
	auto_free char *copy = NULL, *folder = NULL;
	const char *slash;
	struct stat st;

	w->real = realpath(w->path, NULL);
	if (w->real || errno != ENOENT || w->old) {
		if (!w->real && errno == ENOENT)
			return stale(w, "gone since it was read");
		return w->real ? 0 : told(w, errno, NULL);
	}
	if (lstat(w->path, &st) == 0)
		return told(w, ENOENT, "a symbolic link to nothing");
	slash = strrchr(w->path, '/');
	copy = slash ? strndup(w->path, (size_t)(slash - w->path) + 1)
		     : strdup(".");
	folder = copy ? realpath(copy, NULL) : NULL;
	if (!folder)
		return told(w, copy ? errno : ENOMEM, NULL);
	if (asprintf(&w->real, "%s/%s", folder, slash ? slash + 1 : w->path) < 0) {
		w->real = NULL;
		return told(w, ENOMEM, NULL);
	}
	return 0;
}

static int open_folder(struct writing *w)
{
	char *slash = strrchr(w->real, '/');

	w->name = slash + 1;
	*slash = '\0';
	w->folder = open(slash == w->real ? "/" : w->real,
			 O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (w->folder < 0)
		return told(w, errno, "its folder");
	if (!*w->name || strlen(w->name) > NAME_BYTES - 20)
		return told(w, *w->name ? ENAMETOOLONG : EISDIR, NULL);
	return 0;
}

/* True when the file holds exactly these bytes. */
static int has_bytes(int fd, const char *want, size_t len)
{
	char buf[4096];
	size_t at = 0;
	ssize_t n;

	for (;;) {
		n = pread(fd, buf, sizeof(buf), (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : at == len;
		if ((size_t)n > len - at || memcmp(buf, want + at, (size_t)n))
			return 0;
		at += (size_t)n;
	}
}

/* Open the old file and see that it is what the caller has read. */
static int open_old(struct writing *w)
{
	auto_close int fd = openat(w->folder, w->name,
				   O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
					   O_NOCTTY | O_CLOEXEC);
	int r;

	if (fd < 0)
		return errno == ENOENT ? stale(w, "gone since it was read")
				       : told(w, errno, NULL);
	if (fstat(fd, &w->st) < 0)
		return told(w, errno, NULL);
	if (!S_ISREG(w->st.st_mode))
		return err_set(w->err, EINVAL, "%s: not a regular file", w->path);
	r = has_bytes(fd, w->old, w->old_len);
	if (r < 0)
		return told(w, -r, NULL);
	return r ? STEAL_FD(fd) : stale(w, "changed since it was read");
}

/* What a new file in its place would take from somebody. */
static int check_old(struct writing *w)
{
	if (w->st.st_nlink > 1)
		return err_set(w->err, EMLINK,
			       "%s: it has other names (hard links) that would "
			       "keep the old text",
			       w->path);
	if (faccessat(w->folder, w->name, W_OK, AT_EACCESS) < 0)
		return told(w, errno, NULL);
	return 0;
}

/* A file of a name that nobody can have guessed. */
static int make_new(struct writing *w, mode_t mode)
{
	uint64_t random;

	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		return told(w, errno, "a new file");
	snprintf(w->new, sizeof(w->new), ".%s.%012llx", w->name,
		 (unsigned long long)random & 0xffffffffffff);
	w->fd = openat(w->folder, w->new,
		       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		       mode);
	if (w->fd < 0) {
		w->new[0] = '\0';
		return told(w, errno, "a new file beside it");
	}
	return 0;
}

static int write_all(struct writing *w, const char *text, size_t len)
{
	while (len) {
		ssize_t n = write(w->fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return told(w, errno, "the old text stays");
		text += n;
		len -= (size_t)n;
	}
	return 0;
}

/* Labels that the system gives and takes by its own rules may stay behind. */
static bool may_lack(const char *name, int code)
{
	return code == ENOTSUP || !strncmp(name, "security.", 9) ||
	       !strncmp(name, "trusted.", 8);
}

static int copy_xattr(struct writing *w, int old, const char *name, char *value)
{
	ssize_t n = fgetxattr(old, name, value, XATTR_BYTES);

	if (n >= 0 && fsetxattr(w->fd, name, value, (size_t)n, 0) == 0)
		return 0;
	if (may_lack(name, errno))
		return 0;
	return err_set(w->err, EPERM, "%s: its attribute %s cannot be kept: %s",
		       w->path, name, strerror(errno));
}

/* Access lists are extended attributes, too. */
static int copy_xattrs(struct writing *w, int old)
{
	auto_free char *names = malloc(XATTR_BYTES + 1);
	auto_free char *value = malloc(XATTR_BYTES);
	ssize_t n;
	int r = 0;

	if (!names || !value)
		return told(w, ENOMEM, NULL);
	n = flistxattr(old, names, XATTR_BYTES);
	if (n < 0)
		return errno == ENOTSUP ? 0 : told(w, errno, "its attributes");
	names[n] = '\0';
	for (char *p = names; r == 0 && p < names + n; p += strlen(p) + 1)
		r = copy_xattr(w, old, p, value);
	return r;
}

/*
 * Owner first, since a change of it takes bits of the mode away; the list that
 * a folder gives to new files goes before the mode, which it would change.
 */
static int copy_rights(struct writing *w, int old)
{
	struct stat st;

	if (fstat(w->fd, &st) < 0)
		return told(w, errno, NULL);
	if ((st.st_uid != w->st.st_uid || st.st_gid != w->st.st_gid) &&
	    fchown(w->fd, w->st.st_uid, w->st.st_gid) < 0)
		return err_set(w->err, EPERM,
			       "%s: its owner and group cannot be kept: %s",
			       w->path, strerror(errno));
	if (fremovexattr(w->fd, ACL) < 0 && errno != ENODATA && errno != ENOTSUP)
		return told(w, errno, "its access list");
	if (fchmod(w->fd, w->st.st_mode & 07777) < 0)
		return told(w, errno, "its mode");
	return copy_xattrs(w, old);
}

/* The name goes to the new file; one that came meanwhile is not replaced. */
static int take_name(struct writing *w)
{
	unsigned int flags = w->old ? 0 : RENAME_NOREPLACE;
	int r = renameat2(w->folder, w->new, w->folder, w->name, flags);

	/* Some file systems know no flags, but all can refuse a second name. */
	if (r < 0 && !w->old && errno == EINVAL) {
		r = linkat(w->folder, w->new, w->folder, w->name, 0);
		if (r == 0)
			unlinkat(w->folder, w->new, 0);
	}
	if (r < 0)
		return errno == EEXIST ? stale(w, "somebody has made one")
				       : told(w, errno, NULL);
	w->new[0] = '\0';
	return 0;
}

static int replace(struct writing *w, const char *text, size_t len)
{
	auto_close int old = w->old ? open_old(w) : -1;
	auto_close int again = -1;
	int r = 0;

	if (w->old)
		r = old < 0 ? old : check_old(w);
	if (r == 0)
		r = make_new(w, w->old ? 0600 : 0666);
	if (r == 0)
		r = write_all(w, text, len);
	if (r == 0 && w->old)
		r = copy_rights(w, old);
	if (r == 0 && fsync(w->fd) < 0)
		r = told(w, errno, "the old text stays");
	if (r == 0 && w->old) {
		again = open_old(w);
		r = again < 0 ? again : 0;
	}
	if (r == 0)
		r = take_name(w);
	/* The text stands; whether it outlives a power cut is not known. */
	if (r == 0 && fsync(w->folder) < 0 && errno != EINVAL)
		r = told(w, errno, "written, but the disk reports an error");
	return r;
}

int write_policy(const char *path, const char *old, size_t old_len,
		 const char *text, size_t len, struct ef_err *err)
{
	struct writing w = { .path = path,
			     .folder = -1,
			     .fd = -1,
			     .old = old,
			     .old_len = old_len,
			     .err = err };
	int r = resolve(&w);

	if (r == 0)
		r = open_folder(&w);
	if (r == 0)
		r = replace(&w, text, len);
	if (w.new[0])
		unlinkat(w.folder, w.new, 0);
	if (w.fd >= 0)
		close(w.fd);
	if (w.folder >= 0)
		close(w.folder);
	free(w.real);
	return r;
}
