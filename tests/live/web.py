# SPDX-License-Identifier: MIT
"""web.py FOLDER LOG READY ADDRESS:PORT...: serve the files of a folder.

Each accepted connection is a line "ADDRESS PORT PEER-PORT" of LOG, written
before anything is answered. READY gets a line when all listeners are open.
"""
import functools
import http.server
import sys
import threading

folder, log_path, ready = sys.argv[1:4]
log = open(log_path, "ab", buffering=0)


class Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 4096

    def verify_request(self, request, client):
        address, port = self.server_address[:2]
        log.write(f"{address} {port} {client[1]}\n".encode())
        return True


handler = functools.partial(Handler, directory=folder)
for where in sys.argv[4:]:
    address, port = where.rsplit(":", 1)
    server = Server((address, int(port)), handler)
    threading.Thread(target=server.serve_forever).start()
with open(ready, "w") as f:
    f.write("ready\n")
