/* SPDX-License-Identifier: MIT */
/* What an edited policy may not be: anything but the old one and the edits. */
#include <errno.h>
#include <stdbool.h>

#include "learn/verify.h"
#include "policy_help.h"
#include "tap.h"

#define OLD                                                                    \
	"domains: [{pattern: a.example, ports: [443], reason: x}, "            \
	"{pattern: b.example}]\n"                                              \
	"ip_ranges: [{cidr: 192.0.2.0/24, ports: [1-5]}]\n"                    \
	"unix_sockets: {allow: [/a], deny: [/b]}\n"

struct row {
	const char *text; /* the new policy */
	bool good;
};

static const struct port_range two[] = { { 80, 80 }, { 8000, 8100 } };
static const struct edit edits[] = {
	{ .kind = EDIT_NEW_NAME,
	  .dest = "New.example",
	  .is_wildcard = true,
	  .reason = "caf\xc3\xa9 \xc3( \xc0\xaf \xed\xa0\x80 \xf4\x90\x80\x80 "
		    "\xe2\x82",
	  .ports = two,
	  .n_ports = 2 },
	{ .kind = EDIT_ADD_PORTS,
	  .dest = "a.example",
	  .ports = two,
	  .n_ports = 1,
	  .line = 1,
	  .column = 21 },
	{ .kind = EDIT_NEW_UNIX, .dest = "/x*", .reason = "it has none" },
	{ .kind = EDIT_NEW_RANGE, .dest = "198.51.100.0/24", .all_ports = true },
};

#define A   "{pattern: a.example, ports: [443, 80], reason: x}"
#define B   "{pattern: b.example}"
#define BAD "\\ufffd"
#define WHY                                                                    \
	"reason: \"caf\\u00e9 " BAD "( " BAD BAD " " BAD BAD BAD               \
	" " BAD BAD BAD BAD " " BAD BAD "\"}"
#define C    "{pattern: '*.new.example', ports: [80, 8000-8100], " WHY
#define NET  "{cidr: 192.0.2.0/24, ports: [1-5]}"
#define NET2 "{cidr: 198.51.100.0/24}"
#define ALL(names, nets, unix, more)                                           \
	"domains: [" names "]\nip_ranges: [" nets "]\nunix_sockets: {" unix    \
	"}\n" more
#define UNIX  "allow: [/a, '/x\\*'], deny: [/b]"
#define NAMES A ", " B ", " C
#define NETS  NET ", " NET2

static const struct row rows[] = {
	{ ALL(NAMES, NETS, UNIX, ""), true },
	/* Settings. */
	{ ALL(NAMES, NETS, UNIX, "default_policy: allow"), false },
	{ ALL(NAMES, NETS, UNIX, "listen: loopback"), false },
	{ ALL(NAMES, NETS, UNIX, "dns: {servers: ['192.0.2.1']}"), false },
	{ ALL(NAMES, NETS, UNIX, "dns: {min_hold: 299}"), false },
	{ ALL(NAMES, NETS, UNIX, "dns: {max_hold: 3601}"), false },
	{ ALL(NAMES, NETS, UNIX, "dns: {mode: system}"), false },
	{ ALL(NAMES, NETS, UNIX, "dns: {denied: refused}"), false },
	{ ALL(NAMES, NETS, UNIX, "dns: {placeholders: false}"), false },
	{ ALL(NAMES, NETS, UNIX, "dns: {strict_servers: true}"), false },
	{ ALL(NAMES, NETS, UNIX ", default: allow", ""), false },
	/* Old rules: missing, twice, in another order, changed. */
	{ ALL(B ", " C, NETS, UNIX, ""), false },
	{ ALL(A ", " B ", " B ", " C, NETS, UNIX, ""), false },
	{ ALL(B ", " A ", " C, NETS, UNIX, ""), false },
	{ ALL("{pattern: a.example, ports: [443], reason: x}, " B ", " C, NETS,
	      UNIX, ""),
	  false },
	{ ALL("{pattern: a.example, ports: [443, 80, 81], reason: x}, " B
	      ", " C,
	      NETS, UNIX, ""),
	  false },
	{ ALL("{pattern: a.example, reason: x}, " B ", " C, NETS, UNIX, ""),
	  false },
	{ ALL("{pattern: a.example, ports: [443, 80], reason: y}, " B ", " C,
	      NETS, UNIX, ""),
	  false },
	{ ALL("{pattern: a.example, ports: [443, 80]}, " B ", " C, NETS, UNIX, ""),
	  false },
	{ ALL("{pattern: c.example, ports: [443, 80], reason: x}, " B ", " C,
	      NETS, UNIX, ""),
	  false },
	{ ALL(A ", {pattern: b.example, ports: [1]}, " C, NETS, UNIX, ""), false },
	{ ALL(A ", {pattern: b.example, allow_private: true}, " C, NETS, UNIX, ""),
	  false },
	{ ALL(A ", {pattern: '*.b.example'}, " C, NETS, UNIX, ""), false },
	{ ALL(NAMES, "{cidr: 192.0.2.0/25, ports: [1-5]}, " NET2, UNIX, ""),
	  false },
	{ ALL(NAMES, "{cidr: 192.0.2.0/24, ports: [1-6]}, " NET2, UNIX, ""),
	  false },
	{ ALL(NAMES, NETS, "allow: [/a, '/x\\*']", ""), false },
	{ ALL(NAMES, NETS, "allow: [/a, '/x\\*'], deny: [/c]", ""), false },
	{ ALL(NAMES, NETS, "allow: ['/x\\*'], deny: [/b]", ""), false },
	/* New rules: missing, twice, elsewhere, others. */
	{ ALL(A ", " B, NETS, UNIX, ""), false },
	{ ALL(NAMES ", " C, NETS, UNIX, ""), false },
	{ ALL(A ", " C ", " B, NETS, UNIX, ""), false },
	{ ALL(NAMES ", {pattern: d.example}", NETS, UNIX, ""), false },
	{ ALL(A ", " B ", {pattern: new.example, ports: [80, 8000-8100], " WHY,
	      NETS, UNIX, ""),
	  false },
	{ ALL(A ", " B ", {pattern: '*.other.example', ports: [80, 8000-8100]"
		", " WHY,
	      NETS, UNIX, ""),
	  false },
	{ ALL(A ", " B
		", {pattern: '*.new.example', ports: [80, 8000-8101], " WHY,
	      NETS, UNIX, ""),
	  false },
	{ ALL(A ", " B ", {pattern: '*.new.example', " WHY, NETS, UNIX, ""),
	  false },
	{ ALL(A ", " B ", {pattern: '*.new.example', ports: [80, 8000-8100]}",
	      NETS, UNIX, ""),
	  false },
	{ ALL(A ", " B ", {pattern: '*.new.example', ports: [80, 8000-8100], "
		"allow_private: true, " WHY,
	      NETS, UNIX, ""),
	  false },
	{ ALL(NAMES, NET, UNIX, ""), false },
	{ ALL(NAMES, NET ", {cidr: 198.51.100.0/25}", UNIX, ""), false },
	{ ALL(NAMES, NET ", {cidr: 198.51.100.0/24, ports: [1]}", UNIX, ""),
	  false },
	{ ALL(NAMES, NET ", {cidr: 198.51.100.0/24, reason: x}", UNIX, ""),
	  false },
	{ ALL(NAMES, NETS, "allow: [/a, '/x*'], deny: [/b]", ""), false },
	{ ALL(NAMES, NETS, "allow: [/a], deny: [/b, '/x\\*']", ""), false },
	{ ALL(NAMES, NETS, "allow: [/a, /y], deny: [/b]", ""), false },
};

