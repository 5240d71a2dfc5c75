"""Move, and what can be put before a deletion: each up to its plan, and through the platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.tui.journeys import main, press, told
from tests.tui.planning import apply, plan, said, titles
from textual.widgets import Button

from entitree.demos.scenario import settled, typed
from entitree.tui.modals.move import MoveDialog
from entitree.tui.modals.move_first import MoveFirstDialog
from entitree.tui.screens.impact import ImpactScreen
from entitree.tui.screens.main import MainScreen

if TYPE_CHECKING:
    from typing import Any

    from tests.tui.conftest import Stage

COLA = ("2", "slash", *typed("big-cola"), "enter")


def tied(stage: Stage, entity: str) -> list[Any]:
    """Associations and strategies that name an entity, as the platform has them."""
    dump = stage.watched.platform.dump()
    strategies = [each for each in dump["strategies"] if entity in str(each)]
    return [each for each in dump["associations"] if each.get("entityId") == entity] + strategies


async def test_move_ties_everything_to_what_is_found_by_typing(stage: Stage) -> None:
    app = stage.app("docs")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        before = len(tied(stage, "mc-burger"))
        await press(pilot, *COLA, "m")
        assert isinstance(app.screen, MoveDialog)
        assert "6 associations, 1 strategy, 2 subscriptions" in str(app.screen.query_one("#tied").render())
        assert "Bots" in str(app.screen.query_one("#unmovable").render())
        await press(pilot, "enter")
        assert "Say where to" in said(app)
        await press(pilot, *typed("mc"), "enter", "enter")
        moved = plan(app)
        assert any("LINE_OA" in each for each in moved.unchecked)
        await apply(pilot)
        assert isinstance(app.screen, MainScreen)
        assert tied(stage, "big-cola") == []
        assert len(tied(stage, "mc-burger")) > before


async def test_move_says_where_it_cannot_act(stage: Stage) -> None:
    app = stage.app("docs")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "asterisk", "m")
        assert "One is moved at a time" in told(app)
        await press(pilot, "3", "m")
        assert "tabs 1 and 2" in told(app)
        await press(pilot, "2", "u", "slash", *typed("big-cola"), "enter", "m", *typed("nobody"), "enter")
        assert isinstance(app.screen, MoveDialog)
        assert "There is no entity “nobody”" in said(app)


async def test_detach_first_deletes_what_has_nothing_tied_any_more(stage: Stage) -> None:
    app = stage.app("docs")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, *COLA, "space", "d")
        assert isinstance(app.screen, ImpactScreen)
        app.screen.query_one("#detach", Button).press()
        await settled(pilot)
        assert any(title.startswith("Dissociate") for title in titles(app))
        assert titles(app)[-1] == "Delete entity big-cola"
        await press(pilot, "escape")
        assert isinstance(app.screen, ImpactScreen)
        app.screen.query_one("#detach", Button).press()
        await settled(pilot)
        await apply(pilot)
        await settled(pilot)
        assert isinstance(app.screen, MainScreen)
        assert main(app).pane.marks == set()
        assert "big-cola" not in {each["entityId"] for each in stage.watched.platform.dump()["entities"]}
        assert tied(stage, "big-cola") == []


async def test_move_first_leaves_nothing_behind(stage: Stage) -> None:
    app = stage.app("docs")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, *COLA, "d")
        assert isinstance(app.screen, ImpactScreen)
        app.screen.query_one("#move", Button).press()
        await settled(pilot)
        assert isinstance(app.screen, MoveFirstDialog)
        # What goes is not offered.
        await press(pilot, *typed("big-cola"), "enter")
        assert isinstance(app.screen, MoveFirstDialog)
        assert "moved away from" in said(app)
        for _ in "big-cola":
            await press(pilot, "backspace")
        await press(pilot, *typed("mc-burger"), "enter")
        await apply(pilot)
        await settled(pilot)
        assert isinstance(app.screen, MainScreen)
        assert tied(stage, "big-cola") == []
        assert "big-cola" not in {each["entityId"] for each in stage.watched.platform.dump()["entities"]}


async def test_an_impact_that_is_only_looked_at_offers_no_way_to_delete(stage: Stage) -> None:
    app = stage.app("docs")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, *COLA, "i")
        assert isinstance(app.screen, ImpactScreen)
        assert not app.screen.query_one("#detach").display
        assert not app.screen.query_one("#move").display
        assert app.screen.query_one("#save").display
