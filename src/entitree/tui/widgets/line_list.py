"""The ground of every scrolling list here: one cursor over lines that are drawn one by one.

Built on Textual's line API: a line is rendered only when it is on screen and changed, whatever the number of
lines, and moving the cursor repaints two lines. At the edge the view moves by half a page, so that a held key
seldom repaints everything: over a slow line each repaint is felt. Keys may come faster than the screen is
painted: each only moves the cursor and the view; what follows from where they came to rest (what is measured
and fetched, who is told) is done once, with the repaint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, Self

from rich.style import Style
from textual.content import Content
from textual.geometry import Region, Size
from textual.reactive import Reactive, reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from entitree.tui.widgets.bound import bound
from entitree.tui.widgets.direct_lines import DirectLines
from entitree.tui.widgets.empty_list import placeholder_lines
from entitree.tui.widgets.slim_scrollbar import SlimScrollBar

if TYPE_CHECKING:
    from textual import events
    from textual.binding import BindingType
    from textual.scrollbar import ScrollBar

CursorStyle = Literal["row", "gutter"]
Edge = Literal["half", "line"]

LEAN = "-lean"
"""Class of the app, and of each list in it, where bytes are to be spared."""
NARROW = 60
"""Below this many cells a list has no scrollbar: the cell is needed for text."""


class LineList(DirectLines, ScrollView, can_focus=True, inherit_bindings=False):
    """A cursor over `count` lines below `head_height` pinned ones; subclasses draw them.

    Attributes:
        cursor: index of the line the cursor is on; 0 when there is none.
        cursor_style: `row` paints the whole line, `gutter` only the bar (fewest bytes).
        edge: how far the view moves when the cursor leaves it: `half` a page or one `line`.
        placeholder: shown in place of lines when there are none.
    """

    ALLOW_SELECT = False
    PLACEHOLDER_INDENT: ClassVar[int] = 1
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("up,k", "move(-1)", "list-up", "One line up."),
        bound("down,j", "move(1)", "list-down", "One line down."),
        bound("pageup", "page(-1)", "list-page-up", "One page up."),
        bound("pagedown", "page(1)", "list-page-down", "One page down."),
        bound("home,g", "first", "list-first", "To the first line."),
        bound("end,G,upper_g", "last", "list-last", "To the last line."),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "line-list--cursor",
        "line-list--bar",
        "line-list--dim",
        "line-list--head",
        "line-list--mark",
    }
    DEFAULT_CSS = """
    LineList {
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
        background: $background;
        color: $foreground;
        &.-narrow, &.-lean { scrollbar-size-vertical: 0; }
        & > .line-list--head { color: $dim; text-style: bold; }
        & > .line-list--dim { color: $dim; text-style: $dim-style; }
        & > .line-list--mark { color: $mark; text-style: bold; }
        & > .line-list--bar { color: $dim; }
        & > .line-list--cursor { background: $cursor-blurred; text-style: $cursor-blurred-style; }
        &:focus {
            & > .line-list--head { color: $foreground; }
            & > .line-list--bar { color: $accent; }
            & > .line-list--cursor { background: $cursor; text-style: $cursor-style; }
        }
    }
    """

    # As in every widget, but for the layout of the whole screen that another number of lines would cost.
    virtual_size = Reactive(Size(0, 0), layout=False, repaint=False)
    cursor: reactive[int] = reactive(0, repaint=False, init=False)
    cursor_style: reactive[CursorStyle] = reactive[CursorStyle]("row", init=False)
    placeholder: reactive[Content] = reactive(Content(""), repaint=False, init=False)
    edge: Edge = "half"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._paints: dict[tuple[bool, tuple[str, ...]], Style] = {}
        self._moved = False
        self._settling = False
        self._unpainted = False
        # The placeholder, laid out once for all lines of a paint.
        self._instead: list[Strip] | None = None

    # What a subclass says and draws

    @property
    def count(self) -> int:
        """Number of lines."""
        raise NotImplementedError

    @property
    def head_height(self) -> int:
        """Number of pinned lines above them."""
        return 0

    def head_line(self, y: int) -> Strip:
        """The pinned line `y`, `line_width` cells wide."""
        raise NotImplementedError

    def row_line(self, index: int) -> Strip:
        """The line `index`, `line_width` cells wide."""
        raise NotImplementedError

    def cursor_moved(self) -> None:
        """The cursor rests on another line. Told after the repaint, once however many moves led there."""

    def window_changed(self) -> None:
        """Other lines came into view, or the width changed: all will be drawn.

        Told at each step of a scroll, of which few may ever be painted: to be cheap.
        """

    def settled(self) -> None:
        """All that was moved and changed is painted, or is not to be seen at all."""
        if self._moved:
            self._moved = False
            self.cursor_moved()

    def choose(self) -> None:
        """The line under the cursor was chosen by mouse."""

    # What others ask and order

    @property
    def line_width(self) -> int:
        """Cells of a line: the widget's width without its scrollbar."""
        return max(0, self.size.width - self.scrollbar_size_vertical)

    @property
    def page(self) -> int:
        """Lines that fit on screen, at least 1."""
        return max(1, self.room - self.head_height)

    @property
    def room(self) -> int:
        """Its height; off screen the one it last had there, 0 where it never was.

        Keys that were typed right behind the one that shows it come before it is laid out.
        """
        return self.size.height or self._size.height

    @property
    def in_gutter(self) -> bool:
        """Whether all that shows the cursor is the bar."""
        return self.cursor_style == "gutter" or self.has_class(LEAN)

    def set_lean(self, *, lean: bool) -> None:
        """Draws it lean, or no longer."""
        self.set_class(lean, LEAN)
        self.notify_style_update()
        self.refresh(layout=True)
        self.window_changed()

    def visible_range(self) -> range:
        """Indexes of the lines on screen."""
        top = self.scroll_offset.y
        return range(min(top, self.count), min(self.count, top + self.page))

    def move_to(self, index: int) -> None:
        """Puts the cursor on `index`, or as near as there is a line, and shows it."""
        if self.validate_cursor(index) == self.cursor:
            self.show_cursor()
        else:
            self.cursor = index

    def show_cursor(self) -> None:
        """Scrolls so that the cursor's line is on screen, if it is not."""
        if not self.room or not self.count:
            return
        top = self.scroll_offset.y
        if top <= self.cursor < top + self.page:
            return
        if self.edge == "half":
            self.scroll_lines_to(self.cursor - self.page // 2)
        else:
            self.scroll_lines_to(self.cursor if self.cursor < top else self.cursor - self.page + 1)

    def scroll_lines_to(self, top: int) -> None:
        """Scrolls so that line `top` is the first on screen, as far as there are lines to fill it."""
        if self.is_running:
            self.scroll_to(y=top, animate=False, force=True, immediate=True)

    def lines_changed(self) -> None:
        """The number of lines may have changed, and what they say: everything is measured and drawn anew."""
        self._resize_lines()
        self.scroll_y = self.validate_scroll_y(self.scroll_y)
        self.window_changed()
        self.refresh()

    def refresh_rows(self, *indexes: int, width: int = 0) -> None:
        """Draws these lines anew, where they are on screen; `width`: their first cells only, 0 is all."""
        top, page, head = self.scroll_offset.y, self.page, self.head_height
        for index in indexes:
            if 0 <= index - top < page:
                self.refresh(Region(0, index - top + head, width or self.size.width, 1))

    def settle_soon(self) -> None:
        """Has `settled` called after the next repaint, once however often this is called before."""
        if not self._settling:
            self._settling = self.call_after_refresh(self._settle)

    def paint(self, *names: str, cursor: bool = False) -> Style:
        """The style of component classes over the widget's own, on the cursor's line or not.

        On that line nothing is dim: it is the one that is read, and each colour costs bytes with each key.
        """
        style = self._paints.get((cursor, names))
        if style is None:
            over = (
                self.get_component_rich_style("line-list--cursor") if cursor and not self.in_gutter else None
            )
            plain = not names or (over is not None and names == ("line-list--dim",))
            style = self.rich_style if plain else self.get_component_rich_style(*names)
            if over is not None:
                style += Style(bgcolor=over.bgcolor, reverse=over.reverse, underline=over.underline)
            self._paints[cursor, names] = style
        return style

    # How Textual drives it

    @property
    def vertical_scrollbar(self) -> ScrollBar:
        if self._vertical_scrollbar is None:
            self._vertical_scrollbar = bar = SlimScrollBar(
                name="vertical", thickness=self.scrollbar_size_vertical
            )
            bar.display = False
            # As Textual does it for its own.
            self.app._start_widget(self, bar)  # noqa: SLF001
        return self._vertical_scrollbar

    def on_mount(self) -> None:
        if self.app.has_class(LEAN):
            self.add_class(LEAN)

    def validate_cursor(self, index: int) -> int:
        return max(0, min(index, self.count - 1))

    def watch_cursor(self, old: int, new: int) -> None:
        self.show_cursor()
        # All that a cursor in the gutter changes is the bar.
        self.refresh_rows(old, new, width=1 if self.in_gutter else 0)
        self._moved = True
        self.settle_soon()

    def watch_placeholder(self) -> None:
        # A hundred lines are not drawn anew for words that nobody sees.
        if not self.count:
            self.refresh()

    def watch_cursor_style(self) -> None:
        self.notify_style_update()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self.window_changed()

    def _size_updated(
        self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True
    ) -> bool:
        # Not on Resize: Textual sends none where somebody asked for a size between mounting and layout.
        if size != self._size:
            self.call_next(self._use_room)
        return super()._size_updated(size, virtual_size, container_size, layout)

    def _use_room(self) -> None:
        """Makes use of the room there is now."""
        self.set_class(self._size.width < NARROW, "-narrow")
        self._resize_lines()
        self.show_cursor()
        self.window_changed()

    def notify_style_update(self) -> None:
        self._paints.clear()
        super().notify_style_update()

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        self._unpainted = True
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def render_lines(self, crop: Region) -> list[Strip]:
        self._unpainted, self._instead = False, None
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        if y < self.head_height:
            return self.head_line(y)
        index = self.scroll_offset.y + y - self.head_height
        if index < self.count:
            return self.row_line(index)
        if not self.count:
            if self._instead is None:
                self._instead = placeholder_lines(self, self.placeholder, self.line_width, self.paint())
            if (below := y - self.head_height) < len(self._instead):
                return self._instead[below]
        return Strip.blank(self.line_width, self.paint())

    def on_click(self, event: events.Click) -> None:
        index = self.scroll_offset.y + event.y - self.head_height
        if event.y < self.head_height or index >= self.count:
            return
        event.stop()
        self.cursor = index
        if event.chain == 2:
            self.choose()

    def action_move(self, by: int) -> None:
        self.move_to(self.cursor + by)

    def action_page(self, by: int) -> None:
        """A page on: view and cursor move together, so the cursor keeps its place on screen."""
        top = self.scroll_offset.y
        self.scroll_lines_to(top + by * self.page)
        self.move_to(self.cursor + by * self.page)

    def action_first(self) -> None:
        self.move_to(0)

    def action_last(self) -> None:
        self.move_to(self.count - 1)

    def _resize_lines(self) -> None:
        # No less than there is room for: then the scrollbar is blank.
        size = Size(1, max(self.count + self.head_height, self.room))
        if size != self.virtual_size:
            # Lines are never scrolled sideways, and the scrollbar is always there: nothing moves for this.
            self.virtual_size = size
            if self.is_attached:
                self.vertical_scrollbar.window_virtual_size = size.height

    def _settle(self, tries: int = 2) -> None:
        # A busy screen calls back before it knows that this is to be painted. What is not on show never is.
        if self._unpainted and tries:
            self.call_after_refresh(self._settle, tries - 1)
            return
        self._settling = False
        self.settled()
