/* SPDX-License-Identifier: MIT */
/*
 * Notification threads.
 *
 * Theory of Operation: a thread blocks in the RECV ioctl, which costs half of
 * poll() + RECV when many calls are pending (kernel.md 8). On some kernels
 * RECV never returns after the last target is gone (kernel.md 5), so the end
 * is announced by a signal that interrupts it: SIGURG with an empty handler,
 * repeated until the thread has gone.
 *
 * Time of check and time of use: whatever is judged is copied from the target
 * first and used from the copy (call.h). A call is continued, and so left to
 * the kernel, only where nothing judged is read from memory: recvfrom(),
 * getpeername() and listen() of sockets that are not ours to translate.
 */
#include "notify/listener.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "notify/brief.h"
#include "notify/connect.h"
#include "notify/dnsroute.h"
#include "notify/join.h"
#include "notify/listen.h"
#include "notify/refuse.h"
#include "notify/send.h"
#include "notify/signal.h"

#define THREADS_AT_START 4
#define STUCK_NS	 5000000000ll
#define TICK_MS		 50
#define CONTROL_BUFFER	 65536
#define IOV_BUFFER	 1024
#define STOP_SIGNAL	 BRIEF_SIGNAL

#if defined(__x86_64__)
#define NATIVE_ARCH 0xc000003eu /* AUDIT_ARCH_X86_64 */
#elif defined(__aarch64__)
#define NATIVE_ARCH 0xc00000b7u /* AUDIT_ARCH_AARCH64 */
#else
#error "the filter has not been tried on this architecture"
#endif

struct worker {
	pthread_t thread;
	struct listener *owner;
	bool is_started;
	atomic_bool is_over;
};

struct listener {
	const struct notify_context *ctx;
	atomic_bool stopping;	 /* or no target is left */
	atomic_int idle;	 /* threads waiting in RECV */
	atomic_ullong received;	 /* calls so far: progress */
	unsigned long long seen; /* as of the last tick */
	int64_t ticked_ns, stuck_since_ns;
	bool is_watched; /* since all were busy: in ticks */
	int busy_event;
	atomic_bool is_told; /* the loop knows that all are busy */
	int n_threads;
	struct worker workers[LISTENER_THREADS_MAX];
};

static void dispatch(struct call *c)
{
	if (c->data.arch != NATIVE_ARCH && !signal_translate(c)) {
		refuse_foreign(c);
		return;
	}
	switch (c->data.nr) {
	case SYS_connect:
		connect_handle(c);
		break;
	case SYS_sendto:
	case SYS_sendmsg:
	case SYS_sendmmsg:
		send_handle(c);
		break;
	case SYS_recvfrom:
		dnsroute_handle_recvfrom(c);
		break;
	case SYS_getpeername:
		dnsroute_handle_getpeername(c);
		break;
	case SYS_listen:
		listen_handle(c);
		break;
	case SYS_socket:
		refuse_socket(c);
		break;
	case SYS_setsockopt:
		join_handle(c);
		break;
	case SYS_io_uring_setup:
		refuse_io_uring(c);
		break;
	case SYS_kill:
	case SYS_tkill:
	case SYS_tgkill:
	case SYS_rt_sigqueueinfo:
	case SYS_rt_tgsigqueueinfo:
	case SYS_pidfd_send_signal:
		signal_handle(c);
		break;
	case SYS_fcntl:
		signal_handle_owner(c);
		break;
	default:
		break; /* call_done() denies it */
	}
}

