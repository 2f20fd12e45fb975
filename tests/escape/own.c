/* SPDX-License-Identifier: MIT */
/*
 * own handle DIRECTORY FILE: add a line to a file, opened by its handle on the
 * mount of that directory. Exits 0 when it was written.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	union {
		struct file_handle head;
		char bytes[sizeof(struct file_handle) + 128];
	} h = { .head.handle_bytes = 128 };
	int mount, dir, fd;

	if (argc != 4 || strcmp(argv[1], "handle") != 0)
		return 99;
	dir = open(argv[2], O_RDONLY | O_DIRECTORY);
	if (dir < 0 ||
	    name_to_handle_at(AT_FDCWD, argv[3], &h.head, &mount, 0) < 0)
		return 1;
	fd = open_by_handle_at(dir, &h.head, O_WRONLY | O_APPEND);
	return fd < 0 || write(fd, "#\n", 2) != 2;
}
