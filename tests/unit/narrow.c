/* SPDX-License-Identifier: MIT */
/* Only the removal of allow entries is narrowing; files are opened safely. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy_help.h"
#include "tap.h"

#define ONE "domains: [{pattern: a.example}, {pattern: b.example}]\n"

struct row {
	const char *from, *to;
	bool narrows;
};

static const struct row rows[] = {
	{ ONE, ONE, true },
	{ ONE, "domains: [{pattern: b.example}]\n", true },
	{ ONE, "domains: [{pattern: B.Example.}]\n", true },
	{ ONE, "domains: [{pattern: b.example}, {pattern: a.example}]\n", true },
	{ ONE, "# all gone\nversion: 1\n", true },
	{ "domains: [{pattern: b.example}]\n", ONE, false },
	{ ONE, "domains: [{pattern: c.example}]\n", false },
	{ ONE, "domains: [{pattern: '*.a.example'}]\n", false },
	{ ONE, "domains: [{pattern: a.example, ports: [1]}]\n", false },
	{ ONE, "domains: [{pattern: a.example, reason: x}]\n", false },
	{ ONE, "domains: [{pattern: a.example, allow_private: true}]\n", false },
	{ "domains: [{pattern: a.example, ports: [1, 2]}]\n",
	  "domains: [{pattern: a.example, ports: [1-2]}]\n", true },
	{ "domains: [{pattern: a.example, ports: [1, 2]}]\n",
	  "domains: [{pattern: a.example, ports: [1]}]\n", false },
	{ "domains: [{pattern: a.example}]\n",
	  "domains: [{pattern: a.example}, {pattern: a.example}]\n", false },
	{ "ip_ranges: [{cidr: 192.0.2.1, ports: [53]}, {cidr: '::1'}]\n",
	  "ip_ranges: [{cidr: '::1'}]\n", true },
	{ "ip_ranges: [{cidr: 192.0.2.0/24}]\n",
	  "ip_ranges: [{cidr: 192.0.2.0/25}]\n", false },
	{ "ip_ranges: [{cidr: 192.0.2.0/24}]\n",
	  "ip_ranges: [{cidr: 198.51.100.0/24}]\n", false },
	{ "unix_sockets: {allow: [/a, /b]}\n", "unix_sockets: {allow: [/b]}\n",
	  true },
	{ "unix_sockets: {deny: [/a, /b]}\n", "unix_sockets: {deny: [/b]}\n",
	  false },
	{ "unix_sockets: {deny: [/b]}\n", "unix_sockets: {deny: [/a, /b]}\n",
	  false },
	{ "unix_sockets: {allow: [/a]}\n", "unix_sockets: {deny: [/a]}\n", false },
	{ "version: 1\n", "default_policy: allow\n", false },
	{ "default_policy: allow\n", "version: 1\n", false },
	{ "version: 1\n", "unix_sockets: {default: allow}\n", false },
	{ "version: 1\n", "dns: {mode: system}\n", false },
	{ "version: 1\n", "dns: {denied: refused}\n", false },
	{ "version: 1\n", "dns: {placeholders: false}\n", false },
	{ "version: 1\n", "dns: {strict_servers: true}\n", false },
	{ "version: 1\n", "dns: {servers: ['192.0.2.1']}\n", false },
	{ "dns: {servers: ['192.0.2.1']}\n", "version: 1\n", false },
	{ "dns: {servers: ['192.0.2.1:5']}\n",
	  "dns: {servers: ['192.0.2.1:6']}\n", false },
	{ "version: 1\n", "dns: {min_hold: 299}\n", false },
	{ "version: 1\n", "dns: {max_hold: 3601}\n", false },
	{ "version: 1\n", "listen: loopback\n", false },
};

static void test_rows(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct policy *from = policy_of(rows[i].from);
		struct policy *to = policy_of(rows[i].to);

		ok(policy_only_narrows(from, to) == rows[i].narrows);
		if (policy_only_narrows(from, to) != rows[i].narrows)
			printf("# row %zu: %s#   %s", i, rows[i].from,
			       rows[i].to);
		policy_unref(from);
		policy_unref(to);
	}
}

static int load_at(const char *path, struct ef_err *err)
{
	static struct problems ps;
	struct policy *p = NULL;
	int ret = policy_load_file(path, &ps, &p, err);

	policy_unref(p);
	return ret;
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	fputs(text, f);
	fclose(f);
}

static void test_files(void)
{
	char dir[] = "/tmp/policy-test-XXXXXX";
	struct ef_err err = { 0 };
	int fd;

	if (!mkdtemp(dir) || chdir(dir) < 0) {
		ok(!"a folder to work in");
		return;
	}
	write_file("good.yaml", ONE);
	ok(load_at("good.yaml", &err) == 0);
	ok(symlink("good.yaml", "link.yaml") == 0 &&
	   load_at("link.yaml", &err) == 0);
	ok(load_at("none.yaml", &err) == -ENOENT);
	ok_str(err.msg, "none.yaml: No such file or directory");
	write_file("bad.yaml", "x: 1\ny: 1\n");
	ok(load_at("bad.yaml", &err) == -EINVAL);
	ok_str(err.msg, "bad.yaml: 2 errors");
	ok(mkfifo("fifo", 0600) == 0 && load_at("fifo", &err) == -EINVAL);
	ok_str(err.msg, "fifo: not a regular file");
	ok(load_at("/dev/zero", &err) == -EINVAL);
	ok(load_at(".", &err) == -EISDIR);
	ok(truncate("bad.yaml", POLICY_FILE_MAX + 1) == 0);
	ok(load_at("bad.yaml", &err) == -EFBIG);
	fd = open("good.yaml", O_RDWR | O_CLOEXEC);
	close(fd);
	fd = open("good.yaml", O_RDONLY | O_CLOEXEC);
	if (fcntl(fd, F_SETLEASE, F_WRLCK) == 0) {
		ok(load_at("good.yaml", &err) == -EAGAIN);
		ok_str(err.msg,
		       "good.yaml: another process holds a lease on it");
	} else {
		skip("no leases on this file system");
	}
	close(fd);
	fd = open("good.yaml", O_RDONLY | O_CLOEXEC);
	ok(dup2(fd, STDIN_FILENO) == 0 && load_at("-", &err) == 0);
	close(fd);
	unlink("good.yaml");
	unlink("link.yaml");
	unlink("bad.yaml");
	unlink("fifo");
	if (chdir("/") == 0)
		rmdir(dir);
}

int main(void)
{
	signal(SIGIO, SIG_IGN);
	test_rows();
	test_files();
	return done();
}
