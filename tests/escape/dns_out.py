# SPDX-License-Identifier: MIT
"""Carrying data out in questions to a resolver; what it saw, looked through.

    dns_out.py send SERVER      every way of putting SECRET into a question for
                                a name that is allowed, by every kind of socket
    dns_out.py cork SERVER      the same behind a question that is held back
    dns_out.py many SERVER N    N questions for names that differ
    dns_out.py slowly SERVER N  N names with many addresses, within the budget
    dns_out.py ports SERVER     datagrams to whoever waits for an answer of it
    dns_out.py secrets LOG      how many messages have SECRET in them
    dns_out.py check LOG        each message that says more than its question
    dns_out.py spread LOG       of "many": different ids and ports, and how many
                                ids are the one before plus one
"""
import errno
import re
import socket
import struct
import sys
import time

SECRET = b"secretbytes"
CORK = 1
NAME = b"allowed.example.test"
SPELT = b"AlLoWeD.ExAmPlE.TeSt"


def labels(*parts):
    return b"".join(bytes([len(p)]) + p for p in parts) + b"\0"


def wire(name):
    return labels(*name.split(b"."))


def head(flags=0x0100, questions=1, answers=0, authority=0, additional=0):
    return struct.pack("!6H", 4711, flags, questions, answers, authority, additional)


def question(name=wire(NAME), kind=1, cls=1):
    return name + struct.pack("!HH", kind, cls)


def record(name, kind, cls, data):
    return name + struct.pack("!HHIH", kind, cls, 0, len(data)) + data


def option(code, data):
    return record(b"\0", 41, 4096, struct.pack("!HH", code, len(data)) + data)


TEXT = record(b"\0", 16, 1, bytes([len(SECRET)]) + SECRET)
MESSAGES = {
    "a second question": head(questions=2)
    + question()
    + question(wire(SECRET + b".other.test")),
    "a name no rule has": head() + question(wire(SECRET + b".other.test")),
    "a dot in a label": head() + question(labels(SECRET + b".many", b"example", b"test")),
    "a dot in the last label": head() + question(labels(SECRET, b"many.example.test")),
    "a zero in a label": head() + question(labels(b"allowed\0" + SECRET, b"many", b"example", b"test")),
    "an option": head(additional=1) + question() + option(65001, SECRET),
    "a cookie": head(additional=1) + question() + option(10, SECRET[:8]),
    "a client subnet": head(additional=1) + question() + option(8, b"\0\1\x20\0" + SECRET[:4]),
    "padding": head(additional=1) + question() + option(12, SECRET),
    "bytes behind": head() + question() + SECRET,
    "a record behind": head(additional=1) + question() + TEXT,
    "an answer": head(answers=1) + question() + TEXT,
    "authority": head(authority=1) + question() + TEXT,
    "a reply": head(flags=0x8180, answers=1) + question() + TEXT,
    "a pointer": head() + b"\xc0\x12\0\1\0\1" + wire(SECRET + b".example.test"),
    "no DNS": SECRET * 3,
    "an update": head(flags=0x2800) + question(kind=6) + TEXT,
    "a notification": head(flags=0x2000, answers=1) + question() + TEXT,
    "another class": head() + question(wire(SECRET + b".other.test"), cls=3),
    "another spelling": head() + question(wire(SPELT)),
    "flags": head(flags=0x0140) + question(),
}


def datagram(server, message, way):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.settimeout(0.3)
    if way == "connected":
        s.connect((server, 53))
        s.send(message)
    elif way == "sendto":
        s.sendto(message, (server, 53))
    else:
        half = len(message) // 2
        s.sendmsg([message[:half], message[half:]], [], 0, (server, 53))
    s.recv(4096)


def stream(server, message):
    s = socket.create_connection((server, 53), 5)
    s.settimeout(0.3)
    s.sendall(struct.pack("!H", len(message)) + message)
    s.recv(4096)


def send(server):
    for message in MESSAGES.values():
        for way in ("connected", "sendto", "sendmsg", "stream"):
            try:
                if way == "stream":
                    stream(server, message)
                else:
                    datagram(server, message, way)
            except OSError:
                pass  # no answer, refused: what arrives counts


