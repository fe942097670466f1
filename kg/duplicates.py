"""Releases that were published twice: a sketch of each, which are copies, and what is left to say in a copy.

A copy is the same release under another number, perhaps with small changes. What is written anew after
one pattern each week is no copy: it has dates and figures of its own.
"""

from __future__ import annotations

import re
import struct
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from math import ceil
from zlib import crc32

from kg.model import Article
from kg.vocabulary import ID, KG, RDF, RDFS

_PHRASE = 8  # code points of a phrase at least: shorter runs between spaces tell little
_PHRASES, _FIGURES = 24, 48  # hashes in a sketch at most
_FEWEST = 6  # phrases of a release that can be known again
_SOON, _ALIKE = 3, 0.8  # days between two releases, and the share of their phrases that both have ...
_LATE, _SAME = 60, 0.9  # ... which must be larger where more days lie between

_FIGURE = re.compile(r"[0-9][0-9.,:/]* ?[ก-๎A-Za-z.]{0,4}")  # with what it counts, or the month
_UNDATED = "9999"

_QUAD = re.compile(r"(<[^>]*>) <([^>]*)> (.*) (<[^>]*>) \.")
_CLAIM = f"<{ID}claim/"
_LOCAL = tuple(f"<{ID}{kind}/" for kind in ("person", "event", "instrument", "programme"))
_SUBJECT, _PREDICATE, _OBJECT = (f"{RDF}{part}" for part in ("subject", "predicate", "object"))
_STATUS, _UNTIL, _QUOTE = (f"{KG}{part}" for part in ("status", "until", "quote"))
_TOLD = {_SUBJECT, _PREDICATE, _OBJECT, _STATUS, _UNTIL, _QUOTE}

_Claim = dict[str, str]  # its terms by the properties of _TOLD


def sketch(article: Article) -> bytes:
    """A fingerprint of an article by which ``copies`` compares it: at most 289 bytes.

    It is the number of phrases in it, and the smallest hashes of runs between spaces and of figures.
    """
    text = article.plain[article.title.start : article.title.end] + "\n"
    text += article.plain[article.paragraphs[0].start : article.paragraphs[-1].end]
    phrases = {run for run in text.split() if len(run) >= _PHRASE}
    figures = {figure.replace(" ", "") for figure in _FIGURE.findall(text)}
    words = sorted({crc32(phrase.encode()) for phrase in phrases})[:_PHRASES]
    numbers = sorted({crc32(figure.encode()) for figure in figures})[:_FIGURES]
    return struct.pack(f"<B{len(words) + len(numbers)}I", len(words), *words, *numbers)


def copies(rows: Iterable[tuple[str, str | None, bytes]]) -> dict[str, str]:
    """The original of each copy, for articles given as IRI, day of publication (ISO 8601) and sketch.

    Of releases that are alike, directly or by others between them, the original is the one published
    first, or the one with the smallest IRI. The order of ``rows`` does not matter.
    """
    articles = sorted((published or _UNDATED, iri, sketch) for iri, published, sketch in rows)
    first = list(range(len(articles)))  # of each article an earlier one that is alike, or itself

    def original(at: int) -> int:
        while first[at] != at:
            at = first[at] = first[first[at]]
        return at

    for one, other in _candidates(articles):
        earlier, later = sorted((original(one), original(other)))
        if earlier != later and _alike(articles[one], articles[other]):
            first[later] = earlier
    return {iri: articles[original(at)][1] for at, (_, iri, _) in enumerate(articles) if original(at) != at}


def share(copy: Iterable[str], original: Iterable[str], original_iri: str) -> list[str]:
    """The N-Quads lines of a copy's graph, sorted, without what the original says in the same words.

    Of each claim that both make (of one relation, subject, object, status and quote) there remains that
    the original's claim stands in the copy too (``kg:alsoIn``); its direct triple is the original's.
    A person known by an office alone, an event without a year and the like have an IRI in each article:
    those of one label are taken for one.
    """
    lines = list(copy)
    graph = lines[0].split()[-2]
    mine, theirs = _claims(lines), _claims(original)
    known = {said: iri for iri, (_, said) in sorted(theirs.items(), reverse=True)}
    shared = {iri: known[said] for iri, (_, said) in mine.items() if said in known}
    told = {triple for iri, (claim, _) in mine.items() if iri not in shared for triple in _direct(claim)}
    gone = {triple for iri in shared for triple in _direct(mine[iri][0])} - told
    kept = {
        line
        for line in lines
        if line.partition(" ")[0] not in shared and line.removesuffix(f" {graph} .") not in gone
    }
    kept |= {f"{iri} <{KG}alsoIn> {graph} {graph} ." for iri in shared.values()}
    return sorted({*kept, f"{graph} <{KG}copyOf> <{original_iri}> {graph} ."})


