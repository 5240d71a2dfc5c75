"""The edit that brings back what was there before a job, of one thing that it has changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from entitree.api.names import DEFAULT_APPLICATION
from entitree.changes import edits as e
from entitree.changes.objects import inbound, subscriptions
from entitree.changes.plan.model import ITEM_FAMILIES
from entitree.changes.vault import MARK
from entitree.inventory.model import (
    Family,
    InboundRow,
    KeyRow,
    LinkRow,
    NumberRow,
    StrategyRow,
    SubscriptionRow,
)

if TYPE_CHECKING:
    from entitree.changes.edits import Edit
    from entitree.changes.net import Change
    from entitree.changes.plan import State


class LostError(Exception):
    """Why it cannot be brought back, in a sentence."""


class LeftAloneError(Exception):
    """Why it is not touched, in a sentence."""


_UNKNOWN = "It was not read before it was changed."


def restoring(change: Change, now: State | None, number: NumberRow | None = None) -> Edit:
    """The edit that makes of `now` what was there before.

    Args:
        number: of a number what is known of it.

    Raises:
        LostError: nothing can.
    """
    before, target = change.before, change.target
    if target.family in ITEM_FAMILIES:
        return _item(change, now)
    if (row := target.association) is not None:
        return e.Dissociate(row) if before is None else e.Associate(row)
    match target.family:
        case Family.STRATEGIES:
            return _strategy(change)
        case Family.SUBSCRIPTIONS:
            return _subscription(change, now)
        case Family.NUMBERS:
            key = target.key[0] or ""
            known = number or NumberRow(key, key, None, None, (), None, None)
            pair = before or {}
            return e.LinkNumber(known, pair.get("applicationId") or DEFAULT_APPLICATION, pair.get("entityId"))
        case Family.INBOUND:
            return _inbound(change, now)
        case Family.KEYS:
            return _key(change, now or {})
    raise TypeError(f"no step is about {target.family.value}")


def _item(change: Change, now: State | None) -> Edit:
    kind, item_id = ITEM_FAMILIES[change.target.family], change.target.key[0] or ""
    if change.before is None:
        return e.Delete(kind, item_id)
    if now is None:
        return e.Create(kind, item_id, change.before.get("alias"))
    if "alias" not in change.before:
        raise LostError(_UNKNOWN)
    return e.Alias(kind, item_id, change.before["alias"])


def _strategy(change: Change) -> Edit:
    if change.before is None:
        return e.DeleteStrategy(StrategyRow(change.target.key[0] or "", None, None, None, None, "{}"))
    return e.CreateStrategy(json.dumps(_clean(change.before)))


def _subscription(change: Change, now: State | None) -> Edit:
    channel, id_ = (each or "" for each in change.target.key)
    row = SubscriptionRow(channel, id_, None, (), None, json.dumps(_clean(now or {})))
    if change.before is None:
        return e.DeleteSubscription(row)
    if "events" not in change.before:
        raise LostError(_UNKNOWN)
    if profile(change.before) is None:
        raise LostError("It had no profile that is known, and none can be made without one.")
    raw = json.dumps({**_clean(change.before), subscriptions.ID: id_})
    return e.CreateSubscription(channel, raw) if now is None else e.ModifySubscription(row, raw)


def profile(subscription: State) -> str | None:
    """The id of the profile of a subscription's state."""
    found = (subscription.get("profile") or {}).get("profileId")
    return found if isinstance(found, str) else None


def _inbound(change: Change, now: State | None) -> Edit:
    resource_id, channel, keyword = change.target.key
    row = None
    if now is not None:
        key = now.get(inbound.KEY) or ""
        row = InboundRow(key, channel or "", resource_id or "", keyword, None, None)
    if change.before is None:
        if row is None:
            raise LostError(_UNKNOWN)
        return e.DeleteInbound(row)
    touched = inbound.UNSET.values() if change.after is None or now is None else change.after
    raw: dict[str, Any] = {}
    for name in touched:
        if name not in inbound.UNSET.values():
            continue
        if name not in change.before:
            raise LostError(f"What “{name}” was is not known: it was not read before it was changed.")
        raw[name] = _setting(name, change.before[name])
    if now is None:
        # One without any setting is one too; it has to be asked for with something.
        raw = {name: each for name, each in raw.items() if each is not None} or {"platform": None}
    return e.WriteInbound(channel or "", resource_id or "", keyword, json.dumps(raw), row)


def _setting(name: str, value: Any) -> Any:  # noqa: ANN401 - JSON
    if name == "platform":
        return _clean(value or {}) or None
    if name != "forwarding" or value is None:
        return _clean(value)
    if value.get("url") is not None and "fingerprint" not in value:
        raise LostError("Where it forwarded to is not wholly known: it was not read before it was changed.")
    forwarding: dict[str, Any] = _clean({key: each for key, each in value.items() if key != "fingerprint"})
    if value.get("fingerprint") is not None:
        forwarding["url"] = {MARK: value["fingerprint"]}
    return forwarding


def _key(change: Change, now: State) -> Edit:
    id_ = change.target.key[0] or ""
    before, after = change.before or {}, change.after or {}
    links = _links(now)
    row = KeyRow(id_, str(now.get("name") or id_), now.get("enabled") is not False, None, links)
    if "platform" in after:
        bound = _links(before)
        if not bound:
            raise LostError(
                "It was bound to nothing, and a key is never unbound: it could then do everything."
            )
        return e.LinkKey(row, bound)
    if not isinstance(before.get("enabled"), bool):
        raise LostError(_UNKNOWN)
    return e.EnableKey(row, before["enabled"])


def _links(key: State) -> tuple[LinkRow, ...]:
    return tuple(
        LinkRow(each["applicationId"], each.get("entityId"), each.get("action"))
        for each in key.get("platform") or ()
    )


def _clean(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Without what is null."""
    if isinstance(value, Mapping):
        return {name: _clean(each) for name, each in value.items() if each is not None}
    if isinstance(value, list | tuple):
        return [_clean(each) for each in value]
    return value
