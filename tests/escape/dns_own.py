# SPDX-License-Identifier: MIT
"""dns_own.py ADDRESS:PORT EVIL: a resolver over TCP of one's own says that an
allowed name is at EVIL; prints what it said and what a connect() comes to."""
import errno
import socket
import struct
import sys
import threading

address, port = sys.argv[1].split(":")
evil = sys.argv[2]
question = b"\7allowed\7example\4test\0\0\1\0\1"


def serve(listener):
    s, _ = listener.accept()
    query = s.recv(4096)[2:]
    reply = query[:2] + struct.pack("!5H", 0x8580, 1, 1, 0, 0) + question
    reply += b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + socket.inet_aton(evil)
    s.sendall(struct.pack("!H", len(reply)) + reply)


listener = socket.create_server((address, int(port)))
threading.Thread(target=serve, args=(listener,), daemon=True).start()
s = socket.create_connection((address, int(port)), 20)
message = struct.pack("!6H", 4711, 0x100, 1, 0, 0, 0) + question
s.sendall(struct.pack("!H", len(message)) + message)
print(socket.inet_ntoa(s.recv(4096)[-4:]), end=" ")
try:
    socket.create_connection((evil, 80), 20)
    print("ok")
except OSError as e:
    print(errno.errorcode[e.errno])
