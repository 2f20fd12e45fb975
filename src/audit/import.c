// SPDX-License-Identifier: MIT
// Reading records from elsewhere, and putting them where sessions are kept.
//
// Everything is read into a private folder first. Only when all of it is there,
// complete and on the disk do the files get their names among the sessions, by
// renames that take nobody's place; when one of them fails, those before it are
// taken back.
#include "audit/import.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/import_impl.h"
#include "audit/reader_impl.h"
#include "base/cleanup.h"

AUTO(import, import_free)
AUTO(reader, reader_close)

#define STAGING ".import-" /* PID and six letters follow */

void import_tell(struct import *im, const char *fmt, ...)
{
	struct ef_err line = { 0 };
	va_list ap;
	char text[480];

	if (!im->options.tell)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	err_set(&line, 0, "%s", text); /* makes it printable */
	im->options.tell(im->options.arg, line.msg);
}

/* Remove a folder of ours with the files in it. */
static void remove_folder(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			unlinkat(dirfd(d), e->d_name, 0);
	if (d)
		closedir(d);
	rmdir(path);
}

/* What an import that was killed has left behind. */
static void remove_stale(const char *folder)
{
	DIR *d = opendir(folder);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		auto_free char *path = NULL;
		int pid;

		if (sscanf(e->d_name, STAGING "%d-", &pid) != 1 || pid < 1 ||
		    kill(pid, 0) == 0 || errno != ESRCH ||
		    asprintf(&path, "%s/%s", folder, e->d_name) < 0)
			continue;
		remove_folder(path);
	}
	if (d)
		closedir(d);
}

/* The folder and those above it, for the user alone. */
static int make_folder(const char *path, struct ef_err *err)
{
	auto_free char *part = strdup(path);

	if (!part)
		return err_set(err, ENOMEM, "out of memory");
	for (char *p = part + 1;; p++) {
		char was = *p;

		if (was && was != '/')
			continue;
		*p = '\0';
		if (mkdir(part, 0700) < 0 && errno != EEXIST)
			return err_set(err, errno,
				       "cannot make the folder %s: %s", part,
				       strerror(errno));
		*p = was;
		if (!was)
			return 0;
	}
}

static int make_private(struct import *im, const char *parent, const char *name,
			struct ef_err *err)
{
	if (asprintf(&im->private, "%s/%s%d-XXXXXX", parent, name,
		     (int)getpid()) < 0) {
		im->private = NULL;
		return err_set(err, ENOMEM, "out of memory");
	}
	if (mkdtemp(im->private))
		return 0;
	err_set(err, errno, "cannot make a folder in %s: %s", parent,
		strerror(errno));
	free(STEAL(im->private));
	return -err->code;
}

/* Does a file begin as SQLite's do? */
static bool is_database(int fd)
{
	static const char magic[16] = "SQLite format 3";
	char head[16];

	return pread(fd, head, sizeof(head), 0) == sizeof(head) &&
	       !memcmp(head, magic, sizeof(head));
}

static int read_file(struct import *im, const char *path, struct ef_err *err)
{
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat sb;

	if (fd < 0 || fstat(fd, &sb) < 0)
		return err_set(err, errno, "%s: %s", path, strerror(errno));
	if (!S_ISREG(sb.st_mode) && !S_ISFIFO(sb.st_mode) && !S_ISCHR(sb.st_mode))
		return err_set(err, EINVAL, "%s is neither a file nor a pipe",
			       path);
	if (S_ISREG(sb.st_mode) && !sb.st_size)
		return err_set(err, EBADMSG, "%s is empty: nothing to import",
			       path);
	return is_database(fd) ? import_database(im, path, err)
			       : import_lines(im, path, fd, err);
}

static bool ends_in(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);

	return n > m && !strcmp(name + n - m, end);
}

static int is_record(const struct dirent *e)
{
	return ends_in(e->d_name, ".db") || ends_in(e->d_name, ".ndjson");
}

/* The paths of the records in a folder, in the order of their names. */
static int list_folder(const char *path, char ***ret, size_t *ret_n,
		       struct ef_err *err)
{
	struct dirent **list;
	int n = scandir(path, &list, is_record, alphasort), r = 0;

	*ret_n = 0;
	if (n < 0)
		return err_set(err, errno, "%s: %s", path, strerror(errno));
	*ret = calloc((size_t)n + 1, sizeof(**ret));
	for (int i = 0; i < n; i++) {
		if (!*ret ||
		    asprintf(&(*ret)[i], "%s/%s", path, list[i]->d_name) < 0)
			r = err_set(err, ENOMEM, "out of memory");
		else
			(*ret_n)++;
		free(list[i]);
	}
	free(list);
	return r;
}

/* A path that lives as long as the import. */
static const char *keep(struct import *im, const char *path, struct ef_err *err)
{
	char **more = reallocarray(im->sources, im->n_sources + 1, sizeof(*more));
	char *copy = strdup(path);

	if (more)
		im->sources = more;
	if (!more || !copy) {
		free(copy);
		err_set(err, ENOMEM, "out of memory");
		return NULL;
	}
	return im->sources[im->n_sources++] = copy;
}

