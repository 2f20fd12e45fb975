# SPDX-License-Identifier: MIT
"""Processes that connect as fast as they can.

    load.py until-error N HOST PORT RESULTS
        N processes, each until a connect() fails and 20 times more. Each
        writes a line "ERRNO HOW-MANY-WORKED-AFTERWARDS" to RESULTS.
    load.py rounds N HOST PORT RESULTS COUNT...
        N processes, each COUNT times for each COUNT; after each round a line
        "HOW-MANY-WORKED HOW-MANY-DID-NOT" and a line of stdin is waited for.
"""
import errno
import os
import socket
import struct
import sys

RESET = struct.pack("ii", 1, 0)  # SO_LINGER: no port is left in TIME_WAIT


def connect(to):
    """errno of one connect(), or 0"""
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        return s.connect_ex(to)


def until_error(to, results):
    error = 0
    while not error:
        error = connect(to)
    worked = sum(connect(to) == 0 for _ in range(20))
    os.write(results, f"{errno.errorcode[error]} {worked}\n".encode())


def do_rounds(to, commands, results, counts):
    for count, (command, _) in zip(counts, commands):
        os.read(command, 1)
        failed = sum(connect(to) != 0 for _ in range(count))
        os.write(results, struct.pack("II", count - failed, failed))


def start(n, action):
    pids = []
    for _ in range(n):
        pid = os.fork()
        if not pid:
            try:
                action()
            finally:
                os._exit(0)
        pids.append(pid)
    return pids


def read_all(fd, n):
    got = b""
    while len(got) < n:
        part = os.read(fd, n - len(got))
        if not part:
            sys.exit("a process is gone")
        got += part
    return got


def main():
    how, n, host, port, path = sys.argv[1:6]
    n, to = int(n), (host, int(port))
    out = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    if how == "until-error":
        pids = start(n, lambda: until_error(to, out))
    else:
        counts = [int(c) for c in sys.argv[6:]]
        # One for each round, so that a fast process takes no other's command.
        commands = [os.pipe() for _ in counts]
        answer, tell = os.pipe()
        pids = start(n, lambda: do_rounds(to, commands, tell, counts))
        for _, command in commands:
            sys.stdin.readline()
            os.write(command, b"x" * n)
            numbers = struct.unpack(f"{2 * n}I", read_all(answer, 8 * n))
            os.write(out, f"{sum(numbers[::2])} {sum(numbers[1::2])}\n".encode())
        sys.stdin.readline()
    for pid in pids:
        os.waitpid(pid, 0)


main()
