"""API keys: list, create, get, modify. None is ever deleted: it is revoked by disabling it (platform.md 6).

Every reply shows the secret, as every example of the documents does. A modification leaves what it does not
send as it was, and nothing but `platform` unlinks a key.
"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from entitree.api import operations
from entitree.sandbox.access.credentials import new_id, new_key
from entitree.sandbox.account.kinds import ACCOUNT_ID, API_KEY
from entitree.sandbox.routes.key_bodies import Sent, read
from entitree.sandbox.routes.key_links import settled, write_links
from entitree.sandbox.rules.keys import KEY_DATES, SCOPES_WITH_LINKS
from entitree.sandbox.rules.replies import BEYOND_LAST_PAGE
from entitree.sandbox.wire import times
from entitree.sandbox.wire.call import Call, Route, Takes
from entitree.sandbox.wire.checks import Checks, given
from entitree.sandbox.wire.replies import ProblemError, Reply

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection

_MOST = 100
"""Keys on a page, and the highest number of one."""

_ORDERS = {"id": "id", "name": "name", "enabled": "enabled", "validFrom": "valid_from", "validTo": "valid_to"}
_DIRECTIONS = ("asc", "desc")
_FLAGS = {"true": 1, "false": 0}
_DEFAULT_PERMISSIONS = ["PUBLIC_API"]


def _list(call: Call) -> Reply:
    """Its pages are a shape of their own (platform.md 0.5, shape 2)."""
    page = call.query.whole_number("page", default=0, low=0, high=_MOST)
    size = call.query.whole_number("size", default=_MOST, low=1, high=_MOST)
    order_by = _chosen(call, "orderBy", _ORDERS) or "id"
    direction = _chosen(call, "orderDirection", _DIRECTIONS) or "asc"
    enabled = _chosen(call, "enabled", _FLAGS)
    filters = {
        "name": call.query.first("name"),
        "secret": call.query.first("apiKeySecret"),
        "enabled": None if enabled is None else _FLAGS[enabled],
    }
    wanted = given(filters)
    where = " AND ".join(["? = ?", *(f"{column} = ?" for column in wanted)])
    values = [call.query.first("accountId") or ACCOUNT_ID, ACCOUNT_ID, *wanted.values()]
    total: int = call.db.execute(f"SELECT count(*) FROM api_keys WHERE {where}", values).fetchone()[0]
    pages = -(-total // size)
    if page >= max(pages, 1) and call.rules[BEYOND_LAST_PAGE] == "not-found":
        raise ProblemError(404)
    rows = call.db.execute(
        f"SELECT * FROM {API_KEY.rows} WHERE {where} ORDER BY {_ORDERS[order_by]} {direction}, id"
        " LIMIT ? OFFSET ?",
        [*values, size, page * size],
    ).fetchall()
    paging = {
        "page": page,
        "pageSize": size,
        "orderDirection": direction,
        "orderBy": order_by,
        "totalCount": total,
        "totalPages": pages,
    }
    return Reply(200, {"apiKeys": [_with_secret(row) for row in rows], "paging": paging})


def _create(call: Call) -> Reply:
    checks = Checks(call.body)
    sent = read(checks, call.rules, new=True)
    valid_from = float(int(call.now)) if sent.valid_from is None else sent.valid_from
    valid_to = times.a_year_after(call.now) if sent.valid_to is None else sent.valid_to
    if call.rules[KEY_DATES] == "checked":
        if times.day(valid_from) < times.day(call.now):
            checks.wrong("validFrom", "must not be earlier than the date of creation")
        if valid_to < max(valid_from, call.now):
            checks.wrong("validTo", "must not be earlier than validFrom or the time of creation")
    checks.done()
    columns = _columns(sent) | {
        "valid_from": valid_from,
        "valid_to": valid_to,
        "linked": int(bool(sent.links)),
    }
    columns |= {"enabled": 1, "body": _body({}, sent)}
    links = settled(call, sent.links or ())
    seq = call.ledger.add(
        API_KEY,
        {"id": new_id(), "secret": new_key(), **columns},
        then=partial(write_links, call.db, links=links),
    )
    return _shown(call, seq)


def _get(call: Call) -> Reply:
    return Reply(200, _with_secret(_existing(call)))


def _modify(call: Call) -> Reply:
    """A link makes of the key one that has links and nothing else; `platform: []` gives it PUBLIC_API."""
    checks = Checks(call.body)
    sent = read(checks, call.rules, new=False)
    checks.done()
    row = _existing(call)
    if row["linked"] and sent.links is None:
        _refuse_beside_links(call, sent)
    columns = _columns(sent)
    if sent.links is not None:
        columns["linked"] = int(bool(sent.links))
    if sent.links:
        columns.setdefault("scopes", None)
    columns["body"] = _body(json.loads(row["body"]), sent)
    write = None
    if sent.links is not None:
        write = partial(write_links, call.db, links=settled(call, sent.links))
    call.ledger.change(API_KEY, row["seq"], columns, then=write)
    return _shown(call, row["seq"])


def _refuse_beside_links(call: Call, sent: Sent) -> None:
    checks = Checks({})
    if sent.permissions is not None:
        checks.wrong("permissions", "must not be given to a linked key")
    if sent.scopes is not None and call.rules[SCOPES_WITH_LINKS] == "refused":
        checks.wrong("scopeGuids", "must not be given to a linked key")
    checks.done()


def _columns(sent: Sent) -> dict[str, Any]:
    """What is set by what was sent, but for the links and the body."""
    return given(
        {
            "name": sent.name,
            "enabled": None if sent.enabled is None else int(sent.enabled),
            "valid_from": sent.valid_from,
            "valid_to": sent.valid_to,
            "scopes": None if sent.scopes is None else json.dumps(sent.scopes),
        }
    )


def _body(before: dict[str, Any], sent: Sent) -> str:
    """The rest of the key. An empty list of permissions is the default one, as is that of an unlinked key."""
    after = before | given({"allowedIPs": sent.allowed_ips})
    if not sent.links and (sent.permissions is not None or sent.links is not None):
        after["permissions"] = sent.permissions or _DEFAULT_PERMISSIONS
    return json.dumps(after)


def _existing(call: Call) -> sqlite3.Row:
    row = call.db.execute(f"SELECT * FROM {API_KEY.rows} WHERE id = ?", (call.path["apiKeyId"],)).fetchone()
    if row is None:
        raise ProblemError(404)
    found: sqlite3.Row = row
    return found


def _shown(call: Call, seq: int) -> Reply:
    row = call.db.execute(f"SELECT * FROM {API_KEY.rows} WHERE seq = ?", (seq,)).fetchone()
    return Reply(200, _with_secret(row))


def _with_secret(row: sqlite3.Row) -> dict[str, Any]:
    shown = API_KEY.shown(row)
    return {"id": shown.pop("id"), "apiKeySecret": row["secret"], **shown}


def _chosen(call: Call, name: str, choices: Collection[str]) -> str | None:
    """
    Raises:
        ProblemError: 400, the parameter is there and none of the choices.
    """
    text = call.query.first(name)
    if text is None:
        return None
    for choice in choices:
        if choice.lower() == text.lower():
            return choice
    raise ProblemError(400, violations={name: [f"must be one of {', '.join(choices)}"]})


ROUTES = (
    Route(operations.GET_API_KEYS, _list, refuses=(400, 404)),
    Route(operations.CREATE_API_KEY, _create, Takes.JSON, (400,)),
    Route(operations.GET_API_KEY, _get, refuses=(404,)),
    Route(operations.UPDATE_API_KEY, _modify, Takes.JSON, (400, 404)),
)
