"""A store from N-Quads lines, for tests that need one without articles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path

from kg.store import Store, writing


def write(
    path: Path, lines: Iterable[str], finish: Callable[[Store, Store | None], None] = lambda *_: None
) -> None:
    """Make ``lines``, in any order, the graphs of the store at ``path``, and ``finish`` its snapshot, behind
    which stands the one before."""
    graphs: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        graphs[line.split(" ")[-2].strip("<>") if " " in line else ""].append(f"{line}\n")
    told = {graph: "".join(sorted(set(each))).encode() for graph, each in graphs.items()}
    digests = {graph: sha256(each).hexdigest() for graph, each in told.items()}
    with writing(path) as writer:
        writer.publish(digests, told.__getitem__)
        finish(Store.open(path), writer.before)
