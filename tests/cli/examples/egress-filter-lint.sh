# SPDX-License-Identifier: MIT
# The policies of the examples of egress-filter-lint(1), and two sessions, one
# of them long ago.
ip addr add 203.0.113.7/32 dev lo
cat >p.yaml <<'END'
version: 1

domains:
  - pattern: "*.github.io"
    ports: [443]
  - pattern: "registry.example"
    ports: [443]
  - pattern: "registry.example"
    ports: [443]
ip_ranges:
  - cidr: "203.0.113.0/24"
END
cat >q.yaml <<'END'
version: 1
domains:
  - pattern: "registry.example"
    ports: [443]
  - pattern: "old.example"
    ports: [443]
END
for i in 1 2; do
	egress-filter -q -c q.yaml --db "$i.db" getent hosts registry.example
	mkdir -p "$XDG_STATE_HOME/egress-filter/sessions"
	sqlite3 "$i.db" "UPDATE sessions SET started_ms = started_ms - ($i - 1) * 86400000 * 41"
	cp "$i.db" "$XDG_STATE_HOME/egress-filter/sessions/"
done
