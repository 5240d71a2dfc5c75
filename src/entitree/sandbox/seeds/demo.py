"""An account as a real one looks: 12 applications, 240 entities, 600 associations, and a few awkward names.

The same every time. A handful of customers hold most of what is configured, most hold one or two things, and
some nothing at all.
"""

from __future__ import annotations

import random
import string
from itertools import islice
from typing import TYPE_CHECKING, Any

from entitree.sandbox.seeds.domains import demo_domains
from entitree.sandbox.seeds.inbound import demo_inbound
from entitree.sandbox.seeds.keys import demo_keys
from entitree.sandbox.seeds.names import (
    APPLICATIONS,
    AWKWARD_ENTITIES,
    BRANDS,
    COMPANIES,
    COUNTRIES,
    DOMAINS,
    PREFIXES,
    SENDERS,
)
from entitree.sandbox.seeds.numbers import demo_numbers
from entitree.sandbox.seeds.traffic import demo_traffic
from entitree.sandbox.seeds.world import Number, Pair, World

if TYPE_CHECKING:
    from collections.abc import Iterator

_ENTITIES = 240
_ASSOCIATIONS = 600
_STRATEGIES = 30
_EVENTS = {
    "SMS": ("DELIVERY", "INBOUND_MESSAGE", "CLICK"),
    "WHATSAPP": ("DELIVERY", "SEEN", "INBOUND_MESSAGE"),
    "EMAIL": ("DELIVERY", "OPEN", "UNSUBSCRIBE"),
    "RCS": ("DELIVERY", "SEEN", "SUGGESTION"),
    "VIBER": ("DELIVERY", "SEEN", "CLICK"),
    "MMS": ("DELIVERY", "INBOUND_MESSAGE", "CLICK"),
    "VOICE_VIDEO": ("CALL_FINISHED", "CALL_FAILED", "DTMF_CAPTURED"),
}
_SUBSCRIPTIONS = 20


def demo() -> World:
    chance = random.Random(2024)  # noqa: S311 - names, not secrets
    world = World(
        applications=list(APPLICATIONS),
        entities=list(islice(_entities(), _ENTITIES)),
        domains=list(DOMAINS),
        senders=list(SENDERS),
    )
    pairs = _pairs(world, chance)
    world.numbers = [_number(at, chance, pairs) for at in range(40)]
    _associate(world, chance, pairs)
    world.strategies = [_strategy(chance, pair) for pair in chance.sample(pairs, _STRATEGIES)]
    _subscribe(world, chance, pairs)
    demo_traffic(world)
    demo_keys(world)
    demo_domains(world)
    demo_numbers(world)
    demo_inbound(world)
    return world


def _entities() -> Iterator[tuple[str, str | None]]:
    """Brands by country first, as the busiest customers are the oldest ones; the awkward ones strewn in."""
    awkward = iter(AWKWARD_ENTITIES)
    plain = _plain_entities()
    for at in range(_ENTITIES):
        yield next(awkward, None) or next(plain) if at % 13 == 7 else next(plain)


def _plain_entities() -> Iterator[tuple[str, str | None]]:
    for brand, alias in BRANDS:
        for code, country in COUNTRIES:
            yield f"{brand}-{code}", f"{alias} {country}"
    for at, company in enumerate(COMPANIES):
        slug = "".join(char for char in company.lower().replace(" ", "-") if char.isascii() and char != ".")
        # Every ninth was made by a program that named the field wrong (platform.md 1.2).
        yield f"{slug}-{at + 101}", None if at % 9 == 4 else company
    for at in range(_ENTITIES):
        yield f"cc-{4000 + at * 10}", f"Cost centre {4000 + at * 10}"


def _pairs(world: World, chance: random.Random) -> list[Pair]:
    """Pairs in use, the heavy ones first."""
    applications = [id_ for id_, _ in world.applications]
    weights = (30, 22, 16, 10, 7, 5, 4, 2, 2, 1, 1)
    found: dict[Pair, None] = {}
    for at, (entity, _) in enumerate(world.entities):
        # Some customers were set up and never used.
        if at % 6 == 5:
            continue
        for application in chance.choices(
            applications, weights, k=4 if at < 12 else chance.choice((1, 1, 1, 2))
        ):
            found[application, entity] = None
    return [*((application, None) for application in applications[:8]), *found]


