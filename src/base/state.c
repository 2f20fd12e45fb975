/* SPDX-License-Identifier: MIT */
/* The state folder: where it is, and making it. */
#include "base/state.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *home(void)
{
	const char *dir = getenv("HOME");
	const struct passwd *pw;

	if (dir && dir[0] == '/')
		return dir;
	pw = getpwuid(geteuid());
	return pw && pw->pw_dir && pw->pw_dir[0] == '/' ? pw->pw_dir : NULL;
}

int state_path(char *buf, size_t size, struct ef_err *err)
{
	const char *xdg = getenv("XDG_STATE_HOME");
	const char *dir = NULL;
	int n;

	if (xdg && xdg[0] == '/')
		n = snprintf(buf, size, "%s/egress-filter", xdg);
	else if ((dir = home()))
		n = snprintf(buf, size, "%s/.local/state/egress-filter", dir);
	else
		return err_set(err, ENOENT,
			       "no home directory to keep state in; set "
			       "XDG_STATE_HOME");
	if (n < 0 || (size_t)n >= size)
		return err_set(err, ENAMETOOLONG,
			       "the path of the state folder is too long");
	return 0;
}

int state_make(char *buf, size_t size, struct ef_err *err)
{
	int r = state_path(buf, size, err);

	if (r < 0)
		return r;
	for (char *p = buf + 1;; p++) {
		char c = *p;

		if (c && c != '/')
			continue;
		*p = '\0';
		r = mkdir(buf, 0700) < 0 && errno != EEXIST ? -errno : 0;
		if (r < 0 && access(buf, F_OK) < 0)
			return err_set(err, -r, "state folder %s: %s", buf,
				       strerror(-r));
		*p = c;
		if (!c)
			return 0;
	}
}

int state_sockets_path(char *buf, size_t size, struct ef_err *err)
{
	const char *xdg = getenv("XDG_RUNTIME_DIR");
	int r = 0, n;

	if (xdg && xdg[0] == '/') {
		n = snprintf(buf, size, "%s/egress-filter", xdg);
	} else {
		r = state_path(buf, size, err);
		if (r < 0)
			return r;
		n = (int)strlen(buf);
		n += snprintf(buf + n, size - (size_t)n, "/run");
	}
	if (n < 0 || (size_t)n >= size)
		return err_set(err, ENAMETOOLONG,
			       "the path of the socket folder is too long");
	return 0;
}

int state_sockets_make(char *buf, size_t size, struct ef_err *err)
{
	const char *xdg = getenv("XDG_RUNTIME_DIR");
	int r = xdg && xdg[0] == '/' ? 0 : state_make(buf, size, err);
	struct stat st;

	if (r == 0)
		r = state_sockets_path(buf, size, err);
	if (r < 0)
		return r;
	if ((mkdir(buf, 0700) < 0 && errno != EEXIST) || lstat(buf, &st) < 0)
		return err_set(err, errno, "socket folder %s: %s", buf,
			       strerror(errno));
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() || st.st_mode & 077)
		return err_set(err, EPERM,
			       "socket folder %s: it is not a folder of this "
			       "user alone (mode 0700)",
			       buf);
	return 0;
}
