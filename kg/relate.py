"""Entities in their sentences -> claims, by the rules of its language.

A paragraph is encoded: each reference becomes one private-use character that tells its type, the
text between stays as it is. A rule is a pattern over that: ``<subj PERSON> ... เป็นประธาน ... <obj EVENT>``.
Rules of phrases ("PERSON POSITION", "ORG (ALIAS)") run first; then each phrase is folded into its
head, so that the rules of clauses see a person with all her posts as one character.

The language of patterns (``kg/patterns.py`` compiles it) is told in ``data/thai/rules/README.md``.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

from kg.model import Article, Claim, Reference, Resolution, Span, Status
from kg.patterns import Draw, Grammar, Rule, RuleSet, grammar
from kg.vocabulary import relation

_MAIN = ("chairs", "attends", "hosts", "co_hosts")  # whose event an article is about
_SHORTEST = 15  # characters of a passage
_REST, _BEFORE, _TOPIC, _PAIR = "@rest", "@before", "topic", "@PAIR"
_OCCASION = "@OCCASION"


@dataclass(frozen=True, slots=True)
class _Clause:
    """A paragraph encoded: ``references`` by their ``places`` in ``text``, where each is one character.

    ``names`` are these characters; ``runs`` are what they stand for in ``Article.plain``, and ``span`` is
    the whole paragraph there.
    """

    span: Span
    text: str
    names: str
    places: list[int]
    runs: list[Span]
    references: dict[int, Reference]

    def plain(self, position: int) -> Span:
        """The run of ``Article.plain`` that the character at ``position`` stands for."""
        index = bisect_right(self.places, position) - 1
        if index < 0:
            start = self.span.start + position
        elif self.places[index] == position:
            return self.runs[index]
        else:
            start = self.runs[index].end + position - self.places[index] - 1
        return Span(start, start + 1)


def relate(article: Article, resolution: Resolution) -> tuple[Claim, ...]:
    """The claims of ``article``: each fact once, the body's before the headline's, in the text's order."""
    rules = grammar(article.language)
    relater = _Relater(article, rules, resolution)
    starts = [reference.span.start for reference in resolution.references]
    for span in (*relater.body, *relater.headings):
        within = slice(bisect_left(starts, span.start), bisect_left(starts, span.end))
        relater.read(span, resolution.references[within])
    return tuple(relater.settled())