static void test_tree(void)
{
	struct policy *old = policy_of(OLD);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct policy *new = policy_of(rows[i].text);
		struct ef_err err = { 0 };
		int r = verify_tree(old, new, edits, 4, &err);

		ok(r == (rows[i].good ? 0 : -EBADMSG));
		if (r != (rows[i].good ? 0 : -EBADMSG))
			printf("# row %zu: %s: %s\n", i, err.msg, rows[i].text);
		ok(rows[i].good || err.msg[0]);
		policy_unref(new);
	}
	ok(verify_tree(old, old, NULL, 0, NULL) == 0);
	policy_unref(old);
}

struct lines_row {
	const char *from, *to;
	uint32_t edited[2];
	size_t n_edited;
	bool good;
};

static const struct lines_row lines_rows[] = {
	{ "", "", { 0 }, 0, true },
	{ "", "a\n", { 0 }, 0, true },
	{ "a\nb\n", "a\nb\n", { 0 }, 0, true },
	{ "a\nb\n", "x\na\ny\nb\nz\n", { 0 }, 0, true },
	{ "a\nb\n", "b\na\n", { 0 }, 0, false },
	{ "a\nb\n", "a\n", { 0 }, 0, false },
	{ "a\nb\n", "a\nb \n", { 0 }, 0, false },
	{ "a\nb\n", "a\nb\r\n", { 0 }, 0, false },
	{ "a\r\nb\n", "a\nb\n", { 0 }, 0, false },
	{ "a\nb\n", "a\nb", { 0 }, 0, false },
	{ "a\nb", "a\nb\n", { 0 }, 0, true },
	{ "a\nb", "a\nb\r\n", { 0 }, 0, true },
	{ "a\nb", "a\nb\n\n", { 0 }, 0, true },
	{ "a\nb", "a\nbc\n", { 0 }, 0, false },
	{ "a\nb\n\n", "a\nb\n", { 0 }, 0, false },
	{ "a\nb\nc\n", "a\nB\nc\n", { 2 }, 1, true },
	{ "a\nb\nc\n", "a\nB\nc\n", { 1 }, 1, false },
	{ "a\nb\nc\n", "A\nb\nC\n", { 1, 3 }, 2, true },
	{ "a\nb\nc\n", "b\n", { 1, 3 }, 2, true },
};

static void test_lines(void)
{
	for (size_t i = 0; i < sizeof(lines_rows) / sizeof(lines_rows[0]); i++) {
		const struct lines_row *r = &lines_rows[i];
		struct ef_err err = { 0 };
		int ret = verify_lines(r->from, strlen(r->from), r->to,
				       strlen(r->to), r->edited, r->n_edited,
				       &err);

		ok(ret == (r->good ? 0 : -EBADMSG));
		if (ret != (r->good ? 0 : -EBADMSG))
			printf("# lines %zu: %s\n", i, err.msg);
	}
}

int main(void)
{
	test_tree();
	test_lines();
	return done();
}
