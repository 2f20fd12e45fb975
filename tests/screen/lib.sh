# SPDX-License-Identifier: MIT
# For the screen tests: a record made by hand, and tmux to look at.
. "$srcdir/tests/tap.sh"
ef=$builddir/egress-filter
tui=$builddir/egress-filter-tui
# libtool's wrapper takes longer than the program
[ -x "$builddir/.libs/egress-filter-tui" ] && tui=$builddir/.libs/egress-filter-tui LD_LIBRARY_PATH=$builddir/.libs
export LD_LIBRARY_PATH
[ -x "$tui" ] || { echo "1..0 # SKIP built without the screens"; exit 0; }
tmp=$(mktemp -d)
export TZ=UTC XDG_STATE_HOME="$tmp/state"
unset EGRESS_FILTER_DB NO_COLOR COLORTERM
esc=$(printf '\033')

# A policy as the one of the record, so that rules, lines and misses show.
policy() {
	cat <<-'YAML'
		version: 1
		default_policy: deny
		domains:
		  # source code
		  - pattern: "github.com"
		    ports: [22]
		    reason: clone
		  - pattern: "api.github.com"
		    ports: [443]
		  - pattern: "registry.npm-x.dev"
		    ports: [443]
		    reason: npm registry
		  - pattern: "nodejs.org"
		    ports: [443]
		    reason: node headers
		ip_ranges:
		  - cidr: "127.0.0.0/8"
	YAML
}

# record FILE ID: a session that has ended; its attempts come from attempts().
record() {
	{
		cat "$srcdir/share/schema/audit.sql"
		cat <<-SQL
			PRAGMA application_id = 1164396081;
			PRAGMA user_version = 1;
			BEGIN;
			INSERT INTO sessions VALUES (1, '$2-0000-4000-8000-000000000000', '',
			 CAST('npm' || char(0) || 'install' AS BLOB), '$tmp', 'enforce', '0.1.0', 1795442520000,
			 4821, 1, '', '', '', 1795442712000, 1, 0, 999, 43, 5, 0, 0, 0, 'x', 0);
			INSERT INTO revisions VALUES (1, 1, 0, 'egress-allowlist.yaml', 'abc', 'deny', '$(policy)');
			INSERT INTO rules VALUES (1, 1, 0, 'name', 5, 5, 'github.com', 'clone'),
			 (2, 1, 2, 'name', 10, 5, 'registry.npm-x.dev', 'npm registry'), (3, 1, 3, 'name', 13, 5, 'nodejs.org', 'node headers');
			INSERT INTO names VALUES (1, 'dns', 'registry.npm-x.dev'), (2, 'dns', 'github.com'), (3, 'dns', 'codeload.github.com'),
			 (4, 'dns', 'registry.pkgs-yy.com'), (5, 'dns', 'nodejs.org');
			INSERT INTO addresses VALUES (1, '203.0.113.1'), (2, '203.0.113.2'), (3, '198.51.100.23'), (4, '169.254.169.254'), (5, '198.18.0.7');
			INSERT INTO processes VALUES
			 (1, 1, 0, 4822, 1, 1, 1, 4821, NULL, 1000, 'bash', '/usr/bin/bash', '/home/dev/shop', CAST('bash' AS BLOB), 0),
			 (2, 1, 0, 4990, 1, 1, 1, 4822, 1, 1000, 'node', '/usr/bin/node', '/home/dev/shop/web', CAST('node' || char(0) || 'yarn.js' || char(0) || 'install' AS BLOB), 0),
			 (3, 1, 0, 4991, 1, 1, 1, 4990, 2, 1000, 'git', '/usr/bin/git', '/home/dev/shop', CAST('git' || char(0) || 'fetch' AS BLOB), 0),
			 (4, 1, 0, 4992, 1, 1, 1, 4990, 2, 1000, 'sh', '/usr/bin/sh', '/home/dev/shop', CAST('sh' || char(0) || 'postinstall.sh' AS BLOB), 0);
			$3
			UPDATE sessions SET last_seq = (SELECT ifnull(max(seq), 0) FROM attempts);
			COMMIT;
		SQL
	} | sqlite3 "$1"
}

