import unicodedata

import pytest
from hypothesis import given, strategies as st
from rich.cells import cell_len

from entitree.text import visible
from entitree.tui.widgets.cells import Align, cut, fitted, folded, width_of

# Ordinary letters, and often the ones that go wrong.
texts = st.text(
    st.one_of(
        st.characters(), st.sampled_from("ab 東京é\u0301\u0323👨👩❤⌚\u200d\ufe0f\u202e\x1b\n[]/\ud800")
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
    ],
)
def test_cut_by_cells_at_whole_characters(text: str, width: int, shown: str) -> None:
    assert cut(text, width) == shown


def test_numbers_stand_right() -> None:
    assert fitted("42", 5, "right") == "   42"
    assert fitted("東", 5) == "東   "
