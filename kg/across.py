"""What only many articles together tell: who held a post when, who an office meant, which events are one.

Each article gives notes; all notes together give graphs beside those of the articles. A post has a graph
of its own with its tenures. What was identified in the articles of a month stands in a graph of that month.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256
from itertools import groupby
from typing import NamedTuple

from kg.graph import article_iri, claim_iri, date_literal, literal
from kg.lexicon import lexicon
from kg.model import Extraction, Status
from kg.vocabulary import ID, KG, PROV, RDF, XSD, relation

Note = list[str]
"""One thing that an article tells the others, its kind first; see ``notes``."""

_FEWEST = 2  # articles that show a tenure
_NOISE = 5  # times as many articles show the holder before and after as show others in between
_MOST = 40  # holders of one post; what has more is a kind of post
_NEAR = 14  # days around a tenure in which its holder may hold the post
_FAR = 180  # days to the nearest article that shows it
_SEASON = 120  # days between two reports of one event at most
_RARE = 3  # days on which articles tell of one event; what is told on more is a name for such events

_STEM, _SHORT = 8, 12  # code points of a name before its number, and of one without a number, at least
_BEFORE_A_NAME = re.compile(r"^(?:พิธีเปิด)?(?:การ|งาน)?")
_ORDINAL = re.compile(r"ครั้งที่ ?[0-9]+(?:/[0-9]{4})?")
_NUMBER = re.compile(r"(?:ครั้งที่|ประจำปี|ปี)?[0-9/]+")
_YEAR = re.compile(r"(?<![0-9])(?:25[0-9]{2}|(?:19|20)[0-9]{2})(?![0-9])")
_LEFT_OUT = re.compile(r"\([^)]*\)|[\s“”\"'‘’().,\-–]")  # brackets and what they hold, and marks
_DAY = 10  # code points of a date that tells the day


class _Sighting(NamedTuple):
    """An article that shows a person in a post."""

    day: str
    article: str
    person: str
    name: str
    claim: str


class _Report(NamedTuple):
    """An article that tells of an event; ``who`` are the chairs, hosts and places of it there."""

    day: str
    article: str
    event: str
    name: str
    held: str
    who: frozenset[str]


@dataclass(frozen=True)
class _Tenure:
    post: str
    seen: list[_Sighting]  # in the order of days, one of each article

    @cached_property
    def days(self) -> list[str]:
        return [each.day for each in self.seen]

    @property
    def iri(self) -> str:
        return _new("tenure", self.post, self.seen[0].person, self.seen[0].day)

    def near(self, day: str) -> bool:
        return _days(self.days[0], day) >= -_NEAR and _days(self.days[-1], day) <= _NEAR


def notes(extraction: Extraction) -> list[Note]:
    """What the others must know of an article, for JSON.

    ``["held", person, name, post, claim]`` for an actual claim that a person, known by name, holds a post;
    ``["office", person, post, name]`` for a person known by an office alone; and for an event
    ``["event", event, name, day or "", person, organisation or place, ...]``. A kind of post without what
    it is a post of ("อธิบดี") is another one in each article, and in no note.
    """
    kinds = lexicon(extraction.article.language).kinds_of_post
    entities = {entity.id: entity for entity in extraction.entities}
    article = article_iri(extraction.article)
    held: list[Note] = []
    days: dict[str, str] = {}
    parties: dict[str, set[str]] = defaultdict(set)
    for claim in extraction.claims:
        subject = entities[claim.subject]
        object_ = entities.get(claim.object) if isinstance(claim.object, str) else None
        if object_ is None:
            continue
        if claim.relation == "holds_position":
            if claim.status is not Status.ACTUAL or subject.office or _bare(object_.name) in kinds:
                continue
            predicate, term = relation(claim.relation).iri, f"<{object_.iri}>"
            iri = claim_iri(article, predicate, subject.iri, term, claim.status, claim.evidence)
            held.append(["held", subject.iri, subject.name, object_.iri, iri])
        elif claim.relation == "held_on":
            days[subject.id] = object_.name.partition("/")[0]
        elif claim.relation == "held_at":
            parties[subject.id].add(object_.iri)
        elif object_.type == "EVENT" and not subject.office:
            parties[object_.id].add(subject.iri)
    offices = [
        ["office", each.iri, each.office, each.name]
        for each in extraction.entities
        if each.office and _bare(each.name) not in kinds
    ]
    events = [
        ["event", each.iri, each.name, days.get(each.id, ""), *sorted(parties[each.id])]
        for each in extraction.entities
        if each.type == "EVENT"
    ]
    return sorted(held) + sorted(offices) + sorted(events)


def graphs(
    rows: Iterable[tuple[str, str | None, Iterable[Note]]], copies: Collection[str] = ()
) -> Iterator[tuple[str, list[str]]]:
    """The graphs that the notes of all articles give: the IRI of each and its N-Quads lines, sorted.

    ``rows`` are the IRI of an article, the day of its publication (ISO 8601) and its notes, in any order.
    What ``copies`` (IRIs of articles) tell shows nothing anew, but their offices are identified too.
    Articles without a day are left out.
    """
    seen: dict[str, list[_Sighting]] = defaultdict(list)
    offices: list[tuple[str, str, str, str]] = []
    reports: list[_Report] = []
    for article, day, told in rows:
        if not day:
            continue
        for kind, *note in told:
            if kind == "office":
                person, post, _ = note
                offices.append((post, day, article, person))
            elif article in copies:
                continue
            elif kind == "held":
                person, name, post, claim = note
                seen[post].append(_Sighting(day, article, person, name, claim))
            else:
                event, name, held, *who = note
                reports.append(_Report(day, article, event, name, held, frozenset(who)))
    tenures = {post: found for post in sorted(seen) if (found := _tenures(post, seen[post]))}
    for post, (known, _) in tenures.items():
        triples = [triple for tenure in known for triple in _tenure(tenure)]
        yield _graph(post.rpartition("/")[2], triples)
    months: dict[str, list[str]] = defaultdict(list)
    for post, day, article, person in offices:
        known, alone = tenures.get(post, ([], False))
        if alone:
            months[day[:7]] += _holder(known, day, article, person)
    for month, triples in _same(reports):
        months[month] += triples
    for month, triples in sorted(months.items()):
        if triples:
            yield _graph(month, triples)


def _bare(post: str) -> str:
    return post.removesuffix("ฯ").strip()


# -- posts -----------------------------------------------------------------------------------------------


def _tenures(post: str, seen: Iterable[_Sighting]) -> tuple[list[_Tenure], bool] | None:
    """The tenures of a post in order, and whether one person at a time holds it; None where none is shown."""
    by_person: dict[str, dict[str, _Sighting]] = defaultdict(dict)
    for each in sorted(seen, reverse=True):  # of those of one article the first stays
        by_person[each.person][each.article] = each
    shown = {person: sorted(of.values()) for person, of in by_person.items() if len(of) >= _FEWEST}
    if not shown or len(shown) > _MOST:
        return None
    runs = [
        list(run)
        for _, run in groupby(sorted(s for of in shown.values() for s in of), lambda each: each.person)
    ]
    runs = [run for run in _settled(runs) if len(run) >= _FEWEST]
    total = sum(map(len, shown.values()))
    alone = len(runs) < 2 * len(shown) and 5 * sum(map(len, runs)) >= 4 * total
    spells = runs if alone else sorted(shown.values())
    return [_Tenure(post, spell) for spell in spells], alone


def _settled(runs: list[list[_Sighting]]) -> list[list[_Sighting]]:
    """Runs of sightings of one person, joined where others in between are few enough to be mistakes."""
    while True:
        joined: list[list[_Sighting]] = []
        at = 0
        while at < len(runs):
            run = runs[at]
            again = next((i for i in range(at + 1, len(runs)) if runs[i][0].person == run[0].person), None)
            between = sum(map(len, runs[at + 1 : again]))
            if again is not None and _NOISE * between <= len(run) + len(runs[again]):
                runs[again] = run + runs[again]
                at = again
            else:
                joined.append(run)
                at += 1
        if len(joined) == len(runs):
            return joined
        runs = joined


def _tenure(tenure: _Tenure) -> list[str]:
    first, last = tenure.seen[0], tenure.seen[-1]
    iri = f"<{tenure.iri}>"
    return [
        f"{iri} <{RDF}type> <{KG}Tenure>",
        f"{iri} <{KG}holder> <{first.person}>",
        f"{iri} <{KG}post> <{tenure.post}>",
        f"{iri} <{KG}firstSeen> {date_literal(first.day)}",
        f"{iri} <{KG}lastSeen> {date_literal(last.day)}",
        f'{iri} <{KG}articles> "{len(tenure.seen)}"^^<{XSD}integer>',
        f"{iri} <{KG}firstClaim> <{first.claim}>",
        f"{iri} <{KG}lastClaim> <{last.claim}>",
    ]


def _holder(tenures: Sequence[_Tenure], day: str, article: str, person: str) -> list[str]:
    """Who the office ``person`` of an article is, if one holder alone is near its day."""
    near = [tenure for tenure in tenures if tenure.near(day)]
    holders = {tenure.seen[0].person for tenure in near}
    if len(holders) != 1:
        return []
    tenure = min(near, key=lambda tenure: abs(_days(tenure.days[0], day)))
    others = [each.days for each in tenures if each.seen[0].person not in holders]
    if (day < tenure.days[0] and any(days[-1] < day for days in others)) or (
        tenure.days[-1] < day and any(day < days[0] for days in others)
    ):
        return []  # between two holders
    around = (bisect_right(tenure.days, day) - 1, bisect_left(tenure.days, day))
    witnesses = {tenure.seen[at] for at in around if 0 <= at < len(tenure.seen)}
    if min(abs(_days(each.day, day)) for each in witnesses) > _FAR:
        return []
    shown = sorted(witnesses)
    told = sorted({each.day for each in shown})
    return _identification(
        person,
        shown[0].person,
        f"ข่าววันที่ {day} กล่าวถึงตำแหน่งโดยไม่ระบุชื่อ ข่าววันที่ {' และ '.join(told)} "
        f"ระบุว่า{shown[0].name}ดำรงตำแหน่งนี้ และไม่พบผู้อื่นในช่วงเวลานั้น",
        f"the article of {day} names the post alone; those of {' and '.join(told)} "
        f"show {shown[0].name} in it, and nobody else about that time",
        [article, *(each.claim for each in shown)],
    )


# -- events ----------------------------------------------------------------------------------------------


def _same(reports: Iterable[_Report]) -> Iterator[tuple[str, list[str]]]:
    """For each event that is another under a different IRI: the month, and the triples that say so."""
    named: dict[tuple[str, bool], list[_Report]] = defaultdict(list)
    for report in reports:
        named[_folded(report.name)].append(report)
    for (name, numbered), told in sorted(named.items()):
        if not name:
            continue
        groups, why = (
            (_seasons(told), ("ชื่อและครั้งหรือปีเดียวกัน", "the same name with its number or year"))
            if numbered
            else (_days_of(told), ("ชื่อและวันเดียวกัน", "the same name on the same day"))
        )
        for group in groups:
            first = group[0]
            others = {each.event: each for each in reversed(group) if each.event != first.event}
            for event, each in sorted(others.items()):
                reason = f": {each.name}, {first.name}"
                sources = [each.article, first.article]
                yield (
                    each.day[:7],
                    _identification(event, first.event, why[0] + reason, why[1] + reason, sources),
                )


def _folded(name: str) -> tuple[str, bool]:
    """An event's name without what is often left out, and whether its number or year tells it from others.

    A number ends the name, its year of the common era is kept. "" for a name that may be any event's.
    """
    ordinal, year = _ORDINAL.search(name), ""
    if ordinal:
        found = None if "/" in ordinal[0] else _YEAR.search(name, ordinal.end())
        name, year = name[: ordinal.end()], f" {found[0]}" if found else ""
    name = _YEAR.sub(lambda year: str(int(year[0]) - 543 * (year[0] >= "2500")), name + year)
    folded = _LEFT_OUT.sub("", _BEFORE_A_NAME.sub("", name.strip('“" '))).casefold()
    numbered = ordinal is not None or _YEAR.search(name) is not None
    stem = _NUMBER.sub("", folded)
    return (folded if len(stem) >= (_STEM if numbered else _SHORT) else ""), numbered


def _seasons(told: list[_Report]) -> Iterator[list[_Report]]:
    """Reports of one numbered event: those of one season."""
    group: list[_Report] = []
    for each in sorted(told, key=lambda each: (each.day, each.article, each.event)):
        if group and _days(group[-1].day, each.day) > _SEASON:
            yield group
            group = []
        group.append(each)
    yield group


def _days_of(told: list[_Report]) -> Iterator[list[_Report]]:
    """Reports under one name without a number: of one day, and of the same people or under a rare name."""
    dated: dict[str, list[_Report]] = defaultdict(list)
    for each in sorted(told, key=lambda each: (each.day, each.article, each.event)):
        if len(each.held) == _DAY:
            dated[each.held].append(each)
    rare = len({each.day for each in told}) <= _RARE
    for group in dated.values():
        while group:
            first, *rest = group
            same = [each for each in rest if rare or each.who & first.who]
            yield [first, *same]
            group = [each for each in rest if each not in same]


# -- statements ------------------------------------------------------------------------------------------


def _identification(thing: str, identity: str, th: str, en: str, sources: Iterable[str]) -> list[str]:
    iri = f"<{_new('identification', thing, identity)}>"
    return [
        f"{iri} <{RDF}type> <{KG}Identification>",
        f"{iri} <{KG}identifies> <{thing}>",
        f"{iri} <{KG}identity> <{identity}>",
        f"{iri} <{KG}reason> {literal(th, 'th')}",
        f"{iri} <{KG}reason> {literal(en, 'en')}",
        *(f"{iri} <{PROV}wasDerivedFrom> <{source}>" for source in sources),
        f"<{thing}> <{KG}identifiedAs> <{identity}>",
    ]


def _graph(name: str, triples: Iterable[str]) -> tuple[str, list[str]]:
    iri = f"{ID}graph/{name}"
    return iri, sorted({f"{triple} <{iri}> ." for triple in triples})


def _new(kind: str, *key: str) -> str:
    return f"{ID}{kind}/{sha256(chr(9).join(key).encode()).hexdigest()[:16]}"


def _days(one: str, other: str) -> int:
    """Days from one to the other."""
    return (date.fromisoformat(other) - date.fromisoformat(one)).days
