// SPDX-License-Identifier: MIT
// Attempts put together: alike ones, several names of an address, filters.
#include "record.h"
#include "tap.h"

#include "audit/alike.h"

/* What was told, a line each. */
static char told[8192];

static int tell(const struct alike_entry *e, void *arg)
{
	size_t n = strlen(told);

	(void)arg;
	snprintf(told + n, sizeof(told) - n, "%s %s %s:%lld x%lld%s%s%s%s\n",
		 e->verdict, *e->name ? e->name : "-", *e->ip ? e->ip : "-",
		 (long long)e->port, (long long)e->attempts,
		 e->is_counted	   ? " ambiguous, counted"
		 : e->is_ambiguous ? " ambiguous"
				   : "",
		 e->is_probe ? " probe" : "", e->n_processes ? " " : "",
		 e->n_processes ? e->processes[0].comm : "");
	return 0;
}

/* The alike of the first session of a record. */
static const char *alike_of(const char *path, const char *filter)
{
	const char *paths[] = { path };
	struct reader *r = NULL;
	struct filter *f = NULL;
	struct ef_err err = { 0 };

	told[0] = '\0';
	if (reader_open(paths, 1, &r, &err) < 0 ||
	    (filter && filter_compile(filter, 0, &f, &err) < 0) ||
	    reader_alike(r, 0, f, tell, NULL, &err) < 0)
		printf("# %s\n", err.msg);
	filter_free(f);
	reader_close(r);
	return told;
}

/* A record in a folder of its own. */
struct world {
	const char *dir;
	char path[128];
	struct store *st;
};

static struct world world_new(void)
{
	struct world w = { .dir = record_folder() };
	struct ef_err err = { 0 };

	snprintf(w.path, sizeof(w.path), "%s/r.db", w.dir);
	w.st = record_open(w.dir, w.path, &err);
	if (!w.st)
		abort();
	return w;
}

static void world_gone(const struct world *w)
{
	struct ef_err err = { 0 };

	store_end(w->st, 0, 0, &err);
	store_close(w->st);
	record_gone(w->dir);
}

static int64_t put(struct store *st, const char *addr, const char *name,
		   int64_t process)
{
	struct made m;
	int64_t seq;

	make_attempt(&m, addr, name, VERDICT_DENY);
	m.a.process = process;
	if (store_attempt(st, &m.a, &seq))
		abort();
	return seq;
}

static int64_t add_process(struct store *st, const char *comm)
{
	struct process p = { .pid = 4990, .start_ticks = 1, .argv_len = 0 };
	int64_t row = 0;

	strcpy(p.comm, comm);
	if (store_process(st, &p, &row))
		abort();
	return row;
}

static void test_alike(void)
{
	struct world w = world_new();
	int64_t node = add_process(w.st, "node");

	put(w.st, "203.0.113.1:443", "a.example.com", node);
	put(w.st, "203.0.113.2:443", "a.example.com", 0);
	put(w.st, "203.0.113.1:443", "a.example.com", node);
	put(w.st, "203.0.113.1:80", "a.example.com", 0);
	/* a datagram that was repeated is one row */
	store_repeat(w.st, put(w.st, "203.0.113.9:80", NULL, 0), 4);
	store_flush(w.st);
	put(w.st, "203.0.113.1:443", "a.example.com", 0);
	ok_str(alike_of(w.path, NULL),
	       "deny a.example.com 203.0.113.1:443 x3 node\n"
	       "deny a.example.com 203.0.113.2:443 x1\n"
	       "deny a.example.com 203.0.113.1:80 x1\n"
	       "deny - 203.0.113.9:80 x5\n");
	ok_str(alike_of(w.path, ""), told);
	ok_str(alike_of(w.path, "port:80"),
	       "deny a.example.com 203.0.113.1:80 x1\n"
	       "deny - 203.0.113.9:80 x5\n");
	/* one that SQL cannot answer alone */
	ok_str(alike_of(w.path, "comm:node"),
	       "deny a.example.com 203.0.113.1:443 x2 node\n");
	ok_str(alike_of(w.path, "port:1"), "");
	world_gone(&w);
}

/* Many rows and a filter: the pages are walked along. */
static void test_pages(void)
{
	struct world w = world_new();

	for (int i = 0; i < 3 * READER_PAGE_ROWS; i++)
		put(w.st, i % 3 ? "203.0.113.1:443" : "203.0.113.2:80", NULL, 0);
	ok_str(alike_of(w.path, "port:80"), "deny - 203.0.113.2:80 x256\n");
	ok_str(alike_of(w.path, "ip~^203.0.113.1$"),
	       "deny - 203.0.113.1:443 x512\n");
	world_gone(&w);
}

static void ask(struct store *st, pid_t pid, pid_t tid, const char *name)
{
	struct question q = {
		.pid = pid, .tid = tid, .proto = PROTO_UDP, .qtype = 1
	};
	int64_t seq;

	if (dname_from_text(name, &q.name) || store_question(st, &q, &seq))
		abort();
}

static void put_shared(struct store *st, pid_t pid, pid_t tid)
{
	struct made m;
	int64_t seq;

	make_attempt(&m, "203.0.113.1:443", "a.example.com", VERDICT_DENY);
	m.seen.pid = pid;
	m.seen.tid = tid;
	m.seen.candidates[1] = m.seen.candidates[0];
	if (dname_from_text("b.example.com", &m.seen.candidates[1].name))
		abort();
	m.seen.n_candidates = 2;
	if (store_attempt(st, &m.a, &seq))
		abort();
}

/* Two names behind one address, and who asked for which. */
static void test_shared(void)
{
	struct world w = world_new();

	ask(w.st, 10, 10, "a.example.com");
	ask(w.st, 20, 20, "c.example.com");
	ask(w.st, 30, 31, "b.example.com");
	put_shared(w.st, 10, 10);
	ok_str(alike_of(w.path, NULL),
	       "deny a.example.com 203.0.113.1:443 x1\n");
	/* another thread of a process that asked for one */
	put_shared(w.st, 30, 30);
	ok_str(alike_of(w.path, NULL),
	       "deny a.example.com 203.0.113.1:443 x1\n"
	       "deny b.example.com 203.0.113.1:443 x1\n");
	/* both, by one thread: the later one need not be the one that is meant */
	ask(w.st, 10, 10, "b.example.com");
	put_shared(w.st, 10, 10);
	ok_str(alike_of(w.path, NULL),
	       "deny a.example.com 203.0.113.1:443 x1\n"
	       "deny b.example.com 203.0.113.1:443 x1\n"
	       "deny b.example.com 203.0.113.1:443 x1 ambiguous\n"
	       "deny a.example.com 203.0.113.1:443 x1 ambiguous, counted\n");
	/* a process that asked for neither; what is asked later says nothing */
	put_shared(w.st, 20, 20);
	ask(w.st, 20, 20, "a.example.com");
	ok_str(alike_of(w.path, NULL),
	       "deny a.example.com 203.0.113.1:443 x1\n"
	       "deny b.example.com 203.0.113.1:443 x1\n"
	       "deny b.example.com 203.0.113.1:443 x1 ambiguous\n"
	       "deny a.example.com 203.0.113.1:443 x1 ambiguous, counted\n"
	       "deny a.example.com 203.0.113.1:443 x1 ambiguous\n"
	       "deny b.example.com 203.0.113.1:443 x1 ambiguous, counted\n");
	world_gone(&w);
}

int main(void)
{
	test_alike();
	test_pages();
	test_shared();
	return done();
}
