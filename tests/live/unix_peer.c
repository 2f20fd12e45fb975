/* SPDX-License-Identifier: MIT */
/* Listeners and clients for unix.sh; says what connect() gave, in one word. */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *word(int r)
{
	return r >= 0 ? "ok" : strerrorname_np(errno);
}

/* "@name" is abstract. */
static socklen_t address(struct sockaddr_un *a, const char *name)
{
	memset(a, 0, sizeof(*a));
	a->sun_family = AF_UNIX;
	strncpy(a->sun_path, name, sizeof(a->sun_path) - 1);
	if (name[0] == '@')
		a->sun_path[0] = '\0';
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));
}

static int bound(const char *name)
{
	struct sockaddr_un a;
	socklen_t len = address(&a, name);
	int s = socket(AF_UNIX, SOCK_STREAM, 0);

	if (s < 0 || bind(s, (struct sockaddr *)&a, len) < 0) {
		fprintf(stderr, "%s: %s\n", name, strerror(errno));
		exit(99);
	}
	return s;
}

static int listening(const char *name)
{
	int s = bound(name);

	if (listen(s, 64) < 0)
		exit(98);
	return s;
}

static int go(const char *name)
{
	struct sockaddr_un a;
	socklen_t len = address(&a, name);
	int s = socket(AF_UNIX, SOCK_STREAM, 0), r;

	r = connect(s, (struct sockaddr *)&a, len);
	if (r == 0)
		return s;
	close(s);
	return -1;
}

static int serve(const char *name)
{
	int s = listening(name);

	printf("ready\n");
	fflush(stdout);
	for (;;)
		close(accept(s, NULL, NULL));
	return s;
}

/* The listener is a daemon: an orphan in a session of its own. */
static int by_daemon(const char *name)
{
	int p[2], gone[2];
	char c;

	if (pipe(p) < 0 || pipe(gone) < 0)
		return 97;
	if (fork() == 0) {
		setsid();
		if (fork() == 0) {
			int s = listening(name);

			close(gone[1]);
			if (write(p[1], "x", 1) < 0)
				_exit(1);
			accept(s, NULL, NULL);
			if (read(gone[0], &c, 1) < 0)
				_exit(1);
			_exit(0);
		}
		_exit(0);
	}
	wait(NULL);
	if (read(p[0], &c, 1) != 1)
		return 96;
	printf("%s\n", word(go(name)));
	return 0;
}

static int in_chroot(const char *root)
{
	char by_fd[64];

	if (chroot(root) < 0 || chdir("/tmp") < 0)
		return 95;
	listening("/tmp/c.sock");
	if (symlink("/tmp/c.sock", "/tmp/link"))
		return 94;
	printf("%s", word(go("/tmp/c.sock")));
	printf(" %s", word(go("c.sock")));
	printf(" %s", word(go("link")));
	printf(" %s\n", word(go("../../tmp/c.sock")));
	if (access("/proc/self/cwd", F_OK) == 0) {
		printf("%s", word(go("/proc/self/cwd/c.sock")));
		printf(" %s", word(go("/proc/thread-self/root/tmp/c.sock")));
		printf(" %s", word(go("/proc/self/cwd/../tmp/link")));
		printf(" %s", word(go("/proc/self/cwd/none")));
		snprintf(by_fd, sizeof(by_fd), "/proc/self/fd/%d/c.sock",
			 open(".", O_RDONLY | O_DIRECTORY));
		printf(" %s\n", word(go(by_fd)));
	}
	return 0;
}

/* Whom does a server take us for? */
static int whoami(const char *name, const char *id)
{
	int s = listening(name), c;
	uid_t u = (uid_t)atoi(id);
	struct ucred who;
	socklen_t len = sizeof(who);

	if (fork() == 0) {
		if (setresgid(u, u, u) < 0 || setresuid(u, u, u) < 0)
			_exit(1);
		_exit(go(name) < 0);
	}
	c = accept(s, NULL, NULL);
	if (getsockopt(c, SOL_SOCKET, SO_PEERCRED, &who, &len) < 0)
		return 93;
	printf("uid %d gid %d\n", (int)who.uid, (int)who.gid);
	wait(NULL);
	return 0;
}

/* Once we are somebody else: who may we say we are, and who are we taken for? */
static int forge(const char *id)
{
	uid_t u = (uid_t)atoi(id);
	struct ucred root = { .pid = getpid() }, seen = { 0 };
	int one = 1, sv[2];
	char byte;
	struct iovec iov = { (char[]){ 'x' }, 1 };
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(root))];
	} control = { .align = { .cmsg_len = CMSG_LEN(sizeof(root)),
				 .cmsg_level = SOL_SOCKET,
				 .cmsg_type = SCM_CREDENTIALS } };
	struct msghdr m = { .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control) };

	memcpy(CMSG_DATA(&control.align), &root, sizeof(root));
	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, sv) < 0 ||
	    setsockopt(sv[1], SOL_SOCKET, SO_PASSCRED, &one, sizeof(one)) < 0 ||
	    setresgid(u, u, u) < 0 || setresuid(u, u, u) < 0)
		return 92;
	printf("%s", word(sendmsg(sv[0], &m, 0) < 0 ? -1 : 0));
	m.msg_control = NULL;
	m.msg_controllen = 0;
	if (sendmsg(sv[0], &m, 0) != 1)
		return 91;
	iov.iov_base = &byte;
	m.msg_control = &control;
	m.msg_controllen = sizeof(control);
	if (recvmsg(sv[1], &m, 0) != 1 || !CMSG_FIRSTHDR(&m))
		return 90;
	memcpy(&seen, CMSG_DATA(&control.align), sizeof(seen));
	printf(" uid %d gid %d\n", (int)seen.uid, (int)seen.gid);
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "",
		   *name = argc > 2 ? argv[2] : "";

	umask(0);
	if (!strcmp(what, "leave")) {
		close(bound(name));
		return 0;
	}
	if (!strcmp(what, "serve"))
		return serve(name);
	if (!strcmp(what, "daemon"))
		return by_daemon(name);
	if (!strcmp(what, "chroot"))
		return in_chroot(name);
	if (!strcmp(what, "whoami") && argc > 3)
		return whoami(name, argv[3]);
	if (!strcmp(what, "forge"))
		return forge(name);
	if (!strcmp(what, "both"))
		listening(name);
	if (!strcmp(what, "fsuid"))
		setfsuid(65534);
	printf("%s\n", word(go(name)));
	return 0;
}
