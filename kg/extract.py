"""The stages of one article, in their order: from a document to what it says, and to N-Quads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from kg.errors import one_line
from kg.graph import quads
from kg.model import Article, Document, Extraction, Skip, Span
from kg.read import read
from kg.recognise import recognise
from kg.relate import relate
from kg.resolve import resolve
from kg.sources import Sources, or_skip

T = TypeVar("T")


def each(paths: Iterable[Path], stage: Callable[[Article], T]) -> Iterator[T | Skip]:
    """What ``stage`` makes of each article in ``paths``, or why one was passed over, in order."""
    for document in Sources(paths):
        yield document if isinstance(document, Skip) else attempt(document, stage)


def attempt(document: Document, stage: Callable[[Article], T]) -> T | Skip:
    """What ``stage`` makes of the article in ``document``; whatever goes wrong with it is a Skip."""
    try:
        return or_skip(document.label, lambda: stage(read(document)))
    except Exception as error:  # noqa: BLE001 - what one article brings out must not stop the others
        return Skip(document.label, "failed", f"failed: {type(error).__name__}: {one_line(error)}")


def describe(article: Article, least: float = 0.0) -> tuple[Extraction, list[str]]:
    """What an article says, without the claims whose score is under ``least``, and its N-Quads lines."""
    said = extract(article)
    said = replace(said, claims=tuple(claim for claim in said.claims if claim.score >= least))
    return said, quads(said)


def extract(article: Article) -> Extraction:
    """What ``article`` says. The stages count in its plain copy; here their spans become raw ones."""
    resolution = resolve(article, recognise(article))
    claims = relate(article, resolution)
    if article.offsets is None:
        return Extraction(article, resolution.entities, claims)
    raw = article.raw
    return Extraction(
        article,
        tuple(each._replace(mentions=tuple(map(raw, each.mentions))) for each in resolution.entities),
        tuple(
            each._replace(
                object=raw(each.object) if isinstance(each.object, Span) else each.object,
                evidence=raw(each.evidence),
            )
            for each in claims
        ),
    )
