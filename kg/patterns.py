"""The language of the rules: compiles those of ``data/<language>/rules`` into patterns over encoded text.

``relate`` encodes a paragraph and applies them; ``data/thai/rules/README.md`` tells how they are written.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

import ahocorasick_rs

from kg.errors import KgError
from kg.lexicon import LANGUAGES, either, load
from kg.model import Reference
from kg.vocabulary import Relation, relations, resource

_TYPES = (
    "PERSON",
    "POSITION",
    "ORG",
    "COUNTRY",
    "PLACE",
    "EVENT",
    "INSTRUMENT",
    "PROGRAM",
    "DATE",
    "MONEY",
    "ALIAS",
)
_RANKS = {  # kinds of a type by the word at their head, each a type of its own to the rules
    "GOVERNMENT": "ORG",
    "COMMITTEE": "ORG",
    "MINISTRY": "ORG",
    "DEPARTMENT": "ORG",
    "UNIT": "ORG",
    "SECTION": "ORG",
    "DRAFT": "INSTRUMENT",
    "PLAN": "PROGRAM",
}
_SIGNING, _DAY = "SIGNING", "DAY"  # an event about an instrument; a date told by a word alone ("วันนี้")
_CODES = {name: chr(0xE000 + i) for i, name in enumerate((*_TYPES, *_RANKS, _SIGNING, _DAY))}  # private use
_EVERY = "".join(_CODES.values())
_GROUPS = _CODES | {
    type_: _CODES[type_]
    + "".join(_CODES[kind] for kind, of in (_RANKS | {_SIGNING: "EVENT"}).items() if of == type_)
    for type_ in ("ORG", "INSTRUMENT", "PROGRAM", "EVENT")
}
_GROUPS["AGENT"] = _GROUPS["PERSON"] + _GROUPS["ORG"] + _GROUPS["COUNTRY"]
_GROUPS["VENUE"] = _GROUPS["PLACE"] + _GROUPS["ORG"] + _GROUPS["COUNTRY"]

_REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)
_FAR = (
    32  # characters between the start of a match and its first name: to try each takes longer than to search
)

_DIGIT = re.compile(r"\d")
_SLOT = re.compile(r"<(?:(\w+) )?([A-Z|]+)([+*]?)>")
_GAP = re.compile(r"\{(\*?)(\d+)\}")
_MACRO = re.compile(r"\{(\w+)\}")
_DRAW = re.compile(r"(\w+) ([\w|/@]+) ([\w|/@]+)")


@dataclass(frozen=True, slots=True)
class Draw:
    """One fact that a match gives: a relation between two slots. ``text``: the object is text itself."""

    relation: Relation
    subject: str
    object: str
    text: bool


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a pattern: the names of which it needs one (none: ""), and its least and greatest width."""

    codes: str
    least: int
    most: int
    at_start: bool = False


class Pattern:
    """A regular expression over encoded text that is tried only around the names that it needs."""

    def __init__(self, expression: str) -> None:
        self.regex = re.compile(expression)
        parts = list(_parts(_parser.parse(expression)))
        self._names = re.compile(".*".join(f"[{part.codes}]" for part in parts if part.codes))
        lead = list(takewhile(lambda part: not part.codes, parts))
        self._first = next((part.codes for part in parts if part.codes), "")
        self._reach = sum(part.most for part in lead)
        self._at_start = any(part.at_start for part in lead)
        begins_with_text = bool(lead and lead[0].least)  # for which ``re`` searches fast
        self._everywhere = not self._first or self._reach > _FAR or begins_with_text

    def fits(self, names: str) -> bool:
        """Whether ``names``, the codes of a paragraph, hold those of a match in their order."""
        return self._names.search(names) is not None

    def matches(self, text: str, names: str, places: Sequence[int]) -> Iterator[re.Match[str]]:
        """The matches in ``text``, whose ``names`` are at ``places``, as ``re.finditer`` gives them.

        Where the first name of a match cannot be far behind its start, only those starts are tried.
        """
        if self._everywhere:
            yield from self.regex.finditer(text)
            return
        match, first, reach, done = self.regex.match, self._first, self._reach, 0
        if self._at_start and (found := match(text)):
            yield found
            done = found.end()
        for name, place in zip(names, places, strict=True):
            if name not in first or place < done:
                continue
            for start in range(max(done, place - reach), place + 1) if reach else (place,):
                if found := match(text, start):
                    yield found
                    done = found.end()
                    break


