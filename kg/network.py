"""Claims of a store as a networkx graph: things are its nodes, claims its edges.

A node's key is the IRI of the thing, or ``literal:`` and 16 hexadecimal digits for a date or a text.
Its attributes: ``label``, ``label_en`` ("" where unknown), ``type`` ("Person", "Date", "Money", "Text").

An edge's key is the IRI of the claim. Its attributes: ``relation`` ("coHosts"), ``relation_th``,
``relation_en``, ``status`` ("actual" or "planned"), ``quote``, ``begin`` and ``end`` (code points in
the article's text), ``rule``, ``score``, ``said_by`` (a label), ``since`` and ``until`` (ISO 8601),
``article`` (its IRI), ``title``, ``url``, ``published``, ``also`` (addresses of copies of the article that
make the same claim, with spaces between), and ``context``: the lines of the article around the quote,
which stands there from ``context_begin`` to ``context_end``. What is unknown is "".

All attributes are strings or numbers, without the control characters that XML forbids.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from itertools import groupby
from operator import attrgetter

import networkx as nx

from kg.errors import KgError
from kg.search import Index, Thing, named
from kg.store import Store, Term, by_graph, compact, expand, term
from kg.vocabulary import ID, KG, RDF, SCHEMA, XSD, Relation, relations

Attributes = dict[str, str | int | float]
_Row = Mapping[str, Term]  # what is bound, by variable
_Bond = tuple[str, str, str]  # the keys of two things, with the relation between them
_Standing = tuple[float, str, str]  # of a claim: its score, its day, its key

_CONTEXT = 600  # code points
_HUBS, _BONDS = 200, 300  # things and edges of an overview at most
_DATES = {f"{XSD}date", f"{XSD}gYearMonth", f"{XSD}gYear"}
_NOT_XML = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_CLAIMS = """
SELECT ?claim ?subject ?predicate ?object ?status ?quote ?begin ?end ?rule ?score ?article
  ?said_by ?since ?until ?title ?url ?published
WHERE {
  GRAPH ?article {
    ?claim rdf:subject ?subject ; rdf:predicate ?predicate ; rdf:object ?object ; kg:status ?status ;
      kg:quote ?quote ; kg:begin ?begin ; kg:end ?end ; kg:rule ?rule ; kg:score ?score .
    OPTIONAL { ?claim kg:saidBy ?said_by }
    OPTIONAL { ?claim kg:since ?since }
    OPTIONAL { ?claim kg:until ?until }
    OPTIONAL { ?article schema:headline ?title }
    OPTIONAL { ?article schema:url ?url }
    OPTIONAL { ?article schema:datePublished ?published }
  }
}
"""
_VARIABLES = {
    f"<{namespace}{name}>": variable
    for namespace, names in (
        (RDF, {"subject": "subject", "predicate": "predicate", "object": "object"}),
        (KG, {name: name for name in ("status", "quote", "begin", "end", "rule", "score", "since", "until")}),
        (KG, {"saidBy": "said_by"}),
        (SCHEMA, {"headline": "title", "url": "url", "datePublished": "published"}),
    )
    for name, variable in names.items()
}
_RECEIPT = {"subject", "predicate", "object", "status", "quote", "begin", "end", "rule", "score"}
_ALSO = """
SELECT ?claim ?source
WHERE {
  ?claim kg:alsoIn ?copy
  OPTIONAL { ?copy schema:url ?url }
  BIND(STR(COALESCE(?url, ?copy)) AS ?source)
}
ORDER BY ?source
"""
_TEXT = "SELECT ?article ?text WHERE { ?article schema:text ?text }"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which claims to take; all where nothing is given.

    ``kinds`` are classes by local name, one of which either end must be of; ``relations`` local names
    ("coHosts"), ``statuses`` "actual" and "planned". The years, inclusive, are of the article: a claim of
    one without a date is not taken where a year is given.
    """

    kinds: frozenset[str] = frozenset()
    relations: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset()
    from_year: int | None = None
    to_year: int | None = None

    def takes(self, edge: Edge) -> bool:
        """Whether ``edge`` is among them."""
        year = int(str(edge.attributes["published"])[:4] or 0)
        return (
            (not self.kinds or not self.kinds.isdisjoint((edge.source.type, edge.target.type)))
            and (not self.relations or edge.attributes["relation"] in self.relations)
            and (not self.statuses or edge.attributes["status"] in self.statuses)
            and (self.from_year is None or year >= self.from_year)
            and (self.to_year is None or 0 < year <= self.to_year)
        )


EVERYTHING = Selection()


@dataclass(frozen=True, slots=True)
class Node:
    """An end of a claim, as a node of the graph."""

    key: str
    label: str
    label_en: str
    type: str

    @property
    def attributes(self) -> Attributes:
        """All but the key."""
        return {"label": self.label, "label_en": self.label_en, "type": self.type}


@dataclass(frozen=True, slots=True)
class Edge:
    """A claim, as an edge of the graph, without the context of its quote."""

    key: str
    source: Node
    target: Node
    attributes: Attributes


