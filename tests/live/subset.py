# SPDX-License-Identifier: MIT
"""subset.py LOG RECORD...: are the connections that servers saw in the records?

Compares, for each address and port, how many connections LOG has (see web.py)
with how many allowed connect() rows there are; exit 1 when there are more.
"""
import collections
import sqlite3
import sys

QUERY = """SELECT d.address, a.port, count(*) FROM attempts a
JOIN addresses d ON d.id = coalesce(a.resolved, a.address)
WHERE a.action = 'allowed' AND a.stage = 'connect' AND a.proto = 'tcp'
GROUP BY 1, 2"""

served = collections.Counter()
with open(sys.argv[1]) as log:
    for line in log:
        address, port, _ = line.split()
        served[address, int(port)] += 1
rows = collections.Counter()
for path in sys.argv[2:]:
    with sqlite3.connect(path) as db:
        for address, port, n in db.execute(QUERY):
            rows[address, port] += n
bad = False
for where in sorted(served | rows):
    print(f"# {where[0]}:{where[1]} accepted {served[where]}, recorded {rows[where]}")
    bad |= served[where] > rows[where]
sys.exit(bad)