def _parts(parsed: Any) -> Iterator[_Part]:
    """The parts of an expression as ``re`` parsed it, in the order in which a match holds them."""
    for index, (kind, value) in enumerate(parsed):
        width = parsed[index : index + 1].getwidth()
        if kind is sre.SUBPATTERN:
            yield from _parts(value[-1])
        elif kind in _REPEATS and value[0]:
            yield from _parts(value[-1])
            yield _Part("", *width)
        elif kind in _REPEATS and value[1] == 1 and value[-1][0] == (sre.AT, sre.AT_BEGINNING):
            yield _Part("", 0, 0, at_start=True)
        else:
            yield _Part(_codes(kind, value), *width)


def _codes(kind: Any, value: Any) -> str:
    """The codes of the names one of which a part begins with; "" where it may begin with anything else."""
    if kind is sre.LITERAL:
        codes = [chr(value)]
    elif kind is sre.IN:
        codes = [chr(each) if of is sre.LITERAL else "" for of, each in value]
    elif kind is sre.BRANCH:
        codes = [next((part.codes for part in _parts(branch)), "") for branch in value[1]]
    else:
        return ""
    return "".join(codes) if all(code and code[0] in _EVERY for code in codes) else ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. It is tried where one of its ``cues`` stands (always, where it has none)."""

    id: str
    cues: tuple[str, ...]
    patterns: tuple[Pattern, ...]
    draws: tuple[Draw, ...]
    score: float
    status: str | None


class RuleSet:
    """Rules of one kind, and a quick way to those of which a cue stands in a text."""

    def __init__(self, rules: list[Rule]) -> None:
        self.rules = tuple(rules)
        self._always = {i for i, rule in enumerate(rules) if not rule.cues}
        cues = sorted({cue for rule in rules for cue in rule.cues})
        self._of = [{i for i, rule in enumerate(rules) if cue in rule.cues} for cue in cues]
        self._automaton = (
            ahocorasick_rs.AhoCorasick(cues, implementation=ahocorasick_rs.Implementation.DFA)
            if cues
            else None
        )

    def matches(self, text: str, names: str, places: Sequence[int]) -> Iterator[tuple[Rule, re.Match[str]]]:
        """What the rules match in ``text``, whose ``names`` are at ``places``, in the order of the rules."""
        chosen = set(self._always)
        if self._automaton is not None:
            for cue in {
                index for index, _, _ in self._automaton.find_matches_as_indexes(text, overlapping=True)
            }:
                chosen |= self._of[cue]
        for rule in map(self.rules.__getitem__, sorted(chosen)):
            for pattern in rule.patterns:
                if pattern.fits(names):
                    for match in pattern.matches(text, names, places):
                        yield rule, match


@dataclass(frozen=True, slots=True)
class Grammar:
    """The rules of a language, and the words that tell the status of a clause."""

    phrases: RuleSet
    clauses: RuleSet
    fold: Pattern
    topic: Pattern
    planned: re.Pattern[str]
    negated: re.Pattern[str]
    reach: int
    ends: str
    ranks: Mapping[str, list[tuple[str, tuple[str, ...]]]]
    session: str
    opens: tuple[str, ...]

    def is_committee(self, reference: Reference, text: str) -> bool:
        """Whether a reference, of which ``text`` is the run, names a body that decides in session."""
        return self.code(reference, text) == _CODES["COMMITTEE"]

    def code(self, reference: Reference, text: str, name: str = "") -> str:
        """The character that stands for a reference in encoded text: by its run, or its thing's ``name``."""
        type_ = reference.type
        if type_ == "DATE" and not _DIGIT.search(text):
            return _CODES[_DAY]
        if type_ == "EVENT" and any(part.type == "INSTRUMENT" for part in reference.parts):
            return _CODES[_SIGNING]
        for rank, heads in self.ranks.get(type_, ()):
            if text.startswith(heads) or name.startswith(heads):
                return _CODES[rank]
        return _CODES[type_]


