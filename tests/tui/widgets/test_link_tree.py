from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

import pytest
from textual.content import Content

from entitree.inventory.model import (
    AssociationRow,
    Family,
    FamilyState,
    InboundRow,
    Item,
    KeyRow,
    Kind,
    LinkRow,
    NumberRow,
    StrategyRow,
)
from entitree.inventory.store import Store
from entitree.inventory.ties import ItemTies, ResourceTies
from entitree.text import mended
from entitree.tui.place import Place
from entitree.tui.widgets.link_tree import LinkTree

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path
    from sqlite3 import Connection

    from textual.app import App
    from textual.message import Message
    from textual.pilot import Pilot
    from textual.widget import Widget

    from entitree.inventory.records import Stored

    Stage = Callable[..., App[None]]
    Hook = Callable[[Message], None]
    Lines = Callable[[Widget], list[str]]
    Shown = Callable[[LinkTree], list[str]]

T = TypeVar("T")
SIZE = (34, 20)
US = ItemTies(Kind.ENTITY, ("bigcola-us",))
UK = ItemTies(Kind.ENTITY, ("bigcola-uk",))


def sms(resource: str, entity: str | None = "bigcola-us", application: str = "prod") -> AssociationRow:
    return AssociationRow("ALPHA", "SMS", application, entity, resource)


ROWS: tuple[Stored, ...] = (
    Item(Kind.APPLICATION, "default", "default"),
    Item(Kind.APPLICATION, "prod", "Production"),
    Item(Kind.ENTITY, "bigcola-us", "BigCola US"),
    Item(Kind.ENTITY, "bigcola-uk"),
    sms("Cola"),
    sms("Info"),
    AssociationRow("ALPHA", "MMS", "prod", "bigcola-us", "Cola"),
    StrategyRow("S1", "default", "bigcola-us", "SMS", "US", "{}"),
    sms("Cola", "bigcola-uk"),
    sms("Tea", "bigcola-uk"),
)


