"""What numbers cost, where they live and what they wait for; and the senders of every type."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from entitree.sandbox.seeds.world import Number, Sender

if TYPE_CHECKING:
    from collections.abc import Sequence

    from entitree.sandbox.seeds.world import World

_NETWORKS = {
    "US": ("Liberty Wireless", "Prairie Mobile"),
    "GB": ("Albion Mobile",),
    "DE": ("Nordfunk", "Rheinmobil"),
    "FR": ("Hexagone Mobile",),
    "ES": ("Red Meseta",),
    "IT": ("Stivale Mobile",),
    "PL": ("Bursztyn",),
    "HR": ("Adria Mobil",),
    "BR": ("Ipê Móvel",),
    "MX": ("Agave Móvil",),
    "CA": ("Maple Wireless",),
    "IN": ("Monsoon Mobile",),
    "JP": ("さくらモバイル",),
    "AE": ("Dune Mobile",),
    "ZA": ("Protea Cell",),
}

_APPLE = "a42fa0e0-1d5f-44f6-a321-0e40300f7712"
_WAITS = {
    "price": {"pricePerMonth": 1.5, "setupPrice": 4, "initialMonthPrice": 0.75, "currency": "USD"},
    "additionalSetupRequired": True,
    "note": "Waits for its 10DLC campaign.",
}


def docs_numbers(world: World) -> None:
    """Details of the five numbers, and one sender or two of every type."""
    croatian = {"network": "Adria Mobil"}
    details: tuple[dict[str, Any], ...] = (
        croatian,
        croatian,
        {"network": "Liberty Wireless", **_WAITS},
        {"network": "Albion Mobile"},
        {"price": {"pricePerMonth": 500, "setupPrice": 650, "currency": "USD"}, "note": "For codes alone."},
    )
    world.numbers = [replace(one, details=more) for one, more in zip(world.numbers, details, strict=True)]
    world.registrations = [
        Sender("BigCola", country="HR"),
        Sender("McBurger", country="HR"),
        Sender("PINCode", country="US"),
        Sender("BigCola", "RCS_RESOURCE", "HR"),
        _viber("McBurger", "HR", "McBurger Hrvatska"),
        Sender(_APPLE, "APPLE_RESOURCE", "US", {"displayName": "BigCola"}),
        Sender("in-app-chat", "OPEN_CHANNEL_RESOURCE"),
        Sender("100000000000001", "FACEBOOK_RESOURCE", "HR"),
    ]


def demo_numbers(world: World) -> None:
    """Details of all numbers, a few numbers that are unlike the others, and senders of every type."""
    chance = random.Random(2026)  # noqa: S311 - names, not secrets
    world.numbers = [replace(one, details=_details(one, at, chance)) for at, one in enumerate(world.numbers)]
    world.numbers += _odd_numbers(chance)
    world.registrations = [*_alphanumeric(world.senders, chance), *_chat_senders()]


def _details(number: Number, at: int, chance: random.Random) -> dict[str, Any]:
    details: dict[str, Any] = {"network": chance.choice(_NETWORKS[number.country])}
    if number.type == "SHORT_CODE":
        monthly = chance.choice((400, 500, 750))
        return details | {"price": {"pricePerMonth": monthly, "setupPrice": 650, "currency": "EUR"}}
    if number.country == "US" and at % 3 == 0:
        return details | _WAITS
    price = {"pricePerMonth": chance.choice((1, 2.5, 5, 8)), "setupPrice": 0, "currency": "EUR"}
    return details | {"price": price} | ({"note": "Moved here from the old gateway."} if at % 13 == 6 else {})


def _odd_numbers(chance: random.Random) -> list[Number]:
    """What a list of numbers may hold besides those that only send and receive messages."""
    keys = ["".join(chance.choices("0123456789ABCDEF", k=32)) for _ in range(4)]
    shared = {"canEditNumber": False, "canEditConfiguration": True}
    return [
        Number(
            keys[0],
            "385918000041",
            "HR",
            capabilities=("SMS", "VOICE"),
            details={
                "network": "Adria Mobil",
                "voiceSetup": {"action": {"type": "FORWARD_TO_SUBSCRIPTION", "description": "Hotline"}},
            },
        ),
        Number(
            keys[1],
            "447700900142",
            "GB",
            type="WHATSAPP",
            capabilities=("WHATSAPP", "WHATSAPP_VOICE"),
            link=("support-chat", None),
        ),
        Number(
            keys[2],
            "70043",
            "DE",
            type="SHORT_CODE",
            details={"shared": True, "editPermissions": shared, "note": "Shared: keywords only."},
        ),
        Number(
            keys[3],
            "12025550144",
            "US",
            capabilities=("SMS", "MMS"),
            details={"reservationStatus": "PENDING", "additionalSetupRequired": True},
        ),
    ]


def _alphanumeric(names: Sequence[str], chance: random.Random) -> list[Sender]:
    """Every name in one country, the well-known ones in some more."""
    countries = sorted(_NETWORKS)
    return [
        Sender(name, country=country)
        for at, name in enumerate(names)
        for country in chance.sample(countries, 4 if at < 3 else 1)
    ]


def _chat_senders() -> list[Sender]:
    return [
        Sender("BigCola", "RCS_RESOURCE", "HR"),
        Sender("BigCola", "RCS_RESOURCE", "DE"),
        Sender("Aurora Air", "RCS_RESOURCE", "US"),
        _viber("McBurger", "HR", "McBurger Hrvatska"),
        _viber("Support", "PL", "Support Polska"),
        Sender("IB-Notice", "VIBER_RESOURCE", "DE", {"shared": True, "capabilities": ["VIBER_BM"]}),
        Sender(_APPLE, "APPLE_RESOURCE", "US", {"displayName": "Aurora Air"}),
        Sender("in-app-chat", "OPEN_CHANNEL_RESOURCE"),
        Sender("ビッグコーラ", "KAKAO_RESOURCE", "KR", {"capabilities": ["KAKAO_ALIM", "KAKAO_SANGDAM"]}),
        Sender(
            "100000000000001", "FACEBOOK_RESOURCE", "GB", {"capabilities": ["FACEBOOK_POSTS", "MESSENGER"]}
        ),
    ]


def _viber(name: str, country: str, original: str) -> Sender:
    return Sender(name, "VIBER_RESOURCE", country, {"shared": False, "originalResourceName": original})
