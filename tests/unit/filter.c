// SPDX-License-Identifier: MIT
// The filter language: a table of texts and the rows they select.
#include "audit/filter.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NOW 1795442541000LL /* 2026-11-23T14:02:21Z */

/* Rows a to h: the letter is how the table below names them. */
static struct row rows[] = {
	{ .seq = 'a',
	  .verdict = "allow",
	  .action = "allowed",
	  .name = "registry.npm-x.dev",
	  .name_source = "dns",
	  .ip = "203.0.113.1",
	  .port = 443,
	  .pid = 4990,
	  .comm = "node",
	  .exe = "/usr/bin/node",
	  .cmd = "node yarn.js install",
	  .reason = "rule",
	  .rule = "registry.npm-x.dev",
	  .line = 21,
	  .rule_reason = "npm registry",
	  .at_ms = NOW - 60 * 1000 },
	{ .seq = 'b',
	  .verdict = "deny",
	  .action = "denied",
	  .name = "telemetry.vendor-x.com",
	  .name_source = "placeholder",
	  .placeholder = "198.18.0.7",
	  .port = 443,
	  .pid = 4991,
	  .comm = "node",
	  .exe = "/usr/bin/node",
	  .cmd = "node a b",
	  .at_ms = NOW - 600 * 1000 },
	{ .seq = 'c',
	  .verdict = "deny",
	  .action = "denied",
	  .name = "github.com",
	  .name_source = "dns",
	  .ip = "203.0.113.2",
	  .port = 443,
	  .pid = 4992,
	  .comm = "git",
	  .exe = "/usr/bin/git",
	  .cmd = "git clone",
	  .rule = "github.com",
	  .line = 9,
	  .reason = "port",
	  .at_ms = NOW - 2 * 86400000LL },
	{ .seq = 'd',
	  .verdict = "deny",
	  .action = "allowed",
	  .name = "codeload.github.com",
	  .name_source = "dns",
	  .ip = "10.1.2.3",
	  .port = 8443,
	  .pid = 5000,
	  .comm = "git",
	  .exe = "/opt/git/bin/git-remote",
	  .mode = "audit",
	  .count = 7,
	  .at_ms = NOW },
	{ .seq = 'e',
	  .verdict = "deny",
	  .action = "denied",
	  .ip = "169.254.169.254",
	  .port = 80,
	  .pid = 5001,
	  .comm = "sh",
	  .exe = "/bin/sh",
	  .cmd = "sh -c curl",
	  .reason = "metadata",
	  .uid = 0,
	  .at_ms = NOW },
	{ .seq = 'f',
	  .verdict = "deny",
	  .action = "held",
	  .ip = "2001:db8::1",
	  .port = 1500,
	  .pid = 5002,
	  .comm = "py(x)",
	  .exe = "/usr/bin/python3",
	  .proto = "udp",
	  .stage = "send",
	  .at_ms = NOW },
	{ .seq = 'g',
	  .verdict = "deny",
	  .name = "evil.example",
	  .name_source = "",
	  .stage = "dns",
	  .proto = "udp",
	  .server = "198.51.100.53",
	  .pid = 5003,
	  .comm = "dig",
	  .exe = "/usr/bin/dig",
	  .at_ms = NOW },
	{ .seq = 'h',
	  .verdict = "deny",
	  .action = "denied",
	  .name = "/run/docker.sock",
	  .proto = "unix",
	  .pid = 5004,
	  .comm = "docker",
	  .exe = "/usr/bin/docker",
	  .reason = "unix-door",
	  .door = "the container engine",
	  .at_ms = NOW },
};

