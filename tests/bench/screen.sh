#!/bin/sh
# SPDX-License-Identifier: MIT
# The screens on a record of 10,000 rows and on one of 1,000,000: the first
# picture has to take the same time.
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
make -s -C "$builddir" tests/tools/sqlite3 || exit 1

record() { # record N FILE
	{
		cat "$srcdir/share/schema/audit.sql"
		cat <<-SQL
			PRAGMA application_id = 1164396081;
			PRAGMA user_version = 1;
			BEGIN;
			INSERT INTO sessions VALUES (1, '7f3a0c1e-0000-4000-8000-000000000000', '', CAST('make' AS BLOB), '/', 'enforce', '0.1.0',
			 1795442520000, 4821, 1, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0);
			INSERT INTO revisions VALUES (1, 1, 0, 'p.yaml', 'abc', 'deny', 'version: 1');
			INSERT INTO addresses VALUES (1, '203.0.113.1');
			WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
			 INSERT INTO names SELECT i, 'dns', 'host' || i || '.example.com' FROM n;
			WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
			 INSERT INTO processes SELECT i, 1, 0, 5000 + i, 1, 1, 1, 1, NULL, 1000, 'p' || i % 20, '/usr/bin/p' || i % 20, '/', CAST('p' AS BLOB), 0 FROM n;
			WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
			 INSERT INTO attempts (session, seq, at_ms, process, pid, tid, revision, stage, proto, name, name_source, address, port,
			  qtype, syscall, detail, foreign_netns, verdict, action, rule, reason, probe, held_ms, count, errno, duration_ns)
			 SELECT 1, i, 1795442520000 + i, 1 + i * 7 % 2000, 5000, 5000, 1, 'connect', 'tcp', 1 + i * 13 % 500, 'dns', 1, 443, 0, 42, 0, 0,
			  CASE WHEN i % 97 THEN 'allow' ELSE 'deny' END, CASE WHEN i % 97 THEN 'allowed' ELSE 'denied' END, NULL, 'no-rule', 0, 0, 1, 0, 80000 FROM n;
			COMMIT;
		SQL
	} | "$builddir/tests/tools/sqlite3" "$2"
}
record 10000 "$tmp/small.db"
record 1000000 "$tmp/large.db"
# once to have both in memory
"$builddir/tests/bench/screen" "$tmp/small.db" "$tmp/large.db" >/dev/null
for db in small large small large; do "$builddir/tests/bench/screen" "$tmp/$db.db"; done
