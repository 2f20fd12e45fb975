#!/bin/sh
# SPDX-License-Identifier: MIT
# What people run: each client reaches what the policy allows, is denied
# anything else with EACCES, and is recorded; names that no rule mentions are
# never asked for; servers see nothing that is not in the record.
. "$srcdir/tests/live/lib.sh"
live_enter curl
net_up
bin=$work/bin
here=$srcdir/tests/live
mkdir "$bin"

policy=$work/policy.yaml
cat >"$policy" <<'YAML'
version: 1
domains:
  - pattern: "api.example.test"
    ports: [22, 80]
    reason: "the service under test"
  - pattern: "registry.example.test"
    ports: [80]
    reason: "packages"
YAML
name_server api.example.test=$WEB registry.example.test=$WEB \
	other.example.test=$OTHER
web $WEB:80 $WEB:8443 $OTHER:80

# Forbidden in three ways: a name without a rule, a port that the rule for the
# name does not list, an address without a rule.
forbidden='other.example.test:80:no-rule api.example.test:8443:port
198.51.100.20:80:no-rule'

recorded() { # recorded NAME PATTERN: a row of the last run matches
	like "$1" "$(attempts)" "$2"
}

# try CLIENT COMM PATTERN COMMAND...: COMMAND gets HOST PORT appended and prints
# "ok" when it got through; where it did not, its output matches PATTERN.
try() {
	client="$user: $1" comm=$2 denial=$3
	shift 3
	ef "$user" -q "$@" api.example.test 80
	is "$client: an allowed name" "$out$err" ok
	recorded "... recorded with name, port, process, rule" \
		"^allow\|allowed\|connect\|tcp\|api.example.test\|$WEB\|80\|$comm\|rule\|api.example.test"
	for it in $forbidden; do
		host=${it%%:*} port=${it#*:} reason=${it##*:}
		port=${port%:*}
		ef "$user" -q "$@" "$host" "$port"
		ok "$client: $host:$port fails" [ $rc != 0 ]
		like "... with EACCES" "$out$err" "$denial"
		recorded "... recorded" \
			"^deny\|denied\|connect\|tcp\|.*\|$port\|$comm\|$reason\|"
		case $host in
		*[a-z]) recorded "... by name" "^deny\|denied\|connect\|tcp\|$host\|" ;;
		*) recorded "... by address" "^deny\|denied\|connect\|tcp\|-\|$host\|" ;;
		esac
	done
}

script() { # script NAME: a program from stdin
	cat >"$bin/$1"
	chmod 755 "$bin/$1"
}

script curl-it <<'SH'
#!/bin/sh
curl -sSv "http://$1:$2/" 2>"$HOME/curl.err" && exit
cat "$HOME/curl.err"
exit 1
SH

script python-it <<'SH'
#!/usr/bin/env python3
import sys, urllib.error, urllib.request
try:
    print(urllib.request.urlopen(f"http://{sys.argv[1]}:{sys.argv[2]}/").read().decode().strip())
except urllib.error.URLError as e:
    sys.exit(f"errno {e.reason.errno}")
SH

script node-it <<'SH'
#!/usr/bin/env node
const [, , host, port] = process.argv;
require('http').get({host, port, agent: false}, r => {
	r.setEncoding('utf8').on('data', d => process.stdout.write(d));
}).on('error', e => { console.log(e.code, e.errno); process.exitCode = 1; });
SH

# The resolver that brings its own: c-ares, which checks who answers.
script cares-it <<'SH'
#!/usr/bin/env node
const [, , host, port] = process.argv;
const go = a => require('http').get({host: a, port, agent: false}, r => {
	r.setEncoding('utf8').on('data', d => process.stdout.write(d));
}).on('error', e => { console.log(e.code, e.errno); process.exitCode = 1; });
if (require('net').isIP(host)) go(host);
else require('dns').resolve4(host, (e, a) => {
	if (e) { console.log(e.code); process.exitCode = 1; } else go(a[0]);
});
SH

build_go() {
	cat >"$work/fetch.go" <<'GO'
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
)

func main() {
	r, err := http.Get("http://" + os.Args[1] + ":" + os.Args[2] + "/")
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	io.Copy(os.Stdout, r.Body)
}
GO
	(cd "$work" && HOME=$work GOCACHE=$work/go-cache GOPATH=$work/go \
		GOFLAGS= GO111MODULE=off GOTOOLCHAIN=local CGO_ENABLED=0 \
		go build -o "$bin/go-it" fetch.go) >"$work/log/go" 2>&1
}

