"""The line that tells on a terminal, or in a log, how far a build is."""

from __future__ import annotations

import sys
import time


class Progress:
    """Tells on stderr how far a build is: on a terminal in one changing line, else in a line now and then.

    A build of a few seconds needs no such lines, and one of half a minute none in a log.
    """

    _QUIET, _TERMINAL, _LOG = 3.0, 0.2, 30.0  # seconds: before the first line, and between two lines

    def __enter__(self) -> Progress:
        self._terminal = sys.stderr.isatty()
        self._begun = time.monotonic()
        self._next = self._first = self._begun + (self._QUIET if self._terminal else self._LOG)
        return self

    def __exit__(self, *_: object) -> None:
        if self._terminal:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def __call__(self, stage: str, share: float, count: int) -> None:
        now = time.monotonic()
        if not count:
            self._begun = now
            self._next = max(self._first, now)
        if now < self._next:
            return
        self._next = now + (self._TERMINAL if self._terminal else self._LOG)
        line = stage
        if spent := now - self._begun:
            left = f", {_duration(spent / share - spent)} left" if share else ""
            line += f": {100 * share:.0f} %, {count} articles, {count / spent:.0f} a second{left}"
        sys.stderr.write(f"\r{line}\x1b[K" if self._terminal else f"{line}\n")
        sys.stderr.flush()


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
