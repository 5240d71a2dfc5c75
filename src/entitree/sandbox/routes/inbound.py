"""Inbound message configurations: where a resource's messages go, and whose they are (platform.md 3).

One is known by its resource, channel and keyword, and by the key that it got when it was made. There is no
list of all, and none of those that name an application or an entity. What becomes of the resource and of its
own link leaves them as they are.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from entitree.api import operations
from entitree.api.names import DEFAULT_APPLICATION
from entitree.sandbox.account import records
from entitree.sandbox.account.inbound_tag import same_keyword
from entitree.sandbox.account.kinds import APPLICATION, ENTITY, INBOUND, inbound_shown
from entitree.sandbox.account.objects import find
from entitree.sandbox.routes.absence import not_found_without_body
from entitree.sandbox.routes.inbound_checks import CHANNELS, LONG, checked_changes
from entitree.sandbox.routes.inbound_resources import (
    FIELDS,
    checked_names,
    named,
    refuse_fixed,
    the_one_named,
)
from entitree.sandbox.rules.inbound import (
    CHANNEL_WITH_KEY,
    PLATFORM_SHOWN,
    PLATFORM_UPDATE,
    UNKNOWN_IDS,
    WITHOUT_RESOURCE,
)
from entitree.sandbox.wire.call import Call, Route, Takes
from entitree.sandbox.wire.checks import Checks, given
from entitree.sandbox.wire.replies import ProblemError, Reply

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

_KEY_DIGITS = "0123456789ABCDEF"
_KEY_LENGTH = 32
_LONGEST_KEYWORD = 50


def _list(call: Call) -> Reply:
    """Those of a resource and channel, or the one of a key; whatever else is asked for only takes away.

    A number may be asked for as a resource: the documents have the same example for both.
    """
    fields = ("configurationKey", "channel", "keyword", *FIELDS)
    checks = Checks(given({field: call.query.first(field) for field in fields}))
    key, keyword = checks.text("configurationKey", high=LONG), _checked_keyword(checks)
    said = checked_names(checks, FIELDS)
    names_resource = bool(said.keys() - {"countryCode"})
    alone = key is not None and not names_resource and call.rules[CHANNEL_WITH_KEY] == "optional"
    channel = checks.choice("channel", CHANNELS, required=not alone)
    if key is None and not names_resource and call.rules[WITHOUT_RESOURCE] == "400":
        checks.wrong(
            "number", "must not be null if numberKey, resource, resourceKey and configurationKey are"
        )
    checks.done()
    if not (names_resource if key is None else _rows(call, {"key": key})):
        raise ProblemError(404)
    wanted = given({"key": key, "channel": channel})
    places = [wanted]
    if names_resource:
        found = named(call, CHANNELS[str(channel)], said)
        places = [{**wanted, "resource_key": resource["key"]} for resource in found]
    rows = [row for place in places for row in _rows(call, place)]
    if "keyword" in checks.names():
        rows = _with_keyword(call, rows, keyword)
    return Reply(200, [_shown(call, row) for row in rows])


def _set(call: Call) -> Reply:
    """Changes what has the same resource, channel and keyword, or makes it."""
    checks = Checks(call.body)
    name, keyword = checks.choice("channel", CHANNELS), _checked_keyword(checks)
    if name is None:
        checks.done()
    name = str(name)
    channel = CHANNELS[name]
    said = checked_names(checks, (*channel.names, *(("countryCode",) if channel.by_country else ())))
    if not set(channel.names).intersection(checks.names()):
        checks.wrong(channel.names[0], f"must not be null if {channel.names[1]} is")
    emptied, values = checked_changes(checks, name, call.rules)
    place = {"channel": name, "resource_key": the_one_named(call, checks, channel, said)}
    refuse_fixed(call, place["resource_key"])
    _refuse_unknown_ids(call, checks, values.get("platform") or {})
    there = _with_keyword(call, _rows(call, place), keyword)
    settings = _settings(there[0]) if there else {}
    settings = {field: value for field, value in settings.items() if field not in emptied}
    if values.get("platform") and call.rules[PLATFORM_UPDATE] == "merged":
        values["platform"] = {**settings.get("platform", {}), **values["platform"]}
    columns = records.inbound(given({**settings, **values}))
    if there:
        key = there[0]["key"]
        call.ledger.change(INBOUND, there[0]["seq"], columns)
    else:
        key = "".join(secrets.choice(_KEY_DIGITS) for _ in range(_KEY_LENGTH))
        call.ledger.add(INBOUND, {"key": key, **place, "keyword": keyword, **columns})
    (row,) = _rows(call, {"key": key})
    return Reply(200, _shown(call, row))


def _delete(call: Call) -> Reply:
    rows = _rows(call, {"key": call.path["configurationKey"]})
    if not rows:
        raise ProblemError(404)
    refuse_fixed(call, rows[0]["resource_key"])
    call.ledger.remove(INBOUND, "seq = ?", (rows[0]["seq"],))
    return Reply(204)


def _checked_keyword(checks: Checks) -> str | None:
    """An empty one is none: what takes all that no other keyword does."""
    return checks.text("keyword", high=_LONGEST_KEYWORD) or None


def _refuse_unknown_ids(call: Call, checks: Checks, platform: Mapping[str, str]) -> None:
    """
    Raises:
        ProblemError: by rule, 400 or 404, the platform names what is not there.
    """
    if call.rules[UNKNOWN_IDS] == "accepted":
        return
    for kind in (APPLICATION, ENTITY):
        id_ = platform.get(f"{kind.name}Id")
        if id_ is not None and find(call.db, call.rules, kind, id_) is None:
            if call.rules[UNKNOWN_IDS] == "404":
                raise ProblemError(404)
            checks.wrong(f"platform.{kind.name}Id", "does not exist")
    checks.done()


def _rows(call: Call, wanted: Mapping[str, str]) -> list[sqlite3.Row]:
    """The configurations with these columns, in the order in which they were made."""
    conditions = " AND ".join(f"{column} = ?" for column in wanted)
    return call.db.execute(
        f"SELECT * FROM inbound_configurations WHERE {conditions} ORDER BY seq", tuple(wanted.values())
    ).fetchall()


def _with_keyword(call: Call, rows: Iterable[sqlite3.Row], keyword: str | None) -> list[sqlite3.Row]:
    return [row for row in rows if same_keyword(row["keyword"], keyword, call.rules)]


def _settings(row: sqlite3.Row) -> dict[str, Any]:
    """What can be set of it, by field."""
    known = ("configurationKey", "channel", "keyword")
    return {field: value for field, value in inbound_shown(row).items() if field not in known}


def _shown(call: Call, row: sqlite3.Row) -> dict[str, Any]:
    shown = inbound_shown(row)
    if call.rules[PLATFORM_SHOWN] == "default":
        shown.setdefault("platform", {"applicationId": DEFAULT_APPLICATION})
    return shown


ROUTES = (
    Route(operations.GET_INBOUND, not_found_without_body(_list), refuses=(400, 404)),
    Route(operations.SET_INBOUND, not_found_without_body(_set), Takes.JSON, (400, 403, 404)),
    Route(operations.DELETE_INBOUND, not_found_without_body(_delete), refuses=(403, 404)),
)
