/* SPDX-License-Identifier: MIT */
/*
 * One session from start to end.
 *
 * Theory of Operation: the loop thread (the caller's) waits in one
 * epoll_wait() for the children, the name service, the end of the listener,
 * and whoever says that control is lost. Notification threads receive the
 * calls, a second crew goes on with those that had to wait; the loop shares
 * only the gate with them and watches over them, and does nothing itself that
 * could get stuck in what a target holds: its memory, its files, its sockets.
 *
 * If this process dies, the kernel answers every filtered call of the tree
 * with ENOSYS: closed.
 */
#include "supervisor/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "audit/store.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "dns/service.h"
#include "notify/pending.h"
#include "supervisor/follow.h"
#include "supervisor/loss.h"
#include "supervisor/record.h"
#include "supervisor/session.h"

#define IDLE_MS 1000 /* a record that fails is told within it */

/*
 * A descriptor 0 to 2 that is closed would be taken by the next file opened,
 * and a message for stderr would end up in it. The child still finds it
 * closed: the stand-in closes on exec.
 */
static void occupy_standard_fds(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)open("/dev/null", O_RDWR | O_CLOEXEC);
}

/*
 * INT and QUIT come from the terminal to the whole group, and are the
 * command's (decision 12); TSTP is mirrored when the command stops.
 */
static void set_signals(sigset_t *handled, sigset_t *old)
{
	static const int list[] = { SIGCHLD, SIGTERM, SIGHUP,  SIGINT,	SIGQUIT,
				    SIGTSTP, SIGTTIN, SIGTTOU, SIGPIPE, SIGCONT,
				    SIGUSR1, SIGUSR2, SIGWINCH };

	sigemptyset(handled);
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		sigaddset(handled, list[i]);
	sigprocmask(SIG_BLOCK, handled, old);
}

static void on_signal(struct session *s, const struct signalfd_siginfo *si)
{
	switch (si->ssi_signo) {
	case SIGCHLD:
		children_reap(&s->children);
		break;
	case SIGTERM:
	case SIGHUP:
	case SIGUSR1:
	case SIGUSR2:
		if (!s->children.main_ended)
			kill(s->children.main, (int)si->ssi_signo);
		if (si->ssi_signo == SIGHUP && s->reload)
			reload_poke(s->reload);
		break;
	case SIGCONT:
		if (!s->children.main_ended)
			kill(s->children.main, SIGCONT);
		break;
	default:
		break; /* the terminal sends the rest to the command itself */
	}
}

static void read_signals(struct session *s)
{
	struct signalfd_siginfo si;

	while (read(s->signals, &si, sizeof(si)) == sizeof(si))
		on_signal(s, &si);
}

/* A failure to write is told once for each kind. */
static void tell_record_error(struct session *s)
{
	int error = gate_record_error(s->gate);

	if (error && error != s->record_error) {
		s->record_error = error;
		log_line(LOG_ERROR, "%s cannot be written (%s): calls are denied",
			 store_path(s->store), strerror(-error));
	}
	if (store_is_altered(s->store))
		loss_declare("record altered");
}

static void pump_lookups(struct session *s)
{
	struct resolve_result r;

	while (resolve_next(s->resolver, &r))
		pending_resolved(s->ctx.pending, &r);
}

static int shorter(int a, int b)
{
	return a < 0 ? b : b < 0 || a < b ? a : b;
}

/* One turn of the loop; returns false when the session is over. */
static bool turn(struct session *s)
{
	struct epoll_event ev[8];
	int wait_ms, again_ms, n;

	follow_policy(s);
	wait_ms = shorter(IDLE_MS, dns_step(s->resolver));
	pump_lookups(s);
	if (!pending_tick(s->ctx.pending, &again_ms))
		loss_declare("all calls that were waiting are stuck");
	wait_ms = shorter(wait_ms, again_ms);
	if (!listener_tick(s->listener, &again_ms))
		loss_declare("all notification threads are stuck");
	wait_ms = shorter(wait_ms, again_ms);
	wait_ms = shorter(wait_ms,
			  children_tick(&s->children, s->o->wait_for_all));
	n = epoll_wait(s->epoll, ev, 8, wait_ms);
	for (int i = 0; i < n; i++) {
		switch ((enum source)ev[i].data.u32) {
		case SRC_SIGNALS:
			read_signals(s);
			break;
		case SRC_LISTENER:
			s->listener_hung_up |= !!(ev[i].events & EPOLLHUP);
			break;
		case SRC_RELOAD:
		case SRC_CONTROL:
			if (s->control)
				control_step(s->control);
			break;
		case SRC_BUSY:
		case SRC_LOST:
		case SRC_PENDING:
		case SRC_DNS:
		default:
			break; /* looked at in every turn */
		}
	}
	tell_record_error(s);
	return !s->children.all_ended && !loss_reason();
}

