"""The main job through the keys: what is pressed is what happens on the platform, and nothing more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.tui.journeys import main, press, told
from textual.events import Key
from textual.widgets import Input

from entitree.api.transport import Reply, Request
from entitree.demos.scenario import settled, typed
from entitree.errors import UnauthorizedError, UnreachableError
from entitree.inventory.model import Kind
from entitree.tui.commands.table import MAIN_COMMANDS
from entitree.tui.modals.alias import AliasDialog
from entitree.tui.modals.connect import ConnectDialog
from entitree.tui.modals.create import NewDialog
from entitree.tui.screens.help import HelpScreen
from entitree.tui.screens.impact import ImpactScreen
from entitree.tui.screens.impact_lines import confirmation
from entitree.tui.screens.main import MainScreen
from entitree.tui.screens.palette import Palette
from entitree.tui.widgets.key_bar import KeyBar
from entitree.tui.widgets.report import Report
from entitree.tui.widgets.tab_line import TabLine

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.tui.conftest import Stage

    from entitree.accounts import Draft
    from entitree.sandbox import Sandbox
    from entitree.settings.profile import Profile
    from entitree.tui.app import EntitreeApp


def names(platform: Sandbox, kind: Kind) -> dict[str, str | None]:
    rows = platform.dump()["entities" if kind is Kind.ENTITY else "applications"]
    return {row[f"{kind.value}Id"]: row.get(f"{kind.value}Name") for row in rows}


def requests(stage: Stage, *methods: str) -> list[tuple[str, str]]:
    """What was sent by these methods, but for the search for senders, which is a POST that only reads."""
    return [
        (each.method, each.target)
        for each in stage.watched.wire.seen
        if each.method in methods and not each.target.startswith("/resources/1/resources?")
    ]


async def test_create_alias_and_delete_by_keys_alone(stage: Stage) -> None:
    app = stage.app("docs")
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        platform = stage.watched.platform
        await press(pilot, "2", "n", *typed("shop-17"), "tab", *typed("Shop"), "enter")
        assert names(platform, Kind.ENTITY)["shop-17"] == "Shop"
        item = main(app).pane.highlighted
        assert item is not None
        assert item.id == "shop-17"
        await press(pilot, "e", *typed(" 17"), "enter")
        assert names(platform, Kind.ENTITY)["shop-17"] == "Shop 17"
        await press(pilot, "e", "ctrl+u", "enter")
        assert names(platform, Kind.ENTITY)["shop-17"] is None
        await press(pilot, "d", *typed("shop-17"), "enter")
        assert "shop-17" not in names(platform, Kind.ENTITY)
        assert isinstance(app.screen, MainScreen)
        assert "1 entity" in told(app)


async def test_a_deletion_removes_what_was_listed_and_nothing_else(stage: Stage) -> None:
    app = stage.app("docs")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        before = stage.watched.platform.dump()
        await press(pilot, "2", "slash", *typed("big-cola"), "enter", "d")
        assert isinstance(app.screen, ImpactScreen)
        shown = app.screen._impact
        assert shown is not None
        await press(pilot, *typed("big-cola"), "enter")
        after = stage.watched.platform.dump()
        gone = sum(
            len(before[each]) - len(after[each]) for each in ("associations", "strategies", "subscriptions")
        )
        assert gone == len(shown.removals) > 0
        assert len(before["entities"]) - len(after["entities"]) == 1
        assert len(before["numbers"]) == len(after["numbers"]) > 0


@pytest.mark.parametrize("keys", [("enter",), ("enter",) * 5, (*typed("big-col"), "enter"), ("tab", "enter")])
async def test_enter_alone_or_half_an_id_never_deletes(stage: Stage, keys: tuple[str, ...]) -> None:
    app = stage.app("docs")
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "slash", *typed("big-cola"), "enter", "d", *keys)
        assert "big-cola" in names(stage.watched.platform, Kind.ENTITY)
        assert requests(stage, "DELETE", "POST", "PUT") == []


async def test_the_first_key_typed_on_the_impact_screen_is_kept(stage: Stage) -> None:
    app = stage.app("docs")
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "slash", *typed("mc-burger"), "enter", "d")
        assert app.focused is not None
        assert app.focused.id == "cancel"
        await press(pilot, *typed("mc-burger"), "enter")
        assert "mc-burger" not in names(stage.watched.platform, Kind.ENTITY)


def test_what_is_typed_to_delete() -> None:
    assert confirmation(["shop-17"]) == "shop-17"
    assert confirmation(["a", "b", "c"]) == "delete 3"
    assert confirmation(["x" * 40]) == "x" * 40
    assert confirmation(["x" * 41]) == "delete 1"
    assert confirmation(["caf\u00e9"]) == "delete 1"
    assert confirmation(["\x1b[2J"]) == "delete 1"


async def test_several_marked_are_deleted_and_hidden_marks_can_be_left_out(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "slash", *typed("aurora-air-f"), "enter", "space")
        await press(pilot, "slash", "ctrl+u", *typed("aurora-air-d"), "enter", "space", "d")
        assert isinstance(app.screen, ImpactScreen)
        assert set(app.screen._ids) == {"aurora-air-de", "aurora-air-fr"}
        await press(pilot, "tab", "enter")
        assert app.screen._ids == ("aurora-air-de",)
        await press(pilot, *typed("aurora-air-de"), "enter")
        left = names(stage.watched.platform, Kind.ENTITY)
        assert "aurora-air-de" not in left
        assert "aurora-air-fr" in left
        assert main(app).pane.marks == {"aurora-air-fr"}


async def test_the_default_application_says_that_it_stays(stage: Stage) -> None:
    app = stage.app("docs")
    async with app.run_test() as pilot:
        await settled(pilot)
        await press(pilot, "home", "d")
        assert isinstance(app.screen, MainScreen)
        assert "cannot be deleted" in told(app)


async def test_protected_ids_stay_out_of_a_deletion(stage: Stage) -> None:
    app = stage.app("docs", protected=frozenset({"big-cola"}))
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "asterisk", "d")
        assert isinstance(app.screen, ImpactScreen)
        assert "big-cola" not in app.screen._ids
        await press(pilot, *typed(f"delete {len(app.screen._ids)}"), "enter")
        assert set(names(stage.watched.platform, Kind.ENTITY)) == {"big-cola"}


async def test_read_only_changes_nothing_and_says_so(stage: Stage) -> None:
    app = stage.app("docs", read_only=True)
    async with app.run_test() as pilot:
        await settled(pilot)
        for key in ("n", "e", "d"):
            await press(pilot, "2", key)
            assert isinstance(app.screen, MainScreen)
        assert "read-only" in told(app)
        await press(pilot, "i")
        assert isinstance(app.screen, ImpactScreen)
        await press(pilot, *typed("big-cola"), "enter")
        assert requests(stage, "DELETE", "POST", "PUT") == []


def answer(status: int, text: str) -> Reply:
    body = f'{{"requestError":{{"serviceException":{{"messageId":"X","text":"{text}"}}}}}}'
    return Reply(status, {"content-type": "application/json"}, body.encode())


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (answer(401, "Unauthorized"), "key"),
        (answer(403, "Forbidden"), "scope"),
        (answer(409, "Conflict"), "already"),
        (answer(400, "size must be between 0 and 255"), "size must be between 0 and 255"),
        (answer(500, "General error"), "500"),
        (UnreachableError("The connection broke.", sent=False), "connection broke"),
    ],
    ids=["401", "403", "409", "400", "500", "lost"],
)
async def test_a_refused_creation_says_why_and_keeps_what_was_typed(
    stage: Stage, reply: Reply | Exception, words: str
) -> None:
    def fault(request: Request) -> Reply | Exception | None:
        return reply if request.method == "POST" else None

    app = stage.app("docs", fault=fault)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "n", *typed("shop-17"), "tab", *typed("Shop"), "enter")
        assert isinstance(app.screen, NewDialog)
        assert app.screen.value("id") == "shop-17"
        assert app.screen.value("alias") == "Shop"
        assert words in str(app.screen.query_one("#message").render())
        assert app.focused is not None
        await press(pilot, "escape")
        assert isinstance(app.screen, MainScreen)


async def test_an_id_too_long_or_taken_is_told_before_anything_is_sent(stage: Stage) -> None:
    app = stage.app("docs")
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "n")
        dialog = app.screen
        assert isinstance(dialog, NewDialog)
        for text, words in (("big-cola", "already"), ("x" * 256, "255"), ("..", "cannot be"), ("", "empty")):
            dialog.query_one("#id", Input).value = text
            await press(pilot, "enter")
            assert words in str(dialog.query_one("#message").render())
        assert requests(stage, "POST") == []


HOSTILE = (
    "[red]x[/]",
    "[/]",
    "[@click=app.quit]x[/]",
    "\x1b]0;title\x07",
    "two\nlines",
    "a\u202eb",
    "\u05d0\u05d1",
)


async def test_hostile_aliases_are_shown_inert_everywhere(stage: Stage) -> None:
    def rows(platform: Sandbox) -> None:
        with platform._state.transaction(writes=True) as db:
            db.execute("DELETE FROM entities")
            db.executemany(
                "INSERT INTO entities (id, name) VALUES (?, ?)",
                [(f"e{at}", text) for at, text in enumerate(HOSTILE)],
            )

    app = stage.app("empty", rows=rows)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "2")
        for at in range(len(HOSTILE)):
            for keys in (("e",), ("d",), ("colon", "e", str(at))):
                await press(pilot, *keys)
                assert drawn_inert(app)
                await press(pilot, "escape")
            await press(pilot, "down")


def drawn_inert(app: EntitreeApp) -> bool:
    lines: Iterable[Any] = app.screen._compositor.render_strips()
    text = "\n".join("".join(segment.text for segment in strip) for strip in lines)
    assert "e" in text
    return not any(ord(char) < 32 and char != "\n" for char in text) and "\u202e" not in text


async def test_nothing_moves_on_the_wire_when_nobody_does_anything(stage: Stage) -> None:
    app = stage.app("docs")
    async with app.run_test() as pilot:
        await settled(pilot)
        await press(pilot, "2", "down", "down", "slash", *typed("cola"), "enter", "1", "space", "u")
        before = len(stage.watched.wire.seen)
        await press(
            pilot,
            "2",
            "down",
            "up",
            "s",
            "S",
            "t",
            "t",
            "colon",
            *typed("mc"),
            "escape",
            "question_mark",
            "q",
        )
        assert len(stage.watched.wire.seen) == before


async def test_opening_reads_each_list_once(stage: Stage) -> None:
    app = stage.app("docs")
    async with app.run_test() as pilot:
        await settled(pilot)
        # Senders are looked for type by type, at one address; only an empty page says that numbers end.
        asked = [(each.target, each.body) for each in stage.watched.wire.seen]
        assert len(asked) == len(set(asked)) == 7 + 22 + 5 + 1


async def test_a_lost_platform_leaves_a_usable_screen_and_r_tries_again(stage: Stage) -> None:
    lost = True

    def fault(request: Request) -> Exception | None:
        return UnreachableError("The platform is out of reach.", sent=False) if lost else None

    app = stage.app("docs", fault=fault)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert "out of reach" in told(app)
        await press(pilot, "2", "question_mark", "escape", "slash", *typed("x"), "escape")
        lost = False
        await press(pilot, "R")
        assert main(app).pane.table.count == 5


async def test_tabs_keep_filter_marks_and_cursor(stage: Stage) -> None:
    app = stage.app("docs")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "slash", *typed("cost"), "enter", "down", "space", "1", "down", "2")
        pane = main(app).pane
        assert pane.kind is Kind.ENTITY
        assert pane.filter_line.value == "cost"
        assert pane.marks == {"cost-center-200"}
        assert pane.highlighted is not None
        assert pane.highlighted.id == "cost-center-300"


async def test_marks_range_all_invert_and_none(stage: Stage) -> None:
    app = stage.app("docs")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "v", "down", "down", "v")
        pane = main(app).pane
        assert pane.marks == {"big-cola", "cost-center-100", "cost-center-200"}
        await press(pilot, "tilde")
        assert pane.marks == {"cost-center-300", "mc-burger"}
        await press(pilot, "asterisk")
        assert len(pane.marks) == 5
        await press(pilot, "u")
        assert pane.marks == set()


async def test_the_tree_leads_somewhere_and_back(stage: Stage) -> None:
    app = stage.app("docs")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "t", "enter")
        here = main(app).pane
        assert here.kind is Kind.APPLICATION
        await press(pilot, "minus")
        back = main(app).pane
        assert back.kind is Kind.ENTITY
        assert back.highlighted is not None
        assert back.highlighted.id == "big-cola"


async def test_the_palette_runs_commands_and_goes_to_ids(stage: Stage) -> None:
    app = stage.app("docs")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "colon", *typed("mc-burger"), "enter")
        item = main(app).pane.highlighted
        assert item is not None
        assert item.id == "mc-burger"
        await press(pilot, "colon", *typed("conn"), "enter")
        assert isinstance(app.screen, ConnectDialog)
        await press(pilot, "escape", "colon", "escape")
        assert isinstance(app.screen, MainScreen)


@pytest.mark.parametrize(
    ("key", "screen"),
    [("n", NewDialog), ("e", AliasDialog), ("question_mark", HelpScreen), ("colon", Palette)],
)
async def test_escape_leaves_everything(stage: Stage, key: str, screen: type[object]) -> None:
    app = stage.app("docs")
    async with app.run_test() as pilot:
        await settled(pilot)
        await press(pilot, key)
        assert isinstance(app.screen, screen)
        await press(pilot, "escape")
        assert isinstance(app.screen, MainScreen)


async def test_letters_in_a_field_are_text(stage: Stage) -> None:
    app = stage.app("docs")
    async with app.run_test() as pilot:
        await settled(pilot)
        await press(pilot, "slash", *typed("qdneix?:"))
        assert isinstance(app.screen, MainScreen)
        assert main(app).pane.filter_line.value == "qdneix?:"


async def test_the_list_shows_what_is_so_after_a_deletion(stage: Stage) -> None:
    app = stage.app("docs")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "slash", *typed("cola"), "enter", "d", *typed("big-cola"), "enter")
        pane = main(app).pane
        assert pane.table.count == 0
        assert "0 of 4" in pane.filter_line.truth
        assert str(main(app).query_one(TabLine).tabs[1].note) == "4"


async def test_letters_typed_faster_than_the_focus_moves_reach_the_filter(stage: Stage) -> None:
    app = stage.app("docs")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2")
        for key in ("slash", *typed("dne2")):
            # As they come from a pasted macro or a slow line: all before any of them was handled.
            app.post_message(Key(key, "/" if key == "slash" else key))
        await settled(pilot)
        assert isinstance(app.screen, MainScreen)
        assert main(app).pane.kind is Kind.ENTITY
        assert main(app).pane.filter_line.value == "dne2"


async def test_a_command_typed_before_another_screen_came_up_is_dropped(stage: Stage) -> None:
    app = stage.app("docs")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2")
        app.post_message(Key("d", "d"))
        app.post_message(Key("e", "e"))
        await settled(pilot)
        assert isinstance(app.screen, ImpactScreen)
        await press(pilot, "escape")
        assert isinstance(app.screen, MainScreen)


async def test_enter_too_often_does_not_keep_the_marks_of_what_is_gone(stage: Stage) -> None:
    app = stage.app("docs")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "slash", *typed("cost"), "enter", "asterisk", "d", *typed("delete 3"))
        for _ in range(3):
            app.post_message(Key("enter", "\r"))
        await settled(pilot)
        assert len(stage.watched.platform.dump()["entities"]) == 2
        assert main(app).pane.marks == set()


async def test_hidden_marks_are_counted_on_the_list(stage: Stage) -> None:
    app = stage.app("docs")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "asterisk", "slash", *typed("cola"), "enter")
        assert "5 marked, 4 hidden" in main(app).pane.filter_line.truth
        await press(pilot, "escape")
        assert "hidden" not in main(app).pane.filter_line.truth


async def test_a_filter_that_hides_the_row_goes_to_the_first_match(stage: Stage) -> None:
    app = stage.app("docs")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "home", "slash", *typed("cost"), "enter")
        item = main(app).pane.highlighted
        assert item is not None
        assert item.id == "cost-center-100"


async def test_the_keys_below_are_those_of_where_one_is(stage: Stage) -> None:
    def labels() -> list[str]:
        return [hint.label for hint in app.screen.query_one(KeyBar).hints]

    app = stage.app("docs")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        assert labels()[0] == "New"
        await press(pilot, "t")
        assert labels()[0] == "Jump"
        await press(pilot, "escape", "slash")
        assert labels()[0] == "Keep"
        await press(pilot, "enter")
        assert labels()[0] == "New"


async def test_a_refused_key_is_asked_for_where_it_stands(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = stage.app("docs")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(
            pilot, "colon", *typed("conn"), "enter", *typed("acme"), "tab", *typed("https://a.example")
        )
        await press(pilot, "tab", *typed("wrong"))

        async def refused(draft: Draft) -> Profile:
            raise UnauthorizedError("The platform does not accept this key.", status=401)

        monkeypatch.setattr(app.accounts, "add", refused)
        await press(pilot, "enter")
        assert isinstance(app.screen, ConnectDialog)
        assert app.focused is not None
        assert app.focused.id == "api-key"
        await press(pilot, *typed("right"))
        assert app.screen.value("api-key") == "right"
        assert app.screen.value("name") == "acme"


async def test_enter_on_read_only_connects_and_does_not_untick(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafts: list[Draft] = []

    async def refused(draft: Draft) -> Profile:
        drafts.append(draft)
        raise UnauthorizedError("The platform does not accept this key.", status=401)

    app = stage.app("docs")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        monkeypatch.setattr(app.accounts, "add", refused)
        await press(pilot, "colon", *typed("conn"), "enter")
        app.screen.query_one("#read-only").focus()
        await press(pilot, "space", "enter")
        assert [draft.read_only for draft in drafts] == [True]


async def test_down_in_the_filter_goes_to_the_list_and_up_and_down_scroll_an_impact(stage: Stage) -> None:
    app = stage.app("docs")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "slash", *typed("cola"), "down")
        assert main(app).focused is main(app).pane.table
        await press(pilot, "d", "b", "down", "down")
        assert app.screen.query_one(Report).cursor == 2


async def test_every_key_named_below_is_one_of_a_command_or_of_the_list(stage: Stage) -> None:
    app = stage.app("docs")
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        known = {command.name for command in MAIN_COMMANDS} | {"help"}
        for keys in ((), ("slash",), ("escape", "t", "tab")):
            await press(pilot, *keys)
            hints = main(app).key_hints()
            assert hints
            assert {hint.action for hint in hints if hint.action} <= known
