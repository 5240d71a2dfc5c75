"""Email domains, which are resources of the account that can be associated (platform.md 2.4).

A domain may be registered for an application, alone or with an entity; no operation shows or changes that.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from entitree.api import operations
from entitree.api.operations import Limit
from entitree.sandbox.access import limits
from entitree.sandbox.account.kinds import APPLICATION, ASSOCIATION, DOMAIN, ENTITY, domain_shown
from entitree.sandbox.account.objects import find, spelled
from entitree.sandbox.rules.domains import DELETION_ASSOCIATIONS, NAME_CASE, UNKNOWN_IDS
from entitree.sandbox.wire.call import Call, Route, Takes
from entitree.sandbox.wire.checks import Checks
from entitree.sandbox.wire.paging import page_of
from entitree.sandbox.wire.replies import ProblemError, Reply

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from entitree.sandbox.account.ledger import Kind
    from entitree.sandbox.account.records import Columns

_MOST_CHARACTERS = 100
_MAX_INT64 = 2**63 - 1
_KEY_LENGTHS = (1024, 2048)
_NEW_A_DAY = Limit(1000, 86_400.0)

_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_NAME = re.compile(rf"(?:{_LABEL}\.)+(?![0-9]+\Z){_LABEL}")


def _list(call: Call) -> Reply:
    return page_of(call, DOMAIN.table, domain_shown, default=10, most=20)


def _create(call: Call) -> Reply:
    """Registers a domain, inactive until the records that it asks for are set.

    Raises:
        ProblemError: 400; 409 when it is there; 429 when there have been enough new ones today.
    """
    checks = Checks(call.body)
    name = _checked_name(checks)
    traffic = checks.whole_number("targetedDailyTraffic", low=1, high=_MAX_INT64, required=True)
    key_length = checks.whole_number("dkimKeyLength", low=min(_KEY_LENGTHS), high=max(_KEY_LENGTHS))
    if key_length is not None and key_length not in _KEY_LENGTHS:
        checks.wrong("dkimKeyLength", f"must be one of {', '.join(map(str, _KEY_LENGTHS))}")
    ids = {kind: checks.id(f"{kind.name}Id", required=False) for kind in (APPLICATION, ENTITY)}
    checks.done()
    link = _checked_link(call, checks, ids)
    if _row(call, name) is not None:
        raise ProblemError(409, text=f"Domain {name} already exists")
    _count_new(call)
    call.ledger.add(
        DOMAIN,
        {
            "name": name,
            **link,
            "created_at": call.now,
            "dkim_key_length": key_length or max(_KEY_LENGTHS),
            "targeted_daily_traffic": traffic,
            "active": 0,
        },
    )
    return Reply(200, domain_shown(_existing(call, name)))


def _get(call: Call) -> Reply:
    return Reply(200, domain_shown(_existing(call)))


def _delete(call: Call) -> Reply:
    row = _existing(call)
    call.ledger.remove(DOMAIN, "seq = ?", (row["seq"],))
    if call.rules[DELETION_ASSOCIATIONS] == "removed":
        named = f"resource_type = 'DOMAIN' AND {_same_name(call, 'resource_id')}"
        call.ledger.remove(ASSOCIATION, named, (row["name"],))
    return Reply(204)


def _checked_name(checks: Checks) -> str:
    name = checks.text("domainName", high=_MOST_CHARACTERS, required=True)
    if name is not None and _NAME.fullmatch(name) is None:
        checks.wrong("domainName", "must be a domain name")
    return str(name)


def _checked_link(call: Call, checks: Checks, ids: Mapping[Kind, str | None]) -> Columns:
    """What the domain is registered for: the default application when it names none.

    Raises:
        ProblemError: 400, an entity without an application, as it was seen (platform.md 1.5), or one of the
            two is not there.
    """
    application, entity = ids.values()
    if application is None and entity is not None:
        wrong = f"Illegal combination of arguments: id: null, externalId: null, entityId: {entity}"
        raise ProblemError(400, text=wrong)
    named = {kind: id_ for kind, id_ in ids.items() if id_ is not None}
    for kind, id_ in named.items():
        if call.rules[UNKNOWN_IDS] == "refused" and find(call.db, call.rules, kind, id_) is None:
            checks.wrong(f"{kind.name}Id", "does not exist")
    checks.done()
    return {f"{kind.name}_id": spelled(call.db, call.rules, kind, id_) for kind, id_ in named.items()}


def _count_new(call: Call) -> None:
    """One of the day's new domains. What is refused is none, unlike in the rate of requests.

    Raises:
        ProblemError: 429.
    """
    wait = limits.wait_for(call.db, "new domains", _NEW_A_DAY, call.factor, call.now, call.rules)
    if wait:
        raise ProblemError(429, wait=wait)


def _existing(call: Call, name: str | None = None) -> sqlite3.Row:
    row = _row(call, name or call.path["domainName"])
    if row is None:
        raise ProblemError(404)
    return row


def _row(call: Call, name: str) -> sqlite3.Row | None:
    found = call.db.execute(f"SELECT * FROM domains WHERE {_same_name(call, 'name')}", (name,))
    row: sqlite3.Row | None = found.fetchone()
    return row


def _same_name(call: Call, column: str) -> str:
    """The SQL condition that a column holds the name bound to it."""
    return f"lower({column}) = lower(?)" if call.rules[NAME_CASE] == "insensitive" else f"{column} = ?"


ROUTES = (
    Route(operations.GET_DOMAINS, _list, refuses=(400, 404)),
    Route(operations.CREATE_DOMAIN, _create, Takes.JSON, (400, 409)),
    Route(operations.GET_DOMAIN, _get, refuses=(404,)),
    Route(operations.DELETE_DOMAIN, _delete, refuses=(404,)),
)
