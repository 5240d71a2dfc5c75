"""What somebody at a terminal can do, each as the terminal would tell it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from textual import events
from textual.geometry import Size
from textual.keys import REPLACED_KEYS, _character_to_key, _get_unicode_name_from_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.app import App
    from textual.drivers.headless_driver import HeadlessDriver


@dataclass(frozen=True, slots=True)
class Key:
    """By Textual's name of it, or the character."""

    name: str

    def events(self, app: App[Any]) -> Iterable[events.Event]:
        name = _character_to_key(self.name) if len(self.name) == 1 else self.name
        character: str | None
        if len(self.name) == 1:
            character = self.name
        else:
            try:
                character = unicodedata.lookup(_get_unicode_name_from_key(REPLACED_KEYS.get(name, name)))
            except KeyError:
                character = None
        yield events.Key(name, character)


@dataclass(frozen=True, slots=True)
class Pasted:
    text: str

    def events(self, app: App[Any]) -> Iterable[events.Event]:
        yield events.Paste(self.text)


@dataclass(frozen=True, slots=True)
class Resized:
    width: int
    height: int

    def events(self, app: App[Any]) -> Iterable[events.Event]:
        size = Size(self.width, self.height)
        driver: HeadlessDriver = app._driver  # type: ignore[assignment]
        driver._size = size
        yield events.Resize(size, size)


@dataclass(frozen=True, slots=True)
class Clicked:
    """Down and up at a cell; one that is beyond the screen is told all the same, as after a resize."""

    x: int
    y: int
    button: int = 1

    def events(self, app: App[Any]) -> Iterable[events.Event]:
        for each in (events.MouseMove, events.MouseDown, events.MouseUp):
            yield each(
                None,
                self.x,
                self.y,
                0,
                0,
                self.button if each is not events.MouseMove else 0,
                False,
                False,
                False,
                screen_x=self.x,
                screen_y=self.y,
            )


@dataclass(frozen=True, slots=True)
class Wheeled:
    x: int
    y: int
    up: bool

    def events(self, app: App[Any]) -> Iterable[events.Event]:
        kind = events.MouseScrollUp if self.up else events.MouseScrollDown
        yield kind(None, self.x, self.y, 0, 0, 0, False, False, False, screen_x=self.x, screen_y=self.y)


Input: TypeAlias = Key | Pasted | Resized | Clicked | Wheeled


def give(app: App[Any], done: Input) -> None:
    """Tells the app, as its driver would; returns before anything has come of it."""
    driver = app._driver
    assert driver is not None
    for event in done.events(app):
        event.set_sender(app)
        if isinstance(event, events.Resize):
            app.post_message(event)
        else:
            driver.process_message(event)
