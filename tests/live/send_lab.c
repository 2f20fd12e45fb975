/* SPDX-License-Identifier: MIT */
/* A supervisor for tests of sending, with a gate that plays a part. */
#include "send_lab.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "notify/pending.h"
#include "notify/send.h"
#include "notify/target.h"

#define N_WORKERS 3

/* The part of the gate. */
static struct {
	atomic_ulong admits, repeats, refusals, finished;
	atomic_int last_outcome;
} gate;

int gate_admit(struct gate *g, struct observation *seen,
	       const struct process *who, int64_t process, struct ticket *ret)
{
	bool denied = seen->addr.port == LAB_DENIED_PORT;

	(void)g;
	(void)who;
	(void)process;
	memset(ret, 0, sizeof(*ret));
	ret->seq = (int64_t)atomic_fetch_add(&gate.admits, 1) + 1;
	ret->action = denied ? ACTION_DENIED : ACTION_ALLOWED;
	if (seen->unreadable)
		return -EPERM;
	return denied ? -EACCES : 0;
}

int gate_refuse(struct gate *g, struct observation *seen,
		const struct process *who, int64_t process, enum reason reason,
		int error, struct ticket *ret)
{
	(void)g;
	(void)seen;
	(void)who;
	(void)process;
	(void)reason;
	memset(ret, 0, sizeof(*ret));
	atomic_fetch_add(&gate.refusals, 1);
	return error;
}

void gate_finish(struct gate *g, struct ticket *t, int outcome)
{
	(void)g;
	if (!t->seq)
		return;
	atomic_fetch_add(&gate.finished, 1);
	atomic_store(&gate.last_outcome, outcome);
	memset(t, 0, sizeof(*t));
}

bool gate_repeat(struct gate *g, int64_t seq, uint64_t revision, uint64_t n)
{
	(void)g;
	(void)seq;
	(void)revision;
	atomic_fetch_add(&gate.repeats, n);
	return true;
}

uint64_t gate_revision(struct gate *g)
{
	(void)g;
	return 1;
}

bool store_owns(const struct store *st, uint64_t dev, uint64_t ino)
{
	(void)st;
	(void)dev;
	(void)ino;
	return false;
}

int targets_identify(struct targets *t, struct store *st, pid_t tid, int pidfd,
		     const struct process **ret_who, int64_t *ret_row)
{
	static __thread struct process who;

	(void)t;
	(void)st;
	(void)pidfd;
	who.pid = tid;
	*ret_who = &who;
	*ret_row = tid;
	return 0;
}

static atomic_ulong n_lost_session;

static void lose(const char *why)
{
	fprintf(stderr, "# session lost: %s\n", why);
	atomic_fetch_add(&n_lost_session, 1);
}

bool lab_enter(void)
{
	struct ifreq ifr = { .ifr_flags = IFF_UP };
	int s, r;

	if (unshare(geteuid() ? CLONE_NEWUSER | CLONE_NEWNET : CLONE_NEWNET))
		return false;
	s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	strcpy(ifr.ifr_name, "lo");
	r = ioctl(s, SIOCSIFFLAGS, &ifr);
	close(s);
	return r == 0;
}

/* The filter: a send with an address or ancillary data, and nothing else. */
#define LOAD(at)  BPF_STMT(BPF_LD | BPF_W | BPF_ABS, at)
#define RETURN(v) BPF_STMT(BPF_RET | BPF_K, v)
#define IF(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, yes, no)
#define NAME_ARG offsetof(struct seccomp_data, args[4])

static int install_filter(bool old_kernel)
{
	struct sock_filter code[] = {
		LOAD(offsetof(struct seccomp_data, nr)),
		IF(SYS_sendmsg, 7, 0),
		IF(SYS_sendmmsg, 6, 0),
		IF(SYS_sendto, 0, 4),
		LOAD(NAME_ARG),
		IF(0, 0, 3),
		LOAD(NAME_ARG + 4),
		IF(0, 0, 1),
		RETURN(SECCOMP_RET_ALLOW),
		RETURN(SECCOMP_RET_USER_NOTIF),
	};
	struct sock_fprog prog = { sizeof(code) / sizeof(*code), code };
	unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER;

	if (!old_kernel)
		flags |= SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &prog);
}

static void become(uid_t uid)
{
	if (uid && !geteuid()) {
		if (setgroups(0, NULL) || setresgid(uid, uid, uid) ||
		    setresuid(uid, uid, uid))
			_exit(99);
		prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	}
}

static char *read_back(int fd, int status)
{
	off_t size = lseek(fd, 0, SEEK_END);
	char *text = calloc(1, (size_t)size + 64);

	if (pread(fd, text, (size_t)size, 0) != size)
		abort();
	if (WIFSIGNALED(status))
		sprintf(text + size, "signal %d\n", WTERMSIG(status));
	else
		sprintf(text + size, "exit %d\n", WEXITSTATUS(status));
	close(fd);
	return text;
}

static void play(void (*body)(int out), int out)
{
	alarm(60); /* a case that hangs fails */
	body(out);
	_exit(0);
}

char *lab_run_bare(uid_t uid, void (*body)(int out))
{
	int out = memfd_create("bare", MFD_CLOEXEC), status;
	pid_t pid = fork();

	if (pid == 0) {
		become(uid);
		play(body, out);
	}
	waitpid(pid, &status, 0);
	return read_back(out, status);
}

