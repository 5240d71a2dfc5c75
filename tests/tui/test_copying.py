"""What is copied, exported and photographed: the same rows as `entitree list` prints, and said each time."""

from __future__ import annotations

import asyncio
import json
from base64 import b64decode
from contextlib import redirect_stdout
from io import StringIO
from typing import TYPE_CHECKING, cast

import pytest
from tests.tui.journeys import main, many, press, told, unowned
from textual.widgets import Input

from entitree.cli.output import write_chunks
from entitree.demos.scenario import settled, typed
from entitree.exports import lists
from entitree.exports.lists import SHAPES, Listed
from entitree.inventory.find import parse
from entitree.tui.modals.export import ExportDialog
from entitree.tui.screens.main import MainScreen
from entitree.tui.screens.shown_text import ShownText
from entitree.tui.widgets.entry import Entry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.tui.conftest import Stage
    from textual.pilot import Pilot

    from entitree.inventory.model import ResourceLine
    from entitree.inventory.store import Store
    from entitree.sandbox import Sandbox
    from entitree.tui.app import EntitreeApp

HOSTILE = "=cmd()\x1b]52;c;eA==\x07\nrm"


@pytest.fixture(autouse=True)
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty folder, and a terminal with a clipboard."""
    for name in ("TMUX", "STY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def sent(app: EntitreeApp) -> list[str]:
    """Everything that goes to the terminal's clipboard from now on."""
    found: list[str] = []
    assert app._driver is not None
    app._driver.write = found.append  # type: ignore[assignment,method-assign]
    return found


def text_of(sequence: str) -> str:
    return b64decode(sequence.removeprefix("\x1b]52;c;").removesuffix("\x07")).decode()


async def listed(stage: Stage, kind: str, expression: str, form: str) -> bytes:
    """What `entitree list` prints."""
    shape, out = SHAPES[kind], StringIO()
    rows = Listed(stage.watched.store, shape, parse(expression))
    with redirect_stdout(out):
        await write_chunks(shape.columns, rows.chunks, form)
    return out.getvalue().encode()


async def narrow(pilot: Pilot[int], text: str) -> None:
    """Filters the list on show, which keeps the keys."""
    await press(pilot, "slash")
    main(cast("EntitreeApp", pilot.app)).pane.filter_line.query_one(Input).value = text
    await press(pilot, "enter")


def files(folder: Path) -> set[Path]:
    return set(folder.iterdir())


def hostile(platform: Sandbox) -> None:
    with platform._state.transaction(writes=True) as db:
        db.execute("INSERT INTO entities (id, name) VALUES (?, ?)", (HOSTILE, "=1+1"))


async def test_ids_are_copied_as_they_are_and_the_toast_says_what_was_done(stage: Stage) -> None:
    app = stage.app("demo", rows=hostile)
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        copied = sent(app)
        await press(pilot, "2")
        await narrow(pilot, "=cmd")
        await press(pilot, "y")
        assert [text_of(each) for each in copied] == [HOSTILE]
        assert "Sent =cmd()␛]52;c;eA==␇␊rm to the terminal's clipboard." in told(app)
        assert "mind where you paste it" in told(app)
        # Marks hidden by the filter are copied too, and said.
        await press(pilot, "space")
        await narrow(pilot, "bigcola-u")
        await press(pilot, "asterisk", "y")
        ids = text_of(copied[-1])
        assert ids == "\n".join(sorted([HOSTILE, "bigcola-uk", "bigcola-us"]))
        assert "Sent 3 ids, 1 of them not shown, to the terminal's clipboard" in told(app)
        await press(pilot, "Y")
        rows = json.loads(text_of(copied[-1]))
        assert [row["id"] for row in rows] == sorted([HOSTILE, "bigcola-uk", "bigcola-us"])
        assert rows[0]["alias"] == "=1+1"
        assert "Sent 3 rows, 1 of them not shown, as JSON to" in told(app)


