"""Detach first: what a deletion would take with it is done step by step before, so that it finds nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.api.names import DEFAULT_APPLICATION
from entitree.changes.edits import (
    DeleteStrategy,
    DeleteSubscription,
    Dissociate,
    EnableKey,
    LinkKey,
    LinkNumber,
    ModifySubscription,
    WriteInbound,
)
from entitree.changes.rewiring import Draft, Rewiring, criteria, rewritten
from entitree.inventory.model import AssociationRow, NumberRow, StrategyRow, SubscriptionRow
from entitree.text import visible

if TYPE_CHECKING:
    from entitree.changes.impact import Impact, Removal, Stop

_REASON = "so that the deletion finds nothing tied"
_UNTAGGED = '{"platform": null}'


def detaching(impact: Impact) -> Rewiring:
    """Wishes that undo every tie that `impact` shows, each as the deletion would.

    A subscription that also serves others loses only what names the ids, and is deleted if nothing would be
    left: without criteria it would match all traffic. A key that would lose all that it may do is disabled,
    never unbound: it could then do everything.
    """
    draft = Draft(_REASON)
    for removal in impact.removals:
        match removal.what:
            case AssociationRow() as row:
                draft.add(Dissociate(row), removal.names, frees=row)
            case StrategyRow() as strategy:
                draft.add(DeleteStrategy(strategy), removal.names, frees=strategy)
            case SubscriptionRow() as subscription:
                _subscription(draft, impact, removal, subscription)
    for reset in impact.resets:
        what = reset.what
        if isinstance(what, NumberRow):
            draft.add(LinkNumber(what, DEFAULT_APPLICATION), reset.names, frees=what)
        else:
            edit = WriteInbound(what.channel, what.resource_id, what.keyword, _UNTAGGED, what)
            draft.add(edit, reset.names, frees=what)
    for stop in impact.stops:
        _key(draft, stop)
    return draft.rewiring()


def _subscription(draft: Draft, impact: Impact, removal: Removal, row: SubscriptionRow) -> None:
    name = f"{impact.kind.value}Id"
    left = [each for each in criteria(row) if each.get(name) not in impact.ids]
    edit = ModifySubscription(row, rewritten(row, left)) if left else DeleteSubscription(row)
    draft.add(edit, removal.names, frees=row)


def _key(draft: Draft, stop: Stop) -> None:
    key = stop.what
    if not stop.entirely:
        draft.change_key(LinkKey(key, stop.left), stop.names)
    elif key.enabled and draft.change_key(EnableKey(key, enabled=False), stop.names):
        draft.stays.append(
            f"API key “{visible(key.name)}” is disabled and keeps its links: every request with it would be"
            " refused, and unbound it could do everything."
        )
