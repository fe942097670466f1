"""The order of the stages: from files to the graph in the store, its exports and the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TypeVar

from kg.check import Violation, check
from kg.errors import KgError, Unreadable
from kg.export import export
from kg.graph import article_iri, quads
from kg.model import Article, Extraction, Span
from kg.read import Skip, files, read
from kg.recognise import recognise
from kg.relate import relate
from kg.resolve import resolve
from kg.search import index
from kg.store import Rows, Store, write
from kg.vocabulary import KG, classes, relations

T = TypeVar("T")

_SHOWN = 3  # files named for each reason of a skip, and violations
_BATCH = 100  # articles checked at a time

_GRAPHS = "SELECT ?article WHERE { GRAPH ?article {} } ORDER BY ?article"
_THINGS = "SELECT ?class (COUNT(DISTINCT ?thing) AS ?count) WHERE { ?thing a ?class } GROUP BY ?class"
_CLAIMS = """
SELECT ?relation ?status (COUNT(?claim) AS ?count) WHERE {
  ?claim a kg:Claim ; rdf:predicate ?relation ; kg:status ?status
} GROUP BY ?relation ?status"""


@dataclass(slots=True)
class Report:
    """What became of the files, and what the graph now holds.

    ``entities`` counts things by type ("PERSON"), each once however many articles name it, and
    ``claims`` by relation ("chairs") and status ("actual").
    """

    articles: int = 0
    skips: list[Skip] = field(default_factory=list)
    entities: Counter[str] = field(default_factory=Counter)
    claims: Counter[tuple[str, str]] = field(default_factory=Counter)
    violations: list[Violation] = field(default_factory=list)

    def __str__(self) -> str:
        """The report in lines for a person, the same for the same input."""
        lines = [f"{'articles':30}{self.articles:9}", f"{'skipped':30}{len(self.skips):9}"]
        for reason, count in sorted(Counter(skip.reason for skip in self.skips).items()):
            lines.append(f"  {reason:28}{count:9}")
            named = [skip for skip in self.skips if skip.reason == reason]
            lines += [f"    {skip.path}: {skip.message}" for skip in named[:_SHOWN]]
            lines += [f"    and {count - _SHOWN} more"] if count > _SHOWN else []
        lines.append(f"{'entities':30}{self.entities.total():9}")
        lines += [f"  {type_:28}{count:9}" for type_, count in sorted(self.entities.items())]
        lines.append(f"{'claims':30}{self.claims.total():9}")
        lines += [
            f"  {relation:18}{status:10}{count:9}"
            for (relation, status), count in sorted(self.claims.items())
        ]
        lines.append(f"{'violations':30}{len(self.violations):9}")
        lines += [f"  {violation}" for violation in self.violations[:_SHOWN]]
        return "\n".join(lines)


def build(paths: Sequence[Path], store: Path, exports: Path) -> Report:
    """Make the articles in ``paths`` the graph in ``store``, write ``exports``, and check the graph.

    Every file ends in the graph or among the report's skips. Raises KgError where none is an article
    or the store cannot be written, and the old graph stays; and where the exports cannot be written.
    """
    report = Report()
    write(store, _lines(paths, report), index)
    graph = Store.open(store)
    export(graph, exports)
    _count(graph, report)
    report.violations = violations(graph)
    return report


def each(paths: Iterable[Path], stage: Callable[[Article], T]) -> Iterator[tuple[Path, T | Skip]]:
    """What ``stage`` makes of each article in ``paths``, or why a file was passed over, in their order."""
    for path in files(paths):
        result: T | Skip
        try:
            result = stage(read(path))
        except Unreadable as error:
            result = Skip(path, error.reason, str(error))
        except Exception as error:  # noqa: BLE001 - what one article brings out must not stop the others
            told = " ".join(str(error).split())
            result = Skip(path, "failed", f"failed: {type(error).__name__}: {told}")
        yield path, result


def describe(article: Article) -> tuple[Article, list[str]]:
    """An article and the N-Quads lines of what it says."""
    return article, quads(extract(article))


def extract(article: Article) -> Extraction:
    """What ``article`` says. The stages count in its plain copy; here their spans become raw ones."""
    resolution = resolve(article, recognise(article))
    claims = relate(article, resolution)
    raw = article.raw
    return Extraction(
        article,
        tuple(replace(each, mentions=tuple(map(raw, each.mentions))) for each in resolution.entities),
        tuple(
            replace(
                each,
                object=raw(each.object) if isinstance(each.object, Span) else each.object,
                evidence=raw(each.evidence),
            )
            for each in claims
        ),
    )


def violations(store: Store) -> list[Violation]:
    """Where the graph in ``store`` breaks the shapes of ``ontology/shapes.ttl``, sorted."""
    found: list[Violation] = []
    articles = (article for (article,) in _rows(store, _GRAPHS))
    while batch := list(islice(articles, _BATCH)):
        found += check(line for article in batch for line in store.graph(article)).violations
    return sorted(found)


def _lines(paths: Sequence[Path], report: Report) -> Iterator[str]:
    """The statements of all articles, each article once, while ``report`` counts the files."""
    seen: set[str] = set()
    for path, result in each(paths, describe):
        if isinstance(result, Skip):
            report.skips.append(result)
            continue
        article, lines = result
        iri = article_iri(article)
        if iri in seen:
            report.skips.append(Skip(path, "repeated", f"repeated: {article.url or 'the same text'}"))
            continue
        seen.add(iri)
        report.articles += 1
        yield from lines
    if not report.articles:
        first = next((f"{skip.path}: {skip.message}" for skip in report.skips), "no .txt file there")
        raise KgError(f"no article among {len(report.skips)} files of {', '.join(map(str, paths))}: {first}")


def _count(store: Store, report: Report) -> None:
    types = {class_.iri: class_.name for class_ in classes().values()}
    names = {relation.iri: relation.name for relation in relations().values()}
    for type_, count in _rows(store, _THINGS):
        if type_ in types:
            report.entities[types[type_]] = int(count)
    for predicate, status, count in _rows(store, _CLAIMS):
        report.claims[names[predicate], status.removeprefix(KG).lower()] = int(count)


def _rows(store: Store, sparql: str) -> Iterator[tuple[str, ...]]:
    answer = store.query(sparql)
    assert isinstance(answer, Rows)
    for row in answer.rows:
        yield tuple(term.value if term else "" for term in row)
