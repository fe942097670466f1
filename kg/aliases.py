"""The other names that a text gives a thing right behind its name: "(สกมช.)", "หรือ เจโทร"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.model import Mention
from kg.paragraph import IN_BRACKETS, LATIN_RUN, Paragraph

_NAMED_TWICE = ("ORG", "EVENT", "INSTRUMENT", "PROGRAM")
_CAPITALISED = re.compile("[A-Z][^ ]*")
_LONGEST = 20  # characters of an alias in Thai


def owner(mention: Mention) -> Mention | None:
    """What a name in brackets behind ``mention`` names: it, or the part with which it ends."""
    if not mention.name:
        return None
    last = mention.parts[-1] if mention.parts else None
    if last is not None and last.span.end == mention.span.end:
        if mention.type == "POSITION" and last.type == "ORG":
            return owner(last)
        mostly = last.type == "ORG" and 2 * len(last.span) > len(mention.span)
        if mention.type == "EVENT" and (last.type == "INSTRUMENT" or mostly):
            return owner(last)
    return mention if mention.type in _NAMED_TWICE else None


def aliases(paragraph: Paragraph, named: Mention, end: int) -> Iterator[Mention]:
    """The aliases of ``named`` that stand at ``end``, in brackets or behind "หรือ"."""

    def alias(start: int, stop: int) -> Mention:
        return paragraph.mention(start, stop, "ALIAS", None, (named,))

    other = paragraph.lexicon.alias_or.match(paragraph.text, end)
    if other and not paragraph.begins(other.start(1), ("COUNTRY", "PLACE", "PERSON")):
        yield alias(*other.span(1))
        end = other.end(1)
    bracket = IN_BRACKETS.match(paragraph.text, end)
    if bracket is None:
        return
    start = bracket.start(1)
    for piece in paragraph.lexicon.alias_between.split(bracket.group(1)):
        at = paragraph.text.index(piece, start)
        if _is_alias(paragraph, at, piece) and _abbreviates(paragraph, piece, named):
            yield alias(at, at + len(piece))
        elif start == bracket.start(1):
            return
        start = at + len(piece)
    other = None if other else paragraph.lexicon.alias_or.match(paragraph.text, bracket.end())
    if other and other.group(1).isascii():
        yield alias(*other.span(1))


def _abbreviates(paragraph: Paragraph, alias: str, named: Mention) -> bool:
    """Whether ``alias`` may be short for the name, where both are in a cased script: by its first letter.

    Of an organisation any word may give it ("Office of the Narcotics Control Board (NCB)").
    """
    if not paragraph.lexicon.capitals:
        return True
    if paragraph.lexicon.not_an_alias.search(alias):
        return False
    initials = [word[0] for word in _CAPITALISED.findall(named.text)]
    return alias[:1].upper() in (initials if named.type == "ORG" else initials[:1])


def _is_alias(paragraph: Paragraph, start: int, text: str) -> bool:
    if len(text) < 2 or text.isdigit():
        return False
    if LATIN_RUN.fullmatch(text) or text.isascii():
        return any(char.isupper() for char in text)
    if start in paragraph.values or len(text) > _LONGEST or paragraph.lexicon.not_an_alias.search(text):
        return False
    named = paragraph.begins(start, ("COUNTRY", "PLACE", "EVENT", "PROGRAM"))
    return not named and ("." in text or " " not in text)
