"""The graph on disk, written as snapshots and read with SPARQL. The border to pyoxigraph and oxrdflib.

A store is a folder that holds snapshots and the file ``current``, which names the one that readers
open. A new snapshot is written beside the old one and published by replacing that file, so a crash
at any moment leaves the old one in place. Locks on folders, which end with their process, keep a
second writer out and a snapshot that is being read from being removed.
"""

from __future__ import annotations

import fcntl
import gzip
import io
import os
import re
import shutil
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import BinaryIO, Literal, cast

import pyoxigraph as ox
from oxrdflib import OxigraphStore
from rdflib import Dataset

from kg.errors import KgError, one_line
from kg.vocabulary import ID, PREFIXES, RDF, XSD, classes

_CURRENT = "current"
_SNAPSHOT = "snapshot-"
_BESIDE = ("extractions.sqlite", "report.json")  # what a build keeps beside the snapshots
_QUADS = "quads"
_DIGESTS = "graphs.tsv"
_MANY = 4  # a new snapshot is loaded whole where more than one graph in so many has changed
_AT_A_TIME = 500  # graphs that a thread loads together: memory grows with them
_THREADS = min(4, os.cpu_count() or 1)  # a load alone keeps one core busy
_SORTED_TABLES = ".sst"  # of RocksDB: files that never change

# To tell what is wrong with a query: what is neither keyword nor name, and what starts an update.
_SKIPPED = re.compile(r"""<[^<>"{}|^`\\\s]*>|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\#[^\n]*""", re.DOTALL)
_DECLARED = re.compile(r"\bPREFIX\s+([\w.-]*):", re.IGNORECASE)
_USED = re.compile(r"(?<![\w:?$@%.-])([^\W\d_][\w.-]*):")
_FORM = re.compile(r"(?:\s|BASE\b|PREFIX\s+[\w.-]*:)*(\w+)", re.IGNORECASE)
_UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"}
_LOCAL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+ integer|[+-]?[0-9]*\.[0-9]+ decimal")
_PLACE = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_PROSE = re.compile(r"(?<![\w\"'])[A-Z][\w]+(?: [\w?]+){2,}")  # among the tokens that were expected


@dataclass(frozen=True, slots=True)
class Term:
    """An RDF term. ``kind`` is "iri", "literal", "blank" or "triple"; ``value`` is the IRI or the text.

    ``language`` is "" for a literal without one; ``datatype`` is "" for all that is no literal.
    """

    kind: Literal["iri", "literal", "blank", "triple"]
    value: str
    language: str = ""
    datatype: str = ""

    def __str__(self) -> str:
        """The term as N-Triples write it: ``<iri>`` or ``"text"@th``."""
        return self.value if self.kind == "triple" else str(_to_ox(self))


_TYPE = f"<{RDF}type>"
_LITERAL = re.compile(r'"(.*)"(?:@([A-Za-z0-9-]+)|\^\^<(.*)>)?', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u([0-9A-F]{4})|U([0-9A-F]{8})|(.))")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "\\": "\\", "'": "'"}


@dataclass(frozen=True, slots=True)
class Rows:
    """The answer to SELECT: a term, or None where nothing is bound, for each variable of each row."""

    variables: tuple[str, ...]
    rows: Iterable[tuple[Term | None, ...]]


