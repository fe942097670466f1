"""The knowledge of Thai that the stages read: words of ``data/thai`` and things of ``data/registry``."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import ahocorasick_rs
import nlpo3

from kg.errors import KgError
from kg.vocabulary import resource

LANGUAGES = {"th": "thai"}
"""The languages that kg reads, and the folder of ``data`` with the knowledge of each."""

_REGISTRY_TYPES = {"organisations": "ORG", "countries": "COUNTRY", "places": "PLACE"}


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing of the registry: its one ``name``, whatever the text calls it.

    ``key`` stands for it in its IRI. ``ambiguous`` names are ordinary words too and count only with a
    head word before them ("ประเทศ", "จังหวัด").
    """

    type: str
    name: str
    key: str
    english: str | None = None
    wikidata: str | None = None
    parent: str | None = None
    kind: str = ""
    ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """One entry of the lexicon: what ``kind`` of word it is and what it stands for.

    Kinds: title, latin_title, head, except, thing, alias (another name that the article itself gives),
    post, modifier, anaphor.
    """

    kind: str
    type: str = ""
    thing: Thing | None = None


@dataclass(frozen=True, slots=True)
class NameRule:
    """How an open name of one type goes on after its head (``data/thai/names.toml``)."""

    after_space: tuple[str, ...]
    extend: tuple[str, ...]
    extend_after_space: frozenset[str]
    within: frozenset[str]
    inner: frozenset[str]
    before_agent: frozenset[str]
    generic: frozenset[str]
    latin_after_space: bool
    quoted: bool
    spaced: bool
    joined: bool
    loose: tuple[str, ...]
    numbered: bool
    verbal: tuple[str, ...]
    alone: frozenset[str]
    marked: frozenset[str]
    marked_by: tuple[str, ...]


@dataclass(frozen=True)
class Lexicon:
    """Everything the recogniser looks words up in."""

    automaton: ahocorasick_rs.AhoCorasick
    entries: tuple[tuple[Word, ...], ...]
    names: dict[str, NameRule]
    stop_words: frozenset[str]
    stop_prefixes: tuple[str, ...]
    split: dict[str, int]
    conjunctions: frozenset[str]
    nominal: frozenset[str]
    number: re.Pattern[str]
    ordinal: re.Pattern[str]
    up_to_abbreviation: re.Pattern[str]
    company: re.Pattern[str]
    makes_plain: tuple[str, ...]
    alias_or: re.Pattern[str]
    alias_between: re.Pattern[str]
    not_an_alias: re.Pattern[str]
    longest: int
    latin: dict[str, frozenset[str]]
    not_a_name: frozenset[str]
    not_a_name_prefixes: tuple[str, ...]
    glued: tuple[str, ...]
    noble: re.Pattern[str]
    weak: frozenset[str]
    things: dict[tuple[str, str], Thing]
    by_key: dict[tuple[str, str], Thing]
    post_names: dict[str, str]
    posts_alone: frozenset[str]
    beside_a_post: frozenset[str]
    made_a_post: frozenset[str]
    before_holder: frozenset[str]
    post_link: re.Pattern[str]
    post_side: re.Pattern[str]
    ministers: tuple[str, ...]
    ministry: str

    def find(self, text: str) -> dict[int, list[tuple[int, Word]]]:
        """Every word of the lexicon in ``text``: start -> [(end, word)], longest first."""
        found: dict[int, list[tuple[int, Word]]] = {}
        for index, start, end in self.automaton.find_matches_as_indexes(text, overlapping=True):
            bucket = found.setdefault(start, [])
            for word in self.entries[index]:
                bucket.append((end, word))
        for bucket in found.values():
            if len(bucket) > 1:
                bucket.sort(key=lambda hit: -hit[0])
        return found


def load(file: str, language: str = "th") -> dict[str, Any]:
    """One TOML file of a language's data; a file that does not parse is a ``KgError``."""
    path = resource("data", LANGUAGES[language], file)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise KgError(f"{path.name}: {error}: mend the file") from error


