"""Checks of a request body that collect every violation before the request is refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

from entitree.api.names import MAX_ID
from entitree.sandbox.wire.replies import ProblemError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

T = TypeVar("T")

_MOST_CHOICES = 1000
_URL_SAFE = re.compile(r"[A-Za-z0-9._~-]+", re.ASCII)


def given(fields: Mapping[str, T | None]) -> dict[str, T]:
    """Those of the fields that are there."""
    return {name: value for name, value in fields.items() if value is not None}


class Checks:
    """Reads fields of one JSON object by name; unknown fields are never looked at (platform.md 1.2).

    A field that is null counts as absent. Whatever is wrong is noted under its path, and `done` refuses the
    request when anything was.
    """

    def __init__(
        self, body: Mapping[str, Any], *, prefix: str = "", found: dict[str, list[str]] | None = None
    ) -> None:
        self._body = body
        self._prefix = prefix
        self._found: dict[str, list[str]] = {} if found is None else found

    def done(self) -> None:
        """
        Raises:
            ProblemError: 400 with all that was noted.
        """
        if self._found:
            raise ProblemError(400, violations=self._found)

    def wrong(self, name: str, what: str) -> None:
        """Notes a violation of a rule that no other method knows."""
        self._found.setdefault(self._prefix + name, []).append(what)

    def text(self, name: str, *, low: int = 0, high: int = MAX_ID, required: bool = False) -> str | None:
        """A string of `low` to `high` characters, or None."""
        if required and not self._given(name):
            return None
        value = self._typed(name, str, "a string")
        if value is not None and not low <= len(value) <= high:
            self.wrong(name, f"size must be between {low} and {high}")
            return None
        return value

    def id(
        self, name: str, *, required: bool = True, url_safe: bool = False, blank: bool = False, low: int = 1
    ) -> str | None:
        """An id: `low` to 255 characters, not all of them blank unless they may be (platform.md 1.3)."""
        if required and not self._given(name):
            return None
        value = self.text(name, low=low)
        if value and not blank and not value.strip():
            self.wrong(name, "must not be blank")
        elif value is not None and url_safe and _URL_SAFE.fullmatch(value) is None:
            self.wrong(name, "must not include any characters that require URL encoding")
        return value

    def choice(self, name: str, choices: Collection[str], *, required: bool = True) -> str | None:
        if required and not self._given(name):
            return None
        value = self._typed(name, str, "a string")
        if value is not None and value not in choices:
            self.wrong(name, f"must be one of {', '.join(sorted(choices))}")
            return None
        return value

    def choices(self, name: str, choices: Collection[str]) -> list[str] | None:
        """The array of different values out of `choices` under `name`."""
        items = self.items(name, most=_MOST_CHOICES)
        seen = set()
        for at, item in enumerate(items or ()):
            if item not in choices:
                self.wrong(f"{name}[{at}]", f"must be one of {', '.join(sorted(choices))}")
            elif item in seen:
                self.wrong(f"{name}[{at}]", "must be unique")
            else:
                seen.add(item)
        return items

    def whole_number(self, name: str, *, low: int, high: int, required: bool = False) -> int | None:
        if required and not self._given(name):
            return None
        value = self._typed(name, int, "an integer")
        if value is not None and not low <= value <= high:
            self.wrong(name, f"must be between {low} and {high}")
            return None
        return value

    def flag(self, name: str) -> bool | None:
        return self._typed(name, bool, "a boolean")

    def object(self, name: str, *, required: bool = False) -> Checks | None:
        """The object under `name`, to be read in turn; what is wrong in it is noted here."""
        if required and not self._given(name):
            return None
        value = self._typed(name, dict, "an object")
        return None if value is None else Checks(value, prefix=f"{self._prefix}{name}.", found=self._found)

    def objects(self, name: str, *, most: int | None = None) -> list[Checks] | None:
        """The array of objects under `name`."""
        items = self.items(name, most=most)
        if items is None:
            return None
        checks = []
        for at, item in enumerate(items):
            if isinstance(item, dict):
                checks.append(Checks(item, prefix=f"{self._prefix}{name}[{at}].", found=self._found))
            else:
                self.wrong(f"{name}[{at}]", "must be an object")
        return checks

    def texts(self, name: str, *, most: int | None = None) -> list[str] | None:
        """The array of strings under `name`, each of at most 255 characters."""
        items = self.items(name, most=most)
        for at, item in enumerate(items or ()):
            if not isinstance(item, str):
                self.wrong(f"{name}[{at}]", "must be a string")
            elif len(item) > MAX_ID:
                self.wrong(f"{name}[{at}]", f"size must be between 0 and {MAX_ID}")
        return items

    def items(self, name: str, *, most: int | None = None, required: bool = False) -> list[Any] | None:
        """The array under `name`, its items not looked at."""
        if required and not self._given(name):
            return None
        items = self._typed(name, list, "an array")
        if items is not None and most is not None and len(items) > most:
            self.wrong(name, f"size must be between 0 and {most}")
            return None
        return items

    def names(self) -> list[str]:
        """The fields that are there and not null."""
        return [name for name, value in self._body.items() if value is not None]

    def _given(self, name: str) -> bool:
        if self._body.get(name) is not None:
            return True
        self.wrong(name, "must not be null")
        return False

    def _typed(self, name: str, kind: type[T], called: str) -> T | None:
        value = self._body.get(name)
        if value is None:
            return None
        # A bool is an int to Python, not to JSON.
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.wrong(name, f"must be {called}")
            return None
        return value
