"""What the email domains of the demo account are like: of several years, and not all of them in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.sandbox.wire import times

if TYPE_CHECKING:
    from entitree.sandbox.seeds.world import World


def demo_domains(world: World) -> None:
    """Details for the domains that are there by name."""
    world.domain_details = {
        "mail.bigcola.example": {
            "created_at": times.parsed("2021-03-04T08:15:30.120Z"),
            "application_id": "marketing",
            "entity_id": "bigcola-us",
            "targeted_daily_traffic": 250_000,
        },
        "news.mcburger.example": {
            "created_at": times.parsed("2022-06-21T14:02:11.480Z"),
            "application_id": "marketing",
            "targeted_daily_traffic": 80_000,
        },
        "notify.aurora-air.example": {
            "created_at": times.parsed("2019-11-13T10:40:05.007Z"),
            "application_id": "production",
            "entity_id": "aurora-air-de",
            "dkim_key_length": 1024,
            "targeted_daily_traffic": 40_000,
        },
        "invoices.example": {
            "created_at": times.parsed("2023-02-01T09:00:00.000Z"),
            "application_id": "billing",
            "tracks_clicks": 0,
            "tracks_opens": 0,
            "tracks_unsubscribe": 0,
        },
        "alerts.example": {"created_at": times.parsed("2024-05-17T16:21:44.310Z"), "active": 0},
        "loyalty.example": {"created_at": times.parsed("2023-09-09T12:12:12.120Z"), "blocked": 1},
    }
