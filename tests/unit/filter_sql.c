/* SPDX-License-Identifier: MIT */
/*
 * What SQL leaves out, the filter would have left out: the same rows come out
 * of a record with and without, for filters made by chance, and some are left
 * out indeed.
 */
#include "record.h"
#include "tap.h"

#include "audit/filter.h"
#include "audit/reader.h"

#define N_ATTEMPTS 600 /* more than two pages */
#define N_FILTERS  500
#define DEEP	   10 /* pairs of parentheses */

static uint64_t dice_state = 0x2545f4914f6cdd1d;

static unsigned int dice(unsigned int sides)
{
	dice_state ^= dice_state << 13;
	dice_state ^= dice_state >> 7;
	dice_state ^= dice_state << 17;
	return (unsigned int)(dice_state % sides);
}

#define PICK(list) list[dice(sizeof(list) / sizeof(*(list)))]

static const char *const hosts[] = { "api.example.com", "example.com",
				     "o_brien.example", "cdn.example.net" };

static int64_t processes[4]; /* the last one is none */

static void put_processes(struct store *st)
{
	static const struct process all[] = {
		{ .pid = 1,
		  .comm = "node",
		  .exe = "/usr/bin/node",
		  .cwd = "/home",
		  .argv = "node\0run\0build",
		  .argv_len = 15 },
		{ .pid = 2,
		  .comm = "git",
		  .exe = "/usr/bin/git",
		  .cwd = "/",
		  .argv = "git",
		  .argv_len = 4 },
		{ .pid = 3,
		  .comm = "sh",
		  .exe = "",
		  .cwd = "",
		  .argv = "",
		  .argv_len = 0 },
	};

	for (int i = 0; i < 3; i++)
		if (store_process(st, &all[i], &processes[i]))
			abort();
}

static void put_attempt(struct store *st)
{
	static const char *const addrs[] = { "203.0.113.1:443", "203.0.113.2:80",
					     "[2001:db8::1]:443",
					     "192.0.2.9:25", "127.0.0.1:8080" };
	static const enum proto protos[] = { PROTO_TCP, PROTO_UDP, PROTO_ICMP,
					     PROTO_UNIX_STREAM };
	static const enum action actions[] = { ACTION_ALLOWED, ACTION_DENIED,
					       ACTION_HELD, ACTION_PROBE };
	struct made m;
	int64_t seq;

	make_attempt(&m, PICK(addrs), dice(3) ? PICK(hosts) : NULL,
		     dice(2) ? VERDICT_ALLOW : VERDICT_DENY);
	m.seen.proto = PICK(protos);
	m.seen.stage = (enum stage)dice(N_STAGES);
	m.seen.pid = m.seen.tid = (pid_t)(1 + dice(5));
	m.a.action = PICK(actions);
	m.a.process = processes[dice(4)];
	if (store_attempt(st, &m.a, &seq))
		abort();
	if (!dice(3))
		store_repeat(st, seq, 1 + dice(9));
	if (!dice(9))
		store_event(st, "reload", "narrowed");
}

static void put_term(char *buf, size_t size)
{
	static const char *const terms[] = {
		"verdict:deny",
		"verdict:allow,would",
		"verdict!=held",
		"host=api.example.com",
		"host=API.example.COM,example.com",
		"host!=o'brien.example",
		"host=\"\"",
		"host:example",
		"host~^api",
		"site:example.com",
		"port:443",
		"port:1-100,8080",
		"port!=443",
		"port>79",
		"port>=80",
		"port<443",
		"port<=80",
		"pid:1,3",
		"pid>2",
		"pid!=4",
		"pid=0",
		"n>3",
		"n=1",
		"proto=tcp",
		"proto:unix,udp",
		"proto!=icmp",
		"stage:dns",
		"stage!=connect,send",
		"name:dns",
		"name!=none",
		"mode:enforce",
		"mode!=enforce",
		"session:7f3a",
		"session!=7f3a0001",
		"session:00",
		"time>2020-01-01",
		"time<2020-01-01",
		"time>-1m",
		"time!=2025-11-24",
		"ip:203.0.113.0/24",
		"risk:raw",
		"exe:node",
		"exe!=/usr/bin/node",
		"comm:OD,sh",
		"comm~^n",
		"cmd:\"run build\"",
		"cmd!=git",
		"cmd=\"\"",
		"cwd=/home",
		"cwd~.",
		"ip:203.0",
		"ip!=203.0.113.1",
		"ip=\"\"",
		"rule:example",
		"run",
		"NODE",
		"\"\"",
		"api.example.com:443",
		"!example",
		"!host~^api",
		"user:0",
		"reason:rule",
		"example",
	};

	snprintf(buf, size, "%s", PICK(terms));
}