@dataclass(frozen=True, slots=True)
class Triples:
    """A graph, such as the answer to CONSTRUCT and DESCRIBE: its triples are unique and sorted."""

    _triples: tuple[ox.Triple, ...]

    @classmethod
    def parse(cls, turtle: bytes) -> Triples:
        """The triples of Turtle, of which N-Triples are a part. Raises ValueError for anything else."""
        try:
            quads = ox.parse(turtle, format=ox.RdfFormat.TURTLE)
            return cls(tuple(sorted({quad.triple for quad in quads}, key=str)))
        except SyntaxError as error:
            raise ValueError(one_line(error)) from None

    def __iter__(self) -> Iterator[tuple[Term, Term, Term]]:
        for each in self._triples:
            yield _from_ox(each.subject), _from_ox(each.predicate), _from_ox(each.object)

    def turtle(self) -> Iterator[str]:
        """The graph as lines of Turtle; see ``turtle``."""
        return turtle(map(str, self._triples))

    def json_ld(self) -> bytes:
        """The graph as expanded JSON-LD."""
        return ox.serialize(self._triples, format=ox.RdfFormat.JSON_LD) or b""

    def rdf_xml(self) -> bytes:
        """The graph as RDF/XML. Raises KgError where it holds a predicate that XML cannot name."""
        try:
            return ox.serialize(self._triples, format=ox.RdfFormat.RDF_XML) or b""
        except (ValueError, OSError) as error:
            raise KgError(f"a graph that RDF/XML cannot write: {one_line(error)}: use turtle") from None


Answer = bool | Rows | Triples


@cache
def prefixes() -> Mapping[str, str]:
    """The prefixes that a query need not declare: the vocabulary's, id:, and one for each kind of thing.

    ``person:0123456789abcdef`` is a thing of class Person, ``claim:…`` a claim, ``article:…`` an article.
    """
    return MappingProxyType({**_written_prefixes(), "id": ID})


@cache
def _written_prefixes() -> Mapping[str, str]:
    things = {each.iri.rpartition("#")[2].lower() for each in classes().values()}
    kinds = sorted(things | {"article", "claim", "money"})
    return MappingProxyType({**PREFIXES, **{kind: f"{ID}{kind}/" for kind in kinds}})


@cache
def _by_namespace() -> Mapping[str, str]:
    return MappingProxyType({namespace: prefix for prefix, namespace in _written_prefixes().items()})


def compact(iri: str) -> str:
    """An IRI as a prefixed name that a query understands, or in angle brackets where no prefix fits."""
    start = max(iri.rfind("/"), iri.rfind("#")) + 1
    prefix = _by_namespace().get(iri[:start])
    return f"{prefix}:{iri[start:]}" if prefix and _LOCAL.fullmatch(iri, start) else f"<{iri}>"


def expand(name: str) -> str:
    """The IRI that a prefixed name or an IRI, in angle brackets or without, stands for."""
    prefix, _, local = name.partition(":")
    namespace = prefixes().get(prefix)
    return namespace + local if namespace else name.removeprefix("<").removesuffix(">")


def term(written: str) -> Term:
    """The IRI or literal that stands in N-Triples, as ``str`` of a Term and ``Store.lines`` write it."""
    if written[0] == "<":
        return Term("iri", written[1:-1])
    match = _LITERAL.fullmatch(written)
    if not match:
        raise ValueError(f"Unexpected term: {written!r}")
    value, language, datatype = match.groups(default="")
    if "\\" in value:
        value = _ESCAPE.sub(
            lambda each: _ESCAPED[each[3]] if each[3] else chr(int(each[1] or each[2], 16)), value
        )
    return Term("literal", value, language, datatype or (f"{RDF}langString" if language else f"{XSD}string"))


def by_graph(lines: Iterable[str]) -> Iterator[tuple[str, Iterator[tuple[str, str, str]]]]:
    """N-Quads lines that stand together by graph: each graph's term, and the terms of its triples."""
    for graph, statements in groupby(lines, key=lambda line: line[line.rindex("<") : -2]):
        yield graph, (_triple(statement[: -len(graph) - 3]) for statement in statements)


def _triple(statement: str) -> tuple[str, str, str]:
    subject, predicate, object_ = statement.split(" ", 2)
    return subject, predicate, object_


def turtle(triples: Iterable[str]) -> Iterator[str]:
    """Lines of Turtle, without newlines: a paragraph for each subject, prefixes first.

    ``triples`` are N-Triples without their full stops, sorted, as a ``Triples`` and ``lines`` have them.
    """
    for prefix, namespace in sorted(_written_prefixes().items()):
        yield f"@prefix {prefix}: <{namespace}> ."
    statements = (_in_turtle(*triple.split(" ", 2)) for triple in triples)
    for subject, about in groupby(statements, key=itemgetter(0)):
        yield ""
        yield subject
        type_first = sorted(about, key=lambda statement: statement[1] != "a")
        for verb, told in groupby(type_first, key=itemgetter(1)):
            yield f"    {verb} {', '.join(object_ for _, _, object_ in told)} ;"
        yield "."


