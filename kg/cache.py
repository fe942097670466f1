"""What was extracted before, on disk: so that a build goes on where it was, and repeats only what changed.

One SQLite file beside the snapshots of a store. A row is found by the digest of its document, and is good
as long as the knowledge that it was drawn with is (``kg.knowledge``). Each batch is one transaction, so
that a build may be killed at any moment.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from contextlib import closing
from dataclasses import dataclass, fields
from hashlib import sha256
from pathlib import Path
from typing import Any

from kg.errors import KgError
from kg.knowledge import Knowledge, Touched
from kg.model import Document

FILE = "extractions.sqlite"
"""The name of the cache in the folder of its store."""

_TABLES = """
CREATE TABLE knowledge (id INTEGER PRIMARY KEY, core TEXT NOT NULL, triggers TEXT NOT NULL);
CREATE TABLE extraction (
    key BLOB PRIMARY KEY, knowledge INTEGER NOT NULL,
    iri TEXT NOT NULL, published TEXT, reason TEXT NOT NULL,
    message TEXT NOT NULL, sketch BLOB NOT NULL, notes TEXT NOT NULL,
    digest BLOB NOT NULL, lines BLOB NOT NULL
);
CREATE TABLE checked (key TEXT PRIMARY KEY, violations TEXT NOT NULL);
"""
_VERSION = zlib.crc32(_TABLES.encode()) & 0x7FFFFFFF  # of the tables: others are made anew


@dataclass(frozen=True, slots=True)
class Row:
    """What was drawn from one document: the article's IRI, date and packed lines, or why it was passed over.

    ``key`` is the digest of the document, ``digest`` that of the lines, ``sketch`` what the article is known
    again by (``kg.duplicates``), ``notes`` what others must know of it (``kg.across``), as JSON.
    ``reason`` is "" for an article.
    """

    key: bytes
    iri: str = ""
    published: str | None = None
    reason: str = ""
    message: str = ""
    sketch: bytes = b""
    notes: str = ""
    digest: bytes = b""
    lines: bytes = b""


_COLUMNS = ", ".join(field.name for field in fields(Row))


def key(document: Document) -> bytes:
    """The digest under which the extraction of a document is kept: of all that it may depend on."""
    digest = sha256(document.data)
    for told in (document.url, document.date):
        digest.update(b"\0" + (told or "").encode("utf-8", "surrogatepass"))
    return digest.digest()


def pack(lines: Iterable[str]) -> tuple[bytes, bytes]:
    """N-Quads lines as a row keeps them, and their digest."""
    plain = joined(lines)
    return zlib.compress(plain, 1), sha256(plain).digest()


def unpack(packed: bytes) -> bytes:
    """Packed lines as the bytes of an N-Quads file."""
    return zlib.decompress(packed)


def joined(lines: Iterable[str]) -> bytes:
    """Lines as the bytes of a file."""
    return "".join(f"{line}\n" for line in lines).encode()


def split(file: bytes) -> list[str]:
    """The lines of a file; what ends a line for ``str.splitlines`` alone is a character of one."""
    return file.decode().split("\n")[:-1]


class Cache:
    """The rows of one store, for the process that builds it.

    Raises KgError where the file cannot be read or written, and where the disk is full. What was written
    before stays.
    """

    def __init__(self, folder: Path, knowledge: Knowledge) -> None:
        self._path = folder / FILE
        self._connection = self._opened()
        self._current, self._touched = self._learn(knowledge)
        self._stamps: dict[bytes, int] = dict(self._ask("SELECT key, knowledge FROM extraction"))
        self._restamped: list[bytes] = []

    def __enter__(self) -> Cache:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def holds(self, key: bytes, plain: Callable[[], str]) -> bool:
        """Whether there is a row for ``key`` that is still good. ``plain`` gives the document's plain copy,
        which is asked for only where the knowledge has changed since."""
        stamp = self._stamps.get(key)
        if stamp is None or stamp == self._current:
            return stamp is not None
        touched = self._touched.get(stamp)
        if touched is None or touched(plain()):
            return False
        self._stamps[key] = self._current
        self._restamped.append(key)
        return True

    def add(self, rows: Sequence[Row]) -> None:
        """Keep ``rows``, each in place of an older one of its key."""
        marks = ", ".join("?" * (len(fields(Row)) + 1))
        self._change(
            f"INSERT OR REPLACE INTO extraction ({_COLUMNS}, knowledge) VALUES ({marks})",
            [(*(getattr(row, field.name) for field in fields(Row)), self._current) for row in rows],
        )
        self._stamps.update((row.key, self._current) for row in rows)

    def keep(self, keys: Set[bytes], verdicts: Set[str]) -> None:
        """Forget all rows but those of ``keys`` and all verdicts but those of ``verdicts``, and note that the
        rows are good with today's knowledge."""
        today = [(self._current, key) for key in self._restamped]
        self._change("UPDATE extraction SET knowledge = ? WHERE key = ?", today)
        self._change("DELETE FROM extraction WHERE key = ?", [(key,) for key in self._stamps.keys() - keys])
        self._change("DELETE FROM knowledge WHERE id <> ?", [(self._current,)])
        checked = {key for (key,) in self._ask("SELECT key FROM checked")}
        self._change("DELETE FROM checked WHERE key = ?", [(key,) for key in checked - verdicts])

    def rows(self) -> Iterator[Row]:
        """Every row, without its lines, in the order of the keys."""
        columns = _COLUMNS.removesuffix(", lines")
        for each in self._ask(f"SELECT {columns} FROM extraction ORDER BY key"):
            yield Row(*each)

    def lines(self, key: bytes) -> bytes:
        """The packed lines of one row."""
        ((lines,),) = self._ask("SELECT lines FROM extraction WHERE key = ?", (key,))
        return bytes(lines)

    def checked(self) -> dict[str, list[list[str]]]:
        """The violations (focus, path, message) of each checked graph, by the key of its verdict."""
        return {key: json.loads(found) for key, found in self._ask("SELECT key, violations FROM checked")}

    def note(self, checked: Iterable[tuple[str, list[list[str]]]]) -> None:
        """Keep what checking found, each under the key of its verdict."""
        self._change(
            "INSERT OR REPLACE INTO checked VALUES (?, ?)",
            [(key, json.dumps(found, ensure_ascii=False)) for key, found in checked],
        )

    def _learn(self, knowledge: Knowledge) -> tuple[int, dict[int, Touched | None]]:
        """The number of today's knowledge, and for that of other rows what changed since."""
        current, others = 0, {}
        known = list(self._ask("SELECT id, core, triggers FROM knowledge"))
        for id_, core, triggers in known:
            if (old := Knowledge(core, json.loads(triggers))) == knowledge:
                current = id_
            else:
                others[id_] = knowledge.changed(old)
        if not current:
            current = max((id_ for id_, _, _ in known), default=0) + 1
            told = json.dumps(dict(knowledge.triggers), ensure_ascii=False)
            self._change("INSERT INTO knowledge VALUES (?, ?, ?)", [(current, knowledge.core, told)])
        return current, others

    def _opened(self) -> sqlite3.Connection:
        try:
            connection = sqlite3.connect(self._path, isolation_level=None)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            ((version,),) = connection.execute("PRAGMA user_version")
            if version != _VERSION:  # nothing here cannot be extracted again
                connection.execute("BEGIN IMMEDIATE")
                for (name,) in connection.execute(
                    "SELECT name FROM sqlite_master WHERE type = 'table'"
                ).fetchall():
                    connection.execute(f'DROP TABLE "{name}"')
                for statement in filter(str.strip, _TABLES.split(";")):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {_VERSION}")
                connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._error(error) from None
        return connection

    def _ask(self, sql: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        try:
            with closing(self._connection.cursor()) as cursor:
                yield from cursor.execute(sql, values)
        except sqlite3.Error as error:
            raise self._error(error) from None

    def _change(self, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany(sql, rows)
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            if self._connection.in_transaction:
                self._connection.rollback()
            raise self._error(error) from None

    def _error(self, error: sqlite3.Error) -> KgError:
        broken = any(told in str(error) for told in ("malformed", "not a database"))
        mend = "remove the file" if broken else "see that there is space"
        return KgError(
            f"cannot keep extractions: {self._path}: {error}: {mend}, then run the same command again"
        )
