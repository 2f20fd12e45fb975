/* SPDX-License-Identifier: MIT */
/*
 * The list of accepted policy files.
 *
 * Theory of operation. The list is a file of lines (base/lines.h). A line is a
 * digest, a space, and a path.
 */
#include "policy/trust.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/lines.h"

#define LIST "trusted"

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

static int take_line(char *line, void *arg)
{
	struct trust_list *l = arg;

	if (l->n == TRUST_ENTRIES_MAX || parse_line(line, &l->entries[l->n]) < 0)
		return -EBADMSG;
	l->n++;
	return 0;
}

static int read_list(int folder, struct trust_list **ret, struct ef_err *err)
{
	auto_of(trust_list) struct trust_list *l = trust_list_new();
	int r;

	if (!l)
		return told(err, ENOMEM, LIST);
	r = lines_read(folder, LIST, LIST_MAX, take_line, l, err);
	if (r < 0)
		return r;
	*ret = STEAL(l);
	return 0;
}

int trust_read(const char *state_dir, struct trust_list **ret, struct ef_err *err)
{
	auto_close int folder = lines_open(state_dir, err);

	return folder < 0 ? folder : read_list(folder, ret, err);
}

static void put_lines(FILE *f, void *arg)
{
	const struct trust_list *l = arg;

	for (size_t i = 0; i < l->n; i++)
		fprintf(f, "%s %s\n", l->entries[i].digest, l->entries[i].path);
}

static int write_list(int folder, struct trust_list *l, struct ef_err *err)
{
	return lines_write(folder, LIST, put_lines, l, err);
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

int trust_accept(const char *state_dir, const char *path, const char *text,
		 size_t len, struct ef_err *err)
{
	auto_of(trust_list) struct trust_list *l = NULL;
	auto_close int folder = lines_lock(state_dir, err);
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
	auto_close int folder = lines_lock(state_dir, err);
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
static int write_what_is_left(int folder, struct trust_list *l, struct ef_err *err)
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
	struct trust_list old = before ? *before : (struct trust_list){ 0 };
	int r = write_what_is_left(folder, &old, err);

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
	auto_close int folder = lines_lock(state_dir, err);
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
