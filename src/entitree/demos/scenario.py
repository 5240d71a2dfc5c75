"""What a scenario is, and how it is driven."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from textual.app import App
    from textual.pilot import Pilot


@dataclass(frozen=True, slots=True)
class Step:
    """Keys pressed one after the other, and what the onlooker is told about them."""

    caption: str
    keys: tuple[str, ...] = ()
    picture: str = ""
    """Name of the picture taken when the step is done; none where empty."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A walk through the app on the sandbox's seed `demo`."""

    name: str
    about: str
    steps: tuple[Step, ...]

    @property
    def pictures(self) -> tuple[str, ...]:
        return tuple(f"{self.name}-{step.picture}" for step in self.steps if step.picture)


def typed(text: str) -> tuple[str, ...]:
    """The keys that type `text`."""
    names = {" ": "space", "-": "minus", ".": "full_stop", ":": "colon", "/": "slash", "_": "underscore"}
    return tuple(names.get(char, char) for char in text)


async def settled(pilot: Pilot[int]) -> None:
    """Waits until the app has nothing left to do: no messages under way, no worker running."""
    app: App[int] = pilot.app
    await pilot.pause()
    while running := [worker for worker in app.workers if not worker.is_finished]:
        # One that was cancelled for a newer one has finished too.
        await asyncio.gather(*(worker.wait() for worker in running), return_exceptions=True)
        await pilot.pause()
    await pilot.pause()


async def drive(pilot: Pilot[int], scenario: Scenario) -> AsyncIterator[Step]:
    """Plays `scenario` as fast as the app follows; yields each step when all it caused has happened."""
    app: App[int] = pilot.app
    await settled(pilot)
    for step in scenario.steps:
        app.clear_notifications()
        for key in step.keys:
            await pilot.press(key)
            await settled(pilot)
        yield step
