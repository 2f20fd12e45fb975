/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_WALLS_H
#define EF_NOTIFY_WALLS_H

#include <stdbool.h>

/*
 * What the kernel itself puts between a target and its neighbours, beside the
 * filter (decision 13): a Landlock domain, or without one Yama.
 *
 * A process in a domain may not trace, read or write a process outside of it,
 * nor take its descriptors; the supervisor is outside and may. What a domain
 * forbids beyond that depends on the version (ABI) of Landlock:
 *
 *   6 and later   TCP connections by the target itself (a second wall: the
 *                 supervisor carries connects out), signals to outsiders, and
 *                 abstract unix sockets of outsiders
 *   4 and 5       TCP connections
 *   2 and 3       mounts: only a domain about files exists
 *   1             not used: it would refuse to rename across folders
 */
struct walls {
	int abi;	   /* of the domain, 0: none */
	bool has_domain;   /* memory and descriptors of outsiders are closed */
	bool has_tcp;	   /* the target's own TCP connects fail */
	bool has_signals;  /* so do its signals to outsiders */
	bool closes_mount; /* mount(2) is refused to everybody inside */
};

/* What this kernel has; cheap. */
void walls_look(struct walls *ret);

/* The walls of one version of Landlock; 0: none. */
void walls_of(int abi, struct walls *ret);

/*
 * Put the calling thread, which has no_new_privs, behind them for ever. Returns
 * 0 or -errno. Only system calls: fit for a forked child.
 */
int walls_enter(const struct walls *w);

/*
 * True when nothing keeps a target from rewriting the memory of its
 * neighbours, which are under no filter: no domain, Yama off, and the same
 * rights as they have.
 */
bool walls_are_missing(const struct walls *w);

/* The version of Landlock that the kernel has, or -errno. */
int walls_kernel_landlock(void);

/* Yama's ptrace_scope, 0 to 3; -1: the kernel has none. */
int walls_kernel_yama(void);

#endif
