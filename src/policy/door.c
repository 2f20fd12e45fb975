/* SPDX-License-Identifier: MIT */
/*
 * Known doors: unix listeners that do things for whoever talks to them. One
 * row each; a row that is not here is refused all the same, with no sentence.
 * Patterns are those of glob.h and meet names as bound.
 */
#include "policy/door.h"

#include <stddef.h>

#include "policy/glob.h"

struct row {
	const char *pattern;
	const char *sentence; /* what it would open; NULL: as the row above */
};

static const struct row name_services[] = {
	{ "/{var/,}run/nscd/socket",
	  "nscd looks up any name with its own resolver" },
	{ "/{var/,}run/.nscd_socket", NULL },
	{ "/{var/,}run/unscd/socket", NULL },
	{ "/{var/,}run/systemd/resolve/io.systemd.Resolve*",
	  "systemd-resolved looks up any name with its own resolver" },
	{ "/{var/,}run/avahi-daemon/socket",
	  "avahi asks the local network for any name" },
	{ "/var/lib/sss/pipes/**", "sssd asks its directory servers" },
	{ "/{var/,}run/samba/winbindd/pipe",
	  "winbind asks its domain controllers" },
	{ "/{var/,}run/nslcd/socket", "nslcd asks its directory server" },
};

static const struct row doors[] = {
	/* engines that start containers and machines */
	{ "**/docker.sock",
	  "the container engine starts processes outside the filter" },
	{ "**/docker.raw.sock", NULL },
	{ "**/podman.sock", NULL },
	{ "**/podman/podman*.sock", NULL },
	{ "**/containerd*.sock*", NULL },
	{ "**/containerd/**.sock*", NULL },
	{ "**/crio.sock", NULL },
	{ "/{var/,}run/containerd/s/*", NULL },
	{ "@/containerd-shim/**", NULL },
	{ "@/var/lib/lxc/**", NULL },
	{ "**/cri-dockerd.sock", NULL },
	{ "**/buildkitd.sock",
	  "the image builder runs commands and downloads" },
	{ "**/buildkit*/*.sock", NULL },
	{ "**/kubelet*/**.sock", "the kubelet starts processes for anybody" },
	{ "**/pod-resources/kubelet.sock", NULL },
	{ "/{var/,}run/libvirt/**", "libvirt starts virtual machines" },
	{ "/run/user/*/libvirt/**", NULL },
	{ "**/incus/unix.socket*", "incus starts containers and machines" },
	{ "**/lxd/unix.socket*", "lxd starts containers and machines" },
	{ "**/qmp*.sock*", "the QEMU monitor runs commands ('migrate exec:')" },
	{ "**/qemu*monitor*", NULL },
	{ "**/firecracker*.sock*", "firecracker starts virtual machines" },
	{ "/{var/,}run/snapd*.socket", "snapd installs and runs programs" },
	{ "**/nix/daemon-socket/socket",
	  "the nix daemon builds and downloads" },
	{ "**/guix/daemon-socket/socket",
	  "the guix daemon builds and downloads" },
	{ "/{var/,}run/pcscd/**", "a smart card signs for whoever asks" },

	/* the system's and the session's services */
	{ "/{var/,}run/dbus/system_bus_socket",
	  "the system bus starts services and looks up names" },
	{ "/run/user/*/bus", "the session bus starts programs" },
	{ "/run/user/*/dbus-1/**", NULL },
	{ "/run/user/*/at-spi/**", NULL },
	{ "@/tmp/dbus-*", NULL },
	{ "/tmp/dbus-*", NULL },
	{ "@dbus-*", NULL },
	{ "@**/dbus-*", NULL },
	{ "/{var/,}run/systemd/private",
	  "the service manager starts processes outside the filter" },
	{ "/run/user/*/systemd/private", NULL },
	{ "/run/user/*/systemd/io.system.*", NULL },
	{ "/{var/,}run/systemd/io.system*",
	  "a service of systemd does work outside the filter" },
	{ "/{var/,}run/systemd/**/io.systemd.*", NULL },
	{ "/{var/,}run/systemd/userdb/**", NULL },
	{ "/run/user/*/systemd/**", NULL },
	{ "/{var/,}run/udev/control", "udev runs the programs of its rules" },
	{ "/{var/,}run/acpid.socket", "acpid runs programs on events" },
	{ "/{var/,}run/cups/cups.sock",
	  "the print server fetches and sends documents" },
	{ "/{var/,}run/crond*.sock*", "cron runs commands later" },
	{ "/{var/,}run/supervisor*.sock",
	  "supervisord starts and restarts programs" },
	{ "**/supervisor.sock", NULL },
	{ "/{var/,}run/monit*.sock*", "monit starts programs" },
	{ "/{var/,}run/chrony/chronyd.sock",
	  "chrony talks to any time server" },
	{ "/{var/,}run/NetworkManager/**",
	  "the network manager changes routes and resolvers" },
	{ "/{var/,}run/wpa_supplicant/**", "it joins wireless networks" },
	{ "/{var/,}run/multipathd.socket", "multipathd administers disks" },
	{ "@/org/kernel/linux/storage/multipathd", NULL },
	{ "@ISCSIADM_ABSTRACT_NAMESPACE", "iSCSI connects to any server" },

	/* displays and their programs */
	{ "@/tmp/.X11-unix/X*",
	  "the display server types into other programs" },
	{ "/tmp/.X11-unix/X*", NULL },
	{ "/tmp/.ICE-unix/**", "the session manager starts programs" },
	{ "@/tmp/.ICE-unix/**", NULL },
	{ "/run/user/*/wayland-*",
	  "the compositor shares the clipboard and starts programs" },
	{ "/mnt/wslg/**", "the display server types into other programs" },
	{ "/run/user/*/sway-ipc.*", "the window manager runs commands" },
	{ "/run/user/*/i3/**", NULL },
	{ "/tmp/i3-*/**", NULL },
	{ "**/hypr/**", NULL },
	{ "/run/user/*/niri.*", NULL },
	{ "/run/user/*/gnome-shell/**", NULL },
	{ "/run/user/*/gvfsd/**", "gvfs opens network shares" },
	{ "/run/user/*/keyring/**", "the key ring gives passwords away" },
	{ "/run/user/*/gcr/**", NULL },
	{ "/run/user/*/pulse/native",
	  "the sound server loads modules that connect to other machines" },
	{ "/tmp/pulse-*/native", NULL },
	{ "/run/user/*/pipewire-*", NULL },
	{ "/run/user/*/speech-dispatcher/**", NULL },
	{ "/tmp/.pulse*/**", NULL },

	/* terminals and editors */
	{ "**/tmux-*/*", "the terminal multiplexer runs commands" },
	{ "**/screen/S-*/*", NULL },
	{ "/run/user/*/zellij/**", NULL },
	{ "/tmp/zellij-*/**", NULL },
	{ "**/wezterm/**", "the terminal runs commands" },
	{ "**/kitty*", NULL },
	{ "@*kitty*", NULL },
	{ "**/alacritty*.sock", NULL },
	{ "**/Alacritty*.sock", NULL },
	{ "**/dtach*", NULL },
	{ "**/abduco/**", NULL },
	{ "**/foot*.sock", NULL },
	{ "**/emacs*/server*", "the editor runs code" },
	{ "**/nvim*", NULL },
	{ "**/vscode-*.sock", NULL },
	{ "**/code-*.sock", NULL },
	{ "**/*vscode*ipc*", NULL },
	{ "**/cursor-*.sock", NULL },
	{ "**/kakoune/**", NULL },
	{ "**/zed*.sock", NULL },
	{ "**/jetbrains*", NULL },
	{ "**/SingletonSocket", "the browser opens any address" },

	/* keys, and programs that connect on request */
	{ "**/S.dirmngr", "dirmngr fetches any URL" },
	{ "**/S.gpg-agent*", "the agent signs and decrypts for whoever asks" },
	{ "**/S.scdaemon", NULL },
	{ "**/S.keyboxd", "keyboxd starts other programs of GnuPG" },
	{ "**/ssh-*/agent.*",
	  "an ssh-agent that is not this session's signs for whoever asks" },
	{ "/run/user/*/ssh-agent*", NULL },
	{ "/run/user/*/openssh_agent", NULL },
	{ "**/.ssh/**",
	  "a shared ssh connection runs commands on another machine" },
	{ "/tmp/ssh-*", NULL },
	{ "**/ssh*mux*", NULL },
	{ "/{var/,}run/tailscale/**", "tailscaled connects to any address" },
	{ "**/tailscaled.sock", NULL },
	{ "**/wireguard/*.sock", "it changes the peers of a tunnel" },
	{ "/{var/,}run/openvpn/**", NULL },
	{ "/{var/,}run/charon.*", NULL },
	{ "/tmp/passt_*.socket",
	  "a network for virtual machines sends any frame" },
	{ "**/gvproxy*.sock", NULL },
	{ "**/slirp4netns*.sock", NULL },
	{ "**/vde*/ctl", NULL },
	{ "/{var/,}run/tor/**", "tor connects to any address" },
	{ "**/haproxy*.sock*", "the proxy changes its servers" },
	{ "**/squid*", NULL },
	{ "**/privoxy*", NULL },
	{ "**/cloudflared*", NULL },
	{ "/{var/,}run/spire/**", "it hands out identities" },
	{ "**/vault*.sock", "it hands out secrets" },
	{ "**/1password/**", NULL },
	{ "**/bitwarden*", NULL },

	/* databases and servers that run programs or connect */
	{ "**/.s.PGSQL.*", "the database runs programs (COPY TO PROGRAM)" },
	{ "**/mysqld*.sock", "the database reads files and connects" },
	{ "**/mysqlx.sock", NULL },
	{ "**/mysql.sock", NULL },
	{ "**/mariadb*.sock", NULL },
	{ "**/mongodb-*.sock",
	  "the database connects to other servers for whoever asks" },
	{ "**/redis*.sock", NULL },
	{ "**/valkey*.sock", NULL },
	{ "**/php*fpm*", "the PHP server runs any script" },
	{ "**/php-cgi*", NULL },
	{ "**/fcgiwrap*", "it runs any program as CGI" },
	{ "**/uwsgi*.sock", "the application server runs code" },
	{ "**/control.unit.sock", NULL },
	{ "**/gunicorn*.sock", NULL },
	{ "**/puma*.sock", NULL },
	{ "**/memcached*.sock", "another program reads what is stored there" },
	{ "/{var/,}run/clamav/**", "the scanner runs programs on events" },
	{ "/{var/,}run/exim*/**", "the mail server sends mail" },
	{ "/var/spool/postfix/**", NULL },
	{ "/{var/,}run/dovecot/**", NULL },
	{ "/{var/,}run/rpcbind.sock", "it finds remote services" },

	/* development */
	{ "**/watchman*/**sock*", "watchman runs commands when files change" },
	{ "**/.watchman*", NULL },
	{ "**/.pm2/**", "pm2 starts programs" },
	{ "**/gradle*.sock", "a build server runs code outside the filter" },
	{ "**/bazel*/**", NULL },
	{ "**/sccache*", NULL },
	{ "**/ccache*.sock", NULL },
	{ "**/mutagen/**", NULL },
	{ "**/mux/**.sock", NULL },
	{ "**/lima/**", NULL },
	{ "**/colima/**", NULL },
	{ "**/gitstatus*", NULL },
	{ "**/git-credential*/**", "it gives passwords away" },
	{ "**/credential/socket", NULL },
	{ "**/mpv*", "the player opens any address and runs commands" },

	/* sessions like this one */
	{ "**/egress-filter/**.sock", "it steers another session" },

	/* WSL */
	{ "/{var/,}run/WSL/**", "WSL runs Windows programs" },
	{ "/mnt/wsl/**", NULL },
};

