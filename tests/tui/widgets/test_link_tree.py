from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.content import Content

from entitree.inventory.links import Node, NodeKind
from entitree.inventory.model import Kind
from entitree.tui.widgets.link_tree import LinkTree

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import App
    from textual.message import Message
    from textual.widget import Widget

    Stage = Callable[..., App[None]]
    Hook = Callable[[Message], None]
    Lines = Callable[[Widget], list[str]]

SIZE = (34, 20)


def leaf(label: str, detail: str = "", *, leads: bool = True) -> Node:
    return Node(label, NodeKind.RESOURCE, detail, target=(Kind.ENTITY, label) if leads else None)


def branch(label: str, *children: Node, kind: NodeKind = NodeKind.CHANNEL) -> Node:
    return Node(label, kind, count=len(children), children=children)


def application(label: str, *children: Node) -> Node:
    return branch(label, *children, kind=NodeKind.APPLICATION)


NODES = (
    application(
        "prod", branch("SMS", leaf("14155550100", "inbound"), leaf("InfoSMS")), branch("MMS", leaf("1"))
    ),
    application("default", leaf("nowhere", leads=False)),
)


@pytest.fixture
def tree() -> LinkTree:
    tree = LinkTree()
    tree.show("bigcola-us", NODES)
    return tree


def shown(lines: list[str]) -> list[str]:
    return [line.rstrip() for line in lines if line.strip()]


def highlighted(heard: list[Message]) -> list[str | None]:
    return [
        each.node.label if each.node else None for each in heard if isinstance(each, LinkTree.Highlighted)
    ]


async def test_the_first_level_is_open_and_the_rest_opens_on_demand(
    stage: Stage, tree: LinkTree, lines: Lines
) -> None:
    async with stage(tree).run_test(size=SIZE) as pilot:
        assert shown(lines(tree)) == [
            " bigcola-us",
            "▌▾ prod  2",
            "   ▸ SMS  2",
            "   ▸ MMS  1",
            " ▾ default  1",
            "     nowhere",
        ]
        await pilot.press("down", "right")
        assert shown(lines(tree))[2:6] == [
            "▌  ▾ SMS  2",
            "       14155550100  inbound",
            "       InfoSMS",
            "   ▸ MMS  1",
        ]
        await pilot.press("space")
        assert shown(lines(tree))[2:4] == ["▌  ▸ SMS  2", "   ▸ MMS  1"]


async def test_right_and_left_walk_the_branches(stage: Stage, tree: LinkTree) -> None:
    async with stage(tree).run_test(size=SIZE) as pilot:

        async def after(*keys: str) -> str:
            await pilot.press(*keys)
            assert tree.node is not None
            return tree.node.label

        assert await after("right") == "SMS"
        assert await after("right") == "SMS"
        assert await after("right") == "14155550100"
        assert await after("right") == "14155550100"
        assert await after("j") == "InfoSMS"
        assert await after("left") == "SMS"
        assert await after("left", "left") == "prod"
        assert await after("left", "down") == "default"
        assert await after("G") == "nowhere"
        assert await after("g") == "prod"


async def test_enter_jumps_from_a_leaf_that_leads_somewhere(
    stage: Stage, tree: LinkTree, heard: list[Message], hear: Hook
) -> None:
    async with stage(tree).run_test(size=SIZE, message_hook=hear) as pilot:
        await pilot.press("G", "enter", "space")
        assert not any(isinstance(each, LinkTree.Jump) for each in heard)
        await pilot.press("g", "down", "enter", "down", "space", "enter")
        assert [each.target for each in heard if isinstance(each, LinkTree.Jump)] == [
            (Kind.ENTITY, "14155550100")
        ]
        assert highlighted(heard) == ["prod", "nowhere", "prod", "SMS", "14155550100"]


async def test_what_is_open_and_where_the_cursor_is_outlives_another_tree(
    stage: Stage, tree: LinkTree, heard: list[Message], hear: Hook, lines: Lines
) -> None:
    async with stage(tree).run_test(size=SIZE, message_hook=hear) as pilot:
        await pilot.press("down", "right", "down")
        tree.show(
            "bigcola-uk",
            (application("added"), application("prod", branch("SMS", leaf("14155550100"), leaf("447")))),
        )
        await pilot.pause()
        assert shown(lines(tree)) == [
            " bigcola-uk",
            "   added",
            " ▾ prod  1",
            "   ▾ SMS  2",
            "▌      14155550100",
            "       447",
        ]
        tree.show("other", (application("prod", branch("MMS", leaf("1"))),))
        await pilot.pause()
        assert (tree.cursor, highlighted(heard)[-1]) == (0, "prod")


async def test_turning_a_branch_draws_no_row_above_it_differently(
    stage: Stage, tree: LinkTree, lines: Lines
) -> None:
    async with stage(tree).run_test(size=SIZE) as pilot:
        await pilot.press("G", "up")
        above = lines(tree)[:4]
        await pilot.press("left")
        assert lines(tree)[:4] == above
        assert shown(lines(tree))[4:] == ["▌▸ default  1"]


async def test_nothing_tied(
    stage: Stage, tree: LinkTree, heard: list[Message], hear: Hook, lines: Lines
) -> None:
    tree.placeholder = Content("Nothing is tied to it.")
    async with stage(tree).run_test(size=SIZE, message_hook=hear) as pilot:
        tree.show("alone", ())
        await pilot.press("enter", "right", "left", "space", "down")
        assert shown(lines(tree)) == [" alone", " Nothing is tied to it."]
        assert highlighted(heard) == ["prod", None]
        assert tree.node is None


async def test_a_long_title_is_whole(stage: Stage, tree: LinkTree, lines: Lines) -> None:
    async with stage(tree).run_test(size=SIZE) as pilot:
        for title in ("x" * 255, "東" * 120, "[/]\x1b"):
            tree.show(title, NODES)
            await pilot.pause()
            text = "".join(line.strip() for line in lines(tree)[: tree.head_height])
            assert text == title.replace("\x1b", "␛")
        tree.show("y" * 900, NODES)
        await pilot.pause()
        assert lines(tree)[tree.head_height - 1].rstrip().endswith("…")
        assert tree.cursor in tree.visible_range()


async def test_hostile_texts_are_inert_and_lines_keep_their_width(
    stage: Stage, hostile: tuple[str, ...], lines: Lines
) -> None:
    nodes = tuple(application(text, leaf(text, text)) for text in hostile)
    for width in (60, 34, 9, 1):
        tree = LinkTree()
        tree.show(hostile[5], nodes)
        async with stage(tree).run_test(size=(width, 60)):
            assert len(lines(tree)) == 60


async def test_a_click_on_a_branch_puts_the_cursor_there(stage: Stage, tree: LinkTree) -> None:
    async with stage(tree).run_test(size=SIZE) as pilot:
        await pilot.click(tree, offset=(6, 3))
        assert tree.cursor == 2
        await pilot.double_click(tree, offset=(6, 2))
        assert tree.cursor == 1
        assert tree.count == 7


async def test_ten_thousand_leaves_draw_only_what_is_on_screen(stage: Stage, lines: Lines) -> None:
    tree = LinkTree()
    tree.show("many", (application("prod", *(leaf(str(at)) for at in range(10_000))),))
    async with stage(tree).run_test(size=SIZE) as pilot:
        await pilot.press("end")
        assert shown(lines(tree))[-1] == "▌    9999"
        await pilot.press("left", "left")
        assert tree.count == 1
