"""When the account is read, and what is said of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.tui.journeys import main, press, told

from entitree.api.transport import Reply
from entitree.demos.scenario import settled
from entitree.inventory.model import Family
from entitree.tui.screens.mirror import MirrorScreen
from entitree.tui.widgets.item_list import ItemList

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.tui.conftest import Stage
    from textual.pilot import Pilot

    from entitree.api.transport import Request
    from entitree.tui.app import EntitreeApp

ENTITIES = "/provisioning/1/entities?"


def lines(app: EntitreeApp) -> dict[str, tuple[str, ...]]:
    """The lines of the mirror screen, by what they are about."""
    assert isinstance(app.screen, MirrorScreen)
    source = app.screen.query_one(ItemList)._source
    found = [line for at in range(source.count) if (line := source.row(at)) is not None]
    return {line.cells[0]: line.cells[1:] for line in found}


def asked_for(stage: Stage, start: str) -> int:
    """How many requests began so."""
    if stage.account is None or not stage.account.connected:
        return 0
    return sum(request.target.startswith(start) for request in stage.watched.wire.seen)


async def until(pilot: Pilot[int], holds: Callable[[], bool]) -> None:
    """While something is held back the app never comes to rest: waits for what is expected instead."""
    while not holds():
        await pilot.pause()


async def test_what_is_being_read_already_is_not_read_once_more(stage: Stage) -> None:
    gate = asyncio.Event()
    app = stage.app(fault=lambda request: gate if request.target.startswith(ENTITIES) else None)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: asked_for(stage, ENTITIES) == 1)
        screen = main(app)
        screen.refresh_all()
        screen.read((Family.ENTITIES,))
        await pilot.pause()
        assert "reading" in screen.reading
        gate.set()
        await settled(pilot)
        assert screen.reading == ""
        assert asked_for(stage, ENTITIES) == 1


async def test_the_account_is_read_by_itself_but_never_under_a_dialog(stage: Stage) -> None:
    app = stage.app(refresh_minutes=5)
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        screen = main(app)
        assert any(timer._interval == 300 for timer in screen._timers)
        seen = stage.watched.wire.seen
        await press(pilot, "2", "n")
        before = len(seen)
        screen.refresh_when_free()
        await settled(pilot)
        assert len(seen) == before
        await press(pilot, "escape")
        after = len(seen)
        assert sum(request.target.startswith(ENTITIES) for request in seen[before:]) == 1
        await press(pilot, "n", "escape")
        assert len(seen) == after
        screen.refresh_when_free()
        await settled(pilot)
        assert len(seen) > after


async def test_without_the_setting_nothing_is_read_by_itself(stage: Stage) -> None:
    app = stage.app()
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        assert not [timer for timer in main(app)._timers if timer._interval >= 60]


async def test_every_family_says_how_well_it_is_known_and_what_it_costs(stage: Stage) -> None:
    def refusing(request: Request) -> Reply | None:
        if "/sending-strategies" in request.target:
            return Reply(403)
        return Reply(500) if request.target.startswith("/email/") else None

    app = stage.app(fault=refusing)
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "M")
        shown = lines(app)
        assert len(shown) == len(Family)
        assert shown["Entities"] == ("240", "whole", "14:02:11", "1 request")
        assert shown["Strategies"][:3] == ("–", "not allowed", "–")
        assert shown["Domains"][1] == "failed"
        assert shown["Subscriptions"][3].startswith("22 requests")
        here, state, read, cost = shown["Inbound configurations"]
        assert (here, read) == ("–", "–")
        assert state.startswith("0 of ")
        assert cost.endswith(" requests")
        await press(pilot, "j", "j", "j")
        assert "sending-strategy:manage" in str(app.screen.query_one("#why").render())
        await press(pilot, "escape")
        assert main(app).pane.table.has_focus


async def test_inbound_configurations_are_walked_stopped_and_gone_on_with(stage: Stage) -> None:
    gate = asyncio.Event()
    asked: list[str] = []

    def slow(request: Request) -> asyncio.Event | None:
        if "inbound-message" not in request.target:
            return None
        asked.append(request.target)
        return gate if len(asked) > 8 else None

    app = stage.app(fault=slow)
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "M")
        await pilot.press("w")
        await until(pilot, lambda: "reading 8 of" in lines(app)["Inbound configurations"][1])
        await press(pilot, "w")
        assert lines(app)["Inbound configurations"][1].startswith("8 of ")
        gate.set()
        await press(pilot, "w")
        assert lines(app)["Inbound configurations"][1] == "whole"
        total = len((await stage.watched.plan_walk()).targets)
        assert total == 0
        # Those that were under way when it was stopped are asked for again, the rest once.
        assert len(asked) - len(set(asked)) <= 4
        assert told(app) == ""


async def test_a_family_is_read_alone(stage: Stage) -> None:
    app = stage.app()
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "M", "j")
        before = len(stage.watched.wire.seen)
        await press(pilot, "r")
        asked = [request.target for request in stage.watched.wire.seen[before:]]
        assert [target.partition("?")[0] for target in asked] == ["/provisioning/1/entities"]
