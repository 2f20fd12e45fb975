/* SPDX-License-Identifier: MIT */
/*
 * Denial lines and the footer.
 *
 * The thread waits for the gate's queue and keeps, for each (destination,
 * program), when it was last told of and how often it was seen. The table is
 * bounded: what does not fit is told of in the footer as a number.
 */
#include "supervisor/report.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "audit/escape.h"
#include "base/clock.h"

#define LINES_MAX   1024
#define QUIET_NS    60000000000ll
#define FOOTER_ROWS 10
#define DEST_MAX    512

struct line {
	char destination[DEST_MAX];
	char comm[64];
	char why[160];
	uint64_t count;
	int64_t told_ns;
	bool is_denial;
};

struct report {
	struct report_options o;
	pthread_t thread;
	int stop;
	char short_id[9];
	uint64_t lost, beyond;
	size_t n_lines;
	struct line lines[LINES_MAX];
};

static void name_and_port(const char *host, bool is_v6, uint16_t port,
			  const char *proto, char *buf, size_t size)
{
	snprintf(buf, size, is_v6 ? "[%s]:%u/%s" : "%s:%u/%s", host, port, proto);
}

static void internet_text(const struct observation *seen,
			  const struct decision *said, char *buf, size_t size)
{
	char host[DNAME_TEXT_MAX];
	const struct dname *name = &said->name;

	if (!name->len && seen->n_candidates)
		name = &seen->candidates[0].name;
	if (name->len) {
		dname_text(name, host);
		name_and_port(host, false, seen->addr.port,
			      proto_word(seen->proto), buf, size);
		return;
	}
	addr_text(&seen->addr, host);
	name_and_port(host, seen->addr.family == ADDR_IP6, seen->addr.port,
		      proto_word(seen->proto), buf, size);
}

static void other_text(const struct observation *seen, char *buf, size_t size)
{
	char name[DNAME_TEXT_MAX];

	switch (seen->stage) {
	case STAGE_DNS:
		snprintf(buf, size, "%s (dns)", dname_text(&seen->name, name));
		break;
	case STAGE_SOCKET:
		snprintf(buf, size, "socket of family %d", seen->detail);
		break;
	case STAGE_SYSCALL:
		snprintf(buf, size, "system call %d", seen->syscall);
		break;
	case STAGE_CONNECT:
	case STAGE_SEND:
	case STAGE_LISTEN:
	case STAGE_JOIN:
	case N_STAGES:
	default:
		snprintf(buf, size, "an unknown destination");
		break;
	}
}

char *report_destination(const struct observation *seen,
			 const struct decision *said, char *buf, size_t size)
{
	if (seen->peer.name[0])
		escape_text(seen->peer.name, strlen(seen->peer.name), buf, size);
	else if (seen->addr.family != ADDR_NONE)
		internet_text(seen, said, buf, size);
	else
		other_text(seen, buf, size);
	return buf;
}

static void why_text(const struct notice *n, char *buf, size_t size)
{
	if (n->said.door)
		snprintf(buf, size, "%s", n->said.door);
	else if (n->rule_line)
		snprintf(buf, size, "%s, line %u", reason_text(n->said.reason),
			 n->rule_line);
	else
		snprintf(buf, size, "%s", reason_text(n->said.reason));
}

static struct line *find_line(struct report *r, const struct line *key)
{
	for (size_t i = 0; i < r->n_lines; i++)
		if (!strcmp(r->lines[i].destination, key->destination) &&
		    !strcmp(r->lines[i].comm, key->comm) &&
		    r->lines[i].is_denial == key->is_denial)
			return &r->lines[i];
	if (r->n_lines == LINES_MAX)
		return NULL;
	r->lines[r->n_lines] = *key;
	r->lines[r->n_lines].told_ns = -QUIET_NS;
	return &r->lines[r->n_lines++];
}

static void put(int fd, const char *text, size_t n)
{
	while (n) {
		ssize_t w = write(fd, text, n);

		if (w <= 0)
			return; /* nobody reads it any more */
		text += w;
		n -= (size_t)w;
	}
}

static void print_line(const struct report *r, const struct notice *n,
		       const struct line *l)
{
	char out[1200];
	const char *verb = n->action == ACTION_DENIED ? "denied"
			   : n->would		      ? "would deny"
						      : "allowed";
	int len = snprintf(out, sizeof(out),
			   "egress-filter: %s %s by %s[%d]: %s (why: "
			   "egress-filter why %s:%lld)\n",
			   verb, l->destination, l->comm, n->seen.pid, l->why,
			   r->short_id, (long long)n->seq);

	put(r->o.fd, out,
	    (size_t)len < sizeof(out) ? (size_t)len : sizeof(out) - 1);
}

/* io_uring and exotic sockets are tried by many programs at each start, which
 * then do without: rows of the record, but no lines. */