/*
 * Does a row's pattern match? "{var/,}" stands for both ways to write /run,
 * since a name is as its listener wrote it.
 */
static bool row_matches(const char *pattern, const char *listener)
{
	static const char either[] = "/{var/,}run/";
	static const char *const runs[] = { "/run/", "/var/run/" };
	const char *rest = pattern, *p = either;

	while (*p && *rest == *p) {
		rest++;
		p++;
	}
	if (*p)
		return glob_matches(pattern, listener);
	for (size_t i = 0; i < 2; i++) {
		const char *run = runs[i], *at = listener;

		while (*run && *at == *run) {
			at++;
			run++;
		}
		if (!*run && glob_matches(rest, at))
			return true;
	}
	return false;
}

static const char *find(const struct row *rows, size_t n, const char *listener)
{
	const char *sentence = NULL;

	for (size_t i = 0; i < n; i++) {
		if (rows[i].sentence)
			sentence = rows[i].sentence;
		if (row_matches(rows[i].pattern, listener))
			return sentence;
	}
	return NULL;
}

enum door_kind door_find(const char *listener, const char **ret_sentence)
{
	const char *sentence;

	sentence = find(name_services,
			sizeof(name_services) / sizeof(name_services[0]),
			listener);
	if (sentence) {
		*ret_sentence = sentence;
		return DOOR_NAME_SERVICE;
	}
	sentence = find(doors, sizeof(doors) / sizeof(doors[0]), listener);
	if (!sentence)
		return DOOR_NONE;
	*ret_sentence = sentence;
	return DOOR_OPENS;
}