/* What a row that says nothing else has. */
static void fill(struct row *r)
{
	const char **texts[] = {
		&r->verdict,	 &r->action,	  &r->name,   &r->candidates,
		&r->ip,		 &r->placeholder, &r->door,   &r->rule,
		&r->rule_reason, &r->file,	  &r->comm,   &r->exe,
		&r->argv,	 &r->cmd,	  &r->server, &r->answer,
		&r->kind,	 &r->text,
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (!*texts[i])
			*texts[i] = "";
	r->type = r->type ? r->type : ROW_ATTEMPT;
	r->session = "7f3a0001-0000-4000-8000-000000000000";
	r->mode = r->mode ? r->mode : "enforce";
	r->stage = r->stage ? r->stage : "connect";
	r->proto = r->proto ? r->proto : "tcp";
	r->name_source = r->name_source ? r->name_source : "none";
	r->reason = r->reason ? r->reason : "no-rule";
	r->cwd = "/";
	r->count = r->count ? r->count : 1;
	r->uid = r->seq == 'e' ? 0 : 1000;
	r->ppid = 1;
}

/* No attempt: only the empty filter selects it. */
static const struct row question = { .type = ROW_QUESTION, .proto = "udp" };

static const char *selected(const char *text)
{
	static char got[64];
	struct ef_err err = { 0 };
	struct filter *f = NULL;
	size_t n = 0;

	if (filter_compile(text, NOW, &f, &err) < 0) {
		printf("# %s: %s\n", text, err.msg);
		return "(error)";
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (filter_selects(f, &rows[i]))
			got[n++] = (char)rows[i].seq;
	if (filter_selects(f, &question))
		got[n++] = 'q';
	got[n] = '\0';
	filter_free(f);
	return got;
}

static const struct {
	const char *text, *rows;
} table[] = {
	{ "", "abcdefghq" },
	{ "  ", "abcdefghq" },
	{ "verdict:deny", "bcegh" },
	{ "verdict:deny !host:telemetry", "cegh" },
	{ "verdict:would", "d" },
	{ "verdict:held,would", "df" },
	{ "verdict=allow", "a" },
	{ "verdict!=deny", "adf" },
	{ "VERDICT:DENY and port:443", "bc" },
	{ "site=github.com port!=443", "d" },
	{ "site:github.com", "cd" },
	{ "site:hub.com", "" },
	{ "site=api.github.com", "cd" },
	{ "site=deep.down.github.com", "cd" },
	{ "site=x.github.io", "" },
	{ "site=com", "bcd" },
	{ "host:github.com", "cd" },
	{ "host=github.com", "c" },
	{ "host!=github.com", "abdefgh" },
	{ "exe~/node$ time>-5m", "a" },
	{ "ip:10.0.0.0/8 or risk:raw", "def" },
	{ "risk:danger", "e" },
	{ "risk:private", "d" },
	{ "ip:203.0.113.0/24", "ac" },
	{ "ip:2001:db8::/32", "f" },
	{ "ip=203.0.113.1", "a" },
	{ "ip:203.0", "ac" },
	{ "ip:0.0.0.0/0", "acde" },
	{ "ip~^169", "e" },
	{ "port:443,8443", "abcd" },
	{ "port:1000-2000", "f" },
	{ "port>443", "df" },
	{ "port>=443", "abcdf" },
	{ "port<443", "e" },
	{ "port<=80", "e" },
	{ "port:80,1000-2000", "ef" },
	{ "proto:udp", "fg" },
	{ "stage:dns", "g" },
	{ "stage:send,dns", "fg" },
	{ "name:placeholder", "b" },
	{ "name:none", "efh" },
	{ "pid:4990", "a" },
	{ "ppid:1", "abcdefgh" },
	{ "comm:git", "cd" },
	{ "comm=node", "ab" },
	{ "cmd:\"yarn.js install\"", "a" },
	{ "cwd=/", "abcdefgh" },
	{ "user:0", "e" },
	{ "user:root", "e" },
	{ "user!=0", "abcdfgh" },
	{ "rule:npm", "a" },
	{ "line:9,21", "ac" },
	{ "reason:metadata", "e" },
	{ "reason=no-rule", "bdfg" },
	{ "reason:\"no rule\"", "bdfg" },
	{ "session:7f3a", "abcdefgh" },
	{ "session=7f3a0001", "abcdefgh" },
	{ "session:8", "" },
	{ "mode:audit", "d" },
	{ "time:2026-11-21", "c" },
	{ "time<2026-11-22", "c" },
	{ "time>=-10m", "abdefgh" },
	{ "time<-5m", "bc" },
	{ "time:2026-11-23T14:02Z", "defgh" },
	{ "time:2026-11-23T14:02:21Z", "defgh" },
	{ "n>1", "d" },
	{ "marked:no", "abcdefgh" },
	{ "marked:yes", "" },
	{ "node", "ab" },
	{ "NODE", "ab" },
	{ "npm", "a" },
	{ "203.0.113.2", "c" },
	{ "github.com:443", "c" },
	{ "\"a b\"", "b" },
	{ "node or git", "abcd" },
	{ "node | git", "abcd" },
	{ "node git", "" },
	{ "node and not telemetry", "a" },
	{ "not not node", "ab" },
	{ "!(node or git) proto:tcp", "e" },
	{ "(verdict:deny or verdict:would) (port:443)", "bc" },
	{ "proto:tcp (comm:git|comm:sh)", "cde" },
	{ "exe~(git|node)$", "abc" },
	{ "(exe~(git|node)$)", "abc" },
	{ "comm~^[a-z]{2}$", "e" },
	{ "comm~\"^py\\\\(x\\\\)$\"", "f" },
	{ "comm~^py\\(x\\)$", "f" },
	{ "host:docker", "h" },
	{ "verdict:deny or verdict:allow and port:443", "abcegh" },
};

static const char *error_of(const char *text)
{
	static struct ef_err err;
	struct filter *f = NULL;

	err.msg[0] = '\0';
	if (filter_compile(text, NOW, &f, &err) == 0) {
		filter_free(f);
		return "(none)";
	}
	return err.msg;
}

static bool says(const char *text, const char *start)
{
	const char *msg = error_of(text);
	bool good = !strncmp(msg, start, strlen(start));

	if (!good)
		printf("# %s: %s\n", text, msg);
	return good;
}

static void test_errors(void)
{
	ok(says("port:", "column 6: a value is expected here"));
	ok(says("port:x", "column 6: "));
	ok(says("port:9-1", "column 6: a range"));
	ok(says("verdict:no", "column 9: no such word here: allow deny"));
	ok(says("stagee:dns",
		"column 1: there is no field \"stagee\"; did you mean "
		"\"stage\"?"));
	ok(says("host>3", "column 5: this field cannot be compared"));
	ok(says("port~3", "column 5: this field takes no expression"));
	ok(says("(a or b", "column 1: this parenthesis is not closed"));
	ok(says("a or", "column 5: a test or a word is expected here"));
	ok(says("a)", "column 2: nothing opens this"));
	ok(says("()", "column 2: a test or a word"));
	ok(says("\"a", "column 1: this quotation mark"));
	ok(says("exe~[", "column 5: "));
	ok(says("exe~(a)\\1", "column 5: back-references"));
	ok(says("exe~((a{60}){60}){60}", "column 5: repetitions"));
	ok(says("time:yesterday", "column 6: a time is"));
	ok(says("ip:10.0.0.0/33", "column 4: the prefix"));
	ok(says("ip:x/8", "column 4: this is no address"));
	ok(says("user:no-such-user-here", "column 6: there is no such user"));
	ok(says("b\xc3\xbc port:", "column 9: "));
	ok(says("!", "column 2: "));
}

static void test_limits(void)
{
	static char text[2 * FILTER_TEXT_MAX];

	memset(text, '(', 100);
	text[100] = '\0';
	ok(strstr(error_of(text), "nested too deeply") != NULL);
	memset(text, '!', 100);
	ok(strstr(error_of(text), "nested too deeply") != NULL);
	text[0] = '\0';
	for (int i = 0; i < 200; i++)
		strcat(text, "a ");
	ok(strstr(error_of(text), "too many tests") != NULL);
	memset(text, 'a', FILTER_TEXT_MAX + 1);
	text[FILTER_TEXT_MAX + 1] = '\0';
	ok(strstr(error_of(text), "at most") != NULL);
	text[FILTER_TEXT_MAX] = '\0';
	ok_str(error_of(text), "(none)");
	strcpy(text, "port:1");
	for (int i = 0; i < 70; i++)
		strcat(text, ",1");
	ok(strstr(error_of(text), "too many values") != NULL);
}

int main(void)
{
	setenv("TZ", "UTC", 1);
	tzset();
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		fill(&rows[i]);
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		printf("# %s\n", table[i].text);
		ok_str(selected(table[i].text), table[i].rows);
	}
	test_errors();
	test_limits();
	return done();
}
