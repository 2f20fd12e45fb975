/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/state.h"
#include "tap.h"

int main(void)
{
	char top[] = "/tmp/ef-state.XXXXXX";
	char buf[256], want[256], cmd[256];
	struct ef_err err = { 0 };
	struct stat st;

	ok(mkdtemp(top) != NULL);
	setenv("HOME", top, 1);
	setenv("XDG_STATE_HOME", "relative", 1);
	snprintf(want, sizeof(want), "%s/.local/state/egress-filter", top);
	ok(state_path(buf, sizeof(buf), &err) == 0);
	ok_str(buf, want);
	ok(stat(want, &st) < 0);

	ok(state_make(buf, sizeof(buf), &err) == 0);
	ok_str(buf, want);
	ok(stat(want, &st) == 0 && (st.st_mode & 0777) == 0700);
	ok(state_make(buf, sizeof(buf), &err) == 0);

	snprintf(want, sizeof(want), "%s/xdg", top);
	setenv("XDG_STATE_HOME", want, 1);
	strcat(want, "/egress-filter");
	ok(state_make(buf, sizeof(buf), &err) == 0);
	ok_str(buf, want);
	ok(state_path(buf, strlen(want), &err) == -ENAMETOOLONG);

	/* A file in the way. */
	snprintf(want, sizeof(want), "%s/file", top);
	ok(mknod(want, S_IFREG | 0600, 0) == 0);
	setenv("XDG_STATE_HOME", want, 1);
	ok(state_make(buf, sizeof(buf), &err) == -ENOTDIR);
	ok(strstr(err.msg, "/file/egress-filter") != NULL);

	snprintf(cmd, sizeof(cmd), "rm -r '%s'", top);
	ok(system(cmd) == 0);
	return done();
}