static int read_path(struct import *im, const char *path, struct ef_err *err)
{
	const char *source =
		keep(im, strcmp(path, "-") ? path : "standard input", err);

	if (!source)
		return -ENOMEM;
	return strcmp(path, "-") ? read_file(im, source, err)
				 : import_lines(im, source, STDIN_FILENO, err);
}

/* Files of a folder, databases only when they are wanted, too. */
static int read_folder(struct import *im, const char *path, bool with_databases,
		       struct ef_err *err)
{
	char **list = NULL;
	size_t n;
	int r = list_folder(path, &list, &n, err);

	for (size_t i = 0; i < n; i++) {
		if (!r && (with_databases || ends_in(list[i], ".ndjson")))
			r = read_path(im, list[i], err);
		free(list[i]);
	}
	free(list);
	return r;
}

static bool is_folder(const char *path)
{
	struct stat sb;

	return strcmp(path, "-") != 0 && stat(path, &sb) == 0 &&
	       S_ISDIR(sb.st_mode);
}

/* The sum of the only session in a stage. */
static int sum_of(const struct stage *s, char ret[DIGEST_HEX], struct ef_err *err)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *q = NULL;
	int64_t id = 0;
	int rc = sqlite3_open_v2(
		s->path, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);
	int r;

	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(db, "SELECT id FROM sessions", -1, &q,
					NULL);
	if (rc == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW)
		id = sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	r = rc ? -EIO : archive_sum(db, id, ret);
	if (r)
		err_set(err, -r, "%s: session %.8s: %s", s->source,
			s->item.uuid, sqlite3_errmsg(db));
	sqlite3_close(db);
	return r;
}

/* Two of one id: the later one goes when it is a copy. */
static int settle(struct import *im, const struct stage *first, size_t later,
		  struct ef_err *err)
{
	struct stage *s = im->stages[later];
	char one[DIGEST_HEX], two[DIGEST_HEX];
	int r = sum_of(first, one, err);

	if (!r)
		r = sum_of(s, two, err);
	if (r)
		return r;
	if (strcmp(one, two) != 0)
		return err_set(
			err, EEXIST,
			"session %s is in %s and in %s, and they differ: "
			"leave one of them out",
			s->item.uuid, first->source, s->source);
	unlink(s->path);
	stage_free(s);
	memmove(&im->stages[later], &im->stages[later + 1],
		(--im->n_stages - later) * sizeof(*im->stages));
	return 0;
}

static int settle_all(struct import *im, struct ef_err *err)
{
	int r = 0;

	for (size_t i = 0; !r && i < im->n_stages; i++)
		for (size_t k = i + 1; !r && k < im->n_stages;) {
			if (!strcmp(im->stages[i]->item.uuid,
				    im->stages[k]->item.uuid))
				r = settle(im, im->stages[i], k, err);
			else
				k++;
		}
	return r;
}

static int finish_all(struct import *im, struct ef_err *err)
{
	int r = 0;

	for (size_t i = 0; !r && i < im->n_stages; i++)
		r = stage_finish(im, im->stages[i], err);
	if (!r && im->n_unknown)
		import_tell(im,
			    "%zu lines of types this version does not know "
			    "were left out",
			    im->n_unknown);
	return r ? r : settle_all(im, err);
}

static struct import *new_import(const struct import_options *o)
{
	struct import *im = calloc(1, sizeof(*im));

	if (im)
		im->options = *o;
	return im;
}

int import_read(const char *folder, const char *const *paths, size_t n,
		const struct import_options *o, struct import **ret,
		struct ef_err *err)
{
	auto_of(import) struct import *im = new_import(o);
	int r;

	if (!im || !(im->folder = strdup(folder)))
		return err_set(err, ENOMEM, "out of memory");
	r = make_folder(folder, err);
	if (!r) {
		remove_stale(folder);
		r = make_private(im, folder, STAGING, err);
	}
	for (size_t i = 0; !r && i < n; i++)
		r = is_folder(paths[i]) ? read_folder(im, paths[i], true, err)
					: read_path(im, paths[i], err);
	if (!r)
		r = finish_all(im, err);
	if (!r)
		*ret = STEAL(im);
	return r;
}

/* Is a session of this id among those that are there? Then it is the same. */
static int compare_known(struct reader *r, struct stage *s, struct ef_err *err)
{
	char one[DIGEST_HEX], two[DIGEST_HEX];
	sqlite3 *db;
	size_t i = 0;
	int e;

	while (i < reader_n_sessions(r) &&
	       strcmp(reader_session(r, i)->uuid, s->item.uuid) != 0)
		i++;
	if (i == reader_n_sessions(r))
		return 0;
	e = reader_use(r, i, &db, err);
	if (!e)
		e = sum_of(s, one, err);
	if (!e) {
		e = archive_sum(db, reader_session(r, i)->row, two);
		if (e)
			err_set(err, -e, "%s: %s", reader_session(r, i)->path,
				sqlite3_errmsg(db));
	}
	if (e)
		return e;
	if (strcmp(one, two) != 0)
		return err_set(err, EEXIST,
			       "session %s of %s is recorded already, in %s, "
			       "and they differ: remove that one first, or "
			       "leave the file out",
			       s->item.uuid, s->source,
			       reader_session(r, i)->path);
	s->item.outcome = IMPORT_KNOWN;
	return 0;
}

