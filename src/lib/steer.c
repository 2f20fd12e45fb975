/* SPDX-License-Identifier: MIT */
/* The client's end of a control socket. */
#include "lib/steer.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/state.h"
#include "wire/control.h"

#define ANSWER_S   10
#define LARGEST	   (CONTROL_HEADER + CONTROL_BODY_MAX)
#define FIRST_SIZE 65536
#define SUFFIX	   ".sock"

struct steer {
	int fd;
	char id[STEER_ID_MAX];
	char path[CONTROL_PATH_MAX];
	uint8_t *buf; /* the answer */
	size_t len, size;
};

AUTO(steer, steer_close)

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

int steer_list(char (*ret)[STEER_ID_MAX], struct ef_err *err)
{
	char folder[1024];
	int r = state_sockets_path(folder, sizeof(folder), err), n = 0;
	struct dirent *e;
	DIR *d;

	if (r < 0)
		return r;
	d = opendir(folder);
	if (!d && errno != ENOENT)
		return err_set(err, errno, "%s: %s", folder, strerror(errno));
	while (d && n < STEER_SESSIONS_MAX && (e = readdir(d))) {
		size_t len = strlen(e->d_name);

		if (len != CONTROL_UUID + strlen(SUFFIX) ||
		    strcmp(e->d_name + CONTROL_UUID, SUFFIX) != 0)
			continue;
		memcpy(ret[n], e->d_name, CONTROL_UUID);
		ret[n++][CONTROL_UUID] = '\0';
	}
	if (d)
		closedir(d);
	qsort(ret, (size_t)n, sizeof(*ret), compare);
	return n;
}

static int lost(struct ef_err *err)
{
	if (errno == EAGAIN)
		return err_set(err, ETIMEDOUT, "the session does not answer");
	return err_set(err, EPIPE, "the session has ended");
}

static int send_all(struct steer *s, const struct control_msg *m,
		    struct ef_err *err)
{
	size_t n = control_size(m), at = 0;
	auto_free uint8_t *buf = malloc(n + 1);

	if (!buf)
		return err_set(err, ENOMEM, "out of memory");
	if (!n || control_encode(m, buf, n) != n)
		return err_set(err, EMSGSIZE, "too large for a message");
	while (at < n) {
		ssize_t sent = send(s->fd, buf + at, n - at, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		/* It may have said why before it hung up. */
		if (sent < 0)
			return errno == EPIPE || errno == ECONNRESET ? 0
								     : lost(err);
		at += (size_t)sent;
	}
	return 0;
}

static bool make_room(struct steer *s)
{
	size_t next = s->size ? 2 * s->size : FIRST_SIZE;
	uint8_t *p;

	if (s->len < s->size)
		return true;
	p = s->len < LARGEST ? realloc(s->buf, next) : NULL;
	if (!p)
		return false;
	s->buf = p;
	s->size = next;
	return true;
}

/* The next message; each of ours is answered by one. */
static int receive(struct steer *s, struct control_msg *ret, struct ef_err *err)
{
	s->len = 0;
	for (;;) {
		long have = control_decode(s->buf, s->len, ret);
		ssize_t n;

		if (have < 0)
			return err_set(err, EPROTO,
				       "the session says what this program "
				       "does not understand");
		if (have > 0)
			return 0;
		if (!make_room(s))
			return err_set(err, ENOMEM, "out of memory");
		n = recv(s->fd, s->buf + s->len, s->size - s->len, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			errno = n ? errno : EPIPE;
			return lost(err);
		}
		s->len += (size_t)n;
	}
}

/* Ask and have an answer of this type, or why there is none. */
static int ask(struct steer *s, const struct control_msg *m,
	       enum control_type wanted, struct control_msg *ret,
	       struct ef_err *err)
{
	int r = send_all(s, m, err);

	if (!r)
		r = receive(s, ret, err);
	if (r)
		return r;
	if (ret->type == CONTROL_DONE && (ret->number || wanted != CONTROL_DONE))
		return err_set(err, ret->number ? (int)ret->number : EPROTO,
			       "%.*s", (int)ret->text_len, ret->text);
	return ret->type == wanted ? 0 : err_set(err, EPROTO, "not an answer");
}

static int connect_to(const char *id, struct ef_err *err)
{
	struct timeval limit = { .tv_sec = ANSWER_S };
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	char folder[1024];
	auto_close int fd = -1;
	int r = state_sockets_path(folder, sizeof(folder), err), n;

	if (r < 0)
		return r;
	n = snprintf(name.sun_path, sizeof(name.sun_path), "%s/%s" SUFFIX,
		     folder, id);
	if (n < 0 || (size_t)n >= sizeof(name.sun_path))
		return err_set(err, ENAMETOOLONG, "%s: too long a path", folder);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) < 0)
		return err_set(err, errno, "socket: %s", strerror(errno));
	if (connect(fd, (struct sockaddr *)&name, sizeof(name)) == 0)
		return STEAL_FD(fd);
	if (errno == ECONNREFUSED || errno == ENOENT)
		return err_set(err, ENOENT,
			       "session %.8s does not run any more", id);
	return err_set(err, errno, "session %.8s: %s", id, strerror(errno));
}

