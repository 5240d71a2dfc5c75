"""What travels over the wire, field for field as the platform names it.

Replies are read leniently: unknown fields and unknown enum values are kept, because the platform's enums
grow. What is sent is exact: `body()` leaves out what is not set. Sources: platform.md 1.2, 4, 5;
platform-spec/application-entity.json, sending-strategy.json, subscriptions-api.json.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from entitree.api.names import DEFAULT_APPLICATION as DEFAULT_APPLICATION


class WireModel(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True, alias_generator=to_camel, populate_by_name=True)

    def body(self) -> dict[str, Any]:
        """The JSON object to send: the platform's names, nothing that is not set."""
        return self.model_dump(by_alias=True, exclude_none=True)


class Application(WireModel):
    """An environment or use case. `application_name` is what the portal calls its alias."""

    application_id: str
    application_name: str | None = None


class Entity(WireModel):
    """A customer or cost centre. `entity_name` is what the portal calls its alias."""

    entity_id: str
    entity_name: str | None = None


class Association(WireModel):
    """A resource tied to an application, alone or with an entity. Its identity is all five fields.

    `resource_type` is NUMBER, DOMAIN, ALPHA, … and `channel` SMS, MMS, EMAIL, …; both enums are open.
    """

    resource_type: str
    channel: str
    application_id: str
    entity_id: str | None = None
    resource_id: str

    def body(self) -> dict[str, Any]:
        """As `WireModel.body`, but `entityId` is always there: null means no entity (platform.md 1.2)."""
        return self.model_dump(by_alias=True, include=set(Association.model_fields))


class Platform(WireModel):
    """The application and entity that a configuration is tied to; either may be absent."""

    application_id: str | None = None
    entity_id: str | None = None


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
    sending_strategy_id: str


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


class SendingStrategyCreated(WireModel):
    sending_strategy_id: str


class Paging(WireModel):
    """Where a page stands. Totals may lie while the list changes (hazards: replies)."""

    page: int
    size: int
    total_pages: int
    total_results: int


class Violation(WireModel):
    property: str = ""
    violation: str = ""


class ServiceException(WireModel):
    message_id: str = ""
    text: str = ""
    validation_errors: dict[str, list[str]] = Field(default_factory=dict)


class RequestError(WireModel):
    service_exception: ServiceException


class ApiException(WireModel):
    """The older error body (platform.md 0.3, shape A)."""

    request_error: RequestError


class ApiError(WireModel):
    """The newer error body (platform.md 0.3, shape B)."""

    error_code: str
    description: str = ""
    action: str = ""
    violations: list[Violation] = Field(default_factory=list)
    resources: list[dict[str, Any]] = Field(default_factory=list)