def cork(server):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        s.setsockopt(socket.IPPROTO_UDP, CORK, 1)
    except OSError as e:
        print(errno.errorcode[e.errno])
    s.sendto(head() + question(), (server, 53))
    try:
        s.send(SECRET)
        s.setsockopt(socket.IPPROTO_UDP, CORK, 0)
    except OSError:
        pass
    # What is held back by a flag goes with the next one.
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        s.sendto(head() + question(), 0x8000, (server, 53))  # MSG_MORE
        s.send(SECRET)
    except OSError:
        pass


def many(server, n):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.settimeout(20)
    s.connect((server, 53))
    for i in range(int(n)):
        s.send(head() + question(wire(b"n%d.many.example.test" % i)))
        s.recv(4096)


def slowly(server, n):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.settimeout(20)
    s.connect((server, 53))
    for i in range(int(n)):
        rcode = 3
        while rcode == 3:  # over the budget: later
            s.send(head() + question(wire(b"wide%d.many.example.test" % i)))
            rcode = s.recv(4096)[3] & 15


def upstream_ports(server):
    """Local ports of sockets connected to the server, which are not ours."""
    remote = "%08X:0035" % struct.unpack("=I", socket.inet_aton(server))
    with open("/proc/net/udp") as f:
        rows = [line.split() for line in f][1:]
    return [
        (socket.inet_ntoa(struct.pack("=I", int(a, 16))), int(p, 16))
        for a, p in (row[1].split(":") for row in rows if row[2] == remote)
    ]


def ports(server):
    ask = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    ask.connect((server, 53))
    forged = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    forged.bind((server, 5353))
    found, end = [], time.monotonic() + 20
    ask.send(head() + question(wire(b"slow.many.example.test")))
    while not found and time.monotonic() < end:
        found = upstream_ports(server)
    for at in found:
        came = "gone"
        # A socket is claimed right after it is there, before it asks.
        while came in ("gone", "sent") and at in upstream_ports(server) and time.monotonic() < end:
            try:
                forged.sendto(head(flags=0x8180) + question(), at)
                came = "sent"
            except OSError as e:
                came = errno.errorcode[e.errno]
        if came == "sent" and at not in upstream_ports(server):
            came = "gone"
        print(came)


def messages(path):
    with open(path) as f:
        for line in f:
            how, port, text = line.split()
            yield how, int(port), bytes.fromhex(text)


def is_allowed(name):
    return name == NAME or name.endswith(b".many.example.test")


def is_plain(message):
    """One question of a name that a rule has, at most an empty OPT, no more."""
    _, flags, questions, answers, authority, additional = struct.unpack_from("!6H", message)
    at, name = 12, []
    while message[at]:
        name.append(message[at + 1 : at + 1 + message[at]])
        at += message[at] + 1
    rest = message[at + 5 :]
    return (
        flags & ~0x0130 == 0
        and (questions, answers, authority) == (1, 0, 0)
        and all(re.fullmatch(rb"[A-Za-z0-9]+", label) for label in name)
        and is_allowed(b".".join(name).lower())
        and message[at + 3 : at + 5] == b"\0\1"
        and additional == bool(rest)
        and (not rest or (len(rest) == 11 and rest[:3] == b"\0\0\x29" and rest[9:] == b"\0\0"))
    )


def check(path):
    spelt = 0
    for how, _, message in messages(path):
        try:
            plain = is_plain(message)
        except (IndexError, struct.error):
            plain = False
        if not plain:
            print(how, message)
        spelt += wire(SPELT) in message
    if spelt > 1:  # one of 2^18 by chance
        print("the spelling of who asked", spelt)


def secrets(path):
    print(sum(SECRET[:4] in m.lower() for _, _, m in messages(path)))


def spread(path):
    seen = [(port, struct.unpack_from("!H", m)[0]) for _, port, m in messages(path)]
    ids = [i for _, i in seen]
    steps = sum(b == a + 1 for a, b in zip(ids, ids[1:]))
    print(len(set(ids)), len({p for p, _ in seen}), steps)


def main():
    globals()[sys.argv[1]](*sys.argv[2:])


main()
