// SPDX-License-Identifier: MIT
// A read transaction that stays open between commits.
//
// Theory of operation. In a write-ahead file each transaction first looks for a
// read mark, takes it by three file locks, and gives it back at its end: half
// of the system calls of a commit. A query that was begun and not read to its
// end keeps the mark, and the commits after it find it held. SQLite then judges
// "nobody else has written" by the snapshot of that query, as moved on by our
// own commits: another's commit makes our next write fail (SQLITE_BUSY), the
// anchor is dropped and the write tried without it, so that what store_check.c
// looks at is seen as before. A held mark also keeps a checkpoint from going
// past it, and the log from starting anew: the thread that makes checkpoints
// moves the anchor before and after.
#include "audit/store_impl.h"

void store_anchor_set(struct store *st)
{
	store_anchor_drop(st);
	if (st->is_shared || st->in_tx || store_is_altered(st))
		return;
	st->has_anchor = sqlite3_step(st->stmt[STMT_ANCHOR]) == SQLITE_ROW;
	if (!st->has_anchor)
		sqlite3_reset(st->stmt[STMT_ANCHOR]);
}

void store_anchor_drop(struct store *st)
{
	if (st->has_anchor)
		sqlite3_reset(st->stmt[STMT_ANCHOR]);
	st->has_anchor = false;
}
