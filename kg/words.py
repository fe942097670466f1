"""Where the words of a text begin and end, as the segmenter sees them."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache, lru_cache
from pathlib import Path

import nlpo3

from kg.lexicon import lexicon

_THAI = re.compile("[ก-ฺเ-๎][ก-ฺเ-๎.]*(?: ๆ)?")
_OTHER = re.compile(r"[A-Za-z-]+|\d+(?:[.,]\d+)*|[ \t]+|[^A-Za-z\d \t-]")
_SPACED = re.compile(r"\w+|\W")


@cache
def _segmenter() -> str:
    import pythainlp.corpus

    path = Path(pythainlp.corpus.__file__).parent / "words_th.txt"
    nlpo3.load_dict(str(path), "kg")
    return "kg"


def segment(text: str) -> list[str]:
    """The words of a Thai ``text`` in order, spaces included: joined they are ``text`` again."""
    words: list[str] = nlpo3.segment(text, _segmenter())
    return words


@lru_cache(maxsize=2**13)
def _ends(run: str) -> tuple[int, ...]:
    """Where the words of a run of Thai end, counted from its start; compounds end words within."""
    ends = []
    split = lexicon("th").split
    end = 0
    for word in segment(run):
        if word in split:
            ends.append(end + split[word])
        end += len(word)
        ends.append(end)
    return tuple(ends)


class Words:
    """The words of a text. A run of it is cut into them when one of its positions is first asked for.

    Most runs are never asked for, and many stand in more than one text: cutting is what takes longest.
    """

    def __init__(self, text: str, language: str) -> None:
        self._text = text
        self._pattern = _SPACED if language != "th" else _OTHER
        # Where runs begin: every second one, from the one at the first edge on, is of Thai letters.
        self._edges = [at for m in _THAI.finditer(text) for at in m.span()] if language == "th" else []
        self._cut: set[int] = set()
        self._known: dict[int, int] = {}

    def end(self, position: int) -> int | None:
        """The end of the word that begins at ``position``; ``None`` inside a word."""
        end = self._known.get(position)
        if end is None:
            index = bisect_right(self._edges, position)
            if index not in self._cut:
                self._learn(index)
                end = self._known.get(position)
        return end

    def begin(self, start: int, end: int) -> None:
        """Let a word begin at ``start``, inside another; it ends at ``end``."""
        if self.end(start) is None:
            self._known[start] = end

    def _learn(self, index: int) -> None:
        """Cut the run before the edge ``index``."""
        self._cut.add(index)
        edges = self._edges
        start = edges[index - 1] if index else 0
        stop = edges[index] if index < len(edges) else len(self._text)
        if index % 2:
            ends = [start + end for end in _ends(self._text[start:stop])]
        elif stop - start == 1:
            self._known[start] = stop
            return
        else:
            ends = [match.end() for match in self._pattern.finditer(self._text, start, stop)]
        self._known.update(zip([start, *ends], ends, strict=False))
