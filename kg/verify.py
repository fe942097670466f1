"""Whether the receipts of a store hold: the article, the words quoted, and the rule that draws the claim."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kg.duplicates import share
from kg.extract import describe, each
from kg.graph import article_iri
from kg.model import Article, Skip
from kg.store import Store, Term
from kg.vocabulary import ID, KG

_ARTICLES = "SELECT ?article WHERE { GRAPH ?article { ?article a kg:Article } }"
_RECEIPTS = """
SELECT ?article ?claim ?begin ?end ?quote WHERE {
  GRAPH ?article { ?claim a kg:Claim OPTIONAL { ?claim kg:begin ?begin; kg:end ?end; kg:quote ?quote } }
} ORDER BY ?claim"""

_SHARED = re.compile(rf"<({re.escape(ID)}claim/[^>]*)> <{re.escape(KG)}alsoIn> .*")
_COPY = re.compile(rf"<[^>]*> <{re.escape(KG)}copyOf> <([^>]*)> .*")
_OF_A_CLAIM = re.compile(rf"<({re.escape(ID)}claim/[^>]*)> <[^>]*[/#]([^>]*)>")


@dataclass(frozen=True, slots=True)
class Failure:
    """A receipt that does not hold.

    ``claim`` and ``article`` are IRIs; ``claim`` is "" where an article fails that has no claims.
    """

    claim: str
    article: str
    reason: str


@dataclass(slots=True)
class Verification:
    """How many receipts of how many articles were checked, and which of them failed."""

    articles: int = 0
    receipts: int = 0
    failures: list[Failure] = field(default_factory=list)


def verify(paths: Iterable[Path], store: Store) -> Verification:
    """Check every receipt of ``store`` against the articles in the files and folders ``paths``.

    A receipt fails where its article is not among them or has changed, where the words at its
    offsets are not its quote, and where the rules do not draw the same claim again. That a claim also
    stands in a copy of its article is a receipt too, which fails where the copy does not make that claim.
    """
    result = Verification()
    unseen = {article.value for (article,) in store.select(_ARTICLES).rows if article}
    for described in each(paths, describe):
        if not isinstance(described, Skip) and (iri := article_iri(described[0].article)) in unseen:
            unseen.remove(iri)
            _judge(result, store, iri, described[0].article, described[1])
    for iri in sorted(unseen):
        _judge(result, store, iri, None, ())
    return result


def _judge(
    result: Verification, store: Store, iri: str, article: Article | None, drawn: Sequence[str]
) -> None:
    """Add what becomes of one article's receipts. ``article`` is None where its file is missing."""
    receipts = list(store.select(_RECEIPTS, article=Term("iri", iri)).rows)
    result.articles += 1
    result.receipts += len(receipts)
    stored = store.graph(iri)
    before, again = _claims(stored), _claims(drawn)
    fault = _changed(iri, stored, article)
    for shared, reason in _shared(stored, drawn, store):
        result.receipts += 1
        if fault or reason:
            result.failures.append(Failure(shared, iri, fault or reason))
    if fault and not receipts:
        result.failures.append(Failure("", iri, fault))
    for _, claim, *receipt in receipts:
        assert claim is not None
        words = _misquoted(article, *receipt) if article else ""
        reason = words or fault or _redrawn(before[claim.value], again.get(claim.value))
        if reason:
            result.failures.append(Failure(claim.value, iri, reason))


def _changed(iri: str, stored: list[str], article: Article | None) -> str:
    if article is None:
        return "its article is not among the files that can be read"
    if f'<{iri}> <{KG}sha256> "{article.sha256}" <{iri}> .' not in stored:
        return "its article has changed: the SHA-256 is another"
    return ""


def _misquoted(article: Article, begin: Term | None, end: Term | None, quote: Term | None) -> str:
    if not (begin and end and quote):
        return "it has no quote"
    at = f"{begin.value}-{end.value}"
    if not (begin.value.isdecimal() and end.value.isdecimal()):
        return f"it has no offsets: {at}"
    if article.text[int(begin.value) : int(end.value)] != quote.value:
        return f"its quote is not what stands at {at}"
    return ""


def _redrawn(before: set[str], again: set[str] | None) -> str:
    """How a claim as stored differs from the same claim drawn again, by its statements."""
    if again is None:
        return "the rules do not draw it again"
    changed = {match[2] for line in before ^ again if (match := _OF_A_CLAIM.match(line))}
    return f"the rules draw it with another {', '.join(sorted(changed))}" if changed else ""


def _shared(stored: list[str], drawn: Sequence[str], store: Store) -> Iterator[tuple[str, str]]:
    """Each claim of the original that a copy is said to make, and what is wrong with that."""
    originals = [match[1] for line in stored if drawn and (match := _COPY.match(line))]
    again = {line for original in originals for line in share(drawn, store.graph(original), original)}
    for line in stored:
        if match := _SHARED.match(line):
            yield match[1], "" if line in again else "its copy does not make this claim"


def _claims(lines: Iterable[str]) -> dict[str, set[str]]:
    """The statements about each claim among N-Quads ``lines``, by the claim's IRI."""
    claims: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        if match := _OF_A_CLAIM.match(line):
            claims[match[1]].add(line)
    return claims
