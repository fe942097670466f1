"""A paragraph as the recogniser reads it: its words, what the lexicon knows in it, its dates and amounts."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kg import dates
from kg.lexicon import Lexicon, Thing, Word, lexicon, segment
from kg.model import Article, Mention, Span

THAI = "ก-ฺเ-๎"
RUN = re.compile(rf"[{THAI}]+(?:[-–][{THAI}]+)*")
"""Thai letters without a space, as a given name or a surname is written."""
LATIN_RUN = re.compile(r"[A-Za-z0-9][\w&+'’./–-]*(?: (?:[&:–-] )?[A-Za-z0-9][\w&+'’./–-]*)*", re.ASCII)
IN_BRACKETS = re.compile(r" ?\(([^()\n]{2,160})\)")
COMBINING = re.compile("[ะ-ฺๅ็-๎]")
_LEANING = tuple("เแโใไ")  # vowels that belong to the letter behind them


class Paragraph:
    """Positions count in ``text``, the paragraph; mentions in the plain text of the article.

    ``hits`` gives for a position the entries of the lexicon that begin there, longest first, with their
    ends; ``words`` the end of the word that the segmenter sees there; ``values`` the end, the type and
    the value of a date or an amount. ``aliases`` (alias -> type) are names that the article itself gives;
    ``day`` is that from which "today" counts.
    """

    def __init__(self, article: Article, span: Span, aliases: Mapping[str, str], day: str | None) -> None:
        self.lexicon: Lexicon = lexicon(article.language)
        self.base = span.start
        self.text = span.of(article.plain)
        self.hits = self.lexicon.find(self.text)
        for alias, type_ in aliases.items():
            entry = Word("alias", type_, Thing(type_, alias, alias))
            for match in re.finditer(re.escape(alias), self.text):
                self.hits.setdefault(match.start(), []).insert(0, (match.end(), entry))
        self.words: dict[int, int] = {}
        position = 0
        for word in segment(self.text, article.language):
            end = position + len(word)
            self.words[position] = end
            second = self.lexicon.split.get(word)
            if second:
                self.words[position + second] = end
            position = end
        self.values: dict[int, tuple[int, str, str]] = {}
        for type_, found in (
            ("DATE", dates.dates(article.plain, span, day)),
            ("MONEY", dates.amounts(article.plain, span)),
        ):
            for run, value in found:
                self.values[run.start - self.base] = (run.end - self.base, type_, value)

    def mention(
        self, start: int, end: int, type_: str, name: str | None = None, parts: tuple[Mention, ...] = ()
    ) -> Mention:
        """The run from ``start`` to ``end`` as a mention; its name is the run itself unless given."""
        text = self.text[start:end]
        span = Span(self.base + start, self.base + end)
        return Mention(span, text, type_, " ".join((text if name is None else name).split()), parts)

    def local(self, mention: Mention) -> int:
        """The end of ``mention`` in this paragraph."""
        return mention.span.end - self.base

    def skip_space(self, position: int) -> int:
        """``position``, or behind it where one space stands there."""
        return position + (self.text[position : position + 1] == " ")

    def word(self, position: int) -> str:
        """The word that begins at ``position``; "" inside a word."""
        return self.text[position : self.words.get(position, position)]

    def entry(self, position: int, *kinds: str) -> tuple[int, Word] | None:
        """The longest entry of one of ``kinds`` that begins at ``position``."""
        return next((hit for hit in self.hits.get(position, ()) if hit[1].kind in kinds), None)

    def is_exception(self, position: int, type_: str) -> bool:
        """Whether a word that only looks like a head or a title begins at ``position``."""
        return any(w.kind == "except" and w.type == type_ for _, w in self.hits.get(position, ()))

    def begins(self, position: int, types: tuple[str, ...]) -> bool:
        """Whether a name of one of ``types`` may begin at ``position``, by its head or by the registry."""
        return any(w.type in types and w.kind in ("head", "thing") for _, w in self.hits.get(position, ()))

    def free_before(self, start: int) -> bool:
        """Whether a name may begin at ``start``: not inside a word, nor behind a vowel that leans on it."""
        if not start:
            return True
        before, first = self.text[start - 1], self.text[start : start + 1]
        if not before.isspace() and start not in self.words:
            return False
        if first.isascii() and before.isascii():
            return not before.isalnum()
        return before not in _LEANING

    def free_after(self, end: int) -> bool:
        """Whether a name may end at ``end``: not before a mark of its last letter, nor inside a word."""
        if end >= len(self.text):
            return True
        last, after = self.text[end - 1], self.text[end]
        if COMBINING.match(after):
            return False
        if last.isascii() and last.isalnum() and after.isascii() and after.isalnum():
            return False
        return end in self.words or not RUN.match(after) or last in ".ฯ"
