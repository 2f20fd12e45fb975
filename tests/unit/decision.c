// SPDX-License-Identifier: MIT
// What a person put aside: written, found again, taken back, and files that
// are not to be believed.
#include "record.h"
#include "tap.h"

#include "learn/decision.h"

#include <errno.h>

#define POLICY "/home/dev/shop/egress-allowlist.yaml"
#define OTHER  "/home/dev/other/egress-allowlist.yaml"

static enum decided ask(const char *dir, const char *policy,
			const char *destination, int64_t seen_ms)
{
	struct decisions *d = NULL;
	struct ef_err err = { 0 };
	enum decided what;

	if (decisions_read(dir, policy, &d, &err) < 0) {
		printf("# %s\n", err.msg);
		return (enum decided)err.code;
	}
	what = decisions_find(d, destination, seen_ms);
	decisions_free(d);
	return what;
}

static void test_kept(void)
{
	const char *dir = record_folder();
	struct ef_err err = { 0 };

	ok(ask(dir, POLICY, "a.example.com", 5) == DECIDED_NOTHING);
	ok(ask("/nonexistent", POLICY, "a.example.com", 5) == DECIDED_NOTHING);
	ok(decisions_write(dir, POLICY, "a.example.com", DECIDED_NEVER, 0,
			   &err) == 0);
	ok(decisions_write(dir, POLICY, "b.example.com", DECIDED_SKIP, 10,
			   &err) == 0);
	ok(ask(dir, POLICY, "a.example.com", 5000) == DECIDED_NEVER);
	ok(ask(dir, OTHER, "a.example.com", 5) == DECIDED_NOTHING);
	ok(ask(dir, POLICY, "c.example.com", 5) == DECIDED_NOTHING);
	ok(ask(dir, POLICY, "b.example.com", 10) == DECIDED_SKIP);
	ok(ask(dir, POLICY, "b.example.com", 11) == DECIDED_NOTHING);
	ok(decisions_write(dir, POLICY, "b.example.com", DECIDED_NEVER, 0,
			   &err) == 0);
	ok(ask(dir, POLICY, "b.example.com", 11) == DECIDED_NEVER);
	ok(decisions_write(dir, POLICY, "b.example.com", DECIDED_NOTHING, 0,
			   &err) == 0);
	ok(ask(dir, POLICY, "b.example.com", 11) == DECIDED_NOTHING);
	ok(decisions_write(dir, OTHER, "a.example.com", DECIDED_NEVER, 0,
			   &err) == 0);
	ok(decisions_forget(dir, POLICY, &err) == 1);
	ok(ask(dir, POLICY, "a.example.com", 5) == DECIDED_NOTHING);
	ok(ask(dir, OTHER, "a.example.com", 5) == DECIDED_NEVER);
	record_gone(dir);
}

/* No line of the list but the one that is meant. */
static void test_hostile(void)
{
	const char *dir = record_folder();
	struct ef_err err = { 0 };

	ok(decisions_write(dir, POLICY, "a\nnever\t0\tb", DECIDED_NEVER, 0,
			   &err) == -EINVAL);
	ok(decisions_write(dir, "/a\tb", "x", DECIDED_NEVER, 0, &err) == -EINVAL);
	ok(decisions_write(dir, "relative", "x", DECIDED_NEVER, 0, &err) ==
	   -EINVAL);
	ok(decisions_write(dir, POLICY, "*.example.com", DECIDED_NEVER, 0,
			   &err) == 0);
	ok(ask(dir, POLICY, "a.example.com", 0) == DECIDED_NOTHING);
	record_gone(dir);
}

static void write_list(const char *dir, const char *text, mode_t mode)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/decisions", dir);
	unlink(path);
	f = fopen(path, "we");
	if (!f)
		abort();
	fputs(text, f);
	fclose(f);
	chmod(path, mode);
}

static void test_damaged(void)
{
	static const char *const bad[] = {
		("never\t0\tx\t" POLICY), "never\t0\tx\n",
		"maybe\t0\tx\t/p\n",	  "never\tx\tx\t/p\n",
		"never\t0\tx\tp\n",	  "\n",
	};
	const char *dir = record_folder();

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		write_list(dir, bad[i], 0600);
		ok(ask(dir, POLICY, "x", 0) == (enum decided)EBADMSG);
	}
	write_list(dir, "never\t0\tx\t" POLICY "\n", 0622);
	ok(ask(dir, POLICY, "x", 0) == (enum decided)EPERM);
	write_list(dir, "never\t0\tx\t" POLICY "\n", 0600);
	ok(ask(dir, POLICY, "x", 0) == DECIDED_NEVER);
	record_gone(dir);
}

int main(void)
{
	test_kept();
	test_hostile();
	test_damaged();
	return done();
}