def _in_turtle(subject: str, predicate: str, object_: str) -> tuple[str, str, str]:
    """The terms of a triple, from N-Triples."""
    verb = "a" if predicate == _TYPE else _shortened(predicate)
    if object_[0] == "<":  # an IRI, or a triple term
        return _shortened(subject), verb, _shortened(object_)
    text, typed, datatype = object_.rpartition("^^")
    if not typed or object_[-1] != ">":
        return _shortened(subject), verb, object_
    if _PLAIN_NUMBER.fullmatch(f"{text[1:-1]} {datatype[1:-1].removeprefix(XSD)}"):
        return _shortened(subject), verb, text[1:-1]
    return _shortened(subject), verb, f"{text}^^{_shortened(datatype)}"


@lru_cache(maxsize=1024)  # what stands together is about few things
def _shortened(term: str) -> str:
    return compact(term[1:-1]) if term[0] == "<" != term[1] else term


def bare(sparql: str) -> str:
    """A query with spaces for its IRIs, strings and comments; all else stands in its place."""
    return _SKIPPED.sub(lambda match: re.sub(r"\S", " ", match[0]), sparql)


def form(sparql: str) -> str:
    """The word that follows the prologue of a query or an update, in capitals: "SELECT"; "" if none."""
    found = _FORM.match(bare(sparql))
    return found[1].upper() if found else ""


def declared(sparql: str) -> str:
    """A query with those of ``prefixes()`` declared, on its first line, that it uses and does not declare."""
    text = bare(sparql)
    missing = prefixes().keys() & set(_USED.findall(text)) - set(_DECLARED.findall(text))
    return "".join(f"PREFIX {name}: <{prefixes()[name]}> " for name in sorted(missing)) + sparql


@dataclass(frozen=True, slots=True)
class Changes:
    """How many graphs a new snapshot has that the one before had not, or other, or no more."""

    added: int = 0
    replaced: int = 0
    removed: int = 0

    def __bool__(self) -> bool:
        return bool(self.added or self.replaced or self.removed)


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """Hold the store at ``path``, which is made where it is missing, to write it.

    Raises KgError where the folder cannot be written, holds something else, or another process writes it.
    """
    with _told(path), ExitStack() as held:
        path.mkdir(parents=True, exist_ok=True)
        if not held.enter_context(_locked(path, fcntl.LOCK_EX)):
            raise KgError(f"store in use: {path}: another process is writing it, wait for it to end")
        _refuse_foreign(path)
        _sweep(path, keep=_current(path))
        kept = held.pop_all()
    with kept:
        writer = Writer(path)
        yield writer
        writer.before = None
        _sweep(path, keep=_current(path))


