"""Names in a cased script: runs of capitalised words, of which one tells the type.

The telling word ends its name ("Government Pension Fund", "12th ASEAN Summit 2022") or begins it ("Ministry
of Tourism and Sports"). Which words tell is data (``[latin]`` and ``[cased]`` of ``names.toml``).
"""

from __future__ import annotations

import re
from itertools import takewhile
from typing import NamedTuple

from kg.model import Mention
from kg.paragraph import Paragraph

_WORD = re.compile(
    r"(?:[A-Z]|\d+(?:st|nd|rd|th)\b)[\w&/’'–-]*(?:\.(?=\w)[\w&’'-]*)*(?:(?<=\.[A-Z])\.)?", re.ASCII
)
_NUMBER = re.compile(r"\d{1,4}(?![\w,.:]\d)(?:/\d{2,4})?\b|(?:No\.|[IVX]+\b)")
_POSSESSIVE = re.compile(r"(?:['’]s|(?<=s)['’](?! ?[A-Z]))(?![\w’'])")
_CAPITAL = re.compile(r"[A-Z](?<![\w.].)")
_SMALL = re.compile(r"(?<![\w.])\d+(?:st|nd|rd|th) |(?<=[a-z]['’]s )[a-z0-9]")
_JOINTS = ("", "and", "-")


class _Word(NamedTuple):
    """A word of a run; ``link`` is what joins it to the word before: "", "and", "of" ..."""

    start: int
    end: int
    text: str
    link: str


def starts(text: str, small: bool) -> set[int]:
    """Where a name may begin in ``text``: at capitals; if ``small``, at ordinals and what is owned too."""
    found = {match.start() for match in _CAPITAL.finditer(text)}
    return found.union(match.start() for match in _SMALL.finditer(text)) if small else found


def is_full(name: str) -> bool:
    """Whether a person's ``name`` is in a cased script and of more than one word."""
    return " " in name and name.isascii()


def name(paragraph: Paragraph, start: int) -> Mention | None:
    """The name that begins at ``start``; ``None`` where no word of the run tells what it names."""
    owned = paragraph.lexicon.owned.match(paragraph.text, start)
    if owned and _POSSESSIVE.search(paragraph.text, max(0, start - 3), start):
        return paragraph.mention(start, owned.end(), paragraph.lexicon.owned_type)
    words = _run(paragraph, start)
    first = list(takewhile(lambda word: word.link in _JOINTS, words))
    kinds = [_type(paragraph, word) for word in words]
    heads = [i for i in range(len(first)) if kinds[i]]
    joint = next(
        (i for i in range(1, len(first)) if first[i].link == "and" and _parts(paragraph, words, kinds, i)), 0
    )
    if joint:
        heads = [i for i in heads if i < joint]
    if not heads:
        return None
    head = last = heads[-1]
    type_ = kinds[head]
    assert type_ is not None
    while last + 1 < len(first) and _NUMBER.fullmatch(words[last + 1].text):
        last += 1
    if head == 0 and not joint and last + 1 < len(first):
        last = len(first) - 1
    if last == len(first) - 1:
        last = _further(paragraph, words, kinds, last)
    if last == 0:
        return None
    return paragraph.mention(start, words[last].end, type_)


def told(paragraph: Paragraph, start: int) -> Mention | None:
    """The name at ``start`` where what stands before it tells its type: "held at Samyan Mitrtown"."""
    for type_, texts in paragraph.lexicon.told_by.items():
        if paragraph.text.endswith(texts, 0, start):
            words = capitalised(paragraph, start)
            return paragraph.mention(start, words[-1][1], type_) if len(words) > 1 else None
    return None


def person_begins(paragraph: Paragraph, position: int) -> bool:
    """Whether a post or a title begins at ``position``, which is no part of the name before it."""
    found = paragraph.entry(position, "post", "title", "latin_title", "modifier")
    while found and found[1].kind == "modifier":
        found = paragraph.entry(paragraph.skip_space(found[0]), "post", "modifier")
    return found is not None and paragraph.free_after(found[0])


def capitalised(paragraph: Paragraph, start: int) -> list[tuple[int, int]]:
    """The capitalised words from ``start`` on that only spaces part, with their ends."""
    run = _run(paragraph, start)
    return [(word.start, word.end) for word in takewhile(lambda word: not word.link, run)]


def _run(paragraph: Paragraph, start: int) -> list[_Word]:
    """The capitalised words from ``start`` on, with the small words between them."""
    text, words = paragraph.text, paragraph.lexicon
    run: list[_Word] = []
    position, link = start, ""
    while True:
        match = _WORD.match(text, position) or (_NUMBER.match(text, position) if run and not link else None)
        if match is None:
            break
        if run and (position in paragraph.values or person_begins(paragraph, position)):
            break
        if not run and match.group() in words.never_first:
            break
        known = paragraph.entry(position, "thing")
        end = known[0] if known and known[0] > match.end() and paragraph.free_after(known[0]) else match.end()
        possessive = _POSSESSIVE.search(text, position, end)
        end = possessive.start() if possessive else end
        run.append(_Word(position, end, text[position:end], link))
        gap = None if possessive else words.cased_link.match(text, end)
        if gap is None:
            break
        position, link = gap.end(), _link(gap)
    small = words.small_head.match(text, run[-1].end) if run else None
    if small:
        run.append(_Word(small.start(1), small.end(), small.group(1), ""))
        gap = words.cased_link.match(text, small.end())
        if gap and gap.group().strip():
            rest = _run(paragraph, gap.end())
            run += [rest[0]._replace(link=_link(gap)), *rest[1:]] if rest else []
    return run


def _link(gap: re.Match[str]) -> str:
    """The small word between two words; "-" for a dash, "" for a space or a bracket."""
    if gap["small"]:
        return gap["small"].replace("&", "and")
    return "-" if gap.group().strip() in ("-", "–") else ""


def _type(paragraph: Paragraph, word: _Word) -> str | None:
    return paragraph.lexicon.telling.get(word.text.rstrip("."))


def _parts(paragraph: Paragraph, words: list[_Word], kinds: list[str | None], at: int) -> bool:
    """Whether the "and" before ``words[at]`` joins two names rather than two words of one."""
    known = paragraph.entry(words[0].start, "thing", "alias")
    return (
        any(kinds[:at])
        or paragraph.entry(words[at].start, "thing", "alias") is not None
        or (known is not None and known[0] >= words[at - 1].end)
    )


def _further(paragraph: Paragraph, words: list[_Word], kinds: list[str | None], last: int) -> int:
    """The last word of a name that goes on behind its telling word: "... of Tourism and Sports"."""
    type_ = kinds[last] or next(kind for kind in reversed(kinds[: last + 1]) if kind)
    links = paragraph.lexicon.goes_on[type_]
    while last + 1 < len(words):
        link = words[last + 1].link
        if link and link not in links and link not in _JOINTS:
            break
        if link == "and":
            beyond = next((i for i in range(last + 2, len(words)) if words[i].link), len(words))
            if any(kinds[last + 1 : beyond]) or paragraph.entry(words[last + 1].start, "thing", "alias"):
                break
        last += 1
    return last
