"""Many new ones from a list, many aliases by a rule or in an editor: errors by line, nothing lost."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from tests.tui.journeys import main, press, told
from tests.tui.planning import apply, keys, plan, said, titles
from textual import events

from entitree.demos.scenario import settled, typed
from entitree.errors import UsageError
from entitree.inventory.model import Kind
from entitree.tui.editor import editor_of
from entitree.tui.modals.alias_rule import AliasRuleDialog
from entitree.tui.modals.create_many import CreateManyDialog
from entitree.tui.modals.edited_sheet import EditedSheetDialog
from entitree.tui.modals.hidden import HiddenDialog
from entitree.tui.screens.main import MainScreen
from entitree.tui.screens.plan import PlanScreen
from entitree.tui.widgets.pasted_list import PastedList, clean

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.tui.conftest import Stage

    from entitree.tui.app import EntitreeApp


def pasted(app: EntitreeApp) -> PastedList:
    assert isinstance(app.screen, CreateManyDialog)
    return app.screen.query_one(PastedList)


def wrong(app: EntitreeApp) -> dict[int, str]:
    """What stands beside the text, by line."""
    return {each.line: each.text for each in pasted(app)._errors}


async def test_a_pasted_list_makes_what_can_be_made_and_keeps_the_rest_in_sight(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "n")
        text = "id,alias\nshop-1,Shop one\nbigcola-fr,\nshop-1,again\nshop-2,\n"
        app.post_message(events.Paste(text))
        await settled(pilot)
        assert wrong(app).keys() == {3, 4}
        assert "already an entity “bigcola-fr”" in wrong(app)[3]
        assert "on line 2" in wrong(app)[4]
        assert "CSV, with a header: id, alias. 2 to make; 2 lines" in said(app)
        await press(pilot, "tab", "tab", "tab", "enter")
        assert titles(app) == ["Create entity shop-1", "Create entity shop-2"]
        await press(pilot, "escape")
        assert pasted(app).text == text
        await press(pilot, "enter")
        await apply(pilot)
        assert isinstance(app.screen, MainScreen)
        made = {row["entityId"]: row for row in stage.watched.platform.dump()["entities"]}
        assert made["shop-1"]["entityName"] == "Shop one"
        assert "shop-2" in made


async def test_a_thousand_pasted_lines_are_a_thousand_steps(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "N")
        app.post_message(events.Paste("\n".join(f"shop-{at:04}" for at in range(1000))))
        await settled(pilot)
        assert "1 000 to make." in said(app)
        await press(pilot, "tab", "tab", "enter")
        assert len(plan(app).steps) == 1000


async def test_a_file_is_opened_and_one_that_cannot_be_is_said(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text('[{"id": "kiosk-1", "alias": "K"}, {"id": ""}]')
    app = stage.app("demo")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "1", "N", "f3")
        entry = app.screen.query_one("#file")
        app.screen.set_focus(entry)
        await press(pilot, *keys(str(tmp_path / "none")), "enter")
        assert "could not be opened: No such file" in said(app)
        entry.value = str(tmp_path / "list.json")  # type: ignore[attr-defined]
        await press(pilot, "enter")
        assert wrong(app).keys() == {1}
        assert "1 to make" in said(app)


async def test_what_is_typed_for_one_goes_on_into_the_list(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "n", *typed("kiosk"), "f3")
        assert pasted(app).text == "kiosk\n"


def test_what_a_screen_cannot_bear_falls_out_of_a_list_and_nothing_else() -> None:
    assert clean("a\tb\r\nc\x1b[31m\u202ed\rz") == "a\tb\nc[31md\nz"


async def test_a_rule_shows_before_and_after_while_it_is_typed(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "slash", *typed("bigcola-f"), "enter", "asterisk", "slash")
        await press(pilot, *typed("bigcola-u"), "enter", "asterisk", "e")
        assert isinstance(app.screen, AliasRuleDialog)
        assert str(app.screen.query_one("#selected").render()).startswith(
            "3 entities, 1 of which is not shown: bigcola-fr"
        )
        await press(pilot, *keys("{id} {"))
        assert "cannot be understood" in said(app)
        await press(pilot, "backspace", "tab", *keys("^bigcola-(..)"), "tab", *keys(r"\1"))
        assert "3 of 3 aliases change" in said(app)
        app.screen.query_one("#case-upper").value = True  # type: ignore[attr-defined]
        await settled(pilot)
        after = {each.item.id: each.alias for each in app.screen._previews}
        assert after == {"bigcola-fr": "FR ", "bigcola-uk": "UK ", "bigcola-us": "US "}
        await press(pilot, "f2")
        assert "2 of 2 aliases change" in said(app)
        await press(pilot, "enter")
        assert len(titles(app)) == 2
        await apply(pilot)
        names = {row["entityId"]: row.get("entityName") for row in stage.watched.platform.dump()["entities"]}
        assert (names["bigcola-us"], names["bigcola-fr"]) == ("US ", "BigCola France")
        assert not main(app).pane.marks


class Editor:
    """A script that is the editor."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.script = folder / "editor"
        self.temporary = folder / "temporary"
        self.temporary.mkdir()

    def does(self, *commands: str) -> None:
        """What it does to the file that it is given."""
        self.script.write_text("\n".join((*commands, "")))

    def saw(self) -> list[str]:
        """The texts it was given, where it kept them."""
        return [each.read_text() for each in sorted(self.folder.glob("copy.*"))]

    def left(self) -> list[Path]:
        """Files that are there still."""
        return [*self.temporary.iterdir()]


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Editor:
    @contextmanager
    def suspended(_: object) -> Iterator[None]:
        yield

    made = Editor(tmp_path)
    monkeypatch.setattr("textual.app.App.suspend", suspended)
    monkeypatch.setattr("tempfile.tempdir", str(made.temporary))
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", f"sh {made.script}")
    return made