class Writer:
    """Publishes snapshots of one store. See ``writing``.

    ``before`` is the snapshot that was published first, if one was and can be read: it stays until the end.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.before: Store | None = None
        with suppress(KgError):
            self.before = Store.open(path)

    def publish(
        self,
        graphs: Mapping[str, str],
        lines: Callable[[str], bytes],
    ) -> Changes:
        """Make ``graphs`` (IRI -> digest of its lines) the graphs of the store, and tell what changed.

        ``lines`` gives the N-Quads of a graph by its IRI, and is asked for those only that are new or have
        another digest. Readers see the old snapshot until the new one is whole; where nothing has changed the
        old one stays. Raises KgError where the lines are no N-Quads or the disk is full; whatever goes wrong,
        the old snapshot stays.
        """
        current = _current(self._path)
        old = _digests(self._path / current) if current else {}
        fresh = [graph for graph in graphs if graph not in old]
        replaced = [graph for graph, digest in graphs.items() if old.get(graph, digest) != digest]
        removed = [graph for graph in old if graph not in graphs]
        changes = Changes(len(fresh), len(replaced), len(removed))
        if current and not changes:
            return changes
        new = self._path / _next(self._path)
        with _told(self._path), self._undone(new):
            (new / _QUADS).mkdir(parents=True)
            if _MANY * (len(fresh) + len(replaced) + len(removed)) < len(old):
                _link(self._path / current / _QUADS, new / _QUADS)
                _load(new / _QUADS, map(lines, sorted(fresh + replaced)), without=replaced + removed)
            else:
                _load(new / _QUADS, map(lines, sorted(graphs)))
            told = "".join(f"{graph}\t{digest}\n" for graph, digest in sorted(graphs.items()))
            (new / _DIGESTS).write_text(told, encoding="utf-8")
            os.sync()  # what ``current`` names must outlast a loss of power
            _publish(self._path, new.name)
            _sweep(self._path, keep=new.name)
        return changes

    @staticmethod
    @contextmanager
    def _undone(new: Path) -> Iterator[None]:
        """Remove the snapshot ``new`` where making it fails."""
        try:
            yield
        except BaseException:
            shutil.rmtree(new, ignore_errors=True)
            raise


class Store:
    """One snapshot, open for reading; ``path`` is its folder.

    The default graph of a query is the union of all named graphs. A statement that several articles
    make is found there as often: ask with DISTINCT.
    """

    def __init__(self, path: Path, inner: ox.Store, folder: int) -> None:
        self.path = path
        self._inner = inner
        self._folder = folder  # held open: its lock keeps the snapshot from being removed

    def __del__(self) -> None:
        os.close(self._folder)

    @classmethod
    def open(cls, path: Path) -> Store:
        """The store at ``path`` as it is now; it stays so, whatever is published meanwhile.

        Raises KgError where there is none, or where it cannot be read.
        """
        while name := _current(path):
            try:
                return cls._snapshot(path / name)
            except OSError as error:
                if name == _current(path):  # otherwise replaced and removed since it was named
                    message = f"cannot read the store: {path}: {one_line(error)}: run `kg build` again"
                    raise KgError(message) from None
        raise KgError(f"no store: {path}: run `kg build` first, or name another with --store")

    @classmethod
    def _snapshot(cls, path: Path) -> Store:
        folder = os.open(path, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_SH)
            return cls(path, ox.Store.read_only(str(path / _QUADS)), folder)
        except OSError:
            os.close(folder)
            raise

    def query(self, sparql: str, bindings: Mapping[str, Term] | None = None) -> Answer:
        """The answer to a SPARQL 1.1 query: bool for ASK, Rows for SELECT, Triples for the others.

        ``bindings`` gives values to variables by name. Each must be in the SELECT clause, and a
        sub-select does not see it. Raises KgError for a wrong query, with its line and column.
        """
        try:
            answer = self._inner.query(
                sparql,
                prefixes=dict(prefixes()),
                use_default_graph_as_union=True,
                substitutions={ox.Variable(name): _to_ox(term) for name, term in (bindings or {}).items()},
            )
            if isinstance(answer, ox.QueryBoolean):
                return bool(answer)
            if isinstance(answer, ox.QueryTriples):
                return Triples(tuple(sorted(set(answer), key=str)))
        except SyntaxError as error:
            raise KgError(_complaint(sparql, str(error))) from None
        except (RuntimeError, OSError, ValueError) as error:
            raise KgError(f"query failed: {one_line(error)}") from None
        return Rows(tuple(variable.value for variable in answer.variables), _rows(answer))

    def select(self, sparql: str, **bindings: Term) -> Rows:
        """The rows of a SELECT query; see ``query``."""
        answer = self.query(sparql, bindings)
        assert isinstance(answer, Rows)
        return answer

    def lines(self) -> Iterator[str]:
        """Every statement as an N-Quads line without its newline: sorted within its graph, graphs by IRI."""
        for graph in self.graphs():
            yield from self.graph(graph)

    def graphs(self) -> list[str]:
        """The IRIs of all named graphs, sorted: one an article."""
        return sorted(graph.value for graph in self._inner.named_graphs() if isinstance(graph, ox.NamedNode))

    def digests(self) -> dict[str, str]:
        """The digest of each graph by its IRI: graphs of one digest are the same. {} where none are kept."""
        return _digests(self.path)

    def graph(self, article: str) -> list[str]:
        """The statements of one article, by its IRI, as sorted N-Quads lines; none where it is unknown."""
        return sorted(f"{quad} ." for quad in self._inner.quads_for_pattern(None, None, None, _iri(article)))

    def dataset(self) -> Dataset:
        """The store as an rdflib Dataset, one graph an article, queried as their union. Not to be written."""
        dataset = Dataset(store=OxigraphStore(store=self._inner), default_union=True)
        for prefix, namespace in _written_prefixes().items():
            dataset.bind(prefix, namespace)
        return dataset


@contextmanager
def reading(path: Path) -> Iterator[Store]:
    """The store at ``path``, or that of an N-Quads file (also .gz), which is made for as long in the folder
    for temporary files. Raises KgError where neither is there, and where the file holds no named graph.
    """
    if not path.is_file():
        yield Store.open(path)
        return
    with TemporaryDirectory(prefix="kg-") as folder:
        snapshot = Path(folder)
        try:
            with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
                inner = ox.Store(str(snapshot / _QUADS))
                inner.bulk_load(cast(BinaryIO, file), ox.RdfFormat.N_QUADS)
                inner.flush()
                del inner  # its lock
        except (SyntaxError, ValueError, OSError, EOFError) as error:
            raise KgError(f"cannot read the N-Quads: {path}: {one_line(error)}") from None
        store = Store._snapshot(snapshot)
        if not store.graphs():
            raise KgError(f"no named graph: {path}: give a store, or its export graph.nq")
        yield store


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Tell in one line what keeps a store from being written."""
    try:
        yield
    except OSError as error:
        raise KgError(f"cannot write the store: {path}: {one_line(error)}: what was there stays") from None


