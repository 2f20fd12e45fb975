#!/bin/sh
# SPDX-License-Identifier: MIT
# What a replay costs: a million recorded attempts on 500 destinations, as a
# ratio to one scan of the same table by SQLite; and the memory it takes,
# against that for ten thousand.
ef=$builddir/egress-filter
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 1
printf 'version: 1\n' >empty.yaml
printf 'version: 1\ndomains:\n  - pattern: "*.site1.example"\n    ports: [443]\n' >new.yaml

record() { # record FILE ROWS: a session with so many attempts
	"$ef" -q -c empty.yaml --db "$1" true || { echo "# nothing can be enforced here"; exit 0; }
	sqlite3 "$1" "
	INSERT INTO names(id, kind, name)
		WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 499)
		SELECT 1000 + i, 'dns', 'host' || i || '.site' || (i % 50) || '.example' FROM n;
	INSERT INTO addresses(id, address)
		WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 499)
		SELECT 1000 + i, '203.0.' || (i / 250) || '.' || (i % 250) FROM n;
	INSERT INTO attempts(session, seq, at_ms, pid, tid, stage, proto, name, name_source, address, port, qtype,
		syscall, detail, foreign_netns, verdict, action, reason, probe, held_ms, errno, duration_ns)
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $2)
		SELECT 1, 10 + i, 1764000000000 + i, 4000, 4000, 'connect', 'tcp', 1000 + i * 7919 % 500, 'dns',
			1000 + i * 7919 % 500, 443, 0, 42, 0, 0, 'allow', 'allowed', 'rule', 0, 0, 0, 50000 FROM n"
}

seconds() { # seconds COMMAND...: the best of three, in milliseconds
	for _ in 1 2 3; do
		from=$(date +%s%N)
		"$@" >out 2>err
		echo $((($(date +%s%N) - from) / 1000000))
	done | sort -n | head -n 1
}

# KiB of memory at most; by the time(1) of GNU, for want of a better one.
peak() { # peak COMMAND...
	env time -f %M -o peak "$@" >out 2>err
	tail -n 1 peak
}

record big.db 1000000
record small.db 10000
scan=$(seconds sqlite3 big.db "SELECT count(*), sum(port), max(reason), sum(count) FROM attempts")
replay=$(seconds "$ef" replay -c new.yaml --from big.db)
echo "scan of 1000000 rows          $scan ms"
echo "replay of 1000000 rows        $replay ms, $(awk "BEGIN { printf \"%.1f\", $replay / $scan }") times the scan (at most 4)"
env time -f %M -o peak true 2>err || exit 0
big=$(peak "$ef" replay -c new.yaml --from big.db)
small=$(peak "$ef" replay -c new.yaml --from small.db)
echo "memory for 10000, 1000000 rows  $small, $big KiB"
