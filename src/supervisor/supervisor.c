/* SPDX-License-Identifier: MIT */
/*
 * One session from start to end.
 *
 * Theory of Operation: the loop thread (the caller's) waits in one
 * epoll_wait() for everything that waits: the children, the pending calls, the
 * name service, the end of the listener, and whoever says that control is
 * lost. Notification threads receive the calls and share only the gate with
 * it. The order of the start is part of the design: the child installs the
 * filter before any thread or database exists, and executes the command only
 * after everything else is in place; whatever fails before that is exit code
 * 125 and nothing has run.
 *
 * If this process dies, the kernel answers every filtered call of the tree
 * with ENOSYS: closed.
 */
#include "supervisor/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "audit/digest.h"
#include "audit/store.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "dns/service.h"
#include "gate/gate.h"
#include "gate/redirect.h"
#include "notify/listen.h"
#include "notify/listener.h"
#include "notify/pending.h"
#include "notify/send.h"
#include "notify/target.h"
#include "supervisor/children.h"
#include "supervisor/launch.h"
#include "supervisor/orphans.h"
#include "supervisor/reload.h"
#include "supervisor/report.h"
#include "supervisor/surroundings.h"

#ifndef VERSION
#define VERSION PACKAGE_VERSION
#endif

#define IDLE_MS		1000 /* a record that fails is told within it */
#define ARGV_RECORD_MAX 65536

enum source {
	SRC_SIGNALS,
	SRC_PENDING,
	SRC_DNS,
	SRC_LISTENER,
	SRC_BUSY,
	SRC_LOST
};

struct session {
	const struct run_options *o;
	struct launch launch;
	struct surroundings around;
	struct store *store;
	struct gate *gate;
	struct redirect *redirect;
	struct resolver *resolver;
	struct notify_context ctx;
	struct listener *listener;
	struct report *report;
	struct reload *reload;
	struct children children;
	int epoll, signals;
	sigset_t old_mask;
	bool listener_hung_up;
	int record_error; /* the last one told of */
};

/* Control can be lost in any thread; the loop has to hear of it. Facts of the
 * process, since a signal handler and a callback cannot carry a pointer. */
static _Atomic(const char *) lost_why;
static int lost_event = -1;

static void lose(const char *why)
{
	const char *none = NULL;

	atomic_compare_exchange_strong(&lost_why, &none, why);
	if (write(lost_event, &(uint64_t){ 1 }, sizeof(uint64_t)) < 0)
		return; /* it has been told already */
}

/*
 * The index of the record is shared memory: a target of the same user may cut
 * it short, and the next access is SIGBUS. The kernel then denies every call
 * of the tree; the main command is ended, too.
 */
static pid_t doomed;

static void on_sigbus(int signal)
{
	static const char line[] = "egress-filter: the record was cut short "
				   "while it was written: ended\n";

	(void)signal;
	if (doomed > 0)
		kill(doomed, SIGKILL);
	if (write(STDERR_FILENO, line, sizeof(line) - 1) < 0)
		_exit(125);
	_exit(125);
}

static void catch_sigbus(pid_t child)
{
	struct sigaction sa = { .sa_handler = on_sigbus };

	doomed = child;
	sigaction(SIGBUS, &sa, NULL);
}

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

static void make_uuid(char ret[37])
{
	uint8_t b[16];

	if (getrandom(b, sizeof(b), 0) != sizeof(b))
		abort(); /* cannot happen after boot: getrandom(2) */
	b[6] = (uint8_t)((b[6] & 0x0f) | 0x40); /* version 4, RFC 9562 */
	b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
	for (size_t i = 0, at = 0; i < sizeof(b); i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			ret[at++] = '-';
		at += (size_t)snprintf(ret + at, 3, "%02x", b[i]);
	}
}

/* The machine's id is not shown around: its digest tells machines apart. */
static void make_host_id(char ret[65])
{
	char text[64] = "";
	FILE *f = fopen("/etc/machine-id", "re");

	ret[0] = '\0';
	if (!f)
		return;
	if (fgets(text, sizeof(text), f))
		digest_bytes(text, strcspn(text, "\n"), ret);
	fclose(f);
}

static char *join_argv(char *const *argv, size_t *ret_len)
{
	char *text = malloc(ARGV_RECORD_MAX);
	size_t at = 0;

	for (size_t i = 0; text && argv[i]; i++) {
		size_t n = strlen(argv[i]) + 1;

		if (n > ARGV_RECORD_MAX - at)
			break;
		memcpy(text + at, argv[i], n);
		at += n;
	}
	*ret_len = at;
	return text;
}

