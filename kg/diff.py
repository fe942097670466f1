"""Which claims came and went between two builds, article by article."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from itertools import zip_longest
from typing import Literal

from kg.query import cut, harmless
from kg.store import Store, Term, compact
from kg.vocabulary import KG, RDF, relations

Format = Literal["table", "csv", "json"]
Kind = Literal["+", "-", "~"]

_Claim = Mapping[str, Term]  # what is said of a claim, by property

_CLAIMS = """
SELECT ?article ?claim ?property ?value WHERE {
  GRAPH ?article { ?claim a kg:Claim ; ?property ?value }
}"""
_NAMES = """
SELECT ?article ?thing ?name WHERE {
  GRAPH ?article { { ?thing rdfs:label ?name } UNION { ?thing schema:url ?name } UNION {
    ?thing schema:value ?value ; schema:currency ?currency BIND(CONCAT(STR(?value), " ", ?currency) AS ?name)
  } }
}"""

_FACT = (f"{RDF}predicate", f"{RDF}subject", f"{RDF}object", f"{KG}status")
_BEGIN = f"{KG}begin"
_COLUMNS = ("difference", "relation", "status", "subject", "object", "article", "claim", "changes")
_KINDS: dict[Kind, str] = {"+": "came", "-": "went", "~": "changed"}


@dataclass(frozen=True, slots=True)
class Difference:
    """A claim that came ("+"), went ("-"), or tells the same fact in another way ("~").

    ``relation`` and ``status`` are written as in the build's report ("co_hosts", "planned"), ``subject`` and
    ``object`` are labels or texts, ``article`` is its address, ``claim`` its name ("claim:a50d9c75634b9ed6"),
    the newer one if there are two. ``changes`` gives what a changed claim had and has, by property ("score",
    and "claim" for the name, which depends on the place of the words).
    """

    kind: Kind
    relation: str
    status: str
    subject: str
    object: str
    article: str
    claim: str
    changes: Mapping[str, tuple[str, str]]


def diff(old: Store, new: Store) -> Iterator[Difference]:
    """The differences between two stores, in the order of the articles' IRIs and of what the claims say.

    A claim is compared with those of its article that tell the same fact: relation, subject, object and
    status. Articles of one digest in both stores are not read, and one is held at a time. A release that
    became a copy of another loses the claims that its original makes.
    """
    digests, others = old.digests(), new.digests()
    for article in sorted({*(digests or old.graphs()), *(others or new.graphs())}):
        if not (digests.get(article) and digests.get(article) == others.get(article)):
            yield from _of_article(old, new, article)


def written(differences: Iterable[Difference], format: Format = "table") -> Iterator[str]:
    """Differences as lines without newlines, each when it is reached.

    A table is a line for each, with long texts cut, and how many there are of each relation at the end; json
    holds the same as one object, csv without the end.
    """
    count: Counter[tuple[str, Kind]] = Counter()

    def counted() -> Iterator[Difference]:
        for each in differences:
            count[each.relation, each.kind] += 1
            yield each

    match format:
        case "table":
            yield from map(_line, counted())
            yield from _summary(count)
        case "csv":
            yield _row(_COLUMNS)
            yield from (_row(map(harmless, _cells(each))) for each in counted())
        case "json":
            yield '{"differences": ['
            comma = ""
            for each in counted():
                yield comma + json.dumps(_object(each), ensure_ascii=False)
                comma = ","
            yield f'], "summary": {json.dumps(_counts(count))}}}'


def _of_article(old: Store, new: Store, article: str) -> Iterator[Difference]:
    before, after = _claims(old, article), _claims(new, article)
    pairs = list(_pairs(before, after))
    if not pairs:
        return
    names, older = _names(new, article), _names(old, article)
    found = [
        _difference(article, one, other, before.get(one, {}), after.get(other, {}), older, names)
        for one, other in pairs
    ]
    yield from sorted(
        found, key=lambda d: (d.relation, d.subject, d.object, d.status, d.kind != "-", d.claim)
    )


def _pairs(before: Mapping[str, _Claim], after: Mapping[str, _Claim]) -> Iterator[tuple[str, str]]:
    """The IRIs of the claims that differ, old and new: one is "" where the fact is told in the other only."""
    yield from ((iri, iri) for iri in before.keys() & after.keys() if before[iri] != after[iri])
    facts: dict[tuple[str, ...], tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for side, claims, others in ((0, before, after), (1, after, before)):
        for iri in sorted(claims.keys() - others.keys(), key=lambda iri: (_begin(claims[iri]), iri)):
            facts[tuple(str(claims[iri].get(part, "")) for part in _FACT)][side].append(iri)
    for gone, come in facts.values():
        yield from zip_longest(gone, come, fillvalue="")


def _difference(
    article: str,
    one: str,
    other: str,
    before: _Claim,
    after: _Claim,
    older: Mapping[str, str],
    newer: Mapping[str, str],
) -> Difference:
    names, told = (newer, after) if other else (older, before)
    predicate, subject, object_, status = (_text(told.get(part), names) for part in _FACT)
    changes = {
        compact(key).removeprefix("kg:"): (_text(before.get(key), older), _text(after.get(key), newer))
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    }
    if one != other:
        changes["claim"] = (compact(one), compact(other))
    return Difference(
        "~" if one and other else "+" if other else "-",
        _relation_names().get(predicate, predicate),
        status.removeprefix("kg:").lower(),
        subject,
        object_,
        names.get(article) or compact(article),
        compact(other or one),
        changes if one and other else {},
    )


@cache
def _relation_names() -> Mapping[str, str]:
    return {compact(relation.iri): relation.name for relation in relations().values()}


def _claims(store: Store, article: str) -> dict[str, _Claim]:
    """What an article's graph says of each of its claims."""
    claims: dict[str, dict[str, Term]] = defaultdict(dict)
    for claim, property_, value in sorted(_rows(store, _CLAIMS, article), key=str):
        claims[claim.value][property_.value] = value
    return dict(claims)


