"""The patterns of the rules: what is tried only around names finds what a search of the whole text finds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.lexicon import LANGUAGES
from kg.patterns import _CODES, Pattern, grammar


def patterns(language: str) -> list[Pattern]:
    rules = grammar(language)
    every = [rule for kind in (rules.phrases, rules.clauses) for rule in kind.rules]
    return [rules.fold, *(pattern for rule in every for pattern in rule.patterns)]


def words(language: str) -> list[str]:
    """Cues of the rules, and what stands between names."""
    every = grammar(language).clauses.rules
    return sorted({cue for rule in every for cue in rule.cues} | {" ", "(", ")", "และ", "ที่", " and ", " at "})


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_spare_searches_and_lose_no_match(language: str) -> None:
    """In texts of names and cues each pattern matches where ``re.finditer`` says, and nowhere else."""
    found = 0

    @settings(max_examples=600, deadline=None, derandomize=True)
    @given(st.lists(st.sampled_from([*_CODES.values()] * 6 + words(language)), max_size=12))
    def check(pieces: list[str]) -> None:
        nonlocal found
        text = "".join(pieces)
        places = [at for at, letter in enumerate(text) if letter in _CODES.values()]
        names = "".join(text[at] for at in places)
        for pattern in patterns(language):
            expected = [match.span() for match in pattern.regex.finditer(text)]
            tried = pattern.matches(text, names, places) if pattern.fits(names) else ()
            assert [match.span() for match in tried] == expected, pattern.regex.pattern
            found += len(expected)

    check()
    assert found > 100
