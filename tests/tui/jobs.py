"""Plans and jobs for tests: made through the desk, shown by keys."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.tui.journeys import press

from entitree.api.transport import Reply
from entitree.changes.edits import Alias, Create, Delete, Dissociate
from entitree.demos.scenario import settled
from entitree.inventory.model import Kind
from entitree.tui.app import EntitreeApp
from entitree.tui.screens.job import JobScreen
from entitree.tui.screens.plan import PlanScreen

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tests.tui.conftest import Stage
    from textual.pilot import Pilot

    from entitree.api.transport import Request
    from entitree.changes.edits import Edit
    from entitree.changes.plan import Plan

REFUSED = Reply(403, {"content-type": "application/json"}, b"{}")
BAD = Reply(400, {"content-type": "application/json"}, b"{}")

ADDING: tuple[Edit, ...] = (
    *(Create(Kind.ENTITY, f"store-{at:03}", f"Store {at}") for at in range(3)),
    Alias(Kind.ENTITY, "bigcola-us", "Big Cola, United States"),
    Alias(Kind.ENTITY, "bigcola-fr", None),
)
"""Removes nothing."""


def writes(request: Request) -> bool:
    """Whether it changes applications, entities or associations: some other lists are read by POST."""
    return request.method != "GET" and request.target.startswith("/provisioning/")


class Door:
    """Lets so many writes through, and holds the others back until it is opened."""

    def __init__(self, through: int = 0) -> None:
        self.open = asyncio.Event()
        self.knocked = asyncio.Event()
        self._through = through

    def fault(self, request: Request) -> asyncio.Event | None:
        if not writes(request):
            return None
        if self._through:
            self._through -= 1
            return None
        self.knocked.set()
        return self.open


def refusing(*words: str, reply: Reply = REFUSED) -> Callable[[Request], Reply | None]:
    """A platform that refuses every write whose path or body holds one of the words; without words each."""

    def fault(request: Request) -> Reply | None:
        if not writes(request):
            return None
        said = f"{request.target} {(request.body or b'').decode()}"
        return reply if not words or any(word in said for word in words) else None

    return fault


async def planned(stage: Stage, edits: Sequence[Edit]) -> Plan:
    """The plan for `edits`, with the impact of what is deleted."""
    desk = stage.watched.desk
    impacts = [
        await desk.impact(kind, ids)
        for kind in Kind
        if (ids := [each.id for each in edits if isinstance(each, Delete) and each.kind is kind])
    ]
    return await desk.plan(edits, impacts)


async def dissociating(stage: Stage, item_id: str) -> tuple[Edit, ...]:
    """Everything that is associated with an entity taken from it."""
    links = await stage.watched.store.links(Kind.ENTITY, (item_id,))
    return tuple(map(Dissociate, links.associations))


async def show(pilot: Pilot[int], stage: Stage, edits: Sequence[Edit], *, title: str = "") -> PlanScreen:
    """Puts the plan for `edits` on screen."""
    await settled(pilot)
    plan = await planned(stage, edits)
    screen = PlanScreen(stage.watched, plan, title=title)
    pilot.app.push_screen(screen)
    await settled(pilot)
    return screen


async def apply(pilot: Pilot[int], screen: PlanScreen) -> None:
    """Applies the plan on screen by keys, whatever that takes."""
    from entitree.tui.screens.plan_lines import confirmation

    if screen._removes:
        await press(pilot, *("space" if char == " " else char for char in confirmation(screen.plan)))
        await pilot.press("enter")
    else:
        await pilot.press("tab", "enter")


async def until(pilot: Pilot[int], true: Callable[[], bool]) -> None:
    """Goes on when `true` is, which has to be soon."""
    async with asyncio.timeout(20):
        while not true():
            await pilot.pause()


async def done(pilot: Pilot[int], stage: Stage, edits: Sequence[Edit]) -> int:
    """Makes a job of `edits` and runs it, as another process would; the app has seen it."""
    desk, app = stage.watched.desk, pilot.app
    job_id = await desk.submit(await planned(stage, edits))
    await desk.run(job_id)
    assert isinstance(app, EntitreeApp)
    assert app.job_watch is not None
    await app.job_watch.look()
    await settled(pilot)
    return job_id


def job_screen(pilot: Pilot[int]) -> JobScreen:
    assert isinstance(pilot.app.screen, JobScreen)
    return pilot.app.screen


def files(folder: Path) -> list[Path]:
    """What was written into a folder."""
    return [each for each in folder.iterdir() if each.is_file()]
