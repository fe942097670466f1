"""What an extraction depends on: the engine, the settings of each language, its words and its rules.

Most of the knowledge acts only where some text of its own stands in an article: a rule needs one of its
cues, a thing of the registry one of its names. So a change there touches just the articles in which such a
text stands; a change of anything else touches all.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version

import ahocorasick_rs

from kg.lexicon import LANGUAGES, lexicon
from kg.vocabulary import resource

_LIBRARIES = ("nlpo3", "pythainlp", "ahocorasick-rs")


@dataclass(frozen=True)
class Knowledge:
    """``core`` is a digest of what acts everywhere; ``triggers`` gives a digest for each text that brings
    other knowledge into play, in lower case."""

    core: str
    triggers: Mapping[str, str]

    def changed(self, old: Knowledge) -> Touched | None:
        """Which articles a change from ``old`` touches; ``None``: all."""
        if self.core != old.core:
            return None
        texts = {
            text
            for text in self.triggers.keys() | old.triggers.keys()
            if self.triggers.get(text) != old.triggers.get(text)
        }
        return Touched(texts)


class Touched:
    """Tells the articles that a change of knowledge touches from the others."""

    def __init__(self, texts: set[str]) -> None:
        self._automaton = ahocorasick_rs.AhoCorasick(sorted(texts)) if texts else None

    def __call__(self, plain: str) -> bool:
        """Whether the plain copy of an article (``kg.read.normalise``) holds a text that matters."""
        if self._automaton is None:
            return False
        return bool(self._automaton.find_matches_as_indexes(_folded(plain)))


@cache
def knowledge() -> Knowledge:
    """The knowledge that kg has now."""
    core = hashlib.sha256()
    for library in _LIBRARIES:
        core.update(f"{library} {version(library)}\n".encode())
    for path in (*sorted(resource("knowledge.py").parent.glob("*.py")), resource("ontology", "kg.ttl")):
        core.update(path.read_bytes())
    texts: dict[str, list[str]] = defaultdict(list)
    for language, folder in LANGUAGES.items():
        for path in sorted(resource("data", folder).glob("*.toml")):
            core.update(path.read_bytes())
        for path in sorted(resource("data", folder, "rules").glob("*.toml")):
            for rule in tomllib.loads(path.read_text("utf-8"))["rule"]:
                for cue in rule.get("cues", ()):
                    texts[_folded(cue)].append(_digest(f"{language} {path.stem} {rule}"))
                if not rule.get("cues"):
                    core.update(f"{path.stem} {rule}".encode())
        for text, meaning in _words(language):
            texts[_folded(text)].append(_digest(f"{language} {meaning}"))
    return Knowledge(
        core.hexdigest(), {text: _digest(*sorted(found)) for text, found in texts.items() if text}
    )


def _words(language: str) -> Iterator[tuple[str, str]]:
    """Each text of the lexicon, and all that it means there."""
    words = lexicon(language)
    for text, entries in zip(words.texts, words.entries, strict=True):
        meaning = f"{entries} {words.post_names.get(text)} {text in words.posts_alone}"
        yield text, meaning
        if text.startswith(words.ministry):  # "รมว.แรงงาน" names a ministry without that word
            yield text.removeprefix(words.ministry), meaning


def _folded(text: str) -> str:
    return " ".join(text.lower().split())


def _digest(*told: str) -> str:
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]
