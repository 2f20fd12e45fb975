# SPDX-License-Identifier: MIT
"""rogue.py ADDRESS[:PORT] READY [LOG]: a name server over UDP that lies.

What it answers is decided by the first label of the question:

    spoof     from another port first, with EVIL; then GOOD, as it should be
    question  EVIL for another question first; then GOOD
    id        EVIL under another id first; then GOOD
    chain     GOOD, and beside it EVIL under a name off the chain
    glue      GOOD, and EVIL as additional data
    at-A-B-C-D   that address
    alias     to HTTPS: AliasMode, pool.other.test
    mapped    ::ffff:127.0.0.1 to AAAA, nothing to A
    any other: EVIL when ADDRESS is not the resolver everybody uses, else GOOD
"""
import socket
import struct
import sys

GOOD, EVIL, TRUSTED = "198.51.100.10", "203.0.113.66", "198.51.100.53"


def wire(name):
    return b"".join(bytes([len(s)]) + s.encode() for s in name.split(".")) + b"\0"


def record(name, address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    data = socket.inet_pton(family, address)
    kind = 28 if ":" in address else 1
    return wire(name) + struct.pack("!HHIH", kind, 1, 60, len(data)) + data


def message(ident, name, kind, answers, additional=()):
    head = struct.pack("!6H", ident, 0x8580, 1, len(answers), 0, len(additional))
    return (
        head + wire(name) + struct.pack("!HH", kind, 1) + b"".join(answers) + b"".join(additional)
    )


def parse(query):
    at, labels = 12, []
    while query[at]:
        labels.append(query[at + 1 : at + 1 + query[at]].decode())
        at += query[at] + 1
    # As it was asked: who asks may compare the case, too.
    return ".".join(labels), struct.unpack_from("!H", query, at + 1)[0]


def main():
    address, _, port = sys.argv[1].partition(":")
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((address, int(port or 53)))
    other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    other.bind((address, 0))
    log = open(sys.argv[3], "a", buffering=1) if len(sys.argv) > 3 else None
    with open(sys.argv[2], "w") as f:
        f.write("ready\n")
    while True:
        query, peer = server.recvfrom(4096)
        ident = struct.unpack_from("!H", query)[0]
        name, kind = parse(query)
        first = name.split(".")[0].lower()
        if log:
            print(name, kind, file=log)
        good = [record(name, GOOD)] if kind == 1 else []
        evil = [record(name, EVIL)] if kind == 1 else []
        extra = []
        if first == "spoof":
            other.sendto(message(ident, name, kind, evil), peer)
        elif first == "question":
            server.sendto(message(ident, "else." + name, kind, evil), peer)
        elif first == "id":
            server.sendto(message(ident ^ 1, name, kind, evil), peer)
        elif first == "chain" and good:
            good.append(record("unrelated.example.test", EVIL))
        elif first == "glue":
            extra = [record(name, EVIL)]
        elif first.startswith("at-") and good:
            good = [record(name, first[3:].replace("-", "."))]
        elif first == "alias" and kind == 65:
            data = b"\0\0" + wire("pool.other.test")
            good = [wire(name) + struct.pack("!HHIH", 65, 1, 60, len(data)) + data]
        elif first == "mapped":
            good = [record(name, "::ffff:127.0.0.1")] if kind == 28 else []
        elif address != TRUSTED:
            good = evil
        server.sendto(message(ident, name, kind, good, extra), peer)


main()
