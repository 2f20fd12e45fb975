# SPDX-License-Identifier: MIT
"""What "why" says of destinations, against what a session does with them.

    why_cases.py listen FOLDER READY    unix listeners outside the session
    why_cases.py list POLICY FOLDER     cases as JSON, the same in every run
    why_cases.py run CASES              the target: tries each, in a process of
                                        its own that is called after it
    why_cases.py compare CASES DB EF POLICY
                                        a line of TAP for each
"""
import json
import os
import random
import select
import socket
import sqlite3
import subprocess
import sys

NAMES = ["exact.example", "a.wild.example", "b.a.wild.example", "wild.example",
         "deep.wild.example", "any.example", "x.any.example", "split.example",
         "box", "box.example", "other.example"]
UNKNOWN = ["nowhere.example", "exact.example.test", "xn--bcher-kva.example", "single",
           "printer.local"]
ADDRESSES = ["203.0.113.7", "203.0.113.15", "203.0.113.16", "203.0.113.65",
             "203.0.113.100", "203.0.113.128", "::ffff:203.0.113.7",
             "::ffff:203.0.113.128", "2001:db8::7", "2001:db8:0:1::7", "127.0.0.1",
             "127.9.9.9", "::1", "0.0.0.0", "::", "169.254.169.254", "10.1.2.3",
             "64:ff9b::203.0.113.7", "64:ff9b::203.0.113.128", "2002:cb00:7107::1"]
PORTS = [22, 80, 443, 3000, 4000, 4100, 4101, 8000, 8010, 8011, 53000]
LISTENERS = ["/a", "/b", "/docker.sock", "/run/dbus/system_bus_socket"]
ABSTRACT = ["@why-a1", "@why-ad", "@why-b"]


def is_ip6(host):
    return ":" in host


def list_cases(policy, folder):
    pick = random.Random(policy)
    # Where all is allowed names are looked up, and one that does not exist
    # leads nowhere.
    names = NAMES if policy == "all" else NAMES + UNKNOWN
    cases = []
    for host in names + ADDRESSES:
        for proto in "tcp", "udp":
            for port in pick.sample(PORTS, 2 if policy == "rules" else 1):
                cases.append({"host": host, "port": port, "proto": proto})
        if host in ADDRESSES and not is_ip6(host):
            cases.append({"host": host, "port": 0, "proto": "icmp"})
    for name in LISTENERS:
        cases.append({"unix": folder + name})
    for name in ABSTRACT:
        cases.append({"unix": name})
    return cases


def address_of(case):
    if "unix" in case:
        return socket.AF_UNIX, case["unix"].replace("@", "\0", 1)
    host = case["host"]
    if host not in ADDRESSES:
        found = socket.getaddrinfo(host, case["port"], socket.AF_INET, socket.SOCK_STREAM)
        host = found[0][4][0]
    family = socket.AF_INET6 if is_ip6(host) else socket.AF_INET
    return family, (host, case["port"])


def attempt(case):
    family, address = address_of(case)
    proto = case.get("proto")
    if proto == "icmp":
        s = socket.socket(family, socket.SOCK_DGRAM, socket.IPPROTO_ICMP)
        s.sendto(b"\x08\0\0\0\0\0\0\1", address)
    elif proto == "udp":
        s = socket.socket(family, socket.SOCK_DGRAM)
        s.sendto(b"x", address)
    else:
        s = socket.socket(family, socket.SOCK_STREAM)
        s.setblocking(False)
        s.connect_ex(address)


def run_cases(path):
    for i, case in enumerate(json.load(open(path))):
        child = os.fork()
        if child == 0:
            try:
                with open("/proc/self/comm", "w") as f:
                    f.write(f"case{i}")
                attempt(case)
            except OSError:
                pass
            os._exit(0)
        os.waitpid(child, 0)


def listen(folder, ready):
    sockets = []
    for name in LISTENERS + ABSTRACT:
        path = "\0" + name[1:] if name[0] == "@" else folder + name
        if name[0] == "/":
            os.makedirs(os.path.dirname(path), exist_ok=True)
        s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        s.bind(path)
        if name[0] == "/":
            os.chmod(path, 0o777)
        s.listen(64)
        sockets.append(s)
    with open(ready, "w") as f:
        f.write("ready\n")
    while True:
        for s in select.select(sockets, [], [])[0]:
            s.accept()[0].close()


def destination(case):
    if "unix" in case:
        return case["unix"]
    host = f"[{case['host']}]" if is_ip6(case["host"]) else case["host"]
    return f"{host}:{case['port']}/{case['proto']}" if case["port"] else f"{host}/{case['proto']}"


ROWS = """SELECT p.comm, t.verdict, t.reason, ifnull(r.line, 0) FROM {} t
          JOIN processes p ON p.id = t.process LEFT JOIN rules r ON r.id = t.rule
          WHERE p.comm LIKE 'case%' {} ORDER BY t.seq"""


def compare(path, db, ef, policy):
    con = sqlite3.connect(f"file:{db}?mode=ro", uri=True)
    # A name that is refused as a name is never connected to.
    seen = {row[0]: row[1:] for row in con.execute(ROWS.format("questions", "AND t.verdict = 'deny'"))}
    for row in con.execute(ROWS.format("attempts", "")):
        seen[row[0]] = row[1:]
    cases = json.load(open(path))
    failed = 0
    for i, case in enumerate(cases):
        asked = destination(case)
        got = subprocess.run([ef, "why", "--json", "-c", policy, asked], capture_output=True, text=True)
        try:
            said = json.loads(got.stdout)
            told = said["verdict"], said["reason"], said["line"]
        except ValueError:
            told = got.stderr
        did = seen.get(f"case{i}")
        fits = told == did and got.returncode == (did[0] == "deny")
        failed += not fits
        print(f"{'' if fits else 'not '}ok {i + 1} - {asked}: {' '.join(map(str, did or ()))}")
        if not fits:
            print(f"# why says {told}, exit {got.returncode}")
    print(f"1..{len(cases)}")
    return failed != 0


def main():
    what, args = sys.argv[1], sys.argv[2:]
    if what == "list":
        json.dump(list_cases(*args), sys.stdout)
        return 0
    return {"listen": listen, "run": run_cases, "compare": compare}[what](*args)


sys.exit(main())
