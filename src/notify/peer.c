/* SPDX-License-Identifier: MIT */
/*
 * Listeners, by what they are.
 *
 * Theory of Operation: a path is looked up as the target would, which yields
 * a descriptor of the socket's file. The kernel lists bound sockets with the
 * device and inode number of their file; one of them has to match. The number
 * is listed cut to 32 bits, and its device is that of the superblock, which
 * on btrfs (one device for all subvolumes, numbers anew in each) and on some
 * overlays does not make it unique. Where the pair is not the whole identity,
 * the bound name must lead to the same file as well; two sockets that match
 * are none.
 *
 * The file stays open from the lookup to the connect, so its number cannot be
 * used again, and no second socket can ever be bound to it: what was judged
 * is what is reached.
 *
 * The list is read in pieces and may miss a socket when others come and go;
 * only after three lists without a match does nobody listen.
 */
#include "notify/peer.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "notify/listen.h"
#include "notify/unixdiag.h"

/* Listeners that no rule has to name: where logs go. */
static const char *const builtin[] = {
	"/dev/log",
	"/run/systemd/journal/dev-log",
	"/run/systemd/journal/socket",
	"/run/systemd/journal/stdout",
	"/run/systemd/journal/syslog",
};

#define N_AGENTS 2

/* What the environment named when the program began: a fact of the process. */
static char agents[N_AGENTS][UNIXADDR_TEXT_MAX];

/* What a socket has to match. */
struct wanted {
	const struct fsview *view;
	int type;
	const struct unixaddr *name; /* abstract; NULL: the file below */
	int file;
	struct stat st;
	unsigned int dev_major, dev_minor;
};

int peer_caller_open(const struct call *c, struct peer_caller *ret)
{
	int r = fsview_open(c->tid, &ret->view);

	if (!r)
		r = creds_read(c, &ret->creds);
	if (r)
		fsview_close(&ret->view);
	return r;
}

void peer_caller_close(struct peer_caller *who)
{
	fsview_close(&who->view);
}

void peer_target_done(struct peer_target *t)
{
	if (t->file >= 0)
		close(t->file);
	t->file = -1;
}

socklen_t peer_encode(const struct peer_target *t, struct sockaddr_un *ret)
{
	struct unixaddr path = { 0 };

	if (t->file < 0)
		return unixaddr_encode(&t->name, ret);
	path.len = (uint8_t)snprintf(path.name, sizeof(path.name),
				     "/proc/self/fd/%d", t->file);
	return unixaddr_encode(&path, ret);
}

/* Does the bound name, too, lead to the file? As the target sees it, or we. */
static bool name_confirms(const struct wanted *w, const struct unixaddr *name)
{
	struct stat st;
	auto_close int theirs = fsview_lookup(w->view, name->name);
	auto_close int ours = open(name->name, O_PATH | O_CLOEXEC);

	return (theirs >= 0 && fstat(theirs, &st) == 0 &&
		st.st_dev == w->st.st_dev && st.st_ino == w->st.st_ino) ||
	       (name->name[0] == '/' && ours >= 0 && fstat(ours, &st) == 0 &&
		st.st_dev == w->st.st_dev && st.st_ino == w->st.st_ino);
}

static bool is_whole_identity(const struct wanted *w)
{
	return w->st.st_ino <= UINT32_MAX &&
	       w->st.st_dev == makedev(w->dev_major, w->dev_minor);
}

static bool matches(const struct wanted *w, const struct unixdiag_socket *s)
{
	if (w->name)
		return s->name.is_abstract && s->type == w->type &&
		       unixaddr_equal(&s->name, w->name);
	return s->has_file && s->file_ino == (uint32_t)w->st.st_ino &&
	       s->dev_major == w->dev_major && s->dev_minor == w->dev_minor;
}

static bool is_certain(const struct wanted *w, const struct unixdiag_socket *s)
{
	return w->name || is_whole_identity(w) || name_confirms(w, &s->name);
}

/*
 * One list: 1 and *ret when exactly one socket matches, 0 when none does;
 * -EAGAIN when that is not certain, another -errno when there is no list. The
 * name is asked only of the one that matches alone: it would tell apart two
 * that look alike, but whoever made the second can exchange what names lead to.
 */
