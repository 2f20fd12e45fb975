#!/bin/sh
# SPDX-License-Identifier: MIT
# From learning to enforcing: each of these is run once under "learn", its
# draft is written, and then it runs under that policy as it did: nothing is
# denied, and nothing is left to suggest.
. "$srcdir/tests/live/lib.sh"
live_enter curl
net_up
six=2001:db8::10
ip addr add $six/128 dev lo nodad
here=$srcdir/tests/live
bin=$work/bin
mkdir "$bin"
name_server api.example.com=$WEB two.example.com=$WEB other.example.com=$OTHER \
	registry.example.com=$WEB files.example.com=$OTHER deb.example.com=$OTHER \
	six.example.com=$six udp.example.com=$OTHER plain.wild.example.com=$WEB
web $WEB:80 $WEB:8443 $OTHER:80 $OTHER:9000

# Servers that web.py is not: IPv6, datagrams, a listener outside the session.
cat >"$work/others.py" <<'PY'
import os, socket, sys, threading
six, other, ready = sys.argv[1:4]
def serve(s, answer):
    while True:
        answer(s)
def http(s):
    c, _ = s.accept()
    c.recv(4096)
    c.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nok\n")
    c.close()
def echo(s):
    data, peer = s.recvfrom(4096)
    s.sendto(data, peer)
def line(s):
    c, _ = s.accept()
    c.sendall(b"ok\n")
    c.close()
def start(family, kind, where, answer):
    s = socket.socket(family, kind)
    s.bind(where)
    if kind == socket.SOCK_STREAM:
        s.listen(64)
    if family == socket.AF_UNIX:
        os.chmod(where, 0o777)
    threading.Thread(target=serve, args=(s, answer)).start()
start(socket.AF_INET6, socket.SOCK_STREAM, (six, 80), http)
start(socket.AF_INET, socket.SOCK_DGRAM, (other, 5123), echo)
start(socket.AF_INET, socket.SOCK_DGRAM, (other, 5124), echo)
for path in sys.argv[4:]:
    start(socket.AF_UNIX, socket.SOCK_STREAM, path, line)
open(ready, "w").write("ready\n")
PY
mkdir -m 755 "$work/listeners"
plain=$work/listeners/plain.sock
odd="$work/listeners/o*d[1]?{a}\"'.sock" decoy="$work/listeners/oXXd[1]Y{a}\"'.sock"
background python3 "$work/others.py" $six $OTHER "$work/log/others" "$plain" "$odd" "$decoy"
wait_for [ -s "$work/log/others" ]

state() { # state: of the user whose turn it is
	rows_where="stage NOT IN ('socket', 'syscall') AND action = 'denied'"
	attempts "$rows_where" || echo "the record cannot be read"
}

program() { # program WORD...: the program under test, as $user
	run_as "$user" "$work/egress-filter" "$@" >"$work/log/out" 2>"$work/log/err"
	rc=$?
	out=$(cat "$work/log/out")
	err=$(cat "$work/log/err")
}

case_n=0
# cycle NAME WANT COMMAND...: COMMAND prints WANT, learning and enforced.
cycle() {
	what="$user: $1" want=$2
	shift 2
	case_n=$((case_n + 1))
	policy=$work/home/$user/policy-$case_n.yaml
	new_db "$user"
	learnt=$db
	program learn -q -c "$policy" --db "$learnt" "$@"
	is "$what: runs while it is learned" "$out" "$want"
	[ "$out" = "$want" ] || sed 's/^/# /' "$work/log/err"
	program draft -c "$policy" --db "$learnt" --write --yes
	is "... its draft is written" "$rc" 0
	[ $rc = 0 ] || sed 's/^/# /' "$work/log/err"
	program replay -c "$policy" --db "$learnt"
	is "... a replay has nothing to say" "$rc$out" 0
	new_db "$user"
	program -c "$policy" --db "$db" "$@"
	is "... runs under it" "$out" "$want"
	is "... without a denial" "$(state)" ""
	[ "$out" = "$want" ] && [ -z "$(state)" ] ||
		sed 's/^/# /' "$policy" "$work/log/err"
	program draft -c "$policy" --db "$db"
	is "... and without anything left to suggest" "$rc$out" 0
}

script() { # script NAME: a program from stdin
	cat >"$bin/$1"
	chmod 755 "$bin/$1"
}

script names <<'SH'
#!/bin/sh
curl -sS http://api.example.com/ http://two.example.com/ http://other.example.com:9000/ http://api.example.com:8443/
SH

script raw <<'PY'
#!/usr/bin/env python3
import socket
s = socket.create_connection(("198.51.100.20", 9000))
s.sendall(b"GET / HTTP/1.0\r\n\r\n")
print(s.makefile().read().split()[-1])
PY

