#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""answer.py PROMPT HOOK ANSWER COMMAND...: runs the command on a terminal of its
own; when it shows PROMPT, runs HOOK by the shell and types ANSWER. Prints all
that the command showed and exits as it did."""
import os
import pty
import subprocess
import sys

prompt, hook, answer, command = (
    sys.argv[1].encode(),
    sys.argv[2],
    sys.argv[3],
    sys.argv[4:],
)
pid, fd = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
seen, asked = b"", False
while True:
    try:
        part = os.read(fd, 4096)
    except OSError:
        break
    if not part:
        break
    seen += part
    if not asked and prompt in seen:
        asked = True
        subprocess.run(hook, shell=True, check=True)
        os.write(fd, answer.encode().decode("unicode_escape").encode())
sys.stdout.buffer.write(seen.replace(b"\r\n", b"\n"))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
