"""The impact screen: what it shows besides what goes, and what it reads while one looks."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest
from tests.tui.journeys import press, told
from textual.events import Paste
from textual.widgets import Button, Input, Static

from entitree.api.transport import Reply, Request
from entitree.demos.scenario import settled, typed
from entitree.exports.impacts import COLUMNS
from entitree.tui.modals.save_report import SaveReportDialog
from entitree.tui.screens.impact import ImpactScreen
from entitree.tui.screens.impact_report import report_text
from entitree.tui.widgets.report import ReportLine

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.tui.conftest import Stage
    from textual.pilot import Pilot

    from entitree.sandbox import Sandbox

COLA = ("2", "slash", *typed("big-cola"), "enter", "d")


def screen(pilot: Pilot[int]) -> ImpactScreen:
    assert isinstance(pilot.app.screen, ImpactScreen)
    return pilot.app.screen


def lines(pilot: Pilot[int]) -> list[str]:
    return [line.whole for line in screen(pilot)._lines]


def line(pilot: Pilot[int], words: str) -> str:
    (found,) = [each for each in lines(pilot) if words in each]
    return found


async def until(pilot: Pilot[int], condition: Callable[[], bool]) -> None:
    while not condition():
        await pilot.pause()


async def test_every_section_in_its_order_with_the_reason_of_each_line(stage: Stage) -> None:
    app = stage.app("docs")
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, *COLA)
        heads = [each.cells[0] for each in screen(pilot)._lines if each.look == "section"]
        assert heads == [
            "WILL BE REMOVED 9",
            "WILL BE RESET 1",
            "WILL STOP WORKING 1",
            "STAYS",
            "NOT CHECKED 2",
            "IN USE 1",
        ]
        assert "both are reset" in line(pilot, "385990000001  HR")
        assert "its only link goes: every request with it will be refused" in line(pilot, "key “Key2”")
        assert "marketing + mc-burger loses it too" in line(pilot, "! marketing")
        assert "number 6F0C0D9E2B7A41D3A1F0000000000001" in line(pilot, "SMS  385990000001   marketing")
        assert "4 messages in 48 h, the last at 14:02:11" in line(pilot, "big-cola   4")
        assert "may create it again" in line(pilot, "! Messages")


async def test_what_may_not_be_read_says_why_and_what_to_do(stage: Stage) -> None:
    def fault(request: Request) -> Reply | None:
        closed = ("/numbers/1", "/settings/2", "/sms/3/logs")
        return Reply(403) if request.target.startswith(closed) else None

    app = stage.app("docs", fault=fault)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, *COLA)
        for family, scope in (
            ("API keys", "account-management:manage"),
            ("numbers' own link", "numbers:manage"),
            ("SMS logs", "sms:logs:read"),
        ):
            said = line(pilot, f"{family}   ")
            assert scope in said
            assert "Give the" in said
        assert "WILL BE REMOVED 9" in lines(pilot)[0]
        assert not [each for each in lines(pilot) if "WILL STOP" in each or "WILL BE RESET" in each]


async def test_a_deletion_does_not_wait_for_the_traffic(stage: Stage) -> None:
    logs = asyncio.Event()
    app = stage.app("docs", fault=lambda request: logs if "/logs" in request.target else None)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        for key in COLA:
            await pilot.press(key)
        await until(pilot, lambda: isinstance(pilot.app.screen, ImpactScreen))
        await until(
            pilot, lambda: any("looking at the logs of 48 h: 5 requests" in it for it in lines(pilot))
        )
        await pilot.press(*typed("big-cola"), "enter")
        await until(pilot, lambda: not isinstance(pilot.app.screen, ImpactScreen))
        logs.set()
        await settled(pilot)
        assert "big-cola" not in {row["entityId"] for row in stage.watched.platform.dump()["entities"]}


async def test_what_is_pasted_while_a_button_has_the_keyboard_goes_to_the_confirm_field(stage: Stage) -> None:
    app = stage.app("docs")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, *COLA)
        app.post_message(Paste("big-cola\n"))
        await settled(pilot)
        confirm = screen(pilot).query_one("#confirm", Input)
        assert (confirm.value, confirm.has_focus) == ("big-cola", True)
        assert "big-cola" in {row["entityId"] for row in stage.watched.platform.dump()["entities"]}


async def test_inbound_configurations_beyond_its_numbers_are_read_on_request(stage: Stage) -> None:
    app = stage.app("docs")
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, *COLA)
        shown = screen(pilot)
        assert "never all read" in line(pilot, "inbound configurations of")
        assert shown.query_one("#walk").display
        plan = shown._plan
        await press(pilot, "shift+tab", "enter")
        assert not [each for each in lines(pilot) if "inbound configurations of" in each]
        inbound = [each for each in lines(pilot) if "fall back to the resource's own link" in each]
        assert "EMAIL  mail.bigcola.example" in {each.split("   ")[0] for each in inbound}
        assert not shown.query_one("#walk").display
        assert shown._plan is not None
        assert shown._plan is not plan, "what is kept for undo is what was read by now"
        kept = (shown._plan.steps[0].before or {})["inbound"]
        assert "mail.bigcola.example" in {each["resource_id"] for each in kept}
        assert "IN USE 1" in " ".join(lines(pilot))


async def test_a_walk_is_stopped_by_the_same_button_and_goes_on_there(stage: Stage) -> None:
    held = asyncio.Event()
    seen: list[str] = []

    def fault(request: Request) -> asyncio.Event | None:
        if "inbound-message-configurations" not in request.target:
            return None
        seen.append(request.target)
        return held if walking else None

    walking = False
    app = stage.app("docs", fault=fault)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, *COLA)
        walking = True
        seen.clear()
        await pilot.press("shift+tab", "enter")
        await until(pilot, lambda: bool(seen))
        button = screen(pilot).query_one("#walk", Button)
        assert str(button.label).startswith("Stop: 0 of ")
        # A button takes no second press while it shows the first.
        await until(pilot, lambda: not button.has_class("-active"))
        await pilot.press("enter")
        await settled(pilot)
        assert "inbound configurations of" in " ".join(lines(pilot))
        assert screen(pilot)._plan is not None
        held.set()
        await until(pilot, lambda: not button.has_class("-active"))
        await press(pilot, "enter")
        assert "inbound configurations of" not in " ".join(lines(pilot))


async def test_what_the_mirror_has_is_offered_while_it_is_read_again(stage: Stage) -> None:
    held = asyncio.Event()
    reading = False

    def fault(request: Request) -> asyncio.Event | None:
        return held if reading and "sending-strategies" in request.target else None

    app = stage.app("docs", fault=fault)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, *COLA[:-1])
        reading = True
        await pilot.press("d")
        await until(pilot, lambda: isinstance(pilot.app.screen, ImpactScreen))
        await until(pilot, lambda: bool(screen(pilot)._lines))
        assert "WILL BE REMOVED 9" in lines(pilot)[0]
        when = str(screen(pilot).query_one("#when").render())
        assert when.startswith("as of 14:02:11, being read: ")
        assert " requests" in when
        # All but one list comes.
        await until(pilot, lambda: " of " in str(screen(pilot).query_one("#when").render()))
        held.set()
        await settled(pilot)
        assert str(screen(pilot).query_one("#when").render()) == "read 14:02:11"


@pytest.mark.parametrize("ending", ["md", "json"])
async def test_the_report_is_saved_whole_and_for_nobody_else(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    monkeypatch.chdir(tmp_path)
    app = stage.app("docs")
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, *COLA, "ctrl+f", *typed("nothing holds this"), "enter")
        screen(pilot).query_one("#save", Button).press()
        await settled(pilot)
        assert isinstance(app.screen, SaveReportDialog)
        app.screen.query_one("#file", Input).value = f"report.{ending}"
        await press(pilot, "enter")
        said = told(app)
    saved = tmp_path / f"report.{ending}"
    assert str(saved) in said
    assert saved.stat().st_mode & 0o777 == 0o600
    text = saved.read_text("utf-8")
    row = "SMS  385990000001   marketing + big-cola   number 6F0C0D9E2B7A41D3A1F0000000000001"
    if ending == "md":
        assert text.startswith("# Delete 1 entity   big-cola\n\nread 14:02:11\n\n## WILL BE REMOVED 9")
        assert f"- {row}" in text
    else:
        rows = json.loads(text)
        assert {tuple(each) for each in rows} == {COLUMNS}, "as `entitree impact` prints it"
        effects = [each["effect"] for each in rows]
        assert effects.count("removed") == 9
        assert set(effects) >= {"removed", "reset", "stops", "in use", "not checked"}
        (number,) = [each for each in rows if each["id"] == "6F0C0D9E2B7A41D3A1F0000000000001"][:1]
        assert number["tied_to"] == [{"application": "marketing", "entity": "big-cola"}]


async def test_no_report_is_overwritten_and_what_was_typed_stays(stage: Stage, tmp_path: Path) -> None:
    taken = tmp_path / "taken.md"
    taken.write_text("mine")
    app = stage.app("docs")
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, *COLA)
        screen(pilot).query_one("#save", Button).press()
        await settled(pilot)
        for name, words in (
            (str(taken), "already a file"),
            (str(tmp_path / "none" / "a.md"), "folder does not exist"),
            (str(tmp_path / "a.doc"), "end in .md or .json"),
        ):
            assert isinstance(app.screen, SaveReportDialog)
            app.screen.query_one("#file", Input).value = name
            await press(pilot, "enter")
            assert words in " ".join(str(app.screen.query_one("#message", Static).render()).split())
            assert app.screen.query_one("#file", Input).value == name
    assert taken.read_text() == "mine"
    assert not (tmp_path / "a.doc").exists()


def test_what_markdown_would_take_for_a_sign_is_written_as_it_is() -> None:
    lines = [ReportLine("section", ("A_B",)), ReportLine("row", ("*x* <b> [l](u)",))]
    assert "- \\*x\\* \\<b\\> \\[l\\](u)" in report_text("r.md", "t", "now", lines)


async def test_what_stays_and_what_no_request_can_name_is_said_until_the_end(stage: Stage) -> None:
    """Also where both hold: the one does not take the place of the other, and nothing is said to be read."""

    def rows(sandbox: Sandbox) -> None:
        with sandbox._state.transaction(writes=True) as db:
            db.executemany("INSERT INTO entities (id) VALUES (?)", [(".",), ("default",)])

    app = stage.app("docs", rows=rows, protected=frozenset({"big-cola"}))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "asterisk", "d")
        aside = screen(pilot).query_one("#aside", Static)
        assert str(aside.content) == (
            "Protected, so they stay: big-cola. No request can name the entity “.”."
            " Unmark what cannot be deleted."
        )
        # An entity that is called as the default application is any entity.
        assert "default" in screen(pilot)._ids
        await press(pilot, *typed(f"delete {len(screen(pilot)._ids)}"), "enter")
        assert str(aside.content).startswith("Nothing was deleted. No request can name the entity “.”.")
