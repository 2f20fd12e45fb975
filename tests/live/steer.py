#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A client of control sockets (egress-filter-control(7)), good or bad.

steer.py SOCKET VERB...: does one thing after the other and prints a line for
each: the type and the fields of the answer, or how it failed.
"""
import hashlib
import os
import socket
import struct
import sys

TYPES = {128: "welcome", 129: "policy", 130: "done"}


def message(kind, body=b""):
    return struct.pack(">IHH", len(body), kind, 0) + body


class Client:
    def __init__(self, path):
        self.live = b""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(60)
        self.sock.connect(path)

    def take(self, n):
        data = b""
        while len(data) < n:
            part = self.sock.recv(n - len(data))
            if not part:
                raise EOFError
            data += part
        return data

    def answer(self):
        size, kind, _ = struct.unpack(">IHH", self.take(8))
        body = self.take(size)
        if kind == 128:
            return "welcome %d" % struct.unpack(">I", body[:4])
        if kind == 129:
            n = struct.unpack(">H", body[:2])[0]
            self.live = body[2 + n :]
            return "policy %s %d" % (body[2 : 2 + n].decode(), len(self.live))
        number = struct.unpack(">I", body[:4])[0]
        return "%s %d %s" % (TYPES.get(kind, kind), number, body[4:].decode())

    def ask(self, kind, body=b""):
        try:
            self.sock.sendall(message(kind, body))
        except ConnectionError:
            pass  # refused: it has said why before it hung up
        return self.answer()

    def do(self, verb, args):
        digest = hashlib.sha256(self.live).hexdigest().encode()
        if verb == "hello":
            return self.ask(1, struct.pack(">I", int(args.pop(0))))
        if verb == "policy":
            return self.ask(2)
        if verb == "reload":  # FILE in place of the policy that was asked for
            return self.ask(3, digest + open(args.pop(0), "rb").read())
        if verb == "announce":  # FILE, by its content
            path = os.path.realpath(args.pop(0))
            digest = hashlib.sha256(open(path, "rb").read()).hexdigest()
            path = path.encode()
            return self.ask(
                4, digest.encode() + struct.pack(">H", len(path)) + path
            )
        if verb == "stop":
            return self.ask(5)
        if verb == "junk":
            self.sock.sendall(bytes.fromhex(args.pop(0)))
            return self.answer()
        if verb == "flood":  # more than is read back
            self.sock.settimeout(60)
            try:
                while True:
                    self.sock.sendall(message(2) * 1000)
            except TimeoutError:
                return "flood stuck"
            except ConnectionError:
                return "flood cut off"
        raise ValueError(verb)


def main():
    path, args = sys.argv[1], sys.argv[2:]
    try:
        client = Client(path)
        while args:
            print(client.do(args.pop(0), args), flush=True)
    except EOFError:
        print("hung up")
    except OSError as e:
        print(type(e).__name__)


main()
