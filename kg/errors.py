"""What goes wrong in a way a person can mend: one exception, one line."""

from __future__ import annotations


class KgError(Exception):
    """An error told to the user as one line: what is wrong, where, and what to do."""


class Unreadable(KgError):
    """A file that is not an article: the build skips it and counts the reason."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason


def one_line(message: object) -> str:
    """What another program or library says, as an error tells it: in one line."""
    return " ".join(str(message).split())