async def test_y_copies_what_the_cursor_is_on_wherever_that_is(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = stage.app("demo")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        copied = sent(app)
        screen = main(app)
        await press(pilot, "2")
        await narrow(pilot, "bigcola-us")
        await press(pilot, "t", "y")
        node = screen.link_tree.node
        assert node is not None
        assert node.target is not None
        assert text_of(copied[-1]) == node.target[1]
        await press(pilot, "escape", "3", "y")
        resource = screen.resources.row
        assert resource is not None
        assert text_of(copied[-1]) == resource.resource.id
        await press(pilot, "4", "y", "Y")
        key = screen.keys.row
        assert key is not None
        assert text_of(copied[-2]) == key.id
        assert json.loads(text_of(copied[-1]))[0]["id"] == key.id
        before = len(copied)
        await press(pilot, "5", "y")
        assert "There is no job here yet" in told(app)
        await press(pilot, "Y")
        assert len(copied) == before
        monkeypatch.setenv("TMUX", "/run/tmux/1000/default,1,0")
        await press(pilot, "1", "y")
        assert copied[-1].startswith("\x1b]52;c;")
        assert copied[-1].endswith("\x07\x1b\\")
        assert "only with set-clipboard or allow-passthrough on" in told(app)


async def test_without_a_clipboard_the_text_is_shown_and_can_be_saved(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, place: Path
) -> None:
    monkeypatch.setenv("TERM", "linux")
    app = stage.app("demo", rows=hostile)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        copied = sent(app)
        await press(pilot, "2")
        await narrow(pilot, "=cmd")
        await press(pilot, "Y")
        screen = app.screen
        assert isinstance(screen, ShownText)
        shown = str(screen.query_one("#text").render())
        assert "=cmd()" in shown
        assert "\x1b" not in shown
        await press(pilot, "w")
        (file,) = files(place)
        assert file.suffix == ".json"
        assert file.stat().st_mode & 0o777 == 0o600
        assert json.loads(file.read_text())[0]["id"] == HOSTILE
        assert f"It is in {file}." in told(app)
        await press(pilot, "escape")
        assert isinstance(app.screen, MainScreen)
        assert not [each for each in copied if "\x1b]52" in each or "\x1bP" in each]


async def test_an_export_holds_the_bytes_that_list_prints(stage: Stage, place: Path) -> None:
    def rows(platform: Sandbox) -> None:
        hostile(platform)
        many(1500)(platform)
        unowned("nowhere")(platform)

    app = stage.app("demo", rows=rows)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "2")
        await narrow(pilot, "shop")
        await press(pilot, "W")
        dialog = app.screen
        assert isinstance(dialog, ExportDialog)
        field = dialog.query_one("#file", Entry)
        assert field.value.startswith("entities-")
        assert field.value.endswith(".csv")
        field.value = "shops.csv"
        await press(pilot, "enter")
        assert (place / "shops.csv").read_bytes() == await listed(stage, "entities", "shop", "csv")
        assert (place / "shops.csv").stat().st_mode & 0o777 == 0o600
        assert "1 500 rows are in" in told(app)
        # Another form; and nothing is ever overwritten.
        await press(pilot, "W")
        dialog = app.screen
        dialog.query_one("#file", Entry).value = "shops.csv"
        await press(pilot, "enter")
        assert isinstance(app.screen, ExportDialog)
        assert "already a file" in str(dialog.query_one("#message").render())
        await pilot.click("#form-jsonl")
        await settled(pilot)
        assert dialog.query_one("#file", Entry).value == "shops.jsonl"
        await pilot.click("#which-all")
        await press(pilot, "enter")
        assert (place / "shops.jsonl").read_bytes() == await listed(stage, "entities", "", "jsonl")
        # What is marked, of which one does not exist and one is hidden.
        await narrow(pilot, "orphan")
        await press(pilot, "asterisk")
        await narrow(pilot, "=cmd")
        await press(pilot, "space")
        await narrow(pilot, "")
        await press(pilot, "W")
        app.screen.query_one("#file", Entry).value = "marked.csv"
        await press(pilot, "enter")
        lines = (place / "marked.csv").read_text().split("\n")
        assert lines[1].startswith("'=cmd()␛]52")
        assert [line.split(",")[0] for line in lines[2:]] == ["nowhere", ""]
        await press(pilot, "3", "W")
        app.screen.query_one("#file", Entry).value = "no/r.json"
        await pilot.click("#form-json")
        await press(pilot, "enter")
        assert "folder does not exist" in str(app.screen.query_one("#message").render())
        app.screen.query_one("#file", Entry).value = "r.json"
        await press(pilot, "enter")
        assert (place / "r.json").read_bytes() == await listed(stage, "resources", "", "json")


async def test_a_picture_is_saved_on_every_screen(stage: Stage, place: Path) -> None:
    app = stage.app("demo")
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "colon", *typed("scree"), "enter")
        (picture,) = files(place)
        assert f"The picture is in {picture}." in told(app)
        text = picture.read_text()
        assert text.startswith("<svg")
        assert "Applications" in text
        assert "Nothing is called that" not in text
        assert picture.stat().st_mode & 0o777 == 0o600
        await press(pilot, "n", "f12")
        (dialog,) = files(place) - {picture}
        assert "Cancel" in dialog.read_text()


async def test_an_export_that_is_broken_off_leaves_no_file(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, place: Path
) -> None:
    held, begun = asyncio.Event(), asyncio.Event()
    real = lists.Resources.lines

    async def slow(self: lists.Resources, store: Store, keys: Sequence[int]) -> Sequence[ResourceLine | None]:
        begun.set()
        await held.wait()
        return await real(self, store, keys)

    monkeypatch.setattr(lists.Resources, "lines", slow)
    app = stage.app("docs")
    async with app.run_test(size=(60, 20)) as pilot:
        await settled(pilot)
        await press(pilot, "3", "W")
        dialog = app.screen
        assert isinstance(dialog, ExportDialog)
        await pilot.press("enter")
        await begun.wait()
        assert len(files(place)) == 2, "the name, and what is written"
        assert dialog.busy
        await press(pilot, "escape")
        assert app.screen is dialog
        assert "Broken off: there is no file" in str(dialog.query_one("#message").render())
        assert not files(place)
        held.set()
        await press(pilot, "enter")
        (file,) = files(place)
        assert file.name.startswith("resources-")
        assert isinstance(app.screen, MainScreen)
        assert not [each.name for each in file.parent.glob(".*")]
        # Left for good while it writes, it leaves nothing either.
        held.clear()
        begun.clear()
        await press(pilot, "W")
        app.screen.query_one("#file", Entry).value = "other.csv"
        await pilot.press("enter")
        await begun.wait()
        assert len(files(place)) == 3
    assert files(place) == {file}


async def test_an_export_can_be_broken_off_before_it_began(stage: Stage, place: Path) -> None:
    app = stage.app("demo")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "W")
        dialog = app.screen
        assert isinstance(dialog, ExportDialog)
        # As Enter and Escape in one write of the terminal.
        dialog.action_submit()
        dialog.action_leave()
        await settled(pilot)
        assert not dialog.busy
        assert app.screen_stack[-1] is dialog
        await press(pilot, "escape")
        assert isinstance(app.screen, MainScreen)
