/* SPDX-License-Identifier: MIT */
#ifndef EF_SUPERVISOR_CONFINE_H
#define EF_SUPERVISOR_CONFINE_H

#include "base/error.h"

/*
 * The supervisor limits itself. It takes apart what the target made: socket
 * addresses, ancillary data, questions and answers, paths; an error there
 * would be worth as much to the target as a hole in the filter, since the
 * supervisor is under no filter of the session. So once the command exists and
 * before it runs, the supervisor can do no more than its work asks for:
 *
 *   1. before the fork nothing is limited: the command must not inherit it;
 *   2. after the fork it is not dumpable (no process of the same user may
 *      trace it or read its memory) and the subreaper of the tree;
 *   3. before the command is let go, for every thread and for good: no new
 *      privileges, no core file, and a seccomp filter with an allow list.
 *
 * What is on no list of what a library may want, and of use to an attacker
 * alone (executing a program, a new process, tracing, writing into another
 * process, modules, mounts, other namespaces), kills the supervisor: the
 * kernel then answers every filtered call of the tree with ENOSYS, so that
 * is closed, too. What is merely not listed is ENOSYS, as on a kernel without
 * it, since the C library and the others change what they use and go on
 * without.
 *
 * There is no Landlock domain: entered after the fork it would take
 * process_vm_readv() and pidfd_getfd() on the target away, entered before it
 * the target would share it (tests/kernel). So files and sockets stay within
 * reach of the supervisor, but nothing that would run what it writes.
 *
 * The list is that of gen_confine.c, compiled when this program was built; a
 * build with sanitizers, which are not meant for use, allows what these want.
 */

/* Confine the calling process. Returns 0, or -errno with *err told. */
int confine_self(struct ef_err *err);

#endif
