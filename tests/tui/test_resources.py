"""The Resources tab through the keys: what is listed, found, marked and gone to, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.tui.journeys import main, press, told, unowned

from entitree.api.transport import Reply, Request
from entitree.demos.scenario import settled, typed
from entitree.inventory.find import Column, Sort
from entitree.inventory.model import Kind
from entitree.inventory.wire import SENDER_TYPES
from entitree.tui.place import Place
from entitree.tui.screens.main import MainScreen
from entitree.tui.widgets.key_bar import KeyBar
from entitree.tui.widgets.resource_pane import RESOURCES
from entitree.tui.widgets.tab_line import TabLine

if TYPE_CHECKING:
    from tests.tui.conftest import Stage

    from entitree.tui.app import EntitreeApp
    from entitree.tui.widgets.resource_pane import ResourcePane


def lines(pane: ResourcePane) -> dict[tuple[str, str], tuple[str, ...]]:
    """Type, pairs, state, own link, channels and the rest of every resource, by name and type."""
    assert pane.rows is not None
    rows = [pane.rows.row(index) for index in range(pane.rows.count)]
    return {(line.cells[0], line.cells[1]): line.cells[1:] for line in rows if line is not None}


def resources(app: EntitreeApp) -> ResourcePane:
    return main(app).resources


async def test_every_resource_is_listed_with_what_it_serves(stage: Stage) -> None:
    app = stage.app("docs", rows=unowned("big-cola", "mc-burger"))
    async with app.run_test(size=(160, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "3")
        pane = resources(app)
        shown = lines(pane)
        platform = stage.watched.platform.dump()
        # No association can name a sender of any other type.
        senders = [each for each in platform["senders"] if each["resourceType"] in SENDER_TYPES.values()]
        owned = len(platform["numbers"]) + len(platform["domains"]) + len(senders)
        assert len(shown) == pane.table.count == owned + 1
        assert main(app).query_one(TabLine).active == RESOURCES
        assert main(app).query_one(TabLine).tabs[2].note == str(owned + 1)
        assert shown["GhostCo", "alpha"][:3] == ("alpha", "2", "not owned")
        number = platform["numbers"][0]
        link = " + ".join(filter(None, (number["applicationId"], number.get("entityId"))))
        assert shown[number["number"], "number"][3] == link
        assert all(cells[3] == "–" for cells in shown.values() if cells[0] != "number")


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("unowned", lambda cells: cells[2] == "not owned"),
        ("unused", lambda cells: cells[2] == "unused"),
        ("type:number", lambda cells: cells[0] == "number"),
        ("assoc:0", lambda cells: cells[1] == "0"),
    ],
)
async def test_the_filter_finds_resources(stage: Stage, text: str, fits: object) -> None:
    assert callable(fits)
    app = stage.app("demo", rows=unowned("mcburger-uk"))
    async with app.run_test(size=(160, 90)) as pilot:
        await settled(pilot)
        await press(pilot, "3")
        pane = resources(app)
        wanted = {name for name, cells in lines(pane).items() if fits(cells)}
        await press(pilot, "slash", *typed(text), "enter")
        assert set(lines(pane)) == wanted
        assert wanted
        assert pane.filter_line.truth.startswith(f"{pane.table.count} of ")


async def test_what_commands_would_change_there_is_refused(stage: Stage) -> None:
    app = stage.app("docs")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        before = stage.watched.platform.dump()
        await press(pilot, "3")
        for marks in ((), ("asterisk",)):
            await press(pilot, *marks)
            for key, words in (("n", "own tabs"), ("e", "own tabs"), ("d", "own tabs"), ("i", "own tabs")):
                await press(pilot, key)
                assert isinstance(app.screen, MainScreen)
                assert words in told(app)
        dim = {hint.label for hint in app.screen.query_one(KeyBar).hints if not hint.enabled}
        assert {"New", "Alias", "Delete", "Impact"} <= dim
        assert stage.watched.platform.dump() == before
        await press(pilot, "colon", *typed("delete"), "enter")
        assert isinstance(app.screen, MainScreen)
        assert "own tabs" in told(app)


async def test_marks_cursor_filter_and_order_stay_with_each_tab(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "3", "s", "slash", *typed("4"), "enter", "down", "space", "space")
        pane = resources(app)
        here, marked = pane.place, set(pane.marks)
        await press(pilot, "2", "down", "3")
        assert main(app).pane is pane
        assert pane.place == here
        assert pane.marks == marked
        assert len(marked) == 2
        assert pane.filter_line.value == "4"
        assert pane.sort == Sort(Column.ALIAS)
        await press(pilot, "u", "asterisk", "escape")
        several = len(pane.marks)
        assert 2 < several < pane.table.count
        await press(pilot, "tilde")
        assert len(pane.marks) == pane.table.count - several


async def test_the_palette_goes_to_a_resource_and_the_way_leads_back(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "down")
        before = main(app).pane.place
        await press(pilot, "colon", *typed("news.mcburger"), "enter")
        assert main(app).pane.place == Place(None, "news.mcburger.example", "DOMAIN")
        await press(pilot, "colon", *typed("mcburger-uk"), "enter")
        assert main(app).pane.place == Place(Kind.ENTITY, "mcburger-uk")
        await press(pilot, "minus")
        assert main(app).pane.place == Place(None, "news.mcburger.example", "DOMAIN")
        await press(pilot, "minus")
        assert main(app).pane.place == before


async def test_what_is_owned_is_not_told_where_it_was_not_read(stage: Stage) -> None:
    def fault(request: Request) -> Reply | None:
        refused = (
            b'{"errorCode":"E403","description":"Forbidden.","action":"","violations":[],"resources":[]}'
        )
        return (
            Reply(403, {"content-type": "application/json"}, refused)
            if request.target.startswith("/resources/1/resources")
            else None
        )

    app = stage.app("docs", rows=unowned("big-cola"), fault=fault)
    async with app.run_test(size=(160, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "3")
        pane = resources(app)
        assert lines(pane)["GhostCo", "alpha"][2] == ""
        await press(pilot, "slash", *typed("unowned"))
        assert "never read: senders" in pane.filter_line.problem


async def test_a_click_on_the_tab_opens_it_and_r_reads_what_it_shows(stage: Stage) -> None:
    app = stage.app("docs")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        bar = main(app).query_one(TabLine)
        await pilot.click(bar, offset=(bar.render_line(0).text.index("Resources"), 0))
        await settled(pilot)
        assert main(app).pane is resources(app)
        sent = len(stage.watched.wire.seen)
        await press(pilot, "r")
        asked = {each.target.split("?")[0] for each in stage.watched.wire.seen[sent:]}
        assert asked == {
            "/provisioning/1/associations",
            "/numbers/1/numbers",
            "/resources/1/resources",
            "/email/1/domains",
        }


async def test_one_that_is_owned_by_nobody_any_more_leaves_the_list(stage: Stage) -> None:
    app = stage.app("docs")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "3", "down")
        pane = resources(app)
        here, count = pane.place, pane.table.count
        with stage.watched.platform._state.transaction(writes=True) as db:
            db.execute("DELETE FROM domains")
        gone = len([cells for cells in lines(pane).values() if cells[0] == "domain" and cells[1] == "0"])
        await press(pilot, "R")
        assert pane.table.count == count - gone
        assert pane.place == here
