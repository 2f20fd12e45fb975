/* SPDX-License-Identifier: MIT */
/*
 * fetch HOST PORT: what a small static program does. Prints the first line
 * of the body, or why there is none, and exits 1.
 */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int connect_any(const struct addrinfo *list)
{
	int error = EADDRNOTAVAIL;

	for (const struct addrinfo *a = list; a; a = a->ai_next) {
		int s = socket(a->ai_family, a->ai_socktype, a->ai_protocol);

		if (s >= 0 && connect(s, a->ai_addr, a->ai_addrlen) == 0)
			return s;
		error = errno;
		if (s >= 0)
			close(s);
	}
	errno = error;
	return -1;
}

int main(int argc, char **argv)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list;
	char buf[4096];
	size_t at = 0;
	ssize_t n;
	int r, s;
	char *body;

	if (argc != 3)
		return 2;
	r = getaddrinfo(argv[1], argv[2], &hints, &list);
	if (r) {
		printf("no name: %s\n", gai_strerror(r));
		return 1;
	}
	s = connect_any(list);
	if (s < 0) {
		printf("errno %d: %s\n", errno, strerror(errno));
		return 1;
	}
	n = snprintf(buf, sizeof(buf), "GET / HTTP/1.0\r\nHost: %s\r\n\r\n",
		     argv[1]);
	if (write(s, buf, (size_t)n) != n)
		return 1;
	while ((n = read(s, buf + at, sizeof(buf) - 1 - at)) > 0)
		at += (size_t)n;
	buf[at] = '\0';
	body = strstr(buf, "\r\n\r\n");
	fputs(body ? body + 4 : buf, stdout);
	return 0;
}
