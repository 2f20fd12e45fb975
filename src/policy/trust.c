/* SPDX-License-Identifier: MIT */
/*
 * The list of accepted policy files.
 *
 * Theory of operation. The list is read whole and written whole: into a new
 * file that is renamed over the old one, so a reader sees one or the other.
 * Writers take turns by a lock on the folder. Who reads does not lock.
 */
#include "policy/trust.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

#define LIST "trusted"
#define NEW  "trusted.new"

/* No list of ours is larger. */
#define LIST_MAX (TRUST_ENTRIES_MAX * (TRUST_DIGEST_TEXT + TRUST_PATH_MAX + 1))

struct trust_list {
	size_t n;
	struct trust_entry *entries;
};

AUTO(trust_list, trust_list_free)

struct trust_list *trust_list_new(void)
{
	auto_of(trust_list) struct trust_list *l = calloc(1, sizeof(*l));

	if (l)
		l->entries = calloc(TRUST_ENTRIES_MAX, sizeof(*l->entries));
	return l && l->entries ? STEAL(l) : NULL;
}

void trust_list_free(struct trust_list *l)
{
	if (!l)
		return;
	free(l->entries);
	free(l);
}

size_t trust_list_n(const struct trust_list *l)
{
	return l->n;
}

const struct trust_entry *trust_list_entry(const struct trust_list *l, size_t i)
{
	return &l->entries[i];
}

int trust_digest(const void *bytes, size_t len, char ret[TRUST_DIGEST_TEXT])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int n = 0;

	if (EVP_Digest(bytes, len, digest, &n, EVP_sha256(), NULL) != 1 ||
	    2 * n + 1 != TRUST_DIGEST_TEXT)
		return -ENOMEM;
	for (unsigned int i = 0; i < n; i++)
		sprintf(ret + 2 * i, "%02x", digest[i]);
	return 0;
}

static int told(struct ef_err *err, int code, const char *what)
{
	return err_set(err, code, "%s: %s", what, strerror(code));
}

