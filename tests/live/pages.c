/* SPDX-License-Identifier: MIT */
/*
 * Pages that never come.
 *
 * pages serve DEVICE FOLDER: mounts a file system with one file, "page", whose
 * bytes are never delivered; makes FOLDER.ready, serves until it is killed.
 * DEVICE is /dev/fuse by some name.
 * pages call FILE N: N threads connect to an address that lies in that file;
 * meanwhile another connects to 127.0.0.1:1 and prints what came of it.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROOT = FUSE_ROOT_ID, PAGE = 2 };

static int fuse;

static void answer(uint64_t unique, int error, const void *body, size_t len)
{
	struct fuse_out_header head = { .len = (uint32_t)(sizeof(head) + len),
					.error = error,
					.unique = unique };
	char buf[sizeof(head) + 512];

	memcpy(buf, &head, sizeof(head));
	if (len)
		memcpy(buf + sizeof(head), body, len);
	if (write(fuse, buf, head.len) < 0)
		return; /* nobody waits for it any more */
}

static struct fuse_attr attributes(uint64_t node)
{
	return (struct fuse_attr){ .ino = node,
				   .size = 4096,
				   .mode = node == ROOT ? S_IFDIR | 0755
							: S_IFREG | 0444,
				   .nlink = 1 };
}

static void serve_one(const struct fuse_in_header *in)
{
	struct fuse_init_out init = { .major = FUSE_KERNEL_VERSION,
				      .minor = FUSE_KERNEL_MINOR_VERSION,
				      .max_write = 4096 };
	struct fuse_entry_out entry = { .nodeid = PAGE,
					.entry_valid = 1000,
					.attr_valid = 1000,
					.attr = attributes(PAGE) };
	struct fuse_attr_out attr = { .attr_valid = 1000,
				      .attr = attributes(in->nodeid) };
	struct fuse_open_out open = { .fh = 1 };

	switch (in->opcode) {
	case FUSE_INIT:
		answer(in->unique, 0, &init, sizeof(init));
		break;
	case FUSE_LOOKUP:
		answer(in->unique, 0, &entry, sizeof(entry));
		break;
	case FUSE_GETATTR:
		answer(in->unique, 0, &attr, sizeof(attr));
		break;
	case FUSE_OPEN:
	case FUSE_OPENDIR:
		answer(in->unique, 0, &open, sizeof(open));
		break;
	case FUSE_READ:
	case FUSE_INTERRUPT:
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
		break; /* never, or nothing to say */
	case FUSE_FLUSH:
	case FUSE_RELEASE:
	case FUSE_RELEASEDIR:
		answer(in->unique, 0, NULL, 0);
		break;
	default:
		answer(in->unique, -ENOSYS, NULL, 0);
	}
}

static int serve(const char *device, const char *folder)
{
	static char buf[1 << 17];
	char options[100];

	fuse = open(device, O_RDWR | O_CLOEXEC);
	snprintf(options, sizeof(options),
		 "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", fuse);
	if (fuse < 0 ||
	    mount("stuck", folder, "fuse", MS_NOSUID | MS_NODEV, options) < 0) {
		perror("pages: fuse");
		return 77;
	}
	snprintf(options, sizeof(options), "%s.ready", folder);
	close(open(options, O_CREAT | O_WRONLY, 0600));
	while (read(fuse, buf, sizeof(buf)) > 0)
		serve_one((const struct fuse_in_header *)(void *)buf);
	return 0;
}

static const void *page;

static void *call(void *arg)
{
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	(void)arg;
	connect(s, page, sizeof(struct sockaddr_in));
	return NULL;
}

static int call_all(const char *file, int n)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(1),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = open(file, O_RDONLY), s = socket(AF_INET, SOCK_STREAM, 0);
	pthread_t t;

	page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	if (fd < 0 || page == MAP_FAILED)
		return 2;
	for (int i = 0; i < n; i++)
		if (pthread_create(&t, NULL, call, NULL))
			return 3;
	for (int i = 0; i < 10; i++) {
		if (connect(s, (struct sockaddr *)&to, sizeof(to)) < 0)
			printf("%s\n", strerrorname_np(errno));
		fflush(stdout);
		usleep(20000); /* so that stuck ones come between */
	}
	_exit(0);
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "serve"))
		return serve(argv[2], argv[3]);
	if (argc == 4 && !strcmp(argv[1], "call"))
		return call_all(argv[2], atoi(argv[3]));
	return 2;
}
