"""The types in which the stages meet: Document, Article, Mention, Entity, Claim, Extraction.

None can be changed; those of which an article has many are tuples, which Python makes fastest. Every offset
counts Unicode code points. Inside the stages a span counts in ``Article.plain``; an ``Extraction``, which
leaves them, counts in the raw ``Article.text``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class Status(StrEnum):
    """Whether a claim tells what is so, or what is meant to be."""

    ACTUAL = "actual"
    PLANNED = "planned"


class Span(NamedTuple):
    """A run of text: code points from ``start`` up to, not including, ``end``."""

    start: int
    end: int

    def of(self, text: str) -> str:
        return text[self.start : self.end]

    def covers(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end

    @property
    def length(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Document:
    """One news release before it is read.

    ``label`` tells a person where it stands (a path, "corpus.tar.xz/v1/7.txt", "corpus.jsonl:7"), ``name`` is
    its file's name without the ending. ``url`` and ``date`` are what a table says of it, where it does.
    """

    label: str
    name: str
    data: bytes = field(repr=False)
    url: str | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Skip:
    """A document that was passed over: ``reason`` is one of few, ``message`` adds the detail."""

    label: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Article:
    """One news release as it was read.

    ``text`` is the whole file as decoded, a byte-order mark included. ``plain`` is the copy that the
    stages read: zero-width characters gone, spaces and Thai digits made plain, decomposed vowels
    composed. ``offsets[i]`` is where ``plain[i]`` stands in ``text`` (``None``: at i).
    ``title`` and ``paragraphs`` are spans of ``plain``; repeated headlines, date lines, print links
    and the source line are in neither.
    """

    name: str
    text: str
    plain: str
    title: Span
    paragraphs: tuple[Span, ...]
    language: str
    sha256: str
    encoding: str = "utf-8"
    url: str | None = None
    published: str | None = None
    offsets: Sequence[int] | None = field(default=None, repr=False)

    def raw(self, span: Span) -> Span:
        """The run of ``text`` that ``span`` of ``plain`` was read from."""
        if self.offsets is None:
            return span
        if not span.length:
            return Span(self.offsets[span.start], self.offsets[span.start])
        return Span(self.offsets[span.start], self.offsets[span.end - 1] + 1)


class Mention(NamedTuple):
    """A run of text that names a thing: ``article.plain[span] == text``, always.

    ``type`` is one of the entity types of the guidelines ("PERSON"), or ALIAS for another name that
    the text gives the mention before it ("(สกมช.)"). ``name`` is the name without title or rank, the
    registry's name where it is known there, for DATE and MONEY the value ("2024-02-06",
    "53104158 THB"), and empty where the text only points back ("การประชุมดังกล่าว"). ``parts`` are
    the mentions inside it, such as the ORG within a POSITION; of an ALIAS, the mention it renames.
    """

    span: Span
    text: str
    type: str
    name: str
    parts: tuple[Mention, ...] = ()


class Entity(NamedTuple):
    """One thing that an article speaks of, and every place where it is named.

    ``iri`` is the same in every article; ``label_en`` and ``same_as`` (a Wikidata IRI) come from the
    registry. ``office`` is the IRI of the post by which alone a person is known; its holder has in each
    article another ``iri``.
    """

    id: str
    type: str
    name: str
    iri: str
    mentions: tuple[Span, ...]
    label_en: str | None = None
    same_as: str | None = None
    office: str | None = None


class Reference(NamedTuple):
    """A mention whose entity is known. ``entity`` is an entity id.

    For a POSITION ``holder`` is the person beside it who holds the post; a post that stands alone
    refers to the person who holds it, so its ``type`` is PERSON.
    """

    span: Span
    type: str
    entity: str
    parts: tuple[Reference, ...] = ()
    holder: str | None = None


@dataclass(frozen=True, slots=True)
class Resolution:
    """The entities of an article, and where the text refers to them, in order and without overlap."""

    entities: tuple[Entity, ...]
    references: tuple[Reference, ...]


class Claim(NamedTuple):
    """One fact with its receipt.

    ``relation`` is a notation of the ontology ("chairs"). ``subject`` is an entity id; ``object`` is
    an entity id, or a span for what is itself text (an alias, a passage that is said or approved).
    ``evidence`` is the run that shows the fact, ``rule`` the rule that drew it, ``score`` the share
    of such claims found right (0 to 1). ``said_by`` is an entity id, ``since`` an ISO 8601 date.
    """

    relation: str
    subject: str
    object: str | Span
    status: Status
    evidence: Span
    rule: str
    score: float
    said_by: str | None = None
    since: str | None = None


@dataclass(frozen=True, slots=True)
class Extraction:
    """What one article says: its entities and claims, every span in the raw text."""

    article: Article
    entities: tuple[Entity, ...]
    claims: tuple[Claim, ...]