build_java() {
	mkdir "$work/java"
	cat >"$work/java/Fetch.java" <<'JAVA'
import java.net.HttpURLConnection;
import java.net.URL;

public class Fetch {
	public static void main(String[] a) throws Exception {
		var c = (HttpURLConnection) new URL("http://" + a[0] + ":" + a[1] + "/").openConnection();
		try {
			c.getInputStream().transferTo(System.out);
			System.out.flush();
		} catch (java.io.IOException e) {
			System.out.println(e);
			System.exit(1);
		}
	}
}
JAVA
	javac -d "$work/java" "$work/java/Fetch.java" >"$work/log/javac" 2>&1
}

build_musl() {
	musl-gcc -static -O1 -o "$bin/musl-it" "$here/fetch.c" \
		>"$work/log/musl" 2>&1
}

# A client to try with the tools at hand, or why not.
simple_clients() {
	try curl curl 'Permission denied' "$bin/curl-it"
	try "Python urllib" 'python3?|python3.*' '^errno 13$' "$bin/python-it"
	if has node; then
		try "Node http" '(node|MainThread)' '^EACCES -13$' "$bin/node-it"
		try "Node dns.resolve4" '(node|MainThread)' '^EACCES -13$' "$bin/cares-it"
	else
		skip "node is not installed"
	fi
	if has go; then
		try "Go without C" go-it 'permission denied$' "$bin/go-it"
	else
		skip "go is not installed"
	fi
	if has javac; then
		try Java 'java' 'Permission denied' java -Xshare:auto \
			-XX:TieredStopAtLevel=1 -cp "$work/java" Fetch
	else
		skip "javac is not installed"
	fi
	if has musl-gcc; then
		try "static musl" musl-it '^errno 13: ' "$bin/musl-it"
	else
		skip "musl-gcc is not installed"
	fi
}

questions() { # questions NAME: of the last run, verdict and reason
	rows "SELECT q.verdict, q.reason, q.proto FROM questions q
		JOIN names n ON n.id = q.name WHERE n.name = '$1'"
}

dig_client() {
	has dig || { skip "dig is not installed" && return; }
	for how in +notcp +tcp; do
		proto=udp
		[ $how = +tcp ] && proto=tcp
		ef "$user" -q dig +short +tries=1 $how api.example.test
		is "$user: dig $how: an allowed name" "$out" $WEB
		like "... recorded" "$(questions api.example.test)" "^allow\|rule\|$proto\$"
		ef "$user" -q dig +short +tries=1 $how other.example.test
		like "$user: dig $how: a name without a rule gets a placeholder" \
			"$out" '^198\.1[89]\.[0-9.]+$'
		like "... recorded" "$(questions other.example.test)" "^deny\|no-rule\|$proto\$"
		ef "$user" -q dig +short +tries=1 $how @$OTHER api.example.test
		is "$user: dig $how: a server of its own choosing is ours" "$out" $WEB
	done
}

make_repository() {
	has git || return
	(
		HOME=$work GIT_CONFIG_NOSYSTEM=1
		export HOME GIT_CONFIG_NOSYSTEM
		git init -q -b main "$work/repository" && cd "$work/repository" &&
			echo content >file && git add file &&
			git -c user.name=x -c user.email=x@example.test commit -qm x &&
			git clone -q --bare . "$work/www/repository.git" &&
			git -C "$work/www/repository.git" update-server-info
	)
}

clone() { # clone URL: sets out to what a clone of it has in its file
	rm -rf "$work/home/$user/clone"
	ef "$user" -q env GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0 \
		GIT_SSH_COMMAND="$work/home/$user/ssh" git clone -q "$1" clone
	out=$(cat "$work/home/$user/clone/file" 2>/dev/null)
}

git_http() {
	has git || { skip "git is not installed" && return; }
	clone http://api.example.test/repository.git
	is "$user: git over http: an allowed name" "$out$err" content
	recorded "... recorded" '^allow\|allowed\|connect\|tcp\|api.example.test\|.*\|80\|git-remote-http\|rule\|'
	clone http://other.example.test/repository.git
	is "$user: git over http: a name without a rule" "$out$rc" 128
	recorded "... recorded" '^deny\|denied\|connect\|tcp\|other.example.test\|.*\|80\|git-remote-http\|no-rule\|'
}