struct lab {
	struct notify_context ctx;
	pthread_mutex_t receiving;
	atomic_bool over, stop_loop;
};

/* Poll and receive under one lock, so that nobody blocks in RECV for a
 * notification that another thread took. */
static bool receive(struct lab *lab, struct seccomp_notif *n)
{
	struct pollfd p = { .fd = lab->ctx.listener, .events = POLLIN };
	bool got = false;

	pthread_mutex_lock(&lab->receiving);
	while (!atomic_load(&lab->over) && !got) {
		if (poll(&p, 1, -1) < 0)
			continue;
		if (p.revents & POLLIN)
			got = kernel_receive(lab->ctx.listener, n) == 0;
		else if (p.revents & (POLLHUP | POLLERR))
			atomic_store(&lab->over, true);
	}
	pthread_mutex_unlock(&lab->receiving);
	return got;
}

static void *work(void *arg)
{
	struct lab *lab = arg;
	struct call_buffers b = { malloc(CALL_BUFFER), malloc(64 << 10),
				  malloc(1024 * sizeof(struct iovec)) };
	struct seccomp_notif n;
	struct call c;

	while (receive(lab, &n)) {
		call_init(&c, &lab->ctx, &b, &n);
		send_handle(&c);
		call_done(&c);
	}
	free(b.data);
	free(b.control);
	free(b.iov);
	return NULL;
}

static void *loop(void *arg)
{
	struct lab *lab = arg;
	struct pollfd p = { .fd = pending_fd(lab->ctx.pending),
			    .events = POLLIN };

	while (!atomic_load(&lab->stop_loop)) {
		poll(&p, 1, 5);
		pending_step(lab->ctx.pending);
	}
	return NULL;
}

static int supervise(struct lab *lab, pid_t pid)
{
	pthread_t threads[N_WORKERS], looper;
	int status;

	for (int i = 0; i < N_WORKERS; i++)
		pthread_create(&threads[i], NULL, work, lab);
	pthread_create(&looper, NULL, loop, lab);
	while (waitpid(pid, &status, 0) < 0)
		;
	for (int i = 0; i < N_WORKERS; i++)
		pthread_join(threads[i], NULL);
	atomic_store(&lab->stop_loop, true);
	pthread_join(looper, NULL);
	return status;
}

/* The child says on the pipe which number its listener has. */
static int fetch_listener(pid_t pid, int pipe_fd)
{
	int number, fd, pidfd = (int)syscall(SYS_pidfd_open, pid, 0);

	if (read(pipe_fd, &number, sizeof(number)) != sizeof(number))
		return -1;
	fd = kernel_take_fd(pidfd, number);
	close(pidfd);
	return fd;
}

static void target(const struct lab_cast *cast, void (*body)(int out), int out,
		   const int say[2], const int go[2])
{
	int listener;
	char c;

	become(cast->target);
	listener = install_filter(cast->old_kernel);
	if (write(say[1], &listener, sizeof(listener)) != sizeof(listener))
		_exit(98);
	if (read(go[0], &c, 1) != 1)
		_exit(97);
	close(listener);
	close(say[0]);
	close(say[1]);
	close(go[0]);
	close(go[1]);
	play(body, out);
}

static void run_lab(const struct lab_cast *cast, void (*body)(int out), int out,
		    int *ret_status)
{
	struct lab lab = { .receiving = PTHREAD_MUTEX_INITIALIZER };
	int say[2], go[2];
	pid_t pid;

	*ret_status = 0xff00;
	if (pipe2(say, O_CLOEXEC) || pipe2(go, O_CLOEXEC))
		return;
	become(cast->supervisor);
	pid = fork();
	if (pid == 0)
		target(cast, body, out, say, go);
	lab.ctx = (struct notify_context){
		.listener = fetch_listener(pid, say[0]),
		.pending = pending_new(),
		.sends = sends_new(cast->old_kernel),
		.is_root = geteuid() == 0,
		.lose = lose,
	};
	kernel_set_sync_wake_up(lab.ctx.listener);
	if (write(go[1], "g", 1) != 1)
		return;
	*ret_status = supervise(&lab, pid);
	pending_free(lab.ctx.pending);
	sends_free(lab.ctx.sends);
	close(lab.ctx.listener);
}

/* In a child of its own: threads, credentials and counters start anew. */
char *lab_run_target(const struct lab_cast *cast, void (*body)(int out),
		     struct lab_counts *ret)
{
	struct {
		struct lab_counts counts;
		int status;
	} *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int out = memfd_create("target", MFD_CLOEXEC), status;
	char *text;
	pid_t pid = fork();

	if (pid == 0) {
		run_lab(cast, body, out, &shared->status);
		shared->counts = (struct lab_counts){
			.admits = gate.admits,
			.repeats = gate.repeats,
			.refusals = gate.refusals,
			.finished = gate.finished,
			.last_outcome = gate.last_outcome,
			.lost_session = n_lost_session,
		};
		exit(0);
	}
	waitpid(pid, &status, 0);
	if (status)
		shared->status = status;
	text = read_back(out, shared->status);
	if (ret)
		*ret = shared->counts;
	munmap(shared, 4096);
	return text;
}