static int open_store(struct session *s, const char *uuid, struct ef_err *err)
{
	const struct run_options *o = s->o;
	auto_free char *argv = NULL, *cwd = getcwd(NULL, 0);
	struct session_start start = { .name = o->name ? o->name : "",
				       .tags = o->tags ? o->tags : "",
				       .cwd = cwd ? cwd : "",
				       .version = VERSION,
				       .mode = o->mode };
	struct store_options so = { .path = o->db_path,
				    .state_dir = o->state_dir };

	argv = join_argv(o->argv, &start.argv_len);
	if (!argv)
		return err_set(err, ENOMEM, "out of memory");
	start.argv = argv;
	start.started_ms = clock_wall_ms();
	memcpy(start.uuid, uuid, sizeof(start.uuid));
	make_host_id(start.host_id);
	return store_open(&so, &start, &s->store, err);
}

static int open_gate(struct session *s, struct ef_err *err)
{
	const struct run_options *o = s->o;
	struct gate_options go = { .store = s->store,
				   .policy = o->policy,
				   .mode = o->mode,
				   .placeholders = s->around.placeholders,
				   .tell_allowed = o->verbose,
				   .search = s->around.resolvconf.search,
				   .n_search = s->around.resolvconf.n_search };

	s->gate = gate_new(&go, err);
	if (!s->gate)
		return -EIO;
	if (surroundings_bind_hosts(&s->around, s->gate) < 0)
		return err_set(err, EIO, "the record cannot be written");
	return 0;
}

static int open_names(struct session *s, struct ef_err *err)
{
	struct dns_options d = { .gate = s->gate,
				 .redirect = s->redirect,
				 .resolvers = s->around.resolvers,
				 .n_resolvers = s->around.n_resolvers,
				 .hosts = s->around.hosts,
				 .n_hosts = s->around.n_hosts,
				 .port = s->o->dns_port };
	int r = dns_open(&d, &s->resolver, err);

	if (r < 0)
		return r;
	if (s->around.sink_port)
		redirect_claim_port(s->redirect, s->around.sink_port, false);
	return 0;
}

static int open_context(struct session *s, struct ef_err *err)
{
	s->ctx = (struct notify_context){
		.listener = s->launch.listener,
		.gate = s->gate,
		.store = s->store,
		.redirect = s->redirect,
		.resolver = s->resolver,
		.pending = pending_new(),
		.targets = targets_new(),
		.listens = listen_record_new(),
		.netns_cookie = s->around.netns_cookie,
		.sink_port = s->around.sink_port,
		.sends = sends_new(!s->launch.is_killable),
		.is_root = geteuid() == 0,
		.lose = lose,
	};
	if (!s->ctx.sends || !s->ctx.pending || !s->ctx.targets || !s->ctx.listens)
		return err_set(err, ENOMEM, "out of memory");
	return 0;
}

static int watch(struct session *s, int fd, enum source source, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.u32 = source };

	return epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &ev) < 0 ? -errno : 0;
}

static int open_loop(struct session *s, const sigset_t *handled,
		     struct ef_err *err)
{
	int r;

	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	s->signals = signalfd(-1, handled, SFD_CLOEXEC | SFD_NONBLOCK);
	if (s->epoll < 0 || s->signals < 0)
		return err_set(err, errno, "out of descriptors");
	r = watch(s, s->signals, SRC_SIGNALS, EPOLLIN);
	if (!r)
		r = watch(s, pending_fd(s->ctx.pending), SRC_PENDING, EPOLLIN);
	if (!r)
		r = watch(s, dns_fd(s->resolver), SRC_DNS, EPOLLIN);
	/* Only the end of the last target: EPOLLHUP needs no asking for. */
	if (!r)
		r = watch(s, s->launch.listener, SRC_LISTENER, EPOLLET);
	if (!r)
		r = watch(s, lost_event, SRC_LOST, EPOLLIN);
	return r < 0 ? err_set(err, -r, "epoll: %s", strerror(-r)) : 0;
}

static void raise_limits(void)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) == 0) {
		l.rlim_cur = l.rlim_max;
		setrlimit(RLIMIT_NOFILE, &l);
	}
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

/* What must be true of this process before the command may run: the target
 * cannot inspect it, and orphans stay its children. */
static int protect_self(struct ef_err *err)
{
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ||
	    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		return err_set(err, errno, "prctl: %s", strerror(errno));
	raise_limits();
	return 0;
}

