/* SPDX-License-Identifier: MIT */
/*
 * A notification thread.
 *
 * Theory of Operation: a thread blocks in the RECV ioctl, which costs half of
 * poll() + RECV when many calls are pending (kernel.md 8). Where several
 * callers were seen it takes what else has come meanwhile: poll() tells so,
 * and since no other thread receives, RECV then does not wait. On some kernels
 * RECV never returns after the last target is gone (kernel.md 5), so the end
 * is announced by a signal that interrupts it: SIGURG with an empty handler,
 * repeated until the thread has gone.
 *
 * Time of check and time of use: whatever is judged is copied from the target
 * first and used from the copy (call.h). A call is continued, and so left to
 * the kernel, only where nothing judged is read from memory: recvfrom(),
 * getpeername() and listen() of sockets that are not ours to translate, and
 * what is done to processes of the tree.
 */
#include "notify/worker.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "notify/brief.h"
#include "notify/connect.h"
#include "notify/dnsrecv.h"
#include "notify/join.h"
#include "notify/listen.h"
#include "notify/refuse.h"
#include "notify/send.h"
#include "notify/signal.h"

#define STOP_SIGNAL BRIEF_SIGNAL

#if defined(__x86_64__)
#define NATIVE_ARCH 0xc000003eu /* AUDIT_ARCH_X86_64 */
#elif defined(__aarch64__)
#define NATIVE_ARCH 0xc00000b7u /* AUDIT_ARCH_AARCH64 */
#else
#error "the filter has not been tried on this architecture"
#endif

/* Carry out what is put aside, once it is written down. */
static void finish_asides(struct worker *w)
{
	struct batch *b = w->buffers.batch;
	struct aside *a;

	batch_commit(b, w->turns->ctx->gate);
	while ((a = batch_written(b))) {
		connect_written(a);
		batch_done(b, a);
	}
}

/* Calls that are not put aside may take their time: no other waits for them. */
static void dispatch_now(struct worker *w, struct call *c)
{
	finish_asides(w);
	switch (c->data.nr) {
	case SYS_sendto:
	case SYS_sendmsg:
	case SYS_sendmmsg:
		send_handle(c);
		break;
	case SYS_recvfrom:
		dnsrecv_handle(c);
		break;
	case SYS_getpeername:
		dnsrecv_handle_getpeername(c);
		break;
	case SYS_listen:
		listen_handle(c);
		break;
	case SYS_socket:
	case SYS_socketpair:
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
	case SYS_prlimit64:
		signal_handle_limit(c);
		break;
	default:
		break; /* call_done() denies it */
	}
}

static void dispatch(struct worker *w, struct call *c)
{
	if (c->data.arch != NATIVE_ARCH && !signal_translate(c))
		refuse_foreign(c);
	else if (c->data.nr == SYS_connect)
		connect_handle(c);
	else
		dispatch_now(w, c);
}

static void process(struct worker *w)
{
	struct seccomp_notif n;
	struct call c;

	while (batch_next(w->buffers.batch, &n)) {
		call_init(&c, w->turns->ctx, &w->buffers, &n);
		dispatch(w, &c);
		call_done(&c);
		atomic_fetch_add(&w->turns->done, 1);
	}
	finish_asides(w);
}

void turns_tell_busy(struct turns *t)
{
	if (!atomic_exchange(&t->is_told, true) &&
	    write(t->busy_event, &(uint64_t){ 1 }, sizeof(uint64_t)) < 0)
		atomic_store(&t->is_told, false);
}

/* Is it this thread's turn to receive, now? */
static bool begin_turn(struct worker *w)
{
	struct turns *t = w->turns;
	bool is_ours;

	pthread_mutex_lock(&t->lock);
	is_ours = t->receiver == w && !atomic_load(&t->stopping);
	t->is_receiving |= is_ours;
	pthread_mutex_unlock(&t->lock);
	return is_ours;
}

static void end_turn(struct worker *w)
{
	struct turns *t = w->turns;

	pthread_mutex_lock(&t->lock);
	t->is_receiving = false;
	pthread_mutex_unlock(&t->lock);
	turns_tell_busy(t);
}

/* -EINTR: told to stop. -ENOENT: the caller was killed; or the last target has
 * gone, and RECV would return at once for ever. */
static void cannot_receive(struct turns *t, int r)
{
	if (r == -EINTR)
		return;
	if (r == -ENOENT) {
		if (kernel_has_hung_up(t->ctx->listener))
			atomic_store(&t->stopping, true);
		return;
	}
	if (!atomic_exchange(&t->stopping, true))
		t->ctx->lose("notifications cannot be received");
}

/* One call, and those that came with it. */
static void receive(struct worker *w)
{
	int listener = w->turns->ctx->listener;
	struct seccomp_notif n;
	size_t count = 0;
	int r;

	do {
		r = kernel_receive(listener, &n);
		if (r < 0)
			break;
		batch_put(w->buffers.batch, &n);
		w->has_company |= (pid_t)n.pid != w->last_caller;
		w->last_caller = (pid_t)n.pid;
	} while (++count < BATCH_MAX && w->has_company &&
		 kernel_has_another(listener));
	w->has_company = count > 1;
	if (r < 0)
		cannot_receive(w->turns, r);
}

static bool make_buffers(struct call_buffers *b)
{
	return call_buffers_init(b) && (b->batch = batch_new());
}

static void free_buffers(struct call_buffers *b)
{
	batch_free(b->batch);
	call_buffers_done(b);
}

static void *work(void *arg)
{
	struct worker *w = arg;

	process(w); /* what was taken over */
	while (begin_turn(w)) {
		receive(w);
		end_turn(w);
		process(w);
	}
	atomic_store(&w->is_over, true);
	return NULL;
}

/* All signals stay with the loop thread, but for the one that means stop. */
static int start_thread(struct worker *w)
{
	sigset_t all, before;
	int r;

	sigfillset(&all);
	sigdelset(&all, STOP_SIGNAL);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(&w->thread, NULL, work, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return -r;
}

int worker_start(struct worker *w, struct turns *turns, struct worker *rest)
{
	int r = -ENOMEM;

	w->turns = turns;
	w->last_caller = 0;
	w->has_company = false;
	atomic_store(&w->is_over, false);
	if (make_buffers(&w->buffers)) {
		if (rest)
			batch_take_over(w->buffers.batch, rest->buffers.batch,
					&w->buffers);
		r = start_thread(w);
	}
	w->is_started = r == 0;
	if (r == 0)
		return 0;
	if (rest && w->buffers.batch)
		batch_take_over(rest->buffers.batch, w->buffers.batch,
				&rest->buffers);
	free_buffers(&w->buffers);
	return r;
}

void worker_wake(struct worker *w)
{
	if (!atomic_load(&w->is_over))
		pthread_kill(w->thread, STOP_SIGNAL);
}

void worker_join(struct worker *w)
{
	pthread_join(w->thread, NULL);
	free_buffers(&w->buffers);
	w->is_started = false;
}
