"""Plans and jobs in their states, as pictures; updated only after somebody looked at them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from tests.tui.jobs import ADDING, BAD, Door, apply, dissociating, done, job_screen, refusing, show, until
from tests.tui.journeys import press
from tests.tui.test_pictures import SIZES, Compare

from entitree.changes.edits import Alias, Create, Delete
from entitree.changes.jobs import StepState
from entitree.demos.scenario import settled
from entitree.inventory.model import Kind

if TYPE_CHECKING:
    from tests.tui.conftest import Stage
    from textual.pilot import Pilot

Play = Callable[["Pilot[int]", "Stage", Door], Awaitable[None]]


@dataclass(frozen=True)
class Scene:
    """What is played, and on which app."""

    name: str
    play: Play
    through: int | None = None
    """So many writes are let through; None: all of them."""
    options: Mapping[str, Any] = field(default_factory=dict)


async def plan_adding(pilot: Pilot[int], stage: Stage, door: Door) -> None:
    await show(pilot, stage, ADDING)
    await press(pilot, "down", "down", "down")


async def plan_removing(pilot: Pilot[int], stage: Stage, door: Door) -> None:
    await settled(pilot)
    await show(
        pilot,
        stage,
        [*await dissociating(stage, "bigcola-us"), Delete(Kind.ENTITY, "bigcola-fr")],
        title="Spring cleaning",
    )
    await press(pilot, "a", "p", "p", "l", "y", "end")


async def plan_conflict(pilot: Pilot[int], stage: Stage, door: Door) -> None:
    await show(
        pilot, stage, [Create(Kind.ENTITY, "bigcola-us"), *ADDING[:2], Alias(Kind.ENTITY, "gone", "x")]
    )


async def job_running(pilot: Pilot[int], stage: Stage, door: Door) -> None:
    await apply(pilot, await show(pilot, stage, ADDING))
    await until(pilot, door.knocked.is_set)
    sent = [StepState.DONE, StepState.DONE, StepState.INFLIGHT]
    await until(pilot, lambda: [each.state for each in job_screen(pilot).rows.shown[:3]] == sent)


async def job_on_main(pilot: Pilot[int], stage: Stage, door: Door) -> None:
    await job_running(pilot, stage, door)
    await pilot.press("escape", "5")
    await pilot.pause()


async def job_leaving(pilot: Pilot[int], stage: Stage, door: Door) -> None:
    await job_running(pilot, stage, door)
    await pilot.press("escape", "q")
    await pilot.pause()


async def job_paused(pilot: Pilot[int], stage: Stage, door: Door) -> None:
    await apply(pilot, await show(pilot, stage, ADDING))
    await settled(pilot)


async def job_failed(pilot: Pilot[int], stage: Stage, door: Door) -> None:
    await apply(pilot, await show(pilot, stage, ADDING))
    await settled(pilot)
    assert job_screen(pilot).job is not None


async def undo_lost(pilot: Pilot[int], stage: Stage, door: Door) -> None:
    await settled(pilot)
    await done(pilot, stage, [Delete(Kind.ENTITY, "bigcola-us")])
    await press(pilot, "2", "U")


async def jobs_tab(pilot: Pilot[int], stage: Stage, door: Door) -> None:
    await settled(pilot)
    for edits in (ADDING[:2], ADDING[2:4], [Create(Kind.ENTITY, "store-009", "bad")]):
        await done(pilot, stage, edits)
    await press(pilot, "5", "down")


SCENES = (
    Scene("plan-adding", plan_adding),
    Scene("plan-removing", plan_removing),
    Scene("plan-conflict", plan_conflict),
    Scene("plan-read-only", plan_adding, options={"read_only": True}),
    Scene("job-running", job_running, through=2),
    Scene("job-running-on-its-tab", job_on_main, through=2),
    Scene("job-leaving", job_leaving, through=2),
    Scene("job-paused", job_paused, options={"fault": refusing("store-002")}),
    Scene("job-failed", job_failed, options={"fault": refusing("store-001", "bigcola-fr", reply=BAD)}),
    Scene("undo-lost", undo_lost),
    Scene("jobs", jobs_tab, options={"fault": refusing('"bad"', reply=BAD)}),
)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_scene(scene: Scene, size: tuple[int, int], snap_compare: Compare, stage: Stage) -> None:
    door = Door(scene.through or 0)
    options = dict(scene.options) if scene.through is None else {"fault": door.fault, **scene.options}

    async def play(pilot: Pilot[int]) -> None:
        await scene.play(pilot, stage, door)

    app = stage.app("demo", **options)
    assert snap_compare(app, terminal_size=size, run_before=play)
