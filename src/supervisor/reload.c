/* SPDX-License-Identifier: MIT */
/*
 * Reloading the policy.
 *
 * Theory of Operation: one thread. It watches, with inotify, the folder of
 * the path and of every symbolic link that the path leads through, for names
 * that appear, vanish or are written. After an event it waits until 200 ms
 * have passed without another one (an editor writes several times), but no
 * longer than two seconds, then reads the file. The bytes are compared with
 * those of the live policy first: nothing is told about a save that changed
 * nothing. A change that was refused as widening is told once. The first half
 * second goes without a watch, which takes the kernel up to some ten
 * milliseconds to end: many commands are through by then, and for the others
 * the file is read once.
 */
#include "supervisor/reload.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "policy/load.h"
#include "policy/trust.h"
#include "supervisor/links.h"

#define FIRST_MS      500
#define SETTLE_MS     200
#define SETTLE_MAX_NS 2000000000ll
#define STOP	      1ull
#define POKE	      (1ull << 32)

/* A policy that a person wants taken: the text is there while it is looked at. */
struct offer {
	char *text;
	size_t len;
	char digest[TRUST_DIGEST_TEXT];
	uint64_t tag;
};

struct reload {
	struct gate *gate;
	struct store *store;
	char *path;
	bool is_auto;
	int inotify, event, taken;
	pthread_t thread;
	char *refused; /* the text that was last refused as widening */
	size_t refused_len;
	struct problems problems;
	pthread_mutex_t lock; /* of what follows */
	struct offer offer;
	struct reload_answer answer;
	bool has_answer;
};

static bool same_text(const struct policy *p, const char *text, size_t len)
{
	size_t n;
	const char *live = policy_source(p, &n);

	return n == len && !memcmp(live, text, len);
}

static void refuse(struct reload *r, char **text, size_t len)
{
	if (r->refused && r->refused_len == len && !memcmp(r->refused, *text, len))
		return;
	free(r->refused);
	r->refused = STEAL(*text);
	r->refused_len = len;
	store_event(r->store, "reload-refused", "widening");
	log_line(LOG_WARN,
		 "%s changed and would allow more: the policy in force stays "
		 "(to take it: egress-filter reload)",
		 r->path);
}

static void keep_old(struct reload *r, const char *why)
{
	store_event(r->store, "reload-failed", why);
	log_line(LOG_WARN, "%s cannot be loaded, the policy in force stays: %s",
		 r->path, why);
}

static void take(struct reload *r, struct policy *next)
{
	if (gate_swap(r->gate, next) < 0) {
		keep_old(r, "it cannot be recorded");
		return;
	}
	eventfd_write(r->taken, 1);
	store_event(r->store, "reload", r->path);
	log_line(LOG_WARN, "%s was reloaded", r->path);
}

static void check(struct reload *r)
{
	struct policy *live = gate_policy(r->gate), *next = NULL;
	auto_free char *text = NULL;
	struct ef_err err = { 0 };
	size_t len = 0;
	int e;

	e = policy_read_file(r->path, &text, &len, &err);
	if (e < 0) {
		/* Between the two halves of a save there is no file. */
		if (e != -ENOENT)
			keep_old(r, err.msg);
	} else if (!same_text(live, text, len)) {
		e = policy_load(text, len, r->path, &r->problems, &next);
		if (e < 0)
			keep_old(r, r->problems.n ? r->problems.list[0].text
						  : strerror(-e));
		else if (r->is_auto || policy_only_narrows(live, next))
			take(r, next);
		else
			refuse(r, &text, len);
	}
	policy_unref(next);
	policy_unref(live);
}

static bool is_of(const struct policy *p, const char *digest)
{
	char live[TRUST_DIGEST_TEXT];
	size_t len;
	const char *text = policy_source(p, &len);

	return trust_digest(text, len, live) == 0 && !strcmp(live, digest);
}

/* Load an offered text: fills the answer. */
static void look_at(struct reload *r, const struct offer *o,
		    struct reload_answer *ret)
{
	struct policy *live = gate_policy(r->gate), *next = NULL;
	int e = -EAGAIN;

	if (is_of(live, o->digest))
		e = policy_load(o->text, o->len, r->path, &r->problems, &next);
	if (e == -EAGAIN)
		snprintf(ret->text, sizeof(ret->text),
			 "another policy is in force by now");
	else if (e < 0)
		snprintf(ret->text, sizeof(ret->text), "it does not load: %s",
			 r->problems.n ? r->problems.list[0].text : strerror(-e));
	ret->error = e < 0 && e != -EAGAIN ? -EINVAL : e;
	if (!e && gate_swap(r->gate, next) < 0) {
		ret->error = -EIO;
		snprintf(ret->text, sizeof(ret->text), "it cannot be recorded");
	} else if (!e) {
		store_event(r->store, "reload", r->path);
		snprintf(ret->text, sizeof(ret->text), "taken");
		log_line(LOG_WARN, "%s was reloaded as a person asked", r->path);
	}
	policy_unref(next);
	policy_unref(live);
}

