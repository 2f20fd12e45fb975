/* SPDX-License-Identifier: MIT */
#ifndef EF_SUPERVISOR_RELOAD_H
#define EF_SUPERVISOR_RELOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gate/gate.h"

/*
 * The policy file while the session runs (decision 11). Renames over it,
 * symbolic links on the way to it and editors' ways of saving are noticed by
 * watching the folders of every link; the file is read by a thread of its
 * own, since a lease or a slow disk may hold it up. What only removes allow
 * entries is taken at once; what widens is taken with is_auto alone and
 * otherwise told; the old policy stays on any error, and that is told too.
 */
struct reload;

/*
 * Watch path. Returns 0, or -errno (no inotify): then nothing is watched and
 * the policy stays as it is.
 */
int reload_start(struct gate *gate, struct store *store, const char *path,
		 bool is_auto, struct reload **ret);

/* Readable, edge by edge, whenever a new policy has become the live one or an
 * offer is answered. */
int reload_taken_fd(const struct reload *r);

/* What became of an offered policy. */
struct reload_answer {
	uint64_t tag;	/* as it was offered */
	int error;	/* 0; -EAGAIN: another policy is in force by now;
			   -EINVAL: it does not load; -EIO: not recorded */
	char text[512]; /* a line for a person, not escaped */
};

/*
 * Offer a policy that a person has seen, in place of the one whose digest
 * (SHA-256 in hex digits) is given: these bytes are loaded, whatever the file
 * says. Copies text. Returns 0, -EBUSY while another one is looked at, or
 * -ENOMEM. reload_taken_fd() tells when reload_next() has the answer.
 */
int reload_offer(struct reload *r, const char *text, size_t len,
		 const char *digest, uint64_t tag);

/* The answer to the last offer, once. False: there is none yet. */
bool reload_next(struct reload *r, struct reload_answer *ret);

/* Look at the file now (SIGHUP); never widens by itself. */
void reload_poke(struct reload *r);

/* Stop and free; NULL is fine. */
void reload_stop(struct reload *r);

#endif