def table(name: str) -> list[dict[str, str]]:
    """The rows of one TSV of ``data/registry``, column name -> cell."""
    with resource("data", "registry", f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def aliases(row: dict[str, str], column: str = "aliases") -> list[str]:
    """The names in one cell, which are set apart by " | "."""
    return [name for name in (part.strip() for part in (row.get(column) or "").split("|")) if name]


def _things() -> list[tuple[list[str], Thing]]:
    rows = []
    for file, kind in _REGISTRY_TYPES.items():
        for row in table(file):
            thing = Thing(
                type=kind,
                name=row["name"],
                key=row.get("iso2") or row["name"],
                english=row.get("english") or None,
                wikidata=row.get("qid") or None,
                parent=row.get("parent") or row.get("within") or None,
                kind=row.get("kind") or "",
                ambiguous=row.get("ambiguous") == "1",
            )
            rows.append(([thing.name, *aliases(row)], thing))
    return rows


def _any(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


def _second(word: str) -> int:
    """Where the second part of a compound begins: at its last "การ", "งาน", "ประชุม" and the like."""
    return max(word.rfind(part, 1) for part in ("การประชุม", "การ", "งาน", "ประชุม", "พิธี", "อบรม", "สัมมนา"))


@cache
def lexicon() -> Lexicon:
    """The lexicon, read once a process."""
    words: dict[str, list[Word]] = {}

    def add(text: str, word: Word) -> None:
        bucket = words.setdefault(text, [])
        if word not in bucket:
            bucket.append(word)

    titles, names, posts = load("titles.toml"), load("names.toml"), load("posts.toml")
    for text in titles["thai"]:
        add(text, Word("title"))
    for text in titles["latin"]:
        add(text, Word("latin_title"))
    for text in titles["except"]:
        add(text, Word("except", "PERSON"))
    rules = {}
    for type_, rule in names.items():
        if "heads" not in rule:
            continue
        for text in rule["heads"]:
            add(text, Word("head", type_))
        for text in rule["except"]:
            add(text, Word("except", type_))
        rules[type_] = NameRule(
            after_space=tuple(rule.get("after_space", ())),
            extend=tuple(rule.get("extend", ())),
            extend_after_space=frozenset(rule.get("extend_after_space", ())),
            within=frozenset(rule.get("within", ())),
            inner=frozenset(rule.get("inner", ())),
            before_agent=frozenset(rule.get("before_agent", ())),
            generic=frozenset(rule.get("generic", ())),
            latin_after_space=rule.get("latin_after_space", False),
            quoted=rule.get("quoted", False),
            spaced=rule.get("spaced", False),
            joined=rule.get("joined", False),
            loose=tuple(rule.get("loose", ())),
            numbered=rule.get("numbered", False),
            verbal=tuple(rule.get("verbal", ())),
            alone=frozenset(rule.get("alone", ())),
            marked=frozenset(rule.get("marked", ())),
            marked_by=tuple(rule.get("marked_by", ())),
        )
    for type_, texts in names["anaphora"].items():
        for text in texts:
            add(text, Word("anaphor", type_))
    for text in posts["modifiers"]:
        add(text, Word("modifier", "POSITION"))
    singular = set(posts["singular"])
    post_names = {}
    for text in posts["heads"]:
        add(text, Word("post", "POSITION"))
    for row in table("posts"):
        for text in (row["name"], *aliases(row)):
            if text in posts["crowd"]:
                continue
            add(text, Word("post", "POSITION"))
            post_names[text] = row["name"]
            if row.get("singular") == "1":
                singular.add(text)
    things = {}
    for texts, thing in _things():
        things[thing.type, thing.name] = thing
        prefix = "ประเทศ" if thing.type == "COUNTRY" else ""
        for text in texts:
            add(text, Word("thing", thing.type, thing))
            if prefix and not text.startswith(prefix):
                add(prefix + text, Word("thing", thing.type, thing))
    patterns = sorted(words)
    return Lexicon(
        automaton=ahocorasick_rs.AhoCorasick(
            patterns, implementation=ahocorasick_rs.Implementation.ContiguousNFA
        ),
        entries=tuple(tuple(words[text]) for text in patterns),
        names=rules,
        stop_words=frozenset(names["stop"]["words"]),
        stop_prefixes=tuple(names["stop"]["prefixes"]),
        split={word: _second(word) for word in names["stop"]["split"]},
        conjunctions=frozenset(names["stop"]["conjunctions"]),
        nominal=frozenset(names["stop"]["nominal"]),
        ordinal=re.compile(names["stop"]["ordinal"]),
        number=re.compile(rf"\d{{1,3}}(?![\d.,]| ?(?:{_any(names['stop']['counters'])}))"),
        up_to_abbreviation=re.compile(names["stop"]["up_to_abbreviation"]),
        company=re.compile(names["stop"]["company"]),
        makes_plain=tuple(names["stop"]["makes_plain"]),
        alias_or=re.compile(names["alias"]["or"]),
        alias_between=re.compile(names["alias"]["between"]),
        not_an_alias=re.compile(names["alias"]["not"]),
        longest=names["stop"]["longest"],
        latin={type_: frozenset(words) for type_, words in names["latin"].items()},
        not_a_name=frozenset(titles["not_a_name"]),
        not_a_name_prefixes=tuple(word for word in titles["not_a_name"] if len(word) > 4),
        glued=tuple(titles["glued"]),
        noble=re.compile(f"ณ ?({_any(titles['of'])})"),
        weak=frozenset(titles["weak"]),
        things=things,
        by_key={(thing.type, thing.key): thing for thing in things.values()},
        post_names=post_names,
        posts_alone=frozenset(posts["alone"]) | singular,
        beside_a_post=frozenset(posts["beside"]),
        made_a_post=frozenset(posts["made"]),
        before_holder=frozenset(posts["before_holder"]),
        post_link=re.compile(_any(posts["link"])),
        post_side=re.compile(_any(posts["side"])),
        ministers=tuple(posts["ministers"]),
        ministry=posts["ministry"],
    )


@cache
def _segmenter() -> str:
    import pythainlp.corpus

    path = Path(pythainlp.corpus.__file__).parent / "words_th.txt"
    nlpo3.load_dict(str(path), "kg")
    return "kg"


def segment(text: str) -> list[str]:
    """The words of ``text`` in order, spaces included: joined they are ``text`` again."""
    words: list[str] = nlpo3.segment(text, _segmenter())
    return words