BIGCOLA = ("2", "slash", *typed("bigcola-f"), "enter", "asterisk", "slash", *typed("bigcola-u"), "enter")


async def test_what_is_saved_in_the_editor_becomes_a_plan(stage: Stage, editor: Editor) -> None:
    editor.does('sed -i "s/BigCola/Cola/" "$1"', f'stat -c %a "$1" > {editor.folder}/copy.mode')
    app = stage.app("demo")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, *BIGCOLA, "asterisk", "E")
        # Marks that nobody sees are asked about where no form does.
        assert isinstance(app.screen, HiddenDialog)
        await press(pilot, "f2")
        assert isinstance(app.screen, PlanScreen)
        assert {step.id for step in plan(app).steps} == {"bigcola-uk", "bigcola-us"}
        await apply(pilot)
        names = {row["entityId"]: row.get("entityName") for row in stage.watched.platform.dump()["entities"]}
        assert names["bigcola-us"] == "Cola United States"
    # For this user alone, and gone.
    assert editor.saw() == ["600\n"]
    assert editor.left() == []


async def test_bad_lines_come_back_marked_and_nothing_is_lost(stage: Stage, editor: Editor) -> None:
    editor.does(
        'if grep -q "#!" "$1"; then',
        f'    cp "$1" {editor.folder}/copy.2; sed -i "s/^nobody/bigcola-us/" "$1"; exit',
        "fi",
        'sed -i "s/^bigcola-us/nobody/;s/BigCola/Cola/" "$1"',
    )
    app = stage.app("demo")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "slash", *typed("bigcola-u"), "enter", "asterisk", "E")
        assert isinstance(app.screen, EditedSheetDialog)
        await press(pilot, "enter")
        assert isinstance(app.screen, PlanScreen)
        assert {step.id for step in plan(app).steps} == {"bigcola-uk", "bigcola-us"}
    (second,) = editor.saw()
    assert "#! “nobody” is none of the ids" in second
    assert "nobody\tCola United States" in second


async def test_what_was_saved_is_there_again_until_it_is_handed_in(stage: Stage, editor: Editor) -> None:
    editor.does(f'cat "$1" > {editor.folder}/copy.$$; sed -i "s/BigCola/Cola/" "$1"')
    app = stage.app("demo")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "slash", *typed("bigcola-us"), "enter", "E", "escape", "E")
        assert any("Cola United" in each and "BigCola" not in each for each in editor.saw())
        assert len(plan(app).steps) == 1
        await apply(pilot)
        editor.does('sed -i "s/Cola/Soda/" "$1"')
        await press(pilot, "E")
        (step,) = plan(app).steps
        assert step.body == {"entityName": "Soda United States"}


async def test_what_is_right_can_go_on_without_the_bad_lines(stage: Stage, editor: Editor) -> None:
    editor.does('sed -i "s/^bigcola-us/nobody/;s/BigCola/Cola/" "$1"')
    app = stage.app("demo")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "slash", *typed("bigcola-u"), "enter", "asterisk", "E")
        assert isinstance(app.screen, EditedSheetDialog)
        await press(pilot, "shift+tab", "shift+tab", "space", "enter")
        assert {step.id for step in plan(app).steps} == {"bigcola-uk"}


async def test_an_editor_that_is_not_there_or_fails_is_said(
    stage: Stage, editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor.does("exit 3")
    app = stage.app("demo")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "E")
        assert "ended with 3" in told(app)
        monkeypatch.setenv("VISUAL", "/no/such/editor")
        await press(pilot, "E")
        assert "/no/such/editor could not be started" in told(app)
        monkeypatch.setenv("VISUAL", "true")
        await press(pilot, "E")
        assert "No alias was changed" in told(app)


def test_the_editor_is_visual_before_editor_before_vi() -> None:
    assert editor_of({"VISUAL": "code --wait", "EDITOR": "nano"}) == ["code", "--wait"]
    assert editor_of({"EDITOR": "nano"}) == ["nano"]
    assert editor_of({"VISUAL": " "}) == ["vi"]
    with pytest.raises(UsageError, match="quotes"):
        editor_of({"EDITOR": "'vi"})


async def test_one_alias_is_still_a_small_dialog_and_lists_know_their_kind(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "1", "N")
        assert isinstance(app.screen, CreateManyDialog)
        assert app.screen._kind is Kind.APPLICATION
        await press(pilot, "escape", "4", "N")
        assert isinstance(app.screen, MainScreen)
        assert "portal" in told(app)
