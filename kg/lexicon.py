"""The knowledge of a language that the stages read: its words and the things of ``data/registry``."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import ahocorasick_rs

from kg.errors import KgError
from kg.vocabulary import resource

LANGUAGES = {"th": "thai", "en": "english"}
"""The languages that kg reads, and the folder of ``data`` with the knowledge of each."""

_NEVER = "(?!)"  # the pattern of what a language has not
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

    after_space: re.Pattern[str]
    extend: tuple[str, ...]
    extend_after_space: frozenset[str]
    within: frozenset[str]
    inner: frozenset[str]
    before_agent: frozenset[str]
    before_event: frozenset[str]
    generic: frozenset[str]
    latin_after_space: bool
    quoted: bool
    spaced: bool
    joined: bool
    loose: tuple[str, ...]
    part_of: re.Pattern[str] | None
    numbered: bool
    verbal: tuple[str, ...]
    alone: frozenset[str]
    closed: frozenset[str]
    marked: frozenset[str]
    marked_by: tuple[str, ...]
    dated: frozenset[str]


@dataclass(frozen=True)
class Lexicon:
    """Everything the recogniser looks words up in."""

    automaton: ahocorasick_rs.AhoCorasick
    texts: tuple[str, ...]
    entries: tuple[tuple[Word, ...], ...]
    names: dict[str, NameRule]
    is_stop: Callable[[str], bool]
    split: dict[str, int]
    conjunctions: frozenset[str]
    unnamed: tuple[str, ...]
    nominal: frozenset[str]
    number: re.Pattern[str]
    counted: re.Pattern[str]
    ordinal: re.Pattern[str]
    up_to_abbreviation: re.Pattern[str]
    beyond_bracket: re.Pattern[str]
    office: re.Pattern[str]
    acts_behind: re.Pattern[str]
    acts_before: re.Pattern[str]
    place_before: re.Pattern[str]
    company: re.Pattern[str]
    makes_plain: tuple[str, ...]
    alias_or: re.Pattern[str]
    occasion: re.Pattern[str]
    alias_between: re.Pattern[str]
    not_an_alias: re.Pattern[str]
    generic: re.Pattern[str]
    abbreviation: re.Pattern[str]
    longest: int
    telling: dict[str, str]
    small_head: re.Pattern[str]
    cased_link: re.Pattern[str]
    goes_on: dict[str, frozenset[str]]
    never_first: frozenset[str]
    told_by: dict[str, tuple[str, ...]]
    owned: re.Pattern[str]
    owned_type: str
    capitals: bool
    not_a_name: frozenset[str]
    not_a_name_prefixes: tuple[str, ...]
    glued: tuple[str, ...]
    any_glued: re.Pattern[str]
    noble: re.Pattern[str]
    weak: frozenset[str]
    full: frozenset[str]
    things: dict[tuple[str, str], Thing]
    by_key: dict[tuple[str, str], Thing]
    post_names: dict[str, str]
    acting: tuple[str, ...]
    crowds: tuple[str, ...]
    posts_alone: frozenset[str]
    kinds_of_post: frozenset[str]
    beside_a_post: frozenset[str]
    made_a_post: frozenset[str]
    before_holder: frozenset[str]
    home: str
    post_link: re.Pattern[str]
    post_links: tuple[str, ...]
    post_side: re.Pattern[str]
    ministers: tuple[str, ...]
    ministry: str

    def find(self, text: str) -> dict[int, list[tuple[int, Word]]]:
        """Every word of the lexicon in ``text``: start -> [(end, word)], longest first."""
        found: dict[int, list[tuple[int, Word]]] = {}
        by_end = self.automaton.find_matches_as_indexes(text, overlapping=True)
        for index, start, end in reversed(by_end):
            for word in self.entries[index]:
                if start in found:
                    found[start].append((end, word))
                else:
                    found[start] = [(end, word)]
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


def _things(language: str) -> Iterator[tuple[list[str], Thing]]:
    """The things of the registry, each with all that a language calls it."""
    written = load("registry.toml", language)
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
                ambiguous=row.get("ambiguous") == "1" and language == "th",
            )
            names = _names(row, written[file], written["columns"])
            forms = written["forms"].get(thing.kind or file, ("{}",))
            yield [text for name in names for text in _written(name, forms, written)], thing


def _names(row: dict[str, str], more: dict[str, list[str]], columns: list[str]) -> list[str]:
    """What a row of the registry is called in the columns of a language, and ``more`` of it."""
    return [
        *dict.fromkeys(name for column in columns for name in aliases(row, column)),
        *more.get(row["name"], ()),
    ]


def _written(name: str, forms: Iterable[str], written: dict[str, Any]) -> Iterator[str]:
    """A name in each of its ``forms`` ("{}", "{} Province"), turned round and in the other spelling."""
    names = [name]
    for pattern, others in written["turns"].items():
        if match := re.fullmatch(pattern, name):
            names += [match.expand(other) for other in others]
    for one, other in written["spelling"].items():
        names += [each.replace(one, other) for each in names if one in each]
    yield from (form.format(each) for each in names for form in forms)


def _first(words: Iterable[str]) -> str:
    """A pattern for the first of ``words`` that fits; for nothing where there are none."""
    return "|".join(map(re.escape, words)) or _NEVER


def either(words: Iterable[str], pattern: Callable[[str], str] = re.escape) -> str:
    """A pattern for any of ``words``, the longest first; for nothing where there are none.

    ``pattern`` writes each, beginning with the word's first letter. Words that begin alike share a branch,
    since ``re`` tries the branches one after the other.
    """
    branches: dict[str, list[str]] = {}
    for word in sorted(dict.fromkeys(words), key=len, reverse=True):
        first = re.escape(word[0])
        branches.setdefault(first, []).append(pattern(word).removeprefix(first))
    each = (f"{first}(?:{'|'.join(rest)})" for first, rest in branches.items())
    return f"(?:{'|'.join(each)})" if branches else _NEVER


def _link(cased: dict[str, Any]) -> str:
    """What may stand between two words of a cased name, before a capital letter or a number."""
    small = f" (?:{either(cased['inner'])} )?(?P<small>{either([*cased['links'], '&'])})(?: the)?"
    return rf"(?:{small} | ?[-–] ?| \([A-Z][\w-]+\) |, (?={either(cased['company'])}\b)| )(?=[A-Z0-9])"


def _owned(type: str, heads: list[str], on: list[str], ends: list[str]) -> str:
    """A name in small letters: with words before its head, or with what stands behind it."""
    before, head = r"(?:(?!of |the |and )[a-z0-9][\w-]* ){1,5}?", rf"{either(heads)}\b"
    behind = rf" {either(on)} [^,.;:()\n]{{3,80}}?(?= {either(ends)}\b| ?[,.;:()\n]| ?$)"
    return f"{before}{head}(?:{behind})?|{head}{behind}"


def _stop(words: frozenset[str], prefixes: tuple[str, ...]) -> Callable[[str], bool]:
    """Whether a word is one of ``words`` or begins with one of ``prefixes``."""
    return lru_cache(maxsize=2**13)(lambda word: word in words or word.startswith(prefixes))


@cache
def lexicon(language: str) -> Lexicon:
    """The lexicon of a language of ``LANGUAGES``, read once a process."""
    words: dict[str, list[Word]] = {}

    def add(text: str, word: Word) -> None:
        bucket = words.setdefault(text, [])
        if word not in bucket:
            bucket.append(word)

    titles, names, posts = (load(f"{file}.toml", language) for file in ("titles", "names", "posts"))
    for text in titles.get("thai", ()):
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
            after_space=re.compile(_first(rule.get("after_space", ()))),
            extend=tuple(rule.get("extend", ())),
            extend_after_space=frozenset(rule.get("extend_after_space", ())),
            within=frozenset(rule.get("within", ())),
            inner=frozenset(rule.get("inner", ())),
            before_agent=frozenset(rule.get("before_agent", ())),
            before_event=frozenset(rule.get("before_event", ())),
            generic=frozenset(rule.get("generic", ())),
            latin_after_space=rule.get("latin_after_space", False),
            quoted=rule.get("quoted", False),
            spaced=rule.get("spaced", False),
            joined=rule.get("joined", False),
            loose=tuple(rule.get("loose", ())),
            part_of=re.compile(rule["part_of"]) if "part_of" in rule else None,
            numbered=rule.get("numbered", False),
            verbal=tuple(rule.get("verbal", ())),
            alone=frozenset(rule["heads"] if rule.get("alone") is True else rule.get("alone", ())),
            closed=frozenset(rule.get("closed", ())),
            marked=frozenset(rule.get("marked", ())),
            marked_by=tuple(rule.get("marked_by", ())),
            dated=frozenset(rule.get("dated", ())),
        )
    for type_, texts in names["anaphora"].items():
        for text in texts:
            add(text, Word("anaphor", type_))
    for text in posts["modifiers"]:
        add(text, Word("modifier", "POSITION"))
    singular = set(posts["singular"])
    post_names: dict[str, str] = {}
    for text in posts["heads"]:
        add(text, Word("post", "POSITION"))
    written = load("registry.toml", language)
    for row in table("posts"):
        for text in _names(row, written["posts"], written["columns"]):
            if text in posts["crowd"]:
                continue
            add(text, Word("post", "POSITION"))
            post_names.setdefault(text, row["name"])
            if row.get("singular") == "1":
                singular.add(text)
    things: dict[tuple[str, str], Thing] = {}
    owners: dict[tuple[str, str], Thing] = {}
    adjectives = {row["iso2"]: aliases(row, written["adjectives"]) for row in table("countries")}
    for texts, thing in _things(language):
        things[thing.type, thing.name] = thing
        for text in texts:
            if owners.setdefault((thing.type, text), thing) is thing:
                add(text, Word("thing", thing.type, thing))
            for form, head in posts.get("of_ministry", {}).items():
                field = text.removeprefix(posts["ministry"])
                if field != text:
                    post = form.format(field)
                    add(post, Word("post", "POSITION"))
                    post_names.setdefault(post, head + thing.name)
                    singular.add(post)
        for text in adjectives.get(thing.key, ()):
            add(text, Word("modifier", "COUNTRY", thing))
    stop, cased, province = names["stop"], names["cased"], names.get("province", {})
    patterns = sorted(words)
    return Lexicon(
        automaton=ahocorasick_rs.AhoCorasick(
            patterns, implementation=ahocorasick_rs.Implementation.ContiguousNFA
        ),
        texts=tuple(patterns),
        entries=tuple(tuple(words[text]) for text in patterns),
        names=rules,
        is_stop=_stop(frozenset(stop["words"]), tuple(stop["prefixes"])),
        split={word.replace("|", ""): word.index("|") for word in stop.get("split", ())},
        conjunctions=frozenset(stop["conjunctions"]),
        unnamed=tuple(stop.get("unnamed", ())),
        nominal=frozenset(stop.get("nominal", ())),
        ordinal=re.compile(stop.get("ordinal", _NEVER)),
        counted=re.compile(rf"[\d,]+ ?(?!ปี){either(stop['counters'])}"),
        number=re.compile(rf"\d{{1,3}}(?![\d.,]| ?{either(stop['counters'])})"),
        up_to_abbreviation=re.compile(stop.get("up_to_abbreviation", _NEVER)),
        beyond_bracket=re.compile(stop.get("beyond_bracket", _NEVER)),
        office=re.compile(names["ORG"].get("office", _NEVER)),
        acts_behind=re.compile(province.get("behind", _NEVER)),
        acts_before=re.compile(province.get("before", _NEVER)),
        place_before=re.compile(province.get("place", _NEVER)),
        company=re.compile(stop.get("company", _NEVER)),
        makes_plain=tuple(stop.get("makes_plain", ())),
        occasion=re.compile(names["alias"].get("occasion", _NEVER)),
        alias_or=re.compile(names["alias"]["or"]),
        alias_between=re.compile(names["alias"]["between"]),
        abbreviation=re.compile(names["alias"].get("abbreviation", _NEVER)),
        not_an_alias=re.compile(names["alias"]["not"]),
        generic=re.compile(names["alias"].get("generic", _NEVER)),
        longest=stop["longest"],
        telling={text: type_ for type_, texts in names["latin"].items() for text in texts},
        small_head=re.compile(
            rf" ({either(t for each in names['latin'].values() for t in each if t.islower())})\b"
        ),
        cased_link=re.compile(_link(cased)),
        goes_on={type_: frozenset(links) for type_, links in cased["goes_on"].items()},
        never_first=frozenset(cased["never_first"]),
        owned=re.compile(_owned(**cased["owned"]) if "owned" in cased else _NEVER),
        owned_type=cased.get("owned", {}).get("type", ""),
        told_by={type_: tuple(texts) for type_, texts in cased.get("told_by", {}).items()},
        capitals=titles.get("capitals", False),
        not_a_name=frozenset(titles.get("not_a_name", ())),
        not_a_name_prefixes=tuple(word for word in titles.get("not_a_name", ()) if len(word) > 4),
        glued=tuple(titles.get("glued", ())),
        any_glued=re.compile(either(titles.get("glued", ()))),
        noble=re.compile(f"ณ ?({either(titles['of'])})" if "of" in titles else _NEVER),
        weak=frozenset(titles.get("weak", ())),
        full=frozenset(titles.get("full", ())),
        things=things,
        by_key={(thing.type, thing.key): thing for thing in things.values()},
        post_names=post_names,
        acting=tuple(posts.get("acting", ())),
        crowds=tuple(posts.get("crowds", ())),
        posts_alone=frozenset(posts["alone"]) | singular,
        kinds_of_post=frozenset([*posts["heads"], *posts["alone"], *post_names])
        - singular.difference(posts["abroad"]),
        beside_a_post=frozenset(posts["beside"]),
        made_a_post=frozenset(posts["made"]),
        before_holder=frozenset(posts["before_holder"]),
        home=posts.get("home", ""),
        post_link=re.compile(either(posts["link"])),
        post_links=tuple(link for link in posts["link"] if link.endswith(" ")),
        post_side=re.compile(either(posts["side"]) if "side" in posts else _NEVER),
        ministers=tuple(posts.get("ministers", ())),
        ministry=posts["ministry"],
    )