def edges(
    store: Store, selection: Selection = EVERYTHING, lines: Iterable[str] | None = None
) -> Iterator[Edge]:
    """The selected claims of a store one after the other, graph by graph.

    ``lines`` are those of ``store.lines()``, where they are at hand: to read them on is much quicker than to
    ask a large store for each claim.
    """
    reader = _Reader(store)
    for row in _told(store.lines() if lines is None else lines):
        edge = reader.edge(row)
        if selection.takes(edge):
            yield edge


def _told(lines: Iterable[str]) -> Iterator[_Row]:
    """The rows of ``_CLAIMS``, from N-Quads lines that stand together by graph."""
    for graph, triples in by_graph(lines):
        told: dict[str, dict[str, str]] = defaultdict(dict)
        for subject, predicate, object_ in triples:
            if variable := _VARIABLES.get(predicate):
                told[subject][variable] = object_
        article = told.pop(graph, {}) | {"article": graph}
        for subject, claim in told.items():
            if claim.keys() >= _RECEIPT:
                written = {**article, **claim, "claim": subject}
                yield {variable: term(each) for variable, each in written.items()}


def network(store: Store, claims: Iterable[Edge] | None = None) -> nx.MultiDiGraph[str]:
    """``claims`` of a store, or all of them, in memory."""
    return _graph(store, edges(store) if claims is None else claims)


def overview(store: Store, claims: Iterable[Edge]) -> tuple[nx.MultiDiGraph[str], int]:
    """The most connected things in ``claims``, with the strongest bonds among them, and how many there are.

    An edge stands for all claims of one relation between two things. Its attributes are those of the one
    with the best score, of the latest article, and its quote the whole context; ``claims`` and ``planned``
    say how many there are, and how many of them planned. A node has ``thing`` too, the short form of its IRI.
    """
    degrees: Counter[str] = Counter()
    bonds: dict[_Bond, tuple[int, int, _Standing]] = {}
    for edge in claims:
        ends = [end.key for end in (edge.source, edge.target) if end.key.startswith(ID)]
        degrees.update(set(ends))
        if len(ends) == 2:
            bond = ends[0], str(edge.attributes["relation"]), ends[1]
            standing = _standing(edge)
            count, planned, best = bonds.get(bond, (0, 0, standing))
            planned += edge.attributes["status"] == "planned"
            bonds[bond] = count + 1, planned, max(best, standing)
    hubs = set(sorted(degrees, key=lambda key: (-degrees[key], key))[:_HUBS])
    among = (bond for bond in bonds if bond[0] in hubs and bond[2] in hubs)
    reader = _Reader(store)
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for bond in sorted(among, key=lambda bond: (-bonds[bond][0], bond))[:_BONDS]:
        count, planned, (_, _, best_claim) = bonds[bond]
        (row,) = _rows(store, _CLAIMS, claim=Term("iri", best_claim))
        edge = reader.edge(row)
        for end in (edge.source, edge.target):
            graph.add_node(end.key, **end.attributes, thing=compact(end.key))
        quote = edge.attributes["quote"]
        about = {"context": quote, "context_begin": 0, "context_end": len(str(quote)), "claims": count}
        status = "actual" if count > planned else "planned"
        attributes = {**edge.attributes, **about, "planned": planned, "status": status}
        graph.add_edge(edge.source.key, edge.target.key, edge.key, **attributes)
    return graph, len(degrees)


def neighbourhood(
    store: Store, thing: str, depth: int = 1, limit: int | None = None
) -> tuple[nx.MultiDiGraph[str], int]:
    """The claims about one thing, and about what those tell of, up to ``depth`` steps away, and their number.

    Beyond ``limit`` only the surest are in the graph, of those the latest, and no further step is taken.
    ``thing`` is an IRI, or a name: a label or an alias in Thai or English, small and capital letters
    alike, or the beginning or another part of one where no name fits better. Raises KgError where nothing
    or several things fit.
    """
    claims: dict[str, Edge] = {}
    reader = _Reader(store)
    seen: set[str] = set()
    frontier = {found(store, thing)}
    for _ in range(depth):
        seen |= frontier
        beyond: dict[str, Edge] = {}
        for iri in sorted(frontier):
            for side in ("subject", "object"):
                for row in _rows(store, _CLAIMS, **{side: Term("iri", iri)}):
                    if row["claim"].value not in claims:
                        beyond[row["claim"].value] = reader.edge(row)
        number = len(claims) + len(beyond)
        if limit is not None and number > limit:
            best = sorted(beyond.values(), key=_standing, reverse=True)[: limit - len(claims)]
            return _graph(store, (*claims.values(), *best)), number
        claims |= beyond
        reached = {end.key for edge in beyond.values() for end in (edge.source, edge.target)}
        frontier = {key for key in reached if key.startswith(ID)} - seen
    return _graph(store, claims.values()), len(claims)


def _standing(edge: Edge) -> _Standing:
    return float(edge.attributes["score"]), str(edge.attributes["published"]), edge.key


