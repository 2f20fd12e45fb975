// SPDX-License-Identifier: MIT
// Is the record still ours?
//
// What SQLite tells (measured with 3.40 and 3.46): SQLITE_FCNTL_DATA_VERSION of
// a connection rises by 1 with each commit of its own, and by 1 more when it
// begins a transaction and finds that another connection has committed since
// its last one. Reads, PASSIVE and RESTART checkpoints of another connection
// and a transaction that is rolled back leave it as it is. So in a file that
// nobody else may write, it is one higher after each commit of ours, and
// anything else is somebody else's write, which is noticed by the first commit
// that follows it. In a file that sessions share, other writers are as they
// should be; there the schema is what may not change: its cookie is compared
// after each commit and, when it moved, its text.
//
// The path is looked at by stat() alone, when store_watch.c does not know that
// nothing was done to it: a descriptor opened and closed on a
// file would drop the POSIX locks SQLite holds on it. The write-ahead log and
// its index are part of the record and are looked at too; an index that was
// cut short would end in SIGBUS inside SQLite, so it is looked at before a
// write as well. What is left is a window of some microseconds between that
// look and the write: who handles SIGBUS must end the process.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "audit/schema.h"
#include "audit/store_impl.h"
#include "base/cleanup.h"

/* The file is found by its whole path, the two beside it from its folder. */
static bool is_same(const struct store *st, int which, struct stat *ret)
{
	const struct file_id *id = &st->file[which];

	const char *name = which == FILE_DB ? st->path[which]
					    : strrchr(st->path[which], '/') + 1;

	return !fstatat(st->folder_fd, name, ret, AT_SYMLINK_NOFOLLOW) &&
	       S_ISREG(ret->st_mode) && ret->st_dev == id->dev &&
	       ret->st_ino == id->ino && ret->st_nlink == 1;
}

int store_remember_files(struct store *st, struct ef_err *err)
{
	for (int i = 0; i < N_FILES; i++) {
		struct stat sb;

		if (stat(st->path[i], &sb) < 0)
			return err_set(err, errno, "%s: %s", st->path[i],
				       strerror(errno));
		if (sb.st_nlink != 1)
			return err_set(err, EMLINK,
				       "%s has %lu links: a record has one",
				       st->path[i], (unsigned long)sb.st_nlink);
		st->file[i] = (struct file_id){ sb.st_dev, sb.st_ino };
	}
	return 0;
}

int store_mark_altered(struct store *st)
{
	atomic_store(&st->is_altered, true);
	return -ESTALE;
}

static unsigned int data_version(struct store *st)
{
	unsigned int v = 0;

	sqlite3_file_control(st->db, "main", SQLITE_FCNTL_DATA_VERSION, &v);
	return v;
}

void store_check_reset(struct store *st)
{
	st->data_version = data_version(st);
}

/* Other tables, views or triggers have SQLite compile a statement again. */
static bool schema_is_ours(struct store *st)
{
	auto_free char *now = NULL;

	if (!st->has_compiled)
		return true;
	st->has_compiled = false;
	now = schema_text(st->db);
	return now && !strcmp(now, st->schema);
}

bool store_index_is_whole(struct store *st)
{
	struct stat sb;

	if (!is_same(st, FILE_SHM, &sb) || sb.st_size < st->shm_bytes)
		return false;
	st->shm_bytes = sb.st_size;
	return true;
}

static int check_data(struct store *st)
{
	struct stat db, wal;

	if (!is_same(st, FILE_DB, &db) || !is_same(st, FILE_WAL, &wal))
		return store_mark_altered(st);
	st->file_bytes = (uint64_t)db.st_size;
	return 0;
}

static int check_index(struct store *st)
{
	return store_index_is_whole(st) ? 0 : store_mark_altered(st);
}

int store_check_files(struct store *st)
{
	int r = check_index(st);

	return r < 0 ? r : check_data(st);
}

/* An event is read once and may be about any of the files. Without a watch
 * each look is at those it is for. */
int store_check(struct store *st)
{
	unsigned int version = data_version(st);

	if (!schema_is_ours(st) ||
	    (!st->is_shared && version != st->data_version + 1))
		return store_mark_altered(st);
	st->data_version = version;
	if (store_watch_is_quiet(st))
		return 0;
	return st->watch_fd < 0 ? check_data(st) : store_check_files(st);
}

int store_check_before(struct store *st)
{
	if (store_is_altered(st))
		return -ESTALE;
	if (store_watch_is_quiet(st))
		return 0;
	return st->watch_fd < 0 ? check_index(st) : store_check_files(st);
}