/* Connected and greeted. */
static int open_one(const char *id, struct steer **ret, struct ef_err *err)
{
	auto_of(steer) struct steer *s = calloc(1, sizeof(*s));
	struct control_msg m;
	int r;

	if (!s)
		return err_set(err, ENOMEM, "out of memory");
	s->fd = connect_to(id, err);
	if (s->fd < 0)
		return s->fd;
	r = ask(s,
		&(struct control_msg){ .type = CONTROL_HELLO,
				       .number = CONTROL_VERSION },
		CONTROL_WELCOME, &m, err);
	if (r)
		return r;
	if (memcmp(m.uuid, id, CONTROL_UUID) != 0)
		return err_set(err, EPROTO, "another session answers");
	strcpy(s->id, id);
	*ret = STEAL(s);
	return 0;
}

/* One that was killed leaves its socket behind: it is passed over. */
static int open_first(char (*ids)[STEER_ID_MAX], int n, struct steer **ret,
		      struct ef_err *err)
{
	struct steer *found = NULL;
	int r = 0;

	for (int i = 0; i < n; i++) {
		struct steer *s = NULL;

		r = open_one(ids[i], &s, err);
		if (r == -ENOENT)
			continue;
		if (r == 0 && found) {
			steer_close(s);
			r = err_set(err, EEXIST,
				    "several sessions run: name one of them "
				    "(%.8s, %.8s ...)",
				    found->id, ids[i]);
		}
		if (r < 0)
			break;
		found = s;
	}
	if (found && r < 0 && r != -ENOENT) {
		steer_close(found);
		return r;
	}
	*ret = found;
	if (found)
		return 0;
	return r < 0 && r != -ENOENT ? r
				     : err_set(err, ENOENT, "no session runs");
}

int steer_open(const char *prefix, struct steer **ret, struct ef_err *err)
{
	auto_free char(*ids)[STEER_ID_MAX] =
		calloc(STEER_SESSIONS_MAX, sizeof(*ids));
	int n, kept = 0;

	if (!ids)
		return err_set(err, ENOMEM, "out of memory");
	n = steer_list(ids, err);
	if (n < 0)
		return n;
	for (int i = 0; i < n; i++)
		if (!prefix || !strncmp(ids[i], prefix, strlen(prefix)))
			memmove(ids[kept++], ids[i], sizeof(*ids));
	if (prefix && !kept)
		return err_set(err, ENOENT, "no running session \"%.40s\"",
			       prefix);
	return open_first(ids, kept, ret, err);
}

void steer_close(struct steer *s)
{
	if (!s)
		return;
	if (s->fd >= 0)
		close(s->fd);
	free(s->buf);
	free(s);
}

const char *steer_id(const struct steer *s)
{
	return s->id;
}

int steer_policy(struct steer *s, const char **ret_path, const char **ret_text,
		 size_t *ret_len, struct ef_err *err)
{
	struct control_msg m;
	int r = ask(s, &(struct control_msg){ .type = CONTROL_ASK_POLICY },
		    CONTROL_POLICY, &m, err);

	if (r)
		return r;
	memcpy(s->path, m.path, m.path_len);
	s->path[m.path_len] = '\0';
	*ret_path = s->path;
	*ret_text = m.text;
	*ret_len = m.text_len;
	return 0;
}

int steer_reload(struct steer *s, const char *digest, const char *text,
		 size_t len, struct ef_err *err)
{
	struct control_msg m;

	return ask(s,
		   &(struct control_msg){ .type = CONTROL_RELOAD,
					  .digest = digest,
					  .text = text,
					  .text_len = len },
		   CONTROL_DONE, &m, err);
}

int steer_announce(struct steer *s, const char *digest, const char *path,
		   struct ef_err *err)
{
	struct control_msg m;

	return ask(s,
		   &(struct control_msg){ .type = CONTROL_ANNOUNCE,
					  .digest = digest,
					  .path = path,
					  .path_len = strlen(path) },
		   CONTROL_DONE, &m, err);
}

void steer_announce_to_all(const char *digest, const char *path)
{
	auto_free char(*ids)[STEER_ID_MAX] =
		calloc(STEER_SESSIONS_MAX, sizeof(*ids));
	int n = ids ? steer_list(ids, NULL) : 0;

	for (int i = 0; i < n; i++) {
		struct steer *s = NULL;

		if (open_one(ids[i], &s, NULL) == 0)
			steer_announce(s, digest, path, NULL);
		steer_close(s);
	}
}

int steer_stop(struct steer *s, struct ef_err *err)
{
	struct control_msg m;

	return ask(s, &(struct control_msg){ .type = CONTROL_STOP },
		   CONTROL_DONE, &m, err);
}