static void *map(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static bool map_buffers(struct call_buffers *b)
{
	b->data = map(CALL_BUFFER);
	b->control = map(CONTROL_BUFFER);
	b->iov = map(IOV_BUFFER * sizeof(struct iovec));
	b->threads = threads_new();
	return b->data && b->control && b->iov && b->threads;
}

static void unmap_buffers(struct call_buffers *b)
{
	if (b->data)
		munmap(b->data, CALL_BUFFER);
	if (b->control)
		munmap(b->control, CONTROL_BUFFER);
	if (b->iov)
		munmap(b->iov, IOV_BUFFER * sizeof(struct iovec));
	threads_free(b->threads);
}

/* The loop is woken once, then ticks until some thread is free again. */
static void tell_busy(struct listener *l)
{
	if (!atomic_exchange(&l->is_told, true) &&
	    write(l->busy_event, &(uint64_t){ 1 }, sizeof(uint64_t)) < 0)
		atomic_store(&l->is_told, false);
}

static void take_one(struct listener *l, struct call_buffers *buffers)
{
	struct seccomp_notif n;
	struct call c;
	int r;

	atomic_fetch_add(&l->idle, 1);
	r = kernel_receive(l->ctx->listener, &n);
	if (atomic_fetch_sub(&l->idle, 1) == 1)
		tell_busy(l);
	if (r == -EINTR)
		return; /* told to stop */
	if (r == -ENOENT) {
		/* The caller was killed; or the last target has gone, and
		 * RECV would return at once for ever. */
		if (kernel_has_hung_up(l->ctx->listener))
			atomic_store(&l->stopping, true);
		return;
	}
	if (r < 0) {
		if (!atomic_exchange(&l->stopping, true))
			l->ctx->lose("notifications cannot be received");
		return;
	}
	atomic_fetch_add(&l->received, 1);
	call_init(&c, l->ctx, buffers, &n);
	dispatch(&c);
	call_done(&c);
}

static void *work(void *arg)
{
	struct worker *w = arg;
	struct call_buffers buffers = { 0 };

	if (map_buffers(&buffers))
		while (!atomic_load(&w->owner->stopping))
			take_one(w->owner, &buffers);
	unmap_buffers(&buffers);
	atomic_store(&w->is_over, true);
	return NULL;
}

/* All signals stay with the loop thread, but for the one that means stop. */
static int start_thread(struct listener *l)
{
	struct worker *w = &l->workers[l->n_threads];
	sigset_t all, before;
	int r;

	w->owner = l;
	sigfillset(&all);
	sigdelset(&all, STOP_SIGNAL);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(&w->thread, NULL, work, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (r)
		return -r;
	w->is_started = true;
	l->n_threads++;
	return 0;
}

static void on_stop(int signal)
{
	(void)signal; /* its only purpose is to interrupt RECV */
}

int listener_start(const struct notify_context *ctx, struct listener **ret)
{
	struct sigaction sa = { .sa_handler = on_stop };
	struct listener *l = calloc(1, sizeof(*l));

	if (!l)
		return -ENOMEM;
	l->ctx = ctx;
	l->busy_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (l->busy_event < 0) {
		free(l);
		return -EMFILE;
	}
	sigaction(STOP_SIGNAL, &sa, NULL);
	for (int i = 0; i < THREADS_AT_START; i++) {
		int r = start_thread(l);

		if (r < 0 && i == 0) {
			close(l->busy_event);
			free(l);
			return r;
		}
	}
	*ret = l;
	return 0;
}

/* The first turn after all became busy. */
static void start_watching(struct listener *l, int64_t now)
{
	l->is_watched = true;
	l->ticked_ns = now;
	l->seen = atomic_load(&l->received);
	l->stuck_since_ns = 0;
}

static void end_watching(struct listener *l)
{
	l->is_watched = false;
	atomic_store(&l->is_told, false);
	if (atomic_load(&l->idle) <= 0)
		tell_busy(l); /* they became busy just before */
}

/* All are busy. Have they got on since the last look? */
static bool look_at_busy(struct listener *l, int64_t now)
{
	unsigned long long received = atomic_load(&l->received);
	bool has_moved = received != l->seen;

	l->ticked_ns = now;
	l->seen = received;
	if (has_moved) {
		l->stuck_since_ns = 0;
		return true;
	}
	if (l->n_threads < LISTENER_THREADS_MAX) {
		start_thread(l);
		return true;
	}
	if (!l->stuck_since_ns)
		l->stuck_since_ns = now;
	return now - l->stuck_since_ns < STUCK_NS;
}

bool listener_tick(struct listener *l, int *ret_again_ms)
{
	int64_t now = clock_mono_ns();
	uint64_t drained;

	*ret_again_ms = -1;
	if (!atomic_load(&l->is_told))
		return true;
	if (read(l->busy_event, &drained, sizeof(drained)) < 0)
		drained = 0; /* it was, or will be in a moment */
	if (atomic_load(&l->stopping))
		return true;
	*ret_again_ms = TICK_MS;
	if (!l->is_watched) {
		start_watching(l, now);
		return true;
	}
	if (now - l->ticked_ns < TICK_MS * 1000000ll)
		return true;
	if (atomic_load(&l->idle) > 0) {
		end_watching(l);
		*ret_again_ms = -1;
		return true;
	}
	return look_at_busy(l, now);
}

int listener_busy_fd(const struct listener *l)
{
	return l->busy_event;
}

static void stop_thread(struct worker *w)
{
	struct timespec pause = { .tv_nsec = 1000000 };

	/* A signal that comes just before RECV is lost: send it again. */
	while (!atomic_load(&w->is_over)) {
		pthread_kill(w->thread, STOP_SIGNAL);
		nanosleep(&pause, NULL);
	}
	pthread_join(w->thread, NULL);
}

void listener_stop(struct listener *l)
{
	if (!l)
		return;
	atomic_store(&l->stopping, true);
	for (int i = 0; i < l->n_threads; i++)
		if (l->workers[i].is_started)
			stop_thread(&l->workers[i]);
	close(l->busy_event);
	free(l);
}
