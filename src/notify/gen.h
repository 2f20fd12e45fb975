/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_GEN_H
#define EF_NOTIFY_GEN_H

#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What the build-time generators of BPF programs share. Each turns a table of
 * rules into a C array by libseccomp; an error ends the program, and so the
 * build.
 */

/* End: rc is a negative errno. */
_Noreturn void gen_fail(const char *what, int rc);

/* Add a rule; a call that this libseccomp or architecture does not know is
 * left out. */
void gen_add(scmp_filter_ctx ctx, uint32_t action, const char *name,
	     unsigned int n, const struct scmp_arg_cmp *cmp);

/*
 * An argument, by its low 32 bits under a mask: what is above is not looked at
 * by the kernel, and so may not be by a filter (kernel.md 5).
 */
struct scmp_arg_cmp gen_masked(unsigned int index, uint32_t mask, uint32_t value);

/*
 * The action for every value of the argument behind cmp[0..n_cmp) that is not
 * in the set: walk the tree of prefixes, stop where no member is below. bits
 * is how many low bits count (the kernel ignores the others).
 */
struct complement {
	scmp_filter_ctx ctx;
	const char *name;
	uint32_t action;
	unsigned int index, bits;
	const uint32_t *set;
	size_t n_set;
	struct scmp_arg_cmp cmp[4];
	unsigned int n_cmp;
};

/* Add the rules of it. */
void gen_complement(struct complement *c);

#define GEN_ALL_CALLS 0

/*
 * Print the program of ctx to stdout as an array of that name, and free ctx.
 * Calls from first_unknown on never come to it: ENOSYS, or GEN_ALL_CALLS.
 */
void gen_print(const char *name, scmp_filter_ctx ctx, uint32_t first_unknown);

#endif
