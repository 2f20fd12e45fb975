/* SPDX-License-Identifier: MIT */
/* Programs around a session that somebody could make work for him. */
#include "supervisor/steerable.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "policy/decide.h"

/* A variable, and how the path of the socket is in its value: after what, and
 * up to which character. */
static const struct {
	const char *name, *before;
	char end;
	const char *what;
} list[] = {
	{ "TMUX", "", ',', "the terminal multiplexer" },
	{ "KITTY_LISTEN_ON", "unix:", '\0', "the terminal" },
	{ "WEZTERM_UNIX_SOCKET", "", '\0', "the terminal" },
	{ "ALACRITTY_SOCKET", "", '\0', "the terminal" },
	{ "NVIM", "", '\0', "the editor" },
	{ "VSCODE_IPC_HOOK_CLI", "", '\0', "the editor" },
	{ "SWAYSOCK", "", '\0', "the window manager" },
	{ "I3SOCK", "", '\0', "the window manager" },
	{ "DBUS_SESSION_BUS_ADDRESS", "unix:path=", ',', "the message bus" },
	{ "DOCKER_HOST", "unix://", '\0', "the container engine" },
};

/* A listener of this name, outside of the session, and what is said of it. */
static enum verdict judge(const struct policy *p, const char *path)
{
	struct observation seen = { .stage = STAGE_CONNECT,
				    .proto = PROTO_UNIX_STREAM };

	seen.peer.is_known = true;
	snprintf(seen.peer.name, sizeof(seen.peer.name), "%s", path);
	return policy_decide(p, &seen).verdict;
}

static void tell_one(const struct policy *p, const char *name, const char *what,
		     const char *path)
{
	if (judge(p, path) == VERDICT_ALLOW)
		log_line(LOG_WARN,
			 "the policy lets the command steer %s (%s, %s), and "
			 "by that leave the session",
			 what, name, path);
	else
		log_line(LOG_INFO, "%s (%s, %s) is closed to the command", what,
			 name, path);
}

/* screen(1): STY is the name of its socket in a folder of the user's. */
static void tell_screen(const struct policy *p)
{
	const char *sty = getenv("STY"), *dir = getenv("SCREENDIR"),
		   *user = getenv("USER");
	char path[256];
	int n = -1;

	if (sty && dir)
		n = snprintf(path, sizeof(path), "%s/%s", dir, sty);
	else if (sty && user)
		n = snprintf(path, sizeof(path), "/run/screen/S-%s/%s", user,
			     sty);
	if (n > 0 && (size_t)n < sizeof(path))
		tell_one(p, "STY", "the terminal multiplexer", path);
}

void steerable_tell(const struct policy *p)
{
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		const char *value = getenv(list[i].name);
		size_t skip = strlen(list[i].before);
		char path[256];

		if (!value || strncmp(value, list[i].before, skip) != 0)
			continue;
		snprintf(path, sizeof(path), "%s", value + skip);
		if (list[i].end && strchr(path, list[i].end))
			*strchr(path, list[i].end) = '\0';
		if (*path == '/' || *path == '@')
			tell_one(p, list[i].name, list[i].what, path);
	}
	tell_screen(p);
}
