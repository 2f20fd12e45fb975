// SPDX-License-Identifier: MIT
// Opening the record: the folder, the file, the connection, the first row.
//
// Nothing of ours is ever opened but through SQLite, with one exception: a file
// that does not exist yet is made first (0600, exclusively), so that neither
// the umask nor a file or link put there in between decides who may read it.
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/schema.h"
#include "audit/store_impl.h"
#include "base/cleanup.h"
#include "base/clock.h"

/* Make a folder and those above it, for the user alone. */
static int make_folder(const char *path, struct ef_err *err)
{
	char part[PATH_MAX];

	if ((size_t)snprintf(part, sizeof(part), "%s", path) >= sizeof(part))
		return err_set(err, ENAMETOOLONG, "%s: path too long", path);
	for (char *p = part + 1;; p++) {
		char was = *p;

		if (was != '/' && was)
			continue;
		*p = '\0';
		if (mkdir(part, 0700) < 0 && errno != EEXIST)
			return err_set(err, errno,
				       "cannot make the folder %s (%s): name a "
				       "file in a writable folder with --db",
				       part, strerror(errno));
		*p = was;
		if (!was)
			return 0;
	}
}

/* Resolve the folder of a path, so that what follows is not a link. */
static int resolve_path(const char *path, char *ret, size_t size,
			struct ef_err *err)
{
	auto_free char *for_dir = strdup(path), *for_base = strdup(path);
	auto_free char *dir = NULL;
	const char *base;

	if (!for_dir || !for_base)
		return err_set(err, ENOMEM, "out of memory");
	base = basename(for_base);
	dir = realpath(dirname(for_dir), NULL);
	if (!dir)
		return err_set(err, errno,
			       "the folder of %s: %s; make it, or name another "
			       "file with --db",
			       path, strerror(errno));
	if ((size_t)snprintf(ret, size, "%s/%s", strcmp(dir, "/") ? dir : "",
			     base) >= size)
		return err_set(err, ENAMETOOLONG, "%s: path too long", path);
	return 0;
}

static int name_files(struct store *st, const struct store_options *o,
		      struct ef_err *err)
{
	char own[PATH_MAX];
	char *db = st->path[FILE_DB];
	int r;

	if (!o->path) {
		if ((size_t)snprintf(own, sizeof(own), "%s/sessions",
				     o->state_dir) >= sizeof(own) - 48)
			return err_set(err, ENAMETOOLONG, "%s: path too long",
				       o->state_dir);
		r = make_folder(own, err);
		if (r < 0)
			return r;
		snprintf(own + strlen(own), 48, "/%s.db", st->uuid);
	}
	r = resolve_path(o->path ? o->path : own, db, PATH_MAX, err);
	if (r < 0)
		return r;
	snprintf(st->path[FILE_WAL], sizeof(st->path[0]), "%.*s-wal", PATH_MAX,
		 db);
	snprintf(st->path[FILE_SHM], sizeof(st->path[0]), "%.*s-shm", PATH_MAX,
		 db);
	*strrchr(db, '/') = '\0';
	st->folder_fd = open(*db ? db : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	db[strlen(db)] = '/';
	return st->folder_fd < 0 ? err_set(err, errno, "the folder of %s: %s",
					   db, strerror(errno))
				 : 0;
}

/* A file that is there must be a plain one of ours; one that is not is made. */
static int claim_file(const char *path, struct ef_err *err)
{
	struct stat sb;
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		      0600);

	if (fd >= 0) {
		close(fd);
		return 0;
	}
	if (errno != EEXIST)
		return err_set(err, errno,
			       "cannot make %s (%s): name a file in a writable "
			       "folder with --db",
			       path, strerror(errno));
	if (lstat(path, &sb) < 0)
		return err_set(err, errno, "%s: %s", path, strerror(errno));
	if (S_ISLNK(sb.st_mode))
		return err_set(err, ELOOP,
			       "%s is a symbolic link: name the file itself "
			       "with --db",
			       path);
	if (!S_ISREG(sb.st_mode))
		return err_set(err, EINVAL, "%s is no plain file", path);
	if (sb.st_nlink != 1)
		return err_set(err, EMLINK,
			       "%s has more than one link: a record has one",
			       path);
	if (sb.st_mode & S_IWOTH || (geteuid() != 0 && sb.st_uid != geteuid()))
		return err_set(err, EPERM,
			       "%s belongs to somebody else, or everybody may "
			       "write it: name another file with --db",
			       path);
	if (access(path, R_OK | W_OK) < 0)
		return err_set(err, errno,
			       "%s cannot be written (%s): name another file "
			       "with --db",
			       path, strerror(errno));
	return 0;
}

