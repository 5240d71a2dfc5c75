"""From a key to the repaint, in lists of 1,000 and 100,000 rows, against the barest list of the line API."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from tests.benchmarks.table import Line
from textual.app import App, ComposeResult
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from entitree.tui.themes import load_themes, role_defaults
from entitree.tui.widgets.columns import Column
from entitree.tui.widgets.item_list import ItemList, Line as Row

if TYPE_CHECKING:
    from textual.binding import BindingType
    from textual.widget import Widget

SIZES = (1_000, 100_000)
PRESSES = 40
HERE = Style(reverse=True)


class Rows:
    """Rows that are all here."""

    def __init__(self, count: int) -> None:
        self.count = count

    def row(self, index: int) -> Row:
        return Row(f"shop-{index}", (f"shop-{index:06}", f"Shop {index}", "1", "2", "3"), False, False)

    def want(self, start: int, stop: int) -> None:
        """Nothing is ever missing."""


class BareList(ScrollView, can_focus=True):
    """A cursor that highlights a row, and nothing else."""

    BINDINGS: ClassVar[list[BindingType]] = [("down", "move(1)", "Down"), ("pagedown", "move(38)", "Page")]

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count
        self.at = 0

    def on_mount(self) -> None:
        self.virtual_size = Size(80, self.count)

    def render_line(self, y: int) -> Strip:
        index = self.scroll_offset.y + y
        text = f"  shop-{index:06}   Shop {index}".ljust(self.size.width)
        return Strip([Segment(text, self.rich_style + HERE if index == self.at else self.rich_style)])

    def action_move(self, by: int) -> None:
        self.at = min(self.count - 1, self.at + by)
        if not 0 <= self.at - self.scroll_offset.y < self.size.height:
            self.scroll_to(y=self.at - self.size.height + 1, animate=False, immediate=True)
        self.refresh()


class Stage(App[None]):
    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self.widget = widget
        for theme in load_themes()[0]:
            self.register_theme(theme)
        self.theme = "entitree-dark"

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return role_defaults()

    def compose(self) -> ComposeResult:
        yield self.widget


async def press(widget: ItemList | BareList, key: str) -> tuple[float, ...]:
    """Milliseconds of each press, until everything it caused is drawn."""
    took = []
    app = Stage(widget)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        for _ in range(PRESSES):
            drawn = asyncio.Event()
            begin = time.perf_counter()
            if key == "down":
                widget.action_move(1)
            elif isinstance(widget, ItemList):
                widget.action_page(1)
            else:
                widget.action_move(widget.size.height)
            app.call_after_refresh(drawn.set)
            await drawn.wait()
            took.append((time.perf_counter() - begin) * 1_000)
            await pilot.pause()
    return tuple(took)


def ours(count: int) -> ItemList:
    columns = (
        Column("ID", weight=3),
        Column("Alias", weight=2),
        *(Column("n", align="right") for _ in range(3)),
    )
    widget = ItemList(columns)
    widget.set_source(Rows(count))
    return widget


def measure() -> list[Line]:
    return [
        Line(
            f"{what}, {count:,} rows",
            asyncio.run(press(ours(count), key)),
            asyncio.run(press(BareList(count), key)),
            1.5,
        )
        for what, key in (("cursor down", "down"), ("page down", "pagedown"))
        for count in SIZES
    ]
