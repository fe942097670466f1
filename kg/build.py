"""A corpus into a graph: extract what is new, merge, publish a snapshot, export, check, and report.

The work is kept as it is done (``kg.cache``), so that a build which was stopped goes on where it was, and a
build of a corpus that has hardly changed does hardly anything.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from hashlib import sha256
from itertools import islice
from pathlib import Path
from socket import gethostname
from time import monotonic
from typing import Any, TypeVar

from kg.across import graphs as together
from kg.across import notes
from kg.cache import Cache, Row, joined, key, pack, split, unpack
from kg.check import Violation, check, shapes
from kg.duplicates import copies, share, sketch
from kg.engine import Engine
from kg.errors import KgError, Unreadable
from kg.extract import attempt, describe
from kg.graph import article_iri
from kg.knowledge import Knowledge, knowledge
from kg.model import Document, Skip
from kg.read import decode, normalise
from kg.report import Report
from kg.search import index
from kg.sources import Sources
from kg.store import Store, writing
from kg.vocabulary import KG, classes, relations

_BATCH = 32  # documents that a worker extracts at a time
_CHECKED = 25  # articles checked at a time
_EXPORTS, _COUNTS = "exports.json", "counts.json"  # in a snapshot: where it was exported, what it holds

_THINGS = "SELECT ?class (COUNT(DISTINCT ?thing) AS ?count) WHERE { ?thing a ?class } GROUP BY ?class"
_CLAIMS = """
SELECT ?relation ?status (COUNT(?claim) AS ?count) WHERE {
  ?claim a kg:Claim ; rdf:predicate ?relation ; kg:status ?status
} GROUP BY ?relation ?status"""

Progress = Callable[[str, float, int], None]
"""Is told what goes on: the stage, the share of it that is done (0 to 1), and how many articles or graphs;
where it begins, none."""


Task = tuple[bytes, Document, float]
"""A document to extract, behind its key and before the least score of its claims."""

T = TypeVar("T")


def _silent(stage: str, share: float, count: int) -> None:
    pass


def build(
    paths: Sequence[Path],
    store: Path,
    exports: Path,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    least: float = 0.0,
    progress: Progress = _silent,
) -> Report:
    """Make the articles in ``paths`` the graph in ``store``, write ``exports``, and check the graph.

    Every document ends in the graph or among the report's skips. ``workers`` and ``scheduler`` tell where the
    work runs (``kg.engine``); claims with a score under ``least`` are left out. Stopped at any moment, the
    next build of the same store goes on from what is done, and ends in the same graph. Raises KgError where
    nothing is an article, or the store or the exports cannot be written; where the store cannot, the old
    graph stays.
    """
    report = Report()
    with (
        writing(store) as writer,
        Cache(store, _knowledge(least)) as cache,
        Engine(workers, scheduler) as engine,
    ):
        with _timed(report, "extract", progress):
            labels = _extracted(paths, cache, engine, report, least, progress)
        with _timed(report, "merge", progress):
            graphs = Graphs(_articles(cache, labels, report, paths), cache)
            report.copies = len(graphs.originals)
        with _timed(report, "load", progress):
            lines = _told(graphs.lines, "load", len(graphs.digests), progress)
            report.changes = writer.publish(graphs.digests, lines)
        graph = Store.open(store)
        with _timed(report, "index", progress):
            index(graph, writer.before, graphs.all_lines)
        with _timed(report, "export", progress):
            report.formats = _exported(graph, exports, graphs.all_lines)
        with _timed(report, "check", progress):
            verdict_keys = _verdict_keys(graphs)
            report.violations = _checked(verdict_keys, graphs, cache, engine, progress)
        with _timed(report, "count", progress):
            _count(graph, report)
        cache.keep(labels.keys(), set(verdict_keys.values()))
    return report


def violations(store: Store) -> list[Violation]:
    """Where the graph in ``store`` breaks the shapes of ``ontology/shapes.ttl``, sorted."""
    found: list[Violation] = []
    for batch in _batches(store.graphs(), _CHECKED):
        found += check(line for graph in batch for line in store.graph(graph)).violations
    return sorted(found)


# -- extract ---------------------------------------------------------------------------------------------


def _knowledge(least: float) -> Knowledge:
    now = knowledge()
    return replace(now, core=f"{now.core} {least}")


def _extracted(
    paths: Sequence[Path], cache: Cache, engine: Engine, report: Report, least: float, progress: Progress
) -> dict[bytes, list[str]]:
    """See that the cache holds the extraction of every document, and give the labels of each by its key."""
    sources = Sources(paths)
    labels: dict[bytes, list[str]] = {}
    read = done = 0

    def new() -> Iterator[Task]:
        nonlocal read
        for document in sources:
            read += 1
            if isinstance(document, Skip):
                report.skips.append(document)
                continue
            of = labels.setdefault(found := key(document), [])
            of.append(document.label)
            if len(of) == 1 and not cache.holds(found, partial(_plain, document)):
                yield found, document, least
            elif read % _BATCH == 0:
                progress("extract", sources.done, read)

    for rows in engine.map(partial(rows_of, knowledge().core), _batches(new(), _BATCH), _fatal):
        cache.add(rows)
        done += sum(not row.reason for row in rows)
        progress("extract", sources.done, read)
    report.extracted = done
    return labels


def rows_of(core: str, batch: Sequence[Task]) -> list[Row]:
    """What is drawn from each document: the work of a worker. Raises KgError where it has another kg, whose
    knowledge has not the digest ``core``."""
    if knowledge().core != core:
        raise KgError(f"another kg on the worker {gethostname()}: install the same on all of them")
    return [_row(*task) for task in batch]


def _row(key: bytes, document: Document, least: float) -> Row:
    found = attempt(document, lambda article: describe(article, least))
    if isinstance(found, Skip):
        return Row(key, reason=found.reason, message=found.message)
    said, lines = found
    packed, digest = pack(lines)
    return Row(
        key=key,
        iri=article_iri(said.article),
        published=said.article.published,
        sketch=sketch(said.article),
        notes=json.dumps(notes(said), ensure_ascii=False),
        digest=digest,
        lines=packed,
    )


def _fatal(task: Task) -> list[Row]:
    """What stands for a document that ends the process in which it is read."""
    return [Row(task[0], reason="failed", message="failed: the process that read it died")]


def _plain(document: Document) -> str:
    try:
        return normalise(decode(document.data)[0])[0]
    except Unreadable:
        return ""


# -- merge -----------------------------------------------------------------------------------------------


def _articles(
    cache: Cache, labels: dict[bytes, list[str]], report: Report, paths: Sequence[Path]
) -> dict[str, Row]:
    """The row of each article by its IRI, in the order of the IRIs; what else there is goes to the report.

    Of documents with one IRI, which have one address or one text, the first by their digest is the article.
    """
    articles: dict[str, Row] = {}
    for row in cache.rows():
        if row.key not in labels:
            continue
        first, *others = labels[row.key]
        if row.reason:
            report.skips += [Skip(label, row.reason, row.message) for label in labels[row.key]]
            continue
        if row.iri in articles:
            others = [first, *others]
        else:
            articles[row.iri] = row
        told = f"repeated: another document is the same article, {row.iri}"
        report.skips += [Skip(label, "repeated", told) for label in others]
    report.skips.sort(key=lambda skip: skip.label)
    report.articles = len(articles)
    if not articles:
        first_skip = next((f"{skip.label}: {skip.message}" for skip in report.skips), "no .txt file there")
        raise KgError(
            f"no article among {len(report.skips)} files of {', '.join(map(str, paths))}: {first_skip}"
        )
    return dict(sorted(articles.items()))


class Graphs:
    """The graphs of the store by their IRI: each article's, of which a copy only adds to its original's, and
    those of what the articles tell together.

    ``digests`` gives a digest of each graph's lines, ``originals`` the original of each copy.
    """

    def __init__(self, articles: Mapping[str, Row], cache: Cache) -> None:
        self._articles, self._cache = articles, cache
        self.originals = copies((iri, row.published, row.sketch) for iri, row in articles.items())
        rows = ((iri, row.published, json.loads(row.notes)) for iri, row in articles.items())
        self._together = {iri: pack(lines) for iri, lines in together(rows, self.originals.keys())}
        self.digests = {iri: self._digest(iri) for iri in articles}
        self.digests |= {iri: digest.hex() for iri, (_, digest) in self._together.items()}

    def lines(self, graph: str) -> bytes:
        """The N-Quads of a graph, sorted."""
        if graph in self._together:
            return unpack(self._together[graph][0])
        told = unpack(self._cache.lines(self._articles[graph].key))
        original = self.originals.get(graph)
        if original is None:
            return told
        theirs = unpack(self._cache.lines(self._articles[original].key))
        return joined(share(split(told), split(theirs), original))

    def all_lines(self) -> Iterator[str]:
        """The N-Quads of all graphs, as ``Store.lines`` gives them once they are loaded."""
        for graph in sorted(self.digests):
            yield from split(self.lines(graph))

    def _digest(self, graph: str) -> str:
        digest = self._articles[graph].digest
        original = self.originals.get(graph)
        if original is None:
            return digest.hex()
        # What a copy keeps of its lines depends on both articles, and on this code.
        return sha256(digest + self._articles[original].digest + knowledge().core.encode()).hexdigest()


# -- check and count -------------------------------------------------------------------------------------


def _verdict_keys(graphs: Graphs) -> dict[str, str]:
    """For each graph the digest of all that its verdict depends on: its lines, the shapes, and this code."""
    by = sha256(f"{knowledge().core}{shapes()}".encode()).hexdigest()[:16]
    return {graph: f"{digest} {by}" for graph, digest in graphs.digests.items()}


def _checked(
    keys: Mapping[str, str], graphs: Graphs, cache: Cache, engine: Engine, progress: Progress
) -> list[Violation]:
    """The violations of all graphs, of which those are checked that have no verdict under their key."""
    known = cache.checked()
    new = ((key, graphs.lines(graph)) for graph, key in keys.items() if key not in known)
    done = 0
    for found in engine.map(verdicts, _batches(new, _CHECKED), _unchecked):
        cache.note(found)
        known.update(found)
        done += len(found)
        progress("check", done / len(keys), done)
    return sorted({Violation(*each) for key in keys.values() for each in known[key]})


def verdicts(batch: Sequence[tuple[str, bytes]]) -> list[tuple[str, list[list[str]]]]:
    """The violations of each graph of a batch (the key of its verdict, and its lines): work of a worker."""
    graphs = [(key, split(lines)) for key, lines in batch]
    if check(line for _, lines in graphs for line in lines).conforms:
        return [(key, []) for key, _ in graphs]
    return [
        (key, [[each.focus, each.path, each.message] for each in check(lines).violations])
        for key, lines in graphs
    ]


def _unchecked(item: tuple[str, bytes]) -> list[tuple[str, list[list[str]]]]:
    """What stands for a graph that ends the process in which it is checked."""
    return [(item[0], [["", "", "its check failed"]])]


def _exported(graph: Store, directory: Path, lines: Callable[[], Iterable[str]]) -> tuple[str, ...]:
    """Write the exports, unless they were written from this snapshot and are there still, and tell their
    formats."""
    from kg.export import export  # not for the workers, which start the sooner

    noted, place = graph.path / _EXPORTS, str(directory.resolve())
    known: dict[str, Any] = json.loads(noted.read_text("utf-8")) if noted.is_file() else {}
    formats, files = known.get(place, ((), None))
    if files != _files(directory):
        formats = export(graph, directory, lines)
        known[place] = formats, _files(directory)
        _note(noted, known)
    return tuple(formats)


def _files(directory: Path) -> list[list[object]]:
    """Name, size and time of each file there: those of another store's exports differ."""
    if not directory.is_dir():
        return []
    each = [(path.name, path.stat()) for path in sorted(directory.iterdir()) if path.is_file()]
    return [[name, told.st_size, told.st_mtime_ns] for name, told in each]


