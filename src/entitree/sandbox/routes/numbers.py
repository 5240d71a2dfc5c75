"""Numbers, and the link of each to an application and an entity (platform.md 2.3). None is bought or given
back here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from entitree.api import operations
from entitree.sandbox.account.kinds import APPLICATION, ENTITY, NUMBER
from entitree.sandbox.account.objects import find
from entitree.sandbox.account.reading import read
from entitree.sandbox.account.resources import edit_permissions, number_shown
from entitree.sandbox.routes.absence import not_found_without_body
from entitree.sandbox.rules.numbers import (
    COUNT,
    EDIT_PERMISSIONS,
    FILTER,
    PAGING,
    PUT_UNKNOWN_IDS,
    PUT_WITHOUT_ENTITY,
)
from entitree.sandbox.rules.replies import BEYOND_LAST_PAGE
from entitree.sandbox.wire.call import MAX_INT32, Call, Route, Takes
from entitree.sandbox.wire.checks import Checks
from entitree.sandbox.wire.replies import ProblemError, Reply

if TYPE_CHECKING:
    import sqlite3

    from entitree.sandbox.account.ledger import Kind

_DEFAULT_LIMIT = 50
_INTEGER = re.compile(r"-?[0-9]{1,10}", re.ASCII)


def _list(call: Call) -> Reply:
    """There is no filter but the number: others are ignored, as users of the platform saw it do."""
    checks = Checks({})
    page = _integer(call, checks, "page", default=0, low=0)
    limit = _integer(call, checks, "limit", default=_DEFAULT_LIMIT, low=1)
    checks.done()
    where, values = "", []
    if (number := call.query.first("number")) is not None:
        where = " WHERE number = ?" if call.rules[FILTER] == "exact" else " WHERE instr(number, ?) > 0"
        values = [number]
    total: int = call.db.execute(f"SELECT count(*) FROM numbers{where}", values).fetchone()[0]
    if page > 0 and page * limit >= total and call.rules[BEYOND_LAST_PAGE] == "not-found":
        raise ProblemError(404)
    rows = read(
        call.db,
        f"SELECT * FROM {NUMBER.rows}{where} ORDER BY seq LIMIT ? OFFSET ?",
        [*values, limit, page * limit],
    )
    count = total if call.rules[COUNT] == "total" else len(rows)
    return Reply(200, {"numbers": [number_shown(row) for row in rows], "numberCount": count})


def _get(call: Call) -> Reply:
    return Reply(200, number_shown(_existing(call)))


def _update(call: Call) -> Reply:
    checks = Checks(call.body)
    # Of its length the document of the body says nothing, that of the number does.
    application = checks.id("applicationId", blank=True)
    entity = checks.id("entityId", required=False, blank=True)
    checks.done()
    row = _existing(call)
    if not edit_permissions(row)["canEditNumber"] and call.rules[EDIT_PERMISSIONS] == "enforced":
        raise ProblemError(403)
    link = {"application_id": _known(call, checks, APPLICATION, str(application))}
    if entity is not None:
        link["entity_id"] = _known(call, checks, ENTITY, entity)
    elif call.rules[PUT_WITHOUT_ENTITY] == "cleared":
        link["entity_id"] = None
    checks.done()
    call.ledger.change(NUMBER, row["seq"], link)
    return _get(call)


def _integer(call: Call, checks: Checks, name: str, *, default: int, low: int) -> int:
    """The query parameter, an integer of 32 bits; what is wrong with it is noted in `checks`."""
    text = call.query.first(name)
    if text is None:
        return default
    value = int(text) if _INTEGER.fullmatch(text) else MAX_INT32 + 1
    if not -MAX_INT32 - 1 <= value <= MAX_INT32:
        checks.wrong(name, "must be an integer of 32 bits")
    elif value < low and call.rules[PAGING] == "strict":
        checks.wrong(name, f"must be greater than or equal to {low}")
    return max(value, low)


def _existing(call: Call) -> sqlite3.Row:
    found = call.db.execute(f"SELECT * FROM {NUMBER.rows} WHERE number_key = ?", (call.path["numberKey"],))
    row: sqlite3.Row | None = found.fetchone()
    if row is None:
        raise ProblemError(404)
    return row


def _known(call: Call, checks: Checks, kind: Kind, id_: str) -> str | None:
    """The id as the account spells it. One that names nothing is noted in `checks`, or kept as it is by rule.

    Raises:
        ProblemError: 404, by rule, it names nothing.
    """
    row = find(call.db, call.rules, kind, id_)
    if row is not None:
        return str(row["id"])
    if call.rules[PUT_UNKNOWN_IDS] == "404":
        raise ProblemError(404)
    if call.rules[PUT_UNKNOWN_IDS] == "400":
        checks.wrong(f"{kind.name}Id", "does not exist")
    return id_


ROUTES = (
    Route(operations.GET_NUMBERS, not_found_without_body(_list), refuses=(400, 404)),
    Route(operations.GET_NUMBER, not_found_without_body(_get), refuses=(404,)),
    Route(operations.UPDATE_NUMBER, not_found_without_body(_update), Takes.JSON, (400, 403, 404)),
)
