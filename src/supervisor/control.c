/* SPDX-License-Identifier: MIT */
/*
 * The control socket.
 *
 * Theory of Operation: one listening socket and at most CLIENTS_MAX connections
 * in an epoll set of their own. Who connects is looked at once, at accept(): the
 * kernel remembers who it was at connect(), and a descriptor that is handed on
 * afterwards was handed on by a process that may steer the session. Each message
 * is answered by exactly one; a reload is answered when its thread has looked at
 * it.
 */
#include "supervisor/control.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "supervisor/control_client.h"
#include "supervisor/control_socket.h"

#define CLIENTS_MAX 16
#define TOLD_MAX    100 /* refused clients that get a row */
#define LISTENER    UINT32_MAX

struct control {
	struct control_options o;
	struct control_socket socket;
	int epoll;
	unsigned int n_refused;
	char policy_path[CONTROL_PATH_MAX]; /* absolute; "": none */
	struct control_client clients[CLIENTS_MAX];
};

static bool done(struct control_client *c, int error, const char *text)
{
	return control_client_put(
		c, &(struct control_msg){ .type = CONTROL_DONE,
					  .number = (uint32_t)error,
					  .text = text,
					  .text_len = strlen(text) });
}

static uint64_t tag_of(const struct control *k, const struct control_client *c)
{
	return (uint64_t)c->generation << 32 | (uint64_t)(c - k->clients);
}

static bool on_hello(struct control *k, struct control_client *c,
		     const struct control_msg *m)
{
	if (m->number != CONTROL_VERSION) {
		c->is_closing = true;
		return done(c, EPROTONOSUPPORT,
			    "the session speaks version 1 of the protocol");
	}
	c->is_welcome = true;
	return control_client_put(
		c, &(struct control_msg){ .type = CONTROL_WELCOME,
					  .number = CONTROL_VERSION,
					  .uuid = k->o.uuid });
}

static bool on_ask_policy(struct control *k, struct control_client *c)
{
	struct policy *live;
	struct control_msg m = { .type = CONTROL_POLICY };
	bool good;

	if (!k->policy_path[0])
		return done(c, ENOENT, "its policy is not from a file");
	live = gate_policy(k->o.gate);
	m.path = k->policy_path;
	m.path_len = strlen(m.path);
	m.text = policy_source(live, &m.text_len);
	good = control_client_put(c, &m);
	policy_unref(live);
	return good;
}

static bool on_reload(struct control *k, struct control_client *c,
		      const struct control_msg *m)
{
	int e;

	if (!k->o.reload)
		return done(c, ENOENT, "its policy is not from a file");
	e = reload_offer(k->o.reload, m->text, m->text_len, m->digest,
			 tag_of(k, c));
	return !e || done(c, -e,
			  e == -EBUSY ? "another reload is under way"
				      : "out of memory");
}

static bool on_announce(struct control *k, struct control_client *c,
			const struct control_msg *m)
{
	int e = k->o.trusted ? trusted_announce(k->o.trusted, m->digest,
						m->path, m->path_len)
			     : -ENOENT;

	return done(c, -e, e ? "it cannot be noted" : "noted");
}

static bool on_stop(struct control *k, struct control_client *c)
{
	gate_event(k->o.gate, "stop", "a person asked for it");
	children_stop(k->o.children);
	return done(c, 0, "the command was told to end");
}

/* False: nothing more can be said to this client. */
static bool handle(struct control *k, struct control_client *c,
		   const struct control_msg *m)
{
	if (!c->is_welcome && m->type != CONTROL_HELLO) {
		c->is_closing = true;
		return done(c, EPROTO, "the first message is not a hello");
	}
	switch (m->type) {
	case CONTROL_HELLO:
		return on_hello(k, c, m);
	case CONTROL_ASK_POLICY:
		return on_ask_policy(k, c);
	case CONTROL_RELOAD:
		return on_reload(k, c, m);
	case CONTROL_ANNOUNCE:
		return on_announce(k, c, m);
	case CONTROL_STOP:
		return on_stop(k, c);
	case CONTROL_WELCOME:
	case CONTROL_POLICY:
	case CONTROL_DONE:
	default:
		return false;
	}
}

static bool handle_all(struct control *k, struct control_client *c)
{
	struct control_msg m;
	int n;

	while (!c->is_closing && (n = control_client_next(c, &m))) {
		if (n < 0 || !handle(k, c, &m))
			return false;
		control_client_taken(c);
	}
	return true;
}

/* Events are asked for only as long as they mean something. */
static void watch(struct control *k, struct control_client *c, int op)
{
	struct epoll_event ev = { .events = EPOLLIN,
				  .data.u32 = (uint32_t)(c - k->clients) };

	if (c->out_done < c->out_len)
		ev.events |= EPOLLOUT;
	if (epoll_ctl(k->epoll, op, c->fd, &ev) < 0)
		control_client_close(c);
}

