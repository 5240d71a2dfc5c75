"""Pages as provisioning, strategies and subscriptions have them (platform.md 0.5, shape 1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entitree.sandbox.replies import Reply

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence

    from entitree.sandbox.call import Call


def page_of(
    call: Call,
    table: str,
    shown: Callable[[sqlite3.Row], dict[str, Any]],
    *,
    conditions: Sequence[tuple[str, Sequence[str]]] = (),
    default: int = 20,
    most: int = 1000,
    newest_first: bool = False,
) -> Reply:
    """One page of the rows of `table` that meet every condition (SQL and its values), in order of creation.

    A page beyond the last has no results and the same totals.

    Raises:
        ProblemError: 400 for a page or size that is no number or out of bounds.
    """
    page = call.query.whole_number("page", default=0, low=0)
    size = call.query.whole_number("size", default=default, low=1, high=most)
    where = " AND ".join(["TRUE", *(sql for sql, _ in conditions)])
    values = [value for _, group in conditions for value in group]
    total: int = call.db.execute(f"SELECT count(*) FROM {table} WHERE {where}", values).fetchone()[0]
    order = "seq DESC" if newest_first else "seq"
    rows = call.db.execute(
        f"SELECT * FROM {table} WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?",
        [*values, size, page * size],
    )
    paging = {"page": page, "size": size, "totalPages": -(-total // size), "totalResults": total}
    return Reply(200, {"results": [shown(row) for row in rows], "paging": paging})