@cache
def grammar(language: str) -> Grammar:
    """The grammar of a language of ``LANGUAGES``. A file of rules that does not parse is a ``KgError``."""
    words = load("modality.toml", language)
    phrases: list[Rule] = []
    clauses: list[Rule] = []
    for path in sorted(resource("data", LANGUAGES[language], "rules").glob("*.toml")):
        try:
            rows = tomllib.loads(path.read_text(encoding="utf-8"))["rule"]
        except (tomllib.TOMLDecodeError, KeyError) as error:
            raise KgError(f"{path.name}: not a file of rules ({error}): mend the file") from error
        for row in rows:
            try:
                (phrases if row.get("phrase") else clauses).append(_rule(row, words["macro"], path.stem))
            except (KeyError, ValueError, re.error) as error:
                raise KgError(f"{path.name}: rule {row.get('id')}: {error}: mend the rule") from error
    folds = (p.replace("<head ", f"<head{i} ") for i, p in enumerate(words["fold"]))
    return Grammar(
        phrases=RuleSet(phrases),
        clauses=RuleSet(clauses),
        fold=Pattern("|".join(_expand(p, (), words["macro"]) for p in folds)),
        topic=Pattern(_expand(words["topic"], (), words["macro"])),
        planned=re.compile("|".join(_expand(p, (), words["macro"]) for p in words["planned"])),
        negated=re.compile("|".join(words["negated"])),
        reach=words["reach"],
        ends=words["ends"],
        session=words["session"],
        opens=tuple(words.get("opens", ())),
        ranks={
            type_: [(rank, tuple(words["rank"][rank.lower()])) for rank, of in _RANKS.items() if of == type_]
            for type_ in _RANKS.values()
        },
    )


def _rule(row: dict[str, Any], macros: dict[str, list[str]], file: str) -> Rule:
    cues = tuple(row.get("cues", ()))
    return Rule(
        id=f"{file}.{row['id']}",
        cues=cues,
        patterns=tuple(Pattern(_expand(pattern, cues, macros)) for pattern in row["patterns"]),
        draws=tuple(map(_draw, row["draws"])),
        score=float(row["score"]),
        status=row.get("status", "actual" if row.get("phrase") else None),
    )


def _draw(text: str) -> Draw:
    match = _DRAW.fullmatch(text)
    if match is None or match.group(1) not in relations():
        raise ValueError(f"no fact of the ontology: {text!r}")
    relation = relations()[match.group(1)]
    return Draw(relation, match.group(2), match.group(3), text=not relation.range)


def _expand(pattern: str, cues: tuple[str, ...], macros: dict[str, list[str]]) -> str:
    """The regular expression that a pattern of the rules stands for."""
    counted = f"| ?\\d+ {either(macros['counted'])}" if "counted" in macros else ""
    aside = rf"(?: ?\([^(){_EVERY}]{{1,60}}\){counted})?"

    def slot(match: re.Match[str]) -> str:
        name, types, many = match.groups()
        one = "[" + "".join(dict.fromkeys("".join(_GROUPS[type_] for type_ in types.split("|")))) + "]"
        join = aside + either(macros["list"]) if many == "+" else either(macros["tight"])
        body = f"{one}(?:{join}{one})*" if many else one
        return f"(?P<{name}>{body})" if name else f"(?:{body})"

    def gap(match: re.Match[str]) -> str:
        return f"{'.' if match.group(1) else f'[^{_EVERY}]'}{{0,{match.group(2)}}}?"

    def macro(match: re.Match[str]) -> str:
        return either(cues if match.group(1) == "cue" else macros[match.group(1)])

    return _MACRO.sub(macro, _GAP.sub(gap, _SLOT.sub(slot, pattern)))
