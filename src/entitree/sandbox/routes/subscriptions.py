"""Subscriptions: which events of a channel are pushed where (platform.md 4). No rate is declared for them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from entitree.api import operations
from entitree.api.names import MAX_ID, SUBSCRIPTION_CHANNELS
from entitree.sandbox.account import records
from entitree.sandbox.account.kinds import (
    APPLICATION,
    ENTITY,
    SUBSCRIPTION,
    subscription_ids,
    subscription_shown,
)
from entitree.sandbox.account.objects import find
from entitree.sandbox.routes.events import EVENTS
from entitree.sandbox.routes.profile_checks import checked_profile
from entitree.sandbox.routes.profiles import taken, use_profile
from entitree.sandbox.rules.subscriptions import CRITERIA, FILTER, IDS, PUT, UNAVAILABLE_EVENTS
from entitree.sandbox.wire.call import Call, Route, Takes
from entitree.sandbox.wire.checks import Checks, given
from entitree.sandbox.wire.paging import page_of
from entitree.sandbox.wire.replies import ProblemError, Reply

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

_MOST = 255
"""Events, criteria, resources and users of one subscription, each."""

_FORMAT_AWARE = frozenset(
    {
        "APPLE_MESSAGES_FOR_BUSINESS",
        "BLOCKLIST",
        "FACEBOOK",
        "MMS",
        "MOBILE_IDENTITY",
        "OPEN_CHANNEL",
        "SMS",
    }
)
"""Channels whose events may say in which format they are pushed."""

_FILTERS = {
    "applicationId": "application_id",
    "entityId": "entity_id",
    "callsConfigurationId": "calls_configuration_id",
    "resource": "resource",
    "user": "user",
}
"""Query parameter, repeatable, to the kind of term that must have its value."""


def _list(call: Call) -> Reply:
    conditions: list[tuple[str, tuple[str, ...]]] = [("channel = ?", (_channel(call),))]
    for field, kind in _FILTERS.items():
        for value in call.query.all(field):
            if not 1 <= len(value) <= MAX_ID:
                raise ProblemError(400, violations={field: [f"size must be between 1 and {MAX_ID}"]})
            named = "seq IN (SELECT subscription FROM subscription_terms WHERE kind = ? AND value = ?)"
            conditions.append((named, (kind, value)))
    if call.rules[FILTER] == "one-criterion":
        conditions += _in_one_criterion(call)
    return page_of(
        call,
        SUBSCRIPTION.rows,
        subscription_shown,
        conditions=conditions,
        default=20,
        most=100,
        newest_first=True,
    )


def _in_one_criterion(call: Call) -> Iterator[tuple[str, tuple[str, ...]]]:
    """That one criterion names each application together with each entity that is asked for."""
    for application in call.query.all("applicationId"):
        for entity in call.query.all("entityId"):
            yield (
                "EXISTS (SELECT 1 FROM json_each(body, '$.criteria')"
                " WHERE value ->> 'applicationId' = ? AND value ->> 'entityId' = ?)",
                (application, entity),
            )


def _create(call: Call) -> Reply:
    channel = _channel(call)
    checks = Checks(call.body)
    id_ = checks.id("subscriptionId", url_safe=True)
    subscription = _checked(call, checks, channel)
    asked = checks.object("profile", required=True) or Checks({})
    profile = checked_profile(asked)
    checks.done()
    if _is_taken(call, id_):
        raise taken(call, "subscriptionId", f"Subscription {id_}")
    use_profile(call, asked, profile)
    call.ledger.add(
        SUBSCRIPTION,
        {"channel": channel, "id": id_, **records.subscription(profile["profileId"], subscription)},
        then=lambda seq: records.write_terms(call.db, seq, subscription),
    )
    location = call.operation.path.format(channel=channel) + f"/{quote(str(id_), safe='')}"
    return Reply(201, subscription_ids(_existing(call, id_)), {"Location": location})


def _is_taken(call: Call, id_: str | None) -> bool:
    if call.rules[IDS] == "per-channel":
        return _row(call, id_) is not None
    return call.db.execute("SELECT 1 FROM subscriptions WHERE id = ?", (id_,)).fetchone() is not None


def _get(call: Call) -> Reply:
    return Reply(200, subscription_shown(_existing(call)))


def _update(call: Call) -> Reply:
    """Replaces all but the id, or by rule what was sent; of the profile it takes nothing but an id."""
    row = _existing(call)
    checks = Checks(call.body)
    subscription = _checked(call, checks, row["channel"])
    asked = checks.object("profile", required=True) or Checks({})
    profile_id = asked.id("profileId", url_safe=True)
    checks.done()
    use_profile(call, asked, {"profileId": profile_id})
    if call.rules[PUT] == "merge":
        subscription = json.loads(row["body"]) | subscription
    call.ledger.change(
        SUBSCRIPTION,
        row["seq"],
        records.subscription(str(profile_id), subscription),
        then=lambda seq: records.write_terms(call.db, seq, subscription),
    )
    return Reply(200, subscription_ids(_existing(call)))


def _delete(call: Call) -> Reply:
    """Its profile stays: others may use it."""
    row = _existing(call)
    call.ledger.remove(SUBSCRIPTION, "seq = ?", (row["seq"],))
    return Reply(200, subscription_ids(row))


def _channel(call: Call) -> str:
    channel = call.path["channel"]
    if channel not in SUBSCRIPTION_CHANNELS:
        raise ProblemError(
            400, violations={"channel": [f"must be one of {', '.join(SUBSCRIPTION_CHANNELS)}"]}
        )
    return channel


def _existing(call: Call, id_: str | None = None) -> sqlite3.Row:
    row = _row(call, id_ or call.path["subscriptionId"])
    if row is None:
        raise ProblemError(404)
    return row


def _row(call: Call, id_: str | None) -> sqlite3.Row | None:
    found = call.db.execute(
        f"SELECT * FROM {SUBSCRIPTION.rows} WHERE channel = ? AND id = ?", (_channel(call), id_)
    )
    row: sqlite3.Row | None = found.fetchone()
    return row


def _checked(call: Call, checks: Checks, channel: str) -> dict[str, Any]:
    """All but id and profile; what was not sent is left out."""
    criteria = checks.objects("criteria", most=_MOST)
    return given(
        {
            "name": checks.text("name", low=1),
            "events": _checked_events(call, checks, channel),
            "criteria": None if criteria is None else [_checked_criterion(call, one) for one in criteria],
            "resources": checks.texts("resources", most=_MOST),
            "users": checks.texts("users", most=_MOST),
        }
    )


def _checked_criterion(call: Call, criterion: Checks) -> dict[str, str]:
    checked = given(
        {name: criterion.text(name) for name in ("applicationId", "entityId", "callsConfigurationId")}
    )
    if call.rules[CRITERIA] == "refused":
        for kind in (APPLICATION, ENTITY):
            id_ = checked.get(f"{kind.name}Id")
            if id_ is not None and find(call.db, call.rules, kind, id_) is None:
                criterion.wrong(f"{kind.name}Id", "does not exist")
    return checked


def _checked_events(call: Call, checks: Checks, channel: str) -> list[Any] | None:
    """Events that the channel does not have are ignored (platform.md 4): left out, or by rule kept."""
    events: list[Any] = []
    for at, item in enumerate(checks.items("events", most=_MOST, required=True) or ()):
        match item:
            case str() if 1 <= len(item) <= MAX_ID:
                events.append(item)
            case {"event": str() as event, "format": str() as form} if (
                channel in _FORMAT_AWARE and len(event) <= MAX_ID and len(form) <= MAX_ID
            ):
                events.append({"event": event, "format": form})
            case _:
                checks.wrong(f"events[{at}]", f"must be an event of {channel}")
    if call.rules[UNAVAILABLE_EVENTS] == "kept":
        return events
    return [one for one in events if (one if isinstance(one, str) else one["event"]) in EVENTS[channel]]


ROUTES = (
    Route(operations.GET_SUBSCRIPTIONS, _list, refuses=(400, 404)),
    Route(operations.CREATE_SUBSCRIPTION, _create, Takes.JSON, (400, 409)),
    Route(operations.GET_SUBSCRIPTION, _get, refuses=(400, 404)),
    Route(operations.UPDATE_SUBSCRIPTION, _update, Takes.JSON, (400, 404)),
    Route(operations.DELETE_SUBSCRIPTION, _delete, refuses=(400, 404)),
)
