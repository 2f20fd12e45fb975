/* SPDX-License-Identifier: MIT */
/*
 * Usage: floor [-r FILE] COMMAND [ARGUMENT...]
 * The least a supervisor can do: the same calls are trapped, and each is told
 * to go on. What it costs is the floor of the mechanism. With -r a row is
 * committed to an SQLite database before each connect(), nothing else: what
 * recording first costs anybody.
 */
#include <errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "notify/filter.h"
#include "notify/uapi.h"

static int fail(const char *what)
{
	fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
	return 125;
}

/* A database that is as quick as one can be that a crash of this program does
 * not hurt: NULL on failure. */
static sqlite3_stmt *open_record(const char *path)
{
	sqlite3 *db;
	sqlite3_stmt *insert = NULL;

	if (sqlite3_open(path, &db) != SQLITE_OK ||
	    sqlite3_exec(
		    db,
		    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
		    "CREATE TABLE IF NOT EXISTS t(seq INTEGER PRIMARY KEY,"
		    " time INTEGER, pid INTEGER, call INTEGER, what TEXT)",
		    NULL, NULL, NULL) != SQLITE_OK)
		return NULL;
	sqlite3_prepare_v2(db,
			   "INSERT INTO t(time, pid, call, what) VALUES "
			   "(?, ?, ?, 'a destination')",
			   -1, &insert, NULL);
	return insert;
}

static void put_row(sqlite3_stmt *insert, const struct seccomp_notif *n)
{
	sqlite3_bind_int64(insert, 1, (int64_t)n->id);
	sqlite3_bind_int64(insert, 2, n->pid);
	sqlite3_bind_int64(insert, 3, n->data.nr);
	sqlite3_step(insert);
	sqlite3_reset(insert);
}

/* Under the filter, once the parent has the listener. */
static int be_target(int talk, char **argv)
{
	struct filter_options o = { .want_killable = true,
				    .has_netns_cookie = true };
	bool killable;
	int listener = -1;
	char go;

	if (!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		listener = filter_install(&o, &killable);
	if (write(talk, &listener, sizeof(listener)) < 0 || listener < 0 ||
	    read(talk, &go, 1) != 1)
		return 125;
	close(talk);
	close(listener);
	execvp(argv[0], argv);
	return fail(argv[0]);
}

/* A copy of the listener, whose number the child tells; -1. */
static int take_listener(int talk, pid_t child)
{
	int theirs = -1, pidfd = (int)syscall(SYS_pidfd_open, child, 0), fd;

	if (read(talk, &theirs, sizeof(theirs)) != sizeof(theirs) || theirs < 0)
		return -1;
	fd = (int)syscall(SYS_pidfd_getfd, pidfd, theirs, 0);
	close(pidfd);
	return write(talk, "", 1) == 1 ? fd : -1;
}

static void wake(int signal)
{
	(void)signal; /* only to come back from the ioctl */
}

/* The end of the child interrupts; a timer does so too, in case it ended just
 * before the ioctl. */
static void listen_for_the_end(void)
{
	struct sigaction sa = { .sa_handler = wake };
	struct itimerval often = { { 0, 50000 }, { 0, 50000 } };

	sigaction(SIGCHLD, &sa, NULL);
	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
}

static int supervise(int listener, pid_t child, sqlite3_stmt *insert)
{
	int status;

	ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS,
	      SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
	for (;;) {
		struct seccomp_notif n = { 0 };
		struct seccomp_notif_resp r = {
			.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE
		};

		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &n) == 0) {
			if (insert && n.data.nr == SYS_connect)
				put_row(insert, &n);
			r.id = n.id;
			ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &r);
		} else if (waitpid(child, &status, WNOHANG) == child) {
			return WIFEXITED(status) ? WEXITSTATUS(status) : 125;
		}
	}
}

int main(int argc, char **argv)
{
	sqlite3_stmt *insert = NULL;
	int talk[2], listener;
	pid_t child;

	if (argc > 3 && !strcmp(argv[1], "-r")) {
		insert = open_record(argv[2]);
		if (!insert)
			return fail("the database");
		argv += 2;
		argc -= 2;
	}
	if (argc < 2 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, talk) < 0)
		return fail("usage: floor [-r FILE] COMMAND [ARGUMENT...]");
	child = fork();
	if (!child)
		_exit(be_target(talk[1], argv + 1));
	close(talk[1]);
	listen_for_the_end();
	listener = take_listener(talk[0], child);
	if (listener < 0)
		return fail("no listener");
	return supervise(listener, child, insert);
}
