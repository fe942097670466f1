"""The graph to a SPARQL server: what has changed since the last push, and on from where that one stopped.

What a server holds is kept in a file, SQLite, by the server's address and the graph's IRI: the
digest of the graph that the server acknowledged, or "" from before it is sent until then, so that a push
killed at any moment leaves no graph behind that the file does not know.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from kg.errors import KgError
from kg.remote import GraphStore, Unavailable
from kg.store import Store

_BATCH = 64  # graphs
_PARALLEL = 4  # requests
_PAUSE = 0.5  # seconds, doubled each time


@dataclass(slots=True)
class Progress:
    """How far a push is, in graphs: ``total`` are in the store. ``waiting`` tells why it pauses now."""

    total: int
    sent: int = 0
    removed: int = 0
    unchanged: int = 0
    waiting: str = ""


def push(
    store: Store, server: GraphStore, state: Path, *, everything: bool = False, retries: int = 7
) -> Iterator[Progress]:
    """Make ``server`` hold each graph of ``store``, and none that an earlier push left there.

    Graphs that ``state`` tells to be there already are sent only with ``everything``. Yields the one
    Progress again and again. Where the server is not reached or is in trouble, it pauses, longer each
    time, and gives up after ``retries`` pauses without a graph between. Raises KgError; run again, it
    goes on from there.
    """
    digests = store.digests()
    graphs = sorted(digests)
    progress = Progress(len(graphs))
    with closing(_State(state, server.url)) as held, ThreadPoolExecutor(_PARALLEL) as executor:
        delivery = _Delivery(server, held, executor, progress, retries)
        for start in range(0, len(graphs), _BATCH):
            some = graphs[start : start + _BATCH]
            changed = [graph for graph in some if everything or held.digest(graph) != digests[graph]]
            progress.unchanged += len(some) - len(changed)
            yield from delivery.of(
                [_Task(graph, digests[graph], _triples(store, graph)) for graph in changed]
            )
        gone = sorted(held.graphs() - set(graphs))
        for start in range(0, len(gone), _BATCH):
            yield from delivery.of([_Task(graph) for graph in gone[start : start + _BATCH]])
    yield progress


def _triples(store: Store, graph: str) -> bytes:
    """A named graph in N-Triples."""
    name = f" <{graph}> ."
    return "".join(f"{line.removesuffix(name)} .\n" for line in store.graph(graph)).encode()


@dataclass(frozen=True, slots=True)
class _Task:
    """One graph to be put, or removed where it has no triples; ``digest`` is that of the store."""

    graph: str
    digest: str = ""
    triples: bytes = b""


class _Delivery:
    """Sends graphs side by side, and keeps account."""

    def __init__(
        self, server: GraphStore, held: _State, executor: ThreadPoolExecutor, progress: Progress, retries: int
    ) -> None:
        self._server = server
        self._held = held
        self._executor = executor
        self._progress = progress
        self._retries = retries
        self._trouble: Unavailable | None = None

    def of(self, tasks: Sequence[_Task]) -> Iterator[Progress]:
        """Do all of ``tasks``, again where the server cannot at once."""
        self._held.announce([task.graph for task in tasks])
        failures = 0
        while tasks:
            left = []
            self._trouble = None
            for task, is_done in zip(tasks, self._executor.map(self._attempt, tasks), strict=True):
                if is_done:
                    failures = 0
                    self._account(task)
                    yield self._progress
                else:
                    left.append(task)
            tasks = left
            if self._trouble:
                failures += 1
                yield from self._pause(self._trouble, failures)
        yield self._progress

    def _attempt(self, task: _Task) -> bool:
        """Send one graph, unless another of its round has met trouble. Returns whether it is done."""
        if self._trouble:
            return False
        try:
            if task.triples:
                self._server.put(task.graph, task.triples)
            else:
                self._server.delete(task.graph)
        except Unavailable as error:
            self._trouble = error
            return False
        return True

    def _pause(self, trouble: Unavailable, failures: int) -> Iterator[Progress]:
        if failures > self._retries:
            done = f"{self._progress.sent} of {self._progress.total} graphs sent"
            raise KgError(f"{trouble}: {done}, run it again to go on")
        pause = max(trouble.wait, _PAUSE * 2 ** (failures - 1))
        self._progress.waiting = f"{trouble}: again in {pause:g} s"
        yield self._progress
        self._progress.waiting = ""
        time.sleep(pause)

    def _account(self, task: _Task) -> None:
        self._held.acknowledge(task.graph, task.digest)
        if task.triples:
            self._progress.sent += 1
        else:
            self._progress.removed += 1


class _State:
    """What one server holds of what was pushed to it. Raises KgError where another push is at work."""

    def __init__(self, path: Path, server: str) -> None:
        self._server = server
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = sqlite3.connect(path, timeout=0, isolation_level=None)
            # Its lock is held to the end of the process; what it writes outlives the process at once.
            self._file.executescript(
                "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                "CREATE TABLE IF NOT EXISTS held"
                " (server TEXT, graph TEXT, digest TEXT, PRIMARY KEY (server, graph)) WITHOUT ROWID;"
                "BEGIN IMMEDIATE; COMMIT;"
            )
            rows = self._file.execute("SELECT graph, digest FROM held WHERE server = ?", (server,))
            self._digests: dict[str, str] = dict(rows)
        except sqlite3.Error as error:
            if "locked" in str(error):
                raise KgError(f"another push is at work: {path}: wait for it to end") from None
            raise KgError(f"not the state of a push: {path}: {error}: name another with --state") from None

    def digest(self, graph: str) -> str:
        """The digest that the server acknowledged, "" where it did not."""
        return self._digests.get(graph, "")

    def graphs(self) -> set[str]:
        """The graphs that the server may hold."""
        return set(self._digests)

    def announce(self, graphs: Sequence[str]) -> None:
        """From now until they are acknowledged, nobody knows what the server holds of ``graphs``."""
        self._digests.update(dict.fromkeys(graphs, ""))
        self._file.execute("BEGIN")
        self._file.executemany(
            "INSERT OR REPLACE INTO held VALUES (?, ?, '')", [(self._server, graph) for graph in graphs]
        )
        self._file.execute("COMMIT")

    def acknowledge(self, graph: str, digest: str) -> None:
        """The server holds ``graph`` as it has ``digest``; with "", no longer."""
        key = (self._server, graph)
        if digest:
            self._digests[graph] = digest
            self._file.execute("UPDATE held SET digest = ? WHERE server = ? AND graph = ?", (digest, *key))
        else:
            del self._digests[graph]
            self._file.execute("DELETE FROM held WHERE server = ? AND graph = ?", key)

    def close(self) -> None:
        """Let the next push at it."""
        self._file.close()
