/* SPDX-License-Identifier: MIT */
/*
 * A page that does not come until it is let.
 *
 * Usage: page serve FOLDER GATE PORT COMMAND...
 *          mounts a file system on FOLDER whose one file, "page", holds the
 *          address 127.0.0.1:PORT; who reads it waits until GATE, a FIFO, has
 *          been opened and closed for writing. Runs the command until it ends.
 *        page calls FOLDER GATE PORT
 *          some threads connect to the address in the page; meanwhile the
 *          first thread connects to it from memory; then it opens GATE.
 *          Prints what came of both.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS	  5
#define CALLS	  40
#define PAGE_NODE 2
#define PAGE_SIZE 4096

static struct sockaddr_in peer = { .sin_family = AF_INET };

static int fail(const char *what)
{
	fprintf(stderr, "page: %s: %s\n", what, strerror(errno));
	return 1;
}

static void answer(int fuse, uint64_t unique, int error, const void *data,
		   size_t len)
{
	char buf[sizeof(struct fuse_out_header) + PAGE_SIZE];
	struct fuse_out_header h = { .len = (uint32_t)(sizeof(h) + len),
				     .error = error,
				     .unique = unique };

	memcpy(buf, &h, sizeof(h));
	if (len)
		memcpy(buf + sizeof(h), data, len);
	if (write(fuse, buf, h.len) < 0 && errno != ENOENT)
		fail("answer");
}

static struct fuse_attr attributes(uint64_t node)
{
	return (struct fuse_attr){
		.ino = node,
		.size = node == PAGE_NODE ? PAGE_SIZE : 0,
		.mode = node == PAGE_NODE ? S_IFREG | 0444 : S_IFDIR | 0755,
		.nlink = 1,
	};
}

static void wait_for_gate(const char *gate)
{
	char byte;
	int fd = open(gate, O_RDONLY | O_CLOEXEC);

	while (fd >= 0 && read(fd, &byte, 1) > 0)
		continue;
	if (fd >= 0)
		close(fd);
}

static void give_page(int fuse, uint64_t unique, const char *gate)
{
	char page[PAGE_SIZE] = { 0 };
	pid_t pid = fork(); /* other requests go on */

	if (pid)
		return;
	wait_for_gate(gate);
	memcpy(page, &peer, sizeof(peer));
	answer(fuse, unique, 0, page, sizeof(page));
	_exit(0);
}

static void serve_one(int fuse, const struct fuse_in_header *in, const char *gate)
{
	struct fuse_init_out init = { .major = FUSE_KERNEL_VERSION,
				      .minor = FUSE_KERNEL_MINOR_VERSION,
				      .max_write = PAGE_SIZE };
	struct fuse_entry_out entry = { .nodeid = PAGE_NODE,
					.attr = attributes(PAGE_NODE),
					.attr_valid = 3600,
					.entry_valid = 3600 };
	struct fuse_attr_out attr = { .attr = attributes(in->nodeid),
				      .attr_valid = 3600 };
	struct fuse_open_out opened = { .fh = 1 };

	switch (in->opcode) {
	case FUSE_INIT:
		answer(fuse, in->unique, 0, &init, sizeof(init));
		break;
	case FUSE_LOOKUP:
		answer(fuse, in->unique, 0, &entry, sizeof(entry));
		break;
	case FUSE_GETATTR:
		answer(fuse, in->unique, 0, &attr, sizeof(attr));
		break;
	case FUSE_OPEN:
	case FUSE_OPENDIR:
		answer(fuse, in->unique, 0, &opened, sizeof(opened));
		break;
	case FUSE_READ:
		give_page(fuse, in->unique, gate);
		break;
	case FUSE_RELEASE:
	case FUSE_RELEASEDIR:
	case FUSE_FLUSH:
		answer(fuse, in->unique, 0, NULL, 0);
		break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		break;
	default:
		answer(fuse, in->unique, -ENOSYS, NULL, 0);
		break;
	}
}

static void serve(int fuse, const char *gate)
{
	static char buf[1 << 20];

	signal(SIGCHLD, SIG_IGN);
	while (read(fuse, buf, sizeof(buf)) > 0)
		serve_one(fuse, (const struct fuse_in_header *)buf, gate);
	_exit(0);
}

static int run_server(char **argv)
{
	int fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC), status = 1;
	char options[96];
	pid_t server, command;

	if (fuse < 0)
		return fail("/dev/fuse");
	snprintf(options, sizeof(options),
		 "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", fuse);
	if (mount("page", argv[2], "fuse", MS_NOSUID | MS_NODEV, options) < 0)
		return fail("mount");
	server = fork();
	if (!server) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve(fuse, argv[3]);
	}
	close(fuse);
	command = fork();
	if (!command) {
		execvp(argv[5], argv + 5);
		_exit(127);
	}
	waitpid(command, &status, 0);
	umount2(argv[2], MNT_DETACH);
	kill(server, SIGKILL);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static int try_connect(const void *to)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int r = connect(fd, to, sizeof(peer)) < 0 ? errno : 0;

	close(fd);
	return r;
}

static void *call_with_page(void *page)
{
	return (void *)(intptr_t)try_connect(page);
}

static int run_calls(char **argv)
{
	char path[512];
	pthread_t threads[THREADS];
	int fd, good = 0, late = 0;
	void *page, *r;

	snprintf(path, sizeof(path), "%s/page", argv[2]);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	page = mmap(NULL, PAGE_SIZE, PROT_READ, MAP_PRIVATE, fd, 0);
	if (fd < 0 || page == MAP_FAILED)
		return fail(path);
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, call_with_page, page);
	for (int i = 0; i < CALLS; i++)
		good += try_connect(&peer) == 0;
	printf("meanwhile %d of %d\n", good, CALLS);
	fflush(stdout);
	close(open(argv[3], O_WRONLY | O_CLOEXEC));
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], &r);
		late += r == NULL;
	}
	printf("afterwards %d of %d\n", late, THREADS);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc < 5)
		return 2;
	inet_pton(AF_INET, "127.0.0.1", &peer.sin_addr);
	peer.sin_port = htons((uint16_t)atoi(argv[4]));
	if (!strcmp(argv[1], "serve") && argc > 5)
		return run_server(argv);
	return run_calls(argv);
}
