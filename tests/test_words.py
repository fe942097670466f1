"""Where words begin and end."""

from __future__ import annotations

from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.words import Words, segment

SENTENCE = "นายกรัฐมนตรีเป็นประธานการประชุม ASEAN-Japan ครั้งที่ 1,024 ณ กรุงเทพฯ (พ.ศ. 2567) และเรื่องต่าง ๆ"
PIECES = st.sampled_from(
    ["การประชุม", "รัฐมนตรี", "กขค", "๋", "ฯ", " ๆ", "พ.ศ.", "ASEAN", "-", " ", "1.5", "(", "\n", "é"]
)


def ends(text: str, language: str, positions: list[int]) -> dict[int, int | None]:
    words = Words(text, language)
    return {position: words.end(position) for position in positions}


def test_the_words_of_a_sentence_are_those_of_the_segmenter() -> None:
    """A run cut by itself has the words that it has within the whole sentence."""
    starts = [0, *accumulate(map(len, segment(SENTENCE)))]
    told = ends(SENTENCE, "th", list(range(len(SENTENCE))))
    begins = {start: starts[i + 1] for i, start in enumerate(starts[:-1])}
    assert {start: end for start, end in told.items() if end} == begins


def test_a_compound_of_two_names_has_a_word_within() -> None:
    """The segmenter takes "เป็นการ" for one word, behind whose "เป็น" a name may begin."""
    assert segment("เป็นการ") == ["เป็นการ"]
    words = Words("เป็นการ", "th")
    assert words.end(0) == 4 and words.end(4) == 7


@pytest.mark.parametrize("language", ["th", "en"])
@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(PIECES, max_size=12).map("".join), st.randoms(use_true_random=False))
def test_words_tile_any_text_in_whatever_order_they_are_asked_for(language, text, random) -> None:  # type: ignore[no-untyped-def]
    positions = list(range(len(text) + 1))
    in_order = ends(text, language, positions)
    random.shuffle(positions)
    assert ends(text, language, positions) == in_order
    position = 0
    while position < len(text):
        end = in_order[position]
        assert end is not None and end > position
        position = end
    assert position == len(text) and in_order[len(text)] is None


def test_a_word_may_be_made_to_begin_inside_another_but_never_moves_one() -> None:
    words = Words("รัฐมนตรี", "th")
    assert words.end(0) == 8 and words.end(3) is None
    words.begin(3, 8)
    words.begin(0, 3)
    assert words.end(3) == 8 and words.end(0) == 8