class _Relater:
    def __init__(self, article: Article, rules: Grammar, resolution: Resolution) -> None:
        self.article = article
        self.grammar = rules
        self.references = resolution.references
        self.types = {e.id: e.type for e in resolution.entities}
        self.names = {e.id: e.name for e in resolution.entities}
        self.within = {  # the event that an opening or closing, an event of its own, is of
            r.entity: part.entity
            for r in resolution.references
            for part in r.parts
            if r.type == part.type == "EVENT" and r.span.of(article.plain).startswith(rules.opens)
        }
        self.claims: dict[tuple[object, ...], Claim] = {}
        self.topic: str | None = None
        self.headings = [*_teasers(article), article.title]
        self.body = [span for span in article.paragraphs if span not in self.headings]

    def read(self, span: Span, references: Sequence[Reference]) -> None:
        plain = self.article.plain
        codes = (self.grammar.code(r, r.span.of(plain), self.names[r.entity]) for r in references)
        clause = self.encode(span, ((r.span, r, code) for r, code in zip(references, codes, strict=True)))
        self.apply(self.grammar.phrases, clause)
        folded = self.fold(clause)
        self.find_topic(folded)
        before = len(self.claims)
        self.apply(self.grammar.clauses, folded)
        self.attribute(before)

    def encode(self, span: Span, named: Iterable[tuple[Span, Reference, str]]) -> _Clause:
        """The run ``span`` with each reference, and the run it stands for, as one character: its code."""
        plain = self.article.plain
        pieces: list[str] = []
        runs: list[Span] = []
        references: dict[int, Reference] = {}
        size, position = 0, span.start
        for run, reference, code in named:
            pieces += plain[position : run.start], code
            size += run.start - position
            references[size] = reference
            runs.append(run)
            size += 1
            position = run.end
        text = "".join([*pieces, plain[position : span.end]])
        return _Clause(span, text, "".join(pieces[1::2]), list(references), runs, references)

    def fold(self, clause: _Clause) -> _Clause:
        """The paragraph with each phrase as its head alone, which stands for all of it."""
        phrases = list(self.grammar.fold.matches(clause.text, clause.names, clause.places))
        if not phrases:
            return clause
        runs = dict(zip(clause.places, clause.runs, strict=True))
        for match in phrases:
            head = max(match.start(name) for name in match.re.groupindex)
            whole = Span(clause.plain(match.start()).start, clause.plain(match.end() - 1).end)
            for at in range(match.start(), match.end()):
                runs.pop(at, None)
            runs[head] = whole
        return self.encode(
            clause.span, ((run, clause.references[at], clause.text[at]) for at, run in sorted(runs.items()))
        )

    def find_topic(self, clause: _Clause) -> None:
        """The person that a paragraph is about: who stands first in it. Kept where it names none."""
        topic = self.grammar.topic
        match = topic.regex.match(clause.text) if topic.fits(clause.names) else None
        if match:
            self.topic = clause.references[match.start("topic")].entity

    # -- rules ----------------------------------------------------------------------------------------

    def apply(self, rules: RuleSet, clause: _Clause) -> None:
        for rule, match in rules.matches(clause.text, clause.names, clause.places):
            status = self.status(rule, clause, match)
            if status is not None:
                for draw in rule.draws:
                    self.draw(rule, draw, clause, match, status)

    def status(self, rule: Rule, clause: _Clause, match: re.Match[str]) -> Status | None:
        """Planned or actual by the words of the match and just before it; ``None`` where it is denied.

        What is told with a date (slot ``date``) behind that of the article is planned, whatever the words.
        """
        if rule.status:
            return Status(rule.status)
        begin = max(0, match.start() - self.grammar.reach)
        before = match.string[begin : match.start()].rstrip(" ")
        before = before[max(before.rfind(c) for c in self.grammar.ends) + 1 :]
        said = before + match.group()
        if self.grammar.negated.search(said):
            return None
        dates = [self.names[r.entity].partition("/")[0] for r in self.slot("date", clause, match)]
        to_come = any(date > (self.article.published or date) for date in dates)
        return Status.PLANNED if to_come or self.grammar.planned.search(said) else Status.ACTUAL

    def draw(self, rule: Rule, draw: Draw, clause: _Clause, match: re.Match[str], status: Status) -> None:
        subjects = self.entities(draw.subject, clause, match)
        objects = self.objects(draw, clause, match) if subjects else []
        if not objects:
            return
        evidence = Span(clause.plain(match.start()).start, clause.plain(match.end() - 1).end)
        since = self.since(clause, match)
        for i, subject in enumerate(subjects):
            for object_ in objects[i + 1 :] if draw.subject == draw.object and not draw.text else objects:
                if subject != object_ and self.fits(draw, subject, object_):
                    self.add(
                        draw.relation.symmetric,
                        Claim(
                            draw.relation.name,
                            subject,
                            object_,
                            status,
                            evidence,
                            rule.id,
                            rule.score,
                            since=since,
                        ),
                    )

    def objects(self, draw: Draw, clause: _Clause, match: re.Match[str]) -> Sequence[str | Span]:
        """Entity ids, or spans of text, that the object of a draw stands for."""
        if draw.object == _REST:
            return self.rest(clause, match)
        if draw.object == _BEFORE:
            return self.before(clause, match)
        if draw.text:
            return [r.span for r in self.slot(draw.object, clause, match)]
        return self.entities(draw.object, clause, match)

    def slot(self, name: str, clause: _Clause, match: re.Match[str]) -> Iterator[Reference]:
        """The references in a slot; "post/ORG" gives those of a type within them."""
        name, _, part = name.partition("/")
        if name not in match.re.groupindex or match.start(name) < 0:
            return
        for position in range(match.start(name), match.end(name)):
            reference = clause.references.get(position)
            if reference is None:
                continue
            if not part:
                yield reference
            else:
                inner = [p for p in _parts(reference) if p.type == part]
                yield from inner[:1]

    def entities(self, names: str, clause: _Clause, match: re.Match[str]) -> list[str]:
        """Entity ids in the first of the slots ("subj|topic") that is filled, each once."""
        for name in names.split("|"):
            if name == _TOPIC:
                return [self.topic] if self.topic else []
            if name == _PAIR:
                return self.pair()
            if name == _OCCASION:
                return [self.within.get(event, event) for event in self.last("EVENT", clause, match)]
            if name.startswith("@"):
                return self.last(name[1:], clause, match)
            found = list(dict.fromkeys(r.entity for r in self.slot(name, clause, match)))
            if found:
                return found
        return []

    def last(self, type_: str, clause: _Clause, match: re.Match[str]) -> list[str]:
        """The entity of a type that the body spoke of last before a match; of committees, as one that meets.

        Of events, the last in the paragraph, if possible one in which somebody is known to have a part;
        where the paragraph names none, the article's main one: the first in which somebody has.
        """
        begin, before = clause.span.start, clause.plain(match.start()).start
        body = [r for r in self.references if self.article.title.end <= r.span.start < before]
        if type_ == "COMMITTEE":
            return [r.entity for r in body for r in (r, *_parts(r)) if self.in_session(r)][-1:]
        found = [r for r in body if r.type == type_]
        if type_ != "EVENT":
            return [r.entity for r in found[-1:]]
        attended = [
            c.object for c in self.claims.values() if c.relation in _MAIN and isinstance(c.object, str)
        ]
        near = [r.entity for r in found if r.span.start >= begin]
        return [event for event in near if event in attended][-1:] or near[-1:] or attended[:1]

    def in_session(self, reference: Reference) -> bool:
        """Whether a reference names a body as one that meets: "ที่ประชุมคณะกรรมการ...", "การประชุม ครม."."""
        plain, span = self.article.plain, reference.span
        before = plain[max(0, span.start - 12) : span.start].rstrip()
        return before.endswith(self.grammar.session) and self.grammar.is_committee(reference, span.of(plain))

    def pair(self) -> list[str]:
        """The two countries that the article names, where it names but two."""
        countries = [id_ for id_, type_ in self.types.items() if type_ == "COUNTRY"]
        return countries if len(countries) == 2 else []

    def fits(self, draw: Draw, subject: str, object_: str | Span) -> bool:
        if self.types[subject] not in draw.relation.domain:
            return False
        return isinstance(object_, Span) or self.types[object_] in draw.relation.range

    def since(self, clause: _Clause, match: re.Match[str]) -> str | None:
        """Since when, where the rule has a slot for the date or for the years ("ครบรอบ 50 ปี")."""
        slots = match.re.groupindex
        if "since" in slots:
            return next(
                (self.names[r.entity].partition("/")[0] for r in self.slot("since", clause, match)), None
            )
        if "years" in slots and match.group("years") and self.article.published:
            return str(int(self.article.published[:4]) - int(match.group("years")))
        return None

    def rest(self, clause: _Clause, match: re.Match[str]) -> list[str | Span]:
        """What follows a match to the end of its paragraph; where nothing does ("ดังนี้"), the next one."""
        start = clause.plain(match.end() - 1).end
        text = self.article.plain
        while start < clause.span.end and text[start] in ' :“"':
            start += 1
        if clause.span.end - start >= _SHORTEST:
            return [Span(start, clause.span.end)]
        following = (
            p for p in self.article.paragraphs if p.start >= clause.span.end and p.length >= _SHORTEST
        )
        return list(islice(following, 1))

    def before(self, clause: _Clause, match: re.Match[str]) -> list[str | Span]:
        """What stands before a match in its paragraph, from the opening quotation mark on."""
        end = clause.plain(match.start()).start
        start = clause.span.start
        opening = self.article.plain.find("“", start, end)
        if opening >= 0:
            start = opening + 1
        return [Span(start, end)] if end - start >= _SHORTEST else []

    def add(self, symmetric: bool, claim: Claim) -> None:
        pair: tuple[object, ...] = (claim.subject, claim.object)
        if isinstance(claim.object, Span) and claim.relation == "also_known_as":
            pair = (claim.subject, claim.object.of(self.article.plain))
        elif symmetric and isinstance(claim.object, str):
            pair = tuple(sorted((claim.subject, claim.object)))
        key = (claim.relation, *pair)
        known = self.claims.get(key)
        if any(heading.covers(claim.evidence) for heading in self.headings) and any(
            c.relation == claim.relation and c.subject == claim.subject for c in self.claims.values()
        ):
            return  # the body has said it in full
        if isinstance(claim.object, Span) and any(
            c.relation == claim.relation
            and isinstance(c.object, Span)
            and c.object.overlaps(claim.object)
            and (c.subject == claim.subject or c.object.start == claim.object.start)
            for c in self.claims.values()
        ):
            return  # one passage, one claim
        if known is None or (
            known.status is Status.PLANNED and claim.status is Status.ACTUAL and known.score <= claim.score
        ):
            self.claims[key] = claim

    def settled(self) -> Iterator[Claim]:
        """The claims, without those for which a stronger relation between the same two leaves no room."""
        said = {(c.relation, c.subject, c.object) for c in self.claims.values()}
        for claim in self.claims.values():
            others = relation(claim.relation).yields_to
            if not any((other, claim.subject, claim.object) in said for other in others):
                yield claim

    def attribute(self, before: int) -> None:
        """The claims after the first ``before`` are said by whoever says the passage in which they stand."""
        fresh = list(islice(self.claims.items(), before, None))
        passages = [claim for _, claim in fresh if claim.relation == "says"]
        for key, claim in fresh:
            for passage in passages:
                said = isinstance(passage.object, Span) and passage.object.covers(claim.evidence)
                himself = claim.relation == "says" and claim.subject == passage.subject
                if said and not himself:
                    self.claims[key] = claim._replace(said_by=passage.subject)


def _teasers(article: Article) -> list[Span]:
    """The first paragraphs as far as they only repeat the headline, at greater length."""
    headline = "".join(article.title.of(article.plain).split())
    texts = ("".join(span.of(article.plain).split()) for span in article.paragraphs[:-1])
    return [
        span
        for span, _ in takewhile(
            lambda each: each[1].startswith(headline), zip(article.paragraphs, texts, strict=False)
        )
    ]


def _parts(reference: Reference) -> Iterator[Reference]:
    for part in reference.parts:
        yield part
        yield from _parts(part)