static void tell_start(const struct session *s)
{
	if (!s->launch.is_killable)
		log_line(LOG_WARN, "this kernel is older than 5.19: signals "
				   "may interrupt calls, see egress-filter "
				   "doctor");
	if (!s->around.placeholders && policy_settings(s->o->policy)->placeholders)
		log_line(LOG_INFO, "198.18.0.0/15 is in use here: names that "
				   "no rule mentions are answered NXDOMAIN");
	log_line(LOG_INFO, "session %.8s recorded in %s", store_uuid(s->store),
		 store_path(s->store));
}

static int start_threads(struct session *s, struct ef_err *err)
{
	struct report_options ro = { .gate = s->gate,
				     .uuid = store_uuid(s->store),
				     .fd = s->o->deny_fd,
				     .quiet = s->o->quiet,
				     .verbose = s->o->verbose };
	int r = report_start(&ro, &s->report);

	if (!r && s->o->policy_path &&
	    reload_start(s->gate, s->store, s->o->policy_path,
			 s->o->reload_auto, &s->reload) < 0)
		log_line(LOG_WARN, "%s is not watched for changes",
			 s->o->policy_path);
	kernel_set_sync_wake_up(s->launch.listener);
	if (!r)
		r = listener_start(&s->ctx, &s->listener);
	if (!r)
		r = watch(s, listener_busy_fd(s->listener), SRC_BUSY,
			  EPOLLIN | EPOLLET);
	return r < 0 ? err_set(err, -r, "cannot start a thread: %s", strerror(-r))
		     : 0;
}

static int open_all(struct session *s, const char *uuid, sigset_t *handled,
		    struct ef_err *err)
{
	int r = launch_find(&s->launch, s->o->argv, err);

	surroundings_read(s->o->policy, &s->around);
	surroundings_name_agents();
	s->launch.filter = (struct filter_options){
		.want_killable = !s->o->old_flags,
		.has_netns_cookie = s->around.netns_cookie != 0,
	};
	if (!r)
		r = launch_prepare(&s->launch, s->o->argv, uuid, err);
	if (!r)
		r = protect_self(err);
	if (r)
		return r;
	s->redirect = redirect_new();
	if (!s->redirect)
		return err_set(err, ENOMEM, "out of memory");
	r = open_store(s, uuid, err);
	if (!r)
		r = open_gate(s, err);
	if (!r)
		r = open_names(s, err);
	if (!r)
		r = open_context(s, err);
	if (!r)
		r = open_loop(s, handled, err);
	if (!r)
		r = start_threads(s, err);
	return r;
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
		lose("record altered");
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
	int wait_ms = shorter(IDLE_MS, dns_step(s->resolver)), again_ms, n;

	pump_lookups(s);
	wait_ms = shorter(wait_ms, pending_step(s->ctx.pending));
	if (!listener_tick(s->listener, &again_ms))
		lose("all notification threads are stuck");
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
		case SRC_BUSY:
		case SRC_LOST:
		case SRC_PENDING:
		case SRC_DNS:
		default:
			break; /* looked at in every turn */
		}
	}
	tell_record_error(s);
	return !s->children.all_ended && !atomic_load(&lost_why);
}

/* Control is lost: nothing of the tree may go on. */
static int give_up(struct session *s, struct ef_err *err)
{
	const char *why = atomic_load(&lost_why);

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

/* Threads first, then what they used, then what that used. */
static void close_all(struct session *s)
{
	reload_stop(s->reload);
	listener_stop(s->listener);
	pending_free(s->ctx.pending);
	sends_free(s->ctx.sends);
	dns_close(s->resolver);
	if (s->launch.listener >= 0)
		close(s->launch.listener);
	launch_done(&s->launch);
	targets_free(s->ctx.targets);
	listen_record_free(s->ctx.listens);
	gate_free(s->gate);
	redirect_free(s->redirect);
	store_close(s->store);
	if (s->epoll >= 0)
		close(s->epoll);
	if (s->signals >= 0)
		close(s->signals);
	surroundings_done(&s->around);
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

	tell_start(s);
	s->children.main = s->launch.pid;
	catch_sigbus(s->launch.pid);
	launch_go(&s->launch);
	while (turn(s))
		;
	if (atomic_load(&lost_why))
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
	r = open_all(s, ret->uuid, &handled, err);
	if (!r)
		r = run_session(s, ret, err);
	report_finish(s->report, ret->exit_code, "");
	close_all(s);
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
	make_uuid(ret->uuid);
	atomic_store(&lost_why, NULL);
	lost_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (lost_event < 0)
		return err_set(err, errno, "out of descriptors");
	r = supervise(s, ret, err);
	close(lost_event);
	lost_event = -1;
	if (r == -ENOENT && !ret->started)
		ret->exit_code = 127;
	else if (r == -EACCES && !ret->started)
		ret->exit_code = 126;
	return r;
}
