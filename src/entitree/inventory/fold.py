"""Text as filters compare it: case-blind, two names of a thing in one string."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite3 import Connection

SEPARATOR = "\x1f"
"""Between the two names. It may stand in a name too: `fold_end` tells where the first one ends."""


def folded(text: str) -> str:
    """`text` without its case. NUL becomes its picture: SQL functions take it for an end."""
    return text.casefold().replace("\0", "\u2400")


def hay(first: str, second: str | None) -> str:
    """Both names folded; where they are the same, or there is no second, the first alone."""
    other = "" if second is None or second == first else folded(second)
    return f"{folded(first)}{SEPARATOR}{other}"


def fold_end(first: str) -> int:
    """How many characters of `hay` are the first name."""
    return len(folded(first))


def add_functions(connection: Connection) -> None:
    """Make both known to SQL: the triggers of the mirror need them."""
    connection.create_function("hay", 2, hay, deterministic=True)
    connection.create_function("fold_end", 1, fold_end, deterministic=True)