static int open_folder(const char *state_dir, struct ef_err *err)
{
	int fd = open(state_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? told(err, errno, state_dir) : fd;
}

/* One line: the digest, a space, the path. */
static int parse_line(char *line, struct trust_entry *ret)
{
	size_t hex = strspn(line, "0123456789abcdef");

	if (hex != TRUST_DIGEST_TEXT - 1 || line[hex] != ' ' ||
	    line[hex + 1] != '/' || strlen(line + hex + 1) >= TRUST_PATH_MAX)
		return -EBADMSG;
	line[hex] = '\0';
	strcpy(ret->digest, line);
	strcpy(ret->path, line + hex + 1);
	return 0;
}

static int parse_all(FILE *f, struct trust_list *l)
{
	auto_free char *line = NULL;
	size_t size = 0;
	ssize_t n;

	while ((n = getline(&line, &size, f)) > 0) {
		if (line[n - 1] != '\n' || strlen(line) != (size_t)n ||
		    l->n == TRUST_ENTRIES_MAX)
			return -EBADMSG;
		line[n - 1] = '\0';
		if (parse_line(line, &l->entries[l->n]) < 0)
			return -EBADMSG;
		l->n++;
	}
	return ferror(f) ? -EIO : 0;
}

/* A list that others may write says nothing about what a person accepted. */
static int open_list(int folder, struct ef_err *err)
{
	auto_close int fd = openat(
		folder, LIST, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return errno == ENOENT ? -ENOENT : told(err, errno, LIST);
	if (fstat(fd, &st) < 0)
		return told(err, errno, LIST);
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() ||
	    (st.st_mode & (S_IWGRP | S_IWOTH)))
		return err_set(err, EPERM,
			       "%s: not a regular file that is yours alone to "
			       "write",
			       LIST);
	if (st.st_size > LIST_MAX)
		return told(err, EFBIG, LIST);
	return STEAL_FD(fd);
}

static int read_list(int folder, struct trust_list **ret, struct ef_err *err)
{
	auto_of(trust_list) struct trust_list *l = trust_list_new();
	FILE *f;
	int fd, r;

	if (!l || !l->entries)
		return told(err, ENOMEM, LIST);
	fd = open_list(folder, err);
	if (fd == -ENOENT) {
		*ret = STEAL(l);
		return 0;
	}
	if (fd < 0)
		return fd;
	f = fdopen(fd, "r");
	if (!f) {
		close(fd);
		return told(err, ENOMEM, LIST);
	}
	r = parse_all(f, l);
	fclose(f);
	if (r < 0)
		return err_set(err, -r, "%s: damaged; remove it to start anew",
			       LIST);
	*ret = STEAL(l);
	return 0;
}

int trust_read(const char *state_dir, struct trust_list **ret, struct ef_err *err)
{
	auto_close int folder = open_folder(state_dir, err);

	return folder < 0 ? folder : read_list(folder, ret, err);
}

static int write_list(int folder, const struct trust_list *l, struct ef_err *err)
{
	int fd, bad;
	FILE *f;

	unlinkat(folder, NEW, 0);
	fd = openat(folder, NEW,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return told(err, errno, NEW);
	f = fdopen(fd, "w");
	if (!f) {
		close(fd);
		return told(err, ENOMEM, NEW);
	}
	for (size_t i = 0; i < l->n; i++)
		fprintf(f, "%s %s\n", l->entries[i].digest, l->entries[i].path);
	bad = fflush(f) != 0 || fsync(fd) < 0;
	bad |= fclose(f) != 0;
	if (bad || renameat(folder, NEW, folder, LIST) < 0) {
		int code = errno;

		unlinkat(folder, NEW, 0);
		return told(err, code, NEW);
	}
	return 0;
}

static size_t drop_path(struct trust_list *l, const char *path)
{
	size_t kept = 0, n = l->n;

	for (size_t i = 0; i < n; i++)
		if (strcmp(l->entries[i].path, path))
			l->entries[kept++] = l->entries[i];
	l->n = kept;
	return n - kept;
}

static int resolve(const char *path, char ret[TRUST_PATH_MAX], struct ef_err *err)
{
	auto_free char *real = realpath(path, NULL);

	if (!real)
		return told(err, errno, path);
	if (strlen(real) >= TRUST_PATH_MAX || strchr(real, '\n'))
		return err_set(err, EINVAL,
			       "%s: too long a path, or a line break in it",
			       path);
	strcpy(ret, real);
	return 0;
}

bool trust_is_accepted(const char *state_dir, const char *path,
		       const char *text, size_t len)
{
	auto_of(trust_list) struct trust_list *l = NULL;
	char digest[TRUST_DIGEST_TEXT], real[TRUST_PATH_MAX];

	if (resolve(path, real, NULL) < 0 || trust_digest(text, len, digest) < 0 ||
	    trust_read(state_dir, &l, NULL) < 0)
		return false;
	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->entries[i].path, real) &&
		    !strcmp(l->entries[i].digest, digest))
			return true;
	return false;
}

/* Open the folder and wait for the turn to write; closing it ends the turn. */
static int open_locked(const char *state_dir, struct ef_err *err)
{
	auto_close int folder = open_folder(state_dir, err);

	if (folder < 0)
		return folder;
	if (flock(folder, LOCK_EX) < 0)
		return told(err, errno, state_dir);
	return STEAL_FD(folder);
}

