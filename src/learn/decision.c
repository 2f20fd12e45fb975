/* SPDX-License-Identifier: MIT */
/*
 * The list of decisions. Theory of operation: as with the list of accepted
 * policies, the file is read whole and written whole, into a new one that is
 * renamed over it; writers take turns by a lock on the folder. A line is a
 * word, a time, the destination and the path of the policy, tabs between.
 */
#include "learn/decision.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/cleanup.h"

#define LIST	       "decisions"
#define NEW	       "decisions.new"
#define LINE_MAX_BYTES 8192

struct line {
	enum decided what;
	int64_t last_seen_ms;
	char *destination, *path;
};

struct decisions {
	struct line *list;
	size_t n;
	char *policy_path; /* of those that are asked for */
};

AUTO(decisions, decisions_free)

void decisions_free(struct decisions *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->n; i++)
		free(d->list[i].destination);
	free(d->list);
	free(d->policy_path);
	free(d);
}

static int told(struct ef_err *err, int code, const char *what)
{
	return err_set(err, code, "%s: %s", what, strerror(code));
}

static int damaged(struct ef_err *err)
{
	return err_set(err, EBADMSG, "%s: damaged; remove it to start anew",
		       LIST);
}

static int add(struct decisions *d, enum decided what, int64_t last_seen_ms,
	       const char *destination, const char *path)
{
	size_t a = strlen(destination) + 1, b = strlen(path) + 1;
	struct line *more = reallocarray(d->list, d->n + 1, sizeof(*more));

	if (!more)
		return -ENOMEM;
	d->list = more;
	more += d->n;
	*more = (struct line){ .what = what,
			       .last_seen_ms = last_seen_ms,
			       .destination = malloc(a + b) };
	if (!more->destination)
		return -ENOMEM;
	more->path = more->destination + a;
	memcpy(more->destination, destination, a);
	memcpy(more->path, path, b);
	d->n++;
	return 0;
}

static int parse_line(struct decisions *d, char *line)
{
	char *time = strchr(line, '\t'), *end;
	char *destination = time ? strchr(time + 1, '\t') : NULL;
	char *path = destination ? strchr(destination + 1, '\t') : NULL;
	enum decided what;
	int64_t ms;

	if (!path || d->n == DECISIONS_MAX)
		return -EBADMSG;
	*time++ = *destination++ = *path++ = '\0';
	what = !strcmp(line, "never")  ? DECIDED_NEVER
	       : !strcmp(line, "skip") ? DECIDED_SKIP
				       : DECIDED_NOTHING;
	ms = strtoll(time, &end, 10);
	if (what == DECIDED_NOTHING || end == time || *end || *path != '/')
		return -EBADMSG;
	return add(d, what, ms, destination, path);
}

static int parse_all(FILE *f, struct decisions *d)
{
	auto_free char *line = NULL;
	size_t size = 0;
	ssize_t n;

	while ((n = getline(&line, &size, f)) > 0) {
		int r;

		if (line[n - 1] != '\n' || strlen(line) != (size_t)n)
			return -EBADMSG;
		line[n - 1] = '\0';
		r = parse_line(d, line);
		if (r < 0)
			return r;
	}
	return ferror(f) ? -EIO : 0;
}

/* A list that others may write says nothing about what a person decided. */
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
	if (st.st_size > (off_t)DECISIONS_MAX * LINE_MAX_BYTES)
		return told(err, EFBIG, LIST);
	return STEAL_FD(fd);
}

static int read_list(int folder, struct decisions **ret, struct ef_err *err)
{
	auto_of(decisions) struct decisions *d = calloc(1, sizeof(*d));
	int fd, r;
	FILE *f;

	if (!d)
		return told(err, ENOMEM, LIST);
	fd = open_list(folder, err);
	if (fd == -ENOENT) {
		*ret = STEAL(d);
		return 0;
	}
	if (fd < 0)
		return fd;
	f = fdopen(fd, "r");
	if (!f) {
		close(fd);
		return told(err, ENOMEM, LIST);
	}
	r = parse_all(f, d);
	fclose(f);
	if (r < 0)
		return r == -EBADMSG ? damaged(err) : told(err, -r, LIST);
	*ret = STEAL(d);
	return 0;
}

