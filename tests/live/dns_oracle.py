# SPDX-License-Identifier: MIT
"""Compare our reading of DNS messages with that of dnspython."""
import ipaddress
import random
import subprocess
import sys

import dns.edns
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rdataclass
import dns.rdatatype
import dns.rrset

ROUNDS = 1500
random.seed(20)  # the same messages each time
bad = []


def damaged(wire):
    """One to three bytes changed, or the end cut off or drawn out."""
    wire = bytearray(wire)
    kind = random.randrange(6)
    if kind == 0:
        return bytes(wire[:random.randrange(1, len(wire))])
    if kind == 1:
        return bytes(wire) + bytes([random.randrange(256)])
    for _ in range(random.randint(1, 3)):
        wire[random.randrange(len(wire))] = random.choice((0, 1, 0xC0, 0x0C, random.randrange(256)))
    return bytes(wire)


def some_name():
    labels = [random.choice(("a", "bb", "x-1", "_s", "A" * random.randint(1, 63))) for _ in range(random.randint(1, 3))]
    return ".".join(labels + ["test"])


def make_query():
    args = {}
    if random.random() < 0.6:
        args = dict(use_edns=0, payload=random.choice((0, 512, 1232, 4096, 65535)), want_dnssec=random.random() < 0.5)
        if random.random() < 0.3:
            args["options"] = [dns.edns.GenericOption(65001, b"x" * random.randrange(30))]
    q = dns.message.make_query(some_name(), random.choice(("A", "AAAA", "TXT", "HTTPS", "ANY")), **args)
    q.id = random.randrange(65536)
    return q


def make_answer(q):
    """Chains, strangers, loops and addresses, in any order."""
    a = dns.message.make_response(q)
    names = [q.question[0].name.to_text()] + [some_name() + "." for _ in range(random.randint(0, 4))]
    records = []
    for i, n in enumerate(names):
        if i + 1 < len(names) and random.random() < 0.9:
            records.append((n, "CNAME", names[random.choice((i + 1, i + 1, i + 1, 0))]))
        else:
            for _ in range(random.randint(0, 3)):
                records.append((n, "A", "192.0.2.%d" % random.randrange(256)))
                records.append((n, "AAAA", "2001:db8::%x" % random.randrange(1, 65536)))
    if random.random() < 0.5:
        random.shuffle(records)
    for n, t, d in records:
        a.answer.append(dns.rrset.from_text(n, random.choice((0, 5, 300, 86400)), "IN", t, d))
    a.additional.append(dns.rrset.from_text(names[-1], 60, "IN", "A", "192.0.2.254"))
    if random.random() < 0.1:
        a.set_rcode(random.choice((2, 3, 5)))
    return a


def addresses(m, qname, qtype):
    """The addresses on the chain of the question, as D9 has it; no DNAME."""
    rrs = [(r.name, r.ttl, r[0]) for r in m.answer if r.rdclass == dns.rdataclass.IN]
    if any(d.rdtype == dns.rdatatype.DNAME for _, _, d in rrs) or m.rcode() or qtype not in (1, 28):
        return None
    at, found, ttl = qname, [], 2**32
    for _ in range(17):
        targets = set()
        for name, t, d in rrs:
            if name != at:
                continue
            if d.rdtype == qtype:
                found.append(d.address)
                ttl = min(ttl, t)
            elif d.rdtype == dns.rdatatype.CNAME:
                targets.add(d.target)
                ttl = min(ttl, t)
        if len(targets) > 1:
            return []
        if not targets:
            return [ttl] + found if found else []
        at = targets.pop()
    return []


def folded(ip):
    ip = ipaddress.ip_address(ip)
    return str(getattr(ip, "ipv4_mapped", None) or ip)


cases, lines = [], []
for _ in range(ROUNDS):
    q = make_query()
    wire = q.to_wire()
    cases.append(("Q", q, wire, True))
    cases.append(("Q", q, damaged(wire), False))
    a = make_answer(q)
    wire = a.to_wire(max_size=65535)
    cases.append(("A", q, wire, True))
    cases.append(("A", q, damaged(wire), False))
for kind, q, wire, _ in cases:
    if kind == "Q":
        lines.append("Q " + wire.hex())
    else:
        lines.append("A %s %d %d %s" % (q.question[0].name.to_text(), q.question[0].rdtype, q.id, wire.hex()))
out = subprocess.run([sys.argv[1]], input="\n".join(lines) + "\n", capture_output=True, text=True, check=True).stdout.splitlines()
if len(out) != len(cases):
    bad.append("only %d lines" % len(out))
taken = 0
for (kind, q, wire, whole), line in zip(cases, out):
    words = line.split()
    if words[0] != "0":
        if whole:
            bad.append("refused %s: %s" % (words[0], wire.hex()))
        continue
    taken += not whole
    try:
        m = dns.message.from_wire(wire, one_rr_per_rrset=True)
    except dns.exception.DNSException as e:
        # In answers it also reads data that we leave alone.
        if kind == "Q" or whole:
            bad.append("taken, but %r: %s" % (e, wire.hex()))
        continue
    if kind == "Q":
        name = m.question[0].name
        want = [m.id, int(m.question[0].rdtype), int(m.edns >= 0), int(bool(m.ednsflags & dns.flags.DO)),
                max(512, m.payload if m.edns >= 0 else 0)]
        got = [int(words[1])] + [int(w) for w in words[3:]]
        # Escapes differ; plain names do not.
        same = "\\" in words[2] or words[2] == name.to_text(omit_final_dot=True).lower()
        if got != want or not same:
            bad.append("got %s, want %s %s: %s" % (line, name, want, wire.hex()))
    elif words[2] == "0":
        want = addresses(m, q.question[0].name, q.question[0].rdtype)
        got = [int(words[3])] + words[4:] if words[4:] else []
        if want is None or (want and want[0] >= 2**31):
            continue
        want = want[:1] + [folded(w) for w in want[1:]]
        if got != want[:65]:
            bad.append("got %s, want %s: %s" % (got, want, wire.hex()))
print("%d messages, %d damaged ones taken" % (len(cases), taken))
for line in bad[:10]:
    print(line[:600])
print("same" if not bad else "%d differ" % len(bad))
