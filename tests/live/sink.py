# SPDX-License-Identifier: MIT
"""sink.py LOG READY ADDRESS:PORT...: accept connections and drop them.

Each one is a line "ADDRESS PORT PEER-PORT" of LOG, as web.py writes them.
"""
import selectors
import socket
import sys

log = open(sys.argv[1], "ab", buffering=0)
watched = selectors.DefaultSelector()
for where in sys.argv[3:]:
    address, port = where.rsplit(":", 1)
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, int(port)))
    listener.listen(4096)
    listener.setblocking(False)
    watched.register(listener, selectors.EVENT_READ, where.replace(":", " "))
with open(sys.argv[2], "w") as f:
    f.write("ready\n")
while True:
    for key, _ in watched.select():
        lines = []
        try:
            while len(lines) < 256:
                connection, peer = key.fileobj.accept()
                connection.close()
                lines.append(f"{key.data} {peer[1]}\n")
        except BlockingIOError:
            pass
        log.write("".join(lines).encode())
