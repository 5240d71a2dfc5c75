"""The one hand that changes the account, and writes down what it did (`/_sandbox/audit`).

Objects go in, change and leave through a `Ledger`; each effect is one row of the audit log, with the object
before and after as the platform shows it, in the transaction of the request that caused it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from entitree.sandbox.account.records import insert, packed

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping, Sequence

Shown = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of object of the account."""

    name: str
    """As the audit log calls one of them: `entity`."""
    family: str
    """As a dump calls all of them: `entities`."""
    table: str
    shown: Callable[[sqlite3.Row], Shown]
    """A row of `source` as a dump shows it."""
    id: Callable[[Shown], str]
    """What tells one from another, out of what is shown."""
    source: str = ""
    """What to select from when a row of the table does not hold all that is shown."""

    @property
    def rows(self) -> str:
        """The SQL to select from; it has the table's `seq`."""
        return self.source or self.table


class Ledger:
    """What one request does to the account."""

    def __init__(self, db: sqlite3.Connection, *, operation: str, key: str, now: float) -> None:
        """
        Args:
            operation: name of the operation that was called.
            key: who called it, never with a secret.
            now: seconds since the epoch.
        """
        self.db = db
        self._by = (now, key, operation)

    def add(
        self, kind: Kind, columns: Mapping[str, Any], *, then: Callable[[int], object] | None = None
    ) -> int:
        """Inserts a row and returns its `seq`; `then` writes what belongs to it in other tables.

        Raises:
            sqlite3.IntegrityError: what must be unique is there already.
        """
        seq = insert(self.db, kind.table, columns)
        if then is not None:
            then(seq)
        self._write(kind, [(None, self._one(kind, seq))])
        return seq

    def change(
        self, kind: Kind, seq: int, columns: Mapping[str, Any], *, then: Callable[[int], object] | None = None
    ) -> None:
        """Sets these columns of one row; what leaves it as it was is no effect.

        Raises:
            sqlite3.IntegrityError: what must be unique is there already.
        """
        before = self._one(kind, seq)
        if columns:
            assigned = ", ".join(f"{name} = ?" for name in columns)
            self.db.execute(f"UPDATE {kind.table} SET {assigned} WHERE seq = ?", (*columns.values(), seq))
        if then is not None:
            then(seq)
        after = self._one(kind, seq)
        if after != before:
            self._write(kind, [(before, after)])

    def remove(self, kind: Kind, where: str, values: Sequence[Any] | Mapping[str, Any]) -> int:
        """Deletes the rows that meet the condition, and returns how many they were."""
        rows = self.db.execute(f"SELECT * FROM {kind.rows} WHERE {where}", values).fetchall()
        if rows:
            self._write(kind, [(kind.shown(row), None) for row in rows])
            self.db.executemany(f"DELETE FROM {kind.table} WHERE seq = ?", [(row["seq"],) for row in rows])
        return len(rows)

    def _one(self, kind: Kind, seq: int) -> Shown:
        row = self.db.execute(f"SELECT * FROM {kind.rows} WHERE seq = ?", (seq,)).fetchone()
        return kind.shown(row)

    def _write(self, kind: Kind, effects: Sequence[tuple[Shown | None, Shown | None]]) -> None:
        self.db.executemany(
            "INSERT INTO audit (at, key, operation, kind, id, before, after) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (*self._by, kind.name, kind.id(after or before or {}), _packed(before), _packed(after))
                for before, after in effects
            ],
        )


def identified(*fields: str) -> Callable[[Shown], str]:
    """An id made of these fields; several of them, or one that may be absent, are written as a JSON array."""
    if len(fields) == 1:
        return lambda shown: str(shown[fields[0]])
    return lambda shown: json.dumps([shown.get(field) for field in fields], ensure_ascii=False)


def _packed(shown: Shown | None) -> str | None:
    return None if shown is None else packed(shown)