def found(store: Store, thing: str) -> str:
    """The IRI of the one thing that ``thing`` means; see ``neighbourhood``."""
    iri = expand(thing)
    if iri.startswith(ID):
        if not Index(store).thing(iri):
            raise KgError(f"not in the graph: {thing}: give the IRI or the name of a thing that is")
        return iri
    fitting = named(store, thing)
    if not fitting:
        raise KgError(f"not in the graph: {thing!r}: give a name in Thai or English, or an IRI")
    if len(fitting) > 1:
        shortest = sorted((len(name), name, iri) for iri, name in fitting.items())[:5]
        some = ", ".join(f"{compact(iri)} {name}" for _, name, iri in shortest)
        raise KgError(f"{len(fitting)} things fit {thing!r}: give one of them, or more of its name: {some}")
    return next(iter(fitting))


def _rows(store: Store, sparql: str, **bindings: Term) -> list[_Row]:
    answer = store.select(sparql, **bindings)
    return [
        {name: term for name, term in zip(answer.variables, row, strict=True) if term} for row in answer.rows
    ]


def _graph(store: Store, claims: Iterable[Edge]) -> nx.MultiDiGraph[str]:
    """The graph of claims with their contexts. Its nodes and edges stand in the order of their keys."""
    by_article = sorted(claims, key=lambda edge: str(edge.attributes["article"]))
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    ends = {node.key: node for edge in by_article for node in (edge.source, edge.target)}
    graph.add_nodes_from((key, ends[key].attributes) for key in sorted(ends))
    for article, told in groupby(by_article, key=lambda edge: str(edge.attributes["article"])):
        text = _text(store, article)
        for edge in told:
            begin, end = int(edge.attributes["begin"]), int(edge.attributes["end"])
            context, context_begin, context_end = _context(text, begin, end)
            edge.attributes["context"] = clean(context)
            edge.attributes["context_begin"] = context_begin
            edge.attributes["context_end"] = context_end
    for edge in sorted(by_article, key=attrgetter("key")):
        graph.add_edge(edge.source.key, edge.target.key, edge.key, **edge.attributes)
    return graph


def _text(store: Store, article: str) -> str:
    rows = _rows(store, _TEXT, article=Term("iri", article))
    if not rows:
        raise KgError(f"article without text: {article}: run `kg build` again")
    return rows[0]["text"].value


class _Reader:
    """Makes edges of claims: knows the names of things, and in which copies of an article a claim stands."""

    def __init__(self, store: Store) -> None:
        self._names = Index(store)
        self._also: dict[str, list[str]] = defaultdict(list)
        for row in _rows(store, _ALSO):
            self._also[row["claim"].value].append(row["source"].value)

    def edge(self, row: _Row) -> Edge:
        relation = _relations()[row["predicate"].value]
        attributes: Attributes = {
            "relation": _local(relation.iri),
            "relation_th": relation.label_th,
            "relation_en": relation.label_en,
            "status": _local(row["status"].value).lower(),
            "quote": _value(row, "quote"),
            "begin": int(row["begin"].value),
            "end": int(row["end"].value),
            "rule": _value(row, "rule"),
            "score": float(row["score"].value),
            "said_by": self._node(row["said_by"]).label if "said_by" in row else "",
            "since": _value(row, "since"),
            "until": _value(row, "until"),
            "article": row["article"].value,
            "title": _value(row, "title"),
            "url": _value(row, "url"),
            "published": _value(row, "published"),
            "also": clean(" ".join(self._also.get(row["claim"].value, ()))),
        }
        return Edge(row["claim"].value, self._node(row["subject"]), self._node(row["object"]), attributes)

    def _node(self, end: Term) -> Node:
        if end.kind == "literal":
            key = f"literal:{sha256(str(end).encode()).hexdigest()[:16]}"
            return Node(key, clean(end.value), "", "Date" if end.datatype in _DATES else "Text")
        thing = self._names.thing(end.value) or Thing("Thing", compact(end.value), "")
        return Node(end.value, clean(thing.label), clean(thing.label_en), thing.kind)


def _context(text: str, begin: int, end: int) -> tuple[str, int, int]:
    """The lines around a quote, cut at spaces where they are long, and where the quote stands in them."""
    first = text.rfind("\n", 0, begin) + 1
    last = text.find("\n", end)
    last = len(text) if last < 0 else last
    room = max(0, _CONTEXT - (end - begin))
    start = max(first, min(begin - room // 2, last - _CONTEXT))
    stop = max(end, min(last, start + _CONTEXT))
    if start > first:
        start = text.find(" ", start, begin) + 1 or start
    if stop < last:
        stop = max(end, text.rfind(" ", end, stop))
    before, after = "…" * (start > first), "…" * (stop < last)
    shift = len(before) - start
    return before + text[start:stop] + after, begin + shift, end + shift


@cache
def _relations() -> Mapping[str, Relation]:
    return {relation.iri: relation for relation in relations().values()}


def _value(row: _Row, name: str) -> str:
    return clean(row[name].value) if name in row else ""


def _local(iri: str) -> str:
    return re.split("[#/]", iri)[-1]


def clean(text: str) -> str:
    """``text`` without the control characters that XML forbids: spaces stand in their places."""
    return _NOT_XML.sub(" ", text)
