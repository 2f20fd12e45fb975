/* SPDX-License-Identifier: MIT */
#ifndef EF_SUPERVISOR_CONTROL_SOCKET_H
#define EF_SUPERVISOR_CONTROL_SOCKET_H

#include <sys/un.h>

#include "base/error.h"

/* The listening socket of a session in the folder of sockets. */
struct control_socket {
	int fd; /* -1: not open */
	struct sockaddr_un name;
};

/*
 * Make it, named after the session, mode 0600; those of sessions that were
 * killed are removed from the folder. Returns 0 or -errno with *err told; it
 * is then not open.
 */
int control_socket_open(struct control_socket *s, const char *uuid,
			struct ef_err *err);

/* Close and remove it; one that is not open is fine. */
void control_socket_close(struct control_socket *s);

#endif
