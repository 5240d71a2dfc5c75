"""What an account holds to begin with, as plain data, and how it is written into a state."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from entitree.sandbox.account import records
from entitree.sandbox.seeds.inbound import Inbound, write_inbound
from entitree.sandbox.seeds.keys import Key, write_keys

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

Pair = tuple[str, str | None]
"""An application, and an entity or none."""


@dataclass(frozen=True, slots=True)
class Number:
    key: str
    number: str
    country: str
    type: str = "VIRTUAL_LONG_NUMBER"
    capabilities: tuple[str, ...] = ("SMS",)
    link: Pair = ("default", None)
    """The number's own link, which inbound messages follow (platform.md 2.3)."""
    details: Mapping[str, Any] = field(default_factory=dict)
    """More of what the platform shows: `price`, `network`, `note` …"""


@dataclass(frozen=True, slots=True)
class Sender:
    name: str
    type: str = "ALPHA"
    """As associations call it."""
    country: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    """More of what the platform shows: `capabilities`, `displayName` …"""


@dataclass(slots=True)
class World:
    """Everything in order of creation. The default application is there without being named."""

    applications: list[tuple[str, str | None]] = field(default_factory=list)
    """Ids and aliases."""
    entities: list[tuple[str, str | None]] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)
    domains: list[str] = field(default_factory=list)
    domain_details: dict[str, records.Columns] = field(default_factory=dict)
    """By name, where a domain is not as most are: active, all tracked, of the default application."""
    senders: list[str] = field(default_factory=list)
    """Alphanumeric sender names."""
    registrations: list[Sender] = field(default_factory=list)
    """What is known of those names beyond them, and senders of other types."""
    associations: list[tuple[str, str, str, str | None, str]] = field(default_factory=list)
    """Resource type, channel, application, entity or None, resource."""
    strategies: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Ids, and bodies as they are posted."""
    securities: list[dict[str, Any]] = field(default_factory=list)
    profiles: list[dict[str, Any]] = field(default_factory=list)
    subscriptions: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Channels, and bodies as they are posted, the profile by its id alone."""
    inbound: list[Inbound] = field(default_factory=list)
    """Where inbound messages go."""
    keys: list[Key] = field(default_factory=list)
    """Beside those that the sandbox hands out."""

    messages: list[records.Columns] = field(default_factory=list)
    """Rows, their moments so many milliseconds before the account is made: below zero."""

    def tie(self, resource_type: str, channel: str, resource: str, *pairs: Pair) -> None:
        """Associates the resource with each pair."""
        self.associations.extend(
            (resource_type, channel, application, entity, resource) for application, entity in pairs
        )


def write(db: sqlite3.Connection, world: World) -> None:
    """Writes the account into an empty state."""
    db.executemany(
        "INSERT INTO applications (id, name) VALUES (?, ?)", [("default", None), *world.applications]
    )
    db.executemany("INSERT INTO entities (id, name) VALUES (?, ?)", world.entities)
    db.executemany(
        "INSERT INTO numbers"
        " (number_key, number, country, type, capabilities, application_id, entity_id, body)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                *(one.key, one.number, one.country, one.type, json.dumps(one.capabilities)),
                *(*one.link, records.packed(one.details)),
            )
            for one in world.numbers
        ],
    )
    for domain in world.domains:
        records.insert(db, "domains", {"name": domain, **world.domain_details.get(domain, {})})
    db.executemany(
        "INSERT INTO senders (key, type, name, country, body) VALUES (?, ?, ?, ?, ?)",
        [
            (f"5E4D0000{at:024X}", one.type, one.name, one.country, records.packed(one.details))
            for at, one in enumerate(_senders(world), start=1)
        ],
    )
    db.executemany(
        "INSERT INTO associations (resource_type, channel, application_id, entity_id, resource_id)"
        " VALUES (?, ?, ?, ?, ?)",
        world.associations,
    )
    for id_, strategy in world.strategies:
        whole = {"useStickySender": False, "useGeolocatedSender": False, **strategy}
        records.insert(db, "strategies", records.strategy(id_, whole))
    write_inbound(db, world.inbound)
    write_keys(db, world.keys)
    for security in world.securities:
        records.insert(db, "securities", records.security(security))
    for profile in world.profiles:
        records.insert(db, "profiles", records.profile(profile))
    for channel, subscription in world.subscriptions:
        rest = {
            name: value for name, value in subscription.items() if name not in ("subscriptionId", "profile")
        }
        seq = records.insert(
            db,
            "subscriptions",
            {"channel": channel, "id": subscription["subscriptionId"]}
            | records.subscription(subscription["profile"]["profileId"], rest),
        )
        records.write_terms(db, seq, rest)
    for message in world.messages:
        records.insert(db, "messages", message)


def _senders(world: World) -> list[Sender]:
    known = {one.name for one in world.registrations if one.type == "ALPHA"}
    return [*(Sender(name) for name in world.senders if name not in known), *world.registrations]
