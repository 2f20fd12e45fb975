/* SPDX-License-Identifier: MIT */
/* Known doors are found by the name they are bound to; others are not. */
#include "policy/door.h"

#include "policy_help.h"
#include "policy/glob.h"
#include "tap.h"

static const char *const doors[] = {
	"/run/docker.sock",
	"/var/run/docker.sock",
	"/home/u/.docker/run/docker.sock",
	"/run/user/1000/podman/podman.sock",
	"/run/containerd/containerd.sock",
	"/run/containerd/containerd.sock.ttrpc",
	"/run/crio/crio.sock",
	"/run/buildkit/buildkitd.sock",
	"/run/dbus/system_bus_socket",
	"/run/user/1000/bus",
	"@/tmp/dbus-Wz3f",
	"/run/systemd/private",
	"/run/user/0/systemd/private",
	"/run/systemd/io.system.ManagedOOM",
	"@/tmp/.X11-unix/X0",
	"/tmp/.X11-unix/X1",
	"/run/user/1000/wayland-0",
	"/run/user/1000/sway-ipc.1000.99.sock",
	"/run/user/1000/i3/ipc-socket.1",
	"/run/user/1000/hypr/x/.socket.sock",
	"/tmp/tmux-1000/default",
	"/run/screen/S-u/1.pts-0",
	"/run/user/1000/zellij/0.40/x",
	"/run/user/1000/wezterm/gui-sock-1",
	"@mykitty-1",
	"/run/user/1000/emacs/server",
	"/tmp/emacs1000/server",
	"/run/user/1000/nvim.1.0",
	"/run/user/1000/vscode-ipc-1.sock",
	"/home/u/.ssh/cm-git@host:22",
	"/home/u/.gnupg/S.dirmngr",
	"/run/user/1000/gnupg/S.gpg-agent.extra",
	"/run/user/1000/gnupg/S.gpg-agent.ssh",
	"/tmp/ssh-XXab/agent.1",
	"/run/libvirt/libvirt-sock",
	"/var/run/libvirt/virtqemud-sock",
	"/var/lib/incus/unix.socket",
	"/var/snap/lxd/common/lxd/unix.socket",
	"/run/snapd.socket",
	"/run/snapd-snap.socket",
	"/run/cups/cups.sock",
	"/run/user/1000/pulse/native",
	"/run/user/1000/pipewire-0",
	"/var/run/postgresql/.s.PGSQL.5432",
	"/tmp/.s.PGSQL.5432",
	"/run/mysqld/mysqld.sock",
	"/run/redis/redis-server.sock",
	"/run/php/php8.2-fpm.sock",
	"/home/u/.local/state/watchman/u-state/sock",
	"/home/u/.pm2/rpc.sock",
	"/run/tailscale/tailscaled.sock",
	"/run/WSL/8_interop",
	"/run/containerd/s/0a1b",
	"@/containerd-shim/0a1b.sock",
	"@/var/lib/lxc/box/command",
	"@/home/u/.cache/ibus/dbus-Wz3f",
	"/run/user/1000/speech-dispatcher/speechd.sock",
	"/run/user/1000/gcr/ssh",
	"/tmp/passt_1.socket",
	"/tmp/podman/gvproxy.sock",
	"/tmp/vde0/ctl",
	"/run/user/1000/egress-filter/0a1b2c3d.sock",
	"/mnt/wsl/x.sock",
};

static const char *const services[] = {
	"/run/nscd/socket",
	"/var/run/nscd/socket",
	"/run/.nscd_socket",
	"/run/systemd/resolve/io.systemd.Resolve",
	"/run/systemd/resolve/io.systemd.Resolve.Monitor",
	"/run/avahi-daemon/socket",
};

static const char *const others[] = {
	"",
	"/tmp/x.sock",
	"/home/u/work/app.sock",
	"@x",
	"/tmp/pytest-of-u/pytest-0/socket",
	"/tmp/node-ipc/pipe",
	"/tmp/docker.sock.bak",
	"/tmp/.org.chromium.x/y",
	"/dev/log",
	"/run/systemd/journal/socket",
	"/run/systemd/notify",
};

static void test_table(void)
{
	const char *sentence;

	for (size_t i = 0; i < sizeof(doors) / sizeof(doors[0]); i++) {
		sentence = NULL;
		ok(door_find(doors[i], &sentence) == DOOR_OPENS && sentence);
		if (!sentence)
			printf("# %s\n", doors[i]);
	}
	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++)
		ok(door_find(services[i], &sentence) == DOOR_NAME_SERVICE);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		ok(door_find(others[i], &sentence) == DOOR_NONE);
		if (door_find(others[i], &sentence) != DOOR_NONE)
			printf("# %s\n", others[i]);
	}
}

/* The slow and plain way to match, as a check. */
static bool slow(const char *p, const char *t)
{
	if (!*p)
		return !*t;
	if (p[0] == '*') {
		bool is_path = p[1] == '*';

		while (*p == '*')
			p++;
		for (;; t++) {
			if (slow(p, t))
				return true;
			if (!*t || (*t == '/' && !is_path))
				return false;
		}
	}
	if (p[0] == '?')
		return *t && *t != '/' && slow(p + 1, t + 1);
	if (p[0] == '\\' && p[1] && strchr("*?\\", p[1]))
		p++;
	return *p == *t && slow(p + 1, t + 1);
}

static void random_text(uint32_t *seed, const char *letters, char *buf)
{
	unsigned int n = next_random(seed) % 10;

	for (unsigned int i = 0; i < n; i++)
		buf[i] = letters[next_random(seed) % strlen(letters)];
	buf[n] = '\0';
}

static void test_glob(void)
{
	uint32_t seed = 12345;
	unsigned int wrong = 0, hits = 0;

	for (int i = 0; i < 300000; i++) {
		char pattern[16], text[16];

		random_text(&seed, "ab/***?", pattern);
		random_text(&seed, "aab/", text);
		hits += slow(pattern, text);
		wrong += slow(pattern, text) != glob_matches(pattern, text);
	}
	ok(hits > 1000);
	ok(wrong == 0);
	ok(glob_matches("/a\\*", "/a*") && !glob_matches("/a\\*", "/ab"));
	ok(glob_matches("/a\\x01", "/a\\x01"));
	ok(glob_matches("/a[b]", "/a[b]") && !glob_matches("/a[b]", "/ab"));
	ok(glob_matches("/a\\", "/a\\"));
	ok(glob_is_pattern("/a*") && glob_is_pattern("?"));
	ok(!glob_is_pattern("/a\\*\\?") && !glob_is_pattern("/a[b]"));
}

int main(void)
{
	test_table();
	test_glob();
	return done();
}
