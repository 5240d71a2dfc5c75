"""The examples of the platform's guide as one account.

Two applications by use case with the entities BigCola and McBurger as customers; two environments with cost
centres; the senders they share, and what is configured for them.
"""

from __future__ import annotations

from entitree.sandbox.seeds.inbound import docs_inbound
from entitree.sandbox.seeds.keys import docs_keys
from entitree.sandbox.seeds.numbers import docs_numbers
from entitree.sandbox.seeds.traffic import docs_traffic
from entitree.sandbox.seeds.world import Number, World


def docs() -> World:
    world = World(
        applications=[
            ("marketing", "Marketing campaigns"),
            ("one-time-pin", "One-time PIN"),
            ("production", "Production"),
            ("staging", "Staging"),
        ],
        entities=[
            ("big-cola", "BigCola"),
            ("mc-burger", "McBurger"),
            ("cost-center-100", "Cost centre 100: retail"),
            ("cost-center-200", "Cost centre 200: logistics"),
            ("cost-center-300", None),
        ],
        numbers=[
            Number("6F0C0D9E2B7A41D3A1F0000000000001", "385990000001", "HR", link=("marketing", "big-cola")),
            Number("6F0C0D9E2B7A41D3A1F0000000000002", "385990000002", "HR", link=("marketing", "mc-burger")),
            Number(
                "6F0C0D9E2B7A41D3A1F0000000000003",
                "12025550103",
                "US",
                capabilities=("SMS", "MMS"),
                link=("one-time-pin", None),
            ),
            Number("6F0C0D9E2B7A41D3A1F0000000000004", "447700900104", "GB", link=("production", None)),
            Number("6F0C0D9E2B7A41D3A1F0000000000005", "70105", "US", type="SHORT_CODE"),
        ],
        domains=["mail.bigcola.example"],
        domain_details={"mail.bigcola.example": {"application_id": "marketing", "entity_id": "big-cola"}},
        senders=["BigCola", "McBurger", "PINCode"],
    )
    _associate(world)
    _configure(world)
    docs_traffic(world)
    docs_keys(world)
    docs_numbers(world)
    docs_inbound(world)
    return world


def _associate(world: World) -> None:
    cola, burger, pin, shared, short = (number.key for number in world.numbers)
    world.tie("NUMBER", "SMS", cola, ("marketing", "big-cola"), ("one-time-pin", "big-cola"))
    world.tie("NUMBER", "SMS", burger, ("marketing", "mc-burger"), ("one-time-pin", "mc-burger"))
    world.tie("NUMBER", "SMS", pin, ("one-time-pin", None))
    world.tie("NUMBER", "MMS", pin, ("marketing", "big-cola"), ("marketing", "mc-burger"))
    world.tie(
        "NUMBER",
        "SMS",
        shared,
        ("production", None),
        ("production", "cost-center-100"),
        ("production", "cost-center-200"),
        ("staging", "cost-center-100"),
    )
    world.tie("NUMBER", "SMS", short, ("default", None), ("default", "cost-center-300"))
    world.tie("DOMAIN", "EMAIL", world.domains[0], ("marketing", "big-cola"), ("marketing", None))
    world.tie("ALPHA", "SMS", "BigCola", ("marketing", "big-cola"), ("one-time-pin", "big-cola"))
    world.tie("ALPHA", "SMS", "McBurger", ("marketing", "mc-burger"), ("one-time-pin", "mc-burger"))
    world.tie("ALPHA", "SMS", "PINCode", ("one-time-pin", None))


def _configure(world: World) -> None:
    long_numbers_first = [
        {"senderType": "VIRTUAL_LONG_NUMBER", "priority": 1},
        {"senderType": "ALPHANUMERIC", "priority": 2},
    ]
    world.strategies = [
        ("78D8394AC3EG0460B4CF0E723FC31B49", {"platform": {"applicationId": "default"}}),
        (
            "3B9D1EACAB7FBDRN4EE03592BFCD6BE1",
            {"platform": {"applicationId": "marketing", "entityId": "big-cola"}, "channel": "SMS"}
            | {"destinationCountryCode": "US", "useStickySender": True, "priorities": long_numbers_first},
        ),
        (
            "712D1EACAB7FDORN4EE035954FCD6BOO",
            {"platform": {"applicationId": "marketing", "entityId": "mc-burger"}, "channel": "SMS"},
        ),
        (
            "5C21A90B77E34F0D8A6612DE90F3B7A4",
            {"platform": {"applicationId": "one-time-pin"}, "channel": "SMS", "useGeolocatedSender": True}
            | {"destinationCountryCode": "US"},
        ),
        ("9A70C4D21B5E4836AF02C8D7E61B3F50", {"platform": {"entityId": "cost-center-100"}}),
    ]
    world.securities = [
        {"authId": "hook-login", "type": "BASIC", "credentials": {"username": "hook", "password": "example"}}
    ]
    world.profiles = [
        {
            "profileId": "main-hook",
            "webhook": {"notifyUrl": "https://hooks.example/events"},
            "security": {"authId": "hook-login"},
        },
        {"profileId": "retail-hook", "webhook": {"notifyUrl": "https://retail.example/events"}},
    ]
    main, retail = ({"profileId": profile["profileId"]} for profile in world.profiles)
    world.subscriptions = [
        (
            "SMS",
            {
                "subscriptionId": "marketing-delivery",
                "name": "Delivery reports of campaigns",
                "events": ["DELIVERY", "CLICK"],
                "criteria": [
                    {"applicationId": "marketing", "entityId": "big-cola"},
                    {"applicationId": "marketing", "entityId": "mc-burger"},
                ],
                "profile": main,
            },
        ),
        (
            "SMS",
            {
                "subscriptionId": "pin-delivery",
                "name": "Delivery reports of PINs",
                "events": [{"event": "DELIVERY", "format": "DLR_JSON_2"}],
                "criteria": [{"applicationId": "one-time-pin"}],
                "profile": main,
            },
        ),
        (
            "EMAIL",
            {
                "subscriptionId": "big-cola-mail",
                "name": "BigCola's mail",
                "events": ["DELIVERY", "OPEN", "UNSUBSCRIBE"],
                "criteria": [{"entityId": "big-cola"}],
                "profile": main,
            },
        ),
        (
            "WHATSAPP",
            {
                "subscriptionId": "retail-chat",
                "events": ["INBOUND_MESSAGE", "SEEN"],
                "criteria": [{"applicationId": "production", "entityId": "cost-center-100"}],
                "profile": retail,
            },
        ),
    ]