def _candidates(articles: Sequence[tuple[str, str, bytes]]) -> Iterator[tuple[int, int]]:
    """The places of articles that can be alike: each pair of them shares one of its rarest phrases."""
    all_words = array("L")
    for _, _, sketch in articles:
        all_words.extend(_read(sketch)[0])
    runs = ((word, sum(1 for _ in run)) for word, run in groupby(sorted(all_words)))
    repeated = {word: count for word, count in runs if count > 1}
    having: dict[int, list[int]] = defaultdict(list)
    for at, (_, _, sketch) in enumerate(articles):
        words = _read(sketch)[0]
        # Of any two that share as many phrases as they must, one of these few is shared.
        few = len(words) - ceil(_ALIKE * len(words)) + 1
        for word in sorted(words, key=lambda word: (repeated.get(word, 1), word))[:few]:
            if word in repeated and len(words) >= _FEWEST:
                having[word].append(at)
    for places in having.values():
        for later, other in enumerate(places):
            for one in reversed(places[:later]):
                if _days(articles[one], articles[other]) > _LATE:
                    break
                yield one, other


def _alike(one: tuple[str, str, bytes], other: tuple[str, str, bytes]) -> bool:
    """Whether two releases share most of their phrases, and at most one has figures that the other lacks."""
    (words, figures), (other_words, other_figures) = _read(one[2]), _read(other[2])
    smallest = sorted({*words, *other_words})[:_PHRASES]
    shared = len({*words} & {*other_words} & {*smallest})
    if shared < (_ALIKE if _days(one, other) <= _SOON else _SAME) * len(smallest):
        return False
    known = min(each[-1] if len(each) == _FIGURES else 2**32 for each in (figures, other_figures))
    have, has = ({figure for figure in each if figure <= known} for each in (figures, other_figures))
    return have <= has or has <= have


def _read(sketch: bytes) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The hashes of phrases and of figures in a sketch, each from the smallest on."""
    hashes = struct.unpack(f"<{len(sketch) // 4}I", sketch[1:])
    return hashes[: sketch[0]], hashes[sketch[0] :]


def _days(one: tuple[str, str, bytes], other: tuple[str, str, bytes]) -> int:
    """The days between two releases: few more than count as soon where one of them has no date."""
    if _UNDATED in (one[0], other[0]):
        return _SOON + 1
    return abs((date.fromisoformat(one[0]) - date.fromisoformat(other[0])).days)


def _claims(lines: Iterable[str]) -> dict[str, tuple[_Claim, tuple[str, ...]]]:
    """Each claim among N-Quads lines, and what it says: its terms, some by their label."""
    claims: dict[str, _Claim] = defaultdict(dict)
    labels: dict[str, str] = {}
    for line in lines:
        if match := _QUAD.fullmatch(line):
            subject, property_, term, _ = match.groups()
            if subject.startswith(_CLAIM) and property_ in _TOLD:
                claims[subject][property_] = term
            elif subject.startswith(_LOCAL) and property_ == f"{RDFS}label":
                labels[subject] = term
    return {
        iri: (claim, tuple(labels.get(term, term) for _, term in sorted(claim.items())))
        for iri, claim in claims.items()
    }


def _direct(claim: _Claim) -> list[str]:
    """The triples that stand in a graph because of an actual claim."""
    if claim.get(_STATUS) != f"<{KG}Actual>":
        return []
    triples = [f"{claim[_SUBJECT]} {claim[_PREDICATE]} {claim[_OBJECT]}"]
    if _UNTIL in claim:
        triples.append(f"{claim[_SUBJECT]} <{KG}heldUntil> {claim[_UNTIL]}")
    return triples