int trust_accept(const char *state_dir, const char *path, const char *text,
		 size_t len, struct ef_err *err)
{
	auto_of(trust_list) struct trust_list *l = NULL;
	auto_close int folder = open_locked(state_dir, err);
	struct trust_entry *e;
	char real[TRUST_PATH_MAX];
	int r;

	if (folder < 0)
		return folder;
	r = resolve(path, real, err);
	if (r == 0)
		r = read_list(folder, &l, err);
	if (r < 0)
		return r;
	drop_path(l, real);
	if (l->n == TRUST_ENTRIES_MAX)
		return err_set(err, ENOSPC,
			       "%d files are accepted already: remove some",
			       TRUST_ENTRIES_MAX);
	e = &l->entries[l->n++];
	strcpy(e->path, real);
	if (trust_digest(text, len, e->digest) < 0)
		return told(err, ENOMEM, path);
	return write_list(folder, l, err);
}

int trust_remove(const char *state_dir, const char *path, struct ef_err *err)
{
	auto_of(trust_list) struct trust_list *l = NULL;
	auto_close int folder = open_locked(state_dir, err);
	char real[TRUST_PATH_MAX];
	size_t n;
	int r;

	if (folder < 0)
		return folder;
	/* A file that is gone is named as it stands in the list. */
	if (resolve(path, real, err) < 0)
		snprintf(real, sizeof(real), "%s", path);
	r = read_list(folder, &l, err);
	if (r < 0)
		return r;
	n = drop_path(l, real);
	if (n)
		r = write_list(folder, l, err);
	return r < 0 ? r : (int)n;
}

/* NULL has none. */
static bool has_entry(const struct trust_list *l, const struct trust_entry *e)
{
	if (!l)
		return false;
	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->entries[i].path, e->path) &&
		    !strcmp(l->entries[i].digest, e->digest))
			return true;
	return false;
}

/*
 * Write what is left, whatever was done to keep us from it: the folder may be
 * closed to its owner or the disk full. A list that cannot be written goes.
 */
static int write_what_is_left(int folder, const struct trust_list *l,
			      struct ef_err *err)
{
	int r;

	if (geteuid() != 0)
		fchmod(folder, 0700);
	r = write_list(folder, l, err);
	if (r < 0 && unlinkat(folder, LIST, 0) == 0)
		return err_set(err, -r,
			       "%s could not be written (%s) and was removed: "
			       "nothing is accepted any more",
			       LIST, strerror(-r));
	return r;
}

/* Who made it unreadable may have written into it, too. */
static int restore(int folder, const struct trust_list *before, struct ef_err *err)
{
	static const struct trust_list none;
	int r = write_what_is_left(folder, before ? before : &none, err);

	return r < 0 ? r
		     : err_set(err, EBADMSG,
			       "%s could not be read any more: it is as it was "
			       "before",
			       LIST);
}

int trust_list_add(struct trust_list *l, const char *digest, const char *path,
		   size_t path_len)
{
	struct trust_entry *e;

	if (path_len >= TRUST_PATH_MAX || memchr(path, '\0', path_len))
		return -EINVAL;
	if (l->n == TRUST_ENTRIES_MAX)
		return -ENOSPC;
	e = &l->entries[l->n++];
	snprintf(e->digest, sizeof(e->digest), "%.*s", TRUST_DIGEST_TEXT - 1,
		 digest);
	snprintf(e->path, sizeof(e->path), "%.*s", (int)path_len, path);
	return 0;
}

int trust_strike_new(const char *state_dir, const struct trust_list *before,
		     struct ef_err *err)
{
	auto_of(trust_list) struct trust_list *l = NULL;
	auto_close int folder = open_locked(state_dir, err);
	size_t kept = 0, n;
	int r;

	if (folder < 0)
		return folder == -ENOENT || folder == -ENOTDIR ? 0 : folder;
	if (read_list(folder, &l, NULL) < 0)
		return restore(folder, before, err);
	n = l->n;
	for (size_t i = 0; i < n; i++)
		if (has_entry(before, &l->entries[i]))
			l->entries[kept++] = l->entries[i];
	l->n = kept;
	r = kept < n ? write_what_is_left(folder, l, err) : 0;
	return r < 0 ? r : (int)(n - kept);
}
