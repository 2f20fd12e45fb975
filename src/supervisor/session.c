/* SPDX-License-Identifier: MIT */
/*
 * Opening and closing a session.
 *
 * Theory of Operation: the order of the start is part of the design. The child
 * installs the filter before any thread or database exists, and executes the
 * command only after everything else is in place; whatever fails before that
 * is exit code 125 and nothing has run.
 */
#include "supervisor/session.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/log.h"
#include "base/state.h"
#include "dns/service.h"
#include "notify/fsview.h"
#include "notify/listen.h"
#include "notify/pending.h"
#include "notify/send.h"
#include "notify/target.h"
#include "supervisor/caps.h"
#include "supervisor/confine.h"
#include "supervisor/loss.h"
#include "supervisor/reach.h"
#include "supervisor/record.h"
#include "supervisor/steerable.h"

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
		.lose = loss_declare,
	};
	if (!s->ctx.sends || !s->ctx.pending || !s->ctx.targets || !s->ctx.listens)
		return err_set(err, ENOMEM, "out of memory or descriptors");
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
		r = watch(s, dns_fd(s->resolver), SRC_DNS, EPOLLIN);
	/* Only the end of the last target: EPOLLHUP needs no asking for. */
	if (!r)
		r = watch(s, s->launch.listener, SRC_LISTENER, EPOLLET);
	if (!r)
		r = watch(s, loss_fd(), SRC_LOST, EPOLLIN);
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

/* A session that cannot be steered is one all the same. */
static int open_control(struct session *s, struct ef_err *err)
{
	struct control_options o = { .uuid = store_uuid(s->store),
				     .policy_path = s->o->policy_path,
				     .gate = s->gate,
				     .reload = s->reload,
				     .trusted = s->trusted,
				     .children = &s->children,
				     .world = s->world };
	struct ef_err why = { 0 };
	int r;

	if (control_open(&o, &s->control, &why) < 0) {
		log_line(LOG_INFO, "no control socket: %s", why.msg);
		return 0;
	}
	r = watch(s, control_fd(s->control), SRC_CONTROL, EPOLLIN);
	return r < 0 ? err_set(err, -r, "epoll: %s", strerror(-r)) : 0;
}

static int start_threads(struct session *s, struct ef_err *err)
{
	struct report_options ro = { .gate = s->gate,
				     .uuid = store_uuid(s->store),
				     .fd = s->o->deny_fd,
				     .quiet = s->o->quiet,
				     .verbose = s->o->verbose,
				     .is_learn = s->o->mode == MODE_LEARN };
	int r = report_start(&ro, &s->report);

	if (!r && s->o->policy_path &&
	    reload_start(s->gate, s->store, s->o->policy_path,
			 s->o->reload_auto, &s->reload) < 0)
		log_line(LOG_WARN, "%s is not watched for changes",
			 s->o->policy_path);
	if (!r && s->reload)
		r = watch(s, reload_taken_fd(s->reload), SRC_RELOAD,
			  EPOLLIN | EPOLLET);
	kernel_set_sync_wake_up(s->launch.listener);
	if (!r)
		r = pending_start(s->ctx.pending, &s->ctx);
	if (!r)
		r = watch(s, pending_busy_fd(s->ctx.pending), SRC_PENDING,
			  EPOLLIN | EPOLLET);
	if (!r)
		r = listener_start(&s->ctx, &s->listener);
	if (!r)
		r = watch(s, listener_busy_fd(s->listener), SRC_BUSY,
			  EPOLLIN | EPOLLET);
	return r < 0 ? err_set(err, -r, "cannot start a thread: %s", strerror(-r))
		     : 0;
}

/* Whoever could rewrite the memory of a neighbour could leave by it. */
static int check_walls(const struct session *s, struct ef_err *err)
{
	if (s->o->weak || !walls_are_missing(&s->launch.walls))
		return 0;
	return err_set(err, EPERM,
		       "neither Landlock nor Yama keeps the command from "
		       "rewriting the memory of other programs of this user; "
		       "--weak runs it all the same (see egress-filter "
		       "doctor)");
}

/*
 * What a command that is root can do to the machine, and by that to us: the
 * capabilities that lead out, and the files that steer the kernel.
 */
static int plan_rights(struct session *s, struct ef_err *err)
{
	char state[1024];
	int r;

	s->launch.drop_caps = caps_of_ours(caps_perilous() & ~s->o->keep_caps);
	if (geteuid() != 0)
		return 0;
	if (!s->o->db_path)
		state_make(state, sizeof(state), NULL); /* told when it is used */
	r = mounts_plan(s->o->state_dir, s->o->policy_path, &s->mounts);
	if (r < 0)
		return err_set(err, -r,
			       "the mounts of this machine cannot be "
			       "read: %s",
			       strerror(-r));
	s->launch.mounts = &s->mounts;
	return 0;
}