int import_compare(struct import *im, struct reader *known, struct ef_err *err)
{
	int r = 0;

	for (size_t i = 0; !r && i < im->n_stages; i++)
		r = compare_known(known, im->stages[i], err);
	return r;
}

static char *target_of(const struct import *im, const struct stage *s)
{
	char *path;

	return asprintf(&path, "%s/%s.db", im->folder, s->item.uuid) < 0 ? NULL
									 : path;
}

/* Give a stage its place among the sessions. */
static int place(const struct import *im, struct stage *s, struct ef_err *err)
{
	auto_free char *path = target_of(im, s);

	if (!path)
		return err_set(err, ENOMEM, "out of memory");
	if (renameat2(AT_FDCWD, s->path, AT_FDCWD, path, RENAME_NOREPLACE) < 0)
		return err_set(err, errno, "%s: %s", path, strerror(errno));
	return 0;
}

/* Take those back that have a place already. */
static void take_back(const struct import *im, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		auto_free char *path = target_of(im, im->stages[i]);

		if (path && im->stages[i]->item.outcome == IMPORT_NEW)
			unlink(path);
	}
}

static int sync_folder(const char *path)
{
	auto_close int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

int import_publish(struct import *im, struct ef_err *err)
{
	const char *paths[] = { im->folder };
	auto_of(reader) struct reader *known = NULL;
	int r = reader_open(paths, 1, &known, err);

	if (!r)
		r = import_compare(im, known, err);
	for (size_t i = 0; !r && i < im->n_stages; i++) {
		if (im->stages[i]->item.outcome == IMPORT_NEW)
			r = place(im, im->stages[i], err);
		if (r)
			take_back(im, i);
	}
	if (!r)
		sync_folder(im->folder);
	return r;
}

const struct import_item *import_item(const struct import *im, size_t i)
{
	return i < im->n_stages ? &im->stages[i]->item : NULL;
}

size_t import_n_bad(const struct import *im)
{
	return im->n_bad;
}

void import_free(struct import *im)
{
	if (!im)
		return;
	for (size_t i = 0; i < im->n_stages; i++)
		stage_free(im->stages[i]);
	for (size_t i = 0; i < im->n_sources; i++)
		free(im->sources[i]);
	if (im->private)
		remove_folder(im->private);
	free(im->stages);
	free(im->sources);
	free(im->private);
	free(im->folder);
	free(im);
}

/* Not a database, as far as one can see: what a reader cannot read itself. */
static bool is_lines(const char *path)
{
	auto_close int fd = -1;
	struct stat sb;

	if (!strcmp(path, "-"))
		return true;
	if (stat(path, &sb) < 0 || S_ISDIR(sb.st_mode))
		return false;
	if (!S_ISREG(sb.st_mode))
		return true;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd >= 0 && !is_database(fd);
}

/* Keep aside what is NDJSON; *list becomes what is left for a reader. */
static int stage_lines(struct import *im, const char *const *paths, size_t n,
		       const char **list, size_t *ret_n, struct ef_err *err)
{
	int r = 0;

	for (size_t i = 0; !r && i < n; i++) {
		if (is_lines(paths[i])) {
			r = read_path(im, paths[i], err);
			continue;
		}
		list[(*ret_n)++] = paths[i];
		if (is_folder(paths[i]))
			r = read_folder(im, paths[i], false, err);
	}
	return r ? r : finish_all(im, err);
}

int import_open(const char *const *paths, size_t n,
		const struct import_options *o, struct reader **ret,
		struct ef_err *err)
{
	auto_of(import) struct import *im = new_import(o);
	auto_free const char **list = calloc(n + 1, sizeof(*list));
	auto_of(reader) struct reader *reader = NULL;
	const char *parent = getenv("TMPDIR");
	size_t n_list = 0;
	int r;

	if (!im || !list)
		return err_set(err, ENOMEM, "out of memory");
	r = make_private(im, parent && *parent ? parent : "/tmp",
			 "egress-filter-", err);
	if (!r)
		r = stage_lines(im, paths, n, list, &n_list, err);
	if (!r && im->n_stages)
		list[n_list++] = im->private;
	if (!r)
		r = reader_open(list, n_list, &reader, err);
	if (!r)
		r = reader_drop_copies(reader, err);
	if (r)
		return r;
	reader->import = STEAL(im);
	*ret = STEAL(reader);
	return 0;
}
