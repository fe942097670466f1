"""Persons by their titles: where a given name and a surname begin and end."""

from __future__ import annotations

import re

from kg import cased
from kg.model import Mention
from kg.paragraph import COMBINING, IN_BRACKETS, RUN, Paragraph

_LATIN_WORD = r"[A-ZÀ-ÖØ-ÞĆČĐŁŚŠŽƠƯ][\w'’-]*(?:\.[\w'’-]+)*(?:(?<=\b[A-Z])\.|(?<=\b[A-Z][a-z])\.)?"
_LATIN_NAME = re.compile(
    rf"{_LATIN_WORD}(?: ?[\"“][^\"”“]{{1,20}}[\"”])?"
    rf"(?: (?:{_LATIN_WORD}|(?:bin|binti|van|von|de|da|al|el)\b))*(?<!['’]s)"
)
_LATIN_TITLES = re.compile(r"^(?:(?:H\.E\.?|Mrs?|Ms|Miss|Dr|Prof)\.? ?)+")
_TWO_LATIN_NAMES = re.compile(r"[. ]*[A-Z][\w'’.-]+ [A-Z]")
_COMMA = re.compile(", (?:the )?")
_GAP = re.compile(" {1,6}")
_SENTENCE = 14  # letters: a longer run behind a title is no given name
_SURNAME = 20  # letters
_TITLES = ("title", "latin_title")


def person(paragraph: Paragraph, start: int, end: int) -> Mention | None:
    """The person whose title stands from ``start`` to ``end``: "นายเควิน ฉ็อก (H.E. Mr. Kevin Cheok)".

    Further titles may follow; a name in brackets in the other script is a part of the mention.
    """
    text, words = paragraph.text, paragraph.lexicon
    if start and RUN.match(text[start - 1]) and not paragraph.words.end(start):
        return None
    position = end
    while (following := paragraph.entry(paragraph.skip_space(position), *_TITLES)) is not None:
        if paragraph.is_exception(paragraph.skip_space(position), "PERSON"):
            break
        position = following[0]
    gap = _GAP.match(text, position)
    name_start = gap.end() if gap else position
    latin = _LATIN_NAME.match(text, name_start)
    if latin and len(latin.group()) > 2:
        name_end = _before_post(paragraph, name_start, latin.end())
        name = text[name_start:name_end]
    else:
        found = _thai_name(paragraph, name_start)
        if found is None:
            return None
        name, name_end = found
        if " " not in name and text[start:position] in words.full:
            return None
    parts: tuple[Mention, ...] = ()
    bracket = IN_BRACKETS.match(text, name_end)
    if bracket and _is_other_name(bracket.group(1), latin=bool(latin)):
        other = _LATIN_TITLES.sub("", bracket.group(1))
        parts = (paragraph.mention(bracket.start(1), bracket.end(1), "PERSON", other),)
        name_end = bracket.end()
    return paragraph.mention(start, name_end, "PERSON", name, parts)


def untitled(paragraph: Paragraph, start: int, behind_post: bool) -> Mention | None:
    """The person whose name begins at ``start`` without a title: two to four capitalised words.

    A post stands directly before the name, or behind it after a comma.
    """
    words = cased.capitalised(paragraph, start)
    if not 2 <= len(words) <= 4 or any(paragraph.entry(at, "thing") for at, _ in words):
        return None
    end = words[-1][1]
    post = _COMMA.match(paragraph.text, end)
    if behind_post or (post and paragraph.entry(post.end(), "post", "modifier")):
        return paragraph.mention(start, end, "PERSON")
    return None


def _before_post(paragraph: Paragraph, start: int, end: int) -> int:
    """The end of a name from ``start`` to ``end`` in Latin letters: before a post or a title in it."""
    for gap in re.finditer(" ", paragraph.text[start:end]):
        if cased.person_begins(paragraph, start + gap.end()):
            return start + gap.start()
    return end


def _is_other_name(inside: str, latin: bool) -> bool:
    """Whether what stands in brackets behind a name is that name in the other script."""
    if latin:
        return bool(RUN.match(inside)) and len(inside) < 40
    bare = _LATIN_TITLES.sub("", inside)
    return bool(_TWO_LATIN_NAMES.match(bare)) and not RUN.search(inside)


def _thai_name(paragraph: Paragraph, start: int) -> tuple[str, int] | None:
    """Given name and surname from ``start``, and their end. The surname is left out where none follows."""
    text = paragraph.text
    run = RUN.match(text, start)
    if run is None or len(run.group()) < 2:
        return None
    alone = text[start - 1].isspace() or run.end() == paragraph.words.end(start)
    if _is_function_word(paragraph, start) and (alone or len(run.group()) > _SENTENCE):
        return None
    end = _cut(paragraph, start, run.end())
    if end - start < 2:
        return None
    names = [text[start:end]]
    while end == run.end() and len(names) < 3:
        gap = _GAP.match(text, end)
        if gap is None:
            break
        begin = gap.end()
        noble = paragraph.lexicon.noble.match(text, begin)
        if noble:
            names.append(f"ณ {noble.group(1)}")
            end = noble.end()
            break
        run = RUN.match(text, begin)
        if run is None or len(run.group()) < 2 or not _is_surname(paragraph, begin):
            break
        if len(names) == 2 and not paragraph.entry(paragraph.skip_space(run.end()), "post", "modifier"):
            break
        end = _cut(paragraph, begin, run.end())
        names.append(text[begin:end])
    return " ".join(names), end


def _is_function_word(paragraph: Paragraph, start: int) -> bool:
    word = paragraph.word(start)
    words = paragraph.lexicon
    return word in words.not_a_name or bool(word and word.startswith(words.not_a_name_prefixes))


def _is_surname(paragraph: Paragraph, start: int) -> bool:
    """Whether what begins at ``start`` may be a surname: no function word, post, person or organisation."""
    if _is_function_word(paragraph, start) and not _ends_before_a_post(paragraph, start):
        return False
    for end, word in paragraph.hits.get(start, ()):
        length = end - start
        if word.kind in ("post", "modifier", "title") and length >= 3:
            if paragraph.text[start:end] not in paragraph.lexicon.weak:
                return False
        elif (word.kind == "thing" and length >= 6) or (
            word.kind == "head" and word.type in ("ORG", "EVENT", "PROGRAM") and length >= 4
        ):
            return False
    return True


def _ends_before_a_post(paragraph: Paragraph, start: int) -> bool:
    """Whether the run at ``start`` is more than function words and a post follows: "ร่วมรักษ์ อธิบดี".

    Not so in "กล่าวเพิ่มเติมว่า นายกรัฐมนตรี...", which ends with one too.
    """
    run = RUN.match(paragraph.text, start)
    if run is None or len(run.group()) > _SURNAME or run.end() == start + len(paragraph.word(start)):
        return False
    last = start
    while (following := paragraph.next_word(last)) < run.end():
        last = following
    if paragraph.word(last) in paragraph.lexicon.not_a_name:
        return False
    return paragraph.entry(paragraph.skip_space(run.end()), "post", "modifier") is not None


def _cut(paragraph: Paragraph, start: int, end: int) -> int:
    """The end of the name within a run: before a verb or a post that is written on to it."""
    if not paragraph.lexicon.any_glued.search(paragraph.text, start + 2, end):
        return end
    run = paragraph.text[start:end]
    best = end
    for glued in paragraph.lexicon.glued:
        at = run.find(glued, 2)
        if at < 0 or start + at >= best or run[at + len(glued) : at + len(glued) + 1] in COMBINING:
            continue
        if len(glued) > 4 or paragraph.words.end(start + at):
            best = start + at
    return best
