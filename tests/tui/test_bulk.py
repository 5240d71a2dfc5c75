"""Associating, dissociating and untying through the keys, each up to its plan, and into the platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.tui.journeys import main, press, told
from tests.tui.planning import plan, said, titles
from textual.events import Key

from entitree.changes import edits as e
from entitree.demos.scenario import settled, typed
from entitree.inventory.model import AssociationRow, Kind
from entitree.tui.modals.associate import AssociateDialog, ServeDialog
from entitree.tui.modals.dissociate import DissociateDialog
from entitree.tui.modals.resource_list import ResourceListDialog
from entitree.tui.screens.main import MainScreen
from entitree.tui.screens.plan import PlanScreen
from entitree.tui.tabs import ENTITIES
from entitree.tui.widgets.pasted_list import PastedList
from entitree.tui.widgets.tick import Tick

if TYPE_CHECKING:
    from tests.tui.conftest import Stage

    from entitree.tui.app import EntitreeApp

MCBURGER = AssociationRow("ALPHA", "SMS", "default", "acorn-inc-142", "McBurger")


def ties(app: EntitreeApp) -> set[AssociationRow]:
    """The associations of the plan on show."""
    found = {step.association for step in plan(app).steps}
    assert None not in found
    return {row for row in found if row is not None}


async def test_resources_are_chosen_by_typing_and_associated_with_the_marked_entities(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "slash", *typed("acorn"), "enter", "asterisk", "a")
        assert isinstance(app.screen, AssociateDialog)
        await press(pilot, *typed("mcburger"), "down", "enter")
        # An entity alone is one of the default application.
        assert MCBURGER in ties(app)
        assert {row.application_id for row in ties(app)} == {"default"}
        assert {step.operation for step in plan(app).steps} == {"create-resource-association"}
        await press(pilot, "escape")
        assert isinstance(app.screen, AssociateDialog)
        assert app.screen.picker.filter_line.value == "mcburger"
        await press(pilot, "escape")
        assert isinstance(app.screen, MainScreen)
        assert main(app).pane.marks


async def test_only_channels_that_its_type_allows_are_offered_and_the_usual_one_is_ticked(
    stage: Stage,
) -> None:
    app = stage.app("demo")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "a", *typed("type:domain"), "down", "enter")
        assert {row.channel for row in ties(app)} == {"EMAIL"}
        await press(pilot, "escape", "slash", *typed("type:number"), "enter", "space", "enter")
        assert {row.channel for row in ties(app)} == {"SMS"}
        await press(pilot, "escape")
        offered = {str(tick.label) for tick in app.screen.query(Tick) if tick.display}
        assert offered == {"SMS", "MMS", "WHATSAPP"}


async def test_an_application_gets_resources_whole_or_for_one_entity(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "1", "slash", *typed("qa-load"), "enter", "a", *typed("mcburger"), "down", "enter")
        assert ties(app) == {AssociationRow("ALPHA", "SMS", "qa-load", None, "McBurger")}
        await press(pilot, "escape", "shift+tab", "shift+tab", "shift+tab")
        await press(pilot, *typed("bigcola-us"), "enter")
        assert ties(app) == {AssociationRow("ALPHA", "SMS", "qa-load", "bigcola-us", "McBurger")}


async def test_what_is_associated_already_is_left_out_and_said(stage: Stage) -> None:
    app = stage.app("docs")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(
            pilot, "1", "slash", *typed("one-time-pin"), "enter", "a", *typed("pincode"), "down", "enter"
        )
        assert isinstance(app.screen, AssociateDialog)
        assert "associated already" in said(app)
        await press(pilot, "slash", *typed("!pincode type:alpha"), "enter", "asterisk", "slash")
        await press(pilot, "escape", "slash", *typed("type:alpha"), "enter", "asterisk", "enter")
        assert isinstance(app.screen, PlanScreen)
        assert "1 of 3 are associated already" in told(app)


async def test_from_the_resources_tab_the_pair_is_typed_and_found(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "3", "slash", *typed("type:alpha mcb"), "enter", "a")
        assert isinstance(app.screen, ServeDialog)
        # Down chooses among what is found, Enter takes it, and again shows the plan.
        await press(pilot, *typed("bigcola-u"), "down", "down", "enter")
        assert isinstance(app.screen, ServeDialog)
        await press(pilot, "enter")
        assert ties(app) == {AssociationRow("ALPHA", "SMS", "default", "bigcola-us", "McBurger")}
        await press(pilot, "escape", "backspace", *typed("nobody"), "enter")
        assert isinstance(app.screen, ServeDialog)
        assert "There is no entity “bigcola-unobody”" in said(app)


async def test_a_pasted_list_marks_resources_and_says_by_line_what_it_does_not_find(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "a", "f3")
        assert isinstance(app.screen, ResourceListDialog)
        app.screen.query_one(PastedList).put("PINCode\n\n+1 (202) 555-0144\nnobody's\npincode\nMcBurger")
        await settled(pilot)
        errors = {each.line: each.text for each in app.screen.query_one(PastedList)._errors}
        assert errors.keys() == {4, 6}
        assert "no resource" in errors[4]
        assert "more than once" in errors[6]
        await press(pilot, "f3", "tab", "tab", "tab", "enter")
        assert isinstance(app.screen, AssociateDialog)
        assert ("ALPHA", "PINCode") in app.screen.picker.marks
        assert len(app.screen.picker.marks) == 2


async def test_marks_that_nobody_sees_come_first_and_one_key_leaves_them_out(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "slash", *typed("bigcola-"), "enter", "asterisk")
        await press(pilot, "slash", *typed("bigcola-f"), "enter", "x")
        assert isinstance(app.screen, DissociateDialog)
        line = str(app.screen.query_one("#selected").render())
        assert line.startswith("15 entities, 14 of which are not shown: bigcola-ae")
        assert app.screen.selection is not None
        assert app.screen.selection.names[-1] == "bigcola-fr"
        await press(pilot, "f2")
        assert app.screen.selection.names == ("bigcola-fr",)
        await press(pilot, "enter")
        assert {row.entity_id for row in ties(app)} == {"bigcola-fr"}


async def test_what_is_listed_is_what_is_dissociated(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "slash", *typed("bigcola-"), "enter", "asterisk", "x")
        links = await stage.watched.store.links(Kind.ENTITY, main_marks(app))
        assert f"{len(links.associations)} associations go" in said(app)
        await press(pilot, *typed("staging"), "enter")
        assert ties(app) == {row for row in links.associations if row.application_id == "staging"}
        await press(pilot, "escape", *typed(" zzz"), "enter")
        assert isinstance(app.screen, DissociateDialog)
        assert "Nothing is listed" in said(app)


def main_marks(app: EntitreeApp) -> set[str]:
    (screen,) = [each for each in app.screen_stack if isinstance(each, MainScreen)]
    return {str(each) for each in screen.pane.marks}


@pytest.mark.parametrize(
    ("tab", "item", "words", "edit", "title"),
    [
        ("2", "bigcola-us", "alerts", e.Dissociate, "Dissociate SMS"),
        ("2", "bigcola-us", "key2", None, "Key2 is bound to nothing else"),
        ("2", "aurora-air-de", "reporting", e.LinkKey, "Bind API key aurora-air reporting to"),
        ("2", "bigcola-fr", "strategies", e.DeleteStrategy, "Delete sending strategy"),
        ("2", "bigcola-fr", "numbers", e.LinkNumber, "to default"),
        (
            "4",
            "aurora",
            "",
            e.LinkKey,
            "Bind API key aurora-air reporting to production + aurora-air-de alone",
        ),
    ],
)
async def test_x_on_a_leaf_unties_just_that(
    stage: Stage, tab: str, item: str, words: str, edit: type[e.Edit] | None, title: str
) -> None:
    app = stage.app("demo")
    async with app.run_test(size=(120, 30)) as pilot:
        await settled(pilot)
        await press(pilot, tab, "slash", *typed(item), "enter", "t")
        if words:
            await press(pilot, "slash", *typed(words), "enter")
        tree = main(app).link_tree
        await press(pilot, "home")
        while tree.node is not None and tree.node.count:
            await press(pilot, "right", "down") if tree.lines.cursor + 1 == tree.count else await press(
                pilot, "down"
            )
        await press(pilot, "x")
        if edit is None:
            assert isinstance(app.screen, MainScreen)
            assert title in told(app)
        else:
            assert len(titles(app)) == 1
            assert title in titles(app)[0]


async def test_x_on_a_branch_says_what_it_acts_on(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=(120, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "slash", *typed("bigcola-us"), "enter", "t", "x")
        assert isinstance(app.screen, MainScreen)
        assert "a single configuration" in told(app)


async def test_a_read_only_profile_says_why_none_of_it_can_be_done(stage: Stage) -> None:
    app = stage.app("demo", read_only=True)
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        for key in ("2", "a", "x", "N", "E", "e", "3", "a", "x", "4", "b", "o"):
            await press(pilot, key)
            assert isinstance(app.screen, MainScreen)
            assert key.isdecimal() or "read-only" in told(app)


@pytest.mark.parametrize(("tab", "key"), [("3", "a"), ("3", "x"), ("4", "b")])
async def test_a_command_never_acts_on_another_tab_than_the_one_its_key_was_pressed_on(
    stage: Stage, tab: str, key: str
) -> None:
    app = stage.app("demo")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "space", tab, "space", "space")
        assert len(main(app).pane.marks) == 2
        assert app._driver is not None
        # Both in one write of the terminal: the other tab is there before the names of the marked are.
        for each in (key, "2"):
            event = Key(each, each)
            event.set_sender(app)
            app._driver.send_message(event)
        await settled(pilot)
        assert main(app).pane.id == ENTITIES
