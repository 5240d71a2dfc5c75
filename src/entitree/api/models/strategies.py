"""Sending strategies: which sender a message gets (platform.md 5; sending-strategy.json)."""

from __future__ import annotations

from typing import ClassVar

from entitree.api.models.wire import Platform, WireModel


class SenderPriority(WireModel):
    sender_type: str
    priority: int
    """1 to 4; the lower wins."""


class SendingStrategyRequest(WireModel):
    platform: Platform | None = None
    channel: str | None = None
    """None: every supported channel."""
    destination_country_code: str | None = None
    """ISO 3166 alpha-2; None: every country."""
    use_sticky_sender: bool = False
    use_geolocated_sender: bool = False
    priorities: list[SenderPriority] | None = None


class SendingStrategy(SendingStrategyRequest):
    identified_by: ClassVar = ("sending_strategy_id",)
    in_paths: ClassVar = "sending_strategy_id"

    sending_strategy_id: str


class SendingStrategyCreated(WireModel):
    sending_strategy_id: str
