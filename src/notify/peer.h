/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_PEER_H
#define EF_NOTIFY_PEER_H

#include "notify/creds.h"
#include "notify/fsview.h"
#include "policy/observation.h"
#include "wire/unixaddr.h"

/*
 * The listener behind an AF_UNIX address. A path only leads to it: hard
 * links, renames and bind mounts give a socket other paths. It is known by
 * what it is: the kernel's list of sockets names the one that is bound to the
 * file at hand, and the name it was bound to is the name it is judged by
 * (decision 10).
 */

/* The agents that the environment named when the session began. */
struct peer_agents {
	const char *ssh; /* $SSH_AUTH_SOCK, or NULL */
	const char *gpg; /* the socket of gpg-agent, or NULL */
};

/*
 * Remember them as built-in peers, by the names their sockets are bound to.
 * Once, before there is a second thread. May block like a path lookup.
 */
void peer_set_agents(const struct peer_agents *a);

/* Who asks: how it sees the file tree and what it may do there. */
struct peer_caller {
	struct fsview view;
	struct creds creds;
};

/* Open it (before call_is_waiting()): 0, or -EPERM. Then peer_caller_close(). */
int peer_caller_open(const struct call *c, struct peer_caller *ret);

/* Give back what it owns. */
void peer_caller_close(struct peer_caller *who);

/* Where a connect or a send goes. */
struct peer_target {
	struct unix_peer peer; /* to be judged */
	int type;	       /* of the socket that asks */
	int file;	       /* O_PATH, owned; -1: an abstract name */
	struct unixaddr name;  /* that abstract name */
	uint64_t cookie;       /* of the listener; 0: not known */
};

/*
 * Find what the call's socket would reach at this address. Returns 0, or the
 * -errno with which the kernel would refuse without asking any listener
 * (ENOENT, EACCES, ELOOP, ECONNREFUSED: no socket, EPROTOTYPE ...). With 0,
 * peer.is_known may be false: nobody listens there (peer.is_nobody, too), or
 * somebody who cannot be made out; once that is recorded the answer is
 * -ECONNREFUSED. An abstract name in another network namespace is known by
 * its name alone; the judge refuses it. Give it back with peer_target_done().
 * May block for as long as the file systems do.
 */
int peer_find(const struct call *c, const struct peer_caller *who,
	      const struct unixaddr *a, struct peer_target *ret);

/* What is known of a listener by the name it is bound to; not whether it is
 * of the tree. */
void peer_describe(const struct unixaddr *name, struct unix_peer *ret);

/* Give back what it owns; a target in which file is -1 owns nothing. */
void peer_target_done(struct peer_target *t);

/*
 * The address that leads to it and nowhere else: the open file, or the
 * abstract name. Returns its length.
 */
socklen_t peer_encode(const struct peer_target *t, struct sockaddr_un *ret);

/*
 * True while the listener is the one that was judged. A file belongs to one
 * socket for ever; an abstract name may have changed hands.
 */
bool peer_is_same(const struct peer_target *t);

#endif