static int search(const struct wanted *w, uint32_t states,
		  struct unixdiag_socket *ret)
{
	struct unixdiag_socket s;
	struct unixdiag d;
	int n = 0, r = unixdiag_start(&d, states);

	while (!r && (r = unixdiag_next(&d, &s)) == 1) {
		r = 0;
		if (!matches(w, &s))
			continue;
		if (n++)
			r = -ENOTUNIQ;
		*ret = s;
	}
	unixdiag_end(&d);
	if (r < 0)
		return r;
	return n && is_certain(w, ret);
}

/*
 * The lists to read for a type: three in which its listeners are, and a last
 * one in which a socket of another type may hold the file.
 */
#define N_LISTS 4

static const uint32_t stream_lists[N_LISTS] = {
	UNIXDIAG_LISTENING, UNIXDIAG_LISTENING, UNIXDIAG_LISTENING,
	UNIXDIAG_IDLE | UNIXDIAG_CONNECTED
};
static const uint32_t dgram_lists[N_LISTS] = { UNIXDIAG_IDLE, UNIXDIAG_CONNECTED,
					       UNIXDIAG_IDLE | UNIXDIAG_CONNECTED,
					       UNIXDIAG_LISTENING };

/*
 * 1 and *ret: the listener; 0: nobody; -EPROTOTYPE: one of another type;
 * another -errno: that is not to be known.
 */
static int find_socket(const struct wanted *w, struct unixdiag_socket *ret)
{
	bool is_dgram = w->type == SOCK_DGRAM;
	const uint32_t *lists = is_dgram ? dgram_lists : stream_lists;
	int none = 0;

	for (size_t i = 0; i < N_LISTS; i++) {
		int r = search(w, lists[i], ret);

		if (r == -EAGAIN)
			none = r; /* one may have been missed */
		if (r == -EAGAIN || r == 0)
			continue;
		if (r < 0)
			return r;
		if (ret->type != w->type)
			return -EPROTOTYPE;
		return i < N_LISTS - 1;
	}
	return none;
}

static bool is_builtin(const char *name)
{
	for (size_t i = 0; i < sizeof(builtin) / sizeof(builtin[0]); i++)
		if (!strcmp(name, builtin[i]))
			return true;
	for (size_t i = 0; i < N_AGENTS; i++)
		if (agents[i][0] && !strcmp(name, agents[i]))
			return true;
	return false;
}

void peer_describe(const struct unixaddr *name, struct unix_peer *ret)
{
	static_assert(sizeof(ret->name) >= UNIXADDR_TEXT_MAX,
		      "every name fits");
	*ret = (struct unix_peer){ .is_known = true };
	unixaddr_text(name, ret->name);
	ret->is_builtin = is_builtin(ret->name);
	ret->is_ours = strstr(ret->name, "/egress-filter/");
}

static void describe(const struct call *c, const struct unixdiag_socket *s,
		     struct peer_target *ret)
{
	struct unix_peer *p = &ret->peer;

	peer_describe(&s->name, p);
	/* A datagram socket never listens: whose it is is not on record. */
	p->in_tree = s->type != SOCK_DGRAM &&
		     listen_has_socket(c->ctx->listens, s->cookie);
	ret->cookie = s->cookie;
}

/* What was asked for, where nobody has a name of its own. */
static void describe_nobody(const struct wanted *w, struct peer_target *ret)
{
	struct unix_peer *p = &ret->peer;
	char path[40];
	ssize_t n;

	p->is_nobody = true;
	if (w->name) {
		unixaddr_text(w->name, p->name);
		return;
	}
	snprintf(path, sizeof(path), "/proc/self/fd/%d", w->file);
	n = readlink(path, p->name, sizeof(p->name) - 1);
	p->name[n > 0 ? n : 0] = '\0';
}

/* Who is in another network namespace is not on our lists. */
static int identify(const struct call *c, const struct wanted *w,
		    struct peer_target *ret)
{
	struct unixdiag_socket s;
	int r = find_socket(w, &s);

