"""What a theme file may say, and a sentence for each thing that is wrong where it says something else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from textual.color import Color, ColorParseError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

TABLES: Final = ("dark", "colors", "roles", "styles", "textual", "extends")
COLORS: Final = (
    "background",
    "surface",
    "panel",
    "foreground",
    "primary",
    "secondary",
    "accent",
    "success",
    "warning",
    "error",
)
"""Textual's base colours, from which it derives its shades."""
ROLES: Final[Mapping[str, str]] = {
    "dim": "#9aa3b2",
    "mark": "#e6c46c",
    "cursor": "#29364c",
    "cursor-blurred": "#232932",
    "badge-text": "#14171c",
    "badge-sandbox": "#6cbfa6",
    "badge-prod": "#ee9a5f",
    "badge-readonly": "#9db4d0",
    "removal": "#f37a7d",
    "reset": "#e8b873",
    "addition": "#8fca7c",
    "problem": "#f37a7d",
    "profile-red": "#f2777a",
    "profile-orange": "#ee9a5f",
    "profile-yellow": "#e6c46c",
    "profile-green": "#8fca7c",
    "profile-blue": "#82aaf5",
    "profile-violet": "#c79bf0",
}
"""Colours by meaning, and what they are where neither a theme nor what it extends says."""
STYLES: Final[Mapping[str, str]] = {
    "dim": "none",
    "cursor": "none",
    "cursor-blurred": "none",
    "badge": "bold",
    "field": "none",
}
"""How letters look, by meaning: each is the theme variable `NAME-style`."""
LOOKS: Final = ("bold", "dim", "italic", "none", "reverse", "underline")
"""The words a style is made of."""
NAME: Final = re.compile("[a-z0-9][a-z0-9-]*")
"""What a theme can be called."""


def problems_of(name: str, table: Mapping[str, object]) -> list[str]:
    """A sentence for each thing that is wrong: key, what is allowed. None: the theme can be made of it."""
    problems = []
    if not NAME.fullmatch(name):
        problems.append("a theme is called as its file is; allowed: small letters, digits and dashes.")
    problems += [f"{key}: {not_among(key, TABLES, 'key')}" for key in table if key not in TABLES]
    if not isinstance(table.get("dark", True), bool):
        problems.append("dark: allowed: true, false.")
    for key, allowed, wrong in (
        ("colors", COLORS, _wrong_colour),
        ("roles", ROLES, _wrong_colour),
        ("styles", STYLES, _wrong_style),
        ("textual", None, _wrong_text),
    ):
        problems += _wrong_in(key, table.get(key, {}), allowed, wrong)
    colors = table.get("colors", {})
    if isinstance(colors, dict):
        problems += [f"colors.{key}: is missing." for key in COLORS if key not in colors]
    return problems


def not_among(said: object, allowed: Collection[str], what: str) -> str:
    """A sentence about `said`, which is none of `allowed`, with the nearest of them where one is near."""
    from difflib import get_close_matches

    near = [f"nearest: {each}; " for each in get_close_matches(str(said), allowed, n=1)]
    return f"no such {what}; {''.join(near)}allowed: {', '.join(allowed)}."


def _wrong_in(
    key: str, table: object, allowed: Collection[str] | None, wrong: Callable[[str], str | None]
) -> list[str]:
    if not isinstance(table, dict):
        return [f"{key}: allowed: a table, written [{key}]."]
    problems = []
    for name, value in table.items():
        if allowed is not None and name not in allowed:
            problems.append(f"{key}.{name}: {not_among(name, allowed, 'key')}")
        elif (why := wrong(value) if isinstance(value, str) else "allowed: a text in quotes.") is not None:
            problems.append(f"{key}.{name}: {why}")
    return problems


def _wrong_colour(text: str) -> str | None:
    try:
        Color.parse(text)
    except ColorParseError:
        return f"{text!r} is no colour; allowed: #rgb, #rrggbb, a CSS colour name, ansi_NAME."
    return None


def _wrong_style(text: str) -> str | None:
    words = text.split()
    if words and all(word in LOOKS for word in words):
        return None
    return f"{text!r} is no style; allowed: words of {', '.join(LOOKS)}."


def _wrong_text(_: str) -> str | None:
    return None
