"""The graph against its shapes: a SHACL report that a person can read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from rdflib import OWL, RDF, RDFS, Graph, URIRef
from shacl import Result, Shapes

from kg.errors import KgError, one_line
from kg.vocabulary import PREFIXES, relations, resource

_RELATION = """
[] a sh:NodeShape ;
    sh:targetNode <{relation}> ;
    sh:property
        [ sh:path ( [ sh:inversePath rdf:predicate ] rdf:subject ) ; sh:or ( {domain} ) ;
          sh:message "the subject is outside the domain of the relation" ] ,
        [ sh:path ( [ sh:inversePath rdf:predicate ] rdf:object ) ; sh:or ( {range} ) ;
          sh:message "the object is outside the range of the relation" ] .
"""


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


def check(lines: Iterable[str]) -> Report:
    """Validate the N-Quads lines of whole articles, their named graphs taken together.

    Whatever one article says is in its own graph, so check a large store in batches: about 25 articles
    at a time is fastest, and time grows faster than the batch. Raises KgError where a line is no N-Quads.
    """
    compiled = _compiled()
    try:
        report = compiled.validate_text("\n".join((*lines, _ontology_lines())), format="nquads")
    except ValueError as error:
        reason = str(error).rpartition("Parser error ")[2]
        raise KgError(f"not N-Quads: {one_line(reason)}") from None
    return Report(tuple(sorted(set(map(_violation, report.results)))))


@cache
def shapes() -> str:
    """All shapes in Turtle: those of ``ontology/shapes.ttl``, and of each relation its domain and range."""
    fixed = resource("ontology", "shapes.ttl").read_text("utf-8")
    return fixed + "".join(_relation(each.iri) for each in relations().values())


@cache
def _compiled() -> Shapes:
    return Shapes.from_turtle(shapes())


@cache
def _ontology() -> Graph:
    return Graph().parse(resource("ontology", "kg.ttl"), format="turtle")


@cache
def _ontology_lines() -> str:
    return _ontology().serialize(format="nt")


def _relation(iri: str) -> str:
    relation, graph = URIRef(iri), _ontology()
    literal = (relation, RDF.type, OWL.DatatypeProperty) in graph
    return _RELATION.format(
        relation=iri,
        domain=_members("class", relation, RDFS.domain),
        range=_members("datatype" if literal else "class", relation, RDFS.range),
    )


def _members(constraint: str, relation: URIRef, side: URIRef) -> str:
    """The domain or range of a relation, or the members of its union, each as a shape."""
    graph = _ontology()
    whole = graph.value(relation, side)
    union = graph.value(whole, OWL.unionOf)
    members = graph.items(union) if union else [whole]
    return " ".join(f"[ sh:{constraint} <{each}> ]" for each in members)


def _violation(result: Result) -> Violation:
    focus, path = result.focus_node, result.path or ""
    relation = focus[1:-1] in {each.iri for each in relations().values()}
    if relation and not path.startswith("<"):  # asked of the relation: what it joins is at fault
        focus, path = result.value or focus, focus
    name = focus[1:-1] if focus.startswith("<") else repr(focus[:80])
    return Violation(name, _short(path[1:-1]), result.message or "")


def _short(iri: str) -> str:
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri
