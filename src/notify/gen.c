/* SPDX-License-Identifier: MIT */
/* Turning rules into BPF programs, when this program is built. */
#include "notify/gen.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOW32 0xffffffffu

_Noreturn void gen_fail(const char *what, int rc)
{
	fprintf(stderr, "%s: %s\n", what, strerror(-rc));
	exit(1);
}

static int number_of(const char *name)
{
	int nr = seccomp_syscall_resolve_name(name);

	return nr == __NR_SCMP_ERROR ? -1 : nr;
}

void gen_add(scmp_filter_ctx ctx, uint32_t action, const char *name,
	     unsigned int n, const struct scmp_arg_cmp *cmp)
{
	int nr = number_of(name), rc;

	if (nr == -1)
		return; /* a call this libseccomp does not know */
	rc = seccomp_rule_add_array(ctx, action, nr, n, cmp);
	if (rc < 0 && rc != -EDOM)
		gen_fail(name, rc);
}

struct scmp_arg_cmp gen_masked(unsigned int index, uint32_t mask, uint32_t value)
{
	return (struct scmp_arg_cmp){ .arg = index,
				      .op = SCMP_CMP_MASKED_EQ,
				      .datum_a = mask,
				      .datum_b = value & mask };
}

static bool prefix_used(const uint32_t *set, size_t n, uint32_t mask,
			uint32_t value)
{
	for (size_t i = 0; i < n; i++)
		if ((set[i] & mask) == value)
			return true;
	return false;
}

static void complement_walk(struct complement *c, unsigned int depth,
			    uint32_t value)
{
	uint32_t all = c->bits == 32 ? LOW32 : (1u << c->bits) - 1;
	uint32_t mask = depth ? all & ~((1ull << (c->bits - depth)) - 1) : 0;

	if (!prefix_used(c->set, c->n_set, mask, value)) {
		c->cmp[c->n_cmp] = gen_masked(c->index, mask, value);
		gen_add(c->ctx, c->action, c->name, c->n_cmp + 1, c->cmp);
		return;
	}
	if (depth == c->bits)
		return;
	complement_walk(c, depth + 1, value);
	complement_walk(c, depth + 1, value | 1u << (c->bits - depth - 1));
}

void gen_complement(struct complement *c)
{
	complement_walk(c, 0, 0);
}

static void print_instruction(const struct sock_filter *f)
{
	printf("\t{ 0x%02x, %u, %u, 0x%08x },\n", f->code, f->jt, f->jf, f->k);
}

/* Above are calls that 32-bit ARM has for itself, x32, and -1: no call. */
#define PRIVATE_CALLS 0x0f0000

/* All architectures number new calls alike. */
static size_t print_ceiling(uint32_t first_unknown)
{
	const struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, first_unknown, 0, 2),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, PRIVATE_CALLS, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
	};
	size_t n = first_unknown == GEN_ALL_CALLS
			   ? 0
			   : sizeof(code) / sizeof(code[0]);

	for (size_t i = 0; i < n; i++)
		print_instruction(&code[i]);
	return n;
}

static void print_program(const char *name, int fd, uint32_t first_unknown)
{
	struct sock_filter f;
	size_t n;

	printf("static const struct sock_filter %s[] = {\n", name);
	n = print_ceiling(first_unknown);
	if (lseek(fd, 0, SEEK_SET) < 0)
		gen_fail("lseek", -errno);
	for (; read(fd, &f, sizeof(f)) == (ssize_t)sizeof(f); n++)
		print_instruction(&f);
	printf("};\n");
	if (!n || n > BPF_MAXINSNS)
		gen_fail("program size", -E2BIG);
}

void gen_print(const char *name, scmp_filter_ctx ctx, uint32_t first_unknown)
{
	FILE *tmp = tmpfile();
	int rc;

	if (!tmp)
		gen_fail("tmpfile", -errno);
	rc = seccomp_export_bpf(ctx, fileno(tmp));
	if (rc)
		gen_fail("export", rc);
	print_program(name, fileno(tmp), first_unknown);
	fclose(tmp);
	seccomp_release(ctx);
}
