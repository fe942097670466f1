"""What a corpus can teach the registry: organisations that its articles define as "FULL NAME (ABBR)".

The result is a proposal for ``data/registry/organisations.tsv``: a person reviews it before it counts.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kg.lexicon import aliases, load, table
from kg.model import Article
from kg.read import articles
from kg.words import segment

HELD_OUT = re.compile(r"/details/[0-9]*7/?$")
"""Source URLs of the articles that nothing is learnt from, so that they can test what was learnt."""

_BRACKET = re.compile(r"(?<=[ก-๎A-Za-z.]) ?\(([^()\n]{2,90})\)")
_PARTS = re.compile(r"[:：,]| หรือ ")
_ABBREVIATION = re.compile(r"(?:[ก-ฮ]{1,5}\.?){1,5}\.|[A-Z][A-Za-z]*[A-Z][A-Za-z.-]*")
_BORDER = re.compile(r"[()\[\]“”\"‘’:;,/\n]")
_CONSONANT = re.compile("[ก-ฮ]")
_FAR = 140


@dataclass(frozen=True, slots=True)
class Lesson:
    """One organisation as the corpus defines it.

    ``aliases`` are its abbreviations with the number of articles that define each, most first;
    ``articles`` is the number of articles that define any of them. ``known`` is the name that the
    registry has for it, or ``None``. ``shared`` are those of the aliases that the corpus or the
    registry gives to another organisation too.
    """

    name: str
    aliases: tuple[tuple[str, int], ...]
    articles: int
    known: str | None
    shared: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Words:
    """Heads of names, words that only look like one, what ends a name, and the spelt abbreviation."""

    heads: tuple[str, ...]
    false_heads: tuple[str, ...]
    stops: frozenset[str]
    stop_prefixes: tuple[str, ...]
    spelt: re.Pattern[str]


def learn(paths: Iterable[Path], *, tests: Iterable[Path] = (), least: int = 3) -> list[Lesson]:
    """The organisations that at least ``least`` articles in ``paths`` define, in the order of their names.

    Files that are no articles are passed over. Held out are the articles whose source URL ends in
    "/details/...7" (a tenth), and those that stand in ``tests`` too.
    """
    held = {article.url for article in _read(tests)}
    chains: list[set[tuple[str, tuple[str, ...]]]] = []
    for article in _read(paths):
        if not (article.url and (article.url in held or HELD_OUT.search(article.url))):
            chains.append(set(definitions(article.plain)))
    candidates = Counter(
        pair for found in chains for pair in {(name, alias) for alias, names in found for name in names}
    )
    defined: dict[str, Counter[str]] = defaultdict(Counter)
    support: Counter[str] = Counter()
    for found in chains:
        chosen = {(_widest(alias, names, candidates), alias) for alias, names in found}
        for name, alias in chosen:
            defined[name][alias] += 1
        support.update({name for name, _ in chosen})
    kept = [name for name in sorted(defined) if support[name] >= least]

    known: dict[str, str] = {}
    meanings: dict[str, set[str]] = defaultdict(set)
    for row in table("organisations"):
        for text in (row["name"], *aliases(row), *aliases(row, "ambiguous_aliases")):
            known.setdefault(_unspaced(text), row["name"])
            meanings[text].add(row["name"])
    for name in kept:
        for alias, count in defined[name].items():
            if count >= least:
                meanings[alias].add(known.get(_unspaced(name), name))
    return [
        Lesson(
            name=name,
            aliases=tuple(sorted(defined[name].items(), key=lambda item: (-item[1], item[0]))),
            articles=support[name],
            known=known.get(_unspaced(name)),
            shared=frozenset(alias for alias in defined[name] if len(meanings[alias]) > 1),
        )
        for name in kept
    ]


def proposal(lessons: Iterable[Lesson]) -> Iterator[str]:
    """The lines of a table of ``lessons``, its columns apart by tabs, to be reviewed.

    Behind an alias stands the number of articles that define it; ``known`` is empty for a new name.
    """
    yield "name\taliases\tambiguous_aliases\tarticles\tknown"
    for lesson in lessons:
        plain = (f"{alias} {count}" for alias, count in lesson.aliases if alias not in lesson.shared)
        shared = (f"{alias} {count}" for alias, count in lesson.aliases if alias in lesson.shared)
        cells = lesson.name, " | ".join(plain), " | ".join(shared), str(lesson.articles), lesson.known or ""
        yield "\t".join(cells)


def definitions(plain: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every abbreviation that ``plain`` defines, with the names it may stand for, the shortest first.

    Where heads of names stand in one another ("สำนักงานคณะกรรมการ...") there are several. Of a bracket
    such as "(Fiscal Policy Office : FPO)" the last part is the abbreviation.
    """
    for bracket in _BRACKET.finditer(plain):
        alias = _PARTS.split(bracket.group(1))[-1].strip()
        if _ABBREVIATION.fullmatch(alias) or _words().spelt.fullmatch(alias):
            names = tuple(_names_before(plain, bracket.start(), alias))
            if names:
                yield alias, names


def _names_before(plain: str, end: int, alias: str) -> Iterator[str]:
    """The names of organisations that end at ``end`` and ``alias`` may abbreviate, from short to long."""
    left = plain[max(0, end - _FAR) : end].rstrip()
    border = max((match.end() for match in _BORDER.finditer(left)), default=0)
    words = _words()
    name = ""
    for word in reversed(segment(left[border:])):
        if word in words.stops or word.startswith(words.stop_prefixes):
            return
        name = word + name
        if (
            name.startswith(words.heads)
            and name not in words.heads
            and not name.startswith(words.false_heads)
        ):
            head = max((head for head in words.heads if name.startswith(head)), key=len)
            if _abbreviates(alias, head, name):
                yield name


def _abbreviates(alias: str, head: str, name: str) -> bool:
    """Whether the letters of a Thai ``alias`` stand in ``name`` in order, the first in or after its head.

    Abbreviations in Latin letters cannot be compared.
    """
    if not alias.endswith(".") or alias.isascii():
        return True
    letters = _CONSONANT.findall(alias)
    position = 0 if _CONSONANT.findall(head)[:1] == letters[:1] else len(head)
    for letter in letters:
        position = name.find(letter, position) + 1
        if not position:
            return False
    return True


def _widest(alias: str, names: tuple[str, ...], candidates: Counter[tuple[str, str]]) -> str:
    """Of ``names`` the longest that stands before ``alias`` at least half as often as the shortest."""
    floor = candidates[names[0], alias] / 2
    return max((name for name in names if candidates[name, alias] >= floor), key=len)


@cache
def _words() -> _Words:
    names, own = load("names.toml"), load("learn.toml")
    inside = frozenset(own["inside"])
    prefixes = (prefix for prefix in names["stop"]["prefixes"] if prefix not in inside)
    letters = "|".join(sorted(own["letters"], key=len, reverse=True))
    return _Words(
        heads=tuple(names["ORG"]["heads"]),
        false_heads=tuple(names["ORG"]["except"]),
        stops=frozenset(names["stop"]["words"]) - inside,
        stop_prefixes=(*own["person"], *prefixes),
        spelt=re.compile(f"(?:{letters}){{2,}}"),
    )


def _unspaced(name: str) -> str:
    return name.replace(" ", "")


def _read(paths: Iterable[Path]) -> Iterator[Article]:
    return (article for article in articles(paths) if isinstance(article, Article))