def _number(at: int, chance: random.Random, pairs: list[Pair]) -> Number:
    code = COUNTRIES[at % len(COUNTRIES)][0].upper()
    country = "GB" if code == "UK" else code
    short = at % 10 == 9
    return Number(
        "".join(chance.choices("0123456789ABCDEF", k=32)),
        str(70_000 + at) if short else f"{PREFIXES[country]}{chance.randrange(10**8, 10**9)}",
        country,
        type="SHORT_CODE" if short else "VIRTUAL_LONG_NUMBER",
        capabilities=("SMS", "MMS") if country in ("US", "CA") else ("SMS",),
        link=pairs[at] if at % 4 else ("default", None),
    )


def _associate(world: World, chance: random.Random, pairs: list[Pair]) -> None:
    resources = [("NUMBER", channel, one.key) for one in world.numbers for channel in one.capabilities]
    resources += [("ALPHA", "SMS", name) for name in world.senders]
    resources += [("DOMAIN", "EMAIL", name) for name in world.domains]
    found = {(*chance.choice(resources), pair): None for pair in pairs}
    while len(found) < _ASSOCIATIONS:
        # Squared, so that the first pairs get the most.
        pair = pairs[int(len(pairs) * chance.random() ** 2)]
        found[*chance.choice(resources), pair] = None
    for resource_type, channel, resource, pair in islice(found, _ASSOCIATIONS):
        world.tie(resource_type, channel, resource, pair)


def _strategy(chance: random.Random, pair: Pair) -> tuple[str, dict[str, Any]]:
    application, entity = pair
    strategy: dict[str, Any] = {
        "platform": {"applicationId": application} | ({} if entity is None else {"entityId": entity})
    }
    if chance.random() < 0.8:
        strategy["channel"] = chance.choice(("SMS", "SMS", "SMS", "MMS", "RCS"))
    if chance.random() < 0.6:
        strategy["destinationCountryCode"] = chance.choice(("US", "US", "GB", "DE", "HR", "BR"))
    strategy["useStickySender"] = chance.random() < 0.4
    if strategy.get("destinationCountryCode") == "US":
        strategy["useGeolocatedSender"] = chance.random() < 0.5
    if chance.random() < 0.5:
        kinds = chance.sample(("ALPHANUMERIC", "VIRTUAL_LONG_NUMBER", "SHORT_CODE", "TOLL_FREE_NUMBER"), 2)
        strategy["priorities"] = [
            {"senderType": kind, "priority": rank} for rank, kind in enumerate(kinds, start=1)
        ]
    return "".join(chance.choices(string.ascii_uppercase + string.digits, k=32)), strategy


def _subscribe(world: World, chance: random.Random, pairs: list[Pair]) -> None:
    world.securities = [
        {"authId": "hook-login", "type": "BASIC", "credentials": {"username": "hook", "password": "example"}}
    ]
    world.profiles = [
        {
            "profileId": "events-hook",
            "webhook": {"notifyUrl": "https://hooks.example/events", "contentType": "application/json"},
            "security": {"authId": "hook-login"},
        },
        {"profileId": "billing-hook", "webhook": {"notifyUrl": "https://billing.example/usage"}},
        {
            "profileId": "chat-hook",
            "webhook": {"notifyUrl": "https://chat.example/inbound"},
            "maxBucketSize": 50,
        },
    ]
    for at in range(_SUBSCRIPTIONS):
        channel = tuple(_EVENTS)[at % len(_EVENTS)]
        chosen = chance.sample(pairs[:60], chance.choice((1, 1, 2, 3, 8)))
        criteria = [
            {"applicationId": application} | ({} if entity is None else {"entityId": entity})
            for application, entity in chosen
        ]
        if at == _SUBSCRIPTIONS - 1:
            criteria = [{"entityId": str(world.entities[0][0])}]
        subscription: dict[str, Any] = {
            "subscriptionId": f"{channel.lower().replace('_', '-')}-{at + 1:02}",
            "events": sorted(chance.sample(_EVENTS[channel], chance.choice((1, 1, 2, 3)))),
            "criteria": criteria,
            "profile": {"profileId": world.profiles[at % 3]["profileId"]},
        }
        if at % 5 != 4:
            subscription["name"] = f"{channel.replace('_', ' ').capitalize()} events, group {at + 1}"
        world.subscriptions.append((channel, subscription))