	if (r == 1)
		describe(c, &s, ret);
	else if (r == 0 && !c->is_foreign_netns)
		describe_nobody(w, ret);
	return r == -EPROTOTYPE ? r : 0;
}

static int find_name(const struct call *c, const struct unixaddr *a,
		     struct peer_target *ret)
{
	struct wanted w = { .type = c->type, .name = a, .file = -1 };

	ret->name = *a;
	if (!c->is_foreign_netns)
		return identify(c, &w, ret);
	/* Names there are none of ours; this one is judged as foreign. */
	unixaddr_text(a, ret->peer.name);
	ret->peer.is_known = true;
	return 0;
}

/* May the calling thread write to the file? connect(2) wants that. */
static int check_access(int file)
{
	char path[40];

	if (syscall(SYS_faccessat2, file, "", W_OK,
		    AT_EMPTY_PATH | AT_EACCESS) == 0)
		return 0;
	if (errno != ENOSYS)
		return -errno;
	/* Before Linux 5.8; by the real ids, which are the target's as well. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	return syscall(SYS_faccessat, AT_FDCWD, path, W_OK) < 0 ? -errno : 0;
}

/* The kernel's own order: the walk, the permission, the kind of file. */
static int open_as_caller(const struct call *c, const struct peer_caller *who,
			  const char *path, struct stat *ret_st)
{
	int access = 0, r = creds_enter(c->ctx, &who->creds);
	auto_close int fd = -1;

	if (r < 0)
		return r;
	r = fd = fsview_lookup(&who->view, path);
	if (fd >= 0)
		access = check_access(fd);
	creds_leave(c->ctx, &who->creds);
	if (r < 0)
		return r;
	if (access < 0)
		return access;
	if (fstat(fd, ret_st) < 0 || !S_ISSOCK(ret_st->st_mode))
		return -ECONNREFUSED;
	return STEAL_FD(fd);
}

static int find_file(const struct call *c, const struct peer_caller *who,
		     const char *path, struct peer_target *ret)
{
	struct wanted w = { .view = &who->view, .type = c->type };
	int r = open_as_caller(c, who, path, &w.st);

	if (r < 0)
		return r;
	ret->file = w.file = r;
	if (fsview_device(&who->view, r, &w.dev_major, &w.dev_minor) < 0)
		return 0; /* a mount we cannot name: nobody we know */
	return identify(c, &w, ret);
}

int peer_find(const struct call *c, const struct peer_caller *who,
	      const struct unixaddr *a, struct peer_target *ret)
{
	int r;

	memset(ret, 0, sizeof(*ret));
	ret->type = c->type;
	ret->file = -1;
	r = a->is_abstract ? find_name(c, a, ret)
			   : find_file(c, who, a->name, ret);
	if (r < 0)
		peer_target_done(ret);
	return r;
}

bool peer_is_same(const struct peer_target *t)
{
	struct wanted w = { .type = t->type, .name = &t->name, .file = -1 };
	struct unixdiag_socket s;

	if (t->file >= 0 || !t->cookie)
		return true;
	return find_socket(&w, &s) == 1 && s.cookie == t->cookie;
}

/* The name an agent's socket is bound to; failing that, the path itself. */
static void set_agent(const struct fsview *view, const char *path, char *ret)
{
	struct wanted w = { .view = view, .type = SOCK_STREAM };
	struct unixdiag_socket s;

	if (!path || path[0] != '/' || strlen(path) >= UNIXADDR_TEXT_MAX)
		return;
	strcpy(ret, path);
	w.file = open(path, O_PATH | O_CLOEXEC);
	if (w.file < 0)
		return;
	if (fstat(w.file, &w.st) == 0 &&
	    fsview_device(view, w.file, &w.dev_major, &w.dev_minor) == 0 &&
	    find_socket(&w, &s) == 1)
		unixaddr_text(&s.name, ret);
	close(w.file);
}

void peer_set_agents(const struct peer_agents *a)
{
	struct fsview view;

	memset(agents, 0, sizeof(agents));
	if (fsview_open(getpid(), &view) < 0)
		return;
	set_agent(&view, a->ssh, agents[0]);
	set_agent(&view, a->gpg, agents[1]);
	fsview_close(&view);
}
