"""What journeys through the app have in common: keys, what was said, and searches that can be held."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from entitree.demos.scenario import settled
from entitree.tui.screens.main import MainScreen

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from textual.pilot import Pilot

    from entitree.inventory.find import Query, Sort
    from entitree.inventory.listing import Listing
    from entitree.sandbox import Sandbox
    from entitree.tui.app import EntitreeApp
    from entitree.tui.widgets.found_pane import FoundPane


async def press(pilot: Pilot[int], *keys: str) -> None:
    """Presses `keys`, each when all that the one before caused has happened."""
    for key in keys:
        await pilot.press(key)
        await settled(pilot)


def told(app: EntitreeApp) -> str:
    """What the toasts on screen say."""
    return " | ".join(str(each.message) for each in app._notifications)


def main(app: EntitreeApp) -> MainScreen:
    assert isinstance(app.screen, MainScreen)
    return app.screen


def many(number: int, prefix: str = "shop") -> Callable[[Sandbox], None]:
    """Adds so many entities, `shop-0000` and on, to a sandbox."""

    def add(platform: Sandbox) -> None:
        with platform._state.transaction(writes=True) as db:
            db.executemany(
                "INSERT INTO entities (id, name) VALUES (?, ?)",
                [(f"{prefix}-{at:04}", f"Shop {at}") for at in range(number)],
            )

    return add


def unowned(*entities: str) -> Callable[[Sandbox], None]:
    """Associates a sender that the account does not have with these entities, which need not exist."""

    def add(platform: Sandbox) -> None:
        with platform._state.transaction(writes=True) as db:
            (application,) = db.execute("SELECT id FROM applications WHERE id <> 'default'").fetchone()
            db.executemany(
                "INSERT INTO associations (resource_type, channel, application_id, entity_id, resource_id)"
                " VALUES ('ALPHA', 'SMS', ?, ?, 'GhostCo')",
                [(application, entity) for entity in entities],
            )

    return add


@dataclass
class Searches:
    """Every search of a pane from now on. Those that `held` is true of wait after their first screenful for
    `go`.
    """

    pane: FoundPane[Any, Any]
    held: Callable[[Query], bool] = lambda query: False
    go: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[Query] = field(default_factory=list)
    ended: list[Query] = field(default_factory=list)
    """Closed, whether they were complete or not."""
    waiting: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._search = self.pane.shelf.search
        self.pane.shelf.search = self._watched  # type: ignore[method-assign]

    async def _watched(self, query: Query, sort: Sort) -> AsyncGenerator[Listing, None]:
        self.asked.append(query)
        try:
            async with aclosing(self._search(query, sort)) as growing:
                async for listing in growing:
                    yield listing
                    if self.held(query) and not self.go.is_set():
                        self.waiting.set()
                        await self.go.wait()
        finally:
            self.ended.append(query)