class CountingStore(Store):
    """Knows how many questions it was asked, and holds them back when it is told to."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.asked = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def ask(self, question: Callable[[Connection], T]) -> T:
        self.asked += 1
        await self.gate.wait()
        return await super().ask(question)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[CountingStore]:
    async with CountingStore(tmp_path / "mirror.db") as opened:
        await opened.put(*ROWS)
        for family in Family:
            await opened.put_family(FamilyState(family, whole=True, read_at=datetime(2026, 1, 1, tzinfo=UTC)))
        yield opened


@pytest.fixture
def tree(store: CountingStore) -> LinkTree:
    tree = LinkTree(store)
    tree.look_at(US)
    return tree


async def settle(pilot: Pilot[None]) -> None:
    """What was asked is answered, and drawn."""
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def press(pilot: Pilot[None], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await settle(pilot)


def highlighted(heard: list[Message]) -> list[str | None]:
    return [
        each.node.label if each.node else None for each in heard if isinstance(each, LinkTree.Highlighted)
    ]


@pytest.fixture
def shown(lines: Lines) -> Shown:
    """The lines of a tree that are not blank."""
    return lambda tree: [text.rstrip() for text in lines(tree.lines) if text.strip()]


async def test_a_short_top_is_open_and_the_rest_opens_on_demand(
    stage: Stage, tree: LinkTree, shown: Shown
) -> None:
    async with stage(tree).run_test(size=SIZE) as pilot:
        await settle(pilot)
        tree.focus()
        await pilot.pause()
        assert shown(tree) == [
            " bigcola-us",
            " BigCola US",
            "▌▾ default  1",
            "   ▸ Strategies  1",
            " ▾ prod  3  Production",
            "   ▸ MMS  1",
            "   ▸ SMS  2",
        ]
        await press(pilot, "G", "right")
        assert shown(tree)[6:] == [
            "▌  ▾ SMS  2",
            "       Cola  alpha · not owned",
            "       Info  alpha · not owned",
        ]
        await press(pilot, "space")
        assert shown(tree)[5:] == ["   ▸ MMS  1", "▌  ▸ SMS  2"]


async def test_right_and_left_walk_the_branches(stage: Stage, tree: LinkTree) -> None:
    async with stage(tree).run_test(size=SIZE) as pilot:
        await settle(pilot)
        tree.focus()

        async def after(*keys: str) -> str:
            await press(pilot, *keys)
            assert tree.node is not None
            return tree.node.label

        assert await after("down", "down") == "prod"
        assert await after("right") == "MMS"
        assert await after("down", "right") == "SMS"
        assert await after("right") == "Cola"
        assert await after("right") == "Cola"
        assert await after("j") == "Info"
        assert await after("left") == "SMS"
        assert await after("left", "left") == "prod"
        assert await after("left") == "prod"
        assert await after("G") == "prod"
        assert await after("g") == "default"


async def test_a_second_key_waits_for_the_branch_that_the_first_one_opens(
    stage: Stage, tree: LinkTree, store: CountingStore
) -> None:
    async with stage(tree).run_test(size=SIZE) as pilot:
        await settle(pilot)
        tree.focus()
        await pilot.press("G")
        store.gate.clear()
        await pilot.press("right", "right")
        assert tree.node is not None
        assert tree.node.label == "SMS"
        store.gate.set()
        await settle(pilot)
        assert tree.node.label == "Cola"


async def test_enter_jumps_to_the_resource_and_to_the_other_half(
    stage: Stage, tree: LinkTree, heard: list[Message], hear: Hook
) -> None:
    async with stage(tree).run_test(size=SIZE, message_hook=hear) as pilot:
        await settle(pilot)
        tree.focus()
        await press(pilot, "G", "enter", "down", "enter", "space")
        assert tree.node is not None
        assert tree.node.association == sms("Cola")
        await press(pilot, "g", "enter")
        assert [each.target for each in heard if isinstance(each, LinkTree.Jump)] == [
            Place(None, "Cola", "ALPHA"),
            Place(Kind.APPLICATION, "default"),
        ]
        assert highlighted(heard) == ["default", "SMS", "Cola", "default"]


async def test_what_is_open_and_where_the_cursor_is_outlives_another_tree(
    stage: Stage,
    tree: LinkTree,
    shown: Shown,
    heard: list[Message],
    hear: Hook,
) -> None:
    async with stage(tree).run_test(size=SIZE, message_hook=hear) as pilot:
        await settle(pilot)
        tree.focus()
        await press(pilot, "G", "right", "right")
        tree.look_at(UK)
        await settle(pilot)
        assert shown(tree) == [
            " bigcola-uk",
            " ▾ prod  2  Production",
            "   ▾ SMS  2",
            "▌      Cola  alpha · not owned",
            "       Tea  alpha · not owned",
        ]
        tree.look_at(ItemTies(Kind.APPLICATION, ("default",)))
        await settle(pilot)
        assert (tree.lines.cursor, highlighted(heard)[-1]) == (0, "bigcola-us")


async def test_the_old_tree_stays_until_the_new_one_is_there_and_only_the_last_is_shown(
    stage: Stage, tree: LinkTree, store: CountingStore, shown: Shown
) -> None:
    async with stage(tree).run_test(size=SIZE) as pilot:
        await settle(pilot)
        before = shown(tree)
        store.gate.clear()
        asked = store.asked
        for subject in (
            UK,
            ItemTies(Kind.APPLICATION, ("prod",)),
            ItemTies(Kind.APPLICATION, ("default",)),
            UK,
        ):
            tree.look_at(subject)
            await pilot.pause()
            assert shown(tree) == before
        store.gate.set()
        await settle(pilot)
        assert shown(tree)[0] == " bigcola-uk"
        assert store.asked == asked + 2


async def test_a_reload_draws_what_changed_and_nothing_where_nothing_did(
    stage: Stage,
    tree: LinkTree,
    store: CountingStore,
    shown: Shown,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with stage(tree).run_test(size=SIZE) as pilot:
        await settle(pilot)
        tree.focus()
        await press(pilot, "G", "right")
        drawn: list[int] = []
        changed = tree.lines.lines_changed

        def draw() -> None:
            drawn.append(1)
            changed()

        monkeypatch.setattr(tree.lines, "lines_changed", draw)
        asked = store.asked
        for _ in range(20):
            tree.reload()
        await settle(pilot)
        assert not drawn
        assert store.asked <= asked + 2
        await store.put(sms("Bean"))
        tree.reload()
        await settle(pilot)
        assert [line.split()[0] for line in shown(tree)[7:]] == ["Bean", "Cola", "Info"]
        assert shown(tree)[6] == "▌  ▾ SMS  3"
        assert drawn


async def test_turning_a_branch_draws_no_row_above_it_differently(
    stage: Stage, tree: LinkTree, lines: Lines, shown: Shown
) -> None:
    async with stage(tree).run_test(size=SIZE) as pilot:
        await settle(pilot)
        tree.focus()
        await press(pilot, "down", "down")
        above = lines(tree.lines)[:4]
        await press(pilot, "left")
        assert lines(tree.lines)[:4] == above
        assert shown(tree)[4:] == ["▌▸ prod  3  Production"]


async def test_nothing_tied_and_nothing_to_look_at(
    stage: Stage,
    tree: LinkTree,
    store: CountingStore,
    shown: Shown,
    heard: list[Message],
    hear: Hook,
) -> None:
    await store.put(Item(Kind.ENTITY, "alone"))
    tree.placeholder = Content("Nothing is tied to it.")
    async with stage(tree).run_test(size=SIZE, message_hook=hear) as pilot:
        await settle(pilot)
        tree.focus()
        tree.look_at(ItemTies(Kind.ENTITY, ("alone",)))
        await settle(pilot)
        await press(pilot, "enter", "right", "left", "space", "down", "end")
        assert shown(tree) == [" alone", " Nothing is tied to it."]
        assert highlighted(heard) == ["default", None]
        tree.look_at(None)
        await settle(pilot)
        assert shown(tree) == [" Nothing is tied to it."]
        assert tree.node is None


async def test_what_does_not_exist_is_marked_so(
    stage: Stage, tree: LinkTree, store: CountingStore, shown: Shown
) -> None:
    await store.put(StrategyRow("S9", "gone", "ghost", None, None, "{}"))
    async with stage(tree).run_test(size=SIZE) as pilot:
        tree.look_at(ItemTies(Kind.ENTITY, ("ghost",)))
        await settle(pilot)
        assert shown(tree)[:3] == [" ghost", " does not exist", " ▾ gone  1  does not exist"]


async def test_several_together_say_how_many_and_whose(stage: Stage, tree: LinkTree, shown: Shown) -> None:
    async with stage(tree).run_test(size=(60, 20)) as pilot:
        tree.look_at(ItemTies(Kind.ENTITY, ("bigcola-uk", "bigcola-us")))
        await settle(pilot)
        tree.focus()
        await press(pilot, "G", "right")
        assert shown(tree)[0] == " 2 marked entities"
        assert shown(tree)[5:8] == [
            "▌  ▾ SMS  4",
            "       Cola  alpha · bigcola-uk · not owned",
            "       Cola  alpha · bigcola-us · not owned",
        ]


async def test_a_resource_shows_whom_it_serves(
    stage: Stage, tree: LinkTree, store: CountingStore, shown: Shown
) -> None:
    await store.put(
        NumberRow("KEY1", "14155550100", "US", None, ("SMS",), "prod", "bigcola-us"),
        AssociationRow("NUMBER", "SMS", "prod", "bigcola-us", "KEY1"),
        AssociationRow("NUMBER", "SMS", "prod", None, "KEY1"),
        InboundRow("I1", "SMS", "KEY1", "STOP", "default", None, "HTTP_FORWARD", "https://hook"),
        KeyRow(
            "K1", "cola key", enabled=False, valid_to=None, links=(LinkRow("prod", "bigcola-us", "FILL"),)
        ),
    )
    async with stage(tree).run_test(size=(60, 24)) as pilot:
        tree.look_at(ResourceTies("NUMBER", "KEY1"))
        await settle(pilot)
        tree.focus()
        await press(pilot, "down", "right")
        assert shown(tree) == [
            " 14155550100",
            " number · KEY1",
            " ▾ prod  2  Production",
            "▌  ▾ bigcola-us  1  BigCola US",
            "       SMS",
            "   ▸ whole application  1",
            " ▾ Own link  1",
            "     prod  Production",
            "     bigcola-us  BigCola US",
            " ▾ Inbound configurations  1",
            "     STOP  SMS · default · http forward https://hook",
        ]
        tree.look_at(US)
        await settle(pilot)
        await press(pilot, "G", "right")
        assert shown(tree)[-1] == "       cola key  disabled · FILL"


async def many(store: CountingStore, count: int) -> None:
    await store.put(Item(Kind.ENTITY, "busy"), *[sms(f"r{at:05}", "busy") for at in range(count)])


async def test_of_five_thousand_associations_only_what_is_open_is_read(
    stage: Stage, tree: LinkTree, store: CountingStore, shown: Shown
) -> None:
    await many(store, 5_000)
    async with stage(tree).run_test(size=SIZE) as pilot:
        tree.look_at(ItemTies(Kind.ENTITY, ("busy",)))
        await settle(pilot)
        tree.focus()
        assert tree.lines.count == 2
        asked = store.asked
        await press(pilot, "down", "right")
        assert (tree.lines.count, store.asked) == (203, asked + 1)
        await press(pilot, "end")
        assert shown(tree)[-1] == "▌      and 4 600 more"
        assert (tree.lines.count, store.asked) == (403, asked + 2)
        await press(pilot, "enter")
        assert tree.node is not None
        assert (tree.node.label, tree.lines.count, store.asked) == ("r00400", 603, asked + 3)
        # What was read is read again by a reload, and in one question.
        tree.reload()
        await settle(pilot)
        assert (tree.node.label, tree.lines.count, store.asked) == ("r00400", 603, asked + 4)
        await press(pilot, "left", "left")
        assert tree.lines.count == 2


async def test_the_end_of_a_level_is_reached(stage: Stage, tree: LinkTree, store: CountingStore) -> None:
    await many(store, 450)
    async with stage(tree).run_test(size=SIZE) as pilot:
        tree.look_at(ItemTies(Kind.ENTITY, ("busy",)))
        await settle(pilot)
        tree.focus()
        await press(pilot, "down", "right", "end", "end", "end")
        assert tree.node is not None
        assert (tree.node.label, tree.lines.count) == ("r00449", 452)


async def test_a_long_top_is_shut(stage: Stage, tree: LinkTree, store: CountingStore) -> None:
    await store.put(*[sms("Cola", f"e{at:03}") for at in range(300)])
    async with stage(tree).run_test(size=SIZE) as pilot:
        tree.look_at(ItemTies(Kind.APPLICATION, ("prod",)))
        await settle(pilot)
        assert tree.lines.count == 201


async def test_typed_words_open_what_matches(
    stage: Stage, tree: LinkTree, store: CountingStore, shown: Shown, lines: Lines
) -> None:
    async with stage(tree).run_test(size=(44, 20)) as pilot:
        await settle(pilot)
        tree.focus()
        await press(pilot, "down", "down", "left")
        unfiltered = shown(tree)
        await press(pilot, "slash", *"PRODUCT", "space", *"cola")
        assert tree.filter_line.display
        assert tree.filter_line.truth == "2 found"
        assert shown(tree)[2:] == [
            " ▾ prod  2  Production",
            "   ▾ MMS  1",
            "       Cola  alpha · not owned",
            "   ▾ SMS  1",
            "       Cola  alpha · not owned",
        ]
        await press(pilot, "down")
        assert tree.has_keys
        await press(pilot, "left")
        assert shown(tree)[2:] == ["▌▸ prod  2  Production"]
        # What is typed outlives another subject.
        tree.look_at(UK)
        await settle(pilot)
        assert shown(tree)[1:] == [
            "▌▸ prod  1  Production",
        ]
        tree.look_at(US)
        await settle(pilot)
        await press(pilot, "escape")
        assert not tree.filter_line.display
        assert tree.has_keys
        assert [text.replace("▌", " ") for text in shown(tree)] == [
            text.replace("▌", " ") for text in unfiltered
        ]


async def test_words_that_match_nothing_say_so(stage: Stage, tree: LinkTree, shown: Shown) -> None:
    async with stage(tree).run_test(size=SIZE) as pilot:
        await settle(pilot)
        tree.focus()
        await press(pilot, "slash", *"nix")
        assert shown(tree)[2:] == [" Nothing here matches."]
        assert tree.filter_line.truth == "0 found"
        await press(pilot, "escape")
        assert tree.has_keys
        assert len(shown(tree)) == 7
        # An empty filter line is not kept.
        await press(pilot, "slash", "enter")
        assert not tree.filter_line.display


async def test_a_long_title_is_whole(
    stage: Stage, tree: LinkTree, store: CountingStore, lines: Lines
) -> None:
    async with stage(tree).run_test(size=SIZE) as pilot:
        for title in ("x" * 255, "東" * 120, "[/]\x1b"):
            tree.look_at(ItemTies(Kind.ENTITY, (title,)))
            await settle(pilot)
            text = "".join(line.strip() for line in lines(tree.lines)[: tree.lines.head_height])
            assert text == title.replace("\x1b", "␛")
        await store.put(sms("Cola", "y" * 900))
        tree.look_at(ItemTies(Kind.ENTITY, ("y" * 900,)))
        await settle(pilot)
        assert lines(tree.lines)[tree.lines.head_height - 1].rstrip().endswith("…")
        assert tree.lines.cursor in tree.lines.visible_range()


async def test_hostile_texts_are_inert_and_lines_keep_their_width(
    stage: Stage, store: CountingStore, hostile: tuple[str, ...], lines: Lines
) -> None:
    for text in map(mended, hostile):
        await store.put(Item(Kind.APPLICATION, text, f"alias {text}"))
        await store.put(AssociationRow(text, text, text, "bigcola-uk", text))
    for width in (60, 34, 9, 1):
        tree = LinkTree(store)
        async with stage(tree).run_test(size=(width, 60)) as pilot:
            tree.look_at(UK)
            await settle(pilot)
            assert len(lines(tree.lines)) == 60
            tree.focus()
            tree.lines.search(("o",))
            await settle(pilot)
            assert len(lines(tree.lines)) == 60


async def test_a_click_on_a_branch_puts_the_cursor_there(stage: Stage, tree: LinkTree) -> None:
    async with stage(tree).run_test(size=SIZE) as pilot:
        await settle(pilot)
        await pilot.click(tree.lines, offset=(6, 5))
        assert tree.lines.cursor == 3
        await pilot.double_click(tree.lines, offset=(6, 6))
        await settle(pilot)
        assert tree.lines.cursor == 4
        assert tree.lines.count == 7
