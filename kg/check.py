"""The graph against its shapes: a SHACL report that a person can read."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from pyshacl import validate
from rdflib import SH, Dataset, Graph
from rdflib.exceptions import ParserError
from rdflib.term import Literal, Node, URIRef

from kg.errors import KgError
from kg.vocabulary import KG, PREFIXES, resource

# An ill-typed literal is a violation of the report; rdflib would print a traceback as well.
logging.getLogger("rdflib.term").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """What is wrong at one node: its IRI or literal, the property ("kg:status", or empty) and the reason."""

    focus: str
    path: str
    message: str

    def __str__(self) -> str:
        return ": ".join(filter(None, (self.focus, self.path, self.message)))


@dataclass(frozen=True, slots=True)
class Report:
    """The violations of a graph, sorted and unique."""

    violations: tuple[Violation, ...]

    @property
    def conforms(self) -> bool:
        return not self.violations


def check(data: Iterable[str] | Graph) -> Report:
    """Validate whole articles: N-Quads lines, or an rdflib Graph or Dataset, which is left as it is.

    The named graphs are taken together. Whatever one article says is in its own graph, so a large store
    can be checked a batch of articles at a time. Raises KgError where the lines are not N-Quads.
    """
    graph = _union(data if isinstance(data, Graph) else _parsed(data))
    graph += _read("kg.ttl")
    conforms, results, text = validate(graph, shacl_graph=_read("shapes.ttl"), inplace=True, inference="none")
    if not isinstance(results, Graph):
        raise KgError(f"the shapes cannot be applied: {text}")
    if conforms:
        return Report(())
    # Only these: the results that hang from others by sh:detail say the same again.
    violations = {_violation(results, result) for result in results.objects(None, SH.result)}
    return Report(tuple(sorted(violations)))


def _parsed(lines: Iterable[str]) -> Dataset:
    dataset = Dataset()
    try:
        dataset.parse(data="\n".join(lines), format="nquads")
    except ParserError as error:
        raise KgError(f"not N-Quads: {' '.join(str(error).split())}") from None
    return dataset


def _union(graph: Graph) -> Graph:
    union = Graph()
    triples = (quad[:3] for quad in graph.quads()) if isinstance(graph, Dataset) else graph
    for triple in triples:
        union.add(triple)
    return union


def _violation(results: Graph, result: Node) -> Violation:
    focus = results.value(result, SH.focusNode)
    if str(focus).startswith(
        KG.rstrip("#")
    ):  # a shape that asks about the whole graph: the value is at fault
        focus = results.value(result, SH.value)
    path = results.value(result, SH.resultPath)
    message = results.value(result, SH.resultMessage)
    name = repr(str(focus)[:80]) if isinstance(focus, Literal) else str(focus)
    return Violation(name, _short(path) if isinstance(path, URIRef) else "", str(message))


def _short(iri: str) -> str:
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri


@cache
def _read(name: str) -> Graph:
    return Graph().parse(resource("ontology", name), format="turtle")