static int judge_inherited(struct session *s, struct ef_err *err)
{
	int r = inherited_judge(&s->ctx, s->launch.pid, &s->inherited);

	return r < 0 ? err_set(err, -r,
			       "the open descriptors of the command cannot be "
			       "looked at: %s",
			       strerror(-r))
		     : 0;
}

int session_open(struct session *s, const char *uuid, const sigset_t *handled,
		 struct ef_err *err)
{
	int r = launch_find(&s->launch, s->o->argv, err);

	control_look(&s->world);
	if (!r && trusted_begin(&s->trusted) < 0)
		r = err_set(err, ENOMEM, "out of memory");
	walls_look(&s->launch.walls);
	if (!r)
		r = check_walls(s, err);
	surroundings_read(s->o->policy, &s->around);
	surroundings_name_agents();
	s->launch.filter = (struct filter_options){
		.want_killable = !s->o->old_flags,
		.has_netns_cookie = s->around.netns_cookie != 0,
		.has_signal_scope = s->launch.walls.has_signals,
	};
	if (!r)
		r = plan_rights(s, err);
	if (!r)
		r = launch_prepare(&s->launch, s->o->argv, uuid, err);
	if (!r)
		r = reach_check(s->launch.pid, err);
	if (!r)
		r = protect_self(err);
	if (r)
		return r;
	if (s->launch.mounts && !s->launch.mounts_error)
		fsview_share_root(s->launch.pid);
	s->redirect = redirect_new();
	if (!s->redirect)
		return err_set(err, ENOMEM, "out of memory");
	r = record_open(s->o, uuid, &s->store, err);
	if (!r)
		r = open_gate(s, err);
	if (!r)
		r = open_names(s, err);
	if (!r)
		r = open_context(s, err);
	if (!r)
		r = judge_inherited(s, err);
	if (!r)
		r = open_loop(s, handled, err);
	if (!r)
		r = start_threads(s, err);
	if (!r)
		r = open_control(s, err);
	if (!r && s->o->confine)
		r = confine_self(err);
	return r;
}

static void tell_rights(const struct session *s)
{
	uint64_t kept = caps_of_ours(s->o->keep_caps);
	int error = s->launch.mounts_error;
	char names[512];

	if (kept)
		log_line(LOG_WARN,
			 "the command keeps capabilities that lead out of the "
			 "session: %s",
			 caps_names(kept, names, sizeof(names)));
	if (s->launch.mounts && s->mounts.is_full)
		log_line(LOG_WARN, "too many mounts: not all of /proc and /sys "
				   "is read-only to the command");
	if (error)
		log_line(access("/proc/sys/kernel/core_pattern", W_OK) == 0
				 ? LOG_WARN
				 : LOG_INFO,
			 "the command has no mounts of its own (%s): as root "
			 "it may write what /proc/sys and /sys let it",
			 strerror(-error));
}

void session_tell_start(const struct session *s)
{
	tell_rights(s);
	steerable_tell(s->o->policy);
	if (!s->launch.is_killable)
		log_line(LOG_WARN, "this kernel is older than 5.19: signals "
				   "may interrupt calls, see egress-filter "
				   "doctor");
	if (s->launch.walls.closes_mount)
		log_line(LOG_INFO,
			 "this kernel's Landlock (ABI %d) refuses "
			 "mounts to the command",
			 s->launch.walls.abi);
	if (!s->around.placeholders && policy_settings(s->o->policy)->placeholders)
		log_line(LOG_INFO, "198.18.0.0/15 is in use here: names that "
				   "no rule mentions are answered NXDOMAIN");
	log_line(LOG_INFO, "session %.8s recorded in %s", store_uuid(s->store),
		 store_path(s->store));
}

/* Threads first, then what they used, then what that used. What a thread that
 * does not come back may use is left as it is. */
void session_close(struct session *s)
{
	control_close(s->control);
	trusted_end(s->trusted);
	reload_stop(s->reload);
	if (!listener_stop(s->listener) || !pending_free(s->ctx.pending))
		return;
	sends_free(s->ctx.sends);
	dns_close(s->resolver);
	if (s->launch.listener >= 0)
		close(s->launch.listener);
	launch_done(&s->launch);
	targets_free(s->ctx.targets);
	listen_record_free(s->ctx.listens);
	policy_unref(s->followed);
	gate_free(s->gate);
	redirect_free(s->redirect);
	store_close(s->store);
	if (s->epoll >= 0)
		close(s->epoll);
	if (s->signals >= 0)
		close(s->signals);
	surroundings_done(&s->around);
	mounts_done(&s->mounts);
	fsview_unshare_root();
}
