"""API keys bound, unbound and disabled through the keys: never to nothing, and always by a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.tui.journeys import main, press, told
from tests.tui.planning import apply, plan, said, titles

from entitree.demos.scenario import settled, typed
from entitree.tui.modals.bind import BindDialog
from entitree.tui.modals.hidden import HiddenDialog
from entitree.tui.screens.main import MainScreen

if TYPE_CHECKING:
    from tests.tui.conftest import Stage


def linked(stage: Stage, name: str) -> list[tuple[str, str | None, str | None]]:
    """What the platform has a key bound to."""
    (key,) = [each for each in stage.watched.platform.dump()["keys"] if each["name"] == name]
    return [
        (link["applicationId"], link.get("entityId"), link.get("action")) for link in key["platform"] or ()
    ]


async def test_a_key_is_bound_to_one_pair_more(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "4", "slash", *typed("key2"), "enter", "b")
        assert isinstance(app.screen, BindDialog)
        assert "40 times a day" in str(app.screen.query_one("#budget").render())
        await press(pilot, *typed("mcburger-uk"), "tab", "space")
        outcome = str(app.screen.query_one("#outcome").render())
        assert outcome == "Then bound to: production + bigcola-us FILL, default + mcburger-uk FILL"
        await press(pilot, "enter")
        await apply(pilot)
        assert isinstance(app.screen, MainScreen)
        assert linked(stage, "Key2") == [
            ("production", "bigcola-us", "FILL"),
            ("default", "mcburger-uk", "FILL"),
        ]
        row = main(app).keys.row
        assert row is not None
        assert len(row.links) == 2


async def test_the_same_pair_gets_another_action_and_the_rest_may_go(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "4", "slash", *typed("aurora"), "enter", "b", *typed("aurora-air-de"))
        assert isinstance(app.screen, BindDialog)
        await press(pilot, "shift+tab", *["backspace"] * 7, *typed("loyalty"), "tab", "tab", "tab", "space")
        outcome = str(app.screen.query_one("#outcome").render())
        assert outcome.endswith("production + aurora-air-de, loyalty + aurora-air-de FORCE")
        await press(pilot, "tab", "space", "enter")
        (step,) = plan(app).steps
        assert step.body is not None
        assert step.body["platform"] == [
            {"applicationId": "loyalty", "entityId": "aurora-air-de", "action": "FORCE"}
        ]


async def test_what_would_change_nothing_is_said(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "4", "slash", *typed("key3"), "enter", "b", *typed("mcburger-uk"))
        app.screen.query_one("#FORCE").value = True  # type: ignore[attr-defined]
        await press(pilot, "enter")
        assert "That is what it is bound to" in said(app)


async def test_a_key_that_may_do_everything_is_warned_of(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "4", "slash", *typed("nightly"), "enter", "b")
        assert "may do everything" in said(app)


async def test_keys_are_disabled_and_enabled_again(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "4", "slash", *typed("key"), "enter", "asterisk")
        await press(pilot, "slash", *typed("key1"), "enter", "o")
        assert isinstance(app.screen, HiddenDialog)
        await press(pilot, "f2")
        assert titles(app) == ["Disable API key Key1"]
        await apply(pilot)
        row = main(app).keys.row
        assert row is not None
        assert not row.enabled
        await press(pilot, "u", "o")
        assert titles(app) == ["Enable API key Key1"]


async def test_the_last_link_is_never_taken_away(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "4", "slash", *typed("key1"), "enter", "t", "down", "x")
        assert isinstance(app.screen, MainScreen)
        assert "bound to nothing it could do everything" in told(app)


async def test_what_is_for_keys_says_so_elsewhere(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        for key in ("b", "o"):
            await press(pilot, key)
            assert "tab 4" in told(app)
        await press(pilot, "4")
        for key, words in (("a", "b binds"), ("x", "b binds"), ("e", "tabs, 1 and 2"), ("m", "tabs 1 and 2")):
            await press(pilot, key)
            assert words in told(app)
