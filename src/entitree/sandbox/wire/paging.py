"""Pages as provisioning, strategies and subscriptions have them (platform.md 0.5, shape 1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entitree.sandbox.account.reading import read
from entitree.sandbox.rules.replies import BEYOND_LAST_PAGE, LIST_ORDER
from entitree.sandbox.wire.call import MAX_INT32, Call
from entitree.sandbox.wire.replies import ProblemError, Reply

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence

_MAX_OFFSET = 2**62
_ORDERS = {"oldest-first": "seq", "newest-first": "seq DESC", "by-id": "{}, seq"}


def page_of(
    call: Call,
    table: str,
    shown: Callable[[sqlite3.Row], dict[str, Any]],
    *,
    conditions: Sequence[tuple[str, Sequence[str]]] = (),
    default: int = 20,
    most: int = 1000,
    most_pages: float = MAX_INT32,
    newest_first: bool = False,
    id_column: str = "",
) -> Reply:
    """One page of the rows of `table` that meet every condition (SQL and its values), in order of creation.

    A page beyond the last has no results and the same totals. With an `id_column` the order is as the
    rules say.

    Raises:
        ProblemError: 400 for a page or size that is no number or out of bounds; 404 for a page beyond the
            last, by rule.
    """
    page = call.query.whole_number("page", default=0, low=0, high=most_pages)
    size = call.query.whole_number("size", default=default, low=1, high=most)
    # No WHERE where there is nothing to ask: counting a whole table is a shortcut of SQLite's.
    where = f" WHERE {' AND '.join(sql for sql, _ in conditions)}" if conditions else ""
    values = [value for _, group in conditions for value in group]
    total: int = call.db.execute(f"SELECT count(*) FROM {table}{where}", values).fetchone()[0]
    pages = -(-total // size)
    if page >= max(pages, 1) and call.rules[BEYOND_LAST_PAGE] == "not-found":
        raise ProblemError(404)
    order = "seq DESC" if newest_first else "seq"
    if id_column:
        order = _ORDERS[call.rules[LIST_ORDER]].format(id_column)
    rows = read(
        call.db,
        f"SELECT * FROM {table}{where} ORDER BY {order} LIMIT ? OFFSET ?",
        [*values, size, min(page * size, _MAX_OFFSET)],
    )
    paging = {"page": page, "size": size, "totalPages": pages, "totalResults": total}
    return Reply(200, {"results": [shown(row) for row in rows], "paging": paging})
