"""Where each family is listed on the platform: the lists that together are the whole of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from entitree.api.names import SUBSCRIPTION_CHANNELS
from entitree.inventory.model import Family, Kind
from entitree.inventory.sweeps import Cover
from entitree.inventory.wire import SENDER_TYPES

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from entitree.api.client import PlatformClient
    from entitree.api.replies import Page

PAGE = 1000
SUBSCRIPTION_PAGE = 100

LISTED = tuple(family for family in Family if family is not Family.INBOUND)
"""What the platform lists whole."""


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
