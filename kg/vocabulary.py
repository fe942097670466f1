"""The ontology as the program knows it: namespaces, and the classes and relations read from ``kg.ttl``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from kg.errors import KgError

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

KG = "https://w3id.org/thaikg/ontology#"
ID = "https://w3id.org/thaikg/id/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
PROV = "http://www.w3.org/ns/prov#"
SCHEMA = "https://schema.org/"

PREFIXES: Mapping[str, str] = MappingProxyType(
    {
        "kg": KG,
        "rdf": RDF,
        "rdfs": RDFS,
        "owl": OWL,
        "xsd": XSD,
        "skos": SKOS,
        "prov": PROV,
        "schema": SCHEMA,
    }
)


@dataclass(frozen=True, slots=True)
class Class:
    """A class of entities: ``name`` is its entity type ("ORG"), ``iri`` its term ("…#Organization")."""

    name: str
    iri: str
    label_th: str
    label_en: str


@dataclass(frozen=True, slots=True)
class Relation:
    """One of the eighteen relations: ``name`` is its notation ("chairs").

    ``domain`` and ``range`` hold entity types ("PERSON", "DATE", "MONEY"); ``range`` is empty where
    the object is text. ``yields_to`` holds the relations that leave no room for this one between the
    same two things (owl:propertyDisjointWith): who chairs an event does not also attend it.
    """

    name: str
    iri: str
    label_th: str
    label_en: str
    domain: frozenset[str]
    range: frozenset[str]
    symmetric: bool
    yields_to: frozenset[str]


def resource(*parts: str) -> Path:
    """The path of a file that comes with kg, such as ``resource("ontology", "kg.ttl")``.

    Raises KgError where it is missing.
    """
    package = Path(__file__).resolve().parent
    for root in (package, package.parent):  # as installed from a wheel, and in a checkout
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise KgError(f"missing file: {'/'.join(parts)}: install kg again")


@cache
def classes() -> Mapping[str, Class]:
    """The classes of entities by type ("PERSON"), in the order of their names."""
    from rdflib import OWL as owl
    from rdflib import RDF as rdf

    graph = _ontology()
    found = (
        Class(notation, str(term), *_labels(graph, term))
        for notation, term in _notations(graph)
        if (term, rdf.type, owl.Class) in graph and str(term).startswith(KG)
    )
    return MappingProxyType({each.name: each for each in found})


@cache
def relations() -> Mapping[str, Relation]:
    """The eighteen relations by notation ("chairs"), in the order of their names."""
    from rdflib import OWL as owl
    from rdflib import RDF as rdf
    from rdflib import RDFS as rdfs
    from rdflib import SKOS as skos

    graph = _ontology()
    found = (
        Relation(
            notation,
            str(term),
            *_labels(graph, term),
            domain=_types(graph, graph.value(term, rdfs.domain)),
            range=_types(graph, graph.value(term, rdfs.range)),
            symmetric=(term, rdf.type, owl.SymmetricProperty) in graph,
            yields_to=frozenset(
                str(graph.value(other, skos.notation))
                for other in graph.objects(term, owl.propertyDisjointWith)
            ),
        )
        for notation, term in _notations(graph)
        if (term, rdfs.domain, None) in graph
    )
    return MappingProxyType({each.name: each for each in found})


def class_of(type_: str) -> Class:
    """The class of an entity type ("PERSON"). Raises KgError for any other name."""
    try:
        return classes()[type_]
    except KeyError:
        raise KgError(f"unknown entity type: {type_!r}: use one of {', '.join(classes())}") from None


def relation(notation: str) -> Relation:
    """The relation of a notation ("chairs"). Raises KgError for any other name."""
    try:
        return relations()[notation]
    except KeyError:
        raise KgError(f"unknown relation: {notation!r}: use one of {', '.join(relations())}") from None


def local_class(name: str) -> str:
    """The local name ("Organization") of a class, by it or its type ("ORG"), in small letters or capitals.

    Those that are no entities are known too: Claim, Date, Money, Text. Raises KgError for any other name.
    """
    known = {each.name: each.iri for each in classes().values()}
    return _local_name("class", name, known | dict.fromkeys(("Claim", "Date", "Money", "Text"), ""))


def local_relation(name: str) -> str:
    """The local name ("coHosts") of a relation, by it or its notation ("co_hosts"). Raises KgError."""
    return _local_name("relation", name, {each.name: each.iri for each in relations().values()})


def _local_name(what: str, name: str, known: Mapping[str, str]) -> str:
    locals_ = {each: iri.removeprefix(KG) or each for each, iri in known.items()}
    fitting = {key.lower(): local for each, local in locals_.items() for key in (each, local)}
    if name.lower() not in fitting:
        raise KgError(f"unknown {what}: {name!r}: use one of {', '.join(sorted(set(locals_.values())))}")
    return fitting[name.lower()]


@cache
def _ontology() -> Graph:
    from rdflib import Graph

    return Graph().parse(resource("ontology", "kg.ttl"), format="turtle")


def _notations(graph: Graph) -> list[tuple[str, Node]]:
    from rdflib import SKOS as skos

    return sorted((str(notation), term) for term, notation in graph.subject_objects(skos.notation))


def _labels(graph: Graph, term: Node) -> tuple[str, str]:
    from rdflib import RDFS as rdfs
    from rdflib import Literal

    labels = {
        label.language: str(label) for label in graph.objects(term, rdfs.label) if isinstance(label, Literal)
    }
    return labels["th"], labels["en"]


def _types(graph: Graph, class_: Node | None) -> frozenset[str]:
    """The entity types of a class, its subclasses and the members of a union."""
    from rdflib import OWL as owl
    from rdflib import RDFS as rdfs
    from rdflib import SKOS as skos

    union = graph.value(class_, owl.unionOf)
    members = [class_, *graph.items(union)] if union else [class_]
    return frozenset(
        str(notation)
        for member in members
        for term in graph.transitive_subjects(rdfs.subClassOf, member)
        for notation in graph.objects(term, skos.notation)
    )