static void answer_offer(struct reload *r)
{
	struct reload_answer a = { 0 };
	struct offer o;

	pthread_mutex_lock(&r->lock);
	o = r->offer;
	pthread_mutex_unlock(&r->lock);
	if (!o.text)
		return;
	a.tag = o.tag;
	look_at(r, &o, &a);
	pthread_mutex_lock(&r->lock);
	r->answer = a;
	r->has_answer = true;
	free(r->offer.text);
	r->offer.text = NULL;
	pthread_mutex_unlock(&r->lock);
	eventfd_write(r->taken, 1);
}

static void drain(int fd)
{
	char buf[4096] __attribute__((aligned(8)));

	while (read(fd, buf, sizeof(buf)) > 0)
		;
}

/* Wait until no event came for a while. False: told to stop. */
static bool settle(struct reload *r, struct pollfd fds[2])
{
	int64_t until = clock_mono_ns() + SETTLE_MAX_NS;

	do {
		drain(r->inotify);
		if (fds[1].revents)
			return false;
	} while (poll(fds, 2, SETTLE_MS) > 0 && clock_mono_ns() < until);
	return true;
}

/* True when it is time to end. */
static bool is_told_to_stop(struct reload *r, struct pollfd *event)
{
	uint64_t told = 0;

	if (event->revents && read(r->event, &told, sizeof(told)) < 0)
		return true;
	event->revents = 0;
	return told & (POKE - 1);
}

static void *work(void *arg)
{
	struct reload *r = arg;
	struct pollfd fds[2] = { { .fd = r->inotify, .events = POLLIN },
				 { .fd = r->event, .events = POLLIN } };
	int wait_ms = FIRST_MS;

	while (poll(fds, 2, wait_ms) >= 0 || errno == EINTR) {
		if (is_told_to_stop(r, &fds[1]))
			break;
		answer_offer(r);
		if (wait_ms < 0 && !settle(r, fds))
			continue;
		if (wait_ms > 0)
			links_watch(r->inotify, r->path); /* before the first look */
		check(r);
		links_watch(r->inotify, r->path); /* links may lead elsewhere now */
		wait_ms = -1;
	}
	return NULL;
}

static void give_back(struct reload *r)
{
	if (r->inotify >= 0)
		close(r->inotify);
	if (r->event >= 0)
		close(r->event);
	if (r->taken >= 0)
		close(r->taken);
	pthread_mutex_destroy(&r->lock);
	free(r->offer.text);
	free(r->path);
	free(r->refused);
	free(r);
}

int reload_start(struct gate *gate, struct store *store, const char *path,
		 bool is_auto, struct reload **ret)
{
	struct reload *r = calloc(1, sizeof(*r));
	sigset_t all, before;
	int error;

	if (!r)
		return -ENOMEM;
	r->gate = gate;
	r->store = store;
	r->is_auto = is_auto;
	pthread_mutex_init(&r->lock, NULL);
	r->path = strdup(path);
	r->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	r->event = eventfd(0, EFD_CLOEXEC);
	r->taken = eventfd(0, EFD_CLOEXEC);
	if (!r->path || r->inotify < 0 || r->event < 0 || r->taken < 0) {
		give_back(r);
		return -EMFILE;
	}
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&r->thread, NULL, work, r);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error) {
		give_back(r);
		return -error;
	}
	*ret = r;
	return 0;
}

static void post(struct reload *r, uint64_t what)
{
	if (write(r->event, &what, sizeof(what)) < 0)
		return; /* the counter cannot overflow in practice */
}

int reload_offer(struct reload *r, const char *text, size_t len,
		 const char *digest, uint64_t tag)
{
	char *copy = malloc(len + 1);
	int error = 0;

	if (!copy)
		return -ENOMEM;
	memcpy(copy, text, len);
	copy[len] = '\0';
	pthread_mutex_lock(&r->lock);
	if (r->offer.text || r->has_answer) {
		error = -EBUSY;
	} else {
		r->offer = (struct offer){ .text = copy, .len = len, .tag = tag };
		memcpy(r->offer.digest, digest, TRUST_DIGEST_TEXT - 1);
		copy = NULL;
	}
	pthread_mutex_unlock(&r->lock);
	free(copy);
	if (!error)
		post(r, POKE);
	return error;
}

bool reload_next(struct reload *r, struct reload_answer *ret)
{
	bool has;

	pthread_mutex_lock(&r->lock);
	has = r->has_answer;
	if (has)
		*ret = r->answer;
	r->has_answer = false;
	pthread_mutex_unlock(&r->lock);
	return has;
}

int reload_taken_fd(const struct reload *r)
{
	return r->taken;
}

void reload_poke(struct reload *r)
{
	post(r, POKE);
}

void reload_stop(struct reload *r)
{
	if (!r)
		return;
	post(r, STOP);
	pthread_join(r->thread, NULL);
	give_back(r);
}
