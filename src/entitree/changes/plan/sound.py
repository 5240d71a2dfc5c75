"""Whether a step that comes from outside is one that this program makes: it does what its target says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entitree.api import operations as ops
from entitree.api.names import DEFAULT_APPLICATION
from entitree.changes.objects import inbound, strategies, subscriptions
from entitree.changes.plan.bodies import ELSEWHERE
from entitree.changes.plan.model import Target
from entitree.inventory.model import AssociationRow, Family
from entitree.inventory.wire import association
from entitree.text import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from entitree.changes.plan.model import Step

_Key = tuple[str | None, ...]
_Fields = dict[str, Any]

_LENGTHS = {Family.ASSOCIATIONS: 5, Family.SUBSCRIPTIONS: 2, Family.INBOUND: 3}


def unsound(step: Step, protected: Collection[str]) -> str | None:
    """What is wrong with the step; None: nothing is.

    Paths and bodies must name the target and nothing else, titles must begin as those of the operation do,
    and protected items are not deleted.
    """
    operation = step.operation
    known = _SHAPES.get(operation)
    if known is None:
        return "No step does that."
    family, path, body = known
    key = step.target.key
    if step.target.family is not family:
        return f"“{operation}” is not about {step.target.family.value}."
    if len(key) != (0 if operation == ops.CREATE_STRATEGY.name else _LENGTHS.get(family, 1)):
        return "Its target is not one thing."
    if path is None:
        # The configuration's own key, which its target does not hold.
        fits = step.path.keys() == {"configurationKey"} and (step.before or {}).get(
            inbound.KEY
        ) == step.path.get("configurationKey")
    else:
        fits = dict(step.path) == path(key)
    if not fits:
        return "Its path does not name its target."
    if body is None:
        if step.body is not None:
            return "It has a body, and should have none."
    else:
        fixed = body(key)
        if step.body is None or any(step.body.get(name) != value for name, value in fixed.items()):
            return "Its body does not name its target."
        if (problem := _beyond(step, fixed)) is not None:
            return problem
    if operation in _DELETIONS and (
        key[0] in protected or (family is Family.APPLICATIONS and key[0] == DEFAULT_APPLICATION)
    ):
        return f"“{key[0]}” is protected."
    if not step.title.startswith(_VERBS[operation]) or (
        step.id is not None and visible(step.id) not in step.title
    ):
        return "Its title does not say what it does."
    return None


def _beyond(step: Step, fixed: Mapping[str, Any]) -> str | None:
    """What a body says that none of this program's does."""
    body = step.body or {}
    match step.operation:
        case ops.UPDATE_API_KEY.name:
            # Without links, or with permissions in their place, a bound key would be a free one.
            if not body.keys() <= {"platform", "enabled"} or not body.get("platform", True):
                return "It would let an API key do everything."
        case ops.SET_INBOUND.name:
            if any(name in body and name not in fixed for name in ELSEWHERE):
                return "Its body names something else than its target."
        case ops.CREATE_SUBSCRIPTION.name | ops.UPDATE_SUBSCRIPTION.name:
            profile = body.get("profile")
            if not isinstance(profile, dict) or profile.keys() != {"profileId"}:
                return "Of a profile it may hold the id alone."
    return None


def _no_fields(_: _Key) -> _Fields:
    return {}


def _field(name: str) -> Callable[[_Key], _Fields]:
    return lambda key: {name: key[0]}


def _association(key: _Key) -> _Fields:
    type_, channel, application, entity, resource = key
    row = AssociationRow(type_ or "", channel or "", application or "", entity, resource or "")
    return association(row).body()


def _subscription(key: _Key) -> _Fields:
    return {"channel": key[0], subscriptions.ID: key[1]}


def _inbound(key: _Key) -> _Fields:
    return {"keyword": None, **inbound.place(Target(Family.INBOUND, key))}


_APPLICATION, _ENTITY = _field("applicationId"), _field("entityId")

_SHAPES: dict[str, tuple[Family, Callable[[_Key], _Fields] | None, Callable[[_Key], _Fields] | None]] = {
    ops.CREATE_APPLICATION.name: (Family.APPLICATIONS, _no_fields, _APPLICATION),
    ops.MODIFY_APPLICATION.name: (Family.APPLICATIONS, _APPLICATION, _no_fields),
    ops.DELETE_APPLICATION.name: (Family.APPLICATIONS, _APPLICATION, None),
    ops.CREATE_ENTITY.name: (Family.ENTITIES, _no_fields, _ENTITY),
    ops.MODIFY_ENTITY.name: (Family.ENTITIES, _ENTITY, _no_fields),
    ops.DELETE_ENTITY.name: (Family.ENTITIES, _ENTITY, None),
    ops.CREATE_ASSOCIATION.name: (Family.ASSOCIATIONS, _no_fields, _association),
    ops.DELETE_ASSOCIATION.name: (Family.ASSOCIATIONS, _no_fields, _association),
    ops.CREATE_STRATEGY.name: (Family.STRATEGIES, _no_fields, _no_fields),
    ops.DELETE_STRATEGY.name: (Family.STRATEGIES, _field(strategies.ID), None),
    ops.CREATE_SUBSCRIPTION.name: (
        Family.SUBSCRIPTIONS,
        lambda key: {"channel": key[0]},
        lambda key: {subscriptions.ID: key[1]},
    ),
    ops.UPDATE_SUBSCRIPTION.name: (Family.SUBSCRIPTIONS, _subscription, _no_fields),
    ops.DELETE_SUBSCRIPTION.name: (Family.SUBSCRIPTIONS, _subscription, None),
    ops.UPDATE_NUMBER.name: (Family.NUMBERS, _field("numberKey"), _no_fields),
    ops.SET_INBOUND.name: (Family.INBOUND, _no_fields, _inbound),
    ops.DELETE_INBOUND.name: (Family.INBOUND, None, None),
    ops.UPDATE_API_KEY.name: (Family.KEYS, _field("apiKeyId"), _no_fields),
}
"""Of each operation that a step may carry out: its family, and what path and body say of the target."""

_VERBS: dict[str, tuple[str, ...]] = {
    **{name: ("Create ",) for name in _SHAPES if name.startswith("create-")},
    **{name: ("Delete ",) for name in _SHAPES if name.startswith("delete-")},
    ops.MODIFY_APPLICATION.name: ("Give ", "Take "),
    ops.MODIFY_ENTITY.name: ("Give ", "Take "),
    ops.CREATE_ASSOCIATION.name: ("Associate ",),
    ops.DELETE_ASSOCIATION.name: ("Dissociate ",),
    ops.UPDATE_SUBSCRIPTION.name: ("Change ",),
    ops.UPDATE_NUMBER.name: ("Link ",),
    ops.SET_INBOUND.name: ("Create ", "Change "),
    ops.UPDATE_API_KEY.name: ("Bind ", "Enable ", "Disable "),
}
"""How a title begins: whoever confirms a plan reads titles."""

_DELETIONS = frozenset({ops.DELETE_APPLICATION.name, ops.DELETE_ENTITY.name})