script six <<'PY'
#!/usr/bin/env python3
import socket, urllib.request
print(urllib.request.urlopen("http://six.example.com/").read().decode().strip())
print(urllib.request.urlopen("http://[2001:db8::10]/").read().decode().strip())
PY

script datagrams <<'PY'
#!/usr/bin/env python3
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(60)
for _ in range(3):
    s.sendto(b"one", ("udp.example.com", 5123))
    print(s.recv(99).decode())
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(60)
s.connect(("udp.example.com", 5124))
s.send(b"two")
print(s.recv(99).decode())
PY

script listener <<'PY'
#!/usr/bin/env python3
import socket, sys
for path in sys.argv[1:]:
    s = socket.socket(socket.AF_UNIX)
    s.connect(path)
    print(s.recv(99).decode().strip())
PY

# Services of its own on loopback, another port each time, and one of before.
script machine <<'PY'
#!/usr/bin/env python3
import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen()
socket.create_connection(s.getsockname())
print("ok")
PY

build_go() {
	cat >"$work/fetch.go" <<'GO'
package main

import (
	"io"
	"net/http"
	"os"
	"sync"
)

func main() {
	var all sync.WaitGroup
	for _, u := range os.Args[1:] {
		all.Add(1)
		go func() {
			defer all.Done()
			if r, err := http.Get(u); err == nil {
				io.Copy(os.Stdout, r.Body)
			} else {
				println(err.Error())
			}
		}()
	}
	all.Wait()
}
GO
	(cd "$work" && HOME=$work GOCACHE=$work/go-cache GOPATH=$work/go \
		GOFLAGS= GO111MODULE=off GOTOOLCHAIN=local CGO_ENABLED=0 \
		go build -o "$bin/go-it" fetch.go) >"$work/log/go" 2>&1 || sed 's/^/# /' "$work/log/go"
}

build_java() {
	mkdir "$work/java"
	cat >"$work/java/Fetch.java" <<'JAVA'
import java.net.URL;

public class Fetch {
	public static void main(String[] a) throws Exception {
		for (String u : a)
			new URL(u).openStream().transferTo(System.out);
		System.out.flush();
	}
}
JAVA
	javac -d "$work/java" "$work/java/Fetch.java" >"$work/log/javac" 2>&1 || sed 's/^/# /' "$work/log/javac"
}

make_repository() {
	has git || return
	(
		HOME=$work GIT_CONFIG_NOSYSTEM=1
		export HOME GIT_CONFIG_NOSYSTEM
		git init -q -b main "$work/repository" && cd "$work/repository" &&
			echo content >file && git add file &&
			git -c user.name=x -c user.email=x@example.com commit -qm x &&
			git clone -q --bare . "$work/www/repository.git" &&
			git -C "$work/www/repository.git" update-server-info
	)
}

start_sshd() {
	has sshd && has git || return
	mkdir -p /run/sshd 2>/dev/null
	mount -t tmpfs none /run && mkdir -m 755 /run/sshd
	ssh-keygen -q -t ed25519 -N '' -f "$work/host_key"
	ssh-keygen -q -t ed25519 -N '' -f "$work/key"
	cat >"$work/sshd_config" <<CONF
ListenAddress $WEB
HostKey $work/host_key
AuthorizedKeysFile $work/key.pub
PidFile none
StrictModes no
UsePAM no
PermitRootLogin yes
AcceptEnv *
CONF
	background "$(command -v sshd)" -D -e -f "$work/sshd_config" 2>"$work/log/sshd"
	wait_for python3 "$here/try.py" connect $WEB 22 >/dev/null
	for user in $users; do
		cp "$work/key" "$work/home/$user/key"
		chmod 600 "$work/home/$user/key"
		[ $user = root ] || chown $NOBODY "$work/home/$user/key"
		cat >"$work/home/$user/ssh" <<SH
#!/bin/sh
exec ssh -F none -i "$work/home/$user/key" -o IdentitiesOnly=yes \\
	-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \\
	-o LogLevel=ERROR "\$@"
SH
		chmod 755 "$work/home/$user/ssh"
	done
}

script clone <<'SH'
#!/bin/sh
rm -rf "$HOME/clone"
GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0 GIT_SSH_COMMAND="$HOME/ssh" \
	git clone -q "$1" "$HOME/clone" && cat "$HOME/clone/file"
SH

