"""From a key to the repaint, in lists of 1,000 to 1,000,000 rows, against the barest list of the line API.

Both lists stand side by side in one app and are pressed in turn: what else the machine does hits both.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from tests.benchmarks.table import Line
from textual.app import App, ComposeResult
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from entitree.tui.themes import load_themes, role_defaults
from entitree.tui.widgets.columns import Column
from entitree.tui.widgets.item_list import ItemList, Line as Row

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot
    from textual.widget import Widget

SIZES = (1_000, 100_000, 1_000_000)
PRESSES = 30
HERE = Style(reverse=True)


class Rows:
    """Rows that are all here."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.marks: set[int] = set()

    def row(self, index: int) -> Row:
        return Row(
            f"shop-{index}",
            (f"shop-{index:06}", f"Shop {index}", "1", "2", "3"),
            marked=index in self.marks,
            locked=False,
        )

    def want(self, start: int, stop: int) -> None:
        """Nothing is ever missing."""


class Watched(ScrollView):
    """Says when it is drawn."""

    drawn: asyncio.Event | None = None

    def render_lines(self, crop: Region) -> list[Strip]:
        if self.drawn is not None:
            self.drawn.set()
        return super().render_lines(crop)


class Ours(ItemList, Watched):
    """The list of items. Its lines come past what other widgets are drawn by."""

    def render_lines(self, crop: Region) -> list[Strip]:
        if self.drawn is not None:
            self.drawn.set()
        return super().render_lines(crop)


class BareList(Watched, can_focus=True):
    """A cursor that highlights a row, marks, and nothing else."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count
        self.at = 0
        self.marks: set[int] = set()

    def on_mount(self) -> None:
        self.virtual_size = Size(80, self.count)

    def render_line(self, y: int) -> Strip:
        index = self.scroll_offset.y + y
        mark = "●" if index in self.marks else " "
        text = f" {mark} shop-{index:06}   Shop {index}".ljust(self.size.width)
        return Strip([Segment(text, self.rich_style + HERE if index == self.at else self.rich_style)])

    def go(self, index: int) -> None:
        self.at = max(0, min(self.count - 1, index))
        if self.at < self.scroll_offset.y:
            self.scroll_to(y=self.at, animate=False, immediate=True)
        elif self.at >= self.scroll_offset.y + self.size.height:
            self.scroll_to(y=self.at - self.size.height + 1, animate=False, immediate=True)
        self.refresh()


@dataclass(frozen=True, slots=True)
class Press:
    """A key: what brings a list to where it is pressed, and what it does."""

    what: str
    before: Callable[[ItemList, int], None]
    ours: Callable[[ItemList, Rows], None]
    bare_before: Callable[[BareList, int], None]
    bare: Callable[[BareList], None]


def _toggle(widget: ItemList, rows: Rows) -> None:
    rows.marks ^= {widget.cursor}
    widget.invalidate(range(widget.cursor, widget.cursor + 1))


def _toggle_bare(widget: BareList) -> None:
    widget.marks ^= {widget.at}
    widget.refresh()


def _at_the_top(widget: ItemList, turn: int) -> None:
    # From here the next key up leaves the view, and it is another view each time.
    top = widget.count - 1 - turn * widget.page // 2
    widget.scroll_lines_to(top)
    widget.move_to(widget.visible_range().start)


def _bare_at_the_top(widget: BareList, turn: int) -> None:
    top = widget.count - 1 - turn * widget.size.height // 2
    widget.scroll_to(y=top, animate=False, immediate=True)
    widget.go(widget.scroll_offset.y)


PRESSED = (
    Press(
        "cursor down",
        lambda widget, turn: widget.move_to(turn % 20),
        lambda widget, rows: widget.action_move(1),
        lambda widget, turn: widget.go(turn % 20),
        lambda widget: widget.go(widget.at + 1),
    ),
    Press(
        "up at the edge",
        _at_the_top,
        lambda widget, rows: widget.action_move(-1),
        _bare_at_the_top,
        lambda widget: widget.go(widget.at - 1),
    ),
    Press(
        "page down",
        lambda widget, turn: widget.move_to((turn % 20) * widget.page),
        lambda widget, rows: widget.action_page(1),
        lambda widget, turn: widget.go((turn % 20) * widget.size.height),
        lambda widget: widget.go(widget.at + widget.size.height),
    ),
    Press(
        "end",
        lambda widget, turn: widget.action_first(),
        lambda widget, rows: widget.action_last(),
        lambda widget, turn: widget.go(0),
        lambda widget: widget.go(widget.count - 1),
    ),
    Press(
        "home",
        lambda widget, turn: widget.action_last(),
        lambda widget, rows: widget.action_first(),
        lambda widget, turn: widget.go(widget.count - 1),
        lambda widget: widget.go(0),
    ),
    Press(
        "mark",
        lambda widget, turn: widget.move_to(turn % 20),
        _toggle,
        lambda widget, turn: widget.go(turn % 20),
        _toggle_bare,
    ),
)


class Stage(App[None]):
    CSS = "Screen { layout: horizontal; } ItemList, BareList { width: 1fr; height: 1fr; }"

    def __init__(self, *actors: Widget) -> None:
        super().__init__()
        self._actors = actors
        for theme in load_themes()[0]:
            self.register_theme(theme)
        self.theme = "entitree-dark"

    def compose(self) -> ComposeResult:
        yield from self._actors

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return role_defaults()


def ours(rows: Rows) -> Ours:
    columns = (
        Column("ID", weight=3),
        Column("Alias", weight=2),
        *(Column("n", align="right") for _ in range(3)),
    )
    widget = Ours(columns)
    widget.set_source(rows)
    return widget


async def measured(count: int) -> list[Line]:
    rows = Rows(count)
    widget, bare = ours(rows), BareList(count)
    app = Stage(widget, bare)
    lines = []
    async with app.run_test(size=(240, 40)) as pilot:
        for press in PRESSED:
            values, floors = [], []
            for turn in range(PRESSES):
                press.before(widget, turn)
                values.append(await _took(pilot, widget, partial(press.ours, widget, rows)))
                press.bare_before(bare, turn)
                floors.append(await _took(pilot, bare, partial(press.bare, bare)))
            lines.append(Line(f"{press.what}, {count:,} rows", tuple(values), tuple(floors), 1.5))
    return lines


async def _took(pilot: Pilot[None], widget: Watched, act: Callable[[], None]) -> float:
    """Milliseconds from `act` until what it changed of `widget` is on the screen."""
    await pilot.pause()
    await pilot.pause()
    drawn = widget.drawn = asyncio.Event()
    begin = time.perf_counter()
    act()
    # It is set while the screen is drawn, and nobody else runs until all of that is written.
    await drawn.wait()
    return (time.perf_counter() - begin) * 1_000


def measure() -> list[Line]:
    found = [asyncio.run(measured(count)) for count in SIZES]
    return [line for lines in zip(*found, strict=True) for line in lines]
