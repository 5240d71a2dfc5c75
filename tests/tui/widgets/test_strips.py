from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

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
