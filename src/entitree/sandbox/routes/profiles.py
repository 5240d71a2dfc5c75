"""Notification profiles: where subscriptions deliver to, and how (platform.md 4). No rate is declared.

A profile is defined here or by the first subscription that uses it. Of its security settings, which have
operations of their own on the platform, only the id is ever shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from entitree.api import operations
from entitree.sandbox.account import records
from entitree.sandbox.account.kinds import PROFILE, SECURITY, SUBSCRIPTION, profile_ids, profile_shown
from entitree.sandbox.routes.profile_checks import checked_change, checked_profile
from entitree.sandbox.rules.subscriptions import CONTENT_TYPE, DUPLICATE, PROFILE_IN_USE, PUT
from entitree.sandbox.wire.call import Call, Route, Takes
from entitree.sandbox.wire.checks import Checks
from entitree.sandbox.wire.paging import page_of
from entitree.sandbox.wire.replies import ProblemError, Reply

if TYPE_CHECKING:
    import sqlite3


def _list(call: Call) -> Reply:
    return page_of(call, PROFILE.table, lambda row: _shown(call, row), default=20, most=100)


def _create(call: Call) -> Reply:
    """The id alone is enough: all else is optional."""
    checks = Checks(call.body)
    profile = checked_profile(checks)
    checks.done()
    id_ = profile["profileId"]
    if _row(call, id_) is not None:
        raise taken(call, "profileId", f"Notification profile {id_}")
    _define(call, checks, profile)
    location = f"{call.operation.path}/{quote(id_, safe='')}"
    return Reply(201, profile_ids(id_, _auth_id(profile)), {"Location": location})


def _get(call: Call) -> Reply:
    return Reply(200, _shown(call, _existing(call)))


def _update(call: Call) -> Reply:
    """Replaces all but the id, or by rule what was sent; security settings are taken by their id only."""
    row = _existing(call)
    checks = Checks(call.body)
    profile = checked_change(checks)
    checks.done()
    if call.rules[PUT] == "merge":
        profile = profile_shown(row) | profile
    _refuse_unknown(call, checks, profile)
    call.ledger.change(PROFILE, row["seq"], records.profile({**profile, "profileId": row["id"]}))
    return Reply(200, profile_ids(row["id"], _auth_id(profile)))


def _delete(call: Call) -> Reply:
    """Its security settings stay: others may use them."""
    row = _existing(call)
    used = call.db.execute("SELECT count(*) FROM subscriptions WHERE profile_id = ?", (row["id"],))
    (subscriptions,) = used.fetchone()
    if subscriptions and call.rules[PROFILE_IN_USE] == "refused":
        in_use = f"Notification profile {row['id']} is in use by subscriptions ({subscriptions})"
        raise ProblemError(400, text=f"{in_use}: give them another one first")
    call.ledger.remove(SUBSCRIPTION, "profile_id = ?", (row["id"],))
    call.ledger.remove(PROFILE, "seq = ?", (row["seq"],))
    return Reply(200, profile_ids(row["id"], row["auth_id"]))


def use_profile(call: Call, checks: Checks, profile: dict[str, Any]) -> None:
    """What a subscription says of its profile: a bare id names one that is there, all else defines a new one.

    Args:
        checks: those of the profile's own object, in which it was checked.

    Raises:
        ProblemError: 400.
    """
    bare = profile.keys() == {"profileId"}
    there = _row(call, profile["profileId"]) is not None
    if bare and not there:
        checks.wrong("profileId", "does not exist")
    elif there and not bare:
        checks.wrong("profileId", "already exists; to use it, provide nothing but its ID")
    checks.done()
    if not bare:
        _define(call, checks, profile)


def taken(call: Call, field: str, called: str) -> ProblemError:
    """What a new subscription or profile of an id that is taken is refused with."""
    if call.rules[DUPLICATE] == "409":
        return ProblemError(409, text=f"{called} already exists")
    return ProblemError(400, violations={field: ["already exists"]})


def _define(call: Call, checks: Checks, profile: dict[str, Any]) -> None:
    """Adds the profile, which is not there yet, and its security settings when they are defined with it."""
    security = profile.get("security")
    if security is None or security.keys() == {"authId"}:
        _refuse_unknown(call, checks, profile)
    elif _has_security(call, security["authId"]):
        checks.wrong("security.authId", "already exists; to use it, provide nothing but its ID")
        checks.done()
    else:
        call.ledger.add(SECURITY, records.security(security))
    call.ledger.add(PROFILE, records.profile(profile))


def _refuse_unknown(call: Call, checks: Checks, profile: dict[str, Any]) -> None:
    auth_id = _auth_id(profile)
    if auth_id is not None and not _has_security(call, auth_id):
        checks.wrong("security.authId", "does not exist")
        checks.done()


def _has_security(call: Call, auth_id: str) -> bool:
    return call.db.execute("SELECT 1 FROM securities WHERE id = ?", (auth_id,)).fetchone() is not None


def _auth_id(profile: dict[str, Any]) -> str | None:
    found: str | None = profile.get("security", {}).get("authId")
    return found


def _existing(call: Call) -> sqlite3.Row:
    row = _row(call, call.path["profileId"])
    if row is None:
        raise ProblemError(404)
    return row


def _row(call: Call, id_: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = call.db.execute("SELECT * FROM profiles WHERE id = ?", (id_,)).fetchone()
    return row


def _shown(call: Call, row: sqlite3.Row) -> dict[str, Any]:
    shown = profile_shown(row)
    if "webhook" in shown and call.rules[CONTENT_TYPE] == "filled":
        shown["webhook"] = {"contentType": "application/json"} | shown["webhook"]
    return shown


ROUTES = (
    Route(operations.GET_PROFILES, _list, refuses=(400, 404)),
    Route(operations.CREATE_PROFILE, _create, Takes.JSON, (400, 409)),
    Route(operations.GET_PROFILE, _get, refuses=(404,)),
    Route(operations.UPDATE_PROFILE, _update, Takes.JSON, (400, 404)),
    Route(operations.DELETE_PROFILE, _delete, refuses=(400, 404)),
)
