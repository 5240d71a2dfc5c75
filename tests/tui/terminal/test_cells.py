"""Frames through reader and painter into a terminal: it shows what the frames themselves would draw."""

from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import given, settings, strategies as st
from tests.tui.terminal.emulator import Emulator

from entitree.tui.clipboard import clipboard_sequence
from entitree.tui.terminal.grid import Grid
from entitree.tui.terminal.painter import Painter
from entitree.tui.terminal.reader import Control, control_of, read
from entitree.tui.terminal.styles import PLAIN, Look, changed, codes_between, codes_from_nothing
from entitree.tui.terminal.widths import is_sure

WIDTH, HEIGHT = 18, 8
COLOURS = st.sampled_from(["", "1", "4", "2;10;20;30", "2;10;20;40", "5;77"])
SURE = "abc  xyz░│…日本"
TOPS = st.lists(st.integers(0, 2 * HEIGHT), max_size=6)
ODD = ["é", "😀", "👩\u200d👩\u200d👦", "🇩🇪", "❤\ufe0f", "e\u0301", "א", "α", "\ue000", "ก\u0e33", "x", " "]


@st.composite
def looks(draw: st.DrawFn) -> Look:
    ink, ground = draw(COLOURS), draw(COLOURS)
    return Look(
        draw(st.sampled_from([0, 0, 0, 1, 4, 8, 16, 32, 1 | 8])),
        f"38;{ink}" if ";" in ink else ink and f"3{ink}",
        f"48;{ground}" if ";" in ground else ground and f"4{ground}",
    )


def segment(text: str, look: Look) -> str:
    return text if look == PLAIN else f"{codes_from_nothing(look).replace('[;', '[')}{text}\x1b[0m"


@st.composite
def frames(draw: st.DrawFn) -> str:
    """What Textual writes: pieces of rows, each at its place, and the caret's place at last."""
    said = []
    for _ in range(draw(st.integers(1, 5))):
        x, y = draw(st.integers(0, WIDTH - 1)), draw(st.integers(0, HEIGHT - 1))
        said.append(f"\x1b[{y + 1};{x + 1}H")
        for _ in range(draw(st.integers(1, 3))):
            text = draw(st.text("abc  xyz…│", max_size=8) | st.integers(1, 18).map(" ".__mul__))
            text = text[: max(0, WIDTH - x)]
            x += len(text)
            said.append(segment(text, draw(looks())))
        if y < HEIGHT - 1 and draw(st.booleans()):
            said.append("\n")
    return "".join([*said, "\x1b[1;1H"])


@st.composite
def pages(draw: st.DrawFn, letters: st.SearchStrategy[str]) -> list[str]:
    """Whole rows, as of a list."""
    rows = draw(st.lists(st.tuples(letters, looks()), min_size=HEIGHT, max_size=3 * HEIGHT))
    return [segment(text, look) for text, look in rows]


def shifted(page: list[str], top: int) -> str:
    top = min(top, len(page) - HEIGHT)
    rows = enumerate(page[top : top + HEIGHT], 1)
    blank = " " * WIDTH
    return "".join(f"\x1b[{y};1H{blank}\x1b[{y};1H{row}" for y, row in rows) + "\x1b[1;1H"


def nothing_dropped(kind: str) -> None:
    raise AssertionError(kind)


class Both:
    """The frames themselves on one terminal, and what is made of them on the other."""

    def __init__(self, *, fills: bool, contrary: bool = False) -> None:
        self.grid, self.painter = Grid(WIDTH, HEIGHT), Painter(fills=fills)
        self.plain = Emulator(WIDTH, HEIGHT)
        self.frugal = Emulator(WIDTH, HEIGHT, fills=fills, contrary=contrary)
        self._contrary = contrary
        self.written = 0

    def show(self, frame: str) -> None:
        read(frame, self.grid, nothing_dropped)
        said = self.painter.paint(self.grid.copy())
        self.written += len(said)
        self.frugal.feed(said)
        self.plain.feed(frame)

    def repainted(self) -> Emulator:
        """A new terminal, on which all is drawn at once."""
        fresh = Emulator(WIDTH, HEIGHT, contrary=self._contrary)
        fresh.feed(Painter(fills=True).paint(self.grid.copy()))
        return fresh


@settings(max_examples=50)
@given(st.lists(frames(), min_size=1, max_size=6), st.booleans())
def test_pieces_of_rows(shown: list[str], fills: bool) -> None:
    both = Both(fills=fills)
    for frame in shown:
        both.show(frame)
        assert both.frugal.cells == both.plain.cells
    before = both.written
    both.show(shown[-1])
    assert both.written == before, "what is shown is written again"