static int open_folder(const char *state_dir, struct ef_err *err)
{
	int fd = open(state_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? told(err, errno, state_dir) : fd;
}

int decisions_read(const char *state_dir, const char *policy_path,
		   struct decisions **ret, struct ef_err *err)
{
	auto_of(decisions) struct decisions *d = NULL;
	auto_close int folder =
		open(state_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = 0;

	if (folder < 0 && errno != ENOENT)
		return told(err, errno, state_dir);
	if (folder >= 0)
		r = read_list(folder, &d, err);
	else
		d = calloc(1, sizeof(*d));
	if (r < 0)
		return r;
	if (d)
		d->policy_path = strdup(policy_path);
	if (!d || !d->policy_path)
		return told(err, ENOMEM, LIST);
	*ret = STEAL(d);
	return 0;
}

enum decided decisions_find(const struct decisions *d, const char *destination,
			    int64_t last_seen_ms)
{
	for (size_t i = 0; d && i < d->n; i++) {
		const struct line *l = &d->list[i];

		if (strcmp(l->destination, destination) != 0 ||
		    strcmp(l->path, d->policy_path) != 0)
			continue;
		return l->what == DECIDED_SKIP && last_seen_ms > l->last_seen_ms
			       ? DECIDED_NOTHING
			       : l->what;
	}
	return DECIDED_NOTHING;
}

static int write_list(int folder, const struct decisions *d, struct ef_err *err)
{
	int fd, bad, code;
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
	for (size_t i = 0; i < d->n; i++)
		fprintf(f, "%s\t%lld\t%s\t%s\n",
			d->list[i].what == DECIDED_NEVER ? "never" : "skip",
			(long long)d->list[i].last_seen_ms,
			d->list[i].destination, d->list[i].path);
	bad = fflush(f) != 0 || fsync(fd) < 0;
	bad |= fclose(f) != 0;
	if (!bad && renameat(folder, NEW, folder, LIST) == 0)
		return 0;
	code = errno;
	unlinkat(folder, NEW, 0);
	return told(err, code, NEW);
}

/* Take out what is about a policy, and of that one destination or all. */
static int drop(struct decisions *d, const char *path, const char *destination)
{
	size_t kept = 0, n = d->n;

	for (size_t i = 0; i < n; i++) {
		struct line *l = &d->list[i];

		if (!strcmp(l->path, path) &&
		    (!destination || !strcmp(l->destination, destination)))
			free(l->destination);
		else
			d->list[kept++] = *l;
	}
	d->n = kept;
	return (int)(n - kept);
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

int decisions_write(const char *state_dir, const char *policy_path,
		    const char *destination, enum decided what,
		    int64_t last_seen_ms, struct ef_err *err)
{
	auto_of(decisions) struct decisions *d = NULL;
	auto_close int folder = -1;
	int r;

	if (*policy_path != '/' || strpbrk(policy_path, "\t\n") ||
	    strpbrk(destination, "\t\n"))
		return err_set(err, EINVAL,
			       "%s: a path that decisions cannot be kept for",
			       policy_path);
	folder = open_locked(state_dir, err);
	if (folder < 0)
		return folder;
	r = read_list(folder, &d, err);
	if (r < 0)
		return r;
	drop(d, policy_path, destination);
	if (what != DECIDED_NOTHING && d->n == DECISIONS_MAX)
		return err_set(err, ENOSPC,
			       "%d decisions are kept already: draft --again "
			       "takes those of a policy back",
			       DECISIONS_MAX);
	if (what != DECIDED_NOTHING &&
	    add(d, what, last_seen_ms, destination, policy_path) < 0)
		return told(err, ENOMEM, LIST);
	return write_list(folder, d, err);
}

int decisions_forget(const char *state_dir, const char *policy_path,
		     struct ef_err *err)
{
	auto_of(decisions) struct decisions *d = NULL;
	auto_close int folder = open_locked(state_dir, err);
	int n, r;

	if (folder < 0)
		return folder;
	r = read_list(folder, &d, err);
	if (r < 0)
		return r;
	n = drop(d, policy_path, NULL);
	if (n)
		r = write_list(folder, d, err);
	return r < 0 ? r : n;
}
