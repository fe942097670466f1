"""Where articles come from: files, folders, archives and tables, as documents that are not yet read.

Folders are walked for ``.txt`` files. Archives (``.tar``, also compressed by gzip, bzip2, xz or zstd) hold
such files. Tables (``.jsonl``, also compressed, and ``.parquet``) have a row for each article, with its text
in the column ``text`` and, where known, ``url``, ``date`` and ``title``. Nothing is unpacked to disk.
"""

from __future__ import annotations

import io
import json
import re
import tarfile
import zlib
from bz2 import BZ2File
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from gzip import GzipFile
from itertools import count
from lzma import LZMAError, LZMAFile
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, TypeVar

from kg.errors import KgError, Unreadable, one_line
from kg.model import Document, Skip

T = TypeVar("T")

LARGEST = 4 * 1024 * 1024
"""Documents of more bytes than this are not read; the longest release known has 0.7 million."""

_BATCH = 256  # rows of a Parquet file held at a time
_LINE = 3 * LARGEST  # bytes of a line of JSON, in which a letter of three bytes may take six

_ARCHIVE = re.compile(r"\.tar(\.(gz|bz2|xz|zst))?$|\.tgz$", re.IGNORECASE)
_TABLE = re.compile(r"\.(jsonl|ndjson)(\.(gz|bz2|xz|zst))?$|\.parquet$", re.IGNORECASE)

_Row = Mapping[str, Any] | bytes  # of a table; bytes are a line of JSON


class Sources:
    """The documents in ``paths``, in their order; a folder's are sorted, an archive's as they stand in it.

    What is no document comes out as a Skip in its place. ``done`` tells how much has been read, from 0 to
    1. Raises KgError for an archive or a table that cannot be opened or ends in its middle: then nobody
    can tell what is missing.
    """

    def __init__(self, paths: Iterable[Path]) -> None:
        self._paths = list(paths)
        self.done = 0.0

    def __iter__(self) -> Iterator[Document | Skip]:
        for index, path in enumerate(self._paths):
            for result, share in _documents(path):
                self.done = (index + share) / len(self._paths)
                yield result
        self.done = 1.0


def document(path: Path) -> Document:
    """The document in one file. Raises Unreadable("not a .txt file", "cannot be read", "too large")."""
    if path.suffix.lower() != ".txt":
        raise Unreadable("not a .txt file", path.name)
    try:
        if not path.is_file():
            raise Unreadable("cannot be read", "no such file")
        _refuse_large(path.stat().st_size)
        return Document(str(path), path.stem, path.read_bytes())
    except OSError as error:
        raise Unreadable("cannot be read", error.strerror or "") from error


def _documents(path: Path) -> Iterator[tuple[Document | Skip, float]]:
    """Each document of a path, and the share of the path that has been read."""
    if path.is_dir():
        files = sorted(each for each in path.rglob("*") if each.suffix.lower() == ".txt" and each.is_file())
        for index, each in enumerate(files, 1):
            yield or_skip(str(each), partial(document, each)), index / len(files)
        return
    table = _TABLE.search(path.name)
    if not (table or _ARCHIVE.search(path.name)):
        yield or_skip(str(path), partial(document, path)), 1.0
        return
    try:
        size = max(path.stat().st_size, 1)
        with path.open("rb") as file:
            for result in _rows(path, file) if table else _members(path, file):
                yield result, min(file.tell() / size, 1.0)
    except (OSError, EOFError, LZMAError, zlib.error, tarfile.TarError, ValueError) as error:
        raise KgError(f"cannot read {path}: {one_line(error)}") from error


class _Member(tarfile.TarInfo):
    """The header of a member. A header that is broken is an error: tarfile takes it for the archive's end."""

    @classmethod
    def fromtarfile(cls, tarfile_: tarfile.TarFile) -> _Member:
        try:
            return super().fromtarfile(tarfile_)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined]
            raise
        except tarfile.HeaderError as error:
            raise tarfile.ReadError(f"damaged or cut off: {error}") from None


def _members(path: Path, file: BinaryIO) -> Iterator[Document | Skip]:
    """The texts in an archive, in the archive's order."""
    with tarfile.open(fileobj=_opened(path.suffix.lower(), file), mode="r|", tarinfo=_Member) as archive:
        for member in archive:
            name = PurePosixPath(member.name)
            if not member.isfile() or name.suffix.lower() != ".txt":
                continue
            label = f"{path}/{member.name}"
            yield or_skip(label, partial(_member, archive, member, label, name.stem))


def _member(archive: tarfile.TarFile, member: tarfile.TarInfo, label: str, name: str) -> Document:
    _refuse_large(member.size)
    content = archive.extractfile(member)
    assert content
    return Document(label, name, content.read())


def _rows(path: Path, file: BinaryIO) -> Iterator[Document | Skip]:
    """The rows of a table, named by the number of the row, from 1."""
    suffix = path.suffix.lower()
    rows = _parquet(file) if suffix == ".parquet" else _lines(_opened(suffix, file))
    for number, row in zip(count(1), rows, strict=False):
        label = f"{path}:{number}"
        yield or_skip(label, partial(_row, row, label, str(number)))


def _row(row: _Row, label: str, name: str) -> Document:
    if isinstance(row, bytes):
        if len(row) > _LINE:
            raise Unreadable("too large", f"a line of more than {_LINE} bytes")
        try:
            row = json.loads(row)
        except (ValueError, RecursionError) as error:
            raise Unreadable("not JSON", str(error)) from None
    if not isinstance(row, Mapping) or not isinstance(text := row.get("text"), str):
        raise Unreadable("no text", 'the row has no column "text" that holds text')
    title, url, date = (row.get(column) for column in ("title", "url", "date"))
    if isinstance(title, str) and title and not text.startswith(title):
        text = f"{title}\n{text}"
    data = text.encode("utf-8", "surrogatepass")
    _refuse_large(len(data))
    return Document(label, name, data, str(url) if url else None, str(date) if date else None)


def _lines(file: BinaryIO) -> Iterator[_Row]:
    """The lines of a file; of one that is too long, just enough to see that."""
    while line := file.readline(_LINE + 1):
        yield line
        while len(line) > _LINE and not line.endswith(b"\n"):
            line = file.readline(_LINE + 1)


def _parquet(file: BinaryIO) -> Iterator[_Row]:
    table = _pyarrow().parquet.ParquetFile(file)
    columns = [name for name in table.schema_arrow.names if name in ("text", "title", "url", "date")]
    for batch in table.iter_batches(batch_size=_BATCH, columns=columns):
        yield from batch.to_pylist()


def _opened(suffix: str, file: BinaryIO) -> Any:
    """The content of a file, decompressed by its suffix as it is read."""
    match suffix:
        case ".gz" | ".tgz":
            return GzipFile(fileobj=file)
        case ".bz2":
            return BZ2File(file)
        case ".xz":
            return LZMAFile(file)
        case ".zst":
            return io.BufferedReader(_pyarrow().CompressedInputStream(file, "zstd"))
    return file


def _pyarrow() -> Any:
    try:
        import pyarrow.parquet
    except ImportError:
        raise KgError("pyarrow, which reads .parquet and .zst, is not there: pip install pyarrow") from None
    return pyarrow


def or_skip(label: str, read: Callable[[], T]) -> T | Skip:
    """What ``read`` gives, or why it passes over the document of that label."""
    try:
        return read()
    except Unreadable as error:
        return Skip(label, error.reason, str(error))


def _refuse_large(size: int) -> None:
    if size > LARGEST:
        raise Unreadable("too large", f"more than {LARGEST} bytes")
