/* SPDX-License-Identifier: MIT */
/* Where a control socket is, and how it comes to be there. */
#include "supervisor/control_socket.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/state.h"

#define BACKLOG 16
#define YOUNG_S 60 /* between bind() and listen(), at the very most */

static bool make_name(struct sockaddr_un *ret, const char *folder,
		      const char *file)
{
	int n = snprintf(ret->sun_path, sizeof(ret->sun_path), "%s/%s", folder,
			 file);

	ret->sun_family = AF_UNIX;
	return n > 0 && (size_t)n < sizeof(ret->sun_path);
}

/* Nobody listens there: its session was killed. One that is being made just
 * now looks the same, but is young. */
static bool is_deserted(const struct sockaddr_un *name)
{
	struct stat st;
	auto_close int fd =
		socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	return fd >= 0 && !lstat(name->sun_path, &st) &&
	       st.st_ctime < time(NULL) - YOUNG_S &&
	       connect(fd, (const struct sockaddr *)name, sizeof(*name)) < 0 &&
	       errno == ECONNREFUSED;
}

static void remove_deserted(const char *folder)
{
	struct sockaddr_un name = { 0 };
	DIR *d = opendir(folder);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		size_t n = strlen(e->d_name);

		if (n > 5 && !strcmp(e->d_name + n - 5, ".sock") &&
		    make_name(&name, folder, e->d_name) && is_deserted(&name))
			unlink(name.sun_path);
	}
	if (d)
		closedir(d);
}

static int listen_at(const struct sockaddr_un *name)
{
	auto_close int fd =
		socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	/* The mode of the descriptor is that of the file to be (unix(7)). */
	if (fd < 0 || fchmod(fd, 0600) < 0 ||
	    bind(fd, (const struct sockaddr *)name, sizeof(*name)) < 0)
		return -errno;
	if (listen(fd, BACKLOG) == 0)
		return STEAL_FD(fd);
	unlink(name->sun_path);
	return -errno;
}

int control_socket_open(struct control_socket *s, const char *uuid,
			struct ef_err *err)
{
	char folder[1024], file[64];
	int r;

	*s = (struct control_socket){ .fd = -1 };
	r = state_sockets_make(folder, sizeof(folder), err);
	if (r < 0)
		return r;
	remove_deserted(folder);
	snprintf(file, sizeof(file), "%s.sock", uuid);
	if (!make_name(&s->name, folder, file))
		return err_set(err, ENAMETOOLONG,
			       "%s: too long for the name of a socket", folder);
	r = listen_at(&s->name);
	if (r < 0)
		return err_set(err, -r, "socket %s: %s", s->name.sun_path,
			       strerror(-r));
	s->fd = r;
	return 0;
}

void control_socket_close(struct control_socket *s)
{
	if (s->fd < 0)
		return;
	unlink(s->name.sun_path);
	close(s->fd);
	s->fd = -1;
}
