"""Hand-made facts as extractions: the first article, and the gold documents where they are at hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from kg.model import Article, Claim, Entity, Extraction, Span, Status
from kg.vocabulary import ID, classes

_TESTS = Path(__file__).parent
_GOLD = _TESTS.parent.parent / "shared" / "gold"

needs_gold = pytest.mark.skipif(not (_GOLD / "dev").is_dir(), reason="needs ../shared/gold")


def first_article() -> Extraction:
    """Facts of the sample article, written by hand."""
    text = _TESTS.parent / "data" / "articles" / "2024-02-06-asean-japan-cybersecurity.txt"
    return _extraction(_TESTS / "first_article.json", text)


def documents() -> Iterator[Extraction]:
    """The gold documents, in the order of their names; none where ../shared is missing."""
    for path in sorted(_GOLD.glob("dev/*.json")):
        yield _extraction(path, _GOLD / "docs" / f"{path.stem}.txt")


def _extraction(annotations: Path, text: Path) -> Extraction:
    gold = json.loads(annotations.read_text("utf-8"))
    article = _article(text, gold["published"])
    entities = {
        each["id"]: Entity(
            id=each["id"],
            type=each["type"],
            name=each["name"],
            iri=_iri(each["type"], each["name"]),
            mentions=tuple(_find(article.text, mention) for mention in each["mentions"]),
        )
        for each in gold["entities"]
    }
    claims = tuple(_claim(fact, article.text) for fact in gold["facts"])
    return Extraction(article, tuple(entities.values()), claims)


def _article(path: Path, published: str) -> Article:
    data = path.read_bytes()
    text = data.decode("utf-8")
    title = text.partition("\n")[0]
    _, _, url = text.rpartition("ที่มา : ")
    return Article(
        name=path.stem,
        text=text,
        plain=text,
        title=Span(0, len(title)),
        paragraphs=(Span(len(title), len(text)),),
        language="th",
        sha256=sha256(data).hexdigest(),
        url=url.strip() or None,
        published=published,
    )


def _claim(fact: dict[str, Any], text: str) -> Claim:
    object_ = fact["obj"]
    if isinstance(object_, dict):
        object_ = _find(text, *object_.values())
    return Claim(
        relation=fact["rel"],
        subject=fact["subj"],
        object=object_,
        status=Status(fact["status"]),
        evidence=_find(text, fact["quote"]),
        rule="gold",
        score=1.0,
        said_by=fact.get("said_by"),
        since=fact.get("since"),
    )


def _find(text: str, run: str) -> Span:
    start = text.index(run)
    return Span(start, start + len(run))


def _iri(type_: str, name: str) -> str:
    class_ = classes().get(type_)
    kind = class_.iri.rpartition("#")[2].lower() if class_ else type_.lower()
    key = f"{type_}\t{name}"
    return f"{ID}{kind}/{sha256(key.encode()).hexdigest()[:16]}"
