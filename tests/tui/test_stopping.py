"""Reading that takes long says how long, and can be stopped."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from tests.tui.jobs import done
from tests.tui.journeys import main, press, told
from tests.tui.test_pictures import no_answer

from entitree.changes.edits import Alias
from entitree.demos.scenario import settled
from entitree.inventory.model import Family, Kind
from entitree.tui.screens.mirror import MirrorScreen
from entitree.tui.screens.plan import PlanScreen
from entitree.tui.screens.reading_time import seconds_left

if TYPE_CHECKING:
    from tests.tui.conftest import Stage

    from entitree.api.transport import Request


@pytest.mark.parametrize(
    ("progress", "limits", "seconds"),
    [
        ({}, 1.0, 0),
        ({Family.ENTITIES: (0, None)}, 1.0, 0),
        ({Family.ENTITIES: (4_000, 100_000)}, 1.0, 96),
        ({Family.ENTITIES: (4_000, 100_000)}, 10.0, 9.6),
        ({Family.ENTITIES: (4_000, 100_000)}, None, 0),
        ({Family.ENTITIES: (99_999, 100_000), Family.APPLICATIONS: (0, 3_000)}, 1.0, 3),
        ({Family.ENTITIES: (1_001, 1_000)}, 1.0, 0),
        ({Family.INBOUND: (20, 120)}, 1.0, 50),
    ],
)
def test_the_time_left_is_that_of_what_takes_longest(
    progress: dict[Family, tuple[int, int | None]], limits: float | None, seconds: float
) -> None:
    assert seconds_left(progress, limits) == pytest.approx(seconds)


async def test_reading_is_stopped_from_the_mirror_and_goes_on_when_asked(stage: Stage) -> None:
    held = asyncio.Event()

    def slow(request: Request) -> asyncio.Event | None:
        return None if held.is_set() else no_answer(request)

    app = stage.app("demo", fault=slow)
    async with app.run_test(size=(100, 30)) as pilot:
        while not main(app).progress:
            await pilot.pause()
        main(app).progress[Family.ENTITIES] = (0, 4_000)
        assert main(app).reading.startswith("reading entities")
        screen = main(app)
        await pilot.press("M", "c")
        assert isinstance(app.screen, MirrorScreen)
        while screen.progress:
            await pilot.pause()
        await press(pilot, "c")
        assert "Nothing is being read just now." in told(app)
        held.set()
        await press(pilot, "R", "escape")
        assert (await main(app).account.store.families())[Family.ENTITIES].whole
        await settled(pilot)


async def test_planning_an_undo_is_stopped_by_the_same_key(stage: Stage) -> None:
    held = asyncio.Event()
    undoing = False

    def slow(request: Request) -> asyncio.Event | None:
        return held if undoing else None

    app = stage.app("demo", fault=slow)
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await done(pilot, stage, [Alias(Kind.ENTITY, "bigcola-us", "Big Cola, United States")])
        undoing = True
        await pilot.press("U")
        await pilot.pause()
        assert "U stops it." in told(app)
        await pilot.press("U")
        await pilot.pause()
        assert "The planning of the undo is broken off." in told(app)
        held.set()
        await press(pilot, "U")
        assert isinstance(app.screen, PlanScreen)