# package NAME DEPENDENCIES: of a static npm registry; its contents lie at
# another host.
package() {
	mkdir -p "$work/pack/$1/package"
	meta="\"name\": \"$1\", \"version\": \"1.0.0\", \"dependencies\": {$2}"
	echo "{$meta}" >"$work/pack/$1/package/package.json"
	tar -C "$work/pack/$1" -czf "$work/www/$1-1.0.0.tgz" package
	cat >"$work/www/$1" <<JSON
{"name": "$1", "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0":
 {$meta, "dist": {"tarball": "http://files.example.com/$1-1.0.0.tgz"}}}}
JSON
}

script npm-it <<'SH'
#!/bin/sh
rm -rf "$HOME/app"
mkdir "$HOME/app" && cd "$HOME/app" || exit
echo '{"name": "app", "version": "1.0.0"}' >package.json
env -u NODE_EXTRA_CA_CERTS npm install --userconfig /dev/null --globalconfig "$HOME/none" \
	--replace-registry-host=never --registry http://registry.example.com/ --fetch-retries 0 --no-audit --no-fund \
	--no-update-notifier first >"$HOME/npm.log" 2>&1 || cat "$HOME/npm.log"
ls node_modules
SH

# A wheel of an index as of PEP 503; its contents lie at another host.
wheel() { # wheel NAME REQUIRES
	mkdir -p "$work/www/simple/$1"
	python3 - "$work/www" "$1" "$2" <<'PY'
import sys, zipfile
www, name, requires = sys.argv[1:]
file = f"{name}-1.0-py3-none-any.whl"
info = f"{name}-1.0.dist-info/"
meta = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
if requires:
    meta += f"Requires-Dist: {requires}\n"
with zipfile.ZipFile(f"{www}/{file}", "w") as z:
    z.writestr(f"{name}.py", "")
    z.writestr(info + "METADATA", meta)
    z.writestr(info + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
    z.writestr(info + "RECORD", f"{name}.py,,\n{info}METADATA,,\n{info}WHEEL,,\n{info}RECORD,,\n")
open(f"{www}/simple/{name}/index.html", "w").write(
    f'<!DOCTYPE html><html><body><a href="http://files.example.com/{file}">{file}</a></body></html>\n')
PY
}

script pip-it <<'SH'
#!/bin/sh
rm -rf "$HOME/site"
env -u PIP_INDEX_URL -u PIP_CONFIG_FILE PIP_CONFIG_FILE=/dev/null python3 -m pip install -q --no-cache-dir \
	--disable-pip-version-check --no-warn-script-location --root-user-action ignore --retries 0 \
	--index-url http://registry.example.com/simple/ --trusted-host registry.example.com \
	--trusted-host files.example.com --target "$HOME/site" first >"$HOME/pip.log" 2>&1 || cat "$HOME/pip.log"
(cd "$HOME/site" && ls *.py)
SH

make_mirror() {
	has apt-get || return
	mkdir "$work/www/debian"
	printf 'Package: nothing\nVersion: 1\nArchitecture: all\nFilename: ./nothing.deb\nSize: 1\n' >"$work/www/debian/Packages"
	(
		cd "$work/www/debian" || exit
		echo 'Date: Thu, 01 Jan 2026 00:00:00 UTC'
		echo 'SHA256:'
		echo " $(sha256sum Packages | cut -d' ' -f1) $(wc -c <Packages) Packages"
	) >"$work/Release"
	mv "$work/Release" "$work/www/debian/"
}

script apt-it <<'SH'
#!/bin/sh
rm -rf "$HOME/apt"
mkdir -p "$HOME/apt/state/lists/partial" "$HOME/apt/cache/archives/partial" "$HOME/apt/etc"
echo 'deb [trusted=yes] http://deb.example.com/debian/ ./' >"$HOME/apt/etc/sources.list"
: >"$HOME/apt/status"
env -u http_proxy -u APT_CONFIG apt-get -q -o Dir::State="$HOME/apt/state" -o Dir::Cache="$HOME/apt/cache" \
	-o Dir::State::status="$HOME/apt/status" -o Dir::Etc="$HOME/apt/etc" \
	-o Dir::Etc::sourcelist="$HOME/apt/etc/sources.list" -o Dir::Etc::sourceparts=/dev/null \
	-o Dir::Log="$HOME/apt" -o APT::Sandbox::User= -o Acquire::Languages=none -o Acquire::Retries=0 -o Acquire::GzipIndexes=false \
	-o Acquire::http::Proxy=false update >"$HOME/apt.log" 2>&1 || cat "$HOME/apt.log"
cat "$HOME/apt/state/lists/"*Packages | head -n 1
SH

has go && build_go
has javac && build_java
make_repository
start_sshd
package first '"second": "^1.0.0"'
package second ''
wheel first second
wheel second ''
make_mirror

for user in $users; do
	cycle "curl, names" 'ok
ok
ok
ok' "$bin/names"
	cycle "a raw address" ok "$bin/raw"
	cycle "IPv6" 'ok
ok' "$bin/six"
	cycle "datagrams" 'one
one
one
two' "$bin/datagrams"
	cycle "a listener outside" ok "$bin/listener" "$plain"
	cycle "loopback" ok "$bin/machine"
	if has go; then
		cycle "Go, two names of one address at a time" 'ok
ok
ok' "$bin/go-it" http://api.example.com/ http://two.example.com/ http://other.example.com/
	else
		skip "go is not installed"
	fi
	if has javac; then
		cycle Java 'ok
ok' java -Xshare:auto -XX:TieredStopAtLevel=1 -cp "$work/java" Fetch http://api.example.com/ http://two.example.com/
	else
		skip "javac is not installed"
	fi
	if has git; then
		cycle "git over http" content "$bin/clone" http://api.example.com/repository.git
	else
		skip "git is not installed"
	fi
	if has git && has sshd; then
		cycle "git over ssh" content "$bin/clone" "ssh://root@api.example.com$work/repository"
	else
		skip "sshd is not installed"
	fi
	if has npm; then
		cycle "npm install" 'first
second' "$bin/npm-it"
	else
		skip "npm is not installed"
	fi
	if run_as $user python3 -m pip --version >/dev/null 2>&1; then
		cycle "pip install" 'first.py
second.py' "$bin/pip-it"
	else
		skip "pip is not installed"
	fi
	if has apt-get; then
		cycle "apt-get update" 'Package: nothing' "$bin/apt-it"
	else
		skip "apt-get is not installed"
	fi
done

# What a target chooses is never a pattern, a line, a command.
script hostile <<'PY'
#!/usr/bin/env python3
import os, socket, struct, subprocess, sys
def ask(labels):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.settimeout(60)
    name = b"".join(bytes([len(l)]) + l for l in labels) + b"\0"
    s.sendto(struct.pack(">6H", 7, 256, 1, 0, 0, 0) + name + struct.pack(">2H", 1, 1), ("198.51.100.53", 53))
    data = s.recv(4096)
    at = data.find(b"\xc0\x0c\x00\x01")
    return socket.inet_ntoa(data[at + 12:at + 16]) if at > 0 else None
def connect(address):
    if address:
        try:
            socket.create_connection((address, 80)).close()
        except OSError:
            pass
for labels in ([b"*", b"wild", b"example", b"com"], [b"a.b\n", b"wild", b"example", b"com"],
               [b'x"\n  - pattern: "y', b"wild", b"example", b"com"], [b"plain", b"wild", b"example", b"com"]):
    connect(ask(labels))
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
evil = os.environ["HOME"] + "/e\n  - pattern: evil.example.com\n#"
os.path.exists(evil) or os.symlink(sys.executable, evil)
subprocess.run([evil, "-c", "import socket; socket.create_connection(('198.51.100.20', 80))",
                "\x1b[2J", "token=hunter2", "x" * 65536])
PY
user=root
case_n=$((case_n + 1))
policy=$work/home/$user/policy-$case_n.yaml
new_db $user
learnt=$db
program learn -q -c "$policy" --db "$learnt" "$bin/hostile" "$odd"
program draft -c "$policy" --db "$learnt" --write --yes
is "hostile: the draft is written" "$rc" 0
is "... what is said is plain text" "$(tr -d '\n\t -~' <"$work/log/err" | wc -c)" 0
like "... odd names are counted" "$err" 'left out:.*3 of names that no pattern can stand for'
is "... the policy is plain text" "$(tr -d '\n -~' <"$policy" | wc -c)" 0
ok "... it loads" "$work/egress-filter" lint "$policy"
is "... with the one name" "$(grep -c '^ *- *pattern:' "$policy")$(grep -c '^  - pattern: "plain.wild.example.com"$' "$policy")" 11
is "... the one address" "$(grep -c '^ *- *cidr:' "$policy")$(grep -c '^  - cidr: "198.51.100.20/32"$' "$policy")" 11
is "... and no argument of anybody" "$(grep -c -e hunter2 -e xxxx "$policy")" 0
new_db $user
program -c "$policy" --db "$db" "$bin/hostile" "$odd"
is "... the listener is allowed" "$(rows "SELECT count(*) FROM attempts WHERE proto = 'unix' AND reason = 'unix-rule'")" 1
program -q -c "$policy" --db "$db" "$bin/listener" "$decoy"
like "... its pattern is no pattern" "$err" 'Permission denied'
finish
