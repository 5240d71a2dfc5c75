"""Text that came from elsewhere may not do anything, and may not lose anything either."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, strategies as st

from entitree.text import mended, visible

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()))
HOSTILE = st.sampled_from(
    [
        *map(chr, range(0x20)),
        *map(chr, range(0x7F, 0xA0)),
        *"\u202e\u2066\u200b\u200d\ufe0f\ufeff\u2028\ud800\udfff",
    ]
)
BIDI_MARKS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@given(st.one_of(ANY_TEXT, st.lists(st.one_of(HOSTILE, st.characters())).map("".join)))
def test_nothing_a_terminal_obeys_or_an_eye_misses_is_left(text: str) -> None:
    shown = visible(text)
    for at, char in enumerate(shown):
        assert ord(char) >= 0x20
        assert not 0x7F <= ord(char) <= 0x9F
        assert char not in BIDI_MARKS
        category = unicodedata.category(char)
        assert category not in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp")
        if category == "Cf":
            assert char == "\u200d"
            assert 0 < at < len(shown) - 1
    shown.encode("utf-8")


@given(st.one_of(ANY_TEXT, st.lists(st.one_of(HOSTILE, st.characters())).map("".join)))
def test_making_it_visible_twice_changes_nothing_more(text: str) -> None:
    assert visible(visible(text)) == visible(text)


@given(
    st.text(
        alphabet=st.characters(
            categories=("L", "N", "P", "S", "Zs"),
            exclude_characters="\u115f\u1160\u3164\uffa0\u2800🏻🏼🏽🏾🏿",
        )
    )
)
def test_letters_numbers_signs_and_blanks_of_every_script_survive(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "[red]x[/]",
        "[/]",
        "[@click=app.quit]x[/]",
        r"\[x]",
        "$name {braces} <b>&amp;</b>",
        "Crème brûlée",
        "cafe\u0301",
        "株式会社ショップ",
        "مقهى الميناء",
        "חנות",
        "हिन्दी",
        "မျှော့",
        "👩\u200d💻 and ❤\ufe0f",
        "👍🏽 and 👩🏿\u200d💻",
        "",
    ],
)
def test_what_people_write_is_left_alone(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]52;c;aGk=\x07", "␛]52;c;aGk=␇"),
        ("two\nlines\r\n", "two␊lines␍␊"),
        ("\x00\t\x7f", "␀␉␡"),
        ("\x9b31m", "‹U+009B›31m"),
        ("delete \u202ekcatta", "delete ‹U+202E›kcatta"),
        ("a\u200bb", "a‹U+200B›b"),
        ("a\u200db", "a‹U+200D›b"),
        ("half \ud83d", "half ‹U+D83D›"),
        ("\u3164", "‹U+3164›"),
        ("a\u034fb", "a‹U+034F›b"),
        ("葛\U000e0100", "葛‹U+E0100›"),
        ("🏽", "‹U+1F3FD›"),
        ("a🏽👍🏽🏽", "a‹U+1F3FD›👍🏽‹U+1F3FD›"),
        ("\u0301x", "\u25cc\u0301x"),
        ("\u0301\u0302", "\u25cc\u0301\u0302"),
        ("\u202e\u0301", "‹U+202E›\u25cc\u0301"),
        ("e" + "\u0301" * 6 + "e\u0301", "e" + "\u0301" * 4 + "‹U+0301›" * 2 + "e\u0301"),
        ("\u0301" * 5, "\u25cc" + "\u0301" * 4 + "‹U+0301›"),
        ("a" + "\u0301\u20dd" * 3, "a" + "\u0301\u20dd" * 2 + "‹U+0301›‹U+20DD›"),
    ],
)
def test_what_must_not_act_is_named(text: str, shown: str) -> None:
    assert visible(text) == shown


MARKS = st.text(alphabet="a›\u25cc\u202e\u0301\u20dd\u0903\u103b\ufe0f\u200d\u2800😀", max_size=40)


@given(MARKS)
def test_marks_never_pile_up(text: str) -> None:
    shown = visible(text)
    assert visible(shown) == shown
    piled = 0
    for char in shown:
        piled = piled + 1 if char in "\u0301\u20dd" else piled if char in "\u0903\u103b" else 0
        assert piled <= 4


def test_a_pile_of_any_height_is_no_trouble() -> None:
    assert visible("e" + "\u0301" * 70_000).count("‹U+0301›") == 69_996


@given(ANY_TEXT)
def test_mended_text_can_be_encoded_and_whole_text_is_the_same_object(text: str) -> None:
    whole = mended(text)
    whole.encode("utf-8")
    if not any("\ud800" <= char <= "\udfff" for char in text):
        assert whole is text
    else:
        assert whole != text
