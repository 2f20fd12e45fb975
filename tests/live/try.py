# SPDX-License-Identifier: MIT
"""Small network actions; each prints one line: what came of it, or the errno.

    try.py connect HOST PORT       TCP: "ok", "EACCES", "no name" ...
    try.py udp HOST PORT           the same with a datagram socket, which sends nothing
    try.py ask SERVER NAME [PORT]  addresses of NAME, asked of SERVER over UDP
    try.py loop                    lines "HOST PORT" on stdin: connect each
"""
import errno
import socket
import struct
import sys


def connect(host, port):
    try:
        socket.create_connection((host, int(port)), 30).close()
        return "ok"
    except socket.gaierror:
        return "no name"
    except OSError as e:
        return errno.errorcode.get(e.errno, str(e))


def udp(host, port):
    try:
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect((host, int(port)))
        return "ok"
    except OSError as e:
        return errno.errorcode.get(e.errno, str(e))


def skip_name(message, at):
    while message[at]:
        if message[at] >= 192:
            return at + 2
        at += message[at] + 1
    return at + 1


def addresses(message):
    at = skip_name(message, 12) + 4
    found = []
    for _ in range(struct.unpack_from("!H", message, 6)[0]):
        at = skip_name(message, at)
        kind, _, _, length = struct.unpack_from("!HHIH", message, at)
        at += 10
        if kind == 1:
            found.append(socket.inet_ntoa(message[at : at + length]))
        at += length
    return found


def ask(server, name, port=53):
    labels = b"".join(bytes([len(s)]) + s.encode() for s in name.split("."))
    question = struct.pack("!6H", 4711, 0x100, 1, 0, 0, 0) + labels + b"\0\0\1\0\1"
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.settimeout(10)
    try:
        s.connect((server, int(port)))
        s.send(question)
        message = s.recv(4096)
    except TimeoutError:
        return "timeout"
    except OSError as e:
        return errno.errorcode[e.errno]
    return " ".join(addresses(message)) or f"rcode {message[3] & 15}"


def main():
    what, args = sys.argv[1], sys.argv[2:]
    if what == "loop":
        for line in sys.stdin:
            print(connect(*line.split()), flush=True)
        return 0
    answer = {"connect": connect, "udp": udp, "ask": ask}[what](*args)
    print(answer)
    return answer.startswith(("E", "timeout", "rcode"))


sys.exit(main())
