"""The field of every form: keys in their order, nothing a terminal obeys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.events import Key, Paste

from entitree.tui.widgets.entry import Entry

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import App

    Stage = Callable[..., App[None]]


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        ((*"abc", "backspace", "backspace", *"neu"), "aneu"),
        ((*"abc", "ctrl+u", *"neu"), "neu"),
        ((*"neu", "left", "left", "x"), "nxeu"),
        ((*"neu", "home", "x", "end", "y"), "xneuy"),
    ],
)
async def test_keys_that_come_together_act_in_their_order(
    stage: Stage, keys: tuple[str, ...], value: str
) -> None:
    entry = Entry()
    async with stage(entry).run_test() as pilot:
        pilot.app.screen.set_focus(entry)
        for key in keys:
            pilot.app.post_message(Key(key, key if len(key) == 1 else None))
        await pilot.pause()
        assert entry.value == value


async def test_what_a_terminal_obeys_falls_away_and_is_said(stage: Stage) -> None:
    entry = Entry()
    async with stage(entry).run_test(notifications=True) as pilot:
        pilot.app.screen.set_focus(entry)
        pilot.app.post_message(Paste("a\x1b]0;x\x07\u202eb"))
        await pilot.pause()
        assert entry.value == "a]0;xb"
        assert "3 characters" in " ".join(str(each.message) for each in pilot.app._notifications)


async def test_what_is_typed_after_a_tab_lands_in_the_next_field(stage: Stage) -> None:
    first, second = Entry(id="first"), Entry(id="second", password=True)
    async with stage(first, second).run_test() as pilot:
        pilot.app.screen.set_focus(first)
        for key in (*"name", "tab", *"secret", "shift+tab", "end", "!"):
            pilot.app.post_message(Key(key, key if len(key) == 1 else None))
        await pilot.pause()
        await pilot.pause()
        assert first.value == "name!"
        assert second.value == "secret"