start_sshd() {
	has sshd && has git || return
	mkdir -p /run/sshd 2>/dev/null
	mount -t tmpfs none /run && mkdir -m 755 /run/sshd
	ssh-keygen -q -t ed25519 -N '' -f "$work/host_key"
	ssh-keygen -q -t ed25519 -N '' -f "$work/key"
	cat >"$work/sshd_config" <<CONF
ListenAddress $WEB
ListenAddress $OTHER
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

git_ssh() {
	has sshd && has git || { skip "sshd is not installed" && return; }
	clone "ssh://root@api.example.test$work/repository"
	is "$user: git over ssh: an allowed name" "$out$err" content
	recorded "... recorded" '^allow\|allowed\|connect\|tcp\|api.example.test\|.*\|22\|ssh\|rule\|'
	clone "ssh://root@other.example.test$work/repository"
	like "$user: git over ssh: a name without a rule" "$err" 'Permission denied'
	recorded "... recorded" '^deny\|denied\|connect\|tcp\|other.example.test\|.*\|22\|ssh\|no-rule\|'
}

# package NAME DEPENDENCIES HOST: a package of the static registry, whose
# contents are at HOST
package() {
	mkdir -p "$work/pack/$1/package"
	meta="\"name\": \"$1\", \"version\": \"1.0.0\", \"dependencies\": {$2}"
	echo "{$meta}" >"$work/pack/$1/package/package.json"
	tar -C "$work/pack/$1" -czf "$work/www/$1-1.0.0.tgz" package
	cat >"$work/www/$1" <<JSON
{"name": "$1", "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0":
 {$meta, "dist": {"tarball": "http://$3/$1-1.0.0.tgz"}}}}
JSON
}

npm_install() { # npm_install PACKAGE: into a folder of its own
	rm -rf "$work/home/$user/app"
	mkdir "$work/home/$user/app"
	echo '{"name": "app", "version": "1.0.0"}' >"$work/home/$user/app/package.json"
	[ $user = root ] || chown -R $NOBODY "$work/home/$user/app"
	ef "$user" -q env -u NODE_EXTRA_CA_CERTS npm install \
		--prefix "$work/home/$user/app" --userconfig "$work/npmrc" \
		--globalconfig "$work/npmrc-global" --registry http://registry.example.test/ \
		--fetch-retries 0 --no-audit --no-fund --no-update-notifier "$1"
}

npm_client() {
	has npm || { skip "npm is not installed" && return; }
	npm_install first
	ok "$user: npm install: a package and the one it needs" \
		[ -e "$work/home/$user/app/node_modules/second/package.json" ]
	[ $rc = 0 ] || sed 's/^/# /' "$work/log/out" "$work/log/err"
	recorded "... recorded" '^allow\|allowed\|connect\|tcp\|registry.example.test\|.*\|80\|.*\|rule\|'
	npm_install elsewhere
	like "$user: npm install: a package that lies elsewhere" "$out$err" EACCES
	ok "... is not installed" \
		[ ! -e "$work/home/$user/app/node_modules/elsewhere/package.json" ]
}

ndjson_agrees() {
	out=$(run_as root "$work/egress-filter" log --db "$db" --ndjson 2>&1)
	case $out in
	*"not built"*) skip "log is not built yet" ;;
	*) is "log --ndjson has every attempt" \
		"$(printf '%s\n' "$out" | grep -c '"type":"attempt"')" \
		"$(rows 'SELECT count(*) FROM attempts')" ;;
	esac
}

if has go && ! build_go; then sed 's/^/# /' "$work/log/go"; fi
has javac && build_java
has musl-gcc && build_musl
make_repository
: >"$work/npmrc" >"$work/npmrc-global"
start_sshd
package first '"second": "^1.0.0"' registry.example.test
package second '' registry.example.test
package elsewhere '' other.example.test

for user in $users; do
	simple_clients
	dig_client
	git_http
	git_ssh
	npm_client
done

ok "a name without a rule is never asked for" eval '! was_asked other.example.test'
ok "... one with a rule is" was_asked api.example.test
# shellcheck disable=SC2086
ok "servers accepted nothing that is not recorded as allowed" \
	served_is_recorded "$work"/home/*/record-*.db
ndjson_agrees
finish