def _count(store: Store, report: Report) -> None:
    """Put what the graph holds into the report; of a snapshot it is counted once."""
    noted = store.path / _COUNTS
    if not noted.is_file():
        counts = [list(_rows(store, query)) for query in (_THINGS, _CLAIMS)]
        _note(noted, counts)
    things, claims = json.loads(noted.read_text("utf-8"))
    types = {class_.iri: class_.name for class_ in classes().values()}
    names = {relation.iri: relation.name for relation in relations().values()}
    for type_, count in things:
        if type_ in types:
            report.entities[types[type_]] = int(count)
    for predicate, status, count in claims:
        report.claims[names[predicate], status.removeprefix(KG).lower()] = int(count)


def _note(path: Path, data: object) -> None:
    """Write JSON into a file, whole or not at all."""
    new = path.with_suffix(".new")
    new.write_text(json.dumps(data, ensure_ascii=False), "utf-8")
    new.replace(path)


def _rows(store: Store, sparql: str) -> Iterator[tuple[str, ...]]:
    for row in store.select(sparql).rows:
        yield tuple(term.value if term else "" for term in row)


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    items = iter(items)
    while batch := list(islice(items, size)):
        yield batch


# -- progress --------------------------------------------------------------------------------------------


@contextmanager
def _timed(report: Report, stage: str, progress: Progress) -> Iterator[None]:
    progress(stage, 0.0, 0)
    start = monotonic()
    try:
        yield
    finally:
        report.seconds[stage] = monotonic() - start


def _told(
    lines: Callable[[str], bytes], stage: str, total: int, progress: Progress
) -> Callable[[str], bytes]:
    """``lines``, counted."""
    done = 0

    def counted(graph: str) -> bytes:
        nonlocal done
        done += 1
        if done % _BATCH == 0:
            progress(stage, done / total, done)
        return lines(graph)

    return counted