# attempt SEQ MS PROCESS NAME ADDRESS PORT VERDICT RULE REASON [PLACEHOLDER]: a
# line of SQL; MS after 14:02:00.
attempt() {
	action=allowed
	[ "$7" = deny ] && action=denied
	echo "INSERT INTO attempts (session, seq, at_ms, process, pid, tid, revision, stage, proto, name, name_source, address, port," \
		"placeholder, qtype, syscall, detail, foreign_netns, verdict, action, rule, reason, probe, held_ms, count, errno, duration_ns) VALUES" \
		"(1, $1, 1795442520000 + $2, $3, 4988 + $3, 4988 + $3, 1, 'connect', 'tcp', $4, 'dns', $5, $6, ${10:-NULL}, 0, 42, 0, 0," \
		"'$7', '$action', $8, '$9', 0, 0, 1, $([ "$7" = deny ] && echo 13 || echo 0), 80000);"
}

# The session of the mock-ups, more or less.
basic() {
	{
		attempt 1 1000 2 1 1 443 allow 2 rule
		attempt 2 2000 3 2 2 22 allow 1 rule
		attempt 3 3000 3 3 NULL 443 deny NULL no-rule 5
		attempt 4 4000 2 4 NULL 443 deny NULL no-rule 5
		attempt 5 4100 2 4 NULL 443 deny NULL no-rule 5
		attempt 6 6000 2 NULL 3 8443 deny NULL no-rule
		attempt 7 8000 4 NULL 4 80 deny NULL metadata
		attempt 8 10000 2 5 1 443 allow 3 rule
		i=9
		while [ $i -le 48 ]; do
			attempt $i $((20000 + i * 100)) 2 1 1 443 allow 2 rule
			i=$((i + 1))
		done
	} >"$tmp/basic.sql"
	policy >"$tmp/egress-allowlist.yaml"
	record "$tmp/basic.db" 7f3a0c1e "$(cat "$tmp/basic.sql")"
}

# dump VIEW SIZE [OPTION...]: a screen of the basic record.
dump() {
	v=$1 s=$2
	shift 2
	"$tui" --db "$tmp/basic.db" --dump-screen "$v" --size "$s" "$@"
}

# play SIZE [OPTION...]: keys on standard input, on the basic record.
play() {
	s=$1
	shift
	"$tui" --db "$tmp/basic.db" --keys-from - --size "$s" "$@"
}

# tmux: a server of our own, another one for each start, since the last one may
# still be ending. start W H COMMAND; keys; text; seen PATTERN.
server=0
tm() { tmux -L "ef$$-$server" -f /dev/null "$@" 4>&-; } # 4: follow.sh keeps a pipe there
start() {
	w=$1 h=$2
	shift 2
	tm kill-server 2>/dev/null
	server=$((server + 1))
	tm new-session -d -s ef -x "$w" -y "$h" "env TZ=UTC LC_ALL=C.UTF-8 sh -c '$*; echo EXIT=\$?; exec cat'" \; set -g status off
}
screen() { tm capture-pane -t ef -p; }
keys() { tm send-keys -t ef "$@"; }
text() { tm send-keys -t ef -l "$1"; }

# hidden TEXT: it is not on the screen.
hidden() { ! screen | grep -qF -e "$1"; }

# seen PATTERN: wait for what must appear; the limit is for what never does.
seen() {
	n=0
	while [ $n -lt 600 ]; do
		screen | grep -Eq -e "$1" && return 0
		n=$((n + 1))
		sleep 0.05
	done
	echo "# no /$1/ in:"
	screen | sed 's/^/# /'
	return 1
}
cleanup() {
	command -v tmux >/dev/null && tm kill-server 2>/dev/null
	rm -rf "$tmp"
}
trap cleanup EXIT
