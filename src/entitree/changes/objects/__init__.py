"""The things that steps are about, family by family: read back from the platform, compared, and told to the
mirror.

A `State` is canonical: two that mean the same are equal under `matches`, whichever way the platform writes
it. None of them holds a secret.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from entitree.api import operations as ops
from entitree.api.models import ApiKey, InboundConfiguration, Number, SendingStrategyCreated
from entitree.api.replies import parse_object
from entitree.changes.objects import (
    associations,
    inbound,
    items,
    keys,
    numbers,
    strategies,
    subscriptions,
)
from entitree.changes.objects.comparing import matches as matches
from entitree.errors import BadReplyError
from entitree.inventory.model import Family

if TYPE_CHECKING:
    from entitree.api.client import PlatformClient
    from entitree.changes.plan.model import State, Step, Target
    from entitree.changes.vault import Vault
    from entitree.inventory.store import Store

FAMILIES = (
    Family.APPLICATIONS,
    Family.ENTITIES,
    Family.ASSOCIATIONS,
    Family.STRATEGIES,
    Family.SUBSCRIPTIONS,
    Family.NUMBERS,
    Family.INBOUND,
    Family.KEYS,
)
"""What steps are about."""

_REREAD = frozenset(
    operation.name
    for operation in (
        ops.MODIFY_APPLICATION,
        ops.MODIFY_ENTITY,
        ops.UPDATE_SUBSCRIPTION,
        ops.DELETE_SUBSCRIPTION,
        ops.UPDATE_NUMBER,
        ops.SET_INBOUND,
        ops.DELETE_INBOUND,
        ops.UPDATE_API_KEY,
    )
)


async def read(client: PlatformClient, target: Target, *, vault: Vault | None = None) -> State | None:
    """What `target` names, as it is on the platform now; None: it is not there.

    A forwarding URL with a secret part is kept in `vault`, where there is one: without, the state does not
    tell it from others with the same host and path. Raises EntitreeError.
    """
    match target.family:
        case Family.APPLICATIONS | Family.ENTITIES:
            return await items.read(client, target)
        case Family.ASSOCIATIONS:
            return await associations.read(client, target)
        case Family.STRATEGIES:
            return await strategies.read(client, target)
        case Family.SUBSCRIPTIONS:
            return await subscriptions.read(client, target)
        case Family.NUMBERS:
            return await numbers.read(client, target)
        case Family.INBOUND:
            return await inbound.read(client, target, vault)
        case Family.KEYS:
            return await keys.read(client, target)
    raise TypeError(f"no step is about {target.family.value}")


async def answer(step: Step, body: bytes, *, vault: Vault | None = None) -> State | None:
    """What the answer to a successful write tells: of a new strategy `{"id": …}`, of a number, an inbound
    configuration and a key its state as it is now; None where nothing is told, or nothing that makes sense.
    """
    try:
        match step.operation:
            case ops.CREATE_STRATEGY.name:
                return {"id": parse_object(body, SendingStrategyCreated).sending_strategy_id}
            case ops.UPDATE_NUMBER.name:
                return numbers.state_of(parse_object(body, Number))
            case ops.SET_INBOUND.name:
                return await inbound.answered(parse_object(body, InboundConfiguration), vault)
            case ops.UPDATE_API_KEY.name:
                return keys.state(parse_object(body, ApiKey))
    except BadReplyError:
        return None
    return None


async def equal_ids(client: PlatformClient, step: Step) -> frozenset[str]:
    """Of a step whose object the platform names itself (`Settle.LISTED`): ids of those that are there now and
    equal to what it sends. One that was not there before it was sent is what it has made. Raises
    EntitreeError.
    """
    return await strategies.equal_ids(client, step)


def rereads(step: Step) -> bool:
    """Whether the step builds upon what is there, so that it is read again before it is sent, and compared
    with `before`. Deletions of applications and entities are not among them: they have their own check.
    """
    return step.operation in _REREAD


def reading_cost(step: Step) -> Counter[ops.Operation]:
    """What is read before the step is sent, but for deletions of applications and entities."""
    operation = ops.OPERATIONS[step.operation]
    if rereads(step) or operation.settle is ops.Settle.LISTED:
        return Counter({ops.OPERATIONS[operation.read_with]: 1})
    return Counter()


async def mirror(store: Store, step: Step, result: State | None = None) -> None:
    """Let the mirror show what the step has done. `result` is what `answer` gave, or `read` after it; of a
    strategy that was made it says the id, and without it the mirror learns nothing of that one.

    Raises StorageError.
    """
    match step.target.family:
        case Family.APPLICATIONS | Family.ENTITIES:
            await items.mirror(store, step)
        case Family.ASSOCIATIONS:
            await associations.mirror(store, step)
        case Family.STRATEGIES:
            await strategies.mirror(store, step, result)
        case Family.SUBSCRIPTIONS:
            await subscriptions.mirror(store, step)
        case Family.NUMBERS:
            await numbers.mirror(store, step, result)
        case Family.INBOUND:
            await inbound.mirror(store, step, result)
        case Family.KEYS:
            await keys.mirror(store, step, result)