def _names(store: Store, article: str) -> dict[str, str]:
    """What a person knows the things of an article's graph by: a label, the Thai one if there are several,
    an amount, or the address of the article."""
    rows = sorted(_rows(store, _NAMES, article), key=lambda row: (row[1].language == "th", str(row[1])))
    return {thing.value: name.value for thing, name in rows}


def _rows(store: Store, sparql: str, article: str) -> list[tuple[Term, ...]]:
    """The rows of an answer about one graph, without the column for the graph."""
    rows = store.select(sparql, article=Term("iri", article)).rows
    return [tuple(term for term in row[1:] if term) for row in rows]


def _text(term: Term | None, names: Mapping[str, str]) -> str:
    if term is None:
        return ""
    return names.get(term.value) or compact(term.value) if term.kind == "iri" else term.value


def _begin(claim: _Claim) -> int:
    begin = claim[_BEGIN].value if _BEGIN in claim else ""
    return int(begin) if begin.isdecimal() else 0


def _line(found: Difference) -> str:
    fact = f"{found.relation}, {found.status}: {_short(found.subject)} -> {_short(found.object)}"
    changes = ", ".join(
        f"{name} {_short(was)} -> {_short(now)}" for name, (was, now) in found.changes.items()
    )
    return "  ".join(filter(None, [f"{found.kind} {fact}", found.article, found.claim, changes]))


def _short(text: str) -> str:
    return cut(" ".join(text.split()))


def _summary(count: Counter[tuple[str, Kind]]) -> Iterator[str]:
    if not count:
        yield "The claims are the same."
        return
    yield ""
    yield f"{'':18}" + "".join(f"{name:>9}" for name in _KINDS.values())
    totals = Counter[Kind]()
    for relation, counts in _counts(count).items():
        totals.update({kind: counts[name] for kind, name in _KINDS.items()})
        yield f"{relation:18}" + "".join(f"{number:9}" for number in counts.values())
    yield f"{'all':18}" + "".join(f"{totals[kind]:9}" for kind in _KINDS)


def _counts(count: Counter[tuple[str, Kind]]) -> dict[str, dict[str, int]]:
    """How many claims of each relation came, went and changed."""
    return {
        relation: {name: count[relation, kind] for kind, name in _KINDS.items()}
        for relation in sorted({relation for relation, _ in count})
    }


def _cells(found: Difference) -> Iterator[str]:
    yield _KINDS[found.kind]
    yield from (found.relation, found.status, found.subject, found.object, found.article, found.claim)
    yield "; ".join(f"{name}: {was} -> {now}" for name, (was, now) in found.changes.items())


def _row(cells: Iterable[str]) -> str:
    output = io.StringIO()
    csv.writer(output).writerow(cells)
    return output.getvalue().removesuffix("\r\n")


def _object(found: Difference) -> dict[str, object]:
    told = asdict(found) | {"difference": _KINDS[found.kind]}
    del told["kind"]
    return {column: told[column] for column in _COLUMNS}
