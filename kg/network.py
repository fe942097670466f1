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
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from hashlib import sha256
from itertools import groupby
from operator import itemgetter

import networkx as nx

from kg.errors import KgError
from kg.search import named
from kg.store import Rows, Store, Term, compact, expand
from kg.vocabulary import ID, XSD, Relation, relations

Attributes = dict[str, str | int | float]
_Row = Mapping[str, Term]  # what is bound, by variable

_CONTEXT = 600  # code points
_DATES = {f"{XSD}date", f"{XSD}gYearMonth", f"{XSD}gYear"}
_NOT_XML = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_CLAIMS = """
SELECT ?claim ?subject ?predicate ?object ?status ?quote ?begin ?end ?rule ?score ?article
  ?said_by ?since ?until
WHERE {
  ?claim rdf:subject ?subject ; rdf:predicate ?predicate ; rdf:object ?object ; kg:status ?status ;
    kg:quote ?quote ; kg:begin ?begin ; kg:end ?end ; kg:rule ?rule ; kg:score ?score ;
    prov:wasDerivedFrom ?article .
  OPTIONAL { ?claim kg:saidBy ?said_by }
  OPTIONAL { ?claim kg:since ?since }
  OPTIONAL { ?claim kg:until ?until }
}
"""
_ARTICLE = """
SELECT ?article ?title ?url ?published ?text
WHERE {
  ?article schema:text ?text
  OPTIONAL { ?article schema:headline ?title }
  OPTIONAL { ?article schema:url ?url }
  OPTIONAL { ?article schema:datePublished ?published }
}
"""
_ALSO = """
SELECT ?claim ?source
WHERE {
  ?claim kg:alsoIn ?copy
  OPTIONAL { ?copy schema:url ?url }
  BIND(STR(COALESCE(?url, ?copy)) AS ?source)
}
ORDER BY ?source
"""
_THING = """
SELECT ?thing ?type ?label ?value ?currency
WHERE {
  ?thing a ?type
  OPTIONAL { ?thing rdfs:label ?label }
  OPTIONAL { ?thing schema:value ?value ; schema:currency ?currency }
}
"""


def network(store: Store) -> nx.MultiDiGraph[str]:
    """All claims of a store."""
    return _graph(store, _rows(store, _CLAIMS))


def neighbourhood(store: Store, thing: str, depth: int = 1) -> nx.MultiDiGraph[str]:
    """The claims about one thing, and about what those tell of, up to ``depth`` steps away.

    ``thing`` is an IRI, or a name: a label or an alias in Thai or English, small and capital letters
    alike, or the beginning or another part of one where no name fits better. Raises KgError where nothing
    or several things fit.
    """
    claims: dict[str, _Row] = {}
    seen: set[str] = set()
    frontier = {found(store, thing)}
    for _ in range(depth):
        seen |= frontier
        reached = set()
        for iri in sorted(frontier):
            for side in ("subject", "object"):
                for claim in _rows(store, _CLAIMS, **{side: Term("iri", iri)}):
                    claims[claim["claim"].value] = claim
                    reached |= {end.value for end in (claim["subject"], claim["object"]) if end.kind == "iri"}
        frontier = reached - seen
    return _graph(store, claims.values())


def found(store: Store, thing: str) -> str:
    """The IRI of the one thing that ``thing`` means; see ``neighbourhood``."""
    iri = expand(thing)
    if iri.startswith(ID):
        if not _rows(store, _THING, thing=Term("iri", iri)):
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
    answer = store.query(sparql, bindings)
    assert isinstance(answer, Rows)
    return [
        {name: term for name, term in zip(answer.variables, row, strict=True) if term} for row in answer.rows
    ]


def _graph(store: Store, claims: Iterable[_Row]) -> nx.MultiDiGraph[str]:
    """The graph of claims. Its nodes and edges stand in the order of their keys."""
    by_article = sorted(claims, key=lambda claim: claim["article"].value)
    things = {_key(claim[end]): claim[end] for claim in by_article for end in ("subject", "object")}
    speakers = {claim["said_by"].value: claim["said_by"] for claim in by_article if "said_by" in claim}
    nodes = {key: _node(store, term) for key, term in sorted({**speakers, **things}.items())}
    also: dict[str, list[str]] = defaultdict(list)
    for row in _rows(store, _ALSO):
        also[row["claim"].value].append(row["source"].value)
    edges = [
        (_key(each["subject"]), _key(each["object"]), each["claim"].value, _edge(each, article, nodes, also))
        for iri, told in groupby(by_article, key=lambda claim: claim["article"].value)
        for article in [_article(store, iri)]
        for each in told
    ]
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_nodes_from((key, nodes[key]) for key in sorted(things))
    for subject, object_, iri, attributes in sorted(edges, key=itemgetter(2)):
        graph.add_edge(subject, object_, iri, **attributes)
    return graph


def _article(store: Store, iri: str) -> _Row:
    rows = _rows(store, _ARTICLE, article=Term("iri", iri))
    if not rows:
        raise KgError(f"article without text: {iri}: run `kg build` again")
    return rows[0]


def _key(term: Term) -> str:
    if term.kind == "iri":
        return term.value
    return f"literal:{sha256(str(term).encode()).hexdigest()[:16]}"


def _node(store: Store, term: Term) -> Attributes:
    if term.kind == "literal":
        type_ = "Date" if term.datatype in _DATES else "Text"
        return {"label": _clean(term.value), "label_en": "", "type": type_}
    rows = _rows(store, _THING, thing=term)
    labels = {row["label"] for row in rows if "label" in row}
    by_length = sorted(labels, key=lambda label: (len(label.value), label.value))
    by_language = {label.language: label.value for label in by_length}  # the longest of each
    type_ = min((_local(row["type"].value) for row in rows), default="Thing")
    label = by_language.get("th") or by_language.get("en") or compact(term.value)
    if type_ == "MonetaryAmount":
        type_ = "Money"
        label = f"{Decimal(rows[0]['value'].value):,f} {rows[0]['currency'].value}"
    return {"label": _clean(label), "label_en": _clean(by_language.get("en", "")), "type": type_}


def _edge(
    claim: _Row, article: _Row, nodes: Mapping[str, Attributes], also: Mapping[str, list[str]]
) -> Attributes:
    relation = _relations()[claim["predicate"].value]
    begin, end = int(claim["begin"].value), int(claim["end"].value)
    context, context_begin, context_end = _context(article["text"].value, begin, end)
    return {
        "relation": _local(relation.iri),
        "relation_th": relation.label_th,
        "relation_en": relation.label_en,
        "status": _local(claim["status"].value).lower(),
        "quote": _value(claim, "quote"),
        "begin": begin,
        "end": end,
        "rule": _value(claim, "rule"),
        "score": float(claim["score"].value),
        "said_by": nodes[claim["said_by"].value]["label"] if "said_by" in claim else "",
        "since": _value(claim, "since"),
        "until": _value(claim, "until"),
        "article": claim["article"].value,
        "title": _value(article, "title"),
        "url": _value(article, "url"),
        "published": _value(article, "published"),
        "also": _clean(" ".join(also.get(claim["claim"].value, ()))),
        "context": _clean(context),
        "context_begin": context_begin,
        "context_end": context_end,
    }


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
    return _clean(row[name].value) if name in row else ""


def _local(iri: str) -> str:
    return re.split("[#/]", iri)[-1]


def _clean(text: str) -> str:
    return _NOT_XML.sub(" ", text)  # one for one, so that offsets hold
