"""The app on the account of the environment, never connected: nothing but its mirror is looked at."""

from __future__ import annotations

import asyncio
import os
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

# As `entitree.painting` does before anything imports Textual.
os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")
os.environ.setdefault("TEXTUAL_FPS", "240")

import entitree.tui.app
from entitree.account import Account
from entitree.accounts import Accounts
from entitree.settings.paths import find_paths
from entitree.tui.app import EntitreeApp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from rich.console import RenderableType
    from textual import events
    from textual.screen import Screen


class Unconnected(Account):
    async def connect(self) -> None:
        await asyncio.Event().wait()


class Browser(EntitreeApp):
    """The app that `entitree` would open in this environment, but for the way to the platform."""

    # Else it would be looked for beside this file.
    CSS_PATH = str(Path(entitree.tui.app.__file__).with_name("entitree.tcss"))
    compared = 0
    """How many rows are looked at."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        accounts = Accounts(find_paths(environ), environ)
        profile = accounts.choose(None)

        async def opened() -> Account:
            return await Unconnected.open(profile, accounts.paths.account(profile.folder), seed="empty")

        super().__init__(accounts, opened)
        self._looks: list[Callable[[], None]] = []

    def send(self, event: events.Key | events.Paste) -> float:
        """Hands in what a terminal would; returns when."""
        assert self._driver is not None
        event.set_sender(self)
        at = time.perf_counter()
        self._driver.process_message(event)
        return at

    @contextmanager
    def each_frame(self, look: Callable[[], None]) -> Iterator[None]:
        """Calls `look` after whatever is drawn."""
        self._looks.append(look)
        try:
            yield
        finally:
            self._looks.remove(look)

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        super()._display(screen, renderable)
        for look in tuple(self._looks):
            look()


if __name__ == "__main__":
    Browser(os.environ).run()
