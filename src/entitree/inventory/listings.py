"""Where each family is listed on the platform: the lists that together are the whole of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from entitree.api import operations
from entitree.api.names import SUBSCRIPTION_CHANNELS
from entitree.inventory.model import Family, Kind
from entitree.inventory.sweeps import Cover
from entitree.inventory.wire import SENDER_TYPES

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from entitree.api.client import PlatformClient
    from entitree.api.replies import Page

PAGE = 1000
SUBSCRIPTION_PAGE = KEY_PAGE = 100
DOMAIN_PAGE = 20

LISTED = tuple(family for family in Family if family is not Family.INBOUND)
"""What the platform lists whole."""


_PAGES = {
    Family.APPLICATIONS: (operations.GET_APPLICATIONS, PAGE, 1),
    Family.ENTITIES: (operations.GET_ENTITIES, PAGE, 1),
    Family.ASSOCIATIONS: (operations.GET_ASSOCIATIONS, PAGE, 1),
    Family.STRATEGIES: (operations.GET_STRATEGIES, PAGE, 1),
    Family.SUBSCRIPTIONS: (operations.GET_SUBSCRIPTIONS, SUBSCRIPTION_PAGE, len(SUBSCRIPTION_CHANNELS)),
    # One more: only a page behind the last tells that it was the last.
    Family.NUMBERS: (operations.GET_NUMBERS, PAGE, 2),
    Family.SENDERS: (operations.SEARCH_RESOURCES, PAGE, len(SENDER_TYPES)),
    Family.DOMAINS: (operations.GET_DOMAINS, DOMAIN_PAGE, 1),
    Family.KEYS: (operations.GET_API_KEYS, KEY_PAGE, 1),
    Family.INBOUND: (operations.GET_INBOUND, 1, 0),
}
"""What lists a family, how many rows a page has, and how many requests there are at the least."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What reading a family whole takes, as far as is known: requests, and seconds from one to the next."""

    requests: int
    seconds: float


def cost(family: Family, rows: int) -> Cost:
    """The cost of a family that has about so many rows, at the documented rate (platform.md 0.4)."""
    operation, page, least = _PAGES[family]
    limit = operation.limit
    return Cost(least + max(0, rows - 1) // page, limit.seconds / limit.requests if limit else 0.0)


@dataclass(frozen=True, slots=True)
class Source:
    """One list, and what it is the whole truth about. `pages` gives it from the page with that index on."""

    cover: Cover
    pages: Callable[[int], AsyncIterator[Page[Any]]]


def listings(
    client: PlatformClient, family: Family, *, naming: tuple[Kind, str] | None = None
) -> tuple[Source, ...]:
    """The lists of a family, at least one; with `naming` only of what names an application or entity, which
    the platform can filter for associations, strategies and subscriptions.
    """
    named = {} if naming is None else {f"{naming[0].value}_id": naming[1]}

    def source(part: str = "", *, of: Callable[..., AsyncIterator[Page[Any]]], **options: object) -> Source:
        ask = partial(of, **options)
        return Source(Cover(family, part, naming), lambda first: ask(first=first))

    match family:
        case Family.APPLICATIONS:
            return (source(of=client.applications),)
        case Family.ENTITIES:
            return (source(of=client.entities),)
        case Family.ASSOCIATIONS:
            return (source(of=client.associations, **named),)
        case Family.STRATEGIES:
            return (source(of=client.strategies, **named),)
        case Family.SUBSCRIPTIONS:
            return tuple(
                source(channel, of=partial(client.subscriptions, channel), **named)
                for channel in SUBSCRIPTION_CHANNELS
            )
        case Family.NUMBERS:
            return (source(of=client.numbers),)
        case Family.SENDERS:
            return tuple(
                source(type_, of=partial(client.resources, searched))
                for type_, searched in SENDER_TYPES.items()
            )
        case Family.DOMAINS:
            return (source(of=client.domains),)
        case Family.KEYS:
            return (source(of=client.api_keys),)
        case Family.INBOUND:
            raise ValueError("no list holds all inbound configurations")
