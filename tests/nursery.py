"""Builds that are at work at once, to be killed in the middle of it: forked where all is imported already."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SERVE = "from nursery import serve; serve()"


class Nursery:
    """Starts commands of kg, each as a process that leads a session of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def start(self, *arguments: str) -> int:
        """Begin a command, and give its process id."""
        return int(self._told(list(arguments)))

    def end(self, leader: int, after: float) -> bool:
        """Kill a command ``after`` so many seconds, and tell whether it was at work until then."""
        descriptor = os.pidfd_open(leader)
        try:
            ended, _, _ = select.select([descriptor], [], [], after)
            signal.pidfd_send_signal(descriptor, signal.SIGKILL)
        finally:
            os.close(descriptor)
        self._told(leader)
        return not ended

    def _told(self, request: object) -> str:
        assert self._process.stdin and self._process.stdout
        print(json.dumps(request), file=self._process.stdin, flush=True)
        return self._process.stdout.readline()


@contextmanager
def nursery() -> Iterator[Nursery]:
    """A nursery, until the end of the block."""
    paths = [str(Path(__file__).parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    command = [sys.executable, "-c", _SERVE]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment) as process:
        yield Nursery(process)


def serve() -> None:
    """Fork a command for each list of arguments on stdin, and wait for the end of each number there."""
    import kg.build
    import kg.export
    from kg.cli import main

    kg.knowledge.knowledge()
    for line in sys.stdin.buffer:  # not as text: a command sets how that is read
        request = json.loads(line)
        if isinstance(request, int):
            os.waitpid(request, 0)
            sys.stdout.write("ended\n")
        elif child := os.fork():
            sys.stdout.write(f"{child}\n")
        else:
            os.setsid()
            nowhere = os.open(os.devnull, os.O_RDWR)
            for descriptor in range(3):
                os.dup2(nowhere, descriptor)
            os._exit(main(request))
        sys.stdout.flush()
