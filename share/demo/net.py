# SPDX-License-Identifier: MIT
"""A made-up internet: one name server and a web server for each name.

usage: net.py SERVER[:PORT] NAME=ADDRESS[:PORT]...

Answers questions about the names on SERVER, and HTTP on every ADDRESS. Prints
"ready" when all is open, then one line for each question and each request.
"""
import http.server
import socket
import socketserver
import struct
import sys
import threading


def place(text, port):
    host, _, given = text.partition(":")
    return host, int(given or port)


def say(*words):
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def read_name(query):
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode("ascii", "replace"))
        at += 1 + query[at]
    return ".".join(labels).lower(), at + 1


class Dns(socketserver.BaseRequestHandler):
    zone = {}

    def handle(self):
        query, sock = self.request
        name, end = read_name(query)
        qtype = struct.unpack(">H", query[end:end + 2])[0]
        say("dns", name, qtype)
        address = self.zone.get(name)
        answer = b""
        if address and qtype == 1:
            answer = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + socket.inet_aton(address)
        flags = 0x8580 if address else 0x8583
        head = query[:2] + struct.pack(">HHHHH", flags, 1, bool(answer), 0, 0)
        sock.sendto(head + query[12:end + 4] + answer, self.client_address)


class Web(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        name = self.headers.get("Host", "nobody").partition(":")[0]
        say("http", name, self.path)
        body = f"hello from {name}\n".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


class WebServer(http.server.ThreadingHTTPServer):
    def server_bind(self):  # without the look-up of its own name
        socketserver.TCPServer.server_bind(self)


def main():
    servers = [socketserver.ThreadingUDPServer(place(sys.argv[1], 53), Dns)]
    webs = {}
    for pair in sys.argv[2:]:
        name, _, address = pair.partition("=")
        Dns.zone[name] = place(address, 80)[0]
        webs[place(address, 80)] = name
    servers += [WebServer(where, Web) for where in webs]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    say("ready")
    threading.Event().wait()


if __name__ == "__main__":
    main()
