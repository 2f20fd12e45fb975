/* SPDX-License-Identifier: MIT */
/* Policies edited as text: each of the files in tests/data/splice comes out
 * byte for byte as it should, or is refused with the words it should. */
#include <dirent.h>
#include <errno.h>

#include "learn/verify.h"
#include "splice_case.h"
#include "splice_dump.h"
#include "tap.h"

static char folder[4096];

static void claim(bool holds, const char *name, const char *what)
{
	printf("%sok %d - %s: %s\n", holds ? "" : "not ", ++tap_n, name, what);
	tap_failed += !holds;
}

/* The lines of a text that does not begin like another one. */
static void show_difference(const char *got, const char *want)
{
	size_t i = 0;

	while (got[i] && got[i] == want[i])
		i++;
	printf("# differs at byte %zu: got \"%.40s\", want \"%.40s\"\n", i,
	       got + i, want + i);
}

static void test_result(const struct splice_case *c, const char *name,
			const struct spliced *s, const char *want,
			size_t want_len)
{
	bool same = s->len == want_len && !memcmp(s->text, want, want_len);

	claim(same, name, "the text that comes out");
	if (!same)
		show_difference(s->text, want);
	claim(dump_is_sum(c->text, c->len, c->edits, c->n, s->text, s->len),
	      name, "the old policy and the edits");
}

static void test_case(const char *name)
{
	struct splice_case c;
	struct spliced s = { 0 };
	struct ef_err err = { 0 };
	size_t want_len = 0, said_len = 0;
	bool is_there = case_load(&c, folder, name);
	char *want = case_read(folder, name, ".out", &want_len);
	char *said = case_read(folder, name, ".refused", &said_len);
	int r;

	claim(is_there && !want != !said, name, "the files are there");
	r = splice_apply(c.text, c.len, c.edits, c.n, &s, &err);
	if (want) {
		claim(r == 0, name, r ? err.msg : "is edited");
		if (r == 0)
			test_result(&c, name, &s, want, want_len);
	} else if (said) {
		said[strcspn(said, "\n")] = '\0';
		claim(r < 0 && !s.text, name, "is refused");
		ok_str(err.msg, said);
	}
	spliced_done(&s);
	free(want);
	free(said);
	free(c.text);
	free(c.script);
}

static int is_policy(const struct dirent *d)
{
	size_t len = strlen(d->d_name);

	return len > 5 && !strcmp(d->d_name + len - 5, ".yaml");
}

static void test_files(void)
{
	struct dirent **files;
	int n = scandir(folder, &files, is_policy, alphasort);

	ok(n >= 40);
	for (int i = 0; i < n; i++) {
		files[i]->d_name[strlen(files[i]->d_name) - 5] = '\0';
		test_case(files[i]->d_name);
		free(files[i]);
	}
	free(files);
}

#define PORTS(first, last)                                                     \
	.ports = &(struct port_range){ first, last }, .n_ports = 1

static int apply(const char *text, const struct edit *e, size_t n,
		 struct ef_err *err)
{
	struct spliced s = { 0 };
	int r = splice_apply(text, strlen(text), e, n, &s, err);

	spliced_done(&s);
	return r;
}

struct bad_edit {
	struct edit edit;
	const char *said;
};

static void test_bad_edits(void)
{
	static char long_reason[EDIT_REASON_MAX + 2];
	const struct bad_edit rows[] = {
		{ { .kind = EDIT_NEW_NAME, PORTS(1, 1) },
		  "an edit without a destination" },
		{ { .kind = EDIT_NEW_NAME, .dest = "a.example" },
		  "a.example: ports that make no sense" },
		{ { .kind = EDIT_NEW_NAME,
		    .dest = "a.example",
		    .all_ports = true,
		    PORTS(1, 1) },
		  "a.example: ports that make no sense" },
		{ { .kind = EDIT_NEW_NAME, .dest = "a.example", PORTS(0, 1) },
		  "a.example: 0-1 is no range of ports" },
		{ { .kind = EDIT_NEW_NAME, .dest = "a.example", PORTS(2, 1) },
		  "a.example: 2-1 is no range of ports" },
		{ { .kind = EDIT_NEW_NAME,
		    .dest = "a.example",
		    .reason = long_reason,
		    PORTS(1, 1) },
		  "a.example: a reason of more than 1000 bytes" },
		{ { .kind = EDIT_NEW_NAME, .dest = "a b", PORTS(1, 1) },
		  "'a b' is no plain name" },
		{ { .kind = EDIT_NEW_NAME, .dest = "*", PORTS(1, 1) },
		  "'*' is no plain name" },
		{ { .kind = EDIT_NEW_NAME, .dest = "a\nb", PORTS(1, 1) },
		  "'a?b' is no plain name" },
		{ { .kind = EDIT_NEW_RANGE, .dest = "10.0.0.1/8", PORTS(1, 1) },
		  "'10.0.0.1/8' is no network" },
		{ { .kind = EDIT_NEW_RANGE, .dest = "0/0\n", PORTS(1, 1) },
		  "'0/0?' is no network" },
		{ { .kind = EDIT_NEW_UNIX, .dest = "x" },
		  "'x' cannot be written as a listener" },
		{ { .kind = EDIT_NEW_UNIX, .dest = "/a\n- /b" },
		  "'/a?- /b' cannot be written as a listener" },
		{ { .kind = EDIT_NEW_UNIX, .dest = "/\xc3\xbc" },
		  "'/\xc3\xbc' cannot be written as a listener" },
		{ { .kind = EDIT_ADD_PORTS,
		    .dest = "a.example",
		    .all_ports = true,
		    .line = 2 },
		  "a.example: ports that make no sense" },
		{ { .kind = EDIT_ADD_PORTS,
		    .dest = "a.example",
		    .line = 2,
		    .column = 3,
		    PORTS(1, 1) },
		  "line 2, column 3: no rule with ports stands there" },
		{ { .kind = (enum edit_kind)9, .dest = "a", PORTS(1, 1) },
		  "an edit of no kind" },
	};

	memset(long_reason, 'x', EDIT_REASON_MAX + 1);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ef_err err = { 0 };

		ok(apply("version: 1\n", &rows[i].edit, 1, &err) == -EINVAL);
		ok_str(err.msg, rows[i].said);
	}
}

