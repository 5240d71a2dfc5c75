"""A bare app to stand widgets in, and texts that no platform should send."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len
from textual.app import App

from entitree.tui.themes import load_themes, role_defaults

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.message import Message
    from textual.widget import Widget


class Stage(App[None]):
    CSS = "ItemList, LinkTree { height: 1fr; }"

    def __init__(self, *actors: Widget) -> None:
        super().__init__()
        self._actors = actors
        for theme in load_themes()[0]:
            self.register_theme(theme)
        self.theme = "entitree-dark"

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return role_defaults()

    def compose(self) -> ComposeResult:
        yield from self._actors


@pytest.fixture
def stage() -> Callable[..., App[None]]:
    """Makes an app of nothing but the given widgets."""
    return Stage


@pytest.fixture
def heard() -> list[Message]:
    """Every message that was sent, once."""
    return []


@pytest.fixture
def hear(heard: list[Message]) -> Callable[[Message], None]:
    """The hook for `run_test` that fills `heard`: bubbling brings the same message several times."""

    def hook(message: Message) -> None:
        if all(message is not known for known in heard):
            heard.append(message)

    return hook


def _lines(widget: Widget) -> list[str]:
    width = widget.size.width - widget.scrollbar_size_vertical
    texts = [widget.render_line(y).text for y in range(widget.size.height)]
    for text in texts:
        assert cell_len(text) == width, text
        assert all(unicodedata.category(char) != "Cc" for char in text), text
        assert not set(text) & {"\u202e", "\u2066", "\u200b", "\ud800"}, text
    return texts


@pytest.fixture
def lines() -> Callable[[Widget], list[str]]:
    """The text of every line of a widget; each is inert and exactly as wide as the widget."""
    return _lines


@pytest.fixture
def hostile() -> tuple[str, ...]:
    return (
        "\x1b]52;c;x\x07\x1b[2J",
        "[red]x[/]",
        "[/]",
        "[@click=app.quit]x[/]",
        "two\nlines\r\n\ttab",
        "abc\u202edef\u2066",
        "東" * 300,
        "👨\u200d👩\u200d👧\u200d👦 family ❤\ufe0f " * 9,
        "e\u0301o\u0308\u0323" * 60,
        "\u0301starts with a mark",
        "\ud800 lone",
        "x" * 255,
        "\u200d\ufe0f\u200b",
        "",
    )
