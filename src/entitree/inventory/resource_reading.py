"""Resources as people name them in a list: by number, by the name of a sender or domain, or by their id."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from entitree.inventory.fold import SEPARATOR, folded
from entitree.inventory.model import Resource
from entitree.text import mended

if TYPE_CHECKING:
    from collections.abc import Iterable
    from sqlite3 import Connection

_DECORATED = re.compile(r"\+?[\d ().-]+")
_AFTER = chr(ord(SEPARATOR) + 1)


def called(connection: Connection, texts: Iterable[str]) -> dict[str, tuple[Resource, ...]]:
    """For each text the resources that are called just that: by id, or else by name, whatever its case.

    Numbers are understood with a plus and with blanks, brackets and dashes between their digits.
    """
    types = [str(type_) for (type_,) in connection.execute("SELECT DISTINCT type FROM resource")]
    found: dict[str, tuple[Resource, ...]] = {}
    for text in texts:
        plain = mended(text)
        rows = _by_id(connection, types, plain) or _by_name(connection, plain)
        if not rows and _DECORATED.fullmatch(plain):
            rows = _by_name(connection, re.sub(r"\D", "", plain))
        found[text] = rows
    return found


def _by_id(connection: Connection, types: Iterable[str], text: str) -> tuple[Resource, ...]:
    return tuple(
        Resource(*row)
        for type_ in types
        for row in connection.execute(
            "SELECT type, id, name FROM resource WHERE type = ? AND id = ?", (type_, text)
        )
    )


def _by_name(connection: Connection, text: str) -> tuple[Resource, ...]:
    # What is looked for in is name, separator, id: all of a name stand together in its index.
    name = folded(text)
    rows = connection.execute(
        "SELECT type, id, name FROM resource WHERE hay >= ? AND hay < ?", (name + SEPARATOR, name + _AFTER)
    )
    return tuple(each for each in (Resource(*row) for row in rows) if folded(each.name) == name)
