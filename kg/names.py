"""Where an open name ends: one that no registry knows, read from the word at its head on."""

from __future__ import annotations

import re

from kg.lexicon import NameRule
from kg.paragraph import LATIN_RUN, Paragraph

_QUOTED = re.compile(r" ?[“\"‘'][^“”\"‘’\n]{2,120}[”\"’']")
_BREAK = frozenset(",;:/()[]{}“”\"‘’'…|•\n")
_DASH = re.compile("[-–] ?")


def name_end(paragraph: Paragraph, start: int, head_end: int, rule: NameRule) -> int:
    """The end of a name that begins at ``start`` and whose head ends at ``head_end``."""
    text = paragraph.text
    end = position = head_end
    last = start
    limit = min(len(text), start + paragraph.lexicon.longest)
    granted = -1  # where a space was crossed for a reason: what stands there is part of the name
    while position < limit:
        char = text[position]
        if char == " ":
            position = granted = _beyond_space(paragraph, start, position, rule, fresh=end == head_end)
            if position < 0:
                break
            continue
        if rule.quoted and char in '“"‘':
            quoted = _QUOTED.match(text, position)
            if quoted is None:
                break
            position = end = quoted.end()
            continue
        if char in _BREAK or (position in paragraph.values and _is_value(paragraph, position)):
            break
        made_a_noun = last >= head_end and text[last:position] in paragraph.lexicon.nominal
        if position != granted and not made_a_noun and not paragraph.lexicon.ordinal.match(text, position):
            at_head = position == head_end or _is_head(paragraph, last, position)
            if ends_name(paragraph, position, rule, at_head):
                break
        last = position
        position = end = min(_next_part(paragraph, position), limit)
    return last if last >= head_end and paragraph.word(last) in paragraph.lexicon.conjunctions else end


def to_bracket(paragraph: Paragraph, start: int, stop: int, rule: NameRule) -> int:
    """The end of a name that a function word cut short before its abbreviation: "... เพื่อ ... (IOM)"."""
    if not rule.within or paragraph.word(stop) not in rule.within:
        return stop
    more = paragraph.lexicon.up_to_abbreviation.match(paragraph.text, stop)
    if more is None or more.end(1) - start >= paragraph.lexicon.longest:
        return stop
    others = any(paragraph.begins(at, ("EVENT", "INSTRUMENT")) for at in paragraph.within(stop, more.end(1)))
    return stop if others else more.end(1)


def ends_name(paragraph: Paragraph, position: int, rule: NameRule, at_head: bool = False) -> bool:
    """Whether the word at ``position`` ends an open name; right behind its head fewer words do."""
    word = paragraph.word(position)
    if not word or (at_head and word.startswith(rule.verbal)):
        return False
    before = paragraph.text[position - 1 : position]
    if word in paragraph.lexicon.conjunctions:
        after = paragraph.skip_space(position + len(word))
        if paragraph.text.startswith(paragraph.lexicon.unnamed, after) and not at_head:
            return True
        other = paragraph.entry(after, "thing", "head", "title", "post")
        return bool(other and other[0] - after > 2) or after > position + len(word) or before in " 0123456789"
    if word in rule.inner:
        following = paragraph.skip_space(position + len(word))
        return (word in rule.before_agent and paragraph.begins(following, ("ORG", "COUNTRY"))) or (
            word in rule.before_event and paragraph.begins(following, ("EVENT",))
        )
    if paragraph.lexicon.is_stop(word):
        return True
    if position not in paragraph.hits:
        return False
    if before == " " and paragraph.entry(position, "post", "thing"):
        return True
    title = paragraph.entry(position, "title", "latin_title")
    return (
        title is not None
        and (before == " " or title[0] - position > 3)
        and not paragraph.is_exception(position, "PERSON")
    )


def _is_value(paragraph: Paragraph, position: int) -> bool:
    """Whether the value at ``position`` ends a name, as amounts and days do, not years and months."""
    _, type_, value = paragraph.values[position]
    return type_ == "MONEY" or (type_ == "DATE" and "-" in value and paragraph.text[position].isdigit())


def _is_head(paragraph: Paragraph, start: int, end: int) -> bool:
    """Whether the word just read heads a name within the name: "การประชุม|คณะกรรมการ|พิจารณา..."."""
    for stop, word in paragraph.hits.get(start, ()):
        if stop == end and word.kind == "head" and word.type == "ORG":
            return True
    return False


def _next_part(paragraph: Paragraph, position: int) -> int:
    """The end of a run of Latin letters or digits, an ordinal ("ครั้งที่ 3") or a known name; else of a word."""
    text = paragraph.text
    run = paragraph.lexicon.ordinal.match(text, position)
    if run is None and text[position].isascii() and text[position].isalnum():
        run = LATIN_RUN.match(text, position)
    if run is not None:
        return run.end()
    known = paragraph.entry(position, "thing")
    if known is not None and paragraph.free_after(known[0]):
        return known[0]
    return paragraph.next_word(position)


def _beyond_space(paragraph: Paragraph, start: int, position: int, rule: NameRule, fresh: bool) -> int:
    """Where an open name goes on behind the space at ``position``; -1 where it ends before it.

    ``fresh``: nothing but the head has been read.
    """
    text = paragraph.text
    following = position
    while text[following : following + 1] == " ":
        following += 1
    if following - position > 2 or following >= len(text) or paragraph.lexicon.counted.match(text, following):
        return -1
    if rule.numbered and paragraph.lexicon.number.match(text, following):
        return following
    dash = _DASH.match(text, following) if rule.joined else None
    if dash:
        return dash.end()
    more = rule.after_space.match(text, following)
    if more:
        return following if paragraph.entry(following, "thing") else more.end()
    if rule.latin_after_space and LATIN_RUN.match(text, following):
        return following
    if rule.quoted and _QUOTED.match(text, following):
        return following
    if rule.part_of and rule.part_of.search(text, start, position) and paragraph.begins(following, ("ORG",)):
        return following
    loose = text.startswith(rule.loose, start) and following not in paragraph.hits
    if ((fresh and rule.spaced) or loose) and not ends_name(paragraph, following, rule):
        return following
    return -1