static void test_limits(void)
{
	static struct edit many[EDITS_MAX + 1];
	static char big[POLICY_FILE_MAX];
	struct edit one = { .kind = EDIT_NEW_NAME,
			    .dest = "a.example",
			    PORTS(1, 1) };
	struct ef_err err = { 0 };
	struct spliced s = { 0 };

	for (size_t i = 0; i <= EDITS_MAX; i++)
		many[i] = one;
	ok(apply("", many, EDITS_MAX + 1, &err) == -E2BIG);
	ok(apply("", many, EDITS_MAX, &err) == 0);
	memset(big, '#', sizeof(big));
	ok(splice_apply(big, sizeof(big), &one, 1, &s, &err) == -E2BIG);
	ok(splice_apply(big, sizeof(big), NULL, 0, &s, &err) == 0);
	ok(s.len == sizeof(big) && !memcmp(s.text, big, s.len) && s.n_edited == 0);
	spliced_done(&s);
}

static const struct port_range two[] = { { 22, 22 }, { 8000, 8100 } };
static const struct edit mixed[] = {
	{ .kind = EDIT_NEW_UNIX,
	  .dest = "/run/a*.sock",
	  .comment = "learned:\nagent" },
	{ .kind = EDIT_ADD_PORTS,
	  .dest = "b.example\n*",
	  .ports = two,
	  .n_ports = 2,
	  .line = 7 },
	{ .kind = EDIT_NEW_NAME,
	  .dest = "a.example",
	  .is_wildcard = true,
	  .allow_private = true,
	  .reason = "x\ty",
	  .ports = two,
	  .n_ports = 2 },
	{ .kind = EDIT_NEW_RANGE, .dest = "::1", .all_ports = true },
};

static void test_fresh(void)
{
	struct spliced s = { 0 };
	struct ef_err err = { 0 };
	const struct edit three[] = { mixed[0], mixed[2], mixed[3] };
	char *snippet = NULL;

	ok(splice_snippet(mixed, 4, &snippet, &err) == 0);
	ok_str(snippet, "domains:\n"
			"  - pattern: \"*.a.example\"\n"
			"    ports: [22, \"8000-8100\"]\n"
			"    allow_private: true\n"
			"    reason: \"x\\u0009y\"\n"
			"ip_ranges:\n"
			"  - cidr: \"::1\"\n"
			"unix_sockets:\n"
			"  allow:\n"
			"    # learned:?agent\n"
			"    - \"/run/a\\\\*.sock\"\n"
			"# line 7, b.example?*: add to its ports: 22, "
			"\"8000-8100\"\n");
	free(snippet);
	ok(splice_fresh(three, 3, &s, &err) == 0);
	ok_str(s.text, "# What the command may reach: see "
		       "egress-allowlist.yaml(5).\n"
		       "version: 1\n"
		       "default_policy: deny\n"
		       "\n"
		       "domains:\n"
		       "  - pattern: \"*.a.example\"\n"
		       "    ports: [22, \"8000-8100\"]\n"
		       "    allow_private: true\n"
		       "    reason: \"x\\u0009y\"\n"
		       "\n"
		       "ip_ranges:\n"
		       "  - cidr: \"::1\"\n"
		       "\n"
		       "unix_sockets:\n"
		       "  allow:\n"
		       "    # learned:?agent\n"
		       "    - \"/run/a\\\\*.sock\"\n");
	spliced_done(&s);
	ok(splice_fresh(mixed, 4, &s, &err) == -EINVAL);
	ok(splice_fresh(NULL, 0, &s, &err) == 0);
	spliced_done(&s);
}

int main(void)
{
	snprintf(folder, sizeof(folder), "%s/tests/data/splice",
		 getenv("srcdir") ? getenv("srcdir") : ".");
	test_files();
	test_bad_edits();
	test_limits();
	test_fresh();
	return done();
}