@settings(max_examples=40)
@given(pages(st.text(SURE, max_size=WIDTH // 2)), TOPS, st.booleans())
def test_pages_that_scroll_with_wide_letters(page: list[str], tops: list[int], fills: bool) -> None:
    both = Both(fills=fills)
    for top in tops:
        both.show(shifted(page, top))
        assert both.frugal.cells == both.plain.cells


@settings(max_examples=40)
@given(pages(st.lists(st.sampled_from(ODD), max_size=4).map("".join)), TOPS, st.booleans())
def test_pages_with_letters_of_uncertain_width(page: list[str], tops: list[int], contrary: bool) -> None:
    both = Both(fills=True, contrary=contrary)
    for top in tops:
        both.show(shifted(page, top))
        assert both.frugal.cells == both.repainted().cells
        # Whatever the terminal makes of the doubtful ones, all others stand in their places.
        for row, cells in zip(both.grid.rows, both.frugal.cells, strict=True):
            assert [
                cell.text for text, cell in zip(row.texts, cells, strict=True) if text and is_sure(text)
            ] == [text for text in row.texts if text and is_sure(text)]


@given(st.lists(looks(), min_size=2, max_size=6), st.lists(st.integers(0, 63), min_size=6, max_size=6))
def test_codes_lead_from_any_look_to_any(worn: list[Look], attributes: list[int]) -> None:
    worn = [look._replace(attributes=bits) for look, bits in zip(worn, attributes, strict=False)]
    for before, after in pairwise(worn):
        codes = codes_between(before, after)
        assert (applied(before, codes) if codes else before) == after
        assert applied(before, codes_from_nothing(after)) == after
        assert len(codes) <= len(codes_from_nothing(after))


def applied(look: Look, codes: str) -> Look:
    match = re.fullmatch(r"\x1b\[([0-9;]*)m", codes)
    assert match is not None
    after, unknown = changed(look, match[1])
    assert not unknown
    return after


def test_a_page_that_moves_is_moved() -> None:
    page = [segment(f"row {number} of many", PLAIN) for number in range(30)]
    both = Both(fills=True)
    both.show(shifted(page, 0))
    before = both.written
    both.show(shifted(page, 2))
    # Two new rows, and one sequence that moves the others.
    assert both.written - before < 70
    assert both.frugal.cells == both.plain.cells


def test_one_letter_is_one_letter() -> None:
    both = Both(fills=True)
    both.show("\x1b[3;1Hhallo\x1b[1;1H")
    before = both.written
    both.show("\x1b[3;1Hhello\x1b[1;1H")
    assert both.written - before <= len("\x1b[3;2He\x1b[H")


ALIEN = [
    ("\x1b]52;c;c2VjcmV0\x07", "OSC 52"),
    ("\x1b]0;secret\x1b\\", "OSC 0"),
    ("\x1b]0;secret", "OSC 0"),
    ("\x1bPsecret\x1b\\", "DCS"),
    ("\x9d8;;secret\x9c", "OSC 8"),
    ("\x1b[6n", "CSI n"),
    ("\x9b6n", "CSI n"),
    ("\x1b[?1049l", "CSI ? l"),
    ("\x1b[2J", "CSI J"),
    ("\x1bc", "ESC c"),
    ("\x1b", "U+001B"),
    ("\x07", "U+0007"),
    ("\r", "U+000D"),
    ("\t", "U+0009"),
    ("\x85", "U+0085"),
    ("\u202e", "U+202E"),
    ("\u2066", "U+2066"),
    ("\x1b[8m", "SGR 8"),
]


def test_what_the_app_does_not_use_goes_no_further() -> None:
    for alien, kind in ALIEN:
        grid, painter, emulator, kinds = Grid(40, 2), Painter(fills=True), Emulator(40, 2), list[str]()
        read(f"\x1b[1;1Hbefore{alien}\x1b[1;30Hafter\x1b[1;1H", grid, kinds.append)
        assert kinds[0] == kind or kind in kinds, (alien, kinds)
        said = painter.paint(grid)
        assert not re.search(r"secret|c2VjcmV0|\x1b\]|\x1b[^\[]|[\x80-\x9f\u202e\u2066\x07\t]", said), ascii(
            said
        )
        assert set(re.findall(r"\x1b\[[0-9;?]*([@-~])", said)) <= set("mHKXCDJG")
        emulator.feed(said)
        assert emulator.text.startswith("before")
        assert emulator.text[29:34] == "after"


@settings(max_examples=200)
@given(
    st.text(st.characters(codec=None), max_size=50) | st.text("\x1b[]0;?52cmHJ\x07\x9b\\ab\n", max_size=60)
)
def test_whatever_is_written_only_known_sequences_come_out(text: str) -> None:
    grid = Grid(WIDTH, HEIGHT)
    read(text, grid, lambda kind: None)
    said = Painter(fills=True).paint(grid)
    said.encode()
    left = re.sub(r"\x1b\[[0-9;]*[mHKXCDGAB]|\x1b\[2J|\r\n?|\x08", "", said)
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", left), ascii(said)


def test_what_switches_the_terminal_comes_alone() -> None:
    assert control_of("\x1b[?1049h") is Control.MODE
    assert control_of("\x1b[>25u") is Control.MODE
    assert control_of("\x1b]52;c;YWJj\x07") is Control.CLIPBOARD
    for environ in ({"TMUX": "1"}, {"STY": "1"}):
        sequence = clipboard_sequence("abc" * 999, environ)
        assert sequence is not None
        assert control_of(sequence) is Control.CLIPBOARD
    assert control_of("\x1bPtmux;\x1b\x1b[6n\x1b\\") is None
    assert control_of("\x1b]52;c;?\x07") is None
    assert control_of("\x1b]22;pointer\x07") is Control.POINTER
    assert control_of("\x07") is Control.BELL
    assert control_of("\x1b[?1049h\x1b[?25l") is None
    assert control_of("\x1b[6n") is None
