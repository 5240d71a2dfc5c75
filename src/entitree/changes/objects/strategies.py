"""Sending strategies, which only their list shows (platform.md 5).

A state is the platform's object without its id, in which everything that may be left out is there as null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entitree.api.models import SendingStrategy, SendingStrategyRequest
from entitree.api.operations import OPERATIONS, Settle
from entitree.changes.objects.comparing import matches
from entitree.inventory.model import StrategyRow
from entitree.inventory.wire import stored

if TYPE_CHECKING:
    from collections.abc import Mapping

    from entitree.api.client import PlatformClient
    from entitree.changes.plan.model import State, Step, Target
    from entitree.inventory.store import Store

ID = "sendingStrategyId"


def parsed(raw: Mapping[str, Any]) -> SendingStrategyRequest:
    """The strategy in an object of the platform, without its id. Raises pydantic.ValidationError."""
    return SendingStrategyRequest.model_validate({name: each for name, each in raw.items() if name != ID})


def state(strategy: SendingStrategyRequest) -> State:
    platform = strategy.platform
    body = {name: each for name, each in strategy.body().items() if name != ID}
    return {
        **body,
        "platform": {
            "applicationId": (platform and platform.application_id) or None,
            "entityId": (platform and platform.entity_id) or None,
        },
        "channel": strategy.channel or None,
        "destinationCountryCode": strategy.destination_country_code or None,
        "priorities": body.get("priorities") or None,
    }


async def read(client: PlatformClient, target: Target) -> State | None:
    (id_,) = target.key
    # A platform that does not know the filter lists them all.
    async for page in client.strategies(sending_strategy_id=id_):
        for each in page.results:
            if each.sending_strategy_id == id_:
                return state(each)
    return None


async def equal_ids(client: PlatformClient, step: Step) -> frozenset[str]:
    """Ids of the strategies that are there now and equal to the body of `step`."""
    wanted = state(parsed(step.body or {}))
    platform = wanted["platform"]
    found: set[str] = set()
    pages = client.strategies(application_id=platform["applicationId"], entity_id=platform["entityId"])
    async for page in pages:
        for each in page.results:
            now = state(each)
            if matches(now, wanted) and matches(wanted, now):
                found.add(each.sending_strategy_id)
    return frozenset(found)


async def mirror(store: Store, step: Step, result: State | None) -> None:
    if OPERATIONS[step.operation].settle is Settle.GONE:
        (id_,) = step.target.key
        await store.forget(StrategyRow(id_ or "", None, None, None, None, ""))
    elif (id_ := (result or {}).get("id")) is not None:
        await store.put(stored(SendingStrategy.model_validate({**(step.body or {}), ID: id_})))
