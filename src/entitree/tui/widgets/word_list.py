"""A list of things that are all in memory, and a filter line above it: every word typed must be found."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from textual import on, work
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message

from entitree.tui.widgets.filter_line import FilterLine
from entitree.tui.widgets.item_list import ItemList
from entitree.tui.widgets.row_source import thousands

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult

    from entitree.tui.widgets.columns import Column
    from entitree.tui.widgets.rows import Line

ThingT = TypeVar("ThingT")

_AT_ONCE = 2_000
"""Things that are looked through at once; of more a thread looks, so that keys are heard meanwhile."""


class WordList(Vertical, Generic[ThingT]):
    """Things as lines of a virtual table. The cursor stays on its thing where others are shown.

    `line` makes what a row shows of a thing, for the rows on screen only. `key` tells things apart, `text` is
    what is searched, inert. Where it `follows`, a cursor on the last row stays on the last.
    """

    DEFAULT_CSS = """
    WordList { height: 1fr; }
    WordList ItemList { height: 1fr; }
    """

    class Highlighted(Message):
        """Another thing is under the cursor, or it says something else, or there is none."""

    @dataclass
    class Chosen(Message):
        """Enter, or a double click, on a row."""

        thing: object

    def __init__(
        self,
        columns: Sequence[Column],
        line: Callable[[ThingT], Line],
        *,
        key: Callable[[ThingT], str],
        text: Callable[[ThingT], str],
        id: str | None = None,
        nothing: str = "There is nothing here.",
        follows: bool = False,
    ) -> None:
        super().__init__(id=id)
        self._columns = columns
        self._line = line
        self._key = key
        self._text = text
        self._nothing = nothing
        self._follows = follows
        self._things: Sequence[ThingT] = ()
        self._rows = _Rows(self._things, line)

    def compose(self) -> ComposeResult:
        yield FilterLine(placeholder="words to look for")
        yield ItemList(self._columns)

    @property
    def table(self) -> ItemList:
        return self.query_one(ItemList)

    @property
    def filter_line(self) -> FilterLine:
        return self.query_one(FilterLine)

    @property
    def thing(self) -> ThingT | None:
        """What is under the cursor."""
        return self._rows.things[self.table.cursor] if self._rows.count else None

    @property
    def shown(self) -> Sequence[ThingT]:
        """What the filter lets through."""
        return self._rows.things

    def show(self, things: Sequence[ThingT]) -> None:
        """Shows these, as far as the filter lets them through, instead of those before."""
        self._things = things
        self._narrow()

    def go_to(self, index: int) -> None:
        """Puts the cursor on the thing that is shown at `index`."""
        self.table.move_to(index)

    def open_filter(self) -> None:
        self.filter_line.open()

    def clear_filter(self) -> bool:
        """Shows everything again; False where there was no filter."""
        if not self.filter_line.value:
            return False
        self.filter_line.action_clear()
        return True

    def to_the_list(self) -> None:
        # At once: `focus()` comes late, and would take the keys from whoever has them by then.
        self.screen.set_focus(self.table)

    def _narrow(self) -> None:
        words = self.filter_line.value.casefold().split()
        if words and len(self._things) > _AT_ONCE:
            self._narrow_apart(self._things, words)
        else:
            self.workers.cancel_node(self)
            self._take(self._things, self._narrowed(self._things, words))

    @work(exclusive=True, group="narrow")
    async def _narrow_apart(self, things: Sequence[ThingT], words: Sequence[str]) -> None:
        self._take(things, await asyncio.to_thread(self._narrowed, things, words))

    def _narrowed(self, things: Sequence[ThingT], words: Sequence[str]) -> Sequence[ThingT]:
        if not words:
            return things
        return [each for each in things if _holds(self._text(each).casefold(), words)]

    def _take(self, things: Sequence[ThingT], kept: Sequence[ThingT]) -> None:
        table, before = self.table, self.thing
        at = None if before is None else self._index(kept, self._key(before), table.cursor)
        if self._follows and kept and table.cursor >= self._rows.count - 1:
            at = len(kept) - 1
        self._rows = _Rows(kept, self._line)
        table.placeholder = Content(
            "No line holds all these words. Escape clears them." if things else self._nothing
        )
        table.set_source(self._rows, at)
        said = thousands(len(things))
        self.filter_line.truth = said if len(kept) == len(things) else f"{thousands(len(kept))} of {said}"
        self.post_message(self.Highlighted())

    def _index(self, things: Sequence[ThingT], key: str, near: int) -> int | None:
        # Most likely it is where it was.
        if near < len(things) and self._key(things[near]) == key:
            return near
        return next((at for at, each in enumerate(things) if self._key(each) == key), None)

    @on(FilterLine.Changed)
    def _changed(self, message: FilterLine.Changed) -> None:
        message.stop()
        self._narrow()

    @on(FilterLine.Kept)
    @on(FilterLine.Leave)
    @on(FilterLine.Cleared)
    def _leave(self, message: Message) -> None:
        message.stop()
        self.to_the_list()

    @on(ItemList.Highlighted)
    def _highlighted(self, message: ItemList.Highlighted) -> None:
        message.stop()
        self.post_message(self.Highlighted())

    @on(ItemList.Chosen)
    def _chosen(self, message: ItemList.Chosen) -> None:
        message.stop()
        if self.thing is not None:
            self.post_message(self.Chosen(self.thing))


def _holds(text: str, words: Sequence[str]) -> bool:
    return all(word in text for word in words)


class _Rows(Generic[ThingT]):
    """A `RowSource` that makes a line when it is about to be drawn."""

    def __init__(self, things: Sequence[ThingT], line: Callable[[ThingT], Line]) -> None:
        self.things = things
        self.count = len(things)
        self._line = line
        self._lines: dict[int, Line] = {}

    def row(self, index: int) -> Line | None:
        if not 0 <= index < self.count:
            return None
        line = self._lines.get(index)
        if line is None:
            line = self._lines[index] = self._line(self.things[index])
        return line

    def want(self, start: int, stop: int) -> None:
        """Nothing is ever missing."""