static void serve(struct control *k, struct control_client *c)
{
	if (control_client_read(c) && handle_all(k, c) && control_client_write(c))
		watch(k, c, EPOLL_CTL_MOD);
	else
		control_client_close(c);
}

/* A row for each of the first ones: who tries this belongs into the record. */
static void tell_refused(struct control *k, int pid, const char *why)
{
	char detail[160];

	if (k->n_refused++ >= TOLD_MAX)
		return;
	snprintf(detail, sizeof(detail), "process %d may not: %s", pid, why);
	gate_event(k->o.gate, "control-refused", detail);
	log_line(LOG_WARN, "process %d may not steer the session: %s", pid, why);
}

static struct control_client *free_place(struct control *k)
{
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		if (k->clients[i].fd < 0)
			return &k->clients[i];
	return NULL;
}

static void refuse(int fd, const char *why)
{
	struct control_client c = { .fd = -1 };
	char text[128];

	control_client_open(&c, fd);
	snprintf(text, sizeof(text), "refused: %s", why);
	/* Whether it hears why or not, it is refused. */
	if (done(&c, EACCES, text))
		(void)control_client_write(&c);
	control_client_close(&c);
}

static void take_client(struct control *k, int fd)
{
	struct control_client *c = free_place(k);
	const char *why;
	int pid;

	why = control_refuses(&k->o.world, fd, &pid);
	if (why)
		tell_refused(k, pid, why);
	else if (!c)
		why = "too many clients";
	if (why) {
		refuse(fd, why);
		return;
	}
	control_client_open(c, fd);
	watch(k, c, EPOLL_CTL_ADD);
}

static void take_clients(struct control *k)
{
	for (int i = 0; i < CLIENTS_MAX; i++) {
		int fd = accept4(k->socket.fd, NULL, NULL,
				 SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd < 0)
			return;
		take_client(k, fd);
	}
}

static void deliver(struct control *k, const struct reload_answer *a)
{
	struct control_client *c = &k->clients[a->tag % CLIENTS_MAX];

	if (c->fd < 0 || tag_of(k, c) != a->tag)
		return;
	if (done(c, -a->error, a->text) && control_client_write(c))
		watch(k, c, EPOLL_CTL_MOD);
	else
		control_client_close(c);
}

void control_step(struct control *k)
{
	struct epoll_event ev[CLIENTS_MAX + 1];
	struct reload_answer a;
	int n = epoll_wait(k->epoll, ev, CLIENTS_MAX + 1, 0);

	for (int i = 0; i < n; i++) {
		uint32_t at = ev[i].data.u32;

		if (at == LISTENER)
			take_clients(k);
		else if (k->clients[at].fd >= 0)
			serve(k, &k->clients[at]);
	}
	while (k->o.reload && reload_next(k->o.reload, &a))
		deliver(k, &a);
}

int control_fd(const struct control *k)
{
	return k->epoll;
}

/* Who asks has a working directory of its own. */
static void set_path(struct control *k)
{
	auto_free char *cwd = getcwd(NULL, 0);
	const char *p = k->o.policy_path;
	int n = 0;

	if (!p || (p[0] != '/' && !cwd))
		return;
	n = snprintf(k->policy_path, sizeof(k->policy_path), "%s%s%s",
		     p[0] == '/' ? "" : cwd, p[0] == '/' ? "" : "/", p);
	if ((size_t)n >= sizeof(k->policy_path))
		k->policy_path[0] = '\0';
}

int control_open(const struct control_options *o, struct control **ret,
		 struct ef_err *err)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u32 = LISTENER };
	struct control *k = calloc(1, sizeof(*k));
	int r;

	if (!k)
		return err_set(err, ENOMEM, "out of memory");
	k->o = *o;
	k->socket.fd = -1;
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		k->clients[i].fd = -1;
	set_path(k);
	k->epoll = epoll_create1(EPOLL_CLOEXEC);
	r = k->epoll < 0 ? err_set(err, errno, "out of descriptors")
			 : control_socket_open(&k->socket, o->uuid, err);
	if (!r && epoll_ctl(k->epoll, EPOLL_CTL_ADD, k->socket.fd, &ev) < 0)
		r = err_set(err, errno, "epoll: %s", strerror(errno));
	if (r < 0) {
		control_close(k);
		return r;
	}
	*ret = k;
	return 0;
}

void control_close(struct control *k)
{
	if (!k)
		return;
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		control_client_close(&k->clients[i]);
	control_socket_close(&k->socket);
	if (k->epoll >= 0)
		close(k->epoll);
	free(k);
}
