"""A paragraph as the recogniser reads it: its words, what the lexicon knows in it, its dates and amounts."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Container, Mapping

from kg import dates
from kg.lexicon import Lexicon, Thing, Word, lexicon
from kg.model import Article, Mention, Span
from kg.words import Words

THAI = "ก-ฺเ-๎"
RUN = re.compile(rf"[{THAI}]+(?:[-–][{THAI}]+)*")
"""Thai letters without a space, as a given name or a surname is written."""
LATIN_RUN = re.compile(r"[A-Za-z0-9][\w&+'’./–-]*(?: (?:[&:–-] )?[A-Za-z0-9][\w&+'’./–-]*)*", re.ASCII)
IN_BRACKETS = re.compile(r" ?\(([^()\n]{2,160})\)")
COMBINING = frozenset(map(chr, (*range(ord("ะ"), ord("ฺ") + 1), ord("ๅ"), *range(ord("็"), ord("๎") + 1))))
"""Vowels and marks that belong to the letter before them."""
_LEANING = frozenset("เแโใไ")  # vowels that belong to the letter behind them


class Paragraph:
    """Positions count in ``text``, the paragraph; mentions in the plain text of the article.

    ``hits`` gives for a position the entries of the lexicon that begin there, longest first, with their
    ends, and ``starts`` these positions in order; ``values`` the end, the type and the value of a date or
    an amount. ``day`` is that from which "today" counts.
    """

    def __init__(self, article: Article, span: Span, day: str | None) -> None:
        self.lexicon: Lexicon = lexicon(article.language)
        self.base = span.start
        self.text = span.of(article.plain)
        self.words = Words(self.text, article.language)
        self.hits = self.lexicon.find(self.text)
        self.starts = sorted(self.hits)
        self.learnt: dict[str, str] = {}
        self.values: dict[int, tuple[int, str, str]] = {}
        for type_, found in (
            ("DATE", dates.dates(article.plain, span, day)),
            ("MONEY", dates.amounts(article.plain, span)),
        ):
            for run, value in found:
                self.values[run.start - self.base] = (run.end - self.base, type_, value)

    def learn(self, aliases: Mapping[str, str], told: Container[int] = ()) -> bool:
        """Know ``aliases`` (alias -> type) as names too.

        Whether one that was not known stands elsewhere than at the places ``told``, where the article
        gives it.
        """
        new = {a: type_ for a, type_ in aliases.items() if a in self.text and self.learnt.get(a) != type_}
        if not new:
            return False
        self.learnt |= new
        elsewhere = False
        for alias, type_ in new.items():
            entry = Word("alias", type_, Thing(type_, alias, alias))
            for match in re.finditer(re.escape(alias), self.text):
                self.hits.setdefault(match.start(), []).insert(0, (match.end(), entry))
                elsewhere = elsewhere or self.base + match.start() not in told
        self.starts = sorted(self.hits)
        return elsewhere

    def mention(
        self, start: int, end: int, type_: str, name: str | None = None, parts: tuple[Mention, ...] = ()
    ) -> Mention:
        """The run from ``start`` to ``end`` as a mention; its name is the run itself unless given."""
        text = self.text[start:end]
        span = Span(self.base + start, self.base + end)
        if name is None:
            name = text
        return Mention(span, text, type_, " ".join(name.split()) if " " in name else name, parts)

    def local(self, mention: Mention) -> int:
        """The end of ``mention`` in this paragraph."""
        return mention.span.end - self.base

    def skip_space(self, position: int) -> int:
        """``position``, or behind it where one space stands there."""
        return position + (self.text[position : position + 1] == " ")

    def word(self, position: int) -> str:
        """The word that begins at ``position``; "" inside a word."""
        return self.text[position : self.words.end(position) or 0]

    def next_word(self, position: int) -> int:
        """The end of the word that begins at ``position``; inside a word, where the next one begins."""
        end = self.words.end(position)
        if end is None:
            length = len(self.text)
            end = next((p for p in range(position + 1, length) if self.words.end(p)), length)
        return end

    def entry(self, position: int, *kinds: str) -> tuple[int, Word] | None:
        """The longest entry of one of ``kinds`` that begins at ``position``."""
        for hit in self.hits.get(position, ()):
            if hit[1].kind in kinds:
                return hit
        return None

    def within(self, start: int, end: int) -> list[int]:
        """The positions from ``start`` to before ``end`` where an entry of the lexicon begins."""
        return self.starts[bisect_left(self.starts, start) : bisect_left(self.starts, end)]

    def is_exception(self, position: int, type_: str) -> bool:
        """Whether a word that only looks like a head or a title begins at ``position``."""
        return any(w.kind == "except" and w.type == type_ for _, w in self.hits.get(position, ()))

    def begins(self, position: int, types: tuple[str, ...]) -> bool:
        """Whether a name of one of ``types`` may begin at ``position``, by its head or by the registry."""
        for _, word in self.hits.get(position, ()):
            if word.type in types and word.kind in ("head", "thing"):
                return True
        return False

    def free_before(self, start: int) -> bool:
        """Whether a name may begin at ``start``: not inside a word, nor behind a vowel that leans on it."""
        if not start:
            return True
        before = self.text[start - 1]
        if before == " ":
            return True
        if not self.words.end(start):
            return False
        if before.isascii() and self.text[start : start + 1].isascii():
            return not before.isalnum()
        return before not in _LEANING

    def free_after(self, end: int) -> bool:
        """Whether a name may end at ``end``: not before a mark of its last letter, nor inside a word."""
        if end >= len(self.text):
            return True
        last, after = self.text[end - 1], self.text[end]
        if after in COMBINING:
            return False
        if after.isascii():
            return not (after.isalnum() and last.isascii() and last.isalnum())
        return last in ".ฯ" or not RUN.match(after) or bool(self.words.end(end))