static void put_filter(char *buf, size_t size, int depth)
{
	char left[1024], right[1024];

	if (depth == 0 || !dice(3)) {
		put_term(buf, size);
		return;
	}
	put_filter(left, sizeof(left), depth - 1);
	put_filter(right, sizeof(right), depth - 1);
	switch (dice(4)) {
	case 0:
		snprintf(buf, size, "not (%.900s)", left);
		break;
	case 1:
		snprintf(buf, size, "(%.900s or %.900s)", left, right);
		break;
	default:
		snprintf(buf, size, "(%.900s %.900s)", left, right);
	}
}

struct outcome {
	uint64_t digest;
	size_t selected, read;
};

static struct outcome walk(struct reader *r, const struct filter *f,
			   int64_t since_ms, bool where)
{
	struct outcome o = { 0 };
	struct page page = { 0 };
	struct ef_err err = { 0 };
	int64_t after = -1;

	for (;;) {
		int rc = where ? reader_page_where(r, 0, after, f, since_ms,
						   &page, &err)
			       : reader_page(r, 0, after, &page, &err);

		if (rc < 0) {
			printf("# %s\n", err.msg);
			o.selected = SIZE_MAX;
			break;
		}
		for (size_t i = 0; i < page.n; i++) {
			o.read++;
			if (page.rows[i].at_ms < since_ms ||
			    !filter_selects(f, &page.rows[i]))
				continue;
			o.selected++;
			o.digest = o.digest * 1099511628211u +
				   (uint64_t)page.rows[i].seq;
		}
		after = page.last;
		if (!page.n)
			break;
	}
	page_done(&page);
	return o;
}

static bool is_same(struct reader *r, const char *text, size_t *ret_less)
{
	struct filter *f = NULL;
	struct ef_err err = { 0 };
	int64_t since_ms = dice(4) ? INT64_MIN : clock_wall_ms() - dice(50);
	struct outcome all, some;

	if (filter_compile(text, clock_wall_ms(), &f, &err)) {
		printf("# %s: %s\n", text, err.msg);
		return false;
	}
	all = walk(r, f, since_ms, false);
	some = walk(r, f, since_ms, true);
	filter_free(f);
	*ret_less += some.read < all.read / 2;
	if (all.selected == some.selected && all.digest == some.digest)
		return true;
	printf("# %s: %zu rows, %zu of SQL\n", text, all.selected, some.selected);
	return false;
}

/* As long and as deep as a filter may be: SQL takes it all the same. */
static void test_large(struct reader *r)
{
	char text[4096];
	size_t n = 0, less = 0;

	for (int i = 0; i < 120; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "port:%d or ",
				      i + 1);
	snprintf(text + n, sizeof(text) - n, "pid:1");
	ok(is_same(r, text, &less));
	n = 0;
	for (int i = 0; i < DEEP; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
				      "(pid:%d or not (port:%d ", i % 5 + 1, i);
	n += (size_t)snprintf(text + n, sizeof(text) - n, "host=example.com");
	for (int i = 0; i < DEEP; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "))");
	ok(is_same(r, text, &less));
}

int main(void)
{
	const char *dir = record_folder();
	struct ef_err err = { 0 };
	struct store *st = record_open(dir, NULL, &err);
	struct reader *r = NULL;
	char path[128], text[4096];
	const char *paths[] = { path };
	size_t less = 0, same = 0;

	snprintf(path, sizeof(path), "%s/sessions", dir);
	put_processes(st);
	for (int i = 0; i < N_ATTEMPTS; i++)
		put_attempt(st);
	store_flush(st);
	if (reader_open(paths, 1, &r, &err))
		abort();
	for (int i = 0; i < N_FILTERS; i++) {
		put_filter(text, sizeof(text), (int)dice(4));
		same += is_same(r, text, &less);
	}
	ok(same == N_FILTERS);
	ok(less > N_FILTERS / 3);
	test_large(r);
	store_end(st, 0, 0, &err);
	reader_close(r);
	store_close(st);
	record_gone(dir);
	return done();
}
