"""Which one thing of the account an edit is about, and which applications and entities it names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.changes import edits as e
from entitree.changes.edits.definitions import DefinitionError, definition
from entitree.changes.plan.model import Target, association_target, item_target
from entitree.inventory.model import Family, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from entitree.changes.edits import Edit


def target_of(edit: Edit) -> Target:
    """What the edit changes. Of a strategy to be made the key is empty: each is a thing of its own. A
    subscription whose definition cannot be understood has the id “”; never raises.
    """
    match edit:
        case e.Create() | e.Alias() | e.Delete():
            return item_target(edit.kind, edit.id)
        case e.Associate() | e.Dissociate():
            return association_target(edit.association)
        case e.LinkNumber(number):
            return Target(Family.NUMBERS, (number.key,))
        case e.WriteInbound(channel, resource_id, keyword):
            return Target(Family.INBOUND, (resource_id, channel, keyword or None))
        case e.DeleteInbound(row):
            return Target(Family.INBOUND, (row.resource_id, row.channel, row.keyword or None))
        case e.CreateStrategy():
            return Target(Family.STRATEGIES, ())
        case e.DeleteStrategy(strategy):
            return Target(Family.STRATEGIES, (strategy.id,))
        case e.CreateSubscription(channel, raw):
            id_ = _read(raw).get("subscriptionId")
            return Target(Family.SUBSCRIPTIONS, (channel, id_ if isinstance(id_, str) else ""))
        case e.ModifySubscription(row) | e.DeleteSubscription(row):
            return Target(Family.SUBSCRIPTIONS, (row.channel, row.id))
        case e.LinkKey(key) | e.EnableKey(key):
            return Target(Family.KEYS, (key.id,))


def names(edit: Edit) -> frozenset[tuple[Kind, str]]:
    """The applications and entities that will be tied to something by the edit; never raises."""
    return frozenset((kind, item_id) for kind, item_id in _names(edit) if item_id)


def subjects(edit: Edit) -> frozenset[tuple[Kind, str]]:
    """The applications and entities to look up before the edit is planned."""
    own = {(edit.kind, edit.id)} if isinstance(edit, e.Create | e.Alias | e.Delete) else set()
    return names(edit) | own


def _names(edit: Edit) -> Iterator[tuple[Kind, str | None]]:
    match edit:
        case e.Associate(row):
            yield from _pair(row.application_id, row.entity_id)
        case e.LinkNumber(_, application_id, entity_id):
            yield from _pair(application_id, entity_id)
        case e.LinkKey(_, links):
            for link in links:
                yield from _pair(link.application_id, link.entity_id)
        case e.WriteInbound() | e.CreateStrategy():
            yield from _object_pair(_read(edit.raw).get("platform"))
        case e.CreateSubscription() | e.ModifySubscription():
            criteria = _read(edit.raw).get("criteria")
            for each in criteria if isinstance(criteria, list) else ():
                yield from _object_pair(each)


def _pair(application_id: str | None, entity_id: str | None) -> Iterator[tuple[Kind, str | None]]:
    yield Kind.APPLICATION, application_id
    yield Kind.ENTITY, entity_id


def _object_pair(value: object) -> Iterator[tuple[Kind, str | None]]:
    if isinstance(value, dict):
        for kind in Kind:
            item_id = value.get(f"{kind.value}Id")
            yield kind, item_id if isinstance(item_id, str) else None


def _read(raw: str) -> dict[str, object]:
    try:
        return definition(raw)
    except DefinitionError:
        return {}
