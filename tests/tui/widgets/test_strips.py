from hypothesis import given, strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from entitree.text import visible
from entitree.tui.widgets.strips import line

PLAIN, LOUD = Style(), Style(bold=True)


def test_neighbours_of_one_style_become_one() -> None:
    strip = line([Segment("a", PLAIN), Segment("b ", PLAIN), Segment("", LOUD), Segment("c", LOUD)], 6, PLAIN)
    assert [(segment.text, segment.style) for segment in strip] == [
        ("ab ", PLAIN),
        ("c", LOUD),
        ("  ", PLAIN),
    ]


def test_text_of_uncertain_width_stands_alone() -> None:
    strip = line([Segment("x", PLAIN), Segment(" 東京  ", PLAIN), Segment("y", PLAIN)], 12, PLAIN)
    assert [segment.text for segment in strip] == ["x ", "東京", "  y   "]
    assert cell_len(strip.text) == 12


def test_what_is_too_long_is_cropped() -> None:
    assert line([Segment("abcdef", PLAIN)], 3, PLAIN).text == "abc"


def test_flags_and_marks_stand_alone_though_they_add_up() -> None:
    strip = line([Segment("a", PLAIN), Segment("🇩🇪", PLAIN), Segment("東\u0301", PLAIN)], 6, PLAIN)
    assert [segment.text for segment in strip] == ["a", "🇩🇪", "東\u0301", " "]


pieces = st.text(st.sampled_from("ab  é東\u0301👨\u200d❤\ufe0f🇩🇪"), max_size=8)


@given(
    st.lists(st.tuples(pieces.map(visible), st.sampled_from([PLAIN, LOUD])), max_size=6), st.integers(0, 20)
)
def test_a_line_is_as_wide_as_asked_and_says_what_it_was_given(
    parts: list[tuple[str, Style]], width: int
) -> None:
    segments = [Segment(text, style) for text, style in parts]
    strip = line(segments, width, PLAIN)
    assert strip.cell_length == width == sum(cell_len(segment.text) for segment in strip)
    whole = "".join(segment.text for segment in segments)
    if sum(cell_len(segment.text) for segment in segments) <= width:
        assert strip.text.rstrip(" ") == whole.rstrip(" ")