@contextmanager
def _locked(folder: Path, kind: int) -> Iterator[bool]:
    """Hold a lock on a folder, or tell at once that another process does."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(descriptor)


def _current(path: Path) -> str:
    """The name of the published snapshot, "" where there is none."""
    try:
        return (path / _CURRENT).read_text("ascii").strip()
    except (FileNotFoundError, NotADirectoryError):
        return ""


def _snapshots(path: Path) -> list[Path]:
    return sorted(path.glob(f"{_SNAPSHOT}*"))


def _refuse_foreign(path: Path) -> None:
    """Keep a folder that is no store, such as somebody's articles, from being filled."""
    ours = (_SNAPSHOT, _CURRENT, *_BESIDE)
    foreign = sorted(each.name for each in path.iterdir() if not each.name.startswith(ours))
    if foreign and not _current(path):
        raise KgError(f"not a store: {path}: it holds {foreign[0]!r}: name a new folder with --store")


def _next(path: Path) -> str:
    numbers = (int(each.name.removeprefix(_SNAPSHOT)) for each in _snapshots(path))
    return f"{_SNAPSHOT}{max(numbers, default=0) + 1:06}"


def _load(folder: Path, graphs: Iterable[bytes], without: Iterable[str] = ()) -> None:
    """Put N-Quads into the quads of a snapshot, after the graphs ``without`` are taken out."""
    store = ox.Store(str(folder))
    for graph in without:
        store.remove_graph(_iri(graph))

    def load(some: list[bytes]) -> None:
        # Lenient is faster by a third: only the form of IRIs goes unchecked, which kg.graph made.
        pieces = io.BufferedReader(_Bytes(some), 1 << 20)
        store.bulk_load(pieces, ox.RdfFormat.N_QUADS, lenient=True)

    remaining = iter(graphs)
    loading: deque[Future[None]] = deque()
    try:
        with ThreadPoolExecutor(_THREADS) as threads:
            while some := list(islice(remaining, _AT_A_TIME)):
                loading.append(threads.submit(load, some))
                if len(loading) > _THREADS:
                    loading.popleft().result()
            for each in loading:
                each.result()
    except SyntaxError as error:
        raise KgError(f"not N-Quads: {one_line(error)}") from None
    store.flush()


