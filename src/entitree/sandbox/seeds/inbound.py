"""Inbound configurations of new accounts: where what customers answer goes, and whose it is."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from entitree.sandbox.account import records
from entitree.sandbox.routes.inbound_checks import CHANNELS

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

    from entitree.sandbox.seeds.world import Number, Pair, World

_OFFICE_HOURS = {
    "from": "08:00",
    "to": "17:00",
    "days": ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"],
    "deliveryTimeZone": "USER_TIME_ZONE",
}
_KEYWORDS = ("STOP", "HELP", "START", "INFO", "YES", "NO", "JOIN NOW", "ПОМОЩЬ")


@dataclass(frozen=True, slots=True)
class Inbound:
    resource: str
    """Key of a number, name of a domain or of a sender."""
    channel: str
    keyword: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    """As replies have them."""


def docs_inbound(world: World) -> None:
    """One way of each: without a platform, with one, with one that says no more than none would."""
    cola, burger, pin, shared, short = (number.key for number in world.numbers)
    leave = {"message": "You will get no more messages from BigCola."}
    of_cola = {"applicationId": "marketing", "entityId": "big-cola"}
    block = {"type": "BLOCK", "level": "FROM_SENDER"}
    hello = {"message": "Thank you, we will answer soon.", "deliveryTimeWindow": _OFFICE_HOURS}
    world.inbound = [
        Inbound(cola, "SMS", None, _forwarded("SMS", "https://hooks.example/mo")),
        Inbound(cola, "SMS", "STOP", {"autoResponse": leave, "blockListConfiguration": block}),
        Inbound(
            burger,
            "SMS",
            "CODE",
            {"platform": {"applicationId": "one-time-pin", "entityId": "mc-burger"}}
            | {"forwarding": {"type": "PULL"}},
        ),
        Inbound(pin, "MMS", None, {"forwarding": {"type": "PULL"}}),
        Inbound(shared, "SMS", None, {"conversations": {"enabled": True}}),
        Inbound(
            short,
            "SMS",
            None,
            {"platform": {"applicationId": "default"}}
            | {"forwarding": {"type": "MAIL_FORWARD", "mail": "orders@mcburger.example"}},
        ),
        Inbound(
            world.domains[0],
            "EMAIL",
            None,
            {"platform": of_cola} | _forwarded("EMAIL", "https://hooks.example/mail"),
        ),
        Inbound("BigCola", "RCS", None, {"platform": of_cola, "autoResponse": hello}),
    ]


def demo_inbound(world: World) -> None:
    """For four numbers in five, some with keywords; half of them say whose the messages are."""
    chance = random.Random(2027)  # noqa: S311 - names, not secrets
    pairs = list(dict.fromkeys((one[2], one[3]) for one in world.associations))
    for at, number in enumerate(world.numbers):
        if at % 5 == 4:
            continue
        for channel in number.capabilities:
            if channel in CHANNELS:
                world.inbound += _configured(number, channel, chance, pairs)
    for domain in world.domains[:3]:
        hook = _forwarded("EMAIL", f"https://hooks.example/mail/{domain}")
        world.inbound.append(Inbound(domain, "EMAIL", None, _platform(chance.choice(pairs)) | hook))
    world.inbound += [
        Inbound(
            "BigCola", "RCS", None, _platform(chance.choice(pairs)) | {"conversations": {"enabled": True}}
        ),
        Inbound("in-app-chat", "OPEN_CHANNEL", None, {"answers": {"enabled": True}}),
        Inbound("100000000000001", "MESSENGER", None, {"conversations": {"enabled": True}}),
    ]


def write_inbound(db: sqlite3.Connection, configurations: Iterable[Inbound]) -> None:
    """Writes them, with keys by their order, into an account whose senders are there."""
    for at, one in enumerate(configurations, start=1):
        sender = db.execute(
            "SELECT key FROM senders WHERE type = ? AND name = ? ORDER BY seq",
            (CHANNELS[one.channel].resources, one.resource),
        ).fetchone()
        identity = {
            "key": f"1B0C0000{at:024X}",
            "channel": one.channel,
            "resource_key": one.resource if sender is None else sender["key"],
            "keyword": one.keyword,
        }
        records.insert(db, "inbound_configurations", {**identity, **records.inbound(one.settings)})


def _configured(number: Number, channel: str, chance: random.Random, pairs: list[Pair]) -> Iterable[Inbound]:
    """What is for all messages to the number, and then at most two keywords."""
    for keyword in (None, *chance.sample(_KEYWORDS, chance.choice((0, 0, 1, 2)))):
        settings: dict[str, Any] = {}
        if chance.random() < 0.5:
            settings |= _platform(chance.choice(pairs))
        if keyword is None or chance.random() < 0.3:
            settings |= _forwarded(channel, f"https://hooks.example/{channel.lower()}/{number.number}")
        if keyword is not None:
            window = {"deliveryTimeWindow": _OFFICE_HOURS} if chance.random() < 0.5 else {}
            settings["autoResponse"] = {"message": f"We have noted: {keyword}.", **window}
        if keyword == "STOP":
            settings["blockListConfiguration"] = {"type": "BLOCK", "level": "FROM_SENDER"}
        yield Inbound(number.key, channel, keyword, settings)


def _platform(pair: Pair) -> dict[str, Any]:
    application, entity = pair
    return {"platform": {"applicationId": application} | ({} if entity is None else {"entityId": entity})}


def _forwarded(channel: str, url: str) -> dict[str, Any]:
    return {"forwarding": {"type": "HTTP_FORWARD", "url": url, "format": CHANNELS[channel].format}}
