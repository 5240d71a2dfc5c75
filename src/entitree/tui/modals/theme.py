"""Choosing a theme: the one under the cursor is on at once, and stays on if it is kept."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from entitree.errors import EntitreeError
from entitree.settings.saving import save_preference
from entitree.text import visible
from entitree.tui.screens.parting import PartingScreen
from entitree.tui.widgets.bound import bound
from entitree.tui.widgets.columns import Column
from entitree.tui.widgets.entry import Entry
from entitree.tui.widgets.fixed_rows import FixedRows
from entitree.tui.widgets.item_list import ItemList, Line

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from entitree.tui.app import EntitreeApp


MOST_SHOWN = 10
"""Themes on screen at a time."""


class ThemeChooser(PartingScreen["str | None"], ModalScreen["str | None"]):
    """Type to narrow, arrows to try, Enter to keep. Answers with the theme kept; None: it is as it was."""

    CSS_PATH = "theme.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("escape", "leave", "theme-leave", "Leave; the theme is as it was."),
        bound("down", "move(1)", "theme-down", "Try the next theme.", priority=True),
        bound("up", "move(-1)", "theme-up", "Try the theme before.", priority=True),
    ]
    app: EntitreeApp

    def __init__(self, wanted: str = "") -> None:
        """`wanted` is tried at once, where there is such a theme."""
        super().__init__()
        self._wanted = wanted
        self._shown: list[str] = []

    def compose(self) -> ComposeResult:
        with Vertical(id="themes") as frame:
            frame.border_title = "Theme"
            frame.border_subtitle = "Enter keeps · Esc leaves"
            yield Entry(id="narrow", placeholder="type to narrow")
            yield ItemList((Column("Name", weight=3, minimum=22), Column("", minimum=5, quiet=True)))
            yield Static(id="wrong")

    def on_mount(self) -> None:
        switch = self.app.theme_switch
        self._names, self._before = switch.names, switch.worn
        self._now = self.app.theme
        rows = self.query_one(ItemList)
        rows.can_focus = False
        rows.styles.height = min(len(self._names), MOST_SHOWN) + rows.head_height
        rows.placeholder = Content("No theme is called that.")
        self._show("", self._wanted or self._now)

    @on(Input.Changed)
    def _typed(self, message: Input.Changed) -> None:
        self._show(message.value, self.app.theme)

    @on(ItemList.Highlighted)
    def _highlighted(self) -> None:
        self._try()

    @on(Input.Submitted)
    @on(ItemList.Chosen)
    def _chosen(self) -> None:
        # It may be chosen before it was drawn, and so before it was tried.
        name = self._try()
        if name is not None:
            self.dismiss(name)

    def action_move(self, by: int) -> None:
        rows = self.query_one(ItemList)
        rows.move_to(rows.cursor + by)

    def action_leave(self) -> None:
        if self._before is not None:
            self.app.theme_switch.put_back(self._before)
        self.dismiss(None)

    def _show(self, narrowed: str, at: str) -> None:
        words = narrowed.casefold().split()
        self._shown = [name for name in self._names if all(word in name for word in words)]
        cursor = self._shown.index(at) if at in self._shown else 0
        self.query_one(ItemList).set_source(FixedRows([self._line(name) for name in self._shown]), cursor)

    def _line(self, name: str) -> Line:
        note = "yours" if self.app.theme_switch.is_own(name) else ""
        cells = (visible(name), "now" if name == self._now else note)
        return Line(key=name, cells=cells, marked=False, locked=False)

    def _try(self) -> str | None:
        """The theme under the cursor, which is on now; None where there is none, or it is wrong."""
        at = self.query_one(ItemList).cursor
        if at >= len(self._shown):
            return None
        name = self._shown[at]
        switch = self.app.theme_switch
        problems = switch.use(name)
        self.query_one("#wrong", Static).update(Content(switch.told(problems)))
        return None if problems else name


def choose_theme(app: EntitreeApp, wanted: str = "") -> None:
    """Asks for a theme, `wanted` to begin with, and keeps what is answered."""

    def chosen(name: str | None) -> None:
        if name is not None:
            app.run_worker(_keep(app, name), group="theme", exclusive=True)

    app.push_screen(ThemeChooser(wanted), chosen)


async def _keep(app: EntitreeApp, name: str) -> None:
    """Saves that `name` is the theme, and says who will say otherwise."""
    app.theme_switch.base = name
    try:
        await asyncio.to_thread(save_preference, app.accounts.paths, theme=name)
    except EntitreeError as error:
        app.complain(error)
        return
    said = app.accounts.settings.config.theme
    profile = app.account.profile if app.account is not None else None
    if profile is not None and profile.theme not in (None, name):
        app.notify(f"Kept; but {visible(profile.name)} asks for {visible(profile.theme)} when it is opened.")
    elif said not in (None, name):
        app.notify(f"Kept; but config.toml asks for {visible(said)}, which wins when you start again.")
    else:
        app.notify(f"{visible(name)} is the theme from now on.")
