# SPDX-License-Identifier: MIT
"""full.py ADDRESS:PORT READY: a listener whose queue is full: whoever connects
to it waits."""
import signal
import socket
import sys

address, port = sys.argv[1].split(":")
listener = socket.create_server((address, int(port)), backlog=0)
queued = []
for _ in range(3):
    s = socket.socket()
    s.setblocking(False)
    s.connect_ex((address, int(port)))
    queued.append(s)
with open(sys.argv[2], "w") as f:
    f.write("ready\n")
signal.pause()
