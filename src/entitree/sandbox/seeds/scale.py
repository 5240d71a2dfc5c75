"""Accounts of any size: N entities, 2N associations, N/50 numbers, skewed as real ones are.

The same every time for the same N. A few customers and applications hold most of what there is, most
customers hold one or two things, and some none. Rows are made as they are written: a million entities fit.
"""

from __future__ import annotations

import json
import random
from itertools import islice
from typing import TYPE_CHECKING

from entitree.sandbox.account import records
from entitree.sandbox.seeds.names import APPLICATIONS, COMPANIES, COUNTRIES, PREFIXES, SENDERS

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

LARGEST = 10_000_000

_APPLICATION_IDS = ("default", *(id_ for id_, _ in APPLICATIONS))
_APPLICATION_WEIGHTS = (3, 30, 22, 16, 10, 7, 5, 4, 2, 2, 1, 1)
_CHANNELS = {"SMS": ("DELIVERY", "INBOUND_MESSAGE", "CLICK"), "EMAIL": ("DELIVERY", "OPEN", "UNSUBSCRIBE")}
_PROFILE = {"profileId": "events-hook", "webhook": {"notifyUrl": "https://hooks.example/events"}}
_BATCH = 50_000


def write(db: sqlite3.Connection, entities: int) -> None:
    """Writes the account of so many entities into an empty state, in a few seconds for each 100,000."""
    chance = random.Random(entities)  # noqa: S311 - names, not secrets
    db.executemany("INSERT INTO applications (id, name) VALUES (?, ?)", [("default", None), *APPLICATIONS])
    db.executemany("INSERT INTO entities (id, name) VALUES (?, ?)", _entities(entities))
    numbers = max(1, entities // 50)
    db.executemany(
        "INSERT INTO numbers (number_key, number, country, type, capabilities, application_id, entity_id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        _numbers(chance, numbers, entities),
    )
    db.executemany(
        "INSERT INTO senders (key, type, name) VALUES (?, 'ALPHA', ?)",
        [(f"{at:032X}", name) for at, name in enumerate(SENDERS, start=1)],
    )
    _associate(db, chance, entities, numbers)
    db.executemany(
        "INSERT INTO strategies (id, application_id, entity_id, body) VALUES (?, ?, ?, ?)",
        _strategies(chance, entities),
    )
    records.insert(db, "profiles", records.profile(_PROFILE))
    _subscribe(db, chance, entities)


def entity_id(at: int) -> str:
    """Id of the entity that was made as number `at`, from 0."""
    company, (code, _) = COMPANIES[at % len(COMPANIES)], COUNTRIES[at % len(COUNTRIES)]
    slug = "".join(char for char in company.lower().replace(" ", "-") if char.isascii() and char != ".")
    return f"{slug}-{code}-{at + 1:07}"


def _entities(count: int) -> Iterator[tuple[str, str | None]]:
    for at in range(count):
        company, (_, country) = COMPANIES[at % len(COMPANIES)], COUNTRIES[at % len(COUNTRIES)]
        # Every ninth was made by a program that named the field wrong (platform.md 1.2).
        yield entity_id(at), None if at % 9 == 4 else f"{company} {country} {at + 1}"


def _numbers(
    chance: random.Random, count: int, entities: int
) -> Iterator[tuple[str, str, str, str, str, str, str | None]]:
    countries = tuple(PREFIXES.items())
    for at in range(count):
        country, prefix = countries[at % len(countries)]
        capabilities = ("SMS", "MMS") if country in ("US", "CA") else ("SMS",)
        link = _pair(chance, entities) if at % 4 else ("default", None)
        yield (
            _number_key(at),
            f"{prefix}{900_000_000 + at}",
            country,
            "VIRTUAL_LONG_NUMBER",
            json.dumps(capabilities),
            *link,
        )


def _number_key(at: int) -> str:
    return f"5CA1E000{at:024X}"


def _pair(chance: random.Random, entities: int) -> tuple[str, str | None]:
    application = chance.choices(_APPLICATION_IDS, _APPLICATION_WEIGHTS)[0]
    # Cubed, so that the first customers hold the most; one in forty is for an application alone.
    entity = None if chance.random() < 0.025 else entity_id(int(entities * chance.random() ** 3))
    return application, entity


def _associate(db: sqlite3.Connection, chance: random.Random, entities: int, numbers: int) -> None:
    """Draws until there are 2N different ones: the heavy customers draw the same one now and then."""
    wanted = 2 * entities
    drawn = _draws(chance, entities, numbers)
    while (there := int(db.execute("SELECT count(*) FROM associations").fetchone()[0])) < wanted:
        db.executemany(
            "INSERT OR IGNORE INTO associations"
            " (resource_type, channel, application_id, entity_id, resource_id) VALUES (?, ?, ?, ?, ?)",
            islice(drawn, min(_BATCH, wanted - there)),
        )


def _draws(
    chance: random.Random, entities: int, numbers: int
) -> Iterator[tuple[str, str, str, str | None, str]]:
    while True:
        application, entity = _pair(chance, entities)
        if chance.random() < 0.1:
            yield "ALPHA", "SMS", application, entity, chance.choice(SENDERS)
        else:
            channel = "MMS" if chance.random() < 0.05 else "SMS"
            yield "NUMBER", channel, application, entity, _number_key(int(numbers * chance.random()))


def _strategies(chance: random.Random, entities: int) -> Iterator[tuple[str, str, str | None, str]]:
    for at in range(entities // 100):
        application, entity = _pair(chance, entities)
        platform = {"applicationId": application} | ({} if entity is None else {"entityId": entity})
        body = {"platform": platform, "channel": "SMS", "useStickySender": at % 3 == 0}
        yield f"{at:032X}", application, entity, records.packed({**body, "useGeolocatedSender": False})


def _subscribe(db: sqlite3.Connection, chance: random.Random, entities: int) -> None:
    for at in range(entities // 1000):
        channel = "EMAIL" if at % 4 == 3 else "SMS"
        pairs = [_pair(chance, entities) for _ in range(chance.choice((1, 1, 2, 3, 8)))]
        body = {
            "name": f"Events, group {at + 1}",
            "events": list(_CHANNELS[channel]),
            "criteria": [
                {"applicationId": application} | ({} if entity is None else {"entityId": entity})
                for application, entity in pairs
            ],
        }
        row = {"channel": channel, "id": f"group-{at + 1:05}"}
        seq = records.insert(db, "subscriptions", row | records.subscription("events-hook", body))
        records.write_terms(db, seq, body)