static bool is_worth_a_line(const struct report *r, const struct notice *n)
{
	if (r->o.quiet || r->o.fd < 0 || (n->would && r->o.is_learn))
		return false;
	return r->o.verbose ||
	       (n->seen.stage != STAGE_SOCKET && n->seen.stage != STAGE_SYSCALL);
}

static void tell(struct report *r, const struct notice *n)
{
	int64_t now = clock_mono_ns();
	struct line key = { .is_denial = n->action == ACTION_DENIED };
	struct line *l;

	report_destination(&n->seen, &n->said, key.destination,
			   sizeof(key.destination));
	escape_text(n->comm, strnlen(n->comm, sizeof(n->comm)), key.comm,
		    sizeof(key.comm));
	if (!key.comm[0])
		strcpy(key.comm, "?");
	why_text(n, key.why, sizeof(key.why));
	l = find_line(r, &key);
	if (!l) {
		r->beyond++;
		return;
	}
	l->count++;
	if (now - l->told_ns < QUIET_NS || !is_worth_a_line(r, n))
		return;
	l->told_ns = now;
	print_line(r, n, l);
}

static void tell_all(struct report *r)
{
	struct notice n;
	uint64_t lost;

	while (gate_next_notice(r->o.gate, &n, &lost)) {
		r->lost += lost;
		tell(r, &n);
	}
	r->lost += lost;
}

static void *work(void *arg)
{
	struct report *r = arg;
	struct pollfd fds[2] = {
		{ .fd = gate_notice_fd(r->o.gate), .events = POLLIN },
		{ .fd = r->stop, .events = POLLIN },
	};

	while (!fds[1].revents) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			break;
		tell_all(r);
	}
	return NULL;
}

int report_start(const struct report_options *o, struct report **ret)
{
	struct report *r = calloc(1, sizeof(*r));
	sigset_t all, before;
	int error;

	if (!r)
		return -ENOMEM;
	r->o = *o;
	snprintf(r->short_id, sizeof(r->short_id), "%.8s", o->uuid);
	r->stop = eventfd(0, EFD_CLOEXEC);
	if (r->stop < 0) {
		free(r);
		return -EMFILE;
	}
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&r->thread, NULL, work, r);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error) {
		close(r->stop);
		free(r);
		return -error;
	}
	*ret = r;
	return 0;
}

static int by_count(const void *a, const void *b)
{
	const struct line *x = a, *y = b;

	if (x->is_denial != y->is_denial)
		return x->is_denial ? -1 : 1;
	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return strcmp(x->destination, y->destination);
}

static void print_rows(const struct report *r, size_t denied)
{
	for (size_t i = 0; i < denied && i < FOOTER_ROWS; i++) {
		const struct line *l = &r->lines[i];
		char count[24];

		snprintf(count, sizeof(count), "x%llu",
			 (unsigned long long)l->count);
		fprintf(stderr, "  %-36s %-5s %-15s %s\n", l->destination,
			count, l->comm, l->why);
	}
	if (denied > FOOTER_ROWS)
		fprintf(stderr,
			"  (%zu more: egress-filter log --session %s "
			"verdict:deny)\n",
			denied - FOOTER_ROWS, r->short_id);
}

static void print_footer(struct report *r, int exit_code, const char *digest)
{
	struct gate_totals t;
	size_t denied = 0;

	gate_totals(r->o.gate, &t);
	if (!t.denied && (!t.would || r->o.is_learn) && !r->o.verbose)
		return;
	qsort(r->lines, r->n_lines, sizeof(r->lines[0]), by_count);
	while (denied < r->n_lines && r->lines[denied].is_denial)
		denied++;
	fprintf(stderr,
		"egress-filter: %llu allowed, %llu denied at %zu "
		"destination%s, session %s, exit %d\n",
		(unsigned long long)t.allowed, (unsigned long long)t.denied,
		denied, denied == 1 ? "" : "s", r->short_id, exit_code);
	print_rows(r, denied);
	if (t.would && !r->o.is_learn)
		fprintf(stderr,
			"  %llu of the allowed would be denied: "
			"egress-filter log --session %s verdict:would\n",
			(unsigned long long)t.would, r->short_id);
	if ((t.denied || t.would) && !r->o.is_learn)
		fprintf(stderr,
			"  to add rules: egress-filter draft --session %s\n",
			r->short_id);
	if (r->lost || r->beyond)
		fprintf(stderr, "  %llu denials were not told one by one\n",
			(unsigned long long)(r->lost + r->beyond));
	if (r->o.verbose)
		fprintf(stderr, "  record sha256 %.16s\n", digest);
}

void report_finish(struct report *r, int exit_code, const char *digest)
{
	if (!r)
		return;
	if (write(r->stop, &(uint64_t){ 1 }, sizeof(uint64_t)) < 0)
		pthread_cancel(r->thread);
	pthread_join(r->thread, NULL);
	tell_all(r);
	if (!r->o.quiet)
		print_footer(r, exit_code, digest);
	close(r->stop);
	free(r);
}
