"""The other names that a text gives a thing right behind its name: "(สกมช.)", "หรือ เจโทร"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.model import Mention
from kg.paragraph import IN_BRACKETS, LATIN_RUN, Paragraph

_NAMED_TWICE = ("ORG", "EVENT", "INSTRUMENT", "PROGRAM")
_CAPITALISED = re.compile("[A-Z][^ ]*")
_LONGEST = 20  # characters of an alias in Thai


def owner(paragraph: Paragraph, mention: Mention) -> Mention | None:
    """What a name in brackets behind ``mention`` names: it, or the part with which it ends."""
    if not mention.name:
        return None
    last = mention.parts[-1] if mention.parts else None
    if last is not None and last.span.end == mention.span.end:
        within = owner(paragraph, last)
        if _names_part(paragraph, mention, last) or (last.type == mention.type and within is not last):
            return within
    return mention if mention.type in _NAMED_TWICE else None


def _names_part(paragraph: Paragraph, mention: Mention, last: Mention) -> bool:
    """Whether the name in brackets is that of ``last``, with which the longer name of ``mention`` ends."""
    if mention.type == "EVENT" and last.type == "INSTRUMENT":
        return True
    if _is_known_name(paragraph, last):
        return True
    if last.type != "ORG" or mention.type == "ORG":
        return False
    bracket = IN_BRACKETS.match(paragraph.text, paragraph.local(mention))
    inside = bracket.group(1) if bracket else ""
    if mention.type == "POSITION" or paragraph.lexicon.abbreviation.fullmatch(inside):
        return True
    in_english = " " in inside and inside.isascii() and not paragraph.lexicon.occasion.search(inside)
    return mention.type == "EVENT" and (in_english or 2 * last.span.length > mention.span.length)


def _is_known_name(paragraph: Paragraph, last: Mention) -> bool:
    """Whether the registry knows what stands behind ``last`` as a name of it: "คณะกรรมการกองทุน... (กอช.)"."""
    end = paragraph.local(last)
    other = IN_BRACKETS.match(paragraph.text, end) or paragraph.lexicon.alias_or.match(paragraph.text, end)
    known = paragraph.entry(other.start(1), "thing") if other else None
    if not other or not known or not known[1].thing or known[1].thing.name != last.name:
        return False
    return known[0] == other.end(1) or bool(paragraph.lexicon.alias_between.match(paragraph.text, known[0]))


def aliases(paragraph: Paragraph, named: Mention, end: int) -> Iterator[Mention]:
    """The aliases of ``named`` that stand at ``end``, in brackets or behind "หรือ"."""

    def alias(start: int, stop: int) -> Mention:
        return paragraph.mention(start, stop, "ALIAS", None, (named,))

    other = paragraph.lexicon.alias_or.match(paragraph.text, end)
    if (
        other
        and not paragraph.begins(other.start(1), ("COUNTRY", "PLACE", "PERSON"))
        and not paragraph.lexicon.generic.match(other.group(1))
    ):
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
    if len(text) < 2 or text.isdigit() or paragraph.lexicon.generic.match(text):
        return False
    if LATIN_RUN.fullmatch(text) or text.isascii():
        return any(char.isupper() for char in text)
    if start in paragraph.values or len(text) > _LONGEST or paragraph.lexicon.not_an_alias.search(text):
        return False
    if paragraph.entry(start, "post", "modifier"):
        return False
    if paragraph.lexicon.abbreviation.fullmatch(text):
        return True
    named = paragraph.begins(start, ("COUNTRY", "PLACE", "EVENT", "PROGRAM"))
    known = paragraph.entry(start, "thing")
    if known and known[1].thing and known[1].thing.name == text:
        return False  # another body by its full name
    return not named and ("." in text or " " not in text)
