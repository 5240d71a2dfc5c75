from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Input

from entitree.tui.widgets.filter_line import FilterLine
from entitree.tui.widgets.item_list import ItemList
from entitree.tui.widgets.one_line import OneLine

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import App
    from textual.message import Message
    from textual.widget import Widget

    Stage = Callable[..., App[None]]
    Hook = Callable[[Message], None]
    Lines = Callable[[Widget], list[str]]


def said(heard: list[Message]) -> list[str]:
    kinds: dict[type[Message], str] = {
        FilterLine.Kept: "kept",
        FilterLine.Cleared: "cleared",
        FilterLine.Leave: "leave",
    }
    words = []
    for each in heard:
        if isinstance(each, FilterLine.Changed):
            words.append(each.value)
        elif type(each) in kinds:
            words.append(kinds[type(each)])
    return words


async def test_typing_keeping_leaving_and_clearing(stage: Stage, heard: list[Message], hear: Hook) -> None:
    line = FilterLine()
    async with stage(ItemList(), line).run_test(size=(80, 24), message_hook=hear) as pilot:
        line.open()
        await pilot.press("a", "j", "enter", "down", "escape", "escape")
        assert said(heard) == ["a", "aj", "kept", "leave", "", "cleared", "cleared"]


async def test_coming_back_replaces_what_is_there_unless_one_moves(stage: Stage) -> None:
    line, rows = FilterLine(), ItemList()
    async with stage(rows, line).run_test(size=(80, 24)) as pilot:
        line.open()
        await pilot.press("a", "b")
        pilot.app.screen.set_focus(rows)
        line.open()
        await pilot.press("c")
        assert line.value == "c"
        pilot.app.screen.set_focus(rows)
        line.open()
        await pilot.press("end", "d")
        assert line.value == "cd"


async def test_setting_the_value_says_nothing(stage: Stage, heard: list[Message], hear: Hook) -> None:
    line = FilterLine()
    async with stage(line).run_test(size=(80, 24), message_hook=hear) as pilot:
        line.value = "app:prod"
        await pilot.pause()
        assert said(heard) == []
        assert line.value == "app:prod"


async def test_a_problem_takes_the_place_of_the_truth(
    stage: Stage, hostile: tuple[str, ...], lines: Lines
) -> None:
    line = FilterLine()
    async with stage(line).run_test(size=(80, 24)) as pilot:
        truth = list(line.query(OneLine))[-1]
        line.truth = "42 of 10 432 · id ↑"
        await pilot.pause()
        assert lines(truth)[0].endswith(" 42 of 10 432 · id ↑ ")
        calm = truth.render_line(0)
        line.problem = "assoc: wants a number"
        await pilot.pause()
        assert lines(truth)[0].endswith(" assoc: wants a number ")
        assert {s.style for s in truth.render_line(0)} != {s.style for s in calm}
        for text in hostile:
            line.problem = text
            await pilot.pause()
            lines(truth)
        line.problem = ""
        await pilot.pause()
        assert lines(truth)[0].endswith(" 42 of 10 432 · id ↑ ")


async def test_it_is_one_line_that_does_not_blink(stage: Stage) -> None:
    line = FilterLine()
    async with stage(line).run_test(size=(80, 24)) as pilot:
        line.open()
        await pilot.pause()
        field = line.query_one(Input)
        assert not field.cursor_blink
        assert (line.size.height, field.size.height) == (1, 1)
