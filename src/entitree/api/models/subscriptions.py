"""Subscriptions to events of one channel (platform.md 4; subscriptions-api.json)."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from entitree.api.models.wire import WireModel


class Criterion(WireModel):
    """One way a subscription matches traffic; a part that is absent matches everything."""

    application_id: str | None = None
    entity_id: str | None = None
    calls_configuration_id: str | None = None


class SecurityReference(WireModel):
    auth_id: str | None = None


class ProfileReference(WireModel):
    """The notification profile a subscription delivers through, by id."""

    profile_id: str
    security: SecurityReference | None = None


class SubscriptionEvent(WireModel):
    event: str
    format: str


class Subscription(WireModel):
    identified_by: ClassVar = ("subscription_id",)
    in_paths: ClassVar = "subscription_id"

    subscription_id: str
    name: str | None = None
    events: list[str | SubscriptionEvent] = Field(default_factory=list)
    criteria: list[Criterion] = Field(default_factory=list)
    resources: list[str] = Field(default_factory=list)
    users: list[str] = Field(default_factory=list)
    profile: ProfileReference | None = None


class SubscriptionChange(WireModel):
    """Body of a modification: all of the subscription but its id, and of its profile only the id."""

    name: str | None = None
    events: list[str | SubscriptionEvent] = Field(default_factory=list)
    criteria: list[Criterion] | None = None
    resources: list[str] | None = None
    users: list[str] | None = None
    profile: ProfileReference


class SubscriptionCreated(WireModel):
    subscription_id: str
    profile: ProfileReference | None = None
