/* SPDX-License-Identifier: MIT */
#ifndef EF_POLICY_OBSERVATION_H
#define EF_POLICY_OBSERVATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "wire/addr.h"
#include "wire/dname.h"

/*
 * What was seen, before it is judged: the one struct that every point of
 * enforcement fills and that the judge reads. The judge looks at nothing else
 * but the policy, so a recorded observation can be judged again.
 */

/* Where it was seen. The words are those of the record (column "stage"). */
enum stage {
	STAGE_DNS,     /* a question to a name server */
	STAGE_CONNECT, /* connect() */
	STAGE_SEND,    /* sendto(), sendmsg(), sendmmsg() with an address */
	STAGE_LISTEN,  /* listen() on an internet socket */
	STAGE_JOIN,    /* joining a multicast group */
	STAGE_SOCKET,  /* socket() of a family or type that is refused */
	STAGE_SYSCALL, /* another refused system call: io_uring, keyctl, ... */
	N_STAGES
};

enum proto {
	PROTO_NONE,
	PROTO_TCP,
	PROTO_UDP,
	PROTO_ICMP,
	PROTO_UNIX_STREAM, /* SOCK_SEQPACKET too */
	PROTO_UNIX_DGRAM,
	PROTO_NETLINK,
	N_PROTOS
};

/* STAGE_SYSCALL: what .detail says about the call. */
enum refused {
	REFUSED_CALL,	/* a call that is always refused */
	REFUSED_ABI,	/* made under another architecture's numbers */
	REFUSED_SIGNAL, /* to a process outside the session */
};

/* How a name for an address is known (column "name_source"). */
enum name_source {
	NAME_NONE,
	NAME_DNS,	  /* a trusted resolver answered us so */
	NAME_HOSTS,	  /* /etc/hosts as it was at start */
	NAME_PLACEHOLDER, /* the address is the placeholder of the name */
	N_NAME_SOURCES
};

/* A name the destination address belongs to, at this moment. */
struct candidate {
	struct dname name;
	enum name_source source;
};

#define CANDIDATES_MAX 16 /* names judged for one address */

/* The listener behind an AF_UNIX address, as the kernel knows it. */
struct unix_peer {
	char name[4 * 108 + 2]; /* as bound: a path, or '@' and the abstract
				   name with \xNN for unprintable bytes; where
				   nobody is bound, what was asked for; "" if
				   unknown */
	bool in_tree;		/* our own record of listen() has it, alive */
	bool is_known;		/* a listener was identified at all */
	bool is_nobody;		/* no socket we know is bound there: whatever
				   the verdict, nothing is reached */
	bool is_builtin;	/* on the short built-in allow list */
	bool is_ours;		/* a socket of an egress-filter session */
};

struct observation {
	enum stage stage;
	enum proto proto;
	pid_t pid, tid;		 /* in the supervisor's pid namespace */
	struct addr addr;	 /* destination, canonical; family 0: none */
	struct addr placeholder; /* the gate: addr is one; family 0: not */
	struct dname name;	 /* STAGE_DNS: the name asked for */
	uint16_t qtype;		 /* STAGE_DNS: the type asked for */
	struct unix_peer peer;	 /* PROTO_UNIX_* only */
	int syscall;		 /* number of the call */
	int detail;		 /* STAGE_SOCKET: family; STAGE_SYSCALL: enum
				  refused */
	bool foreign_netns;	 /* the socket is of another net namespace */
	bool unreadable;	 /* the target could not be inspected */
	bool is_probe;		 /* UDP connect that may never send (R6) */
	size_t n_candidates;
	struct candidate candidates[CANDIDATES_MAX]; /* the gate fills these */
};

#endif
