"""Which theme is on: taken from its file, changed, and read again when that file of the user's changes."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.filter import LineFilter, Monochrome, NoColor

from entitree.text import visible
from entitree.tui.theme_check import not_among
from entitree.tui.themes import (
    COLOURLESS_THEME,
    DEFAULT_THEME,
    find_theme,
    is_colourless,
    read_theme,
    theme_folder,
    theme_names,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from textual.app import App
    from textual.color import Color
    from textual.theme import Theme
    from textual.timer import Timer

LOOKED_AT = 3.0
"""Seconds between looks at the file of the theme that is on, where it is the user's own."""


MOST_TOLD = 4
"""Problems of a theme that one message names; more would hide what it is about."""


class Worn(NamedTuple):
    """A theme that is on, and its file as it was when it was read."""

    theme: Theme
    file: Path
    stamp: tuple[int, int] | None


class Colourless(LineFilter):
    """Leaves of a line its letters and their styles: Textual's own for NO_COLOR makes greys."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [Segment(text, style and _bare(style), control) for text, style, control in segments]


@lru_cache(1024)
def _bare(style: Style) -> Style:
    # Where a click goes is kept beside the colours, and falls away with them.
    bare = style.without_color
    return bare + Style.from_meta(style.meta) if style.meta else bare


_COLOURLESS = Colourless()


class ThemeSwitch:
    """Changes the theme of `app` by name. `own` is the user's folder of themes.

    With NO_COLOR there is one theme only, whatever is asked for, and no colour.

    Attributes:
        base: the theme for every profile that does not ask for another.
        no_colour: whether NO_COLOR is set.
        colourless: whether nothing that is drawn may have a colour.
    """

    def __init__(self, app: App[Any], own: Path, base: str, *, no_colour: bool = False) -> None:
        self._app = app
        self._own = own
        self.base = base
        self.no_colour = no_colour
        self.colourless = no_colour
        self._on: Worn | None = None
        self._timer: Timer | None = None

    @property
    def names(self) -> list[str]:
        """All there are files of, right or wrong."""
        return [COLOURLESS_THEME] if self.no_colour else theme_names(self._own)

    @property
    def worn(self) -> Worn | None:
        """What is on, for `put_back`."""
        return self._on

    def is_own(self, name: str) -> bool:
        """Whether `name` is a file of the user's folder."""
        file = find_theme(name, self._own)
        return file is not None and file.parent == self._own

    def hold(self, wanted: str | None = None) -> str:
        """Puts on what a profile wants, or else the base, or else the default.

        Returns what is wrong with it and what is on instead, as one message; nothing where all is right.
        """
        problems = self.use(wanted or self.base)
        if problems:
            # Ours: one of the user's that is called the same may be what is wrong.
            file = theme_folder() / f"{DEFAULT_THEME}.toml"
            theme, _ = read_theme(file)
            if theme is not None:
                self._put_on(Worn(theme, file, None))
        return self.told(problems)

    def use(self, name: str) -> list[str]:
        """Puts `name` on. What is wrong with it, a sentence each: then what was on stays on."""
        if self.no_colour:
            file: Path | None = theme_folder() / f"{COLOURLESS_THEME}.toml"
        else:
            file = find_theme(name, self._own)
        if file is None:
            return [f"{name}: {not_among(name, self.names, 'theme')}"]
        return self._read(file)

    def put_back(self, worn: Worn) -> None:
        """Puts on again what was on, whatever became of its file."""
        self._put_on(worn)

    def look_again(self) -> None:
        """Puts on what the user's file says by now, if it is not what it said. Tells once what is wrong."""
        if self._on is None or self._on.file.parent != self._own:
            return
        stamp = _stamp_of(self._on.file)
        # None: an editor may have taken it away, to put a new one in its place.
        if stamp is not None and stamp != self._on.stamp:
            # Whatever it is: it is told once.
            self._on = Worn(self._on.theme, self._on.file, stamp)
            self.tell(self.told(self._read(self._on.file)))

    def watch(self) -> None:
        """Looks at the file now and then, where it is the user's. The app runs."""
        watched = self._on is not None and self._on.file.parent == self._own
        if watched and self._timer is None:
            self._timer = self._app.set_interval(LOOKED_AT, self.look_again)
        elif not watched and self._timer is not None:
            self._timer.stop()
            self._timer = None

    def told(self, problems: list[str]) -> str:
        """`problems` as one message, with what is on all the same; nothing for none."""
        if not problems:
            return ""
        more = len(problems) - MOST_TOLD
        rest = [f"And {more} more."] if more > 0 else []
        return "\n".join(map(visible, (*problems[:MOST_TOLD], *rest, f"{self._app.theme} is on.")))

    def tell(self, message: str) -> None:
        """Shows `message`, if there is any."""
        if message:
            self._app.notify(message, title="Theme", severity="warning", timeout=15)

    def filters(self, usual: Sequence[LineFilter]) -> Sequence[LineFilter]:
        """What lines go through on their way to the terminal: not what Textual does for NO_COLOR."""
        if self.colourless:
            return (_COLOURLESS,)
        return [each for each in usual if not isinstance(each, Monochrome | NoColor)]

    def _read(self, file: Path) -> list[str]:
        stamp = _stamp_of(file)
        theme, problems = read_theme(file)
        if theme is not None:
            self._put_on(Worn(theme, file, stamp))
        return problems

    def _put_on(self, worn: Worn) -> None:
        app, theme = self._app, worn.theme
        self._on = worn
        changed = theme != app.get_theme(theme.name)
        self.colourless = self.no_colour or is_colourless(theme)
        app.register_theme(theme)
        if theme.name != app.theme:
            app.theme = theme.name
        elif changed:
            # For Textual the same name is the same theme.
            app.mutate_reactive(type(app).theme)
        if app.is_running:
            self.watch()


def _stamp_of(file: Path) -> tuple[int, int] | None:
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size
