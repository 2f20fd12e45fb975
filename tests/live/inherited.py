# SPDX-License-Identifier: MIT
"""inherited.py WORK ARGUMENT... -- COMMAND...: opens descriptors by the words
given and executes the command with them as descriptors 10 and up ("stdin:WORD"
becomes 0). inherited.py look N: prints what descriptors 10 to 10+N-1 are."""
import ctypes, os, socket, sys

WEB, EVIL = ("198.51.100.10", 80), ("203.0.113.66", 80)
keep = []


def tcp(to):
    s = socket.socket()
    s.connect(to)
    return s


def udp(to):
    s = socket.socket(type=socket.SOCK_DGRAM)
    s.connect(to)
    return s


def connecting():
    """Its listener takes nobody any more, so it stays on its way."""
    l = socket.socket()
    l.bind(("203.0.113.66", 0))
    l.listen(0)
    for _ in range(3):
        s = socket.socket()
        s.setblocking(False)
        s.connect_ex(l.getsockname())
        keep.append(s)
    keep.append(l)
    return keep.pop(-2)


def unix(path, kind=socket.SOCK_STREAM):
    s = socket.socket(socket.AF_UNIX, kind)
    s.connect(path)
    return s


def listener(address):
    s = socket.socket()
    s.bind((address, 0))
    s.listen()
    return s


def ring():
    libc = ctypes.CDLL(None, use_errno=True)
    fd = libc.syscall(425, 4, ctypes.create_string_buffer(256))
    if fd < 0:
        raise OSError(ctypes.get_errno(), "io_uring_setup")
    return fd


WORDS = {
    "web": lambda w: tcp(WEB),
    "evil": lambda w: tcp(EVIL),
    "udp": lambda w: udp(EVIL),
    "connecting": lambda w: connecting(),
    "door": lambda w: unix(w + "/door"),
    "open-door": lambda w: unix(w + "/open"),
    "door-dgram": lambda w: unix(w + "/dgram", socket.SOCK_DGRAM),
    "pair": lambda w: socket.socketpair()[0],
    "unconnected": lambda w: socket.socket(),
    "everywhere": lambda w: listener("0.0.0.0"),
    "here": lambda w: listener("127.0.0.1"),
    "raw": lambda w: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1),
    "packet": lambda w: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0),
    "tun": lambda w: os.open("/dev/net/tun", os.O_RDWR),
    "ring": lambda w: ring(),
    "file": lambda w: os.open("/etc/passwd", os.O_RDONLY),
    "pipe": lambda w: os.pipe()[0],
    "event": lambda w: os.eventfd(0) if hasattr(os, "eventfd") else os.pipe()[0],
    "null": lambda w: os.open("/dev/null", os.O_RDWR),
}


def look(n):
    kinds = {0o140000: "socket", 0o100000: "file", 0o010000: "pipe",
             0o020000: "device", 0: "anonymous"}
    out = []
    for fd in [0] + list(range(10, 10 + n)):
        try:
            out.append(kinds[os.fstat(fd).st_mode & 0o170000])
        except OSError:
            out.append("closed")
    print(" ".join(out))


def main():
    if sys.argv[1] == "look":
        return look(int(sys.argv[2]))
    cut = sys.argv.index("--")
    at = 10
    for word in sys.argv[2:cut]:
        number = at
        if word.startswith("stdin:"):
            word, number = word[len("stdin:"):], 0
        else:
            at += 1
        try:
            thing = WORDS[word](sys.argv[1])
        except OSError as e:
            print(f"no {word}: {e}", file=sys.stderr)
            sys.exit(77)
        keep.append(thing)
        os.dup2(thing if isinstance(thing, int) else thing.fileno(), number)
        os.set_inheritable(number, True)
    os.execvp(sys.argv[cut + 1], sys.argv[cut + 1:])


main()
