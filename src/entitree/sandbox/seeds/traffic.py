"""Messages of the two days before an account was made.

A seed says how many seconds before each was; `date` puts them on the clock. What accounts are compared by
shows no moment, so equal seeds stay equal; after 48 hours the platform forgets them, as it does all messages.
"""

from __future__ import annotations

import random
import uuid
from typing import TYPE_CHECKING

from entitree.sandbox.account import messages
from entitree.sandbox.account.messages import INBOUND, SENT
from entitree.sandbox.seeds.names import PREFIXES

if TYPE_CHECKING:
    import sqlite3

    from entitree.sandbox.account.records import Columns
    from entitree.sandbox.seeds.world import Pair, World

_HOUR = 3600.0
_SENT_MESSAGES = 300
_INBOUND_MESSAGES = 40

_SENDERS = {
    "EMAIL": "news@{}",
    "APPLE_MB": "a42fa0e0-1d5f-44f6-a321-0e40300f7712",
    "INSTAGRAM_DM": "17841400000000001",
    "MESSENGER": "100000000000001",
}
_OUTCOMES = {"DELIVERED": 88, "UNDELIVERABLE": 5, "PENDING": 3, "EXPIRED": 2, "REJECTED": 2}
_NETWORKS = {"US": "310260", "CA": "302220", "GB": "23415", "DE": "26201", "HR": "21910"}
_TEXTS = (
    "Your order is on its way.",
    "Your code is 4711. It is good for five minutes.",
    "Two for one until Sunday.",
    "Your flight boards at gate B12.",
    "Invoice 2024-118 is due on Friday.",
    "Your table is booked for 19:30. Reply NO to cancel.",
)
_ANSWERS = ("STOP", "NO", "YES", "Where is my order?", "INFO", "Thanks!", "QUIZ Paris")


def date(db: sqlite3.Connection, now: float) -> None:
    """Puts the messages of a seed, just written, before this moment (seconds since the epoch)."""
    db.execute("UPDATE messages SET at_ms = at_ms + ?", (messages.milliseconds(now),))


def docs_traffic(world: World) -> None:
    """A handful on every channel."""
    cola, burger, pin = ("marketing", "big-cola"), ("marketing", "mc-burger"), ("one-time-pin", None)
    campaign = {"text": "Two for one until Sunday.", "campaignReferenceId": "summer", "mccMnc": "21910"}
    world.messages = [
        _sent("SMS", 1, "BigCola", "385910000001", cola, 26, bulk="summer-cola", **campaign),
        _sent("SMS", 2, "BigCola", "385910000002", cola, 26, "UNDELIVERABLE", bulk="summer-cola", **campaign),
        _sent("SMS", 3, "McBurger", "385910000001", burger, 5, text="Your table is booked for 19:30."),
        _sent("SMS", 4, "PINCode", "12025550188", pin, 0.5, "PENDING", text="Your code is 4711."),
        _sent("SMS", 5, "70105", "12025550189", ("default", None), 0.25, text="Hello"),
        _sent("MMS", 6, "12025550103", "12025550188", cola, 3, text="A picture of a cola"),
        _sent("EMAIL", 7, "news@mail.bigcola.example", "ann@shop.example", cola, 4, text="Hello Ann"),
        _sent(
            "EMAIL", 8, "news@mail.bigcola.example", "bob@shop.example", ("marketing", None), 2, "REJECTED"
        ),
        _sent(
            "APPLE_MB", 9, _SENDERS["APPLE_MB"], "urn:mbid:AQAAY9Jn", burger, 1, text="Your order is ready."
        ),
        _sent(
            "INSTAGRAM_DM", 10, _SENDERS["INSTAGRAM_DM"], "66855538125", cola, 6, text="Thanks for asking!"
        ),
        _sent("MESSENGER", 11, _SENDERS["MESSENGER"], "66855538126", burger, 7, text="See you soon."),
        _inbound("SMS", 12, "385990000001", "385910000001", cola, 25, "STOP"),
        _inbound("SMS", 13, "70105", "12025550188", ("default", None), 1, "Where is my order?"),
        _inbound("MMS", 14, "12025550103", "12025550188", pin, 2, "Look at this"),
    ]


def demo_traffic(world: World) -> None:
    """Some hundred; the customers with the most associations have the most messages."""
    chance = random.Random(2026)  # noqa: S311 - messages, not secrets
    pairs: list[Pair] = [(application, entity) for _, _, application, entity, _ in world.associations]
    for at in range(1, _SENT_MESSAGES + 1):
        channel = chance.choices(messages.SENT_CHANNELS, (60, 6, 20, 4, 5, 5))[0]
        sender, destination, network = _ends(world, channel, chance)
        world.messages.append(
            _sent(
                channel,
                at,
                sender,
                destination,
                chance.choice(pairs),
                48 * chance.random() ** 2,
                chance.choices(tuple(_OUTCOMES), tuple(_OUTCOMES.values()))[0],
                text=chance.choice(_TEXTS),
                **network,
            )
        )
    for at in range(_SENT_MESSAGES + 1, _SENT_MESSAGES + _INBOUND_MESSAGES + 1):
        number = chance.choice(world.numbers)
        channel = chance.choice([one for one in number.capabilities if one in messages.INBOUND_CHANNELS])
        from_ = f"{PREFIXES[number.country]}{chance.randrange(10**8, 10**9)}"
        hours = 48 * chance.random() ** 2
        world.messages.append(
            _inbound(channel, at, number.number, from_, number.link, hours, chance.choice(_ANSWERS))
        )


def _ends(world: World, channel: str, chance: random.Random) -> tuple[str, str, dict[str, str]]:
    """A sender, a destination, and the network of the latter."""
    if channel == "EMAIL":
        domain = chance.choice(world.domains)
        return _SENDERS[channel].format(domain), f"customer-{chance.randrange(1000)}@inbox.example", {}
    if channel in _SENDERS:
        return _SENDERS[channel], f"{chance.randrange(10**10, 10**11)}", {}
    number = chance.choice([one for one in world.numbers if channel in one.capabilities])
    sender = chance.choice(world.senders) if channel == "SMS" and chance.random() < 0.5 else number.number
    destination = f"{PREFIXES[number.country]}{chance.randrange(10**8, 10**9)}"
    return sender, destination, {"mccMnc": _NETWORKS[number.country]} if number.country in _NETWORKS else {}


def _sent(
    channel: str,
    at: int,
    sender: str,
    destination: str,
    tag: Pair,
    hours: float,
    status: str = "DELIVERED",
    *,
    bulk: str | None = None,
    **body: str,
) -> Columns:
    return messages.columns(
        _id(at),
        SENT,
        channel,
        sender=sender,
        destination=destination,
        tag=tag,
        at=-hours * _HOUR,
        status=status,
        bulk_id=bulk or f"bulk-{at}",
        body=body,
    )


def _inbound(channel: str, at: int, to: str, from_: str, tag: Pair, hours: float, text: str) -> Columns:
    return messages.columns(
        _id(at),
        INBOUND,
        channel,
        sender=from_,
        destination=to,
        tag=tag,
        at=-hours * _HOUR,
        body={"text": text},
    )


def _id(at: int) -> str:
    return str(uuid.UUID(int=0x5EED_0000_0000_4000_8000_0000_0000_0000 + at))