/* SQLite asks this while a lock is held by somebody else. */
static int busy(void *arg, int calls)
{
	struct store *st = arg;

	(void)calls;
	if (!st->busy_since_ns)
		st->busy_since_ns = clock_mono_ns();
	if (clock_mono_ns() - st->busy_since_ns > BUSY_LIMIT_NS)
		return 0;
	usleep(BUSY_STEP_US);
	return 1;
}

static int connect_to(struct store *st, sqlite3 **ret, struct ef_err *err)
{
	const char *path = st->path[FILE_DB];
	int rc = sqlite3_open_v2(path, ret,
				 SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
					 SQLITE_OPEN_NOFOLLOW,
				 NULL);

	if (rc == SQLITE_OK) {
		sqlite3_extended_result_codes(*ret, 1);
		sqlite3_busy_handler(*ret, busy, st);
		sqlite3_db_config(*ret, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		sqlite3_db_config(*ret, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
		sqlite3_db_config(*ret, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
		sqlite3_db_config(*ret, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
		rc = sqlite3_exec(*ret,
				  "PRAGMA cell_size_check = ON;"
				  "PRAGMA mmap_size = 0;"
				  "PRAGMA foreign_keys = OFF;"
				  "PRAGMA temp_store = MEMORY;"
				  "PRAGMA wal_autocheckpoint = 0;",
				  NULL, NULL, NULL);
	}
	return rc == SQLITE_OK ? 0 : schema_told(*ret, rc, path, err);
}

static int set_sync(struct store *st, bool on)
{
	return sqlite3_exec(st->db,
			    on ? "PRAGMA synchronous = NORMAL"
			       : "PRAGMA synchronous = OFF",
			    NULL, NULL, NULL);
}

/* A new file becomes a write-ahead one without waiting for the disk: there is
 * nothing in it to lose yet. */
static int use_log(struct store *st, struct ef_err *err)
{
	sqlite3_stmt *s = NULL;
	int rc = set_sync(st, false);
	bool is_wal = false;

	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(st->db, "PRAGMA journal_mode = WAL", -1,
					&s, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(s);
	if (rc == SQLITE_ROW) {
		const char *mode = (const char *)sqlite3_column_text(s, 0);

		is_wal = mode && !strcmp(mode, "wal");
		rc = SQLITE_OK;
	}
	sqlite3_finalize(s);
	if (rc == SQLITE_OK && st->is_shared)
		rc = set_sync(st, true);
	if (rc != SQLITE_OK)
		return schema_told(st->db, rc, st->path[FILE_DB], err);
	if (!is_wal)
		return err_set(err, ENOTSUP,
			       "%s: its file system has no shared memory for "
			       "SQLite: name a file on a local disk with --db",
			       st->path[FILE_DB]);
	return 0;
}

/* One line of a small file of the kernel, "" when it cannot be read. */
static void first_line(const char *path, char *ret, size_t size)
{
	FILE *f = fopen(path, "re");

	*ret = '\0';
	if (f && fgets(ret, (int)size, f))
		ret[strcspn(ret, "\n")] = '\0';
	if (f)
		fclose(f);
}

static int64_t start_ticks(void)
{
	char line[1024];
	char *p;
	unsigned long long ticks = 0;

	first_line("/proc/self/stat", line, sizeof(line));
	p = strrchr(line, ')');
	for (int field = 2; p && field < 22; field++)
		p = strchr(p + 1, ' ');
	if (p)
		sscanf(p, "%llu", &ticks);
	return (int64_t)ticks;
}

#define SESSION_DIGESTED 10 /* its name and tags may be given later */

static int put_session(struct store *st, const struct session_start *s)
{
	char boot[64];
	int r = store_check_before(st);

	first_line("/proc/sys/kernel/random/boot_id", boot, sizeof(boot));
	struct cell cells[] = {
		cell_text(s->uuid),
		cell_text(s->host_id),
		cell_bytes(CELL_BLOB, s->argv ? s->argv : "", s->argv_len),
		cell_text(s->cwd),
		cell_text(mode_word(s->mode)),
		cell_text(s->version),
		cell_int(s->started_ms),
		cell_int(getpid()),
		cell_int(start_ticks()),
		cell_text(boot),
		cell_text(s->name ? s->name : ""),
		cell_text(s->tags ? s->tags : ""),
	};
	if (r == 0)
		r = store_insert(st, STMT_SESSION, cells, 12);
	if (r == 0)
		r = store_commit(st);
	if (r < 0)
		return store_give_up(st, r);
	st->session = sqlite3_last_insert_rowid(st->db);
	return digest_row(st->digest, DIGEST_SESSION, cells, SESSION_DIGESTED);
}

/* From a connection to a record that takes rows. */
static int begin_session(struct store *st, const struct session_start *s,
			 struct ef_err *err)
{
	const char *path = st->path[FILE_DB];
	int r = schema_prepare(st->db, path, err);
	int rc = r < 0 ? SQLITE_OK : store_prepare(st);

	if (r < 0)
		return r;
	if (rc != SQLITE_OK)
		return schema_told(st->db, rc, path, err);
	st->schema = schema_text(st->db);
	if (!st->schema)
		return err_set(err, ENOMEM, "out of memory");
	r = store_remember_files(st, err);
	if (r < 0)
		return r;
	store_watch_log(st);
	store_check_reset(st);
	r = put_session(st, s);
	if (r < 0)
		return err_set(err, -r, "%s: the first row: %s", path,
			       sqlite3_errmsg(st->db));
	rc = set_sync(st, true);
	return rc == SQLITE_OK ? 0 : schema_told(st->db, rc, path, err);
}

static int open_all(struct store *st, const struct store_options *o,
		    const struct session_start *s, struct ef_err *err)
{
	int r = name_files(st, o, err);

	if (r == 0)
		r = claim_file(st->path[FILE_DB], err);
	if (r == 0)
		r = connect_to(st, &st->db, err);
	if (r == 0)
		r = use_log(st, err);
	if (r == 0)
		r = begin_session(st, s, err);
	if (r == 0)
		r = connect_to(st, &st->ckpt, err);
	if (r < 0)
		return r;
	/* a connection that has read nothing does not know of the log yet, and
	 * its checkpoints would do nothing */
	sqlite3_exec(st->ckpt, "PRAGMA user_version", NULL, NULL, NULL);
	store_anchor_set(st);
	r = store_start_thread(st);
	return r < 0 ? err_set(err, -r, "no thread for checkpoints") : 0;
}

int store_open(const struct store_options *o, const struct session_start *s,
	       struct store **ret, struct ef_err *err)
{
	struct store *st = calloc(1, sizeof(*st));
	pthread_condattr_t attr;
	int r;

	if (!st)
		return err_set(err, ENOMEM, "out of memory");
	pthread_mutex_init(&st->lock, NULL);
	pthread_mutex_init(&st->ckpt_lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&st->wake, &attr);
	pthread_condattr_destroy(&attr);
	st->folder_fd = st->watch_fd = -1;
	st->is_shared = o->path != NULL;
	st->max_bytes = o->max_bytes ? o->max_bytes : MAX_BYTES_DEFAULT;
	snprintf(st->uuid, sizeof(st->uuid), "%s", s->uuid);
	st->digest = digest_new();
	st->names = intern_new();
	st->same = calloc(SAME_SLOTS, sizeof(*st->same));
	r = st->digest && st->names && st->same
		    ? open_all(st, o, s, err)
		    : err_set(err, ENOMEM, "out of memory");
	if (r < 0)
		store_close(st);
	else
		*ret = st;
	return r;
}