def _link(old: Path, new: Path) -> None:
    """A copy of closed quads that shares the files that never change."""
    for file in old.iterdir():
        if file.suffix == _SORTED_TABLES:
            (new / file.name).hardlink_to(file)
        elif file.name != "LOCK":
            shutil.copyfile(file, new / file.name)


def _digests(snapshot: Path) -> dict[str, str]:
    """The digest of each graph of a snapshot."""
    try:
        rows = (snapshot / _DIGESTS).read_text("utf-8").splitlines()
    except FileNotFoundError:
        return {}
    return dict(row.split("\t") for row in rows)


def _publish(path: Path, name: str) -> None:
    fresh = path / f"{_CURRENT}.new"
    with fresh.open("w", encoding="ascii") as file:
        file.write(f"{name}\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path / _CURRENT)
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def _sweep(path: Path, keep: str) -> None:
    """Remove the snapshots that are neither published nor being read."""
    for each in _snapshots(path):
        if each.name != keep:
            with _locked(each, fcntl.LOCK_EX) as unread:
                if unread:
                    shutil.rmtree(each)


class _Bytes(io.RawIOBase):
    """Pieces of a file as the binary file that bulk_load reads."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


def _rows(solutions: ox.QuerySolutions) -> Iterator[tuple[Term | None, ...]]:
    width = range(len(solutions.variables))
    try:
        for solution in solutions:
            terms = (solution[i] for i in width)
            yield tuple(None if term is None else _from_ox(term) for term in terms)
    except (RuntimeError, OSError) as error:
        raise KgError(f"query failed: {one_line(error)}") from None


def _from_ox(term: ox.NamedNode | ox.Literal | ox.BlankNode | ox.Triple) -> Term:
    if isinstance(term, ox.NamedNode):
        return Term("iri", term.value)
    if isinstance(term, ox.Literal):
        return Term("literal", term.value, term.language or "", term.datatype.value)
    if isinstance(term, ox.BlankNode):
        return Term("blank", term.value)
    return Term("triple", str(term))


def _to_ox(term: Term) -> ox.NamedNode | ox.Literal | ox.BlankNode:
    if term.kind == "iri":
        return _iri(term.value)
    if term.kind == "literal":
        if term.language:
            return ox.Literal(term.value, language=term.language)
        return ox.Literal(term.value, datatype=ox.NamedNode(term.datatype or f"{XSD}string"))
    if term.kind == "blank":
        return ox.BlankNode(term.value)
    raise ValueError(f"Unexpected term: {term!r}")


def _iri(value: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(value)
    except ValueError:
        raise KgError(f"not an IRI: {value!r}: write it in full, as {ID}claim/0123456789abcdef") from None


def _complaint(sparql: str, message: str) -> str:
    """What is wrong with a query, in one line with the place where it is wrong."""
    if form(sparql) in _UPDATES:
        return "not a query: SPARQL update is refused: the graph is changed by `kg build` only"
    text = bare(sparql)
    known = {*prefixes(), *_DECLARED.findall(text)}
    for used in _USED.finditer(text):
        if used[1] not in known:
            row = text.count("\n", 0, used.start()) + 1
            column = used.start() - text.rfind("\n", 0, used.start())
            return f"wrong query: line {row}, column {column}: prefix {used[1]}: is not declared"
    place = _PLACE.match(message)
    if not place:
        return f"wrong query: {one_line(message)}"
    row, column = int(place[1]), int(place[2])
    prose = _PROSE.search(place[3])
    text = sparql.split("\n")[row - 1]
    reason = prose[0] if prose else f"not understood near {text[max(0, column - 20) : column + 20]!r}"
    return f"wrong query: line {row}, column {column}: {reason}"
