"""How many there are of everything, kept from one change of the mirror to the next.

To count a million rows takes a tenth of a second, which the first frame would have to wait for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.inventory.records import ITEMS, TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from sqlite3 import Connection

    from entitree.inventory.model import Family

RESOURCES = "resource"
"""The table of all resources, whatever family they are known from."""


class Totals:
    """What is counted on one snapshot, and what was counted before and still holds."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.change = changes(connection)
        self._kept: Mapping[str, int] = dict(
            connection.execute("SELECT what, number FROM total WHERE change = ?", (self.change,))
        )
        self.counted: dict[str, int] = {}
        """What had to be counted, for `keep`."""

    def of(self, family: Family) -> int:
        """How many objects of a family are there; an id that is only named is not."""
        table = TABLES[family]
        return self._number(table, f"{table} WHERE there = 1" if family in ITEMS.values() else table)

    def resources(self) -> int:
        return self._number(RESOURCES, RESOURCES)

    def _number(self, what: str, counted: str) -> int:
        kept = self._kept.get(what)
        if kept is not None:
            return kept
        if what not in self.counted:
            (self.counted[what],) = self._connection.execute(f"SELECT count(*) FROM {counted}").fetchone()
        return self.counted[what]


def changes(connection: Connection) -> int:
    """How often the mirror was changed, as `note_change` counts."""
    return int(connection.execute("SELECT number FROM change").fetchone()[0])


def keep(connection: Connection, totals: Totals) -> None:
    """Keep what was counted. It holds until `note_change`; what is outdated already is never told."""
    connection.executemany(
        "INSERT OR REPLACE INTO total (what, number, change) VALUES (?, ?, ?)",
        [(what, number, totals.change) for what, number in totals.counted.items()],
    )


def note_change(connection: Connection) -> None:
    """To be called in each transaction that changes what is counted."""
    connection.execute("UPDATE change SET number = number + 1")
