#!/bin/sh
# SPDX-License-Identifier: MIT
# What a program notices of a session is what SECURITY.md says, and no more:
# the results that differ from those without one, by both users.
. "$srcdir/tests/live/lib.sh"
live_enter diff
policy=$work/policy.yaml
printf 'version: 1\n' >"$policy"
cp "$builddir/tests/live/notice" "$builddir/tests/live/with_walls" "$work"

# The table: result in a session, by name. A dash: not where it fails anyway.
cat >"$work/known" <<'END'
no_new_privs: 1
dumpable then: 1
io_uring: ENOSYS
userfaultfd: EPERM
bpf: EPERM
keyctl: EPERM
add_key: EPERM
request_key: EPERM
raw: EPERM
packet: EPERM
mptcp: EPROTONOSUPPORT
sctp: EPROTONOSUPPORT
udplite: EPROTONOSUPPORT
vsock: EAFNOSUPPORT
bluetooth: EAFNOSUPPORT
alg: EAFNOSUPPORT
xdp: EAFNOSUPPORT
netlink audit: EPROTONOSUPPORT
TCP_FASTOPEN: EOPNOTSUPP
TCP_FASTOPEN_CONNECT: EOPNOTSUPP
SO_ZEROCOPY: EOPNOTSUPP
IP_OPTIONS: EPERM
IPV6_RTHDR: EPERM
TCP_ULP: EPERM
UDP_CORK: EPERM
SO_BINDTODEVICE: EPERM
SO_BINDTOIFINDEX: EPERM
IP_UNICAST_IF: EPERM
SO_PEEK_OFF: EPERM
SO_PEERCRED is the client's: no
connect to ::1: EACCES
TIOCLINUX: EPERM
TUNSETIFF: EPERM
TIOCSTI: EPERM
prlimit of the parent: EPERM
another listener: EBUSY
END

# In a domain of its own that lets nobody connect.
inner='import ctypes, errno, socket, struct
libc = ctypes.CDLL(None, use_errno=True)
fd = libc.syscall(444, struct.pack("=QQ", 0, 2), 16, 0)
libc.prctl(38, 1, 0, 0, 0)
if fd < 0 or libc.syscall(446, fd, 0):
    print("none")
    raise SystemExit
try:
    socket.create_connection(("'$WEB'", 80), 20)
    print("ok")
except OSError as e:
    print(errno.errorcode[e.errno])'
net_up
web $WEB:80

for user in $users; do
	bare=$(run_as $user "$work/notice" 9)
	ef $user -q "$work/notice" 9
	printf '%s\n' "$bare" >"$work/bare"
	printf '%s\n' "$out" >"$work/inside"
	is "$user: what differs" "$(diff "$work/bare" "$work/inside" | sed -n 's/^> //p' |
		grep -vxFf "$work/known")" ''
	is "$user: what is said to differ does, or fails anyway" \
		"$(grep -vxFf "$work/inside" "$work/known")" ''
	ok "$user: and other things do not" [ "$(grep -cxFf "$work/bare" "$work/inside")" -gt 12 ]

	for it in 2 3 7; do
		new_db $user
		run_as $user "$work/with_walls" $it -1 1 "$policy" "$db" \
			unshare -Urm mount -t tmpfs none "$work/home/$user" >/dev/null 2>&1
		rc=$?
		unshare -Urm true 2>/dev/null || { skip 'no user namespaces' && continue; }
		case $it in
		7) is "$user, Landlock $it: mounts in a namespace of one's own" $rc 0 ;;
		*) ok "$user, Landlock $it: mounts are refused" [ $rc != 0 ] ;;
		esac
	done
	if [ "$(run_as $user python3 -c "$inner")" = EACCES ]; then
		printf 'version: 1\nip_ranges:\n  - cidr: %s\n' $WEB >"$work/web.yaml"
		policy=$work/web.yaml
		ef $user -q python3 -c "$inner"
		is "$user: a domain of its own does not keep it from connecting" "$out" ok
		policy=$work/policy.yaml
		ef $user -q python3 -c "$inner"
		is "$user: the policy does" "$out" EACCES
	else
		skip "$user: no domains that know of TCP"
	fi
	# What is around a command.
	ef $user -q sh -c 'echo "$EGRESS_FILTER_SESSION" | grep -c "^[0-9a-f-]*$"; cat /proc/$PPID/comm'
	is "$user: the session's id, and a parent" "$out" "1
egress-filter"
done
finish
