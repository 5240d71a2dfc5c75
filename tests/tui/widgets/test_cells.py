import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st
from rich.cells import cell_len

from entitree.text import visible
from entitree.tui.widgets.cells import Align, cut, fitted, folded, width_of, window

# Ordinary letters, and often the ones that go wrong.
texts = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("ab 東京é\u0301\u0323👨👩❤⌚🏽🇩🇪ก็각\u1161\u200d\ufe0f\u202e\x1b\n[]/\ud800"),
    ),
    max_size=40,
)


@given(texts, st.integers(0, 30), st.sampled_from(["left", "right"]))
def test_fitted_is_exactly_as_wide_as_asked_and_inert(text: str, width: int, align: Align) -> None:
    shown = fitted(text, width, align)
    assert cell_len(shown) == width
    assert not any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in shown)


@given(texts, texts, st.integers(0, 30))
def test_neighbours_do_not_change_the_width(left: str, right: str, width: int) -> None:
    assert cell_len(fitted(left, width) + " " + fitted(right, width)) == 2 * width + 1


@given(texts, st.integers(0, 30))
def test_cut_shows_all_or_a_beginning_that_says_so(text: str, width: int) -> None:
    shown = cut(text, width)
    if width_of(text) <= width:
        assert shown == visible(text)
    elif width:
        assert shown.endswith("…")
        assert visible(text).startswith(shown[:-1])
        assert cell_len(shown) <= width
    else:
        assert shown == ""


@given(texts, st.integers(2, 30))
def test_folded_loses_nothing_and_overflows_nowhere(text: str, width: int) -> None:
    lines = folded(text, width)
    assert "".join(lines) == visible(text)
    assert all(cell_len(line) <= width for line in lines)


@given(st.lists(st.text("abc", min_size=1, max_size=8), min_size=1), st.integers(8, 30))
def test_folded_breaks_no_word_that_fits(words: list[str], width: int) -> None:
    lines = [line.split() for line in folded(" ".join(words), width)]
    filled = [line for line in lines if line]
    assert [word for line in filled for word in line] == words
    for line, after in pairwise(filled):
        # The blank at a break may have taken a cell.
        assert len(" ".join([*line, after[0]])) >= width


def test_folded_breaks_a_long_word_where_the_line_is_full() -> None:
    assert folded("ab abcdefgh ijk", 4) == ("ab ", "abcd", "efgh", " ijk")


@given(texts, st.integers(0, 50), st.integers(0, 30))
def test_a_window_is_as_wide_as_asked_and_shows_what_stands_there(text: str, start: int, width: int) -> None:
    seen = window(text, start, width)
    assert cell_len(seen) == width
    assert cell_len(seen + "|" + seen) == 2 * width + 1
    if not start:
        # What a cut text shows before its ellipsis stands in the window, and in the same cells.
        assert seen.startswith(cut(text, width).removesuffix("…"))


@given(texts, st.integers(2, 12))
def test_windows_half_their_width_apart_show_every_character(text: str, width: int) -> None:
    whole = visible(text)
    step = width // 2
    seen = [window(text, at, width) for at in range(0, width_of(text) + step, step)]
    if width >= 4:
        assert all(any(char in piece for piece in seen) for char in whole)


@pytest.mark.parametrize(
    ("text", "start", "width", "seen"),
    [
        ("bigcola", 3, 3, "col"),
        ("bigcola", 5, 4, "la  "),
        ("東京支社", 1, 4, " 京 "),
        ("a👨\u200d👩\u200d👧b", 1, 2, "👨\u200d👩\u200d👧"),
        ("a👨\u200d👩\u200d👧b", 2, 2, " b"),
        ("🇩🇪🇫🇷", 1, 3, " 🇫🇷"),
        ("👍🏽e\u0301x", 2, 2, "e\u0301x"),
        ("abc", 9, 2, "  "),
    ],
)
def test_a_window_halves_no_character(text: str, start: int, width: int, seen: str) -> None:
    assert window(text, start, width) == seen


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("bigcola", 7, "bigcola"),
        ("bigcola", 6, "bigco…"),
        ("東京支社", 8, "東京支社"),
        ("東京支社", 7, "東京支…"),
        ("東京支社", 6, "東京…"),
        ("a👨\u200d👩\u200d👧b", 4, "a👨\u200d👩\u200d👧b"),
        ("a👨\u200d👩\u200d👧bc", 4, "a👨\u200d👩\u200d👧…"),
        ("a👨\u200d👩\u200d👧bc", 3, "a…"),
        ("e\u0301e\u0301e\u0301", 2, "e\u0301…"),
        ("abc", 1, "…"),
        ("🇩🇪🇫🇷", 3, "🇩🇪…"),
        ("🇩🇪🇫🇷", 2, "…"),
        ("👍🏽👍🏽", 3, "👍🏽…"),
    ],
)
def test_cut_by_cells_at_whole_characters(text: str, width: int, shown: str) -> None:
    assert cut(text, width) == shown


def test_numbers_stand_right() -> None:
    assert fitted("42", 5, "right") == "   42"
    assert fitted("東", 5) == "東   "