/* Control is lost: nothing of the tree may go on. */
static int give_up(struct session *s, struct ef_err *err)
{
	const char *why = loss_reason();

	store_event(s->store, "lost", why);
	while (!s->children.all_ended) {
		struct timespec pause = { .tv_nsec = 10000000 };

		children_kill(&s->children);
		children_reap(&s->children);
		nanosleep(&pause, NULL);
	}
	return err_set(err, EIO,
		       "%s: the command and all it started were "
		       "ended",
		       why);
}

static void fill_result(struct session *s, struct run_result *ret)
{
	int status = s->children.status, exec_error;
	struct gate_totals t;

	exec_error = launch_exec_error(&s->launch);
	ret->started = !exec_error;
	ret->child_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	ret->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	ret->exit_code = ret->signal ? 128 + ret->signal : ret->child_code;
	if (exec_error)
		ret->exit_code = exec_error == ENOENT ? 127 : 126;
	gate_totals(s->gate, &t);
	ret->allowed = t.allowed;
	ret->denied = t.denied;
	ret->would = t.would;
}

static int end_record(struct session *s, struct run_result *ret,
		      struct ef_err *err)
{
	int r;

	store_flush(s->store);
	r = store_end(s->store, ret->exit_code, ret->signal, err);
	store_digest(s->store, ret->digest);
	report_finish(s->report, ret->exit_code, ret->digest);
	s->report = NULL;
	return r;
}

static int run_session(struct session *s, struct run_result *ret,
		       struct ef_err *err)
{
	int r = 0;

	session_tell_start(s);
	s->children.main = s->launch.pid;
	loss_catch_sigbus(s->launch.pid);
	launch_go(&s->launch, &s->inherited);
	while (turn(s))
		;
	if (loss_reason())
		r = give_up(s, err);
	fill_result(s, ret);
	if (r)
		ret->exit_code = 125;
	/* The last notices and rows, then the end. */
	if (end_record(s, ret, r ? NULL : err) < 0 && !r) {
		ret->exit_code = 125;
		r = -EIO;
	}
	return r;
}

static int supervise(struct session *s, struct run_result *ret, struct ef_err *err)
{
	sigset_t handled;
	int r;

	set_signals(&handled, &s->old_mask);
	s->launch.mask = s->old_mask;
	r = session_open(s, ret->uuid, &handled, err);
	if (!r)
		r = run_session(s, ret, err);
	report_finish(s->report, ret->exit_code, "");
	session_close(s);
	sigprocmask(SIG_SETMASK, &s->old_mask, NULL);
	return r;
}

int supervisor_run(const struct run_options *o, struct run_result *ret,
		   struct ef_err *err)
{
	auto_free struct session *s = calloc(1, sizeof(*s));
	int r;

	memset(ret, 0, sizeof(*ret));
	ret->exit_code = 125;
	ret->child_code = -1;
	if (!s)
		return err_set(err, ENOMEM, "out of memory");
	s->o = o;
	occupy_standard_fds();
	s->epoll = s->signals = s->launch.listener = s->around.sink = -1;
	record_new_id(ret->uuid);
	r = loss_begin(err);
	if (r < 0)
		return r;
	r = supervise(s, ret, err);
	loss_end();
	if (r == -ENOENT && !ret->started)
		ret->exit_code = 127;
	else if (r == -EACCES && !ret->started)
		ret->exit_code = 126;
	return r;
}
