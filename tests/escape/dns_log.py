# SPDX-License-Identifier: MIT
"""dns_log.py ADDRESS READY LOG: a name server over UDP and TCP that writes down
each message as it came, "udp PORT HEX" or "tcp PORT HEX" a line. Every name has
the address 198.51.100.10, but for those that begin with
    slow    no answer
    first   198.51.100.20
    last    203.0.113.66
    wide    64 addresses
"""
import selectors
import socket
import struct
import sys


def addresses(first):
    if first.startswith(b"wide"):
        return [f"203.0.113.{128 + i}" for i in range(64)]
    return [{b"first": "198.51.100.20", b"last": "203.0.113.66"}.get(first, "198.51.100.10")]


def answer(query):
    at = 12
    while at < len(query) and query[at]:
        if query[at] > 63:
            return None
        at += query[at] + 1
    question = query[12 : at + 5]
    if len(query) < 17 or at + 5 > len(query) or query[13:17].lower() == b"slow":
        return None
    found = question[-4:] == b"\0\1\0\1"
    records = [
        b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + socket.inet_aton(a)
        for a in addresses(query[13 : 13 + query[12]].lower())
        if found
    ]
    head = query[:2] + struct.pack("!5H", 0x8580, 1, len(records), 0, 0)
    return head + question + b"".join(records)


def serve_datagram(server, log):
    query, peer = server.recvfrom(65535)
    print("udp", peer[1], query.hex(), file=log)
    reply = answer(query)
    if reply:
        server.sendto(reply, peer)


def serve_stream(stream, log, buffers):
    data = stream.recv(65535)
    buffers[stream] += data
    while len(buffers[stream]) > 2:
        (length,) = struct.unpack_from("!H", buffers[stream])
        if len(buffers[stream]) < length + 2:
            break
        query = buffers[stream][2 : length + 2]
        buffers[stream] = buffers[stream][length + 2 :]
        print("tcp", stream.getpeername()[1], query.hex(), file=log)
        reply = answer(query)
        if reply:
            stream.sendall(struct.pack("!H", len(reply)) + reply)
    return data


def main():
    log = open(sys.argv[3], "a", buffering=1)
    at = (sys.argv[1], 53)
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    datagrams.bind(at)
    listener = socket.create_server(at, backlog=100)
    events, buffers = selectors.DefaultSelector(), {}
    events.register(datagrams, selectors.EVENT_READ)
    events.register(listener, selectors.EVENT_READ)
    with open(sys.argv[2], "w") as f:
        f.write("ready\n")
    while True:
        for key, _ in events.select():
            if key.fileobj is datagrams:
                serve_datagram(datagrams, log)
            elif key.fileobj is listener:
                stream, _ = listener.accept()
                buffers[stream] = b""
                events.register(stream, selectors.EVENT_READ)
            else:
                try:
                    more = serve_stream(key.fileobj, log, buffers)
                except OSError:
                    more = b""
                if not more:
                    events.unregister(key.fileobj)
                    key.fileobj.close()


main()
